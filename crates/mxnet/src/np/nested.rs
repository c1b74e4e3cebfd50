//! Nested Rust arrays, vectors and slices as the contents of an array: what lists are in Python.

use array::{DType, Element, Error, Result, Scalar};

/// A number, or arrays, vectors and slices of such, of equal lengths at each depth.
///
/// ```
/// use mxnet::np;
/// let x = np::array(vec![[1.0, 2.0], [3.0, 4.0]])?;
/// assert_eq!(x.shape(), [2, 2]);
/// assert!(np::array([vec![1.0], vec![]]).is_err());
/// # Ok::<(), np::Error>(())
/// ```
pub trait Nested {
    /// dtype of the innermost elements.
    const DTYPE: DType;

    /// Appends the lengths at each depth, as the first entries tell.
    fn lengths(&self, shape: &mut Vec<i64>);

    /// Appends the elements in C order; `shape` is what is left of the lengths.
    ///
    /// # Errors
    /// Value: a length that differs from its neighbours'.
    fn collect(&self, shape: &[i64], out: &mut Vec<Scalar>) -> Result<()>;
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Nested for $type {
            const DTYPE: DType = <$type as Element>::DTYPE;
            fn lengths(&self, _shape: &mut Vec<i64>) {}
            fn collect(&self, _shape: &[i64], out: &mut Vec<Scalar>) -> Result<()> {
                out.push(self.to_scalar());
                Ok(())
            }
        }
    )*};
}
numbers!(bool, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64);

impl<T: Nested> Nested for [T] {
    const DTYPE: DType = T::DTYPE;

    fn lengths(&self, shape: &mut Vec<i64>) {
        shape.push(self.len() as i64);
        if let Some(first) = self.first() {
            first.lengths(shape);
        }
    }

    fn collect(&self, shape: &[i64], out: &mut Vec<Scalar>) -> Result<()> {
        match shape.split_first() {
            Some((&length, rest)) if length == self.len() as i64 => {
                self.iter().try_for_each(|entry| entry.collect(rest, out))
            }
            _ => Err(Error::value(
                "array: setting an array element with a sequence. The requested array has an inhomogeneous shape",
            )),
        }
    }
}

macro_rules! containers {
    ($([$($generics:tt)*] $type:ty),* $(,)?) => {$(
        impl<T: Nested, $($generics)*> Nested for $type {
            const DTYPE: DType = T::DTYPE;
            fn lengths(&self, shape: &mut Vec<i64>) {
                self.as_slice().lengths(shape);
            }
            fn collect(&self, shape: &[i64], out: &mut Vec<Scalar>) -> Result<()> {
                self.as_slice().collect(shape, out)
            }
        }
    )*};
}
containers!([] Vec<T>, [const N: usize] [T; N]);

impl<T: Nested + ?Sized> Nested for &T {
    const DTYPE: DType = T::DTYPE;

    fn lengths(&self, shape: &mut Vec<i64>) {
        (**self).lengths(shape);
    }

    fn collect(&self, shape: &[i64], out: &mut Vec<Scalar>) -> Result<()> {
        (**self).collect(shape, out)
    }
}
