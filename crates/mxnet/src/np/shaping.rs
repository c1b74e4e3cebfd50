//! Shapes and orders of axes under NumPy's function names; views wherever NumPy gives one.

use array::promote::Casting;
use array::{Array, Result, manipulate};

use super::IntoShape;

/// The same elements under another shape; one length may be -1.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::reshape(&np::arange(6)?, [2, -1])?.shape(), [2, 3]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn reshape(x: &Array, shape: impl IntoShape) -> Result<Array> {
    x.reshape(&shape.into_shape())
}

/// Axes in reverse order, or in the order given.
///
/// ```
/// use mxnet::np;
/// let x = np::zeros([2, 3, 4])?;
/// assert_eq!(np::transpose(&x, None)?.shape(), [4, 3, 2]);
/// assert_eq!(np::transpose(&x, Some(&[1, 0, 2]))?.shape(), [3, 2, 4]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn transpose(x: &Array, axes: Option<&[i64]>) -> Result<Array> {
    x.transpose(axes)
}

/// Two axes exchanged.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::swapaxes(&np::zeros([2, 3, 4])?, 0, -1)?.shape(), [4, 3, 2]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn swapaxes(x: &Array, first: i64, second: i64) -> Result<Array> {
    x.swapaxes(first, second)
}

/// The same elements seen over a larger shape, read-only.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::broadcast_to(&np::arange(3)?, [2, 3])?.to_string(), "[[0. 1. 2.]\n [0. 1. 2.]]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn broadcast_to(x: &Array, shape: impl IntoShape) -> Result<Array> {
    x.broadcast_to(&shape.into_shape())
}

/// A new axis of length 1 at a place of the result.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::expand_dims(&np::arange(3)?, -1)?.shape(), [3, 1]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn expand_dims(x: &Array, axis: i64) -> Result<Array> {
    x.expand_dims(&[axis])
}

/// Without axes of length 1: all of them, or those given.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::squeeze(&np::zeros([1, 3, 1])?, Some(&[0]))?.shape(), [3, 1]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn squeeze(x: &Array, axes: Option<&[i64]>) -> Result<Array> {
    x.squeeze(axes)
}

/// Elements in reverse order along all axes, or those given; a view.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::flip(&np::arange(3)?, None)?.to_string(), "[2. 1. 0.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn flip(x: &Array, axes: Option<&[i64]>) -> Result<Array> {
    manipulate::flip(x, axes)
}

/// Arrays one after the other along an axis.
///
/// ```
/// use mxnet::np;
/// let x = np::arange(2)?;
/// assert_eq!(np::concatenate(&[&x, &x], 0)?.to_string(), "[0. 1. 0. 1.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn concatenate(arrays: &[&Array], axis: i64) -> Result<Array> {
    manipulate::concatenate(arrays, Some(axis), None, Casting::SameKind)
}

/// A fresh array with the same elements; recorded.
///
/// ```
/// use mxnet::np;
/// let x = np::arange(2)?;
/// let y = np::copy(&x)?;
/// y.set(np::s![0], 5.0)?;
/// assert_eq!(x.to_string(), "[0. 1.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn copy(x: &Array) -> Result<Array> {
    array::create::copy(x, array::create::Order::K)
}
