"""Gradients of linear algebra by finite differences in float64, real and complex, first and second order."""

import numpy as onp
import pytest

from mxnet import autograd, np
from oracle import host

STEP = 1e-6


def random(shape, kind, seed=0):
    generator = onp.random.default_rng([seed, *shape])
    values = generator.standard_normal(shape)
    return values + 1j * generator.standard_normal(shape) if kind == "c" else values


def adjoint(x):
    return x.conj().swapaxes(-1, -2)


def hermitian(np, x):
    turned = np.conj(np.swapaxes(x, -1, -2))
    return (x + turned) * 0.5


def definite(np, x):
    return x @ np.conj(np.swapaxes(x, -1, -2)) + np.eye(x.shape[-1], dtype=x.dtype) * x.shape[-1]


def size(np, x):
    """A real number of every element, different for each."""
    weights = np.array(onp.random.default_rng(9).standard_normal(x.shape))
    if x.dtype.kind == "c":
        more = np.array(onp.random.default_rng(8).standard_normal(x.shape))
        return (x.real * weights).sum() + (x.imag * more).sum()
    return (x * weights).sum()


def reach(np, *parts):
    return sum(size(np, part) for part in parts)


def thin(np, x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return u, s, vh


def phase_free(np, columns):
    """Projectors on the single columns: what does not depend on their phases."""
    return np.expand_dims(np.swapaxes(columns, -1, -2), -1) * np.expand_dims(np.conj(np.swapaxes(columns, -1, -2)), -2)


def svd_all(np, x):
    u, s, vh = thin(np, x)
    return reach(
        np, s, phase_free(np, u), phase_free(np, np.conj(np.swapaxes(vh, -1, -2))), (u * np.expand_dims(s**2, -2)) @ vh
    )


def eigh_all(np, x):
    w, v = np.linalg.eigh(hermitian(np, x))
    return reach(np, w, phase_free(np, v))


def eig_all(np, x):
    w, v = np.linalg.eig(x)
    # sums over all eigenvalues, so that their order does not count
    weights = np.exp(w * 0.3)
    return reach(np, (v * np.expand_dims(weights, -2)) @ np.conj(np.swapaxes(v, -1, -2)), (w**3).sum())


CASES = {
    "inv": (lambda np, x: size(np, np.linalg.inv(x)), (3, 3)),
    "inv of a stack": (lambda np, x: size(np, np.linalg.inv(x)), (2, 3, 3)),
    "solve": (lambda np, x: size(np, np.linalg.solve(x[..., :3], x[..., 3:])), (3, 5)),
    "solve of a vector": (lambda np, x: size(np, np.linalg.solve(x[:, :3], x[:, 3])), (3, 4)),
    "solve with one matrix for many": (lambda np, x: size(np, np.linalg.solve(x[0], x)), (2, 3, 3)),
    "det": (lambda np, x: size(np, np.linalg.det(x)), (4, 4)),
    "det of a stack": (lambda np, x: size(np, np.linalg.det(x)), (2, 3, 3)),
    "slogdet": (lambda np, x: reach(np, *np.linalg.slogdet(x)), (3, 3)),
    "cholesky": (lambda np, x: size(np, np.linalg.cholesky(definite(np, x))), (3, 3)),
    "cholesky upper": (lambda np, x: size(np, np.linalg.cholesky(definite(np, x), upper=True)), (2, 3, 3)),
    "qr square": (lambda np, x: reach(np, *np.linalg.qr(x)), (3, 3)),
    "qr tall": (lambda np, x: reach(np, *np.linalg.qr(x)), (2, 5, 3)),
    "qr wide": (lambda np, x: reach(np, *np.linalg.qr(x)), (3, 5)),
    "qr complete": (lambda np, x: reach(np, *np.linalg.qr(x, mode="complete")), (3, 4)),
    "qr r": (lambda np, x: size(np, np.linalg.qr(x, mode="r")), (4, 3)),
    "qr q": (lambda np, x: size(np, np.linalg.qr(x)[0]), (4, 3)),
    "svd square": (svd_all, (3, 3)),
    "svd tall": (svd_all, (5, 3)),
    "svd wide": (svd_all, (2, 3, 4)),
    "svd full": (lambda np, x: size(np, np.linalg.svd(x)[1] ** 2), (4, 3)),
    "svdvals": (lambda np, x: size(np, np.linalg.svdvals(x)), (4, 3)),
    "svd hermitian": (
        lambda np, x: reach(np, np.linalg.svd(hermitian(np, x), hermitian=True).S),
        (3, 3),
    ),
    "eigh": (eigh_all, (3, 3)),
    "eigh of a stack": (eigh_all, (2, 3, 3)),
    "eigh upper": (lambda np, x: size(np, np.linalg.eigh(hermitian(np, x), UPLO="U")[0]), (3, 3)),
    "eigvalsh": (lambda np, x: size(np, np.linalg.eigvalsh(hermitian(np, x))), (4, 4)),
    "eig": (eig_all, (3, 3)),
    "eigvals": (lambda np, x: size(np, (np.linalg.eigvals(x) ** 3).sum()), (4, 4)),
    "pinv tall": (lambda np, x: size(np, np.linalg.pinv(x)), (4, 3)),
    "pinv wide": (lambda np, x: size(np, np.linalg.pinv(x)), (2, 3, 4)),
    "pinv hermitian": (lambda np, x: size(np, np.linalg.pinv(hermitian(np, x), hermitian=True)), (3, 3)),
    "lstsq": (lambda np, x: reach(np, *np.linalg.lstsq(x[:, :2], x[:, 2:])[:2]), (5, 4)),
    "lstsq wide": (lambda np, x: size(np, np.linalg.lstsq(x[:, :4], x[:, 4])[0]), (3, 5)),
    "matrix_power": (lambda np, x: size(np, np.linalg.matrix_power(x, 3)), (3, 3)),
    "matrix_power negative": (lambda np, x: size(np, np.linalg.matrix_power(x, -2)), (3, 3)),
    "multi_dot": (lambda np, x: size(np, np.linalg.multi_dot([x, x[0], x, x[:, 0]][::2] + [x])), (3, 3)),
    "tensorsolve": (lambda np, x: size(np, np.linalg.tensorsolve(x.reshape(2, 2, 4), x[:2, :2])), (4, 4)),
    "tensorinv": (lambda np, x: size(np, np.linalg.tensorinv(x.reshape(2, 2, 4))), (4, 4)),
    "cond": (lambda np, x: size(np, np.linalg.cond(x)), (3, 3)),
    "cond 1": (lambda np, x: size(np, np.linalg.cond(x, 1)), (3, 3)),
    **{
        f"norm {order}": (lambda np, x, order=order: size(np, np.linalg.norm(x, order)), (4, 3))
        for order in (None, "fro", "nuc", 1, -1, 2, -2, onp.inf, -onp.inf)
    },
    **{
        f"vector norm {order}": (lambda np, x, order=order: size(np, np.linalg.norm(x, order, axis=1)), (4, 3))
        for order in (None, 1, 2, 3, 0.5, -1, onp.inf, -onp.inf)
    },
    "vector_norm": (lambda np, x: size(np, np.linalg.vector_norm(x, axis=(0, 1), keepdims=True)), (4, 3)),
    "matrix_norm": (lambda np, x: size(np, np.linalg.matrix_norm(x, ord="nuc")), (2, 4, 3)),
}


def shifted(kind, shape):
    x = random(shape, kind)
    return x + 2 * onp.eye(*shape[-2:])


def gradient(function, x):
    variable = np.array(x)
    variable.attach_grad()
    with autograd.record():
        result = function(np, variable)
    result.backward()
    return host(variable.grad)


def numeric(function, x, step=STEP):
    """dL/dRe + i dL/dIm, element by element, by central differences of `function` at arrays."""
    found = onp.zeros(x.shape, x.dtype)
    for at in onp.ndindex(x.shape):
        for unit in (1, 1j) if x.dtype.kind == "c" else (1,):
            change = onp.zeros(x.shape, x.dtype)
            change[at] = step * unit
            found[at] += unit * (function(x + change) - function(x - change)) / (2 * step)
    return found


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("name", CASES)
def test_gradient(name, kind):
    function, shape = CASES[name]
    x = shifted(kind, shape)
    want = numeric(lambda x: float(function(np, np.array(x))), x)
    onp.testing.assert_allclose(gradient(function, x), want, rtol=2e-5, atol=2e-5)


SECOND = [
    "inv", "solve", "det", "slogdet", "cholesky", "qr tall", "qr wide", "svd square", "svd tall", "eigh", "eigvalsh",
    "pinv tall", "lstsq", "norm None", "norm nuc", "norm 2", "vector norm 3", "matrix_power negative", "eigvals",
]  # fmt: skip


@pytest.mark.parametrize("name", SECOND)
def test_second_order(name):
    function, shape = CASES[name]
    x = shifted("f", shape)
    direction = onp.random.default_rng(5).standard_normal(shape)

    def slope(x):
        return float((gradient(function, x) * direction).sum())

    variable = np.array(x)
    variable.attach_grad()
    with autograd.record():
        first = autograd.grad(function(np, variable), [variable], create_graph=True, retain_graph=True)[0]
        along = (first * np.array(direction)).sum()
    along.backward()
    onp.testing.assert_allclose(host(variable.grad), numeric(slope, x, 1e-5), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("rank", [1, 2])
def test_determinant_of_singular_matrices(rank):
    x = random((3, rank), "f") @ random((rank, 3), "f")
    x[:, 0] = 0 if rank == 1 else x[:, 0]
    want = numeric(lambda x: float(onp.linalg.det(x)), x)
    onp.testing.assert_allclose(gradient(lambda np, x: np.linalg.det(x), x), want, atol=1e-6)


def test_norm_at_zero_has_gradient_zero():
    for call in (lambda np, x: np.linalg.norm(x), lambda np, x: np.linalg.norm(x, axis=0).sum()):
        assert not gradient(call, onp.zeros((3, 2))).any()


def test_equal_eigenvalues_do_not_give_nan():
    for call in (
        lambda np, x: np.linalg.eigh(x)[0].sum(),
        lambda np, x: (np.linalg.svd(x)[1] ** 2).sum(),
        lambda np, x: np.linalg.norm(x, "nuc"),
    ):
        assert onp.isfinite(gradient(call, onp.eye(3))).all()


def test_what_has_no_gradient_says_so():
    x = np.array(random((4, 3), "f"))
    x.attach_grad()
    calls = [
        lambda: np.linalg.qr(x, mode="complete")[0].sum(),
        lambda: np.linalg.qr(x, mode="raw")[0].sum(),
        lambda: np.linalg.svd(x)[0].sum(),
    ]
    for call in calls:
        with autograd.record():
            result = call()
        with pytest.raises(RuntimeError, match="no gradient"):
            result.backward()
    # the first vectors are unique, so they have one
    with autograd.record():
        result = (np.linalg.svd(x)[0][:, :3] ** 2).sum()
    result.backward()


def test_writes_into_what_backward_needs_are_refused():
    x = np.array(random((3, 3), "f"))
    x.attach_grad()
    with autograd.record():
        a = x * 1.0
        y = np.linalg.det(a)
    a.detach()[0] = 5
    with pytest.raises(RuntimeError, match="in-place write"):
        y.backward()
