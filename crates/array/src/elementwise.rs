//! Elementwise operators over arrays: dtype resolution, broadcasting, memory order, `out=`, `where=`. One road for
//! every row of the op book; formulas and gradients of rows stand in `symbolic` and `gradient`.

use std::sync::Arc;

use base::promote::{self, Weak};
use base::{DType, Dims, Error, Op, Result, Rule, Scalar, View, shape};
use graph::eager::{self, Small};
use graph::engine;
use graph::node::Sources;
use graph::{DeviceRef, Operand, Source};
use smallvec::SmallVec;

use crate::array::inverse;
use crate::{Array, gradient, reduce, symbolic, tape};

/// An operand as users give it.
#[derive(Clone, Copy, Debug)]
pub enum Argument<'a> {
    Array(&'a Array),
    /// A Python number: it takes part with its kind only.
    Scalar(Weak, Scalar),
}

impl<'a> From<&'a Array> for Argument<'a> {
    fn from(array: &'a Array) -> Argument<'a> {
        Argument::Array(array)
    }
}

impl From<f64> for Argument<'_> {
    fn from(value: f64) -> Self {
        Argument::Scalar(Weak::Float, Scalar::F64(value))
    }
}

impl From<i64> for Argument<'_> {
    fn from(value: i64) -> Self {
        Argument::Scalar(Weak::Integer, Scalar::I64(value))
    }
}

impl From<bool> for Argument<'_> {
    fn from(value: bool) -> Self {
        Argument::Scalar(Weak::Bool, Scalar::Bool(value))
    }
}

pub(crate) type Arguments<'a> = SmallVec<[Argument<'a>; 3]>;

/// `op` applied to the arguments.
///
/// # Errors
/// Type: a dtype that the operator does not take. Value: shapes that do not broadcast. Overflow: a Python integer that
/// the dtype cannot hold.
pub fn call(op: &'static Op, arguments: &[Argument]) -> Result<Array> {
    if let Some(result) = call_small(op, arguments) {
        if !tape::is_recording() {
            return result;
        }
        return result.map(|output| {
            // the short road is for arrays of one dtype, in which it computes
            let compute = common_dtype(arguments);
            gradient::record_call(op, arguments, compute, output)
        });
    }
    call_in(op, arguments, None).map_err(|error| error.in_operator(op.name))
}

/// One array in, one out.
pub fn call1(op: &'static Op, x: &Array) -> Result<Array> {
    call(op, &[Argument::Array(x)])
}

/// Two arrays in, one out.
pub fn call2(op: &'static Op, x: &Array, y: &Array) -> Result<Array> {
    call(op, &[Argument::Array(x), Argument::Array(y)])
}

pub(crate) fn add(x: &Array, y: &Array) -> Result<Array> {
    call2(ops::ADD, x, y)
}

pub(crate) fn multiply(x: &Array, y: &Array) -> Result<Array> {
    call2(ops::MULTIPLY, x, y)
}

/// The shortest road: small host arrays of one dtype, or one such array and a number, result in C order; not recorded yet.
#[inline]
fn call_small(op: &'static Op, arguments: &[Argument]) -> Option<Result<Array>> {
    if !matches!(op.rule, Rule::Common | Rule::Quotient) || arguments.len() > 2 {
        return None;
    }
    let mut arrays = arguments.iter().filter_map(|argument| match argument {
        Argument::Array(array) => Some(*array),
        Argument::Scalar(..) => None,
    });
    let (first, second) = (arrays.next()?, arrays.next());
    let dtype = first.dtype();
    if op.refused.contains(&dtype) || (op == ops::POWER && dtype.is_integer()) {
        return None;
    }
    if tape::is_recording() && !dtype.is_inexact() {
        return None;
    }
    if let Some(second) = second
        && !Arc::ptr_eq(&first.operand.view, &second.operand.view)
        && second.shape() != first.shape()
    {
        return call_small_broadcast(op, first, second);
    }
    if !second.is_none_or(|second| second.dtype() == dtype && in_c_order(second)) || !in_c_order(first) {
        return None;
    }
    let mut operands = [Small::Nothing; 2];
    for (slot, argument) in operands.iter_mut().zip(arguments) {
        *slot = match argument {
            Argument::Array(array) => Small::Operand(&array.operand, array.view()),
            Argument::Scalar(weak, value) => {
                let kept = promote::promote_weak(dtype, *weak) == dtype;
                if !kept || (dtype.is_integer() && !fits(*value, dtype)) {
                    return None;
                }
                Small::Scalar(*value)
            }
        };
    }
    let node = eager::small(op, dtype, operands, first.size())?;
    Some(node.map(|node| first.alike(node)))
}

