//! The thirteen estimates of a quantile: where in a sorted line of so many elements it stands. Arithmetic on single
//! numbers, rounded after every step to the precision of the quantiles, because a place just beside a whole number
//! would be another element.

use base::{DType, Scalar};

/// An estimate of quantiles, by Hyndman and Fan or by NumPy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    Linear,
    MedianUnbiased,
    NormalUnbiased,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

use Method::*;

/// Where a quantile stands: `share` of the way from the element at `near` to the one at `far`, at most half of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    pub near: i64,
    pub far: i64,
    pub share: f64,
}

/// Numbers of a dtype, as doubles.
#[derive(Clone, Copy)]
struct Precision(DType);

impl Precision {
    fn round(self, value: f64) -> f64 {
        Scalar::F64(value).cast(self.0).as_f64()
    }

    /// `count * quantile + (alpha + quantile * (1 - alpha - beta)) - 1`
    fn between(self, count: f64, quantile: f64, alpha: f64, beta: f64) -> f64 {
        let bias = self.round(alpha + self.round(quantile * self.round(1.0 - alpha - beta)));
        self.round(self.round(self.round(count * quantile) + bias) - 1.0)
    }
}

impl Method {
    pub const ALL: [(&'static str, Method); 13] = [
        ("inverted_cdf", InvertedCdf),
        ("averaged_inverted_cdf", AveragedInvertedCdf),
        ("closest_observation", ClosestObservation),
        ("interpolated_inverted_cdf", InterpolatedInvertedCdf),
        ("hazen", Hazen),
        ("weibull", Weibull),
        ("linear", Linear),
        ("median_unbiased", MedianUnbiased),
        ("normal_unbiased", NormalUnbiased),
        ("lower", Lower),
        ("higher", Higher),
        ("midpoint", Midpoint),
        ("nearest", Nearest),
    ];

    /// By NumPy's name.
    pub fn from_name(name: &str) -> Option<Method> {
        Method::ALL.iter().find(|(known, _)| *known == name).map(|(_, method)| *method)
    }

    /// Whether results are elements of the array, never something between two.
    pub fn chooses(self) -> bool {
        matches!(self, InvertedCdf | ClosestObservation | Lower | Higher | Nearest)
    }

    /// The place of a quantile in a sorted line of `count` elements (at least one), computed in `precision`.
    pub fn place(self, count: i64, quantile: f64, precision: DType) -> Place {
        let precision = Precision(precision);
        let at = self.position(precision.round(count as f64), quantile, precision);
        let last = (count - 1).max(0);
        if self.chooses() {
            let chosen = (at as i64).clamp(0, last);
            return Place { near: chosen, far: chosen, share: 0.0 };
        }
        let low = at.floor();
        if at < 0.0 || at >= last as f64 {
            let edge = if at < 0.0 { 0 } else { last };
            return Place { near: edge, far: edge, share: 0.0 };
        }
        let share = self.share(at, precision.round(at - low));
        let (low, high) = (low as i64, low as i64 + 1);
        // from the nearer element, so that a share of 1 gives the other one exactly
        match share >= 0.5 {
            true => Place { near: high, far: low, share: precision.round(1.0 - share) },
            false => Place { near: low, far: high, share },
        }
    }

    /// The real-valued place, counted from 0; whole for methods that choose.
    fn position(self, count: f64, quantile: f64, precision: Precision) -> f64 {
        let round = |value: f64| precision.round(value);
        let along = round(round(count - 1.0) * quantile);
        let after = round(round(count * quantile) - 1.0);
        match self {
            Linear => along,
            Lower => along.floor(),
            Higher => along.ceil(),
            Nearest => along.round_ties_even(),
            Midpoint => round(0.5 * (along.floor() + along.ceil())),
            InvertedCdf => after.ceil(),
            AveragedInvertedCdf => after,
            ClosestObservation => {
                let shifted = round(after - 0.5);
                let low = shifted.floor();
                let stays = shifted == low && low.rem_euclid(2.0) == 1.0;
                if stays { low } else { low + 1.0 }
            }
            InterpolatedInvertedCdf => precision.between(count, quantile, 0.0, 1.0),
            Hazen => precision.between(count, quantile, 0.5, 0.5),
            Weibull => precision.between(count, quantile, 0.0, 0.0),
            MedianUnbiased => precision.between(count, quantile, 1.0 / 3.0, 1.0 / 3.0),
            NormalUnbiased => precision.between(count, quantile, 3.0 / 8.0, 3.0 / 8.0),
        }
    }

    /// How much of the upper element counts, `rest` being the distance from the lower one.
    fn share(self, at: f64, rest: f64) -> f64 {
        match self {
            AveragedInvertedCdf if rest == 0.0 => 0.5,
            AveragedInvertedCdf => 1.0,
            Midpoint if at.fract() == 0.0 => 0.0,
            Midpoint => 0.5,
            _ => rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_method() {
        for (name, method) in Method::ALL {
            assert_eq!(Method::from_name(name), Some(method));
        }
        assert_eq!(Method::from_name("cubic"), None);
    }

    #[test]
    fn places_stay_inside_the_line() {
        for (_, method) in Method::ALL {
            for count in 1..6 {
                for step in 0..=20 {
                    let place = method.place(count, f64::from(step) / 20.0, DType::F64);
                    assert!(
                        (0..count).contains(&place.near) && (0..count).contains(&place.far),
                        "{method:?}"
                    );
                    assert!((0.0..=0.5).contains(&place.share), "{method:?} {place:?}");
                }
            }
        }
    }

    #[test]
    fn a_float32_quantile_of_a_tenth_is_a_tenth() {
        let tenth = f64::from(0.1f32);
        assert_eq!(Higher.place(11, tenth, DType::F32).near, 1);
        assert_eq!(Higher.place(11, tenth, DType::F64).near, 2);
    }
}
