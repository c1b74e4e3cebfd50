//! Numbers that matrices are factored over: real and complex, single and double. Used by this room alone; knows no matrix.

use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use num_complex::Complex;
use num_traits::Float;

use crate::gemm::tiles::{Compute, Kernels};
use crate::gemm::{GemmElement, gemm};
use crate::pool;

/// The real numbers of a field.
pub(super) trait Real: Field<Real = Self> + Float {
    fn from_f64(value: f64) -> Self;
    fn to_f64(self) -> f64;
    /// The loops of products that this machine runs fastest.
    fn kernels() -> &'static Kernels<Self>;
}

/// float32, float64, complex64 or complex128.
pub(super) trait Field:
    Copy
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + GemmElement
{
    type Real: Real;
    const ZERO: Self;
    const ONE: Self;
    const COMPLEX: bool;
    fn new(real: Self::Real, imaginary: Self::Real) -> Self;
    fn re(self) -> Self::Real;
    fn im(self) -> Self::Real;
    fn conjugate(self) -> Self;
    /// Absolute value, without overflow on the way.
    fn magnitude(self) -> Self::Real;
    /// The quotient, without overflow on the way.
    fn over(self, divisor: Self) -> Self;
    /// |re| + |im|: what pivots are compared by.
    fn size(self) -> Self::Real;

    fn from_real(real: Self::Real) -> Self {
        Self::new(real, <Self::Real as Field>::ZERO)
    }

    fn finite(self) -> bool {
        Float::is_finite(self.re()) && Float::is_finite(self.im())
    }
}

/// A function over a field, compiled once more for wide vectors and chosen by the machine's level. Both do the same
/// operations in the same order.
macro_rules! widened {
    ($(#[$doc:meta])* fn $name:ident<T>($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$doc])*
        pub(super) fn $name<T: Field>($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn plain<T: Field>($($argument: $type),*) $(-> $result)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,fma")]
                fn wide<T: Field>($($argument: $type),*) $(-> $result)? {
                    plain::<T>($($argument),*)
                }
                if lanes::level::level() >= lanes::level::Level::Avx2 {
                    // SAFETY: the level says that the machine has these instructions.
                    return unsafe { wide::<T>($($argument),*) };
                }
            }
            plain::<T>($($argument),*)
        }
    };
}
pub(super) use widened;

/// A number times a power of two, in two steps, since the power itself may be out of range.
pub(super) fn scaled<R: Real>(value: R, exponent: i32) -> R {
    let part = |exponent: i32| R::from_f64(2f64.powi(exponent));
    value * part(exponent / 2) * part(exponent - exponent / 2)
}

/// `y -= factor * x`
#[inline(always)]
pub(super) fn subtract_scaled<T: Field>(y: &mut [T], factor: T, x: &[T]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y -= factor * x;
    }
}

