//! Distributions over the real numbers as methods, one row each.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::{DType, Error};
use mxnet::streams::{Column, Real, Single, fill_real, fill_single};
use pyo3::prelude::*;

use super::parameters::{Condition, Given, Read, drawn_shape};
use super::{Draws, Object, Target, float};
use crate::arguments::{Integers, Place, Type};
use crate::error::{Raised, raise};

/// A parameter that has been read, with its name and its condition.
type Row<'a> = (&'a str, Condition, Read<f64>);

impl Draws {
    /// Draws doubles.
    fn real<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        which: Real,
        parameters: &[Row<'_>],
        size: Option<&Integers>,
        target: Target<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        let out = target.out(name, DType::F64, size, !parameters.is_empty())?;
        for (parameter, condition, read) in parameters {
            condition.check(name, parameter, read)?;
        }
        let scalars = parameters.iter().all(|(_, _, read)| read.is_one());
        if size.is_none() && out.is_none() && scalars {
            return self.one_real(py, which, parameters);
        }
        let shapes: Vec<&[i64]> = parameters.iter().map(|(_, _, read)| read.shape()).collect();
        let size = out.as_ref().map(|out| out.view.shape()).or(size.map(|size| &size[..]));
        let shape = drawn_shape(name, size, &shapes)?;
        target.place()?;
        let spread: Vec<_> =
            parameters.iter().map(|(_, _, read)| read.over(&shape)).collect::<PyResult<_>>()?;
        let mut columns = [Column::One(0.0); 3];
        columns.iter_mut().zip(&spread).for_each(|(column, spread)| *column = spread.column());
        let result =
            self.fill(py, &shape, |source, gauss, out| fill_real(source, gauss, which, columns, out))?;
        match out {
            Some(out) => out.write(&target, &result),
            None => target.finish(py, result),
        }
    }

    fn one_real<'py>(&self, py: Python<'py>, which: Real, parameters: &[Row<'_>]) -> PyResult<Object<'py>> {
        let mut columns = [Column::One(0.0); 3];
        for (column, (_, _, read)) in columns.iter_mut().zip(parameters) {
            *column = Column::One(read.values()[0]);
        }
        let mut drawn = [0.0];
        self.work(py, 1, |source, gauss| fill_real(source, gauss, which, columns, &mut drawn))?;
        float(py, drawn[0])
    }

    /// Draws floats.
    fn single<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        which: Single,
        shape: Option<Read<f64>>,
        size: Option<&Integers>,
        target: Target<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        let out = target.out(name, DType::F32, size, shape.is_some())?;
        let read = shape.unwrap_or(Read::One(0.0));
        Condition::NonNegative.check(name, "shape", &read)?;
        let values: Vec<f32>;
        if size.is_none() && out.is_none() && read.is_one() {
            let mut drawn = [0.0];
            let column = Column::One(read.values()[0] as f32);
            self.work(py, 1, |source, _| fill_single(source, which, column, &mut drawn))?;
            return float(py, f64::from(drawn[0]));
        }
        let size = out.as_ref().map(|out| out.view.shape()).or(size.map(|size| &size[..]));
        let wanted = drawn_shape(name, size, &[read.shape()])?;
        target.place()?;
        let spread = read.over(&wanted)?;
        let column = match spread.column() {
            Column::One(value) => Column::One(value as f32),
            Column::Each(wide) => {
                values = wide.iter().map(|&value| value as f32).collect();
                Column::Each(&values)
            }
        };
        let result = self.fill(py, &wanted, |source, _, out| fill_single(source, which, column, out))?;
        match out {
            Some(out) => out.write(&target, &result),
            None => target.finish(py, result),
        }
    }

    /// Draws doubles or floats, as `dtype` says.
    fn float_typed<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        (which, single): (Real, Single),
        shape: Option<Given<'py>>,
        size: Option<Integers>,
        dtype: Option<Type>,
        target: Target<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        let shape = shape.map(|shape| Read::<f64>::real(name, &shape)).transpose()?;
        match dtype.map_or(DType::F64, |dtype| dtype.0) {
            DType::F64 => {
                let parameters: Vec<Row> =
                    shape.into_iter().map(|read| ("shape", Condition::NonNegative, read)).collect();
                self.real(py, name, which, &parameters, size.as_ref(), target)
            }
            DType::F32 if !self.legacy() => self.single(py, name, single, shape, size.as_ref(), target),
            other => Err(raise(Error::type_(format!("Unsupported dtype dtype('{other}') for {name}")))),
        }
    }
}

