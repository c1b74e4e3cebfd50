//! Random numbers: reproducible, independent of threads, with the moments and the errors that their names promise.

use std::sync::{Mutex, MutexGuard};

use mxnet::array::random::{self, Draw};
use mxnet::np::{self, Array, DType, ErrorKind, Result};
use mxnet::{autograd, npx};
use np::random::Population;

/// There is one generator per process, so tests that seed it take turns.
static GENERATOR: Mutex<()> = Mutex::new(());

fn seeded(seed: u64) -> MutexGuard<'static, ()> {
    let guard = GENERATOR.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    mxnet::init();
    np::random::seed(seed);
    guard
}

fn moments(x: &Array) -> Result<(f64, f64)> {
    let x = x.astype_if(DType::F64)?;
    Ok((np::mean(&x, ())?.to_value()?, np::var(&x, ())?.to_value()?))
}

/// Mean and variance within 5 standard errors or so of what the distribution has.
fn assert_moments(name: &str, x: &Array, mean: f64, variance: f64) -> Result<()> {
    let (found_mean, found_variance) = moments(x)?;
    let bound = 6.0 * (variance / x.size() as f64).sqrt();
    assert!((found_mean - mean).abs() <= bound, "{name}: mean {found_mean}, expected {mean}");
    assert!(
        (found_variance / variance - 1.0).abs() < 0.1,
        "{name}: variance {found_variance}, expected {variance}"
    );
    Ok(())
}

#[test]
fn a_seed_gives_the_same_numbers_on_any_number_of_threads_and_in_any_mode() -> Result<()> {
    let _guard = seeded(0);
    let before = npx::num_threads();
    let draw = || -> Result<Vec<f64>> {
        np::random::seed(42);
        let mut all = np::random::normal(0, 1, [50_001])?.to_vec::<f64>()?;
        all.extend(np::random::gamma(0.5, 2, [9_999])?.to_vec::<f64>()?);
        all.extend(np::random::poisson(20, [9_999])?.to_vec::<f64>()?);
        all.extend(np::random::permutation(Population::Integers(1000))?.to_vec::<f64>()?);
        Ok(all)
    };
    let first = draw()?;
    for threads in [1, 2, 4] {
        npx::set_num_threads(threads);
        assert!(draw()? == first, "{threads} threads");
    }
    npx::set_num_threads(before);
    assert!(npx::eagerly(draw)? == first);
    Ok(())
}

#[test]
fn a_saved_state_continues_the_stream() -> Result<()> {
    let _guard = seeded(3);
    np::random::uniform(0, 1, [7])?;
    let state = np::random::get_state();
    let first = np::random::uniform(0, 1, [5])?.to_vec::<f32>()?;
    np::random::set_state(state);
    assert_eq!(np::random::uniform(0, 1, [5])?.to_vec::<f32>()?, first);
    assert_ne!(np::random::uniform(0, 1, [5])?.to_vec::<f32>()?, first);
    Ok(())
}

#[test]
fn successive_draws_share_no_numbers() -> Result<()> {
    let _guard = seeded(5);
    let mut all = Vec::new();
    for count in [1, 1, 3, 8, 9, 17, 100] {
        for dtype in [DType::F32, DType::F64] {
            let size = [count];
            let draw = Draw { size: Some(&size), dtype: Some(dtype), device: None };
            all.extend(random::rand(&draw)?.to_vec::<f64>()?);
        }
    }
    let count = all.len();
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    assert_eq!(all.len(), count);
    Ok(())
}