/// Whether a result in the memory order of this operand is in C order.
#[inline]
fn in_c_order(array: &Array) -> bool {
    array.ndim() < 2 || array.view().is_contiguous()
}

/// [`call_small`] of two arrays whose shapes differ.
fn call_small_broadcast(op: &'static Op, first: &Array, second: &Array) -> Option<Result<Array>> {
    if first.dtype() != second.dtype() || first.size().max(second.size()) > engine::EAGER_LIMIT {
        return None;
    }
    let shape = shape::broadcast(&[first.shape(), second.shape()]).ok()?;
    let views =
        [Some(first.view().broadcast_to(&shape).ok()?), Some(second.view().broadcast_to(&shape).ok()?)];
    if memory_order(&shape, &views).is_some() {
        return None;
    }
    let [Some(a), Some(b)] = &views else { return None };
    let operands = [Small::Operand(&first.operand, a), Small::Operand(&second.operand, b)];
    let node = eager::small(op, first.dtype(), operands, a.size())?;
    Some(node.map(|node| Array::whole(node, &shape)))
}

fn fits(value: Scalar, dtype: DType) -> bool {
    match (value.as_integer(), dtype.integer_range()) {
        (Some(value), Some((low, high))) => low <= value && value <= high,
        _ => true,
    }
}

/// The dtype that `op` computes in for these arguments.
pub fn compute_dtype(op: &'static Op, arguments: &[Argument]) -> Result<DType> {
    let considered = match op.rule {
        Rule::Common | Rule::Quotient | Rule::Widest => arguments,
        Rule::First => &arguments[..1],
        Rule::Select => &arguments[1..],
    };
    promote::resolve(op, common_dtype(considered))
}

/// The common dtype of arrays and Python numbers.
pub fn common_dtype(arguments: &[Argument]) -> DType {
    let mut arrays = arguments.iter().filter_map(|argument| match argument {
        Argument::Array(array) => Some(array.dtype()),
        Argument::Scalar(..) => None,
    });
    let weak = arguments.iter().filter_map(|argument| match argument {
        Argument::Scalar(weak, _) => Some(*weak),
        Argument::Array(_) => None,
    });
    match arrays.next() {
        // the order of two does not matter, and most calls have no more
        Some(first) if arguments.len() <= 2 => {
            weak.fold(arrays.fold(first, promote::promote), promote::promote_weak)
        }
        Some(first) => {
            let strong = promote::promote_all(std::iter::once(first).chain(arrays)).unwrap_or(first);
            weak.fold(strong, promote::promote_weak)
        }
        None => promote::weak_default(weak.max().unwrap_or(Weak::Float)),
    }
}

/// [`call`] computing in a given dtype (`dtype=` of a ufunc), or in the one that follows from the arguments.
pub fn call_in(op: &'static Op, arguments: &[Argument], compute: Option<DType>) -> Result<Array> {
    let compute = match compute {
        Some(compute) => promote::resolve(op, compute)?,
        None => compute_dtype(op, arguments)?,
    };
    let compute = check_integers(op, arguments, compute)?;
    if op.kind == base::Kind::Compare2
        && compute == DType::F64
        && let Some(compared) = crate::mixed_signs::compare(op, arguments)?
    {
        return Ok(compared);
    }
    check_exponents(op, arguments, compute)?;
    let device = common_device(arguments)?;
    let formula = op.formula.filter(|_| (op.loops)(compute).is_none() && (op.loops)(DType::F32).is_none());
    if let Some(formula) = formula {
        return symbolic::call_formula(op, formula, arguments, compute, device);
    }
    let output = evaluate(op, arguments, compute, device)?;
    Ok(gradient::record_call(op, arguments, compute, output))
}

