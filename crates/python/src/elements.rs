//! Methods of arrays that give elements out, write them, or move them between devices; each is a call of `array`.

use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Index, elementwise, index};
use mxnet::ops;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{NdArray, compute, wrap, wrap_any};
use crate::error::Raised;
use crate::methods::spread;
use crate::{convert, device, number};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

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

#[pymethods]
impl NdArray {
    /// One element as a Python number.
    ///
    /// Parameters
    /// ----------
    /// *args : int or tuple of ints
    ///     Its index: none for the only element, one number in C order, or one for each axis.
    ///
    /// Returns
    /// -------
    /// number
    ///
    /// Raises
    /// ------
    /// IndexError
    ///     There is no such element.
    /// ValueError
    ///     No index, and there is not exactly one element.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([[1, 2], [3, 4]])
    /// >>> x.item(2), x.item((1, 1))
    /// (3.0, 4.0)
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

    /// The only element as a Python number; `item()` under MXNet's name.
    ///
    /// Returns
    /// -------
    /// number
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     There is not exactly one element.
    ///
    /// Examples
    /// --------
    /// >>> np.array([2]).asscalar()
    /// 2.0
    fn asscalar<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        if self.array().size() != 1 {
            return Err(PyValueError::new_err("The current array is not a scalar"));
        }
        number::to_python(py, self.array().item().raised()?)
    }

    /// Writes one number into every element.
    ///
    /// Parameters
    /// ----------
    /// value : number
    ///
    /// Raises
    /// ------
    /// TypeError
    ///     Not a number.
    /// ValueError
    ///     The array is read-only, or a sequence instead of a number.
    ///
    /// Examples
    /// --------
    /// >>> x = np.zeros(3)
    /// >>> x.fill(7)
    /// >>> x
    /// array([7., 7., 7.])
    fn fill(&self, value: &Object<'_>) -> PyResult<()> {
        if crate::sequence::is_sequence(value)
            || value.getattr("ndim").and_then(|ndim| ndim.extract::<usize>()).is_ok_and(|ndim| ndim > 0)
        {
            return Err(PyValueError::new_err("setting an array element with a sequence."));
        }
        crate::attributes::fill(self.array(), convert::to_scalar(value, self.array().dtype())?)
    }

    /// The complex conjugate of each element; the array itself where it is real.
    ///
    /// As NumPy's it also takes, by position, an array where the result is written.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> np.array([1 + 2j]).conj()
    /// array([1.-2.j], dtype=complex64)
    #[pyo3(signature = (out=None, /), text_signature = "($self, /)")]
    fn conj<'py>(slf: &Ours<'py>, out: Option<&Object<'py>>) -> PyResult<Object<'py>> {
        if let Some(out) = out.filter(|out| !out.is_none()) {
            return slf.py().import("mxnet.numpy")?.call_method1("conjugate", (slf, out));
        }
        if !slf.get().array().dtype().is_complex() {
            return Ok(slf.clone().into_any());
        }
        wrap_any(slf.py(), elementwise::call1(ops::CONJUGATE, slf.get().array()).raised()?)
    }

    /// The complex conjugate of each element; the array itself where it is real.
    ///
    /// As NumPy's it also takes, by position, an array where the result is written.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> np.array([1 + 2j]).conjugate()
    /// array([1.-2.j], dtype=complex64)
    #[pyo3(signature = (out=None, /), text_signature = "($self, /)")]
    fn conjugate<'py>(slf: &Ours<'py>, out: Option<&Object<'py>>) -> PyResult<Object<'py>> {
        NdArray::conj(slf, out)
    }

    /// Copies the elements into another array, or to a device.
    ///
    /// Parameters
    /// ----------
    /// other : ndarray or Device
    ///     An array of the same shape, or where the copy shall live.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///     `other`, or the copy.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another shape.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> target = np.zeros(2)
    /// >>> np.array([1, 2]).copyto(target)
    /// array([1., 2.])
    /// >>> np.array([1, 2]).copyto(npx.cpu()).device
    /// cpu(0)
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
        if crate::attributes::same_storage(array, &moved) {
            return Ok(wrap(slf.py(), create::copy(&moved, Order::C).raised()?)?.into_any());
        }
        Ok(wrap(slf.py(), moved)?.into_any())
    }

    /// The array on a device: itself where it is there already.
    ///
    /// Parameters
    /// ----------
    /// device : Device or str
    /// stream : None, optional
    ///     For other libraries' streams: there is none to choose here.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     There is no such device, or `stream` is given.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).to_device('cpu').device
    /// cpu(0)
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

    /// The array on a device: itself where it is there already. `to_device` under one of MXNet's names.
    ///
    /// Parameters
    /// ----------
    /// ctx : Device or str
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     There is no such device.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> np.ones(2).as_in_ctx(npx.cpu()).ctx
    /// cpu(0)
    fn as_in_ctx<'py>(slf: &Ours<'py>, ctx: &Object<'py>) -> PyResult<Ours<'py>> {
        NdArray::to_device(slf, ctx, None)
    }

    /// The array on a device: itself where it is there already. `to_device` under one of MXNet's names.
    ///
    /// Parameters
    /// ----------
    /// context : Device or str
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     There is no such device.
    ///
    /// Examples
    /// --------
    /// >>> from mxnet import npx
    /// >>> np.ones(2).as_in_context(npx.cpu()).context
    /// cpu(0)
    fn as_in_context<'py>(slf: &Ours<'py>, context: &Object<'py>) -> PyResult<Ours<'py>> {
        NdArray::to_device(slf, context, None)
    }

    /// The array itself: there is one array type.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> x = np.ones(2)
    /// >>> x.as_np_ndarray() is x
    /// True
    fn as_np_ndarray<'py>(slf: &Ours<'py>) -> Ours<'py> {
        slf.clone()
    }

    /// The array itself: there is one array type.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> x = np.ones(2)
    /// >>> x.as_nd_ndarray() is x
    /// True
    fn as_nd_ndarray<'py>(slf: &Ours<'py>) -> Ours<'py> {
        slf.clone()
    }

    /// Waits until the elements are computed. Only a stopwatch needs it: whatever reads the elements waits by itself.
    ///
    /// Examples
    /// --------
    /// >>> x = np.exp(np.zeros((1000, 1000)))
    /// >>> x.wait_to_read()
    fn wait_to_read(&self, py: Python<'_>) -> PyResult<()> {
        compute(py, i64::MAX, || self.array().wait_to_read())
    }
}
