//! Methods of arrays that change shape, dtype or order in memory; each is a call of `array`.

use base::DType;
use base::promote::{Casting, can_cast};
use mxnet::array::create::{self, Order};
use mxnet::array::{Array, Index, elementwise, index, manipulate, reduce};
use mxnet::ops;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::{Flag, Layout, order_of, truth};
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
            Some(Flag(true)) if shares => wrap(slf.py(), create::copy(&result, Order::C).raised()?),
            Some(Flag(false)) if !shares => {
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
        wrap_view(slf, slf.get().array().transpose(axes.as_deref()).raised()?)
    }

    /// `np.swapaxes` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3, 4)).swapaxes(0, 2).shape
    /// (4, 3, 2)
    #[pyo3(signature = (axis1, axis2, /))]
    fn swapaxes<'py>(slf: &Ours<'py>, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().swapaxes(axis1, axis2).raised()?)
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
        wrap_view(slf, slf.get().array().squeeze(axes.as_deref()).raised()?)
    }

    /// `np.ravel` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).ravel()
    /// array([1., 2., 3., 4.])
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn ravel<'py>(slf: &Ours<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap_view(slf, manipulate::ravel(slf.get().array(), order_of(order)).raised()?)
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
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn flatten<'py>(slf: &Ours<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap(slf.py(), manipulate::flatten(slf.get().array(), order_of(order)).raised()?)
    }

    /// `np.diagonal` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).diagonal()
    /// array([1., 4.])
    #[pyo3(signature = (offset=0, axis1=0, axis2=1))]
    fn diagonal<'py>(slf: &Ours<'py>, offset: i64, axis1: i64, axis2: i64) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().diagonal(offset, axis1, axis2).raised()?)
    }

    /// `np.broadcast_to` of this array; see there.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2]).broadcast_to((2, 2))
    /// array([[1., 2.],
    ///        [1., 2.]])
    fn broadcast_to<'py>(slf: &Ours<'py>, shape: &Object<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().broadcast_to(&convert::to_integers(shape)?).raised()?)
    }

    /// The elements in another dtype.
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype
    /// order : {'K', 'C', 'F', 'A'}, optional
    ///     Order of the copy in memory.
    /// casting : {'unsafe', 'same_kind', 'safe', 'equiv', 'no', 'same_value'}, optional
    ///     What may be converted; 'same_value' takes any dtype as long as no number changes.
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
    /// ValueError
    ///     A number would change under 'same_value'.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1.7, -1.7]).astype('int8')
    /// array([ 1, -1], dtype=int8)
    #[pyo3(signature = (dtype, order=None, casting="unsafe", subok=true, copy=Flag(true)),
        text_signature = "($self, /, dtype, order='K', casting='unsafe', subok=True, copy=True)")]
    fn astype<'py>(
        slf: &Ours<'py>,
        dtype: &Object<'py>,
        order: Option<Layout>,
        casting: &str,
        #[pyo3(from_py_with = truth)] subok: bool,
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
        warn_of_complex(slf.py(), array.dtype(), wanted)?;
        let cast = crate::floating::cast(slf.py(), array, wanted)?;
        if exact {
            check_unchanged(array, &cast)?;
        }
        wrap(slf.py(), create::to_order(&cast, order).raised()?)
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
    fn byteswap<'py>(slf: &Ours<'py>, #[pyo3(from_py_with = truth)] inplace: bool) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
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
    #[pyo3(signature = (order=None), text_signature = "($self, /, order='C')")]
    fn copy<'py>(&self, py: Python<'py>, order: Option<Layout>) -> PyResult<Ours<'py>> {
        wrap(py, create::copy(self.array(), order_of(order)).raised()?)
    }
}