/// Python integers must fit the dtype they are converted to; comparisons rather compare in a wider dtype.
fn check_integers(op: &'static Op, arguments: &[Argument], compute: DType) -> Result<DType> {
    for argument in arguments {
        if let Argument::Scalar(Weak::Integer, value) = argument
            && compute.is_integer()
            && !fits(*value, compute)
        {
            let comparison = op.kind == base::Kind::Compare2 && fits(*value, DType::I64);
            if comparison {
                // a negative number is below every uint64, also after rounding
                return Ok(if compute == DType::U64 { DType::F64 } else { DType::I64 });
            }
            return Err(Error::overflow(format!("Python integer {value} out of bounds for {compute}")));
        }
    }
    Ok(compute)
}

/// Integers have no negative powers.
fn check_exponents(op: &'static Op, arguments: &[Argument], compute: DType) -> Result<()> {
    if op != ops::POWER || !compute.is_signed() {
        return Ok(());
    }
    let negative = match &arguments[1] {
        Argument::Scalar(_, value) => value.as_integer().is_some_and(|value| value < 0),
        Argument::Array(array) if array.dtype().is_signed() && array.size() > 0 => {
            let least = reduce::min(&array.detach(), &reduce::Options::default())?.item()?;
            least.as_integer().is_some_and(|value| value < 0)
        }
        Argument::Array(_) => false,
    };
    if negative {
        return Err(Error::value("Integers to negative integer powers are not allowed."));
    }
    Ok(())
}

/// The device of all array arguments; numbers follow them.
pub(crate) fn common_device(arguments: &[Argument]) -> Result<DeviceRef> {
    let mut found: Option<DeviceRef> = None;
    for argument in arguments {
        if let Argument::Array(array) = argument {
            match found {
                Some(device) if device.id != array.device().id => {
                    return Err(Error::runtime(format!(
                        "arrays are on different devices, {} and {}; move one with to_device()",
                        device.id,
                        array.device().id
                    )));
                }
                _ => found = Some(array.device()),
            }
        }
    }
    match found {
        Some(device) => Ok(device),
        None => graph::device::device(graph::DeviceId::CPU),
    }
}

/// Runs the row's loop over broadcast arguments, in the memory order that they agree on; not recorded.
fn evaluate(op: &'static Op, arguments: &[Argument], compute: DType, device: DeviceRef) -> Result<Array> {
    if let Some((first, sources)) = alike_sources(op, arguments, compute) {
        return Ok(first.alike(engine::map(Some(op), compute, first.shape(), sources, device)?));
    }
    let shapes: SmallVec<[&[i64]; 3]> = arguments
        .iter()
        .filter_map(|argument| match argument {
            Argument::Array(array) => Some(array.shape()),
            Argument::Scalar(..) => None,
        })
        .collect();
    let shape = shape::broadcast(&shapes)?;
    let mut views: SmallVec<[Option<View>; 3]> = SmallVec::new();
    for argument in arguments {
        views.push(match argument {
            Argument::Array(array) => Some(array.view().broadcast_to(&shape)?),
            Argument::Scalar(..) => None,
        });
    }
    let order = memory_order(&shape, &views);
    let mut sources = Sources::new();
    for (index, (argument, view)) in arguments.iter().zip(views).enumerate() {
        sources.push(match (argument, view) {
            (Argument::Array(array), Some(view)) => {
                let view = order.as_ref().map_or(view.clone(), |order| view.permute(order));
                Source::Operand(Operand::new(array.operand.node.clone(), view, array.dtype()))
            }
            (Argument::Scalar(_, value), _) => Source::Scalar(value.cast(op.kind.source(index, compute))),
            (Argument::Array(array), None) => array.source(),
        });
    }
    Ok(match order {
        None => Array::whole(engine::map(Some(op), compute, &shape, sources, device)?, &shape),
        Some(order) => {
            let permuted: Dims = order.iter().map(|&axis| shape[axis]).collect();
            let array = Array::whole(engine::map(Some(op), compute, &permuted, sources, device)?, &permuted);
            array.with_view(array.view().permute(&inverse(&order)))
        }
    })
}

/// The sources of arrays that all have one shape and lie in C order, and numbers: no views are made for them.
fn alike_sources<'a>(
    op: &'static Op,
    arguments: &[Argument<'a>],
    compute: DType,
) -> Option<(&'a Array, Sources)> {
    let mut first: Option<&Array> = None;
    let mut sources = Sources::new();
    for (index, argument) in arguments.iter().enumerate() {
        sources.push(match *argument {
            Argument::Array(array) => {
                let leader = *first.get_or_insert(array);
                if array.shape() != leader.shape() || !array.view().is_contiguous() {
                    return None;
                }
                Source::Operand(array.operand.clone())
            }
            Argument::Scalar(_, value) => Source::Scalar(value.cast(op.kind.source(index, compute))),
        });
    }
    Some((first?, sources))
}

