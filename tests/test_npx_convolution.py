"""Convolution and deconvolution against plain loops in float64: parameters, layouts, dtypes, strides, gradients."""

import itertools

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

LAST = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
FIRST = {1: "NCW", 2: "NCHW", 3: "NCDHW"}


def spread(values, count, default):
    return tuple(values) if values else (default,) * count


def plain_convolution(data, weight, bias, kernel, stride=(), dilate=(), pad=(), num_group=1):
    """Channels behind the batch axis, one kernel element after the other."""
    space = len(kernel)
    stride, dilate, pad = spread(stride, space, 1), spread(dilate, space, 1), spread(pad, space, 0)
    data, weight = data.astype("float64"), weight.astype("float64")
    padded = onp.pad(data, [(0, 0), (0, 0), *[(p, p) for p in pad]])
    places = [(padded.shape[2 + a] - dilate[a] * (kernel[a] - 1) - 1) // stride[a] + 1 for a in range(space)]
    out = onp.zeros((data.shape[0], weight.shape[0], *places))
    channels, filters = data.shape[1] // num_group, weight.shape[0] // num_group
    for group in range(num_group):
        block = weight[group * filters : (group + 1) * filters]
        for at in itertools.product(*map(range, kernel)):
            window = tuple(
                slice(at[a] * dilate[a], at[a] * dilate[a] + (places[a] - 1) * stride[a] + 1, stride[a])
                for a in range(space)
            )
            part = padded[(slice(None), slice(group * channels, (group + 1) * channels), *window)]
            out[:, group * filters : (group + 1) * filters] += onp.einsum(
                "nc...,fc->nf...", part, block[(slice(None), slice(None), *at)]
            )
    return out if bias is None else out + bias.astype("float64").reshape(-1, *[1] * space)


def plain_deconvolution(data, weight, bias, kernel, stride=(), dilate=(), pad=(), adj=(), num_group=1):
    space = len(kernel)
    stride, dilate = spread(stride, space, 1), spread(dilate, space, 1)
    pad, adj = spread(pad, space, 0), spread(adj, space, 0)
    data, weight = data.astype("float64"), weight.astype("float64")
    whole = [(data.shape[2 + a] - 1) * stride[a] + dilate[a] * (kernel[a] - 1) + 1 for a in range(space)]
    filters, channels = weight.shape[1], data.shape[1] // num_group
    out = onp.zeros((data.shape[0], filters * num_group, *[whole[a] + adj[a] for a in range(space)]))
    for group in range(num_group):
        block = slice(group * channels, (group + 1) * channels)
        for at in itertools.product(*map(range, kernel)):
            window = tuple(
                slice(at[a] * dilate[a], at[a] * dilate[a] + (data.shape[2 + a] - 1) * stride[a] + 1, stride[a])
                for a in range(space)
            )
            out[(slice(None), slice(group * filters, (group + 1) * filters), *window)] += onp.einsum(
                "nc...,cf->nf...", data[:, block], weight[block][(slice(None), slice(None), *at)]
            )
    crop = tuple(slice(pad[a], whole[a] + adj[a] - pad[a]) for a in range(space))
    out = out[(slice(None), slice(None), *crop)]
    return out if bias is None else out + bias.astype("float64").reshape(-1, *[1] * space)


#: name of the row: data shape (channels first), filters, keywords
CASES = {
    "1d": ((2, 3, 11), 4, dict(kernel=(3,))),
    "1d pad stride": ((2, 3, 11), 4, dict(kernel=(4,), stride=(3,), pad=(2,))),
    "1d dilate": ((1, 2, 13), 5, dict(kernel=(3,), dilate=(4,), pad=(1,))),
    "2d": ((2, 3, 9, 7), 4, dict(kernel=(3, 3))),
    "2d pad": ((2, 5, 8, 6), 7, dict(kernel=(3, 3), pad=(1, 1))),
    "2d wide pad": ((1, 2, 3, 2), 3, dict(kernel=(3, 3), pad=(4, 5))),
    "2d stride": ((2, 3, 9, 10), 4, dict(kernel=(3, 2), stride=(2, 3), pad=(1, 0))),
    "2d stride beyond kernel": ((2, 3, 9, 10), 4, dict(kernel=(2, 1), stride=(3, 4))),
    "2d all": ((2, 4, 12, 11), 6, dict(kernel=(3, 2), stride=(2, 3), dilate=(2, 3), pad=(3, 1), num_group=2)),
    "2d stride dilate": ((1, 2, 15, 14), 3, dict(kernel=(3, 3), stride=(4, 2), dilate=(2, 3), pad=(2, 2))),
    "pointwise": ((3, 5, 6, 7), 4, dict(kernel=(1, 1))),
    "pointwise groups": ((3, 6, 5, 4), 4, dict(kernel=(1, 1), num_group=2)),
    "pointwise stride": ((2, 3, 7, 7), 4, dict(kernel=(1, 1), stride=(2, 2))),
    "depthwise": ((2, 6, 9, 9), 6, dict(kernel=(3, 3), pad=(1, 1), num_group=6)),
    "depthwise twice": ((2, 3, 9, 9), 6, dict(kernel=(3, 3), stride=(2, 2), pad=(1, 1), num_group=3)),
    "large": ((2, 40, 19, 21), 37, dict(kernel=(3, 3), pad=(1, 1))),
    "7x7 stride 2": ((2, 3, 40, 38), 13, dict(kernel=(7, 7), stride=(2, 2), pad=(3, 3))),
    "deep": ((1, 130, 7, 7), 26, dict(kernel=(3, 3), pad=(1, 1))),
    "3d": ((2, 2, 5, 6, 7), 3, dict(kernel=(2, 3, 3))),
    "3d all": (
        (1, 4, 7, 6, 8),
        6,
        dict(kernel=(2, 3, 2), stride=(2, 1, 3), dilate=(2, 1, 1), pad=(1, 2, 1), num_group=2),
    ),
    # many small images lie abreast
    "abreast": ((16, 9, 4, 5), 13, dict(kernel=(3, 3), pad=(1, 1))),
    "abreast stride": ((30, 8, 6, 7), 9, dict(kernel=(3, 2), stride=(2, 3), dilate=(1, 2), pad=(1, 2))),
    "abreast groups": ((32, 16, 3, 4), 28, dict(kernel=(3, 3), pad=(1, 1), num_group=2)),
    "abreast blocks": ((45, 40, 3, 3), 29, dict(kernel=(3, 3), pad=(1, 1))),
    "abreast dilated": ((16, 8, 5, 4), 9, dict(kernel=(3, 3), dilate=(3, 2), pad=(3, 2))),
    "abreast beyond": ((20, 8, 3, 2), 12, dict(kernel=(2, 3), pad=(3, 4), stride=(1, 2))),
    "abreast wide kernel": ((16, 8, 2, 3), 8, dict(kernel=(5, 5), pad=(2, 2))),
    "abreast many steps": ((16, 112, 7, 7), 8, dict(kernel=(7, 7), pad=(3, 3))),
    "abreast 3d": ((15, 8, 3, 2, 3), 8, dict(kernel=(2, 2, 3), stride=(1, 2, 1), pad=(1, 1, 1))),
}
TRANSPOSED = {
    "1d": ((2, 3, 6), 4, dict(kernel=(3,))),
    "1d adj": ((2, 3, 6), 4, dict(kernel=(3,), stride=(3,), pad=(1,), adj=(2,))),
    "2d": ((2, 3, 5, 4), 4, dict(kernel=(3, 3))),
    "2d stride": ((2, 3, 5, 4), 4, dict(kernel=(4, 4), stride=(2, 2), pad=(1, 1))),
    "2d gaps": ((2, 3, 5, 4), 4, dict(kernel=(2, 1), stride=(3, 4), adj=(1, 3))),
    "2d all": ((2, 4, 5, 6), 6, dict(kernel=(3, 2), stride=(2, 3), dilate=(2, 3), pad=(1, 2), adj=(1, 0), num_group=2)),
    "pointwise": ((2, 4, 5, 6), 6, dict(kernel=(1, 1), num_group=2)),
    "depthwise": ((2, 6, 7, 7), 6, dict(kernel=(3, 3), stride=(2, 2), pad=(1, 1), adj=(1, 1), num_group=6)),
    "large": ((2, 40, 9, 11), 37, dict(kernel=(4, 4), stride=(2, 2), pad=(1, 1))),
    "3d": ((1, 4, 3, 4, 5), 6, dict(kernel=(2, 3, 2), stride=(2, 1, 3), pad=(1, 1, 0), num_group=2)),
    "abreast": ((31, 10, 3, 2), 14, dict(kernel=(4, 3), stride=(2, 2), pad=(1, 1), adj=(1, 0))),
    "abreast gaps": ((16, 8, 2, 3), 8, dict(kernel=(2, 1), stride=(3, 2), adj=(1, 1))),
}


def arrays(shape, filters, options, transposed=False, dtype="float64", seed=0):
    random = onp.random.default_rng(seed)
    groups, kernel = options.get("num_group", 1), options["kernel"]
    lead = (shape[1], filters // groups) if transposed else (filters, shape[1] // groups)
    made = [random.standard_normal(size) for size in (shape, (*lead, *kernel), (filters,))]
    return [one.astype(host_dtype(dtype)) for one in made]


def last(array):
    """Channels last in the axes, contiguous."""
    return onp.ascontiguousarray(onp.moveaxis(array, 1, -1))


TOLERANCE = {"float64": 1e-12, "float32": 2e-5, "float16": 4e-3, "bfloat16": 3e-2}


def close(got, expected, dtype):
    got = got.asnumpy()
    assert str(got.dtype) == dtype and got.shape == expected.shape
    scale = max(1.0, onp.abs(expected).max(initial=0))
    assert onp.abs(got.astype("float64") - expected).max(initial=0) <= TOLERANCE[dtype] * scale


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_convolution(name, dtype):
    shape, filters, options = CASES[name]
    data, weight, bias = arrays(shape, filters, options, dtype=dtype)
    got = npx.convolution(np.array(data), np.array(weight), np.array(bias), num_filter=filters, **options)
    close(got, plain_convolution(data, weight, bias, **options), dtype)


@pytest.mark.parametrize("name", TRANSPOSED)
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "bfloat16"])
def test_deconvolution(name, dtype):
    shape, filters, options = TRANSPOSED[name]
    data, weight, bias = arrays(shape, filters, options, transposed=True, dtype=dtype)
    got = npx.deconvolution(np.array(data), np.array(weight), np.array(bias), num_filter=filters, **options)
    close(got, plain_deconvolution(data, weight, bias, **options), dtype)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("no_bias", [False, True])
