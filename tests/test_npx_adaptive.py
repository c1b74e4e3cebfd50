"""Pooling to a number of windows (`output_size`) against plain loops in float64."""

import itertools
import math

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
POOLS = {
    "max": dict(pool_type="max"),
    "avg": dict(pool_type="avg"),
    "sum": dict(pool_type="sum"),
    "lp1": dict(pool_type="lp", p_value=1),
    "lp2": dict(pool_type="lp", p_value=2),
    "lp3": dict(pool_type="lp", p_value=3),
}
CASES = {
    "1d": ((2, 3, 11), (4,)),
    "1d even": ((2, 3, 12), 4),
    "1d whole": ((2, 3, 7), ()),
    "1d more": ((1, 2, 3), 5),
    "2d": ((2, 3, 7, 5), (3, 4)),
    "2d one number": ((1, 2, 9, 5), 2),
    "2d half even": ((2, 1, 8, 7), (4, 3)),
    "3d": ((1, 2, 5, 4, 7), (2, 3, 4)),
    "no images": ((0, 3, 7, 5), (3, 4)),
}
TOLERANCE = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 4e-2}


def plain(data, size, pool_type, p_value=None):
    space = data.ndim - 2
    size = (size,) if isinstance(size, int) else tuple(size) or (1,)
    size = size * space if len(size) == 1 else size
    out = onp.zeros((*data.shape[:2], *size))
    for place in itertools.product(*map(range, size)):
        window = [slice(None), slice(None)]
        for axis in range(space):
            length = data.shape[2 + axis]
            start, end = place[axis] * length / size[axis], (place[axis] + 1) * length / size[axis]
            window.append(slice(math.floor(start), math.ceil(end)))
        part = data[tuple(window)].astype("float64").reshape(*data.shape[:2], math.prod(data[tuple(window)].shape[2:]))
        if pool_type == "lp":
            sums = (part**p_value).sum(-1)
            folded = onp.cbrt(sums) if p_value == 3 else sums ** (1 / p_value)
        else:
            folded = {"max": onp.max, "avg": onp.mean, "sum": onp.sum}[pool_type](part, -1)
        out[(slice(None), slice(None), *place)] = folded
    return out


def sample(shape, dtype="float64"):
    count = math.prod(shape)
    return (onp.random.default_rng(1).permutation(count).reshape(shape) / max(count, 1) + 0.1).astype(host_dtype(dtype))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_values(name, pool, dtype):
    shape, size = CASES[name]
    data = sample(shape, dtype)
    expected = plain(data, size, **POOLS[pool])
    got = npx.pooling(np.array(data), output_size=size, **POOLS[pool]).asnumpy()
    turned = npx.pooling(
        np.array(onp.moveaxis(data, 1, -1)), output_size=size, layout=LAST[len(shape) - 2], **POOLS[pool]
    ).asnumpy()
    for found in (got, onp.moveaxis(turned, -1, 1)):
        assert str(found.dtype) == dtype and found.shape == expected.shape
        worst = onp.abs(found.astype("float64") - expected).max(initial=0)
        assert worst <= TOLERANCE[dtype] * onp.abs(expected).max(initial=1)


@pytest.mark.parametrize("name", ["1d more", "2d", "2d half even", "3d"])
@pytest.mark.parametrize("pool", POOLS)
def test_gradients_of_two_orders(name, pool):
    shape, size = CASES[name]
    data, random = sample(shape), onp.random.default_rng(2)
    direction = random.standard_normal(shape)

    def squares(values):
        x = np.array(values)
        x.attach_grad()
        with autograd.record():
            y = npx.pooling(x, output_size=size, **POOLS[pool])
            (slope,) = autograd.grad([(y**3).sum()], [x], create_graph=True, retain_graph=True)
            total = (slope * slope).sum()
        total.backward()
        return float(total), slope.asnumpy(), x.grad.asnumpy()

    def cubes(values):
        return (plain(values, size, **POOLS[pool]) ** 3).sum()

    _, slope, second = squares(data)
    step = 1e-6
    expected = (cubes(data + step * direction) - cubes(data - step * direction)) / (2 * step)
    assert (slope * direction).sum() == pytest.approx(expected, rel=1e-6)
    expected = (squares(data + step * direction)[0] - squares(data - step * direction)[0]) / (2 * step)
    assert (second * direction).sum() == pytest.approx(expected, rel=1e-5)


X = np.ones((1, 2, 5, 6))
WRONG = {
    "kernel too": (dict(output_size=2, kernel=(2, 2)), "output_size goes without kernel"),
    "global too": (dict(output_size=2, global_pool=True), "output_size goes without kernel and global_pool"),
    "count": (dict(output_size=(1, 2, 3)), "output_size has 3 numbers, expected 1 or 2"),
    "zero": (dict(output_size=(2, 0)), r"output_size\[1\] is 0, expected at least 1"),
    "power": (dict(output_size=4, pool_type="lp"), "p_value 1, 2 or 3, got None"),
    "layout": (dict(output_size=2, layout="NCW"), "layout 'NCW' has 1 spatial axes"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    options, message = WRONG[name]
    with pytest.raises(ValueError, match="pooling: .*" + message):
        npx.pooling(X, **options)


def test_an_axis_without_elements():
    with pytest.raises(ValueError, match="pooling: axis 3 of data has no elements"):
        npx.pooling(np.ones((1, 2, 5, 0)), output_size=2)


@pytest.mark.parametrize("pool", ["max", "avg"])
def test_more_windows_than_memory_holds(pool):
    with pytest.raises(MemoryError, match="pooling: unable to hold 4611686018427387904 windows"):
        npx.pooling(X, output_size=(2**62, 1), pool_type=pool)
