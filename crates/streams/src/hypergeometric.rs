//! The hypergeometric distribution: drawing one by one for small samples, and the ratio of uniforms HRUA beyond (E.
//! Stadlober, "The ratio of uniforms approach for generating discrete random variates", 1990).

use crate::discrete::log_gamma;
use crate::select::interval;
use crate::{Bits, Draw};

/// 2 sqrt(2 / e) and 3 - 2 sqrt(3 / e).
const D1: f64 = 1.7155277699214135;
const D2: f64 = 0.8989161620588988;

/// Good ones among `sample` drawn from `good` and `bad` ones without replacement.
pub fn hypergeometric<D: Draw>(draw: &mut D, good: i64, bad: i64, sample: i64) -> i64 {
    if D::LEGACY {
        return match sample {
            11.. => legacy_ratio(draw, good, bad, sample),
            1..=10 => legacy_walk(draw, good, bad, sample),
            _ => 0,
        };
    }
    if sample >= 10 && sample <= good + bad - 10 {
        ratio(draw, good, bad, sample)
    } else {
        one_by_one(draw.bits(), good, bad, sample)
    }
}

fn one_by_one<B: Bits>(bits: &mut B, good: i64, bad: i64, sample: i64) -> i64 {
    let total = good + bad;
    let many = sample > total / 2;
    let mut wanted = if many { total - sample } else { sample };
    let (mut left, mut left_good) = (total, good);
    while wanted > 0 && left_good > 0 && left > left_good {
        left -= 1;
        if (interval(bits, left as u64) as i64) < left_good {
            left_good -= 1;
        }
        wanted -= 1;
    }
    if left == left_good {
        left_good -= wanted;
    }
    if many { left_good } else { good - left_good }
}

/// log(k!): exact to the last place by a table up to 125, then Stirling's series.
fn log_factorial(k: i64) -> f64 {
    const HALF_LOG_TWO_PI: f64 = 0.9189385332046728;
    if let Some(&value) = usize::try_from(k).ok().and_then(|k| LOG_FACTORIALS.get(k)) {
        return value;
    }
    let x = k as f64;
    (x + 0.5) * x.ln() - x + (HALF_LOG_TWO_PI + (1.0 / x) * (1.0 / 12.0 - 1.0 / (360.0 * x * x)))
}

fn ratio<D: Draw>(draw: &mut D, good: i64, bad: i64, sample: i64) -> i64 {
    let population = good + bad;
    let wanted = sample.min(population - sample);
    let (fewer, more) = (good.min(bad), good.max(bad));
    let p = fewer as f64 / population as f64;
    let q = more as f64 / population as f64;
    let a = wanted as f64 * p + 0.5;
    let variance = (population - wanted) as f64 * wanted as f64 * p * q / (population - 1) as f64;
    let c = (variance + 0.5).sqrt();
    let h = D1 * c + D2;
    let mode = ((wanted + 1) as f64 * (fewer + 1) as f64 / (population + 2) as f64).floor() as i64;
    let log = |k: i64| {
        log_factorial(k)
            + log_factorial(fewer - k)
            + log_factorial(wanted - k)
            + log_factorial(more - wanted + k)
    };
    let g = log(mode);
    let b = ((wanted.min(fewer) + 1) as f64).min((a + 16.0 * c).floor());
    let count = loop {
        let u = draw.uniform();
        let v = draw.uniform();
        let x = a + h * (v - 0.5) / u;
        if x < 0.0 || x >= b {
            continue;
        }
        let count = x.floor() as i64;
        let t = g - log(count);
        if u * (4.0 - u) - 3.0 <= t {
            break count;
        }
        if u * (u - t) >= 1.0 {
            continue;
        }
        if 2.0 * u.ln() <= t {
            break count;
        }
    };
    let count = if good > bad { wanted - count } else { count };
    if wanted < sample { good - count } else { count }
}

fn legacy_walk<D: Draw>(draw: &mut D, good: i64, bad: i64, sample: i64) -> i64 {
    let rest = bad + good - sample;
    let fewer = bad.min(good) as f64;
    let (mut y, mut k) = (fewer, sample);
    while y > 0.0 {
        let u = draw.uniform();
        y -= (u + y / (rest + k) as f64).floor();
        k -= 1;
        if k == 0 {
            break;
        }
    }
    let count = (fewer - y) as i64;
    if good > bad { sample - count } else { count }
}

