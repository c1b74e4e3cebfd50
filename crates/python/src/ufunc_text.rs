//! What ufunc objects tell of themselves: signatures and documentation, from rows of the op book. Called by `ufunc`; knows
//! no arrays.

use base::{Kind, Op, Rule};
use mxnet::ops;
use pyo3::prelude::*;

/// The documentation of the class `ufunc`. That of its objects is their rows'.
const CLASS: &str = "A function of single elements, over arrays that broadcast: `np.exp`, `np.add` and the like.

Called with arrays, numbers or nested lists it gives an array. It may be asked what it is (`nin`, `types`, `identity`, ...),
and functions of two operands fold: `np.add.reduce`, `np.add.accumulate`, `np.add.outer`, `np.add.reduceat`, `np.add.at`.

Examples
--------
>>> np.hypot
<ufunc 'hypot'>
>>> np.hypot([3, 6], 4)
array([5.       , 7.2111025])
>>> isinstance(np.hypot, np.ufunc), np.hypot.nin
(True, 2)";

/// `ufunc.__doc__`: of the class, or of the object that is asked.
#[pyclass(frozen, module = "mxnet.numpy")]
pub(crate) struct Documentation;

#[pymethods]
impl Documentation {
    fn __get__(&self, instance: &Bound<'_, PyAny>, owner: Option<&Bound<'_, PyAny>>) -> String {
        let _class = owner;
        match instance.cast::<crate::ufunc::Ufunc>() {
            Ok(ufunc) => documentation(ufunc.get().row),
            Err(_) => CLASS.to_owned(),
        }
    }
}

/// The operands' names, as NumPy writes them.
fn operands(op: &Op) -> &'static str {
    match op.arity() {
        _ if op == ops::WHERE => "condition, x, y",
        1 => "x",
        2 => "x1, x2",
        _ => "x1, x2, x3",
    }
}

/// The arguments of a call in parentheses.
pub(crate) fn signature(op: &Op) -> String {
    let operands = if op == ops::WHERE { "condition, x=None, y=None" } else { operands(op) };
    format!(
        "({operands}, /, out=None, *, where=True, casting='same_kind', order='K', dtype=None, subok=True, \
         signature=None)"
    )
}

/// Which dtype the result has.
fn result(op: &Op) -> &'static str {
    match (op.kind, op.rule) {
        (Kind::Test1 | Kind::Compare2 | Kind::Logic1 | Kind::Logic2, _) => "Bools.",
        (Kind::Count1, _) => "Of uint8.",
        (Kind::Select3, _) => "Of the common dtype of `x` and `y`.",
        (_, Rule::Quotient) => {
            "Of the operands' common float dtype; integers and bools give the default float."
        }
        (_, Rule::Widest) => {
            "Of the operands' common float dtype, or of the default float where that is wider."
        }
        (_, Rule::First) => "Of the dtype of `x1`, raised to a float.",
        (Kind::Float1 | Kind::Float2, _) => {
            "Of the operands' common float dtype; small integers rise to a float that holds them, others to the default float."
        }
        (Kind::Real1, _) => "Of the dtype of `x`; of complex numbers, the dtype of their parts.",
        (Kind::Bits1 | Kind::Bits2, _) => "Of the operands' common dtype: bool or an integer.",
        _ => "Of the operands' common dtype.",
    }
}

/// The row's documentation with the sections that all rows share.
fn documentation(op: &Op) -> String {
    let (prose, example) = op.doc.split_once("\n\n>>>").unwrap_or((op.doc, ""));
    let (name, call, operands, result) = (op.name, signature(op), operands(op), result(op));
    let without = if op == ops::WHERE {
        "\n    Without `x` and `y`: where the condition is true, as `np.nonzero` tells it."
    } else {
        ""
    };
    let example =
        if example.is_empty() { String::new() } else { format!("\n\nExamples\n--------\n>>>{example}") };
    format!(
        "{name}{call}

{prose}

Parameters
----------
{operands} : array_like
    Operands; their shapes broadcast.{without}
out : ndarray, optional
    Where the result is written; it is returned.
where : array_like of bool, optional
    Which elements of `out` are written; the others stay.
casting : {{'same_kind', 'no', 'equiv', 'safe', 'unsafe'}}, optional
    Which conversions are allowed.
order : {{'K', 'C', 'F', 'A'}}, optional
    Order of the result in memory.
dtype : dtype, optional
    The dtype to compute in.
subok : bool, optional
    Without meaning here: there are no subclasses.
signature : tuple of dtype, optional
    The dtypes of operands and result; another way to say `dtype`.

Returns
-------
ndarray
    {result}

Raises
------
ValueError
    Shapes that do not broadcast, or an `out` that cannot hold the result.
TypeError
    A dtype that the function does not take, or a conversion that `casting` does not allow.{example}"
    )
}
