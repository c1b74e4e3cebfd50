//! Python's operators on arrays: arithmetic, bits, comparison, in-place forms. Each is one row of the op book; an operand
//! that is nothing for arrays gives `NotImplemented`, so that its own class may answer.

// PyO3's expansion of methods that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::promote::Casting;
use base::{DType, Op};
use mxnet::array::{Argument, Array, index};
use mxnet::ops;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pyclass::CompareOp;

use crate::array::{NdArray, wrap_any};
use crate::convert::Operand;
use crate::error::Raised;
use crate::floating;

type Object<'py> = Bound<'py, PyAny>;

fn not_implemented(py: Python<'_>) -> PyResult<Object<'_>> {
    Ok(py.NotImplemented().into_bound(py))
}

#[inline]
fn call(py: Python<'_>, op: &'static Op, x: Argument, y: Argument) -> PyResult<Array> {
    let size = |argument: &Argument| match argument {
        Argument::Array(array) => array.size(),
        Argument::Scalar(..) => 0,
    };
    floating::call(py, op, size(&x).max(size(&y)), &[x, y])
}

/// `x op other`.
#[inline]
pub(crate) fn binary<'py>(
    op: &'static Op,
    x: &Bound<'py, NdArray>,
    other: &Object<'py>,
) -> PyResult<Object<'py>> {
    let py = x.py();
    let array = x.get().array();
    match Operand::of_operator(other)? {
        None => not_implemented(py),
        Some(operand) => {
            let y = operand.argument_of(op, Some(array.dtype()))?;
            wrap_any(py, call(py, op, Argument::Array(array), y)?)
        }
    }
}

/// `other op x`.
#[inline]
fn reflected<'py>(op: &'static Op, x: &Bound<'py, NdArray>, other: &Object<'py>) -> PyResult<Object<'py>> {
    let py = x.py();
    let array = x.get().array();
    match Operand::of(other)? {
        None => not_implemented(py),
        Some(operand) => {
            let y = operand.argument_of(op, Some(array.dtype()))?;
            wrap_any(py, call(py, op, y, Argument::Array(array))?)
        }
    }
}

/// `x op= other`: the result must cast to `x`'s dtype by the rule same_kind.
fn in_place(op: &'static Op, x: &Bound<'_, NdArray>, other: &Object<'_>) -> PyResult<()> {
    let py = x.py();
    let array = x.get().array();
    let Some(operand) = Operand::of(other)? else {
        let class = other.get_type();
        return Err(PyTypeError::new_err(format!(
            "{}: unsupported operand type for an in-place operator on an array: '{}'",
            op.name,
            class.name()?
        )));
    };
    let y = operand.argument(Some(array.dtype()))?;
    let arguments = [Argument::Array(array), y];
    floating::call_into(py, op, array.size(), &arguments, (array, None), None, Casting::SameKind)
}

macro_rules! arithmetic {
    ($($forward:ident $reflected:ident $in_place:ident $row:ident),* $(,)?) => {
        #[pymethods]
        impl NdArray {
            $(
                #[inline]
                fn $forward<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
                    binary(ops::$row, slf, other)
                }
                fn $reflected<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
                    reflected(ops::$row, slf, other)
                }
                fn $in_place(slf: &Bound<'_, Self>, other: &Object<'_>) -> PyResult<()> {
                    in_place(ops::$row, slf, other)
                }
            )*
        }
    };
}

arithmetic!(
    __add__ __radd__ __iadd__ ADD,
    __sub__ __rsub__ __isub__ SUBTRACT,
    __mul__ __rmul__ __imul__ MULTIPLY,
    __truediv__ __rtruediv__ __itruediv__ DIVIDE,
    __floordiv__ __rfloordiv__ __ifloordiv__ FLOOR_DIVIDE,
    __mod__ __rmod__ __imod__ REMAINDER,
    __lshift__ __rlshift__ __ilshift__ LEFT_SHIFT,
    __rshift__ __rrshift__ __irshift__ RIGHT_SHIFT,
    __and__ __rand__ __iand__ BITWISE_AND,
    __or__ __ror__ __ior__ BITWISE_OR,
    __xor__ __rxor__ __ixor__ BITWISE_XOR,
);

fn no_modulo(modulo: Option<&Object<'_>>) -> PyResult<()> {
    match modulo {
        Some(modulo) if !modulo.is_none() => {
            Err(PyTypeError::new_err("pow() of arrays takes no third argument"))
        }
        _ => Ok(()),
    }
}

