//! Sums, differences, products and negatives.

use base::{DType, Sign, Tiny};
use lanes::{Isa, Real};

use crate::kind::{Gradient, Gradient1, Gradient2, Integers, Number1, Number2};
use crate::number::{Complex, Integer, Ordered};
use crate::table::contents;

contents! {
    ADD = Add, SUBTRACT = Subtract, MULTIPLY = Multiply, NEGATIVE = Negative, POSITIVE = Positive, SQUARE = Square,
}

pub(crate) struct Add;
impl Number2 for Add {
    const NAME: &str = "add";
    const DOC: &str = "Add arguments element-wise; bools add as logical or.

>>> np.add(np.array([1., 2.]), 0.5)
array([1.5, 2.5])";
    const CUDA: &str = "{x} + {y}";
    const IDENTITY: Option<f64> = Some(0.0);
    const ASSOCIATIVE: bool = true;
    const SIGN: Option<Sign> = Some(Sign::Add);
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x | y);
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x + y
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.plus(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        x + y
    }
    const VJP: Gradient2 = Gradient::Rule(|g, _x, _y, _sum| [Some(g.clone()), Some(g)]);
}

pub(crate) struct Subtract;
impl Number2 for Subtract {
    const NAME: &str = "subtract";
    const DOC: &str = "Subtract arguments element-wise. Bools are refused: use `logical_xor`.

>>> np.subtract(np.array([1., 2.]), 0.5)
array([0.5, 1.5])";
    const CUDA: &str = "{x} - {y}";
    const REFUSED: &[DType] = &[DType::Bool];
    const SIGN: Option<Sign> = Some(Sign::Subtract);
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x - y
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.minus(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        x - y
    }
    const VJP: Gradient2 = Gradient::Rule(|g, _x, _y, _difference| [Some(g.clone()), Some(-g)]);
}

pub(crate) struct Multiply;
impl Number2 for Multiply {
    const NAME: &str = "multiply";
    const TINY: Tiny = Tiny::Product;
    const DOC: &str = "Multiply arguments element-wise; bools multiply as logical and.

>>> np.multiply(np.array([1., 2.]), 0.5)
array([0.5, 1. ])";
    const CUDA: &str = "{x} * {y}";
    const IDENTITY: Option<f64> = Some(1.0);
    const ASSOCIATIVE: bool = true;
    const SIGN: Option<Sign> = Some(Sign::Multiply);
    const INTEGERS: Integers = Integers::PerWidth;
    const BOOL: Option<fn(bool, bool) -> bool> = Some(|x, y| x & y);
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F {
        x * y
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N, y: N) -> N {
        x.times(y)
    }
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C) -> C {
        x * y
    }
    const VJP: Gradient2 = Gradient::Rule(|g, x, y, _product| [Some(g.clone() * y), Some(g * x)]);
}

pub(crate) struct Negative;
impl Number1 for Negative {
    const NAME: &str = "negative";
    const DOC: &str = "Numerical negative, element-wise. Bools are refused: use `logical_not`.

>>> np.negative(np.array([1., -1.]))
array([-1.,  1.])";
    const CUDA: &str = "-{x}";
    const REFUSED: &[DType] = &[DType::Bool];
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        -x
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        N::ZERO.minus(x)
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        -x
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| -g);
}

pub(crate) struct Positive;
impl Number1 for Positive {
    const NAME: &str = "positive";
    const DOC: &str = "Numerical positive, element-wise: a copy. Bools are refused.

>>> np.positive(np.array([1., -1.]))
array([ 1., -1.])";
    const CUDA: &str = "{x}";
    const REFUSED: &[DType] = &[DType::Bool];
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, _y| g);
}

pub(crate) struct Square;
impl Number1 for Square {
    const NAME: &str = "square";
    const TINY: Tiny = Tiny::Product;
    const DOC: &str = "Square of each element.

>>> np.square(np.array([2., -3.]))
array([4., 9.])";
    const CUDA: &str = "{x} * {x}";
    const INTEGERS: Integers = Integers::PerWidth;
    const COMPLEX: bool = true;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x * x
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x.times(x)
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x * x
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| 2.0 * g * x);
}
