//! Zeros, infinities, NaN, subnormals and the ends of domains, against the standard library, which follows C99.

use lanes::Real;
use lanes::level::{Avx2, Baseline, Level, level};
use mxnet_lanes as lanes;

const VALUES: [f64; 29] = [
    0.0,
    -0.0,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1.0,
    -1.0,
    0.5,
    -0.5,
    2.0,
    -2.0,
    3.0,
    -3.0,
    1.5,
    -1.5,
    5e-324,
    -5e-324,
    1e-310,
    f64::MIN_POSITIVE,
    f64::MAX,
    -f64::MAX,
    709.782712893384,
    709.7827128933841,
    710.4,
    -745.1332191019411,
    -745.1332191019412,
    1e-17,
    9007199254740993.0,
    -4503599627370497.0,
];

/// Equal, both NaN, or finite and two units apart; zeros with equal signs.
fn agrees(got: f64, expected: f64, unit: f64) -> bool {
    if expected.is_nan() || got.is_nan() {
        return expected.is_nan() && got.is_nan();
    }
    if expected == 0.0 || expected.is_infinite() {
        return got == expected && got.is_sign_negative() == expected.is_sign_negative();
    }
    (got - expected).abs() <= 2.0 * unit
}

fn place(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}

fn place32(x: f64) -> f64 {
    let single = (x as f32).abs();
    f64::from(f32::from_bits(single.to_bits() + 1)) - f64::from(single)
}

macro_rules! check1 {
    ($($name:ident $std:ident),*) => {$(
        for x in VALUES {
            let results = [Real::$name::<Baseline>(x), if fused() { Real::$name::<Avx2>(x) } else { x.$std() }];
            for got in results {
                let expected = x.$std();
                assert!(agrees(got, expected, place(expected)), "{}({x:e}) = {got:e}, not {expected:e}", stringify!($name));
            }
            let (single, expected) = (x as f32, (x as f32).$std());
            let got = Real::$name::<Baseline>(single);
            let unit = place32(f64::from(expected));
            assert!(agrees(f64::from(got), f64::from(expected), unit), "f32 {}({single:e}) = {got:e}", stringify!($name));
        }
    )*};
}

macro_rules! check2 {
    ($($name:ident $std:ident),*) => {$(
        for x in VALUES {
            for y in VALUES {
                let expected = x.$std(y);
                let results = [Real::$name::<Baseline>(x, y), if fused() { Real::$name::<Avx2>(x, y) } else { expected }];
                for got in results {
                    let agrees = agrees(got, expected, place(expected));
                    assert!(agrees, "{}({x:e}, {y:e}) = {got:e}, not {expected:e}", stringify!($name));
                }
                let (a, b) = (x as f32, y as f32);
                let (got, expected) = (f64::from(Real::$name::<Baseline>(a, b)), f64::from(a.$std(b)));
                assert!(agrees(got, expected, place32(expected)), "f32 {}({a:e}, {b:e}) = {got:e}", stringify!($name));
            }
        }
    )*};
}

fn fused() -> bool {
    level() >= Level::Avx2
}

#[test]
fn unary_functions_follow_c99_at_the_edges() {
    check1!(
        exp exp, exp2 exp2, expm1 exp_m1, log ln, log2 log2, log10 log10, log1p ln_1p, cbrt cbrt, sin sin, cos cos, tan tan,
        arcsin asin, arccos acos, arctan atan, sinh sinh, cosh cosh, tanh tanh
    );
}

#[test]
fn binary_functions_follow_c99_at_the_edges() {
    check2!(pow powf, hypot hypot, arctan2 atan2);
}

