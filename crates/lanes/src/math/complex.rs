//! Functions of complex numbers: the trait that bodies of operators use, and exp, log, sqrt, pow and division. All but
//! division compute in float64, for complex64 too: intermediate overflow and cancellation are then no concern there.
//! Special values follow C99 Annex G, branch cuts NumPy.

use num_complex::Complex;

use super::bits::{product, sum};
use super::complex_trig as trig;
use crate::level::Isa;
use crate::{Element, Real};

pub(super) type Wide = Complex<f64>;

/// The scalar functions of complex numbers. All branch inside: bodies that call them are `Style::Scalar`, except
/// `divide`, `reciprocal` and `abs`.
pub trait ComplexMath: Element {
    /// The dtype of the real and the imaginary part.
    type Part: Real;

    fn exp<I: Isa>(self) -> Self;
    fn exp2<I: Isa>(self) -> Self;
    fn expm1<I: Isa>(self) -> Self;
    fn log<I: Isa>(self) -> Self;
    fn log2<I: Isa>(self) -> Self;
    fn log10<I: Isa>(self) -> Self;
    fn log1p<I: Isa>(self) -> Self;
    fn sqrt<I: Isa>(self) -> Self;
    fn sin<I: Isa>(self) -> Self;
    fn cos<I: Isa>(self) -> Self;
    fn tan<I: Isa>(self) -> Self;
    fn arcsin<I: Isa>(self) -> Self;
    fn arccos<I: Isa>(self) -> Self;
    fn arctan<I: Isa>(self) -> Self;
    fn sinh<I: Isa>(self) -> Self;
    fn cosh<I: Isa>(self) -> Self;
    fn tanh<I: Isa>(self) -> Self;
    fn arcsinh<I: Isa>(self) -> Self;
    fn arccosh<I: Isa>(self) -> Self;
    fn arctanh<I: Isa>(self) -> Self;
    fn pow<I: Isa>(self, exponent: Self) -> Self;
    fn abs<I: Isa>(self) -> Self::Part;
    fn angle<I: Isa>(self) -> Self::Part;
    fn reciprocal(self) -> Self;
    fn divide(self, divisor: Self) -> Self;
}

macro_rules! through_wide {
    ($part:ty: $($method:ident = $function:path),*) => {
        $(
            #[inline]
            fn $method<I: Isa>(self) -> Self {
                let result = $function(Complex { re: self.re as f64, im: self.im as f64 });
                Complex { re: result.re as $part, im: result.im as $part }
            }
        )*
    };
}

macro_rules! complex_math {
    ($($part:ty),*) => {
        $( impl ComplexMath for Complex<$part> {
            type Part = $part;

            through_wide!(
                $part: exp = exp::<I>, exp2 = exp2::<I>, expm1 = expm1::<I>, log = log::<I>, log2 = log2::<I>,
                log10 = log10::<I>, log1p = log1p::<I>, sqrt = sqrt::<I>, sin = trig::sin::<I>, cos = trig::cos::<I>,
                tan = trig::tan::<I>, arcsin = trig::arcsin::<I>, arccos = trig::arccos::<I>,
                arctan = trig::arctan::<I>, sinh = trig::sinh::<I>, cosh = trig::cosh::<I>, tanh = trig::tanh::<I>,
                arcsinh = trig::arcsinh::<I>, arccosh = trig::arccosh::<I>, arctanh = trig::arctanh::<I>
            );

            #[inline]
            fn pow<I: Isa>(self, exponent: Self) -> Self {
                let wide = |z: Self| Complex { re: z.re as f64, im: z.im as f64 };
                let result = pow::<I>(wide(self), wide(exponent));
                Complex { re: result.re as $part, im: result.im as $part }
            }
            #[inline(always)]
            fn abs<I: Isa>(self) -> $part {
                Real::hypot::<I>(self.re, self.im)
            }
            #[inline(always)]
            fn angle<I: Isa>(self) -> $part {
                Real::arctan2::<I>(self.im, self.re)
            }
            #[inline(always)]
            fn reciprocal(self) -> Self {
                inverse(self)
            }
            #[inline(always)]
            fn divide(self, divisor: Self) -> Self {
                let quotient = smith(self, divisor);
                let zero = (divisor.re == 0.0) & (divisor.im == 0.0);
                let size = Real::abs(divisor.re);
                let by_zero = Complex { re: self.re / size, im: self.im / size };
                if zero { by_zero } else { quotient }
            }
        } )*
    };
}
complex_math!(f32, f64);

/// Smith's division, with the larger part of the divisor as the scale.
#[inline(always)]
fn smith<T: Real>(x: Complex<T>, divisor: Complex<T>) -> Complex<T> {
    let real_leads = divisor.re.abs() >= divisor.im.abs();
    let (large, small) = if real_leads { (divisor.re, divisor.im) } else { (divisor.im, divisor.re) };
    let ratio = small / large;
    let scale = T::ONE / (large + small * ratio);
    let (re, im) = if real_leads {
        (x.re + x.im * ratio, x.im - x.re * ratio)
    } else {
        (x.re * ratio + x.im, x.im * ratio - x.re)
    };
    Complex { re: re * scale, im: im * scale }
}

/// 1 divided by Smith's way; zeros have NumPy's signs.
#[inline(always)]
fn inverse<T: Real>(divisor: Complex<T>) -> Complex<T> {
    let real_leads = divisor.re.abs() >= divisor.im.abs();
    let (large, small) = if real_leads { (divisor.re, divisor.im) } else { (divisor.im, divisor.re) };
    let ratio = small / large;
    let scale = large + small * ratio;
    let (first, second) = (T::ONE / scale, ratio / scale);
    if real_leads { Complex { re: first, im: -second } } else { Complex { re: second, im: -first } }
}

