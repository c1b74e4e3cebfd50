//! Activation functions of neural networks.

use base::{Space, Sym};
use lanes::{Isa, Real};

use crate::arithmetic::Square;
use crate::compare::Greater;
use crate::exponential::{Exp, Expm1};
use crate::hyperbolic::Tanh;
use crate::kind::{Compare2, Float1, Formula1, Gradient, Gradient1, Integers, Number1, Real1, Select3};
use crate::magnitude::Absolute;
use crate::number::Integer;
use crate::select::Where;
use crate::table::contents;

contents! {
    RELU = Relu, SIGMOID = Sigmoid, LOG_SIGMOID = LogSigmoid, SOFTPLUS = Softplus, SOFTSIGN = Softsign, SILU = Silu, MISH = Mish, GELU = Gelu, GELU_SLOPE = GeluSlope, GELU_TANH = GeluTanh, SELU = Selu,
}

pub(crate) struct Relu;
impl Number1 for Relu {
    const NAME: &str = "relu";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "The greater of each element and zero.

>>> npx.relu(np.array([-1., 0., 2.]))
array([0., 0., 2.])";
    const CUDA: &str = "{x} > 0 || {x} != {x} ? {x} : decltype({x})(0)";
    const INTEGERS: Integers = Integers::Each;
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.maximum(F::ZERO)
    }
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x.max(N::ZERO)
    }
    // by the result, which what follows keeps anyway
    const VJP: Gradient1 =
        Gradient::Rule(|g, _x, y| Where::of(Greater::of(y, Sym::Number(0.0)), g, Sym::Number(0.0)));
}

pub(crate) struct Sigmoid;
impl Float1 for Sigmoid {
    const NAME: &str = "sigmoid";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "1 / (1 + exp(-x)).

>>> npx.sigmoid(np.array([-1., 0., 2.]))
array([0.26894143, 0.5       , 0.880797  ])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        auto e = exp(-fabs(a));
        return (a < 0 ? e : decltype(a)(1)) / (1 + e);
    }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        let tail = (-x.abs()).exp::<I>();
        (if x < F::ZERO { tail } else { F::ONE }) / (F::ONE + tail)
    }
    const VJP: Gradient1 = Gradient::Rule(|g, _x, y| g * y.clone() * (1.0 - y));
}

pub(crate) struct LogSigmoid;
impl Float1 for LogSigmoid {
    const NAME: &str = "log_sigmoid";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "log(sigmoid(x)), accurate for large elements of both signs.

>>> npx.log_sigmoid(np.array([-1., 0., 2.]))
array([-1.3132617, -0.6931472, -0.126928 ])";
    const CUDA: &str = "({x} < 0 ? {x} : decltype({x})(0)) - log1p(exp(-fabs({x})))";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.minimum(F::ZERO) - (-x.abs()).exp::<I>().log1p::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Sigmoid::of(-x));
}

pub(crate) struct Softplus;
impl Float1 for Softplus {
    const NAME: &str = "softplus";
    const ALIASES: &[&str] = &["softrelu"];
    const SPACE: Space = Space::Npx;
    const DOC: &str = "log(1 + exp(x)), accurate for large elements of both signs.

>>> npx.softplus(np.array([-1., 0., 2.]))
array([0.3132617, 0.6931472, 2.126928 ])";
    const CUDA: &str = "({x} > 0 ? {x} : decltype({x})(0)) + log1p(exp(-fabs({x})))";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.maximum(F::ZERO) + (-x.abs()).exp::<I>().log1p::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * Sigmoid::of(x));
}

pub(crate) struct Softsign;
impl Formula1 for Softsign {
    const NAME: &str = "softsign";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "x / (1 + abs(x)).

>>> npx.softsign(np.array([-1., 0., 2.]))
array([-0.5      ,  0.       ,  0.6666667])";
    fn formula(x: Sym) -> Sym {
        x.clone() / (Absolute::of(x) + 1.0)
    }
}

