//! Statistics that skip nan, medians, quantiles and covariance: values that can be told by hand, warnings, gradients.

mod table;

use base::DType::{F32, F64};
use base::ErrorKind;
use mxnet_array::reduce::{self, Options};
use mxnet_array::statistics::{self, Method, QuantileOptions, Quantiles, Samples, Spread, Warned};
use mxnet_array::tape::{self, GradRequest};
use mxnet_array::{Array, Result};
use table::*;

const NAN: f64 = f64::NAN;

fn halves() -> Quantiles {
    Quantiles { values: vec![0.5], shape: Vec::new(), precision: F64, dtype: None, whole: false }
}

fn along_rows(method: Method, weights: Option<&Array>, skips_nan: bool) -> QuantileOptions<'_> {
    QuantileOptions { name: "quantile", axes: Some(&[1]), method, keepdims: false, weights, skips_nan }
}

/// The gradient of the sum of a function's results.
fn gradient(x: &Array, function: impl Fn(&Array) -> Result<Warned>) -> Vec<f64> {
    tape::attach_grad(x, GradRequest::Write).unwrap();
    let before = tape::set_recording(true);
    let total = function(x).and_then(|warned| reduce::sum(&warned.array, &Options::default()));
    tape::set_recording(before);
    tape::backward(&[(&total.unwrap(), None)], false).unwrap();
    values(&tape::gradient_of(x).unwrap())
}

#[test]
fn nan_counts_for_nothing() {
    let x = floats(&[1.0, NAN, 3.0]);
    let all = Options::default();
    assert_eq!(values(&statistics::nansum(&x, &all).unwrap()), [4.0]);
    assert_eq!(values(&statistics::nanprod(&x, &all).unwrap()), [3.0]);
    assert_eq!(values(&statistics::nanmax(&x, &all).unwrap().array), [3.0]);
    assert_eq!(values(&statistics::nanmean(&x, &all).unwrap().array), [2.0]);
    assert_eq!(values(&statistics::nanvar(&x, &all, &Spread::default()).unwrap().array), [1.0]);
    assert_eq!(values(&statistics::nanmedian(&x, None, false).unwrap().array), [2.0]);
    assert_eq!(values(&statistics::nanargmin(&x, None, false).unwrap()), [0.0]);
}

#[test]
fn a_line_of_nan_warns_or_is_an_error() {
    let x = array(&[2, 2], F32, &[NAN, NAN, 1.0, 2.0]);
    let rows = Options { axes: Some(&[1]), ..Options::default() };
    let warned = statistics::nanmin(&x, &rows).unwrap();
    assert_eq!(warned.warning, Some("All-NaN slice encountered"));
    assert!(values(&warned.array)[0].is_nan() && values(&warned.array)[1] == 1.0);
    assert_eq!(statistics::nanmean(&x, &rows).unwrap().warning, Some("Mean of empty slice"));
    assert_eq!(statistics::nanmean(&x, &Options::default()).unwrap().warning, None);
    assert_eq!(statistics::nanargmax(&x, Some(1), false).unwrap_err().kind, ErrorKind::Value);
}

#[test]
fn medians_are_in_the_middle_and_nan_spoils_them() {
    let x = array(&[2, 4], F32, &[4.0, 1.0, 3.0, 2.0, 5.0, NAN, 6.0, 7.0]);
    let median = values(&statistics::median(&x, Some(&[1]), false).unwrap().array);
    assert!(median[0] == 2.5 && median[1].is_nan());
    assert_eq!(values(&statistics::nanmedian(&x, Some(&[1]), true).unwrap().array), [2.5, 6.0]);
}

#[test]
fn quantiles_follow_their_method_and_weights() {
    let x = array(&[1, 4], F32, &[4.0, 1.0, 3.0, 2.0]);
    let half = |method, weights| {
        values(&statistics::quantile(&x, &halves(), &along_rows(method, weights, false)).unwrap().array)
    };
    assert_eq!(half(Method::Linear, None), [2.5]);
    assert_eq!(half(Method::Lower, None), [2.0]);
    assert_eq!(half(Method::Higher, None), [3.0]);
    let weights = array(&[1, 4], F32, &[9.0, 1.0, 1.0, 1.0]);
    assert_eq!(half(Method::InvertedCdf, Some(&weights)), [4.0]);
    let refused = statistics::quantile(&x, &halves(), &along_rows(Method::Linear, Some(&weights), false));
    assert_eq!(refused.unwrap_err().kind, ErrorKind::Value);
}

#[test]
fn every_line_has_its_own_quantile_where_nan_is_skipped() {
    let x = array(&[2, 3], F32, &[1.0, NAN, 2.0, 5.0, 6.0, 7.0]);
    let found = statistics::quantile(&x, &halves(), &along_rows(Method::Linear, None, true)).unwrap();
    assert_eq!(values(&found.array), [1.5, 6.0]);
}

#[test]
fn opposite_variables_correlate_to_minus_one() {
    let x = array(&[2, 3], F64, &[0.0, 1.0, 2.0, 2.0, 1.0, 0.0]);
    let samples = Samples { correction: 1, ..Samples::default() };
    assert_eq!(values(&statistics::cov(&x, &samples).unwrap().array), [1.0, -1.0, -1.0, 1.0]);
    assert_eq!(values(&statistics::corrcoef(&x, &samples).unwrap().array), [1.0, -1.0, -1.0, 1.0]);
    let few = Samples { correction: 3, ..Samples::default() };
    assert_eq!(statistics::cov(&x, &few).unwrap().warning, Some("Degrees of freedom <= 0 for slice"));
}

#[test]
fn gradients_reach_the_elements_that_count() {
    let row = || array(&[1, 4], F64, &[4.0, NAN, 1.0, 2.0]);
    let mean = |x: &Array| statistics::nanmean(x, &Options::default());
    assert_eq!(gradient(&row(), mean), [1.0 / 3.0, 0.0, 1.0 / 3.0, 1.0 / 3.0]);
    let maximum = |x: &Array| statistics::nanmax(x, &Options::default());
    assert_eq!(gradient(&row(), maximum), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(gradient(&row(), |x| statistics::nanmedian(x, None, false)), [0.0, 0.0, 0.0, 1.0]);
    let quantile = |x: &Array| statistics::quantile(x, &halves(), &along_rows(Method::Linear, None, true));
    assert_eq!(gradient(&row(), quantile), [0.0, 0.0, 0.0, 1.0]);
}
