"""Linear algebra: decompositions, solutions and norms, judged by NumPy and by what defines them. A little over
the usual length: every table of matrices is used by several tests."""

import itertools

import numpy as onp
import pytest

from mxnet import np
from oracle import host, lowered

DTYPES = ["float32", "float64", "complex64", "complex128"]
TOLERANCE = {"float32": 2e-4, "complex64": 2e-4, "float64": 1e-10, "complex128": 1e-10}
SQUARE = [(1, 1), (2, 2), (5, 5), (33, 33), (70, 70), (3, 4, 4), (2, 1, 3, 3), (0, 3, 3), (0, 0), (2, 0, 0), (40, 8, 8)]
ANY = [(1, 1), (4, 4), (7, 3), (3, 7), (90, 40), (40, 90), (2, 5, 3), (2, 3, 5), (0, 4), (4, 0), (2, 0, 3), (64, 64)]
dtypes_parameter = pytest.mark.parametrize("dtype", DTYPES)


def matrix(shape, dtype, seed=0):
    random = onp.random.default_rng([seed, *shape])
    values = random.standard_normal(shape)
    if onp.dtype(dtype).kind == "c":
        values = values + 1j * random.standard_normal(shape)
    return values.astype(dtype)


def regular(shape, dtype, seed=0):
    """Random, with a diagonal that keeps the condition number small."""
    return (matrix(shape, dtype, seed) + 2 * onp.sqrt(shape[-1]) * onp.eye(shape[-1])).astype(dtype)


def definite(shape, dtype):
    x = matrix(shape, dtype)
    return (x @ x.conj().swapaxes(-1, -2) + shape[-1] * onp.eye(shape[-1])).astype(dtype)


def close(got, want, dtype, scale=1.0):
    got = host(got)
    want = onp.asarray(want)
    assert got.shape == want.shape
    size = onp.max(onp.abs(want), initial=1.0)
    onp.testing.assert_allclose(got, want, rtol=0, atol=TOLERANCE[str(dtype)] * size * scale)


def adjoint(x):
    return x.conj().swapaxes(-1, -2)


@dtypes_parameter
@pytest.mark.parametrize("shape", SQUARE, ids=str)
@pytest.mark.parametrize("name", ["inv", "det", "slogdet"])
def test_of_square_matrices(name, shape, dtype):
    x = regular(shape, dtype)
    got, want = getattr(np.linalg, name)(np.array(x)), getattr(onp.linalg, name)(x)
    if name == "slogdet":
        assert got._fields == ("sign", "logabsdet")
        for one, other in zip(got, want, strict=True):
            assert host(one).dtype == other.dtype
            close(one, other, dtype)
        return
    assert host(got).dtype == want.dtype
    if name == "det":
        # relative to each determinant: they differ by many powers of ten
        onp.testing.assert_allclose(host(got), want, rtol=TOLERANCE[dtype] * 10)
    else:
        close(got, want, dtype)


@dtypes_parameter
@pytest.mark.parametrize(
    "shapes",
    [
        ((3, 3), (3,)),
        ((3, 3), (3, 1)),
        ((3, 3), (3, 7)),
        ((70, 70), (70, 90)),
        ((50, 50), (50,)),
        ((4, 3, 3), (3,)),
        ((4, 1, 3, 3), (5, 3, 2)),
        ((3, 3), (4, 3, 2)),
        ((0, 0), (0, 2)),
        ((0, 0), (0,)),
        ((2, 2), (2, 0)),
        ((0, 2, 2), (2, 3)),
    ],
    ids=str,
)
def test_solve(shapes, dtype):
    a, b = regular(shapes[0], dtype), matrix(shapes[1], dtype, 1)
    got, want = np.linalg.solve(np.array(a), np.array(b)), onp.linalg.solve(a, b)
    assert host(got).dtype == want.dtype
    close(got, want, dtype)


@dtypes_parameter
@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("shape", SQUARE, ids=str)
def test_cholesky(shape, upper, dtype):
    x = definite(shape, dtype)
    # what lies in the other triangle does not count
    x = x + (onp.tril if upper else onp.triu)(onp.full(shape, 7, x.dtype), -1 if upper else 1)
    close(np.linalg.cholesky(np.array(x), upper=upper), onp.linalg.cholesky(x, upper=upper), dtype)


