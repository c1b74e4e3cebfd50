//! Views of an array: other shapes, orders and selections of the same memory, each an operator with a gradient.

use base::{DType, Dims, Error, Result, View, shape};

use crate::array::inverse;
use crate::{Array, tape};

/// A shape for the elements of shape `from`, with at most one -1, which stands for what is left.
pub fn resolve_shape(wanted: &[i64], from: &[i64]) -> Result<Dims> {
    let size = shape::size(from)?;
    let mut out = Dims::from_slice(wanted);
    let mut known = 1i64;
    let mut open = None;
    for (axis, &length) in wanted.iter().enumerate() {
        match length {
            -1 if open.is_none() => open = Some(axis),
            -1 => return Err(Error::value("can only specify one unknown dimension")),
            length if length < 0 => return Err(Error::value("negative dimensions are not allowed")),
            length => known = known.saturating_mul(length),
        }
    }
    let fail = || {
        let (from, wanted) = (shape::tight(from), shape::tight(wanted));
        Error::value(format!("cannot reshape array of size {size} and shape {from} into shape {wanted}"))
    };
    match open {
        Some(axis) => {
            if known == 0 || size % known != 0 {
                return Err(fail());
            }
            out[axis] = size / known;
        }
        None if known != size => return Err(fail()),
        None => {}
    }
    shape::check(&out)?;
    Ok(out)
}

/// [`Array::reshape`] to a known shape.
pub(crate) fn array_reshape(x: &Array, wanted: &[i64]) -> Result<Array> {
    x.reshape(wanted)
}

impl Array {
    /// A view under `view`, whose gradient flows back through `back`.
    pub(crate) fn viewed(
        &self,
        name: &'static str,
        view: View,
        back: impl Fn(&Array) -> Result<Array> + Send + Sync + 'static,
    ) -> Array {
        tape::record(name, &[self], self.with_view(view), || {
            Box::new(move |gradient| Ok(vec![Some(back(gradient)?)]))
        })
    }

    /// The same elements in C order under another shape; a view where strides allow it, else a copy. One length may be
    /// -1.
    pub fn reshape(&self, wanted: &[i64]) -> Result<Array> {
        let wanted = resolve_shape(wanted, self.shape()).map_err(|error| error.in_operator("reshape"))?;
        if wanted.as_slice() == self.shape() {
            return Ok(self.viewed("reshape", self.view().clone(), |gradient| Ok(gradient.clone())));
        }
        let from = Dims::from_slice(self.shape());
        match self.view().reshape(&wanted) {
            Some(view) => Ok(self.viewed("reshape", view, move |gradient| gradient.reshape(&from))),
            None => {
                let copy = self.detach().copy()?;
                let copy = copy.with_view(View::contiguous(&wanted));
                Ok(tape::record("reshape", &[self], copy, || {
                    Box::new(move |gradient| Ok(vec![Some(gradient.reshape(&from)?)]))
                }))
            }
        }
    }

