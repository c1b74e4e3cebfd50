//! Functions of complex numbers.
use num_complex::Complex;

use crate::level::Isa;
use crate::{Element, Real};

/// The scalar functions of complex numbers, with NumPy's branch cuts. All branch inside: bodies that call them are
/// `Style::Scalar`, except `divide`, `reciprocal` and `abs`.
pub trait ComplexMath: Element {
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

macro_rules! complex { ($($t:ty)*) => {$( impl ComplexMath for Complex<$t> {
 type Part = $t;
fn exp<I: Isa>(self) -> Self { Complex::exp(self) }
fn exp2<I: Isa>(self) -> Self { Complex::exp2(self) }
fn expm1<I: Isa>(self) -> Self { Complex::exp(self)-1.0 }
fn log<I: Isa>(self) -> Self { Complex::ln(self) }
fn log2<I: Isa>(self) -> Self { Complex::log2(self) }
fn log10<I: Isa>(self) -> Self { Complex::log10(self) }
fn log1p<I: Isa>(self) -> Self { (self+1.0).ln() }
fn sqrt<I: Isa>(self) -> Self { Complex::sqrt(self) }
fn sin<I: Isa>(self) -> Self { Complex::sin(self) }
fn cos<I: Isa>(self) -> Self { Complex::cos(self) }
fn tan<I: Isa>(self) -> Self { Complex::tan(self) }
fn arcsin<I: Isa>(self) -> Self { Complex::asin(self) }
fn arccos<I: Isa>(self) -> Self { Complex::acos(self) }
fn arctan<I: Isa>(self) -> Self { Complex::atan(self) }
fn sinh<I: Isa>(self) -> Self { Complex::sinh(self) }
fn cosh<I: Isa>(self) -> Self { Complex::cosh(self) }
fn tanh<I: Isa>(self) -> Self { Complex::tanh(self) }
fn arcsinh<I: Isa>(self) -> Self { Complex::asinh(self) }
fn arccosh<I: Isa>(self) -> Self { Complex::acosh(self) }
fn arctanh<I: Isa>(self) -> Self { Complex::atanh(self) }
fn pow<I: Isa>(self, exponent: Self) -> Self { self.powc(exponent) }
fn abs<I: Isa>(self) -> $t { self.norm() }
fn angle<I: Isa>(self) -> $t { self.arg() }
fn reciprocal(self) -> Self { self.inv() }
fn divide(self, divisor: Self) -> Self { self / divisor }
})*}}
complex!(f32 f64);
