//! Autograd: the methods `attach_grad`, `backward` and their like, and the switches and functions behind `mxnet.autograd`.
//! Over the usual length, because half of it are the docstrings that Python's users read.

use base::Scalar;
use mxnet::array::checkpoint;
use mxnet::array::tape::{self, GradRequest, anomaly};
use mxnet::array::{Array, Index, index};
use pyo3::exceptions::{PyNotImplementedError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::arguments::{optional_truth, truth};
use crate::array::{NdArray, compute, wrap};
use crate::convert;
use crate::error::Raised;
use crate::own_function::with_cause;
use crate::place;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Training mode as asked for, until dropped.
struct Training(bool);

impl Training {
    fn set(on: bool) -> Training {
        Training(tape::set_training(on))
    }
}

impl Drop for Training {
    fn drop(&mut self) {
        tape::set_training(self.0);
    }
}

fn request(name: &str) -> PyResult<GradRequest> {
    GradRequest::from_name(name).ok_or_else(|| {
        PyValueError::new_err(format!("grad_req must be 'write', 'add' or 'null', not '{name}'"))
    })
}

#[pymethods]
impl NdArray {
    /// Asks for gradients of this array: a place for them is made, with zeros in it.
    ///
    /// Parameters
    /// ----------
    /// grad_req : {'write', 'add', 'null'}, optional
    ///     Whether `backward` overwrites the gradient, adds to it, or leaves it alone.
    /// stype : {None, 'default'}, optional
    ///     How the gradient is stored: densely.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another `grad_req`.
    /// NotImplementedError
    ///     `stype` asks for sparse storage.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([1, 2, 3])
    /// >>> x.attach_grad()
    /// >>> with autograd.record():
    /// ...     y = (x * x).sum()
    /// >>> y.backward()
    /// >>> x.grad
    /// array([2., 4., 6.])
    #[pyo3(signature = (grad_req="write", stype=None))]
    fn attach_grad(&self, grad_req: &str, stype: Option<&str>) -> PyResult<()> {
        if let Some(other) = stype.filter(|stype| *stype != "default") {
            let text =
                format!("attach_grad: gradients are dense; stype must be None or 'default', not '{other}'");
            return Err(PyNotImplementedError::new_err(text));
        }
        tape::attach_grad(self.array(), request(grad_req)?).raised()
    }

    /// Computes the gradients of this array and leaves them in the variables' `grad`.
    ///
    /// Parameters
    /// ----------
    /// out_grad : ndarray, optional
    ///     Gradient of something with respect to this array; ones by default.
    /// retain_graph : bool, optional
    ///     Keeps what was recorded for another `backward`.
    /// train_mode : bool, optional
    ///     Whether the gradients are those of training mode.
    ///
    /// Raises
    /// ------
    /// MXNetError
    ///     The array was not recorded, what was recorded has been used up, or a write destroyed what is needed.
    /// ValueError
    ///     `out_grad` has another shape.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([1, 2])
    /// >>> x.attach_grad()
    /// >>> with autograd.record():
    /// ...     y = x * x
    /// >>> y.backward(np.array([1, 10]))
    /// >>> x.grad
    /// array([ 2., 40.])
    #[pyo3(signature = (out_grad=None, retain_graph=false, train_mode=true))]
    fn backward(
        slf: &Ours<'_>,
        out_grad: Option<&Object<'_>>,
        #[pyo3(from_py_with = truth)] retain_graph: bool,
        #[pyo3(from_py_with = truth)] train_mode: bool,
    ) -> PyResult<()> {
        let _mode = Training::set(train_mode);
        let head = match out_grad.filter(|given| !given.is_none()) {
            Some(given) => Some(convert::to_array(given)?),
            None => None,
        };
        let array = slf.get().array();
        let walk = || tape::backward(&[(array, head.as_ref())], retain_graph);
        with_cause(slf.py(), || compute(slf.py(), i64::MAX, walk))
    }

    /// The same elements, without what was recorded: a view that is constant for gradients.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([2.])
    /// >>> x.attach_grad()
    /// >>> with autograd.record():
    /// ...     y = x * x.detach()
    /// >>> y.backward()
    /// >>> x.grad
    /// array([2.])
    fn detach<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        crate::array::wrap_view(slf, slf.get().array().detach())
    }

    /// Sets the gradient to zeros; nothing where there is none.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([2.])
    /// >>> x.attach_grad(grad_req='add')
    /// >>> with autograd.record():
    /// ...     y = x * x
    /// >>> y.backward()
    /// >>> x.zero_grad()
    /// >>> x.grad
    /// array([0.])
    fn zero_grad(&self) -> PyResult<()> {
        let Some(gradient) = tape::gradient_of(self.array()) else { return Ok(()) };
        let zero = Array::scalar(Scalar::zero(gradient.dtype()), gradient.device()).raised()?;
        index::set(&gradient, &[Index::Ellipsis], &zero).raised()
    }

    /// Whether `backward` left something in the gradient since this was last set to False.
    #[getter(_fresh_grad)]
    fn fresh_grad(&self) -> bool {
        tape::is_fresh(self.array())
    }

    #[setter(_fresh_grad)]
    fn set_fresh_grad(&self, fresh: bool) {
        tape::set_fresh(self.array(), fresh);
    }

    /// Forgets the gradient: the array is no variable any more.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([2.])
    /// >>> x.attach_grad()
    /// >>> x.drop_grad()
    /// >>> x.grad is None
    /// True
    fn drop_grad(&self) -> PyResult<()> {
        tape::attach_grad(self.array(), GradRequest::Null).raised()
    }
}

