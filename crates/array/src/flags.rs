//! Which floating-point exceptions an operation meets: division by zero, overflow, underflow, invalid values. Found by
//! comparing results with inputs, not by the processor's flags: loops without branches compute what they throw away, and
//! other devices have no flags. Called by fronts whose users ask for warnings; everybody else pays nothing.
//!
//! The questions are operators and reductions themselves, so they fuse and run on the arrays' device. Only the digits
//! that tiny results may have lost are looked at one by one.

use base::{DType, DTypeKind, Kind, Op, Pole, Result, Scalar, Tiny};

use crate::elementwise::{Argument, call, call_in, call1, call2};
use crate::reduce::{self, Options};
use crate::{Array, sort, tape};

/// The exceptions, as IEEE 754 names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub divide: bool,
    pub overflow: bool,
    pub underflow: bool,
    pub invalid: bool,
}

impl Flags {
    /// The exceptions of two operations.
    pub fn join(self, other: Flags) -> Flags {
        Flags {
            divide: self.divide || other.divide,
            overflow: self.overflow || other.overflow,
            underflow: self.underflow || other.underflow,
            invalid: self.invalid || other.invalid,
        }
    }
}

fn op1<'a>(op: &'static Op, x: impl Into<Argument<'a>>) -> Result<Array> {
    call(op, &[x.into()])
}

fn op2<'a>(op: &'static Op, x: impl Into<Argument<'a>>, y: impl Into<Argument<'a>>) -> Result<Array> {
    call(op, &[x.into(), y.into()])
}

fn both(x: &Array, y: &Array) -> Result<Array> {
    call2(ops::LOGICAL_AND, x, y)
}

fn not(x: &Array) -> Result<Array> {
    call1(ops::LOGICAL_NOT, x)
}

fn any(x: &Array) -> Result<bool> {
    Ok(reduce::any(x, &Options::default())?.item()?.is_truthy())
}

/// Whether a number is an infinity or nan.
fn is_unbounded(value: Scalar) -> bool {
    !value.as_complex().is_finite()
}

/// The exceptions of `op(*arguments)` computed in `compute`, over the elements where `mask` is true. Underflow is looked
/// for where `underflow` asks for it.
///
/// # Errors
/// Those of the operation.
pub fn of_call(
    op: &'static Op,
    arguments: &[Argument],
    compute: Option<DType>,
    mask: Option<&Array>,
    underflow: bool,
) -> Result<Flags> {
    if !matches!(op.kind, Kind::Float1 | Kind::Float2 | Kind::Number1 | Kind::Number2 | Kind::Real1) {
        return Ok(Flags::default());
    }
    tape::paused(|| {
        let result = call_in(op, arguments, compute).map_err(|error| error.in_operator(op.name))?;
        if result.size() == 0 {
            return Ok(Flags::default());
        }
        let seen = Seen { op, arguments, result: &result, mask };
        match result.dtype().kind() {
            DTypeKind::Float | DTypeKind::Complex => seen.floats(underflow),
            _ => seen.integers(),
        }
    })
}

/// A call whose result is looked at.
struct Seen<'a> {
    op: &'static Op,
    arguments: &'a [Argument<'a>],
    result: &'a Array,
    mask: Option<&'a Array>,
}

