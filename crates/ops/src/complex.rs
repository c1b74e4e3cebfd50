//! Parts of complex numbers. None of these has a complex derivative; their rules give the gradient of the real and
//! imaginary part as one complex number, for real inputs too.

use base::Space;
use lanes::{Isa, Real};

use crate::arithmetic::Square;
use crate::kind::{Gradient, Gradient1, Gradient2, Integers, Number1, Number2, Real1};
use crate::magnitude::Absolute;
use crate::number::{Complex, Integer, Ordered};
use crate::table::contents;

contents! {
    REAL = RealPart, IMAG = ImaginaryPart, ANGLE = Angle, CONJUGATE = Conjugate, ROTATE = Rotate,
}

pub(crate) struct RealPart;
impl Real1 for RealPart {
    const NAME: &str = "real";
    const DOC: &str = "Real part of each element.

>>> np.real(np.array([1 + 2j, 3]))
array([1., 3.])";
    const CUDA: &str = "real({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| x);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C::Part {
        x.re()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| g);
}

pub(crate) struct ImaginaryPart;
impl Real1 for ImaginaryPart {
    const NAME: &str = "imag";
    const DOC: &str = "Imaginary part of each element; 0 for real numbers.

>>> np.imag(np.array([1 + 2j, 3]))
array([2., 0.])";
    const CUDA: &str = "imag({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|_| false);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(_x: F) -> F {
        F::ZERO
    }
    #[inline(always)]
    fn integer<N: Integer>(_x: N) -> N {
        N::ZERO
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C::Part {
        x.im()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| Rotate::of(g, x));
}

pub(crate) struct Angle;
impl Real1 for Angle {
    const NAME: &str = "angle";
    const DOC: &str = "Angle of each complex number, in radians, in [-pi, pi].

>>> np.angle(np.array([1j, -1]))
array([1.5707964, 3.1415927])";
    const CUDA: &str = "angle({x})";
    const INTEGERS: Integers = Integers::Refused;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        let angle = if x.signbit() { F::PI } else { F::ZERO };
        if x.is_nan() { x } else { angle }
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C::Part {
        x.angle::<I>()
    }
    const VJP: Gradient1 =
        Gradient::Rule(|g, x, _y| Rotate::of(g, x.clone()) * x.clone() / Square::of(Absolute::of(x)));
}

pub(crate) struct Conjugate;
impl Number1 for Conjugate {
    const NAME: &str = "conjugate";
    const ALIASES: &[&str] = &["conj"];
    const DOC: &str = "Complex conjugate of each element.

>>> np.conjugate(np.array([1 + 2j, 3]))
array([1.-2.j, 3.-0.j], dtype=complex64)";
    const CUDA: &str = "conj({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x.conjugate()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| Conjugate::of(g));
}

/// What brings a real gradient to an imaginary part.
pub(crate) struct Rotate;
impl Number2 for Rotate {
    const NAME: &str = "rotate";
    const SPACE: Space = Space::Core;
    const DOC: &str = "i * x in the common dtype of x and y; zero where that dtype is real.";
    const CUDA: &str = "rotate({x}, {y})";
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(_x: F, _y: F) -> F {
        F::ZERO
    }
    #[inline(always)]
    fn integer<N: Integer>(_x: N, _y: N) -> N {
        N::ZERO
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, _y: C) -> C {
        C::from_parts(-x.im(), x.re())
    }
    const VJP: Gradient2 = Gradient::Rule(|g, _x, y, _z| [Some(-Rotate::of(g, y)), None]);
}
