//! erf, erfc, erfinv.
//!
//! `erf(x) = x + x E(x^2)` for |x| <= 1. Beyond, `erfc(x) = exp(-x^2) / (1 + 2x) R(t)` with t = (x - a) / (x + a).
//! E and R interpolate at Chebyshev nodes of x^2 and t; the stated errors are relative to the function.

use super::bits::{Float, Pair, fast_sum, horner, nearest_multiple, product, scale, sum};
use super::exp::{clamp, exp_pair, exp_shifted};
use super::log::log;
use crate::Real;
use crate::level::Isa;

/// `erf(x) / x - 1` of `z = x^2` up to 1, error 4e-17.
#[inline(always)]
fn near_tail<I: Isa>(z: f64) -> f64 {
    const E: [f64; 12] = [
        0.12837916709551256,
        -0.37612638903183543,
        0.11283791670945006,
        -0.02686617064323777,
        0.0052239776071164225,
        -0.0008548325975389692,
        0.00012055294904839707,
        -1.492473690741966e-05,
        1.6447424703317362e-06,
        -1.6208483801871705e-07,
        1.3720064546777686e-08,
        -7.795898827002142e-10,
    ];
    horner::<f64, I, 12>(z, &E)
}

#[inline(always)]
pub(crate) fn erf64<I: Isa>(x: f64) -> f64 {
    // R for a = 2, 1 <= x <= 6, error 1e-16 (of erfc, which is small beside 1)
    const R: [f64; 15] = [
        1.2769783815525286,
        -0.09276382658579271,
        -0.16603039761519495,
        0.16405128004388655,
        -0.054220001006539405,
        -0.008034015751627726,
        0.008722654871778377,
        0.0012713574347262785,
        -0.001456846512101521,
        -0.00045458837742862207,
        0.00020689311206916543,
        0.00015259157270933288,
        -5.6084303298366125e-06,
        -3.958004354569847e-05,
        -6.186196662948258e-07,
    ];
    let a = x.abs();
    let near = a.fma::<I>(near_tail::<I>(a * a), a);
    let b = clamp(a, (1.0, 6.0));
    // One division for 1 / ((b + 2) (1 + 2 b)).
    let (first, second) = (b + 2.0, b.fma::<I>(2.0, 1.0));
    let inverse = 1.0 / (first * second);
    let t = (b - 2.0) * second * inverse;
    let complement =
        exp_shifted::<f64, I>(-(b * b), 0.0, 0.0) * (first * inverse) * horner::<f64, I, 15>(t, &R);
    let result = if a <= 1.0 { near } else { 1.0 - complement };
    let result = if x.is_nan() { x } else { result };
    result.copysign(x)
}

/// In float32 throughout; beyond 1 as `1 - exp(-L(x))`, where L interpolates -log(erfc) on [1, 4].
#[inline(always)]
pub(crate) fn erf32<I: Isa>(x: f32) -> f32 {
    // error 5.4e-9
    const E: [f32; 7] =
        [0.128379166, -0.37612626, 0.112835944, -0.0268542115, 0.00518908724, -0.00080168643, 7.87587487e-5];
    // error 1.9e-8 of erfc
    const L: [f32; 9] = [
        -0.00032013806,
        1.13023341,
        0.631826043,
        0.110080086,
        -0.0264211353,
        0.0047595962,
        -0.00059680565,
        4.60580413e-5,
        -1.6371514e-6,
    ];
    let a = x.abs();
    let near = a.fma::<I>(horner::<f32, I, 7>(a * a, &E), a);
    let b = clamp(a, (1.0, 4.0));
    let far = 1.0 - exp_shifted::<f32, I>(-horner::<f32, I, 9>(b, &L), 0.0, 0.0);
    let result = if a <= 1.0 { near } else { far };
    let result = if x.is_nan() { x } else { result };
    result.copysign(x)
}

#[inline(always)]
pub(crate) fn erfc64<I: Isa>(x: f64) -> f64 {
    // R for a = 4, 0 <= x <= 28, error 6e-17: its first coefficient, and the others
    const R0: f64 = 1.2329951186255526;
    const R: [f64; 22] = [
        -0.1396211168405629,
        0.01537965210262074,
        0.06809705425473732,
        -0.10103906603635213,
        0.09373283499679412,
        -0.06633036581152939,
        0.03716751556249286,
        -0.016197734059115006,
        0.005031969755895426,
        -0.00075777334141333,
        -0.00019925550755614952,
        0.000150622243948303,
        -2.4403169244974074e-05,
        -1.1224789135154701e-05,
        5.7178872846321855e-06,
        3.0135049944875397e-07,
        -8.351619688696847e-07,
        6.270727157198311e-08,
        1.1534943745754157e-07,
        -7.71541861441783e-09,
        -1.3670989863347383e-08,
        -1.8206098680308682e-09,
    ];
    let a = clamp(x.abs(), (0.0, 28.0));
    let square = product::<f64, I>(a, a);
    let t = (a - 4.0) / (a + 4.0);
    // The last step of Horner's rule and everything behind it in pairs: one rounding at the end.
    let factor = fast_sum(R0, t * horner::<f64, I, 22>(t, &R)).over::<I>(sum(2.0 * a, 1.0));
    let (power, n) = exp_pair::<I>(Pair { hi: -square.hi, lo: -square.lo });
    // Rounded once, also where the result is subnormal.
    let tail = scale(power.times::<I>(factor).value(), n);
    let far = if x < 0.0 { 2.0 - tail } else { tail };
    let near = 1.0 - x.fma::<I>(near_tail::<I>(x * x), x);
    let result = if x.abs() < 0.5 { near } else { far };
    if x.is_nan() { x } else { result }
}