def test_channels_last(name, no_bias):
    shape, filters, options = CASES[name]
    data, weight, bias = arrays(shape, filters, options)
    bias = None if no_bias else bias
    more = dict(no_bias=no_bias, layout=LAST[len(options["kernel"])], num_filter=filters, **options)
    given = None if no_bias else np.array(bias)
    got = npx.convolution(np.array(last(data)), np.array(last(weight)), given, **more)
    close(got, last(plain_convolution(data, weight, bias, **options)), "float64")
    assert got.flags.c_contiguous


@pytest.mark.parametrize("name", TRANSPOSED)
def test_deconvolution_channels_last(name):
    shape, filters, options = TRANSPOSED[name]
    data, weight, _ = arrays(shape, filters, options, transposed=True)
    layout = LAST[len(options["kernel"])]
    got = npx.deconvolution(
        np.array(last(data)), np.array(last(weight)), num_filter=filters, layout=layout, no_bias=True, **options
    )
    close(got, last(plain_deconvolution(data, weight, None, **options)), "float64")


def gradients(function, inputs, head):
    variables = [np.array(one) for one in inputs]
    for one in variables:
        one.attach_grad()
    with autograd.record():
        out = function(*variables)
    out.backward(np.array(head))
    return [one.grad.asnumpy() for one in variables]


