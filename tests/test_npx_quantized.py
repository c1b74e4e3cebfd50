"""Quantized numbers and layers of `npx`: exact against plain loops over integers, and near the floats that they stand
for."""

import itertools
import math

import numpy as onp
import pytest

from mxnet import MXNetError, np, npx

RANDOM = onp.random.default_rng(11)


def numbers(shape, dtype="int8"):
    limits = onp.iinfo(dtype)
    return RANDOM.integers(max(limits.min, -127), limits.max + 1, shape).astype(dtype)


def level(bounds, dtype):
    return max(abs(bounds[0]), abs(bounds[1])) / {"int8": 127, "uint8": 255, "int32": 2**31 - 1}[dtype]


def check_range(least, greatest, wanted):
    for ours, number in ((least, wanted[0]), (greatest, wanted[1])):
        assert ours.shape == (1,) and ours.dtype == "float32"
        assert float(ours[0]) == pytest.approx(number, rel=1e-6)


# Quantizing.


def quantized(values, bounds, dtype):
    """MXNet's formula, number by number."""
    result = onp.empty(values.shape, dtype)
    for place in onp.ndindex(values.shape):
        value = float(values[place])
        if dtype == "uint8":
            wide = (value - bounds[0]) * 255 / (bounds[1] - bounds[0]) + 0.5
            result[place] = int(min(max(wide, 0), 255))
        else:
            limit = max(abs(bounds[0]), abs(bounds[1]))
            result[place] = int(math.copysign(min(abs(value) * 127 / limit + 0.5, 127), value))
    return result


@pytest.mark.parametrize("shape", [(7,), (3, 5), (0, 4), ()])
@pytest.mark.parametrize("bounds", [(-3.0, 3.0), (-1.0, 2.5), (0.0, 4.0), (-2.0, -0.5)])
@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_quantize_is_the_formula(dtype, bounds, shape):
    values = RANDOM.uniform(-4, 4, shape).astype("float32")
    ours, least, greatest = npx.contrib_quantize(
        np.array(values), np.array([bounds[0]]), np.array([bounds[1]]), out_type=dtype
    )
    assert ours.dtype == dtype and ours.shape == shape
    assert (ours.asnumpy() == quantized(values, bounds, dtype)).all()
    limit = max(abs(bounds[0]), abs(bounds[1]))
    check_range(least, greatest, bounds if dtype == "uint8" else (-limit, limit))
    again, *_ = npx.contrib_quantize_v2(np.array(values), dtype, *bounds)
    assert (again == ours).all()


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
def test_dequantizing_gives_the_floats_back(dtype):
    values = RANDOM.uniform(-2, 5, (40,)).astype("float32")
    coded = npx.contrib_quantize_v2(np.array(values), dtype)
    step = 5 / 127 if dtype == "int8" else 7 / 255
    assert onp.abs(npx.contrib_dequantize(*coded).asnumpy() - values).max() <= step / 2 + 1e-6


def test_quantize_v2_chooses_and_passes():
    assert npx.contrib_quantize_v2(np.ones(3), "auto", 0.0, 2.0)[0].dtype == "uint8"
    assert npx.contrib_quantize_v2(np.ones(3), "auto", -1.0, 2.0)[0].dtype == "int8"
    assert npx.contrib_quantize_v2(np.ones(3), "auto")[0].dtype == "int8"
    for dtype, usual in (("int8", (-127, 127)), ("uint8", (0, 255))):
        data = np.array(numbers((4,), dtype))
        same, least, greatest = npx.contrib_quantize_v2(data)
        assert (same == data).all() and same.dtype == dtype
        check_range(least, greatest, usual)
        check_range(*npx.contrib_quantize_v2(data, min_calib_range=-1, max_calib_range=2)[1:], (-1, 2))
    flat, least, greatest = npx.contrib_quantize_v2(np.zeros(3))
    assert (flat == 0).all()
    check_range(least, greatest, (0, 0))
    views = np.array(RANDOM.uniform(-1, 1, (4, 6)).astype("float32")).T[::2]
    assert (npx.contrib_quantize_v2(views)[0] == npx.contrib_quantize_v2(views.copy())[0]).all()


