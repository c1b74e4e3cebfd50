"""Flags of functions take whatever is true or false, as in NumPy and MXNet: `keepdims=1`. Every row is a call with a
flag of its own; texts are refused, as "False" would be true."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx

HOST = onp.array([[3.0, 1.0, 2.0], [6.0, 5.0, 4.0]], dtype="float32")
X = np.array(HOST)

# what NumPy has, too: (function of a namespace, an array and the flag)
BOTH = {
    "sum": lambda n, x, flag: n.sum(x, axis=1, keepdims=flag),
    "method": lambda n, x, flag: x.mean(0, keepdims=flag),
    "argmax": lambda n, x, flag: n.argmax(x, 1, keepdims=flag),
    "nansum": lambda n, x, flag: n.nansum(x, 1, keepdims=flag),
    "quantile": lambda n, x, flag: n.quantile(x, 0.5, 1, keepdims=flag),
    "sort": lambda n, x, flag: n.sort(x, stable=flag),
    "linspace": lambda n, x, flag: n.linspace(0, 1, 5, endpoint=flag),
    "vander": lambda n, x, flag: n.vander(x[0], increasing=flag),
    "unique": lambda n, x, flag: n.unique(x, return_index=flag),
    "isin": lambda n, x, flag: n.isin(x, [1, 2], invert=flag),
    "digitize": lambda n, x, flag: n.digitize(x, [1, 2], right=flag),
    "histogram": lambda n, x, flag: n.histogram(x, 3, density=flag)[0],
    "average": lambda n, x, flag: n.average(x, 0, returned=flag),
    "allclose": lambda n, x, flag: n.allclose(x, x, equal_nan=flag),
    "array": lambda n, x, flag: n.array(x, copy=flag),
    "meshgrid": lambda n, x, flag: n.meshgrid(x[0], x[1], sparse=flag),
    "integers": lambda n, x, flag: n.random.default_rng(1).integers(0, 3, 20, endpoint=flag),
    "choice": lambda n, x, flag: n.random.default_rng(1).choice(9, 5, replace=flag, shuffle=flag),
}

# what MXNet has
OURS = {
    "fully_connected": lambda flag: npx.fully_connected(X, np.ones((2, 3)), np.ones(2), no_bias=flag),
    "batch_dot": lambda flag: npx.batch_dot(X[None, :, :2], X[None, :, :2], transpose_b=flag),
    "topk": lambda flag: npx.topk(X, is_ascend=flag),
    "pick": lambda flag: npx.pick(X, np.zeros(2), keepdims=flag),
    "norm": lambda flag: npx.norm(X, axis=1, keepdims=flag),
    "pooling": lambda flag: npx.pooling(X[None], kernel=(2,), pad=(1,), pool_type="avg", count_include_pad=flag),
    "rope": lambda flag: npx.rope(X[:, :2], interleaved=flag),
    "sequence_mask": lambda flag: npx.sequence_mask(X, np.ones(3), use_sequence_length=flag),
    "softmax": lambda flag: npx.softmax(X, np.ones(2), use_length=flag),
    "box_nms": lambda flag: npx.box_nms(np.ones((1, 2, 6)), id_index=0, force_suppress=flag),
    "slice_channel": lambda flag: npx.slice_channel(X, 3, squeeze_axis=flag),
}


def parts(x):
    return [onp.asarray(one) for one in x] if isinstance(x, (tuple, list)) else [onp.asarray(x)]


@pytest.mark.parametrize("flag", [0, 1])
@pytest.mark.parametrize("name", BOTH)
def test_numpy_functions(name, flag):
    got, wanted = parts(BOTH[name](np, X, flag)), parts(BOTH[name](onp, HOST, flag))
    assert [x.shape for x in got] == [x.shape for x in wanted]
    for one, other in zip(got, wanted, strict=True):
        onp.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("flag", [0, 1, onp.True_, np.array(False)])
@pytest.mark.parametrize("name", OURS)
def test_mxnet_functions(name, flag):
    got, wanted = parts(OURS[name](flag)), parts(OURS[name](bool(flag)))
    for one, other in zip(got, wanted, strict=True):
        onp.testing.assert_array_equal(one, other)


def test_recording():
    x = np.array([3.0])
    x.attach_grad()
    with autograd.record(1):
        y = x * x
    y.backward(retain_graph=1)
    y.backward(retain_graph=0)
    assert x.grad.tolist() == [6]
    assert autograd.set_recording(0) is False


@pytest.mark.parametrize("flag", ["False", b"0"])
def test_texts_are_refused(flag):
    with pytest.raises(TypeError, match="True or False is wanted"):
        npx.topk(X, is_ascend=flag)


def test_what_is_neither_true_nor_false():
    with pytest.raises(ValueError, match="ambiguous"):
        np.sum(X, keepdims=np.array([1, 2]))


@pytest.mark.parametrize("function", [npx.relu, npx.sigmoid, npx.erf, npx.erfinv, npx.gammaln, npx.softsign])
def test_operands_by_mxnets_name(function):
    x = np.array([0.25, 0.5])
    assert (function(data=x) == function(x)).all()
    with pytest.raises(TypeError, match="unexpected keyword argument 'data'"):
        function(x, data=x)
    with pytest.raises(TypeError):
        np.exp(data=x)