@dtypes_parameter
@pytest.mark.parametrize("mode", ["reduced", "complete", "r", "raw"])
@pytest.mark.parametrize("shape", ANY, ids=str)
def test_qr(shape, mode, dtype):
    x = matrix(shape, dtype)
    got, want = np.linalg.qr(np.array(x), mode), onp.linalg.qr(x, mode)
    if mode == "r":
        return close(got, want, dtype)
    if mode in ("reduced", "complete"):
        assert got._fields == ("Q", "R")
        q, r = host(got.Q), host(got.R)
        close(q @ r, x, dtype)
        close(adjoint(q) @ q, onp.broadcast_to(onp.eye(q.shape[-1]), (*q.shape[:-2], q.shape[-1], q.shape[-1])), dtype)
    # our reflections are LAPACK's, so the factors agree and not only their product; the columns beyond those of the
    # matrix are determined by them too
    for one, other in zip(got, want, strict=True):
        close(one, other, dtype)


@dtypes_parameter
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", ANY, ids=str)
def test_svd(shape, full, dtype):
    x = matrix(shape, dtype)
    got, want = np.linalg.svd(np.array(x), full_matrices=full), onp.linalg.svd(x, full_matrices=full)
    assert got._fields == ("U", "S", "Vh")
    for one, other in zip(got, want, strict=True):
        assert host(one).dtype == other.dtype and one.shape == other.shape
    u, s, vh = map(host, got)
    k = min(shape[-2:])
    close(s, want.S, dtype)
    close((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], x, dtype)
    for basis in (adjoint(u) @ u, vh @ adjoint(vh)):
        close(basis, onp.broadcast_to(onp.eye(basis.shape[-1]), basis.shape), dtype)
    close(np.linalg.svdvals(np.array(x)), want.S, dtype)
    close(np.linalg.svd(np.array(x), compute_uv=False), want.S, dtype)


@dtypes_parameter
@pytest.mark.parametrize("uplo", ["L", "U"])
@pytest.mark.parametrize("shape", SQUARE, ids=str)
def test_eigh(shape, uplo, dtype):
    x = matrix(shape, dtype)
    x = x + adjoint(x)
    other_triangle = (onp.triu if uplo == "L" else onp.tril)(onp.full(shape, 5, x.dtype), 1 if uplo == "L" else -1)
    given = np.array(x + other_triangle)
    w, v = np.linalg.eigh(given, UPLO=uplo)
    assert np.linalg.eigh(given, uplo)._fields == ("eigenvalues", "eigenvectors")
    close(w, onp.linalg.eigvalsh(x), dtype)
    close(np.linalg.eigvalsh(given, UPLO=uplo), onp.linalg.eigvalsh(x), dtype)
    v = host(v)
    close(x @ v, v * host(w)[..., None, :], dtype)
    close(adjoint(v) @ v, onp.broadcast_to(onp.eye(shape[-1]), shape), dtype)


@dtypes_parameter
@pytest.mark.parametrize("shape", [*SQUARE, (3, 20, 20)], ids=str)
def test_eig(shape, dtype):
    x = matrix(shape, dtype)
    got, want = np.linalg.eig(np.array(x)), onp.linalg.eig(x)
    w, v = map(host, got)
    assert got._fields == ("eigenvalues", "eigenvectors")
    assert (w.dtype, v.dtype) == (want.eigenvalues.dtype, want.eigenvectors.dtype)
    assert w.shape == want.eigenvalues.shape and v.shape == want.eigenvectors.shape
    close(x @ v, v * w[..., None, :], dtype, 10)
    onp.testing.assert_allclose(onp.linalg.norm(v, axis=-2), onp.ones_like(w, dtype=float), rtol=1e-5)
    values = host(np.linalg.eigvals(np.array(x)))
    assert values.dtype == want.eigenvalues.dtype
    for found in (w, values) if x.size else ():
        # the order is not NumPy's: each eigenvalue has its own nearest partner
        rows = [values.reshape(onp.prod(shape[:-2], dtype=int), shape[-1]) for values in (found, want.eigenvalues)]
        for one, other in zip(*rows, strict=True):
            distance = onp.abs(one[:, None] - other[None, :])
            assert sorted(distance.argmin(1)) == list(range(shape[-1]))
            assert distance.min(1).max() < 50 * TOLERANCE[dtype]


