"""Linear algebra on matrices that are cut into blocks: lengths beside the blocks' ends, judged by NumPy."""

import os
import subprocess
import sys

import numpy as onp
import pytest

from mxnet import np
from oracle import host
from test_linalg import DTYPES, adjoint, close, definite, matrix, regular

LENGTHS = [8, 9, 16, 17, 31, 32, 33, 47, 64, 65, 100, 193, 260]
lengths = pytest.mark.parametrize("length", LENGTHS)
dtypes = pytest.mark.parametrize("dtype", DTYPES)


@dtypes
@lengths
def test_factors_and_solutions(length, dtype):
    x, b = regular((length, length), dtype), matrix((length, 40), dtype, 1)
    given, sides = np.array(x), np.array(b)
    close(np.linalg.inv(given), onp.linalg.inv(x), dtype)
    close(np.linalg.solve(given, sides), onp.linalg.solve(x, b), dtype)
    close(np.linalg.solve(given, sides[:, 0]), onp.linalg.solve(x, b[:, 0]), dtype)
    sign, logarithm = (host(part) for part in np.linalg.slogdet(given))
    want_sign, want_logarithm = onp.linalg.slogdet(x)
    onp.testing.assert_allclose(sign, want_sign, atol=1e-4)
    onp.testing.assert_allclose(logarithm, want_logarithm, rtol=1e-5)
    positive = definite((length, length), dtype)
    lower = host(np.linalg.cholesky(np.array(positive)))
    close(lower, onp.linalg.cholesky(positive), dtype)
    assert not onp.triu(lower, 1).any()


@dtypes
@lengths
def test_exchanged_rows(length, dtype):
    """Without a large diagonal every column finds its pivot elsewhere."""
    x, b = matrix((length, length), dtype), matrix((length, 3), dtype, 1)
    got = host(np.linalg.solve(np.array(x), np.array(b)))
    bound = 1e-3 if onp.finfo(dtype).bits == 32 else 1e-11
    assert onp.abs(x @ got - b).max() < bound * max(1, onp.abs(x).max() * onp.abs(got).max())


@lengths
def test_an_indefinite_end_is_found(length):
    x = onp.eye(length)
    x[-1, -1] = -1
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        np.linalg.cholesky(np.array(x))
    x[-1, -1] = onp.nan
    with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
        np.linalg.cholesky(np.array(x))


@dtypes
@lengths
def test_values_and_vectors(length, dtype):
    x = matrix((length, length), dtype)
    symmetric = x + adjoint(x)
    values = onp.linalg.eigvalsh(symmetric)
    close(np.linalg.eigvalsh(np.array(symmetric)), values, dtype)
    w, v = (host(part) for part in np.linalg.eigh(np.array(symmetric)))
    close(w, values, dtype)
    close(symmetric @ v, v * w, dtype)
    close(adjoint(v) @ v, onp.eye(length), dtype)
    close(np.linalg.svdvals(np.array(x)), onp.linalg.svdvals(x), dtype)
    u, s, vh = (host(part) for part in np.linalg.svd(np.array(x)))
    close(s, onp.linalg.svdvals(x), dtype)
    close((u * s) @ vh, x, dtype)
    close(adjoint(u) @ u, onp.eye(length), dtype)


@pytest.mark.parametrize("shape", [(300, 20), (20, 300), (60, 50), (50, 60), (40, 1), (1, 40)], ids=str)
@dtypes
def test_values_of_tall_and_wide_matrices(shape, dtype):
    x = matrix(shape, dtype)
    close(np.linalg.svdvals(np.array(x)), onp.linalg.svdvals(x), dtype)


@pytest.mark.parametrize("dtype", ["float64", "complex128"])
def test_small_values_stay_small(dtype):
    """A matrix of rank 5: what is left is rounding error, and no root of it."""
    x = matrix((90, 5), dtype) @ matrix((5, 90), dtype, 1)
    values = host(np.linalg.svdvals(np.array(x)))
    assert values[5] < 1e-13 * values[0]
    assert int(np.linalg.matrix_rank(np.array(x))) == 5
    for same in (onp.eye(50), onp.ones((50, 50)), onp.zeros((50, 50)), onp.diag(10.0 ** -onp.arange(50))):
        onp.testing.assert_allclose(host(np.linalg.svdvals(np.array(same))), onp.linalg.svdvals(same), atol=1e-13)
        onp.testing.assert_allclose(host(np.linalg.eigvalsh(np.array(same))), onp.linalg.eigvalsh(same), atol=1e-13)


@pytest.mark.parametrize("power", [-300, 0, 300])
def test_values_near_the_ends_of_the_numbers(power):
    x = matrix((40, 40), "float64")
    for name, given in (("svdvals", x), ("eigvalsh", x + x.T)):
        got = host(getattr(np.linalg, name)(np.array(given * 10.0**power)))
        want = getattr(onp.linalg, name)(given) * 10.0**power
        onp.testing.assert_allclose(got, want, rtol=0, atol=1e-12 * onp.abs(want).max())


@pytest.mark.parametrize("shape", [(60, 60), (90, 40), (40, 90)], ids=str)
@pytest.mark.parametrize("rank", [None, 7])
@dtypes
def test_lstsq(shape, rank, dtype):
    a = matrix(shape, dtype)
    if rank is not None:
        a = a[:, :rank] @ matrix((rank, shape[1]), dtype, 2)
    b = matrix((shape[0], 3), dtype, 1)
    cutoff = 1e-4
    got, want = np.linalg.lstsq(np.array(a), np.array(b), cutoff), onp.linalg.lstsq(a, b, cutoff)
    close(got[0], want[0], dtype, 10)
    assert int(got[2]) == want[2] == (rank or min(shape))
    close(got[3], want[3], dtype)


