//! Shapes from shapes: MXNet's reshape codes, and shapes taken from another array. Views where strides allow it.

use base::{Error, Result, shape};

use crate::Array;

/// [`Array::reshape`] with MXNet's codes, which read the array's axes from the left (with `reverse`, from the right):
/// -1 is what is left, -2 copies an axis, -3 leaves out an axis of length 1, -4 copies all other axes, -5 merges two
/// axes, -6 splits an axis into the next two numbers (one of which may be -1).
///
/// # Errors
/// Value: codes that do not fit the array's shape.
pub fn reshape_codes(x: &Array, codes: &[i64], reverse: bool) -> Result<Array> {
    let resolved = if reverse {
        let from: Vec<i64> = x.shape().iter().rev().copied().collect();
        let mut back: Vec<i64> = codes.iter().rev().copied().collect();
        // a split stands behind its two numbers now
        let mut at = 0;
        while at < back.len() {
            if back[at] == -6 && at >= 2 {
                back[at - 2..=at].rotate_right(1);
            }
            at += 1;
        }
        Codes::new(&from).resolve(&back).map(|mut out| {
            out.reverse();
            out
        })
    } else {
        Codes::new(x.shape()).resolve(codes)
    };
    resolved
        .map_err(|text| {
            Error::value(format!(
                "reshape: {text} (shape {}, newshape {})",
                shape::text(x.shape()),
                shape::text(codes)
            ))
        })
        .and_then(|wanted| x.reshape(&wanted))
}

/// Codes read against a shape.
struct Codes<'a> {
    from: &'a [i64],
    /// The next axis of `from`.
    at: usize,
    out: Vec<i64>,
}

impl Codes<'_> {
    fn new(from: &[i64]) -> Codes<'_> {
        Codes { from, at: 0, out: Vec::new() }
    }

    /// The next length of the array.
    fn next(&mut self, code: i64) -> Result<i64, String> {
        let length = self.from.get(self.at).copied();
        self.at += 1;
        length.ok_or_else(|| format!("no axis is left for the code {code}"))
    }

    fn resolve(mut self, codes: &[i64]) -> Result<Vec<i64>, String> {
        let mut codes = codes.iter().copied();
        while let Some(code) = codes.next() {
            match code {
                -2 => {
                    let length = self.next(code)?;
                    self.out.push(length);
                }
                -3 => match self.next(code)? {
                    1 => {}
                    length => return Err(format!("-3 leaves out axes of length 1 only, not {length}")),
                },
                -4 => {
                    self.out.extend_from_slice(self.from.get(self.at..).unwrap_or_default());
                    self.at = self.from.len();
                }
                -5 => {
                    let merged = self.next(code)?.saturating_mul(self.next(code)?);
                    self.out.push(merged);
                }
                -6 => self.split(codes.next(), codes.next())?,
                length if length < -6 => return Err(format!("{length} is no code")),
                length => {
                    self.at += 1;
                    self.out.push(length);
                }
            }
        }
        Ok(self.out)
    }

    fn split(&mut self, first: Option<i64>, second: Option<i64>) -> Result<(), String> {
        let length = self.next(-6)?;
        let (Some(first), Some(second)) = (first, second) else {
            return Err("-6 needs two numbers after it".to_owned());
        };
        let fits = |known: i64| known > 0 && length % known == 0;
        let (first, second) = match (first, second) {
            (-1, known) if fits(known) => (length / known, known),
            (known, -1) if fits(known) => (known, length / known),
            (a, b) if a >= 0 && b >= 0 && a.saturating_mul(b) == length => (a, b),
            (a, b) => return Err(format!("{a} and {b} do not split an axis of length {length}")),
        };
        self.out.extend([first, second]);
        Ok(())
    }
}

/// Axes from `begin` (included) to `end` (excluded), which may be negative or left out.
fn span(
    name: &str,
    argument: &str,
    x: &Array,
    begin: Option<i64>,
    end: Option<i64>,
) -> Result<(usize, usize)> {
    let ndim = x.ndim() as i64;
    let place = |at: Option<i64>, default: i64| {
        let at = at.unwrap_or(default);
        if at < 0 { at + ndim } else { at }
    };
    let (first, last) = (place(begin, 0), place(end, ndim));
    if first < 0 || last > ndim || first > last {
        return Err(Error::value(format!(
            "{name}: axes {first}..{last} of {argument} do not lie in its {ndim} axes (shape {})",
            shape::text(x.shape())
        )));
    }
    Ok((first as usize, last as usize))
}

/// The elements of `x` in the shape of `other`, or with a span of axes replaced by a span of its axes.
///
/// # Errors
/// Value: spans outside the axes, a shape of another size.
pub fn reshape_like(
    x: &Array,
    other: &Array,
    x_span: (Option<i64>, Option<i64>),
    other_span: (Option<i64>, Option<i64>),
) -> Result<Array> {
    let name = "reshape_like";
    let (from, to) = span(name, "lhs", x, x_span.0, x_span.1)?;
    let (first, last) = span(name, "rhs", other, other_span.0, other_span.1)?;
    let wanted = [&x.shape()[..from], &other.shape()[first..last], &x.shape()[to..]].concat();
    x.reshape(&wanted).map_err(|error| Error { message: error.message.replacen("reshape", name, 1), ..error })
}

/// `x` over the shape of `other`, or only over some of its axes: axis `x_axes[k]` gets the length of axis
/// `other_axes[k]`.
///
/// # Errors
/// Value: axes that cannot be stretched, lists of different lengths. Axis.
pub fn broadcast_like(
    x: &Array,
    other: &Array,
    x_axes: Option<&[i64]>,
    other_axes: Option<&[i64]>,
) -> Result<Array> {
    let name = "broadcast_like";
    let in_operator = |error: Error| error.in_operator(name);
    let (x_axes, other_axes) = match (x_axes, other_axes) {
        (None, None) => {
            return x.broadcast_to(other.shape()).map_err(|error| Error {
                message: error.message.replacen("broadcast_to", name, 1),
                ..error
            });
        }
        (Some(x_axes), Some(other_axes)) if x_axes.len() == other_axes.len() => (x_axes, other_axes),
        _ => return Err(Error::value(format!("{name}: lhs_axes and rhs_axes must name as many axes"))),
    };
    let x_axes = shape::axes(x_axes, x.ndim()).map_err(in_operator)?;
    let mut wanted = x.shape().to_vec();
    for (&axis, &from) in x_axes.iter().zip(other_axes) {
        let from = shape::axis(from, other.ndim()).map_err(in_operator)?;
        let length = other.shape()[from];
        if wanted[axis] != 1 && wanted[axis] != length {
            return Err(Error::value(format!(
                "{name}: axis {axis} of lhs (length {}) cannot get the length {length} of axis {from} of rhs",
                wanted[axis]
            )));
        }
        wanted[axis] = length;
    }
    x.broadcast_to(&wanted).map_err(in_operator)
}
