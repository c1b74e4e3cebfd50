//! What Python's own grammar asks of arrays: length, indexing, iteration, conversion to numbers, text, copies.

use base::Scalar;
use mxnet::array::{Array, Index, create, flags, index, manipulate};
use mxnet::ops;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyString};

use crate::array::{NdArray, compute, wrap, wrap_view};
use crate::convert::{self, Operand};
use crate::error::Raised;
use crate::flat::RowIterator;
use crate::floating;
use crate::index::with_index;
use crate::number;
use crate::operators::binary;
use crate::sequence::Integers;

/// Versions of the array API standard that `__array_namespace__` may be asked for: NumPy's, and the draft MXNet names.
const ARRAY_API_VERSIONS: [&str; 5] = ["2021.10", "2021.12", "2022.12", "2023.12", "2024.12"];

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// The only element, as `int()` and the like want it.
fn only_element(array: &Array) -> PyResult<Scalar> {
    if array.size() != 1 {
        return Err(PyTypeError::new_err("only 0-dimensional arrays can be converted to Python scalars"));
    }
    array.item().raised()
}

/// The value of an assignment as an array: numbers are checked against the dtype that they are written into.
pub(crate) fn value_for(target: &Array, value: &Object<'_>) -> PyResult<Array> {
    match Operand::of(value)? {
        Some(Operand::Ours(array)) => Ok(array.get().array().clone()),
        Some(Operand::Made(array)) => Ok(*array),
        Some(Operand::Number(_)) => {
            convert::scalar_array(convert::to_scalar(value, target.dtype())?, target.device())
        }
        // objects that can be numbers are, and text says why it cannot
        None => convert::make(value, Some(target.dtype()), Integers::Default, target.device()),
    }
}

#[pymethods]
impl NdArray {
    fn __len__(&self) -> PyResult<usize> {
        match self.array().shape().first() {
            Some(&length) => Ok(length as usize),
            None => Err(PyTypeError::new_err("len() of unsized object")),
        }
    }

