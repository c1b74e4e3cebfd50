//! The generator against its published values; fills and samplers against their distributions at fixed keys.

use std::sync::atomic::Ordering;

use super::*;

const KEY: u64 = 0x1234_5678_9abc_def0;

fn draw<T: Copy + Default>(dtype: DType, count: usize, counter: u64, distribution: &Distribution) -> Vec<T> {
    assert_eq!(dtype.size(), size_of::<T>());
    let mut out = vec![T::default(); count];
    // SAFETY: the vector holds `count` elements of the dtype's size.
    unsafe { fill(dtype, out.as_mut_ptr().cast(), count as i64, KEY, counter, distribution) };
    out
}

#[test]
fn philox_gives_the_published_words() {
    assert_eq!(philox::block(0, 0, 0), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
    assert_eq!(
        philox::block(u64::MAX, u64::MAX, u64::MAX),
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    );
    let (low, high) = (0x85a3_08d3_243f_6a88, 0x0370_7344_1319_8a2e);
    assert_eq!(
        philox::block(0x299f_31d0_a409_3822, low, high),
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    );
    let words = philox::words(KEY, 77);
    for lane in 0..LANES {
        assert_eq!(words.map(|word| word[lane]), philox::block(KEY, 77 + lane as u64, 0));
    }
}

#[test]
fn logarithm_and_sine_are_accurate() {
    for index in 0..100_000u64 {
        let bits = index.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let x = f64::from_bits((bits >> 12) | (1023 - index % 60) << 52);
        assert!((math::double::log(x) - x.ln()).abs() <= 4e-16 * x.ln().abs().max(0.5), "{x}");
        let x = x as f32;
        let error = (math::single::log(x) as f64 - (x as f64).ln()).abs();
        assert!(error <= 2e-7 * (x as f64).ln().abs().max(0.5), "{x}");
        let angle = bits as f64 / 2f64.powi(64) * std::f64::consts::TAU;
        let (sine, cosine) = math::double::sin_cos_of_turn(bits);
        assert!((sine - angle.sin()).abs() < 2e-15 && (cosine - angle.cos()).abs() < 2e-15);
        let (sine, cosine) = math::single::sin_cos_of_turn((bits >> 32) as u32);
        assert!((sine as f64 - angle.sin()).abs() < 5e-7 && (cosine as f64 - angle.cos()).abs() < 5e-7);
    }
}

const CONTINUOUS: [Distribution; 7] = [
    Distribution::Uniform { low: -1.0, high: 3.0 },
    Distribution::Normal { mean: 2.0, deviation: 3.0 },
    Distribution::Exponential { scale: 2.0 },
    Distribution::Gumbel { location: 1.0, scale: 2.0 },
    Distribution::Laplace { location: 1.0, scale: 2.0 },
    Distribution::Logistic { location: 1.0, scale: 2.0 },
    Distribution::Rayleigh { scale: 2.0 },
];

/// Phi by integrating from the series of erf; good to 1e-9 where the test needs it.
fn normal_cumulative(x: f64) -> f64 {
    let x = x.clamp(-8.0, 8.0);
    let (mut term, mut sum, mut n) = (x, x, 0.0);
    while f64::abs(term) > 1e-14 {
        n += 1.0;
        term *= x * x / (2.0 * n + 1.0);
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

fn cumulative(distribution: &Distribution, x: f64) -> f64 {
    match *distribution {
        Distribution::Uniform { low, high } => (x - low) / (high - low),
        Distribution::Normal { mean, deviation } => normal_cumulative((x - mean) / deviation),
        Distribution::Exponential { scale } => 1.0 - (-x / scale).exp(),
        Distribution::Gumbel { location, scale } => (-(-(x - location) / scale).exp()).exp(),
        Distribution::Laplace { location, scale } => {
            let z = (x - location) / scale;
            if z < 0.0 { 0.5 * z.exp() } else { 1.0 - 0.5 * (-z).exp() }
        }
        Distribution::Logistic { location, scale } => 1.0 / (1.0 + (-(x - location) / scale).exp()),
        Distribution::Rayleigh { scale } => 1.0 - (-0.5 * (x / scale).powi(2)).exp(),
        _ => f64::NAN,
    }
}

/// Kolmogorov and Smirnov's distance, scaled; 1.95 is exceeded once in a thousand.
fn distance(mut values: Vec<f64>, cumulative: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let gap = |(index, &x): (usize, &f64)| {
        let c = cumulative(x);
        (c - index as f64 / n).abs().max(((index + 1) as f64 / n - c).abs())
    };
    values.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
}

#[test]
fn fills_follow_their_distributions() {
    for distribution in &CONTINUOUS {
        let single: Vec<f32> = draw(DType::F32, 100_000, 5, distribution);
        let double: Vec<f64> = draw(DType::F64, 100_000, 5, distribution);
        for values in [single.into_iter().map(f64::from).collect(), double] {
            let d = distance(values, |x| cumulative(distribution, x));
            assert!(d < 1.95, "{distribution:?}: {d}");
        }
        let half: Vec<f16> = draw(DType::F16, 100_000, 5, distribution);
        let mean = half.iter().map(|x| x.to_f64()).sum::<f64>() / 1e5;
        let exact: Vec<f32> = draw(DType::F32, 100_000, 5, distribution);
        assert!((mean - exact.iter().map(|&x| x as f64).sum::<f64>() / 1e5).abs() < 1e-2);
    }
}

#[test]
fn uniform_numbers_stay_below_their_upper_end() {
    for (low, high) in [(0.0, 1.0), (-1.0, 0.0), (1.0, 1.0 + 1e-3), (-2.0, -1.0)] {
        let distribution = &Distribution::Uniform { low, high };
        let single: Vec<f32> = draw(DType::F32, 200_000, 0, distribution);
        assert!(single.iter().all(|&x| x >= low as f32 && x < high as f32));
        let half: Vec<f16> = draw(DType::F16, 200_000, 0, distribution);
        assert!(half.iter().all(|&x| x.to_f64() < high));
        let brain: Vec<bf16> = draw(DType::BF16, 200_000, 0, distribution);
        assert!(brain.iter().all(|&x| x.to_f64() < high));
    }
}

#[test]
fn an_element_depends_only_on_key_counter_and_index() {
    let all = CONTINUOUS.into_iter().chain([
        Distribution::Integers { low: -5, range: 11 },
        Distribution::Bernoulli { probability: 0.3 },
        Distribution::Bits,
    ]);
    for distribution in &all.collect::<Vec<_>>() {
        for dtype in [DType::F32, DType::F64, DType::F16, DType::I32, DType::U8, DType::I64] {
            let count = 3 * CHUNK + 77;
            let run = |threads: usize, counter: u64, count: usize| {
                let before = pool::set_threads(threads);
                let mut out = vec![0u8; count * dtype.size()];
                let mut aligned = vec![0u64; out.len().div_ceil(8)];
                // SAFETY: room for `count` elements, aligned for any dtype.
                unsafe { fill(dtype, aligned.as_mut_ptr().cast(), count as i64, KEY, counter, distribution) };
                pool::set_threads(before);
                for (to, from) in out.chunks_mut(8).zip(aligned) {
                    to.copy_from_slice(&from.to_ne_bytes()[..to.len()]);
                }
                out
            };
            let whole = run(1, 9, count);
            assert!(whole == run(3, 9, count), "threads: {dtype} {distribution:?}");
            transforms::PLAIN.store(true, Ordering::Relaxed);
            let plain = run(1, 9, count);
            transforms::PLAIN.store(false, Ordering::Relaxed);
            assert!(whole == plain, "instruction sets: {dtype} {distribution:?}");
            let used = counters_used(CHUNK as i64, dtype, distribution);
            let later = run(1, 9 + used, 100);
            assert!(
                whole[CHUNK * dtype.size()..][..later.len()] == later,
                "counter: {dtype} {distribution:?}"
            );
        }
    }
}

#[test]
fn integers_are_uniform_and_in_range() {
    for (low, range) in [(-3i64, 7u64), (0, 256), (100, 1000)] {
        let values: Vec<i64> = draw(DType::I64, 100_000, 3, &Distribution::Integers { low, range });
        let mut counts = vec![0f64; range as usize];
        values.iter().for_each(|x| counts[(x - low) as usize] += 1.0);
        let expected = 1e5 / range as f64;
        let chi = counts.iter().map(|count| (count - expected).powi(2) / expected).sum::<f64>();
        let freedom = (range - 1) as f64;
        assert!((chi - freedom).abs() < 4.5 * (2.0 * freedom).sqrt(), "{range}: {chi}");
    }
    let wide: Vec<i64> = draw(DType::I64, 1000, 3, &Distribution::Integers { low: i64::MIN, range: 0 });
    assert!(wide.iter().any(|&x| x > 1 << 62) && wide.iter().any(|&x| x < -(1 << 62)));
    let large: Vec<u64> = draw(DType::U64, 1000, 3, &Distribution::Integers { low: 5, range: 1 << 40 });
    assert!(large.iter().all(|&x| (5..5 + (1 << 40)).contains(&x)));
    let ones: Vec<f32> = draw(DType::F32, 100_000, 3, &Distribution::Bernoulli { probability: 0.25 });
    assert!((ones.iter().sum::<f32>() - 25_000.0).abs() < 600.0);
    let small: Vec<i8> = draw(DType::I8, 1000, 3, &Distribution::Integers { low: -100, range: 150 });
    assert!(small.iter().all(|&x| (-100..50).contains(&x)) && small.iter().any(|&x| x < 0));
}

#[test]
fn samplers_have_the_right_moments() {
    // kind, parameters, mean, variance
    let cases = [
        (Kind::Uniform, [1.0, 3.0, 0.0], 2.0, 1.0 / 3.0),
        (Kind::Normal, [1.0, 2.0, 0.0], 1.0, 4.0),
        (Kind::LogNormal, [0.0, 0.5, 0.0], 0.125f64.exp(), (0.25f64.exp() - 1.0) * 0.25f64.exp()),
        (Kind::Exponential, [2.0, 0.0, 0.0], 2.0, 4.0),
        (Kind::Gamma, [2.5, 2.0, 0.0], 5.0, 10.0),
        (Kind::Gamma, [0.3, 1.0, 0.0], 0.3, 0.3),
        (Kind::Beta, [2.0, 3.0, 0.0], 0.4, 0.04),
        (Kind::Beta, [0.5, 0.5, 0.0], 0.5, 0.125),
        (Kind::ChiSquare, [3.0, 0.0, 0.0], 3.0, 6.0),
        (Kind::NoncentralChiSquare, [3.0, 2.0, 0.0], 5.0, 14.0),
        (Kind::NoncentralChiSquare, [0.5, 2.0, 0.0], 2.5, 9.0),
        (Kind::F, [5.0, 12.0, 0.0], 1.2, 1.08),
        (Kind::StandardT, [8.0, 0.0, 0.0], 0.0, 8.0 / 6.0),
        (Kind::Weibull, [2.0, 0.0, 0.0], 0.886_226_9, 0.214_601_8),
        (Kind::Pareto, [6.0, 0.0, 0.0], 0.2, 0.06),
        (Kind::Power, [3.0, 0.0, 0.0], 0.75, 0.0375),
        (Kind::Gumbel, [0.0, 1.0, 0.0], 0.577_215_7, 1.644_934),
        (Kind::Laplace, [1.0, 2.0, 0.0], 1.0, 8.0),
        (Kind::Logistic, [1.0, 1.0, 0.0], 1.0, 3.289_868),
        (Kind::Rayleigh, [2.0, 0.0, 0.0], 2.506_628, 1.716_815),
        (Kind::Triangular, [0.0, 1.0, 4.0], 5.0 / 3.0, 13.0 / 18.0),
        (Kind::VonMises, [0.0, 4.0, 0.0], 0.0, 0.290_24),
        (Kind::Wald, [2.0, 3.0, 0.0], 2.0, 8.0 / 3.0),
        (Kind::Poisson, [3.5, 0.0, 0.0], 3.5, 3.5),
        (Kind::Poisson, [60.0, 0.0, 0.0], 60.0, 60.0),
        (Kind::Binomial, [12.0, 0.3, 0.0], 3.6, 2.52),
        (Kind::Binomial, [200.0, 0.7, 0.0], 140.0, 42.0),
        (Kind::NegativeBinomial, [4.0, 0.4, 0.0], 6.0, 15.0),
        (Kind::Geometric, [0.2, 0.0, 0.0], 5.0, 20.0),
        (Kind::HyperGeometric, [15.0, 25.0, 10.0], 3.75, 1.802_885),
        (Kind::HyperGeometric, [150.0, 100.0, 120.0], 72.0, 15.036_145),
        (Kind::LogSeries, [0.6, 0.0, 0.0], 1.637_035, 1.412_700),
        (Kind::Zipf, [6.0, 0.0, 0.0], 1.019_233, 0.025_062),
    ];
    for (kind, params, mean, variance) in cases {
        let n = 100_000;
        let values: Vec<f64> = (0..n).map(|element| sample(kind, params, KEY, element)).collect();
        let average = values.iter().sum::<f64>() / n as f64;
        let spread = values.iter().map(|x| (x - average).powi(2)).sum::<f64>() / n as f64;
        let error = 4.5 * (variance / n as f64).sqrt();
        assert!((average - mean).abs() < error + 1e-6, "{kind:?} {params:?}: mean {average}, not {mean}");
        assert!(
            (spread / variance - 1.0).abs() < 0.1,
            "{kind:?} {params:?}: variance {spread}, not {variance}"
        );
    }
}

#[test]
fn poisson_and_binomial_have_the_right_probabilities() {
    let chi = |kind: Kind, params: [f64; 3], from: usize, probabilities: &[f64]| {
        let mut counts = vec![0f64; probabilities.len()];
        for element in 0..100_000 {
            let value = sample(kind, params, KEY, element) as usize;
            if let Some(count) = value.checked_sub(from).and_then(|index| counts.get_mut(index)) {
                *count += 1.0;
            }
        }
        let term = |(count, p): (&f64, &f64)| (count - 1e5 * p).powi(2) / (1e5 * p);
        counts.iter().zip(probabilities).map(term).sum::<f64>()
    };
    let ln_factorial = |k: u32| (2..=k).map(|factor| (factor as f64).ln()).sum::<f64>();
    let poisson = |k: u32| (k as f64 * 40f64.ln() - 40.0 - ln_factorial(k)).exp();
    let probabilities: Vec<f64> = (25..56).map(poisson).collect();
    assert!(chi(Kind::Poisson, [40.0, 0.0, 0.0], 25, &probabilities) < 65.0);
    let choose = |k: u32| ln_factorial(100) - ln_factorial(k) - ln_factorial(100 - k);
    let binomial = |k: u32| (choose(k) + k as f64 * 0.3f64.ln() + (100 - k) as f64 * 0.7f64.ln()).exp();
    let probabilities: Vec<f64> = (18..43).map(binomial).collect();
    assert!(chi(Kind::Binomial, [100.0, 0.3, 0.0], 18, &probabilities) < 55.0);
}

#[test]
fn samplers_answer_parameters_out_of_range_with_nan_and_never_hang() {
    let bad = [f64::NAN, -1.0];
    for kind in [Kind::Gamma, Kind::Poisson, Kind::Geometric, Kind::Zipf, Kind::LogSeries, Kind::ChiSquare] {
        for a in bad {
            assert!(sample(kind, [a, 1.0, 1.0], KEY, 0).is_nan(), "{kind:?}({a})");
        }
    }
    assert!(sample(Kind::Binomial, [f64::INFINITY, 0.5, 0.0], KEY, 0).is_nan());
    assert!(sample(Kind::HyperGeometric, [3.0, 3.0, 7.0], KEY, 0).is_nan());
    assert_eq!(sample(Kind::Gamma, [0.0, 1.0, 0.0], KEY, 0), 0.0);
}

fn order_of(count: usize, key: u64, counter: u64) -> Vec<i64> {
    let mut numbers = vec![-1; count];
    // SAFETY: as many numbers as counted.
    unsafe { order(numbers.as_mut_ptr(), count, key, counter) };
    numbers
}

#[test]
fn orders_hold_every_number_once_whatever_the_number_of_threads() {
    for count in [0, 1, 2, 3, 5, 1000, 16_383, 16_384, 65_536, 65_537, 200_001, 1_000_003] {
        let numbers = order_of(count, KEY, 7);
        let mut sorted = numbers.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..count as i64), "{count}");
        let before = crate::pool::set_threads(1);
        let alone = order_of(count, KEY, 7);
        crate::pool::set_threads(before);
        assert!(numbers == alone, "{count}");
        assert!(count < 1000 || numbers != order_of(count, KEY, 8), "{count}");
    }
}

#[test]
fn all_orders_of_few_numbers_are_equally_likely() {
    let mut counts = std::collections::HashMap::new();
    for counter in 0..24_000 {
        *counts.entry(order_of(4, KEY, counter * 64)).or_insert(0f64) += 1.0;
    }
    assert_eq!(counts.len(), 24);
    let chi: f64 = counts.values().map(|count| (count - 1000.0).powi(2) / 1000.0).sum();
    assert!(chi < 50.0, "{chi}");
}

#[test]
fn orders_of_many_numbers_know_nothing_of_their_places() {
    let count = 400_000;
    let numbers = order_of(count, KEY, 0);
    let cells = 16;
    let mut counts = vec![0f64; cells * cells];
    for (place, number) in numbers.iter().enumerate() {
        counts[place * cells / count * cells + *number as usize * cells / count] += 1.0;
    }
    let expected = count as f64 / counts.len() as f64;
    let chi: f64 = counts.iter().map(|found| (found - expected).powi(2) / expected).sum();
    // 225 degrees of freedom
    assert!((140.0..320.0).contains(&chi), "{chi}");
    let fixed = numbers.iter().enumerate().filter(|(place, number)| *place as i64 == **number).count();
    let followers = numbers.windows(2).filter(|pair| pair[0] + 1 == pair[1]).count();
    assert!(fixed < 8 && followers < 8, "{fixed} {followers}");
}
