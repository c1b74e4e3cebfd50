//! Joining: every part is written straight into its place in the result (pending parts compute there), and the gradient
//! is cut into the same parts.

use base::promote::{self, Casting};
use base::{DType, Error, Result, shape};
use graph::{Kernel, Operand, few, work};

use crate::elementwise::common_device;
use crate::{Argument, Array, tape};

use super::axes::{atleast_1d, atleast_2d, atleast_3d, narrow, ravel};
use crate::create::Order;

/// Arrays joined along an axis (`None`: flattened first). Without `dtype` the common one.
///
/// # Errors
/// Value: no arrays, 0-d arrays, lengths that differ on other axes. Type: a cast that `casting` does not allow.
pub fn concatenate(
    arrays: &[&Array],
    axis: Option<i64>,
    dtype: Option<DType>,
    casting: Casting,
) -> Result<Array> {
    concatenate_checked(arrays, axis, dtype, casting).map_err(|error| error.in_operator("concatenate"))
}

fn concatenate_checked(
    arrays: &[&Array],
    axis: Option<i64>,
    dtype: Option<DType>,
    casting: Casting,
) -> Result<Array> {
    let Some(first) = arrays.first() else {
        return Err(Error::value("need at least one array to concatenate"));
    };
    let Some(axis) = axis else {
        let flat = arrays.iter().map(|array| ravel(array, Order::C)).collect::<Result<Vec<_>>>()?;
        return concatenate_checked(&flat.iter().collect::<Vec<_>>(), Some(0), dtype, casting);
    };
    let (axis, lengths) = joined_shape(arrays, axis)?;
    let common = promote::promote_all(arrays.iter().map(|array| array.dtype()));
    let dtype = dtype.or(common).unwrap_or(first.dtype());
    check_casts(arrays, dtype, casting)?;
    let arguments: Vec<Argument> = arrays.iter().map(|array| Argument::Array(array)).collect();
    let joined = Array::empty(&lengths, dtype, common_device(&arguments)?)?;
    write_parts(arrays, axis, &joined)?;
    Ok(tape::record("concatenate", arrays, joined, || {
        let parts: Vec<(i64, DType)> =
            arrays.iter().map(|array| (array.shape()[axis], array.dtype())).collect();
        Box::new(move |gradient| {
            let mut start = 0;
            let mut gradients = Vec::with_capacity(parts.len());
            for &(length, dtype) in &parts {
                let part = narrow(gradient, axis, start, 1, length);
                gradients.push(Some(part.astype_if(dtype)?));
                start += length;
            }
            Ok(gradients)
        })
    }))
}

/// [`concatenate`] into an existing array of the result's shape.
pub fn concatenate_into(arrays: &[&Array], axis: Option<i64>, out: &Array, casting: Casting) -> Result<()> {
    out.check_writable("concatenate")?;
    let joined = concatenate(arrays, axis, None, casting)?;
    if joined.shape() != out.shape() {
        return Err(Error::value("concatenate: Output array is the wrong shape"));
    }
    check_casts(&[&joined], out.dtype(), casting).map_err(|error| error.in_operator("concatenate"))?;
    crate::index::write_recorded("concatenate", out, joined)
}

/// The checked axis and the shape of the joined arrays.
fn joined_shape(arrays: &[&Array], axis: i64) -> Result<(usize, Vec<i64>)> {
    let first = arrays[0];
    if arrays.iter().any(|array| array.ndim() == 0) {
        return Err(Error::value("zero-dimensional arrays cannot be concatenated"));
    }
    let axis = shape::axis(axis, first.ndim())?;
    let mut lengths = first.shape().to_vec();
    for (k, array) in arrays.iter().enumerate().skip(1) {
        if array.ndim() != first.ndim() {
            return Err(Error::value(format!(
                "all the input arrays must have same number of dimensions, but the array at index 0 has {} \
                 dimension(s) and the array at index {k} has {} dimension(s)",
                first.ndim(),
                array.ndim()
            )));
        }
        for (other, (&here, &there)) in first.shape().iter().zip(array.shape()).enumerate() {
            if other != axis && here != there {
                return Err(Error::value(format!(
                    "all the input array dimensions except for the concatenation axis must match exactly, but along \
                     dimension {other}, the array at index 0 has size {here} and the array at index {k} has size \
                     {there}; their shapes are {} and {}",
                    shape::tight(first.shape()),
                    shape::tight(array.shape())
                )));
            }
        }
        lengths[axis] = lengths[axis].saturating_add(array.shape()[axis]);
    }
    shape::check(&lengths)?;
    Ok((axis, lengths))
}

pub(crate) fn check_casts(arrays: &[&Array], dtype: DType, casting: Casting) -> Result<()> {
    match arrays.iter().find(|array| !promote::can_cast(array.dtype(), dtype, casting)) {
        None => Ok(()),
        Some(array) => Err(Error::type_(format!(
            "Cannot cast array data from dtype('{}') to dtype('{dtype}') according to the rule '{}'",
            array.dtype(),
            casting.name()
        ))),
    }
}

/// Writes every array to its place: all that are in memory as they are wanted in one kernel, others by themselves.
fn write_parts(arrays: &[&Array], axis: usize, joined: &Array) -> Result<()> {
    let mut start = 0;
    let (mut sources, mut places) = (Vec::new(), Vec::new());
    for array in arrays {
        let mut view = joined.view().clone();
        view.slice(axis, start, 1, array.shape()[axis]);
        start += array.shape()[axis];
        let place = Operand::new(joined.operand.node.clone(), view, joined.dtype());
        if array.size() == 0 || few::written(&place, &array.operand) {
            continue;
        }
        let as_it_is = array.operand.node.is_ready() && array.dtype() == joined.dtype();
        if as_it_is && array.device().backend.is_host() && joined.device().backend.is_host() {
            sources.push(array.operand.clone());
            places.push(place);
        } else {
            Array::from_operand(place).write(array, false)?;
        }
    }
    if places.is_empty() { Ok(()) } else { work::run(&Kernel::Copy, &sources, &places) }
}

