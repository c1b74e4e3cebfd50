//! Random numbers under NumPy's names. Parameters are numbers or arrays; sizes are shapes, `()` for one number. For
//! dtypes and devices per call use [`Draw`] with the functions of `mxnet::array::random`.
//!
//! ```
//! use mxnet::np;
//! np::random::seed(7);
//! let first = np::random::normal(0, 1, [1000])?;
//! np::random::seed(7);
//! assert_eq!(first.to_vec::<f32>()?, np::random::normal(0, 1, [1000])?.to_vec::<f32>()?);
//! # Ok::<(), np::Error>(())
//! ```

use array::random as draws;
use array::{Array, Result};

pub use array::random::{Draw, Population, State, get_state, seed, set_state, shuffle};

use super::{IntoShape, Operand};
use crate::npx::current_device;

/// Calls `make` with a draw of a shape on the current device.
fn drawn(size: impl IntoShape, make: impl FnOnce(&Draw) -> Result<Array>) -> Result<Array> {
    let size = size.into_shape();
    make(&Draw { size: Some(&size), dtype: None, device: Some(current_device()?) })
}

macro_rules! distributions {
    ($($(#[$doc:meta])* $name:ident($($parameter:ident),*) $example:literal)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Value: parameters outside their domain, or shapes that do not fit the size.
        ///
        /// ```
        /// # use mxnet::np;
        #[doc = concat!("assert_eq!(np::random::", stringify!($name), "(", $example, "[2, 3])?.shape(), [2, 3]);")]
        /// # Ok::<(), np::Error>(())
        /// ```
        pub fn $name($($parameter: impl Operand,)* size: impl IntoShape) -> Result<Array> {
            drawn(size, |draw| draws::$name($($parameter.argument(),)* draw))
        }
    )*};
}
distributions! {
    /// Numbers between `low` (included) and `high` (excluded).
    uniform(low, high) "0, 1, "
    /// Normal distribution; gradients flow to both parameters.
    normal(loc, scale) "0, 1, "
    /// Gumbel distribution.
    gumbel(loc, scale) "0, 1, "
    /// Laplace distribution.
    laplace(loc, scale) "0, 1, "
    /// Logistic distribution.
    logistic(loc, scale) "0, 1, "
    /// Numbers whose logarithm is normally distributed.
    lognormal(mean, sigma) "0, 1, "
    /// Exponential distribution with mean `scale`.
    exponential(scale) "2, "
    /// Rayleigh distribution.
    rayleigh(scale) "2, "
    /// Weibull distribution of scale 1.
    weibull(a) "2, "
    /// Pareto II (Lomax) distribution.
    pareto(a) "2, "
    /// Numbers in [0, 1) with density `a * x^(a - 1)`.
    power(a) "2, "
    /// Gamma distribution.
    gamma(shape, scale) "2, 1, "
    /// Beta distribution.
    beta(a, b) "2, 3, "
    /// Chi-square distribution.
    chisquare(df) "3, "
    /// F distribution.
    f(dfnum, dfden) "3, 4, "
    /// Student's t distribution.
    standard_t(df) "3, "
    /// Poisson distribution: int64 counts.
    poisson(lam) "4, "
    /// Number of successes in `n` trials: int64 counts.
    binomial(n, p) "10, 0.5, "
    /// Number of trials up to the first success.
    geometric(p) "0.25, "
    /// Number of failures before `n` successes.
    negative_binomial(n, p) "3, 0.5, "
    /// Noncentral chi-square distribution.
    noncentral_chisquare(df, nonc) "3, 2, "
    /// Noncentral F distribution.
    noncentral_f(dfnum, dfden, nonc) "3, 4, 2, "
    /// Wald (inverse Gaussian) distribution.
    wald(mean, scale) "1, 2, "
    /// Von Mises distribution on the circle.
    vonmises(mu, kappa) "0, 2, "
    /// Logarithmic series distribution: int64 counts.
    logseries(p) "0.5, "
    /// Zipf distribution: int64 counts.
    zipf(a) "2.5, "
    /// Good ones in a sample without replacement: int64 counts.
    hypergeometric(ngood, nbad, nsample) "10, 20, 5, "
    /// Normal distribution with mean 0 and deviation 1.
    standard_normal() ""
    /// Exponential distribution with mean 1.
    standard_exponential() ""
    /// Cauchy distribution.
    standard_cauchy() ""
    /// Numbers in [0, 1).
    rand() ""
    /// Standard normal numbers.
    randn() ""
}

/// int64 numbers from `low` up to, not including, `high`.
///
/// # Errors
/// Value: an empty range.
///
/// ```
/// use mxnet::np;
/// let dice = np::random::randint(1, 7, [100])?;
/// assert!(np::max(&dice, ())?.to_value::<i64>()? <= 6);
/// # Ok::<(), np::Error>(())
/// ```
pub fn randint(low: i64, high: i64, size: impl IntoShape) -> Result<Array> {
    drawn(size, |draw| draws::randint(low.into(), Some(high.into()), draw))
}

/// 1 with this probability, else 0.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::random::bernoulli(1.0, 3)?.to_string(), "[1. 1. 1.]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn bernoulli(probability: impl Operand, size: impl IntoShape) -> Result<Array> {
    drawn(size, |draw| draws::bernoulli(Some(probability.argument()), None, draw))
}

