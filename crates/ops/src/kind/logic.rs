//! Kinds with a bool on one side: tests, comparisons and logic give bools, `where` takes one.

use std::marker::PhantomData;

use base::{DType, Fold, Loop, Op, Scan, Sym};
use half::{bf16, f16};
use lanes::{Element, Isa, Map1, Map2, Real, Select, fold2, map1, map2, scan2, select3};
use num_complex::Complex as Pair;

use super::{Gradient3, Integers, PerInteger, facts, for_integer, row, vjp, zero_vjp};
use crate::number::{Integer, Ordered};

/// A question about one float. Integers and bools have one answer for all values.
pub(crate) trait Test1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    /// The answer for every integer and bool; `None` where they rise to a float first.
    const EXACT: Option<bool>;
    /// The answer for a complex number, from its parts, where NumPy has one.
    const PARTS: bool = false;

    fn cpu<F: Real>(x: F) -> bool;
    #[inline(always)]
    fn parts<F: Real>(re: F, _im: F) -> bool {
        Self::cpu(re)
    }

    const ROW: &'static Op = row!(Test1, test1_loops::<Self>, super::no_scan, Some(zero_vjp), false);
}

struct Test<T>(PhantomData<T>);
struct TestParts<T>(PhantomData<T>);
struct Answer<T>(PhantomData<T>);

impl<T: Test1, F: Real> Map1<F, bool> for Test<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: F) -> bool {
        T::cpu(x)
    }
}
impl<T: Test1, F: Real> Map1<Pair<F>, bool> for TestParts<T>
where
    Pair<F>: Element,
{
    #[inline(always)]
    fn apply<I: Isa>(x: Pair<F>) -> bool {
        T::parts(x.re, x.im)
    }
}
impl<T: Test1, A: Element> Map1<A, bool> for Answer<T> {
    #[inline(always)]
    fn apply<I: Isa>(_x: A) -> bool {
        matches!(T::EXACT, Some(true))
    }
}
impl<T: Test1> PerInteger for Answer<T> {
    type Made = Loop;
    const INTEGERS: Integers = if T::EXACT.is_some() { Integers::PerWidth } else { Integers::Refused };
    fn make<N: Integer>() -> Loop {
        map1::<Self, N, bool>()
    }
}

fn test1_loops<T: Test1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool if const { T::EXACT.is_some() } => Some(map1::<Answer<T>, bool, bool>()),
        DType::F32 => Some(map1::<Test<T>, f32, bool>()),
        DType::F64 => Some(map1::<Test<T>, f64, bool>()),
        DType::C64 if const { T::PARTS } => Some(map1::<TestParts<T>, Pair<f32>, bool>()),
        DType::C128 if const { T::PARTS } => Some(map1::<TestParts<T>, Pair<f64>, bool>()),
        _ => for_integer::<Answer<T>>(dtype),
    }
}

/// A comparison of two values of any dtype.
pub(crate) trait Compare2: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    /// `PerWidth` where the answer does not depend on signs.
    const INTEGERS: Integers = Integers::Each;

    fn cpu<A: Ordered>(x: A, y: A) -> bool;

    const ROW: &'static Op = row!(Compare2, compare2_loops::<Self>, super::no_scan, Some(zero_vjp), false);

    /// The operator in a formula.
    fn of(x: Sym, y: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x, y])
    }
}

struct Compare<T>(PhantomData<T>);
impl<T: Compare2, A: Ordered> Map2<A, bool> for Compare<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: A, y: A) -> bool {
        T::cpu(x, y)
    }
}
impl<T: Compare2> PerInteger for Compare<T> {
    type Made = Loop;
    const INTEGERS: Integers = T::INTEGERS;
    fn make<N: Integer>() -> Loop {
        map2::<Self, N, bool>()
    }
}

fn compare2_loops<T: Compare2>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool => Some(map2::<Compare<T>, bool, bool>()),
        DType::F32 => Some(map2::<Compare<T>, f32, bool>()),
        DType::F64 => Some(map2::<Compare<T>, f64, bool>()),
        DType::C64 => Some(map2::<Compare<T>, Pair<f32>, bool>()),
        DType::C128 => Some(map2::<Compare<T>, Pair<f64>, bool>()),
        _ => for_integer::<Compare<T>>(dtype),
    }
}

/// Whether a value counts as true: anything but zero, NaN too.
#[inline(always)]
fn truth<A: Element>(x: A) -> bool {
    x != A::default()
}

/// Logic on the truth of one value.
pub(crate) trait Logic1: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    fn cpu(x: bool) -> bool;

    const ROW: &'static Op = row!(Logic1, logic1_loops::<Self>, super::no_scan, Some(zero_vjp), false);
}

