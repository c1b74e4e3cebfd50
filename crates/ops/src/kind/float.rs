//! Kinds of float functions: integers rise to a float first. `Real1` takes a complex number to a real one.
//!
//! Scalar bodies are asked for at the `Baseline` level: their functions are too large to be inlined into the loop, and
//! out of line a fused multiply-add would be a call.

use std::marker::PhantomData;

use base::{DType, Loop, Op, Scan, Sym};
use half::{bf16, f16};
use lanes::level::Baseline;
use lanes::{Isa, Map1, Map2, Real, Style, map1, map2, scan2};
use num_complex::Complex as Pair;

use super::{Gradient1, Gradient2, Integers, PerInteger, facts, for_integer, row, vjp};
use crate::number::{Complex, Half, Integer};

/// A float function of one number.
pub(crate) trait Float1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const STYLE: Style = Style::Lanes;
    /// Whether `complex` is the operator for complex numbers too.
    const COMPLEX: bool = false;
    const HOLOMORPHIC: bool = Self::COMPLEX;
    /// Whether halves have a body of their own, `half`, because the way through float32 gives another answer.
    const HALVES: bool = false;
    const VJP: Gradient1;

    fn cpu<F: Real, I: Isa>(x: F) -> F;
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C) -> C {
        x
    }
    #[inline(always)]
    fn half<H: Half>(x: H) -> H {
        x
    }

    const ROW: &'static Op = row!(Float1, float1_loops::<Self>, super::no_scan, vjp!(), Self::HOLOMORPHIC);

    /// The operator in a formula.
    fn of(x: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x])
    }
}

struct RealBody<T>(PhantomData<T>);
struct ComplexBody<T>(PhantomData<T>);
struct HalfBody<T>(PhantomData<T>);

impl<T: Float1, F: Real> Map1<F, F> for RealBody<T> {
    const STYLE: Style = T::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: F) -> F {
        if const { matches!(T::STYLE, Style::Scalar) } { T::cpu::<F, Baseline>(x) } else { T::cpu::<F, I>(x) }
    }
}
impl<T: Float1, C: Complex> Map1<C, C> for ComplexBody<T> {
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn apply<I: Isa>(x: C) -> C {
        T::complex::<C, Baseline>(x)
    }
}

impl<T: Float1, H: Half> Map1<H, H> for HalfBody<T> {
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn apply<I: Isa>(x: H) -> H {
        T::half(x)
    }
}

fn float1_loops<T: Float1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::F16 if const { T::HALVES } => Some(map1::<HalfBody<T>, f16, f16>()),
        DType::BF16 if const { T::HALVES } => Some(map1::<HalfBody<T>, bf16, bf16>()),
        DType::F32 => Some(map1::<RealBody<T>, f32, f32>()),
        DType::F64 => Some(map1::<RealBody<T>, f64, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(map1::<ComplexBody<T>, Pair<f32>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(map1::<ComplexBody<T>, Pair<f64>, Pair<f64>>()),
        _ => None,
    }
}

/// A float function of two numbers.
pub(crate) trait Float2: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const STYLE: Style = Style::Lanes;
    /// Whether `complex` is the operator for complex numbers too.
    const COMPLEX: bool = false;
    const COMPLEX_STYLE: Style = Style::Scalar;
    const HOLOMORPHIC: bool = Self::COMPLEX;
    /// As in `Float1`.
    const HALVES: bool = false;
    const VJP: Gradient2;

    fn cpu<F: Real, I: Isa>(x: F, y: F) -> F;
    #[inline(always)]
    fn complex<C: Complex, I: Isa>(x: C, _y: C) -> C {
        x
    }
    #[inline(always)]
    fn half<H: Half>(x: H, _y: H) -> H {
        x
    }

    const ROW: &'static Op =
        row!(Float2, float2_loops::<Self>, float2_scans::<Self>, vjp!(), Self::HOLOMORPHIC);

    /// The operator in a formula.
    fn of(x: Sym, y: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x, y])
    }
}

