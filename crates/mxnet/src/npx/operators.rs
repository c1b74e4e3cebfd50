//! The functions of `npx` that are rows of the op book. Generated from it by `tests/generated.rs`; edit the
//! table (crate `ops`), then run `MXNET_GENERATE=1 cargo test -p mxnet --test generated`. All fail with Type for
//! dtypes that the operator does not take, and with Value for shapes that do not broadcast.

use array::elementwise::call;
use array::{Array, Result, ops};

use crate::np::Operand;

/// Derivative of the logarithm of the gamma function.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::digamma(np::array([0.5, 1., 5.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-1.96351, -0.5772157, 1.5061177]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn digamma(x: impl Operand) -> Result<Array> {
    call(ops::DIGAMMA, &[x.argument()])
}

/// Error function of each element.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::erf(np::array([0., 0.5, 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.5204999, 0.8427008]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn erf(x: impl Operand) -> Result<Array> {
    call(ops::ERF, &[x.argument()])
}

/// 1 - erf(x), accurate for large elements.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::erfc(np::array([0., 0.5, 1.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.0, 0.47950011, 0.1572992]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn erfc(x: impl Operand) -> Result<Array> {
    call(ops::ERFC, &[x.argument()])
}

/// Inverse of `erf`; infinite at -1 and 1.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::erfinv(np::array([0., 0.5, 0.9])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.47693628, 1.1630871]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn erfinv(x: impl Operand) -> Result<Array> {
    call(ops::ERFINV, &[x.argument()])
}

/// Gamma function of each element: (x - 1)! for whole x.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::gamma(np::array([0.5, 1., 5.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([1.7724539, 1.0, 24.0]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn gamma(x: impl Operand) -> Result<Array> {
    call(ops::GAMMA, &[x.argument()])
}

/// Logarithm of the absolute value of the gamma function.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::gammaln(np::array([0.5, 1., 5.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.5723649, 0.0, 3.1780539]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn gammaln(x: impl Operand) -> Result<Array> {
    call(ops::GAMMALN, &[x.argument()])
}

/// x times the normal distribution function of x.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::gelu(np::array([0., 1., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.0, 0.8413447, 1.9544997]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn gelu(x: impl Operand) -> Result<Array> {
    call(ops::GELU, &[x.argument()])
}

/// The approximation of `gelu` by a tanh: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::gelu_tanh(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-0.158808, 0.0, 1.9545978]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn gelu_tanh(x: impl Operand) -> Result<Array> {
    call(ops::GELU_TANH, &[x.argument()])
}

/// log(sigmoid(x)), accurate for large elements of both signs.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::log_sigmoid(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-1.3132617, -0.6931472, -0.126928]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn log_sigmoid(x: impl Operand) -> Result<Array> {
    call(ops::LOG_SIGMOID, &[x.argument()])
}

/// x * tanh(softplus(x)).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::mish(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-0.30340147, 0.0, 1.943959]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn mish(x: impl Operand) -> Result<Array> {
    call(ops::MISH, &[x.argument()])
}

/// The greater of each element and zero.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::relu(np::array([-1., 0., 2.])?)?;
/// assert_eq!(y.repr()?, "array([0., 0., 2.])");
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn relu(x: impl Operand) -> Result<Array> {
    call(ops::RELU, &[x.argument()])
}

/// Scaled exponential linear unit: 1.0507 * x, or 1.7581 * (exp(x) - 1) for negative elements.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::selu(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-1.1113307, 0.0, 2.101402]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn selu(x: impl Operand) -> Result<Array> {
    call(ops::SELU, &[x.argument()])
}

/// 1 / (1 + exp(-x)).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::sigmoid(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.26894143, 0.5, 0.880797]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn sigmoid(x: impl Operand) -> Result<Array> {
    call(ops::SIGMOID, &[x.argument()])
}

/// x * sigmoid(x).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::silu(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-0.26894143, 0.0, 1.761594]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn silu(x: impl Operand) -> Result<Array> {
    call(ops::SILU, &[x.argument()])
}

/// log(1 + exp(x)), accurate for large elements of both signs.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::softplus(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.3132617, 0.6931472, 2.126928]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn softplus(x: impl Operand) -> Result<Array> {
    call(ops::SOFTPLUS, &[x.argument()])
}

/// log(1 + exp(x)), accurate for large elements of both signs.
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::softrelu(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([0.3132617, 0.6931472, 2.126928]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn softrelu(x: impl Operand) -> Result<Array> {
    call(ops::SOFTPLUS, &[x.argument()])
}

/// x / (1 + abs(x)).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::softsign(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-0.5, 0.0, 0.6666667]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn softsign(x: impl Operand) -> Result<Array> {
    call(ops::SOFTSIGN, &[x.argument()])
}

/// x * sigmoid(x).
///
/// ```
/// # use mxnet::{np, npx};
/// let y = npx::swish(np::array([-1., 0., 2.])?)?;
/// for (got, expected) in y.to_vec::<f64>()?.into_iter().zip([-0.26894143, 0.0, 1.761594]) {
///     assert!(f64::abs(got - expected) < 1e-5 * f64::max(1.0, f64::abs(expected)), "{y}");
/// }
/// # Ok::<(), mxnet::np::Error>(())
/// ```
pub fn swish(x: impl Operand) -> Result<Array> {
    call(ops::SILU, &[x.argument()])
}
