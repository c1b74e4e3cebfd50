//! Nested sequences of numbers as arrays: the shape is discovered, ragged and endless nesting is refused, the dtype
//! follows from all elements together.

use base::promote::{self, Casting, Weak};
use base::{DType, Scalar};
use mxnet::array::{Array, DeviceRef, Index, index, manipulate, tape};
use pyo3::exceptions::{PyTypeError, PyUserWarning, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyFrozenSet, PyList, PySequence, PySet, PyString, PyTuple};

use crate::array::NdArray;
use crate::convert;
use crate::error::Raised;
use crate::number::{self, Number};

/// Nesting beyond this is refused, as by NumPy.
const MAX_DEPTH: usize = 64;

/// Elements found in a nested sequence, in C order.
struct Found {
    /// Lengths of the nesting levels, as the first branch has them.
    shape: Vec<i64>,
    leaves: Vec<Leaf>,
}

enum Leaf {
    Number(Weak, Scalar),
    /// Our array or a NumPy array or scalar: it has a dtype.
    Array(Array),
}

/// Whether the object is a sequence that may hold numbers.
pub(crate) fn is_sequence(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || (object.cast::<PySequence>().is_ok()
            && !object.is_instance_of::<PyString>()
            && !object.is_instance_of::<PyBytes>()
            && !object.is_instance_of::<PyDict>()
            && !object.is_instance_of::<PySet>()
            && !object.is_instance_of::<PyFrozenSet>())
}

/// What integers without a dtype become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Integers {
    /// The default dtype (float32), with a warning where it cannot hold them.
    Default,
    /// int64: indices, shapes, counts.
    Int64,
}

/// The array of a nested sequence.
///
/// # Errors
/// ValueError: lengths differ, or the nesting does not end. TypeError: an element is not a number. OverflowError: an
/// integer that the dtype cannot hold.
pub(crate) fn array(
    object: &Bound<'_, PyAny>,
    dtype: Option<DType>,
    integers: Integers,
    device: DeviceRef,
) -> PyResult<Array> {
    if let Some(array) = flat_floats(object, dtype, device)? {
        return Ok(array);
    }
    let mut found = Found { shape: Vec::new(), leaves: Vec::new() };
    collect(object, 0, &mut found, dtype, device)?;
    let dtype = dtype.unwrap_or_else(|| common_dtype(&found.leaves, integers));
    let recorded = |leaf: &Leaf| matches!(leaf, Leaf::Array(array) if tape::is_linked(array));
    if tape::is_recording() && found.leaves.iter().any(recorded) {
        return joined(&found, dtype, device);
    }
    if found.leaves.iter().any(|leaf| matches!(leaf, Leaf::Array(array) if array.ndim() > 0)) {
        return stack(&found, dtype, device);
    }
    let mut bytes = Vec::with_capacity(found.leaves.len() * dtype.size());
    let mut inexact = None;
    for leaf in &found.leaves {
        let value = match leaf {
            Leaf::Number(Weak::Integer, value) => {
                inexact = inexact.or((loses(*value, dtype)).then_some(*value));
                number::fit(*value, dtype)?
            }
            Leaf::Number(_, value) => convert::real_into(*value, dtype)?,
            Leaf::Array(array) => array.item().raised()?.cast(dtype),
        };
        bytes.extend_from_slice(&value.to_bytes()[..dtype.size()]);
    }
    if let Some(value) = inexact {
        warn_inexact(object.py(), value, dtype)?;
    }
    Array::from_bytes(&bytes, &found.shape, dtype, device).raised()
}

