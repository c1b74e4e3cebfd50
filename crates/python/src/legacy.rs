//! What NumPy's arrays have for older code and for C: parts of elements, pickles by method, addresses for `ctypes`, and the
//! hooks that subclasses and wrappers call.

use mxnet::array::{Index, index};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::arguments::truth;
use crate::array::{NdArray, compute, wrap, wrap_view};
use crate::buffer::shared_numpy;
use crate::error::Raised;
use crate::protocols::value_for;
use crate::{convert, dtype};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// NumPy's protocol for `dump` and `dumps`.
const PROTOCOL: u8 = 2;

#[pymethods]
impl NdArray {
    /// A part of every element, read as another dtype: a view.
    ///
    /// Parameters
    /// ----------
    /// dtype : dtype
    ///     Of the part; no larger than an element, whose size is a multiple of it.
    /// offset : int, optional
    ///     The byte of an element that the part begins at, a multiple of the part's size.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The part leaves the element, or does not lie at a multiple of its size.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([1 + 2j, 3 + 4j])
    /// >>> x.getfield('float32', 4)
    /// array([2., 4.])
    #[pyo3(signature = (dtype, offset=0))]
    fn getfield<'py>(slf: &Ours<'py>, dtype: &Object<'py>, offset: i64) -> PyResult<Ours<'py>> {
        let part = slf.get().array().field(dtype::parse(dtype)?, offset).raised()?;
        wrap_view(slf, part)
    }

    /// Writes into a part of every element; see `getfield`.
    ///
    /// Parameters
    /// ----------
    /// val : array_like
    ///     Broadcast to the array.
    /// dtype : dtype
    ///     Of the part.
    /// offset : int, optional
    ///     The byte of an element that the part begins at.
    ///
    /// Returns
    /// -------
    /// None
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The part leaves the element, or the array is read-only.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([1 + 2j, 3 + 4j])
    /// >>> x.setfield(0, 'float32', 4)
    /// >>> x
    /// array([1.+0.j, 3.+0.j], dtype=complex64)
    #[pyo3(signature = (val, /, dtype, offset=0))]
    fn setfield(&self, val: &Object<'_>, dtype: &Object<'_>, offset: i64) -> PyResult<()> {
        let part = self.array().field(dtype::parse(dtype)?, offset).raised()?;
        let value = value_for(&part, val)?;
        compute(val.py(), part.size(), || index::set(&part, &[Index::Ellipsis], &value))
    }

    /// Writes a pickle of the array into a file.
    ///
    /// Parameters
    /// ----------
    /// file : path or file object
    ///     An open file is written in binary.
    ///
    /// Returns
    /// -------
    /// None
    ///
    /// Examples
    /// --------
    /// >>> import io, pickle
    /// >>> file = io.BytesIO()
    /// >>> np.array([1, 2]).dump(file)
    /// >>> pickle.loads(file.getvalue())
    /// array([1., 2.])
    fn dump(slf: &Ours<'_>, file: &Object<'_>) -> PyResult<()> {
        let py = slf.py();
        let pickle = py.import("pickle")?;
        if file.hasattr("write")? {
            return pickle.call_method1("dump", (slf, file, PROTOCOL)).map(|_| ());
        }
        let bytes = pickle.call_method1("dumps", (slf, PROTOCOL))?;
        let pieces = PyTuple::new(py, [bytes])?;
        py.import("mxnet._core")?.call_method1("replace_file", (file, pieces, "dump")).map(|_| ())
    }

    /// A pickle of the array; `pickle.loads` reads it.
    ///
    /// Returns
    /// -------
    /// bytes
    ///
    /// Examples
    /// --------
    /// >>> import pickle
    /// >>> pickle.loads(np.array([1, 2]).dumps())
    /// array([1., 2.])
    fn dumps<'py>(slf: &Ours<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = slf.py().import("pickle")?.call_method1("dumps", (slf, PROTOCOL))?;
        Ok(bytes.cast_into::<PyBytes>()?)
    }

    /// What C functions need: `data` (the address), `shape`, `strides`, `data_as(type)`, `shape_as(type)`,
    /// `strides_as(type)`. Only for arrays in the host's memory.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).ctypes.shape[:]
    /// [2, 3]
    #[getter]
    fn ctypes<'py>(slf: &Ours<'py>) -> PyResult<Object<'py>> {
        slf.py().import("mxnet.numpy._memory")?.getattr("Pointer")?.call1((slf,))
    }

    /// The array for C code that knows NumPy's interface: a capsule.
    #[getter]
    fn __array_struct__<'py>(slf: &Ours<'py>) -> PyResult<Object<'py>> {
        shared_numpy(slf)?.getattr("__array_struct__")
    }

    /// A result that NumPy computed for one of our arrays, as an array of ours.
    #[pyo3(signature = (array, context=None, return_scalar=false, /))]
    fn __array_wrap__<'py>(
        &self,
        array: &Object<'py>,
        context: Option<&Object<'py>>,
        #[pyo3(from_py_with = truth)] return_scalar: bool,
    ) -> PyResult<Object<'py>> {
        let _there_are_no_scalars = (context, return_scalar);
        match array.cast::<NdArray>() {
            Ok(ours) => Ok(ours.clone().into_any()),
            Err(_) => Ok(wrap(array.py(), convert::to_array(array)?)?.into_any()),
        }
    }

    /// For subclasses to override; it does nothing.
    #[pyo3(signature = (obj, /))]
    fn __array_finalize__(&self, obj: &Object<'_>) {
        let _nothing_to_take_over = obj;
    }

    #[classmethod]
    #[pyo3(signature = (key, /))]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, key: &Object<'py>) -> PyResult<Object<'py>> {
        class.py().import("types")?.getattr("GenericAlias")?.call1((class, key))
    }
}

/// How this core was built and which of its loops run here, by name.
#[pyfunction]
fn build_information(py: Python<'_>) -> PyResult<Bound<'_, pyo3::types::PyDict>> {
    let facts = pyo3::types::PyDict::new(py);
    facts.set_item("target", format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS))?;
    facts.set_item("profile", if cfg!(debug_assertions) { "development" } else { "optimised" })?;
    facts.set_item("processor features", mxnet::level())?;
    Ok(facts)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(build_information, module)?)
}
