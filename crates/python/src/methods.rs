//! Methods of arrays that change shape, dtype or order in memory; each is a call of `array`.

use base::DType;
use base::promote::{Casting, can_cast};
use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Index, index};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{NdArray, wrap, wrap_view};
use crate::error::Raised;
use crate::{convert, dtype};

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

/// Says that imaginary parts are lost, as NumPy does.
fn warn_of_complex(py: Python<'_>, from: DType, to: DType) -> PyResult<()> {
    if !from.is_complex() || to.is_complex() || to.is_bool() {
        return Ok(());
    }
    let category = py.import("numpy.exceptions")?.getattr("ComplexWarning")?;
    PyErr::warn(py, &category, c"Casting complex values to real discards the imaginary part", 1)
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
    /// The same elements under another shape: a view where memory allows it.
    ///
    /// Parameters
    /// ----------
    /// *shape : int or tuple of ints
    ///     Lengths of the axes; one of them may be -1 and is computed.
    /// order : {'C', 'F', 'A'}, optional
    ///     In which order elements are read and placed.
    /// copy : bool, optional
    ///     True always copies, False never does.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another number of elements, or a copy is needed and `copy` is False.
    ///
    /// Examples
    /// --------
    /// >>> np.arange(6).reshape(2, -1)
    /// array([[0., 1., 2.],
    ///        [3., 4., 5.]])
    #[pyo3(signature = (*shape, order=None, copy=None),
        text_signature = "($self, *shape, order='C', copy=None)")]
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

    /// Axes in another order: a view.
    ///
    /// Parameters
    /// ----------
    /// *axes : int or tuple of ints
    ///     The new order; reversed without arguments.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The axes are not each named once.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3, 4)).transpose(1, 0, 2).shape
    /// (3, 2, 4)
    #[pyo3(signature = (*axes))]
    fn transpose<'py>(slf: &Ours<'py>, axes: &Bound<'py, PyTuple>) -> PyResult<Ours<'py>> {
        let none = axes.is_empty() || (axes.len() == 1 && axes.get_item(0)?.is_none());
        let axes = if none { None } else { Some(spread(axes)?) };
        wrap_view(slf, slf.get().array.transpose(axes.as_deref()).raised()?)
    }

    /// `np.swapaxes` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3, 4)).swapaxes(0, 2).shape
    /// (4, 3, 2)
    #[pyo3(signature = (axis1, axis2, /))]
    fn swapaxes<'py>(slf: &Ours<'py>, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.swapaxes(axis1, axis2).raised()?)
    }

    /// `np.squeeze` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((1, 3, 1)).squeeze().shape
    /// (3,)
    #[pyo3(signature = (axis=None))]
    fn squeeze<'py>(slf: &Ours<'py>, axis: Option<&Object<'py>>) -> PyResult<Ours<'py>> {
        let axes = convert::to_axes(axis)?;
        wrap_view(slf, slf.get().array.squeeze(axes.as_deref()).raised()?)
    }

    /// `np.ravel` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).ravel()
    /// array([1., 2., 3., 4.])
    #[pyo3(signature = (order="C"))]
    fn ravel<'py>(slf: &Ours<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let fortran = is_fortran(array, order)?;
        wrap_view(slf, reshaped(array, &[-1], fortran).or_else(|_| reshaped(array, &[0], fortran)).raised()?)
    }

    /// The elements as one axis: always a copy.
    ///
    /// Parameters
    /// ----------
    /// order : {'C', 'F', 'A', 'K'}, optional
    ///     In which order they are read.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).flatten('F')
    /// array([1., 3., 2., 4.])
    #[pyo3(signature = (order="C"))]
    fn flatten<'py>(slf: &Ours<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        let array = &slf.get().array;
        let flat = reshaped(array, &[array.size()], is_fortran(array, order)?).raised()?;
        if crate::attributes::same_storage(array, &flat) {
            return wrap(slf.py(), create::copy(&flat, Order::C).raised()?);
        }
        wrap(slf.py(), flat)
    }

    /// `np.diagonal` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).diagonal()
    /// array([1., 4.])
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal<'py>(slf: &Ours<'py>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.diagonal(offset, axis1, axis2).raised()?)
    }

    /// `np.broadcast_to` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2]).broadcast_to((2, 2))
    /// array([[1., 2.],
    ///        [1., 2.]])
    fn broadcast_to<'py>(slf: &Ours<'py>, shape: &Object<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array.broadcast_to(&convert::to_integers(shape)?).raised()?)
    }

    /// The elements in another dtype.
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype
    /// order : {'K', 'C', 'F', 'A'}, optional
    ///     Order of the copy in memory.
    /// casting : {'unsafe', 'same_kind', 'safe', 'equiv', 'no'}, optional
    ///     What may be converted.
    /// subok : bool, optional
    ///     Without meaning here: there are no subclasses.
    /// copy : bool, optional
    ///     `False` gives the array itself where nothing changes.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// TypeError
    ///     `casting` does not allow the conversion.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1.7, -1.7]).astype('int8')
    /// array([ 1, -1], dtype=int8)
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
        warn_of_complex(slf.py(), array.dtype(), wanted)?;
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
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype, optional
    ///     The same one by default.
    /// type : type, optional
    ///     The class of arrays; there is only one.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The last axis does not divide into items of that size.
    /// TypeError
    ///     `type` is another class.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1.0]).view('uint32')
    /// array([1065353216], dtype=uint32)
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

    /// The bytes of each element in reverse order, of both parts of complex numbers each.
    ///
    /// Parameters
    /// ----------
    /// inplace : bool, optional
    ///     Whether this array itself is changed.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///     A copy, or the array itself.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 256], dtype='int16').byteswap()
    /// array([256,   1], dtype=int16)
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

    /// A copy of the array.
    ///
    /// Parameters
    /// ----------
    /// order : {'C', 'F', 'A', 'K'}, optional
    ///     Order of the copy in memory.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Another `order`.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([1, 2])
    /// >>> y = x.copy()
    /// >>> y[0] = 9
    /// >>> x
    /// array([1., 2.])
    #[pyo3(signature = (order="C"))]
    fn copy<'py>(&self, py: Python<'py>, order: Option<&str>) -> PyResult<Ours<'py>> {
        wrap(py, copied(&self.array, order)?)
    }
}