/// A flat list of floats, the most common case, in one pass.
fn flat_floats(
    object: &Bound<'_, PyAny>,
    dtype: Option<DType>,
    device: DeviceRef,
) -> PyResult<Option<Array>> {
    let Ok(list) = object.cast_exact::<PyList>() else { return Ok(None) };
    let dtype = dtype.unwrap_or_else(promote::default_float);
    if dtype != DType::F32 || list.is_empty() {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(list.len() * 4);
    for item in list.iter() {
        let Ok(value) = item.cast_exact::<pyo3::types::PyFloat>() else { return Ok(None) };
        bytes.extend_from_slice(&(value.value() as f32).to_ne_bytes());
    }
    Array::from_bytes(&bytes, &[(bytes.len() / 4) as i64], dtype, device).raised().map(Some)
}

/// Whether an inexact dtype cannot hold the integer.
pub(crate) fn loses(value: Scalar, dtype: DType) -> bool {
    let (Some(integer), true) = (value.as_integer(), dtype.is_inexact()) else { return false };
    let held = value.cast(dtype).as_f64();
    held.is_finite() && held as i128 != integer
}

/// Says that a Python integer was rounded, and how to keep it.
pub(crate) fn warn_inexact(py: Python<'_>, value: Scalar, dtype: DType) -> PyResult<()> {
    let text = format!("{dtype} cannot hold the integer {value} exactly; pass dtype='int64' to keep it");
    let text = std::ffi::CString::new(text).unwrap_or_default();
    PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 2)
}

fn common_dtype(leaves: &[Leaf], integers: Integers) -> DType {
    let strong = leaves.iter().filter_map(|leaf| match leaf {
        Leaf::Array(array) => Some(array.dtype()),
        Leaf::Number(..) => None,
    });
    let weak = leaves.iter().filter_map(|leaf| match leaf {
        Leaf::Number(weak, _) => Some(*weak),
        Leaf::Array(_) => None,
    });
    let weakest = weak.max();
    match (promote::promote_all(strong), weakest) {
        (Some(dtype), None) => dtype,
        (Some(dtype), Some(weak)) => promote::promote_weak(dtype, weak),
        (None, Some(Weak::Integer)) if integers == Integers::Int64 => DType::I64,
        (None, None) if integers == Integers::Int64 => DType::I64,
        (None, Some(Weak::Integer)) if promote::numpy_dtypes() && leaves.iter().any(is_unsigned) => {
            DType::U64
        }
        (None, Some(weak)) => promote::weak_default(weak),
        (None, None) => promote::default_float(),
    }
}

fn is_unsigned(leaf: &Leaf) -> bool {
    matches!(leaf, Leaf::Number(_, Scalar::U64(_)))
}

fn ragged(depth: usize, shape: &[i64]) -> PyErr {
    PyValueError::new_err(format!(
        "setting an array element with a sequence. The requested array has an inhomogeneous shape after {depth} \
         dimensions. The detected shape was {} + inhomogeneous part.",
        base::shape::text(&shape[..depth.min(shape.len())])
    ))
}

fn collect(
    object: &Bound<'_, PyAny>,
    depth: usize,
    found: &mut Found,
    dtype: Option<DType>,
    device: DeviceRef,
) -> PyResult<()> {
    let leaf = match leaf_of(object, dtype, device)? {
        Some(leaf) => leaf,
        None if depth >= MAX_DEPTH => {
            return Err(PyValueError::new_err(format!(
                "setting an array element with a sequence: nesting is deeper than {MAX_DEPTH}, or the sequence \
                 contains itself"
            )));
        }
        None => return collect_items(object, depth, found, dtype, device),
    };
    let inner = match &leaf {
        Leaf::Array(array) => array.ndim(),
        Leaf::Number(..) => 0,
    };
    if found.leaves.is_empty() && depth == found.shape.len() {
        if let Leaf::Array(array) = &leaf {
            found.shape.extend_from_slice(array.shape());
        }
    } else {
        let fits = match &leaf {
            Leaf::Array(array) => found.shape.len() >= depth && array.shape() == &found.shape[depth..],
            Leaf::Number(..) => depth == found.shape.len(),
        };
        if !fits || depth + inner != found.shape.len() {
            return Err(ragged(depth, &found.shape));
        }
    }
    found.leaves.push(leaf);
    Ok(())
}

