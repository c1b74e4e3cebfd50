//! The functions of `np` that are rows of the op book. Generated from it by `tests/generated.rs`; edit the
//! table (crate `ops`), then run `MXNET_GENERATE=1 cargo test -p mxnet --test generated`. All fail with Type for
//! dtypes that the operator does not take, and with Value for shapes that do not broadcast.

use array::elementwise::call;
use array::{Array, Result, ops};

use super::Operand;

/// Absolute value of each element; of complex numbers a real one.
///
/// ```
/// # use mxnet::np;
/// let y = np::abs(np::array([-1.5, 2.])?)?;
/// assert_eq!(y.repr()?, "array([1.5, 2. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn abs(x: impl Operand) -> Result<Array> {
    call(ops::ABSOLUTE, &[x.argument()])
}

/// Absolute value of each element; of complex numbers a real one.
///
/// ```
/// # use mxnet::np;
/// let y = np::absolute(np::array([-1.5, 2.])?)?;
/// assert_eq!(y.repr()?, "array([1.5, 2. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn absolute(x: impl Operand) -> Result<Array> {
    call(ops::ABSOLUTE, &[x.argument()])
}

/// Inverse cosine of each element, in [0, pi].
///
/// ```
/// # use mxnet::np;
/// let y = np::acos(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.5707964, 0.0]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn acos(x: impl Operand) -> Result<Array> {
    call(ops::ARCCOS, &[x.argument()])
}

/// Inverse hyperbolic cosine of each element; NaN below 1.
///
/// ```
/// # use mxnet::np;
/// let y = np::acosh(np::array([1., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.316958]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn acosh(x: impl Operand) -> Result<Array> {
    call(ops::ARCCOSH, &[x.argument()])
}

/// Add arguments element-wise; bools add as logical or.
///
/// ```
/// # use mxnet::np;
/// let y = np::add(np::array([1., 2.])?, 0.5)?;
/// assert_eq!(y.repr()?, "array([1.5, 2.5])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn add(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::ADD, &[x.argument(), y.argument()])
}

/// Angle of each complex number, in radians, in [-pi, pi].
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::angle(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn angle(x: impl Operand) -> Result<Array> {
    call(ops::ANGLE, &[x.argument()])
}

/// Inverse cosine of each element, in [0, pi].
///
/// ```
/// # use mxnet::np;
/// let y = np::arccos(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.5707964, 0.0]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arccos(x: impl Operand) -> Result<Array> {
    call(ops::ARCCOS, &[x.argument()])
}

/// Inverse hyperbolic cosine of each element; NaN below 1.
///
/// ```
/// # use mxnet::np;
/// let y = np::arccosh(np::array([1., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.316958]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arccosh(x: impl Operand) -> Result<Array> {
    call(ops::ARCCOSH, &[x.argument()])
}

/// Inverse sine of each element, in [-pi/2, pi/2].
///
/// ```
/// # use mxnet::np;
/// let y = np::arcsin(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.5707964]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arcsin(x: impl Operand) -> Result<Array> {
    call(ops::ARCSIN, &[x.argument()])
}

/// Inverse hyperbolic sine of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::arcsinh(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.8813736]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arcsinh(x: impl Operand) -> Result<Array> {
    call(ops::ARCSINH, &[x.argument()])
}

/// Inverse tangent of each element, in [-pi/2, pi/2].
///
/// ```
/// # use mxnet::np;
/// let y = np::arctan(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.7853982]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arctan(x: impl Operand) -> Result<Array> {
    call(ops::ARCTAN, &[x.argument()])
}

/// Angle of the point (second, first), in [-pi, pi], with its quadrant.
///
/// ```
/// # use mxnet::np;
/// let y = np::arctan2(np::array([1., -1.])?, -1)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([2.3561945, -2.3561945]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arctan2(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::ARCTAN2, &[x.argument(), y.argument()])
}

/// Inverse hyperbolic tangent of each element; NaN outside of [-1, 1].
///
/// ```
/// # use mxnet::np;
/// let y = np::arctanh(np::array([0., 0.5])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.54930615]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn arctanh(x: impl Operand) -> Result<Array> {
    call(ops::ARCTANH, &[x.argument()])
}