@pytest.mark.parametrize("calibrated", [None, (-0.5, 1.5), (0.0, 0.25)])
@pytest.mark.parametrize("out_type", ["int8", "uint8", "auto"])
def test_requantize(out_type, calibrated):
    sums = RANDOM.integers(-(2**30), 2**30, (5, 6)).astype("int32")
    floats = sums * level((-3, 3), "int32")
    ours, least, greatest = npx.requantize(np.array(sums), -3.0, 3.0, out_type, *(calibrated or (None, None)))
    bounds = calibrated or (floats.min(), floats.max())
    limit = max(abs(bounds[0]), abs(bounds[1]))
    if out_type == "uint8" or (out_type == "auto" and calibrated and calibrated[0] >= 0):
        wanted, span = quantized(floats, (0, limit), "uint8"), (0, limit)
    else:
        wanted, span = quantized(floats, (-limit, limit), "int8"), (-limit, limit)
    assert ours.dtype == wanted.dtype
    assert onp.abs(ours.asnumpy().astype(int) - wanted.astype(int)).max() <= 1  # float32 against float64 at halves
    assert (ours.asnumpy() == wanted).mean() > 0.9
    check_range(least, greatest, span)


# Layers.


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("shape, flatten", [((3, 10), True), ((2, 3, 4), True), ((2, 3, 4), False), ((0, 5), True),
                                            ((70, 300), True), ((1, 2600), False)])  # fmt: skip
@pytest.mark.parametrize("with_bias", [False, True])
def test_fully_connected(with_bias, shape, flatten, dtype):
    data = numbers(shape, dtype)
    rows = data.reshape(shape[0], -1) if flatten and data.size else data
    weight, bias = numbers((7, rows.shape[-1])), numbers((7,))
    ranges = ((0.0 if dtype == "uint8" else -2.0, 2.0), (-0.5, 0.25), (-3.0, 3.0))
    arrays = [np.array(data), np.array(weight), np.array(bias) if with_bias else None]
    sums, least, greatest = npx.quantized_fully_connected(
        *arrays, *itertools.chain(*ranges), num_hidden=7, no_bias=not with_bias, flatten=flatten
    )
    one = level(ranges[0], dtype) * level(ranges[1], "int8")
    wanted = rows.astype("int64") @ weight.T.astype("int64")
    if with_bias:
        wanted = wanted + onp.trunc(bias * (level(ranges[2], "int8") / one)).astype("int64")
    assert sums.dtype == "int32" and (sums.asnumpy() == wanted).all()
    check_range(least, greatest, (-one * (2**31 - 1), one * (2**31 - 1)))
    floats = (rows * level(ranges[0], dtype)) @ (weight * level(ranges[1], "int8")).T
    floats = floats + (bias * level(ranges[2], "int8") if with_bias else 0)
    onp.testing.assert_allclose(npx.contrib_dequantize(sums, least, greatest).asnumpy(), floats, atol=2e-3)


def convolved(data, weight, stride, dilate, pad, groups):
    """Plain loops, channels first."""
    axes = data.ndim - 2
    data = onp.pad(data.astype("int64"), [(0, 0), (0, 0), *((p, p) for p in pad)])
    kernel = weight.shape[2:]
    lengths = [
        (data.shape[2 + axis] - (kernel[axis] - 1) * dilate[axis] - 1) // stride[axis] + 1 for axis in range(axes)
    ]
    result = onp.zeros((len(data), len(weight), *lengths), "int64")
    inputs, outputs = weight.shape[1], len(weight) // groups
    for place in onp.ndindex(*lengths):
        for tap in onp.ndindex(*kernel):
            at = tuple(place[axis] * stride[axis] + tap[axis] * dilate[axis] for axis in range(axes))
            for filter in range(len(weight)):
                first = filter // outputs * inputs
                values = data[(slice(None), slice(first, first + inputs), *at)]
                result[(slice(None), filter, *place)] += values @ weight[(filter, slice(None), *tap)].astype("int64")
    return result


