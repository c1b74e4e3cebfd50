//! Discrete Fourier transforms along the last axis, any length, by the crates rustfft and realfft. Called by the device.
//! Lines that lie in one piece are transformed into the output; others are gathered into working memory, cut or filled with
//! zeros, transformed, scaled and stored, several neighbouring lines at a time, so that transforms along other axes of an
//! array read whole cache lines.

mod lines;
mod long;

use std::collections::HashMap;
use std::hash::Hash;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, PoisonError};

use base::{DType, Result};
use graph::{Fourier, Tensor};
use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};

use self::lines::{LINES, apart, read_lines, write_lines};
use self::long::{Line, Long};
use crate::gather::operands;
use crate::pool;
use crate::rows::Shared;
use crate::scratch::{AnyBits, Scratch};

/// Elements that one task should at least transform.
const TASK_ELEMENTS: usize = 1 << 14;
/// Plans that are kept per precision and kind; beyond, they are forgotten and made again.
const MOST_PLANS: usize = 256;

/// x -> its transform times `scale`.
///
/// # Safety
/// As for `Device::run`; the operands are as [`Fourier`] says.
pub(crate) unsafe fn transform(
    transform: Fourier,
    scale: f64,
    inputs: &[Tensor],
    outputs: &[Tensor],
) -> Result<()> {
    let ([x], [out]) = (inputs, outputs) else { return Err(operands("fourier")) };
    if x.shape.is_empty() || x.shape.len() != out.shape.len() || out.shape.contains(&0) {
        return Ok(());
    }
    // SAFETY: promised by the caller; the types are those of the dtypes.
    unsafe {
        match (x.dtype, out.dtype) {
            (DType::F32 | DType::C64, DType::F32 | DType::C64) => run::<f32>(transform, scale as f32, x, out),
            (DType::F64 | DType::C128, DType::F64 | DType::C128) => run::<f64>(transform, scale, x, out),
            _ => Err(operands("fourier")),
        }
    }
}

/// Plans by length (and direction), made once.
struct Plans<K, P: ?Sized>(Mutex<Option<HashMap<K, Arc<P>>>>);

impl<K: Hash + Eq, P: ?Sized> Plans<K, P> {
    const fn new() -> Plans<K, P> {
        Plans(Mutex::new(None))
    }

    fn get(&self, key: K, make: impl FnOnce() -> Arc<P>) -> Arc<P> {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let plans = plans.get_or_insert_with(HashMap::new);
        if plans.len() >= MOST_PLANS && !plans.contains_key(&key) {
            plans.clear();
        }
        plans.entry(key).or_insert_with(make).clone()
    }
}

/// A precision with its plans.
trait Precision: FftNum + Default + AnyBits {
    fn complex(length: usize, inverse: bool) -> Arc<dyn Fft<Self>>;
    /// Of lengths that are worth several threads.
    fn long(length: usize, inverse: bool) -> Option<Arc<Long<Self>>>;
    fn forward(length: usize) -> Arc<dyn RealToComplex<Self>>;
    fn inverse(length: usize) -> Arc<dyn ComplexToReal<Self>>;
}

macro_rules! precision {
    ($($real:ty),*) => {$(
        impl Precision for $real {
            fn complex(length: usize, inverse: bool) -> Arc<dyn Fft<$real>> {
                static PLANS: Plans<(usize, bool), dyn Fft<$real>> = Plans::new();
                let direction = if inverse { FftDirection::Inverse } else { FftDirection::Forward };
                PLANS.get((length, inverse), || FftPlanner::new().plan_fft(length, direction))
            }
            fn long(length: usize, inverse: bool) -> Option<Arc<Long<$real>>> {
                static PLANS: Plans<(usize, bool), Long<$real>> = Plans::new();
                long::cut(length)?;
                Some(PLANS.get((length, inverse), || Arc::new(Long::new(length, inverse))))
            }
            fn forward(length: usize) -> Arc<dyn RealToComplex<$real>> {
                static PLANS: Plans<usize, dyn RealToComplex<$real>> = Plans::new();
                PLANS.get(length, || RealFftPlanner::new().plan_fft_forward(length))
            }
            fn inverse(length: usize) -> Arc<dyn ComplexToReal<$real>> {
                static PLANS: Plans<usize, dyn ComplexToReal<$real>> = Plans::new();
                PLANS.get(length, || RealFftPlanner::new().plan_fft_inverse(length))
            }
        }
    )*};
}
precision!(f32, f64);

/// The plan of a whole kernel.
enum Plan<R: Precision> {
    Complex(Arc<dyn Fft<R>>),
    /// The half spectrum of real lines; `mirror` fills in the other half, conjugated the other way with `inverse`.
    Forward {
        plan: Arc<dyn RealToComplex<R>>,
        mirror: bool,
        inverse: bool,
    },
    Inverse(Arc<dyn ComplexToReal<R>>),
}

