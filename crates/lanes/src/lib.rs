//! Floor 2: scalar mathematics without branches, and loops over one tile. Operators (crate `ops`) give a scalar body as
//! a marker type; `tile` turns it into a loop for the instruction set of this machine. Names no operator, allocates
//! nothing, knows no arrays.
//!
//! Everything is plain Rust that the compiler vectorises: bodies are `#[inline(always)]` and generic over [`Isa`], and
//! each loop is instantiated once per level inside a `#[target_feature]` function.
mod cast;
pub mod element;
mod fold;
pub mod level;
mod math;
mod pair;
pub mod real;
pub mod strided;
pub mod tile;
mod transpose;

pub use cast::cast;
pub use element::Element;
pub use fold::fold2;
pub use level::{Isa, Level, level};
pub use math::complex::ComplexMath;
pub use pair::pair;
pub use real::Real;
pub use strided::{gather, scatter, splat, transpose};
pub use tile::{Map1, Map2, Map3, Select, Style, map1, map2, map3, scan2, select3};
