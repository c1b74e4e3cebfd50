//! Operators of neural networks for Rust, under the names of `mxnet.npx`. What they do, and their errors, stand with the
//! functions in `array`; here are examples.
//!
//! A layer, its normalisation and its loss, with gradients:
//!
//! ```
//! use mxnet::{autograd, np, npx};
//! let x = np::array([[1.0, 2.0], [3.0, 5.0]])?;
//! let (w, b) = (np::array([[0.5, -0.5], [0.25, 1.0]])?, np::zeros(2)?);
//! autograd::attach_grad(&w)?;
//! let labels = np::array([0.0, 1.0])?;
//! let loss = autograd::record(|| {
//!     let y = npx::fully_connected(&x, &w, Some(&b), true)?;
//!     let y = npx::layer_norm(&y, &np::ones(2)?, &np::zeros(2)?, -1, 1e-5, false)?.output;
//!     npx::softmax_cross_entropy(&npx::leaky_relu(&y, npx::LeakyRelu::Gelu)?, &labels, -1, npx::Reduction::Mean)
//! })?;
//! autograd::backward(&loss)?;
//! assert_eq!(autograd::grad_of(&w)?.shape(), [2, 2]);
//! # Ok::<(), np::Error>(())
//! ```
//!
//! Elements by rank and by place:
//!
//! ```
//! use mxnet::{np, npx};
//! let x = np::array([3.0, 1.0, 2.0])?;
//! let options =
//!     npx::TopK { axis: Some(-1), count: 2, ascending: false, ranked: npx::Ranked::Values, dtype: np::DType::I64 };
//! assert_eq!(npx::topk(&x, &options)?[0].to_string(), "[3. 2.]");
//! assert_eq!(npx::reshape(&np::ones([2, 3, 4])?, &[-5, -1], false)?.shape(), [6, 4]);
//! # Ok::<(), np::Error>(())
//! ```
//!
//! Boxes of a detector, of which the best stay:
//!
//! ```
//! use mxnet::{np, npx};
//! let rows = np::array([[0.5, 0.0, 0.0, 2.0, 2.0], [0.75, 0.0, 0.0, 2.0, 1.75]])?;
//! let options = npx::Nms { score: 0, coordinates: 1, ..Default::default() };
//! assert_eq!(npx::box_nms(&rows, &options)?.to_vec::<f32>()?[..2], [0.75, 0.0]);
//! assert_eq!(npx::multibox_prior(&np::zeros([1, 3, 4, 4])?, &npx::Priors::default())?.shape(), [1, 16, 4]);
//! # Ok::<(), np::Error>(())
//! ```

pub use array::neural::attention::{Options as AttentionOptions, attention as scaled_dot_product_attention};
pub use array::neural::convolution::{Options as ConvolutionOptions, convolution, deconvolution};
pub use array::neural::ctc::{Blank, ctc_loss};
pub use array::neural::pooling::{Convention, Options as PoolingOptions, Pool, pooling};
pub use array::neural::recurrent::{
    Inputs as RecurrentInputs, Mode, Options as RecurrentOptions, Outputs as RecurrentOutputs,
    recurrent as rnn,
};
pub use array::neural::{
    Activation, BatchNorm, BoxFormat, Deformable, Detections, LeakyRelu, Logits, Nms, NormOrder, Normalized,
    Priors, Ranked, Reduction, Rope, Targets, TopK, activation, adaptive_pooling, add_n, arange_like,
    batch_dot, batch_flatten, batch_norm, bipartite_matching, box_decode, box_encode, box_iou, box_nms,
    broadcast_like, categorical, constraint_check, deformable_convolution, dropout, embedding,
    encdec_qk as interleaved_matmul_encdec_qk, encdec_valatt as interleaved_matmul_encdec_valatt,
    fully_connected, gather_nd, group_norm, index_add, index_update, instance_norm, layer_norm, leaky_relu,
    log_softmax, modulated_deformable_convolution, multibox_detection, multibox_prior, multibox_target,
    multinomial, norm, one_hot, pad_flat as pad, pick, reshape_codes as reshape, reshape_like, rms_norm,
    roi_pooling, rope, round_ste, scatter_nd, selfatt_qk as interleaved_matmul_selfatt_qk,
    selfatt_valatt as interleaved_matmul_selfatt_valatt, sequence_last, sequence_mask, sequence_reverse,
    sign_ste, sldwin_atten_context, sldwin_atten_mask_like, sldwin_atten_score, slice, slice_axis,
    slice_channel, slice_like, smooth_l1, softmax, softmax_cross_entropy, stop_gradient, topk,
};
