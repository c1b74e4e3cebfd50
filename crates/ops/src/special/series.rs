//! Series behind special functions that have no home in the scalar library: each is called by one row only.

use lanes::{Isa, Real};

/// Derivative of digamma: reflected below 1/2, moved above 10 by its recurrence, then its asymptotic series.
#[inline(always)]
pub(super) fn trigamma<F: Real, I: Isa>(x: F) -> F {
    let number = F::from_f64;
    let (mut sum, mut sign, mut x) = (F::ZERO, F::ONE, x);
    if x < F::HALF {
        // the sine has period 2, and its argument must be small to be exact
        let turn = x - F::TWO * (x * F::HALF).rint();
        let sine = (turn * F::PI).sin::<I>();
        let cosecant = if x == x.rint() { F::INFINITY } else { F::PI / sine };
        (sum, sign, x) = (cosecant * cosecant, -F::ONE, F::ONE - x);
    }
    while x < number(10.0) {
        sum = sum + sign / (x * x);
        x = x + F::ONE;
    }
    let square = F::ONE / (x * x);
    let bernoulli = [5.0 / 66.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 1.0 / 6.0];
    let tail = bernoulli.iter().fold(number(-691.0 / 2730.0), |tail, &term| tail * square + number(term));
    sum + sign * (F::ONE + F::HALF / x + tail * square) / x
}

/// Sum of a Chebyshev series at `x` in [-1, 1], by Clenshaw's recurrence.
#[inline(always)]
fn chebyshev<F: Real, const N: usize>(x: F, series: &[f64; N]) -> F {
    let (mut last, mut before) = (F::ZERO, F::ZERO);
    for &term in series[1..].iter().rev() {
        (last, before) = (F::TWO * x * last - before + F::from_f64(term), last);
    }
    x * last - before + F::from_f64(series[0])
}

/// Where the series for small arguments ends.
const LIMIT: f64 = 8.0;

/// Even; grows as exp(x) / sqrt(x), which is split off both series.
#[inline(always)]
pub(super) fn bessel_i0<F: Real, I: Isa>(x: F) -> F {
    let size = x.abs();
    let limit = F::from_f64(LIMIT);
    let small = chebyshev(size * F::from_f64(2.0 / LIMIT) - F::ONE, &I0_SMALL);
    let large = chebyshev(F::from_f64(2.0 * LIMIT) / size - F::ONE, &I0_LARGE) / size.sqrt();
    let scaled = if size <= limit { small } else { large };
    grown::<F, I>(scaled, size)
}

/// Odd; see `bessel_i0`.
#[inline(always)]
pub(super) fn bessel_i1<F: Real, I: Isa>(x: F) -> F {
    let size = x.abs();
    let limit = F::from_f64(LIMIT);
    let small = chebyshev(size * F::from_f64(2.0 / LIMIT) - F::ONE, &I1_SMALL) * size;
    let large = chebyshev(F::from_f64(2.0 * LIMIT) / size - F::ONE, &I1_LARGE) / size.sqrt();
    let scaled = if size <= limit { small } else { large };
    let value = grown::<F, I>(scaled, size);
    if x < F::ZERO { -value } else { value }
}

/// scaled * exp(x) in two steps, for the result may be finite where exp(x) is not.
#[inline(always)]
fn grown<F: Real, I: Isa>(scaled: F, x: F) -> F {
    let half = (x * F::HALF).exp::<I>();
    if x.is_infinite() { x } else { scaled * half * half }
}

