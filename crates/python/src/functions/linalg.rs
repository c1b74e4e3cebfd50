//! Linear algebra as plain functions of arrays; `mxnet.numpy.linalg` gives them NumPy's signatures, named results and
//! documentation.

use mxnet::array::linalg::{self, Cutoff, NormOrder, QrMode};
use mxnet::array::{Array, Result};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use crate::arguments::{Input, Inputs, Integer, Integers, truth};
use crate::array::{NdArray, compute, wrap};

type Ours<'py> = Bound<'py, NdArray>;
type Object<'py> = Bound<'py, PyAny>;

/// How much more an element of a matrix costs than one of an elementwise operator.
const ELEMENT_COST: i64 = 32;

/// Work with a matrix, without the interpreter where that pays.
fn factor<'py, T: Send>(
    py: Python<'py>,
    a: &Array,
    work: impl FnOnce(&Array) -> Result<T> + Send,
) -> PyResult<T> {
    compute(py, a.size().saturating_mul(ELEMENT_COST), || work(a))
}

fn tuple(py: Python<'_>, arrays: impl IntoIterator<Item = Array>) -> PyResult<Bound<'_, PyTuple>> {
    let wrapped = arrays.into_iter().map(|array| wrap(py, array)).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(py, wrapped)
}

macro_rules! of_one_matrix {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[pyfunction]
        fn $name<'py>(py: Python<'py>, a: Input<'py>) -> PyResult<Ours<'py>> {
            wrap(py, factor(py, &a, linalg::$name)?)
        }
    )*};
}
of_one_matrix!(
    /// See `mxnet.numpy.linalg.inv`.
    inv,
    /// See `mxnet.numpy.linalg.det`.
    det,
    /// See `mxnet.numpy.linalg.eigvals`.
    eigvals,
    /// See `mxnet.numpy.linalg.svdvals`.
    svdvals,
);

/// Sign and logarithm of the determinant.
#[pyfunction]
fn slogdet<'py>(py: Python<'py>, a: Input<'py>) -> PyResult<Bound<'py, PyTuple>> {
    let (sign, logarithm) = factor(py, &a, linalg::slogdet)?;
    tuple(py, [sign, logarithm])
}

/// Eigenvalues and eigenvectors.
#[pyfunction]
fn eig<'py>(py: Python<'py>, a: Input<'py>) -> PyResult<Bound<'py, PyTuple>> {
    let (values, vectors) = factor(py, &a, linalg::eig)?;
    tuple(py, [values, vectors])
}

/// Eigenvalues and eigenvectors of Hermitian matrices.
#[pyfunction]
fn eigh<'py>(
    py: Python<'py>,
    a: Input<'py>,
    #[pyo3(from_py_with = truth)] upper: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let (values, vectors) = factor(py, &a, |a| linalg::eigh(a, upper))?;
    tuple(py, [values, vectors])
}

/// Eigenvalues of Hermitian matrices.
#[pyfunction]
fn eigvalsh<'py>(
    py: Python<'py>,
    a: Input<'py>,
    #[pyo3(from_py_with = truth)] upper: bool,
) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::eigvalsh(a, upper))?)
}

/// The lower or upper factor.
#[pyfunction]
fn cholesky<'py>(
    py: Python<'py>,
    a: Input<'py>,
    #[pyo3(from_py_with = truth)] upper: bool,
) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::cholesky(a, upper))?)
}

/// u, s and v^H.
#[pyfunction]
fn svd<'py>(
    py: Python<'py>,
    a: Input<'py>,
    #[pyo3(from_py_with = truth)] full: bool,
) -> PyResult<Bound<'py, PyTuple>> {
    let (u, s, vh) = factor(py, &a, |a| linalg::svd(a, full))?;
    tuple(py, [u, s, vh])
}

/// The arrays of an orthogonal factorisation in one of NumPy's modes.
#[pyfunction]
fn qr<'py>(py: Python<'py>, a: Input<'py>, mode: &str) -> PyResult<Bound<'py, PyTuple>> {
    let wanted = QrMode::from_name(mode)
        .ok_or_else(|| PyValueError::new_err(format!("qr: Unrecognized mode '{mode}'")))?;
    tuple(py, factor(py, &a, |a| linalg::qr(a, wanted))?)
}