def test_eig_of_real_eigenvalues_is_real():
    w, v = np.linalg.eig(np.array([[2.0, 1.0], [1.0, 2.0]]))
    assert w.dtype == v.dtype == onp.float32
    assert np.linalg.eigvals(np.eye(3)).dtype == onp.float32
    # one complex pair makes all of a stack complex
    assert np.linalg.eigvals(np.array([[[2.0, 0], [0, 1]], [[0, -1], [1, 0]]])).dtype == onp.complex64


@dtypes_parameter
@pytest.mark.parametrize("hermitian", [False, True])
@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3), (5, 5)], ids=str)
def test_hermitian_arguments(shape, hermitian, dtype):
    x = matrix(shape, dtype)
    x = x + adjoint(x)
    close(np.linalg.pinv(np.array(x), hermitian=hermitian), onp.linalg.pinv(x), dtype, 10)
    assert (host(np.linalg.matrix_rank(np.array(x), hermitian=hermitian)) == shape[-1]).all()
    u, s, vh = map(host, np.linalg.svd(np.array(x), hermitian=hermitian))
    close((u * s[..., None, :]) @ vh, x, dtype)
    close(np.linalg.svd(np.array(x), compute_uv=False, hermitian=hermitian), onp.linalg.svdvals(x), dtype)


@dtypes_parameter
@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (2, 4, 3), (0, 3), (3, 0)], ids=str)
def test_pinv_and_rank(shape, dtype):
    x = matrix(shape, dtype)
    close(np.linalg.pinv(np.array(x)), onp.linalg.pinv(x), dtype, 10)
    close(np.linalg.pinv(np.array(x), rcond=0.5), onp.linalg.pinv(x, rcond=0.5), dtype, 10)
    close(np.linalg.pinv(np.array(x), rtol=None), onp.linalg.pinv(x, rtol=None), dtype, 10)
    rank = np.linalg.matrix_rank(np.array(x))
    assert rank.dtype == onp.int64
    onp.testing.assert_array_equal(host(rank), onp.linalg.matrix_rank(x))
    onp.testing.assert_array_equal(
        host(np.linalg.matrix_rank(np.array(x), tol=1.5)), onp.linalg.matrix_rank(x, tol=1.5)
    )


def test_rank_of_few_axes_and_deficient_matrices():
    x = onp.outer(onp.arange(1.0, 5), onp.arange(1.0, 4))
    assert int(np.linalg.matrix_rank(np.array(x))) == 1
    assert int(np.linalg.matrix_rank(np.zeros(3))) == 0
    assert int(np.linalg.matrix_rank(np.array(3.0))) == 1
    close(np.linalg.pinv(np.array(x), rtol=1e-12), onp.linalg.pinv(x), "float64")
    both = onp.stack([x, onp.eye(4, 3)])
    tolerances = onp.array([1e-8, 2.0])
    assert host(np.linalg.matrix_rank(np.array(both), tol=np.array(tolerances))).tolist() == [1, 0]


@dtypes_parameter
@pytest.mark.parametrize("right", [(6,), (6, 2)], ids=str)
@pytest.mark.parametrize("columns", [3, 6, 9])
def test_lstsq(columns, right, dtype):
    a, b = matrix((6, columns), dtype), matrix(right, dtype, 1)
    got, want = np.linalg.lstsq(np.array(a), np.array(b)), onp.linalg.lstsq(a, b)
    for one, other in zip(got, want, strict=True):
        close(one, other, dtype, 10)
    assert got[2].dtype == onp.int64
    assert [host(one).dtype for one in (got[0], got[1], got[3])] == [want[0].dtype, want[1].dtype, want[3].dtype]


def test_lstsq_of_deficient_and_empty_matrices():
    a = onp.outer(onp.arange(1.0, 6), [1.0, 2.0])
    b = onp.arange(5.0)
    for one, other in zip(np.linalg.lstsq(np.array(a), np.array(b)), onp.linalg.lstsq(a, b), strict=True):
        close(one, other, "float64")
    for shapes in (((0, 2), (0, 3)), ((3, 0), (3, 2)), ((3, 0), (3,))):
        a, b = map(onp.zeros, shapes)
        for one, other in zip(np.linalg.lstsq(np.array(a), np.array(b)), onp.linalg.lstsq(a, b), strict=True):
            close(one, other, "float64")


