//! Iterators: over the first axis (`for row in x`), and over all elements in C order (`x.flat`).

use std::sync::atomic::{AtomicI64, Ordering};

use base::DType;
use mxnet::array::create::{self, Order};
use mxnet::array::manipulate::{self, Mode};
use mxnet::array::{Array, Index, index};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arguments::optional_truth;
use crate::array::{NdArray, wrap, wrap_view};
use crate::error::Raised;
use crate::index as keys;
use crate::protocols::value_for;

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
        if array.get().array().shape().first().is_none_or(|&length| at >= length) {
            return Ok(None);
        }
        self.next.store(at + 1, Ordering::Relaxed);
        let row = index::get(array.get().array(), &[Index::Integer(at)]).raised()?;
        wrap_view(array, row).map(Some)
    }

    fn __length_hint__(&self) -> i64 {
        let length = self.array.get().array().shape().first().copied().unwrap_or(0);
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

    /// The index over all axes of the element number `at` of an array, in C order.
    fn place(array: &Array, mut at: i64) -> Vec<i64> {
        let mut place = vec![0; array.ndim()];
        for (axis, &length) in array.shape().iter().enumerate().rev() {
            place[axis] = at % length.max(1);
            at /= length.max(1);
        }
        place
    }

    /// The only element at a number, as an array without axes.
    fn element(array: &Array, at: i64) -> PyResult<Array> {
        let place: Vec<Index> = FlatIterator::place(array, at).into_iter().map(Index::Integer).collect();
        index::get(array, &place).and_then(|element| create::copy(&element, Order::C)).raised()
    }
}

/// What a key of `x.flat` chooses.
enum Chosen {
    One(i64),
    /// Numbers of elements.
    Many(Array),
}

/// The numbers of the elements of an array that a key chooses.
fn chosen(array: &Array, key: &Bound<'_, PyAny>, assigned: bool) -> PyResult<Chosen> {
    let size = array.size();
    keys::with_index(key, |indices| {
        let index = match indices {
            [index] => index,
            [] if assigned => {
                let text = "Assigning to a flat iterator with a 0-D index is not supported";
                return Err(PyIndexError::new_err(text));
            }
            [] => &Index::Ellipsis,
            more => {
                return Err(PyIndexError::new_err(format!(
                    "too many indices for flat iterator: flat iterator is 1-dimensional, but {} were indexed",
                    more.len()
                )));
            }
        };
        match index {
            Index::Integer(at) if *at >= -size && *at < size => {
                Ok(Chosen::One(if *at < 0 { at + size } else { *at }))
            }
            Index::Integer(at) => {
                Err(PyIndexError::new_err(format!("index {at} is out of bounds for size {size}")))
            }
            Index::NewAxis => Err(PyIndexError::new_err(
                "only integers, slices (`:`), ellipsis (`...`) and integer or boolean arrays are valid indices",
            )),
            index => {
                let numbers = create::indices(&[size], Some(DType::I64), array.device())
                    .and_then(|numbers| numbers.reshape(&[size]))
                    .raised()?;
                index::get(&numbers, std::slice::from_ref(index)).map(Chosen::Many).raised()
            }
        }
    })
}

#[pymethods]
impl FlatIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, NdArray>>> {
        let array = self.array.get().array();
        let at = self.next.load(Ordering::Relaxed);
        if at >= array.size() {
            return Ok(None);
        }
        self.next.store(at + 1, Ordering::Relaxed);
        wrap(py, FlatIterator::element(array, at)?).map(Some)
    }

    fn __len__(&self) -> usize {
        self.array.get().array().size() as usize
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

    /// The index over all axes of the element that comes next.
    ///
    /// Examples
    /// --------
    /// >>> walk = np.ones((2, 3)).flat
    /// >>> _ = [next(walk) for _ in range(4)]
    /// >>> walk.coords
    /// (1, 1)
    #[getter]
    fn coords<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let array = self.array.get().array();
        PyTuple::new(py, FlatIterator::place(array, self.index()))
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
        let array = self.array.get().array();
        wrap(py, create::copy(array, Order::C).and_then(|copy| copy.reshape(&[array.size()])).raised()?)
    }

    /// The elements as a NumPy array with one axis: a copy.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        &self,
        py: Python<'py>,
        dtype: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = optional_truth)] copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if copy == Some(false) {
            return Err(PyValueError::new_err("the elements of an iterator cannot be had without a copy"));
        }
        self.copy(py)?.call_method1("__array__", (dtype,))
    }

    fn __richcmp__<'py>(
        &self,
        py: Python<'py>,
        other: &Bound<'py, PyAny>,
        how: CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.copy(py)?.rich_compare(other, how)
    }

    fn __getitem__<'py>(&self, py: Python<'py>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, NdArray>> {
        let array = self.array.get().array();
        let found = match chosen(array, key, false)? {
            Chosen::One(at) => FlatIterator::element(array, at)?,
            Chosen::Many(numbers) => manipulate::take(array, &numbers, None, Mode::Raise).raised()?,
        };
        wrap(py, found)
    }

    /// Values, over and over if they are fewer, in the places that the key chooses.
    fn __setitem__(&self, key: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let array = self.array.get().array();
        let value = value_for(array, value)?;
        match chosen(array, key, true)? {
            Chosen::One(_) if value.size() != 1 => {
                Err(PyValueError::new_err("Error setting single item of array."))
            }
            Chosen::One(at) => {
                let place: Vec<Index> =
                    FlatIterator::place(array, at).into_iter().map(Index::Integer).collect();
                value.reshape(&[]).and_then(|value| index::set(array, &place, &value)).raised()
            }
            Chosen::Many(numbers) => manipulate::put(array, &numbers, &value, Mode::Raise).raised(),
        }
    }
}
