//! The text of arrays: `print`'s view of an array, `__repr__`, `__str__`, and the print options of NumPy.

use base::promote;
use base::{DType, Scalar};
use mxnet::array::print::{self, Elements, FloatMode, Options, Sign};
use mxnet::array::{Array, DeviceId};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::array::compute;
use crate::error::Raised;

/// Elements are read one by one where few are shown, from a host copy otherwise.
struct Shown<'a> {
    array: &'a Array,
}

impl Elements for Shown<'_> {
    fn shape(&self) -> &[i64] {
        self.array.shape()
    }

    fn dtype(&self) -> DType {
        self.array.dtype()
    }

    fn get(&self, index: &[i64]) -> Scalar {
        // Computing was done before, so reading an element inside the shape has no reason left to fail.
        self.array.element(index).unwrap_or_else(|_| Scalar::zero(self.array.dtype()))
    }
}

/// `repr(x)`: the default dtypes are not written, a device is where it is not the CPU.
pub(crate) fn repr(py: Python<'_>, array: &Array) -> PyResult<String> {
    compute(py, array.size(), || array.wait_to_read())?;
    let defaults = [promote::default_float(), promote::default_complex(), DType::Bool];
    let numpy = [DType::I64];
    let mut hidden = vec![defaults[0], defaults[2]];
    if promote::numpy_dtypes() {
        hidden.extend([defaults[1], numpy[0]]);
    }
    let id = array.device().id;
    let suffix = (id != DeviceId::CPU).then(|| format!("ctx={id}"));
    Ok(print::to_repr(&Shown { array }, &print::options(), &hidden, suffix.as_deref()))
}

/// `str(x)`.
pub(crate) fn text(py: Python<'_>, array: &Array) -> PyResult<String> {
    compute(py, array.size(), || array.wait_to_read())?;
    Ok(print::to_str(&Shown { array }, &print::options()))
}

/// The print options, as NumPy's `get_printoptions` gives them.
///
/// Returns
/// -------
/// dict
///     precision, threshold, edgeitems, linewidth, suppress, nanstr, infstr, sign, floatmode.
///
/// Examples
/// --------
/// >>> np.get_printoptions()['precision']
/// 8
#[pyfunction]
fn get_printoptions(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let options = print::options();
    let out = PyDict::new(py);
    out.set_item("precision", options.precision)?;
    out.set_item("threshold", options.threshold)?;
    out.set_item("edgeitems", options.edgeitems)?;
    out.set_item("linewidth", options.linewidth)?;
    out.set_item("suppress", options.suppress)?;
    out.set_item("nanstr", options.nanstr)?;
    out.set_item("infstr", options.infstr)?;
    out.set_item("sign", options.sign.name())?;
    out.set_item("floatmode", options.floatmode.name())?;
    out.set_item("formatter", py.None())?;
    out.set_item("legacy", false)?;
    Ok(out)
}

/// Sets how arrays are printed; what is not given stays.
///
/// Parameters
/// ----------
/// precision, threshold, edgeitems, linewidth : int, optional
/// suppress : bool, optional
/// nanstr, infstr : str, optional
/// sign : {'-', '+', ' '}, optional
/// floatmode : {'maxprec', 'maxprec_equal', 'fixed', 'unique'}, optional
///
/// Raises
/// ------
/// ValueError
///     An option that does not exist.
///
/// Examples
/// --------
/// >>> np.set_printoptions(precision=3)
/// >>> np.array([1 / 3])
/// array([0.333])
/// >>> np.set_printoptions(precision=8)
#[pyfunction]
#[pyo3(signature = (precision=None, threshold=None, edgeitems=None, linewidth=None, suppress=None, nanstr=None,
    infstr=None, formatter=None, sign=None, floatmode=None, **_legacy))]
fn set_printoptions(
    precision: Option<usize>,
    threshold: Option<f64>,
    edgeitems: Option<i64>,
    linewidth: Option<usize>,
    suppress: Option<bool>,
    nanstr: Option<String>,
    infstr: Option<String>,
    formatter: Option<&Bound<'_, PyAny>>,
    sign: Option<&str>,
    floatmode: Option<&str>,
    _legacy: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    if formatter.is_some() {
        return Err(PyValueError::new_err(
            "set_printoptions: formatter is not supported; print x.asnumpy() instead",
        ));
    }
    let mut options: Options = print::options();
    if let Some(precision) = precision {
        options.precision = precision;
    }
    if let Some(threshold) = threshold {
        if threshold.is_nan() {
            return Err(PyValueError::new_err("threshold must be non-NAN, try sys.maxsize for untruncated"));
        }
        options.threshold = threshold as i64;
    }
    options.edgeitems = edgeitems.unwrap_or(options.edgeitems);
    options.linewidth = linewidth.unwrap_or(options.linewidth);
    options.suppress = suppress.unwrap_or(options.suppress);
    options.nanstr = nanstr.unwrap_or(options.nanstr);
    options.infstr = infstr.unwrap_or(options.infstr);
    if let Some(sign) = sign {
        options.sign = Sign::from_name(sign)
            .ok_or_else(|| PyValueError::new_err("sign option must be one of ' ', '+', or '-'"))?;
    }
    if let Some(mode) = floatmode {
        options.floatmode = FloatMode::from_name(mode).ok_or_else(|| {
            PyValueError::new_err(
                "floatmode option must be one of 'maxprec', 'maxprec_equal', 'fixed', 'unique'",
            )
        })?;
    }
    print::set_options(options);
    Ok(())
}

/// The text of an array, without its name around it.
///
/// Parameters
/// ----------
/// a : ndarray
/// max_line_width, precision : int, optional
/// suppress_small : bool, optional
/// separator, prefix : str, optional
///
/// Returns
/// -------
/// str
///
/// Examples
/// --------
/// >>> np.array2string(np.array([1, 2]), separator=', ')
/// '[1., 2.]'
#[pyfunction]
#[pyo3(signature = (a, max_line_width=None, precision=None, suppress_small=None, separator=" ", prefix="", *,
    threshold=None, edgeitems=None, suffix="", floatmode=None, sign=None))]
fn array2string(
    a: &Bound<'_, PyAny>,
    max_line_width: Option<usize>,
    precision: Option<usize>,
    suppress_small: Option<bool>,
    separator: &str,
    prefix: &str,
    threshold: Option<i64>,
    edgeitems: Option<i64>,
    suffix: &str,
    floatmode: Option<&str>,
    sign: Option<&str>,
) -> PyResult<String> {
    let array = crate::convert::to_array(a)?;
    array.wait_to_read().raised()?;
    let mut options = print::options();
    options.linewidth = max_line_width.unwrap_or(options.linewidth);
    options.precision = precision.unwrap_or(options.precision);
    options.suppress = suppress_small.unwrap_or(options.suppress);
    options.threshold = threshold.unwrap_or(options.threshold);
    options.edgeitems = edgeitems.unwrap_or(options.edgeitems);
    options.floatmode = floatmode.and_then(FloatMode::from_name).unwrap_or(options.floatmode);
    options.sign = sign.and_then(Sign::from_name).unwrap_or(options.sign);
    let shown = Shown { array: &array };
    if array.ndim() == 0 {
        return Ok(print::to_str(&shown, &options));
    }
    Ok(print::array2string(&shown, &options, separator, prefix, suffix))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(set_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(array2string, module)?)
}
