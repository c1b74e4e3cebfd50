//! Floor 5: the crate that Rust users add. `use mxnet::{np, npx, autograd}` gives the names of the Python package;
//! [`init`] makes the devices available. Holds no mathematics: everything stands in `array` and below.
//!
//! ```
//! use mxnet::{autograd, np};
//!
//! let x = np::arange(6)?.reshape(&[2, 3])?;
//! x.get(np::s![.., 0])?.set(np::s![..], 7.0)?; // views share memory
//! assert_eq!(x.to_string(), "[[7. 1. 2.]\n [7. 4. 5.]]");
//!
//! let y = np::tanh(&x)? * 0.5 + &x; // elementwise work fuses by itself
//! assert_eq!(np::mean(&y, 0)?.shape(), [3]);
//!
//! let w = np::array([1.0, 2.0])?;
//! autograd::attach_grad(&w)?;
//! let loss = autograd::record(|| np::sum(&(&w * &w), ()))?;
//! autograd::backward(&loss)?;
//! assert_eq!(autograd::grad_of(&w)?.to_string(), "[2. 4.]");
//! # Ok::<(), np::Error>(())
//! ```
//!
//! Functions and methods return a `Result`. Operator signs cannot: `&a + &b` panics with the error's text where
//! `a.add(&b)?` returns it, as indexing does in the standard library.

pub use array;
pub use array::{graph, ops};
pub use cpu::{level, pool};
pub use streams;

pub mod autograd;
pub mod files;
pub mod np;
pub mod npx;

/// Installs the devices: the CPU always. Creating an array does it too; calling it again changes nothing.
///
/// `MXNET_EAGER=1` in the environment switches laziness off.
///
/// ```
/// mxnet::init();
/// ```
pub fn init() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        cpu::install();
        if std::env::var("MXNET_EAGER").is_ok_and(|value| value == "1") {
            graph::engine::set_eager(true);
        }
    });
}