impl<T: Float2, F: Real> Map2<F, F> for RealBody<T> {
    const STYLE: Style = T::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: F, y: F) -> F {
        T::cpu::<F, I>(x, y)
    }
}
impl<T: Float2, C: Complex> Map2<C, C> for ComplexBody<T> {
    const STYLE: Style = T::COMPLEX_STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: C, y: C) -> C {
        if const { matches!(T::COMPLEX_STYLE, Style::Scalar) } {
            T::complex::<C, Baseline>(x, y)
        } else {
            T::complex::<C, I>(x, y)
        }
    }
}

impl<T: Float2, H: Half> Map2<H, H> for HalfBody<T> {
    const STYLE: Style = Style::Scalar;
    #[inline(always)]
    fn apply<I: Isa>(x: H, y: H) -> H {
        T::half(x, y)
    }
}

fn float2_loops<T: Float2>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::F16 if const { T::HALVES } => Some(map2::<HalfBody<T>, f16, f16>()),
        DType::BF16 if const { T::HALVES } => Some(map2::<HalfBody<T>, bf16, bf16>()),
        DType::F32 => Some(map2::<RealBody<T>, f32, f32>()),
        DType::F64 => Some(map2::<RealBody<T>, f64, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(map2::<ComplexBody<T>, Pair<f32>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(map2::<ComplexBody<T>, Pair<f64>, Pair<f64>>()),
        _ => None,
    }
}

fn float2_scans<T: Float2>(dtype: DType) -> Option<Scan> {
    match dtype {
        DType::F32 => Some(scan2::<RealBody<T>, f32>()),
        DType::F64 => Some(scan2::<RealBody<T>, f64>()),
        DType::C64 if const { T::COMPLEX } => Some(scan2::<ComplexBody<T>, Pair<f32>>()),
        DType::C128 if const { T::COMPLEX } => Some(scan2::<ComplexBody<T>, Pair<f64>>()),
        _ => None,
    }
}

/// A function of one number with a real result: complex dtypes give their real dtype, others stay.
pub(crate) trait Real1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const INTEGERS: Integers;
    /// The body for bools, where NumPy has one.
    const BOOL: Option<fn(bool) -> bool> = None;
    const VJP: Gradient1;

    fn cpu<F: Real, I: Isa>(x: F) -> F;
    #[inline(always)]
    fn integer<N: Integer>(x: N) -> N {
        x
    }
    fn complex<C: Complex, I: Isa>(x: C) -> C::Part;

    const ROW: &'static Op = row!(Real1, real1_loops::<Self>, super::no_scan, vjp!(), false);

    /// The operator in a formula.
    fn of(x: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x])
    }
}

// Bodies of their own: one struct cannot tell the kinds' bodies of the same shape apart.
struct PartBody<T>(PhantomData<T>);
struct PartOfReal<T>(PhantomData<T>);
struct PartOfInteger<T>(PhantomData<T>);
struct PartOfBool<T>(PhantomData<T>);

impl<T: Real1, F: Real> Map1<F, F> for PartOfReal<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: F) -> F {
        T::cpu::<F, I>(x)
    }
}
impl<T: Real1, N: Integer> Map1<N, N> for PartOfInteger<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: N) -> N {
        T::integer(x)
    }
}
impl<T: Real1> Map1<bool, bool> for PartOfBool<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x))
    }
}
impl<T: Real1, C: Complex> Map1<C, C::Part> for PartBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: C) -> C::Part {
        T::complex::<C, I>(x)
    }
}
impl<T: Real1> PerInteger for PartOfInteger<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map1::<Self, N, N>()
    }
}

fn real1_loops<T: Real1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map1::<PartOfBool<T>, bool, bool>()),
        DType::F32 => Some(map1::<PartOfReal<T>, f32, f32>()),
        DType::F64 => Some(map1::<PartOfReal<T>, f64, f64>()),
        DType::C64 => Some(map1::<PartBody<T>, Pair<f32>, f32>()),
        DType::C128 => Some(map1::<PartBody<T>, Pair<f64>, f64>()),
        _ => for_integer::<PartOfInteger<T>>(dtype),
    }
}