// Chebyshev coefficients of exp(-x) I0(x) and exp(-x) I1(x) / x in x / 4 - 1 for x up to 8, and of
// exp(-x) sqrt(x) I(x) in 16 / x - 1 above; computed in 60 digits.
const I0_SMALL: [f64; 31] = [
    3.38397637204738033e-01,
    -3.04682672343198402e-01,
    1.71620901522208769e-01,
    -9.49010970480476390e-02,
    4.93052842396707117e-02,
    -2.37374148058994705e-02,
    1.05464603945949979e-02,
    -4.32430999505057593e-03,
    1.63947561694133574e-03,
    -5.76375574538582356e-04,
    1.88502885095841649e-04,
    -5.75419501008210397e-05,
    1.64484480707288956e-05,
    -4.41673835845875052e-06,
    1.11738753912010366e-06,
    -2.67079385394061193e-07,
    6.04699502254191863e-08,
    -1.30002500998624805e-08,
    2.65982372468238660e-09,
    -5.18979560163526271e-10,
    9.67580903537323697e-11,
    -1.72682629144155587e-11,
    2.95505266312963988e-12,
    -4.85644678311192896e-13,
    7.67618549860493607e-14,
    -1.16853328779934514e-14,
    1.71539128555513307e-15,
    -2.43127984654795490e-16,
    3.33079451882223839e-17,
    -4.41534164647933951e-18,
    5.66917800692149620e-19,
];
const I0_LARGE: [f64; 27] = [
    4.02245205507054393e-01,
    3.36911647825569429e-03,
    6.88975834691682454e-05,
    2.89137052083475665e-06,
    2.04891858946906384e-07,
    2.26666899049817804e-08,
    3.39623202570838651e-09,
    4.94060238822497006e-10,
    1.18891471078464390e-11,
    -3.14991652796324165e-11,
    -1.32158118404477133e-11,
    -1.79417853150680615e-12,
    7.18012445138366601e-13,
    3.85277838274214259e-13,
    1.54008621752140996e-14,
    -4.15056934728722224e-14,
    -9.55484669882830731e-15,
    3.81168066935262240e-15,
    1.77256013305652631e-15,
    -3.42548561967721900e-16,
    -2.82762398051658365e-16,
    3.46122286769746122e-17,
    4.46562142029675975e-17,
    -4.83050448594417803e-18,
    -7.23318048787475996e-18,
    9.92147541217367561e-19,
    1.19365089084600631e-18,
];
const I1_SMALL: [f64; 30] = [
    1.26293593221816824e-01,
    -1.76416518357834062e-01,
    1.02643658689847095e-01,
    -5.29459812080949888e-02,
    2.47264490306265163e-02,
    -1.05640848946261974e-02,
    4.15642294431288820e-03,
    -1.51357245063125315e-03,
    5.12285956168575759e-04,
    -1.61760815825896743e-04,
    4.78156510755005422e-05,
    -1.32731636560394359e-05,
    3.47025130813767845e-06,
    -8.56872026469545475e-07,
    2.00329475355213533e-07,
    -4.44505912879632805e-08,
    9.38153738649577259e-09,
    -1.88724975172282944e-09,
    3.62559028155211725e-10,
    -6.66348972350202712e-11,
    1.17361862988909012e-11,
    -1.98397439776494364e-12,
    3.22379336594557476e-13,
    -5.04218550472791179e-14,
    7.60068429473540767e-15,
    -1.10559694773538625e-15,
    1.55363195773620054e-16,
    -2.11142121435816596e-17,
    2.77791411276104637e-18,
    -3.54158177254213615e-19,
];
const I1_LARGE: [f64; 27] = [
    3.89288117509140053e-01,
    -9.76109749136146870e-03,
    -1.10588938762623713e-04,
    -3.88256480887769059e-06,
    -2.51223623787020884e-07,
    -2.63146884688951959e-08,
    -3.83538038596423700e-09,
    -5.58974346219658378e-10,
    -1.89749581235054126e-11,
    3.25260358301548844e-11,
    1.41258074366137819e-11,
    2.03562854414708956e-12,
    -7.19855177624590836e-13,
    -4.08355111109219740e-13,
    -2.10154184277266430e-14,
    4.27244001671195105e-14,
    1.04202769841288021e-14,
    -3.81440307243700754e-15,
    -1.88035477551078251e-15,
    3.30820231092092852e-16,
    2.96262899764595008e-16,
    -3.20952592199342376e-17,
    -4.65030536848935801e-17,
    4.41434832307170380e-18,
    7.51729631084211138e-18,
    -9.31417886732686304e-19,
    -1.24219327519491524e-18,
];
