//! Losses of neural networks: cross-entropy of a softmax, and the smooth absolute distance.

use base::{DType, Error, Result};
use graph::Kernel;
use graph::layers::Layer;

use super::kernels;
use super::lookup::hot_mask;
use super::parts::{checked_axis, choose, compute_dtype, expect_shape, op2};
use super::softmax::{Logits, log_softmax};
use crate::elementwise::{call1, call2, multiply};
use crate::manipulate::Mode;
use crate::{Array, reduce, tape};

/// What becomes of the losses of single examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    None,
    Sum,
    Mean,
}

impl Reduction {
    pub fn from_name(name: &str) -> Option<Reduction> {
        Some(match name {
            "none" => Reduction::None,
            "sum" => Reduction::Sum,
            "mean" => Reduction::Mean,
            _ => return None,
        })
    }
}

/// `-log(softmax(x))` at the labels, which are class numbers along the axis: their shape is that of the data without it.
/// Sums and means have the shape (1,), as MXNet's.
///
/// # Errors
/// Type: data that are not real floats, labels that are not whole numbers. Axis. Value: labels of another shape.
/// Index: a label outside the axis.
pub fn softmax_cross_entropy(x: &Array, labels: &Array, axis: i64, reduction: Reduction) -> Result<Array> {
    let name = "softmax_cross_entropy";
    let compute = compute_dtype(name, x)?;
    let axis = checked_axis(name, x, axis)?;
    let mut wanted = x.shape().to_vec();
    let classes = wanted.remove(axis);
    expect_shape(name, "label", labels, &wanted)?;
    let labels = crate::index_array::integers(labels).map_err(|error| error.in_operator(name))?;
    check_labels(name, &labels, classes)?;
    let losses = losses(&x.astype_if(compute)?, &labels, axis)?.astype_if(x.dtype())?;
    match reduction {
        Reduction::None => Ok(losses),
        Reduction::Sum => reduce::sum(&losses, &reduce::Options::default())?.reshape(&[1]),
        Reduction::Mean => reduce::mean(&losses, &reduce::Options::default())?.reshape(&[1]),
    }
}

fn check_labels(name: &str, labels: &Array, classes: i64) -> Result<()> {
    let Some((low, high)) = crate::manipulate::extent(labels)? else { return Ok(()) };
    let outside = if low < 0 { Some(low) } else { (high >= classes).then_some(high) };
    match outside {
        None => Ok(()),
        Some(label) => {
            Err(Error::index(format!("{name}: label {label} is outside of the {classes} classes")))
        }
    }
}

fn losses(x: &Array, labels: &Array, axis: usize) -> Result<Array> {
    let rows = axis + 1 == x.ndim();
    let (out, saved) = tape::paused(|| {
        if rows {
            return by_rows(&x.detach(), labels);
        }
        let logarithms = log_softmax(&x.detach(), &Logits { axis: axis as i64, ..Default::default() })?;
        let picked = super::picking::pick(&logarithms, labels, Some(axis as i64), false, Mode::Clip)?;
        Ok((call1(ops::NEGATIVE, &picked)?, None))
    })?;
    Ok(tape::record_saving("softmax_cross_entropy", &[x], &[x], out, || {
        let (x, labels) = (x.clone(), labels.clone());
        Box::new(move |gradient| {
            if let Some(saved) = saved.as_ref().filter(|_| !tape::is_recording()) {
                return saved.gradient(gradient).map(|gradient| vec![Some(gradient)]);
            }
            let probabilities =
                super::softmax::softmax(&x, &Logits { axis: axis as i64, ..Default::default() })?;
            let hot = hot_mask(&x, &labels, axis)?;
            let distance = call2(ops::SUBTRACT, &probabilities, &hot.astype(x.dtype())?)?;
            Ok(vec![Some(multiply(&distance, &gradient.expand_dims(&[axis as i64])?)?)])
        })
    }))
}

/// What the gradient kernel reads.
struct Saved {
    x: Array,
    labels: Array,
    greatest: Array,
    sums: Array,
}

/// The losses of rows along the last axis, by a kernel.
fn by_rows(x: &Array, labels: &Array) -> Result<(Array, Option<Saved>)> {
    let x = x.contiguous()?;
    let labels = labels.detach().astype_if(DType::I64)?.contiguous()?;
    let empty = || Array::empty(labels.shape(), x.dtype(), x.device());
    let (losses, greatest, sums) = (empty()?, empty()?, empty()?);
    kernels::run(&Kernel::Layer(Layer::CrossEntropy), &[&x, &labels], &[&losses, &greatest, &sums])?;
    Ok((losses, Some(Saved { x, labels, greatest, sums })))
}

impl Saved {
    fn gradient(&self, gradient: &Array) -> Result<Array> {
        let out = Array::empty(self.x.shape(), self.x.dtype(), self.x.device())?;
        let inputs = [&gradient.contiguous()?, &self.x, &self.labels, &self.greatest, &self.sums];
        kernels::run(&Kernel::Layer(Layer::CrossEntropyGradient), &inputs, &[&out])?;
        Ok(out)
    }
}

/// Half the square of `scalar * x` near zero, the absolute value less a constant farther away (from 1 / scalar^2 on).
///
/// # Errors
/// Type: complex numbers.
pub fn smooth_l1(x: &Array, scalar: f64) -> Result<Array> {
    if x.dtype().is_complex() {
        return Err(Error::type_(format!("smooth_l1: data must be real numbers, not {}", x.dtype())));
    }
    let square = scalar * scalar;
    let distance = call1(ops::ABSOLUTE, x)?;
    let near = op2(ops::LESS, &distance, 1.0 / square)?;
    let inner = op2(ops::MULTIPLY, &multiply(x, x)?, 0.5 * square)?;
    let outer = op2(ops::SUBTRACT, &distance, 0.5 / square)?;
    choose(&near, &inner, &outer)
}
