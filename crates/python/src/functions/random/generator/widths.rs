//! Real distributions with a form of their own as methods: those that come in two widths, and those whose parameters are
//! checked together.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::{DType, Error};
use mxnet::array::Array;
use mxnet::streams::{Column, Real, Single, fill_single};
use pyo3::prelude::*;

use super::parameters::{Condition, Given, Read, drawn_shape};
use super::reals::Row;
use super::{Draws, Object, Target, Threads, float};
use crate::arguments::{Integers, Place, Type};
use crate::error::{Raised, raise};

impl Draws {
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
            self.work(py, 1, |source, _| fill_single(source, &Threads, which, column, &mut drawn))?;
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
        let result =
            self.fill(py, &wanted, |source, _, out| fill_single(source, &Threads, which, column, out))?;
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
            let array = Array::from_bytes(&bytes, &both, DType::F64, super::host()?).raised()?;
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