NORMS = [
    *[((5,), dict(ord=order)) for order in (None, 2, 1, 0, 3, -1, -2, 0.5, onp.inf, -onp.inf)],
    *[((3, 4), dict(ord=order)) for order in (None, "fro", "nuc", 1, -1, 2, -2, onp.inf, -onp.inf)],
    *[((2, 3, 4), dict(ord=order, axis=(0, 2))) for order in (None, "fro", "nuc", 1, -1, 2, -2, onp.inf, -onp.inf)],
    *[((2, 3, 4), dict(ord=order, axis=1)) for order in (None, 2, 1, 0, 3, onp.inf)],
    ((2, 3, 4), dict(ord=None)),
    ((2, 3, 4), dict(axis=(-1, 0), ord=2, keepdims=True)),
    ((2, 3, 4), dict(axis=-1, keepdims=True)),
    ((2, 3, 4), dict(keepdims=True)),
    ((), {}),
    ((0,), {}),
    ((0, 3), {}),
    ((0,), dict(ord=onp.inf)),
]


@pytest.mark.parametrize("dtype", [*DTYPES, "int32", "bool"])
@pytest.mark.parametrize("shape, arguments", NORMS, ids=str)
def test_norm(shape, arguments, dtype):
    x = (matrix(shape, "complex128" if dtype.startswith("complex") else "float64") * 3).astype(dtype)
    want = onp.linalg.norm(x, **arguments)
    got = np.linalg.norm(np.array(x), **arguments)
    expected = str(want.dtype) if dtype in DTYPES else lowered(want.dtype)
    assert str(host(got).dtype) == expected
    close(got, want, expected)


@dtypes_parameter
def test_vector_and_matrix_norms(dtype):
    x = matrix((2, 3, 4), dtype)
    for arguments in ({}, dict(axis=1), dict(axis=(0, 2)), dict(ord=1, axis=(0, 1)), dict(ord=3, keepdims=True)):
        close(np.linalg.vector_norm(np.array(x), **arguments), onp.linalg.vector_norm(x, **arguments), dtype)
    for order in ("fro", "nuc", 1, 2, -2, onp.inf):
        for keepdims in (False, True):
            arguments = dict(ord=order, keepdims=keepdims)
            close(np.linalg.matrix_norm(np.array(x), **arguments), onp.linalg.matrix_norm(x, **arguments), dtype)


@dtypes_parameter
@pytest.mark.parametrize("order", [None, 2, -2, 1, -1, onp.inf, -onp.inf, "fro", "nuc"])
def test_cond(order, dtype):
    for shape in ((4, 4), (3, 2, 2)):
        x = regular(shape, dtype)
        close(np.linalg.cond(np.array(x), order), onp.linalg.cond(x, order), dtype, 20)
    singular = onp.array([[[1, 1], [1, 1]], [[1, 2], [3, 4]]], dtype)
    got = host(np.linalg.cond(np.array(singular), order))
    close(got[1], onp.linalg.cond(singular[1], order), dtype, 50)
    if order not in (None, 2, -2):
        assert onp.isinf(got[0])


@pytest.mark.parametrize("power", [0, 1, 2, 3, 7, 10, -1, -3])
@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2), (0, 0)], ids=str)
def test_matrix_power(shape, power):
    x = regular(shape, "float64")
    close(np.linalg.matrix_power(np.array(x), power), onp.linalg.matrix_power(x, power), "float64")
    if power >= 0:
        integers = onp.arange(onp.prod(shape)).reshape(shape) % 3
        got = np.linalg.matrix_power(np.array(integers), power)
        assert got.dtype == onp.int64
        onp.testing.assert_array_equal(host(got), onp.linalg.matrix_power(integers, power))


