//! Making arrays: filled ones, ranges, grids, triangles, copies in a memory order. Called by the Rust front and by
//! Python; knows shapes, dtypes and devices, and no other source of values than numbers, positions and arrays.
//!
//! Ranges and masks are written as positions with elementwise operators on top, so they fuse with what uses them.

mod grid;
mod matrix;
mod range;

pub use grid::{
    Indexing, diag_indices, diag_indices_from, indices, indices_sparse, meshgrid, tril_indices,
    tril_indices_from, triu_indices, triu_indices_from,
};
pub use matrix::{diag, diagflat, eye, identity, tri, tril, triu, vander};
pub(crate) use range::counting;
pub use range::{arange, geomspace, linspace, logspace};

use base::promote::{self, Weak};
use base::{DType, Error, Result, Scalar, shape};
use graph::DeviceRef;

use crate::array::inverse;
use crate::{Argument, Array, tape};

/// How elements lie in memory, by NumPy's letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// Last axis fastest.
    #[default]
    C,
    /// First axis fastest.
    F,
    /// `F` where the source is Fortran-contiguous only, else `C`.
    A,
    /// As the source's memory runs.
    K,
}

impl Order {
    /// The order of that letter, in either case.
    pub fn from_name(name: &str) -> Option<Order> {
        Some(match name {
            "C" | "c" => Order::C,
            "F" | "f" => Order::F,
            "A" | "a" => Order::A,
            "K" | "k" => Order::K,
            _ => return None,
        })
    }

    /// The axes of `x`, outermost in memory first, that a fresh array in this order has.
    pub(crate) fn axes(self, x: &Array) -> Vec<usize> {
        let fortran = || (0..x.ndim()).rev().collect();
        match self {
            Order::C => (0..x.ndim()).collect(),
            Order::F => fortran(),
            Order::A if x.view().is_fortran_contiguous() && !x.view().is_contiguous() => fortran(),
            Order::A => (0..x.ndim()).collect(),
            Order::K => x.view().copy_order(),
        }
    }
}

/// A fresh array whose axes lie in memory in this order; `make` fills the permuted shape in C order.
fn laid_out(shape: &[i64], order: &[usize], make: impl FnOnce(&[i64]) -> Result<Array>) -> Result<Array> {
    let permuted: Vec<i64> = order.iter().map(|&axis| shape[axis]).collect();
    let fresh = make(&permuted)?;
    Ok(fresh.with_view(fresh.view().permute(&inverse(order))))
}

fn in_order(shape: &[i64], order: Order, make: impl FnOnce(&[i64]) -> Result<Array>) -> Result<Array> {
    match order {
        Order::F => laid_out(shape, &(0..shape.len()).rev().collect::<Vec<_>>(), make),
        _ => make(shape),
    }
}

/// Uninitialised elements; float32 (float64 with NumPy's dtypes) unless `dtype` is given.
pub fn empty(shape: &[i64], dtype: Option<DType>, order: Order, device: DeviceRef) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(promote::default_float);
    in_order(shape, order, |shape| Array::empty(shape, dtype, device))
        .map_err(|error| error.in_operator("empty"))
}

/// Zeros; float32 (float64 with NumPy's dtypes) unless `dtype` is given.
pub fn zeros(shape: &[i64], dtype: Option<DType>, order: Order, device: DeviceRef) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(promote::default_float);
    in_order(shape, order, |shape| Array::full(shape, Scalar::zero(dtype), dtype, device))
        .map_err(|error| error.in_operator("zeros"))
}

/// Ones; float32 (float64 with NumPy's dtypes) unless `dtype` is given.
pub fn ones(shape: &[i64], dtype: Option<DType>, order: Order, device: DeviceRef) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(promote::default_float);
    in_order(shape, order, |shape| Array::full(shape, Scalar::one(dtype), dtype, device))
        .map_err(|error| error.in_operator("ones"))
}

/// Every element the value (an array value is broadcast). Without `dtype`, a number gives its kind's default dtype and
/// an array its own.
///
/// # Errors
/// Overflow: a Python integer that the dtype cannot hold.
pub fn full(
    shape: &[i64],
    value: Argument,
    dtype: Option<DType>,
    order: Order,
    device: DeviceRef,
) -> Result<Array> {
    let dtype = dtype.unwrap_or_else(|| crate::elementwise::common_dtype(&[value]));
    let made = match value {
        // an array value is laid over the axes as they are named, not as they lie in memory
        Argument::Array(_) => filled(shape, value, dtype, device).and_then(|full| to_order(&full, order)),
        Argument::Scalar(..) => in_order(shape, order, |shape| filled(shape, value, dtype, device)),
    };
    made.map_err(|error| error.in_operator("full"))
}

fn filled(shape: &[i64], value: Argument, dtype: DType, device: DeviceRef) -> Result<Array> {
    match value {
        Argument::Scalar(weak, value) => {
            check_fits(weak, value, dtype)?;
            Array::full(shape, value, dtype, device)
        }
        Argument::Array(value) => {
            let value = value.to_device(device)?.astype(dtype)?;
            copy(&value.broadcast_to(shape)?, Order::C)
        }
    }
}

