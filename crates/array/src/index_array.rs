//! Arrays as indices: bool masks to places, integer arrays to memory offsets (with bounds checked before any work is
//! queued), masked reading and writing, operators on what is named. Called by `index` and by the take family.

use std::collections::HashMap;

use base::{DType, Error, Op, Result, Scalar, View, shape};
use graph::{Along, DeviceRef, Kernel, Operand, few, work};

use crate::elementwise::{self, Argument, call};
use crate::index::{self, Index};
use crate::{Array, reduce, tape};

/// Index arrays of at most this many elements are checked and converted on the host in one loop.
const HOST_LIMIT: i64 = 4096;

/// An index array as int64. Floats with whole values are accepted, as in MXNet (where `np.array([0, 1])` is float32).
pub(crate) fn integers(array: &Array) -> Result<Array> {
    if array.dtype().is_integer() {
        return array.detach().astype_if(DType::I64);
    }
    if !array.dtype().is_float() {
        return Err(Error::index(format!(
            "arrays used as indices must be of integer (or boolean) type, not {}",
            array.dtype()
        )));
    }
    let detached = array.detach();
    let whole = detached.astype(DType::I64)?;
    let same = call(
        ops::EQUAL,
        &[Argument::Array(&whole.astype(DType::F64)?), Argument::Array(&detached.astype(DType::F64)?)],
    )?;
    if !reduce::all(&same, &reduce::Options::default())?.item()?.is_truthy() {
        return Err(Error::index(
            "float index arrays must hold whole numbers; round them and cast with astype('int64')",
        ));
    }
    Ok(whole)
}

fn out_of_bounds(index: i64, axis: usize, length: i64) -> Error {
    Error::index(format!("index {index} is out of bounds for axis {axis} with size {length}"))
}

/// int64 values of an array, on the host.
pub(crate) fn host_integers(array: &Array) -> Result<Vec<i64>> {
    let bytes = array.astype_if(DType::I64)?.to_bytes()?;
    Ok(bytes
        .chunks_exact(8)
        .map(|chunk| Scalar::from_bytes(DType::I64, chunk).as_integer().unwrap_or(0) as i64)
        .collect())
}

/// The places that integer arrays name, flattened: int64 indices along one axis, or offsets into the storage.
pub(crate) struct Places {
    pub array: Array,
    pub along: Option<Along>,
}

/// Places for the kernels that gather and scatter. The indices of a single array are left to the kernel, which checks and
/// converts them on the way; those of several are offsets, checked here.
pub(crate) fn places(
    view: &View,
    arrays: &[(usize, Array)],
    broadcast: &[i64],
    device: DeviceRef,
) -> Result<Places> {
    let [(axis, array)] = arrays else {
        return Ok(Places { array: offsets(view, arrays, broadcast, device)?, along: None });
    };
    if !device.backend.is_host() {
        return Ok(Places { array: offsets(view, arrays, broadcast, device)?, along: None });
    }
    let array = array.contiguous()?.reshape(&[array.size()])?;
    let (length, stride) = (view.shape[*axis], view.strides[*axis]);
    Ok(Places { array, along: Some(Along { axis: *axis, length, stride, start: view.offset }) })
}

/// Offsets into the storage, one per broadcast index: `view.offset + sum(index[k] * strides[axis[k]])`, flattened.
fn offsets(view: &View, arrays: &[(usize, Array)], broadcast: &[i64], device: DeviceRef) -> Result<Array> {
    let count = shape::size(broadcast)?;
    if count <= HOST_LIMIT {
        let mut total = vec![view.offset; count as usize];
        for (axis, array) in arrays {
            let length = view.shape[*axis];
            let spread = array.with_view(array.view().broadcast_to(broadcast)?);
            for (sum, index) in total.iter_mut().zip(host_integers(&spread)?) {
                if index < -length || index >= length {
                    return Err(out_of_bounds(index, *axis, length));
                }
                *sum += if index < 0 { index + length } else { index } * view.strides[*axis];
            }
        }
        let bytes: Vec<u8> = total.iter().flat_map(|offset| offset.to_ne_bytes()).collect();
        return Array::from_bytes(&bytes, &[count], DType::I64, device);
    }
    let mut total: Option<Array> = None;
    for (axis, array) in arrays {
        let part = tape::paused(|| scaled(view, *axis, array))?;
        total = Some(match total {
            None => part,
            Some(sum) => crate::elementwise::add(&sum, &part)?,
        });
    }
    let start = Argument::from(view.offset);
    let total = match total {
        Some(total) => call(ops::ADD, &[Argument::Array(&total), start])?,
        None => Array::full(broadcast, Scalar::I64(view.offset), DType::I64, device)?,
    };
    let spread = total.with_view(total.view().broadcast_to(broadcast)?);
    spread.contiguous()?.reshape(&[count])
}