    fn __getitem__<'py>(slf: &Ours<'py>, key: &Object<'py>) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        with_index(key, |indices| {
            let advanced = indices.iter().any(|index| matches!(index, Index::Array(_)));
            let found = if advanced {
                compute(slf.py(), array.size(), || index::get(array, indices))?
            } else {
                index::get(array, indices).raised()?
            };
            wrap_view(slf, found)
        })
    }

    fn __setitem__(slf: &Ours<'_>, key: &Object<'_>, value: &Object<'_>) -> PyResult<()> {
        let array = slf.get().array();
        with_index(key, |indices| {
            if number::number(value).is_some() {
                let number = convert::to_scalar(value, array.dtype())?;
                return compute(slf.py(), array.size(), || index::set_number(array, indices, number));
            }
            let value = value_for(array, value)?;
            let find = |under| flags::of_cast(&value, array.dtype(), under);
            let py = slf.py();
            floating::observed(py, "cast", find, || {
                compute(py, array.size(), || index::set(array, indices, &value))
            })
        })
    }

    fn __delitem__(&self, _key: &Object<'_>) -> PyResult<()> {
        Err(PyValueError::new_err("cannot delete array elements"))
    }

    fn __iter__(slf: &Ours<'_>) -> PyResult<RowIterator> {
        if slf.get().array().ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d array"));
        }
        Ok(RowIterator::new(slf.clone().unbind()))
    }

    fn __contains__(slf: &Ours<'_>, item: &Object<'_>) -> PyResult<bool> {
        let equal = binary(ops::EQUAL, slf, item)?;
        let Ok(equal) = equal.cast_into::<NdArray>() else { return Ok(false) };
        let any = mxnet::array::reduce::any(equal.get().array(), &Default::default()).raised()?;
        Ok(any.item().raised()?.is_truthy())
    }

    fn __bool__(&self) -> PyResult<bool> {
        match self.array().size() {
            1 => Ok(self.array().item().raised()?.is_truthy()),
            0 => Err(PyValueError::new_err(
                "The truth value of an empty array is ambiguous. Use `array.size > 0` to check that an array is not \
                 empty.",
            )),
            _ => Err(PyValueError::new_err(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            )),
        }
    }

    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        let value = only_element(self.array())?;
        if value.dtype().is_complex() {
            return Err(PyTypeError::new_err("int() argument must be a real number, not a complex array"));
        }
        py.get_type::<PyInt>().call1((number::to_python(py, value)?,))
    }

    fn __float__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyFloat>> {
        let value = only_element(self.array())?;
        if value.dtype().is_complex() {
            return Err(PyTypeError::new_err("float() argument must be a real number, not a complex array"));
        }
        Ok(PyFloat::new(py, value.as_f64()))
    }

    fn __complex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyComplex>> {
        let value = only_element(self.array())?.as_complex();
        Ok(PyComplex::from_doubles(py, value.re, value.im))
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Object<'py>> {
        if self.array().ndim() != 0 || !self.array().dtype().is_integer() {
            return Err(PyTypeError::new_err(
                "only integer scalar arrays can be converted to a scalar index",
            ));
        }
        number::to_python(py, self.array().item().raised()?)
    }

    #[pyo3(signature = (ndigits=None))]
    fn __round__<'py>(slf: &Ours<'py>, ndigits: Option<i64>) -> PyResult<Object<'py>> {
        slf.call_method1("round", (ndigits.unwrap_or(0),))
    }

    fn __floor__<'py>(&self, py: Python<'py>) -> PyResult<Ours<'py>> {
        wrap(py, mxnet::array::elementwise::call1(ops::FLOOR, self.array()).raised()?)
    }

    fn __ceil__<'py>(&self, py: Python<'py>) -> PyResult<Ours<'py>> {
        wrap(py, mxnet::array::elementwise::call1(ops::CEIL, self.array()).raised()?)
    }

    fn __trunc__<'py>(&self, py: Python<'py>) -> PyResult<Ours<'py>> {
        wrap(py, mxnet::array::elementwise::call1(ops::TRUNC, self.array()).raised()?)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        crate::text::repr(py, self.array())
    }

    fn __str__(&self, py: Python<'_>) -> PyResult<String> {
        crate::text::text(py, self.array())
    }

    fn __format__<'py>(slf: &Ours<'py>, spec: &Bound<'py, PyString>) -> PyResult<Object<'py>> {
        let (py, array) = (slf.py(), slf.get().array());
        if array.ndim() == 0 {
            let value = number::to_python(py, array.item().raised()?)?;
            // an empty format gives the text of the array, which knows that 0.1 is a float32
            if spec.is_empty()? {
                return Ok(PyString::new(py, &crate::text::text(py, array)?).into_any());
            }
            return value.call_method1("__format__", (spec,));
        }
        if !spec.is_empty()? {
            return Err(PyTypeError::new_err(
                "unsupported format string passed to mxnet.numpy.ndarray.__format__",
            ));
        }
        Ok(PyString::new(py, &crate::text::text(py, array)?).into_any())
    }

    #[classattr]
    const __hash__: Option<Py<PyAny>> = None;

    fn __copy__<'py>(&self, py: Python<'py>) -> PyResult<Ours<'py>> {
        wrap(py, compute(py, self.array().size(), || create::copy(self.array(), create::Order::K))?)
    }

    fn __deepcopy__<'py>(&self, py: Python<'py>, _memo: &Object<'_>) -> PyResult<Ours<'py>> {
        self.__copy__(py)
    }

    fn __sizeof__(&self) -> usize {
        let own = std::mem::size_of::<NdArray>();
        match self.base {
            Some(_) => own,
            None => own + self.array().size() as usize * self.array().dtype().size(),
        }
    }

    /// The functions of this package, for code that is written against the array API standard.
    #[pyo3(signature = (api_version=None), text_signature = "($self, /, *, api_version=None)")]
    fn __array_namespace__<'py>(
        &self,
        py: Python<'py>,
        api_version: Option<&str>,
    ) -> PyResult<Bound<'py, PyModule>> {
        if let Some(version) = api_version
            && !ARRAY_API_VERSIONS.contains(&version)
        {
            return Err(PyValueError::new_err(format!(
                "Version \"{version}\" of the Array API Standard is not supported."
            )));
        }
        py.import("mxnet.numpy")
    }

    /// A token that equal arrays share, for Dask.
    fn __dask_tokenize__<'py>(
        slf: &Ours<'py>,
    ) -> PyResult<(&'static str, Object<'py>, Vec<i64>, &'static str)> {
        let array = slf.get().array();
        let bytes = pyo3::types::PyBytes::new(slf.py(), &array.to_bytes().raised()?);
        let digest =
            slf.py().import("hashlib")?.call_method1("sha256", (bytes,))?.call_method0("hexdigest")?;
        Ok(("mxnet.numpy.ndarray", digest, array.shape().to_vec(), array.dtype().name()))
    }
}

