//! Operators of neural networks, one file per family: shape rule, value, gradient and documentation together. Made of
//! elementwise operators, reductions, products and indexing where that is enough, so that they fuse and can be
//! differentiated again; convolution and pooling have kernels. Called by the Rust front (`npx`) and by Python.

mod activation;
pub mod attention;
mod batch_norm;
mod calibration;
pub mod convolution;
mod cross_entropy;
pub mod ctc;
mod dense;
mod dropout;
mod interleaved;
mod legacy;
mod lookup;
mod normalize;
mod parts;
mod picking;
pub mod pooling;
pub mod recurrent;
mod reshape;
mod rotary;
mod sampling;
mod scatter;
mod sequence;
mod slicing;
mod softmax;
pub(crate) mod spatial;
mod steps;

pub use activation::{Activation, LeakyRelu, activation, leaky_relu};
pub use batch_norm::{BatchNorm, batch_norm};
pub use calibration::divergences;
pub use cross_entropy::{Reduction, smooth_l1, softmax_cross_entropy};
pub use dense::{batch_dot, batch_flatten, fully_connected};
pub use dropout::dropout;
pub use interleaved::{encdec_qk, encdec_valatt, selfatt_qk, selfatt_valatt};
pub use legacy::{NormOrder, add_n, constraint_check, norm, pad_flat, round_ste, sign_ste, stop_gradient};
pub use lookup::{embedding, one_hot};
pub use normalize::{Normalized, group_norm, instance_norm, layer_norm, rms_norm};
pub use picking::{Ranked, TopK, pick, topk};
pub use reshape::{broadcast_like, reshape_codes, reshape_like};
pub use rotary::{Rope, rope};
pub use sampling::{categorical, multinomial};
pub use scatter::{gather_nd, index_add, index_update, scatter_nd};
pub use sequence::{sequence_last, sequence_mask, sequence_reverse};
pub use slicing::{arange_like, slice, slice_axis, slice_channel, slice_like};
pub use softmax::{Logits, log_softmax, softmax};