/// x with a x = b.
#[pyfunction]
fn solve<'py>(py: Python<'py>, a: Input<'py>, b: Input<'py>) -> PyResult<Ours<'py>> {
    let b: &Array = &b;
    wrap(py, factor(py, &a, |a| linalg::solve(a, b))?)
}

/// x with tensordot(a, x, x.ndim) = b.
#[pyfunction]
fn tensorsolve<'py>(
    py: Python<'py>,
    a: Input<'py>,
    b: Input<'py>,
    axes: Option<Integers>,
) -> PyResult<Ours<'py>> {
    let (b, axes): (&Array, _) = (&b, crate::arguments::axes(&axes));
    wrap(py, factor(py, &a, |a| linalg::tensorsolve(a, b, axes))?)
}

/// The inverse of a tensor.
#[pyfunction]
fn tensorinv<'py>(py: Python<'py>, a: Input<'py>, ind: Integer) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::tensorinv(a, ind.0))?)
}

/// A threshold: none, a number, or one for each matrix.
enum Given {
    Epsilon,
    Relative(f64),
    Each(Array),
}

impl FromPyObject<'_, '_> for Given {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Given> {
        if object.is_none() {
            return Ok(Given::Epsilon);
        }
        let array = crate::convert::to_array(&object)?;
        Ok(if array.ndim() == 0 { Given::Relative(object.extract()?) } else { Given::Each(array) })
    }
}

impl Given {
    fn cutoff(&self) -> Cutoff<'_> {
        match self {
            Given::Epsilon => Cutoff::Epsilon,
            Given::Relative(part) => Cutoff::Relative(*part),
            Given::Each(parts) => Cutoff::Each(parts),
        }
    }
}

/// The pseudoinverse.
#[pyfunction]
fn pinv<'py>(
    py: Python<'py>,
    a: Input<'py>,
    cutoff: Given,
    #[pyo3(from_py_with = truth)] hermitian: bool,
) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::pinv(a, cutoff.cutoff(), hermitian))?)
}

/// Solution, residuals, rank and singular values.
#[pyfunction]
fn lstsq<'py>(py: Python<'py>, a: Input<'py>, b: Input<'py>, cutoff: Given) -> PyResult<Bound<'py, PyTuple>> {
    let b: &Array = &b;
    let found = factor(py, &a, |a| linalg::lstsq(a, b, cutoff.cutoff()))?;
    tuple(py, [found.solution, found.residuals, found.rank, found.values])
}

/// The rank, by an absolute or a relative threshold.
#[pyfunction]
fn matrix_rank<'py>(
    py: Python<'py>,
    a: Input<'py>,
    tolerance: Option<Input<'py>>,
    cutoff: Given,
    #[pyo3(from_py_with = truth)] hermitian: bool,
) -> PyResult<Ours<'py>> {
    let tolerance = tolerance.as_deref();
    wrap(py, factor(py, &a, |a| linalg::matrix_rank(a, tolerance, cutoff.cutoff(), hermitian))?)
}

/// `ord`: none, a name or a number.
struct Order(Option<NormOrder>);

impl FromPyObject<'_, '_> for Order {
    type Error = PyErr;
    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Order> {
        if object.is_none() {
            return Ok(Order(None));
        }
        if let Ok(name) = object.cast::<PyString>() {
            let name = name.to_string();
            // the last two are MXNet's
            let infinite = match name.as_str() {
                "inf" => Some(NormOrder::Power(f64::INFINITY)),
                "-inf" => Some(NormOrder::Power(f64::NEG_INFINITY)),
                _ => None,
            };
            return NormOrder::from_name(&name)
                .or(infinite)
                .map(|order| Order(Some(order)))
                .ok_or_else(|| PyValueError::new_err(format!("norm: Invalid norm order '{name}'")));
        }
        object
            .extract::<f64>()
            .map(|order| Order(Some(NormOrder::Power(order))))
            .map_err(|_| PyValueError::new_err("norm: Invalid norm order for matrices."))
    }
}

