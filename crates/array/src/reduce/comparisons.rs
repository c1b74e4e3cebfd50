//! Folds and running folds by comparisons, which take two bools and give one (`np.equal.reduce`). Called by `reduce` and by
//! the fronts; the order of the elements matters, so they go along one axis, step by step where no shorter way leads.

use base::{DType, Dims, Error, Op, Result, Scalar, shape};

use super::{Options, fold, fold_selected, kept_shape};
use crate::elementwise::{call1, call2};
use crate::index::{self, Index};
use crate::{Array, manipulate};

/// Comparisons of anything but bools give another dtype than they take, so nothing can be folded with the result.
fn bools(op: &'static Op, x: &Array, dtype: Option<DType>) -> Result<Array> {
    if dtype.unwrap_or(x.dtype()) != DType::Bool {
        return Err(Error::type_(format!(
            "No loop matching the specified signature and casting was found for ufunc {}",
            op.name
        )));
    }
    x.detach().astype_if(DType::Bool)
}

/// The elements at one place of an axis.
fn line(x: &Array, axis: usize, at: i64) -> Result<Array> {
    let mut place = vec![Index::Slice { start: None, stop: None, step: None }; axis];
    place.push(Index::Integer(at));
    index::get(x, &place)
}

/// The fold along one axis.
pub(super) fn reduced(op: &'static Op, x: &Array, options: &Options, axes: &[usize]) -> Result<Array> {
    let x = bools(op, x, options.dtype)?;
    let initial = options.initial.map(|value| value.cast(DType::Bool));
    let &[axis] = axes else {
        let start = initial.map(|value| Array::scalar(value, x.device())).transpose()?;
        return start.map_or_else(|| x.copy(), |start| call2(op, &start, &x));
    };
    match (options.mask, initial) {
        (Some(mask), Some(initial)) => return fold_selected(op, &x, mask, axis, initial, options.keepdims),
        (Some(_), None) => {
            return Err(Error::value(format!(
                "reduction operation '{}' does not have an identity, so to use a where mask one has to specify \
                 'initial'",
                op.name
            )));
        }
        _ => {}
    }
    let folded = along(op, &x, axis, initial)?;
    folded.reshape(&kept_shape(&x, &[axis], options.keepdims))
}

fn along(op: &'static Op, x: &Array, axis: usize, initial: Option<Scalar>) -> Result<Array> {
    let length = x.shape()[axis];
    let shape: Dims = kept_shape(x, &[axis], false);
    let start = match initial {
        Some(value) => Some(Array::full(&shape, value, DType::Bool, x.device())?),
        None => None,
    };
    if length == 0 {
        return start.ok_or_else(|| {
            Error::value(format!("zero-size array to reduction operation {} which has no identity", op.name))
        });
    }
    if op == ops::EQUAL || op == ops::NOT_EQUAL {
        let axes = [axis as i64];
        let odd = fold(
            ops::LOGICAL_XOR,
            x,
            &Options { axes: Some(&axes), initial, dtype: Some(DType::Bool), ..Options::default() },
        )?;
        // equality is the opposite of difference, once for each pair
        let pairs = length - i64::from(initial.is_none());
        return if op == ops::EQUAL && pairs % 2 == 1 { call1(ops::LOGICAL_NOT, &odd) } else { Ok(odd) };
    }
    let (mut carry, first) = match start {
        Some(start) => (start, 0),
        None => (line(x, axis, 0)?, 1),
    };
    for at in first..length {
        carry = call2(op, &carry, &line(x, axis, at)?)?;
    }
    carry.copy()
}

/// The running fold along an axis.
pub(crate) fn running(op: &'static Op, x: &Array, axis: usize, dtype: Option<DType>) -> Result<Array> {
    let x = bools(op, x, dtype)?;
    let mut parts: Vec<Array> = Vec::with_capacity(x.shape()[axis] as usize);
    for at in 0..x.shape()[axis] {
        let next = line(&x, axis, at)?;
        parts.push(match parts.last() {
            Some(last) => call2(op, last, &next)?,
            None => next,
        });
    }
    if parts.is_empty() {
        return x.copy();
    }
    shape::check(x.shape())?;
    manipulate::stack(&parts.iter().collect::<Vec<_>>(), axis as i64)
}
