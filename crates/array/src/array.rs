//! The array: a handle on a node, seen through a view. Here stand its making, its views and its conversions; what
//! computes stands in the other files. Views share memory by NumPy's rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{DType, Error, Result, Scalar, View, shape};
use graph::node::Sources;
use graph::{DeviceRef, Node, Operand, Source, work};
use graph::{eager, engine, few};
use parking_lot::Mutex;

use crate::tape::Link;

/// An n-dimensional array. Cloning gives another handle on the same elements.
pub struct Array {
    pub(crate) operand: Operand,
    /// Whether this handle may write. Atomic because handles on one array are shared by threads.
    writable: AtomicBool,
    /// What autograd knows of this handle, and the version of the memory when it learned it. In a mutex because
    /// `attach_grad` and in-place writes change it.
    link: Mutex<Option<(Arc<Link>, u32)>>,
}

impl Clone for Array {
    fn clone(&self) -> Array {
        Array {
            operand: self.operand.clone(),
            writable: self.own_flag(),
            link: Mutex::new(self.link.lock().clone()),
        }
    }
}

impl std::fmt::Debug for Array {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Array({} {} on {})", self.dtype(), shape::text(self.shape()), self.device().id)
    }
}

impl Array {
    pub fn from_operand(operand: Operand) -> Array {
        let writable = AtomicBool::new(operand.node.is_writable());
        Array { operand, writable, link: Mutex::new(None) }
    }

    /// A fresh C-contiguous array over all of `node`.
    #[inline]
    pub(crate) fn whole(node: Arc<Node>, shape: &[i64]) -> Array {
        let dtype = node.dtype();
        Array {
            operand: Operand::new(node, View::contiguous(shape), dtype),
            writable: AtomicBool::new(true),
            link: Mutex::new(None),
        }
    }

    /// A fresh array over all of `node`, of this array's shape.
    #[inline]
    pub(crate) fn alike(&self, node: Arc<Node>) -> Array {
        let view = &self.operand.view;
        if view.offset != 0 || !view.is_contiguous() {
            return Array::whole(node, self.shape());
        }
        let dtype = node.dtype();
        Array {
            operand: Operand { node, view: view.clone(), dtype },
            writable: AtomicBool::new(true),
            link: Mutex::new(None),
        }
    }

    /// Uninitialised elements (whatever the memory held).
    pub fn empty(shape: &[i64], dtype: DType, device: DeviceRef) -> Result<Array> {
        shape::check(shape)?;
        Ok(Array::whole(work::allocate(dtype, shape::size(shape)?, device)?, shape))
    }

    /// Every element the same number, converted to `dtype`.
    pub fn full(shape: &[i64], value: Scalar, dtype: DType, device: DeviceRef) -> Result<Array> {
        shape::check(shape)?;
        if let Some(node) = eager::fill(value.cast(dtype), shape::size(shape)?, device) {
            return Ok(Array::whole(node?, shape));
        }
        let mut sources = Sources::new();
        sources.push(Source::Scalar(value.cast(dtype)));
        Ok(Array::whole(engine::map(None, dtype, shape, sources, device)?, shape))
    }

    /// A 0-d array.
    pub fn scalar(value: Scalar, device: DeviceRef) -> Result<Array> {
        Array::full(&[], value, value.dtype(), device)
    }

    /// The int64 numbers `offset + sum(index[k] * strides[k])` over `shape`, converted to `dtype`.
    pub(crate) fn positions(view: View, dtype: DType, device: DeviceRef) -> Result<Array> {
        let shape = view.shape.clone();
        let mut sources = Sources::new();
        sources.push(Source::Position(view));
        Ok(Array::whole(engine::map(None, dtype, &shape, sources, device)?, &shape))
    }

    /// Elements in native byte order, C order.
    pub fn from_bytes(bytes: &[u8], shape: &[i64], dtype: DType, device: DeviceRef) -> Result<Array> {
        shape::check(shape)?;
        if bytes.len() as i128 != shape::size(shape)? as i128 * dtype.size() as i128 {
            let size = shape::size(shape)?;
            return Err(Error::value(format!(
                "{} bytes do not hold {size} elements of {dtype}",
                bytes.len()
            )));
        }
        Ok(Array::whole(work::from_bytes(dtype, bytes, device)?, shape))
    }

    #[inline]
    pub fn shape(&self) -> &[i64] {
        &self.operand.view.shape
    }

    /// Steps between neighbours along each axis, in elements.
    #[inline]
    pub fn strides(&self) -> &[i64] {
        &self.operand.view.strides
    }

