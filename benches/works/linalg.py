"""Factorisations and solutions, against the better of NumPy and SciPy."""

import numpy

from works import Work, need, normal


def square(size, dtype):
    """A matrix without structure, and a right side."""
    return lambda: {"a": normal(size, size, dtype=dtype), "b": right(size, dtype)}


def sound(size, dtype):
    """A matrix far from singular, whose determinant is a number of ordinary size."""

    def make():
        a = normal(size, size, dtype=dtype)
        return {"a": a * (0.5 / size**0.5) + numpy.eye(size, dtype=dtype), "b": right(size, dtype)}

    return make


def right(size, dtype):
    return normal(size, 8, dtype=dtype, seed=1)


def symmetric(size, dtype):
    def make():
        a = normal(size, size, dtype=dtype)
        return {"a": (a + a.T) / 2, "b": right(size, dtype)}

    return make


def definite(size, dtype):
    def make():
        a = normal(size, size, dtype=dtype)
        return {"a": a @ a.T / size + numpy.eye(size, dtype=dtype), "b": right(size, dtype)}

    return make


NEEDS = (need(1 / 1.2, "numpy", "scipy"),)

# Name -> (inputs, call, spellings that differ)
CALLS = {
    "svd": (square, lambda xp, a, b: xp.linalg.svd(a), {}),
    "svd, values only": (
        square,
        lambda xp, a, b: xp.linalg.svd(a, compute_uv=False),
        {"torch": lambda xp, a, b: xp.linalg.svdvals(a)},
    ),
    "qr": (square, lambda xp, a, b: xp.linalg.qr(a), {"scipy": lambda xp, a, b: xp.linalg.qr(a, mode="economic")}),
    "eigh": (symmetric, lambda xp, a, b: xp.linalg.eigh(a), {}),
    "eigvalsh": (symmetric, lambda xp, a, b: xp.linalg.eigvalsh(a), {}),
    "eig": (square, lambda xp, a, b: xp.linalg.eig(a), {}),
    "cholesky": (
        definite,
        lambda xp, a, b: xp.linalg.cholesky(a),
        {"scipy": lambda xp, a, b: xp.linalg.cholesky(a, lower=True)},
    ),
    "inv": (sound, lambda xp, a, b: xp.linalg.inv(a), {}),
    "solve": (sound, lambda xp, a, b: xp.linalg.solve(a, b), {}),
    "det": (sound, lambda xp, a, b: xp.linalg.det(a), {}),
    "lstsq": (square, lambda xp, a, b: xp.linalg.lstsq(a, b), {}),
    "pinv": (square, lambda xp, a, b: xp.linalg.pinv(a), {}),
}
#: in float32 a few are enough to see
SINGLE = {name: CALLS[name] for name in ("svd", "qr", "eigh", "cholesky", "inv", "solve")}

PEERS = ("numpy", "scipy", "torch")

WORKS = [
    Work(f"{name}, {size}, {dtype}", inputs(size, dtype), call, NEEDS, special=special)
    for dtype, calls, sizes in (("float64", CALLS, (64, 256, 512, 1024)), ("float32", SINGLE, (64, 512)))
    for name, (inputs, call, special) in calls.items()
    for size in sizes
]