/// Inverse sine of each element, in [-pi/2, pi/2].
///
/// ```
/// # use mxnet::np;
/// let y = np::asin(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.5707964]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn asin(x: impl Operand) -> Result<Array> {
    call(ops::ARCSIN, &[x.argument()])
}

/// Inverse hyperbolic sine of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::asinh(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.8813736]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn asinh(x: impl Operand) -> Result<Array> {
    call(ops::ARCSINH, &[x.argument()])
}

/// Inverse tangent of each element, in [-pi/2, pi/2].
///
/// ```
/// # use mxnet::np;
/// let y = np::atan(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.7853982]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn atan(x: impl Operand) -> Result<Array> {
    call(ops::ARCTAN, &[x.argument()])
}

/// Angle of the point (second, first), in [-pi, pi], with its quadrant.
///
/// ```
/// # use mxnet::np;
/// let y = np::atan2(np::array([1., -1.])?, -1)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([2.3561945, -2.3561945]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn atan2(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::ARCTAN2, &[x.argument(), y.argument()])
}

/// Inverse hyperbolic tangent of each element; NaN outside of [-1, 1].
///
/// ```
/// # use mxnet::np;
/// let y = np::atanh(np::array([0., 0.5])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.54930615]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn atanh(x: impl Operand) -> Result<Array> {
    call(ops::ARCTANH, &[x.argument()])
}

/// Bits set in both elements.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_and(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_and(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::BITWISE_AND, &[x.argument(), y.argument()])
}

/// How many bits are set in the absolute value of each element, as uint8.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_count(np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_count(x: impl Operand) -> Result<Array> {
    call(ops::BITWISE_COUNT, &[x.argument()])
}

/// Every bit inverted; logical not of bools.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_invert(np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_invert(x: impl Operand) -> Result<Array> {
    call(ops::INVERT, &[x.argument()])
}

/// Bits moved to the left; 0 where the count is negative or not below the width.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_left_shift(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_left_shift(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LEFT_SHIFT, &[x.argument(), y.argument()])
}

/// Every bit inverted; logical not of bools.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_not(np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_not(x: impl Operand) -> Result<Array> {
    call(ops::INVERT, &[x.argument()])
}

/// Bits set in either element.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_or(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_or(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::BITWISE_OR, &[x.argument(), y.argument()])
}

/// Bits moved to the right, keeping the sign; only the sign is left where the count is not below the width.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_right_shift(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_right_shift(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::RIGHT_SHIFT, &[x.argument(), y.argument()])
}

/// Bits set in exactly one element.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::bitwise_xor(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn bitwise_xor(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::BITWISE_XOR, &[x.argument(), y.argument()])
}

/// Cube root of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::cbrt(np::array([1., 8., -27.])?)?;
/// assert_eq!(y.repr()?, "array([ 1.,  2., -3.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn cbrt(x: impl Operand) -> Result<Array> {
    call(ops::CBRT, &[x.argument()])
}

/// Smallest integer not below each element. Integers stay as they are.
///
/// ```
/// # use mxnet::np;
/// let y = np::ceil(np::array([-1.5, 0.5, 2.5])?)?;
/// assert_eq!(y.repr()?, "array([-1.,  1.,  3.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn ceil(x: impl Operand) -> Result<Array> {
    call(ops::CEIL, &[x.argument()])
}

/// Elements limited to an interval: minimum(maximum(x, low), high).
///
/// ```
/// # use mxnet::np;
/// let y = np::clip(np::array([-2., 0.5, 2.])?, -1, 1)?;
/// assert_eq!(y.repr()?, "array([-1. ,  0.5,  1. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn clip(x: impl Operand, y: impl Operand, z: impl Operand) -> Result<Array> {
    call(ops::CLIP, &[x.argument(), y.argument(), z.argument()])
}

/// Complex conjugate of each element.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::conj(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn conj(x: impl Operand) -> Result<Array> {
    call(ops::CONJUGATE, &[x.argument()])
}

/// Complex conjugate of each element.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::conjugate(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn conjugate(x: impl Operand) -> Result<Array> {
    call(ops::CONJUGATE, &[x.argument()])
}

/// The first elements with the signs of the second.
///
/// ```
/// # use mxnet::np;
/// let y = np::copysign(np::array([1., -2.])?, -0.)?;
/// assert_eq!(y.repr()?, "array([-1., -2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn copysign(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::COPYSIGN, &[x.argument(), y.argument()])
}

