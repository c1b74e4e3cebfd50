//! The text of one value by itself: `str()` of a NumPy scalar or a 0-d array. It does not depend on the print options.

use base::{DType, Scalar};

use super::float::{FloatText, Trim, positional, scientific};

/// As `str(np.float32(0.1))`: shortest digits, positional in a range that depends on the dtype's precision.
///
/// ```
/// use base::Scalar;
/// assert_eq!(mxnet_array::print::scalar_text(Scalar::F32(0.1)), "0.1");
/// assert_eq!(mxnet_array::print::scalar_text(Scalar::F64(1e16)), "1e+16");
/// ```
pub fn scalar_text(value: Scalar) -> String {
    match value {
        Scalar::Bool(value) => if value { "True" } else { "False" }.to_owned(),
        Scalar::C64(value) => complex_text(Scalar::F32(value.re), Scalar::F32(value.im)),
        Scalar::C128(value) => complex_text(Scalar::F64(value.re), Scalar::F64(value.im)),
        value if value.dtype().is_float() => float_text(value, Trim::LeaveOneZero, false),
        value => value.to_string(),
    }
}

fn complex_text(real: Scalar, imaginary: Scalar) -> String {
    let part = |value, sign| float_text(value, Trim::PointAndZeros, sign);
    if real.as_f64() == 0.0 && real.as_f64().is_sign_positive() {
        return format!("{}j", part(imaginary, false));
    }
    let nan_sign = if imaginary.as_f64().is_nan() { "+" } else { "" };
    format!("({}{nan_sign}{}j)", part(real, false), part(imaginary, true))
}

fn float_text(value: Scalar, positional_trim: Trim, sign: bool) -> String {
    let text = |trim| FloatText { trim, sign, ..FloatText::default() };
    let size = value.as_f64().abs();
    if size.is_nan() || size == 0.0 || (1e-4..positional_limit(value.dtype())).contains(&size) {
        positional(value, &text(positional_trim))
    } else {
        scientific(value, &text(Trim::PointAndZeros))
    }
}

/// Numbers from here on are written with an exponent.
fn positional_limit(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 1e3,
        DType::BF16 => 1e2,
        DType::F32 => 1e6,
        _ => 1e16,
    }
}