/// A Python integer must fit an integer dtype.
pub(crate) fn check_fits(weak: Weak, value: Scalar, dtype: DType) -> Result<()> {
    match (weak, value.as_integer(), dtype.integer_range()) {
        (Weak::Integer, Some(number), Some((low, high)))
            if !dtype.is_bool() && !(low..=high).contains(&number) =>
        {
            Err(Error::overflow(format!("Python integer {number} out of bounds for {dtype}")))
        }
        _ => Ok(()),
    }
}

/// What the `*_like` functions take from the prototype unless it is given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Like<'a> {
    pub dtype: Option<DType>,
    /// `None` stands for `K`.
    pub order: Option<Order>,
    pub shape: Option<&'a [i64]>,
    pub device: Option<DeviceRef>,
}

fn like(
    x: &Array,
    like: &Like,
    make: impl FnOnce(&[i64], DType, DeviceRef) -> Result<Array>,
) -> Result<Array> {
    let (dtype, device) = (like.dtype.unwrap_or(x.dtype()), like.device.unwrap_or(x.device()));
    let shape = like.shape.unwrap_or(x.shape());
    shape::check(shape)?;
    let order = like.order.unwrap_or(Order::K);
    let fortran = x.view().is_fortran_contiguous() && !x.view().is_contiguous();
    let axes = match order {
        Order::F => (0..shape.len()).rev().collect(),
        Order::A if fortran => (0..shape.len()).rev().collect(),
        Order::A => (0..shape.len()).collect(),
        _ if shape.len() == x.ndim() => order.axes(x),
        _ => (0..shape.len()).collect(),
    };
    laid_out(shape, &axes, |shape| make(shape, dtype, device))
}

/// Uninitialised elements in the shape, dtype and memory order of `x`.
pub fn empty_like(x: &Array, options: &Like) -> Result<Array> {
    like(x, options, Array::empty).map_err(|error| error.in_operator("empty_like"))
}

/// Zeros in the shape, dtype and memory order of `x`.
pub fn zeros_like(x: &Array, options: &Like) -> Result<Array> {
    like(x, options, |shape, dtype, device| Array::full(shape, Scalar::zero(dtype), dtype, device))
        .map_err(|error| error.in_operator("zeros_like"))
}

/// Ones in the shape, dtype and memory order of `x`.
pub fn ones_like(x: &Array, options: &Like) -> Result<Array> {
    like(x, options, |shape, dtype, device| Array::full(shape, Scalar::one(dtype), dtype, device))
        .map_err(|error| error.in_operator("ones_like"))
}

/// The value everywhere, in the shape, dtype and memory order of `x`.
pub fn full_like(x: &Array, value: Argument, options: &Like) -> Result<Array> {
    match value {
        Argument::Scalar(..) => like(x, options, |shape, dtype, device| filled(shape, value, dtype, device)),
        Argument::Array(_) => {
            let (shape, dtype) = (options.shape.unwrap_or(x.shape()), options.dtype.unwrap_or(x.dtype()));
            filled(shape, value, dtype, options.device.unwrap_or(x.device()))
        }
    }
    .map_err(|error| error.in_operator("full_like"))
}

/// A fresh array with the same elements, its memory in this order.
pub fn copy(x: &Array, order: Order) -> Result<Array> {
    let axes = order.axes(x);
    let fresh = laid_out(x.shape(), &axes, |_| x.with_view(x.view().permute(&axes)).copy())?;
    Ok(tape::record("copy", &[x], fresh, || Box::new(|gradient| Ok(vec![Some(gradient.clone())]))))
}

/// `x` itself where its memory is in this order already, else a copy (`ascontiguousarray`, `asfortranarray`).
pub fn to_order(x: &Array, order: Order) -> Result<Array> {
    let already = match order {
        Order::C => x.view().is_contiguous(),
        Order::F => x.view().is_fortran_contiguous(),
        Order::A => x.view().is_contiguous() || x.view().is_fortran_contiguous(),
        Order::K => true,
    };
    if already { Ok(x.clone()) } else { copy(x, order) }
}

/// A copy of elements in native byte order that begin `offset` bytes into the buffer; `count` -1 takes all.
///
/// # Errors
/// Value: an offset outside the buffer, a buffer too small, or one that is no whole number of elements.
pub fn frombuffer(bytes: &[u8], dtype: DType, count: i64, offset: i64, device: DeviceRef) -> Result<Array> {
    let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).ok_or_else(|| {
        Error::value(format!(
            "frombuffer: offset must be non-negative and no greater than buffer length ({})",
            bytes.len()
        ))
    })?;
    let taken = match usize::try_from(count) {
        Err(_) if rest.len() % dtype.size() != 0 => {
            return Err(Error::value("frombuffer: buffer size must be a multiple of element size"));
        }
        Err(_) => rest,
        Ok(count) => count
            .checked_mul(dtype.size())
            .and_then(|wanted| rest.get(..wanted))
            .ok_or_else(|| Error::value("frombuffer: buffer is smaller than requested size"))?,
    };
    Array::from_bytes(taken, &[(taken.len() / dtype.size()) as i64], dtype, device)
}
