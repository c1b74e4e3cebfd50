//! The operators of neural networks that are no rows of the op book: convolution, pooling, recurrent layers, CTC,
//! attention. Parameters stand in the `Options` of each family.

pub use array::neural::attention::{Options as AttentionOptions, attention as scaled_dot_product_attention};
pub use array::neural::convolution::{Options as ConvolutionOptions, convolution, deconvolution};
pub use array::neural::ctc::{Blank, ctc_loss};
pub use array::neural::pooling::{Convention, Options as PoolingOptions, Pool, pooling};
pub use array::neural::recurrent::{
    Inputs as RecurrentInputs, Mode, Options as RecurrentOptions, Outputs as RecurrentOutputs,
    recurrent as rnn,
};