/// Bounds-checked indices of one axis, negative ones wrapped, times the axis's stride.
fn scaled(view: &View, axis: usize, array: &Array) -> Result<Array> {
    let length = view.shape[axis];
    let options = reduce::Options::default();
    let bound = |value: Array| value.item().map(|value| value.as_integer().unwrap_or(0) as i64);
    if array.size() > 0 {
        let (low, high) = (bound(reduce::min(array, &options)?)?, bound(reduce::max(array, &options)?)?);
        if low < -length {
            return Err(out_of_bounds(low, axis, length));
        }
        if high >= length {
            return Err(out_of_bounds(high, axis, length));
        }
        if low >= 0 {
            return call(ops::MULTIPLY, &[Argument::Array(array), Argument::from(view.strides[axis])]);
        }
    }
    let negative = call(ops::LESS, &[Argument::Array(array), Argument::from(0i64)])?;
    let wrapped = call(ops::ADD, &[Argument::Array(array), Argument::from(length)])?;
    let place =
        call(ops::WHERE, &[Argument::Array(&negative), Argument::Array(&wrapped), Argument::Array(array)])?;
    call(ops::MULTIPLY, &[Argument::Array(&place), Argument::from(view.strides[axis])])
}

/// A mask for a write into `x`: a copy where it is `x`'s own memory.
fn mask_for_write(mask: &Array, x: &Array) -> Result<Array> {
    let flat = flat_mask(mask)?;
    if std::sync::Arc::ptr_eq(&flat.operand.node, &x.operand.node) { flat.copy() } else { Ok(flat) }
}

/// A mask as a flat contiguous bool array.
pub(crate) fn flat_mask(mask: &Array) -> Result<Array> {
    let mask = mask.detach().astype_if(DType::Bool)?.contiguous()?;
    mask.reshape(&[mask.size()])
}

/// How many elements of a mask are true.
pub(crate) fn count(flat: &Array) -> Result<i64> {
    if let Some(count) = few::count_nonzero(&flat.operand) {
        return Ok(count);
    }
    if flat.size() == 0 {
        return Ok(0);
    }
    let out = Array::empty(&[1], DType::I64, flat.device())?;
    work::run(&Kernel::Count, std::slice::from_ref(&flat.operand), std::slice::from_ref(&out.operand))?;
    Ok(out.item()?.as_integer().unwrap_or(0) as i64)
}

/// The places of non-zero elements, one int64 array per axis, in C order.
pub fn nonzero(x: &Array) -> Result<Vec<Array>> {
    if let Some(found) = few::nonzero(&x.operand) {
        return found.map(|(node, count)| vec![Array::whole(node, &[count])]);
    }
    let flat = flat_mask(x)?;
    let count = count(&flat)?;
    let places = Array::empty(&[count], DType::I64, x.device())?;
    if count > 0 {
        work::run(
            &Kernel::Nonzero,
            std::slice::from_ref(&flat.operand),
            std::slice::from_ref(&places.operand),
        )?;
    }
    if x.ndim() == 1 {
        return Ok(vec![places]);
    }
    tape::paused(|| unravel(&places, x.shape()))
}

/// Flat C-order places as one index per axis.
pub(crate) fn unravel(places: &Array, shape: &[i64]) -> Result<Vec<Array>> {
    let mut rest = places.clone();
    let mut out = Vec::with_capacity(shape.len());
    for &length in shape.iter().rev() {
        let length = Argument::from(length.max(1));
        out.push(call(ops::REMAINDER, &[Argument::Array(&rest), length])?);
        rest = call(ops::FLOOR_DIVIDE, &[Argument::Array(&rest), length])?;
    }
    out.reverse();
    Ok(out)
}

/// `x` with the axes that the mask covers as one.
fn rows_of(x: &Array, mask: &Array) -> Result<Array> {
    let mut wanted = vec![mask.size()];
    wanted.extend_from_slice(&x.shape()[mask.ndim()..]);
    x.detach().reshape(&wanted)
}

/// The rows of `x` (over the mask's axes) where the mask is true, in C order.
pub(crate) fn compress(x: &Array, mask: &Array) -> Result<Array> {
    let flat = flat_mask(mask)?;
    let mut wanted = vec![count(&flat)?];
    wanted.extend_from_slice(&x.shape()[mask.ndim()..]);
    let out = Array::empty(&wanted, x.dtype(), x.device())?;
    if out.size() > 0 {
        let rows = rows_of(x, mask)?;
        work::run(&Kernel::Compress, &[flat.operand, rows.operand], std::slice::from_ref(&out.operand))?;
    }
    Ok(out)
}

