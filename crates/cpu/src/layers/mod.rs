//! Kernels of layers: softmax and its losses, normalisation over rows and planes, attention, recurrent
//! cells. Called by the device; shapes, dtypes and
//! parameters were checked before. Each row or plane is one task's, and every sum has an order that its length fixes, so
//! neither threads nor the instruction set's width show.

mod attention;
mod ctc;
mod entropy;
mod planes;
mod recurrent;
mod rows;
mod softmax;
mod wide;

use std::ops::{Add, Mul};

use base::{DType, Error, Result};
use graph::Tensor;
use graph::layers::Layer;
use lanes::level::Baseline;
#[cfg(target_arch = "x86_64")]
use lanes::level::{Avx2, Avx512};
use lanes::{Isa, Real};

use crate::gather::operands;
use crate::gemm::panels::Plain;
use crate::gemm::vector::Vector;
use crate::gemm::vector::portable::Pack;
#[cfg(target_arch = "x86_64")]
use crate::gemm::vector::x86;
use crate::scratch::AnyBits;
use crate::vm::stream;
use wide::WideBody;

/// Sums that run beside each other: two or more registers of every instruction set, so that no step waits for the last.
const WIDTH: usize = 32;
/// Outputs of more bytes than this are written past the caches.
const STREAM_BYTES: usize = 8 << 20;
/// So are those that fill this many bytes together with what is read beside them.
const FULL_BYTES: usize = 16 << 20;

/// # Safety
/// As for `Device::run`; tensors are contiguous.
pub(crate) unsafe fn layer(layer: &Layer, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    let Some(first) = outputs.first() else { return Err(operands(layer.name())) };
    match layer {
        // SAFETY: promised by the caller.
        Layer::Attention { causal } => return unsafe { attention::forward(*causal, inputs, outputs) },
        Layer::AttentionGradient { causal } => {
            // SAFETY: as above.
            return unsafe { attention::gradient(*causal, inputs, outputs) };
        }
        _ => {}
    }
    // SAFETY: promised by the caller.
    unsafe {
        match first.dtype {
            DType::F32 => layer_in::<f32>(layer, inputs, outputs),
            DType::F64 => layer_in::<f64>(layer, inputs, outputs),
            other => Err(Error::type_(format!("{}: no kernel for {other}", layer.name()))),
        }
    }
}

unsafe fn layer_in<T: Number + Plain>(layer: &Layer, inputs: &[Tensor], outputs: &[Tensor]) -> Result<()> {
    // SAFETY: promised by the caller.
    unsafe {
        match layer {
            Layer::Softmax(how) => softmax::forward::<T>(how, inputs, outputs),
            Layer::SoftmaxGradient(how) => softmax::gradient::<T>(how, inputs, outputs),
            Layer::CrossEntropy => entropy::forward::<T>(inputs, outputs),
            Layer::CrossEntropyGradient => entropy::gradient::<T>(inputs, outputs),
            Layer::Ctc { blank } => ctc::forward::<T>(*blank, inputs, outputs),
            Layer::CtcGradient { blank } => ctc::gradient::<T>(*blank, inputs, outputs),
            Layer::Rows { centered, epsilon } => rows::forward::<T>(*centered, *epsilon, inputs, outputs),
            Layer::RowsGradient { centered } => rows::gradient::<T>(*centered, inputs, outputs),
            Layer::Planes { planes, epsilon } => planes::forward::<T>(planes, *epsilon, inputs, outputs),
            Layer::PlanesGiven { planes } => planes::given::<T>(planes, inputs, outputs),
            Layer::PlanesGradient { planes } => planes::gradient::<T>(planes, inputs, outputs),
            Layer::Recurrent { cell, reverse } => recurrent::forward::<T>((*cell, *reverse), inputs, outputs),
            Layer::RecurrentGradient { cell, reverse } => {
                recurrent::gradient::<T>((*cell, *reverse), inputs, outputs)
            }
            Layer::Attention { .. } | Layer::AttentionGradient { .. } => Err(operands(layer.name())),
        }
    }
}

/// What these kernels compute in.
pub(crate) trait Number:
    Real + AnyBits + Send + Sync + Add<Output = Self> + Mul<Output = Self> + 'static
{
    /// Registers of the levels, in their order.
    type Narrow: Vector<Scalar = Self>;
    #[cfg(target_arch = "x86_64")]
    type Middle: Vector<Scalar = Self>;
    #[cfg(target_arch = "x86_64")]
    type Wide: Vector<Scalar = Self>;
}

impl Number for f32 {
    type Narrow = Pack<f32, 4>;
    #[cfg(target_arch = "x86_64")]
    type Middle = x86::F32x8;
    #[cfg(target_arch = "x86_64")]
    type Wide = x86::F32x16;
}

