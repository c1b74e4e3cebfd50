//! Iterators: over the first axis (`for row in x`), and over all elements in C order (`x.flat`).

use std::sync::atomic::{AtomicI64, Ordering};

use mxnet::array::create::{self, Order};
use mxnet::array::{Index, index};
use pyo3::prelude::*;

use crate::array::{NdArray, wrap, wrap_view};
use crate::error::Raised;
use crate::{convert, index as keys};

/// `iter(x)`: views of the array along its first axis.
#[pyclass(frozen, name = "ndarray_iterator", module = "mxnet.numpy")]
pub(crate) struct RowIterator {
    array: Py<NdArray>,
    next: AtomicI64,
}

impl RowIterator {
    pub fn new(array: Py<NdArray>) -> RowIterator {
        RowIterator { array, next: AtomicI64::new(0) }
    }
}

#[pymethods]
impl RowIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, NdArray>>> {
        let array = self.array.bind(py);
        let at = self.next.load(Ordering::Relaxed);
        if array.get().array.shape().first().is_none_or(|&length| at >= length) {
            return Ok(None);
        }
        self.next.store(at + 1, Ordering::Relaxed);
        let row = index::get(&array.get().array, &[Index::Integer(at)]).raised()?;
        wrap_view(array, row).map(Some)
    }

    fn __length_hint__(&self) -> i64 {
        let length = self.array.get().array.shape().first().copied().unwrap_or(0);
        (length - self.next.load(Ordering::Relaxed)).max(0)
    }
}

/// The elements of an array in C order, as `x.flat` gives them: iterable, indexable by one number, slice, list or mask.
///
/// Examples
/// --------
/// >>> x = np.array([[1, 2], [3, 4]])
/// >>> [float(element) for element in x.flat]
/// [1.0, 2.0, 3.0, 4.0]
/// >>> x.flat[1:3]
/// array([2., 3.])
/// >>> x.flat[0] = 9
/// >>> x
/// array([[9., 2.],
///        [3., 4.]])
#[pyclass(frozen, name = "flatiter", module = "mxnet.numpy")]
pub(crate) struct FlatIterator {
    array: Py<NdArray>,
    next: AtomicI64,
}

impl FlatIterator {
    pub fn new(array: Py<NdArray>) -> FlatIterator {
        FlatIterator { array, next: AtomicI64::new(0) }
    }

    /// The index over all axes of the element number `at` in C order.
    fn place(&self, mut at: i64) -> Vec<Index> {
        let shape = self.array.get().array.shape();
        let mut place = vec![Index::Integer(0); shape.len()];
        for (axis, &length) in shape.iter().enumerate().rev() {
            place[axis] = Index::Integer(at % length.max(1));
            at /= length.max(1);
        }
        place
    }
}

#[pymethods]
impl FlatIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, NdArray>>> {
        let array = &self.array.get().array;
        let at = self.next.load(Ordering::Relaxed);
        if at >= array.size() {
            return Ok(None);
        }
        self.next.store(at + 1, Ordering::Relaxed);
        let element = index::get(array, &self.place(at))
            .and_then(|element| create::copy(&element, Order::C))
            .raised()?;
        wrap(py, element).map(Some)
    }

    fn __len__(&self) -> usize {
        self.array.get().array.size() as usize
    }

    /// Number of the element that comes next.
    ///
    /// Examples
    /// --------
    /// >>> elements = np.arange(3).flat
    /// >>> _ = next(elements)
    /// >>> elements.index
    /// 1
    #[getter]
    fn index(&self) -> i64 {
        self.next.load(Ordering::Relaxed)
    }

    /// The array that is walked.
    ///
    /// Examples
    /// --------
    /// >>> x = np.arange(3)
    /// >>> x.flat.base is x
    /// True
    #[getter]
    fn base(&self, py: Python<'_>) -> Py<NdArray> {
        self.array.clone_ref(py)
    }

    /// The elements as a new array with one axis.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Examples
    /// --------
    /// >>> np.array([[1, 2], [3, 4]]).flat.copy()
    /// array([1., 2., 3., 4.])
    fn copy<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, NdArray>> {
        let array = &self.array.get().array;
        wrap(py, create::copy(array, Order::C).and_then(|copy| copy.reshape(&[array.size()])).raised()?)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, NdArray>> {
        let array = &self.array.get().array;
        let flat = array.reshape(&[array.size()]).raised()?;
        keys::with_index(key, |indices| {
            let found = index::get(&flat, indices).raised()?;
            wrap(py, create::copy(&found, Order::C).raised()?)
        })
    }

    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let array = &self.array.get().array;
        let value = convert::to_array(value)?;
        let flat = array.reshape(&[array.size()]).raised()?;
        keys::with_index(key, |indices| index::set(&flat, indices, &value).raised())?;
        if crate::attributes::same_storage(&flat, array) {
            return Ok(());
        }
        // the elements do not lie in one run, so `flat` was a copy: it is written back
        let shaped = flat.reshape(array.shape()).raised()?;
        index::set(array, &[Index::Ellipsis], &shaped).raised()
    }
}
