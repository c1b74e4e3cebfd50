//! Every elementary function against correctly rounded references: float64 against committed tables (see
//! `reference/generate.py`), float32 against float64 over bit patterns of the whole range. Prints the bound reached.

use lanes::level::{Avx2, Baseline, Level, level};
use mxnet_lanes as lanes;

use lanes::Real;

/// A function under test, per level and precision, with the bounds in units of the last place.
struct Case {
    name: &'static str,
    double: [fn(f64, f64) -> f64; 2],
    single: [fn(f32, f32) -> f32; 2],
    bounds: (f64, f64),
}

macro_rules! unary {
    ($name:ident, $double:literal, $single:literal) => {
        Case {
            name: stringify!($name),
            double: [|x, _| Real::$name::<Baseline>(x), |x, _| Real::$name::<Avx2>(x)],
            single: [|x, _| Real::$name::<Baseline>(x), |x, _| Real::$name::<Avx2>(x)],
            bounds: ($double, $single),
        }
    };
}

macro_rules! binary {
    ($name:ident, $double:literal, $single:literal) => {
        Case {
            name: stringify!($name),
            double: [|x, y| Real::$name::<Baseline>(x, y), |x, y| Real::$name::<Avx2>(x, y)],
            single: [|x, y| Real::$name::<Baseline>(x, y), |x, y| Real::$name::<Avx2>(x, y)],
            bounds: ($double, $single),
        }
    };
}

fn cases() -> Vec<Case> {
    vec![
        unary!(exp, 2.0, 1.5),
        unary!(exp2, 2.0, 1.5),
        unary!(expm1, 2.0, 1.5),
        unary!(log, 2.0, 1.5),
        unary!(log2, 2.0, 1.5),
        unary!(log10, 2.0, 1.5),
        unary!(log1p, 2.0, 1.5),
        unary!(cbrt, 2.0, 1.5),
        unary!(sin, 2.0, 1.5),
        unary!(cos, 2.0, 1.5),
        unary!(tan, 2.0, 1.5),
        unary!(arcsin, 2.0, 1.5),
        unary!(arccos, 2.0, 1.5),
        unary!(arctan, 2.0, 1.5),
        unary!(sinh, 2.0, 1.5),
        unary!(cosh, 2.0, 1.5),
        unary!(tanh, 2.0, 1.5),
        unary!(arcsinh, 2.0, 1.5),
        unary!(arccosh, 2.0, 1.5),
        unary!(arctanh, 2.0, 1.5),
        unary!(erf, 2.0, 1.5),
        unary!(erfc, 3.0, 1.5),
        unary!(erfinv, 2.0, 1.5),
        unary!(gamma, 3.0, 1.5),
        unary!(lgamma, 4.0, 1.5),
        unary!(digamma, 4.0, 1.5),
        binary!(pow, 2.0, 1.5),
        binary!(hypot, 2.0, 1.5),
        binary!(arctan2, 2.0, 1.5),
        binary!(logaddexp, 2.0, 2.0),
    ]
}

/// The levels that this machine can run, as indices into `Case`'s arrays.
fn levels() -> &'static [usize] {
    if level() >= Level::Avx2 { &[0, 1] } else { &[0] }
}

fn place64(x: f64) -> f64 {
    f64::from_bits(x.abs().to_bits() + 1) - x.abs()
}

fn place32(x: f32) -> f64 {
    f64::from(f32::from_bits(x.abs().to_bits() + 1)) - f64::from(x.abs())
}

fn read(name: &str) -> Vec<(Vec<f64>, f64)> {
    let path = format!("{}/tests/reference/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the table is committed");
    let line = |line: &str| {
        let (numbers, lost) = line.rsplit_once(',').expect("a point has columns");
        let number = |hex| f64::from_bits(u64::from_str_radix(hex, 16).expect("hexadecimal"));
        (numbers.split(',').map(number).collect(), lost.parse().expect("a number"))
    };
    text.lines().map(line).collect()
}

