//! All rows, by family, and the lookup by name for Python.

use std::collections::HashMap;
use std::sync::OnceLock;

use base::Op;

/// The families, in the order of the reference pages.
static TABLE: &[&[&Op]] = &[
    crate::arithmetic::ROWS,
    crate::division::ROWS,
    crate::magnitude::ROWS,
    crate::rounding::ROWS,
    crate::power::ROWS,
    crate::exponential::ROWS,
    crate::trigonometric::ROWS,
    crate::hyperbolic::ROWS,
    crate::compare::ROWS,
    crate::logic::ROWS,
    crate::bits::ROWS,
    crate::floating::ROWS,
    crate::complex::ROWS,
    crate::select::ROWS,
    crate::special::ROWS,
    crate::activation::ROWS,
];

/// Every row of the op book.
pub fn all() -> impl Iterator<Item = &'static Op> {
    TABLE.iter().flat_map(|family| family.iter().copied())
}

/// The row of that name or alias, in whatever space.
pub fn find(name: &str) -> Option<&'static Op> {
    static NAMES: OnceLock<HashMap<&'static str, &'static Op>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let with_aliases = |op: &'static Op| op.aliases.iter().map(move |&alias| (alias, op));
        all().flat_map(|op| with_aliases(op).chain([(op.name, op)])).collect()
    });
    names.get(name).copied()
}

/// The contents list of a family: each row becomes a public static, and all of them the family's `ROWS`.
macro_rules! contents {
    ($($row:ident = $operator:ident),* $(,)?) => {
        $(
            #[doc = concat!("The row of `", stringify!($operator), "`.")]
            pub static $row: &base::Op = $operator::ROW;
        )*
        pub(crate) static ROWS: &[&base::Op] = &[$($row),*];
    };
}
pub(crate) use contents;