CONVOLUTIONS = [
    dict(data=(2, 3, 6), weight=(4, 3, 3), pad=(1,), stride=(2,)),
    dict(data=(2, 3, 5, 6), weight=(4, 3, 3, 2)),
    dict(data=(1, 4, 7, 6), weight=(6, 2, 3, 3), stride=(2, 1), pad=(1, 2), num_group=2),
    dict(data=(2, 2, 8, 9), weight=(3, 2, 2, 3), dilate=(3, 2)),
    dict(data=(1, 6, 4, 4), weight=(6, 1, 3, 3), num_group=6, pad=(1, 1)),
    dict(data=(1, 2, 3, 4, 5), weight=(3, 2, 2, 2, 3), pad=(0, 1, 1)),
    dict(data=(0, 2, 5, 5), weight=(3, 2, 2, 2)),
]


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("case", CONVOLUTIONS, ids=range(len(CONVOLUTIONS)))
def test_convolution(case, last, dtype):
    data, weight, bias = numbers(case["data"], dtype), numbers(case["weight"]), numbers(case["weight"][:1])
    axes = data.ndim - 2
    options = {name: value for name, value in case.items() if name not in ("data", "weight")}
    full = dict(stride=(1,) * axes, dilate=(1,) * axes, pad=(0,) * axes, num_group=1) | options
    wanted = convolved(data, weight, full["stride"], full["dilate"], full["pad"], full["num_group"])
    one = level((-1.5, 1), dtype) * level((-1, 1), "int8")
    added = onp.trunc(bias * (level((-0.0078125, 0.015625), "int8") / one)).astype("int64")
    wanted += added.reshape(1, -1, *(1,) * axes)
    turn = (lambda array: onp.moveaxis(array, 1, -1)) if last else (lambda array: array)
    layout = [("NCW", "NWC"), ("NCHW", "NHWC"), ("NCDHW", "NDHWC")][axes - 1][last]
    sums, least, greatest = npx.quantized_conv(
        np.array(turn(data)), np.array(turn(weight)), np.array(bias), -1.5, 1.0, -1.0, 1.0, -0.0078125, 0.015625,
        kernel=weight.shape[2:], num_filter=len(weight), layout=layout, **options,
    )  # fmt: skip
    assert sums.dtype == "int32" and (sums.asnumpy() == turn(wanted)).all()
    check_range(least, greatest, (-one * (2**31 - 1), one * (2**31 - 1)))


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("options", [
    dict(kernel=(2, 2)), dict(kernel=(3, 2), stride=(2, 2), pad=(1, 0)), dict(global_pool=True, kernel=(1, 1)),
    dict(kernel=(3, 3), stride=(2, 2), pooling_convention="full"),
    dict(kernel=(2, 2), stride=(2, 2), layout="NHWC"),
    dict(kernel=(3, 3), stride=(1, 1), pad=(1, 1), count_include_pad=False),
])  # fmt: skip
def test_pooling(options, kind, dtype):
    data = numbers((2, 5, 6, 3), dtype)
    ours, least, greatest = npx.quantized_pooling(np.array(data), -1.0, 2.0, pool_type=kind, **options)
    wide = np.array(data.astype("float64"))
    wanted = onp.rint(npx.pooling(wide, pool_type=kind, **options).asnumpy())
    assert ours.dtype == dtype and (ours.asnumpy() == wanted).all()
    check_range(least, greatest, (-1, 2))


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32"])
def test_what_only_moves_numbers(dtype):
    data = RANDOM.integers(0 if dtype == "uint8" else -100, 100, (2, 3, 4)).astype(dtype)
    rows = [
        (npx.quantized_act(np.array(data), -1.0, 2.0, act_type="relu"), onp.maximum(data, 0)),
        (npx.quantized_reshape(np.array(data), -1.0, 2.0, (-2, -1)), data.reshape(2, 12)),
        (npx.quantized_transpose(np.array(data), -1.0, 2.0), data.T),
        (npx.quantized_transpose(np.array(data), -1.0, 2.0, (1, 0, 2)), data.transpose(1, 0, 2)),
    ]
    if dtype != "int32":
        rows.append((npx.quantized_flatten(np.array(data), -1.0, 2.0), data.reshape(2, 12)))
    for (ours, least, greatest), wanted in rows:
        assert ours.dtype == dtype and (ours.asnumpy() == wanted).all()
        check_range(least, greatest, (-1, 2))


def test_embedding():
    table = numbers((5, 3))
    places = onp.array([[0, 4], [-2, 9]])
    ours, least, greatest = npx.quantized_embedding(np.array(places), np.array(table), -1.0, 2.0, 5, 3)
    assert ours.dtype == "int8" and (ours.asnumpy() == table[onp.clip(places, 0, 4)]).all()
    check_range(least, greatest, (-1, 2))


