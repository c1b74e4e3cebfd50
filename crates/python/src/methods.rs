//! Methods of arrays that change shape, dtype or place, or give elements out; each is a call of `array`.

use base::promote::{Casting, can_cast};
use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Index, elementwise, index, manipulate, reduce};
use mxnet::ops;
use pyo3::exceptions::{PyIndexError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Flag, Layout, order_of};
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

/// Whether a cast kept every number (nan stays nan; truth is no number).
fn check_unchanged(before: &Array, after: &Array) -> PyResult<()> {
    if after.dtype().is_bool() {
        return Ok(());
    }
    let (before, after) = (before.detach(), after.detach());
    let same = after.astype(before.dtype()).and_then(|back| {
        let equal = elementwise::call2(ops::EQUAL, &back, &before)?;
        let odd = elementwise::call2(ops::NOT_EQUAL, &before, &before)?;
        let odd_too = elementwise::call2(ops::NOT_EQUAL, &back, &back)?;
        let both = elementwise::call2(ops::LOGICAL_AND, &odd, &odd_too)?;
        reduce::all(&elementwise::call2(ops::LOGICAL_OR, &equal, &both)?, &Default::default())?.item()
    });
    if same.raised()?.is_truthy() {
        return Ok(());
    }
    let (from, to) = (before.dtype(), after.dtype());
    Err(PyValueError::new_err(format!("could not cast 'same_value' {from} to {to}")))
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
    #[pyo3(signature = (*shape, order=None, copy=None), text_signature = "($self, /, *shape, order='C', copy=None)")]
    fn reshape<'py>(
        slf: &Ours<'py>,
        shape: &Bound<'py, PyTuple>,
        order: Option<Layout>,
        copy: Option<Flag>,
    ) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        if shape.is_empty() {
            return Err(PyTypeError::new_err("reshape() takes exactly 1 argument (0 given)"));
        }
        let unchanged = shape.len() == 1 && shape.get_item(0)?.is_none();
        let wanted = if unchanged { array.shape().to_vec() } else { spread(shape)? };
        let result = manipulate::reshape_order(array, &wanted, order_of(order)).raised()?;
        let shares = crate::attributes::same_storage(array, &result);
        match copy {
            Some(Flag(true)) if shares => wrap(slf.py(), result.copy().raised()?),
            Some(Flag(false)) if !shares => {
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
        wrap_view(slf, slf.get().array().transpose(axes.as_deref()).raised()?)
    }

    /// Two axes exchanged: a view.
    #[pyo3(signature = (axis1, axis2, /))]
    fn swapaxes<'py>(slf: &Ours<'py>, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().swapaxes(axis1, axis2).raised()?)
    }

    /// Without axes of length 1: a view.
    #[pyo3(signature = (axis=None))]
    fn squeeze<'py>(slf: &Ours<'py>, axis: Option<&Object<'py>>) -> PyResult<Ours<'py>> {
        let axes = convert::to_axes(axis)?;
        wrap_view(slf, slf.get().array().squeeze(axes.as_deref()).raised()?)
    }

    /// The elements as one axis: a view where memory allows it.
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn ravel<'py>(slf: &Ours<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap_view(slf, manipulate::ravel(slf.get().array(), order_of(order)).raised()?)
    }

    /// The elements as one axis: a copy.
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn flatten<'py>(slf: &Ours<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap(slf.py(), manipulate::flatten(slf.get().array(), order_of(order)).raised()?)
    }

    /// Elements on a diagonal: a read-only view.
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal<'py>(slf: &Ours<'py>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().diagonal(offset, axis1, axis2).raised()?)
    }

    /// The array over a larger shape: a read-only view.
    fn broadcast_to<'py>(slf: &Ours<'py>, shape: &Object<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().broadcast_to(&convert::to_integers(shape)?).raised()?)
    }

    /// The elements in another dtype.
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype
    /// order : {'K', 'C', 'F', 'A'}, optional
    /// casting : {'unsafe', 'same_kind', 'safe', 'equiv', 'no', 'same_value'}, optional
    ///     'same_value' takes any dtype and raises a ValueError where a number would change.
    /// copy : bool, optional
    ///     `False` gives the array itself where nothing changes.
    #[pyo3(signature = (dtype, order=None, casting="unsafe", subok=true, copy=Flag(true)),
        text_signature = "($self, /, dtype, order='K', casting='unsafe', subok=True, copy=True)")]
    fn astype<'py>(
        slf: &Ours<'py>,
        dtype: &Object<'py>,
        order: Option<Layout>,
        casting: &str,
        subok: bool,
        copy: Flag,
    ) -> PyResult<Ours<'py>> {
        let _no_subclasses = subok;
        let array = slf.get().array();
        let wanted = dtype::parse(dtype)?;
        let exact = casting == "same_value";
        let rule = if exact { Casting::Unsafe } else { self::casting(casting)? };
        if !can_cast(array.dtype(), wanted, rule) {
            return Err(PyTypeError::new_err(format!(
                "Cannot cast array data from {} to {wanted} according to the rule '{casting}'",
                array.dtype()
            )));
        }
        let order = match order.map_or(Order::K, |given| given.0) {
            Order::A if array.view().is_fortran_contiguous() && !array.view().is_contiguous() => Order::F,
            Order::A => Order::C,
            other => other,
        };
        if !copy.0 && wanted == array.dtype() {
            let same = create::to_order(array, order).raised()?;
            let unchanged = crate::attributes::same_storage(array, &same);
            return if unchanged { Ok(slf.clone()) } else { wrap(slf.py(), same) };
        }
        let cast = crate::floating::cast(slf.py(), array, wanted)?;
        if exact {
            check_unchanged(array, &cast)?;
        }
        wrap(slf.py(), create::to_order(&cast, order).raised()?)
    }

    /// The memory read as another dtype: a view.
    #[pyo3(signature = (dtype=None, r#type=None))]
    fn view<'py>(
        slf: &Ours<'py>,
        dtype: Option<&Object<'py>>,
        r#type: Option<&Object<'py>>,
    ) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        let class =
            |given: &Object<'py>| given.is(slf.get_type()) || given.is(slf.py().get_type::<NdArray>());
        let wanted = match dtype.filter(|given| !given.is_none() && !class(given)) {
            Some(given) => dtype::parse(given)?,
            None => array.dtype(),
        };
        if r#type.is_some_and(|given| !class(given)) {
            return Err(PyValueError::new_err("Type must be a sub-type of ndarray type"));
        }
        wrap_view(slf, array.view_as(wanted).raised()?)
    }

    /// The bytes of each element in reverse order, of both parts of complex numbers each: a copy, or with `inplace` this
    /// array's own memory.
    #[pyo3(signature = (inplace=false))]
    fn byteswap<'py>(slf: &Ours<'py>, inplace: bool) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        let swapped = swapped(array).raised()?;
        if !inplace {
            return wrap(slf.py(), swapped);
        }
        index::set(array, &[Index::Ellipsis], &swapped).raised()?;
        Ok(slf.clone())
    }

    /// A copy, contiguous in C order unless told otherwise.
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn copy<'py>(&self, py: Python<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap(py, create::copy(self.array(), order_of(order)).raised()?)
    }

    /// One element as a Python number.
    #[pyo3(signature = (*args))]
    fn item<'py>(slf: &Ours<'py>, args: &Bound<'py, PyTuple>) -> PyResult<Object<'py>> {
        let array = slf.get().array();
        let nothing = |one: &Object<'_>| one.cast::<PyTuple>().is_ok_and(|tuple| tuple.is_empty());
        let value = if args.is_empty() || (args.len() == 1 && nothing(&args.get_item(0)?)) {
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
        if self.array().size() != 1 {
            return Err(PyValueError::new_err("The current array is not a scalar"));
        }
        number::to_python(py, self.array().item().raised()?)
    }

    /// Writes one number into every element.
    fn fill(&self, value: &Object<'_>) -> PyResult<()> {
        crate::attributes::fill(self.array(), convert::to_scalar(value, self.array().dtype())?)
    }

    /// The complex conjugate of each element.
    fn conj<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        if !slf.get().array().dtype().is_complex() {
            return Ok(slf.clone());
        }
        wrap(slf.py(), elementwise::call1(ops::CONJUGATE, slf.get().array()).raised()?)
    }

    /// The complex conjugate of each element.
    fn conjugate<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        NdArray::conj(slf)
    }

    /// Copies the elements into another array (and returns it), or to a device.
    fn copyto<'py>(slf: &Ours<'py>, other: &Object<'py>) -> PyResult<Object<'py>> {
        let array = slf.get().array();
        if let Ok(target) = other.cast::<NdArray>() {
            let into = target.get().array();
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
        let fresh =
            if crate::attributes::same_storage(array, &moved) { moved.copy().raised()? } else { moved };
        Ok(wrap(slf.py(), fresh)?.into_any())
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
        let array = slf.get().array();
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
        compute(py, i64::MAX, || self.array().wait_to_read())
    }
}