/// Whether operators are being recorded.
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> from mxnet import autograd
/// >>> with autograd.record():
/// ...     autograd.is_recording()
/// True
#[pyfunction]
fn is_recording() -> bool {
    tape::is_recording()
}

/// Whether this is training mode.
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> from mxnet import autograd
/// >>> with autograd.record(train_mode=False):
/// ...     autograd.is_training()
/// False
#[pyfunction]
fn is_training() -> bool {
    tape::is_training()
}

/// Switches recording on or off; returns what it was.
///
/// Parameters
/// ----------
/// is_recording : bool
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> from mxnet import autograd
/// >>> autograd.set_recording(False)
/// False
#[pyfunction]
fn set_recording(#[pyo3(from_py_with = truth)] is_recording: bool) -> bool {
    if is_recording {
        place::begin();
    }
    tape::set_recording(is_recording)
}

/// Switches the search for the first nan on or off; returns what it was. `autograd.detect_anomaly` is made of it.
#[pyfunction]
fn set_detecting_anomaly(#[pyo3(from_py_with = truth)] on: bool) -> PyResult<bool> {
    let before = anomaly::set_detecting(on);
    anomaly::raise_found().raised()?;
    Ok(before)
}

/// Switches training mode on or off; returns what it was.
///
/// Parameters
/// ----------
/// train_mode : bool
///
/// Returns
/// -------
/// bool
///
/// Examples
/// --------
/// >>> from mxnet import autograd
/// >>> autograd.set_training(False)
/// False
#[pyfunction]
fn set_training(#[pyo3(from_py_with = truth)] train_mode: bool) -> bool {
    tape::set_training(train_mode)
}

/// One array or a sequence of them.
fn arrays<'py>(given: &Object<'py>, what: &str) -> PyResult<Vec<Ours<'py>>> {
    let one = |item: &Object<'py>| {
        item.cast::<NdArray>()
            .cloned()
            .map_err(|_| PyTypeError::new_err(format!("{what} must be mxnet arrays")))
    };
    if given.is_instance_of::<NdArray>() {
        return Ok(vec![one(given)?]);
    }
    given.try_iter()?.map(|item| one(&item?)).collect()
}

/// Head gradients beside heads: none, one, or one (or `None`) each.
fn head_gradients(given: Option<&Object<'_>>, count: usize) -> PyResult<Vec<Option<Array>>> {
    let Some(given) = given.filter(|given| !given.is_none()) else { return Ok(vec![None; count]) };
    let one = |item: &Object<'_>| if item.is_none() { Ok(None) } else { convert::to_array(item).map(Some) };
    let found = if given.is_instance_of::<NdArray>() {
        vec![one(given)?]
    } else {
        given.try_iter()?.map(|item| one(&item?)).collect::<PyResult<Vec<_>>>()?
    };
    if found.len() != count {
        let text = format!("{} heads, but {} head gradients", count, found.len());
        return Err(PyValueError::new_err(text));
    }
    Ok(found)
}

