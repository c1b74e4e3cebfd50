//! Dropout: elements set to zero by chance in training, the rest scaled so that the mean stays.

use base::{DType, Error, Result};

use super::parts::{choose, op2};
use crate::elementwise::Argument;
use crate::random::{self, Draw};
use crate::{Array, tape};

/// Every element is zero with probability `p` and divided by `1 - p` otherwise; along `shared` axes one draw counts for
/// all elements. Outside of training, unless `always`, the array as it is.
///
/// # Errors
/// Value: a probability outside [0, 1], an axis given twice. Axis. Type: data that are not floats.
pub fn dropout(x: &Array, p: f64, shared: &[i64], always: bool) -> Result<Array> {
    let name = "dropout";
    if !(0.0..=1.0).contains(&p) {
        return Err(Error::value(format!("{name}: p must be a probability in [0, 1], got {p}")));
    }
    let shared = base::shape::axes(shared, x.ndim()).map_err(|error| error.in_operator(name))?;
    if !x.dtype().is_inexact() {
        return Err(Error::type_(format!(
            "{name}: data must be floats, not {}; cast with astype()",
            x.dtype()
        )));
    }
    if p == 0.0 || !(always || tape::is_training()) {
        return Ok(x.clone());
    }
    let mut size = x.shape().to_vec();
    shared.iter().for_each(|&axis| size[axis] = 1);
    let draw = Draw { size: Some(&size), dtype: Some(DType::Bool), device: Some(x.device()) };
    let kept = random::bernoulli(Some(Argument::from(1.0 - p)), None, &draw)?;
    masked(x, &kept, 1.0 - p)
}

/// The kept elements divided by the share that is kept. Linear in `x`, so its gradient is itself.
fn masked(x: &Array, kept: &Array, share: f64) -> Result<Array> {
    let out = tape::paused(|| {
        let scaled = if share > 0.0 { op2(ops::MULTIPLY, &x.detach(), 1.0 / share)? } else { x.detach() };
        choose(kept, &scaled, 0.0)
    })?;
    Ok(tape::record("dropout", &[x], out, || {
        let kept = kept.clone();
        Box::new(move |gradient| Ok(vec![Some(masked(gradient, &kept, share)?)]))
    }))
}
