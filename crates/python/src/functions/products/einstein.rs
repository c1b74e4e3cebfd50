//! `einsum` in both its forms: subscripts as text, and lists of axis numbers behind each operand.

use base::DType;
use base::promote::{self, Casting};
use mxnet::array::{Array, create, einsum};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyEllipsis, PyString, PyTuple};

use crate::arguments::{Input, Layout, Type, dtype_of};
use crate::array::{compute, wrap_view};
use crate::convert;
use crate::error::Raised;
use crate::methods;
use crate::reductions::finish_in;

type Object<'py> = Bound<'py, PyAny>;

const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The subscripts that a list of axis numbers stands for.
fn subscripts(list: &Object<'_>) -> PyResult<String> {
    let mut text = String::new();
    for item in list.try_iter()? {
        let item = item?;
        if item.is_instance_of::<PyEllipsis>() {
            text.push_str("...");
            continue;
        }
        let number = convert::to_integer(&item)?;
        let letter =
            usize::try_from(number).ok().and_then(|number| LETTERS.get(number)).ok_or_else(|| {
                PyValueError::new_err(format!(
                    "einsum: subscript {number} is not within the valid range [0, 52)"
                ))
            })?;
        text.push(char::from(*letter));
    }
    Ok(text)
}

/// Subscripts and operands of either form.
fn read<'py>(operands: &Bound<'py, PyTuple>) -> PyResult<(String, Vec<Input<'py>>)> {
    let missing = || {
        PyValueError::new_err(
            "einsum: must specify the einstein sum subscripts string and at least one operand",
        )
    };
    if operands.len() < 2 {
        return Err(missing());
    }
    let first = operands.get_item(0)?;
    if let Ok(text) = first.cast::<PyString>() {
        let inputs = operands.iter().skip(1).map(|item| item.extract()).collect::<PyResult<_>>()?;
        return Ok((text.to_cow()?.into_owned(), inputs));
    }
    let (mut texts, mut inputs) = (Vec::new(), Vec::new());
    for at in (0..operands.len() - 1).step_by(2) {
        inputs.push(operands.get_item(at)?.extract()?);
        texts.push(subscripts(&operands.get_item(at + 1)?)?);
    }
    let mut text = texts.join(",");
    if operands.len() % 2 == 1 {
        text.push_str("->");
        text.push_str(&subscripts(&operands.get_item(operands.len() - 1)?)?);
    }
    Ok((text, inputs))
}

fn cast(array: &Array, dtype: Option<DType>, casting: Casting) -> PyResult<Array> {
    let Some(dtype) = dtype else { return Ok(array.clone()) };
    if !promote::can_cast(array.dtype(), dtype, casting) {
        return Err(PyTypeError::new_err(format!(
            "einsum: Cannot cast operand from {} to {dtype} according to the rule '{}'",
            array.dtype(),
            casting.name()
        )));
    }
    array.astype_if(dtype).raised()
}

/// Sums of products of elements, by a rule that names the axes with letters (Einstein's summation).
///
/// Letters that the result does not name are summed over; without `->` the result has every letter that occurs once, in
/// alphabetical order. `...` stands for axes that broadcast.
///
/// Parameters
/// ----------
/// *operands
///     The subscripts and the arrays; or every array followed by a list of axis numbers, and last, if wanted, the
///     list of the result.
/// out : ndarray, optional
/// optimize : bool or str, optional
///     Accepted for compatibility: products are always taken in the order that keeps intermediate results small.
/// dtype : dtype, optional
/// order : {'K', 'C', 'F', 'A'}, optional
/// casting : {'safe', 'no', 'equiv', 'same_kind', 'unsafe'}, optional
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     Subscripts that cannot be read, or do not fit the operands.
///
/// Examples
/// --------
/// >>> x = np.array([[1, 2], [3, 4]])
/// >>> np.einsum('ij,jk->ik', x, x)
/// array([[ 7., 10.],
///        [15., 22.]])
/// >>> np.einsum(x, [0, 0])
/// array(5.)
#[pyfunction(name = "einsum")]
#[pyo3(signature = (*operands, out=None, optimize=None, dtype=None, order=None, casting="safe"),
    text_signature = "(*operands, out=None, optimize=False, dtype=None, order='K', casting='safe')")]
fn summed<'py>(
    py: Python<'py>,
    operands: &Bound<'py, PyTuple>,
    out: Option<&Object<'py>>,
    optimize: Option<&Object<'py>>,
    dtype: Option<Type>,
    order: Option<Layout>,
    casting: &str,
) -> PyResult<Object<'py>> {
    let _always = optimize;
    let (text, inputs) = read(operands)?;
    let casting = methods::casting(casting)?;
    let arrays =
        inputs.iter().map(|input| cast(input, dtype_of(dtype), casting)).collect::<PyResult<Vec<Array>>>()?;
    let size = arrays.iter().map(Array::size).max().unwrap_or(0);
    let result = compute(py, size, || {
        let result = einsum::einsum(&text, &arrays.iter().collect::<Vec<_>>())?;
        order.map_or(Ok(result.clone()), |order| create::to_order(&result, order.0))
    })?;
    match (out, &inputs[..]) {
        (None, [only]) => wrap_view(only.object(), result).map(Bound::into_any),
        // 'safe', the default, concerns the operands: results go into out= as those of other functions do
        _ => finish_in(py, "einsum", result, out, casting.max(Casting::SameKind)),
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(summed, module)?)
}