#[pymethods]
impl NdArray {
    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Object<'py>,
        modulo: Option<&Object<'py>>,
    ) -> PyResult<Object<'py>> {
        no_modulo(modulo)?;
        binary(ops::POWER, slf, other)
    }

    fn __rpow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Object<'py>,
        modulo: Option<&Object<'py>>,
    ) -> PyResult<Object<'py>> {
        no_modulo(modulo)?;
        reflected(ops::POWER, slf, other)
    }

    fn __ipow__(slf: &Bound<'_, Self>, other: &Object<'_>, modulo: Option<&Object<'_>>) -> PyResult<()> {
        no_modulo(modulo)?;
        in_place(ops::POWER, slf, other)
    }

    fn __divmod__<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
        let quotient = binary(ops::FLOOR_DIVIDE, slf, other)?;
        if quotient.is(slf.py().NotImplemented()) {
            return Ok(quotient);
        }
        Ok((quotient, binary(ops::REMAINDER, slf, other)?).into_pyobject(slf.py())?.into_any())
    }

    fn __rdivmod__<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
        let quotient = reflected(ops::FLOOR_DIVIDE, slf, other)?;
        if quotient.is(slf.py().NotImplemented()) {
            return Ok(quotient);
        }
        Ok((quotient, reflected(ops::REMAINDER, slf, other)?).into_pyobject(slf.py())?.into_any())
    }

    fn __neg__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        unary(py, ops::NEGATIVE, self.array())
    }

    fn __pos__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        unary(py, ops::POSITIVE, self.array())
    }

    fn __abs__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        unary(py, ops::ABSOLUTE, self.array())
    }

    fn __invert__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        unary(py, ops::INVERT, self.array())
    }

    fn __matmul__<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
        matmul(slf, other, false)
    }

    fn __rmatmul__<'py>(slf: &Bound<'py, Self>, other: &Object<'py>) -> PyResult<Object<'py>> {
        matmul(slf, other, true)
    }

    fn __imatmul__(slf: &Bound<'_, Self>, other: &Object<'_>) -> PyResult<()> {
        let product = matmul(slf, other, false)?;
        let product = product.cast_into::<NdArray>().map_err(PyErr::from)?;
        let (array, product) = (slf.get().array(), product.get().array());
        if array.shape() != product.shape() {
            return Err(crate::error::raise(base::Error::value(format!(
                "matmul: a product of shape {} does not fit into an array of shape {}",
                base::shape::text(product.shape()),
                base::shape::text(array.shape())
            ))));
        }
        index::set(array, &[index::Index::Ellipsis], product).raised()
    }

    fn __richcmp__<'py>(
        slf: &Bound<'py, Self>,
        other: &Object<'py>,
        compare: CompareOp,
    ) -> PyResult<Object<'py>> {
        let op = match compare {
            CompareOp::Lt => ops::LESS,
            CompareOp::Le => ops::LESS_EQUAL,
            CompareOp::Eq => ops::EQUAL,
            CompareOp::Ne => ops::NOT_EQUAL,
            CompareOp::Gt => ops::GREATER,
            CompareOp::Ge => ops::GREATER_EQUAL,
        };
        let answer = binary(op, slf, other)?;
        if answer.is(slf.py().NotImplemented()) && is_exact_number(other)? {
            return compared_exactly(slf, other, compare);
        }
        let equality = matches!(compare, CompareOp::Eq | CompareOp::Ne);
        if equality && answer.is(slf.py().NotImplemented()) && (other.is_none() || is_text(other)) {
            // as NumPy: no element equals None or a string
            let array = slf.get().array();
            let value = base::Scalar::Bool(matches!(compare, CompareOp::Ne));
            let answer = Array::full(array.shape(), value, DType::Bool, array.device()).raised()?;
            return wrap_any(slf.py(), answer);
        }
        Ok(answer)
    }
}

/// Whether the object is a number that no dtype holds, such as a `Fraction` or `Decimal`.
fn is_exact_number(object: &Object<'_>) -> PyResult<bool> {
    let numbers = object.py().import("numbers")?.getattr("Number")?;
    object.is_instance(&numbers)
}

/// Elements compare with such a number as Python's numbers do: exactly.
fn compared_exactly<'py>(
    x: &Bound<'py, NdArray>,
    other: &Object<'py>,
    compare: CompareOp,
) -> PyResult<Object<'py>> {
    let array = x.get().array();
    let elements = x.call_method0("flatten")?.call_method0("tolist")?;
    let answers = elements
        .try_iter()?
        .map(|element| Ok(u8::from(element?.rich_compare(other, compare)?.is_truthy()?)))
        .collect::<PyResult<Vec<u8>>>()?;
    let answers = Array::from_bytes(&answers, array.shape(), DType::Bool, array.device()).raised()?;
    wrap_any(x.py(), answers)
}

fn is_text(object: &Object<'_>) -> bool {
    object.is_instance_of::<pyo3::types::PyString>() || object.is_instance_of::<pyo3::types::PyBytes>()
}

#[inline]
fn unary<'py>(py: Python<'py>, op: &'static Op, array: &Array) -> PyResult<Object<'py>> {
    wrap_any(py, floating::call(py, op, array.size(), &[Argument::Array(array)])?)
}

fn matmul<'py>(x: &Bound<'py, NdArray>, other: &Object<'py>, swapped: bool) -> PyResult<Object<'py>> {
    let py = x.py();
    let Some(operand) = Operand::of_operator(other)? else { return not_implemented(py) };
    let array = x.get().array();
    let Some(other) = operand.array() else {
        return Err(crate::error::raise(base::Error::value(
            "matmul: input operand does not have enough dimensions (a number has none); use * to scale",
        )));
    };
    let (left, right) = if swapped { (other, array) } else { (array, other) };
    wrap_any(py, floating::product(py, "matmul", mxnet::array::products::matmul, left, right)?)
}
