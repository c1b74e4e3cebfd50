"""Linear algebra on matrices that are cut into blocks: lengths beside the blocks' ends, judged by NumPy."""

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
