//! The text of arrays: `print`'s view of an array, `__repr__`, `__str__`, and the print options of NumPy.

use std::cell::RefCell;
use std::sync::{Mutex, PoisonError};

use base::promote;
use base::{DType, Scalar};
use mxnet::array::print::{self, Elements, FloatMode, Options, Sign};
use mxnet::array::{Array, DeviceId};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments::optional_truth;
use crate::array::{compute, wrap};
use crate::convert;
use crate::error::Raised;

/// The user's functions that write elements, by kind of dtype: NumPy's `formatter` option, `None` or a dict.
static FORMATTERS: Mutex<Option<Py<PyDict>>> = Mutex::new(None);

/// The user's function that writes arrays for `repr`: NumPy's `override_repr` option.
static OVERRIDE: Mutex<Option<Py<PyAny>>> = Mutex::new(None);

fn override_repr(py: Python<'_>) -> Option<Py<PyAny>> {
    let held = OVERRIDE.lock().unwrap_or_else(PoisonError::into_inner);
    held.as_ref().map(|function| function.clone_ref(py))
}

/// NumPy can print as its older versions did; here there is one way.
fn no_legacy(legacy: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    match legacy {
        Some(given) if given.is_truthy()? => Err(PyValueError::new_err(format!(
            "legacy printing '{given}' does not exist here: arrays are printed as NumPy 2 prints them"
        ))),
        _ => Ok(()),
    }
}

/// An array that is printed.
struct Shown<'a, 'py> {
    array: &'a Array,
    /// The user's function for elements of this dtype.
    formatter: Option<Bound<'py, PyAny>>,
    /// What that function raised first.
    failure: RefCell<Option<PyErr>>,
}

impl<'a, 'py> Shown<'a, 'py> {
    fn new(py: Python<'py>, array: &'a Array) -> PyResult<Shown<'a, 'py>> {
        let formatters = formatters(py);
        let formatter =
            formatters.map(|formatters| formatter_of(formatters.bind(py), array.dtype())).transpose()?;
        Ok(Shown { array, formatter: formatter.flatten(), failure: RefCell::new(None) })
    }

    /// The finished text, unless the user's function failed.
    fn done(self, text: String) -> PyResult<String> {
        self.failure.into_inner().map_or(Ok(text), Err)
    }
}

fn formatters(py: Python<'_>) -> Option<Py<PyDict>> {
    let held = FORMATTERS.lock().unwrap_or_else(PoisonError::into_inner);
    held.as_ref().map(|formatters| formatters.clone_ref(py))
}

/// The function for a dtype: of its own name, of its kind, or for all.
fn formatter_of<'py>(formatters: &Bound<'py, PyDict>, dtype: DType) -> PyResult<Option<Bound<'py, PyAny>>> {
    let names = match dtype {
        DType::Bool => ["bool", "bool"],
        dtype if dtype.is_complex() => ["complexfloat", "complex_kind"],
        dtype if dtype.is_float() => ["float", "float_kind"],
        _ => ["int", "int_kind"],
    };
    for name in [names[0], names[1], "all"] {
        if let Some(found) = formatters.get_item(name)?.filter(|found| !found.is_none()) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

impl Elements for Shown<'_, '_> {
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

    fn formatted(&self, index: &[i64]) -> Option<String> {
        let formatter = self.formatter.as_ref()?;
        let write = || -> PyResult<String> {
            let element = convert::scalar_array(self.get(index), self.array.device())?;
            formatter.call1((wrap(formatter.py(), element)?,))?.extract()
        };
        Some(write().unwrap_or_else(|error| {
            self.failure.borrow_mut().get_or_insert(error);
            String::new()
        }))
    }
}

/// `repr(x)`: the default dtypes are not written, a device is where it is not the CPU.
pub(crate) fn repr(py: Python<'_>, array: &Array) -> PyResult<String> {
    compute(py, array.size(), || array.wait_to_read())?;
    if let Some(function) = override_repr(py) {
        return function.bind(py).call1((wrap(py, array.clone())?,))?.extract();
    }
    let defaults = [promote::default_float(), promote::default_complex(), DType::Bool];
    let numpy = [DType::I64];
    let mut hidden = vec![defaults[0], defaults[2]];
    if promote::numpy_dtypes() {
        hidden.extend([defaults[1], numpy[0]]);
    }
    let id = array.device().id;
    let suffix = (id != DeviceId::CPU).then(|| format!("ctx={id}"));
    let shown = Shown::new(py, array)?;
    let text = print::to_repr(&shown, &print::options(), &hidden, suffix.as_deref());
    shown.done(text)
}

/// `str(x)`.
pub(crate) fn text(py: Python<'_>, array: &Array) -> PyResult<String> {
    compute(py, array.size(), || array.wait_to_read())?;
    let shown = Shown::new(py, array)?;
    let text = print::to_str(&shown, &print::options());
    shown.done(text)
}

/// The print options, as NumPy's `get_printoptions` gives them.
///
/// Returns
/// -------
/// dict
///     precision, threshold, edgeitems, linewidth, suppress, nanstr, infstr, sign, floatmode, formatter.
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
    out.set_item("formatter", formatters(py))?;
    out.set_item("legacy", false)?;
    out.set_item("override_repr", override_repr(py))?;
    Ok(out)
}