impl Seen<'_> {
    /// Whether any element is true where the caller's mask is.
    fn anywhere(&self, found: &Array) -> Result<bool> {
        match self.mask {
            Some(mask) => any(&both(found, mask)?),
            None => any(found),
        }
    }

    /// `found` where `test` holds of every argument (without one: where it is not zero). A number is tested as it was
    /// converted.
    fn where_all(
        &self,
        found: &Array,
        test: Option<&'static Op>,
        number: fn(Scalar) -> bool,
    ) -> Result<Option<Array>> {
        let mut found = found.clone();
        for argument in self.arguments {
            match argument {
                Argument::Array(array) => {
                    found = match test {
                        Some(test) => both(&found, &call1(test, array)?)?,
                        None => both(&found, array)?,
                    }
                }
                Argument::Scalar(_, value) if number(value.cast(self.result.dtype())) => {}
                Argument::Scalar(..) => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// Where argument number `index` is zero.
    fn zeros(&self, index: usize) -> Result<Array> {
        op2(ops::EQUAL, self.arguments[index], 0i64)
    }

    fn integers(&self) -> Result<Flags> {
        let mut flags = Flags::default();
        if let Pole::Zero(index) = self.op.pole {
            flags.divide = self.anywhere(&self.zeros(index)?)?;
        }
        let dtype = self.result.dtype();
        if self.op == ops::FLOOR_DIVIDE
            && dtype.is_signed()
            && let Some((least, _)) = dtype.integer_range()
        {
            let left = op2(ops::EQUAL, self.arguments[0], least as i64)?;
            let right = op2(ops::EQUAL, self.arguments[1], -1i64)?;
            flags.overflow = self.anywhere(&both(&left, &right)?)?;
        }
        Ok(flags)
    }

    fn floats(&self, underflow: bool) -> Result<Flags> {
        let mut flags = self.numbers();
        if underflow && self.op.tiny != Tiny::Exact && !self.result.dtype().is_complex() {
            flags.underflow = self.has_lost_digits()?;
        }
        if !self.anywhere(&not(&call1(ops::ISFINITE, self.result)?)?)? {
            return Ok(flags);
        }
        let made = call1(ops::ISNAN, self.result)?;
        if let Some(made) = self.where_all_known(&made)? {
            flags.invalid = self.anywhere(&made)?;
        }
        let infinite = call1(ops::ISINF, self.result)?;
        if let Some(infinite) =
            self.where_all(&infinite, Some(ops::ISFINITE), |value| !is_unbounded(value))?
        {
            let (divide, overflow) = match self.op.pole {
                Pole::Nowhere => (false, self.anywhere(&infinite)?),
                Pole::Everywhere => (self.anywhere(&infinite)?, false),
                Pole::Zero(index) => {
                    let zeros = self.zeros(index)?;
                    let overflown = both(&infinite, &not(&zeros)?)?;
                    (self.anywhere(&both(&infinite, &zeros)?)?, self.anywhere(&overflown)?)
                }
            };
            flags.divide |= divide;
            flags.overflow |= overflow;
        }
        Ok(flags)
    }

    /// `found` where no argument is nan.
    fn where_all_known(&self, found: &Array) -> Result<Option<Array>> {
        let mut found = found.clone();
        for argument in self.arguments {
            match argument {
                Argument::Array(array) => found = both(&found, &not(&call1(ops::ISNAN, array)?)?)?,
                Argument::Scalar(_, value) if value.as_complex().is_nan() => return Ok(None),
                Argument::Scalar(..) => {}
            }
        }
        Ok(Some(found))
    }

    /// Numbers that become infinite in the arrays' dtype.
    fn numbers(&self) -> Flags {
        let overflow = self.arguments.iter().any(|argument| match argument {
            Argument::Scalar(_, value) => {
                !is_unbounded(*value) && is_unbounded(value.cast(self.result.dtype()))
            }
            Argument::Array(_) => false,
        });
        Flags { overflow, ..Flags::default() }
    }

    /// Whether a result below the normal numbers has been rounded.
    fn has_lost_digits(&self) -> Result<bool> {
        let small = op2(ops::LESS, &call1(ops::ABSOLUTE, self.result)?, least_normal(self.result.dtype()))?;
        let Some(small) = self.where_all(&small, Some(ops::ISFINITE), |value| !is_unbounded(value))? else {
            return Ok(false);
        };
        let Some(small) = self.where_all(&small, None, Scalar::is_truthy)? else {
            return Ok(false);
        };
        if !self.anywhere(&small)? || self.op.tiny == Tiny::Rounded {
            return self.anywhere(&small);
        }
        let small = match self.mask {
            Some(mask) => both(&small, mask)?,
            None => small,
        };
        let shape = small.shape();
        let spread = |array: &Array| array.broadcast_to(shape)?.to_vec::<f64>();
        let inputs = self.arguments.iter().map(|argument| match argument {
            Argument::Array(array) => spread(array),
            Argument::Scalar(_, value) => {
                Ok(vec![value.cast(self.result.dtype()).as_f64(); small.size() as usize])
            }
        });
        let inputs = inputs.collect::<Result<Vec<_>>>()?;
        let results = spread(self.result)?;
        let small = small.to_vec::<bool>()?;
        Ok((0..small.len()).filter(|&at| small[at]).any(|at| {
            let (first, last) = (inputs[0][at], inputs[inputs.len() - 1][at]);
            match (self.op.tiny, inputs.len()) {
                (Tiny::Product, _) => !is_product(first, last, results[at]),
                (_, 1) => !is_product(results[at], first, 1.0),
                _ => !is_product(results[at], last, first),
            }
        }))
    }
}

/// The least positive number of a float dtype with all its digits.
fn least_normal(dtype: DType) -> f64 {
    match dtype {
        DType::F16 => 2f64.powi(-14),
        DType::F64 | DType::C128 => f64::MIN_POSITIVE,
        _ => f64::from(f32::MIN_POSITIVE),
    }
}

/// Mantissa (at least one, below two) and exponent of a number that is finite and not zero.
fn parts(value: f64) -> (f64, i32) {
    let (value, shift) =
        if value.abs() < f64::MIN_POSITIVE { (value * 2f64.powi(60), 60) } else { (value, 0) };
    let exponent = ((value.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    (value * 2f64.powi(-exponent / 2) * 2f64.powi(-exponent + exponent / 2), exponent - shift)
}

/// Whether `product` is `x * y`, without any rounding.
fn is_product(x: f64, y: f64, product: f64) -> bool {
    if x == 0.0 || y == 0.0 || product == 0.0 {
        return product == 0.0 && (x == 0.0 || y == 0.0);
    }
    let ((x, first), (y, second), (product, exponent)) = (parts(x), parts(y), parts(product));
    let apart = exponent - first - second;
    if !(-1..=2).contains(&apart) {
        return false;
    }
    let rounded = x * y;
    rounded == product * 2f64.powi(apart) && x.mul_add(y, -rounded) == 0.0
}

/// The exceptions of a fold of `x` that gave `result`.
pub fn of_fold(op: &'static Op, x: &Array, options: &Options, result: &Array) -> Result<Flags> {
    if !result.dtype().is_inexact() || !x.dtype().is_inexact() && op.pole == Pole::Nowhere {
        return Ok(Flags::default());
    }
    tape::paused(|| {
        if !any(&not(&call1(ops::ISFINITE, result)?)?)? {
            return Ok(Flags::default());
        }
        let options = Options { dtype: None, initial: None, ephemeral: false, ..*options };
        let over = |test: &Array| reduce::any(test, &options);
        let invalid = both(&call1(ops::ISNAN, result)?, &not(&over(&call1(ops::ISNAN, x)?)?)?)?;
        let bounded = not(&over(&not(&call1(ops::ISFINITE, x)?)?)?)?;
        let unbounded = any(&both(&bounded, &not(&call1(ops::ISFINITE, result)?)?)?)?;
        let divide = matches!(op.pole, Pole::Zero(_)) && any(&op2(ops::EQUAL, x, 0i64)?)?;
        Ok(Flags {
            invalid: any(&invalid)?,
            divide: unbounded && divide,
            overflow: unbounded && !divide,
            underflow: false,
        })
    })
}

/// The exceptions of folds of parts of `x` along the axes of `options`: asked of whole lines, not of the parts.
pub fn of_parts(op: &'static Op, x: &Array, options: &Options, result: &Array) -> Result<Flags> {
    if !result.dtype().is_inexact() || !x.dtype().is_inexact() {
        return Ok(Flags::default());
    }
    tape::paused(|| {
        let kept = Options { keepdims: true, ..*options };
        let quiet = |test: &Array| not(&reduce::any(test, &kept)?);
        let known = quiet(&call1(ops::ISNAN, x)?)?;
        let bounded = quiet(&not(&call1(ops::ISFINITE, x)?)?)?;
        let divide = matches!(op.pole, Pole::Zero(_)) && any(&op2(ops::EQUAL, x, 0i64)?)?;
        let unbounded = any(&both(&call1(ops::ISINF, result)?, &bounded)?)?;
        Ok(Flags {
            invalid: any(&both(&call1(ops::ISNAN, result)?, &known)?)?,
            divide: unbounded && divide,
            overflow: unbounded && !divide,
            underflow: false,
        })
    })
}

/// The exceptions of a running fold of `x` along an axis (`None`: of the elements one after the other).
pub fn of_scan(x: &Array, axis: Option<i64>, result: &Array) -> Result<Flags> {
    if !result.dtype().is_inexact() || !x.dtype().is_inexact() {
        return Ok(Flags::default());
    }
    tape::paused(|| {
        if !any(&not(&call1(ops::ISFINITE, result)?)?)? {
            return Ok(Flags::default());
        }
        let flat = if axis.is_some() && x.ndim() > 0 { x.clone() } else { x.reshape(&[-1])? };
        let result = result.reshape(flat.shape())?;
        let so_far = |test: &Array| {
            let counted = test.astype(DType::U8)?;
            sort::accumulate(ops::MAXIMUM, &counted, axis.unwrap_or(0), Some(DType::U8))?.astype(DType::Bool)
        };
        let known = not(&so_far(&call1(ops::ISNAN, &flat)?)?)?;
        let bounded = not(&so_far(&not(&call1(ops::ISFINITE, &flat)?)?)?)?;
        Ok(Flags {
            invalid: any(&both(&call1(ops::ISNAN, &result)?, &known)?)?,
            overflow: any(&both(&not(&call1(ops::ISFINITE, &result)?)?, &bounded)?)?,
            ..Flags::default()
        })
    })
}

/// The exceptions of a product of two arrays that gave `result`: `product` is asked which elements of the inputs take
/// part in which result.
pub fn of_product(
    product: impl Fn(&Array, &Array) -> Result<Array>,
    x: &Array,
    y: &Array,
    result: &Array,
) -> Result<Flags> {
    if !result.dtype().is_inexact() {
        return Ok(Flags::default());
    }
    tape::paused(|| {
        if !any(&not(&call1(ops::ISFINITE, result)?)?)? {
            return Ok(Flags::default());
        }
        let ones = |of: &Array| Array::full(of.shape(), Scalar::F32(1.0), DType::F32, of.device());
        let touched = |test: fn(&Array) -> Result<Array>| {
            let left = product(&test(x)?.astype(DType::F32)?, &ones(y)?)?;
            let right = product(&ones(x)?, &test(y)?.astype(DType::F32)?)?;
            op2(ops::GREATER, &call2(ops::ADD, &left, &right)?, 0.0)
        };
        let unknown = touched(|of| call1(ops::ISNAN, of))?;
        let unbounded = touched(|of| not(&call1(ops::ISFINITE, of)?))?;
        let infinite = call1(ops::ISINF, result)?;
        Ok(Flags {
            invalid: any(&both(&call1(ops::ISNAN, result)?, &not(&unknown)?)?)?,
            overflow: any(&both(&infinite, &not(&unbounded)?)?)?,
            ..Flags::default()
        })
    })
}

/// The exceptions of a conversion to another dtype. Integers narrower than 32 bits are made by way of int32, uint32 by
/// way of int64, as NumPy's are: what fits there wraps around without an exception.
pub fn of_cast(x: &Array, to: DType, underflow: bool) -> Result<Flags> {
    let from = x.dtype();
    let narrows = to.is_inexact() && (to.real().size() < from.real().size() || to.is_half());
    if x.size() == 0 || from == to || !(narrows || (from.is_inexact() && to.is_integer())) {
        return Ok(Flags::default());
    }
    tape::paused(|| if to.is_inexact() { of_narrowing(x, to, underflow) } else { of_integers(x, to) })
}

fn of_integers(x: &Array, to: DType) -> Result<Flags> {
    let (low, high) = match to {
        DType::U64 => (-(2f64.powi(63)), 2f64.powi(64)),
        DType::I64 | DType::U32 => (-(2f64.powi(63)), 2f64.powi(63)),
        _ => (-(2f64.powi(31)), 2f64.powi(31)),
    };
    let whole = call1(ops::TRUNC, &if x.dtype().is_complex() { x.real()? } else { x.clone() })?;
    let fits = both(&op2(ops::GREATER_EQUAL, &whole, low)?, &op2(ops::LESS, &whole, high)?)?;
    let fits = both(&fits, &op1(ops::ISFINITE, &whole)?)?;
    Ok(Flags { invalid: any(&not(&fits)?)?, ..Flags::default() })
}

fn of_narrowing(x: &Array, to: DType, underflow: bool) -> Result<Flags> {
    let result = x.astype(to)?;
    let mut flags = Flags::default();
    let infinite = call1(ops::ISINF, &result)?;
    flags.overflow = any(&both(&infinite, &call1(ops::ISFINITE, x)?)?)?;
    if underflow && x.dtype().is_inexact() && !to.is_complex() && !x.dtype().is_complex() {
        let small = op2(ops::LESS, &call1(ops::ABSOLUTE, &result)?, least_normal(to))?;
        let changed = call2(ops::NOT_EQUAL, &result.astype(DType::F64)?, &x.astype(DType::F64)?)?;
        flags.underflow = any(&both(&small, &changed)?)?;
    }
    Ok(flags)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_without_rounding_are_told_from_rounded_ones() {
        let least = f64::from_bits(1);
        for (x, y, product, exact) in [
            (1.5, 2.0, 3.0, true),
            (1e-200, 1e-200, 0.0, false),
            (least, 0.5, 0.0, false),
            (2f64.powi(-600), 2f64.powi(-460), 2f64.powi(-1060), true),
            (2f64.powi(-600) * 1.1, 2f64.powi(-460), 2f64.powi(-600) * 1.1 * 2f64.powi(-460), false),
            (-least, 4.0, -4.0 * least, true),
            (0.1, 10.0, 1.0, false),
        ] {
            assert_eq!(is_product(x, y, product), exact, "{x} * {y} = {product}");
        }
    }
}