#[test]
fn special_functions_have_their_limits() {
    let inf = f64::INFINITY;
    type F = Baseline;
    assert_eq!(
        [Real::erf::<F>(inf), Real::erf::<F>(-inf), Real::erfc::<F>(inf), Real::erfc::<F>(-inf)],
        [1.0, -1.0, 0.0, 2.0]
    );
    assert!(Real::erf::<F>(-0.0f64).is_sign_negative() && Real::erf::<F>(f64::NAN).is_nan());
    assert_eq!([Real::erfinv::<F>(1.0f64), Real::erfinv::<F>(-1.0f64)], [inf, -inf]);
    assert!(Real::erfinv::<F>(1.5f64).is_nan() && Real::erfinv::<F>(f64::NAN).is_nan());
    assert!(Real::erfinv::<F>(-0.0f64).is_sign_negative());
    assert_eq!(
        [Real::gamma::<F>(1.0f64), Real::gamma::<F>(5.0f64), Real::gamma::<F>(172.0f64)],
        [1.0, 24.0, inf]
    );
    assert_eq!([Real::gamma::<F>(0.0f64), Real::gamma::<F>(-0.0f64)], [inf, -inf]);
    assert!(Real::gamma::<F>(-1.0f64).is_nan() && Real::gamma::<F>(-inf).is_nan());
    assert_eq!(
        [Real::lgamma::<F>(1.0f64), Real::lgamma::<F>(2.0f64), Real::lgamma::<F>(-3.0f64)],
        [0.0, 0.0, inf]
    );
    assert_eq!(Real::lgamma::<F>(-inf), inf);
    assert!(Real::digamma::<F>(-2.0f64).is_nan() && Real::digamma::<F>(0.0f64) == -inf);
    assert_eq!([Real::arctanh::<F>(1.0f64), Real::arctanh::<F>(-1.0f64)], [inf, -inf]);
    assert!(Real::arccosh::<F>(0.5f64).is_nan() && Real::arccosh::<F>(inf) == inf);
    assert_eq!([Real::arcsinh::<F>(-inf), Real::arcsinh::<F>(1e300f64)], [-inf, 691.4686750787736]);
    assert_eq!([Real::logaddexp::<F>(-inf, -inf), Real::logaddexp::<F>(inf, -inf)], [-inf, inf]);
}

#[test]
fn comparisons_treat_nan_as_numpy_does() {
    let nan = f64::NAN;
    assert!(Real::maximum(nan, 1.0).is_nan() && Real::maximum(1.0, nan).is_nan());
    assert!(Real::minimum(nan, 1.0).is_nan() && Real::minimum(1.0, nan).is_nan());
    assert_eq!(
        [Real::fmax(nan, 1.0), Real::fmax(1.0, nan), Real::fmin(nan, 1.0), Real::fmin(1.0, nan)],
        [1.0; 4]
    );
    assert!(Real::sign(nan).is_nan() && Real::sign(-3.0f64) == -1.0);
}

#[test]
fn representation_functions_reach_subnormals() {
    for x in VALUES {
        for toward in [x, 0.0, -0.0, 1.0, f64::INFINITY, f64::NEG_INFINITY] {
            let expected = if x == toward {
                toward
            } else if toward > x {
                x.next_up()
            } else {
                x.next_down()
            };
            let got = Real::nextafter(x, toward);
            assert!(
                got.to_bits() == expected.to_bits() || (got.is_nan() && x.is_nan()),
                "nextafter({x:e}, {toward:e}) = {got:e}"
            );
        }
        if x.is_finite() && x != 0.0 {
            let (mantissa, exponent) = (Real::frexp_mantissa(x), Real::frexp_exponent(x));
            assert!((0.5..1.0).contains(&mantissa.abs()), "frexp({x:e})");
            assert_eq!(Real::ldexp(mantissa, exponent), x);
        }
    }
    assert_eq!(Real::ldexp(1.1f64, -1074), 5e-324);
    assert_eq!(Real::ldexp(5e-324f64, 2097), 2f64.powi(1023));
    assert_eq!(Real::ldexp(1.0f64, i32::MAX), f64::INFINITY);
    assert_eq!(Real::ldexp(1.0f64, i32::MIN), 0.0);
    assert_eq!(
        [Real::spacing(1.0f64), Real::spacing(-1.0f64), Real::spacing(0.0f64)],
        [2.220446049250313e-16, -2.220446049250313e-16, 5e-324]
    );
    assert!(Real::spacing(f64::INFINITY).is_nan());
    assert_eq!([Real::modf_fraction(-1.5f64), Real::modf_fraction(f64::INFINITY)], [-0.5, 0.0]);
}

#[test]
fn remainders_take_the_sign_of_the_divisor() {
    assert_eq!(
        [Real::remainder(7.0f64, 3.0), Real::remainder(-7.0f64, 3.0), Real::remainder(7.0f64, -3.0)],
        [1.0, 2.0, -2.0]
    );
    assert_eq!([Real::floor_divide(7.0f64, 3.0), Real::floor_divide(-7.0f64, 3.0)], [2.0, -3.0]);
    assert_eq!(Real::floor_divide(1.0f64, 0.0), f64::INFINITY);
    assert!(Real::remainder(1.0f64, 0.0).is_nan() && Real::floor_divide(f64::INFINITY, 2.0).is_nan());
    assert_eq!(Real::floor_divide(-1.0f64, f64::INFINITY), -1.0);
    assert!(Real::remainder(-3.0f64, 3.0) == 0.0 && Real::remainder(3.0f64, -3.0).is_sign_negative());
}
