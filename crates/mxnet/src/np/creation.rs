//! Functions that make arrays, on the current device (see `npx::with_device`). Without a dtype in the name they follow
//! Python's defaults: numbers become float32, bools stay bools.

use array::create::{self, Like, Order};
use array::promote::{self, Weak};
use array::{Array, DType, Error, Result, Scalar, graph};
use graph::DeviceRef;

use super::{IntoRange, IntoShape, Nested, Operand};
use crate::npx::current_device;

/// The elements of nested Rust values in their own dtype.
fn typed<T: Nested>(data: &T, device: DeviceRef) -> Result<(Array, Vec<Scalar>)> {
    let (mut shape, mut elements) = (Vec::new(), Vec::new());
    data.lengths(&mut shape);
    data.collect(&shape, &mut elements)?;
    let size = T::DTYPE.size();
    let bytes: Vec<u8> =
        elements.iter().flat_map(|element| element.to_bytes().into_iter().take(size)).collect();
    Ok((Array::from_bytes(&bytes, &shape, T::DTYPE, device)?, elements))
}

/// An array of nested Rust values, as `np.array` of a Python list: numbers become the default dtype (float32), bools stay.
///
/// # Errors
/// Value: lengths that differ. Overflow: an integer that the default dtype cannot hold exactly; name a dtype with
/// [`array_as`].
///
/// ```
/// use mxnet::np;
/// let x = np::array([[1, 2, 3], [4, 5, 6]])?;
/// assert_eq!(x.dtype(), np::DType::F32);
/// assert_eq!(x.repr()?, "array([[1., 2., 3.],\n       [4., 5., 6.]])");
/// # Ok::<(), np::Error>(())
/// ```
pub fn array<T: Nested>(data: T) -> Result<Array> {
    let (array, elements) = typed(&data, current_device()?)?;
    let default = match T::DTYPE {
        DType::Bool => DType::Bool,
        dtype if dtype.is_integer() => promote::weak_default(Weak::Integer),
        _ => promote::default_float(),
    };
    for element in &elements {
        let kept = element
            .as_integer()
            .is_none_or(|value| element.cast(default).cast(DType::F64).as_f64() as i128 == value);
        if !kept && default.is_float() {
            return Err(Error::overflow(format!(
                "array: {default} cannot hold the integer {element} exactly; name a dtype: np::array_as(data, \
                 DType::I64)"
            )));
        }
    }
    array.astype_if(default)
}

/// An array of nested Rust values in a dtype.
///
/// ```
/// use mxnet::np;
/// let x = np::array_as([1, 2, 3], np::DType::I8)?;
/// assert_eq!(x.repr()?, "array([1, 2, 3], dtype=int8)");
/// # Ok::<(), np::Error>(())
/// ```
pub fn array_as<T: Nested>(data: T, dtype: DType) -> Result<Array> {
    typed(&data, current_device()?)?.0.astype_if(dtype)
}

macro_rules! filled {
    ($($(#[$doc:meta])* $name:ident, $name_as:ident);* $(;)?) => {$(
        $(#[$doc])*
        pub fn $name(shape: impl IntoShape) -> Result<Array> {
            create::$name(&shape.into_shape(), None, Order::C, current_device()?)
        }

        #[doc = concat!("[`", stringify!($name), "`] in a dtype.")]
        ///
        /// ```
        /// # use mxnet::np;
        #[doc = concat!("assert_eq!(np::", stringify!($name_as), "([2], np::DType::I32)?.dtype(), np::DType::I32);")]
        /// # Ok::<(), np::Error>(())
        /// ```
        pub fn $name_as(shape: impl IntoShape, dtype: DType) -> Result<Array> {
            create::$name(&shape.into_shape(), Some(dtype), Order::C, current_device()?)
        }
    )*};
}
filled! {
    /// Zeros of the default dtype.
    ///
    /// # Errors
    /// Value: a negative length. Memory: more than there is.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::zeros([2])?.to_string(), "[0. 0.]");
    /// # Ok::<(), np::Error>(())
    /// ```
    zeros, zeros_as;
    /// Ones of the default dtype.
    ///
    /// ```
    /// use mxnet::np;
    /// assert_eq!(np::ones([2])?.to_string(), "[1. 1.]");
    /// # Ok::<(), np::Error>(())
    /// ```
    ones, ones_as;
}

/// Uninitialised elements: whatever the memory held.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::empty([2, 3], np::DType::F64)?.size(), 6);
/// # Ok::<(), np::Error>(())
/// ```
pub fn empty(shape: impl IntoShape, dtype: DType) -> Result<Array> {
    create::empty(&shape.into_shape(), Some(dtype), Order::C, current_device()?)
}

/// One value everywhere; a number gives the default dtype of its kind.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::full([2], 7)?.to_string(), "[7. 7.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn full(shape: impl IntoShape, value: impl Operand) -> Result<Array> {
    create::full(&shape.into_shape(), value.argument(), None, Order::C, current_device()?)
}

/// One value everywhere, in a dtype.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::full_as([2], 7, np::DType::I64)?.to_string(), "[7 7]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn full_as(shape: impl IntoShape, value: impl Operand, dtype: DType) -> Result<Array> {
    create::full(&shape.into_shape(), value.argument(), Some(dtype), Order::C, current_device()?)
}