#[test]
fn continuous_distributions_have_their_moments() -> Result<()> {
    let _guard = seeded(11);
    let n = [200_000];
    let euler = 0.577_215_664_9;
    let pi2 = std::f64::consts::PI.powi(2);
    assert_moments("uniform", &np::random::uniform(-1, 3, n)?, 1.0, 16.0 / 12.0)?;
    assert_moments("normal", &np::random::normal(2, 3, n)?, 2.0, 9.0)?;
    assert_moments("exponential", &np::random::exponential(2, n)?, 2.0, 4.0)?;
    assert_moments("gumbel", &np::random::gumbel(1, 2, n)?, 1.0 + 2.0 * euler, pi2 / 6.0 * 4.0)?;
    assert_moments("laplace", &np::random::laplace(1, 2, n)?, 1.0, 8.0)?;
    assert_moments("logistic", &np::random::logistic(1, 2, n)?, 1.0, pi2 / 3.0 * 4.0)?;
    let rayleigh = (std::f64::consts::FRAC_PI_2.sqrt() * 2.0, (4.0 - std::f64::consts::PI) / 2.0 * 4.0);
    assert_moments("rayleigh", &np::random::rayleigh(2, n)?, rayleigh.0, rayleigh.1)?;
    let half = 0.25f64.exp();
    assert_moments("lognormal", &np::random::lognormal(0, 0.5, n)?, half.sqrt(), (half - 1.0) * half)?;
    assert_moments("weibull", &np::random::weibull(2, n)?, 0.886_226_925, 0.214_601_837)?;
    assert_moments("pareto", &np::random::pareto(8, n)?, 1.0 / 7.0, 8.0 / (49.0 * 6.0))?;
    assert_moments("power", &np::random::power(3, n)?, 0.75, 0.0375)?;
    assert_moments("gamma", &np::random::gamma(2.5, 2, n)?, 5.0, 10.0)?;
    assert_moments("small gamma", &np::random::gamma(0.3, 1, n)?, 0.3, 0.3)?;
    assert_moments("beta", &np::random::beta(2, 3, n)?, 0.4, 0.04)?;
    assert_moments("chisquare", &np::random::chisquare(3, n)?, 3.0, 6.0)?;
    assert_moments("f", &np::random::f(4, 20, n)?, 20.0 / 18.0, 2.0 * 400.0 * 22.0 / (4.0 * 324.0 * 16.0))?;
    assert_moments("standard_t", &np::random::standard_t(12, n)?, 0.0, 1.2)?;
    let triangular =
        random::triangular(0.0.into(), 1.0.into(), 3.0.into(), &Draw { size: Some(&n), ..Draw::default() })?;
    assert_moments("triangular", &triangular, 4.0 / 3.0, (9.0 + 1.0 - 3.0) / 18.0)
}

#[test]
fn counts_have_their_moments_by_either_method() -> Result<()> {
    let _guard = seeded(13);
    let n = [100_000];
    for mean in [0.5, 4.0, 12.0, 300.0] {
        assert_moments("poisson", &np::random::poisson(mean, n)?, mean, mean)?;
    }
    for (trials, p) in [(5, 0.2), (40, 0.75), (1000, 0.3), (1000, 0.995)] {
        let expected = trials as f64 * p;
        assert_moments("binomial", &np::random::binomial(trials, p, n)?, expected, expected * (1.0 - p))?;
    }
    assert_moments("geometric", &np::random::geometric(0.25, n)?, 4.0, 12.0)?;
    assert_moments("negative_binomial", &np::random::negative_binomial(3, 0.4, n)?, 4.5, 11.25)?;
    assert_moments("bernoulli", &np::random::bernoulli(0.3, n)?, 0.3, 0.21)?;
    assert_moments("randint", &np::random::randint(0, 10, n)?, 4.5, 8.25)?;
    for (trials, p) in [(5, 0.2), (1000, 0.3), (1000, 0.995)] {
        let expected = trials as f64 * p;
        let drawn = np::random::binomial(&np::array([trials])?, p, n)?;
        assert_moments("binomial of arrays", &drawn, expected, expected * (1.0 - p))?;
    }
    let mixed = np::random::poisson(&np::array([[2.0], [50.0]])?, [2, 100_000])?;
    assert_moments("poisson of small means", &mixed.get(np::s![0])?, 2.0, 2.0)?;
    assert_moments("poisson of large means", &mixed.get(np::s![1])?, 50.0, 50.0)
}

