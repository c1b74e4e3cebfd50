//! Assigning what an array is: `x.shape`, `x.strides`, `x.dtype`, `x.flat`, and `x.resize`. The object gets a successor (see
//! `successors`); views that were taken before keep what they show, as in NumPy.

use mxnet::array::{Array, Index, index, manipulate};
use pyo3::exceptions::{PyAttributeError, PyDeprecationWarning, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};

use crate::arguments::truth;
use crate::array::{NdArray, compute};
use crate::error::Raised;
use crate::protocols::value_for;
use crate::{convert, dtype};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// References that a method call has itself: a variable's, and the one of the call.
const OWN_REFERENCES: isize = 2;

/// The bytes of memory that strides of an array may reach: those of the array that owns it.
fn room(slf: &Ours<'_>) -> PyResult<(i64, i64)> {
    let array = slf.get().array();
    let mut owner = slf.clone().into_any();
    while let Ok(ours) = owner.cast::<NdArray>() {
        match &ours.get().base {
            Some(base) => owner = base.bind(slf.py()).clone(),
            None => break,
        }
    }
    let owner = owner.cast::<NdArray>().ok().map(|owner| owner.get().array());
    match owner.filter(|owner| crate::attributes::same_storage(owner, array)) {
        Some(owner) => {
            let size = owner.dtype().size() as i64;
            let (low, high) = owner.view().bounds().unwrap_or((0, -1));
            Ok((low * size, (high + 1) * size))
        }
        None => {
            array.wait_to_read().raised()?;
            Ok((0, array.operand().node.memory().map_or(0, |(_, bytes)| bytes as i64)))
        }
    }
}

/// Lengths as `x.resize` takes them: one tuple or many numbers; none for no change.
fn wanted_shape(shape: &Bound<'_, PyTuple>) -> PyResult<Option<Vec<i64>>> {
    for item in shape.iter_borrowed() {
        if item.is_instance_of::<PyBool>() || item.is_instance_of::<pyo3::types::PyFloat>() {
            return Err(PyTypeError::new_err(format!(
                "expected a sequence of integers or a single integer, got '{}'",
                &*item
            )));
        }
    }
    match shape.len() {
        0 => Ok(None),
        1 if shape.get_item(0)?.is_none() => Ok(None),
        _ => crate::methods::spread(shape).map(Some),
    }
}

/// Whether only this call and one name know the object.
fn is_referenced(slf: &Ours<'_>) -> PyResult<bool> {
    // SAFETY: the object is alive and the interpreter is held.
    let count = unsafe { ffi::Py_REFCNT(slf.as_ptr()) };
    let weak: usize = slf.py().import("weakref")?.call_method1("getweakrefcount", (slf,))?.extract()?;
    Ok(count as isize > OWN_REFERENCES || weak > 0)
}

impl NdArray {
    fn replace_by(&self, array: Array, room: i64) {
        let (made, later) = self.history();
        later.add(made, array, room);
    }

    fn room_to_grow(&self) -> i64 {
        self.history().1.room()
    }
}

#[pymethods]
impl NdArray {
    #[setter(shape)]
    fn set_shape(slf: &Ours<'_>, value: &Object<'_>) -> PyResult<()> {
        let wanted = convert::to_integers(value)?;
        let array = manipulate::reshaped_in_place(slf.get().array(), &wanted).raised()?;
        let array = array.ok_or_else(|| {
            PyAttributeError::new_err(
                "Incompatible shape for in-place modification. Use `.reshape()` to make a copy with the desired shape.",
            )
        })?;
        slf.get().replace_by(array, slf.get().room_to_grow());
        Ok(())
    }

    #[setter(strides)]
    fn set_strides(slf: &Ours<'_>, value: &Object<'_>) -> PyResult<()> {
        let py = slf.py();
        let text = c"Setting the strides on a NumPy array has been deprecated in NumPy 2.4.\nAs an alternative, you can \
            create a new view using np.lib.stride_tricks.as_strided.";
        PyErr::warn(py, &py.get_type::<PyDeprecationWarning>(), text, 1)?;
        let strides = convert::to_integers(value)?;
        let array = manipulate::restrided(slf.get().array(), &strides, room(slf)?).raised()?;
        slf.get().replace_by(array, 0);
        Ok(())
    }

    #[setter(dtype)]
    fn set_dtype(slf: &Ours<'_>, value: &Object<'_>) -> PyResult<()> {
        let array = manipulate::retyped(slf.get().array(), dtype::parse(value)?).raised()?;
        slf.get().replace_by(array, 0);
        Ok(())
    }

    #[setter(flat)]
    fn set_flat(slf: &Ours<'_>, value: &Object<'_>) -> PyResult<()> {
        let array = slf.get().array();
        let values = value_for(array, value)?;
        if values.size() == 0 || array.size() == 0 {
            return Ok(());
        }
        let filled = manipulate::resize(&values, array.shape()).raised()?;
        compute(slf.py(), array.size(), || index::set(array, &[Index::Ellipsis], &filled))
    }

    /// Changes the shape and the size of the array itself: elements beyond the old ones are zeros, and those that do not
    /// fit are gone. The order of the elements in memory stays.
    ///
    /// Parameters
    /// ----------
    /// new_shape : tuple of ints, or ints
    /// refcheck : bool, optional
    ///     Whether an array that something else refers to is refused. With `False`, views that were taken before go on
    ///     showing the old elements.
    ///
    /// Returns
    /// -------
    /// None
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The array does not own its memory, or is referenced, or its elements do not lie in one run.
    /// MXNetError
    ///     Autograd knows the array.
    ///
    /// Notes
    /// -----
    /// Memory that the array had before is kept until the array is gone. An array that grows step by step gets half as
    /// much again at every move, so that all of it is at most about three times what the array needs.
    ///
    /// Examples
    /// --------
    /// >>> x = np.array([[1, 2], [3, 4]])
    /// >>> x.resize(2, 3)
    /// >>> x
    /// array([[1., 2., 3.],
    ///        [4., 0., 0.]])
    #[pyo3(signature = (*new_shape, refcheck=true))]
    fn resize(
        slf: &Ours<'_>,
        new_shape: &Bound<'_, PyTuple>,
        #[pyo3(from_py_with = truth)] refcheck: bool,
    ) -> PyResult<()> {
        let Some(wanted) = wanted_shape(new_shape)? else { return Ok(()) };
        let held = slf.get();
        let array = held.array();
        let run = array.view().is_contiguous() || array.view().is_fortran_contiguous();
        let size = wanted.iter().try_fold(1i64, |size, &length| size.checked_mul(length));
        if run && wanted.iter().all(|&length| length >= 0) && size != Some(array.size()) {
            if held.base.is_some() || array.operand().node.is_foreign() {
                return Err(PyValueError::new_err("cannot resize this array: it does not own its data"));
            }
            if refcheck && is_referenced(slf)? {
                return Err(PyValueError::new_err(
                    "cannot resize an array that references or is referenced\nby another object in this way.\nUse the \
                     np.resize function to get a new resized copy or\n set refcheck=False to disable this check",
                ));
            }
        }
        let room = held.room_to_grow();
        let (array, room) = compute(slf.py(), array.size(), || manipulate::resized(array, &wanted, room))?;
        held.replace_by(array, room);
        Ok(())
    }
}
