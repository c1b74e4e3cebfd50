//! The text of arrays, to the last blank as NumPy 2.4 writes it: `str`, `repr`, `array2string`, single numbers. The
//! array type and the Python module call it through `Elements`; it must not know what an array is.

mod column;
mod decimal;
mod float;
mod layout;
mod options;
mod scalar;

use base::{DType, Scalar};

pub use float::{FloatText, Trim, format_float_positional, format_float_scientific};
pub use options::{FloatMode, Options, Sign, options, set_options};
pub use scalar::scalar_text;

/// What printing needs of an array. Only elements that will be shown are asked for.
pub trait Elements {
    /// Lengths of the axes.
    fn shape(&self) -> &[i64];
    /// Type of the elements.
    fn dtype(&self) -> DType;
    /// The element at an index with one entry per axis, each within the shape.
    fn get(&self, index: &[i64]) -> Scalar;
    /// The text of the element at an index, where the user has a formatter for it.
    fn formatted(&self, _index: &[i64]) -> Option<String> {
        None
    }
}

/// `str(x)`: a 0-d array is written as its value, whatever the options.
pub fn to_str(elements: &dyn Elements, options: &Options) -> String {
    if elements.shape().is_empty() {
        scalar_text(elements.get(&[]))
    } else {
        array2string(elements, options, " ", "", "")
    }
}

/// `repr(x)`, such as `array([1, 2], dtype=int32)`. The dtype is not shown where it is one of `default_dtypes` and
/// there are elements. `suffix` is shown last, such as `ctx=gpu(0)`.
pub fn to_repr(
    elements: &dyn Elements,
    options: &Options,
    default_dtypes: &[DType],
    suffix: Option<&str>,
) -> String {
    const PREFIX: &str = "array(";
    let shape = elements.shape();
    let empty = shape.contains(&0);
    let size = shape.iter().fold(1i64, |size, &length| size.saturating_mul(length));
    let mut extras = Vec::new();
    if (empty && shape != [0]) || (!empty && size > options.threshold) {
        extras.push(format!("shape={}", base::shape::text(shape)));
    }
    if empty || !default_dtypes.contains(&elements.dtype()) {
        extras.push(format!("dtype={}", elements.dtype()));
    }
    extras.extend(suffix.map(str::to_owned));
    let body = array2string(elements, options, ", ", PREFIX, ")");
    if extras.is_empty() {
        return format!("{PREFIX}{body})");
    }
    let text = format!("{PREFIX}{body},");
    let extras = format!("{})", extras.join(", "));
    let last_line = text.rsplit('\n').next().unwrap_or_default();
    let spacer = if last_line.chars().count() + extras.chars().count() + 1 > options.linewidth {
        format!("\n{}", " ".repeat(PREFIX.len()))
    } else {
        " ".to_owned()
    };
    format!("{text}{spacer}{extras}")
}

/// `np.array2string`: `prefix` and `suffix` are not part of the text, only the room that they take is left free.
pub fn array2string(
    elements: &dyn Elements,
    options: &Options,
    separator: &str,
    prefix: &str,
    suffix: &str,
) -> String {
    if elements.shape().contains(&0) {
        return "[]".to_owned();
    }
    let width = options.linewidth.min(i64::MAX as usize) as i64 - suffix.chars().count() as i64;
    layout::layout(elements, options, separator, prefix.chars().count(), width)
}
