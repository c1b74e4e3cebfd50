//! Two signs of arithmetic in one loop, `(x first y) second z`, each rounded by itself: what the tile machine runs
//! where a value is needed once, to save a store and a load. Floats only; the bits are those of the two loops (nan
//! is nan: its sign and payload do not count).

use std::marker::PhantomData;

use base::{DType, Loop, Sign};

use crate::Real;
use crate::level::Isa;
use crate::tile::{Map2, Map3, map3};

/// The loop of `(x first y) second z`, or of `z second (x first y)` if `swapped`.
pub fn pair(first: Sign, second: Sign, swapped: bool, dtype: DType) -> Option<Loop> {
    match first {
        Sign::Add => after::<Plus>(second, swapped, dtype),
        Sign::Subtract => after::<Minus>(second, swapped, dtype),
        Sign::Multiply => after::<Times>(second, swapped, dtype),
        Sign::Divide => after::<Over>(second, swapped, dtype),
    }
}

fn after<A: Arithmetic>(second: Sign, swapped: bool, dtype: DType) -> Option<Loop> {
    match (second, swapped) {
        (Sign::Add, _) => of::<A, Plus>(dtype),
        (Sign::Multiply, _) => of::<A, Times>(dtype),
        (Sign::Subtract, false) => of::<A, Minus>(dtype),
        (Sign::Subtract, true) => of::<A, Swapped<Minus>>(dtype),
        (Sign::Divide, false) => of::<A, Over>(dtype),
        (Sign::Divide, true) => of::<A, Swapped<Over>>(dtype),
    }
}

fn of<A: Arithmetic, B: Arithmetic>(dtype: DType) -> Option<Loop> {
    match dtype {
        DType::F32 => Some(map3::<Both<A, B>, f32, f32>()),
        DType::F64 => Some(map3::<Both<A, B>, f64, f64>()),
        _ => None,
    }
}

trait Arithmetic: Map2<f32, f32> + Map2<f64, f64> {}
impl<T: Map2<f32, f32> + Map2<f64, f64>> Arithmetic for T {}

macro_rules! signs {
    ($($name:ident $sign:tt)*) => {$(
        struct $name;
        impl<T: Real> Map2<T, T> for $name {
            #[inline(always)]
            fn apply<I: Isa>(x: T, y: T) -> T {
                x $sign y
            }
        }
    )*};
}
signs! { Plus + Minus - Times * Over / }

struct Swapped<B>(PhantomData<B>);
impl<T: Real, B: Map2<T, T>> Map2<T, T> for Swapped<B> {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T) -> T {
        B::apply::<I>(y, x)
    }
}

struct Both<A, B>(PhantomData<(A, B)>);
impl<T: Real, A: Map2<T, T>, B: Map2<T, T>> Map3<T, T> for Both<A, B> {
    #[inline(always)]
    fn apply<I: Isa>(x: T, y: T, z: T) -> T {
        B::apply::<I>(A::apply::<I>(x, y), z)
    }
}
