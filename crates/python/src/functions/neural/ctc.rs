//! `npx.ctc_loss`.

use mxnet::array::neural::ctc::{self, Blank};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, truth};
use crate::array::{NdArray, compute, wrap};

/// Connectionist temporal classification: minus the logarithm of the probability that scores spell a label, over all
/// alignments.
///
/// Parameters
/// ----------
/// data : array_like
///     Of shape (steps, batch, classes): scores before softmax.
/// label : array_like
///     Of shape (batch, length): classes. Without `use_label_lengths` a label ends at the first padding.
/// data_lengths : array_like, optional
///     Of shape (batch,): how many steps count; read with `use_data_lengths`.
/// label_lengths : array_like, optional
///     Of shape (batch,); read with `use_label_lengths`.
/// use_data_lengths, use_label_lengths : bool, optional
/// blank_label : {'first', 'last'}, optional
///     'first': class 0 is the blank, labels count from 1, and 0 pads. 'last': the last class is the blank, labels count
///     from 0, and -1 pads.
///
/// Returns
/// -------
/// ndarray
///     Of shape (batch,).
///
/// Raises
/// ------
/// ValueError
///     Shapes that do not fit, labels and lengths out of range.
/// TypeError
///     Scores other than floats.
///
/// Examples
/// --------
/// >>> npx.ctc_loss(np.zeros((2, 1, 3)), np.array([[1, 2]]))
/// array([2.1972246])
#[pyfunction]
#[pyo3(signature = (data, label, data_lengths=None, label_lengths=None, use_data_lengths=false,
    use_label_lengths=false, blank_label="first"))]
fn ctc_loss<'py>(
    py: Python<'py>,
    data: Input<'py>,
    label: Input<'py>,
    data_lengths: Option<Input<'py>>,
    label_lengths: Option<Input<'py>>,
    #[pyo3(from_py_with = truth)] use_data_lengths: bool,
    #[pyo3(from_py_with = truth)] use_label_lengths: bool,
    blank_label: &str,
) -> PyResult<Bound<'py, NdArray>> {
    let blank = match blank_label {
        "first" => Blank::First,
        "last" => Blank::Last,
        other => {
            return Err(PyValueError::new_err(format!(
                "ctc_loss: blank_label is '{other}', expected 'first' or 'last'"
            )));
        }
    };
    for (used, given, name) in [
        (use_data_lengths, data_lengths.is_some(), "data_lengths"),
        (use_label_lengths, label_lengths.is_some(), "label_lengths"),
    ] {
        if used && !given {
            return Err(PyValueError::new_err(format!("ctc_loss: {name} is wanted with use_{name}=True")));
        }
    }
    let frames = data_lengths.as_deref().filter(|_| use_data_lengths);
    let counts = label_lengths.as_deref().filter(|_| use_label_lengths);
    let (scores, labels) = (&*data, &*label);
    wrap(py, compute(py, scores.size(), || ctc::ctc_loss(scores, labels, frames, counts, blank))?)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(ctc_loss, module)?)
}
