//! Complex functions against correctly rounded references, and their values at infinities and zeros.

use lanes::ComplexMath;
use lanes::level::Avx2;
use mxnet_lanes as lanes;
use num_complex::Complex;

type C = Complex<f64>;

fn apply(name: &str, z: C) -> C {
    match name {
        "exp" => ComplexMath::exp::<Avx2>(z),
        "log" => ComplexMath::log::<Avx2>(z),
        "log1p" => ComplexMath::log1p::<Avx2>(z),
        "expm1" => ComplexMath::expm1::<Avx2>(z),
        "sqrt" => ComplexMath::sqrt::<Avx2>(z),
        "sin" => ComplexMath::sin::<Avx2>(z),
        "cos" => ComplexMath::cos::<Avx2>(z),
        "tan" => ComplexMath::tan::<Avx2>(z),
        "arcsin" => ComplexMath::arcsin::<Avx2>(z),
        "arccos" => ComplexMath::arccos::<Avx2>(z),
        "arctan" => ComplexMath::arctan::<Avx2>(z),
        "sinh" => ComplexMath::sinh::<Avx2>(z),
        "cosh" => ComplexMath::cosh::<Avx2>(z),
        "tanh" => ComplexMath::tanh::<Avx2>(z),
        "arcsinh" => ComplexMath::arcsinh::<Avx2>(z),
        "arccosh" => ComplexMath::arccosh::<Avx2>(z),
        "arctanh" => ComplexMath::arctanh::<Avx2>(z),
        _ => panic!("no function {name}"),
    }
}

#[test]
fn complex_functions_are_close_in_the_complex_plane() {
    let text = include_str!("reference/complex.csv");
    let mut worst: Vec<(String, f64, f64)> = Vec::new();
    for line in text.lines() {
        let columns: Vec<&str> = line.split(',').collect();
        let part =
            |index: usize| f64::from_bits(u64::from_str_radix(columns[index], 16).expect("hexadecimal"));
        let (z, expected) = (C::new(part(1), part(2)), C::new(part(3), part(4)));
        let got = apply(columns[0], z);
        let error = (got - expected).norm() / expected.norm() / f64::EPSILON;
        let parts =
            ((got.re - expected.re) / expected.re).abs().max(((got.im - expected.im) / expected.im).abs());
        match worst.last_mut() {
            Some(last) if last.0 == columns[0] => {
                (last.1, last.2) = (last.1.max(error), last.2.max(parts / f64::EPSILON));
            }
            _ => worst.push((columns[0].to_string(), error, parts / f64::EPSILON)),
        }
    }
    println!("{:<12} {:>10} {:>10}  in epsilons", "", "norm", "part");
    for (name, error, parts) in &worst {
        println!("{name:<12} {error:>10.2} {parts:>10.2}");
    }
    assert!(worst.iter().all(|(_, error, _)| *error < 6.0), "{worst:?}");
}

#[test]
fn complex_functions_keep_signs_at_branch_cuts_and_infinities() {
    let (inf, nan) = (f64::INFINITY, f64::NAN);
    let table: &[(&str, C, C)] = &[
        ("sqrt", C::new(-4.0, 0.0), C::new(0.0, 2.0)),
        ("sqrt", C::new(-4.0, -0.0), C::new(0.0, -2.0)),
        ("sqrt", C::new(-inf, 1.0), C::new(0.0, inf)),
        ("sqrt", C::new(nan, inf), C::new(inf, inf)),
        ("log", C::new(0.0, 0.0), C::new(-inf, 0.0)),
        ("log", C::new(-1.0, -0.0), C::new(0.0, -std::f64::consts::PI)),
        ("exp", C::new(-inf, nan), C::new(0.0, 0.0)),
        ("exp", C::new(1.0, 0.0), C::new(std::f64::consts::E, 0.0)),
        ("arccos", C::new(2.0, 0.0), C::new(0.0, -1.3169578969248166)),
        ("arccos", C::new(2.0, -0.0), C::new(0.0, 1.3169578969248166)),
        ("arcsin", C::new(2.0, 0.0), C::new(std::f64::consts::FRAC_PI_2, 1.3169578969248166)),
        ("arctanh", C::new(2.0, 0.0), C::new(0.5493061443340549, std::f64::consts::FRAC_PI_2)),
        ("arccosh", C::new(-2.0, 0.0), C::new(1.3169578969248166, std::f64::consts::PI)),
        ("tanh", C::new(inf, 1.0), C::new(1.0, 0.0)),
        ("tanh", C::new(800.0, 1.0), C::new(1.0, 0.0)),
        ("cosh", C::new(0.0, 0.0), C::new(1.0, 0.0)),
        ("sinh", C::new(0.0, inf), C::new(0.0, nan)),
    ];
    let close = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 4e-16 * b.abs();
    for (name, z, expected) in table {
        let got = apply(name, *z);
        assert!(
            close(got.re, expected.re) && close(got.im, expected.im),
            "{name}({z}) = {got}, not {expected}"
        );
    }
}

#[test]
fn whole_powers_of_gaussian_integers_are_exact() {
    let cube = ComplexMath::pow::<Avx2>(Complex::new(2.0f32, 1.0), Complex::new(3.0, 0.0));
    assert_eq!(cube, Complex::new(2.0, 11.0));
    assert_eq!(ComplexMath::pow::<Avx2>(C::new(0.0, 0.0), C::new(0.0, 0.0)), C::new(1.0, 0.0));
}

#[test]
fn division_by_zero_gives_infinity_as_numpy() {
    let quotient = ComplexMath::divide(C::new(1.0, 0.0), C::new(0.0, 0.0));
    assert!(quotient.re.is_infinite() && quotient.im.is_nan());
    assert_eq!(ComplexMath::divide(C::new(1.0, 2.0), C::new(3.0, -4.0)), C::new(-0.2, 0.4));
}
