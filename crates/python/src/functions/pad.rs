//! `pad`: borders around an array, by a mode or by a function. What the widths and options may look like; the borders
//! themselves are made by `array`.

// PyO3's expansion of functions that a macro writes calls unsafe functions of its own.
#![allow(unsafe_op_in_unsafe_fn)]

use base::Scalar;
use mxnet::array::create::{self, Order};
use mxnet::array::manipulate::{self, PadMode};
use mxnet::array::{Array, Index};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::arguments::Input;
use crate::array::{NdArray, wrap_view};
use crate::convert;
use crate::error::Raised;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// Pairs (before, after): `2`, `(1, 2)`, `((1, 2),)` or one pair per axis.
fn pairs<T: Copy>(given: &Object<'_>, read: &dyn Fn(&Object<'_>) -> PyResult<T>) -> PyResult<Vec<(T, T)>> {
    if is_number(given) {
        return Ok(vec![pair(given, read)?]);
    }
    let items = given.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    if items.iter().all(is_number) {
        return Ok(vec![pair(given, read)?]);
    }
    items.iter().map(|item| pair(item, read)).collect()
}

/// Whole numbers, (before, after) for one or all axes.
fn widths(given: &Object<'_>) -> PyResult<Vec<(i64, i64)>> {
    let whole = |one: &Object<'_>| {
        convert::to_integer(one).map_err(|_| PyTypeError::new_err("`pad_width` must be of integral type."))
    };
    if given.is_instance_of::<PyString>() || !is_number(given) && given.try_iter().is_err() {
        return Err(PyTypeError::new_err("`pad_width` must be of integral type."));
    }
    pairs(given, &whole)
}

fn is_number(object: &Object<'_>) -> bool {
    crate::number::number(object).is_some()
        || crate::foreign::is_numpy_scalar(object)
        || object.hasattr("__index__").unwrap_or(false) && object.len().is_err()
}

/// `2`, `(2,)` or `(1, 2)`.
fn pair<T: Copy>(given: &Object<'_>, read: &dyn Fn(&Object<'_>) -> PyResult<T>) -> PyResult<(T, T)> {
    if is_number(given) {
        let one = read(given)?;
        return Ok((one, one));
    }
    let items = given.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    match items.as_slice() {
        [one] if is_number(one) => read(one).map(|one| (one, one)),
        [before, after] if is_number(before) && is_number(after) => Ok((read(before)?, read(after)?)),
        [first, ..] if !is_number(first) && !first.is_none() && first.try_iter().is_ok() => {
            Err(PyValueError::new_err("input operand has more dimensions than allowed by the axis remapping"))
        }
        items if items.iter().all(is_number) => Err(PyValueError::new_err(format!(
            "operands could not be broadcast together with remapped shapes [original->remapped]: ({},): pairs \
             (before, after) are wanted, one for all axes or one per axis",
            items.len()
        ))),
        // what is no number at all fails in words of its own
        items => items.iter().try_for_each(|item| read(item).map(|_| ())).and(Err(PyValueError::new_err(
            "pairs (before, after) are wanted, one for all axes or one per axis",
        ))),
    }
}

/// Widths of some axes, `{axis: width or pair}`; the others get none.
fn widths_by_axis(array: &Array, given: &Bound<'_, PyDict>) -> PyResult<Vec<(i64, i64)>> {
    let mut widths = vec![(0, 0); array.ndim()];
    for (axis, width) in given.iter() {
        let axis = base::shape::axis(convert::to_integer(&axis)?, array.ndim()).raised()?;
        widths[axis] = pair(&width, &convert::to_integer)?;
    }
    Ok(widths)
}

fn pad_mode(array: &Array, mode: &str, options: Option<&Bound<'_, PyDict>>) -> PyResult<PadMode> {
    let option = |name: &str| options.and_then(|options| options.get_item(name).ok().flatten());
    let dtype = array.dtype();
    let values = |name: &str| match option(name) {
        Some(given) => pairs(&given, &|one| convert::to_scalar(one, dtype)),
        None => Ok(vec![(Scalar::zero(dtype), Scalar::zero(dtype))]),
    };
    let lengths = || match option("stat_length") {
        Some(given) if !given.is_none() => pairs(&given, &convert::to_integer).map(Some),
        _ => Ok(None),
    };
    let odd = || -> PyResult<bool> {
        Ok(match option("reflect_type") {
            Some(kind) => kind.extract::<String>()? == "odd",
            None => false,
        })
    };
    Ok(match mode {
        "constant" => PadMode::Constant(values("constant_values")?),
        "edge" => PadMode::Edge,
        "linear_ramp" => PadMode::LinearRamp(values("end_values")?),
        "maximum" => PadMode::Maximum(lengths()?),
        "minimum" => PadMode::Minimum(lengths()?),
        "mean" => PadMode::Mean(lengths()?),
        "median" => PadMode::Median(lengths()?),
        "reflect" => PadMode::Reflect { odd: odd()? },
        "symmetric" => PadMode::Symmetric { odd: odd()? },
        "wrap" => PadMode::Wrap,
        "empty" => PadMode::Empty,
        other => return Err(unsupported(other)),
    })
}

