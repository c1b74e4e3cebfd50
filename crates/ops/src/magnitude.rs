//! Absolute values, signs and extremes.

use base::{DType, Space, Sym};
use lanes::{Isa, Real};

use crate::compare::{Equal, Less};
use crate::complex::{Conjugate, RealPart};
use crate::kind::{
    Compare2, Float1, Float2, Gradient, Gradient1, Gradient2, Gradient3, Integers, Number1, Number2, Number3,
    Real1, Select3,
};
use crate::number::{Complex, Integer, Ordered};
use crate::select::Where;
use crate::table::contents;

contents! {
    ABSOLUTE = Absolute, FABS = Fabs, SIGN = Sign, SIGN_GRADIENT = SignGradient, MAXIMUM = Maximum, MINIMUM = Minimum,
    FMAX = Fmax, FMIN = Fmin, CLIP = Clip, HEAVISIDE = Heaviside,
}

pub(crate) struct Absolute;
impl Real1 for Absolute {
    const NAME: &str = "absolute";
    const ALIASES: &[&str] = &["abs"];
    const DOC: &str = "Absolute value of each element; of complex numbers a real one.

>>> np.absolute(np.array([-1.5, 2.]))
array([1.5, 2. ])";
    const CUDA: &str = "abs({x})";
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| x);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.abs()
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x.magnitude()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C::Part {
        x.abs::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Sign::of(x));
}

pub(crate) struct Fabs;
impl Float1 for Fabs {
    const NAME: &str = "fabs";
    const DOC: &str = "Absolute value of each element as a float.

>>> np.fabs(np.array([-1.5, 2.]))
array([1.5, 2. ])";
    const CUDA: &str = "fabs({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.abs()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Sign::of(x));
}

pub(crate) struct Sign;
impl Number1 for Sign {
    const NAME: &str = "sign";
    const DOC: &str =
        "-1, 0 or 1 by the sign of each element; x / abs(x) for complex numbers. Bools are refused.

>>> np.sign(np.array([-2.5, 0., 3.]))
array([-1.,  0.,  1.])";
    const CUDA: &str =
        "[](auto a) -> decltype(a) { return a != a ? a : decltype(a)((a > 0) - (a < 0)); }({x})";
    const REFUSED: &[DType] = &[DType::Bool];
    const INTEGERS: Integers = Integers::Each;
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.sign()
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x.sign()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        complex_sign::<C, I>(x)
    }
    const VJP: Gradient1 = Gradient::Rule(SignGradient::of);
}

/// x / abs(x), with the limits along the axes at infinity.
#[inline(always)]
fn complex_sign<C: Complex, I: Isa>(x: C) -> C {
    let zero = C::Part::ZERO;
    let size = x.abs::<I>();
    if size == zero {
        return C::default();
    }
    if size.is_infinite() && x.re().is_infinite() != x.im().is_infinite() {
        let along = |part: C::Part| if part.is_infinite() { part.sign() } else { zero };
        return C::from_parts(along(x.re()), along(x.im()));
    }
    // NaN where both parts are infinite or either is NaN
    let part = |part: C::Part| if size.is_infinite() { C::Part::NAN } else { part / size };
    if size.is_nan() { C::from_parts(size, size) } else { C::from_parts(part(x.re()), part(x.im())) }
}

/// Gradient of `sign`: zero for real numbers, so that the second derivative of `absolute` is zero too.
pub(crate) struct SignGradient;
impl Number3 for SignGradient {
    const NAME: &str = "sign_gradient";
    const SPACE: Space = Space::Core;
    const DOC: &str = "Gradient of `sign` from (g, x, sign(x)): zero for real numbers.";
    const CUDA: &str = "decltype({x})(0)";
    const INTEGERS: Integers = Integers::Refused;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(_g: F, _x: F, _sign: F) -> F {
        F::ZERO
    }
    #[inline(always)]
    fn integer<N: Integer>(_g: N, _x: N, _sign: N) -> N {
        N::ZERO
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(g: C, x: C, sign: C) -> C {
        let along = (sign.conjugate() * g).re();
        (g - sign.scale(along)).scale(C::Part::ONE / x.abs::<I>())
    }
    const VJP: Gradient3 = Gradient::Rule(|h, [g, x, sign], output| {
        let along = |a: &Sym, b: &Sym| RealPart::of(Conjugate::of(a.clone()) * b.clone());
        let zero = Equal::of(x.clone(), Sym::Number(0.0));
        // at 0 the divisor is 1, so that what is not taken has no nan in its own gradients either
        let size = Where::of(zero.clone(), Sym::Number(1.0), Absolute::of(x.clone()));
        let over = |value: Sym| Where::of(zero.clone(), Sym::Number(0.0), value / size.clone());
        // (g - sign * along(sign, g)) / |x|, where |x| changes along sign
        let by_sign = over(-(along(&sign, &g) * h.clone() + along(&sign, &h) * g));
        let by_x = over(-(sign.clone() * along(&h, &output)));
        [Some(SignGradient::of(h, x.clone(), sign)), Some(by_x), Some(by_sign)]
    });
}

/// The gradient goes to the input that was taken, to the first where both are equal.
fn to_the_taken(g: Sym, x: Sym, extreme: Sym) -> [Option<Sym>; 2] {
    let first = Equal::of(x, extreme);
    let zero = Sym::Number(0.0);
    [Some(Where::of(first.clone(), g.clone(), zero.clone())), Some(Where::of(first, zero, g))]
}

pub(crate) struct Maximum;
impl Number2 for Maximum {
    const NAME: &str = "maximum";
    const DOC: &str = "The greater of two elements; NaN if either is NaN.

>>> np.maximum(np.array([1., np.nan]), 0)
array([ 1., nan])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) { return a >= b || a != a ? a : b; }({x}, {y})";
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x | y);
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.maximum(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.max(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        if x.is_nan() | y.less_equal(x) { x } else { y }
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, _y, extreme| to_the_taken(g, x, extreme));
}

