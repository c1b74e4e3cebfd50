//! Attributes of arrays: shape, dtype, memory, device, gradient.

use std::sync::Arc;

use base::Scalar;
use mxnet::array::{Array, Index, index, tape};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::optional_truth;
use crate::array::{NdArray, wrap, wrap_view};
use crate::device::Device;
use crate::error::Raised;
use crate::flags::Flags;
use crate::{convert, dtype};

type Ours<'py> = Bound<'py, NdArray>;

#[pymethods]
impl NdArray {
    /// Lengths of the axes, as a tuple. Another shape of the same elements is `x.reshape(shape)`.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).shape
    /// (2, 3)
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.array().shape())
    }

    /// Type of the elements, a `numpy.dtype`.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).dtype
    /// dtype('float32')
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dtype::object(py, self.array().dtype()).cloned()
    }

    /// Number of axes.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).ndim
    /// 2
    #[getter]
    fn ndim(&self) -> usize {
        self.array().ndim()
    }

    /// Number of elements.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).size
    /// 6
    #[getter]
    fn size(&self) -> i64 {
        self.array().size()
    }

    /// Bytes of one element.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).itemsize
    /// 4
    #[getter]
    fn itemsize(&self) -> usize {
        self.array().dtype().size()
    }

    /// Bytes of all elements.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).nbytes
    /// 24
    #[getter]
    fn nbytes(&self) -> i64 {
        self.array().size() * self.array().dtype().size() as i64
    }

    /// Bytes from one element to the next along each axis.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).strides
    /// (12, 4)
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let size = self.array().dtype().size() as i64;
        PyTuple::new(py, self.array().strides().iter().map(|stride| stride * size))
    }

    /// Facts about the memory: `c_contiguous`, `f_contiguous`, `owndata`, `writeable`, `aligned`.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((2, 3)).T.flags.f_contiguous
    /// True
    #[getter]
    fn flags(slf: &Ours<'_>) -> Flags {
        Flags { array: slf.clone().unbind() }
    }

    /// The array with its axes reversed: a view.
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).T
    /// array([[1., 3.],
    ///        [2., 4.]])
    #[getter(T)]
    fn transposed<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().transpose(None).raised()?)
    }

    /// The array with its last two axes exchanged: a view. A ValueError where there are fewer than two.
    ///
    /// Examples
    /// --------
    /// >>> np.ones((5, 2, 3)).mT.shape
    /// (5, 3, 2)
    #[getter(mT)]
    fn matrix_transposed<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        if array.ndim() < 2 {
            return Err(PyValueError::new_err("matrix transpose with ndim < 2 is undefined"));
        }
        wrap_view(slf, array.swapaxes(-1, -2).raised()?)
    }

    /// The real part, as a view; the array itself where it is real. It may be assigned to.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1 + 2j]).real
    /// array([1.])
    #[getter]
    fn real<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        if !slf.get().array().dtype().is_complex() {
            return Ok(slf.clone());
        }
        wrap_view(slf, slf.get().array().real().raised()?)
    }

    #[setter(real)]
    fn set_real(slf: &Ours<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        set_part(slf, value, false)
    }

    /// The imaginary part, as a view; read-only zeros where the dtype has none. It may be assigned to.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1 + 2j]).imag
    /// array([2.])
    #[getter]
    fn imag<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().imag().raised()?)
    }

    #[setter(imag)]
    fn set_imag(slf: &Ours<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        set_part(slf, value, true)
    }

    /// The elements in C order, as a `flatiter`: iterable, indexable by one number. It may be assigned
    /// to; too few values begin again.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([[1, 2], [3, 4]])
    /// >>> x.flat[2]
    /// array(3.)
    /// >>> x.flat = 7
    /// >>> x
    /// array([[7., 7.],
    ///        [7., 7.]])
    #[getter]
    fn flat(slf: &Ours<'_>) -> crate::flat::FlatIterator {
        crate::flat::FlatIterator::new(slf.clone().unbind())
    }

    /// The object whose memory a view shows, or `None`.
    ///
    /// Examples
    /// --------
    /// >>> x = np.arange(4)
    /// >>> x[1:].base is x, x.base is None
    /// (True, True)
    #[getter]
    fn base(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.base.as_ref().map(|base| base.clone_ref(py))
    }

    /// The memory as a `memoryview`.
    ///
    /// Examples
    /// --------
    /// >>> np.array([1, 2], dtype='int8').data.tobytes()
    /// b'\x01\x02'
    #[getter]
    fn data<'py>(slf: &Ours<'py>) -> PyResult<Bound<'py, PyAny>> {
        pyo3::types::PyMemoryView::from(slf.as_any()).map(Bound::into_any)
    }

    /// The device that holds the elements.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).device
    /// cpu(0)
    #[getter]
    fn device(&self) -> Device {
        Device { id: self.array().device().id }
    }

    /// The device that holds the elements; `device` under MXNet's older name.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).ctx
    /// cpu(0)
    #[getter]
    fn ctx(&self) -> Device {
        self.device()
    }

    /// The device that holds the elements; `device` under MXNet's oldest name.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).context
    /// cpu(0)
    #[getter]
    fn context(&self) -> Device {
        self.device()
    }

    /// The gradient that `backward` wrote, or `None` where none was asked for.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([3.])
    /// >>> x.attach_grad()
    /// >>> with autograd.record():
    /// ...     y = x * x
    /// >>> y.backward()
    /// >>> x.grad
    /// array([6.])
    #[getter]
    fn grad<'py>(&self, py: Python<'py>) -> PyResult<Option<Ours<'py>>> {
        tape::gradient_of(self.array()).map(|gradient| wrap(py, gradient)).transpose()
    }

    /// How elements are kept: always 'default', as there are no sparse arrays.
    ///
    /// Examples
    /// --------
    /// >>> np.ones(2).stype
    /// 'default'
    #[getter]
    fn stype(&self) -> &'static str {
        "default"
    }

    /// Above NumPy's own, so that mixed operations are ours.
    #[classattr]
    fn __array_priority__() -> f64 {
        1000.0
    }
}

