//! Methods of arrays that change shape, dtype or place, or give elements out; each is a call of `array`.

use base::promote::{Casting, can_cast};
use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Index, elementwise, index};
use mxnet::ops;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{NdArray, compute, wrap, wrap_view};
use crate::error::Raised;
use crate::{convert, device, dtype, number};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// `f(1, 2)` and `f((1, 2))` are one.
pub(crate) fn spread(arguments: &Bound<'_, PyTuple>) -> PyResult<Vec<i64>> {
    match arguments.len() {
        1 => convert::to_integers(&arguments.get_item(0)?),
        _ => arguments.iter_borrowed().map(|item| convert::to_integer(&item)).collect(),
    }
}

/// An order of elements by name: whether it is Fortran's for this array.
pub(crate) fn is_fortran(array: &Array, order: Option<&str>) -> PyResult<bool> {
    let view = array.view();
    Ok(match order {
        None | Some("C" | "c") => false,
        Some("F" | "f") => true,
        Some("A" | "a" | "K" | "k") => view.is_fortran_contiguous() && !view.is_contiguous(),
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "order must be one of 'C', 'F', 'A', or 'K' (got '{other}')"
            )));
        }
    })
}

/// A reshape in C or Fortran order.
pub(crate) fn reshaped(array: &Array, shape: &[i64], fortran: bool) -> base::Result<Array> {
    if !fortran {
        return array.reshape(shape);
    }
    let reversed: Vec<i64> = shape.iter().rev().copied().collect();
    array.transpose(None)?.reshape(&reversed)?.transpose(None)
}

/// A copy whose memory runs in the order of that name.
pub(crate) fn copied(array: &Array, order: Option<&str>) -> PyResult<Array> {
    let keep = matches!(order, Some("K" | "k"));
    if is_fortran(array, order)? && !keep {
        return create::copy(array, Order::F).raised();
    }
    if keep { array.astype(array.dtype()).raised() } else { create::copy(array, Order::C).raised() }
}

pub(crate) fn casting(name: &str) -> PyResult<Casting> {
    Casting::from_name(name).ok_or_else(|| {
        PyValueError::new_err(format!(
            "casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', not '{name}'"
        ))
    })
}

/// `item(*args)`: which element.
fn item_place(array: &Array, arguments: &Bound<'_, PyTuple>) -> PyResult<Vec<i64>> {
    let given = spread(arguments)?;
    if given.len() == 1 && array.ndim() != 1 {
        let mut at = given[0];
        if at < -array.size() || at >= array.size() {
            let size = array.size();
            return Err(PyIndexError::new_err(format!("index {at} is out of bounds for size {size}")));
        }
        at = if at < 0 { at + array.size() } else { at };
        let mut place = vec![0; array.ndim()];
        for (axis, &length) in array.shape().iter().enumerate().rev() {
            place[axis] = at % length;
            at /= length;
        }
        return Ok(place);
    }
    if given.len() != array.ndim() {
        return Err(PyValueError::new_err("incorrect number of indices for array"));
    }
    let lengths = array.shape().iter().enumerate();
    given
        .iter()
        .zip(lengths)
        .map(|(&at, (axis, &length))| {
            if at < -length || at >= length {
                return Err(PyIndexError::new_err(format!(
                    "index {at} is out of bounds for axis {axis} with size {length}"
                )));
            }
            Ok(if at < 0 { at + length } else { at })
        })
        .collect()
}

/// A copy with the bytes of every number in reverse order.
fn swapped(array: &Array) -> base::Result<Array> {
    let dtype = array.dtype();
    let size = dtype.real().size() as i64;
    let mut bytes = array.detach().to_bytes()?;
    bytes.chunks_exact_mut(size as usize).for_each(<[u8]>::reverse);
    Array::from_bytes(&bytes, array.shape(), dtype, array.device())
}