/// # Safety
/// As for [`transform`]; both dtypes are of this precision.
unsafe fn run<R: Precision>(transform: Fourier, scale: R, x: &Tensor, out: &Tensor) -> Result<()> {
    let last = x.shape.len() - 1;
    let (real_in, real_out) = (!x.dtype.is_complex(), !out.dtype.is_complex());
    let (plan, length) = match transform {
        Fourier::Complex { inverse } if !real_out => {
            let length = out.shape[last] as usize;
            let plan = if real_in {
                Plan::Forward { plan: R::forward(length), mirror: true, inverse }
            } else {
                Plan::Complex(R::complex(length, inverse))
            };
            (plan, length)
        }
        Fourier::RealForward { length } if real_in && !real_out && length > 0 => {
            let length = length as usize;
            (Plan::Forward { plan: R::forward(length), mirror: false, inverse: false }, length)
        }
        Fourier::RealInverse if real_out && !real_in => {
            let length = out.shape[last] as usize;
            (Plan::Inverse(R::inverse(length)), length)
        }
        _ => return Err(operands("fourier")),
    };
    let lines = Lines::new(x, out);
    let (taken, written) = (lines.taken(length, &plan), out.shape[last] as usize);
    let sizes = Sizes { length, taken, written };
    let tasks = TASK_ELEMENTS / length.max(1);
    if let (Plan::Complex(_), Fourier::Complex { inverse }) = (&plan, transform)
        && taken == length
        && let Some(plan) = R::long(length, inverse)
    {
        let between = Scratch::new::<Complex<R>>(length);
        for line in 0..lines.count {
            // SAFETY: promised by the caller; the working memory is as long as a line.
            unsafe { plan.transform(&lines.complex(line, between.pointer()), scale) }
        }
        return Ok(());
    }
    if x.strides[last] == 1 && out.strides[last] == 1 && taken > 0 {
        pool::parallel_ranges(lines.count as i64, tasks.max(1) as i64, &|begin, end| {
            let mut room = Room::new(&plan, sizes, 1);
            for line in begin as usize..end as usize {
                // SAFETY: promised by the caller; every line is another part of the output.
                unsafe { lines.in_place(&mut room, &plan, line, scale) }
            }
        });
        return Ok(());
    }
    let together = LINES.min(lines.count);
    let grain = tasks.max(1).next_multiple_of(together);
    pool::parallel_ranges(lines.count as i64, grain as i64, &|begin, end| {
        let mut room = Room::new(&plan, sizes, together);
        for first in (begin as usize..end as usize).step_by(LINES) {
            let count = LINES.min(end as usize - first);
            // SAFETY: promised by the caller; every line is another part of the output.
            unsafe {
                lines.load(&mut room, first, count);
                for line in 0..count {
                    room.transform(&plan, line, scale);
                }
                lines.store(&mut room, first, count);
            }
        }
    });
    Ok(())
}

/// The lines of both tensors.
struct Lines<'a> {
    x: &'a Tensor,
    out: &'a Tensor,
    count: usize,
}

// SAFETY: the input is only read, and every task writes other lines of the output.
unsafe impl Sync for Lines<'_> {}

