//! Methods of ufuncs: `reduce`, `accumulate`, `outer`, `reduceat`, `at`.

use base::{DType, Error, Op, shape};
use mxnet::array::reduce::{self, Options};
use mxnet::array::{Array, Index, flags, index, manipulate, sort};
use mxnet::ops;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments::{Input, Integer, Places, Type, Value, dtype_of, truth};
use crate::array::compute;
use crate::floating;
use crate::index::with_index;
use crate::reductions::{self, Arguments, finish};
use crate::ufunc::Ufunc;

type Object<'py> = Bound<'py, PyAny>;
type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// The fold of a row, with the dtype rule that its named reduction has (`add`: small integers sum in 64 bits).
fn fold_of(op: &'static Op) -> fn(&'static Op, &Array, &Options) -> base::Result<Array> {
    if op == ops::ADD {
        |_, x, options| reduce::sum(x, options)
    } else if op == ops::MULTIPLY {
        |_, x, options| reduce::prod(x, options)
    } else if op == ops::MAXIMUM {
        |_, x, options| reduce::max(x, options)
    } else if op == ops::MINIMUM {
        |_, x, options| reduce::min(x, options)
    } else if op.kind == base::Kind::Logic2 {
        |op, x, options| reduce::fold(op, x, &Options { dtype: Some(DType::Bool), ..*options })
    } else {
        reduce::fold
    }
}

/// Whether NumPy folds by this operator over several axes.
fn is_reorderable(op: &'static Op) -> bool {
    op.identity.is_some() || [ops::MAXIMUM, ops::MINIMUM, ops::FMAX, ops::FMIN].contains(&op)
}

fn binary_only(ufunc: &Ufunc, method: &str) -> PyResult<()> {
    if ufunc.row.arity() == 2 {
        return Ok(());
    }
    Err(PyValueError::new_err(format!("{}: {method} only supported for binary functions", ufunc.name)))
}