pub(crate) struct Silu;
impl Formula1 for Silu {
    const NAME: &str = "silu";
    const ALIASES: &[&str] = &["swish"];
    const SPACE: Space = Space::Npx;
    const DOC: &str = "x * sigmoid(x).

>>> npx.silu(np.array([-1., 0., 2.]))
array([-0.26894143,  0.        ,  1.761594  ])";
    fn formula(x: Sym) -> Sym {
        x.clone() * Sigmoid::of(x)
    }
}

pub(crate) struct Mish;
impl Formula1 for Mish {
    const NAME: &str = "mish";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "x * tanh(softplus(x)).

>>> npx.mish(np.array([-1., 0., 2.]))
array([-0.30340147,  0.        ,  1.943959  ])";
    fn formula(x: Sym) -> Sym {
        x.clone() * Tanh::of(Softplus::of(x))
    }
}

pub(crate) struct Gelu;
impl Float1 for Gelu {
    const NAME: &str = "gelu";
    const SPACE: Space = Space::Npx;
    const DOC: &str = "x times the normal distribution function of x.

>>> npx.gelu(np.array([0., 1., 2.]))
array([0.       , 0.8413447, 1.9544997])";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        using T = decltype(a);
        a = a < -40 ? T(-40) : a;
        return a * T(0.5) * erfc(a * T(-0.707106781186547524));
    }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.gelu::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| g * GeluSlope::of(x));
}

pub(crate) struct GeluSlope;
impl Float1 for GeluSlope {
    const NAME: &str = "gelu_slope";
    const SPACE: Space = Space::Core;
    const DOC: &str = "Derivative of `gelu`.";
    const CUDA: &str = "[](auto a) -> decltype(a) {
        using T = decltype(a);
        T density = fabs(a) > 40 ? T(0) : a * exp(a * a * T(-0.5)) * T(0.3989422804014327);
        return T(0.5) * erfc(a * T(-0.707106781186547524)) + density;
    }({x})";
    #[inline(always)]
    fn cpu<F: Real, I: Isa>(x: F) -> F {
        x.gelu_slope::<I>()
    }
    const VJP: Gradient1 = Gradient::Rule(|g, x, _y| {
        // 1 / sqrt(2 pi)
        let density = Exp::of(Square::of(x.clone()) * -0.5) * 0.3989422804014327;
        g * density * (2.0 - Square::of(x))
    });
}

pub(crate) struct GeluTanh;
impl Formula1 for GeluTanh {
    const NAME: &str = "gelu_tanh";
    const SPACE: Space = Space::Npx;
    const DOC: &str =
        "The approximation of `gelu` by a tanh: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))).

>>> npx.gelu_tanh(np.array([-1., 0., 2.]))
array([-0.158808 ,  0.       ,  1.9545978])";
    fn formula(x: Sym) -> Sym {
        // (1 + tanh(u)) / 2 == sigmoid(2 u), which does not cancel; 2 sqrt(2 / pi)
        let cubic = x.clone() + 0.044715 * x.clone() * Square::of(x.clone());
        x * Sigmoid::of(1.5957691216057308 * cubic)
    }
}

pub(crate) struct Selu;
impl Formula1 for Selu {
    const NAME: &str = "selu";
    const SPACE: Space = Space::Npx;
    const DOC: &str =
        "Scaled exponential linear unit: 1.0507 * x, or 1.7581 * (exp(x) - 1) for negative elements.

>>> npx.selu(np.array([-1., 0., 2.]))
array([-1.1113307,  0.       ,  2.101402 ])";
    fn formula(x: Sym) -> Sym {
        // the exponential of a large element must not reach the gradient
        let positive = Greater::of(x.clone(), Sym::Number(0.0));
        let below = Where::of(positive.clone(), Sym::Number(0.0), x.clone());
        1.0507009873554805 * Where::of(positive, x, 1.6732632423543772 * Expm1::of(below))
    }
}