macro_rules! methods {
    ($(
        $name:ident($($parameter:ident $(= $default:literal)? : $condition:ident),*) $which:ident,
        $signature:literal, $summary:literal, $parameters:literal, $raises:literal, $example:literal;
    )*) => {
        $(
            #[pymethods]
            impl Draws {
                #[doc = concat!($summary, "

Parameters
----------
", $parameters, "size : int or tuple of ints, optional
    Shape of the result; without it, the shape that the parameters have together.
device, ctx : Device, optional

Returns
-------
float or ndarray of float64

Raises
------
ValueError
    ", $raises, "

Examples
--------
>>> np.random.default_rng(1).", stringify!($name), "(", $example, "size=(2, 3)).shape
(2, 3)")]
                #[pyo3(signature = ($($parameter $(= Given::Default($default))?,)* size=None, *, device=None, ctx=None),
                    text_signature = $signature)]
                fn $name<'py>(
                    &self,
                    py: Python<'py>,
                    $($parameter: Given<'py>,)*
                    size: Option<Integers>,
                    device: Option<Place>,
                    ctx: Option<Place>,
                ) -> PyResult<Object<'py>> {
                    let name = stringify!($name);
                    let rows = [$((
                        stringify!($parameter),
                        Condition::$condition,
                        Read::<f64>::real(name, &$parameter)?,
                    )),*];
                    self.real(py, name, Real::$which, &rows, size.as_ref(), Target::on(device, ctx))
                }
            }
        )*
    };
}

methods! {
    normal(loc = 0.0: Any, scale = 1.0: NonNegative) Normal,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Normally distributed numbers.",
        "loc, scale : array_like, optional\n    Mean and standard deviation.\n", "A negative scale.", "";
    lognormal(mean = 0.0: Any, sigma = 1.0: NonNegative) Lognormal,
        "($self, mean=0.0, sigma=1.0, size=None, *, device=None, ctx=None)",
        "Numbers whose logarithm is normally distributed.",
        "mean, sigma : array_like, optional\n    Of the logarithm.\n", "A negative sigma.", "";
    exponential(scale = 1.0: NonNegative) Exponential,
        "($self, scale=1.0, size=None, *, device=None, ctx=None)",
        "Exponentially distributed numbers.",
        "scale : array_like, optional\n    The mean.\n", "A negative scale.", "";
    gamma(shape: NonNegative, scale = 1.0: NonNegative) Gamma,
        "($self, shape, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the gamma distribution.",
        "shape, scale : array_like\n", "A negative shape or scale.", "2, ";
    beta(a: Positive, b: Positive) Beta,
        "($self, a, b, size=None, *, device=None, ctx=None)",
        "Numbers of the beta distribution, in [0, 1].",
        "a, b : array_like\n", "An `a` or `b` that is not positive.", "2, 3, ";
    chisquare(df: Positive) Chisquare,
        "($self, df, size=None, *, device=None, ctx=None)",
        "Sums of squares of so many standard normal numbers.",
        "df : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, ";
    f(dfnum: Positive, dfden: Positive) Fisher,
        "($self, dfnum, dfden, size=None, *, device=None, ctx=None)",
        "Numbers of the F distribution.",
        "dfnum, dfden : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, 5, ";
    standard_t(df: Positive) Student,
        "($self, df, size=None, *, device=None, ctx=None)",
        "Numbers of Student's t distribution.",
        "df : array_like\n    Degrees of freedom.\n", "Degrees of freedom that are not positive.", "3, ";
    noncentral_chisquare(df: Positive, nonc: NonNegative) NoncentralChisquare,
        "($self, df, nonc, size=None, *, device=None, ctx=None)",
        "Sums of squares of normal numbers whose means are not 0.",
        "df, nonc : array_like\n    Degrees of freedom, and the sum of the squared means.\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 1, ";
    noncentral_f(dfnum: Positive, dfden: Positive, nonc: NonNegative) NoncentralFisher,
        "($self, dfnum, dfden, nonc, size=None, *, device=None, ctx=None)",
        "Numbers of the noncentral F distribution.",
        "dfnum, dfden, nonc : array_like\n",
        "Degrees of freedom that are not positive, or a negative noncentrality.", "3, 5, 1, ";
    standard_cauchy() StandardCauchy,
        "($self, size=None, *, device=None, ctx=None)",
        "Numbers of the Cauchy distribution with mode 0.",
        "", "A negative size.", "";
    pareto(a: Positive) Pareto,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers of the Pareto II (Lomax) distribution.",
        "a : array_like\n    The shape of the distribution.\n", "A shape that is not positive.", "3, ";
    weibull(a: NonNegative) Weibull,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers of the Weibull distribution with scale 1.",
        "a : array_like\n    The shape of the distribution.\n", "A negative shape.", "2, ";
    power(a: Positive) Power,
        "($self, a, size=None, *, device=None, ctx=None)",
        "Numbers in [0, 1) with the density `a * x**(a - 1)`.",
        "a : array_like\n", "An `a` that is not positive.", "2, ";
    laplace(loc = 0.0: Any, scale = 1.0: NonNegative) Laplace,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Laplace distribution (double exponential).",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    gumbel(loc = 0.0: Any, scale = 1.0: NonNegative) Gumbel,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Gumbel distribution (of maxima).",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    logistic(loc = 0.0: Any, scale = 1.0: NonNegative) Logistic,
        "($self, loc=0.0, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the logistic distribution.",
        "loc, scale : array_like, optional\n", "A negative scale.", "";
    rayleigh(scale = 1.0: NonNegative) Rayleigh,
        "($self, scale=1.0, size=None, *, device=None, ctx=None)",
        "Numbers of the Rayleigh distribution.",
        "scale : array_like, optional\n", "A negative scale.", "";
    wald(mean: Positive, scale: Positive) Wald,
        "($self, mean, scale, size=None, *, device=None, ctx=None)",
        "Numbers of the Wald (inverse normal) distribution.",
        "mean, scale : array_like\n", "A mean or scale that is not positive.", "2, 3, ";
    vonmises(mu: Any, kappa: NonNegative) Vonmises,
        "($self, mu, kappa, size=None, *, device=None, ctx=None)",
        "Angles in [-pi, pi] around a direction.",
        "mu, kappa : array_like\n    The direction, and how narrow the angles lie around it.\n",
        "A negative kappa.", "0, 4, ";
}