#[pymethods]
impl Ufunc {
    /// Folds an array along axes.
    ///
    /// Parameters
    /// ----------
    /// array : array_like
    /// axis : None, int or tuple of ints, optional
    ///     The first one by default; `None` folds all.
    /// dtype : dtype, optional
    ///     dtype to compute in.
    /// out : ndarray, optional
    ///     Where the result is written.
    /// keepdims : bool, optional
    ///     Whether folded axes stay, with length 1.
    /// initial : number, optional
    ///     Start of the fold.
    /// where : array_like of bool, optional
    ///     Elements to include.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The function does not take two arguments, there are no elements and no identity, or the order of the fold
    ///     matters and there are several axes.
    /// numpy.exceptions.AxisError
    ///     An axis that the array does not have.
    ///
    /// Examples
    /// --------
    /// >>> np.add.reduce(np.array([[1, 2], [3, 4]]))
    /// array([4., 6.])
    #[pyo3(signature = (array, /, axis=Some(None), dtype=None, out=None, keepdims=false, initial=None, r#where=None),
        text_signature = "($self, array, /, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True)")]
    fn reduce<'py>(
        &self,
        py: Python<'py>,
        array: &Object<'py>,
        axis: Option<Option<Object<'py>>>,
        dtype: Given<'_, 'py>,
        out: Given<'_, 'py>,
        #[pyo3(from_py_with = truth)] keepdims: bool,
        initial: Given<'_, 'py>,
        r#where: Given<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        binary_only(self, "reduce")?;
        let op = self.row;
        // not given: the first axis; `None`: all of them
        let axis = match axis {
            Some(None) => Some(0i64.into_pyobject(py)?.into_any()),
            Some(Some(axis)) => Some(axis),
            None => None,
        };
        let out = out.map(only_entry).transpose()?;
        let arguments =
            Arguments { axis: axis.as_ref(), dtype, out: out.as_ref(), keepdims, initial, mask: r#where };
        let fold = fold_of(op);
        let wanted = crate::dtype::parse_option(dtype)?;
        if op.kind == base::Kind::Logic2 && wanted.is_some_and(|wanted| wanted != DType::Bool) {
            return Err(PyTypeError::new_err(format!(
                "No loop matching the specified signature and casting was found for ufunc {}; the result is bool",
                self.name
            )));
        }
        let array = reductions::ours(array)?;
        if array.get().array().ndim() == 0 && axis.is_some() {
            return Err(PyTypeError::new_err(format!("{}: cannot reduce on a scalar", self.name)));
        }
        let several = match crate::convert::to_axes(axis.as_ref())? {
            Some(axes) => axes.len() > 1,
            None => array.get().array().ndim() > 1,
        };
        if several && !is_reorderable(op) {
            return Err(PyValueError::new_err(format!(
                "reduction operation '{}' is not reorderable, so at most one axis may be specified",
                self.name
            )));
        }
        reductions::run_fold(self.name, op, &array, &arguments, move |array, options| {
            fold(op, array, options)
        })
    }

    /// Running folds along an axis.
    ///
    /// Parameters
    /// ----------
    /// array : array_like
    /// axis : int, optional
    /// dtype : dtype, optional
    ///     dtype to compute in.
    /// out : ndarray, optional
    ///     Where the result is written.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The function does not take two arguments.
    /// numpy.exceptions.AxisError
    ///     An axis that the array does not have.
    ///
    /// Examples
    /// --------
    /// >>> np.multiply.accumulate(np.array([1, 2, 3, 4]))
    /// array([ 1.,  2.,  6., 24.])
    #[pyo3(signature = (array, /, axis=Integer(0), dtype=None, out=None),
        text_signature = "($self, array, /, axis=0, dtype=None, out=None)")]
    fn accumulate<'py>(
        &self,
        py: Python<'py>,
        array: Input<'py>,
        axis: Integer,
        dtype: Option<Type>,
        out: Given<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        binary_only(self, "accumulate")?;
        let op = self.row;
        let dtype = if op.kind == base::Kind::Logic2 { Some(DType::Bool) } else { dtype_of(dtype) };
        let source: &Array = &array;
        let running = compute(py, source.size(), || sort::accumulate(op, source, axis.0, dtype))?;
        let met = floating::after(py, |_| flags::of_scan(source, Some(axis.0), &running))?;
        let out = out.map(only_entry).transpose()?;
        let result = finish(py, self.name, running, out.as_ref())?;
        floating::tell(py, "accumulate", met)?;
        Ok(result)
    }

    /// The function of every pair of elements: `result[i, j] = op(a[i], b[j])`.
    ///
    /// Parameters
    /// ----------
    /// A, B : array_like
    /// **kwargs
    ///     As for a call.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The function does not take two arguments.
    ///
    /// Examples
    /// --------
    /// >>> np.multiply.outer(np.array([1, 2]), np.array([10, 20]))
    /// array([[10., 20.],
    ///        [20., 40.]])
    #[pyo3(name = "outer", signature = (A, B, /, **kwargs))]
    #[allow(non_snake_case)]
    fn outer<'py>(
        slf: &Bound<'py, Self>,
        A: Input<'py>,
        B: Value<'py>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Object<'py>> {
        binary_only(slf.get(), "outer")?;
        let axes = B.ndim();
        let mut wanted: Vec<i64> = A.shape().to_vec();
        wanted.resize(wanted.len() + axes, 1);
        let left = A.view(A.reshape(&wanted))?;
        slf.call((left, B.object()), kwargs)
    }

    /// Folds of the slices `array[indices[i]:indices[i + 1]]` along an axis.
    ///
    /// Parameters
    /// ----------
    /// array : array_like
    /// indices : array_like of int
    ///     Where the next index is not greater, the element at the index itself is the result.
    /// axis : int, optional
    /// dtype : dtype, optional
    ///     dtype to compute in.
    /// out : ndarray, optional
    ///     Where the result is written.
    ///
    /// Returns
    /// -------
    /// ndarray
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     The function does not take two arguments.
    /// IndexError
    ///     An index outside of the axis.
    /// numpy.exceptions.AxisError
    ///     An axis that the array does not have.
    ///
    /// Examples
    /// --------
    /// >>> np.add.reduceat(np.arange(6), [0, 2, 5])
    /// array([1., 9., 5.])
    #[pyo3(signature = (array, /, indices, axis=Integer(0), dtype=None, out=None),
        text_signature = "($self, array, /, indices, axis=0, dtype=None, out=None)")]
    fn reduceat<'py>(
        &self,
        py: Python<'py>,
        array: Input<'py>,
        indices: Places,
        axis: Integer,
        dtype: Option<Type>,
        out: Given<'_, 'py>,
    ) -> PyResult<Object<'py>> {
        binary_only(self, "reduceat")?;
        let (op, dtype) = (self.row, dtype_of(dtype));
        let source: &Array = &array;
        let folded = compute(py, source.size(), || {
            reduce_at(op, source, &indices.0, axis.0, dtype).map_err(|error| error.in_operator("reduceat"))
        })?;
        let met = floating::after(py, |_| {
            let all = Options { axes: Some(&[axis.0]), ..Options::default() };
            flags::of_parts(op, source, &all, &folded)
        })?;
        let out = out.map(only_entry).transpose()?;
        let result = finish(py, self.name, folded, out.as_ref())?;
        floating::tell(py, "reduceat", met)?;
        Ok(result)
    }

    /// Changes elements in place: `a[indices] = op(a[indices], b)`, also where indices repeat.
    ///
    /// Parameters
    /// ----------
    /// a : ndarray
    /// indices : index
    ///     Anything that indexes `a`.
    /// b : array_like, optional
    ///     The second operand of a binary function.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     `b` is missing, or given where there is no second operand.
    /// IndexError
    ///     An index outside of its axis.
    ///
    /// Examples
    /// --------
    /// >>> x = np.zeros(3)
    /// >>> np.add.at(x, [0, 0, 2], 1)
    /// >>> x
    /// array([2., 0., 1.])
    #[pyo3(signature = (a, indices, b=None, /))]
    fn at<'py>(
        &self,
        py: Python<'py>,
        a: &Object<'py>,
        indices: &Object<'py>,
        b: Given<'_, 'py>,
    ) -> PyResult<()> {
        let target = reductions::out_array(self.name, a)?;
        let array = target.get().array();
        let wants = self.row.arity() == 2;
        if wants != b.is_some() {
            let text = if wants {
                "second operand needed for ufunc"
            } else {
                "second operand provided when ufunc is unary"
            };
            return Err(PyValueError::new_err(format!("{}: {text}", self.name)));
        }
        let value = b.map(|b| crate::protocols::value_for(array, b)).transpose()?;
        let op = self.row;
        with_index(indices, |indices| {
            let find = |under| {
                let chosen = index::get(array, indices)?;
                match &value {
                    Some(value) => flags::of_call(op, &[(&chosen).into(), value.into()], None, None, under),
                    None => flags::of_call(op, &[(&chosen).into()], None, None, under),
                }
            };
            floating::observed(py, op.name, find, || {
                compute(py, array.size(), || index::at(op, array, indices, value.as_ref()))
            })
        })
    }
}