/// The axis order that the operands' memory agrees on (NumPy's `order='K'`); `None` for C order.
fn memory_order(shape: &[i64], views: &[Option<View>]) -> Option<Vec<usize>> {
    if shape.len() < 2 || views.iter().flatten().all(View::is_contiguous) {
        return None;
    }
    let mut order: Vec<usize> = (0..shape.len()).collect();
    for at in 1..order.len() {
        let mut place = at;
        while place > 0 && swaps(shape, views, order[place - 1], order[place]) {
            order.swap(place - 1, place);
            place -= 1;
        }
    }
    order.iter().enumerate().any(|(at, &axis)| at != axis).then_some(order)
}

/// Whether axis `right` should be walked outside axis `left`: some operand says so and none objects.
fn swaps(shape: &[i64], views: &[Option<View>], left: usize, right: usize) -> bool {
    let mut wanted = false;
    for view in views.iter().flatten() {
        let (a, b) = (view.strides[left].abs(), view.strides[right].abs());
        if shape[left] == 1 || shape[right] == 1 || a == 0 || b == 0 {
            continue;
        }
        if a >= b {
            return false;
        }
        wanted = true;
    }
    wanted
}

/// `op` into an existing array: `out=` and in-place operators. `casting` must allow result -> out; with `mask`, only
/// where it is true.
pub fn call_into(
    op: &'static Op,
    arguments: &[Argument],
    out: &Array,
    mask: Option<&Array>,
    compute: Option<DType>,
    casting: promote::Casting,
) -> Result<()> {
    out.check_writable(op.name)?;
    let kept = if tape::is_recording() { apart_from(out, arguments)? } else { Vec::new() };
    let spared: Arguments = arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| kept.get(index).and_then(Option::as_ref).map_or(*argument, Argument::Array))
        .collect();
    let result = call_in(op, &spared, compute).map_err(|error| error.in_operator(op.name))?;
    check_out(op, &result, out, casting)?;
    assign_recorded(op.name, out, result, mask)
}

/// Copies of the arguments that `out`'s memory holds: the tape needs their values after the write.
fn apart_from(out: &Array, arguments: &[Argument]) -> Result<Vec<Option<Array>>> {
    let linked = |argument: &Argument| matches!(argument, Argument::Array(array) if array.link().is_some());
    if !arguments.iter().any(linked) {
        return Ok(Vec::new());
    }
    let copy = |argument: &Argument| match argument {
        Argument::Array(array) if std::sync::Arc::ptr_eq(&array.operand.node, &out.operand.node) => {
            let copy = array.copy()?;
            copy.set_link(array.link());
            Ok(Some(copy))
        }
        _ => Ok(None),
    };
    arguments.iter().map(copy).collect()
}

fn check_out(op: &'static Op, result: &Array, out: &Array, casting: promote::Casting) -> Result<()> {
    if !promote::can_cast(result.dtype(), out.dtype(), casting) {
        return Err(Error::type_(format!(
            "Cannot cast ufunc '{}' output from {} to {} with casting rule '{}'; compute into a new array, or cast it \
             with astype()",
            op.name,
            result.dtype(),
            out.dtype(),
            casting.name()
        )));
    }
    let fits = result.shape() == out.shape()
        || shape::broadcast(&[result.shape(), out.shape()])?.as_slice() == out.shape();
    if !fits {
        return Err(Error::value(format!(
            "{}: non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
            op.name,
            shape::tight(out.shape()),
            shape::tight(result.shape())
        )));
    }
    Ok(())
}

/// Writes an operator's result into `out` and moves the result's place on the tape to it.
pub(crate) fn assign_recorded(
    name: &'static str,
    out: &Array,
    result: Array,
    mask: Option<&Array>,
) -> Result<()> {
    let result = match mask {
        None => result,
        Some(mask) => {
            let arguments = [Argument::Array(mask), Argument::Array(&result), Argument::Array(out)];
            call(ops::WHERE, &arguments)?
        }
    };
    crate::index::write_recorded(name, out, result)
}