impl<'a> Lines<'a> {
    fn new(x: &'a Tensor, out: &'a Tensor) -> Lines<'a> {
        let outer = &out.shape[..out.shape.len() - 1];
        Lines { x, out, count: outer.iter().product::<i64>() as usize }
    }

    /// How many elements of a line of the input take part.
    fn taken<R: Precision>(&self, length: usize, plan: &Plan<R>) -> usize {
        let wanted = if matches!(plan, Plan::Inverse(_)) { length / 2 + 1 } else { length };
        wanted.min(self.x.shape[self.x.shape.len() - 1] as usize)
    }

    fn offset(tensor: &Tensor, line: usize) -> i64 {
        let (mut left, mut offset) = (line as i64, 0);
        for axis in (0..tensor.shape.len() - 1).rev() {
            offset += left % tensor.shape[axis] * tensor.strides[axis];
            left /= tensor.shape[axis];
        }
        offset
    }

    /// A line of complex numbers, and room for as many.
    fn complex<R: Precision>(&self, line: usize, between: *mut Complex<R>) -> Line<R> {
        let last = self.x.shape.len() - 1;
        let size = size_of::<Complex<R>>();
        let from = Shared::new(self.x.data).at(Lines::offset(self.x, line), size);
        Line {
            from: from.cast::<Complex<R>>().cast_const(),
            from_step: self.x.strides[last] as isize,
            to: Shared::new(self.out.data).at(Lines::offset(self.out, line), size).cast(),
            to_step: self.out.strides[last] as isize,
            between,
        }
    }

    /// Transforms a line from where it lies to where it belongs; both lie in one piece.
    ///
    /// # Safety
    /// As for [`Lines::load`], and nobody else writes this line.
    unsafe fn in_place<R: Precision>(&self, room: &mut Room<R>, plan: &Plan<R>, line: usize, scale: R) {
        let (from, to) = (Lines::offset(self.x, line), Lines::offset(self.out, line));
        let (from_size, to_size) = (self.x.dtype.size(), self.out.dtype.size());
        let (taken, written) = (room.sizes.taken, room.sizes.written);
        // SAFETY: promised by the caller; the element types are those that the plan is for.
        unsafe {
            let from = Shared::new(self.x.data).at(from, from_size).cast_const();
            let to = Shared::new(self.out.data).at(to, to_size);
            match plan {
                Plan::Complex(plan) => {
                    let from = std::slice::from_raw_parts(from.cast::<Complex<R>>(), taken);
                    let to = std::slice::from_raw_parts_mut(to.cast::<Complex<R>>(), written);
                    to[..taken].copy_from_slice(from);
                    to[taken..].fill(Complex::default());
                    plan.process_with_scratch(to, room.scratch.slice(room.scratch_length));
                    multiply(to, scale);
                }
                Plan::Forward { plan, mirror, inverse } => {
                    let from = std::slice::from_raw_parts(from.cast::<R>(), taken);
                    let to = std::slice::from_raw_parts_mut(to.cast::<Complex<R>>(), written);
                    let real = room.real.slice(room.sizes.length);
                    real[..taken].copy_from_slice(from);
                    real[taken..].fill(R::default());
                    let half = room.sizes.length / 2 + 1;
                    let scratch = room.scratch.slice(room.scratch_length);
                    let _ = plan.process_with_scratch(real, &mut to[..half], scratch);
                    multiply(&mut to[..half], scale);
                    if *mirror {
                        mirror_half(to, half, *inverse);
                    }
                }
                Plan::Inverse(plan) => {
                    let from = std::slice::from_raw_parts(from.cast::<Complex<R>>(), taken);
                    let to = std::slice::from_raw_parts_mut(to.cast::<R>(), written);
                    let complex = room.complex.slice(room.sizes.length / 2 + 1);
                    complex[..taken].copy_from_slice(from);
                    complex[taken..].fill(Complex::default());
                    backward(plan, complex, to, room.scratch.slice(room.scratch_length), scale);
                }
            }
        }
    }

    /// # Safety
    /// The lines exist, and the room is for elements of these tensors.
    unsafe fn load<R: Precision>(&self, room: &mut Room<R>, first: usize, count: usize) {
        let step = self.x.strides[self.x.shape.len() - 1] as isize;
        let starts: Vec<i64> = (first..first + count).map(|line| Lines::offset(self.x, line)).collect();
        let data = Shared::new(self.x.data);
        // SAFETY: promised by the caller.
        unsafe {
            if self.x.dtype.is_complex() {
                let size = size_of::<Complex<R>>();
                let starts: Vec<*const Complex<R>> =
                    starts.iter().map(|&at| data.at(at, size).cast::<Complex<R>>().cast_const()).collect();
                read_lines(
                    &starts,
                    step,
                    room.sizes.taken,
                    room.complex_length,
                    room.complex_step,
                    room.complex(),
                );
            } else {
                let size = size_of::<R>();
                let starts: Vec<*const R> =
                    starts.iter().map(|&at| data.at(at, size).cast::<R>().cast_const()).collect();
                read_lines(&starts, step, room.sizes.taken, room.real_length, room.real_step, room.real());
            }
        }
    }

    /// # Safety
    /// As for [`Lines::load`], and nobody else writes these lines.
    unsafe fn store<R: Precision>(&self, room: &mut Room<R>, first: usize, count: usize) {
        let last = self.out.shape.len() - 1;
        let (step, length) = (self.out.strides[last] as isize, self.out.shape[last] as usize);
        let starts: Vec<i64> = (first..first + count).map(|line| Lines::offset(self.out, line)).collect();
        let data = Shared::new(self.out.data);
        // SAFETY: promised by the caller.
        unsafe {
            if self.out.dtype.is_complex() {
                let size = size_of::<Complex<R>>();
                let starts: Vec<*mut Complex<R>> =
                    starts.iter().map(|&at| data.at(at, size).cast::<Complex<R>>()).collect();
                write_lines(&starts, step, length, room.complex_step, room.complex());
            } else {
                let size = size_of::<R>();
                let starts: Vec<*mut R> = starts.iter().map(|&at| data.at(at, size).cast::<R>()).collect();
                write_lines(&starts, step, length, room.real_step, room.real());
            }
        }
    }
}

/// Elements of a line: of the transform, taken from the input, written to the output.
#[derive(Clone, Copy)]
struct Sizes {
    length: usize,
    taken: usize,
    written: usize,
}

