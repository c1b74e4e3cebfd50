//! One float as text: NumPy's `format_float_positional` and `format_float_scientific`. Serves `column` (arrays) and
//! `scalar` (0-d values); knows nothing of arrays and of the print options.

use base::{Error, Result, Scalar};

use super::decimal::{Cutoff, Decimal, Magnitude, real};

/// NumPy's limit on the length of one number's text.
pub(super) const LONGEST: usize = 16384;

/// What happens to trailing zeros of the fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trim {
    /// `k`: keep them and the decimal point.
    #[default]
    Keep,
    /// `.`: drop them, keep the decimal point.
    Zeros,
    /// `0`: drop all but one after the decimal point.
    LeaveOneZero,
    /// `-`: drop them, and a decimal point that ends the number.
    PointAndZeros,
}

impl Trim {
    /// The mode of NumPy's character.
    pub fn from_name(name: &str) -> Option<Trim> {
        Some(match name {
            "k" => Trim::Keep,
            "." => Trim::Zeros,
            "0" => Trim::LeaveOneZero,
            "-" => Trim::PointAndZeros,
            _ => return None,
        })
    }
}

/// The arguments of `np.format_float_positional` and `np.format_float_scientific`, with their defaults.
#[derive(Clone, Copy, Debug)]
pub struct FloatText {
    /// Most digits: after the point, or significant ones where `fractional` is false.
    pub precision: Option<usize>,
    /// Least digits, counted likewise; only with `unique`.
    pub min_digits: Option<usize>,
    /// Shortest digits that read back as the same number, instead of the exact expansion.
    pub unique: bool,
    /// Count digits after the point (positional only).
    pub fractional: bool,
    /// What happens to trailing zeros.
    pub trim: Trim,
    /// Show `+` before positive numbers.
    pub sign: bool,
    /// Least characters before the point.
    pub pad_left: Option<usize>,
    /// Least characters after the point (positional only).
    pub pad_right: Option<usize>,
    /// Least digits of the exponent (scientific only).
    pub exp_digits: Option<usize>,
}

impl Default for FloatText {
    fn default() -> FloatText {
        FloatText {
            precision: None,
            min_digits: None,
            unique: true,
            fractional: true,
            trim: Trim::Keep,
            sign: false,
            pad_left: None,
            pad_right: None,
            exp_digits: None,
        }
    }
}

/// `np.format_float_positional`: `ddd.ddd`.
pub fn format_float_positional(value: Scalar, text: &FloatText) -> Result<String> {
    check(value, text)?;
    if !text.fractional && text.precision == Some(0) {
        return Err(Error::value("precision must be greater than 0 if fractional=False"));
    }
    Ok(positional(value, text))
}

/// `np.format_float_scientific`: `d.ddde+dd`.
pub fn format_float_scientific(value: Scalar, text: &FloatText) -> Result<String> {
    check(value, text)?;
    Ok(scientific(value, text))
}

fn check(value: Scalar, text: &FloatText) -> Result<()> {
    if value.dtype().is_complex() {
        return Err(Error::type_("float() argument must be a string or a real number, not 'complex'"));
    }
    let (precision, min_digits) = (text.precision.unwrap_or(0), text.min_digits.unwrap_or(0));
    if min_digits > 0 && precision > 0 && min_digits > precision {
        return Err(Error::value("min_digits must be less than or equal to precision"));
    }
    if !text.unique && text.precision.is_none() {
        return Err(Error::type_("in non-unique mode `precision` must be supplied"));
    }
    let lengths = [text.precision, text.min_digits, text.pad_left, text.pad_right];
    if lengths.into_iter().flatten().any(|length| length >= LONGEST) {
        return Err(Error::runtime("Float formatting result too large"));
    }
    Ok(())
}

