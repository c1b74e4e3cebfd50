//! The distributions by name, over slices of parameters: what the floors above call. One match per fill chooses the
//! distribution and the generator; the loop inside is compiled for both.

use crate::angles::vonmises;
use crate::binomial::{Binomial, binomial};
use crate::bits::with_counted;
use crate::continuous::{
    cauchy, gumbel, laplace, logistic, pareto, power, rayleigh, triangular, wald, weibull,
};
use crate::discrete::{Geometric, Poisson, geometric, logseries, negative_binomial, poisson, zipf};
use crate::divide::{self, Alone, Divide, Team};
use crate::gamma::{
    beta, chisquare, fisher, noncentral_chisquare, noncentral_fisher, standard_gamma, standard_gamma_single,
    student,
};
use crate::hypergeometric::hypergeometric;
use crate::{Bits, Draw, Gauss, Source, ziggurat};

/// A parameter of a fill: one value for all elements, or one per element.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a, T> {
    /// The same for all.
    One(T),
    /// One per element.
    Each(&'a [T]),
}

impl<T: Copy> Column<'_, T> {
    /// The parameter of an element.
    #[inline]
    pub fn at(&self, place: usize) -> T {
        match self {
            Column::One(value) => *value,
            Column::Each(values) => values[place],
        }
    }
}

/// Runs an expression with a manner of drawing: legacy where a place for the waiting normal number is given.
macro_rules! with_draw {
    ($source:expr, $gauss:expr, $draw:ident => $work:expr) => {
        match $gauss {
            None => $crate::bits::with_counted!(
                $source, $crate::Modern, |modern: $crate::Modern<_>| modern.0, $draw => $work
            ),
            Some(gauss) => $crate::with_bits!($source, bits => {
                let $draw = &mut $crate::Legacy { bits, gauss };
                $work
            }),
        }
    };
}
pub(crate) use with_draw;