fn collect_items(
    object: &Bound<'_, PyAny>,
    depth: usize,
    found: &mut Found,
    dtype: Option<DType>,
    device: DeviceRef,
) -> PyResult<()> {
    let length = object.len()? as i64;
    if depth == found.shape.len() {
        // a new level may only open on the first branch
        if !found.leaves.is_empty() || found.shape.contains(&0) {
            return Err(ragged(depth, &found.shape));
        }
        found.shape.push(length);
    } else if found.shape[depth] != length {
        return Err(ragged(depth, &found.shape));
    }
    if let Ok(list) = object.cast::<PyList>() {
        for item in list.iter() {
            collect(&item, depth + 1, found, dtype, device)?;
        }
    } else {
        for item in object.try_iter()? {
            collect(&item?, depth + 1, found, dtype, device)?;
        }
    }
    Ok(())
}

/// The element that an object is; `None` for a sequence.
fn leaf_of(object: &Bound<'_, PyAny>, dtype: Option<DType>, device: DeviceRef) -> PyResult<Option<Leaf>> {
    if let Some(number) = number::number(object) {
        let (weak, value) = match number {
            Number::Huge(_) if dtype == Some(DType::Bool) => (Weak::Bool, Scalar::Bool(true)),
            other => other.beside(dtype)?,
        };
        return Ok(Some(Leaf::Number(weak, value)));
    }
    if let Ok(array) = object.cast::<NdArray>() {
        return Ok(Some(Leaf::Array(array.get().array().clone())));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        return Ok(None);
    }
    if crate::foreign::is_numpy_scalar(object) || crate::foreign::is_array_like(object) {
        return crate::foreign::adopt(object, device).map(|array| Some(Leaf::Array(array)));
    }
    if is_sequence(object) {
        return Ok(None);
    }
    convert::scalar_like(object, dtype.is_some())?
        .map(|(weak, value)| Some(Leaf::Number(weak, value)))
        .ok_or_else(|| not_a_number(object))
}

pub(crate) fn not_a_number(object: &Bound<'_, PyAny>) -> PyErr {
    let class = object.get_type();
    let name = class.name().map(|name| name.to_string()).unwrap_or_default();
    PyTypeError::new_err(format!(
        "array: an object of type '{name}' is not a number; arrays hold bool, int, float and complex numbers"
    ))
}

/// Elements of which some are on the tape: the result is, too.
fn joined(found: &Found, dtype: DType, device: DeviceRef) -> PyResult<Array> {
    let part = |leaf: &Leaf| match leaf {
        Leaf::Number(Weak::Integer, value) => convert::scalar_array(number::fit(*value, dtype)?, device),
        Leaf::Number(_, value) => convert::scalar_array(convert::real_into(*value, dtype)?, device),
        Leaf::Array(array) => array.to_device(device).and_then(|array| array.astype_if(dtype)).raised(),
    };
    let parts = found.leaves.iter().map(part).collect::<PyResult<Vec<_>>>()?;
    let parts: Vec<&Array> = parts.iter().collect();
    let flat = manipulate::concatenate(&parts, None, Some(dtype), Casting::Unsafe).raised()?;
    flat.reshape(&found.shape).raised()
}

/// Elements that are arrays themselves: each is copied into its place.
fn stack(found: &Found, dtype: DType, device: DeviceRef) -> PyResult<Array> {
    let inner = match found.leaves.first() {
        Some(Leaf::Array(array)) => array.ndim(),
        _ => 0,
    };
    let outer = found.shape.len() - inner;
    let out = Array::empty(&found.shape, dtype, device).raised()?;
    let mut flat = vec![found.leaves.len() as i64];
    flat.extend_from_slice(&found.shape[outer..]);
    let rows = out.reshape(&flat).raised()?;
    for (at, leaf) in found.leaves.iter().enumerate() {
        if let Leaf::Array(array) = leaf {
            let array = array.to_device(device).raised()?;
            index::set(&rows, &[Index::Integer(at as i64)], &array).raised()?;
        }
    }
    Ok(out)
}