/// Makes arrays variables whose gradients are written to given arrays.
///
/// Parameters
/// ----------
/// variables : ndarray or sequence of ndarray
/// gradients : ndarray or sequence of ndarray
/// grad_reqs : str or sequence of str, optional
///
/// Raises
/// ------
/// ValueError
///     The sequences have different lengths, or a gradient has another shape than its variable.
///
/// Examples
/// --------
/// >>> from mxnet import autograd, np
/// >>> x = np.array([1, 2])
/// >>> autograd.mark_variables([x], [np.zeros(2)])
/// >>> with autograd.record():
/// ...     y = (x * x).sum()
/// >>> y.backward()
/// >>> x.grad
/// array([2., 4.])
#[pyfunction]
#[pyo3(signature = (variables, gradients, grad_reqs=None),
    text_signature = "(variables, gradients, grad_reqs='write')")]
fn mark_variables(
    variables: &Object<'_>,
    gradients: &Object<'_>,
    grad_reqs: Option<&Object<'_>>,
) -> PyResult<()> {
    let (variables, gradients) = (arrays(variables, "variables")?, arrays(gradients, "gradients")?);
    let requests: Vec<String> = match grad_reqs {
        None => vec!["write".to_owned(); variables.len()],
        Some(one) if one.is_instance_of::<PyString>() => vec![one.extract()?; variables.len()],
        Some(several) => several.extract()?,
    };
    if variables.len() != gradients.len() || variables.len() != requests.len() {
        return Err(PyValueError::new_err("variables, gradients and grad_reqs must be as many"));
    }
    for (variable, gradient) in variables.iter().zip(&gradients) {
        let (wanted, given) = (variable.get().array().shape(), gradient.get().array().shape());
        if wanted != given {
            let text =
                format!("mark_variables: a variable of shape {wanted:?} has a gradient of shape {given:?}");
            return Err(PyValueError::new_err(text));
        }
    }
    let requests = requests.iter().map(|name| request(name)).collect::<PyResult<Vec<_>>>()?;
    for ((variable, gradient), wanted) in variables.iter().zip(&gradients).zip(requests) {
        tape::mark(variable.get().array(), gradient.get().array().clone(), wanted);
    }
    Ok(())
}

fn pairs<'a>(heads: &'a [Ours<'_>], gradients: &'a [Option<Array>]) -> Vec<(&'a Array, Option<&'a Array>)> {
    heads.iter().zip(gradients).map(|(head, gradient)| (head.get().array(), gradient.as_ref())).collect()
}

/// Computes the gradients of heads and leaves them in the variables' `grad`.
///
/// Parameters
/// ----------
/// heads : ndarray or sequence of ndarray
/// head_grads : ndarray or sequence of ndarray, optional
///     Ones by default.
/// retain_graph : bool, optional
/// train_mode : bool, optional
///
/// Raises
/// ------
/// MXNetError
///     A head was not recorded.
///
/// Examples
/// --------
/// >>> from mxnet import autograd, np
/// >>> x = np.array([1, 2])
/// >>> x.attach_grad()
/// >>> with autograd.record():
/// ...     y = x * x
/// >>> autograd.backward([y])
/// >>> x.grad
/// array([2., 4.])
#[pyfunction]
#[pyo3(signature = (heads, head_grads=None, retain_graph=false, train_mode=true))]
fn backward(
    py: Python<'_>,
    heads: &Object<'_>,
    head_grads: Option<&Object<'_>>,
    #[pyo3(from_py_with = truth)] retain_graph: bool,
    #[pyo3(from_py_with = truth)] train_mode: bool,
) -> PyResult<()> {
    let _mode = Training::set(train_mode);
    let heads = arrays(heads, "heads")?;
    let gradients = head_gradients(head_grads, heads.len())?;
    let pairs = pairs(&heads, &gradients);
    with_cause(py, || compute(py, i64::MAX, || tape::backward(&pairs, retain_graph)))
}