/// Sum of `x * y`, in eight running sums.
#[inline(always)]
pub(super) fn dot<T: Field>(x: &[T], y: &[T]) -> T {
    const SUMS: usize = 8;
    let mut sums = [T::ZERO; SUMS];
    let (x_parts, y_parts) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let rest = x_parts.remainder().iter().zip(y_parts.remainder());
    for (x, y) in x_parts.zip(y_parts) {
        for at in 0..SUMS {
            sums[at] += x[at] * y[at];
        }
    }
    for (sum, (&x, &y)) in sums.iter_mut().zip(rest) {
        *sum += x * y;
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// A part of a matrix: rows and columns from a first element, with strides of the whole.
#[derive(Clone, Copy)]
pub(super) struct Part {
    pub offset: usize,
    pub rows: usize,
    pub columns: usize,
    pub strides: (usize, usize),
}

impl Part {
    fn last(&self) -> usize {
        if self.rows == 0 || self.columns == 0 {
            return self.offset;
        }
        self.offset + (self.rows - 1) * self.strides.0 + (self.columns - 1) * self.strides.1 + 1
    }

    fn steps(&self) -> (isize, isize) {
        (self.strides.0 as isize, self.strides.1 as isize)
    }
}

/// `c = a b`, or `c += a b` with `accumulate`, on parts of slices. Every part lies inside its slice.
pub(super) fn product<T: Field>(
    (a, a_part): (&[T], Part),
    (b, b_part): (&[T], Part),
    (c, c_part): (&mut [T], Part),
    accumulate: bool,
) {
    let (m, n, k) = (c_part.rows, c_part.columns, a_part.columns);
    assert!(a_part.rows == m && b_part.rows == k && b_part.columns == n, "parts of a product do not fit");
    assert!(
        a_part.last() <= a.len() && b_part.last() <= b.len() && c_part.last() <= c.len(),
        "a part reaches outside of its matrix"
    );
    // SAFETY: all parts lie inside their slices, as just checked; the borrows keep c apart from a and b.
    unsafe {
        gemm(
            m,
            n,
            k,
            a.as_ptr().add(a_part.offset),
            a_part.steps(),
            b.as_ptr().add(b_part.offset),
            b_part.steps(),
            c.as_mut_ptr().add(c_part.offset),
            c_part.steps(),
            accumulate,
        );
    }
}

/// Runs `work` over runs of `grain` columns of `length` elements that lie one behind the other, on all threads; it is given
/// the first column's number and the columns.
pub(super) fn each_run<T: Send>(
    columns: &mut [T],
    length: usize,
    grain: usize,
    work: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    struct Start<T>(*mut T);
    // SAFETY: every task is given other elements.
    unsafe impl<T: Send> Sync for Start<T> {}
    let count = columns.len() / length.max(1);
    let start = Start(columns.as_mut_ptr());
    pool::parallel_ranges(count as i64, grain as i64, &|begin, end| {
        let start = &start;
        let (begin, end) = (begin as usize, end as usize);
        // SAFETY: the ranges cover the columns once, and the borrow lasts until all have been worked on.
        let part =
            unsafe { std::slice::from_raw_parts_mut(start.0.add(begin * length), (end - begin) * length) };
        work(begin, part);
    });
}

/// A copy of a part in C order, each element changed on the way.
pub(super) fn copied<T: Field>(from: &[T], part: Part, change: impl Fn(T) -> T) -> Vec<T> {
    let mut copy = Vec::with_capacity(part.rows * part.columns);
    for row in 0..part.rows {
        let start = part.offset + row * part.strides.0;
        copy.extend((0..part.columns).map(|column| change(from[start + column * part.strides.1])));
    }
    copy
}

macro_rules! field {
    ($($real:ty),*) => {$(
        impl Real for $real {
            #[inline(always)]
            fn from_f64(value: f64) -> $real {
                value as $real
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            fn kernels() -> &'static Kernels<$real> {
                <$real as Compute>::kernels()
            }
        }

        impl Field for $real {
            type Real = $real;
            const ZERO: $real = 0.0;
            const ONE: $real = 1.0;
            const COMPLEX: bool = false;
            #[inline(always)]
            fn new(real: $real, _imaginary: $real) -> $real {
                real
            }
            #[inline(always)]
            fn re(self) -> $real {
                self
            }
            #[inline(always)]
            fn im(self) -> $real {
                0.0
            }
            #[inline(always)]
            fn conjugate(self) -> $real {
                self
            }
            #[inline(always)]
            fn magnitude(self) -> $real {
                <$real>::abs(self)
            }
            #[inline(always)]
            fn over(self, divisor: $real) -> $real {
                self / divisor
            }
            #[inline(always)]
            fn size(self) -> $real {
                <$real>::abs(self)
            }
        }

        impl Field for Complex<$real> {
            type Real = $real;
            const ZERO: Complex<$real> = Complex { re: 0.0, im: 0.0 };
            const ONE: Complex<$real> = Complex { re: 1.0, im: 0.0 };
            const COMPLEX: bool = true;
            #[inline(always)]
            fn new(re: $real, im: $real) -> Complex<$real> {
                Complex { re, im }
            }
            #[inline(always)]
            fn re(self) -> $real {
                self.re
            }
            #[inline(always)]
            fn im(self) -> $real {
                self.im
            }
            #[inline(always)]
            fn conjugate(self) -> Complex<$real> {
                Complex { re: self.re, im: -self.im }
            }
            #[inline(always)]
            fn magnitude(self) -> $real {
                self.re.hypot(self.im)
            }
            #[inline(always)]
            fn over(self, divisor: Complex<$real>) -> Complex<$real> {
                // Smith's way: the larger part of the divisor is the scale
                if <$real>::abs(divisor.re) >= <$real>::abs(divisor.im) {
                    let ratio = divisor.im / divisor.re;
                    let scale = divisor.re + divisor.im * ratio;
                    let (re, im) = (self.re + self.im * ratio, self.im - self.re * ratio);
                    Complex { re: re / scale, im: im / scale }
                } else {
                    let ratio = divisor.re / divisor.im;
                    let scale = divisor.im + divisor.re * ratio;
                    let (re, im) = (self.re * ratio + self.im, self.im * ratio - self.re);
                    Complex { re: re / scale, im: im / scale }
                }
            }
            #[inline(always)]
            fn size(self) -> $real {
                <$real>::abs(self.re) + <$real>::abs(self.im)
            }
        }
    )*};
}
field!(f32, f64);
