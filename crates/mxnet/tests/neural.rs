//! Convolution, pooling, recurrent layers, CTC and attention from Rust: values, gradients, errors.

use mxnet::np::Result;
use mxnet::npx::{
    AttentionOptions, Blank, ConvolutionOptions, Mode, Pool, PoolingOptions, RecurrentInputs,
    RecurrentOptions,
};
use mxnet::{autograd, np, npx};

#[test]
fn a_convolution_and_its_gradients() -> Result<()> {
    let data = np::arange(9)?.reshape(&[1, 1, 3, 3])?;
    let weight = np::ones([1, 1, 2, 2])?;
    autograd::attach_grad(&data)?;
    let options = ConvolutionOptions { kernel: &[2, 2], ..Default::default() };
    let out = autograd::record(|| npx::convolution(&data, &weight, None, &options))?;
    assert_eq!(out.to_vec::<f32>()?, [8., 12., 20., 24.]);
    autograd::backward(&out)?;
    assert_eq!(autograd::grad_of(&data)?.to_vec::<f32>()?, [1., 2., 1., 2., 4., 2., 1., 2., 1.]);
    let wide = npx::deconvolution(&out, &weight, None, &ConvolutionOptions { stride: &[2, 2], ..options })?;
    assert_eq!(wide.shape(), [1, 1, 4, 4]);
    let wrong = npx::convolution(&data, &np::ones([1, 2, 2, 2])?, None, &options);
    assert!(wrong.is_err_and(|error| error.message.contains("axis 1 of weight is 2, expected 1")));
    Ok(())
}

#[test]
fn pools_of_windows() -> Result<()> {
    let data = np::arange(6)?.reshape(&[1, 1, 6])?;
    let options = PoolingOptions { kernel: &[2], stride: &[2], ..Default::default() };
    assert_eq!(npx::pooling(&data, &options)?.to_vec::<f32>()?, [1., 3., 5.]);
    let average = PoolingOptions { pool: Pool::Average, global: true, ..options };
    assert_eq!(npx::pooling(&data, &average)?.to_vec::<f32>()?, [2.5]);
    Ok(())
}

#[test]
fn a_recurrent_layer_a_loss_and_attention() -> Result<()> {
    let (data, parameters) = (np::ones([3, 1, 2])?, np::full(5, 0.5)?);
    let state = np::zeros([1, 1, 1])?;
    let options = RecurrentOptions {
        mode: Mode::Relu,
        state_size: 1,
        num_layers: 1,
        bidirectional: false,
        dropout: 0.0,
        projection_size: None,
        clip: None,
        clip_nan: false,
    };
    let inputs =
        RecurrentInputs { data: &data, parameters: &parameters, state: &state, cell: None, lengths: None };
    assert_eq!(npx::rnn(&inputs, &options)?.output.to_vec::<f32>()?, [2., 3., 3.5]);

    let label = np::array([1.0, 2.0])?.reshape(&[1, 2])?;
    let loss = npx::ctc_loss(&np::zeros([2, 1, 3])?, &label, None, None, Blank::First)?;
    assert!((loss.to_value::<f64>()? - 9f64.ln()).abs() < 1e-6);

    let query = np::zeros([1, 2, 4])?;
    let value = np::array([1.0, 2.0, 3.0, 4.0])?.reshape(&[1, 2, 2])?;
    let options = AttentionOptions { causal: true, ..Default::default() };
    let seen = npx::scaled_dot_product_attention(&query, &query, &value, None, &options)?;
    assert_eq!(seen.to_vec::<f32>()?, [1., 2., 2., 3.]);
    Ok(())
}