/// Sets how arrays are printed; what is not given stays, but for the formatter.
///
/// Parameters
/// ----------
/// precision, threshold, edgeitems, linewidth : int, optional
/// suppress : bool, optional
/// nanstr, infstr : str, optional
/// formatter : dict of callables, optional
///     What writes elements, as arrays without axes, by kind: 'bool', 'int', 'float', 'complexfloat', 'int_kind',
///     'float_kind', 'complex_kind', 'all'. Without it the elements are written as usual again.
/// sign : {'-', '+', ' '}, optional
/// floatmode : {'maxprec', 'maxprec_equal', 'fixed', 'unique'}, optional
/// legacy : bool, optional
///     Only False: arrays are not printed as by NumPy's older versions.
/// override_repr : callable, optional
///     What gives the text of an array to `repr`. Without it arrays are written as usual again.
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
    infstr=None, formatter=None, sign=None, floatmode=None, *, legacy=None, override_repr=None))]
fn set_printoptions(
    precision: Option<i64>,
    threshold: Option<f64>,
    edgeitems: Option<i64>,
    linewidth: Option<i64>,
    #[pyo3(from_py_with = optional_truth)] suppress: Option<bool>,
    nanstr: Option<String>,
    infstr: Option<String>,
    formatter: Option<Bound<'_, PyDict>>,
    sign: Option<&str>,
    floatmode: Option<&str>,
    legacy: Option<&Bound<'_, PyAny>>,
    override_repr: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    no_legacy(legacy)?;
    let mut options: Options = print::options();
    if let Some(precision) = precision {
        options.precision =
            usize::try_from(precision).map_err(|_| PyValueError::new_err("precision must be >= 0"))?;
    }
    if let Some(threshold) = threshold {
        if threshold.is_nan() {
            return Err(PyValueError::new_err("threshold must be non-NAN, try sys.maxsize for untruncated"));
        }
        options.threshold = threshold as i64;
    }
    options.edgeitems = edgeitems.unwrap_or(options.edgeitems);
    options.linewidth = linewidth.map_or(options.linewidth, |width| width.max(0) as usize);
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
    // what was set before is dropped after the lock is open again: dropping may run Python code
    let before = {
        let mut held = FORMATTERS.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, formatter.map(Bound::unbind))
    };
    let overridden = {
        let mut held = OVERRIDE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *held, override_repr.map(Bound::unbind))
    };
    drop((before, overridden));
    Ok(())
}

/// The text of an array, without its name around it.
///
/// Parameters
/// ----------
/// a : ndarray
/// max_line_width, precision, threshold, edgeitems : int, optional
///     As `np.set_printoptions` knows them: columns of a line, digits after the point, elements that are still all shown,
///     elements at each end of a summary.
/// suppress_small : bool, optional
///     Write small numbers as zeros.
/// separator, prefix, suffix : str, optional
///     What stands between elements, and what will stand around the text and takes room in a line.
/// formatter : dict of callables, optional
///     Functions that write an element, by kind of dtype.
/// floatmode : {'fixed', 'unique', 'maxprec', 'maxprec_equal'}, optional
///     How many digits floats have.
/// sign : {'-', '+', ' '}, optional
///     What stands before positive numbers.
/// legacy : None, optional
///     There is one way to print.
///
/// Returns
/// -------
/// str
///
/// Raises
/// ------
/// ValueError
///     `floatmode`, `sign` or `legacy` has another value.
///
/// Examples
/// --------
/// >>> np.array2string(np.array([1, 2]), separator=', ')
/// '[1., 2.]'
#[pyfunction]
#[pyo3(signature = (a, max_line_width=None, precision=None, suppress_small=None, separator=" ", prefix="", *,
    formatter=None, threshold=None, edgeitems=None, suffix="", floatmode=None, sign=None, legacy=None))]
fn array2string(
    a: &Bound<'_, PyAny>,
    max_line_width: Option<usize>,
    precision: Option<usize>,
    #[pyo3(from_py_with = optional_truth)] suppress_small: Option<bool>,
    separator: &str,
    prefix: &str,
    formatter: Option<&Bound<'_, PyDict>>,
    threshold: Option<i64>,
    edgeitems: Option<i64>,
    suffix: &str,
    floatmode: Option<&str>,
    sign: Option<&str>,
    legacy: Option<&Bound<'_, PyAny>>,
) -> PyResult<String> {
    no_legacy(legacy)?;
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
    let mut shown = Shown::new(a.py(), &array)?;
    if let Some(formatters) = formatter {
        shown.formatter = formatter_of(formatters, array.dtype())?;
    }
    let text = print::array2string(&shown, &options, separator, prefix, suffix);
    shown.done(text)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(set_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(array2string, module)?)
}
