//! Kinds of arithmetic: floats, complex numbers and integers stay what they are.

use std::marker::PhantomData;

use base::{DType, Fold, Loop, Op, Scan, Sym};
use lanes::level::Baseline;
use lanes::{Isa, Map1, Map2, Map3, Real, Style, fold2, map1, map2, map3, scan2};
use num_complex::Complex as Pair;

use super::{Gradient1, Gradient2, Gradient3, Integers, PerInteger, facts, for_integer, row, vjp};
use crate::number::{Complex, Integer, Ordered};

/// Arithmetic on one number.
pub(crate) trait Number1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const STYLE: Style = Style::Lanes;
    const INTEGERS: Integers;
    /// The body for bools, where NumPy has one.
    const BOOL: Option<fn(bool) -> bool> = None;
    /// Whether `complex` is the operator for complex numbers too.
    const COMPLEX: bool = false;
    const HOLOMORPHIC: bool = Self::COMPLEX;
    const VJP: Gradient1;

    fn cpu<F: Real, I: Isa>(x: F) -> F;
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x
    }
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x
    }

    const ROW: &'static Op = row!(Number1, number1_loops::<Self>, super::no_scan, vjp!(), Self::HOLOMORPHIC);

    /// The operator in a formula.
    fn of(x: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x])
    }
}

struct RealBody<T>(PhantomData<T>);
struct IntegerBody<T>(PhantomData<T>);
struct BoolBody<T>(PhantomData<T>);
struct ComplexBody<T>(PhantomData<T>);
/// The running fold instead of the loop.
struct Folded<T>(PhantomData<T>);

impl<T: Number1, F: Real> Map1<F, F> for RealBody<T> {
    const STYLE: Style = T::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: F) -> F {
        T::cpu::<F, I>(x)
    }
}
impl<T: Number1, N: Integer> Map1<N, N> for IntegerBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: N) -> N {
        T::integer(x)
    }
}
impl<T: Number1> Map1<bool, bool> for BoolBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x))
    }
}
impl<T: Number1, C: Complex> Map1<C, C> for ComplexBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: C) -> C {
        T::complex::<C, I>(x)
    }
}

/// The integer loops of `Number1`.
struct Integers1<T>(PhantomData<T>);
impl<T: Number1> PerInteger for Integers1<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map1::<IntegerBody<T>, N, N>()
    }
}

fn number1_loops<T: Number1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map1::<BoolBody<T>, bool, bool>()),
        DType::F32 => Some(map1::<RealBody<T>, f32, f32>()),
        DType::F64 => Some(map1::<RealBody<T>, f64, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(map1::<ComplexBody<T>, Pair<f32>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(map1::<ComplexBody<T>, Pair<f64>, Pair<f64>>()),
        _ => for_integer::<Integers1<T>>(dtype),
    }
}

/// Arithmetic on two numbers.
pub(crate) trait Number2: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const STYLE: Style = Style::Lanes;
    const INTEGERS: Integers;
    const INTEGER_STYLE: Style = Style::Lanes;
    /// The body for bools, where NumPy has one.
    const BOOL: Option<fn(bool, bool) -> bool> = None;
    /// Whether `complex` is the operator for complex numbers too.
    const COMPLEX: bool = false;
    const COMPLEX_STYLE: Style = Style::Lanes;
    const HOLOMORPHIC: bool = Self::COMPLEX;
    const VJP: Gradient2;

    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F;
    fn integer<N: Integer>(x: N, y: N) -> N;
    #[inline(always)]
    fn complex<C: Complex + Ordered, I: Isa>(x: C, _y: C) -> C {
        x
    }

    const ROW: &'static Op = row!(
        Number2,
        number2_loops::<Self>,
        number2_scans::<Self>,
        vjp!(),
        Self::HOLOMORPHIC,
        None,
        number2_folds::<Self>
    );

    /// The operator in a formula.
    fn of(x: Sym, y: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x, y])
    }
}

impl<T: Number2, F: Real> Map2<F, F> for RealBody<T> {
    const STYLE: Style = T::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: F, y: F) -> F {
        T::cpu::<F, I>(x, y)
    }
}
impl<T: Number2, N: Integer> Map2<N, N> for IntegerBody<T> {
    const STYLE: Style = T::INTEGER_STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: N, y: N) -> N {
        T::integer(x, y)
    }
}
impl<T: Number2> Map2<bool, bool> for BoolBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool, y: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x, y))
    }
}
impl<T: Number2, C: Complex + Ordered> Map2<C, C> for ComplexBody<T> {
    const STYLE: Style = T::COMPLEX_STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: C, y: C) -> C {
        // Scalar bodies at the baseline: see `float`.
        if const { matches!(T::COMPLEX_STYLE, Style::Scalar) } {
            T::complex::<C, Baseline>(x, y)
        } else {
            T::complex::<C, I>(x, y)
        }
    }
}

