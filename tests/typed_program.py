"""A program with types, as a user would write it: type checkers read it, and it runs."""

from typing import Any, assert_type

import numpy

from mxnet import autograd, np, npx


def standardised(x: np.ndarray, axis: int = 0) -> np.ndarray:
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred / (np.std(x, axis=axis, keepdims=True) + 1e-6)


def main() -> None:
    x = np.array([[1, 2], [3, 4]], dtype="float32")
    assert_type(x, np.ndarray)
    assert_type(x.shape, tuple[int, ...])
    assert_type(x[0] + 1, np.ndarray)
    assert_type(x.sum(), np.ndarray)
    assert_type(np.concatenate([x, x]), np.ndarray)
    assert_type(np.linspace(0, 1, 5), np.ndarray)
    assert_type(np.linspace(0, 1, 5, retstep=True), tuple[np.ndarray, np.ndarray])
    assert_type(np.allclose(x, x), bool)
    assert_type(x.asnumpy(), numpy.ndarray[Any, Any])
    assert_type(np.linalg.inv(x), np.ndarray)
    assert_type(np.fft.fft(x), np.ndarray)
    assert_type(np.linalg.svd(x, compute_uv=False), np.ndarray)
    factors = np.linalg.svd(x)
    assert_type(x.item(0), Any)
    assert_type(x.tobytes(), bytes)
    names: list[str] = [str(x.device), x.dtype.name]
    weights = np.ones((2, 1))
    weights.attach_grad()
    with autograd.record():
        loss = ((standardised(x) @ weights) ** 2).mean()
    loss.backward()
    gradient = weights.grad
    assert gradient is not None and gradient.shape == (2, 1) and len(names) == 2
    assert np.exp(x).shape == npx.relu(x).shape == (2, 2) and len(factors) == 3
    total = float(np.add.reduce(x, axis=None))
    assert total == 10.0


if __name__ == "__main__":
    main()