def test_lstsq_of_a_singular_matrix_without_cutoff():
    x = np.linalg.lstsq(np.zeros((3, 3)), np.ones(3), rcond=0)[0]
    onp.testing.assert_array_equal(host(x), onp.zeros(3))


def kinds(shape, dtype):
    """Matrices whose values lie close together, far apart, or are zero."""
    m, n = shape
    x = matrix(shape, dtype)
    left, right = onp.linalg.qr(matrix((m, m), dtype, 1))[0], onp.linalg.qr(matrix((n, n), dtype, 2))[0]
    count = min(m, n)
    graded = onp.zeros(shape, dtype)
    graded[:count, :count] = onp.diag(10.0 ** -onp.linspace(0, 12, count)).astype(dtype)
    clustered = onp.zeros(shape, dtype)
    clustered[:count, :count] = onp.diag(1.0 + (onp.arange(count) % 3)).astype(dtype)
    return {
        "random": x,
        "graded": left @ graded @ right,
        "graded columns": x * (10.0 ** -onp.linspace(0, 12, n)).astype(dtype),
        "clustered": left @ clustered @ right,
        "rank 3": x[:, :3] @ matrix((3, n), dtype, 3),
        "diagonal": graded,
        "ones": onp.ones(shape, dtype),
        "zeros": onp.zeros(shape, dtype),
        "small": (x * 1e-30).astype(dtype),
    }


LONG_SHAPES = [(200, 200), (257, 257), (230, 170), (170, 230), (400, 165), (165, 400)]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("shape", LONG_SHAPES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_singular_vectors(shape, dtype, full):
    rounding = onp.finfo(dtype).eps * 400
    for kind, x in kinds(shape, dtype).items():
        u, s, vh = (host(part).astype("float64") for part in np.linalg.svd(np.array(x), full_matrices=full))
        count = min(shape)
        assert u.shape == (shape[0], shape[0] if full else count), kind
        assert vh.shape == (shape[1] if full else count, shape[1]), kind
        assert (s[:-1] >= s[1:]).all() and (s >= 0).all(), kind
        size = max(s[0], onp.finfo(dtype).tiny)
        want = onp.linalg.svdvals(x.astype("float64"))
        assert onp.abs(s - want).max() < rounding * size, kind
        assert onp.abs(host(np.linalg.svdvals(np.array(x))) - want).max() < rounding * size, kind
        assert onp.abs(u.T @ u - onp.eye(u.shape[1])).max() < rounding, kind
        assert onp.abs(vh @ vh.T - onp.eye(len(vh))).max() < rounding, kind
        assert onp.abs((u[:, :count] * s) @ vh[:count] - x).max() < rounding * size, kind


@pytest.mark.parametrize("length", [48, 63, 64, 65, 129, 200, 257])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_long_eigenvectors(length, dtype):
    rounding = onp.finfo(dtype).eps * 400
    for kind, x in kinds((length, length), dtype).items():
        x = x + x.T
        w, v = (host(part).astype("float64") for part in np.linalg.eigh(np.array(x)))
        want = onp.linalg.eigvalsh(x.astype("float64"))
        size = max(onp.abs(want).max(), onp.finfo(dtype).tiny)
        assert (w[:-1] <= w[1:]).all(), kind
        assert onp.abs(w - want).max() < rounding * size, kind
        assert onp.abs(host(np.linalg.eigvalsh(np.array(x))) - want).max() < rounding * size, kind
        assert onp.abs(v.T @ v - onp.eye(length)).max() < rounding, kind
        assert onp.abs(x @ v - v * w).max() < rounding * size, kind


def test_long_decompositions_of_views_and_stacks():
    x = matrix((3, 180, 200), "float64")
    given = np.array(x)
    for ours, theirs in (
        (given.transpose(0, 2, 1), x.transpose(0, 2, 1)),
        (given[:, ::-1, 10:190], x[:, ::-1, 10:190]),
        (given[1:, :, ::-1], x[1:, :, ::-1]),
    ):
        u, s, vh = (host(part) for part in np.linalg.svd(ours, full_matrices=False))
        onp.testing.assert_allclose((u * s[:, None, :]) @ vh, theirs, atol=1e-12)
        onp.testing.assert_allclose(host(np.linalg.svdvals(ours)), s, atol=1e-12)
    square = given[:, :, ::-1][:, :170, :170]
    w, v = (host(part) for part in np.linalg.eigh(square))
    lower = onp.tril(x[:, :, ::-1][:, :170, :170])
    whole = lower + onp.tril(lower, -1).transpose(0, 2, 1)
    onp.testing.assert_allclose(whole @ v, v * w[:, None, :], atol=1e-12)
    onp.testing.assert_allclose(host(np.linalg.eigvalsh(square)), w, atol=1e-12)


@pytest.mark.parametrize("wrong", [onp.nan, onp.inf])
def test_long_decompositions_of_nan(wrong):
    x = matrix((200, 200), "float64")
    x[150, 20] = wrong
    for name in ("svd", "svdvals", "eigh", "eigvalsh"):
        with pytest.raises(np.linalg.LinAlgError, match="did not converge"):
            [host(part) for part in getattr(np.linalg, name)(np.array(x))]


def test_equal_bits_for_any_number_of_threads():
    script = """
from mxnet import np
import numpy, hashlib
x = np.array(numpy.random.default_rng(0).standard_normal((300, 300)))
digest = hashlib.sha256()
for part in (*np.linalg.svd(x), *np.linalg.eigh(x), np.linalg.svdvals(x), np.linalg.eigvalsh(x)):
    digest.update(part.asnumpy().tobytes())
print(digest.hexdigest())
"""
    runs = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "MXNET_CPU_THREADS": str(threads)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in (1, 2, 5)
    }
    assert len(runs) == 1