/// Cosine of each element, in radians.
///
/// ```
/// # use mxnet::np;
/// let y = np::cos(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 0.5403023]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn cos(x: impl Operand) -> Result<Array> {
    call(ops::COS, &[x.argument()])
}

/// Hyperbolic cosine of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::cosh(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 1.5430806]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn cosh(x: impl Operand) -> Result<Array> {
    call(ops::COSH, &[x.argument()])
}

/// Angles in radians, from degrees.
///
/// ```
/// # use mxnet::np;
/// let y = np::deg2rad(np::array([90., 180.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.5707964, 3.1415927]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn deg2rad(x: impl Operand) -> Result<Array> {
    call(ops::RADIANS, &[x.argument()])
}

/// Angles in degrees, from radians.
///
/// ```
/// # use mxnet::np;
/// let y = np::degrees(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 57.295776]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn degrees(x: impl Operand) -> Result<Array> {
    call(ops::DEGREES, &[x.argument()])
}

/// Divide arguments element-wise; integers give the default float.
///
/// ```
/// # use mxnet::np;
/// let y = np::divide(np::array([1., 2.])?, 4)?;
/// assert_eq!(y.repr()?, "array([0.25, 0.5 ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn divide(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::DIVIDE, &[x.argument(), y.argument()])
}

/// Whether two elements are equal, element-wise.
///
/// ```
/// # use mxnet::np;
/// let y = np::equal(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([False,  True, False])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn equal(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::EQUAL, &[x.argument(), y.argument()])
}

/// e raised to each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::exp(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 2.7182817]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn exp(x: impl Operand) -> Result<Array> {
    call(ops::EXP, &[x.argument()])
}

/// 2 raised to each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::exp2(np::array([3., 0.5])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([8.0, 1.4142135]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn exp2(x: impl Operand) -> Result<Array> {
    call(ops::EXP2, &[x.argument()])
}

/// exp(x) - 1, accurate near zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::expm1(np::array([1e-6, 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0000005e-6, 1.7182819]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn expm1(x: impl Operand) -> Result<Array> {
    call(ops::EXPM1, &[x.argument()])
}

/// Absolute value of each element as a float.
///
/// ```
/// # use mxnet::np;
/// let y = np::fabs(np::array([-1.5, 2.])?)?;
/// assert_eq!(y.repr()?, "array([1.5, 2. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn fabs(x: impl Operand) -> Result<Array> {
    call(ops::FABS, &[x.argument()])
}

/// Nearest integer towards zero. Integers stay as they are.
///
/// ```
/// # use mxnet::np;
/// let y = np::fix(np::array([-1.5, 0.5, 2.5])?)?;
/// assert_eq!(y.repr()?, "array([-1.,  0.,  2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn fix(x: impl Operand) -> Result<Array> {
    call(ops::TRUNC, &[x.argument()])
}

/// First elements raised to the powers of the second, as floats of at least the default width.
///
/// ```
/// # use mxnet::np;
/// let y = np::float_power(np::array([2., 4.])?, -0.5)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.70710677, 0.5]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn float_power(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::FLOAT_POWER, &[x.argument(), y.argument()])
}

/// Largest integer not above each element. Integers stay as they are.
///
/// ```
/// # use mxnet::np;
/// let y = np::floor(np::array([-1.5, 0.5, 2.5])?)?;
/// assert_eq!(y.repr()?, "array([-2.,  0.,  2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn floor(x: impl Operand) -> Result<Array> {
    call(ops::FLOOR, &[x.argument()])
}

/// Largest integer not above the quotient, element-wise (Python's `//`). Integer division by zero gives 0.
///
/// ```
/// # use mxnet::np;
/// let y = np::floor_divide(np::array([7., -7.])?, 2)?;
/// assert_eq!(y.repr()?, "array([ 3., -4.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn floor_divide(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::FLOOR_DIVIDE, &[x.argument(), y.argument()])
}

/// The greater of two elements; the number where the other is NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::fmax(np::array([-1.5, 1.5])?, np::array([-0.9, 0.9])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn fmax(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::FMAX, &[x.argument(), y.argument()])
}

/// The lesser of two elements; the number where the other is NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::fmin(np::array([-1.5, 1.5])?, np::array([-0.9, 0.9])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn fmin(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::FMIN, &[x.argument(), y.argument()])
}

