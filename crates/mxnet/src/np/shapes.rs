//! Shapes and ranges as Rust users write them: `3`, `[2, 3]`, `()`; `6`, `2..6`, `(0.0, 1.0, 0.25)`.

use array::Argument;

use super::Operand;

/// A length, in any integer type.
pub trait Length: Copy {
    /// The length as the arrays count; what does not fit becomes the largest number, which no array can have.
    fn length(self) -> i64;
}

macro_rules! lengths {
    ($($type:ty),*) => {$(
        impl Length for $type {
            fn length(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }
        impl IntoShape for $type {
            fn into_shape(self) -> Vec<i64> {
                vec![self.length()]
            }
        }
    )*};
}
lengths!(i32, i64, u32, u64, usize);

/// What stands for a shape: one length, several, or `()` for none.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::zeros(3)?.shape(), [3]);
/// assert_eq!(np::zeros([2, 3])?.shape(), [2, 3]);
/// assert_eq!(np::zeros(())?.ndim(), 0);
/// # Ok::<(), np::Error>(())
/// ```
pub trait IntoShape {
    /// The lengths of the axes.
    fn into_shape(self) -> Vec<i64>;
}

impl IntoShape for () {
    fn into_shape(self) -> Vec<i64> {
        Vec::new()
    }
}

impl<T: Length, const N: usize> IntoShape for [T; N] {
    fn into_shape(self) -> Vec<i64> {
        self.into_iter().map(Length::length).collect()
    }
}

impl<T: Length> IntoShape for &[T] {
    fn into_shape(self) -> Vec<i64> {
        self.iter().copied().map(Length::length).collect()
    }
}

impl<T: Length> IntoShape for Vec<T> {
    fn into_shape(self) -> Vec<i64> {
        self.as_slice().into_shape()
    }
}

/// What stands for a range: the number where it ends, `start..stop`, or `(start, stop, step)`.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::arange(3)?.to_string(), "[0. 1. 2.]");
/// assert_eq!(np::arange(2..4)?.to_string(), "[2. 3.]");
/// assert_eq!(np::arange((0.0, 1.0, 0.5))?.to_string(), "[0.  0.5]");
/// # Ok::<(), np::Error>(())
/// ```
pub trait IntoRange {
    /// Calls `make` with start, stop and step.
    fn with_range<R>(self, make: impl FnOnce([Argument<'_>; 3]) -> R) -> R;
}

macro_rules! ranges {
    ($($type:ty),*) => {$(
        impl IntoRange for $type {
            fn with_range<R>(self, make: impl FnOnce([Argument<'_>; 3]) -> R) -> R {
                make([Argument::from(0i64), self.argument(), Argument::from(1i64)])
            }
        }
    )*};
}
ranges!(i32, i64, f32, f64);

impl<T: Operand> IntoRange for std::ops::Range<T> {
    fn with_range<R>(self, make: impl FnOnce([Argument<'_>; 3]) -> R) -> R {
        make([self.start.argument(), self.end.argument(), Argument::from(1i64)])
    }
}

impl<T: Operand> IntoRange for (T, T, T) {
    fn with_range<R>(self, make: impl FnOnce([Argument<'_>; 3]) -> R) -> R {
        make([self.0.argument(), self.1.argument(), self.2.argument()])
    }
}