impl Number for f64 {
    type Narrow = Pack<f64, 2>;
    #[cfg(target_arch = "x86_64")]
    type Middle = x86::F64x4;
    #[cfg(target_arch = "x86_64")]
    type Wide = x86::F64x8;
}

/// Work that is compiled for every instruction set: `run` is always inlined into a function of its level.
pub(crate) trait Body {
    fn run<I: Isa>(self);
}

/// Runs a body with this machine's instructions.
pub(crate) fn at_level<B: Body>(body: B) {
    #[cfg(target_arch = "x86_64")]
    match lanes::level() {
        // SAFETY: the level says that the machine has these instructions.
        lanes::Level::Avx512 => return unsafe { avx512(body) },
        // SAFETY: as above.
        lanes::Level::Avx2 => return unsafe { avx2(body) },
        lanes::Level::Baseline => {}
    }
    body.run::<Baseline>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx2<B: Body>(body: B) {
    body.run::<Avx2>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi1,bmi2")]
unsafe fn avx512<B: Body>(body: B) {
    body.run::<Avx512>();
}

/// Runs a body that is written in registers with this machine's.
fn at_width<T: Number, B: WideBody<T>>(body: B) {
    #[cfg(target_arch = "x86_64")]
    match lanes::level() {
        // SAFETY: the level says that the machine has these instructions.
        lanes::Level::Avx512 => return unsafe { wide_avx512(body) },
        // SAFETY: as above.
        lanes::Level::Avx2 => return unsafe { wide_avx2(body) },
        lanes::Level::Baseline => {}
    }
    // SAFETY: every machine has these.
    unsafe { body.run::<T::Narrow>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,f16c,bmi1,bmi2")]
unsafe fn wide_avx2<T: Number, B: WideBody<T>>(body: B) {
    // SAFETY: this function is compiled for them.
    unsafe { body.run::<T::Middle>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,bmi1,bmi2")]
unsafe fn wide_avx512<T: Number, B: WideBody<T>>(body: B) {
    // SAFETY: this function is compiled for them.
    unsafe { body.run::<T::Wide>() }
}

/// The elements of a contiguous input.
///
/// # Safety
/// The tensor is contiguous, of element type `T`, and nobody writes to it.
unsafe fn read<T>(tensor: &Tensor) -> &[T] {
    let count: i64 = tensor.shape.iter().product();
    if count == 0 {
        return &[];
    }
    // SAFETY: promised by the caller.
    unsafe { std::slice::from_raw_parts(tensor.data.cast::<T>().cast_const(), count as usize) }
}

/// The elements of a contiguous output, lent out piece by piece.
struct Sheet<T> {
    data: *mut T,
    count: usize,
    /// Whether it is written past the caches.
    streams: bool,
}

// SAFETY: an address; who takes pieces promises that they lie apart.
unsafe impl<T: Send> Sync for Sheet<T> {}

impl<T> Sheet<T> {
    /// # Safety
    /// The tensor is contiguous and of element type `T`; nobody else reads or writes it.
    unsafe fn of(tensor: &Tensor) -> Sheet<T> {
        let count = tensor.shape.iter().product::<i64>() as usize;
        Sheet { data: tensor.data.cast(), count, streams: count * size_of::<T>() > STREAM_BYTES }
    }

    /// Beside so many bytes of inputs that are read once.
    fn beside(self, bytes: usize) -> Sheet<T> {
        Sheet { streams: self.streams || self.count * size_of::<T>() + bytes > FULL_BYTES, ..self }
    }

    /// # Safety
    /// Pieces that live at the same time lie apart.
    #[allow(clippy::mut_from_ref)]
    unsafe fn piece(&self, start: usize, count: usize) -> &mut [T] {
        let end = start.saturating_add(count).min(self.count);
        if start >= end {
            return &mut [];
        }
        // SAFETY: inside the tensor; apart from others by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(start), end - start) }
    }

    /// Lets `work` write a piece: where it lies, or into `room` (of at least its length), which is then copied past the
    /// caches.
    ///
    /// # Safety
    /// As for [`Sheet::piece`]; [`Sheet::finish`] follows on this thread.
    #[inline(always)]
    unsafe fn write(&self, start: usize, count: usize, room: &mut [T], work: impl FnOnce(&mut [T])) {
        // SAFETY: promised by the caller.
        let piece = unsafe { self.piece(start, count) };
        let streams = self.streams && piece.len() <= room.len();
        let (data, bytes) = (piece.as_mut_ptr(), size_of_val(piece));
        // One call, so that the work is compiled into its caller.
        let target = if streams { &mut room[..piece.len()] } else { piece };
        work(target);
        if streams {
            // SAFETY: both have this many bytes and are different memory.
            unsafe { stream::stream(data.cast(), room.as_ptr().cast(), bytes) }
        }
    }

    /// Ends a task's writing.
    fn finish(&self) {
        if self.streams {
            stream::finish();
        }
    }
}

/// The sum of side-by-side sums.
#[inline(always)]
fn total<T: Real>(mut sums: [T; WIDTH]) -> T {
    let mut count = WIDTH;
    while count > 1 {
        count /= 2;
        for at in 0..count {
            sums[at] = sums[at] + sums[at + count];
        }
    }
    sums[0]
}

/// A block of a row.
#[inline(always)]
fn block<T: Copy>(row: &[T]) -> &[T; WIDTH] {
    // SAFETY: callers hand out whole blocks, as `chunks_exact` cuts them.
    unsafe { &*row.as_ptr().cast::<[T; WIDTH]>() }
}

/// What is left of a row behind its whole blocks as a block: `pad` behind it. An empty rest is not to be asked for.
#[inline(always)]
fn rest_block<T: Copy>(rest: &[T], pad: T) -> [T; WIDTH] {
    let mut block = [pad; WIDTH];
    block[..rest.len()].copy_from_slice(rest);
    block
}

/// The sum over a row of `term(x)`.
#[inline(always)]
fn sum_of<T: Real>(x: &[T], term: impl Fn(T) -> T) -> T {
    let mut sums = [T::ZERO; WIDTH];
    let chunks = x.chunks_exact(WIDTH);
    let rest = chunks.remainder();
    for x in chunks {
        let x = block(x);
        for lane in 0..WIDTH {
            sums[lane] = sums[lane] + term(x[lane]);
        }
    }
    if let Some(&first) = rest.first() {
        let x = rest_block(rest, first);
        for lane in 0..WIDTH {
            let term = term(x[lane]);
            sums[lane] = sums[lane] + if lane < rest.len() { term } else { T::ZERO };
        }
    }
    total(sums)
}

/// Writes `term(x)` of a row, and gives the sum.
#[inline(always)]
fn sum_into<T: Real>(to: &mut [T], x: &[T], term: impl Fn(T) -> T) -> T {
    let mut sums = [T::ZERO; WIDTH];
    let whole = x.len().min(to.len()) / WIDTH * WIDTH;
    let ((to, to_rest), (x, rest)) = (to.split_at_mut(whole), x.split_at(whole));
    for (to, x) in to.chunks_exact_mut(WIDTH).zip(x.chunks_exact(WIDTH)) {
        let x = block(x);
        for lane in 0..WIDTH {
            let term = term(x[lane]);
            to[lane] = term;
            sums[lane] = sums[lane] + term;
        }
    }
    if let Some(&first) = rest.first() {
        let mut x = rest_block(rest, first);
        for lane in 0..WIDTH {
            x[lane] = term(x[lane]);
            sums[lane] = sums[lane] + if lane < rest.len() { x[lane] } else { T::ZERO };
        }
        to_rest.copy_from_slice(&x[..rest.len()]);
    }
    total(sums)
}

/// The sums over two rows of the two numbers of `term(x, y)`.
#[inline(always)]
fn sums_of<T: Real>(x: &[T], y: &[T], term: impl Fn(T, T) -> (T, T)) -> (T, T) {
    let (mut first, mut second) = ([T::ZERO; WIDTH], [T::ZERO; WIDTH]);
    let (xs, ys) = (x.chunks_exact(WIDTH), y.chunks_exact(WIDTH));
    let rest = xs.remainder().iter().zip(ys.remainder());
    for (x, y) in xs.zip(ys) {
        let (x, y) = (block(x), block(y));
        for lane in 0..WIDTH {
            let (a, b) = term(x[lane], y[lane]);
            first[lane] = first[lane] + a;
            second[lane] = second[lane] + b;
        }
    }
    for (lane, (&x, &y)) in rest.enumerate() {
        let (a, b) = term(x, y);
        first[lane] = first[lane] + a;
        second[lane] = second[lane] + b;
    }
    (total(first), total(second))
}

/// The greatest element of a row; what nan there is may be passed over.
#[inline(always)]
fn greatest<T: Real>(x: &[T]) -> T {
    let mut most = [-T::INFINITY; WIDTH];
    let chunks = x.chunks_exact(WIDTH);
    let rest = chunks.remainder();
    let pick = |a: T, b: T| if b > a { b } else { a };
    for x in chunks {
        let x = block(x);
        for lane in 0..WIDTH {
            most[lane] = pick(most[lane], x[lane]);
        }
    }
    if !rest.is_empty() {
        let x = rest_block(rest, -T::INFINITY);
        for lane in 0..WIDTH {
            most[lane] = pick(most[lane], x[lane]);
        }
    }
    let mut count = WIDTH;
    while count > 1 {
        count /= 2;
        for at in 0..count {
            most[at] = pick(most[at], most[at + count]);
        }
    }
    most[0]
}
