//! Fourier transforms as plain functions of arrays; `mxnet.numpy.fft` gives them NumPy's signatures and documentation.

use mxnet::array::fourier::{self, Normalization};
use mxnet::array::{Array, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::arguments::{Input, Integer, Integers, Place, Type, device_of, dtype_of, truth};
use crate::array::{NdArray, compute, wrap};
use crate::reductions::finish;

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// How much more an element costs than one of an elementwise operator.
const ELEMENT_COST: i64 = 8;

/// `norm=`.
#[derive(Clone, Copy)]
struct Norm(Normalization);

impl FromPyObject<'_, '_> for Norm {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Norm> {
        if object.is_none() {
            return Ok(Norm(Normalization::Backward));
        }
        let name: String = object.extract().unwrap_or_else(|_| object.to_string());
        Normalization::from_name(&name).map(Norm).ok_or_else(|| {
            PyValueError::new_err(format!(
                "Invalid norm value {name}; should be None, \"backward\", \"ortho\" or \"forward\"."
            ))
        })
    }
}

fn transform<'py>(
    py: Python<'py>,
    name: &str,
    a: &Array,
    out: Option<&Object<'py>>,
    work: impl FnOnce(&Array) -> Result<Array> + Send,
) -> PyResult<Object<'py>> {
    let result = compute(py, a.size().saturating_mul(ELEMENT_COST), || work(a))?;
    finish(py, name, result, out)
}

macro_rules! along_an_axis {
    ($($name:ident($x:ident, $n:ident, $axis:ident, $norm:ident) => $work:expr),* $(,)?) => {$(
        #[doc = concat!("See `mxnet.numpy.fft.", stringify!($name), "`.")]
        #[pyfunction]
        fn $name<'py>(
            py: Python<'py>,
            a: Input<'py>,
            n: Option<Integer>,
            axis: Integer,
            norm: Norm,
            out: Option<&Object<'py>>,
        ) -> PyResult<Object<'py>> {
            let ($n, $axis, $norm) = (n.map(|n| n.0), axis.0, norm.0);
            transform(py, stringify!($name), &a, out, |$x| $work)
        }
    )*};
}
along_an_axis! {
    fft(x, n, axis, norm) => fourier::complex(x, n, axis, norm, false),
    ifft(x, n, axis, norm) => fourier::complex(x, n, axis, norm, true),
    rfft(x, n, axis, norm) => fourier::real(x, n, axis, norm),
    irfft(x, n, axis, norm) => fourier::real_inverse(x, n, axis, norm),
    hfft(x, n, axis, norm) => fourier::hermitian(x, n, axis, norm),
    ihfft(x, n, axis, norm) => fourier::hermitian_inverse(x, n, axis, norm),
}

macro_rules! over_axes {
    ($($name:ident($x:ident, $s:ident, $axes:ident, $norm:ident) => $work:expr),* $(,)?) => {$(
        #[doc = concat!("See `mxnet.numpy.fft.", stringify!($name), "`.")]
        #[pyfunction]
        fn $name<'py>(
            py: Python<'py>,
            a: Input<'py>,
            s: Option<Integers>,
            axes: Option<Integers>,
            norm: Norm,
            out: Option<&Object<'py>>,
        ) -> PyResult<Object<'py>> {
            let ($s, $axes, $norm) = (crate::arguments::axes(&s), crate::arguments::axes(&axes), norm.0);
            transform(py, stringify!($name), &a, out, |$x| $work)
        }
    )*};
}
over_axes! {
    fftn(x, s, axes, norm) => fourier::complex_over(x, s, axes, norm, false),
    ifftn(x, s, axes, norm) => fourier::complex_over(x, s, axes, norm, true),
    rfftn(x, s, axes, norm) => fourier::real_over(x, s, axes, norm),
    irfftn(x, s, axes, norm) => fourier::real_inverse_over(x, s, axes, norm),
}

/// The frequencies of a whole or half spectrum.
#[pyfunction]
fn frequencies<'py>(
    py: Python<'py>,
    n: Integer,
    spacing: f64,
    #[pyo3(from_py_with = truth)] half: bool,
    dtype: Option<Type>,
    device: Option<Place>,
    ctx: Option<Place>,
) -> PyResult<Ours<'py>> {
    let (dtype, device) = (dtype_of(dtype), device_of(ctx, device)?);
    wrap(py, compute(py, n.0, || fourier::frequencies(n.0, spacing, half, dtype, device))?)
}

/// Frequency zero moved to the middle, or back.
#[pyfunction]
fn shift<'py>(
    py: Python<'py>,
    x: Input<'py>,
    axes: Option<Integers>,
    #[pyo3(from_py_with = truth)] inverse: bool,
) -> PyResult<Ours<'py>> {
    let (array, axes): (&Array, _) = (&x, crate::arguments::axes(&axes));
    wrap(py, compute(py, array.size(), || fourier::shift(array, axes, inverse))?)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(fft, module)?)?;
    module.add_function(wrap_pyfunction!(ifft, module)?)?;
    module.add_function(wrap_pyfunction!(rfft, module)?)?;
    module.add_function(wrap_pyfunction!(irfft, module)?)?;
    module.add_function(wrap_pyfunction!(hfft, module)?)?;
    module.add_function(wrap_pyfunction!(ihfft, module)?)?;
    module.add_function(wrap_pyfunction!(fftn, module)?)?;
    module.add_function(wrap_pyfunction!(ifftn, module)?)?;
    module.add_function(wrap_pyfunction!(rfftn, module)?)?;
    module.add_function(wrap_pyfunction!(irfftn, module)?)?;
    module.add_function(wrap_pyfunction!(frequencies, module)?)?;
    module.add_function(wrap_pyfunction!(shift, module)?)
}