@pytest.mark.parametrize("kinds", [("int8", "int8"), ("uint8", "uint8"), ("int8", "uint8")])
@pytest.mark.parametrize("calibrated", [None, (-1.0, 4.0)])
def test_add(calibrated, kinds):
    one, two = numbers((4, 5), kinds[0]), numbers((4, 5), kinds[1])
    ranges = (-1.0, 1.5), (-0.5, 3.0)
    ours, least, greatest = npx.quantized_elemwise_add(
        np.array(one), np.array(two), *ranges[0], *ranges[1], *(calibrated or (None, None))
    )
    floats = one * level(ranges[0], kinds[0]) + two * level(ranges[1], kinds[1])
    dtype = "int32" if calibrated is None else ("int8" if "int8" in kinds else "uint8")
    span = calibrated or (-4.5, 4.5)
    wanted = onp.clip(onp.rint(floats / level(span, dtype)), onp.iinfo(dtype).min, onp.iinfo(dtype).max)
    assert ours.dtype == dtype and onp.abs(ours.asnumpy() - wanted).max() <= 1
    check_range(least, greatest, span)
    wide, *_ = npx.quantized_npi_add(np.array(one[:, :1]), np.array(two), *ranges[0], *ranges[1])
    floats = one[:, :1] * level(ranges[0], kinds[0]) + two * level(ranges[1], kinds[1])
    assert onp.abs(wide.asnumpy() - onp.rint(floats / level((-4.5, 4.5), "int32"))).max() <= 1


def test_multiply():
    one, two = numbers((4, 5)), numbers((4, 5))
    ranges = (-1.0, 1.5, -0.5, 3.0)
    products = one.astype("int64") * two
    scale = level(ranges[:2], "int8") * level(ranges[2:], "int8")
    ours, least, greatest = npx.quantized_elemwise_mul(np.array(one), np.array(two), *ranges)
    assert ours.dtype == "int32" and (ours.asnumpy() == products).all()
    check_range(least, greatest, (-scale * (2**31 - 1), scale * (2**31 - 1)))
    small, least, greatest = npx.quantized_elemwise_mul(np.array(one), np.array(two), *ranges, -1.0, 2.0)
    wanted = onp.clip(onp.trunc(products * (scale / level((-1, 2), "int8"))), -128, 127)
    assert small.dtype == "int8" and (small.asnumpy() == wanted).all()
    check_range(least, greatest, (-1, 2))
    floats = npx.quantized_elemwise_mul(np.array(one), np.array(two), *ranges, enable_float_output=True)
    onp.testing.assert_allclose(floats.asnumpy(), products * scale, rtol=1e-6)


def test_a_quantized_network_answers_like_its_floats():
    x = RANDOM.normal(size=(20, 3, 8, 8)).astype("float32")
    filters = RANDOM.normal(size=(6, 3, 3, 3)).astype("float32") / 5
    weight = RANDOM.normal(size=(10, 6 * 16)).astype("float32") / 10
    plain = npx.convolution(np.array(x), np.array(filters), None, kernel=(3, 3), pad=(1, 1), num_filter=6, no_bias=True)
    plain = npx.pooling(npx.relu(plain), kernel=(2, 2), stride=(2, 2))
    plain = npx.fully_connected(plain, np.array(weight), None, num_hidden=10, no_bias=True)
    data, low, high = npx.contrib_quantize_v2(np.array(x))
    kernel, *span = npx.contrib_quantize_v2(np.array(filters))
    sums = npx.quantized_conv(data, kernel, None, low, high, *span, kernel=(3, 3), pad=(1, 1), no_bias=True)
    data, low, high = npx.quantized_act(*npx.requantize(*sums), act_type="relu")
    data, low, high = npx.quantized_pooling(data, low, high, kernel=(2, 2), stride=(2, 2))
    data, low, high = npx.quantized_flatten(data, low, high)
    matrix, *span = npx.contrib_quantize_v2(np.array(weight))
    sums = npx.quantized_fully_connected(data, matrix, None, low, high, *span, no_bias=True)
    error = npx.contrib_dequantize(*sums) - plain
    assert float(np.abs(error).max()) < 0.03 * float(np.abs(plain).max())


# Calibration.


def smoothed(counts, epsilon=1e-4):
    empty = sum(count == 0 for count in counts)
    taken = epsilon * empty / max(len(counts) - empty, 1)
    if empty == len(counts) or taken >= 1:
        return None
    return [epsilon if count == 0 else count - taken for count in counts]