def adjoint_gradients(function, inputs, head, bias=True):
    """The exact gradients of something linear in each input: its value at unit directions, summed with the head."""
    random = onp.random.default_rng(5)
    directions = [random.standard_normal(one.shape) for one in inputs]
    base = function(*inputs)
    for index, direction in enumerate(directions):
        moved = [one + direction if at == index else one for at, one in enumerate(inputs)]
        yield direction, ((function(*moved) - base) * head).sum()


@pytest.mark.parametrize("name", CASES)
def test_convolution_gradients(name):
    shape, filters, options = CASES[name]
    inputs = arrays(shape, filters, options)

    def plain(data, weight, bias):
        return plain_convolution(data, weight, bias, **options)

    head = onp.random.default_rng(9).standard_normal(plain(*inputs).shape)
    got = gradients(lambda *given: npx.convolution(*given, num_filter=filters, **options), inputs, head)
    for gradient, (direction, expected) in zip(got, adjoint_gradients(plain, inputs, head), strict=True):
        assert (gradient * direction).sum() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", TRANSPOSED)
def test_deconvolution_gradients(name):
    shape, filters, options = TRANSPOSED[name]
    inputs = arrays(shape, filters, options, transposed=True)

    def plain(data, weight, bias):
        return plain_deconvolution(data, weight, bias, **options)

    head = onp.random.default_rng(9).standard_normal(plain(*inputs).shape)
    got = gradients(lambda *given: npx.deconvolution(*given, num_filter=filters, **options), inputs, head)
    for gradient, (direction, expected) in zip(got, adjoint_gradients(plain, inputs, head), strict=True):
        assert (gradient * direction).sum() == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("operator", ["convolution", "deconvolution"])