/// `out` may be the array or a tuple with it.
fn only_entry<'py>(out: &Object<'py>) -> PyResult<Object<'py>> {
    match out.cast::<PyTuple>() {
        Ok(tuple) if tuple.len() == 1 => tuple.get_item(0),
        _ => Ok(out.clone()),
    }
}

fn reduce_at(
    op: &'static Op,
    x: &Array,
    indices: &Array,
    axis: i64,
    dtype: Option<DType>,
) -> base::Result<Array> {
    let axis = shape::axis(axis, x.ndim())?;
    let length = x.shape()[axis];
    let places = indices.astype_if(DType::I64)?.to_bytes()?;
    let places: Vec<i64> = places
        .chunks_exact(8)
        .map(|bytes| i64::from_ne_bytes(bytes.try_into().unwrap_or_default()))
        .collect();
    if places.is_empty() {
        let mut lengths = x.shape().to_vec();
        lengths[axis] = 0;
        return Array::empty(&lengths, dtype.unwrap_or(x.dtype()), x.device());
    }
    let fold = fold_of(op);
    let axes = [axis as i64];
    let mut parts = Vec::with_capacity(places.len());
    for (at, &place) in places.iter().enumerate() {
        if place < 0 || place >= length {
            return Err(Error::index(format!(
                "index {place} out-of-bounds in {}.reduceat [0, {length})",
                op.name
            )));
        }
        let next = places.get(at + 1).copied().unwrap_or(length);
        let stop = if next > place { next } else { place + 1 };
        let mut index = vec![Index::Slice { start: None, stop: None, step: None }; axis];
        index.push(Index::Slice { start: Some(place), stop: Some(stop), step: None });
        let options = Options { axes: Some(&axes), dtype, ..Options::default() };
        parts.push(fold(op, &index::get(x, &index)?, &options)?);
    }
    manipulate::stack(&parts.iter().collect::<Vec<_>>(), axis as i64)
}