@pytest.mark.parametrize("lengths", [(2, 3), (2, 3, 4), (5, 1, 7, 2), (3, 30, 2, 20, 4), (4, 0, 3, 2)], ids=str)
def test_multi_dot(lengths):
    arrays = [matrix(pair, "float64", at) for at, pair in enumerate(itertools.pairwise(lengths))]
    if len(arrays) < 2:
        arrays.append(matrix((lengths[-1], 2), "float64"))
    given = [np.array(array) for array in arrays]
    close(np.linalg.multi_dot(given), onp.linalg.multi_dot(arrays), "float64")
    for first, last in ((True, False), (False, True), (True, True)):
        cut = [array[0] if first and not at else array for at, array in enumerate(arrays)]
        cut[-1] = cut[-1][:, 0] if last else cut[-1]
        close(np.linalg.multi_dot([np.array(array) for array in cut]), onp.linalg.multi_dot(cut), "float64")
    out = np.zeros(onp.linalg.multi_dot(arrays).shape, dtype="float64")
    assert np.linalg.multi_dot(given, out=out) is out
    close(out, onp.linalg.multi_dot(arrays), "float64")


def test_tensors():
    a, b = regular((24, 24), "float64").reshape(2, 3, 4, 4, 6), matrix((2, 3, 4), "float64")
    close(np.linalg.tensorsolve(np.array(a), np.array(b)), onp.linalg.tensorsolve(a, b), "float64")
    turned = onp.moveaxis(a, -2, 0)
    close(
        np.linalg.tensorsolve(np.array(turned), np.array(b), axes=(0, 4)),
        onp.linalg.tensorsolve(turned, b, axes=(0, 4)),
        "float64",
    )
    close(np.linalg.tensorinv(np.array(a), ind=3), onp.linalg.tensorinv(a, ind=3), "float64")


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int64", "bool"])
def test_integers_compute_in_the_default_float(dtype):
    x = onp.array([[1, 0], [1, 1]]).astype(dtype)
    for name in ("inv", "det", "cholesky", "eigvals", "svdvals", "pinv"):
        if name != "cholesky":
            assert getattr(np.linalg, name)(np.array(x)).dtype == onp.float32, name
    close(np.linalg.solve(np.array(x), np.array([1, 2])), [1, 1], "float32")
    assert np.linalg.solve(np.array(x), np.array(onp.ones(2))).dtype == onp.float64


def test_integers_in_numpy_mode(numpy_dtypes):
    x = np.array([[1, 0], [1, 1]])
    assert np.linalg.inv(x).dtype == onp.float64
    assert (
        np.linalg.solve(x, np.ones(2, dtype="float32")).dtype
        == onp.linalg.solve(onp.eye(2, dtype=int), onp.ones(2, "f")).dtype
    )


@pytest.mark.parametrize("name", ["inv", "det", "svd", "eigh", "qr", "eig", "slogdet", "cholesky", "pinv"])
@pytest.mark.parametrize("layout", ["transposed", "sliced", "reversed", "broadcast"])
def test_layouts(name, layout):
    x = definite((2, 6, 6), "float64")
    make = {
        "transposed": lambda x: x.swapaxes(-1, -2),
        "sliced": lambda x: x[:, 1:5, 1:5],
        "reversed": lambda x: x[::-1, ::-1, ::-1],
        "broadcast": lambda x: x[0][None],
    }[layout]
    got, want = getattr(np.linalg, name)(make(np.array(x))), getattr(onp.linalg, name)(make(x))
    if name in ("svd", "eigh", "eig"):
        values = 1 if name == "svd" else 0
        got, want = onp.sort(host(got[values])), onp.sort(want[values])
        return close(got, want, "float64")
    for one, other in zip(got, want, strict=True) if isinstance(want, tuple) else [(got, want)]:
        close(one, other, "float64")


def refused(call, message, exception=onp.linalg.LinAlgError):
    from mxnet.base import MXNetError

    with pytest.raises(exception, match=message) as caught:
        call(np)
    with pytest.raises(exception):
        call(onp)
    assert isinstance(caught.value, (MXNetError, ValueError, TypeError))


