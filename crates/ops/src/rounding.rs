//! Rounding to integers. All are constant between their steps, so gradients are zero.

use lanes::{Isa, Real};

use crate::kind::{Float1, Gradient, Gradient1, Integers, Number1};
use crate::number::Complex;
use crate::table::contents;

contents! { FLOOR = Floor, CEIL = Ceil, TRUNC = Trunc, RINT = Rint }

pub(crate) struct Floor;
impl Number1 for Floor {
    const NAME: &str = "floor";
    const DOC: &str = "Largest integer not above each element. Integers stay as they are.

>>> np.floor(np.array([-1.5, 0.5, 2.5]))
array([-2.,  0.,  2.])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        if constexpr (decltype(a)(0.5) * 2 == 1) return floor(a);
        else return a;
    }({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| x);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.floor()
    }
    const VJP: Gradient1 = Gradient::Zero;
}

pub(crate) struct Ceil;
impl Number1 for Ceil {
    const NAME: &str = "ceil";
    const DOC: &str = "Smallest integer not below each element. Integers stay as they are.

>>> np.ceil(np.array([-1.5, 0.5, 2.5]))
array([-1.,  1.,  3.])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        if constexpr (decltype(a)(0.5) * 2 == 1) return ceil(a);
        else return a;
    }({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| x);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.ceil()
    }
    const VJP: Gradient1 = Gradient::Zero;
}

pub(crate) struct Trunc;
impl Number1 for Trunc {
    const NAME: &str = "trunc";
    const ALIASES: &[&str] = &["fix"];
    const DOC: &str = "Nearest integer towards zero. Integers stay as they are.

>>> np.trunc(np.array([-1.5, 0.5, 2.5]))
array([-1.,  0.,  2.])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        if constexpr (decltype(a)(0.5) * 2 == 1) return trunc(a);
        else return a;
    }({x})";
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool) -> bool> = Some(|x| x);
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.trunc()
    }
    const VJP: Gradient1 = Gradient::Zero;
}

pub(crate) struct Rint;
impl Float1 for Rint {
    const NAME: &str = "rint";
    const DOC: &str = "Nearest integer, the even one of two; integers rise to a float.

>>> np.rint(np.array([-1.5, 0.5, 2.5]))
array([-2.,  0.,  2.])";
    const CUDA: &str = "rint({x})";
    const COMPLEX: bool = true;
    const HOLOMORPHIC: bool = false;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.rint()
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        C::from_parts(x.re().rint(), x.im().rint())
    }
    const VJP: Gradient1 = Gradient::Zero;
}