/// `np.ndarray(shape, dtype)`: uninitialised elements, or those of a buffer, as NumPy's own constructor.
#[pymethods]
impl NdArray {
    #[new]
    #[pyo3(signature = (shape, dtype=None, buffer=None, offset=0, strides=None, order=None, *, ctx=None, device=None))]
    fn new<'py>(
        py: Python<'py>,
        shape: &Object<'py>,
        dtype: Option<&Object<'py>>,
        buffer: Option<&Object<'py>>,
        offset: i64,
        strides: Option<&Object<'py>>,
        order: Option<&str>,
        ctx: Option<&Object<'py>>,
        device: Option<&Object<'py>>,
    ) -> PyResult<NdArray> {
        let dtype = crate::dtype::parse_option(dtype)?.unwrap_or_else(base::promote::default_float);
        let shape = convert::to_integers(shape)?;
        let strides = strides.map(convert::to_integers).transpose()?;
        let fortran = matches!(order, Some("F" | "f"));
        let Some(buffer) = buffer else {
            if strides.is_some() {
                return Err(PyTypeError::new_err("ndarray: strides are given together with a buffer only"));
            }
            let order = if fortran { create::Order::F } else { create::Order::C };
            let device = crate::device::argument(ctx, device)?;
            let array = create::empty(&shape, Some(dtype), order, device).raised()?;
            return Ok(NdArray::over(array, None));
        };
        let strides = strides.unwrap_or_else(|| contiguous_strides(&shape, dtype.size() as i64, fortran));
        let whole = py.import("mxnet.numpy")?.getattr("frombuffer")?.call1((buffer, "uint8"))?;
        let bytes = whole.cast::<NdArray>().map_err(PyErr::from)?;
        let array = within(bytes.get().array(), &shape, &strides, offset, dtype)?;
        Ok(NdArray::over(array, Some(buffer.clone().unbind())))
    }
}

/// Bytes from one element to the next along each axis of a fresh array.
fn contiguous_strides(shape: &[i64], size: i64, fortran: bool) -> Vec<i64> {
    let mut strides = vec![size; shape.len()];
    let mut step = size;
    for at in 0..shape.len() {
        let axis = if fortran { at } else { shape.len() - 1 - at };
        strides[axis] = step;
        step = step.saturating_mul(shape[axis]);
    }
    strides
}

/// The bytes seen as elements of another dtype, with strides in bytes.
fn within(bytes: &Array, shape: &[i64], strides: &[i64], offset: i64, dtype: base::DType) -> PyResult<Array> {
    let size = dtype.size() as i64;
    if strides.len() != shape.len() {
        return Err(PyValueError::new_err("strides must be the same length as shape"));
    }
    if shape.iter().any(|&length| length < 0) {
        return Err(PyValueError::new_err("negative dimensions are not allowed"));
    }
    let reach = |sign: i64| {
        let lengths = shape.iter().zip(strides).filter(|(_, stride)| stride.signum() == sign);
        lengths.fold(0i64, |sum, (length, stride)| {
            sum.saturating_add((length - 1).max(0).saturating_mul(*stride))
        })
    };
    let empty = shape.contains(&0);
    let (first, last) =
        (offset.saturating_add(reach(-1)), offset.saturating_add(reach(1)).saturating_add(size));
    if offset < 0 || (!empty && (first < 0 || last > bytes.size())) {
        return Err(PyTypeError::new_err("buffer is too small for requested array"));
    }
    if offset % size != 0 || strides.iter().any(|stride| stride % size != 0) {
        return Err(PyValueError::new_err("ndarray: offset and strides must be whole numbers of elements"));
    }
    let cut = Index::Slice { start: Some(0), stop: Some(bytes.size() / size * size), step: None };
    let whole = index::get(bytes, &[cut]).and_then(|whole| whole.view_as(dtype)).raised()?;
    let from = Index::Slice { start: Some(offset / size), stop: None, step: None };
    let tail = index::get(&whole, &[from]).raised()?;
    manipulate::as_strided(&tail, Some(shape), Some(strides), true).raised()
}