/// The integer loops of `Number2`.
struct Integers2<T>(PhantomData<T>);
impl<T: Number2> PerInteger for Integers2<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map2::<IntegerBody<T>, N, N>()
    }
}
impl<T: Number2> PerInteger for Folded<T> {
    type Made = Scan;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Scan {
        scan2::<IntegerBody<T>, N>()
    }
}

fn number2_loops<T: Number2>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map2::<BoolBody<T>, bool, bool>()),
        DType::F32 => Some(map2::<RealBody<T>, f32, f32>()),
        DType::F64 => Some(map2::<RealBody<T>, f64, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(map2::<ComplexBody<T>, Pair<f32>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(map2::<ComplexBody<T>, Pair<f64>, Pair<f64>>()),
        _ => for_integer::<Integers2<T>>(dtype),
    }
}

fn number2_scans<T: Number2>(dtype: DType) -> Option<Scan> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(scan2::<BoolBody<T>, bool>()),
        DType::F32 => Some(scan2::<RealBody<T>, f32>()),
        DType::F64 => Some(scan2::<RealBody<T>, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(scan2::<ComplexBody<T>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(scan2::<ComplexBody<T>, Pair<f64>>()),
        _ => for_integer::<Folded<T>>(dtype),
    }
}

struct Grouped<T>(PhantomData<T>);
impl<T: Number2> PerInteger for Grouped<T> {
    type Made = Fold;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Fold {
        fold2::<IntegerBody<T>, N>()
    }
}

fn number2_folds<T: Number2>(dtype: DType) -> Option<Fold> {
    if const { !T::ASSOCIATIVE } {
        return None;
    }
    match dtype {
        DType::F32 => Some(fold2::<RealBody<T>, f32>()),
        DType::F64 => Some(fold2::<RealBody<T>, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(fold2::<ComplexBody<T>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(fold2::<ComplexBody<T>, Pair<f64>>()),
        _ => for_integer::<Grouped<T>>(dtype),
    }
}

/// Arithmetic on three numbers.
pub(crate) trait Number3: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const INTEGERS: Integers;
    /// The body for bools, where NumPy has one.
    const BOOL: Option<fn(bool, bool, bool) -> bool> = None;
    const HOLOMORPHIC: bool = false;
    const VJP: Gradient3;

    fn cpu<F: Real, I: Isa>(x: F, y: F, z: F) -> F;
    fn integer<N: Integer>(x: N, y: N, z: N) -> N;
    fn complex<C: Complex + Ordered, I: Isa>(x: C, y: C, z: C) -> C;

    const ROW: &'static Op = row!(Number3, number3_loops::<Self>, super::no_scan, vjp!(), Self::HOLOMORPHIC);

    /// The operator in a formula.
    fn of(x: Sym, y: Sym, z: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x, y, z])
    }
}

impl<T: Number3, F: Real> Map3<F, F> for RealBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: F, y: F, z: F) -> F {
        T::cpu::<F, I>(x, y, z)
    }
}
impl<T: Number3, N: Integer> Map3<N, N> for IntegerBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: N, y: N, z: N) -> N {
        T::integer(x, y, z)
    }
}
impl<T: Number3> Map3<bool, bool> for BoolBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool, y: bool, z: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x, y, z))
    }
}
impl<T: Number3, C: Complex + Ordered> Map3<C, C> for ComplexBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: C, y: C, z: C) -> C {
        T::complex::<C, I>(x, y, z)
    }
}

/// The integer loops of `Number3`.
struct Integers3<T>(PhantomData<T>);
impl<T: Number3> PerInteger for Integers3<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map3::<IntegerBody<T>, N, N>()
    }
}

fn number3_loops<T: Number3>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map3::<BoolBody<T>, bool, bool>()),
        DType::F32 => Some(map3::<RealBody<T>, f32, f32>()),
        DType::F64 => Some(map3::<RealBody<T>, f64, f64>()),
        DType::C64 => Some(map3::<ComplexBody<T>, Pair<f32>, Pair<f32>>()),
        DType::C128 => Some(map3::<ComplexBody<T>, Pair<f64>, Pair<f64>>()),
        _ => for_integer::<Integers3<T>>(dtype),
    }
}