    #[inline]
    pub fn ndim(&self) -> usize {
        self.operand.view.ndim()
    }

    #[inline]
    pub fn size(&self) -> i64 {
        self.operand.view.size()
    }

    #[inline]
    pub fn dtype(&self) -> DType {
        self.operand.dtype
    }

    #[inline]
    pub fn device(&self) -> DeviceRef {
        self.operand.node.device()
    }

    #[inline]
    pub fn operand(&self) -> &Operand {
        &self.operand
    }

    #[inline]
    pub fn view(&self) -> &View {
        &self.operand.view
    }

    pub(crate) fn source(&self) -> Source {
        Source::Operand(self.operand.clone())
    }

    #[inline]
    pub fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed) && self.operand.node.is_writable()
    }

    /// Marks this handle as (not) writable; memory that somebody else made read-only stays so.
    pub fn set_writable(&self, writable: bool) -> Result<()> {
        if writable && !self.operand.node.is_writable() {
            return Err(Error::value("cannot set WRITEABLE flag to True of this array"));
        }
        self.writable.store(writable, Ordering::Relaxed);
        Ok(())
    }

    /// The flag for another handle on the same elements.
    fn own_flag(&self) -> AtomicBool {
        AtomicBool::new(self.writable.load(Ordering::Relaxed))
    }

    pub(crate) fn check_writable(&self, operator: &str) -> Result<()> {
        if self.is_writable() {
            Ok(())
        } else {
            Err(Error::value(format!(
                "{operator}: assignment destination is read-only; write into a copy() instead"
            )))
        }
    }

    /// What autograd knows of this handle.
    pub(crate) fn link(&self) -> Option<Arc<Link>> {
        self.link.lock().as_ref().map(|(link, _)| link.clone())
    }

    pub(crate) fn set_link(&self, link: Option<Arc<Link>>) {
        let node = &self.operand.node;
        // the line of a write that was noted stays, for those who needed what was there
        if link.as_ref().is_some_and(|link| link.leaf().is_none()) && node.written_at().is_none() {
            node.watch();
        }
        *self.link.lock() = link.map(|link| (link, node.version()));
    }

    /// Takes over the place on the tape that another handle has.
    pub fn adopt_link(&self, other: &Array) {
        self.set_link(other.link());
    }

    /// Whether another handle wrote into the memory since an operator's result was put on the tape.
    pub(crate) fn link_is_stale(&self) -> bool {
        let version = self.operand.node.version();
        self.link.lock().as_ref().is_some_and(|(link, known)| link.leaf().is_none() && *known != version)
    }

    /// Whether this is a variable, or a view of one that was made while recording.
    pub(crate) fn is_memory_of_variable(&self) -> bool {
        self.link.lock().as_ref().is_some_and(|(link, _)| link.is_memory_of_variable())
    }

    pub(crate) fn shares_node(&self, other: &Array) -> bool {
        Arc::ptr_eq(&self.operand.node, &other.operand.node)
    }

    /// Another handle on the same elements that autograd knows nothing of.
    pub fn detach(&self) -> Array {
        Array { operand: self.operand.clone(), writable: self.own_flag(), link: Mutex::new(None) }
    }

    /// The same memory under another view; not recorded (callers that are operators record it).
    #[inline]
    pub(crate) fn with_view(&self, view: View) -> Array {
        let operand = Operand::new(self.operand.node.clone(), view, self.operand.dtype);
        Array { operand, writable: self.own_flag(), link: Mutex::new(None) }
    }

    /// The same memory read as another dtype; `view` counts elements of it.
    pub(crate) fn with_dtype_view(&self, dtype: DType, view: View) -> Array {
        let operand = Operand::new(self.operand.node.clone(), view, dtype);
        Array { operand, writable: self.own_flag(), link: Mutex::new(None) }
    }

    /// Whether both may share memory (by bounds of their views).
    pub fn may_share_memory(&self, other: &Array) -> bool {
        if !Arc::ptr_eq(&self.operand.node, &other.operand.node) {
            return false;
        }
        let bytes = |array: &Array| {
            let size = array.dtype().size() as i64;
            array.view().bounds().map(|(low, high)| (low * size, (high + 1) * size))
        };
        matches!((bytes(self), bytes(other)), (Some((a, b)), Some((c, d))) if a < d && c < b)
    }

    /// A fresh C-contiguous array with the same elements.
    pub fn copy(&self) -> Result<Array> {
        self.convert(self.dtype(), true)
    }

    /// The elements in another dtype. A fresh array in the memory order of this one (`order='K'`).
    pub fn astype(&self, dtype: DType) -> Result<Array> {
        let converted = self.convert(dtype, false)?;
        Ok(crate::tape::record("astype", &[self], converted, || {
            let from = self.dtype();
            Box::new(move |gradient: &Array| Ok(vec![Some(gradient.astype(from)?)]))
        }))
    }

    /// A fresh array, C-contiguous or in this one's memory order; not recorded.
    pub(crate) fn convert(&self, dtype: DType, c_order: bool) -> Result<Array> {
        if self.view().is_contiguous() {
            let mut sources = Sources::new();
            sources.push(self.source());
            return Ok(self.alike(engine::map(None, dtype, self.shape(), sources, self.device())?));
        }
        let order = if c_order { (0..self.ndim()).collect() } else { self.view().copy_order() };
        let permuted = self.view().permute(&order);
        let shape = permuted.shape.clone();
        let operand = Operand::new(self.operand.node.clone(), permuted, self.dtype());
        let mut sources = Sources::new();
        sources.push(Source::Operand(operand));
        let node = engine::map(None, dtype, &shape, sources, self.device())?;
        let fresh = Array::whole(node, &shape);
        Ok(if c_order { fresh } else { fresh.with_view(fresh.view().permute(&inverse(&order))) })
    }

    /// This array if it is C-contiguous, else a copy.
    pub fn contiguous(&self) -> Result<Array> {
        if self.view().is_contiguous() {
            return Ok(self.clone());
        }
        Ok(crate::tape::record("contiguous", &[self], self.copy()?, || {
            Box::new(|gradient: &Array| Ok(vec![Some(gradient.clone())]))
        }))
    }

    /// The only element.
    pub fn item(&self) -> Result<Scalar> {
        if self.size() != 1 {
            return Err(Error::type_("only length-1 arrays can be converted to Python scalars"));
        }
        work::element(&self.operand)
    }

    /// The element at an index that lies inside the shape.
    pub fn element(&self, index: &[i64]) -> Result<Scalar> {
        let mut offset = self.view().offset;
        for (&at, stride) in index.iter().zip(self.strides()) {
            offset += at * stride;
        }
        work::element_at(&self.operand, offset)
    }

    /// Elements in C order as native bytes, on the host.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        work::to_bytes(&self.contiguous()?.operand)
    }

    /// Computes pending work that this array waits for.
    pub fn wait_to_read(&self) -> Result<()> {
        engine::wait(&self.operand.node)
    }

    /// A copy on another device, or this array if it is there already.
    pub fn to_device(&self, device: DeviceRef) -> Result<Array> {
        if std::ptr::eq(device, self.device()) {
            return Ok(self.clone());
        }
        let moved = Array::from_bytes(&self.to_bytes()?, self.shape(), self.dtype(), device)?;
        let from = self.device();
        Ok(crate::tape::record("to_device", &[self], moved, || {
            Box::new(move |gradient: &Array| Ok(vec![Some(gradient.to_device(from)?)]))
        }))
    }

    /// Writes `value` (broadcast to this shape, converted to this dtype) into this array's memory; not recorded.
    /// `ephemeral` as in [`graph::engine::assign`].
    pub(crate) fn write(&self, value: &Array, ephemeral: bool) -> Result<()> {
        if few::written(&self.operand, &value.operand) {
            return Ok(());
        }
        let here = std::ptr::eq(value.device(), self.device());
        if here && value.shape() == self.shape() && self.view().is_in_memory_order() {
            return engine::assign(&self.operand, &value.source(), ephemeral);
        }
        let view = value.view().broadcast_to(self.shape())?;
        let value =
            if here { value.with_view(view) } else { value.to_device(self.device())?.with_view(view) };
        let order = self.view().memory_order();
        let permuted = |array: &Array| {
            Operand::new(array.operand.node.clone(), array.view().permute(&order), array.dtype())
        };
        let (destination, source) = (permuted(self), permuted(&value));
        drop(value);
        engine::assign(&destination, &Source::Operand(source), ephemeral)
    }

    /// Writes one number into every element.
    pub(crate) fn write_scalar(&self, value: Scalar) -> Result<()> {
        let order = self.view().memory_order();
        let destination = Operand::new(self.operand.node.clone(), self.view().permute(&order), self.dtype());
        engine::assign(&destination, &Source::Scalar(value.cast(self.dtype())), false)
    }
}

/// The permutation that undoes `order`.
pub(crate) fn inverse(order: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; order.len()];
    for (at, &axis) in order.iter().enumerate() {
        inverse[axis] = at;
    }
    inverse
}