/// Remainder with the sign of the dividend (C's `fmod` and `%`). Modulo integer zero gives 0.
///
/// ```
/// # use mxnet::np;
/// let y = np::fmod(np::array([7., -7.])?, 3)?;
/// assert_eq!(y.repr()?, "array([ 1., -1.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn fmod(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::FMOD, &[x.argument(), y.argument()])
}

/// Greatest common divisor of the absolute values, for integers.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::gcd(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn gcd(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::GCD, &[x.argument(), y.argument()])
}

/// Whether the first element is greater than the second, element-wise.
///
/// ```
/// # use mxnet::np;
/// let y = np::greater(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([False, False,  True])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn greater(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::GREATER, &[x.argument(), y.argument()])
}

/// Whether the first element is at least the second, element-wise.
///
/// ```
/// # use mxnet::np;
/// let y = np::greater_equal(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([False,  True,  True])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn greater_equal(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::GREATER_EQUAL, &[x.argument(), y.argument()])
}

/// 0 for negative elements of the first input, 1 for positive ones, the second input for zeros.
///
/// ```
/// # use mxnet::np;
/// let y = np::heaviside(np::array([-1., 0., 2.])?, 0.5)?;
/// assert_eq!(y.repr()?, "array([0. , 0.5, 1. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn heaviside(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::HEAVISIDE, &[x.argument(), y.argument()])
}

/// Length of the hypotenuse: sqrt(x**2 + y**2), without overflow on the way.
///
/// ```
/// # use mxnet::np;
/// let y = np::hypot(np::array([3., 5.])?, np::array([4., 12.])?)?;
/// assert_eq!(y.repr()?, "array([ 5., 13.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn hypot(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::HYPOT, &[x.argument(), y.argument()])
}

/// Modified Bessel function of the first kind, order 0.
///
/// ```
/// # use mxnet::np;
/// let y = np::i0(np::array([0., 1., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 1.2660658, 2.2795854]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn i0(x: impl Operand) -> Result<Array> {
    call(ops::I0, &[x.argument()])
}

/// Imaginary part of each element; 0 for real numbers.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::imag(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn imag(x: impl Operand) -> Result<Array> {
    call(ops::IMAG, &[x.argument()])
}

/// Every bit inverted; logical not of bools.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::invert(np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn invert(x: impl Operand) -> Result<Array> {
    call(ops::INVERT, &[x.argument()])
}

/// Whether each element has an imaginary part other than zero.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::iscomplex(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn iscomplex(x: impl Operand) -> Result<Array> {
    call(ops::ISCOMPLEX, &[x.argument()])
}

/// Whether each element is neither infinite nor NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isfinite(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isfinite(x: impl Operand) -> Result<Array> {
    call(ops::ISFINITE, &[x.argument()])
}

/// Whether each element is infinite.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isinf(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isinf(x: impl Operand) -> Result<Array> {
    call(ops::ISINF, &[x.argument()])
}

/// Whether each element is NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isnan(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isnan(x: impl Operand) -> Result<Array> {
    call(ops::ISNAN, &[x.argument()])
}

/// Whether each element is negative infinity.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isneginf(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isneginf(x: impl Operand) -> Result<Array> {
    call(ops::ISNEGINF, &[x.argument()])
}

/// Whether each element is positive infinity.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isposinf(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isposinf(x: impl Operand) -> Result<Array> {
    call(ops::ISPOSINF, &[x.argument()])
}

/// Whether each element has a zero imaginary part.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::isreal(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn isreal(x: impl Operand) -> Result<Array> {
    call(ops::ISREAL, &[x.argument()])
}

/// Lowest common multiple of the absolute values, for integers.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::lcm(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn lcm(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LCM, &[x.argument(), y.argument()])
}

/// x * 2**y for whole y, rounded once; the dtype is that of the first input.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::ldexp(np::array([-1.5, 1.5])?, np::array([-0.9, 0.9])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn ldexp(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LDEXP, &[x.argument(), y.argument()])
}

/// Bits moved to the left; 0 where the count is negative or not below the width.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::left_shift(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn left_shift(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LEFT_SHIFT, &[x.argument(), y.argument()])
}

