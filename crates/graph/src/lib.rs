//! Floor 2: the lazy engine. Nodes (storages that may not have been computed yet), the fuser that turns pending nodes
//! into programs, hazards of in-place writes, the `Device` trait, the cache of freed buffers, and a null device.
//! Names no operator: rows travel inside nodes. Never imports a device.
pub mod cache;
pub mod device;
pub mod eager;
pub mod engine;
pub mod explain;
mod fuse;
pub mod kernel;
pub mod mapped;
pub mod node;
pub mod null;
pub mod program;
mod publish;
mod rows;
mod single;
pub mod vision;
pub mod work;
mod write;

pub use device::{Device, DeviceId, DeviceKind, DeviceRef};
pub use kernel::{Along, Distribution, Factorization, Fourier, Kernel, Law, Tensor};
pub use node::{Node, Operand, Source};
pub use program::{Action, Input, Instruction, Output, Program, Slot};