pub(crate) struct Minimum;
impl Number2 for Minimum {
    const NAME: &str = "minimum";
    const DOC: &str = "The lesser of two elements; NaN if either is NaN.

>>> np.minimum(np.array([1., np.nan]), 0)
array([ 0., nan])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) { return a <= b || a != a ? a : b; }({x}, {y})";
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x & y);
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.minimum(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.min(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        if x.is_nan() | x.less_equal(y) { x } else { y }
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, _y, extreme| to_the_taken(g, x, extreme));
}

pub(crate) struct Fmax;
impl Number2 for Fmax {
    const NAME: &str = "fmax";
    const DOC: &str = "The greater of two elements; the number where the other is NaN.

>>> np.fmax(np.array([1., np.nan]), 0)
array([1., 0.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) { return a >= b || b != b ? a : b; }({x}, {y})";
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x | y);
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.fmax(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.max(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        if y.is_nan() | y.less_equal(x) { x } else { y }
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, _y, extreme| to_the_taken(g, x, extreme));
}

pub(crate) struct Fmin;
impl Number2 for Fmin {
    const NAME: &str = "fmin";
    const DOC: &str = "The lesser of two elements; the number where the other is NaN.

>>> np.fmin(np.array([1., np.nan]), 0)
array([0., 0.])";
    const CUDA: &str = "[](auto a, auto b) -> decltype(a) { return a <= b || b != b ? a : b; }({x}, {y})";
    const ASSOCIATIVE: bool = true;
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x & y);
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x.fmin(y)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.min(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        if y.is_nan() | x.less_equal(y) { x } else { y }
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, _y, extreme| to_the_taken(g, x, extreme));
}

pub(crate) struct Clip;
impl Number3 for Clip {
    const NAME: &str = "clip";
    const DOC: &str = "Elements limited to an interval: minimum(maximum(x, low), high).

>>> np.clip(np.array([-2., 0.5, 2.]), -1, 1)
array([-1. ,  0.5,  1. ])";
    const CUDA: &str = "[](auto a, auto b, auto c) -> decltype(a) {
        auto m = a >= b || a != a ? a : b;
        return m <= c || m != m ? m : c;
    }({x}, {y}, {z})";
    const INTEGERS: Integers = Integers::Each;
    const BOOL: Option<fn(bool, bool, bool) -> bool> = Some(|x, low, high| (x | low) & high);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, low: F, high: F) -> F {
        x.maximum(low).minimum(high)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, low: N, high: N) -> N {
        x.max(low).min(high)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, low: C, high: C) -> C {
        Minimum::complex::<C, I>(Maximum::complex::<C, I>(x, low), high)
    }
    const VJP: Gradient3 = Gradient::Rule(|g, [x, low, high], _clipped| {
        let zero = || Sym::Number(0.0);
        let below = Less::of(x.clone(), low.clone());
        let above = Less::of(high, Maximum::of(x, low));
        let inside = Where::of(above.clone(), zero(), g.clone());
        [
            Some(Where::of(below.clone(), zero(), inside.clone())),
            Some(Where::of(below, inside, zero())),
            Some(Where::of(above, g, zero())),
        ]
    });
}

pub(crate) struct Heaviside;
impl Float2 for Heaviside {
    const NAME: &str = "heaviside";
    const DOC: &str =
        "0 for negative elements of the first input, 1 for positive ones, the second input for zeros.

>>> np.heaviside(np.array([-1., 0., 2.]), 0.5)
array([0. , 0.5, 1. ])";
    const CUDA: &str = "{x} != {x} ? {x} : {x} == 0 ? {y} : {x} < 0 ? 0 : 1";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, at_zero: F) -> F {
        let step = if x > F::ZERO { F::ONE } else { F::ZERO };
        let step = if x == F::ZERO { at_zero } else { step };
        if x.is_nan() { x } else { step }
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, _at_zero, _step| {
        [None, Some(Where::of(Equal::of(x, Sym::Number(0.0)), g, Sym::Number(0.0)))]
    });
}