/// The condition number.
#[pyfunction]
fn cond<'py>(py: Python<'py>, a: Input<'py>, order: Order) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::cond(a, order.0))?)
}

/// The norm of everything, of vectors along an axis or of matrices over two.
#[pyfunction]
fn norm<'py>(
    py: Python<'py>,
    x: Input<'py>,
    order: Order,
    axis: Option<Integers>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    let (array, axes): (&Array, _) = (&x, crate::arguments::axes(&axis));
    wrap(py, compute(py, array.size(), || linalg::norm(array, order.0, axes, keepdims))?)
}

/// The norm of vectors over axes.
#[pyfunction]
fn vector_norm<'py>(
    py: Python<'py>,
    x: Input<'py>,
    order: Order,
    axis: Option<Integers>,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    let (array, axes): (&Array, _) = (&x, crate::arguments::axes(&axis));
    wrap(py, compute(py, array.size(), || linalg::vector_norm(array, order.0, axes, keepdims))?)
}

/// The norm of the matrices in the last two axes.
#[pyfunction]
fn matrix_norm<'py>(
    py: Python<'py>,
    x: Input<'py>,
    order: Order,
    #[pyo3(from_py_with = truth)] keepdims: bool,
) -> PyResult<Ours<'py>> {
    let array: &Array = &x;
    wrap(py, compute(py, array.size(), || linalg::matrix_norm(array, order.0, keepdims))?)
}

/// A matrix to an integer power.
#[pyfunction]
fn matrix_power<'py>(py: Python<'py>, a: Input<'py>, n: Integer) -> PyResult<Ours<'py>> {
    wrap(py, factor(py, &a, |a| linalg::matrix_power(a, n.0))?)
}

/// The product of several matrices.
#[pyfunction]
fn multi_dot<'py>(py: Python<'py>, arrays: Inputs<'py>, out: Option<&Object<'py>>) -> PyResult<Object<'py>> {
    let arrays = arrays.arrays();
    let size = arrays.iter().map(|array| array.size()).max().unwrap_or(0);
    let result = compute(py, size, || linalg::multi_dot(&arrays))?;
    crate::reductions::finish(py, "multi_dot", result, out)
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(inv, module)?)?;
    module.add_function(wrap_pyfunction!(det, module)?)?;
    module.add_function(wrap_pyfunction!(slogdet, module)?)?;
    module.add_function(wrap_pyfunction!(solve, module)?)?;
    module.add_function(wrap_pyfunction!(tensorsolve, module)?)?;
    module.add_function(wrap_pyfunction!(tensorinv, module)?)?;
    module.add_function(wrap_pyfunction!(cholesky, module)?)?;
    module.add_function(wrap_pyfunction!(qr, module)?)?;
    module.add_function(wrap_pyfunction!(svd, module)?)?;
    module.add_function(wrap_pyfunction!(svdvals, module)?)?;
    module.add_function(wrap_pyfunction!(eig, module)?)?;
    module.add_function(wrap_pyfunction!(eigvals, module)?)?;
    module.add_function(wrap_pyfunction!(eigh, module)?)?;
    module.add_function(wrap_pyfunction!(eigvalsh, module)?)?;
    module.add_function(wrap_pyfunction!(pinv, module)?)?;
    module.add_function(wrap_pyfunction!(lstsq, module)?)?;
    module.add_function(wrap_pyfunction!(matrix_rank, module)?)?;
    module.add_function(wrap_pyfunction!(cond, module)?)?;
    module.add_function(wrap_pyfunction!(norm, module)?)?;
    module.add_function(wrap_pyfunction!(vector_norm, module)?)?;
    module.add_function(wrap_pyfunction!(matrix_norm, module)?)?;
    module.add_function(wrap_pyfunction!(matrix_power, module)?)?;
    module.add_function(wrap_pyfunction!(multi_dot, module)?)
}