fn unsupported(mode: &str) -> PyErr {
    PyValueError::new_err(format!("mode '{mode}' is not supported"))
}

/// Keywords that the mode does not read are an error.
fn check_options(mode: &str, given: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
    let known = match mode {
        "constant" => "constant_values",
        "linear_ramp" => "end_values",
        "maximum" | "minimum" | "mean" | "median" => "stat_length",
        "reflect" | "symmetric" => "reflect_type",
        _ => "",
    };
    for key in given.iter().flat_map(|given| given.keys()) {
        if key.extract::<String>()? != known {
            return Err(PyValueError::new_err(format!(
                "unsupported keyword arguments for mode '{mode}': {{{}}}",
                key.repr()?
            )));
        }
    }
    Ok(())
}

/// The array with a border.
///
/// Parameters
/// ----------
/// array : array_like
/// pad_width : int, or (before, after), or one such pair per axis, or a dict from axis to int or pair
/// mode : str or function, optional
///     'constant', 'edge', 'linear_ramp', 'maximum', 'minimum', 'mean', 'median', 'reflect', 'symmetric', 'wrap',
///     'empty'; or a function `fill(vector, (before, after), axis, kwargs)` that writes into both ends of every line.
/// **kwargs
///     constant_values, end_values, stat_length, reflect_type; what the function is given.
///
/// Returns
/// -------
/// ndarray
///
/// Raises
/// ------
/// ValueError
///     A negative width, or another mode.
///
/// Examples
/// --------
/// >>> np.pad(np.array([1, 2]), 1)
/// array([0., 1., 2., 0.])
#[pyfunction]
#[pyo3(signature = (array, pad_width, mode=None, **kwargs),
    text_signature = "(array, pad_width, mode='constant', **kwargs)")]
fn pad<'py>(
    array: Input<'py>,
    pad_width: &Object<'py>,
    mode: Option<&Object<'py>>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Ours<'py>> {
    let widths = match pad_width.cast::<PyDict>() {
        Ok(by_axis) => widths_by_axis(&array, by_axis)?,
        Err(_) => widths(pad_width)?,
    };
    if let Some(fill) = mode.filter(|mode| mode.is_callable()) {
        let zero = Scalar::zero(array.dtype());
        let padded = padded(&array, &widths, &PadMode::Constant(vec![(zero, zero)]))?;
        let widths = manipulate::border_widths(&widths, array.ndim()).raised()?;
        fill_borders(&padded, &widths, fill, kwargs)?;
        return Ok(padded);
    }
    let mode = match mode {
        Some(mode) => mode
            .extract()
            .map_err(|_| unsupported(&mode.str().map_or_else(|_| "?".into(), |text| text.to_string())))?,
        None => "constant",
    };
    check_options(mode, kwargs)?;
    padded(&array, &widths, &pad_mode(&array, mode, kwargs)?)
}

/// The border in place, and an array in Fortran order again in that order.
fn padded<'py>(array: &Input<'py>, widths: &[(i64, i64)], mode: &PadMode) -> PyResult<Ours<'py>> {
    let source: &Array = array;
    let fortran = source.view().is_fortran_contiguous() && !source.view().is_contiguous();
    let order = if fortran { Order::F } else { Order::C };
    array.fresh(manipulate::pad(array, widths, mode).and_then(|padded| create::to_order(&padded, order)))
}

/// The next place in C order.
fn advance(place: &mut [i64], shape: &[i64]) {
    for (at, &length) in place.iter_mut().zip(shape).rev() {
        *at += 1;
        if *at < length {
            return;
        }
        *at = 0;
    }
}

/// Calls `fill` with every line of every axis, one axis after the other.
fn fill_borders<'py>(
    padded: &Ours<'py>,
    widths: &[(i64, i64)],
    fill: &Object<'py>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let py = padded.py();
    let kwargs = kwargs.map_or_else(|| PyDict::new(py), Clone::clone);
    for (axis, &width) in widths.iter().enumerate() {
        let lines = padded.get().array().swapaxes(axis as i64, -1).raised()?;
        let outer = &lines.shape()[..lines.ndim() - 1];
        let mut place = vec![0; outer.len()];
        for _ in 0..base::shape::size(outer).raised()? {
            let indices: Vec<Index> = place.iter().map(|&at| Index::Integer(at)).collect();
            let line = lines.get(&indices).raised()?;
            fill.call1((wrap_view(padded, line)?, width, axis, &kwargs))?;
            advance(&mut place, outer);
        }
    }
    Ok(())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pad, module)?)
}