/// `exp(x) * factor` without overflow before the product.
pub(super) fn exp_times<I: Isa>(x: f64, factor: f64) -> f64 {
    if x.abs() < 700.0 || !x.is_finite() {
        return Real::exp::<I>(x) * factor;
    }
    let half = Real::exp::<I>(x * 0.5);
    factor * half * half
}

fn exp<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re, z.im);
    if y == 0.0 {
        return Complex { re: Real::exp::<I>(x), im: y };
    }
    if !y.is_finite() && x.is_infinite() {
        return if x < 0.0 { Complex { re: 0.0, im: 0.0 } } else { Complex { re: x, im: f64::NAN } };
    }
    Complex { re: exp_times::<I>(x, Real::cos::<I>(y)), im: exp_times::<I>(x, Real::sin::<I>(y)) }
}

fn exp2<I: Isa>(z: Wide) -> Wide {
    exp::<I>(z.scale(std::f64::consts::LN_2))
}

fn expm1<I: Isa>(z: Wide) -> Wide {
    let half_sine = Real::sin::<I>(z.im * 0.5);
    let re = Real::expm1::<I>(z.re) * Real::cos::<I>(z.im) - 2.0 * half_sine * half_sine;
    let im = if z.im == 0.0 { z.im } else { exp_times::<I>(z.re, Real::sin::<I>(z.im)) };
    Complex { re: if z.im == 0.0 { Real::expm1::<I>(z.re) } else { re }, im }
}

/// `log |z|`, also where |z| is nearly 1.
pub(super) fn log_abs<I: Isa>(z: Wide) -> f64 {
    let (a, b) = (z.re.abs(), z.im.abs());
    let (large, small) = if a > b { (a, b) } else { (b, a) };
    if !(0.5..2.0).contains(&large) {
        return Real::log::<I>(Real::hypot::<I>(a, b));
    }
    // |z|^2 - 1 = (large - 1) (large + 1) + small^2, each product exact.
    let (p, q) = (product::<f64, I>(large - 1.0, large + 1.0), product::<f64, I>(small, small));
    let total = sum(p.hi, q.hi);
    0.5 * Real::log1p::<I>(total.hi + (total.lo + (p.lo + q.lo)))
}

fn log<I: Isa>(z: Wide) -> Wide {
    Complex { re: log_abs::<I>(z), im: Real::arctan2::<I>(z.im, z.re) }
}

fn log2<I: Isa>(z: Wide) -> Wide {
    log::<I>(z).scale(std::f64::consts::LOG2_E)
}

fn log10<I: Isa>(z: Wide) -> Wide {
    log::<I>(z).scale(std::f64::consts::LOG10_E)
}

fn log1p<I: Isa>(z: Wide) -> Wide {
    let im = Real::arctan2::<I>(z.im, z.re + 1.0);
    let near = z.re.abs() < 0.5 && z.im.abs() < 0.5;
    let re = if near {
        0.5 * Real::log1p::<I>(z.re * (2.0 + z.re) + z.im * z.im)
    } else {
        log_abs::<I>(Complex { re: z.re + 1.0, im: z.im })
    };
    Complex { re, im }
}

pub(super) fn sqrt<I: Isa>(z: Wide) -> Wide {
    let (x, y) = (z.re, z.im);
    if x == 0.0 && y == 0.0 {
        return Complex { re: 0.0, im: y };
    }
    if y.is_infinite() {
        return Complex { re: f64::INFINITY, im: y };
    }
    if x.is_infinite() {
        let nothing = if y.is_nan() { y } else { 0.0 };
        return if x > 0.0 {
            Complex { re: x, im: nothing.copysign(y) }
        } else {
            Complex { re: nothing, im: x.copysign(y) }
        };
    }
    let top = x.abs().max(y.abs());
    let (down, up) = if top > 1e300 {
        (0.0625, 4.0)
    } else if top < 1e-290 {
        (f64::from_bits(0x46b0_0000_0000_0000), f64::from_bits(0x3c90_0000_0000_0000)) // 2^108, 2^-54
    } else {
        (1.0, 1.0)
    };
    let (x, y) = (x * down, y * down);
    let root = ((x.abs() + Real::hypot::<I>(x, y)) * 0.5).sqrt();
    let other = y.abs() / (root + root);
    let (re, im) = if x >= 0.0 { (root, other) } else { (other, root) };
    Complex { re: re * up, im: (im * up).copysign(y) }
}

fn pow<I: Isa>(base: Wide, exponent: Wide) -> Wide {
    let one = Complex { re: 1.0, im: 0.0 };
    if exponent.re == 0.0 && exponent.im == 0.0 {
        return one;
    }
    if base.re == 0.0 && base.im == 0.0 {
        let part = if exponent.re > 0.0 { 0.0 } else { f64::NAN };
        return Complex { re: part, im: part };
    }
    // As NumPy: small whole exponents by products, which keep Gaussian integers exact.
    let count = exponent.re.abs();
    if exponent.im == 0.0 && count < 100.0 && count == count.trunc() {
        let (mut left, mut square, mut result) = (count as u32, base, one);
        loop {
            if left & 1 == 1 {
                result *= square;
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            square *= square;
        }
        return if exponent.re < 0.0 { ComplexMath::divide(one, result) } else { result };
    }
    exp::<I>(exponent * log::<I>(base))
}