/// Whether the first element is less than the second, element-wise.
///
/// ```
/// # use mxnet::np;
/// let y = np::less(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([ True, False, False])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn less(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LESS, &[x.argument(), y.argument()])
}

/// Whether the first element is at most the second, element-wise.
///
/// ```
/// # use mxnet::np;
/// let y = np::less_equal(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([ True,  True, False])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn less_equal(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LESS_EQUAL, &[x.argument(), y.argument()])
}

/// Natural logarithm of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::log(np::array([1., 10.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 2.3025851]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn log(x: impl Operand) -> Result<Array> {
    call(ops::LOG, &[x.argument()])
}

/// Logarithm to base 10 of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::log10(np::array([2., 1000.])?)?;
/// assert_eq!(y.repr()?, "array([0.30103, 3.     ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn log10(x: impl Operand) -> Result<Array> {
    call(ops::LOG10, &[x.argument()])
}

/// log(1 + x), accurate near zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::log1p(np::array([1e-6, 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([9.999995e-7, 0.6931472]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn log1p(x: impl Operand) -> Result<Array> {
    call(ops::LOG1P, &[x.argument()])
}

/// Logarithm to base 2 of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::log2(np::array([8., 10.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([3.0, 3.321928]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn log2(x: impl Operand) -> Result<Array> {
    call(ops::LOG2, &[x.argument()])
}

/// log(exp(x) + exp(y)), without overflow on the way.
///
/// ```
/// # use mxnet::np;
/// let y = np::logaddexp(np::array([0., 100.])?, 1)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.3132617, 100.0]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logaddexp(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LOGADDEXP, &[x.argument(), y.argument()])
}

/// log2(2**x + 2**y), without overflow on the way.
///
/// ```
/// # use mxnet::np;
/// let y = np::logaddexp2(np::array([0., 100.])?, 1)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.5849625, 100.0]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logaddexp2(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LOGADDEXP2, &[x.argument(), y.argument()])
}

/// Whether both elements are true.
///
/// ```
/// # use mxnet::np;
/// let y = np::logical_and(np::array([0., 0., 1., 2.])?, np::array([0., 3., 0., 4.])?)?;
/// assert_eq!(y.repr()?, "array([False, False, False,  True])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logical_and(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LOGICAL_AND, &[x.argument(), y.argument()])
}

/// Whether each element is zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::logical_not(np::array([0., 2.])?)?;
/// assert_eq!(y.repr()?, "array([ True, False])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logical_not(x: impl Operand) -> Result<Array> {
    call(ops::LOGICAL_NOT, &[x.argument()])
}

/// Whether either element is true.
///
/// ```
/// # use mxnet::np;
/// let y = np::logical_or(np::array([0., 0., 1., 2.])?, np::array([0., 3., 0., 4.])?)?;
/// assert_eq!(y.repr()?, "array([False,  True,  True,  True])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logical_or(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LOGICAL_OR, &[x.argument(), y.argument()])
}

/// Whether exactly one element is true.
///
/// ```
/// # use mxnet::np;
/// let y = np::logical_xor(np::array([0., 0., 1., 2.])?, np::array([0., 3., 0., 4.])?)?;
/// assert_eq!(y.repr()?, "array([False,  True,  True, False])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn logical_xor(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::LOGICAL_XOR, &[x.argument(), y.argument()])
}

/// The greater of two elements; NaN if either is NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::maximum(np::array([-1.5, 1.5])?, np::array([-0.9, 0.9])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn maximum(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::MAXIMUM, &[x.argument(), y.argument()])
}

/// The lesser of two elements; NaN if either is NaN.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::minimum(np::array([-1.5, 1.5])?, np::array([-0.9, 0.9])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn minimum(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::MINIMUM, &[x.argument(), y.argument()])
}

/// Remainder of `floor_divide`, with the sign of the divisor (Python's `%`). Modulo integer zero gives 0.
///
/// ```
/// # use mxnet::np;
/// let y = np::mod_(np::array([7., -7.])?, 3)?;
/// assert_eq!(y.repr()?, "array([1., 2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn mod_(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::REMAINDER, &[x.argument(), y.argument()])
}

/// Multiply arguments element-wise; bools multiply as logical and.
///
/// ```
/// # use mxnet::np;
/// let y = np::multiply(np::array([1., 2.])?, 0.5)?;
/// assert_eq!(y.repr()?, "array([0.5, 1. ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn multiply(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::MULTIPLY, &[x.argument(), y.argument()])
}

