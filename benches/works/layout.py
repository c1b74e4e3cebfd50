"""Operands that are not plain runs of memory: broadcast, transposed, strided, masked, gathered."""

import numpy

from works import Work, need, normal


def matrices():
    return {
        "a": normal(3000, 3000),
        "b": normal(3000, 3000, seed=1),
        "row": normal(3000, seed=2),
        "column": normal(3000, 1, seed=3),
    }


def vectors():
    generator = numpy.random.default_rng(4)
    size = 4_000_000
    return {
        "a": normal(size),
        "b": normal(size, seed=1),
        "mask": generator.random(size) < 0.5,
        "index": generator.integers(0, size, size // 4),
        "rows": generator.integers(0, 4000, 2000),
    }


def set_masked(xp, a, b, mask, index, rows):
    a[mask] = 0.0
    return a


def set_indexed(xp, a, b, mask, index, rows):
    a[index] = 1.0
    return a


MATRIX_CALLS = {
    "matrix + row": lambda xp, a, b, row, column: a + row,
    "matrix + column": lambda xp, a, b, row, column: a + column,
    "row + column": lambda xp, a, b, row, column: row + column,
    "a.T + b": lambda xp, a, b, row, column: a.T + b,
    "a[::2, ::2] + b[1::2, 1::2]": lambda xp, a, b, row, column: a[::2, ::2] + b[1::2, 1::2],
    "a[:, 7] + b[7]": lambda xp, a, b, row, column: a[:, 7] + b[7],
}
VECTOR_CALLS = {
    "a[::2] * b[::2]": lambda xp, a, b, mask, index, rows: a[::2] * b[::2],
    "where(mask, a, b)": lambda xp, a, b, mask, index, rows: xp.where(mask, a, b),
    "a[mask]": lambda xp, a, b, mask, index, rows: a[mask],
    "a[index]": lambda xp, a, b, mask, index, rows: a[index],
    "take of rows": lambda xp, a, b, mask, index, rows: a.reshape(4000, 1000)[rows],
    "concatenate": lambda xp, a, b, mask, index, rows: xp.concatenate((a, b)),
}
#: a mask gives arrays of unknown shape, which jax.jit cannot express; in-place writes neither
NO_JAX = {"jax": None}
NEEDS = (need(1, "numpy"),)

WORKS = [
    *(Work(name, matrices, call, NEEDS) for name, call in MATRIX_CALLS.items()),
    Work(
        "a[::-1] + b (reversed rows)",
        matrices,
        lambda xp, a, b, row, column: a[::-1] + b,
        NEEDS,
        special={"torch": None},
    ),
    Work(
        "a.T.copy()",
        matrices,
        lambda xp, a, b, row, column: a.T.copy(),
        NEEDS,
        special={"torch": lambda xp, a, b, row, column: a.T.contiguous()},
    ),
    *(
        Work(name, vectors, call, NEEDS, special=NO_JAX if name == "a[mask]" else {})
        for name, call in VECTOR_CALLS.items()
    ),
    Work("a[mask] = 0", vectors, set_masked, NEEDS, special=NO_JAX),
    Work("a[index] = 1", vectors, set_indexed, NEEDS, special=NO_JAX),
]
