//! How all elements of one array are written so that they align: widths, digits and notation are chosen from the
//! values that will be shown. Serves `layout`; knows nothing of shapes and lines.

use base::{DType, Scalar};
use half::{bf16, f16};

use super::float::{FloatText, LONGEST, Trim, positional, scientific};
use super::options::{FloatMode, Options, Sign};

/// The format of an array's elements.
pub(super) enum Column {
    Bool { width: usize },
    Integer { width: usize, sign: Sign },
    Float(FloatColumn),
    Complex { real: FloatColumn, imaginary: FloatColumn },
}

impl Column {
    /// The format for these values, which are those that will be shown. Bools of 0-d arrays are not padded.
    pub fn new(dtype: DType, values: &[Scalar], ndim: usize, options: &Options) -> Column {
        match dtype {
            DType::Bool => Column::Bool { width: if ndim == 0 { 0 } else { 5 } },
            DType::C64 | DType::C128 => {
                let (real, imaginary): (Vec<_>, Vec<_>) = values.iter().map(|&value| parts(value)).unzip();
                Column::Complex {
                    real: FloatColumn::new(&real, options, options.sign),
                    imaginary: FloatColumn::new(&imaginary, options, Sign::Plus),
                }
            }
            dtype if dtype.is_float() => Column::Float(FloatColumn::new(values, options, options.sign)),
            _ => integer_column(values, options.sign),
        }
    }

    /// One element, padded.
    pub fn text(&self, value: Scalar) -> String {
        match self {
            Column::Bool { width } => {
                format!("{:>width$}", if value.is_truthy() { "True" } else { "False" })
            }
            Column::Integer { width, sign } => integer_text(value.as_integer().unwrap_or(0), *width, *sign),
            Column::Float(column) => column.text(value),
            Column::Complex { real, imaginary } => {
                let (re, im) = parts(value);
                let im = imaginary.text(im);
                let end = im.trim_end().len();
                format!("{}{}j{}", real.text(re), &im[..end], &im[end..])
            }
        }
    }
}

fn parts(value: Scalar) -> (Scalar, Scalar) {
    match value {
        Scalar::C64(value) => (Scalar::F32(value.re), Scalar::F32(value.im)),
        other => {
            let value = other.as_complex();
            (Scalar::F64(value.re), Scalar::F64(value.im))
        }
    }
}

fn integer_column(values: &[Scalar], sign: Sign) -> Column {
    let integers = || values.iter().filter_map(|value| value.as_integer());
    let (Some(least), Some(greatest)) = (integers().min(), integers().max()) else {
        return Column::Integer { width: 0, sign };
    };
    let sign = if sign == Sign::Space && least < 0 { Sign::Minus } else { sign };
    let width_of_greatest = greatest.to_string().len() + usize::from(greatest >= 0 && sign != Sign::Minus);
    Column::Integer { width: width_of_greatest.max(least.to_string().len()), sign }
}

fn integer_text(value: i128, width: usize, sign: Sign) -> String {
    let sign = if value < 0 || sign == Sign::Minus { "" } else { sign.name() };
    format!("{:>width$}", format!("{sign}{value}"))
}

/// The format of a column of real floats.
pub(super) struct FloatColumn {
    exponential: bool,
    sign: Sign,
    text: FloatText,
    width: usize,
    nan: String,
    infinity: String,
}

impl FloatColumn {
    fn new(values: &[Scalar], options: &Options, sign: Sign) -> FloatColumn {
        let finite: Vec<Scalar> = values.iter().copied().filter(|value| value.as_f64().is_finite()).collect();
        let exponential = wants_exponent(&finite, options.suppress);
        let mut measured = if finite.is_empty() {
            Measured { text: FloatText::default(), pad_left: 0, pad_right: 0 }
        } else if exponential {
            measure_scientific(&finite, options, sign)
        } else {
            measure_positional(&finite, options, sign)
        };
        if sign == Sign::Space && !finite.iter().any(|value| value.as_f64().is_sign_negative()) {
            measured.pad_left += 1;
        }
        if finite.len() < values.len() {
            let signed = sign != Sign::Minus || values.iter().any(|v| v.as_f64() == f64::NEG_INFINITY);
            let longest =
                options.nanstr.chars().count().max(options.infstr.chars().count() + usize::from(signed));
            measured.pad_left = measured.pad_left.max(longest.saturating_sub(measured.pad_right + 1));
        }
        let Measured { mut text, pad_left, pad_right } = measured;
        text.pad_left = Some(pad_left);
        if !exponential {
            text.pad_right = Some(pad_right);
        }
        FloatColumn {
            exponential,
            sign,
            text,
            width: pad_left + pad_right + 1,
            nan: options.nanstr.clone(),
            infinity: options.infstr.clone(),
        }
    }