#[pymethods]
impl NdArray {
    /// The same elements under another shape: a view where memory allows it. One length may be -1.
    #[pyo3(signature = (*shape, order=None, copy=None))]
    fn reshape<'py>(
        slf: &Ours<'py>,
        shape: &Bound<'py, PyTuple>,
        order: Option<&str>,
        copy: Option<bool>,
    ) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let shape = spread(shape)?;
        let fortran = is_fortran(array, order)?;
        let result = reshaped(array, &shape, fortran).raised()?;
        let shares = crate::attributes::same_storage(array, &result);
        match copy {
            Some(true) if shares => wrap(slf.py(), create::copy(&result, Order::C).raised()?),
            Some(false) if !shares => {
                Err(PyValueError::new_err("Unable to avoid creating a copy while reshaping."))
            }
            _ => wrap_view(slf, result),
        }
    }

    /// Axes in another order (reversed without arguments): a view.
    #[pyo3(signature = (*axes))]
    fn transpose<'py>(slf: &Ours<'py>, axes: &Bound<'py, PyTuple>) -> PyResult<Ours<'py>> {
        let none = axes.is_empty() || (axes.len() == 1 && axes.get_item(0)?.is_none());
        let axes = if none { None } else { Some(spread(axes)?) };
        wrap_view(slf, slf.get().array.transpose(axes.as_deref()).raised()?)
    }

    /// Two axes exchanged: a view.
    #[pyo3(signature = (axis1, axis2, /))]
    fn swapaxes<'py>(slf: &Ours<'py>, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.swapaxes(axis1, axis2).raised()?)
    }

    /// Without axes of length 1: a view.
    #[pyo3(signature = (axis=None))]
    fn squeeze<'py>(slf: &Ours<'py>, axis: Option<&Object<'py>>) -> PyResult<Ours<'py>> {
        let axes = convert::to_axes(axis)?;
        wrap_view(slf, slf.get().array.squeeze(axes.as_deref()).raised()?)
    }

    /// The elements as one axis: a view where memory allows it.
    #[pyo3(signature = (order="C"))]
    fn ravel<'py>(slf: &Ours<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let fortran = is_fortran(array, order)?;
        wrap_view(slf, reshaped(array, &[-1], fortran).or_else(|_| reshaped(array, &[0], fortran)).raised()?)
    }

    /// The elements as one axis: a copy.
    #[pyo3(signature = (order="C"))]
    fn flatten<'py>(slf: &Ours<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let flat = reshaped(array, &[array.size()], is_fortran(array, order)?).raised()?;
        if crate::attributes::same_storage(array, &flat) {
            return wrap(slf.py(), create::copy(&flat, Order::C).raised()?);
        }
        wrap(slf.py(), flat)
    }

    /// Elements on a diagonal: a read-only view.
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal<'py>(slf: &Ours<'py>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.diagonal(offset, axis1, axis2).raised()?)
    }

    /// The array over a larger shape: a read-only view.
    fn broadcast_to<'py>(slf: &Ours<'py>, shape: &Object<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.broadcast_to(&convert::to_integers(shape)?).raised()?)
    }

    /// The elements in another dtype.
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype
    /// order : {'K', 'C', 'F', 'A'}, optional
    /// casting : {'unsafe', 'same_kind', 'safe', 'equiv', 'no'}, optional
    /// copy : bool, optional
    ///     `False` gives the array itself where nothing changes.
    #[pyo3(signature = (dtype, order="K", casting="unsafe", subok=true, copy=true))]
    fn astype<'py>(
        slf: &Ours<'py>,
        dtype: &Object<'py>,
        order: Option<&str>,
        casting: &str,
        subok: bool,
        copy: bool,
    ) -> PyResult<Ours<'py>> {
        let _no_subclasses = subok;
        let array = &slf.get().array;
        let wanted = dtype::parse(dtype)?;
        if !can_cast(array.dtype(), wanted, self::casting(casting)?) {
            return Err(PyTypeError::new_err(format!(
                "Cannot cast array data from {} to {wanted} according to the rule '{casting}'",
                array.dtype()
            )));
        }
        if !copy && wanted == array.dtype() && matches!(order, None | Some("K" | "A")) {
            return Ok(slf.clone());
        }
        let cast = crate::floating::cast(slf.py(), array, wanted)?;
        let fortran = is_fortran(&cast, order)?;
        let runs = |array: &Array| match fortran {
            true => array.view().is_fortran_contiguous(),
            false => array.view().is_contiguous(),
        };
        if matches!(order, Some("C" | "F")) && !runs(&cast) {
            return wrap(slf.py(), copied(&cast, order)?);
        }
        wrap(slf.py(), cast)
    }

    /// The memory read as another dtype: a view.
    #[pyo3(signature = (dtype=None, r#type=None))]
    fn view<'py>(
        slf: &Ours<'py>,
        dtype: Option<&Object<'py>>,
        r#type: Option<&Object<'py>>,
    ) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let class =
            |given: &Object<'py>| given.is(slf.get_type()) || given.is(slf.py().get_type::<NdArray>());
        let wanted = match dtype.filter(|given| !given.is_none() && !class(given)) {
            Some(given) => dtype::parse(given)?,
            None => array.dtype(),
        };
        if r#type.is_some_and(|given| !class(given)) {
            return Err(PyTypeError::new_err("view: there are no subclasses to view an array as"));
        }
        wrap_view(slf, array.view_as(wanted).raised()?)
    }

    /// The bytes of each element in reverse order, of both parts of complex numbers each: a copy, or with `inplace` this
    /// array's own memory.
    #[pyo3(signature = (inplace=false))]
    fn byteswap<'py>(slf: &Ours<'py>, inplace: bool) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let swapped = swapped(array).raised()?;
        if !inplace {
            return wrap(slf.py(), swapped);
        }
        index::set(array, &[Index::Ellipsis], &swapped).raised()?;
        Ok(slf.clone())
    }

    /// A copy, contiguous in C order unless told otherwise.
    #[pyo3(signature = (order="C"))]
    fn copy<'py>(&self, py: Python<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        wrap(py, copied(&self.array, order)?)
    }

    /// One element as a Python number.
    #[pyo3(signature = (*args))]
    fn item<'py>(slf: &Ours<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Object<'py>> {
        let array = &slf.get().array;
        let value = if args.is_empty() {
            if array.size() != 1 {
                return Err(PyValueError::new_err("can only convert an array of size 1 to a Python scalar"));
            }
            array.item().raised()?
        } else {
            array.element(&item_place(array, args)?).raised()?
        };
        number::to_python(slf.py(), value)
    }

    /// The only element as a Python number.
    fn asscalar<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        if self.array.size() != 1 {
            return Err(PyValueError::new_err("The current array is not a scalar"));
        }
        number::to_python(py, self.array.item().raised()?)
    }

    /// Writes one number into every element.
    fn fill(&self, value: &Object<'_>) -> PyResult<()> {
        crate::attributes::fill(&self.array, convert::to_scalar(value, self.array.dtype())?)
    }

    /// The complex conjugate of each element.
    fn conj<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        if !slf.get().array.dtype().is_complex() {
            return Ok(slf.clone());
        }
        wrap(slf.py(), elementwise::call1(ops::CONJUGATE, &slf.get().array).raised()?)
    }

    /// The complex conjugate of each element.
    fn conjugate<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        NdArray::conj(slf)
    }

    /// Copies the elements into another array (and returns it), or to a device.
    fn copyto<'py>(slf: &Ours<'py>, other: &Object<'py>) -> PyResult<Object<'py>> {
        let array = &slf.get().array;
        if let Ok(target) = other.cast::<NdArray>() {
            let into = &target.get().array;
            if into.shape() != array.shape() {
                return Err(PyValueError::new_err(format!(
                    "copyto: the array has shape {}, the target {}",
                    base::shape::text(array.shape()),
                    base::shape::text(into.shape())
                )));
            }
            index::set(into, &[Index::Ellipsis], array).raised()?;
            return Ok(other.clone());
        }
        let device = device::parse(other)?;
        let moved = array.to_device(device).raised()?;
        if crate::attributes::same_storage(array, &moved) {
            return Ok(wrap(slf.py(), create::copy(&moved, Order::C).raised()?)?.into_any());
        }
        Ok(wrap(slf.py(), moved)?.into_any())
    }

    /// The array on a device: itself where it is there already. `stream` is for other libraries' streams: there is none
    /// to choose here, so only `None` is taken.
    #[pyo3(signature = (device, /, *, stream=None))]
    fn to_device<'py>(
        slf: &Ours<'py>,
        device: &Object<'py>,
        stream: Option<&Object<'py>>,
    ) -> PyResult<Ours<'py>> {
        if stream.is_some() {
            return Err(PyValueError::new_err("to_device: stream must be None"));
        }
        let device = device::parse(device)?;
        let array = &slf.get().array;
        if array.device().id == device.id {
            return Ok(slf.clone());
        }
        wrap(slf.py(), compute(slf.py(), i64::MAX, || array.to_device(device))?)
    }

    /// The array on a device: itself where it is there already.
    fn as_in_ctx<'py>(slf: &Ours<'py>, ctx: &Object<'py>) -> PyResult<Ours<'py>> {
        NdArray::to_device(slf, ctx, None)
    }

    /// The array on a device: itself where it is there already.
    fn as_in_context<'py>(slf: &Ours<'py>, context: &Object<'py>) -> PyResult<Ours<'py>> {
        NdArray::to_device(slf, context, None)
    }

    /// The array itself: there is one array type.
    fn as_np_ndarray<'py>(slf: &Ours<'py>) -> Ours<'py> {
        slf.clone()
    }

    /// The array itself: there is one array type.
    fn as_nd_ndarray<'py>(slf: &Ours<'py>) -> Ours<'py> {
        slf.clone()
    }

    /// Waits until the elements are computed.
    fn wait_to_read(&self, py: Python<'_>) -> PyResult<()> {
        compute(py, i64::MAX, || self.array.wait_to_read())
    }
}