/// The integers below `n`, or the entries of an array, in random order, as a new array.
///
/// ```
/// use mxnet::np;
/// let order = np::random::permutation(np::random::Population::Integers(5))?;
/// assert_eq!(np::sort(&order, Some(0))?.to_string(), "[0 1 2 3 4]");
/// # Ok::<(), np::Error>(())
/// ```
pub fn permutation(population: Population) -> Result<Array> {
    draws::permutation(population, &Draw { device: Some(current_device()?), ..Draw::default() })
}

/// A random sample with equal probabilities, or those given.
///
/// # Errors
/// Value: a sample without replacement that is larger than the population, or probabilities that do not add up to 1.
///
/// ```
/// use mxnet::np;
/// let hand = np::random::choice(np::random::Population::Integers(52), 5, false, None)?;
/// assert_eq!(hand.shape(), [5]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn choice(
    population: Population,
    size: impl IntoShape,
    replace: bool,
    probabilities: Option<&Array>,
) -> Result<Array> {
    drawn(size, |draw| draws::choice(population, replace, probabilities, draw))
}

/// How often each category occurs in `trials` draws.
///
/// ```
/// use mxnet::np;
/// let counts = np::random::multinomial(20, &np::array([0.5, 0.25, 0.25])?, ())?;
/// assert_eq!(np::sum(&counts, ())?.to_string(), "20");
/// # Ok::<(), np::Error>(())
/// ```
pub fn multinomial(trials: i64, probabilities: &Array, size: impl IntoShape) -> Result<Array> {
    drawn(size, |draw| draws::multinomial(trials, probabilities, draw))
}

/// Vectors of positive numbers that add up to 1.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::random::dirichlet(&np::ones(3)?, [4])?.shape(), [4, 3]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn dirichlet(alpha: &Array, size: impl IntoShape) -> Result<Array> {
    drawn(size, |draw| draws::dirichlet(alpha, draw))
}

/// Correlated normal vectors.
///
/// ```
/// use mxnet::np;
/// assert_eq!(np::random::multivariate_normal(&np::zeros(2)?, &np::eye(2)?, [4])?.shape(), [4, 2]);
/// # Ok::<(), np::Error>(())
/// ```
pub fn multivariate_normal(mean: &Array, covariance: &Array, size: impl IntoShape) -> Result<Array> {
    drawn(size, |draw| draws::multivariate_normal(mean, covariance, draw))
}