def test_every_element_of_the_gradients_by_finite_differences(operator):
    options = dict(kernel=(2, 3), stride=(2, 1), dilate=(1, 2), pad=(1, 1), num_group=2)
    inputs = arrays((2, 4, 4, 5), 4, options, transposed=operator == "deconvolution")
    function = getattr(npx, operator)
    head = onp.random.default_rng(1).standard_normal(function(*map(np.array, inputs), num_filter=4, **options).shape)

    def loss(*given):
        return float((function(*map(np.array, given), num_filter=4, **options).asnumpy() * head).sum())

    got = gradients(lambda *given: function(*given, num_filter=4, **options), inputs, head)
    for index, gradient in enumerate(got):
        for place in onp.ndindex(gradient.shape):
            moved = [[one.copy() for one in inputs] for _ in range(2)]
            moved[0][index][place] += 1e-3
            moved[1][index][place] -= 1e-3
            assert gradient[place] == pytest.approx((loss(*moved[0]) - loss(*moved[1])) / 2e-3, abs=1e-8)


@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
@pytest.mark.parametrize("operator", ["convolution", "deconvolution"])
def test_second_derivatives(operator, layout):
    options = dict(kernel=(3, 2), stride=(2, 1), pad=(1, 1))
    data, weight, _ = arrays((2, 3, 6, 5), 3, options)
    if layout == "NHWC":
        data, weight = last(data), last(weight)
    function = getattr(npx, operator)

    def slope(x, w):
        """The gradient in the data of a sum of cubes, contracted with fixed numbers."""
        out = function(x, w, num_filter=3, no_bias=True, layout=layout, **options)
        (gradient,) = autograd.grad([(out**3).sum()], [x], create_graph=True)
        return (gradient * fixed).sum()

    fixed = np.array(onp.random.default_rng(2).standard_normal(data.shape))
    x, w = np.array(data), np.array(weight)
    for one in (x, w):
        one.attach_grad()
    with autograd.record():
        value = slope(x, w)
    value.backward()

    def number(data, weight):
        x, w = np.array(data), np.array(weight)
        x.attach_grad()
        with autograd.record():
            return float(slope(x, w).asnumpy())

    for index, variable in enumerate((x, w)):
        direction = onp.random.default_rng(3).standard_normal(variable.shape)
        steps = [[data, weight], [data, weight]]
        steps[0][index] = steps[0][index] + 1e-5 * direction
        steps[1][index] = steps[1][index] - 1e-5 * direction
        expected = (number(*steps[0]) - number(*steps[1])) / 2e-5
        assert (variable.grad.asnumpy() * direction).sum() == pytest.approx(expected, rel=1e-6)


VIEWS = {
    "stepped": lambda x: x[::2, :, ::2, 1:-1],
    "reversed": lambda x: x[:, ::-1, :, ::-1],
    "turned": lambda x: x.transpose(0, 1, 3, 2),
    "channels in memory last": lambda x: x.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2),
    "broadcast": lambda x: x[:1] + x[:1] * 0 if isinstance(x, onp.ndarray) else x[:1],
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3)], ids=str)
def test_views(view, kernel):
    options = dict(kernel=kernel)
    data, weight, bias = arrays((4, 3, 10, 9), 5, options)
    seen = VIEWS[view](np.array(data))
    expected = plain_convolution(seen.asnumpy(), weight, bias, **options)
    close(npx.convolution(seen, np.array(weight), np.array(bias), num_filter=5, **options), expected, "float64")
    turned = np.array(onp.ascontiguousarray(weight.swapaxes(0, 1))).swapaxes(0, 1)
    close(npx.convolution(seen, turned, np.array(bias), num_filter=5, **options), expected, "float64")


