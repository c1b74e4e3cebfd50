//! The second storey: operators that are only formulas over other rows. They have no loops and no gradient rule of
//! their own; whoever applies one writes the formula out, and its gradient is the chain rule over it.

use base::{DType, Op, Sym};

use super::{facts, no_loop, no_scan, row};

/// A float function of one number, as a formula.
pub(crate) trait Formula1: Sized + 'static {
    facts!();
    const CUDA: &'static str = "";
    /// Formulas of real functions refuse complex numbers.
    const REFUSED: &'static [DType] = &[DType::C64, DType::C128];

    fn formula(x: Sym) -> Sym;

    const ROW: &'static Op =
        row!(Float1, no_loop, no_scan, None, false, Some(|inputs| Self::formula(inputs[0].clone())));
}
