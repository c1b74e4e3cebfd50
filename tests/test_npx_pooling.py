"""Pooling against plain loops in float64: conventions, padding, layouts, dtypes, first and second gradients."""

import itertools
import math

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}


def places_of(length, kernel, stride, pad, convention):
    if convention == "same":
        return math.ceil(length / stride)
    over = length + 2 * pad - kernel
    return (over // stride if convention == "valid" else math.ceil(over / stride)) + 1


def folded(part, size, pool_type, power):
    if pool_type == "max":
        return part.max(-1, initial=-onp.inf)
    if pool_type == "lp":
        sums = (part**power).sum(-1)
        return onp.cbrt(sums) if power == 3 else sums ** (1 / power)
    return part.sum(-1) / (max(size, 1) if pool_type == "avg" else 1)


def plain_pooling(
    data,
    kernel=(),
    stride=(),
    pad=(),
    pool_type="max",
    pooling_convention="valid",
    global_pool=False,
    p_value=None,
    count_include_pad=True,
):
    """Channels behind the batch axis; one window after the other."""
    space = data.ndim - 2
    if global_pool:
        kernel, stride, pad, pooling_convention = data.shape[2:], (1,) * space, (0,) * space, "valid"
    stride, pad = tuple(stride) or (1,) * space, tuple(pad) or (0,) * space
    data = data.astype("float64")
    counts = [places_of(data.shape[2 + a], kernel[a], stride[a], pad[a], pooling_convention) for a in range(space)]
    out = onp.zeros((*data.shape[:2], *counts))
    for place in itertools.product(*map(range, counts)):
        window, size = [slice(None), slice(None)], 1
        for axis in range(space):
            start, length = place[axis] * stride[axis] - pad[axis], data.shape[2 + axis]
            end = start + kernel[axis]
            size *= min(end, length + pad[axis]) - start if count_include_pad else min(end, length) - max(start, 0)
            window.append(slice(max(start, 0), max(min(end, length), 0)))
        part = data[tuple(window)].reshape(*data.shape[:2], -1)
        out[(slice(None), slice(None), *place)] = folded(part, size, pool_type, p_value)
    return out


SHAPES = {
    "1d": ((2, 3, 11), dict(kernel=(3,), stride=(2,), pad=(1,))),
    "1d plain": ((2, 3, 11), dict(kernel=(4,))),
    "2d": ((2, 3, 9, 8), dict(kernel=(2, 2), stride=(2, 2))),
    "2d pad": ((2, 3, 9, 8), dict(kernel=(3, 3), stride=(2, 2), pad=(1, 1))),
    "2d uneven": ((1, 2, 10, 7), dict(kernel=(3, 2), stride=(2, 3), pad=(2, 1))),
    "2d gaps": ((1, 2, 10, 9), dict(kernel=(1, 2), stride=(3, 4))),
    "2d whole": ((2, 3, 5, 6), dict(global_pool=True)),
    "2d wide": ((1, 2, 4, 40), dict(kernel=(2, 20), stride=(1, 3), pad=(0, 9))),
    "2d long": ((1, 2, 5, 45), dict(kernel=(3, 3), stride=(2, 2), pad=(1, 1))),
    "2d far": ((1, 2, 5, 90), dict(kernel=(2, 3), stride=(2, 5), pad=(0, 2))),
    "3d": ((1, 2, 5, 6, 7), dict(kernel=(2, 3, 2), stride=(2, 1, 3), pad=(1, 1, 0))),
    "3d whole": ((2, 2, 3, 4, 5), dict(global_pool=True)),
}
POOLS = {
    "max": dict(pool_type="max"),
    "avg": dict(pool_type="avg"),
    "avg inside": dict(pool_type="avg", count_include_pad=False),
    "sum": dict(pool_type="sum"),
    "lp1": dict(pool_type="lp", p_value=1),
    "lp2": dict(pool_type="lp", p_value=2),
    "lp3": dict(pool_type="lp", p_value=3),
}
CONVENTIONS = ["valid", "full", "same"]
TOLERANCE = {"float64": 1e-13, "float32": 1e-5, "float16": 4e-3, "bfloat16": 3e-2}
every_pool = pytest.mark.parametrize("pool", POOLS)
every_shape = pytest.mark.parametrize("name", SHAPES)


def sample(shape, dtype="float64", positive=False):
    values = onp.random.default_rng(1).permutation(math.prod(shape)).reshape(shape) / math.prod(shape) - 0.4
    return (values + 0.5 if positive else values).astype(host_dtype(dtype))


def keywords(name, pool, convention):
    shape, options = SHAPES[name]
    options = {**options, **POOLS[pool], "pooling_convention": convention}
    if convention == "same":
        options.pop("pad", None)
    return shape, options


@every_shape
@every_pool
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_pooling(name, pool, convention):
    shape, options = keywords(name, pool, convention)
    data = sample(shape, positive=pool in ("lp2", "lp3"))
    expected = plain_pooling(data, **options)
    onp.testing.assert_allclose(npx.pooling(np.array(data), **options).asnumpy(), expected, rtol=1e-12, atol=1e-14)
    layout = LAST[len(shape) - 2]
    turned = npx.pooling(np.array(onp.ascontiguousarray(onp.moveaxis(data, 1, -1))), layout=layout, **options)
    onp.testing.assert_allclose(turned.asnumpy(), onp.moveaxis(expected, 1, -1), rtol=1e-12, atol=1e-14)
    assert turned.flags.c_contiguous


@every_pool
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_dtypes(pool, dtype):
    shape, options = keywords("2d pad", pool, "full")
    data = sample(shape, dtype, positive=True)
    got = npx.pooling(np.array(data), **options).asnumpy()
    assert str(got.dtype) == dtype
    expected = plain_pooling(data, **options)
    assert onp.abs(got.astype("float64") - expected).max() <= TOLERANCE[dtype] * onp.abs(expected).max()


def gradient(data, head, options):
    x = np.array(data)
    x.attach_grad()
    with autograd.record():
        out = npx.pooling(x, **options)
    out.backward(np.array(head))
    return x.grad.asnumpy()


@every_shape
@every_pool
@pytest.mark.parametrize("convention", CONVENTIONS)
def test_gradients_by_finite_differences(name, pool, convention):
    shape, options = keywords(name, pool, convention)
    data = sample(shape, positive=pool in ("lp2", "lp3"))
    random = onp.random.default_rng(3)
    value = plain_pooling(data, **options)
    head = onp.where(onp.isfinite(value), random.standard_normal(value.shape), 0)
    got = gradient(data, head, options)
    for _ in range(3):
        direction = random.standard_normal(shape)
        step = 1e-6
        up, down = (plain_pooling(data + sign * step * direction, **options) for sign in (1, -1))
        moved = onp.where(onp.isfinite(value), up - onp.where(onp.isfinite(down), down, 0), 0) / (2 * step)
        assert (got * direction).sum() == pytest.approx((moved * head).sum(), rel=1e-6, abs=1e-7)


@every_pool
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_second_derivatives(pool, layout):
    options = {**POOLS[pool], "kernel": (3, 2), "stride": (2, 1), "pad": (1, 1), "layout": layout}
    data = sample((2, 3, 5, 6), positive=True)
    random = onp.random.default_rng(4)
    fixed, direction = np.array(random.standard_normal(data.shape)), random.standard_normal(data.shape)

    def slope(x):
        out = npx.pooling(x, **options)
        (first,) = autograd.grad([(out**3).sum()], [x], create_graph=True)
        return (first * fixed).sum()

    def number(values):
        x = np.array(values)
        x.attach_grad()
        with autograd.record():
            return float(slope(x).asnumpy())

    x = np.array(data)
    x.attach_grad()
    with autograd.record():
        value = slope(x)
    value.backward()
    expected = (number(data + 1e-6 * direction) - number(data - 1e-6 * direction)) / 2e-6
    assert (x.grad.asnumpy() * direction).sum() == pytest.approx(expected, rel=1e-5)


def test_the_first_of_equal_elements_gets_the_gradient():
    data = onp.array([[[[1.0, 5.0, 5.0], [5.0, 2.0, 5.0], [0.0, 0.0, 0.0]]]])
    got = gradient(data, onp.ones((1, 1, 1, 1)), dict(kernel=(3, 3)))
    assert onp.array_equal(onp.argwhere(got[0, 0]), [[0, 1]])
    got = gradient(data, onp.ones((1, 1, 2, 2)), dict(kernel=(2, 2)))
    assert onp.array_equal(got[0, 0], [[0, 2, 0], [1, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_ties_in_long_rows_go_to_the_first(stride, dtype):
    data = onp.random.default_rng(2).integers(0, 3, (2, 3, 7, 61)).astype(dtype)
    options = dict(kernel=(3, 3), stride=(2, stride), pad=(1, 1))
    padded = onp.pad(data, [(0, 0), (0, 0), (1, 1), (1, 1)], constant_values=-1)
    expected = onp.zeros(padded.shape)
    for image, channel in onp.ndindex(2, 3):
        for row, column in itertools.product(range(0, 7, 2), range(0, 61, stride)):
            window = padded[image, channel, row : row + 3, column : column + 3]
            if window.shape == (3, 3):
                at = onp.unravel_index(window.argmax(), (3, 3))
                expected[image, channel, row + at[0], column + at[1]] += 1
    places = npx.pooling(np.array(data), **options).shape
    got = gradient(data, onp.ones(places, dtype), options)
    assert onp.array_equal(got, expected[:, :, 1:-1, 1:-1])


def test_nan_wins_in_long_rows():
    data = onp.random.default_rng(3).standard_normal((1, 1, 4, 80)).astype("float32")
    data[0, 0, 1, ::7] = onp.nan
    got = npx.pooling(np.array(data), kernel=(2, 2), stride=(2, 2)).asnumpy()
    expected = data.reshape(1, 1, 2, 2, 40, 2).transpose(0, 1, 2, 4, 3, 5).reshape(1, 1, 2, 40, 4).max(axis=-1)
    onp.testing.assert_array_equal(got, expected)


def test_nan_wins_and_only_padding_is_below_everything():
    data = onp.array([[[onp.nan, 1.0, -onp.inf, -onp.inf, 2.0, 3.0]]])
    got = npx.pooling(np.array(data), kernel=(2,), stride=(2,)).asnumpy()
    onp.testing.assert_array_equal(got, [[[onp.nan, -onp.inf, 3.0]]])


@pytest.mark.parametrize("view", ["stepped", "reversed", "turned", "broadcast"])
@every_pool
def test_views(view, pool):
    calls = {
        "stepped": lambda x: x[:, ::2, 1::2, ::3],
        "reversed": lambda x: x[::-1, :, ::-1, ::-1],
        "turned": lambda x: x.transpose(1, 0, 3, 2),
        "broadcast": lambda x: np.broadcast_to(x[:, :1], x.shape),
    }
    seen = calls[view](np.array(sample((4, 5, 10, 12), positive=True)))
    options = {**POOLS[pool], "kernel": (2, 3), "stride": (1, 2), "pad": (1, 1)}
    expected = plain_pooling(seen.asnumpy(), **options)
    onp.testing.assert_allclose(npx.pooling(seen, **options).asnumpy(), expected, rtol=1e-12)


@every_pool
def test_empty_batches(pool):
    x = np.zeros((0, 3, 5, 5))
    x.attach_grad()
    with autograd.record():
        out = npx.pooling(x, kernel=(2, 2), **POOLS[pool])
    out.backward()
    assert out.shape == (0, 3, 4, 4) and x.grad.shape == x.shape


WRONG = {
    "kernel": (dict(), "kernel is wanted"),
    "kernel too large": (dict(kernel=(6, 2)), r"axis 2 of data is 5, 5 with padding, less than kernel\[0\], 6"),
    "kernel of zero": (dict(kernel=(0, 2)), r"kernel\[0\] is 0"),
    "stride": (dict(kernel=(2, 2), stride=(0, 1)), r"stride\[0\] is 0"),
    "huge kernel": (
        dict(kernel=(2**31, 2**31), pad=(2**30, 2**30), pool_type="avg"),
        r"kernel\[0\] is 2147483648, expected at most 2147483647",
    ),
    "huge stride": (
        dict(kernel=(2, 2), stride=(1, 2**63 - 1), pooling_convention="same"),
        r"stride\[1\] is 9223372036854775807, expected at most",
    ),
    "pad": (dict(kernel=(2, 2), pad=(0, 2)), r"pad\[1\] is 2, expected less than kernel\[1\], 2"),
    "axes": (dict(kernel=(2, 2, 2)), r"data has 4 axes, expected 5 \(N, C, D, H, W\)"),
    "pool_type": (dict(kernel=(2, 2), pool_type="min"), "pool_type is 'min'"),
    "convention": (dict(kernel=(2, 2), pooling_convention="some"), "pooling_convention is 'some'"),
    "p_value": (dict(kernel=(2, 2), pool_type="lp"), "p_value 1, 2 or 3, got None"),
    "same with pad": (dict(kernel=(2, 2), pad=(1, 1), pooling_convention="same"), "expected 0 with convention 'same'"),
    "layout": (dict(kernel=(2, 2), layout="NCW"), "layout 'NCW' has 1 spatial axes, kernel has 2"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    options, message = WRONG[name]
    with pytest.raises(ValueError, match="pooling: .*" + message):
        npx.pooling(np.ones((2, 3, 5, 6)), **options)
    with pytest.raises(TypeError, match=r"pooling: takes .*, not int32"):
        npx.pooling(np.ones((2, 3, 5, 6), dtype="int32"), kernel=(2, 2))