/// Numerical negative, element-wise. Bools are refused: use `logical_not`.
///
/// ```
/// # use mxnet::np;
/// let y = np::negative(np::array([1., -1.])?)?;
/// assert_eq!(y.repr()?, "array([-1.,  1.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn negative(x: impl Operand) -> Result<Array> {
    call(ops::NEGATIVE, &[x.argument()])
}

/// The next float after the first element in the direction of the second.
///
/// ```
/// # use mxnet::np;
/// let y = np::nextafter(np::array([1., 2.])?, 0)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.99999994, 1.9999999]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn nextafter(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::NEXTAFTER, &[x.argument(), y.argument()])
}

/// Whether two elements differ, element-wise. NaN differs from itself.
///
/// ```
/// # use mxnet::np;
/// let y = np::not_equal(np::array([1., 2., 3.])?, 2)?;
/// assert_eq!(y.repr()?, "array([ True, False,  True])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn not_equal(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::NOT_EQUAL, &[x.argument(), y.argument()])
}

/// Numerical positive, element-wise: a copy. Bools are refused.
///
/// ```
/// # use mxnet::np;
/// let y = np::positive(np::array([1., -1.])?)?;
/// assert_eq!(y.repr()?, "array([ 1., -1.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn positive(x: impl Operand) -> Result<Array> {
    call(ops::POSITIVE, &[x.argument()])
}

/// First elements raised to the powers of the second. Integers stay integers, and refuse negative exponents.
///
/// ```
/// # use mxnet::np;
/// let y = np::pow(np::array([2., 3.])?, 3)?;
/// assert_eq!(y.repr()?, "array([ 8., 27.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn pow(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::POWER, &[x.argument(), y.argument()])
}

/// First elements raised to the powers of the second. Integers stay integers, and refuse negative exponents.
///
/// ```
/// # use mxnet::np;
/// let y = np::power(np::array([2., 3.])?, 3)?;
/// assert_eq!(y.repr()?, "array([ 8., 27.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn power(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::POWER, &[x.argument(), y.argument()])
}

/// Angles in degrees, from radians.
///
/// ```
/// # use mxnet::np;
/// let y = np::rad2deg(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 57.295776]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn rad2deg(x: impl Operand) -> Result<Array> {
    call(ops::DEGREES, &[x.argument()])
}

/// Angles in radians, from degrees.
///
/// ```
/// # use mxnet::np;
/// let y = np::radians(np::array([90., 180.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.5707964, 3.1415927]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn radians(x: impl Operand) -> Result<Array> {
    call(ops::RADIANS, &[x.argument()])
}

/// Real part of each element.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::real(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn real(x: impl Operand) -> Result<Array> {
    call(ops::REAL, &[x.argument()])
}

/// One over each element; for integers truncated, and 0 for zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::reciprocal(np::array([2., 4.])?)?;
/// assert_eq!(y.repr()?, "array([0.5 , 0.25])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn reciprocal(x: impl Operand) -> Result<Array> {
    call(ops::RECIPROCAL, &[x.argument()])
}

/// Remainder of `floor_divide`, with the sign of the divisor (Python's `%`). Modulo integer zero gives 0.
///
/// ```
/// # use mxnet::np;
/// let y = np::remainder(np::array([7., -7.])?, 3)?;
/// assert_eq!(y.repr()?, "array([1., 2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn remainder(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::REMAINDER, &[x.argument(), y.argument()])
}

/// Bits moved to the right, keeping the sign; only the sign is left where the count is not below the width.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::right_shift(np::array_as([0, 1], np::DType::I64)?, np::array_as([0, 1], np::DType::I64)?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn right_shift(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::RIGHT_SHIFT, &[x.argument(), y.argument()])
}

/// Nearest integer, the even one of two; integers rise to a float.
///
/// ```
/// # use mxnet::np;
/// let y = np::rint(np::array([-1.5, 0.5, 2.5])?)?;
/// assert_eq!(y.repr()?, "array([-2.,  0.,  2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn rint(x: impl Operand) -> Result<Array> {
    call(ops::RINT, &[x.argument()])
}

