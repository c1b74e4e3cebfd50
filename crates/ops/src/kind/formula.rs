//! The second storey: operators that are only formulas over other rows. They have no loops and no gradient rule of
//! their own; whoever applies one writes the formula out, and its gradient is the chain rule over it.

use base::{DType, Op, Sym};

use super::{facts, no_loop, no_scan, row};

/// The complex dtypes, which a formula of real functions refuses.
const COMPLEX: &[DType] = &[DType::C64, DType::C128];

/// A float function of one number, as a formula.
pub(crate) trait Formula1: Sized + 'static {
    facts!();
    const CUDA: &'static str = "";

    fn formula(x: Sym) -> Sym;

    const ROW: &'static Op =
        row!(Float1, no_loop, no_scan, None, false, Some(|inputs| Self::formula(inputs[0].clone())), COMPLEX);

    /// The operator in a formula.
    fn of(x: Sym) -> Sym {
        Sym::call(Self::ROW, vec![x])
    }
}