/// As `format_float_positional`, for arguments known to be valid.
pub(super) fn positional(value: Scalar, text: &FloatText) -> String {
    let (value, dtype) = real(value);
    let sign = sign_of(value, text.sign);
    let cutoff = |digits: usize| {
        if text.fractional { Cutoff::Fraction(digits as i64) } else { Cutoff::Total(digits as i64) }
    };
    let decimal = match Magnitude::new(value, dtype) {
        Some(number) => number.decimal(text.unique, text.min_digits.map(cutoff), text.precision.map(cutoff)),
        None if value == 0.0 => Decimal::zero(0),
        None => return not_finite(value, sign),
    };
    let (whole, mut fraction) = split(&decimal);
    let wanted = if text.unique { text.min_digits } else { text.precision }.map_or(-1, |count| count as i64);
    let wanted = if text.fractional { wanted } else { wanted - whole.len() as i64 };
    trim_zeros(&mut fraction, text.trim, wanted);
    let mut out = format!("{sign}{whole}");
    if text.trim != Trim::PointAndZeros || !fraction.is_empty() {
        out.push('.');
    } else if text.pad_right.is_some() {
        out.push(' ');
    }
    out.push_str(&fraction);
    out.push_str(&blanks(text.pad_right, fraction.len()));
    out.insert_str(0, &blanks(text.pad_left, whole.len() + sign.len()));
    out
}

/// As `format_float_scientific`, for arguments known to be valid.
pub(super) fn scientific(value: Scalar, text: &FloatText) -> String {
    let (value, dtype) = real(value);
    let sign = sign_of(value, text.sign);
    let cutoff = |digits: usize| Cutoff::Total(digits as i64 + 1);
    let decimal = match Magnitude::new(value, dtype) {
        Some(number) => number.decimal(text.unique, text.min_digits.map(cutoff), text.precision.map(cutoff)),
        None if value == 0.0 => Decimal::zero(0),
        None => return not_finite(value, sign),
    };
    let mut fraction = characters(&decimal.digits[1..]);
    // NumPy keeps the point of a fraction whose digits all turn out to be zeros, even with `-`.
    let point = text.trim != Trim::PointAndZeros || !fraction.is_empty();
    let wanted = if text.unique { text.min_digits } else { text.precision }.map_or(-1, |count| count as i64);
    trim_zeros(&mut fraction, text.trim, wanted);
    let mut out = blanks(text.pad_left, 1 + sign.len());
    out.push_str(sign);
    out.push_str(&characters(&decimal.digits[..1]));
    if point {
        out.push('.');
    }
    out.push_str(&fraction);
    out.push_str(&exponent_text(decimal.exponent, text.exp_digits));
    out
}

fn exponent_text(exponent: i32, least_digits: Option<usize>) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    let least_digits = least_digits.unwrap_or(2).min(5);
    let digits = if exponent == 0 { String::new() } else { exponent.unsigned_abs().to_string() };
    format!("e{sign}{digits:0>least_digits$}")
}

fn sign_of(value: f64, always: bool) -> &'static str {
    match (value.is_sign_negative(), always) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

fn not_finite(value: f64, sign: &str) -> String {
    if value.is_nan() { "nan".to_owned() } else { format!("{sign}inf") }
}

/// Digits before and after the decimal point.
fn split(decimal: &Decimal) -> (String, String) {
    let digits = characters(&decimal.digits);
    if decimal.exponent < 0 {
        let zeros = decimal.exponent.unsigned_abs() as usize - 1;
        return ("0".to_owned(), "0".repeat(zeros) + &digits);
    }
    let whole = decimal.exponent as usize + 1;
    if digits.len() <= whole {
        (format!("{digits:0<whole$}"), String::new())
    } else {
        (digits[..whole].to_owned(), digits[whole..].to_owned())
    }
}

fn trim_zeros(fraction: &mut String, trim: Trim, wanted: i64) {
    if trim == Trim::Keep {
        let missing = wanted - fraction.len() as i64;
        fraction.push_str(&"0".repeat(missing.max(0) as usize));
        return;
    }
    fraction.truncate(fraction.trim_end_matches('0').len());
    if fraction.is_empty() && trim == Trim::LeaveOneZero {
        fraction.push('0');
    }
}

fn characters(digits: &[u8]) -> String {
    digits.iter().map(|&digit| (b'0' + digit) as char).collect()
}

fn blanks(least: Option<usize>, present: usize) -> String {
    " ".repeat(least.unwrap_or(0).saturating_sub(present))
}
