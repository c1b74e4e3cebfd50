//! Floor 2: sequential random streams that give NumPy's numbers, bit for bit: seed sequences, bit generators, and the
//! distributions over them. Plain scalars and slices; no arrays, no devices, no Python.
//!
//! * `seed`: entropy mixed into seeds. `bits`: the five generators behind one enum, [`Source`].
//! * `ziggurat`: standard normal and exponential draws. `continuous`, `gamma`, `angles`: real distributions.
//!   `discrete`, `binomial`, `hypergeometric`: counts. `bounded`: integers of a range. `joint`: whole vectors.
//!   `select`: orders and samples. `factor`: factors of covariances.
//! * `divide`: several threads on one stream, without another number.
//! * `draw`: what distributions draw from, in today's and in the legacy manner. `fill`: the distributions by name, over
//!   slices of parameters; what the floors above call.
//!
//! The parallel generator of `np.random`'s functions is another one: it stands in the kernels of the devices.

#![forbid(unsafe_code)]

mod angles;
mod binomial;
mod bits;
mod bounded;
mod continuous;
mod discrete;
mod divide;
mod draw;
mod factor;
mod fill;
mod gamma;
mod hypergeometric;
mod joint;
mod seed;
mod select;
mod ziggurat;

pub use bits::{Bits, Mt19937, Pcg64, Pcg64Dxsm, Philox, Sfc64, Source, Spare};
pub use bounded::{Word, fill_bounded};
pub use divide::{Alone, Team};
pub use draw::{Draw, Gauss, Legacy, Modern};
pub use factor::{cholesky, eigen};
pub use fill::{Column, Count, Real, Single, fill_count, fill_real, fill_single};
pub use joint::{colours_by_count, colours_by_marginals, dirichlet, multinomial};
pub use seed::{Pool, entropy_words};
pub use select::{shuffle, shuffled, weighted, without_replacement};
