//! Attributes of arrays: shape, dtype, memory, device, gradient.

use std::sync::Arc;

use base::Scalar;
use mxnet::array::{Array, Index, index, tape};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::array::{NdArray, wrap, wrap_view};
use crate::device::Device;
use crate::error::Raised;
use crate::{convert, dtype};

type Ours<'py> = Bound<'py, NdArray>;

#[pymethods]
impl NdArray {
    /// Lengths of the axes, as a tuple. Another shape of the same elements is `x.reshape(shape)`.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.array().shape())
    }

    /// Type of the elements, a `numpy.dtype`.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        dtype::object(py, self.array().dtype()).cloned()
    }

    /// Number of axes.
    #[getter]
    fn ndim(&self) -> usize {
        self.array().ndim()
    }

    /// Number of elements.
    #[getter]
    fn size(&self) -> i64 {
        self.array().size()
    }

    /// Bytes of one element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.array().dtype().size()
    }

    /// Bytes of all elements.
    #[getter]
    fn nbytes(&self) -> i64 {
        self.array().size() * self.array().dtype().size() as i64
    }

    /// Bytes from one element to the next along each axis.
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let size = self.array().dtype().size() as i64;
        PyTuple::new(py, self.array().strides().iter().map(|stride| stride * size))
    }

    /// Facts about the memory: `c_contiguous`, `f_contiguous`, `owndata`, `writeable`, `aligned`.
    #[getter]
    fn flags(slf: &Ours<'_>) -> Flags {
        Flags { array: slf.clone().unbind() }
    }

    /// The array with its axes reversed: a view.
    #[getter(T)]
    fn transposed<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().transpose(None).raised()?)
    }

    /// The array with its last two axes exchanged: a view.
    #[getter(mT)]
    fn matrix_transposed<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        let array = slf.get().array();
        if array.ndim() < 2 {
            return Err(PyValueError::new_err("matrix transpose with ndim < 2 is undefined"));
        }
        wrap_view(slf, array.swapaxes(-1, -2).raised()?)
    }

    /// The real part.
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

    /// The imaginary part; zeros where the dtype has none.
    #[getter]
    fn imag<'py>(slf: &Ours<'py>) -> PyResult<Ours<'py>> {
        wrap_view(slf, slf.get().array().imag().raised()?)
    }

    #[setter(imag)]
    fn set_imag(slf: &Ours<'_>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        set_part(slf, value, true)
    }

    /// The elements in C order: iterable, indexable by one number.
    #[getter]
    fn flat(slf: &Ours<'_>) -> crate::flat::FlatIterator {
        crate::flat::FlatIterator::new(slf.clone().unbind())
    }

    /// The object whose memory a view shows, or `None`.
    #[getter]
    fn base(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.base.as_ref().map(|base| base.clone_ref(py))
    }

    /// The memory as a `memoryview`.
    #[getter]
    fn data<'py>(slf: &Ours<'py>) -> PyResult<Bound<'py, PyAny>> {
        pyo3::types::PyMemoryView::from(slf.as_any()).map(Bound::into_any)
    }

    /// The device that holds the elements.
    #[getter]
    fn device(&self) -> Device {
        Device { id: self.array().device().id }
    }

    /// The device that holds the elements.
    #[getter]
    fn ctx(&self) -> Device {
        self.device()
    }

    /// The device that holds the elements.
    #[getter]
    fn context(&self) -> Device {
        self.device()
    }

    /// The gradient that `backward` wrote, or `None` where none was asked for.
    #[getter]
    fn grad<'py>(&self, py: Python<'py>) -> PyResult<Option<Ours<'py>>> {
        tape::gradient_of(self.array()).map(|gradient| wrap(py, gradient)).transpose()
    }

    /// How elements are kept: always 'default', as there are no sparse arrays.
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
    #[pyo3(signature = (write=None, align=None, uic=None),
        text_signature = "($self, /, *, write=None, align=None, uic=None)")]
    fn setflags(&self, write: Option<bool>, align: Option<bool>, uic: Option<bool>) -> PyResult<()> {
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

/// Facts about an array's memory, by attribute or by name.
#[pyclass(frozen, name = "flagsobj", module = "mxnet.numpy")]
pub(crate) struct Flags {
    array: Py<NdArray>,
}

impl Flags {
    fn of(&self) -> &Array {
        self.array.get().array()
    }
}

#[pymethods]
impl Flags {
    #[getter]
    fn c_contiguous(&self) -> bool {
        self.of().view().is_contiguous()
    }

    #[getter]
    fn f_contiguous(&self) -> bool {
        self.of().view().is_fortran_contiguous()
    }

    #[getter]
    fn fortran(&self) -> bool {
        self.f_contiguous()
    }

    /// Aligned and writable.
    #[getter]
    fn behaved(&self) -> bool {
        self.aligned() && self.writeable()
    }

    #[getter]
    fn carray(&self) -> bool {
        self.behaved() && self.c_contiguous()
    }

    /// As NumPy: any array that is aligned, but not in C order.
    #[getter]
    fn farray(&self) -> bool {
        self.aligned() && !self.c_contiguous()
    }

    /// The flags as bits, as NumPy's C code has them.
    #[getter]
    fn num(&self) -> u32 {
        let bits = [
            (self.c_contiguous(), 0x1),
            (self.f_contiguous(), 0x2),
            (self.owndata(), 0x4),
            (self.aligned(), 0x100),
            (self.writeable(), 0x400),
            (self.writebackifcopy(), 0x2000),
        ];
        bits.iter().filter(|(set, _)| *set).map(|(_, bit)| bit).sum()
    }

    #[getter]
    fn contiguous(&self) -> bool {
        self.c_contiguous()
    }

    #[getter]
    fn fnc(&self) -> bool {
        self.f_contiguous() && !self.c_contiguous()
    }

    #[getter]
    fn forc(&self) -> bool {
        self.f_contiguous() || self.c_contiguous()
    }

    #[getter]
    fn owndata(&self) -> bool {
        self.array.get().base.is_none() && !self.of().operand().node.is_foreign()
    }

    #[getter]
    fn writeable(&self) -> bool {
        self.of().is_writable()
    }

    /// Whether elements may be written through this array. Memory that somebody else made read-only stays so.
    #[setter(writeable)]
    fn set_writeable(&self, writeable: bool) -> PyResult<()> {
        self.of().set_writable(writeable).raised()
    }

    #[getter]
    fn aligned(&self) -> bool {
        true
    }

    #[getter]
    fn writebackifcopy(&self) -> bool {
        false
    }

    fn __getitem__(&self, name: &str) -> PyResult<bool> {
        Ok(match name {
            "C" | "C_CONTIGUOUS" | "CONTIGUOUS" => self.c_contiguous(),
            "F" | "F_CONTIGUOUS" | "FORTRAN" => self.f_contiguous(),
            "O" | "OWNDATA" => self.owndata(),
            "W" | "WRITEABLE" => self.writeable(),
            "A" | "ALIGNED" => self.aligned(),
            "X" | "WRITEBACKIFCOPY" => self.writebackifcopy(),
            "FNC" => self.fnc(),
            "FORC" => self.forc(),
            "B" | "BEHAVED" => self.behaved(),
            "CA" | "CARRAY" => self.carray(),
            "FA" | "FARRAY" => self.farray(),
            _ => return Err(PyKeyError::new_err("Unknown flag")),
        })
    }

    fn __setitem__(&self, name: &str, value: bool) -> PyResult<()> {
        match name {
            "W" | "WRITEABLE" => self.set_writeable(value),
            _ => Err(PyKeyError::new_err("Unknown flag")),
        }
    }

    fn __repr__(&self) -> String {
        let text = |value: bool| if value { "True" } else { "False" };
        format!(
            "  C_CONTIGUOUS : {}\n  F_CONTIGUOUS : {}\n  OWNDATA : {}\n  WRITEABLE : {}\n  ALIGNED : {}\n  \
             WRITEBACKIFCOPY : {}\n",
            text(self.c_contiguous()),
            text(self.f_contiguous()),
            text(self.owndata()),
            text(self.writeable()),
            text(self.aligned()),
            text(self.writebackifcopy()),
        )
    }
}

/// Whether both arrays show the same storage, of whatever part of it.
pub(crate) fn same_storage(a: &Array, b: &Array) -> bool {
    Arc::ptr_eq(&a.operand().node, &b.operand().node)
}

/// Writes one number into every element.
pub(crate) fn fill(array: &Array, value: Scalar) -> PyResult<()> {
    let value = crate::convert::scalar_array(value, array.device())?;
    index::set(array, &[Index::Ellipsis], &value).raised()
}