@pytest.mark.parametrize("kernel", [(1, 1), (3, 3)], ids=str)
def test_empty_batches_and_channels(kernel):
    none = npx.convolution(np.zeros((0, 3, 5, 5)), np.ones((2, 3, *kernel)), np.ones(2), kernel=kernel, num_filter=2)
    assert none.shape == (0, 2, 6 - kernel[0], 6 - kernel[1])
    only_bias = npx.convolution(
        np.zeros((1, 0, 5, 5)), np.zeros((2, 0, *kernel)), np.array([1.0, 2.0]), kernel=kernel, num_filter=2
    )
    assert (only_bias.asnumpy() == onp.array([1.0, 2.0]).reshape(1, 2, 1, 1)).all()
    x, w = np.zeros((0, 3, 5, 5)), np.ones((2, 3, *kernel))
    x.attach_grad()
    w.attach_grad()
    with autograd.record():
        out = npx.convolution(x, w, kernel=kernel, num_filter=2, no_bias=True)
    out.backward()
    assert x.grad.shape == x.shape and (w.grad.asnumpy() == 0).all()


@pytest.mark.parametrize(
    "name", ["large", "2d all", "depthwise", "pointwise", "7x7 stride 2", "deep", "abreast", "abreast blocks"]
)
def test_bits_do_not_depend_on_threads(name, threads):
    shape, filters, options = CASES[name]
    data, weight, bias = (np.array(one) for one in arrays(shape, filters, options, dtype="float32"))

    def run():
        for one in (data, weight, bias):
            one.attach_grad()
        with autograd.record():
            out = npx.convolution(data, weight, bias, num_filter=filters, **options)
        out.backward(out)
        return [one.asnumpy() for one in (out, data.grad, weight.grad, bias.grad)]

    results = []
    for count in (1, 2, 5):
        threads(count)
        results.append(run())
    for other in results[1:]:
        for first, second in zip(results[0], other, strict=True):
            assert onp.array_equal(first, second)