/// `standard` draws that come in two widths.
macro_rules! typed {
    ($($name:ident, $which:ident, $summary:literal;)*) => {
        $(
            #[pymethods]
            impl Draws {
                #[doc = concat!($summary, "

Parameters
----------
size : int or tuple of ints, optional
dtype : dtype, optional
    float64 (the default) or float32.
out : ndarray, optional
    Contiguous and of this dtype.
device, ctx : Device, optional

Returns
-------
float or ndarray

Raises
------
TypeError
    Another dtype, or an `out` of another one.
ValueError
    An `out` that is not contiguous or has another shape than `size`.

Examples
--------
>>> np.random.default_rng(1).", stringify!($name), "(size=(2, 3)).shape
(2, 3)")]
                #[pyo3(signature = (size=None, dtype=None, out=None, *, device=None, ctx=None),
                    text_signature = "($self, size=None, dtype='float64', out=None, *, device=None, ctx=None)")]
                fn $name<'py>(
                    &self,
                    py: Python<'py>,
                    size: Option<Integers>,
                    dtype: Option<Type>,
                    out: Option<&Object<'py>>,
                    device: Option<Place>,
                    ctx: Option<Place>,
                ) -> PyResult<Object<'py>> {
                    let (name, target) = (stringify!($name), Target { device, ctx, out });
                    self.float_typed(py, name, (Real::$which, Single::$which), None, size, dtype, target)
                }
            }
        )*
    };
}

typed! {
    random, Uniform01, "Numbers in [0, 1), all equally likely.";
    standard_normal, StandardNormal, "Normally distributed numbers with mean 0 and deviation 1.";
}