#[pymethods]
impl NdArray {
    /// Sets the flags of the memory: whether this array may be written. What cannot change here may be given as it is.
    ///
    /// Parameters
    /// ----------
    /// write : bool, optional
    ///     Whether elements may be assigned to.
    /// align : bool, optional
    ///     True: memory is always aligned.
    /// uic : bool, optional
    ///     False: there are no copies to write back.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     Memory that somebody else made read-only shall be written, or a flag cannot have that value.
    ///
    /// Examples
    /// --------
    /// >>> x = np.ones(2)
    /// >>> x.setflags(write=False)
    /// >>> x[0] = 2
    /// Traceback (most recent call last):
    ///     ...
    /// mxnet.base.MXNetValueError: setitem: assignment destination is read-only; write into a copy() instead
    #[pyo3(signature = (write=None, align=None, uic=None),
        text_signature = "($self, /, *, write=None, align=None, uic=None)")]
    fn setflags(
        &self,
        #[pyo3(from_py_with = optional_truth)] write: Option<bool>,
        #[pyo3(from_py_with = optional_truth)] align: Option<bool>,
        #[pyo3(from_py_with = optional_truth)] uic: Option<bool>,
    ) -> PyResult<()> {
        if align == Some(false) {
            return Err(PyValueError::new_err("cannot set aligned flag of mis-aligned array to False"));
        }
        if uic == Some(true) {
            return Err(PyValueError::new_err("cannot set WRITEBACKIFCOPY flag to True"));
        }
        write.map_or(Ok(()), |write| self.array().set_writable(write).raised())
    }
}

/// Writes into the real or imaginary halves of complex elements.
fn set_part(slf: &Ours<'_>, value: &Bound<'_, PyAny>, imaginary: bool) -> PyResult<()> {
    let array = slf.get().array();
    let value = convert::to_array(value)?;
    if !array.dtype().is_complex() {
        if imaginary {
            return Err(PyTypeError::new_err("array does not have imaginary part to set"));
        }
        return index::set(array, &[Index::Ellipsis], &value).raised();
    }
    let last = array.ndim() as i64;
    let pairs = array.expand_dims(&[last]).and_then(|pairs| pairs.view_as(array.dtype().real())).raised()?;
    let place = index::get(&pairs, &[Index::Ellipsis, Index::Integer(i64::from(imaginary))]).raised()?;
    index::set(&place, &[Index::Ellipsis], &value).raised()
}

/// Whether both arrays show the same storage, of whatever part of it.
pub(crate) fn same_storage(a: &Array, b: &Array) -> bool {
    Arc::ptr_eq(&a.operand().node, &b.operand().node)
}

/// Writes one number into every element.
pub(crate) fn fill(array: &Array, value: Scalar) -> PyResult<()> {
    index::set_number(array, &[Index::Ellipsis], value).raised()
}