/// In float64 with fewer terms: what is lost is far below the last place of the result, and small results keep theirs.
#[inline(always)]
pub(crate) fn erfc32<I: Isa>(x: f32) -> f32 {
    // R for a = 4, 0 <= x <= 10.2, error 9e-10
    const R: [f64; 12] = [
        1.232995118516,
        -0.139621132891,
        0.01537965880834,
        0.06809794439349,
        -0.1010383606365,
        0.09371950252199,
        -0.06635203584342,
        0.03723337563269,
        -0.01602194312675,
        0.005020826751053,
        -0.001162561737843,
        -0.0006506400293738,
    ];
    // exp(r) for |r| <= log(2) / 2, error 3e-10
    const EXP: [f64; 9] =
        [1.0, 1.0, 0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0, 1.0 / 40320.0];
    let a = clamp((x as f64).abs(), (0.0, 10.2));
    // One division for 1 / ((a + 4) (1 + 2 a)).
    let (first, second) = (a + 4.0, a.fma::<I>(2.0, 1.0));
    let inverse = 1.0 / (first * second);
    let t = (a - 4.0) * second * inverse;
    let (n, _) = nearest_multiple::<f64, I>(-(a * a), std::f64::consts::LOG2_E);
    let r = n.fma::<I>(-std::f64::consts::LN_2, -(a * a));
    let power = horner::<f64, I, 9>(r, &EXP) * f64::power_of_two(n);
    let tail = power * (first * inverse) * horner::<f64, I, 12>(t, &R);
    let result = if x < 0.0 { 2.0 - tail } else { tail };
    if x.is_nan() { x } else { result as f32 }
}

/// `erfinv(y) / y` of `w = -log(1 - y^2)` up to 6, error 1.4e-8.
const INVERSE_NEAR: [f64; 11] = [
    0.8862269375861314,
    0.2320131742080709,
    0.011552723173310391,
    -0.002344365953819785,
    -0.00011474669235786261,
    3.527102237502428e-05,
    8.127665696448039e-06,
    -3.123556717611755e-06,
    4.13341178769568e-07,
    -2.6674917341354826e-08,
    7.079419551810074e-10,
];

/// `erfinv(y) / y` of `sqrt(w) - 4` beyond, error 3.3e-7.
const INVERSE_FAR: [f64; 11] = [
    3.839783672396408,
    1.009493172075114,
    0.0012623648246333878,
    -0.000871081652204417,
    0.0003142437909371098,
    -0.00010917563859400872,
    5.92347825183435e-05,
    -4.214044140564949e-05,
    2.1267155440564e-05,
    -5.814915154147853e-06,
    6.482884470167584e-07,
];

/// A fit, then one step of Halley's method, which cubes its error.
#[inline(always)]
pub(crate) fn erfinv<I: Isa>(y: f64) -> f64 {
    let a = y.abs();
    let w = -log::<f64, I>((1.0 - a) * (1.0 + a));
    let near = horner::<f64, I, 11>(clamp(w, (0.0, 6.0)), &INVERSE_NEAR);
    let far = horner::<f64, I, 11>(clamp(w, (6.0, 38.0)).sqrt() - 4.0, &INVERSE_FAR);
    let guess = a * if w < 6.0 { near } else { far };
    let low = guess.fma::<I>(near_tail::<I>(guess * guess), guess) - a;
    let high = (1.0 - a) - erfc64::<I>(guess);
    let residue = if a < 0.7 { low } else { high };
    let slope = exp_shifted::<f64, I>(guess * guess, 0.0, 0.0) * 0.886226925452758; // sqrt(pi) / 2
    let step = residue * slope;
    let result = guess - step / step.fma::<I>(guess, 1.0);
    let result = if a == 1.0 { f64::INFINITY } else { result };
    let result = if a <= 1.0 { result } else { f64::NAN };
    result.copysign(y)
}
