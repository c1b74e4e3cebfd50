//! Discrete Fourier transforms along the last axis, any length, by the crates rustfft and realfft. Called by the device.
//! Lines are gathered into working memory, cut or filled with zeros, transformed, scaled and stored; several neighbouring
//! lines at a time, so that transforms along other axes of an array read whole cache lines.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use base::{DType, Result};
use graph::{Fourier, Tensor};
use num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};

use crate::gather::operands;
use crate::pool;
use crate::rows::Shared;

/// Elements that one task should at least transform.
const TASK_ELEMENTS: usize = 1 << 14;
/// Neighbouring lines that are read together.
const LINES: usize = 16;
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
trait Precision: FftNum + Default {
    fn complex(length: usize, inverse: bool) -> Arc<dyn Fft<Self>>;
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
    let grain = (TASK_ELEMENTS / length.max(1)).max(1).next_multiple_of(LINES.min(lines.count.max(1)));
    let (taken, written) = (lines.taken(length, &plan), out.shape[last] as usize);
    pool::parallel_ranges(lines.count as i64, grain as i64, &|begin, end| {
        let mut room = Room::new(&plan, length, taken, written);
        for first in (begin as usize..end as usize).step_by(LINES) {
            let count = LINES.min(end as usize - first);
            // SAFETY: promised by the caller; every line is another part of the output.
            unsafe {
                lines.load(&mut room, first, count);
                for line in 0..count {
                    room.transform(&plan, line, scale);
                }
                lines.store(&room, first, count);
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
                read_lines(&starts, step, room.taken, room.complex_length, &mut room.complex);
            } else {
                let size = size_of::<R>();
                let starts: Vec<*const R> =
                    starts.iter().map(|&at| data.at(at, size).cast::<R>().cast_const()).collect();
                read_lines(&starts, step, room.taken, room.real_length, &mut room.real);
            }
        }
    }

    /// # Safety
    /// As for [`Lines::load`], and nobody else writes these lines.
    unsafe fn store<R: Precision>(&self, room: &Room<R>, first: usize, count: usize) {
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
                write_lines(&starts, step, length, room.complex_length, &room.complex);
            } else {
                let size = size_of::<R>();
                let starts: Vec<*mut R> = starts.iter().map(|&at| data.at(at, size).cast::<R>()).collect();
                write_lines(&starts, step, length, room.real_length, &room.real);
            }
        }
    }
}

/// Reads `taken` elements of each line; line `i` goes to `room[i * length..]`, filled with zeros.
///
/// # Safety
/// Each start leads to that many elements `step` apart.
unsafe fn read_lines<T: Copy + Default>(
    starts: &[*const T],
    step: isize,
    taken: usize,
    length: usize,
    room: &mut [T],
) {
    for (line, &start) in room.chunks_exact_mut(length.max(1)).zip(starts) {
        if step == 1 {
            // SAFETY: promised by the caller.
            line[..taken].copy_from_slice(unsafe { std::slice::from_raw_parts(start, taken) });
        }
        line[taken..].fill(T::default());
    }
    if step != 1 {
        for at in 0..taken {
            for (line, &start) in starts.iter().enumerate() {
                // SAFETY: promised by the caller.
                room[line * length + at] = unsafe { *start.offset(at as isize * step) };
            }
        }
    }
}

/// Writes the first `written` elements of each line of the room.
///
/// # Safety
/// Each start leads to that many elements `step` apart, which nobody else uses.
unsafe fn write_lines<T: Copy>(starts: &[*mut T], step: isize, written: usize, length: usize, room: &[T]) {
    if step == 1 {
        for (line, &start) in room.chunks_exact(length.max(1)).zip(starts) {
            // SAFETY: promised by the caller.
            unsafe { start.copy_from_nonoverlapping(line.as_ptr(), written) };
        }
        return;
    }
    for at in 0..written {
        for (line, &start) in starts.iter().enumerate() {
            // SAFETY: promised by the caller.
            unsafe { start.offset(at as isize * step).write(room[line * length + at]) };
        }
    }
}

/// Working memory of one task, for [`LINES`] lines.
struct Room<R: Precision> {
    taken: usize,
    complex_length: usize,
    real_length: usize,
    complex: Vec<Complex<R>>,
    real: Vec<R>,
    scratch: Vec<Complex<R>>,
}

impl<R: Precision> Room<R> {
    fn new(plan: &Plan<R>, length: usize, taken: usize, written: usize) -> Room<R> {
        let (complex_length, real_length, scratch) = match plan {
            Plan::Complex(plan) => (length, 0, plan.get_inplace_scratch_len()),
            Plan::Forward { plan, mirror, .. } => {
                (if *mirror { length } else { written }, length, plan.get_scratch_len())
            }
            Plan::Inverse(plan) => (length / 2 + 1, length, plan.get_scratch_len()),
        };
        let nothing = Complex { re: R::zero(), im: R::zero() };
        Room {
            taken,
            complex_length,
            real_length,
            complex: vec![nothing; complex_length * LINES],
            real: vec![R::zero(); real_length * LINES],
            scratch: vec![nothing; scratch],
        }
    }

    /// Transforms one of the lines in place.
    fn transform(&mut self, plan: &Plan<R>, line: usize, scale: R) {
        let complex = &mut self.complex[line * self.complex_length..(line + 1) * self.complex_length];
        let real = &mut self.real[line * self.real_length..(line + 1) * self.real_length];
        // the lengths are those that the plans were made for, so none of them can fail
        match plan {
            Plan::Complex(plan) => plan.process_with_scratch(complex, &mut self.scratch),
            Plan::Forward { plan, mirror, inverse } => {
                let half = real.len() / 2 + 1;
                let _ = plan.process_with_scratch(real, &mut complex[..half], &mut self.scratch);
                if *mirror {
                    mirror_half(complex, half, *inverse);
                }
            }
            Plan::Inverse(plan) => {
                // the imaginary parts of the first and of the middle element play no part
                complex[0].im = R::zero();
                if real.len().is_multiple_of(2) {
                    complex[real.len() / 2].im = R::zero();
                }
                let _ = plan.process_with_scratch(complex, real, &mut self.scratch);
                if scale != R::one() {
                    real.iter_mut().for_each(|value| *value = *value * scale);
                }
                return;
            }
        }
        if scale != R::one() {
            complex
                .iter_mut()
                .for_each(|value| *value = Complex { re: value.re * scale, im: value.im * scale });
        }
    }
}

/// The other half of the spectrum of real numbers: conjugates, mirrored. The inverse transform is the conjugate of all.
fn mirror_half<R: Precision>(spectrum: &mut [Complex<R>], half: usize, inverse: bool) {
    let length = spectrum.len();
    for at in half..length {
        let value = spectrum[length - at];
        // subtracted from zero rather than negated, so that no zero gets a sign
        spectrum[at] = Complex { re: value.re, im: R::zero() - value.im };
    }
    if inverse {
        spectrum.iter_mut().for_each(|value| value.im = R::zero() - value.im);
    }
}