/// Gradients of heads with respect to variables, as new arrays.
///
/// Parameters
/// ----------
/// heads : ndarray or sequence of ndarray
/// variables : ndarray or sequence of ndarray
/// head_grads : ndarray or sequence of ndarray, optional
/// retain_graph : bool, optional
///     `create_graph` by default.
/// create_graph : bool, optional
///     Records the gradients themselves, for gradients of gradients.
/// train_mode : bool, optional
///
/// Returns
/// -------
/// list of ndarray
///     One per variable, also for a single variable.
///
/// Raises
/// ------
/// MXNetError
///     A head or a variable was not recorded.
///
/// Examples
/// --------
/// >>> x = np.array([3.])
/// >>> x.attach_grad()
/// >>> with autograd.record():
/// ...     y = x * x
/// >>> autograd.grad(y, x)
/// [array([6.])]
#[pyfunction]
#[pyo3(signature = (heads, variables, head_grads=None, retain_graph=None, create_graph=false, train_mode=true))]
fn grad<'py>(
    py: Python<'py>,
    heads: &Object<'py>,
    variables: &Object<'py>,
    head_grads: Option<&Object<'py>>,
    #[pyo3(from_py_with = optional_truth)] retain_graph: Option<bool>,
    #[pyo3(from_py_with = truth)] create_graph: bool,
    #[pyo3(from_py_with = truth)] train_mode: bool,
) -> PyResult<Vec<Ours<'py>>> {
    let _mode = Training::set(train_mode);
    let (heads, wanted) = (arrays(heads, "heads")?, arrays(variables, "variables")?);
    let gradients = head_gradients(head_grads, heads.len())?;
    let pairs = pairs(&heads, &gradients);
    let references: Vec<&Array> = wanted.iter().map(|variable| variable.get().array()).collect();
    let retain = retain_graph.unwrap_or(create_graph);
    let walk = || tape::grad(&pairs, &references, retain, create_graph);
    let found = with_cause(py, || compute(py, i64::MAX, walk))?;
    found.into_iter().map(|gradient| wrap(py, gradient)).collect()
}

/// What was recorded for an array, as text: one line for each operator, oldest first.
///
/// Parameters
/// ----------
/// loss : ndarray
///
/// Returns
/// -------
/// str
///
/// Raises
/// ------
/// MXNetError
///     The array was not recorded.
///
/// Examples
/// --------
/// >>> x = np.array([3.])
/// >>> x.attach_grad()
/// >>> with autograd.record():
/// ...     y = np.exp(x) * x
/// >>> print(autograd.explain(y))
/// %0 = variable float32 (1,)
/// %1 = exp(%0)
/// %2 = multiply(%1, %0)
#[pyfunction]
fn explain(loss: &Ours<'_>) -> PyResult<String> {
    checkpoint::explain(loss.get().array()).map(|text| text.trim_end().to_owned()).raised()
}

/// The tape as a list of `(operator, inputs, shape, dtype, usable, line)`, for drawings.
#[pyfunction]
fn steps<'py>(loss: &Ours<'py>) -> PyResult<Vec<Bound<'py, PyTuple>>> {
    let py = loss.py();
    let found = checkpoint::steps("plot", loss.get().array()).raised()?;
    let row = |step: checkpoint::Step| {
        let (dtype, shape) =
            step.variable.map_or((String::new(), Vec::new()), |(dtype, shape)| (dtype.to_string(), shape));
        let line = step.place.and_then(place::text);
        (step.name, step.inputs, PyTuple::new(py, shape)?, dtype, step.usable, line).into_pyobject(py)
    };
    found.into_iter().map(row).collect()
}

/// Whether an array has a place on the tape.
#[pyfunction]
fn is_recorded(x: &Ours<'_>) -> bool {
    tape::is_linked(x.get().array())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_recording, module)?)?;
    module.add_function(wrap_pyfunction!(is_training, module)?)?;
    module.add_function(wrap_pyfunction!(set_recording, module)?)?;
    module.add_function(wrap_pyfunction!(set_training, module)?)?;
    module.add_function(wrap_pyfunction!(mark_variables, module)?)?;
    module.add_function(wrap_pyfunction!(backward, module)?)?;
    // `explain` of the engine has the same name
    let tape = PyModule::new(module.py(), "mxnet.autograd")?;
    tape.add_function(wrap_pyfunction!(explain, &tape)?)?;
    tape.add_function(wrap_pyfunction!(is_recorded, &tape)?)?;
    tape.add_function(wrap_pyfunction!(steps, &tape)?)?;
    tape.add_function(wrap_pyfunction!(set_detecting_anomaly, &tape)?)?;
    module.add("tape", tape)?;
    module.add_function(wrap_pyfunction!(grad, module)?)
}