/// Zeros in the shape, dtype and memory order of `x`.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::zeros_like(&np::ones(2)?)?.to_string(), "[0. 0.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn zeros_like(x: &Array) -> Result<Array> {
    create::zeros_like(x, &Like::default())
}

/// Ones in the shape, dtype and memory order of `x`.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::ones_like(&np::zeros(2)?)?.to_string(), "[1. 1.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn ones_like(x: &Array) -> Result<Array> {
    create::ones_like(x, &Like::default())
}

/// One value in the shape, dtype and memory order of `x`.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::full_like(&np::zeros(2)?, 3)?.to_string(), "[3. 3.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn full_like(x: &Array, value: impl Operand) -> Result<Array> {
    create::full_like(x, value.argument(), &Like::default())
}

/// Evenly spaced numbers: `arange(stop)`, `arange(start..stop)`, `arange((start, stop, step))`.
///
/// # Errors
/// ZeroDivision: a step of zero.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::arange(4)?.to_string(), "[0. 1. 2. 3.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn arange(range: impl IntoRange) -> Result<Array> {
    let device = current_device()?;
    range.with_range(|[start, stop, step]| create::arange(start, stop, step, None, device))
}

/// [`arange`] in a dtype.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::arange_as(3, np::DType::I64)?.to_string(), "[0 1 2]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn arange_as(range: impl IntoRange, dtype: DType) -> Result<Array> {
    let device = current_device()?;
    range.with_range(|[start, stop, step]| create::arange(start, stop, step, Some(dtype), device))
}

/// `count` evenly spaced numbers from `start` to `stop`, both included.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::linspace(0, 1, 5)?.to_string(), "[0.   0.25 0.5  0.75 1.  ]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn linspace(start: impl Operand, stop: impl Operand, count: i64) -> Result<Array> {
    let device = current_device()?;
    create::linspace(start.argument(), stop.argument(), count, true, None, 0, device)
        .map(|(samples, _step)| samples)
}

/// `count` numbers from `10^start` to `10^stop`, evenly spaced on a logarithmic scale.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::logspace(0, 2, 3)?.to_string(), "[  1.  10. 100.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn logspace(start: impl Operand, stop: impl Operand, count: i64) -> Result<Array> {
    let (base, device) = (Scalar::F64(10.0), current_device()?);
    let base = array::Argument::Scalar(Weak::Float, base);
    create::logspace(start.argument(), stop.argument(), count, true, base, None, 0, device)
}

/// `count` numbers from `start` to `stop`, each a constant multiple of the one before.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::geomspace(1, 8, 4)?.to_string(), "[1. 2. 4. 8.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn geomspace(start: impl Operand, stop: impl Operand, count: i64) -> Result<Array> {
    create::geomspace(start.argument(), stop.argument(), count, true, None, 0, current_device()?)
}

/// Ones on the diagonal of a square matrix.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::eye(2)?.to_string(), "[[1. 0.]\n [0. 1.]]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn eye(length: i64) -> Result<Array> {
    create::eye(length, None, 0, None, Order::C, current_device()?)
}

/// The identity matrix, as [`eye`].
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::identity(1)?.to_string(), "[[1.]]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn identity(length: i64) -> Result<Array> {
    create::identity(length, None, current_device()?)
}