    fn text(&self, value: Scalar) -> String {
        let number = value.as_f64();
        if number.is_finite() {
            return if self.exponential {
                scientific(value, &self.text)
            } else {
                positional(value, &self.text)
            };
        }
        let plus = if self.sign == Sign::Plus { "+" } else { "" };
        let text = if number.is_nan() {
            format!("{plus}{}", self.nan)
        } else if number < 0.0 {
            format!("-{}", self.infinity)
        } else {
            format!("{plus}{}", self.infinity)
        };
        format!("{text:>width$}", width = self.width)
    }
}

/// Whether finite numbers of these sizes are written with exponents. The comparisons happen in the array's own
/// dtype, as NumPy's do: 0.0001 itself is not small in float16.
fn wants_exponent(finite: &[Scalar], suppress: bool) -> bool {
    let sizes = || finite.iter().map(|value| value.as_f64().abs()).filter(|&size| size != 0.0);
    let (Some(dtype), Some(greatest)) = (finite.first().map(|v| v.dtype()), sizes().reduce(f64::max)) else {
        return false;
    };
    let least = sizes().fold(greatest, f64::min);
    let small = Scalar::F64(0.0001).cast(dtype).as_f64();
    greatest >= exponent_from(dtype)
        || (!suppress && (least < small || ratio(greatest, least, dtype) > 1000.0))
}

/// The quotient as the dtype computes it; halves compute in float32 and round.
fn ratio(greatest: f64, least: f64, dtype: DType) -> f64 {
    let single = greatest as f32 / least as f32;
    match dtype {
        DType::F16 => f16::from_f32(single).to_f64(),
        DType::BF16 => bf16::from_f32(single).to_f64(),
        DType::F32 => single as f64,
        _ => greatest / least,
    }
}

/// Arrays with numbers from here on are written with exponents: ten to the dtype's decimal precision, at most 1e8.
fn exponent_from(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 1e3,
        DType::BF16 => 1e2,
        DType::F32 => 1e6,
        _ => 1e8,
    }
}

/// What a first pass over the numbers found: how to write them, and the widest parts before and after the point.
struct Measured {
    text: FloatText,
    pad_left: usize,
    pad_right: usize,
}

/// The first pass writes each number as short as the options allow.
fn first_pass(options: &Options, sign: Sign) -> FloatText {
    let fixed = options.floatmode == FloatMode::Fixed;
    FloatText {
        // Longer text would fail in NumPy; a print must not fail.
        precision: (options.floatmode != FloatMode::Unique).then_some(options.precision.min(LONGEST / 2)),
        unique: !fixed,
        trim: if fixed { Trim::Keep } else { Trim::Zeros },
        sign: sign == Sign::Plus,
        ..FloatText::default()
    }
}

fn measure_scientific(finite: &[Scalar], options: &Options, sign: Sign) -> Measured {
    let mut text = first_pass(options, sign);
    let (mut whole, mut fraction, mut exponent) = (0, 0, 0);
    for &value in finite {
        let written = scientific(value, &text);
        let (number, power) = written.split_once('e').unwrap_or((&written, ""));
        let (before, after) = number.split_once('.').unwrap_or((number, ""));
        whole = whole.max(before.len());
        fraction = fraction.max(after.len());
        exponent = exponent.max(power.len().saturating_sub(1));
    }
    text.precision = Some(fraction);
    text.min_digits = Some(fraction);
    text.trim = Trim::Keep;
    text.exp_digits = Some(exponent);
    Measured { text, pad_left: whole, pad_right: exponent + 2 + fraction }
}

fn measure_positional(finite: &[Scalar], options: &Options, sign: Sign) -> Measured {
    let mut text = first_pass(options, sign);
    let (mut whole, mut fraction) = (0, 0);
    for &value in finite {
        let written = positional(value, &text);
        let (before, after) = written.split_once('.').unwrap_or((&written, ""));
        whole = whole.max(before.len());
        fraction = fraction.max(after.len());
    }
    if matches!(options.floatmode, FloatMode::Fixed | FloatMode::MaxPrecEqual) {
        text.precision = Some(fraction);
        text.min_digits = Some(fraction);
        text.trim = Trim::Keep;
    } else {
        text.min_digits = Some(0);
    }
    Measured { text, pad_left: whole, pad_right: fraction }
}
