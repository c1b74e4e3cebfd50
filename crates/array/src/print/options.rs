//! The print options (`np.set_printoptions`) and their process-wide copy. Read by every printing function's caller;
//! the printing functions themselves only see the `Options` that they are given.

use std::sync::LazyLock;

use parking_lot::RwLock;

/// When positive numbers show a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sign {
    /// `-`: never.
    #[default]
    Minus,
    /// `+`: always.
    Plus,
    /// ` `: a blank stands in its place.
    Space,
}

/// How `precision` governs the digits of floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FloatMode {
    /// At most `precision` fractional digits, each number as few as it needs.
    #[default]
    MaxPrec,
    /// As `MaxPrec`, with the same count for all numbers.
    MaxPrecEqual,
    /// Exactly `precision` fractional digits.
    Fixed,
    /// As many as each number needs; `precision` has no effect.
    Unique,
}

/// What governs the text of arrays, as `np.get_printoptions()` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Fractional digits of floats.
    pub precision: usize,
    /// Arrays with more elements are summarised.
    pub threshold: i64,
    /// Elements shown at each end of an axis in a summary.
    pub edgeitems: i64,
    /// Columns of a line.
    pub linewidth: usize,
    /// Never use the scientific notation merely because a number is small.
    pub suppress: bool,
    /// Text of nan.
    pub nanstr: String,
    /// Text of infinity.
    pub infstr: String,
    /// When positive numbers show a sign.
    pub sign: Sign,
    /// How `precision` governs the digits.
    pub floatmode: FloatMode,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            precision: 8,
            threshold: 1000,
            edgeitems: 3,
            linewidth: 75,
            suppress: false,
            nanstr: "nan".to_owned(),
            infstr: "inf".to_owned(),
            sign: Sign::Minus,
            floatmode: FloatMode::MaxPrec,
        }
    }
}

impl Sign {
    /// The sign of that character in NumPy's options.
    pub fn from_name(name: &str) -> Option<Sign> {
        [Sign::Minus, Sign::Plus, Sign::Space].into_iter().find(|sign| sign.name() == name)
    }

    /// NumPy's character.
    pub const fn name(self) -> &'static str {
        match self {
            Sign::Minus => "-",
            Sign::Plus => "+",
            Sign::Space => " ",
        }
    }
}

impl FloatMode {
    /// The mode of that NumPy name.
    pub fn from_name(name: &str) -> Option<FloatMode> {
        use FloatMode::*;
        [MaxPrec, MaxPrecEqual, Fixed, Unique].into_iter().find(|mode| mode.name() == name)
    }

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            FloatMode::MaxPrec => "maxprec",
            FloatMode::MaxPrecEqual => "maxprec_equal",
            FloatMode::Fixed => "fixed",
            FloatMode::Unique => "unique",
        }
    }
}

static CURRENT: LazyLock<RwLock<Options>> = LazyLock::new(RwLock::default);

/// The process-wide options.
pub fn options() -> Options {
    CURRENT.read().clone()
}

/// Replaces the process-wide options.
pub fn set_options(options: Options) {
    *CURRENT.write() = options;
}
