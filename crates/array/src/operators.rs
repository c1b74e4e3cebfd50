//! Rust's operator signs on arrays, and the methods behind them. Signs cannot return an error, so they panic with its
//! text where the method returns it, as indexing does in the standard library: `x.add(&y)?` never panics, `&x + &y` may.
//! Python does not call this file.

use base::promote::Casting;
use base::{Op, Result};

use crate::elementwise::{self, Argument, call};
use crate::index::{self, Index};
use crate::{Array, products};

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $row:ident),* $(,)?) => {
        impl Array {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// Value: shapes that do not broadcast. Type: a dtype that the operator does not take.
                pub fn $name<'a>(&self, other: impl Into<Argument<'a>>) -> Result<Array> {
                    call(ops::$row, &[Argument::Array(self), other.into()])
                }
            )*
        }
    };
}
methods! {
    /// `self + other`
    add = ADD,
    /// `self - other`
    sub = SUBTRACT,
    /// `self * other`
    mul = MULTIPLY,
    /// True division: integers give floats.
    div = DIVIDE,
    /// Division rounded down.
    floor_div = FLOOR_DIVIDE,
    /// Remainder with the sign of the divisor, as Python's `%`.
    rem = REMAINDER,
    /// `self` to the power of `other`
    pow = POWER,
    /// Whether elements are equal, as a bool array.
    eq = EQUAL,
    /// Whether elements differ.
    ne = NOT_EQUAL,
    /// Whether elements are less.
    lt = LESS,
    /// Whether elements are less or equal.
    le = LESS_EQUAL,
    /// Whether elements are greater.
    gt = GREATER,
    /// Whether elements are greater or equal.
    ge = GREATER_EQUAL,
}

impl Array {
    /// `-self`
    ///
    /// # Errors
    /// Type: bools.
    pub fn neg(&self) -> Result<Array> {
        elementwise::call1(ops::NEGATIVE, self)
    }

    /// Matrix product, Python's `@`.
    ///
    /// # Errors
    /// Value: shapes that do not fit.
    pub fn matmul(&self, other: &Array) -> Result<Array> {
        products::matmul(self, other)
    }

    /// `self[indices]`: a view for integers and slices, a copy for index arrays and masks.
    ///
    /// # Errors
    /// Index: out of bounds, or too many indices.
    pub fn get(&self, indices: impl AsRef<[Index]>) -> Result<Array> {
        index::get(self, indices.as_ref())
    }

    /// `self[indices] = value`, broadcast and converted to this array's dtype.
    ///
    /// # Errors
    /// Index: out of bounds. Value: a shape that does not broadcast, or a read-only array.
    pub fn set<'a>(&self, indices: impl AsRef<[Index]>, value: impl Into<Argument<'a>>) -> Result<()> {
        match value.into() {
            Argument::Array(value) => index::set(self, indices.as_ref(), value),
            Argument::Scalar(_, value) => {
                let value = value.cast(self.dtype());
                index::set(self, indices.as_ref(), &Array::scalar(value, self.device())?)
            }
        }
    }

    /// `op` of this array and another operand, written into this array's memory (`+=` and its like).
    ///
    /// # Errors
    /// Type: a result that this dtype cannot hold in kind. Value: a read-only array, or shapes that do not fit.
    pub fn update<'a>(&self, op: &'static Op, other: impl Into<Argument<'a>>) -> Result<()> {
        let arguments = [Argument::Array(self), other.into()];
        elementwise::call_into(op, &arguments, self, None, None, Casting::SameKind)
    }
}

/// The result, or a panic at the caller's line with the error's text.
#[track_caller]
fn or_panic<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}

macro_rules! sign {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident $row:ident),* $(,)?) => {$(
        sign!(@arrays $trait $method $row: Array, Array; Array, &Array; &Array, Array; &Array, &Array);
        sign!(@numbers $trait $method $row: f64, i64);

        impl<'a, T: Into<Argument<'a>>> std::ops::$assign<T> for Array {
            #[track_caller]
            fn $assign_method(&mut self, other: T) {
                or_panic(self.update(ops::$row, other))
            }
        }
    )*};
    (@arrays $trait:ident $method:ident $row:ident: $($left:ty, $right:ty);*) => {$(
        impl std::ops::$trait<$right> for $left {
            type Output = Array;
            #[track_caller]
            fn $method(self, other: $right) -> Array {
                or_panic(elementwise::call2(ops::$row, &self, &other))
            }
        }
    )*};
    (@numbers $trait:ident $method:ident $row:ident: $($number:ty),*) => {$(
        sign!(@number_right $trait $method $row $number: Array, &Array);
    )*};
    (@number_right $trait:ident $method:ident $row:ident $number:ty: $($array:ty),*) => {$(
        impl std::ops::$trait<$number> for $array {
            type Output = Array;
            #[track_caller]
            fn $method(self, other: $number) -> Array {
                or_panic(call(ops::$row, &[Argument::Array(&self), other.into()]))
            }
        }
        impl std::ops::$trait<$array> for $number {
            type Output = Array;
            #[track_caller]
            fn $method(self, other: $array) -> Array {
                or_panic(call(ops::$row, &[self.into(), Argument::Array(&other)]))
            }
        }
    )*};
}
sign! {
    Add add AddAssign add_assign ADD,
    Sub sub SubAssign sub_assign SUBTRACT,
    Mul mul MulAssign mul_assign MULTIPLY,
    Div div DivAssign div_assign DIVIDE,
    Rem rem RemAssign rem_assign REMAINDER,
    BitAnd bitand BitAndAssign bitand_assign BITWISE_AND,
    BitOr bitor BitOrAssign bitor_assign BITWISE_OR,
    BitXor bitxor BitXorAssign bitxor_assign BITWISE_XOR,
}

macro_rules! prefix {
    ($($trait:ident $method:ident $row:ident),*) => {$(
        impl std::ops::$trait for Array {
            type Output = Array;
            #[track_caller]
            fn $method(self) -> Array {
                or_panic(elementwise::call1(ops::$row, &self))
            }
        }
        impl std::ops::$trait for &Array {
            type Output = Array;
            #[track_caller]
            fn $method(self) -> Array {
                or_panic(elementwise::call1(ops::$row, self))
            }
        }
    )*};
}
prefix!(Neg neg NEGATIVE, Not not INVERT);
