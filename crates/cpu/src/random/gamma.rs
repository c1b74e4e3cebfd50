//! Many gamma numbers: proposals and their uniform numbers a group at a time, from the counters of fills; the few that
//! are refused are drawn again one by one, each from the stream of its element.
//!
//! G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables" (2000), with its squeeze.

use super::samplers::{Stream, gamma_from};
use super::transforms::{Fill, WORDS};
use super::{Distribution, SAMPLES};

/// Elements whose normal and uniform numbers take as many counters as there are elements.
const GROUP: usize = WORDS / 2;
const NORMAL: Distribution = Distribution::Normal { mean: 0.0, deviation: 1.0 };
const UNIFORM: Distribution = Distribution::Uniform { low: 0.0, high: 1.0 };

/// Gamma numbers of `shape(element)` for as many whole groups as `out` has (of at most [`SAMPLES`] elements); how many.
/// Element `i` takes its numbers from the counters `counter..counter + out.len()` and the stream of `counter + i`.
pub(super) fn fill(shape: impl Fn(usize) -> f64, out: &mut [f64], key: u64, counter: u64) -> usize {
    let whole = out.len().min(SAMPLES as usize) / GROUP * GROUP;
    let (mut normals, mut uniforms) = ([0.0; SAMPLES as usize], [0.0; SAMPLES as usize]);
    Fill { key, counter, distribution: &NORMAL }.f64(&mut normals[..whole]);
    let behind = counter.wrapping_add(whole as u64 / 2);
    Fill { key, counter: behind, distribution: &UNIFORM }.f64(&mut uniforms[..whole]);
    let mut known = Constants::of(1.0);
    for (element, slot) in out[..whole].iter_mut().enumerate() {
        let shape = shape(element);
        if shape != known.shape {
            known = Constants::of(shape);
        }
        let (x, u) = (normals[element], uniforms[element]);
        *slot = known.accepted(x, u).unwrap_or_else(|| {
            let stream = &mut Stream::new(key, counter.wrapping_add(element as u64));
            gamma_from(stream, shape, Some((x, u)))
        });
    }
    whole
}

/// What the numbers of one shape have in common.
struct Constants {
    shape: f64,
    d: f64,
    c: f64,
}

impl Constants {
    fn of(shape: f64) -> Constants {
        let d = shape - 1.0 / 3.0;
        Constants { shape, d, c: 1.0 / (9.0 * d).sqrt() }
    }

    /// The number of a proposal that the squeeze accepts; none for shapes below 1 and what is no shape.
    #[inline]
    fn accepted(&self, x: f64, u: f64) -> Option<f64> {
        let v = 1.0 + self.c * x;
        let square = x * x;
        let clear = self.shape >= 1.0 && self.d.is_finite() && v > 0.0 && u < 1.0 - 0.0331 * square * square;
        clear.then_some(self.d * (v * v * v))
    }
}
