"""Deformable convolution against plain loops in float64: edges, groups, dtypes, views, gradients of the first two
orders. Places stay away from whole numbers where gradients are compared, since the value has edges there."""

import math

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

TOLERANCE = {"float64": 1e-12, "float32": 2e-5, "float16": 8e-3, "bfloat16": 6e-2}


def sampled(plane, y, x, zero):
    """Bilinear; around the plane values are held behind the end, or fall to zero on both sides."""
    height, width = plane.shape
    if not zero:
        if not (0 <= y < height and 0 <= x < width):
            return 0.0
        y, x = min(y, height - 1), min(x, width - 1)
    total, top, left = 0.0, math.floor(y), math.floor(x)
    for i, j in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
        if 0 <= i < height and 0 <= j < width:
            total += max(1 - abs(y - i), 0) * max(1 - abs(x - j), 0) * plane[i, j]
    return total


def plain(data, offset, weight, bias, mask, kernel, stride, dilate, pad, num_filter, num_group, num_deformable_group):
    n, channels = data.shape[:2]
    high, wide = offset.shape[2:]
    taps = kernel[0] * kernel[1]
    out = onp.zeros((n, num_filter, high, wide))
    per_group, filters = channels // num_group, num_filter // num_group
    for image, c, tap, i, j in onp.ndindex(n, channels, taps, high, wide):
        group = c // (channels // num_deformable_group)
        down, right = offset[image, 2 * (group * taps + tap) : 2 * (group * taps + tap) + 2, i, j]
        y = i * stride[0] - pad[0] + tap // kernel[1] * dilate[0] + down
        x = j * stride[1] - pad[1] + tap % kernel[1] * dilate[1] + right
        value = sampled(data[image, c], y, x, mask is not None)
        if mask is not None:
            value *= mask[image, group * taps + tap, i, j]
        for f in range(c // per_group * filters, (c // per_group + 1) * filters):
            out[image, f, i, j] += weight[f, c % per_group, tap // kernel[1], tap % kernel[1]] * value
    return out + (0 if bias is None else bias[:, None, None])


CASES = {
    "plain": ((2, 2, 5, 6), dict(kernel=(3, 3), num_filter=3)),
    "pointwise": ((1, 3, 4, 4), dict(kernel=(1, 1), num_filter=2)),
    "padded": ((2, 2, 5, 4), dict(kernel=(3, 2), num_filter=2, pad=(2, 1), stride=(2, 1))),
    "dilated": ((1, 2, 8, 7), dict(kernel=(2, 3), num_filter=2, dilate=(3, 2), pad=(0, 1))),
    "groups": ((2, 4, 4, 5), dict(kernel=(2, 2), num_filter=6, num_group=2, pad=(1, 1))),
    "offset groups": ((2, 4, 4, 5), dict(kernel=(2, 2), num_filter=2, num_deformable_group=2)),
    "both groups": ((1, 4, 4, 4), dict(kernel=(2, 1), num_filter=4, num_group=4, num_deformable_group=2)),
    "no bias": ((1, 1, 4, 4), dict(kernel=(2, 2), num_filter=1, no_bias=True)),
    "nothing": ((0, 2, 4, 4), dict(kernel=(2, 2), num_filter=3)),
}
every_case = pytest.mark.parametrize("name", CASES)
modulation = pytest.mark.parametrize("modulated", [False, True])


def arrays_of(name, modulated, dtype="float64"):
    """The arguments of a case: data, offset (, mask), weight (, bias), and the keywords."""
    (n, channels, height, width), options = CASES[name]
    random = onp.random.default_rng(len(name))
    kernel, groups = options["kernel"], options.get("num_deformable_group", 1)
    one = lambda length, axis: (
        (length + 2 * options.get("pad", (0, 0))[axis] - options.get("dilate", (1, 1))[axis] * (kernel[axis] - 1) - 1)
        // options.get("stride", (1, 1))[axis]
        + 1
    )
    places, taps = (one(height, 0), one(width, 1)), kernel[0] * kernel[1]
    offset = random.integers(-2, 3, (n, 2 * taps * groups, *places)) + random.uniform(
        0.1, 0.9, (n, 2 * taps * groups, *places)
    )
    found = dict(data=random.standard_normal((n, channels, height, width)), offset=offset)
    if modulated:
        found["mask"] = random.uniform(0, 1, (n, taps * groups, *places))
    found["weight"] = random.standard_normal((options["num_filter"], channels // options.get("num_group", 1), *kernel))
    if not options.get("no_bias"):
        found["bias"] = random.standard_normal(options["num_filter"])
    return {key: value.astype(host_dtype(dtype)) for key, value in found.items()}, options


def reference(arrays, options):
    arrays = {key: value.astype("float64") for key, value in arrays.items()}
    rest = {key: value for key, value in options.items() if key != "no_bias"}
    defaults = dict(stride=(1, 1), dilate=(1, 1), pad=(0, 0), num_group=1, num_deformable_group=1)
    return plain(**{"bias": None, "mask": None} | arrays, **defaults | rest)


def operator(modulated):
    return npx.modulated_deformable_convolution if modulated else npx.deformable_convolution


@every_case
@modulation
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_values(name, modulated, dtype):
    arrays, options = arrays_of(name, modulated, dtype)
    got = operator(modulated)(**{key: np.array(value) for key, value in arrays.items()}, **options).asnumpy()
    expected = reference(arrays, options)
    assert str(got.dtype) == dtype and got.shape == expected.shape
    assert onp.abs(got.astype("float64") - expected).max(initial=0) <= TOLERANCE[dtype] * onp.abs(expected).max(
        initial=1
    )


@modulation
def test_positional_arguments_and_no_offset(modulated):
    """Without offsets, and with a mask of ones, it is convolution."""
    random = onp.random.default_rng(3)
    data, weight = np.array(random.standard_normal((2, 4, 6, 7))), np.array(random.standard_normal((6, 2, 3, 3)))
    bias, offset = np.array(random.standard_normal(6)), np.zeros((2, 18, 6, 7), dtype="float64")
    extra = [np.ones((2, 9, 6, 7), dtype="float64")] if modulated else []
    got = operator(modulated)(
        data, offset, *extra, weight, bias, (3, 3), (1, 1), (1, 1), (1, 1), 6, 2, 1, 1024, False, layout="NCHW"
    )
    wanted = npx.convolution(data, weight, bias, kernel=(3, 3), pad=(1, 1), num_filter=6, num_group=2)
    onp.testing.assert_allclose(got.asnumpy(), wanted.asnumpy(), rtol=1e-12, atol=1e-12)


def test_steps_over_images_change_nothing():
    arrays, options = arrays_of("padded", True)
    arrays = {
        key: np.array(onp.repeat(value, 2, 0) if value.ndim == 4 and key != "weight" else value)
        for key, value in arrays.items()
    }
    for x in arrays.values():
        x.attach_grad()
    found = []
    for step in (64, 3, 1):
        with autograd.record():
            y = npx.modulated_deformable_convolution(**arrays, im2col_step=step, **options)
        y.backward()
        found.append([y.asnumpy(), *(x.grad.asnumpy() for x in arrays.values())])
    for other in found[1:]:
        for one, wanted in zip(other, found[0], strict=True):
            onp.testing.assert_allclose(one, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [name for name in CASES if name != "nothing"])
@modulation
def test_gradients(name, modulated):
    arrays, options = arrays_of(name, modulated)
    inputs = {key: np.array(value) for key, value in arrays.items()}
    for x in inputs.values():
        x.attach_grad()
    with autograd.record():
        y = operator(modulated)(**inputs, **options)
    random = onp.random.default_rng(4)
    head = random.standard_normal(y.shape)
    y.backward(np.array(head))
    for key, x in inputs.items():
        direction, step = random.standard_normal(x.shape), 1e-6
        sides = [reference({**arrays, key: arrays[key] + sign * step * direction}, options) for sign in (1, -1)]
        expected = ((sides[0] - sides[1]) * head).sum() / (2 * step)
        assert (x.grad.asnumpy() * direction).sum() == pytest.approx(expected, rel=1e-6, abs=1e-6), key


@pytest.mark.parametrize("name", ["padded", "both groups"])
@modulation
def test_second_and_third_derivatives(name, modulated):
    """The gradient of the squares of gradients, and of that once more, against differences of the order before."""
    arrays, options = arrays_of(name, modulated)

    def squares(order, values):
        inputs = [np.array(value) for value in values]
        for x in inputs:
            x.attach_grad()
        with autograd.record():
            total = (operator(modulated)(**dict(zip(arrays, inputs, strict=True)), **options) ** 2).sum()
            for _ in range(order):
                slopes = autograd.grad([total], inputs, create_graph=True, retain_graph=True)
                total = sum((slope * slope).sum() for slope in slopes) * 1e-3
        total.backward()
        return float(total), [x.grad.asnumpy() for x in inputs]

    random = onp.random.default_rng(5)
    values = list(arrays.values())
    directions = [random.standard_normal(value.shape) for value in values]
    for order in (1, 2):
        _, slopes = squares(order, values)
        for at, direction in enumerate(directions):
            step = 1e-6
            sides = [
                squares(order, [v + sign * step * direction if k == at else v for k, v in enumerate(values)])[0]
                for sign in (1, -1)
            ]
            expected = (sides[0] - sides[1]) / (2 * step)
            assert (slopes[at] * direction).sum() == pytest.approx(expected, rel=1e-4, abs=1e-4), (order, at)


@modulation
def test_places_at_and_beyond_the_edges(modulated):
    random = onp.random.default_rng(6)
    data, weight = random.standard_normal((1, 1, 3, 4)), onp.ones((1, 1, 1, 1))
    edges = [-2.0, -1.0, -0.5, 0.0, 1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 1e20, -1e20, onp.nan, onp.inf]
    offset = onp.array([[a, b] for a in edges for b in edges]).T.reshape(1, 2, len(edges), len(edges))
    size = offset.shape[2]
    grid = onp.stack([onp.repeat(onp.arange(size)[:, None], size, 1), onp.repeat(onp.arange(size)[None], size, 0)])
    # a large image of which only the corner is looked at, so that places equal the numbers above
    large = onp.zeros((1, 1, size, size))
    large[:, :, :3, :4] = data
    mask = dict(mask=np.ones((1, 1, size, size), dtype="float64")) if modulated else {}
    got = operator(modulated)(
        np.array(large),
        np.array(offset - grid),
        weight=np.array(weight),
        kernel=(1, 1),
        num_filter=1,
        no_bias=True,
        **mask,
    ).asnumpy()
    for at in onp.ndindex(size, size):
        y, x = offset[0, :, at[0], at[1]] - grid[:, at[0], at[1]] + onp.array(at)
        wanted = sampled(large[0, 0], y, x, modulated) if onp.isfinite([y, x]).all() else 0.0
        assert got[0, 0][at] == pytest.approx(wanted, abs=1e-12)


def test_nan_stays_where_it_is():
    data = onp.zeros((1, 1, 3, 3))
    data[0, 0, 0, 0] = onp.nan
    got = npx.deformable_convolution(
        np.array(data), np.zeros((1, 2, 3, 3)), np.ones((1, 1, 1, 1)), kernel=(1, 1), num_filter=1, no_bias=True
    )
    assert onp.isnan(got.asnumpy()).sum() == 1


def test_views():
    arrays, options = arrays_of("offset groups", True)
    wanted = reference(arrays, options)
    turned = {key: np.array(onp.ascontiguousarray(value.T)).T for key, value in arrays.items()}
    stepped = {key: np.array(onp.repeat(value, 2, -1))[..., ::2] for key, value in arrays.items()}
    for inputs in (turned, stepped):
        got = npx.modulated_deformable_convolution(**inputs, **options).asnumpy()
        onp.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12)


def call(**changes):
    arguments = dict(
        data=np.ones((1, 2, 4, 4)), offset=np.ones((1, 8, 3, 3)), weight=np.ones((3, 2, 2, 2)), bias=np.ones(3)
    )
    return npx.deformable_convolution(**{**arguments, "kernel": (2, 2), "num_filter": 3, **changes})


ERRORS = {
    "kernel missing": (lambda: call(kernel=None), TypeError, "the argument kernel is missing"),
    "filters missing": (lambda: call(num_filter=None), TypeError, "the argument num_filter is missing"),
    "bias missing": (lambda: call(bias=None), TypeError, "bias is missing; pass no_bias=True"),
    "kernel": (lambda: call(kernel=(2,)), ValueError, "deformable_convolution: kernel has 1 axes, expected 2"),
    "layout": (lambda: call(layout="NCW"), ValueError, "layout 'NCW' has 1 spatial axes"),
    "layout last": (lambda: call(layout="NHWC"), ValueError, "layout must be NCHW"),
    "data": (lambda: call(data=np.ones((2, 4, 4))), ValueError, "data has 3 axes"),
    "offset": (
        lambda: call(offset=np.ones((1, 9, 3, 3))),
        ValueError,
        "deformable_convolution: axis 1 of offset must have length 8, got 9",
    ),
    "offset places": (
        lambda: call(offset=np.ones((1, 8, 3, 4))),
        ValueError,
        "axis 3 of offset must have length 3, got 4",
    ),
    "weight": (lambda: call(weight=np.ones((3, 1, 2, 2))), ValueError, "axis 1 of weight must have length 2, got 1"),
    "bias": (lambda: call(bias=np.ones(4)), ValueError, "axis 0 of bias must have length 3, got 4"),
    "groups": (
        lambda: call(num_deformable_group=3),
        ValueError,
        "axis 1 of data is 2, .* multiple of num_deformable_group, 3",
    ),
    "filters": (lambda: call(num_group=2), ValueError, "num_filter is 3, expected a multiple of num_group, 2"),
    "large": (lambda: call(kernel=(5, 2)), ValueError, "axis 2 of data is 4, 4 with padding, .* reach 5"),
    "stride": (lambda: call(stride=(0, 1)), ValueError, r"stride\[0\] is 0, expected at least 1"),
    "dtype": (
        lambda: call(
            **{k: np.ones((1, 2, 4, 4), dtype="int32") for k in ["data"]},
            offset=np.ones((1, 8, 3, 3), dtype="complex64"),
        ),
        TypeError,
        "complex64",
    ),
    "mask": (
        lambda: npx.modulated_deformable_convolution(
            np.ones((1, 2, 4, 4)),
            np.ones((1, 8, 3, 3)),
            np.ones((1, 8, 3, 3)),
            np.ones((3, 2, 2, 2)),
            np.ones(3),
            kernel=(2, 2),
            num_filter=3,
        ),
        ValueError,
        "modulated_deformable_convolution: axis 1 of mask must have length 4, got 8",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    run, error, match = ERRORS[name]
    with pytest.raises(error, match=match):
        run()
