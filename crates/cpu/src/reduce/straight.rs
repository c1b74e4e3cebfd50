//! Inputs that lie across the order of folding. The order is fixed by the shape, so a large transposed input would tear
//! one element out of each cache line, again and again; it is cheaper to turn it once into a copy in C order.

use std::slice::from_ref;
use std::sync::Arc;

use base::DType;
use graph::{Action, DeviceId, Input, Node, Output, Program, Tensor, work};

use crate::vm::map::map;

/// Smaller inputs stay in the cache however they are read.
const LARGE: i64 = 64 * 1024;
const LINE: i64 = 64;

/// An input, or its copy in C order.
pub(crate) struct Straight {
    pub tensor: Tensor,
    /// Keeps the copy's memory, which comes from the device's cache of freed buffers.
    _copy: Option<Arc<Node>>,
}

impl Straight {
    /// Turns the input where that pays and memory suffices.
    ///
    /// # Safety
    /// The input's elements lie in live memory.
    pub unsafe fn new(input: &Tensor) -> Straight {
        if lies_across(input) {
            // SAFETY: promised by the caller.
            if let Some(turned) = unsafe { turn(input) } {
                return turned;
            }
        }
        Straight { tensor: input.clone(), _copy: None }
    }
}

/// Whether the input is large, lies along another axis than the last long one, and has no broadcast axes.
pub(crate) fn lies_across(input: &Tensor) -> bool {
    let size = input.dtype.size() as i64;
    let axes = || input.shape.iter().zip(&input.strides).filter(|(length, _)| **length > 1);
    let torn = axes().next_back().is_some_and(|(&length, &stride)| length > 8 && stride.abs() * size >= LINE);
    torn && !input.data.is_null()
        && axes().any(|(&length, &stride)| stride.abs() == 1 && length * size >= LINE)
        && axes().all(|(_, &stride)| stride != 0)
        && input.shape.iter().product::<i64>() * size >= LARGE
}

/// # Safety
/// The input's elements lie in live memory.
unsafe fn turn(input: &Tensor) -> Option<Straight> {
    let device = graph::device::device(DeviceId::CPU).ok()?;
    let copy_of_it = work::allocate(input.dtype, input.shape.iter().product(), device).ok()?;
    let (data, _) = copy_of_it.memory()?;
    let strides = base::shape::contiguous_strides(&input.shape);
    let straight = Straight {
        tensor: Tensor { data: data.as_ptr(), strides, ..input.clone() },
        _copy: Some(copy_of_it),
    };
    // SAFETY: the copy has room for every element of the input.
    let outcome =
        unsafe { map(&copy(input.dtype), &[], &input.shape, from_ref(input), from_ref(&straight.tensor)) };
    outcome.ok().map(|()| straight)
}

fn copy(dtype: DType) -> Program {
    Program {
        inputs: vec![Input::Memory(dtype)],
        outputs: vec![Output { slot: 0, action: Action::Store }],
        ..Program::default()
    }
}
