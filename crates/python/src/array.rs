//! The class `ndarray`: how it is held, made and handed out. Its operators, attributes, methods and protocols stand in
//! files of their own (PyO3 allows several blocks of methods).

use std::sync::Arc;

use mxnet::array::Array;
use mxnet::array::tape::anomaly;
use pyo3::prelude::*;

use crate::error::Raised;
use crate::place::detached;
use crate::successors::Successors;

/// Work on more elements than this gives up the interpreter meanwhile; below, giving it up costs more than it brings.
const DETACH_LIMIT: i64 = 32768;

/// An n-dimensional array of numbers, on the CPU or another device.
///
/// Arrays are made by functions such as `np.array`, `np.zeros` or `np.arange`, and behave as NumPy's, except that the
/// default dtype is float32 and that single elements are arrays with no axes. The class itself, called, gives elements that
/// are not initialised, or shows those of a buffer.
///
/// Parameters
/// ----------
/// shape : int or tuple of ints
/// dtype : dtype, optional
///     The default dtype where none is given.
/// buffer : buffer, optional
///     The memory to show.
/// offset : int, optional
///     First byte of it.
/// strides : tuple of ints, optional
///     Bytes from one element to the next along each axis.
/// order : {'C', 'F'}, optional
///     Order in memory.
/// device, ctx : Device, optional
///     Where the elements live.
///
/// Raises
/// ------
/// TypeError
///     The buffer is too small for the shape.
/// ValueError
///     Negative lengths, or strides that are no whole numbers of elements.
///
/// Examples
/// --------
/// >>> from mxnet import np
/// >>> x = np.array([[1, 2], [3, 4]])
/// >>> x.shape
/// (2, 2)
/// >>> x + 10
/// array([[11., 12.],
///        [13., 14.]])
#[pyclass(frozen, weakref, subclass, sequence, name = "ndarray", module = "mxnet.numpy")]
pub(crate) struct NdArray {
    made: Array,
    /// What the object became when its shape, dtype or size was assigned.
    later: Successors,
    /// The object that a view's memory belongs to, as NumPy's `base`.
    pub base: Option<Py<PyAny>>,
}

impl NdArray {
    #[inline]
    pub fn over(made: Array, base: Option<Py<PyAny>>) -> NdArray {
        NdArray { made, later: Successors::none(), base }
    }

    /// What the object is now. Who looks twice may meet two arrays: another thread can assign a shape meanwhile.
    #[inline]
    pub fn array(&self) -> &Array {
        self.later.newest().unwrap_or(&self.made)
    }

    /// The array as it was made, and what came after it.
    pub fn history(&self) -> (&Array, &Successors) {
        (&self.made, &self.later)
    }
}

/// A Python array over `array`.
#[inline]
pub(crate) fn wrap(py: Python<'_>, array: Array) -> PyResult<Bound<'_, NdArray>> {
    anomaly::raise_found().raised()?;
    Bound::new(py, NdArray::over(array, None))
}

/// [`wrap`] for methods that return any object.
#[inline]
pub(crate) fn wrap_any(py: Python<'_>, array: Array) -> PyResult<Bound<'_, PyAny>> {
    wrap(py, array).map(Bound::into_any)
}

/// A Python array over a result that may be a view of `source`: then `source`'s owner is its base.
#[inline]
pub(crate) fn wrap_view<'py>(source: &Bound<'py, NdArray>, array: Array) -> PyResult<Bound<'py, NdArray>> {
    let py = source.py();
    anomaly::raise_found().raised()?;
    let held = source.get();
    let base = if Arc::ptr_eq(&held.array().operand().node, &array.operand().node) {
        Some(match &held.base {
            Some(base) => base.clone_ref(py),
            None => source.clone().into_any().unbind(),
        })
    } else {
        None
    };
    Bound::new(py, NdArray::over(array, base))
}

/// Runs work on `size` elements, without the interpreter where that pays.
#[inline]
pub(crate) fn compute<T: Send>(
    py: Python<'_>,
    size: i64,
    work: impl FnOnce() -> base::Result<T> + Send,
) -> PyResult<T> {
    if size <= DETACH_LIMIT {
        return work().raised();
    }
    crate::interrupt::check(py)?;
    detached(py, work).raised()
}

/// Whether nobody but the caller's stack holds the object, so that its pending value need not be kept.
pub(crate) fn is_temporary(array: &Bound<'_, NdArray>) -> bool {
    // From 3.14 on the stack borrows references to local variables, and the count says nothing any more.
    // SAFETY: the object is alive and the interpreter is held.
    let count = unsafe { pyo3::ffi::Py_REFCNT(array.as_ptr()) };
    count <= 1 && array.py().version_info() < (3, 14)
}