    /// Axes in another order; reversed without one.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Array> {
        let order: Vec<usize> = match axes {
            None => (0..self.ndim()).rev().collect(),
            Some(axes) if axes.len() != self.ndim() => {
                return Err(Error::value("transpose: axes don't match array"));
            }
            Some(axes) => shape::axes(axes, self.ndim())
                .map_err(|error| {
                    if error.message.contains("duplicate") {
                        Error::value("transpose: repeated axis in transpose")
                    } else {
                        error.in_operator("transpose")
                    }
                })?
                .to_vec(),
        };
        let back: Vec<i64> = inverse(&order).into_iter().map(|axis| axis as i64).collect();
        Ok(self.viewed("transpose", self.view().permute(&order), move |gradient| {
            gradient.transpose(Some(&back))
        }))
    }

    pub fn swapaxes(&self, first: i64, second: i64) -> Result<Array> {
        let first = shape::axis(first, self.ndim()).map_err(|error| error.in_operator("swapaxes"))?;
        let second = shape::axis(second, self.ndim()).map_err(|error| error.in_operator("swapaxes"))?;
        let mut order: Vec<i64> = (0..self.ndim() as i64).collect();
        order.swap(first, second);
        self.transpose(Some(&order))
    }

    /// The same elements seen over a larger shape, read-only.
    pub fn broadcast_to(&self, wanted: &[i64]) -> Result<Array> {
        shape::check(wanted)?;
        let view = self.view().broadcast_to(wanted).map_err(|error| error.in_operator("broadcast_to"))?;
        let from = self.view().shape.clone();
        let spread = self.viewed("broadcast_to", view, move |gradient| gradient.sum_to(&from));
        spread.set_writable(false)?;
        Ok(spread)
    }

    /// New axes of length 1 at these places of the result.
    pub fn expand_dims(&self, axes: &[i64]) -> Result<Array> {
        let ndim = self.ndim() + axes.len();
        let places = shape::axes(axes, ndim).map_err(|error| error.in_operator("expand_dims"))?;
        let mut lengths = self.view().shape.iter();
        let wanted: Vec<i64> = (0..ndim)
            .map(|axis| if places.contains(&axis) { 1 } else { *lengths.next().unwrap_or(&1) })
            .collect();
        shape::check(&wanted)?;
        let mut view = self.view().clone();
        for axis in 0..ndim {
            if places.contains(&axis) {
                view.insert_axis(axis);
            }
        }
        let from = self.view().shape.clone();
        Ok(self.viewed("expand_dims", view, move |gradient| gradient.reshape(&from)))
    }

    /// Without axes of length 1 (all of them, or those named).
    pub fn squeeze(&self, axes: Option<&[i64]>) -> Result<Array> {
        let gone: Vec<usize> = match axes {
            None => (0..self.ndim()).filter(|&axis| self.shape()[axis] == 1).collect(),
            // as NumPy: an array without axes has nothing to lose
            Some([0 | -1]) if self.ndim() == 0 => Vec::new(),
            Some(axes) => {
                let axes = shape::axes(axes, self.ndim()).map_err(|error| error.in_operator("squeeze"))?;
                if axes.iter().any(|&axis| self.shape()[axis] != 1) {
                    return Err(Error::value(
                        "squeeze: cannot select an axis to squeeze out which has size not equal to one",
                    ));
                }
                axes.to_vec()
            }
        };
        let mut view = self.view().clone();
        for axis in (0..self.ndim()).rev() {
            if gone.contains(&axis) {
                view.shape.remove(axis);
                view.strides.remove(axis);
            }
        }
        let from = self.view().shape.clone();
        Ok(self.viewed("squeeze", view, move |gradient| gradient.reshape(&from)))
    }

    /// The diagonal of two axes as a new last axis; `offset` 0 is the main one.
    pub fn diagonal(&self, offset: i64, first: i64, second: i64) -> Result<Array> {
        if self.ndim() < 2 {
            return Err(Error::value("diagonal: diag requires an array of at least two dimensions"));
        }
        let first = shape::axis(first, self.ndim()).map_err(|error| error.in_operator("diagonal"))?;
        let second = shape::axis(second, self.ndim()).map_err(|error| error.in_operator("diagonal"))?;
        if first == second {
            return Err(Error::value("diagonal: axis1 and axis2 cannot be the same"));
        }
        let (rows, columns) = (self.shape()[first], self.shape()[second]);
        let (row, column) = if offset >= 0 { (0, offset) } else { (offset.saturating_neg(), 0) };
        let length = (rows - row).min(columns - column).max(0);
        let mut view = self.view().clone();
        if length > 0 {
            view.offset += row * view.strides[first] + column * view.strides[second];
        }
        let step = view.strides[first] + view.strides[second];
        for axis in [first.max(second), first.min(second)] {
            view.shape.remove(axis);
            view.strides.remove(axis);
        }
        view.shape.push(length);
        view.strides.push(step);
        let diagonal = self.scattered_view("diagonal", view, move |whole| {
            whole.diagonal(offset, first as i64, second as i64)
        });
        diagonal.set_writable(false)?;
        Ok(diagonal)
    }

    /// A view of some of the elements; the gradient is zeros with the gradient written into the same view of them.
    pub(crate) fn scattered_view(
        &self,
        name: &'static str,
        view: View,
        again: impl Fn(&Array) -> Result<Array> + Send + Sync + 'static,
    ) -> Array {
        let (shape, dtype, device) = (self.view().shape.clone(), self.dtype(), self.device());
        let again = std::sync::Arc::new(again);
        self.viewed(name, view, move |gradient| {
            let zeros = Array::full(&shape, base::Scalar::F64(0.0), dtype, device)?;
            let (place, read) = (again.clone(), again.clone());
            let insert = move |zeros: &Array, gradient: &Array| {
                let place = place(zeros)?;
                place.set_writable(true)?;
                place.write(gradient, false)
            };
            crate::index::embed(name, zeros, gradient, insert, move |whole| read(whole))
        })
    }

    /// The real parts: of complex numbers a view of every other number in memory, otherwise this array.
    pub fn real(&self) -> Result<Array> {
        if self.dtype().is_complex() { self.part(ops::REAL, 0) } else { Ok(self.clone()) }
    }

    /// The imaginary parts: of complex numbers a view, otherwise zeros that cannot be written.
    pub fn imag(&self) -> Result<Array> {
        if self.dtype().is_complex() {
            return self.part(ops::IMAG, 1);
        }
        let zeros = Array::full(self.shape(), base::Scalar::I64(0), self.dtype(), self.device())?;
        zeros.set_writable(false)?;
        Ok(zeros)
    }

    fn part(&self, op: &'static base::Op, which: i64) -> Result<Array> {
        if tape::is_recording() && self.link().is_some() {
            return crate::elementwise::call1(op, self);
        }
        let mut view = self.view().clone();
        view.offset = 2 * view.offset + which;
        view.strides.iter_mut().for_each(|stride| *stride *= 2);
        Ok(self.with_dtype_view(self.dtype().real(), view))
    }

    /// A part of every element, `offset` bytes from its beginning, read as another dtype; not recorded.
    ///
    /// # Errors
    /// Value: a part that leaves the element, or does not lie at a multiple of its own size.
    pub fn field(&self, dtype: DType, offset: i64) -> Result<Array> {
        let (from, to) = (self.dtype().size() as i64, dtype.size() as i64);
        if to > from {
            return Err(Error::value("new type is larger than original type"));
        }
        if offset < 0 || offset > from - to {
            return Err(Error::value(format!(
                "Need 0 <= offset <= {} for requested type but received offset = {offset}",
                from - to
            )));
        }
        if offset % to != 0 {
            return Err(Error::value(format!(
                "getfield: {dtype} at byte {offset} does not lie at a multiple of its size; copy() and view(dtype) \
                 reach such bytes"
            )));
        }
        let mut view = self.view().clone();
        view.offset = (view.offset * from + offset) / to;
        view.strides.iter_mut().for_each(|stride| *stride *= from / to);
        Ok(self.with_dtype_view(dtype, view))
    }

    /// The memory read as another dtype of the same size, or of another size where the last axis is contiguous.
    pub fn view_as(&self, dtype: DType) -> Result<Array> {
        if dtype == self.dtype() {
            return Ok(self.viewed("view", self.view().clone(), |gradient| Ok(gradient.clone())));
        }
        let (from, to) = (self.dtype().size() as i64, dtype.size() as i64);
        let mut view = self.view().clone();
        let alignment = dtype.real().size();
        // (only memory of others can lie anywhere)
        if self.operand().node.memory().is_some_and(|(data, _)| data.addr().get() % alignment != 0) {
            return Err(Error::value(format!(
                "view: the memory does not lie at a multiple of {alignment} bytes, as {dtype} needs; copy() it first"
            )));
        }
        if from != to {
            let Some(last) = self.ndim().checked_sub(1) else {
                return Err(Error::value(
                    "Changing the dtype of a 0d array is only supported if the itemsize is unchanged",
                ));
            };
            if view.strides[last] != 1 && view.shape[last] != 1 {
                return Err(Error::value(
                    "To change to a dtype of a different size, the last axis must be contiguous",
                ));
            }
            let bytes = view.shape[last] * from;
            let aligned = view.offset * from % to == 0
                && view.strides[..last]
                    .iter()
                    .zip(&view.shape)
                    .all(|(stride, &n)| n <= 1 || stride * from % to == 0);
            if bytes % to != 0 || !aligned {
                return Err(Error::value(
                    "When changing to a larger dtype, its size must be a divisor of the total size in bytes of the \
                     last axis of the array.",
                ));
            }
            view.offset = view.offset * from / to;
            for stride in &mut view.strides[..last] {
                *stride = *stride * from / to;
            }
            view.strides[last] = 1;
            view.shape[last] = bytes / to;
        }
        Ok(self.with_dtype_view(dtype, view))
    }
}
