//! Floor 5: the crate that Rust users add. `use mxnet::{np, npx, autograd}` gives the names of the Python package;
//! [`init`] makes the devices available. Holds no mathematics: everything stands in `array` and below.

pub use array;
pub use array::{graph, ops};
pub use cpu::pool;

/// Installs the devices: the CPU always. Called once before anything else; calling it again changes nothing.
///
/// `MXNET_EAGER=1` in the environment switches laziness off.
pub fn init() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        cpu::install();
        if std::env::var("MXNET_EAGER").is_ok_and(|value| value == "1") {
            graph::engine::set_eager(true);
        }
    });
}

/// Arrays and the functions of NumPy's main namespace.
pub mod np {
    pub use array::{Argument, Array, DType, Error, ErrorKind, Index, Result, Scalar};
    pub use array::{elementwise, index, reduce};
}

/// What NumPy does not have: devices and modes.
pub mod npx {
    pub use array::{DeviceId, DeviceKind, DeviceRef};
    pub use graph::engine::{is_eager, set_eager};
    pub use graph::explain::explain;
    use array::graph;
}

/// Gradients: recording operators and walking back.
pub mod autograd {
    pub use array::tape::{
        GradRequest, attach_grad, backward, grad, gradient_of, is_recording, is_training, mark, paused, set_recording,
        set_training,
    };
}