#[test]
fn rare_distributions_have_their_moments() -> Result<()> {
    let _guard = seeded(37);
    let n = [100_000];
    assert_moments("noncentral_chisquare", &np::random::noncentral_chisquare(3, 2, n)?, 5.0, 14.0)?;
    let f_mean = 20.0 * (4.0 + 2.0) / (4.0 * 18.0);
    let f_variance = 2.0 * (36.0 + (4.0 + 4.0) * 18.0) / (18.0f64.powi(2) * 16.0) * 25.0;
    assert_moments("noncentral_f", &np::random::noncentral_f(4, 20, 2, n)?, f_mean, f_variance)?;
    assert_moments("wald", &np::random::wald(2, 8, n)?, 2.0, 1.0)?;
    let angles = np::random::vonmises(0.5, 4, n)?;
    // the mean direction is I1(4) / I0(4) long
    let turned = np::cos(&(&angles - 0.5))?;
    assert!((np::mean(&turned, ())?.to_value::<f64>()? - 0.863_523).abs() < 0.004);
    assert_moments("sine of vonmises", &np::sin(&(&angles - 0.5))?, 0.0, 0.863_523 / 4.0)?;
    assert_moments(
        "flat vonmises",
        &np::random::vonmises(0, 0, n)?,
        0.0,
        std::f64::consts::PI.powi(2) / 3.0,
    )?;
    let log = -1.0 / (0.4f64).ln();
    assert_moments(
        "logseries",
        &np::random::logseries(0.6, n)?,
        log * 1.5,
        (log * 0.6 - (log * 0.6).powi(2)) / 0.16,
    )?;
    assert_moments("zipf", &np::random::zipf(7.5, n)?, 1.006_143, 0.006_941)?;
    for (good, bad, sample) in [(10, 20, 5), (500, 300, 600), (3, 1000, 900)] {
        let (k, m, l) = (f64::from(sample), f64::from(good + bad), f64::from(good));
        let variance = k * l / m * (1.0 - l / m) * (m - k) / (m - 1.0);
        let drawn = np::random::hypergeometric(good, bad, sample, n)?;
        assert_moments("hypergeometric", &drawn, k * l / m, variance)?;
    }
    Ok(())
}

#[test]
fn vectors_have_their_sums_and_correlations() -> Result<()> {
    let _guard = seeded(17);
    let p = np::array_as([0.1, 0.2, 0.7], DType::F64)?;
    let counts = np::random::multinomial(50, &p, [20_000])?;
    assert_eq!(counts.shape(), [20_000, 3]);
    assert!(np::sum(&counts, 1)?.to_vec::<i64>()?.iter().all(|&sum| sum == 50));
    assert_moments("multinomial", &counts.get(np::s![.., 1])?, 10.0, 8.0)?;
    let simplex = np::random::dirichlet(&np::array([1.0, 2.0])?, [20_000])?;
    assert_moments("dirichlet", &simplex.get(np::s![.., 0])?, 1.0 / 3.0, 2.0 / 36.0)?;
    let covariance = np::array([[2.0, 1.2], [1.2, 1.0]])?;
    let x = np::random::multivariate_normal(&np::array([1.0, -1.0])?, &covariance, [100_000])?;
    let centred = &x - &np::mean(&x, 0)?;
    let found = np::matmul(&np::transpose(&centred, None)?, &centred)? / 100_000.0;
    for (found, expected) in found.to_vec::<f64>()?.iter().zip([2.0, 1.2, 1.2, 1.0]) {
        assert!((found - expected).abs() < 0.05, "{found} {expected}");
    }
    Ok(())
}

#[test]
fn selections_are_permutations_and_follow_their_weights() -> Result<()> {
    let _guard = seeded(19);
    let x = np::arange(20)?.reshape(&[10, 2])?;
    np::random::shuffle(&x)?;
    let rows = x.to_vec::<i64>()?;
    assert!(rows.chunks(2).all(|row| row[1] == row[0] + 1), "rows stay together");
    let mut firsts: Vec<i64> = rows.chunks(2).map(|row| row[0]).collect();
    assert_ne!(firsts, (0..10).map(|k| 2 * k).collect::<Vec<_>>());
    firsts.sort_unstable();
    assert_eq!(firsts, (0..10).map(|k| 2 * k).collect::<Vec<_>>());
    let weights = np::array_as([0.0, 0.25, 0.75], DType::F64)?;
    let chosen = np::random::choice(Population::Integers(3), 20_000, true, Some(&weights))?;
    assert_moments("choice", &chosen, 1.75, 0.1875)?;
    for _ in 0..20 {
        let two = np::random::choice(Population::Integers(3), 2, false, Some(&weights))?;
        assert_eq!(np::sort(&two, Some(0))?.to_string(), "[1 2]");
    }
    let hand = np::random::choice(Population::Integers(52), 52, false, None)?;
    assert_eq!(np::sum(&hand, ())?.to_value::<i64>()?, 51 * 26);
    Ok(())
}