/// Logic on the truth of two values.
pub(crate) trait Logic2: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    fn cpu(x: bool, y: bool) -> bool;

    const ROW: &'static Op = row!(
        Logic2,
        logic2_loops::<Self>,
        logic2_scans::<Self>,
        Some(zero_vjp),
        false,
        None,
        logic2_folds::<Self>
    );
}

struct Truth1<T>(PhantomData<T>);
struct Truth2<T>(PhantomData<T>);

impl<T: Logic1, A: Element> Map1<A, bool> for Truth1<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: A) -> bool {
        T::cpu(truth(x))
    }
}
impl<T: Logic1> PerInteger for Truth1<T> {
    type Made = Loop;
    const INTEGERS: Integers = Integers::PerWidth;
    fn make<N: Integer>() -> Loop {
        map1::<Self, N, bool>()
    }
}
impl<T: Logic2, A: Element> Map2<A, bool> for Truth2<T> {
    #[inline(always)]
    fn apply<I: Isa>(x: A, y: A) -> bool {
        T::cpu(truth(x), truth(y))
    }
}
impl<T: Logic2> PerInteger for Truth2<T> {
    type Made = Loop;
    const INTEGERS: Integers = Integers::PerWidth;
    fn make<N: Integer>() -> Loop {
        map2::<Self, N, bool>()
    }
}

fn logic1_loops<T: Logic1>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool => Some(map1::<Truth1<T>, bool, bool>()),
        DType::F32 => Some(map1::<Truth1<T>, f32, bool>()),
        DType::F64 => Some(map1::<Truth1<T>, f64, bool>()),
        DType::C64 => Some(map1::<Truth1<T>, Pair<f32>, bool>()),
        DType::C128 => Some(map1::<Truth1<T>, Pair<f64>, bool>()),
        _ => for_integer::<Truth1<T>>(dtype),
    }
}

fn logic2_loops<T: Logic2>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool => Some(map2::<Truth2<T>, bool, bool>()),
        DType::F32 => Some(map2::<Truth2<T>, f32, bool>()),
        DType::F64 => Some(map2::<Truth2<T>, f64, bool>()),
        DType::C64 => Some(map2::<Truth2<T>, Pair<f32>, bool>()),
        DType::C128 => Some(map2::<Truth2<T>, Pair<f64>, bool>()),
        _ => for_integer::<Truth2<T>>(dtype),
    }
}

/// Only bools fold: whoever folds numbers takes their truth first.
fn logic2_scans<T: Logic2>(dtype: DType) -> Option<Scan> {
    (dtype == DType::Bool).then(scan2::<Truth2<T>, bool>)
}

fn logic2_folds<T: Logic2>(dtype: DType) -> Option<Fold> {
    (T::ASSOCIATIVE && dtype == DType::Bool).then(fold2::<Truth2<T>, bool>)
}

/// A choice by a bool between two values of one dtype.
pub(crate) trait Select3: Sized + 'static {
    facts!();
    const CUDA: &'static str;
    const REFUSED: &'static [DType] = &[];
    const VJP: Gradient3;

    fn cpu<A: Element>(condition: bool, x: A, y: A) -> A;

    const ROW: &'static Op = row!(Select3, select3_loops::<Self>, super::no_scan, vjp!(), true);

    /// The operator in a formula.
    fn of(condition: Sym, x: Sym, y: Sym) -> Sym {
        Sym::call(Self::ROW, vec![condition, x, y])
    }
}

struct Choice<T>(PhantomData<T>);
impl<T: Select3, A: Element> Select<A> for Choice<T> {
    #[inline(always)]
    fn apply<I: Isa>(condition: bool, x: A, y: A) -> A {
        T::cpu(condition, x, y)
    }
}
impl<T: Select3> PerInteger for Choice<T> {
    type Made = Loop;
    const INTEGERS: Integers = Integers::PerWidth;
    fn make<N: Integer>() -> Loop {
        select3::<Self, N>()
    }
}

/// Nothing is computed, so halves need no way through float32 and keep their NaN bits.
fn select3_loops<T: Select3>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::Bool => Some(select3::<Choice<T>, bool>()),
        DType::F16 => Some(select3::<Choice<T>, f16>()),
        DType::BF16 => Some(select3::<Choice<T>, bf16>()),
        DType::F32 => Some(select3::<Choice<T>, f32>()),
        DType::F64 => Some(select3::<Choice<T>, f64>()),
        DType::C64 => Some(select3::<Choice<T>, Pair<f32>>()),
        DType::C128 => Some(select3::<Choice<T>, Pair<f64>>()),
        _ => for_integer::<Choice<T>>(dtype),
    }
}
