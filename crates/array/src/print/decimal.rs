//! Decimal digits of floating-point numbers: exact expansion, rounding half to even, shortest digits that read back
//! as the same number. Serves `float`; knows nothing of signs, padding or options.

use std::cmp::Ordering;

use base::{DType, Scalar};
use half::{bf16, f16};

/// A finite positive number of a float dtype. Every such number fits in a double exactly.
#[derive(Clone, Copy)]
pub(super) struct Magnitude {
    pub value: f64,
    pub dtype: DType,
}

/// How many digits to print: a limit counted after the decimal point or from the first significant digit.
#[derive(Clone, Copy)]
pub(super) enum Cutoff {
    Fraction(i64),
    Total(i64),
}

impl Cutoff {
    /// The limit as a count of significant digits of a number whose first digit stands at `10^exponent`.
    fn count(self, exponent: i32) -> i64 {
        match self {
            Cutoff::Fraction(places) => places.saturating_add(exponent as i64 + 1),
            Cutoff::Total(count) => count,
        }
    }

    /// Where a number too small for the limit shows its zero.
    fn zero_exponent(self) -> i32 {
        match self {
            Cutoff::Fraction(places) => places.min(i32::MAX as i64).saturating_neg() as i32,
            Cutoff::Total(_) => 0,
        }
    }
}

/// Digits `d.ddd` times `10^exponent`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Decimal {
    pub digits: Vec<u8>,
    pub exponent: i32,
}

impl Decimal {
    pub fn zero(exponent: i32) -> Decimal {
        Decimal { digits: vec![0], exponent }
    }

    /// The first `count` digits, where `up` with the last one increased. Carried nines disappear, so a number that
    /// was rounded up never ends in zero.
    fn first(&self, count: usize, up: bool) -> Decimal {
        let mut digits = self.digits[..count].to_vec();
        let mut exponent = self.exponent;
        if up {
            while digits.last() == Some(&9) {
                digits.pop();
            }
            match digits.last_mut() {
                Some(last) => *last += 1,
                None => {
                    digits.push(1);
                    exponent += 1;
                }
            }
        }
        Decimal { digits, exponent }
    }

    /// Rounded half to even; also whether a remainder was dropped (rounded down).
    fn rounded(&self, count: usize) -> (Decimal, bool) {
        let Some((&next, after)) = self.digits.get(count..).and_then(|rest| rest.split_first()) else {
            return (self.clone(), false);
        };
        let odd = count > 0 && self.digits[count - 1] % 2 == 1;
        let up = match next.cmp(&5) {
            Ordering::Less => false,
            Ordering::Equal => odd || !after.is_empty(),
            Ordering::Greater => true,
        };
        (self.first(count, up), !up)
    }

    /// As a literal that Rust's parsers read.
    fn literal(&self) -> String {
        let mut text: String = self.digits.iter().map(|&digit| (b'0' + digit) as char).collect();
        text.push_str(&format!("e{}", self.exponent as i64 + 1 - self.digits.len() as i64));
        text
    }
}

impl Magnitude {
    /// `None` for zero and for what is not finite.
    pub fn new(value: f64, dtype: DType) -> Option<Magnitude> {
        let value = value.abs();
        (value.is_finite() && value != 0.0).then_some(Magnitude { value, dtype })
    }

    /// The digits to print. With `unique`, the shortest digits that read back as this number, but at least `min`
    /// and at most `max` of them; else the exact digits up to `max`.
    pub fn decimal(self, unique: bool, min: Option<Cutoff>, max: Option<Cutoff>) -> Decimal {
        let exact = self.exact();
        let mut count = if unique { self.shortest(&exact) as i64 } else { exact.digits.len() as i64 };
        if let (true, Some(min)) = (unique, min) {
            count = count.max(min.count(exact.exponent));
        }
        if let Some(max) = max {
            count = count.min(max.count(exact.exponent));
            if count < 0 || (count == 0 && !exact.rounded(0).0.digits.contains(&1)) {
                return Decimal::zero(max.zero_exponent());
            }
        }
        let count = count.max(0) as usize;
        let mut out = if unique { self.nearest(&exact, count) } else { exact.rounded(count).0 };
        if count > exact.digits.len() {
            out.digits.resize(count, 0);
        }
        out
    }

    /// All digits of the number, without trailing zeros.
    fn exact(self) -> Decimal {
        let bits = self.value.to_bits();
        let biased = (bits >> 52) as i32;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, power) =
            if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
        // A number m * 2^-k with odd m has k decimal places; one digit more than needed does no harm.
        let places = (-(power + mantissa.trailing_zeros() as i32)).max(0);
        let leading = self.value.log10().floor() as i32 + 1;
        let text = format!("{:.*e}", (places + leading).max(0) as usize, self.value);
        let mut out = read(&text);
        while out.digits.len() > 1 && out.digits.last() == Some(&0) {
            out.digits.pop();
        }
        out
    }

    /// The least count of digits that read back as this number.
    fn shortest(self, exact: &Decimal) -> usize {
        match self.dtype {
            DType::F64 => read(&format!("{:e}", self.value)).digits.len(),
            DType::F32 => read(&format!("{:e}", self.value as f32)).digits.len(),
            _ => {
                let most = exact.digits.len();
                (1..most).find(|&count| self.reads_back(&self.nearest(exact, count))).unwrap_or(most)
            }
        }
    }

    /// The decimal of `count` digits that stands for this number: the nearest one, except that below a power of two
    /// numbers lie twice as dense as above, where the nearest may read back as another number but the next not.
    fn nearest(self, exact: &Decimal, count: usize) -> Decimal {
        let (near, down) = exact.rounded(count);
        let power_of_two = self.value.to_bits() & ((1 << 52) - 1) == 0;
        if down && power_of_two && count > 0 && !self.reads_back(&near) {
            let above = exact.first(count, true);
            if self.reads_back(&above) {
                return above;
            }
        }
        near
    }

    /// Whether the decimal, read as this dtype, gives this number.
    fn reads_back(self, decimal: &Decimal) -> bool {
        let text = decimal.literal();
        match self.dtype {
            DType::F64 => text.parse() == Ok(self.value),
            DType::F32 => text.parse() == Ok(self.value as f32),
            _ => text.parse().is_ok_and(|value: f64| self.is_nearest_half(value)),
        }
    }

    /// Whether `other` rounds to this float16 or bfloat16: ties go to the even one.
    fn is_nearest_half(self, other: f64) -> bool {
        let (bits, at): (u16, fn(u16) -> f64) = match self.dtype {
            DType::F16 => (f16::from_f64(self.value).to_bits(), |bits| f16::from_bits(bits).to_f64()),
            _ => (bf16::from_f64(self.value).to_bits(), |bits| bf16::from_bits(bits).to_f64()),
        };
        let below = at(bits.saturating_sub(1));
        let above = at(bits + 1);
        let low = (self.value + below) / 2.0;
        let high = if above.is_finite() {
            (self.value + above) / 2.0
        } else {
            self.value + (self.value - below) / 2.0
        };
        if bits % 2 == 0 { low <= other && other <= high } else { low < other && other < high }
    }
}

/// Reads Rust's `{:e}` text of a positive number.
fn read(text: &str) -> Decimal {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let digits = digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    Decimal { digits, exponent: exponent.parse().unwrap_or(0) }
}

/// The real float behind a scalar, as a double with its dtype; integers count as doubles.
pub(super) fn real(scalar: Scalar) -> (f64, DType) {
    let dtype = scalar.dtype();
    (scalar.as_f64(), if dtype.is_inexact() { dtype.real() } else { DType::F64 })
}