/// `x[mask] = value`, row by row.
pub(crate) fn expand(x: &Array, mask: &Array, value: &Array) -> Result<()> {
    let flat = mask_for_write(mask, x)?;
    let mut wanted = vec![count(&flat)?];
    wanted.extend_from_slice(&x.shape()[mask.ndim()..]);
    if value.view().broadcast_to(&wanted).is_err() {
        let text = if mask.ndim() == x.ndim() && value.ndim() == 1 {
            format!(
                "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where \
                 the mask is true",
                value.size(),
                wanted[0]
            )
        } else {
            format!(
                "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
                shape::tight(value.shape()),
                shape::tight(&wanted)
            )
        };
        return Err(Error::value(text));
    }
    if wanted.contains(&0) {
        return Ok(());
    }
    let values = value.convert(x.dtype(), false)?;
    let values = values.with_view(values.view().broadcast_to(&wanted)?);
    let mut row_shape = vec![mask.size()];
    row_shape.extend_from_slice(&x.shape()[mask.ndim()..]);
    match x.view().reshape(&row_shape) {
        Some(view) => {
            let rows = Operand::new(x.operand.node.clone(), view, x.dtype());
            work::run(&Kernel::Expand, &[flat.operand, values.operand], &[rows])
        }
        None => {
            let copy = rows_of(x, mask)?;
            work::run(&Kernel::Expand, &[flat.operand, values.operand], std::slice::from_ref(&copy.operand))?;
            x.write(&copy.reshape(x.shape())?, true)
        }
    }
}

/// Rows of at least this many elements are added up one place after the other; of shorter ones, finding their order
/// would be most of the work.
const LONG_ROW: i64 = 16;

/// Zeros with rows of the gradient added at the places of the first axis that one integer array names; `None` where it
/// is not that.
pub(crate) fn added_up(
    shape: &[i64],
    dtype: DType,
    device: DeviceRef,
    indices: &[Index],
    gradient: &Array,
) -> Result<Option<Array>> {
    let ([Index::Array(places)], [_, inner @ ..]) = (indices, shape) else { return Ok(None) };
    let long = inner.iter().product::<i64>() >= LONG_ROW && gradient.size() > 0;
    if !places.dtype().is_integer() || !long || !device.backend.is_host() || gradient.dtype() != dtype {
        return Ok(None);
    }
    let places = integers(places)?.contiguous()?;
    let summed = Array::empty(shape, dtype, device)?;
    let inputs = [gradient.detach().contiguous()?.operand, places.operand];
    work::run(&Kernel::AddUp { op: ops::ADD }, &inputs, std::slice::from_ref(&summed.operand))?;
    Ok(Some(summed))
}

/// `x[indices] = op(x[indices])`, as many times as an element is named (`ufunc.at` without a second operand).
pub(crate) fn apply_each(op: &'static Op, x: &Array, indices: &[Index]) -> Result<()> {
    let rounds = occurrences(x, indices)?;
    if rounds.len() < 2 {
        let changed = elementwise::call1(op, &index::get(x, indices)?)?;
        return index::set_now(x, indices, &changed);
    }
    let flat = x.detach().copy()?.reshape(&[-1])?;
    for places in rounds {
        let bytes: Vec<u8> = places.iter().flat_map(|place| place.to_ne_bytes()).collect();
        let places = Array::from_bytes(&bytes, &[places.len() as i64], DType::I64, x.device())?;
        let places = [Index::Array(places)];
        let changed = elementwise::call1(op, &index::get(&flat, &places)?)?;
        index::set_now(&flat, &places, &changed)?;
    }
    x.write(&flat.reshape(x.shape())?, true)
}

/// The flat places that an index names for the first time, for the second time, and so on.
fn occurrences(x: &Array, indices: &[Index]) -> Result<Vec<Vec<i64>>> {
    if !indices.iter().any(|index| matches!(index, Index::Array(_))) {
        return Ok(Vec::new());
    }
    let bytes: Vec<u8> = (0..x.size()).flat_map(i64::to_ne_bytes).collect();
    let places = Array::from_bytes(&bytes, x.shape(), DType::I64, x.device())?;
    let chosen = index::get(&places, indices)?.to_bytes()?;
    let (mut seen, mut rounds) = (HashMap::new(), Vec::<Vec<i64>>::new());
    for bytes in chosen.chunks_exact(8) {
        let place = i64::from_ne_bytes(bytes.try_into().unwrap_or_default());
        let times = seen.entry(place).and_modify(|times| *times += 1).or_insert(0_usize);
        if *times == rounds.len() {
            rounds.push(Vec::new());
        }
        rounds[*times].push(place);
    }
    Ok(rounds)
}
