//! Bilinear sampling of images at real places, as an operator with gradients of every order: linear in the image, and
//! linear between whole numbers in each coordinate, so that its derivatives are samplings again.

use base::{Result, shape};
use graph::Kernel;
use graph::vision::{Edge, SampleForm, Sampling};

use super::kernels::run;
use crate::elementwise::multiply;
use crate::{Array, reduce, tape};

/// Where to sample: rows and columns (n, groups, places), float32 or float64; the channels fall into so many groups.
#[derive(Clone)]
struct Points {
    rows: Array,
    columns: Array,
}

/// Samples of `data` (n, c, height, width), float32 or float64, at rows and columns (n, groups, places) of its dtype:
/// (n, c, places).
pub(super) fn sampled(data: &Array, rows: &Array, columns: &Array, edge: Edge) -> Result<Array> {
    let points = Points { rows: rows.contiguous()?, columns: columns.contiguous()? };
    linear(Sampling { form: SampleForm::Take, edge, slopes: [false; 2] }, data, &points, &[])
}

/// One form; `plane` is the shape of the images where they are the result.
fn linear(how: Sampling, x: &Array, points: &Points, plane: &[i64]) -> Result<Array> {
    let x = x.contiguous()?;
    let (n, c) = (x.shape()[0], x.shape()[1]);
    let places = points.rows.shape()[2];
    let (lengths, name) = match how.form {
        SampleForm::Take => (vec![n, c, places], "bilinear_sample"),
        SampleForm::Spread => (plane.to_vec(), "bilinear_spread"),
    };
    shape::size(&lengths)?;
    let out = Array::empty(&lengths, x.dtype(), x.device())?;
    run(&Kernel::Sample(how), &[&x, &points.rows, &points.columns], &[&out])?;
    let inputs = [&x, &points.rows, &points.columns];
    Ok(tape::record_saving(name, &inputs, &inputs, out, || {
        let (x, points) = (x.clone(), points.clone());
        Box::new(move |gradient| gradients(how, &x, &points, gradient))
    }))
}

fn gradients(how: Sampling, x: &Array, points: &Points, gradient: &Array) -> Result<Vec<Option<Array>>> {
    let back = match how.form {
        SampleForm::Take => SampleForm::Spread,
        SampleForm::Spread => SampleForm::Take,
    };
    let wanted = |input: &Array| input.link().is_some();
    let to_x = if wanted(x) {
        Some(linear(Sampling { form: back, ..how }, gradient, points, x.shape())?)
    } else {
        None
    };
    let (samples, plane) = if how.form == SampleForm::Take { (gradient, x) } else { (x, gradient) };
    let along = |axis: usize, input: &Array| -> Result<Option<Array>> {
        // twice the slope of a line is none
        if how.slopes[axis] || !wanted(input) {
            return Ok(None);
        }
        let mut slopes = how.slopes;
        slopes[axis] = true;
        let slopes = linear(Sampling { form: SampleForm::Take, slopes, ..how }, plane, points, &[])?;
        sum_of_groups(&multiply(samples, &slopes)?, input.shape()[1]).map(Some)
    };
    Ok(vec![to_x, along(0, &points.rows)?, along(1, &points.columns)?])
}

/// (n, c, places) summed over the channels of each group: (n, groups, places).
fn sum_of_groups(x: &Array, groups: i64) -> Result<Array> {
    let (n, c, places) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let split = x.reshape(&[n, groups, c / groups.max(1), places])?;
    reduce::sum(&split, &reduce::Options { axes: Some(&[2]), ..Default::default() })
}
