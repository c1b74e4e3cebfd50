//! `Generator` and `RandomState`: draws of NumPy's sequential streams, filled on the host without the interpreter. The
//! classes that users see stand in the package; they inherit [`Draws`] and [`bits::BitStream`].
//!
//! * `bits`: bit generators and seed sequences. `parameters`: what distributions take. `reals`, `widths`, `counts`: distributions.
//!   `integers`: ranges. `vectors`: joint distributions and selections.

mod bits;
mod counts;
mod integers;
mod parameters;
mod reals;
mod vectors;
mod widths;

use std::sync::{Mutex, MutexGuard, PoisonError};

use base::{DType, Error};
use mxnet::array::{Array, DeviceId, DeviceRef, Element, Index, index};
use mxnet::graph::{device, work};
use mxnet::pool;
use mxnet::streams::{Gauss, Source, Team};
use pyo3::prelude::*;
use pyo3::types::PyFloat;

use crate::arguments::{Integers, Place, device_of, truth};
use crate::array::{compute, wrap_any};
use crate::error::Raised;
use crate::reductions::out_array;

type Object<'py> = Bound<'py, PyAny>;

/// What `Generator` and `RandomState` have in common: a bit generator, and for the legacy manner the normal number that
/// waits to be used.
#[pyclass(subclass, frozen, name = "_Draws", module = "mxnet.numpy.random")]
pub(super) struct Draws {
    bits: Py<bits::BitStream>,
    gauss: Option<Mutex<Gauss>>,
}

/// The threads of the pool, for long fills.
struct Threads;

impl Team for Threads {
    fn threads(&self) -> usize {
        pool::threads()
    }

    fn run(&self, parts: usize, body: &(dyn Fn(usize) + Sync)) {
        pool::parallel(parts, body);
    }
}

/// A lock whose holder cannot leave anything half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The host.
fn host() -> PyResult<DeviceRef> {
    device::device(DeviceId::CPU).raised()
}

/// Where results go, and what is written.
#[derive(Clone, Copy, Default)]
pub(super) struct Target<'a, 'py> {
    device: Option<Place>,
    ctx: Option<Place>,
    out: Option<&'a Object<'py>>,
}

impl Draws {
    fn legacy(&self) -> bool {
        self.gauss.is_some()
    }

    /// Runs work on the stream, without the interpreter where it takes long.
    fn work<T: Send>(
        &self,
        py: Python<'_>,
        count: i64,
        work: impl FnOnce(&mut Source, Option<&mut Gauss>) -> T + Send,
    ) -> PyResult<T> {
        let (bits, gauss) = (self.bits.get(), self.gauss.as_ref());
        compute(py, count, || {
            let mut source = lock(bits.source());
            Ok(match gauss {
                None => work(&mut source, None),
                Some(gauss) => work(&mut source, Some(&mut lock(gauss))),
            })
        })
    }

    /// A new array on the host, filled by work on the stream. `T` is a number: fresh memory holds no `bool`s.
    fn fill<T: Element>(
        &self,
        py: Python<'_>,
        shape: &[i64],
        work: impl FnOnce(&mut Source, Option<&mut Gauss>, &mut [T]) + Send,
    ) -> PyResult<Array> {
        let array = Array::empty(shape, T::DTYPE, host()?).raised()?;
        let count = array.size();
        if count > 0 {
            let address = work::host_address(array.operand()).raised()? as usize;
            self.work(py, count, |source, gauss| {
                // SAFETY: the array is fresh and nobody else's, C-contiguous, aligned, and holds `count` elements of T,
                // for which every pattern of bits is a value.
                let out = unsafe { std::slice::from_raw_parts_mut(address as *mut T, count as usize) };
                work(source, gauss, out);
            })?;
        }
        Ok(array)
    }
}

impl<'py> Target<'_, 'py> {
    fn on(device: Option<Place>, ctx: Option<Place>) -> Target<'static, 'py> {
        Target { device, ctx, out: None }
    }

    /// The device where the result goes; also an early check of the arguments.
    fn place(&self) -> PyResult<DeviceRef> {
        device_of(self.ctx, self.device)
    }

    /// The result on its device.
    fn finish(&self, py: Python<'py>, result: Array) -> PyResult<Object<'py>> {
        wrap_any(py, result.to_device(self.place()?).raised()?)
    }

    /// Checks `out`, and gives the shape to fill and whether in reversed order of axes.
    fn out(&self, name: &str, dtype: DType, size: Option<&Integers>, c_order: bool) -> PyResult<Option<Out>> {
        let Some(out) = self.out.filter(|out| !out.is_none()) else { return Ok(None) };
        let array = out_array(name, out)?.get().array().clone();
        let fail = |message: String| Err(crate::error::raise(Error::value(format!("{name}: {message}"))));
        let reversed = !array.view().is_contiguous();
        let view = if reversed { array.transpose(None).raised()? } else { array.clone() };
        if !view.view().is_contiguous() || (reversed && c_order) || !array.is_writable() {
            let wanted = if c_order { "C-contiguous" } else { "contiguous" };
            return fail(format!(
                "Supplied output array must be {wanted}, writable, aligned, and in machine byte-order."
            ));
        }
        if array.dtype() != dtype {
            return Err(crate::error::raise(Error::type_(format!(
                "{name}: Supplied output array has the wrong type. Expected {dtype}, got {}",
                array.dtype()
            ))));
        }
        if size.is_some_and(|size| size.0 != array.shape()) {
            return fail("size must match out.shape when used together".to_owned());
        }
        Ok(Some(Out { array, view }))
    }
}

/// `out=`, and the view of it whose elements stand in memory order.
pub(super) struct Out {
    array: Array,
    view: Array,
}

impl Out {
    /// Writes a result of the view's shape.
    fn write<'py>(self, target: &Target<'_, 'py>, result: &Array) -> PyResult<Object<'py>> {
        let given = target.out.expect("there is an out where it was checked");
        index::set(&self.view, &[Index::Ellipsis], &result.to_device(self.view.device()).raised()?)
            .raised()?;
        debug_assert_eq!(self.array.size(), result.size());
        Ok(given.clone())
    }
}

/// A Python float.
fn float(py: Python<'_>, value: f64) -> PyResult<Object<'_>> {
    Ok(PyFloat::new(py, value).into_any())
}

#[pymethods]
impl Draws {
    #[new]
    #[pyo3(signature = (bits, legacy=false))]
    fn new(bits: Py<bits::BitStream>, #[pyo3(from_py_with = truth)] legacy: bool) -> Draws {
        Draws { bits, gauss: legacy.then(Mutex::default) }
    }

    /// The bit generator.
    ///
    /// Examples
    /// --------
    /// >>> type(np.random.default_rng(1).bit_generator).__name__
    /// 'PCG64'
    #[getter]
    fn bit_generator(&self, py: Python<'_>) -> Py<bits::BitStream> {
        self.bits.clone_ref(py)
    }

    /// The normal number that waits: whether there is one, and its value.
    fn _get_gauss(&self) -> (bool, f64) {
        let gauss = self.gauss.as_ref().map_or_else(Gauss::default, |gauss| *lock(gauss));
        (gauss.full, gauss.value)
    }

    fn _set_gauss(&self, full: bool, value: f64) {
        if let Some(gauss) = &self.gauss {
            *lock(gauss) = Gauss { full, value };
        }
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Draws>()?;
    bits::register(module)
}