@pytest.mark.parametrize("target", [(8, 7), (9, 10), (11, 8)], ids=str)
def test_target_shape(target):
    options = dict(kernel=(3, 4), stride=(2, 3))
    data, weight, _ = arrays((1, 2, 5, 4), 3, options, transposed=True)
    got = npx.deconvolution(
        np.array(data), np.array(weight), num_filter=3, no_bias=True, target_shape=target, pad=(1, 1), **options
    )
    beyond = [(4 * 2 + 3) - target[0], (3 * 3 + 4) - target[1]]
    pad, adj = [(one + 1) // 2 for one in beyond], [one % 2 for one in beyond]
    close(got, plain_deconvolution(data, weight, None, pad=pad, adj=adj, **options), "float64")
    assert got.shape[2:] == target


X, W = (2, 4, 5, 6), (3, 4, 3, 3)
WRONG = {
    "no kernel": (X, W, dict(num_filter=3), "kernel is wanted"),
    "huge stride": (
        X,
        W,
        dict(kernel=(3, 3), num_filter=3, stride=(2**63 - 1, 1)),
        r"stride\[0\] is 9223372036854775807, expected at most 2147483647",
    ),
    "no bias": (X, W, dict(kernel=(3, 3), num_filter=3, no_bias=False), "no_bias=True"),
    "axes of data": ((2, 4, 5), W, dict(kernel=(3, 3), num_filter=3), r"data has 3 axes, expected 4 \(N, C, H, W\)"),
    "axes of weight": (X, (3, 4, 3), dict(kernel=(3, 3), num_filter=3), "weight has 3 axes, expected 4"),
    "channels": (X, (3, 5, 3, 3), dict(kernel=(3, 3), num_filter=3), "axis 1 of weight is 5, expected 4"),
    "filters": (X, W, dict(kernel=(3, 3), num_filter=2), "axis 0 of weight is 3, expected 2"),
    "kernel": (X, W, dict(kernel=(3, 2), num_filter=3), "axis 3 of weight is 3, expected 2"),
    "groups of data": (
        X,
        W,
        dict(kernel=(3, 3), num_filter=3, num_group=3),
        "axis 1 of data is 4, expected a multiple",
    ),
    "groups of filters": (X, W, dict(kernel=(3, 3), num_filter=3, num_group=2), "num_filter is 3, expected a multiple"),
    "zero kernel": (X, W, dict(kernel=(0, 3), num_filter=3), r"kernel\[0\] is 0"),
    "zero stride": (X, W, dict(kernel=(3, 3), stride=(1, 0), num_filter=3), r"stride\[1\] is 0"),
    "zero dilate": (X, W, dict(kernel=(3, 3), dilate=(0, 1), num_filter=3), r"dilate\[0\] is 0"),
    "negative pad": (X, W, dict(kernel=(3, 3), pad=(-1, 0), num_filter=3), r"pad\[0\] is -1"),
    "length of stride": (X, W, dict(kernel=(3, 3), stride=(1,), num_filter=3), "stride has 1 numbers, expected 2"),
    "reach": (X, W, dict(kernel=(3, 3), dilate=(3, 1), num_filter=3), "axis 2 of data is 5, 5 with padding.* 7"),
    "layout": (X, W, dict(kernel=(3, 3), num_filter=3, layout="HWCN"), "layout 'HWCN' is unknown"),
    "layout of other axes": (X, W, dict(kernel=(3, 3), num_filter=3, layout="NCW"), "layout 'NCW' has 1 spatial axes"),
    "no groups": (X, W, dict(kernel=(3, 3), num_filter=3, num_group=0), "num_group is 0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    data, weight, options, message = WRONG[name]
    with pytest.raises(ValueError, match="convolution: .*" + message):
        npx.convolution(np.ones(data), np.ones(weight), **{"no_bias": True, **options})


def test_more_errors():
    options = dict(kernel=(3, 3), num_filter=3)
    with pytest.raises(ValueError, match=r"bias has shape \(2,\), expected \(3,\)"):
        npx.convolution(np.ones(X), np.ones(W), np.ones(2), **options)
    with pytest.raises(TypeError, match="not int32"):
        npx.convolution(np.ones(X, dtype="int32"), np.ones(W, dtype="int32"), no_bias=True, **options)
    weight = np.ones((4, 3, 3, 3))
    with pytest.raises(ValueError, match=r"adj\[0\] is 2, expected less than stride\[0\], 2"):
        npx.deconvolution(np.ones(X), weight, no_bias=True, stride=(2, 2), adj=(2, 0), **options)
    with pytest.raises(ValueError, match=r"target_shape\[1\] is 90, expected at most 8"):
        npx.deconvolution(np.ones(X), weight, no_bias=True, target_shape=(7, 90), **options)
    with pytest.raises(ValueError, match="leaves no place"):
        npx.deconvolution(np.ones(X), weight, no_bias=True, pad=(4, 0), **options)


@pytest.mark.parametrize("first", ["float32", "float64", "float16"])
@pytest.mark.parametrize("second", ["float32", "float64", "bfloat16"])
def test_mixed_dtypes(first, second):
    from oracle import promote

    x, w = np.ones((1, 2, 4), dtype=first), np.ones((3, 2, 2), dtype=second)
    out = npx.convolution(x, w, kernel=(2,), num_filter=3, no_bias=True)
    assert str(onp.dtype(out.dtype)) == promote(first, second) and (out.astype("float32").asnumpy() == 4).all()


def test_nan_and_infinity_pass_through():
    x = onp.zeros((1, 1, 6, 6))
    x[0, 0, 2, 2], x[0, 0, 5, 5] = onp.nan, onp.inf
    out = npx.convolution(np.array(x), np.ones((1, 1, 3, 3)), kernel=(3, 3), num_filter=1, no_bias=True).asnumpy()[0, 0]
    assert onp.isnan(out[:3, :3]).all() and out[3, 3] == onp.inf and (out[3, :3] == 0).all()


def test_a_deconvolution_that_would_overflow():
    data, weight = np.ones((1, 1, 5)), np.ones((1, 1, 3))
    with pytest.raises(ValueError, match=r"deconvolution: stride\[0\] is 4611686018427387904, expected at most"):
        npx.deconvolution(data, weight, kernel=(3,), num_filter=1, no_bias=True, stride=(2**62,))
