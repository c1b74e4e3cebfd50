//! Prints what each function costs per element inside a tile loop: `cargo run --release -p mxnet-lanes --example speed`.

use std::time::Instant;

use lanes::{Element, Isa, Map1, Map2, Real, Select, Style};
use mxnet_lanes as lanes;

macro_rules! bodies {
    ($($name:ident $style:ident $expression:expr;)*) => {$(
        #[allow(non_camel_case_types)]
        struct $name;
        impl<T: Real> Map1<T, T> for $name {
            const STYLE: Style = Style::$style;
            #[inline(always)]
            fn apply<I: Isa>(x: T) -> T {
                let function: fn(T) -> T = $expression;
                function(x)
            }
        }
    )*};
}

macro_rules! functions {
    ($($name:ident $style:ident),*) => {
        $(
            #[allow(non_camel_case_types)]
            struct $name;
            impl<T: Real> Map1<T, T> for $name {
                const STYLE: Style = Style::$style;
                #[inline(always)]
                fn apply<I: Isa>(x: T) -> T { x.$name::<I>() }
            }
        )*
        fn unary() {
            $( report::<$name>(stringify!($name)); )*
        }
    };
}

functions!(
    exp Lanes, exp2 Lanes, expm1 Lanes, log Lanes, log2 Lanes, log10 Lanes, log1p Lanes, cbrt Lanes, sin Deferred,
    cos Deferred, tan Deferred, arcsin Lanes, arccos Lanes, arctan Lanes, sinh Lanes, cosh Lanes, tanh Lanes,
    arcsinh Lanes, arccosh Lanes, arctanh Lanes, exp_weight Lanes, gelu Lanes, gelu_slope Lanes, erf Lanes, erfc Lanes, erfinv Lanes, gamma Scalar, lgamma Scalar,
    digamma Scalar
);

const COUNT: usize = 4096;

/// Nanoseconds per element, the best of several rounds.
fn time(run: impl Fn()) -> f64 {
    (0..20)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..10 {
                run();
            }
            start.elapsed().as_secs_f64() / (10 * COUNT) as f64 * 1e9
        })
        .fold(f64::INFINITY, f64::min)
}

fn time1<O: Map1<A, R>, A: Element, R: Element>(source: &[A]) -> f64 {
    let body = lanes::map1::<O, A, R>();
    let mut out = vec![R::default(); source.len()];
    let (out, source) = (out.as_mut_ptr().cast::<u8>(), source.as_ptr().cast::<u8>());
    // SAFETY: both slices hold COUNT elements of the body's types.
    time(|| unsafe { body(COUNT, out, [source, std::ptr::null(), std::ptr::null()]) })
}

fn time2<O: Map2<A, R>, A: Element, R: Element>(value: A) -> f64 {
    let body = lanes::map2::<O, A, R>();
    let (x, y) = (vec![value; COUNT], vec![value; COUNT]);
    let mut out = vec![R::default(); COUNT];
    let (out, x, y) = (out.as_mut_ptr().cast::<u8>(), x.as_ptr().cast::<u8>(), y.as_ptr().cast::<u8>());
    // SAFETY: all vectors hold COUNT elements of the body's types.
    time(|| unsafe { body(COUNT, out, [x, y, std::ptr::null()]) })
}

fn report<O: Map1<f32, f32> + Map1<f64, f64>>(name: &str) {
    let double: Vec<f64> = (0..COUNT).map(|i| 0.001 + i as f64 * (1.9 / COUNT as f64)).collect();
    let single: Vec<f32> = double.iter().map(|&x| x as f32).collect();
    println!("{name:<12} {:>8.2} {:>8.2}", time1::<O, f32, f32>(&single), time1::<O, f64, f64>(&double));
}

struct Add;
impl Map2<f32, f32> for Add {
    #[inline(always)]
    fn apply<I: Isa>(x: f32, y: f32) -> f32 {
        x + y
    }
}
impl Map2<i8, i8> for Add {
    #[inline(always)]
    fn apply<I: Isa>(x: i8, y: i8) -> i8 {
        x.wrapping_add(y)
    }
}
impl Map2<i64, i64> for Add {
    #[inline(always)]
    fn apply<I: Isa>(x: i64, y: i64) -> i64 {
        x.wrapping_add(y)
    }
}
struct Maximum;
impl<T: Real> Map2<T, T> for Maximum {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        x.maximum(y)
    }
}
struct Less;
impl<T: Element + PartialOrd> Map2<T, bool> for Less {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> bool {
        x < y
    }
}
struct Power;
impl<T: Real> Map2<T, T> for Power {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        x.pow::<I>(y)
    }
}
struct Hypot;
impl<T: Real> Map2<T, T> for Hypot {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        x.hypot::<I>(y)
    }
}
struct Angle;
impl<T: Real> Map2<T, T> for Angle {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        x.arctan2::<I>(y)
    }
}
struct Where;
impl<T: Element> Select<T> for Where {
    #[inline(always)]
    fn apply<I: Isa>(condition: bool, x: T, y: T) -> T {
        if condition { x } else { y }
    }
}
bodies! {
    root Lanes |x| x.sqrt();
    floor Lanes |x| x.floor();
    sign Lanes |x| x.sign();
    modf Lanes |x| x.modf_fraction();
    mantissa Lanes |x| x.frexp_mantissa();
    spacing Lanes |x| x.spacing();
}

fn main() {
    println!(
        "level {:?}; ns per element of {COUNT}\n{:<12} {:>8} {:>8}",
        lanes::level(),
        "",
        "float32",
        "float64"
    );
    unary();
    println!("{:<12} {:>8.2} {:>8.2}", "pow", time2::<Power, f32, f32>(1.7), time2::<Power, f64, f64>(1.7));
    println!("{:<12} {:>8.2} {:>8.2}", "hypot", time2::<Hypot, f32, f32>(1.7), time2::<Hypot, f64, f64>(1.7));
    println!(
        "{:<12} {:>8.2} {:>8.2}",
        "arctan2",
        time2::<Angle, f32, f32>(1.7),
        time2::<Angle, f64, f64>(1.7)
    );
    println!(
        "{:<12} {:>8.3} {:>8.3}",
        "maximum",
        time2::<Maximum, f32, f32>(1.7),
        time2::<Maximum, f64, f64>(1.7)
    );
    println!("{:<12} {:>8.3} {:>8.3}", "less", time2::<Less, f32, bool>(1.7), time2::<Less, f64, bool>(1.7));
    println!(
        "{:<12} {:>8.3} {:>8.3}  int8, int64",
        "less",
        time2::<Less, i8, bool>(1),
        time2::<Less, i64, bool>(1)
    );
    println!("{:<12} {:>8.3}", "add", time2::<Add, f32, f32>(1.7));
    println!(
        "{:<12} {:>8.3} {:>8.3}  int8, int64",
        "add",
        time2::<Add, i8, i8>(1),
        time2::<Add, i64, i64>(1)
    );
    report::<root>("sqrt");
    report::<floor>("floor");
    report::<sign>("sign");
    report::<modf>("modf");
    report::<mantissa>("frexp");
    report::<spacing>("spacing");
    let select = lanes::select3::<Where, f32>();
    let (c, x, mut out) = (vec![1u8; COUNT], vec![1f32; COUNT], vec![0f32; COUNT]);
    let (c, x, out) = (c.as_ptr(), x.as_ptr().cast(), out.as_mut_ptr().cast());
    // SAFETY: all vectors hold COUNT elements of the body's types.
    println!("{:<12} {:>8.3}", "where", time(|| unsafe { select(COUNT, out, [c, x, x]) }));
}