ERRORS = [
    (lambda np: np.linalg.inv(np.zeros((2, 2))), "Singular matrix"),
    (lambda np: np.linalg.inv(np.stack([np.eye(2), np.zeros((2, 2))])), "Singular matrix"),
    (lambda np: np.linalg.solve(np.ones((3, 3)), np.ones(3)), "Singular matrix"),
    (lambda np: np.linalg.cholesky(-np.eye(2)), "Matrix is not positive definite"),
    (lambda np: np.linalg.svd(np.full((3, 2), onp.nan)), "SVD did not converge"),
    (lambda np: np.linalg.eig(np.full((2, 2), onp.nan)), "Array must not contain infs or NaNs"),
    (lambda np: np.linalg.eigvals(np.full((2, 2), onp.inf)), "Array must not contain infs or NaNs"),
    (lambda np: np.linalg.cond(np.zeros((0, 0))), "cond is not defined on empty arrays"),
    (lambda np: np.linalg.lstsq(np.ones((2, 2)), np.ones(3)), "Incompatible dimensions"),
    (lambda np: np.linalg.lstsq(np.ones((1, 2, 2)), np.ones(2)), "3-dimensional array given"),
    (lambda np: np.linalg.multi_dot([np.ones(2), np.ones(2), np.ones((2, 2))]), "1-dimensional array given"),
    (lambda np: np.linalg.tensorsolve(np.ones((2, 3)), np.ones(2)), "prod"),
    (lambda np: np.linalg.tensorinv(np.ones((2, 3)), ind=1), "square"),
    (lambda np: np.linalg.matrix_power(np.zeros((2, 2)), -1), "Singular matrix"),
    *[
        (lambda np, name=name: getattr(np.linalg, name)(np.ones((2, 3))), "must be square")
        for name in ("inv", "det", "slogdet", "eig", "eigh", "eigvals", "eigvalsh", "cholesky")
    ],
    *[
        (lambda np, name=name: getattr(np.linalg, name)(np.ones(3)), "1-dimensional array given")
        for name in ("inv", "det", "qr", "svd", "svdvals", "eigh", "pinv", "cholesky")
    ],
]


@pytest.mark.parametrize("call, message", ERRORS)
def test_errors(call, message):
    refused(call, message)


@pytest.mark.parametrize(
    "call, message, exception",
    [
        (lambda np: np.linalg.qr(np.eye(2), "sideways"), "Unrecognized mode", ValueError),
        (lambda np: np.linalg.eigh(np.eye(2), "X"), "UPLO argument must be", ValueError),
        (lambda np: np.linalg.solve(np.eye(2), np.ones(3)), "mismatch in its core dimension", ValueError),
        (lambda np: np.linalg.norm(np.ones((2, 2)), 3), "Invalid norm order", ValueError),
        (lambda np: np.linalg.norm(np.ones(2), "fro"), "Invalid norm order", ValueError),
        (lambda np: np.linalg.norm(np.ones((2, 2)), axis=(0, 0)), "Duplicate axes", ValueError),
        (lambda np: np.linalg.norm(np.ones((2, 2, 2)), 2), "Improper number of dimensions", ValueError),
        (lambda np: np.linalg.norm(np.ones((0, 2)), -onp.inf), "zero-size", ValueError),
        (lambda np: np.linalg.multi_dot([np.eye(2)]), "at least two arrays", ValueError),
        (lambda np: np.linalg.tensorinv(np.eye(2), ind=0), "Invalid ind", ValueError),
        (lambda np: np.linalg.matrix_power(np.eye(2), 1.5), "exponent must be an integer", TypeError),
        (lambda np: np.linalg.matrix_rank(np.eye(2), tol=1, rtol=1), "can't be both set", ValueError),
        (lambda np: np.linalg.pinv(np.eye(2), 1, rtol=1), "can't be both set", ValueError),
        (lambda np: np.linalg.inv(np.eye(2, dtype="float16")), "float16 is unsupported in linalg", TypeError),
    ],
)
def test_other_errors(call, message, exception):
    refused(call, message, exception)


@pytest.mark.parametrize("name", ["inv", "solve", "qr", "svd", "eigh", "eig", "cholesky", "det"])
def test_bits_do_not_depend_on_threads(name, threads):
    large, small = definite((160, 160), "float64"), definite((50, 7, 7), "float32")
    found = []
    for count in (1, 2, 3):
        threads(count)
        for x in (large, small):
            arguments = (np.array(x), np.array(x)) if name == "solve" else (np.array(x),)
            result = getattr(np.linalg, name)(*arguments)
            parts = result if isinstance(result, tuple) else (result,)
            found.append(b"".join(host(part).tobytes() for part in parts))
    assert found[0] == found[2] == found[4] and found[1] == found[3] == found[5]


