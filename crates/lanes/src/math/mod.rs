//! Elementary and special functions as polynomials in plain Rust, one file per family. Called through [`crate::Real`]
//! and [`crate::ComplexMath`] only.
pub(crate) mod bessel;
pub(crate) mod bits;
pub mod complex;
mod complex_trig;
pub(crate) mod erf;
pub(crate) mod exp;
pub(crate) mod gamma;
pub(crate) mod gelu;
pub(crate) mod hyperbolic;
pub(crate) mod inverse_trig;
pub(crate) mod log;
pub(crate) mod neighbours;
pub(crate) mod power;
mod reduce;
pub(crate) mod trig;
