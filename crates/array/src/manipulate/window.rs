//! Views that show elements more than once, or along diagonals: `sliding_window_view`, `as_strided`, `trace`.

use base::{DType, Dims, Error, Result, Scalar, View, shape};

use crate::index::{self, Index};
use crate::{Array, reduce, tape};

/// The window at every place, as new last axes: a read-only view unless `writable`. `axes` are the windows' axes (all
/// without); an axis may come twice.
///
/// # Errors
/// Value: negative windows, windows larger than their axis, wrong numbers of axes.
pub fn sliding_window_view(
    x: &Array,
    windows: &[i64],
    axes: Option<&[i64]>,
    writable: bool,
) -> Result<Array> {
    window_view(x, windows, axes, writable).map_err(|error| error.in_operator("sliding_window_view"))
}

fn window_view(x: &Array, windows: &[i64], axes: Option<&[i64]>, writable: bool) -> Result<Array> {
    if windows.iter().any(|&length| length < 0) {
        return Err(Error::value("`window_shape` cannot contain negative values"));
    }
    let places: Vec<usize> = match axes {
        None if windows.len() != x.ndim() => {
            return Err(Error::value(format!(
                "Since axis is `None`, must provide window_shape for all dimensions of `x`; got {} window_shape \
                 elements and `x.ndim` is {}.",
                windows.len(),
                x.ndim()
            )));
        }
        None => (0..x.ndim()).collect(),
        Some(axes) if axes.len() != windows.len() => {
            return Err(Error::value(format!(
                "Must provide matching length window_shape and axis; got {} window_shape elements and {} axes elements.",
                windows.len(),
                axes.len()
            )));
        }
        Some(axes) => axes.iter().map(|&axis| shape::axis(axis, x.ndim())).collect::<Result<_>>()?,
    };
    let mut lengths = x.view().shape.clone();
    for (&axis, &window) in places.iter().zip(windows) {
        if lengths[axis] < window {
            return Err(Error::value("window shape cannot be larger than input array shape"));
        }
        lengths[axis] -= window - 1;
    }
    lengths.extend_from_slice(windows);
    shape::check(&lengths)?;
    let extended = |strides: &Dims| {
        let mut all = strides.clone();
        all.extend(places.iter().map(|&axis| strides[axis]));
        all
    };
    let view = View { shape: lengths.clone(), strides: extended(&x.view().strides), offset: x.view().offset };
    // the same windows over C-contiguous memory: each shown element's flat place
    let strides = extended(&shape::contiguous_strides(x.shape()));
    overlapping(x, "sliding_window_view", view, View { shape: lengths, strides, offset: 0 }, writable)
}

/// A view that may show elements several times. `places` gives each shown element's flat C-order place in `x`; the
/// gradient is added up there.
fn overlapping(x: &Array, name: &'static str, view: View, places: View, writable: bool) -> Result<Array> {
    let (lengths, dtype, device) = (x.view().shape.clone(), x.dtype(), x.device());
    let shown = x.viewed(name, view, move |gradient| {
        let zeros = Array::full(&[shape::size(&lengths)?], Scalar::zero(dtype), dtype, device)?;
        let indices = [Index::Array(Array::positions(places.clone(), DType::I64, device)?)];
        let again = indices.clone();
        let insert = move |zeros: &Array, gradient: &Array| index::add_at(zeros, &indices, gradient);
        let flat = index::embed(name, zeros, gradient, insert, move |whole| index::get(whole, &again))?;
        flat.reshape(&lengths)
    });
    if !writable {
        shown.set_writable(false)?;
    }
    Ok(shown)
}

/// The memory of `x`, from its first element on, under any shape and strides (in bytes) that stay inside it.
///
/// # Errors
/// Value: strides that leave the memory or are no whole number of elements. Runtime: recording from an array whose
/// elements are not contiguous.
pub fn as_strided(
    x: &Array,
    wanted: Option<&[i64]>,
    byte_strides: Option<&[i64]>,
    writable: bool,
) -> Result<Array> {
    strided(x, wanted, byte_strides, writable).map_err(|error| error.in_operator("as_strided"))
}

fn strided(x: &Array, wanted: Option<&[i64]>, byte_strides: Option<&[i64]>, writable: bool) -> Result<Array> {
    let wanted = wanted.unwrap_or(x.shape());
    shape::check(wanted)?;
    let size = x.dtype().size() as i64;
    let strides: Dims = match byte_strides {
        None => Dims::from_slice(x.strides()),
        Some(given) if given.iter().any(|stride| stride % size != 0) => {
            return Err(Error::value(format!("strides must be multiples of the element size, {size} bytes")));
        }
        Some(given) => given.iter().map(|stride| stride / size).collect(),
    };
    if strides.len() != wanted.len() {
        return Err(Error::value("'strides' must be the same length as 'shape'"));
    }
    let view = View { shape: Dims::from_slice(wanted), strides, offset: x.view().offset };
    x.wait_to_read()?;
    let held = x.operand().node.memory().map_or(0, |(_, bytes)| bytes as i128 / size as i128);
    if let Some((low, high)) = reach(&view)
        && (low < 0 || high >= held)
    {
        return Err(Error::value(format!(
            "the view would reach elements {low} to {high} of memory that holds {held}; use smaller shapes or strides"
        )));
    }
    let recorded = tape::is_recording() && x.link().is_some();
    if recorded && !(x.view().is_contiguous() && inside(&view, x)) {
        return Err(Error::runtime(
            "no gradient for strides over memory that the array does not show; copy it first",
        ));
    }
    let places = View { offset: 0, ..view.clone() };
    overlapping(x, "as_strided", view, places, writable)
}

/// Least and greatest element that a view touches, computed so that no stride overflows.
fn reach(view: &View) -> Option<(i128, i128)> {
    let (mut low, mut high) = (view.offset as i128, view.offset as i128);
    for (&length, &stride) in view.shape.iter().zip(&view.strides) {
        if length == 0 {
            return None;
        }
        let far = (length - 1) as i128 * stride as i128;
        if far < 0 { low += far } else { high += far }
    }
    Some((low, high))
}

fn inside(view: &View, x: &Array) -> bool {
    reach(view).is_none_or(|(low, high)| {
        low >= x.view().offset as i128 && high < x.view().offset as i128 + x.size() as i128
    })
}

/// The sum along a diagonal of two axes.
pub fn trace(x: &Array, offset: i64, first: i64, second: i64, dtype: Option<DType>) -> Result<Array> {
    let diagonal = x.diagonal(offset, first, second).map_err(|error| Error {
        kind: error.kind,
        message: error.message.replacen("diagonal: ", "trace: ", 1),
    })?;
    reduce::sum(&diagonal, &reduce::Options { axes: Some(&[-1]), dtype, ..reduce::Options::default() })
}
