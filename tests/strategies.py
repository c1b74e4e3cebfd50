"""Hypothesis strategies: shapes, dtypes, layouts and index expressions of NumPy's full grammar.

A layout is a function `(np, array) -> view` that runs on both libraries, so that ours builds the view itself.
"""

import numpy as onp
from hypothesis import strategies as st

from oracle import NUMPY_DTYPES, sample_array

LAYOUTS = {
    "contiguous": lambda np, x: x,
    "transposed": lambda np, x: x.T,
    "stepped": lambda np, x: x[::2],
    "inner steps": lambda np, x: x[..., ::2],
    "reversed": lambda np, x: x[::-1],
    "inner reversed": lambda np, x: x[..., ::-1],
    "all reversed and stepped": lambda np, x: x[::-2, ::-1],
    "offset": lambda np, x: x[1:, 1:],
    "column": lambda np, x: x[:, 1:2],
    "broadcast": lambda np, x: np.broadcast_to(x[:1], x.shape),
    "inner broadcast": lambda np, x: np.broadcast_to(x[:, :1], x.shape),
    "diagonal": lambda np, x: np.diagonal(x),
    "swapped reshape": lambda np, x: x.reshape((2, -1, x.shape[1])).swapaxes(0, 1),
    "zero size": lambda np, x: x[:0],
    "0-d": lambda np, x: x[0, 0, ...],
}

layout_names = st.sampled_from(sorted(LAYOUTS))
dtypes = st.sampled_from(NUMPY_DTYPES)
# Sizes beyond 4096 elements take the lazy road, smaller ones run at once: both must be met often.
small_shapes = st.lists(st.integers(0, 5), max_size=4).map(tuple)
large_shapes = st.sampled_from([(5000,), (71, 83), (3, 40, 50), (1, 6000), (6000, 1)])
shapes = st.one_of(small_shapes, small_shapes, large_shapes)


@st.composite
def arrays(draw, dtype=dtypes, shape=shapes):
    """A NumPy array of small values."""
    return sample_array(draw(dtype), draw(shape), seed=draw(st.integers(0, 1000)))


@st.composite
def axes(draw, ndim, allow_none=True):
    """None, one axis, or a tuple of distinct axes, negative ones among them."""
    options = [st.none()] if allow_none else []
    if ndim:
        options.append(st.integers(-ndim, ndim - 1))
        options.append(
            st.lists(st.integers(0, ndim - 1), unique=True, max_size=ndim).map(
                lambda chosen: tuple(axis - ndim if axis % 2 else axis for axis in chosen)
            )
        )
    return draw(st.one_of(*options)) if options else None


def slices(length):
    """Slices with bounds inside and outside the axis, and steps of both signs."""
    bound = st.one_of(st.none(), st.integers(-length - 2, length + 2))
    return st.builds(slice, bound, bound, st.one_of(st.none(), st.integers(-3, 3).filter(bool)))


@st.composite
def integer_arrays(draw, length, ndim_max=2):
    """Integer index arrays within an axis (empty if the axis is), as arrays or nested lists."""
    shape = draw(st.lists(st.integers(0 if length == 0 else 1, 3), max_size=ndim_max).map(tuple))
    if length == 0:
        shape = (0,)
    size = int(onp.prod(shape))
    values = draw(st.lists(st.integers(-length, length - 1), min_size=size, max_size=size)) if size else []
    return onp.array(values, dtype=draw(st.sampled_from(["int64", "int32", "int8"]))).reshape(shape)


@st.composite
def masks(draw, shape):
    """A boolean array of that shape."""
    return onp.random.RandomState(draw(st.integers(0, 99))).rand(*shape) < draw(st.sampled_from([0.0, 0.3, 1.0]))


@st.composite
def basic_indices(draw, shape):
    """Integers, slices, None and Ellipsis."""
    items, axis = [], 0
    ellipsis_at = draw(st.one_of(st.none(), st.integers(0, len(shape))))
    while axis < len(shape) and draw(st.integers(0, 5)):
        if ellipsis_at == axis:
            items.append(Ellipsis)
            axis += draw(st.integers(0, len(shape) - axis))
            ellipsis_at = None
            continue
        if draw(st.integers(0, 5)) == 0:
            items.append(None)
        length = shape[axis]
        items.append(draw(st.integers(-length, length - 1)) if length and draw(st.booleans()) else draw(slices(length)))
        axis += 1
    # An Ellipsis that skipped axes must still be counted from the right side by what follows.
    return repaired(items, shape)


def repaired(items, shape):
    """Keep only what NumPy accepts or rejects for its own reasons: integers are clipped into their axis."""
    consumed = sum(1 for item in items if item is not None and item is not Ellipsis)
    skipped = len(shape) - consumed
    fixed, axis = [], 0
    for item in items:
        if item is Ellipsis:
            axis += skipped
        elif item is not None:
            if isinstance(item, int) and shape[axis] and not -shape[axis] <= item < shape[axis]:
                item %= shape[axis]
            elif isinstance(item, int) and shape[axis] == 0:
                item = slice(None)
            axis += 1
        fixed.append(item)
    return tuple(fixed)


@st.composite
def advanced_indices(draw, shape):
    """Mixtures of everything: integer arrays that broadcast together, masks over several axes, slices, None, ..."""
    if draw(st.integers(0, 3)) == 0:
        return draw(masks(shape[: draw(st.integers(1, max(1, len(shape))))] if shape else ()))
    items, axis = [], 0
    common = draw(st.sampled_from([(), (1,), (2,), (3,), (2, 3)]))
    used_ellipsis = False
    while axis < len(shape) and draw(st.integers(0, 6)):
        choice = draw(st.integers(0, 9))
        length = shape[axis]
        if choice == 0:
            items.append(None)
            continue
        if choice == 1 and not used_ellipsis:
            items.append(Ellipsis)
            used_ellipsis = True
            continue
        if choice <= 5 and length:
            narrow = tuple(1 if draw(st.integers(0, 4)) == 0 else n for n in common)
            size = int(onp.prod(narrow))
            limit = min(shape) if used_ellipsis and min(shape) else length
            values = draw(st.lists(st.integers(-limit, limit - 1), min_size=size, max_size=size))
            items.append(onp.array(values, "int64").reshape(narrow))
        elif choice == 6 and common == (2,) and length >= 2:
            mask = onp.zeros(length, bool)
            mask[:2] = True
            items.append(mask)
        elif choice == 7 and length:
            items.append(draw(st.integers(-1, 0)))
        else:
            items.append(draw(slices(length)))
        axis += 1
    return tuple(items)


def as_lists(index):
    """The same index with arrays as nested lists, as users write them."""
    if isinstance(index, tuple):
        return tuple(as_lists(item) for item in index)
    return index.tolist() if isinstance(index, onp.ndarray) and index.ndim else index