/// Fills `out` by `work` from up to three parameters; all threads draw where the parameters are the same for all.
#[inline]
fn each<D: Divide, T: Copy + Send + Sync, P: Copy + Sync, const N: usize>(
    draw: &mut D,
    team: &dyn Team,
    parameters: &[Column<'_, P>; N],
    out: &mut [T],
    work: impl Fn(&mut D, [P; N]) -> T + Sync,
) {
    let mut fixed = [None; N];
    for (slot, parameter) in fixed.iter_mut().zip(parameters) {
        if let Column::One(value) = parameter {
            *slot = Some(*value);
        }
    }
    if fixed.iter().all(Option::is_some) {
        let parameters = fixed.map(|value| value.expect("all are given"));
        return divide::fill(draw, team, out, |draw| work(draw, parameters));
    }
    for (place, slot) in out.iter_mut().enumerate() {
        *slot = work(draw, std::array::from_fn(|parameter| parameters[parameter].at(place)));
    }
}

macro_rules! reals {
    ($($(#[$doc:meta])* $name:ident($($parameter:ident),*) $draw:ident => $work:expr;)*) => {
        /// A distribution over the real numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Real { $($(#[$doc])* $name,)* }

        fn real<D: Draw + Divide>(
            which: Real,
            draw: &mut D,
            team: &dyn Team,
            parameters: &[Column<'_, f64>; 3],
            out: &mut [f64],
        ) {
            match which {
                $(Real::$name => each(draw, team, parameters, out, |$draw, parameters| {
                    let [$($parameter,)* ..] = parameters;
                    $work
                }),)*
            }
        }
    };
}

reals! {
    /// Numbers in [0, 1).
    Uniform01() draw => draw.uniform();
    /// Lower bound and width of a range.
    Uniform(low, range) draw => low + range * draw.uniform();
    /// Mean 0, deviation 1.
    StandardNormal() draw => draw.normal();
    /// Mean and deviation.
    Normal(mean, deviation) draw => mean + deviation * draw.normal();
    /// Mean and deviation of the logarithm.
    Lognormal(mean, deviation) draw => (mean + deviation * draw.normal()).exp();
    /// Mean 1.
    StandardExponential() draw => draw.exponential();
    /// Mean 1, by the logarithm.
    StandardExponentialInverse() draw => -(-draw.uniform()).ln_1p();
    /// The mean.
    Exponential(scale) draw => scale * draw.exponential();
    /// The shape.
    StandardGamma(shape) draw => standard_gamma(draw, shape);
    /// Shape and scale.
    Gamma(shape, scale) draw => scale * standard_gamma(draw, shape);
    /// Both shapes.
    Beta(a, b) draw => beta(draw, a, b);
    /// Degrees of freedom.
    Chisquare(df) draw => chisquare(draw, df);
    /// Degrees of freedom above and below.
    Fisher(above, below) draw => fisher(draw, above, below);
    /// Degrees of freedom.
    Student(df) draw => student(draw, df);
    /// Degrees of freedom and noncentrality.
    NoncentralChisquare(df, nonc) draw => noncentral_chisquare(draw, df, nonc);
    /// Degrees of freedom above and below, and noncentrality.
    NoncentralFisher(above, below, nonc) draw => noncentral_fisher(draw, above, below, nonc);
    /// Mode 0, scale 1.
    StandardCauchy() draw => cauchy(draw);
    /// The shape.
    Pareto(a) draw => pareto(draw, a);
    /// The shape.
    Weibull(a) draw => weibull(draw, a);
    /// The exponent.
    Power(a) draw => power(draw, a);
    /// Location and scale.
    Laplace(location, scale) draw => laplace(draw, location, scale);
    /// Location and scale.
    Gumbel(location, scale) draw => gumbel(draw, location, scale);
    /// Location and scale.
    Logistic(location, scale) draw => logistic(draw, location, scale);
    /// The scale.
    Rayleigh(scale) draw => rayleigh(draw, scale);
    /// Mean and scale.
    Wald(mean, scale) draw => wald(draw, mean, scale);
    /// Direction and concentration.
    Vonmises(direction, kappa) draw => vonmises(draw, direction, kappa);
    /// Left end, mode, right end.
    Triangular(left, mode, right) draw => triangular(draw, left, mode, right);
}

/// A distribution over whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// The mean.
    Poisson,
    /// Trials and probability.
    Binomial,
    /// Successes and probability.
    NegativeBinomial,
    /// The probability.
    Geometric,
    /// The parameter.
    Logseries,
    /// The exponent.
    Zipf,
    /// Good ones, bad ones, sample.
    Hypergeometric,
    /// 63 random bits; no parameter.
    Positive,
}

/// Fills `out` from a distribution over the real numbers, in the legacy manner where `gauss` is given.
pub fn fill_real(
    source: &mut Source,
    gauss: Option<&mut Gauss>,
    team: &dyn Team,
    which: Real,
    parameters: [Column<'_, f64>; 3],
    out: &mut [f64],
) {
    with_draw!(source, gauss, draw => real(which, draw, team, &parameters, out))
}

/// Fills `out` with counts, in the legacy manner where `gauss` is given. Parameters that count are `whole`, the others
/// `parameters`, each in the order in which the distribution names them.
pub fn fill_count(
    source: &mut Source,
    gauss: Option<&mut Gauss>,
    team: &dyn Team,
    which: Count,
    parameters: [Column<'_, f64>; 2],
    whole: [Column<'_, i64>; 3],
    out: &mut [i64],
) {
    with_draw!(source, gauss, draw => count(which, draw, team, parameters, whole, out))
}

fn count<D: Draw + Divide>(
    which: Count,
    draw: &mut D,
    team: &dyn Team,
    parameters: [Column<'_, f64>; 2],
    whole: [Column<'_, i64>; 3],
    out: &mut [i64],
) {
    match which {
        Count::Poisson => match parameters[0] {
            Column::One(mean) => {
                let poisson = Poisson::new(mean);
                divide::fill(draw, team, out, |draw| poisson.draw(draw));
            }
            Column::Each(_) => each(draw, team, &parameters, out, |draw, [mean, _]| poisson(draw, mean)),
        },
        Count::NegativeBinomial => {
            each(draw, team, &parameters, out, |draw, [n, p]| negative_binomial(draw, n, p))
        }
        Count::Geometric => match parameters[0] {
            Column::One(p) => {
                let geometric = Geometric::new::<D>(p);
                divide::fill(draw, team, out, |draw| geometric.draw(draw));
            }
            Column::Each(_) => each(draw, team, &parameters, out, |draw, [p, _]| geometric(draw, p)),
        },
        Count::Logseries => each(draw, team, &parameters, out, |draw, [p, _]| logseries(draw, p)),
        Count::Zipf => each(draw, team, &parameters, out, |draw, [a, _]| zipf(draw, a)),
        Count::Hypergeometric => {
            // it may draw half words, and leave one
            each(draw, &Alone, &whole, out, |draw, [good, bad, sample]| {
                hypergeometric(draw, good, bad, sample)
            });
        }
        Count::Binomial => {
            if let (Column::One(n), Column::One(p)) = (whole[0], parameters[0]) {
                let binomial = Binomial::new::<D>(n, p);
                return divide::fill(draw, team, out, |draw| binomial.draw(draw));
            }
            for (place, slot) in out.iter_mut().enumerate() {
                *slot = binomial(draw, whole[0].at(place), parameters[0].at(place));
            }
        }
        Count::Positive => divide::fill(draw, team, out, |draw| (draw.bits().next_u64() >> 1) as i64),
    }
}

/// A distribution in single precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Single {
    /// Numbers in [0, 1).
    Uniform01,
    /// Mean 0, deviation 1.
    StandardNormal,
    /// Mean 1.
    StandardExponential,
    /// Mean 1, by the logarithm.
    StandardExponentialInverse,
    /// The shape.
    StandardGamma,
}

/// Fills `out` in single precision.
pub fn fill_single(
    source: &mut Source,
    team: &dyn Team,
    which: Single,
    shape: Column<'_, f32>,
    out: &mut [f32],
) {
    with_counted!(source, std::convert::identity, std::convert::identity, bits => {
        single(bits, team, which, shape, out)
    })
}

fn single<B: Bits + Divide>(
    bits: &mut B,
    team: &dyn Team,
    which: Single,
    shape: Column<'_, f32>,
    out: &mut [f32],
) {
    let inverse = |bits: &mut B| -f64::from(-bits.next_f32()).ln_1p() as f32;
    match which {
        Single::Uniform01 => each(bits, team, &[], out, |bits, []: [f32; 0]| bits.next_f32()),
        Single::StandardNormal => {
            each(bits, team, &[], out, |bits, []: [f32; 0]| ziggurat::normal_single(bits))
        }
        Single::StandardExponential => {
            each(bits, team, &[], out, |bits, []: [f32; 0]| ziggurat::exponential_single(bits));
        }
        Single::StandardExponentialInverse => each(bits, team, &[], out, |bits, []: [f32; 0]| inverse(bits)),
        Single::StandardGamma => {
            each(bits, team, &[shape], out, |bits, [shape]| standard_gamma_single(bits, shape));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pcg64;

    #[test]
    fn one_value_and_a_column_of_it_draw_the_same() {
        let start = Source::Pcg64(Pcg64::new([1, 2, 3, 4]));
        let (shapes, nothing) = ([2.5; 100], Column::One(0.0));
        let (mut first, mut second) = ([0.0; 100], [0.0; 100]);
        let one = [Column::One(2.5), nothing, nothing];
        fill_real(&mut start.clone(), None, &Alone, Real::StandardGamma, one, &mut first);
        let each = [Column::Each(&shapes), nothing, nothing];
        fill_real(&mut start.clone(), None, &Alone, Real::StandardGamma, each, &mut second);
        assert_eq!(first, second);
        assert!((first.iter().sum::<f64>() / 100.0 - 2.5).abs() < 0.6);
    }

    #[test]
    fn the_legacy_normal_keeps_one_of_a_pair() {
        let mut source = Source::Pcg64(Pcg64::new([1, 2, 3, 4]));
        let (mut gauss, nothing) = (Gauss::default(), [Column::One(0.0); 3]);
        let mut first = [0.0];
        fill_real(&mut source, Some(&mut gauss), &Alone, Real::StandardNormal, nothing, &mut first);
        assert!(gauss.full);
        let waiting = gauss.value;
        fill_real(&mut source, Some(&mut gauss), &Alone, Real::StandardNormal, nothing, &mut first);
        assert!(!gauss.full && first[0] == waiting);
    }
}