def test_numpy_functions_come_back_here():
    x = np.array([[2.0, 1.0], [1.0, 3.0]])
    assert isinstance(onp.linalg.inv(x), np.ndarray)
    assert isinstance(onp.linalg.svd(x).S, np.ndarray)
    assert isinstance(onp.linalg.norm(x), np.ndarray)


def test_every_name_of_numpy_is_here():
    public = {name for name in onp.linalg.__all__ if name != "test"}
    assert public <= set(np.linalg.__all__)


def test_large_and_tiny_determinants():
    for factor in (1e-30, 1e30):
        x = onp.eye(4, dtype="float32") * onp.array([factor, factor, 1 / factor, 1 / factor], "float32")
        close(np.linalg.det(np.array(x)), 1.0, "float32")


EXTREMES = {"float64": (1e300, 1e200, 1e-200, 1e-300), "float32": (1e37, 1e25, 1e-25, 1e-36)}


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (2, 3, 5), (60, 60)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_matrices_near_the_ends_of_the_number_range(dtype, shape):
    """Compared with the same matrix times a power of two, where nothing is near an end."""
    real = onp.finfo(dtype).dtype.name
    for size in EXTREMES[real]:
        scale = 2.0 ** onp.round(onp.log2(size))
        plain = matrix(shape, dtype)
        large = plain * onp.asarray(scale, real)
        close(np.linalg.svdvals(np.array(large)) / scale, onp.linalg.svd(plain, compute_uv=False), dtype)
        u, s, vh = np.linalg.svd(np.array(large), full_matrices=False)
        close((u * (s / scale)[..., None, :]) @ vh, plain, dtype)
        q, r = np.linalg.qr(np.array(large))
        close(q @ (r / scale), plain, dtype)
        assert np.linalg.matrix_rank(np.array(large)).tolist() == onp.linalg.matrix_rank(plain).tolist()
        if shape[-1] != shape[-2]:
            continue
        even = plain + plain.conj().T
        close(np.linalg.eigvalsh(np.array(even * onp.asarray(scale, real))) / scale, onp.linalg.eigvalsh(even), dtype)
        order = onp.sort(onp.abs(host(np.linalg.eigvals(np.array(large)) / scale)))
        close(order, onp.sort(onp.abs(onp.linalg.eigvals(plain))), dtype)
        definite = plain @ plain.conj().T
        definite = (definite / onp.abs(definite).max() + onp.eye(shape[-1])).astype(dtype)
        lower = host(np.linalg.cholesky(np.array(definite * onp.asarray(scale, real)))) / onp.asarray(scale**0.5, real)
        close(lower @ lower.conj().T, definite, dtype)
        close(np.linalg.inv(np.array(large)) * scale, onp.linalg.inv(plain), dtype)
        close(
            np.linalg.solve(np.array(large), np.array(plain[..., :2])) * scale,
            onp.linalg.solve(plain, plain[..., :2]),
            dtype,
        )
        close(np.linalg.cond(np.array(large)), onp.linalg.cond(plain), dtype)


@pytest.mark.parametrize("rcond", [-1, 0, 1, 150.0])
def test_lstsq_has_no_threshold_outside_of_zero_to_one(rcond):
    a, b = matrix((4, 2), "float64"), matrix((4, 3), "float64", 1)
    for one, other in zip(np.linalg.lstsq(np.array(a), np.array(b), rcond), onp.linalg.lstsq(a, b, rcond), strict=True):
        close(one, other, "float64")


@pytest.mark.parametrize("shapes", [((1, 1), (1, 1)), ((1, 1), (1,)), ((1, 1), (1,) * 5), ((), ())], ids=str)
def test_tensorsolve_of_one_element(shapes):
    a, b = (onp.full(shape, 2.0) for shape in shapes)
    close(np.linalg.tensorsolve(np.array(a), np.array(b)), onp.linalg.tensorsolve(a, b), "float64")
