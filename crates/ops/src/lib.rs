//! Floor 3: the op book. Every elementwise operator is one paragraph: a unit struct that implements the trait of its
//! kind (`kind`), listed in the contents of its family's file. Each row is public as a static with the operator's name
//! in capitals (`ops::ADD`), and `find` knows the names and aliases that users know. Rooms above hold `&'static Op`
//! and name an operator only where Python's grammar does (`+`), or where a rule needs one.
//!
//! Every loop is instantiated here and nowhere else: the rows are statics, so that other crates link to them.
#![deny(dead_code)]

mod kind;
mod number;
mod table;

mod activation;
mod arithmetic;
mod bits;
mod compare;
mod complex;
mod division;
mod exponential;
mod floating;
mod hyperbolic;
mod logic;
mod magnitude;
mod power;
mod rounding;
mod select;
mod special;
mod trigonometric;

pub use activation::*;
pub use arithmetic::*;
pub use bits::*;
pub use compare::*;
pub use complex::*;
pub use division::*;
pub use exponential::*;
pub use floating::*;
pub use hyperbolic::*;
pub use logic::*;
pub use magnitude::*;
pub use power::*;
pub use rounding::*;
pub use select::*;
pub use special::*;
pub use table::{all, find};
pub use trigonometric::*;