#[test]
fn gradients_flow_to_array_parameters() -> Result<()> {
    let _guard = seeded(23);
    let (mean, scale) = (np::zeros([3])?, np::ones([3])?);
    autograd::attach_grad(&mean)?;
    autograd::attach_grad(&scale)?;
    let x = autograd::record(|| np::random::normal(&mean, &scale, [4, 3]))?;
    autograd::backward(&x)?;
    assert_eq!(autograd::grad_of(&mean)?.to_string(), "[4. 4. 4.]");
    assert_eq!(autograd::grad_of(&scale)?.to_vec::<f32>()?, np::sum(&x, 0)?.to_vec::<f32>()?);
    Ok(())
}

#[test]
fn dtypes_are_honoured_and_others_refused() -> Result<()> {
    let _guard = seeded(29);
    let size = [4];
    for dtype in [DType::F16, DType::BF16, DType::F32, DType::F64] {
        let draw = Draw { size: Some(&size), dtype: Some(dtype), device: None };
        assert_eq!(random::normal(0.0.into(), 1.0.into(), &draw)?.dtype(), dtype);
        assert_eq!(random::gamma(2.0.into(), 1.0.into(), &draw)?.dtype(), dtype);
    }
    let whole = Draw { size: Some(&size), dtype: Some(DType::I32), device: None };
    let refused = random::normal(0.0.into(), 1.0.into(), &whole).expect_err("normal of int32");
    assert_eq!(refused.kind, ErrorKind::Type);
    assert_eq!(random::randint(0, Some(9), &whole)?.dtype(), DType::I32);
    let bytes = Draw { size: Some(&size), dtype: Some(DType::U64), device: None };
    let large = random::randint(u64::MAX.into(), Some(u64::MAX as i128 + 1), &bytes)?;
    assert_eq!(large.to_vec::<u64>()?, [u64::MAX; 4]);
    Ok(())
}

#[test]
fn parameters_outside_their_domain_are_errors_in_numpys_classes() -> Result<()> {
    let _guard = seeded(31);
    let value = |result: Result<Array>, text: &str| {
        let error = result.expect_err(text);
        assert!(error.kind == ErrorKind::Value && error.message.contains(text), "{error} / {text}");
    };
    value(np::random::normal(0, -1, 3), "scale < 0");
    value(np::random::normal(0, &np::array([1.0, -1.0])?, ()), "scale < 0");
    value(np::random::uniform(0, &np::zeros(3)?, 2), "not compatible");
    value(np::random::exponential(-1, 3), "scale < 0");
    value(np::random::pareto(0, 3), "a <= 0");
    value(np::random::randint(5, 5, 3), "low >= high");
    value(np::random::normal(0, 1, [-1]), "negative");
    value(np::random::bernoulli(1.5, 3), "p > 1");
    value(np::random::binomial(3, -0.5, 3), "p < 0");
    value(np::random::poisson(-1, 3), "lam < 0");
    let small = Draw { dtype: Some(DType::I8), ..Draw::default() };
    value(random::randint(0, Some(1000), &small), "high is out of bounds for int8");
    value(np::random::multinomial(3, &np::array([0.9, 0.9, 0.1])?, ()), "sum(pvals[:-1]) > 1.0");
    let population = Population::Integers(3);
    value(np::random::choice(population, 4, false, None), "larger sample than population");
    value(np::random::choice(population, 2, true, Some(&np::array([0.5, 0.1, 0.1])?)), "do not sum to 1");
    value(np::random::choice(population, 2, true, Some(&np::array([0.5, 0.5])?)), "same size");
    value(np::random::choice(Population::Integers(0), 2, true, None), "positive integer");
    assert_eq!(
        np::random::uniform(0, f64::INFINITY, 3).expect_err("infinite range").kind,
        ErrorKind::Overflow
    );
    assert_eq!(np::random::shuffle(&np::zeros(())?).expect_err("0-d").kind, ErrorKind::Type);
    Ok(())
}
