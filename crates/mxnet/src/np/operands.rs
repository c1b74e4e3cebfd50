//! What stands for an operand: an array, or a number that adapts to the arrays beside it.

use array::promote::Weak;
use array::{Argument, Array, Scalar};

/// Arrays and numbers as operands. Numbers take part with their kind only, as Python's do: `np::add(&x, 2)` keeps the
/// dtype of `x` where that can hold a 2.
///
/// ```
/// use mxnet::np;
/// let x = np::zeros_as([2], np::DType::F16)?;
/// assert_eq!(np::add(&x, 1)?.dtype(), np::DType::F16);
/// # Ok::<(), np::Error>(())
/// ```
pub trait Operand {
    /// The operand as the operators take it.
    fn argument(&self) -> Argument<'_>;
}

impl Operand for Array {
    fn argument(&self) -> Argument<'_> {
        Argument::Array(self)
    }
}

impl Operand for Argument<'_> {
    fn argument(&self) -> Argument<'_> {
        *self
    }
}

impl<T: Operand + ?Sized> Operand for &T {
    fn argument(&self) -> Argument<'_> {
        (**self).argument()
    }
}

macro_rules! numbers {
    ($($type:ty: $kind:ident $scalar:ident as $wide:ty),* $(,)?) => {$(
        impl Operand for $type {
            fn argument(&self) -> Argument<'_> {
                Argument::Scalar(Weak::$kind, Scalar::$scalar(<$wide>::from(*self)))
            }
        }
    )*};
}
numbers! {
    bool: Bool Bool as bool, i8: Integer I64 as i64, i16: Integer I64 as i64, i32: Integer I64 as i64,
    i64: Integer I64 as i64, u8: Integer I64 as i64, u16: Integer I64 as i64, u32: Integer I64 as i64,
    u64: Integer U64 as u64, f32: Float F64 as f64, f64: Float F64 as f64,
}
