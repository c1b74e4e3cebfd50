"""A program with types, as a user would write it: type checkers read it, and it runs."""

from typing import Any, assert_type

import numpy

from mxnet import autograd, np, npx


def standardised(x: np.ndarray, axis: int = 0) -> np.ndarray:
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred / (np.std(x, axis=axis, keepdims=True) + 1e-6)


def arrays(x: np.ndarray) -> None:
    assert_type(x, np.ndarray)
    assert_type(x.shape, tuple[int, ...])
    assert_type(x.strides, tuple[int, ...])
    assert_type(x.T, np.ndarray)
    assert_type(x[0] + 1, np.ndarray)
    assert_type(x[:, None, x[0] > 0], np.ndarray)
    assert_type(2 * x - x @ x, np.ndarray)
    assert_type(x > 1, np.ndarray)
    assert_type(divmod(x, 2), tuple[np.ndarray, np.ndarray])
    assert_type(x.sum(), np.ndarray)
    assert_type(x.max(axis=0, out=np.zeros(2)), np.ndarray)
    assert_type(x.argmin(1), np.ndarray)
    assert_type(x.astype("int8").reshape(-1), np.ndarray)
    assert_type(x.nonzero(), tuple[np.ndarray, ...])
    assert_type(x.copy().sort(), None)
    assert_type(x.asnumpy(), numpy.ndarray[Any, Any])
    assert_type(x.item(0), Any)
    assert_type(x.tolist(), Any)
    assert_type(x.tobytes(), bytes)
    assert_type(x.flags.writeable, bool)
    assert_type(x.flat, np.flatiter)
    assert_type(len(x), int)
    assert_type(float(x[0, 0]), float)
    assert_type(list(x), list[np.ndarray])
    x[0] = [5, 6]
    x[x > 5] = 0
    x.real = 1
    assert_type(x.grad, np.ndarray | None)


def functions(x: np.ndarray, switch: bool) -> None:
    assert_type(np.exp(x), np.ndarray)
    assert_type(np.add.reduce(x, axis=None), np.ndarray)
    assert_type(np.add.outer(x, [1, 2]), np.ndarray)
    assert_type(np.hypot.types, list[str])
    assert_type(np.where(x > 0), tuple[np.ndarray, ...])
    assert_type(np.where(x > 0, x, 0), np.ndarray)
    assert_type(np.nonzero(x), tuple[np.ndarray, ...])
    assert_type(np.divmod(x, 2), tuple[np.ndarray, np.ndarray])
    assert_type(np.modf(x), tuple[np.ndarray, np.ndarray])
    assert_type(np.frexp(x), tuple[np.ndarray, np.ndarray])
    assert_type(np.concatenate([x, x]), np.ndarray)
    assert_type(np.split(x, 2), list[np.ndarray])
    assert_type(np.array_split(x, 2), list[np.ndarray])
    assert_type(np.hsplit(x, 2), list[np.ndarray])
    assert_type(np.broadcast_arrays(x, 1), tuple[np.ndarray, ...])
    assert_type(np.meshgrid([1, 2], [3, 4]), tuple[np.ndarray, ...])
    assert_type(np.atleast_1d(1), np.ndarray)
    assert_type(np.atleast_2d(1, 2), tuple[np.ndarray, ...])
    assert_type(np.indices((2, 2)), np.ndarray)
    assert_type(np.indices((2, 2), sparse=True), tuple[np.ndarray, ...])
    assert_type(np.linspace(0, 1, 5), np.ndarray)
    assert_type(np.linspace(0, 1, 5, retstep=True), tuple[np.ndarray, np.ndarray])
    assert_type(np.linspace(0, 1, 5, retstep=switch), np.ndarray | tuple[np.ndarray, np.ndarray])
    assert_type(np.average(x), np.ndarray)
    assert_type(np.average(x, returned=True), tuple[np.ndarray, np.ndarray])
    assert_type(np.unique(x), np.ndarray)
    assert_type(np.unique(x, True), tuple[np.ndarray, np.ndarray])
    assert_type(np.unique(x, return_counts=True), tuple[np.ndarray, np.ndarray])
    assert_type(np.unique(x, return_index=True, return_counts=True), tuple[np.ndarray, np.ndarray, np.ndarray])
    assert_type(np.unique(x, True, True, True), tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray])
    assert_type(np.intersect1d(x, [1]), np.ndarray)
    assert_type(np.intersect1d(x, [1], return_indices=True), tuple[np.ndarray, np.ndarray, np.ndarray])
    assert_type(np.histogram(x), tuple[np.ndarray, np.ndarray])
    assert_type(np.histogram2d(x[0], x[1]), tuple[np.ndarray, np.ndarray, np.ndarray])
    assert_type(np.histogramdd(x), tuple[np.ndarray, tuple[np.ndarray, ...]])
    assert_type(np.histogram_bin_edges(x), np.ndarray)
    assert_type(np.allclose(x, x), bool)
    assert_type(np.result_type(x, 1), numpy.dtype[Any])
    assert_type(np.ix_([0, 1], [1]), tuple[np.ndarray, ...])
    assert_type(np.loadtxt(["1 2", "3 4"], unpack=True), np.ndarray)
    assert_type(np.einsum_path("ij,jk", x, x)[1], str)