/// [`concatenate`] in the common dtype.
pub(crate) fn join(arrays: &[Array], axis: usize) -> Result<Array> {
    let arrays: Vec<&Array> = arrays.iter().collect();
    concatenate(&arrays, Some(axis as i64), None, Casting::SameKind)
}

/// Arrays of one shape joined along a new axis.
pub fn stack(arrays: &[&Array], axis: i64) -> Result<Array> {
    let Some(first) = arrays.first() else {
        return Err(Error::value("stack: need at least one array to stack"));
    };
    if arrays.iter().any(|array| array.shape() != first.shape()) {
        return Err(Error::value("stack: all input arrays must have the same shape"));
    }
    let axis = shape::axis(axis, first.ndim() + 1).map_err(|error| error.in_operator("stack"))?;
    let raised = arrays.iter().map(|array| array.expand_dims(&[axis as i64])).collect::<Result<Vec<_>>>()?;
    join(&raised, axis).map_err(|error| error.in_operator("stack"))
}

fn raised(arrays: &[&Array], raise: fn(&Array) -> Result<Array>) -> Result<Vec<Array>> {
    arrays.iter().map(|array| raise(array)).collect()
}

/// Joined along the first axis; vectors are rows (`row_stack` is the same).
pub fn vstack(arrays: &[&Array]) -> Result<Array> {
    join(&raised(arrays, atleast_2d)?, 0).map_err(|error| error.in_operator("vstack"))
}

/// Joined along the second axis; vectors along their only one.
pub fn hstack(arrays: &[&Array]) -> Result<Array> {
    let arrays = raised(arrays, atleast_1d)?;
    let axis = usize::from(arrays.first().is_some_and(|first| first.ndim() != 1));
    join(&arrays, axis).map_err(|error| error.in_operator("hstack"))
}

/// Joined along the third axis.
pub fn dstack(arrays: &[&Array]) -> Result<Array> {
    join(&raised(arrays, atleast_3d)?, 2).map_err(|error| error.in_operator("dstack"))
}

/// Vectors as columns, matrices as they are, joined along the second axis.
pub fn column_stack(arrays: &[&Array]) -> Result<Array> {
    let columns = raised(arrays, |array| match array.ndim() {
        0 => array.reshape(&[1, 1]),
        1 => array.expand_dims(&[1]),
        _ => Ok(array.clone()),
    })?;
    join(&columns, 1).map_err(|error| error.in_operator("column_stack"))
}

/// `values` behind `x`, along an axis or flattened.
pub fn append(x: &Array, values: &Array, axis: Option<i64>) -> Result<Array> {
    concatenate(&[x, values], axis, None, Casting::SameKind).map_err(|error| error.in_operator("append"))
}

/// Nested lists of arrays, as `np.block` takes them.
#[derive(Clone, Debug)]
pub enum Block {
    Array(Array),
    List(Vec<Block>),
}

/// Arrays put together as the lists are nested: the innermost along the last axis, the next along the one before it.
///
/// # Errors
/// Value: lists of different depths, an empty list, shapes that do not fit.
pub fn block(blocks: &Block) -> Result<Array> {
    let mut ndim = 0;
    let depth =
        block_depth(blocks, &mut Vec::new(), &mut ndim).map_err(|error| error.in_operator("block"))?;
    let ndim = ndim.max(depth);
    let joined = block_joined(blocks, ndim, depth).map_err(|error| error.in_operator("block"))?;
    if matches!(blocks, Block::Array(_)) { crate::create::copy(&joined, Order::C) } else { Ok(joined) }
}

fn block_place(path: &[usize]) -> String {
    path.iter().fold("arrays".to_string(), |text, index| format!("{text}[{index}]"))
}

/// The depth of the lists, which must be the same everywhere; raises `ndim` to the most axes of any array.
fn block_depth(blocks: &Block, path: &mut Vec<usize>, ndim: &mut usize) -> Result<usize> {
    let items = match blocks {
        Block::Array(array) => {
            *ndim = (*ndim).max(array.ndim());
            return Ok(path.len());
        }
        Block::List(items) if items.is_empty() => {
            return Err(Error::value(format!("List at {} cannot be empty", block_place(path))));
        }
        Block::List(items) => items,
    };
    let mut first = None;
    for (index, item) in items.iter().enumerate() {
        path.push(index);
        let depth = block_depth(item, path, ndim)?;
        let expected = *first.get_or_insert(depth);
        if depth != expected {
            return Err(Error::value(format!(
                "List depths are mismatched. First element was at depth {expected}, but there is an element at depth \
                 {depth} ({})",
                block_place(path)
            )));
        }
        path.pop();
    }
    Ok(first.unwrap_or(0))
}

fn block_joined(blocks: &Block, ndim: usize, depth: usize) -> Result<Array> {
    match blocks {
        Block::Array(array) => {
            let mut wanted = vec![1; ndim - array.ndim()];
            wanted.extend_from_slice(array.shape());
            array.reshape(&wanted)
        }
        Block::List(items) => {
            let parts = items
                .iter()
                .map(|item| block_joined(item, ndim, depth.saturating_sub(1)))
                .collect::<Result<Vec<_>>>()?;
            join(&parts, ndim - depth)
        }
    }
}