#[test]
fn float64_functions_keep_their_bounds() {
    let mut failures = Vec::new();
    println!("{:<12} {:>10} {:>10}  float64 error in units of the last place", "", "baseline", "fused");
    for case in cases() {
        let mut worst = [(0.0, 0.0); 2];
        for (numbers, lost) in read(case.name) {
            let (arguments, expected) = numbers.split_at(numbers.len() - 1);
            for &which in levels() {
                let got = case.double[which](arguments[0], arguments[arguments.len() - 1]);
                let error = ((got - expected[0]) / place64(expected[0]) - lost).abs();
                if error > worst[which].0 || error.is_nan() {
                    worst[which] = (if error.is_nan() { 1e300 } else { error }, arguments[0]);
                }
            }
        }
        println!(
            "{:<12} {:>10.3} {:>10.3}  at {:e} {:e}",
            case.name, worst[0].0, worst[1].0, worst[0].1, worst[1].1
        );
        if worst.iter().any(|w| w.0 > case.bounds.0) {
            failures.push((case.name, worst));
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
}

/// float64 references for the float32 functions; ours where the standard library has none (tested above).
fn reference(name: &str, x: f64, y: f64) -> f64 {
    match name {
        "exp" => x.exp(),
        "exp2" => x.exp2(),
        "expm1" => x.exp_m1(),
        "log" => x.ln(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "log1p" => x.ln_1p(),
        "cbrt" => x.cbrt(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "arcsin" => x.asin(),
        "arccos" => x.acos(),
        "arctan" => x.atan(),
        "sinh" => x.sinh(),
        "cosh" => x.cosh(),
        "tanh" => x.tanh(),
        "arcsinh" => Real::arcsinh::<Baseline>(x),
        "arccosh" => Real::arccosh::<Baseline>(x),
        "arctanh" => Real::arctanh::<Baseline>(x),
        "erf" => Real::erf::<Baseline>(x),
        "erfc" => Real::erfc::<Baseline>(x),
        "erfinv" => Real::erfinv::<Baseline>(x),
        "gamma" => Real::gamma::<Baseline>(x),
        "lgamma" => Real::lgamma::<Baseline>(x),
        "digamma" => Real::digamma::<Baseline>(x),
        "pow" => x.powf(y),
        "hypot" => x.hypot(y),
        "arctan2" => x.atan2(y),
        "logaddexp" => x.max(y) + (-(x - y).abs()).exp().ln_1p(),
        _ => panic!("no reference for {name}"),
    }
}

#[test]
fn float32_functions_keep_their_bounds_over_the_whole_range() {
    let mut failures = Vec::new();
    println!("{:<12} {:>10} {:>10}  float32 error in units of the last place", "", "baseline", "fused");
    for case in cases() {
        let mut worst = [(0.0, 0.0f32, 0.0f32); 2];
        // A step that is prime to 2^32 visits patterns evenly; every other point lies in a range where functions bend.
        for index in 0..300_000u32 {
            let x = match index % 3 {
                0 => f32::from_bits(index.wrapping_mul(2_654_435_761)),
                1 => (index.wrapping_mul(2_654_435_761) as i32) as f32 * (4.0 / 2147483648.0),
                _ => (index.wrapping_mul(2_246_822_519) as i32) as f32 * (100.0 / 2147483648.0),
            };
            let y = match index % 2 {
                0 => f32::from_bits(index.wrapping_mul(3_266_489_917)),
                _ => (index.wrapping_mul(3_266_489_917) as i32) as f32 * (8.0 / 2147483648.0),
            };
            let (x, y) = if case.name == "logaddexp" { (x.abs(), y.abs()) } else { (x, y) };
            let exact = reference(case.name, f64::from(x), f64::from(y));
            for &which in levels() {
                let got = case.single[which](x, y);
                let expected = exact as f32;
                let error = if expected.is_nan() || expected.is_infinite() || got.is_infinite() {
                    let same = got == expected || (got.is_nan() && expected.is_nan());
                    // The next number after the largest counts as its infinity.
                    let near = got.is_infinite() && expected.abs() >= f32::MAX.next_down();
                    if same || near { 0.0 } else { 1e300 }
                } else {
                    ((f64::from(got) - exact) / place32(expected)).abs()
                };
                if error > worst[which].0 || error.is_nan() {
                    worst[which] = (if error.is_nan() { 1e300 } else { error }, x, y);
                }
            }
        }
        println!(
            "{:<12} {:>10.3} {:>10.3}  at {:e} {:e}",
            case.name, worst[0].0, worst[1].0, worst[0].1, worst[1].1
        );
        if worst.iter().any(|w| w.0 > case.bounds.1) {
            failures.push((case.name, worst));
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn gelu_its_slope_and_weights_keep_their_digits_on_every_level() {
    let close = |got: f32, exact: f64, unit: f64| (f64::from(got) - exact).abs() <= 7e-7 * unit + 1e-37;
    for at in -1300..=1300 {
        let x = at as f32 * 0.01;
        let wide = f64::from(x);
        let below = 0.5 * Real::erfc::<Baseline>(-wide * std::f64::consts::FRAC_1_SQRT_2);
        let slope = below + wide * (-0.5 * wide * wide).exp() * 0.3989422804014327;
        for &which in levels() {
            let pick = |baseline: f32, fused: f32| if which == 0 { baseline } else { fused };
            let got = pick(Real::gelu::<Baseline>(x), Real::gelu::<Avx2>(x));
            assert!(close(got, wide * below, (wide * below).abs()), "gelu({x}) = {got}");
            let got = pick(Real::gelu_slope::<Baseline>(x), Real::gelu_slope::<Avx2>(x));
            let unit = if x > -2.0 { slope.abs().max(0.1) } else { slope.abs() };
            assert!(close(got, slope, unit), "slope of gelu({x}) = {got}, not {slope}");
            let y = -x.abs() * 6.6;
            let got = pick(Real::exp_weight::<Baseline>(y), Real::exp_weight::<Avx2>(y));
            assert!(close(got, f64::from(y).exp(), f64::from(y).exp()), "exp({y}) = {got}");
        }
    }
    let infinity = f32::INFINITY;
    assert_eq!([Real::gelu::<Baseline>(infinity), Real::gelu::<Baseline>(-infinity)], [infinity, 0.0]);
    assert_eq!([Real::gelu_slope::<Baseline>(infinity), Real::gelu_slope::<Baseline>(-infinity)], [1.0, 0.0]);
    assert!(Real::gelu::<Baseline>(f32::NAN).is_nan() && Real::gelu_slope::<Baseline>(f32::NAN).is_nan());
    assert_eq!([Real::exp_weight::<Baseline>(-infinity), Real::exp_weight::<Baseline>(0.0f32)], [0.0, 1.0]);
    assert!(
        Real::exp_weight::<Baseline>(f32::NAN).is_nan() && Real::exp_weight::<Baseline>(f64::NAN).is_nan()
    );
}
