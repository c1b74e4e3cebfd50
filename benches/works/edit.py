"""Functions that put arrays together, repeat, shift and overwrite them."""

import numpy

from works import Work, need, normal, size_name


def inputs(size):
    """Two matrices of `size` elements, 500 columns each, with indices and a mask over all elements."""

    def make():
        generator = numpy.random.default_rng(4)
        return {
            "a": normal(size // 500, 500),
            "b": normal(size // 500, 500, seed=1),
            "index": generator.integers(0, size, size // 4),
            "rows": generator.integers(0, size // 500, size // 500),
            "mask": generator.random((size // 500, 500)) < 0.5,
        }

    return make


def put(xp, a, b, index, rows, mask):
    xp.put(a, index, 1.0)
    return a


def put_torch(xp, a, b, index, rows, mask):
    return a.put_(index, xp.ones(1).expand(len(index)))


def putmask(xp, a, b, index, rows, mask):
    xp.putmask(a, mask, b)
    return a


def copyto(xp, a, b, index, rows, mask):
    xp.copyto(a, b, where=mask)
    return a


def set_masked(xp, a, b, index, rows, mask):
    a[mask] = 0.0
    return a


def set_rows(xp, a, b, index, rows, mask):
    a[rows] = 1.0
    return a


def fill_diagonal(xp, a, b, index, rows, mask):
    xp.fill_diagonal(a, 0.0)
    return a


# Name -> (call, PyTorch's spelling where it differs, or None)
CALLS = {
    "concatenate, axis 0": (lambda xp, a, b, **_: xp.concatenate((a, b)), ...),
    "concatenate, axis 1": (lambda xp, a, b, **_: xp.concatenate((a, b), axis=1), ...),
    "stack": (lambda xp, a, b, **_: xp.stack((a, b)), ...),
    "stack, last axis": (lambda xp, a, b, **_: xp.stack((a, b), axis=-1), lambda xp, a, b, **_: xp.stack((a, b), -1)),
    "vstack": (lambda xp, a, b, **_: xp.vstack((a, b)), ...),
    "pad, zeros": (
        lambda xp, a, **_: xp.pad(a, 2),
        lambda xp, a, **_: xp.nn.functional.pad(a, (2, 2, 2, 2)),
    ),
    "pad, edge": (lambda xp, a, **_: xp.pad(a, 2, mode="edge"), None),
    "pad, reflect": (lambda xp, a, **_: xp.pad(a, 2, mode="reflect"), None),
    "roll, axis 0": (lambda xp, a, **_: xp.roll(a, 7, axis=0), lambda xp, a, **_: xp.roll(a, 7, 0)),
    "roll, axis 1": (lambda xp, a, **_: xp.roll(a, 7, axis=1), lambda xp, a, **_: xp.roll(a, 7, 1)),
    "roll, flat": (lambda xp, a, **_: xp.roll(a, 7), ...),
    "tile, (2, 2)": (lambda xp, a, **_: xp.tile(a, (2, 2)), ...),
    "repeat, 3 times": (lambda xp, a, **_: xp.repeat(a, 3), lambda xp, a, **_: xp.repeat_interleave(a, 3)),
    "repeat, axis 0": (
        lambda xp, a, **_: xp.repeat(a, 2, axis=0),
        lambda xp, a, **_: xp.repeat_interleave(a, 2, 0),
    ),
    "take": (lambda xp, a, index, **_: xp.take(a, index), ...),
    "take, axis 0": (
        lambda xp, a, rows, **_: xp.take(a, rows, axis=0),
        lambda xp, a, rows, **_: xp.index_select(a, 0, rows),
    ),
    "put": (put, put_torch),
    "putmask": (putmask, None),
    "copyto, where": (copyto, None),
    "a[mask]": (lambda xp, a, mask, **_: a[mask], ...),
    "a[mask] = 0": (set_masked, ...),
    "a[rows] = 1": (set_rows, ...),
    "where(mask, a, b)": (lambda xp, a, b, mask, **_: xp.where(mask, a, b), ...),
    "nonzero": (lambda xp, mask, **_: xp.nonzero(mask), lambda xp, mask, **_: xp.nonzero(mask, as_tuple=True)),
    "compress, flat": (lambda xp, a, mask, **_: xp.compress(mask.reshape(-1), a), None),
    "flip": (lambda xp, a, **_: xp.flip(a, 1).copy(), lambda xp, a, **_: xp.flip(a, (1,))),
    "fill_diagonal": (fill_diagonal, lambda xp, a, **_: a.fill_diagonal_(0.0)),
    "triu": (lambda xp, a, **_: xp.triu(a), ...),
}

PEERS = ("numpy", "torch")

WORKS = [
    Work(
        f"{name}, {size_name(size)}",
        inputs(size),
        call,
        (need(1, "numpy"),),
        special={} if torch is ... else {"torch": torch},
    )
    for size in (100_000, 10_000_000)
    for name, (call, torch) in CALLS.items()
]