/// Working memory of one task, for a few lines.
struct Room<R: Precision> {
    sizes: Sizes,
    lines: usize,
    complex_length: usize,
    real_length: usize,
    /// From line to line.
    complex_step: usize,
    real_step: usize,
    scratch_length: usize,
    complex: Scratch,
    real: Scratch,
    scratch: Scratch,
    precision: PhantomData<R>,
}

impl<R: Precision> Room<R> {
    fn new(plan: &Plan<R>, sizes: Sizes, lines: usize) -> Room<R> {
        let length = sizes.length;
        let (complex_length, real_length, scratch_length) = match plan {
            Plan::Complex(plan) => (length, 0, plan.get_inplace_scratch_len()),
            Plan::Forward { plan, mirror, .. } => {
                (if *mirror { length } else { sizes.written }, length, plan.get_scratch_len())
            }
            Plan::Inverse(plan) => (length / 2 + 1, length, plan.get_scratch_len()),
        };
        let (complex_step, real_step) = (apart::<Complex<R>>(complex_length), apart::<R>(real_length));
        // a single line lies in the output itself, and only what comes before it needs room
        let (complex_room, real_room) = match (lines, plan) {
            (2.., _) => (complex_step * lines, real_step * lines),
            (_, Plan::Complex(_)) => (0, 0),
            (_, Plan::Forward { .. }) => (0, real_step),
            (_, Plan::Inverse(_)) => (complex_step, 0),
        };
        Room {
            sizes,
            lines,
            complex_length,
            real_length,
            complex_step,
            real_step,
            scratch_length,
            complex: Scratch::new::<Complex<R>>(complex_room),
            real: Scratch::new::<R>(real_room),
            scratch: Scratch::new::<Complex<R>>(scratch_length),
            precision: PhantomData,
        }
    }

    fn complex(&mut self) -> &mut [Complex<R>] {
        self.complex.slice(self.complex_step * self.lines)
    }

    fn real(&mut self) -> &mut [R] {
        self.real.slice(self.real_step * self.lines)
    }

    /// Transforms one of the lines in place.
    fn transform(&mut self, plan: &Plan<R>, line: usize, scale: R) {
        let (complex_start, real_start) = (line * self.complex_step, line * self.real_step);
        let complex = self.complex.slice::<Complex<R>>(self.complex_step * self.lines);
        let complex = &mut complex[complex_start..complex_start + self.complex_length];
        let real = self.real.slice::<R>(self.real_step * self.lines);
        let real = &mut real[real_start..real_start + self.real_length];
        let scratch = self.scratch.slice::<Complex<R>>(self.scratch_length);
        // the lengths are those that the plans were made for, so none of them can fail
        match plan {
            Plan::Complex(plan) => {
                plan.process_with_scratch(complex, scratch);
                multiply(complex, scale);
            }
            Plan::Forward { plan, mirror, inverse } => {
                let half = real.len() / 2 + 1;
                let _ = plan.process_with_scratch(real, &mut complex[..half], scratch);
                multiply(&mut complex[..half], scale);
                if *mirror {
                    mirror_half(complex, half, *inverse);
                }
            }
            Plan::Inverse(plan) => backward(plan, complex, real, scratch, scale),
        }
    }
}

/// Real numbers of a half spectrum.
fn backward<R: Precision>(
    plan: &Arc<dyn ComplexToReal<R>>,
    complex: &mut [Complex<R>],
    real: &mut [R],
    scratch: &mut [Complex<R>],
    scale: R,
) {
    // the imaginary parts of the first and of the middle element play no part
    complex[0].im = R::zero();
    if real.len().is_multiple_of(2) {
        complex[real.len() / 2].im = R::zero();
    }
    let _ = plan.process_with_scratch(complex, real, scratch);
    if scale != R::one() {
        real.iter_mut().for_each(|value| *value = *value * scale);
    }
}

fn multiply<R: Precision>(values: &mut [Complex<R>], scale: R) {
    if scale != R::one() {
        values.iter_mut().for_each(|value| *value = Complex { re: value.re * scale, im: value.im * scale });
    }
}

/// The other half of the spectrum of real numbers: conjugates, mirrored. The inverse transform is the conjugate of all.
fn mirror_half<R: Precision>(spectrum: &mut [Complex<R>], half: usize, inverse: bool) {
    let length = spectrum.len();
    let (known, mirrored) = spectrum.split_at_mut(half);
    for (to, value) in mirrored.iter_mut().rev().zip(&known[1..]) {
        // subtracted from zero rather than negated, so that no zero gets a sign
        *to = Complex { re: value.re, im: R::zero() - value.im };
    }
    debug_assert_eq!(half, length / 2 + 1);
    if inverse {
        spectrum.iter_mut().for_each(|value| value.im = R::zero() - value.im);
    }
}