/// -1, 0 or 1 by the sign of each element; x / abs(x) for complex numbers. Bools are refused.
///
/// ```
/// # use mxnet::np;
/// let y = np::sign(np::array([-2.5, 0., 3.])?)?;
/// assert_eq!(y.repr()?, "array([-1.,  0.,  1.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sign(x: impl Operand) -> Result<Array> {
    call(ops::SIGN, &[x.argument()])
}

/// Whether the sign bit of each element is set; so it is for -0.
///
/// ```
/// # use mxnet::np;
/// assert_eq!(np::signbit(np::array([-1.5, 1.5])?)?.shape(), [2]);
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn signbit(x: impl Operand) -> Result<Array> {
    call(ops::SIGNBIT, &[x.argument()])
}

/// Sine of each element, in radians.
///
/// ```
/// # use mxnet::np;
/// let y = np::sin(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.84147096]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sin(x: impl Operand) -> Result<Array> {
    call(ops::SIN, &[x.argument()])
}

/// sin(pi x) / (pi x), and 1 at zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::sinc(np::array([0., 0.5, 1.5])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 0.63661975, -0.21220659]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sinc(x: impl Operand) -> Result<Array> {
    call(ops::SINC, &[x.argument()])
}

/// Hyperbolic sine of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::sinh(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.1752012]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sinh(x: impl Operand) -> Result<Array> {
    call(ops::SINH, &[x.argument()])
}

/// Distance from each element to the next float away from zero.
///
/// ```
/// # use mxnet::np;
/// let y = np::spacing(np::array([1., 1000.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.1920929e-7, 6.1035156e-5]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn spacing(x: impl Operand) -> Result<Array> {
    call(ops::SPACING, &[x.argument()])
}

/// Non-negative square root of each element; NaN for negative real numbers.
///
/// ```
/// # use mxnet::np;
/// let y = np::sqrt(np::array([4., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([2.0, 1.4142135]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sqrt(x: impl Operand) -> Result<Array> {
    call(ops::SQRT, &[x.argument()])
}

/// Square of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::square(np::array([2., -3.])?)?;
/// assert_eq!(y.repr()?, "array([4., 9.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn square(x: impl Operand) -> Result<Array> {
    call(ops::SQUARE, &[x.argument()])
}

/// Subtract arguments element-wise. Bools are refused: use `logical_xor`.
///
/// ```
/// # use mxnet::np;
/// let y = np::subtract(np::array([1., 2.])?, 0.5)?;
/// assert_eq!(y.repr()?, "array([0.5, 1.5])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn subtract(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::SUBTRACT, &[x.argument(), y.argument()])
}

/// Tangent of each element, in radians.
///
/// ```
/// # use mxnet::np;
/// let y = np::tan(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 1.5574077]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn tan(x: impl Operand) -> Result<Array> {
    call(ops::TAN, &[x.argument()])
}

/// Hyperbolic tangent of each element.
///
/// ```
/// # use mxnet::np;
/// let y = np::tanh(np::array([0., 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.7615942]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn tanh(x: impl Operand) -> Result<Array> {
    call(ops::TANH, &[x.argument()])
}

/// Divide arguments element-wise; integers give the default float.
///
/// ```
/// # use mxnet::np;
/// let y = np::true_divide(np::array([1., 2.])?, 4)?;
/// assert_eq!(y.repr()?, "array([0.25, 0.5 ])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn true_divide(x: impl Operand, y: impl Operand) -> Result<Array> {
    call(ops::DIVIDE, &[x.argument(), y.argument()])
}

/// Nearest integer towards zero. Integers stay as they are.
///
/// ```
/// # use mxnet::np;
/// let y = np::trunc(np::array([-1.5, 0.5, 2.5])?)?;
/// assert_eq!(y.repr()?, "array([-1.,  0.,  2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn trunc(x: impl Operand) -> Result<Array> {
    call(ops::TRUNC, &[x.argument()])
}

/// Elements of `x` where the condition is true, of `y` elsewhere.
///
/// ```
/// # use mxnet::np;
/// let y = np::where_(np::array([true, false])?, np::array([1., 2.])?, 0)?;
/// assert_eq!(y.repr()?, "array([1., 0.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn where_(x: impl Operand, y: impl Operand, z: impl Operand) -> Result<Array> {
    call(ops::WHERE, &[x.argument(), y.argument(), z.argument()])
}
