//! Kinds of bit operations: integers, and bools where NumPy has them. Floats are refused. `Count1` gives uint8.

use std::marker::PhantomData;

use base::{DType, Loop, Op, Scan};
use lanes::{Isa, Map1, Map2, Style, map1, map2, scan2};

use super::{Integers, PerInteger, facts, for_integer, row, zero_vjp};
use crate::number::Integer;

/// A bit operation on one integer.
pub(crate) trait Bits1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const INTEGERS: Integers;
    const BOOL: Option<fn(bool) -> bool> = None;

    fn cpu<N: Integer>(x: N) -> N;

    const ROW: &'static Op = row!(Bits1, bits1_loops::<Self>, super::no_scan, Some(zero_vjp), false);
}

/// A bit operation on two integers.
pub(crate) trait Bits2: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const INTEGERS: Integers;
    const STYLE: Style = Style::Lanes;
    const BOOL: Option<fn(bool, bool) -> bool> = None;

    fn cpu<N: Integer>(x: N, y: N) -> N;

    const ROW: &'static Op = row!(Bits2, bits2_loops::<Self>, bits2_scans::<Self>, Some(zero_vjp), false);
}

/// How many of something one integer has, as uint8.
pub(crate) trait Count1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];

    fn cpu<N: Integer>(x: N) -> u8;

    const ROW: &'static Op =
        row!(Count1, for_integer::<CountBody<Self>>, super::no_scan, Some(zero_vjp), false);
}

struct CountBody<T>(PhantomData<T>);
impl<T: Count1, N: Integer> Map1<N, u8> for CountBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: N) -> u8 {
        T::cpu(x)
    }
}
impl<T: Count1> PerInteger for CountBody<T> {
    type Made = Loop;
    const INTEGERS: Integers = Integers::Each;
    fn make<N: Integer>() -> Loop {
        map1::<Self, N, u8>()
    }
}

struct IntegerBody<T>(PhantomData<T>);
struct BoolBody<T>(PhantomData<T>);
struct Loops1<T>(PhantomData<T>);
struct Loops2<T>(PhantomData<T>);
struct Scans2<T>(PhantomData<T>);

impl<T: Bits1, N: Integer> Map1<N, N> for IntegerBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: N) -> N {
        T::cpu(x)
    }
}
impl<T: Bits1> Map1<bool, bool> for BoolBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x))
    }
}
impl<T: Bits2, N: Integer> Map2<N, N> for IntegerBody<T> {
    const STYLE: Style = T::STYLE;
    #[inline(always)]
    fn apply<I: Isa>(x: N, y: N) -> N {
        T::cpu(x, y)
    }
}
impl<T: Bits2> Map2<bool, bool> for BoolBody<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: bool, y: bool) -> bool {
        T::BOOL.is_some_and(|body| body(x, y))
    }
}
impl<T: Bits1> PerInteger for Loops1<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map1::<IntegerBody<T>, N, N>()
    }
}
impl<T: Bits2> PerInteger for Loops2<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map2::<IntegerBody<T>, N, N>()
    }
}
impl<T: Bits2> PerInteger for Scans2<T> {
    type Made = Scan;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Scan {
        scan2::<IntegerBody<T>, N>()
    }
}

fn bits1_loops<T: Bits1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map1::<BoolBody<T>, bool, bool>()),
        _ => for_integer::<Loops1<T>>(dtype),
    }
}

fn bits2_loops<T: Bits2>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(map2::<BoolBody<T>, bool, bool>()),
        _ => for_integer::<Loops2<T>>(dtype),
    }
}

fn bits2_scans<T: Bits2>(dtype: DType) -> Option<Scan> {
    match dtype {
        DType::Bool if const { T::BOOL.is_some() } => Some(scan2::<BoolBody<T>, bool>()),
        _ => for_integer::<Scans2<T>>(dtype),
    }
}