def polynomials() -> None:
    x, y = np.arange(5), np.arange(5)
    assert_type(np.polyfit(x, y, 1), np.ndarray)
    assert_type(np.polyfit(x, y, 1, cov=True), tuple[np.ndarray, np.ndarray])
    assert_type(np.polyfit(x, y, 1, full=True), tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float])
    p = np.poly1d([1, 2])
    assert_type(p.c, np.ndarray)
    assert_type(p.order, int)
    assert_type(p.deriv(), np.poly1d)
    assert_type(np.polydiv(p, p), tuple[np.ndarray | np.poly1d, np.ndarray | np.poly1d])


def algebra(x: np.ndarray) -> None:
    assert_type(np.linalg.inv(x), np.ndarray)
    assert_type(np.linalg.svd(x).S, np.ndarray)
    assert_type(np.linalg.svd(x, compute_uv=False), np.ndarray)
    assert_type(np.linalg.qr(x).R, np.ndarray)
    assert_type(np.linalg.qr(x, "r"), np.ndarray)
    assert_type(np.linalg.qr(x, mode="raw"), tuple[np.ndarray, np.ndarray])
    assert_type(np.linalg.eigh(x @ x.T).eigenvalues, np.ndarray)
    assert_type(np.linalg.slogdet(x).sign, np.ndarray)
    assert_type(np.linalg.lstsq(x, x), tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray])
    assert_type(np.fft.fft(x), np.ndarray)


def random_numbers() -> None:
    rng = np.random.default_rng(1)
    assert_type(rng, np.random.Generator)
    assert_type(rng.normal(), float)
    assert_type(rng.normal(size=3), np.ndarray)
    assert_type(rng.normal([0, 1]), np.ndarray)
    assert_type(rng.poisson(3), int)
    assert_type(rng.random((2, 2)), np.ndarray)
    assert_type(np.random.RandomState(0).rand(2), np.ndarray)
    assert_type(rng.permutation(5), np.ndarray)
    assert_type(np.random.normal(0, 1, (2, 2)), np.ndarray)
    assert_type(npx.random.categorical(np.ones((2, 2)), get_prob=True), tuple[np.ndarray, np.ndarray])


def layers(x: np.ndarray) -> None:
    ones, zeros = np.ones(2), np.zeros(2)
    assert_type(npx.relu(x), np.ndarray)
    assert_type(npx.topk(x), np.ndarray)
    assert_type(npx.topk(x, ret_typ="both"), list[np.ndarray])
    assert_type(npx.layer_norm(x, ones, zeros), np.ndarray)
    assert_type(npx.batch_norm(x, ones, zeros, zeros, ones), np.ndarray)
    assert_type(
        npx.batch_norm(x, ones, zeros, zeros, ones, output_mean_var=True), tuple[np.ndarray, np.ndarray, np.ndarray]
    )
    assert_type(npx.cpu().device_id, int)


def gradients(x: np.ndarray) -> None:
    weights = np.ones((2, 1))
    weights.attach_grad()
    with autograd.record():
        loss = ((standardised(x) @ weights) ** 2).mean()
    loss.backward()
    gradient = weights.grad
    assert gradient is not None and gradient.shape == (2, 1)
    with autograd.record():
        loss = (weights * weights).sum()
    assert_type(autograd.grad(loss, [weights]), list[np.ndarray])


def main() -> None:
    x = np.array([[1, 2], [3, 4]], dtype="float32")
    names: list[str] = [str(x.device), x.dtype.name]
    assert np.exp(x).shape == npx.relu(x).shape == (2, 2) and len(names) == 2
    assert float(np.add.reduce(x, axis=None)) == 10.0
    algebra(x)
    functions(x, False)
    polynomials()
    random_numbers()
    layers(x)
    gradients(x)
    arrays(x)


if __name__ == "__main__":
    main()