def calibrated(counts, edges, kinds):
    """MXNet's method, step by step."""
    middle, found = len(counts) // 2, []
    for reach in range(kinds // 2, middle + 1):
        start, stop = middle - reach, middle + reach + 1
        inside = [0.0, *counts[start + 1 : stop]]
        given = [sum(counts[: start + 1]), *counts[start + 1 : stop]]
        given[-1] += sum(counts[stop:])
        step, got = len(inside) // kinds, [0.0] * len(inside)
        for kind in range(kinds):
            end = len(inside) if kind == kinds - 1 else (kind + 1) * step
            part = inside[kind * step : end]
            filled = sum(count != 0 for count in part)
            for place in range(kind * step, end):
                if filled and given[place]:
                    got[place] = sum(part) / filled
        p, q = smoothed(given), smoothed(got)
        if p is None or q is None:
            found.append((math.inf, reach))
            continue
        p, q = [a / sum(p) for a in p], [b / sum(q) for b in q]
        lost = sum(a * math.log(a / b) for a, b in zip(p, q)) if min(p + q) > 0 else math.inf
        found.append((lost, reach))
    lost, reach = min(found)
    return edges[middle + reach + 1], lost


@pytest.mark.parametrize("bins, kinds", [(101, 15), (61, 61), (77, 5)])
@pytest.mark.parametrize("draw", [lambda: RANDOM.normal(0, 1, 4000), lambda: RANDOM.laplace(0, 0.3, 4000)])
def test_calibration_by_entropy(draw, bins, kinds):
    counts, edges = onp.histogram(draw(), bins=bins, range=(-4, 4))
    threshold, lost = npx.contrib_calibrate_entropy(np.array(counts), np.array(edges), num_quantized_bins=kinds)
    wanted = calibrated([float(count) for count in counts], edges.tolist(), kinds)
    assert float(threshold[0]) == pytest.approx(wanted[0], rel=1e-6)
    assert float(lost[0]) == pytest.approx(wanted[1], rel=1e-4, abs=1e-6)


# Weights of eight bits.


def test_intgemm():
    data = RANDOM.normal(size=(5, 3, 8)).astype("float32")
    weight = RANDOM.normal(size=(6, 8)).astype("float32")
    bias = RANDOM.normal(size=(6,)).astype("float32")
    most, greatest = npx.intgemm_maxabsolute(np.array(data)), npx.intgemm_maxabsolute(np.array(weight))
    assert most.shape == (1,) and float(most[0]) == onp.abs(data).max()
    coded, table = (
        npx.intgemm_prepare_data(np.array(data), most),
        npx.intgemm_prepare_weight(np.array(weight), greatest),
    )
    assert coded.dtype == table.dtype == "int8"
    assert (coded.asnumpy() == onp.rint(data * (127 / onp.abs(data).max()))).all()
    assert (npx.intgemm_prepare_weight(table, already_quantized=True) == table).all()
    exact = coded.asnumpy().astype("int64") @ table.asnumpy().astype("int64").T
    whole = npx.intgemm_fully_connected(coded, table, num_hidden=6, no_bias=True, flatten=False, out_type="int32")
    assert whole.dtype == "int32" and (whole.asnumpy() == exact).all()
    added = npx.intgemm_fully_connected(
        coded, table, bias=np.arange(6, dtype="int32"), num_hidden=6, flatten=False, out_type="int32"
    )
    assert (added.asnumpy() == exact + onp.arange(6)).all()
    for rows, scaling in ((coded, most * greatest / 127**2), (np.array(data), greatest / 127)):
        floats = npx.intgemm_fully_connected(rows, table, scaling, np.array(bias), num_hidden=6, flatten=False)
        assert floats.dtype == "float32" and floats.shape == (5, 3, 6)
        onp.testing.assert_allclose(floats.asnumpy(), data @ weight.T + bias, atol=0.15)
    chosen = npx.intgemm_take_weight(table, np.array([4, 0, 4], dtype="int32"))
    assert (chosen == table[np.array([4, 0, 4], dtype="int32")]).all()
    assert npx.intgemm_prepare_data(np.array([5.0, -5.0]), 1.0).tolist() == [127, -127]


# Bad input.

BYTES, FLOATS, SUMS = np.array(numbers((2, 4))), np.ones((2, 4)), np.ones((2, 4), dtype="int32")
LONG, DEEP = np.ones((1, 2, 5), dtype="int8"), np.ones((1, 3, 2), dtype="int8")
BAD = [
    (lambda: npx.contrib_quantize(BYTES, -1, 1), TypeError, "contrib_quantize: data holds floats, not int8"),
    (lambda: npx.contrib_quantize(FLOATS, 1, -1), ValueError, "range from 1.0 to -1.0"),
    (lambda: npx.contrib_quantize(FLOATS, np.zeros(2), 1), ValueError, r"shape \(2,\)"),
    (lambda: npx.contrib_quantize(FLOATS, -1, 1, "int32"), ValueError, "out_type is 'int8' or 'uint8'"),
    (lambda: npx.contrib_quantize(FLOATS, float("nan"), 1), ValueError, "range from nan"),
    (lambda: npx.contrib_quantize_v2(FLOATS, min_calib_range=1), ValueError, "nothing"),
    (lambda: npx.contrib_quantize_v2(np.zeros((0, 2))), ValueError, "have no range"),
    (lambda: npx.contrib_dequantize(FLOATS, -1, 1), TypeError, "int8 or uint8 or int32, not float32"),
    (lambda: npx.requantize(BYTES, -1, 1), TypeError, "int32, not int8"),
    (lambda: npx.quantized_fully_connected(FLOATS, BYTES, None, -1, 1, -1, 1), TypeError, "data is of dtype"),
    (lambda: npx.quantized_fully_connected(BYTES, BYTES[:, :3], None, -1, 1, -1, 1), ValueError, "do not fit"),
    (lambda: npx.quantized_fully_connected(BYTES, BYTES, BYTES[0], -1, 1, -1, 1, -1, 1), ValueError, "bias has"),
    (lambda: npx.quantized_fully_connected(BYTES, BYTES, None, -1, 1, -1, 1, num_hidden=3), ValueError, "num_hidden"),
    (lambda: npx.quantized_conv(BYTES, BYTES, None, -1, 1, -1, 1), ValueError, "three, four or five axes"),
    (lambda: npx.quantized_conv(BYTES[None], BYTES[None], None, -1, 1, -1, 1, layout="NHWC"), ValueError, "layout"),
    (lambda: npx.quantized_conv(BYTES[None], LONG, None, -1, 1, -1, 1), ValueError, "spans"),
    (lambda: npx.quantized_conv(BYTES[None], DEEP, None, -1, 1, -1, 1), ValueError, "channels"),
    (lambda: npx.quantized_pooling(BYTES[None, None], -1, 1, kernel=(2, 2), pool_type="lp"), ValueError, "'lp'"),
    (lambda: npx.quantized_act(BYTES, -1, 1, act_type="tanh"), ValueError, "'tanh'"),
    (lambda: npx.quantized_elemwise_add(BYTES, BYTES[:1], -1, 1, -1, 1), ValueError, "of one shape"),
    (lambda: npx.quantized_elemwise_mul(BYTES, BYTES.astype("uint8"), -1, 1, -1, 1), TypeError, "rhs is of dtype int8"),
    (lambda: npx.quantized_embedding(np.zeros(2), BYTES, -1, 1, 3, 4), ValueError, "weight has the shape"),
    (lambda: npx.contrib_calibrate_entropy(np.ones(9), np.ones(9), 3), ValueError, "10 borders, not 9"),
    (lambda: npx.contrib_calibrate_entropy(np.ones(5), np.ones(6), 7), ValueError, "5 and 7"),
    (lambda: npx.intgemm_prepare_data(FLOATS.astype("float64"), 1), TypeError, "float32, not float64"),
    (lambda: npx.intgemm_prepare_weight(FLOATS), ValueError, "maxabs is one number, not nothing"),
    (lambda: npx.intgemm_take_weight(BYTES, np.array([2], dtype="int32")), IndexError, ""),
    (lambda: npx.intgemm_fully_connected(BYTES, BYTES, num_hidden=2, no_bias=True), ValueError, "scaling is one"),
    (lambda: npx.intgemm_fully_connected(BYTES, BYTES, 1.0, num_hidden=2), ValueError, "bias is missing"),
    (lambda: npx.intgemm_maxabsolute(np.zeros((0,))), ValueError, "no elements"),
]  # fmt: skip


@pytest.mark.parametrize("call, error, text", BAD, ids=range(len(BAD)))
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text or "."):
        call()
    with pytest.raises(MXNetError):
        call()