#[pymethods]
impl Draws {
    /// Exponentially distributed numbers with mean 1.
    ///
    /// Parameters
    /// ----------
    /// size : int or tuple of ints, optional
    /// dtype : dtype, optional
    ///     float64 (the default) or float32.
    /// method : str, optional
    ///     'zig' draws by a ziggurat, 'inv' by the logarithm.
    /// out : ndarray, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// float or ndarray
    ///
    /// Raises
    /// ------
    /// TypeError
    ///     Another dtype, or an `out` of another one.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).standard_exponential(3, method="inv").shape
    /// (3,)
    #[pyo3(signature = (size=None, dtype=None, method="zig", out=None, *, device=None, ctx=None),
        text_signature = "($self, size=None, dtype='float64', method='zig', out=None, *, device=None, ctx=None)")]
    fn standard_exponential<'py>(
        &self,
        py: Python<'py>,
        size: Option<Integers>,
        dtype: Option<Type>,
        method: &str,
        out: Option<&Object<'py>>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let kinds = match method {
            "zig" => (Real::StandardExponential, Single::StandardExponential),
            _ => (Real::StandardExponentialInverse, Single::StandardExponentialInverse),
        };
        self.float_typed(py, "standard_exponential", kinds, None, size, dtype, Target { device, ctx, out })
    }

    /// Numbers of the gamma distribution with scale 1.
    ///
    /// Parameters
    /// ----------
    /// shape : array_like
    /// size : int or tuple of ints, optional
    /// dtype : dtype, optional
    ///     float64 (the default) or float32.
    /// out : ndarray, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// float or ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     A negative shape.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).standard_gamma([1, 2, 3]).shape
    /// (3,)
    #[pyo3(signature = (shape, size=None, dtype=None, out=None, *, device=None, ctx=None),
        text_signature = "($self, shape, size=None, dtype='float64', out=None, *, device=None, ctx=None)")]
    fn standard_gamma<'py>(
        &self,
        py: Python<'py>,
        shape: Given<'py>,
        size: Option<Integers>,
        dtype: Option<Type>,
        out: Option<&Object<'py>>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let kinds = (Real::StandardGamma, Single::StandardGamma);
        self.float_typed(py, "standard_gamma", kinds, Some(shape), size, dtype, Target { device, ctx, out })
    }

    /// Numbers between `low` (included) and `high` (excluded), all equally likely.
    ///
    /// Parameters
    /// ----------
    /// low, high : array_like, optional
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// float or ndarray of float64
    ///
    /// Raises
    /// ------
    /// OverflowError
    ///     A range that is not finite.
    /// ValueError
    ///     A negative range.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).uniform(-1, 1, size=(2, 3)).shape
    /// (2, 3)
    #[pyo3(signature = (low=Given::Default(0.0), high=Given::Default(1.0), size=None, *, device=None, ctx=None),
        text_signature = "($self, low=0.0, high=1.0, size=None, *, device=None, ctx=None)")]
    fn uniform<'py>(
        &self,
        py: Python<'py>,
        low: Given<'py>,
        high: Given<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let (low, high) = (Read::<f64>::real("uniform", &low)?, Read::<f64>::real("uniform", &high)?);
        let both = drawn_shape("uniform", None, &[low.shape(), high.shape()])?;
        let (lows, highs) = (low.over(&both)?, high.over(&both)?);
        let scalars = low.is_one() && high.is_one();
        let count = if scalars { 1 } else { base::shape::size(&both).raised()? as usize };
        let ranges: Vec<f64> = (0..count).map(|at| highs.column().at(at) - lows.column().at(at)).collect();
        if !ranges.iter().all(|range| range.is_finite()) {
            let subject =
                if scalars && !self.legacy() { "high - low range exceeds" } else { "Range exceeds" };
            return Err(raise(Error::overflow(format!("uniform: {subject} valid bounds"))));
        }
        let range = if scalars {
            Read::One(ranges[0])
        } else {
            let bytes: Vec<u8> = ranges.iter().flat_map(|value| value.to_ne_bytes()).collect();
            let array =
                mxnet::array::Array::from_bytes(&bytes, &both, DType::F64, super::host()?).raised()?;
            Read::Array(array, ranges)
        };
        let condition = if self.legacy() { Condition::Any } else { Condition::NonNegative };
        let rows = [("low", Condition::Any, low), ("high - low", condition, range)];
        self.real(py, "uniform", Real::Uniform, &rows, size.as_ref(), Target::on(device, ctx))
    }

    /// Numbers of the triangular distribution over `left..right` with its peak at `mode`.
    ///
    /// Parameters
    /// ----------
    /// left, mode, right : array_like
    /// size : int or tuple of ints, optional
    /// device, ctx : Device, optional
    ///
    /// Returns
    /// -------
    /// float or ndarray of float64
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Unless `left <= mode <= right` and `left < right`.
    ///
    /// Examples
    /// --------
    /// >>> np.random.default_rng(1).triangular(0, 1, 2, size=(2, 3)).shape
    /// (2, 3)
    #[pyo3(signature = (left, mode, right, size=None, *, device=None, ctx=None))]
    fn triangular<'py>(
        &self,
        py: Python<'py>,
        left: Given<'py>,
        mode: Given<'py>,
        right: Given<'py>,
        size: Option<Integers>,
        device: Option<Place>,
        ctx: Option<Place>,
    ) -> PyResult<Object<'py>> {
        let read = |given: &Given<'py>| Read::<f64>::real("triangular", given);
        let (left, mode, right) = (read(&left)?, read(&mode)?, read(&right)?);
        let all = drawn_shape("triangular", None, &[left.shape(), mode.shape(), right.shape()])?;
        let (lefts, modes, rights) = (left.over(&all)?, mode.over(&all)?, right.over(&all)?);
        let scalars = left.is_one() && mode.is_one() && right.is_one();
        let count = if scalars { 1 } else { base::shape::size(&all).raised()? as usize };
        let any = |test: fn(f64, f64, f64) -> bool| {
            (0..count).any(|at| test(lefts.column().at(at), modes.column().at(at), rights.column().at(at)))
        };
        for (bad, complaint) in [
            (any(|left, mode, _| left > mode), "left > mode"),
            (any(|_, mode, right| mode > right), "mode > right"),
            (any(|left, _, right| left == right), "left == right"),
        ] {
            if bad {
                return Err(raise(Error::value(format!("triangular: {complaint}"))));
            }
        }
        let rows = [
            ("left", Condition::Any, left),
            ("mode", Condition::Any, mode),
            ("right", Condition::Any, right),
        ];
        self.real(py, "triangular", Real::Triangular, &rows, size.as_ref(), Target::on(device, ctx))
    }
}