fn legacy_ratio<D: Draw>(draw: &mut D, good: i64, bad: i64, sample: i64) -> i64 {
    let (fewer, more) = (good.min(bad), good.max(bad));
    let population = good + bad;
    let m = sample.min(population - sample);
    let share = fewer as f64 / population as f64;
    let a = m as f64 * share + 0.5;
    let c = ((population - m) as f64 * sample as f64 * share * (1.0 - share) / (population - 1) as f64 + 0.5)
        .sqrt();
    let h = D1 * c + D2;
    let mode = ((m + 1) as f64 * (fewer + 1) as f64 / (population + 2) as f64).floor() as i64;
    let log = |k: i64| {
        log_gamma((k + 1) as f64)
            + log_gamma((fewer - k + 1) as f64)
            + log_gamma((m - k + 1) as f64)
            + log_gamma((more - m + k + 1) as f64)
    };
    let g = log(mode);
    let b = (m.min(fewer) as f64 + 1.0).min((a + 16.0 * c).floor());
    let count = loop {
        let u = draw.uniform();
        let v = draw.uniform();
        let x = a + h * (v - 0.5) / u;
        if x < 0.0 || x >= b {
            continue;
        }
        let count = x.floor() as i64;
        let t = g - log(count);
        if u * (4.0 - u) - 3.0 <= t {
            break count;
        }
        if u * (u - t) >= 1.0 {
            continue;
        }
        if 2.0 * u.ln() <= t {
            break count;
        }
    };
    let count = if good > bad { m - count } else { count };
    if m < sample { good - count } else { count }
}

/// log(k!) for k up to 125, correctly rounded.
#[rustfmt::skip]
const LOG_FACTORIALS: [f64; 126] = [
    0.0, 0.0, 0.6931471805599453, 1.791759469228055, 3.1780538303479458,
    4.787491742782046, 6.579251212010101, 8.525161361065415, 10.60460290274525, 12.801827480081469,
    15.104412573075516, 17.502307845873887, 19.987214495661885, 22.552163853123425, 25.19122118273868,
    27.89927138384089, 30.671860106080672, 33.50507345013689, 36.39544520803305, 39.339884187199495,
    42.335616460753485, 45.38013889847691, 48.47118135183523, 51.60667556776438, 54.78472939811232,
    58.00360522298052, 61.261701761002, 64.55753862700634, 67.88974313718154, 71.25703896716801,
    74.65823634883016, 78.0922235533153, 81.55795945611504, 85.05446701758152, 88.58082754219768,
    92.1361756036871, 95.7196945421432, 99.33061245478743, 102.96819861451381, 106.63176026064346,
    110.32063971475739, 114.0342117814617, 117.77188139974507, 121.53308151543864, 125.3172711493569,
    129.12393363912722, 132.95257503561632, 136.80272263732635, 140.67392364823425, 144.5657439463449,
    148.47776695177302, 152.40959258449735, 156.3608363030788, 160.3311282166309, 164.32011226319517,
    168.32744544842765, 172.3527971391628, 176.39584840699735, 180.45629141754378, 184.53382886144948,
    188.6281734236716, 192.7390472878449, 196.86618167289, 201.00931639928152, 205.1681994826412,
    209.34258675253685, 213.53224149456327, 217.73693411395422, 221.95644181913033, 226.1905483237276,
    230.43904356577696, 234.70172344281826, 238.97838956183432, 243.2688490029827, 247.57291409618688,
    251.8904022097232, 256.22113555000954, 260.5649409718632, 264.9216497985528, 269.2910976510198,
    273.6731242856937, 278.0675734403661, 282.4742926876304, 286.893133295427, 291.3239500942703,
    295.76660135076065, 300.22094864701415, 304.6868567656687, 309.1641935801469, 313.65282994987905,
    318.1526396202093, 322.66349912672615, 327.1852877037752, 331.7178871969285, 336.26118197919845,
    340.815058870799, 345.37940706226686, 349.95411804077025, 354.5390855194408, 359.1342053695754,
    363.73937555556347, 368.35449607240474, 372.979468885689, 377.61419787391867, 382.25858877306,
    386.91254912321756, 391.5759882173296, 396.24881705179155, 400.93094827891576, 405.6222961611449,
    410.32277652693733, 415.03230672824964, 419.7508055995447, 424.4781934182571, 429.21439186665157,
    433.9593239950148, 438.71291418612117, 443.47508812091894, 448.2457727453846, 453.0248962384961,
    457.81238798127816, 462.6081785268749, 467.4121995716082, 472.2243839269806, 477.04466549258564,
    481.87297922988796,
];
