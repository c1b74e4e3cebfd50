"""Operators of neural networks against plain NumPy and SciPy, every parameter at work, in every float dtype, on views,
broadcasts and arrays without elements."""

import numpy as onp
import pytest
import scipy.special

from mxnet import autograd, np, npx

RANDOM = onp.random.RandomState(3)
DTYPES = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 3e-2}


def draw(*shape, low=-2.0, high=2.0):
    return RANDOM.uniform(low, high, shape)


def soft(x, axis=-1, temperature=1.0, mask=None):
    x = onp.asarray(x, "float64") / temperature
    mask = onp.ones(x.shape, bool) if mask is None else onp.broadcast_to(mask, x.shape)
    powers = onp.where(mask, onp.exp(x - x.max(axis=axis, keepdims=True)), 0)
    total = powers.sum(axis=axis, keepdims=True)
    return onp.divide(powers, total, out=onp.zeros_like(powers), where=total > 0)


def within(x, lengths, axis):
    """Where positions along an axis are below the lengths of their lines."""
    axis %= x.ndim
    open_shape = [1] * x.ndim
    open_shape[axis] = -1
    return onp.arange(x.shape[axis]).reshape(open_shape) < onp.expand_dims(lengths, axis)


def standard(x, axes, eps, gamma, beta):
    x = onp.asarray(x, "float64")
    mean, variance = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return (x - mean) / onp.sqrt(variance + eps) * gamma + beta


def over(vector, ndim, axis):
    shape = [1] * ndim
    shape[axis] = -1
    return onp.asarray(vector, "float64").reshape(shape)


def turned(x, positions=None, base=10000.0, interleaved=False):
    half = x.shape[-1] // 2
    positions = onp.arange(x.shape[-2]) if positions is None else positions
    angles = onp.asarray(positions, "float64")[..., None] * base ** (-onp.arange(half) / half)
    pairs = (x[..., 0::2], x[..., 1::2]) if interleaved else (x[..., :half], x[..., half:])
    z = (pairs[0] + 1j * pairs[1]) * onp.exp(1j * angles)
    if interleaved:
        return onp.stack([z.real, z.imag], -1).reshape(x.shape)
    return onp.concatenate([z.real, z.imag], -1)


def rectified(x, negative):
    return onp.where(x > 0, x, negative)


def huber(x, s):
    return onp.where(onp.abs(x) < 1 / s**2, 0.5 * (s * x) ** 2, onp.abs(x) - 0.5 / s**2)


def entropy(x, labels, axis=-1):
    logs = x - scipy.special.logsumexp(x, axis=axis, keepdims=True)
    return -onp.take_along_axis(logs, onp.expand_dims(labels, axis), axis).squeeze(axis)


def grouped(x, groups, eps, gamma, beta):
    split = x.reshape(x.shape[0], groups, -1)
    whole = standard(split, (2,), eps, 1, 0).reshape(x.shape)
    return whole * over(gamma, x.ndim, 1) + over(beta, x.ndim, 1)


def interleaved(qkv, heads, parts):
    """Every part as (batch * heads, length, size)."""
    length, batch, width = qkv.shape
    split = qkv.reshape(length, batch, heads, parts, width // heads // parts)
    return [split[:, :, :, part].transpose(1, 2, 0, 3).reshape(batch * heads, length, -1) for part in range(parts)]


X = draw(3, 4, 5)
IMAGE = draw(2, 6, 3, 2)
GAMMA, BETA = draw(6), draw(6)
LENGTHS = onp.array([[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [0, 5, 0, 5, 3]])[:, :4]
MASK = RANDOM.uniform(size=(3, 1, 5)) > 0.4
MASK[1] = False
WEIGHT, BIAS = draw(7, 20), draw(7)

# name: (ours, reference); both get the arrays in between, ours as arrays of the dtype under test
ROWS = {
    "softmax": (npx.softmax, soft, X),
    "softmax of axis 0": (lambda x: npx.softmax(x, axis=0), lambda x: soft(x, 0), X),
    "softmax temperature": (lambda x: npx.softmax(x, temperature=3), lambda x: soft(x, temperature=3), X),
    "softmax negative temperature": (lambda x: npx.softmax(x, temperature=-2), lambda x: soft(-x / 2), X),
    "softmax length": (
        lambda x: npx.softmax(x, np.array(LENGTHS), use_length=True),
        lambda x: soft(x, mask=within(x, LENGTHS, -1)),
        X,
    ),
    "softmax length axis": (
        lambda x: npx.softmax(x, np.array(LENGTHS.T[:, :3] % 3), axis=1, use_length=True),
        lambda x: soft(x.swapaxes(1, 2), mask=within(x.swapaxes(1, 2), LENGTHS.T[:, :3] % 3, -1)).swapaxes(1, 2),
        draw(4, 4, 3),
    ),
    "softmax length off": (lambda x: npx.softmax(x, np.array(LENGTHS)), soft, X),
    "log_softmax": (npx.log_softmax, lambda x: scipy.special.log_softmax(x, axis=-1), X),
    "log_softmax far": (
        lambda x: npx.log_softmax(x * 100, axis=1),
        lambda x: scipy.special.log_softmax(x * 100, axis=1),
        onp.round(X * 8) / 8,
    ),
    "log_softmax temperature": (
        lambda x: npx.log_softmax(x, temperature=0.5, axis=-2),
        lambda x: scipy.special.log_softmax(x * 2, axis=-2),
        X,
    ),
    "log_softmax length": (
        lambda x: npx.log_softmax(x, length=np.array(LENGTHS[:2] % 5 + 1), use_length=True),
        lambda x: onp.log(soft(x, mask=(m := within(x, LENGTHS[:2] % 5 + 1, -1))), where=m, out=onp.zeros(x.shape)),
        X[:2],
    ),
    "masked_softmax": (lambda x: npx.masked_softmax(x, np.array(MASK)), lambda x: soft(x, mask=MASK), X),
    "masked_softmax all": (
        lambda x: npx.masked_softmax(x, np.array(MASK), axis=0, temperature=2, normalize=False),
        lambda x: soft(x, 0, 2, MASK),
        X,
    ),
    "masked_log_softmax": (
        lambda x: npx.masked_log_softmax(x, np.array(MASK), temperature=2),
        lambda x: onp.log(soft(x, temperature=2, mask=MASK)),
        X,
    ),
    "leaky": (lambda x: npx.leaky_relu(x, slope=0.1), lambda x: rectified(x, 0.1 * x), X),
    "leaky default": (npx.leaky_relu, lambda x: rectified(x, 0.25 * x), X),
    "prelu": (
        lambda x, g: npx.leaky_relu(x, g, act_type="prelu"),
        lambda x, g: rectified(x, over(g, 4, 1) * x),
        IMAGE,
        GAMMA,
    ),
    "prelu of one": (lambda x, g: npx.leaky_relu(x, g, "prelu"), lambda x, g: rectified(x, g * x), X, draw(1)),
    "prelu spread": (lambda x, g: npx.leaky_relu(x, g, "prelu"), lambda x, g: rectified(x, g * x), X, draw(4, 1)),
    "elu": (
        lambda x: npx.leaky_relu(x, act_type="elu", slope=0.5),
        lambda x: rectified(x, 0.5 * onp.expm1(x)),
        X,
    ),
    "selu": (
        lambda x: npx.leaky_relu(x, act_type="selu"),
        lambda x: 1.0507009873554805 * rectified(x, 1.6732632423543772 * onp.expm1(x)),
        X,
    ),
    "gelu": (lambda x: npx.leaky_relu(x, act_type="gelu"), lambda x: x * scipy.special.ndtr(x), X),
    "gelu_erf": (lambda x: npx.leaky_relu(x, act_type="gelu_erf"), lambda x: x * scipy.special.ndtr(x), X),
    "gelu_tanh": (
        lambda x: npx.leaky_relu(x, act_type="gelu_tanh"),
        lambda x: x / 2 * (1 + onp.tanh(onp.sqrt(2 / onp.pi) * (x + 0.044715 * x**3))),
        X,
    ),
    "rrelu outside of training": (
        lambda x: npx.leaky_relu(x, act_type="rrelu", lower_bound=0.2, upper_bound=0.4),
        lambda x: rectified(x, 0.3 * x),
        X,
    ),
    "activation relu": (npx.activation, lambda x: onp.maximum(x, 0), X),
    "activation sigmoid": (lambda x: npx.activation(x, "sigmoid"), scipy.special.expit, X),
    "activation log_sigmoid": (lambda x: npx.activation(x, "log_sigmoid"), scipy.special.log_expit, X),
    "activation tanh": (lambda x: npx.activation(x, "tanh"), onp.tanh, X),
    "activation softrelu": (lambda x: npx.activation(x, "softrelu"), lambda x: onp.logaddexp(x, 0), X),
    "activation softsign": (lambda x: npx.activation(x, "softsign"), lambda x: x / (1 + abs(x)), X),
    "activation mish": (lambda x: npx.activation(x, "mish"), lambda x: x * onp.tanh(onp.logaddexp(x, 0)), X),
    "fully_connected": (
        lambda x, w: npx.fully_connected(x, w, num_hidden=7),
        lambda x, w: x.reshape(3, -1) @ w.T,
        X,
        WEIGHT,
    ),
    "fully_connected bias": (
        lambda x, w, b: npx.fully_connected(x, w, b, no_bias=False),
        lambda x, w, b: x.reshape(3, -1) @ w.T + b,
        X,
        WEIGHT,
        BIAS,
    ),
    "fully_connected ignored bias": (
        lambda x, w, b: npx.fully_connected(x, w, b),
        lambda x, w, b: x.reshape(3, -1) @ w.T,
        X,
        WEIGHT,
        BIAS,
    ),
    "fully_connected last axis": (
        lambda x, w, b: npx.fully_connected(x, w, b, no_bias=False, flatten=False),
        lambda x, w, b: x @ w.T + b,
        X,
        draw(2, 5),
        draw(2),
    ),
    "fully_connected vector": (
        lambda x, w: npx.fully_connected(x, w, flatten=False),
        lambda x, w: w @ x,
        draw(5),
        draw(2, 5),
    ),
    "layer_norm": (
        lambda x, g, b: npx.layer_norm(x, g, b),
        lambda x, g, b: standard(x, (-1,), 1e-5, g, b),
        X,
        draw(5),
        draw(5),
    ),
    "layer_norm axis and eps": (
        lambda x, g, b: npx.layer_norm(x, g, b, axis=1, eps=0.5),
        lambda x, g, b: standard(x, (1,), 0.5, over(g, 3, 1), over(b, 3, 1)),
        X,
        draw(4),
        draw(4),
    ),
    "layer_norm deviation": (
        lambda x, g, b: npx.layer_norm(x, g, b, eps=0.5, output_mean_var=True)[2],
        lambda x, g, b: onp.sqrt(x.var(-1, keepdims=True) + 0.5),
        X,
        draw(5),
        draw(5),
    ),
    "rms_norm": (
        lambda x, g: npx.rms_norm(x, g, eps=0.1),
        lambda x, g: x / onp.sqrt((x**2).mean(-1, keepdims=True) + 0.1) * g,
        X,
        draw(5),
    ),
    "rms_norm without gamma": (
        lambda x: npx.rms_norm(x, axis=0),
        lambda x: x / onp.sqrt((x**2).mean(0, keepdims=True) + 1e-6),
        X,
    ),
    "instance_norm": (
        lambda x, g, b: npx.instance_norm(x, g, b, eps=0.1),
        lambda x, g, b: standard(x, (2, 3), 0.1, over(g, 4, 1), over(b, 4, 1)),
        IMAGE,
        GAMMA,
        BETA,
    ),
    "group_norm": (
        lambda x, g, b: npx.group_norm(x, g, b, num_groups=3, eps=0.1),
        lambda x, g, b: grouped(x, 3, 0.1, g, b),
        IMAGE,
        GAMMA,
        BETA,
    ),
    "group_norm mean": (
        lambda x, g, b: npx.group_norm(x, g, b, num_groups=2, output_mean_var=True)[1],
        lambda x, g, b: x.reshape(2, 2, -1).mean(-1),
        IMAGE,
        GAMMA,
        BETA,
    ),
    "batch_dot": (npx.batch_dot, onp.matmul, draw(2, 3, 4), draw(2, 4, 5)),
    "batch_dot turned": (
        lambda a, b: npx.batch_dot(a, b, transpose_a=True, transpose_b=True),
        lambda a, b: a.swapaxes(-1, -2) @ b.swapaxes(-1, -2),
        draw(2, 2, 4, 3),
        draw(2, 2, 5, 4),
    ),
    "batch_flatten": (npx.batch_flatten, lambda x: x.reshape(3, 20), X),
    "embedding": (
        lambda w: npx.embedding(np.array([[0, 3], [-5, 9]]), w, 4, 3),
        lambda w: w[onp.array([[0, 3], [0, 3]])],
        draw(4, 3),
    ),
    "smooth_l1": (npx.smooth_l1, lambda x: huber(x, 1), X),
    "smooth_l1 scalar": (lambda x: npx.smooth_l1(x, scalar=1.5), lambda x: huber(x, 1.5), X),
    "cross entropy": (
        lambda x: npx.softmax_cross_entropy(x, np.array([0, 2, 4])),
        lambda x: entropy(x, onp.array([0, 2, 4])).sum()[None],
        draw(3, 5),
    ),
    "cross entropy of examples": (
        lambda x: npx.softmax_cross_entropy(x, np.array([[0, 1], [2, 3], [3, 0]]), axis=1, reduction="none"),
        lambda x: entropy(x, onp.array([[0, 1], [2, 3], [3, 0]]), 1),
        draw(3, 4, 2),
    ),
    "cross entropy mean": (
        lambda x: npx.softmax_cross_entropy(x, [0, 2, 4], reduction="mean"),
        lambda x: entropy(x, onp.array([0, 2, 4])).mean()[None],
        draw(3, 5),
    ),
    "pick": (lambda x: npx.pick(x, np.array([0, 9, -1])), lambda x: x[[0, 1, 2], [0, 4, 0]], draw(3, 5)),
    "pick wrap": (
        lambda x: npx.pick(x, np.array([0, 9, -1]), axis=1, mode="wrap", keepdims=True),
        lambda x: x[[0, 1, 2], [0, 4, 4]][:, None],
        draw(3, 5),
    ),
    "pick axis 0": (
        lambda x: npx.pick(x, np.array([0, 1, 2, 1, 0]), 0),
        lambda x: x[[0, 1, 2, 1, 0], range(5)],
        draw(3, 5),
    ),
    "pick flat": (lambda x: npx.pick(x, np.array([0, 7]), axis=None), lambda x: x.ravel()[[0, 7]], draw(3, 5)),
    "topk values": (
        lambda x: npx.topk(x, k=3, ret_typ="value"),
        lambda x: -onp.sort(-x, -1)[..., :3],
        X,
    ),
    "topk ascending": (
        lambda x: npx.topk(x, k=2, axis=1, ret_typ="both", is_ascend=True)[0],
        lambda x: onp.sort(x, 1)[:, :2],
        X,
    ),
    "topk flat": (
        lambda x: npx.topk(x, axis=None, k=4, ret_typ="value"),
        lambda x: -onp.sort(-x.ravel())[:4],
        X,
    ),
    "topk all": (lambda x: npx.topk(x, k=0, ret_typ="value"), lambda x: -onp.sort(-x, -1), X),
    "topk mask": (
        lambda x: npx.topk(x, k=2, ret_typ="mask", axis=1),
        lambda x: (onp.argsort(onp.argsort(-x, 1), 1) < 2).astype(float),
        X,
    ),
    "gather_nd": (
        lambda x: npx.gather_nd(x, np.array([[0, 2, 0], [1, 3, 1]])),
        lambda x: x[[0, 2, 0], [1, 3, 1]],
        X,
    ),
    "scatter_nd": (
        lambda v: npx.scatter_nd(v, np.array([[0, 2], [1, 0]]), (3, 2, 4)),
        lambda v: (z := onp.zeros((3, 2, 4)), z.__setitem__(([0, 2], [1, 0]), v))[0],
        draw(2, 4),
    ),
    "index_add": (
        lambda a, v: npx.index_add(a, np.array([[0, 1, 0], [2, 0, 2]]), v),
        lambda a, v: (z := a.copy(), onp.add.at(z, ([0, 1, 0], [2, 0, 2]), v))[0],
        X,
        draw(3, 5),
    ),
    "index_add of one": (
        lambda a, v: npx.index_add(a, np.array([1, 2]), v),
        lambda a, v: (z := a.copy(), onp.add.at(z, ([1, 2],), v))[0],
        X,
        draw(1, 1, 5),
    ),
    "index_update": (
        lambda a, v: npx.index_update(a, np.array([[0, 1], [2, 0]]), v),
        lambda a, v: (z := a.copy(), z.__setitem__(([0, 1], [2, 0]), v))[0],
        X,
        draw(5),
    ),
    "sequence_mask": (
        lambda x: npx.sequence_mask(x, np.array([1, 0, 3, 2]), True, value=-2),
        lambda x: onp.where((onp.arange(3)[:, None] < onp.array([1, 0, 3, 2]))[..., None], x, -2),
        X,
    ),
    "sequence_mask axis 1": (
        lambda x: npx.sequence_mask(x, np.array([1, 0, 4]), use_sequence_length=True, axis=1),
        lambda x: onp.where((onp.arange(4) < onp.array([1, 0, 4])[:, None])[..., None], x, 0),
        X,
    ),
    "sequence_mask off": (lambda x: npx.sequence_mask(x, np.array([1, 0, 3, 2])), lambda x: x, X),
    "sequence_last": (
        lambda x: npx.sequence_last(x, np.array([1, 2, 3, 2]), True),
        lambda x: x[[0, 1, 2, 1], range(4)],
        X,
    ),
    "sequence_last axis 1": (
        lambda x: npx.sequence_last(x, np.array([1, 4, 3]), True, axis=1),
        lambda x: x[range(3), [0, 3, 2]],
        X,
    ),
    "sequence_last off": (npx.sequence_last, lambda x: x[-1], X),
    "sequence_reverse": (
        lambda x: npx.sequence_reverse(x, np.array([1, 2, 3, 0]), True),
        lambda x: onp.stack([onp.concatenate([x[:n, i][::-1], x[n:, i]]) for i, n in enumerate([1, 2, 3, 0])], 1),
        X,
    ),
    "sequence_reverse off": (npx.sequence_reverse, lambda x: x[::-1], X),
    "rope": (npx.rope, turned, draw(2, 3, 7, 6)),
    "rope interleaved": (
        lambda x: npx.rope(x, np.array([[3, 1], [0, 2]]), base=100, interleaved=True),
        lambda x: turned(x, onp.array([[3, 1], [0, 2]]), 100.0, True),
        draw(2, 2, 6),
    ),
    "selfatt_qk": (
        lambda x: npx.interleaved_matmul_selfatt_qk(x, heads=2),
        lambda x: (p := interleaved(x, 2, 3), p[0] @ p[1].swapaxes(1, 2) / onp.sqrt(4))[1],
        draw(5, 3, 24),
    ),
    "selfatt_valatt": (
        lambda x, a: npx.interleaved_matmul_selfatt_valatt(x, a, heads=2),
        lambda x, a: (a @ interleaved(x, 2, 3)[2]).reshape(3, 2, 5, 4).transpose(2, 0, 1, 3).reshape(5, 3, 8),
        draw(5, 3, 24),
        draw(6, 5, 5),
    ),
    "encdec_qk": (
        lambda q, x: npx.interleaved_matmul_encdec_qk(q, x, heads=2),
        lambda q, x: interleaved(q, 2, 1)[0] @ interleaved(x, 2, 2)[0].swapaxes(1, 2) / 2,
        draw(4, 3, 8),
        draw(5, 3, 16),
    ),
    "encdec_valatt": (
        lambda x, a: npx.interleaved_matmul_encdec_valatt(x, a, heads=2),
        lambda x, a: (a @ interleaved(x, 2, 2)[1]).reshape(3, 2, 4, 4).transpose(2, 0, 1, 3).reshape(4, 3, 8),
        draw(5, 3, 16),
        draw(6, 4, 5),
    ),
    "slice": (
        lambda x: npx.slice(x, (None, -1, 4), (2, None, 0), (1, -2, -2)),
        lambda x: x[None:2, -1::-2, 4:0:-2],
        X,
    ),
    "slice_axis": (lambda x: npx.slice_axis(x, axis=-1, begin=-3, end=None), lambda x: x[..., -3:], X),
    "slice_like": (lambda x: npx.slice_like(x, np.ones((2, 9, 3)), axes=(0, -1)), lambda x: x[:2, :, :3], X),
    "slice_channel": (lambda x: npx.slice_channel(x, 2)[1], lambda x: x[:, 2:], X),
    "slice_channel squeezed": (lambda x: npx.slice_channel(x, 3, 0, True)[2], lambda x: x[2], X),
    "reshape_like": (lambda x: npx.reshape_like(x, np.ones((5, 12))), lambda x: x.reshape(5, 12), X),
    "reshape_like span": (
        lambda x: npx.reshape_like(x, np.ones((9, 2, 2, 7)), 1, -1, 1, 3),
        lambda x: x.reshape(3, 2, 2, 5),
        X,
    ),
    "broadcast_like": (
        lambda x: npx.broadcast_like(x, np.ones((3, 7)), (1,), (-1,)) * 1,
        lambda x: onp.broadcast_to(x, (3, 7, 5)),
        X[:, :1],
    ),
    "add_n": (npx.add_n, lambda x, y, z: x + y + z, X, draw(3, 4, 5), draw(3, 4, 5)),
    "norm": (npx.norm, lambda x: onp.sqrt((x**2).sum()), X),
    "norm 1": (
        lambda x: npx.norm(x, ord=1, axis=(0, 2), keepdims=True),
        lambda x: abs(x).sum((0, 2), keepdims=True),
        X,
    ),
    "pad": (
        lambda x: npx.pad(x, "constant", (0, 0, 1, 2, 0, 1), 3),
        lambda x: onp.pad(x, [(0, 0), (1, 2), (0, 1)], constant_values=3),
        X,
    ),
    "pad reflect": (
        lambda x: npx.pad(x, "reflect", (0, 0, 1, 2, 0, 1)),
        lambda x: onp.pad(x, [(0, 0), (1, 2), (0, 1)], mode="reflect"),
        X,
    ),
    "broadcast_greater": (npx.broadcast_greater, lambda x, y: (x > y).astype(float), X, draw(5)),
    "round_ste": (npx.round_ste, lambda x: onp.trunc(x + onp.copysign(0.5, x)), onp.array([-2.5, -0.25, 0.5, 1.75])),
    "sign_ste": (npx.sign_ste, onp.sign, X),
    "arange_like": (
        lambda x: npx.arange_like(x, start=2, step=0.5, repeat=3),
        lambda x: (2 + 0.5 * (onp.arange(60) // 3)).reshape(3, 4, 5),
        X,
    ),
    "arange_like axis": (lambda x: npx.arange_like(x, axis=1, step=-1), lambda x: -onp.arange(4.0), X),
}


def rounded(arrays, dtype):
    """The arrays in a dtype, as float64: what both sides start from."""
    return [np.array(array, dtype=dtype) for array in arrays]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ROWS)
def test_values(name, dtype):
    ours, reference, *arrays = ROWS[name]
    inputs = rounded(arrays, dtype)
    with onp.errstate(all="ignore"):
        want = onp.asarray(reference(*[x.astype("float64").asnumpy() for x in inputs]), "float64")
    got = ours(*inputs)
    assert str(got.dtype) == dtype and got.shape == want.shape
    close = DTYPES[dtype]
    onp.testing.assert_allclose(got.astype("float64").asnumpy(), want, rtol=close, atol=close * 4)


def views_of(array):
    """The same elements behind other strides: transposed memory, every other element, backwards."""
    x = onp.asarray(array, "float64")
    yield np.array(onp.ascontiguousarray(x.T)).T
    spread = onp.zeros([2 * n for n in x.shape])
    spread[tuple(slice(None, None, 2) for _ in x.shape)] = x
    yield np.array(spread)[tuple(slice(None, None, 2) for _ in x.shape)]
    yield np.array(onp.ascontiguousarray(x[..., ::-1] if x.ndim else x))[..., ::-1]


@pytest.mark.parametrize("name", ROWS)
def test_views(name):
    ours, _, first, *rest = ROWS[name]
    plain = [np.array(x) for x in (first, *rest)]
    want = ours(*plain).asnumpy()
    for view in views_of(first):
        onp.testing.assert_allclose(ours(view, *plain[1:]).asnumpy(), want, rtol=1e-12, atol=1e-13)


BY_ROWS = ["softmax", "softmax temperature", "log_softmax", "layer_norm", "rms_norm", "smooth_l1", "gelu", "leaky"]


@pytest.mark.parametrize("name", BY_ROWS)
def test_large_arrays_take_the_lazy_road(name):
    """Many rows give what a few rows give, each for itself."""
    ours, _, first, *rest = ROWS[name]
    parameters = [np.array(x, dtype="float32") for x in rest]
    many = ours(np.array(onp.tile(first, (1, 500, 1)), dtype="float32"), *parameters).asnumpy()
    few = ours(np.array(first, dtype="float32"), *parameters).asnumpy()
    onp.testing.assert_allclose(
        many.reshape(3, 500, 4, 5), onp.tile(few[:, None], (1, 500, 1, 1)), rtol=1e-5, atol=1e-6
    )


EMPTY = {
    "softmax": lambda: npx.softmax(np.zeros((0, 3))),
    "softmax of nothing": lambda: npx.softmax(np.zeros((3, 0))),
    "masked_softmax": lambda: npx.masked_softmax(np.zeros((0, 3)), np.ones((0, 3), dtype=bool)),
    "layer_norm": lambda: npx.layer_norm(np.zeros((0, 3)), np.ones(3), np.zeros(3)),
    "group_norm": lambda: npx.group_norm(np.zeros((0, 3, 2)), np.ones(3), np.zeros(3), num_groups=3),
    "batch_norm": lambda: npx.batch_norm(np.zeros((0, 3)), np.ones(3), np.zeros(3), np.zeros(3), np.ones(3)),
    "fully_connected": lambda: npx.fully_connected(np.zeros((0, 3)), np.ones((2, 3)), np.ones(2), no_bias=False),
    "embedding": lambda: npx.embedding(np.zeros((0, 2)), np.ones((4, 3))),
    "topk": lambda: npx.topk(np.zeros((0, 3)), k=2),
    "pick": lambda: npx.pick(np.zeros((0, 3)), np.zeros((0,))),
    "one_hot": lambda: npx.one_hot(np.zeros((0,)), 3),
    "sequence_mask": lambda: npx.sequence_mask(np.zeros((3, 0)), np.zeros((0,)), True),
    "dropout": lambda: npx.dropout(np.zeros((0, 3)), mode="always"),
    "leaky_relu": lambda: npx.leaky_relu(np.zeros((0, 3))),
    "cross entropy": lambda: npx.softmax_cross_entropy(np.zeros((0, 3)), np.zeros((0,)), reduction="none"),
    "rope": lambda: npx.rope(np.zeros((0, 3, 4))),
    "batch_dot": lambda: npx.batch_dot(np.zeros((0, 3, 4)), np.zeros((0, 4, 2))),
}


@pytest.mark.parametrize("name", EMPTY)
def test_no_elements(name):
    assert 0 in EMPTY[name]().shape


RESHAPES = [
    [(2, 3, 5, 5), (-2, -1), False, (2, 75)],
    [(5, 3, 4, 5), (-2, -1, -2), False, (5, 15, 4)],
    [(2, 1, 4, 5), (-2, -3, -2, -2), False, (2, 4, 5)],
    [(1, 1, 1, 1), (-3, -3, -3, -3), False, ()],
    [(2, 3, 5, 6), (6, 1, -4), False, (6, 1, 5, 6)],
    [(2, 3, 5, 6), (-5, -5), False, (6, 30)],
    [(64,), (-6, 16, -1), False, (16, 4)],
    [(64, 1, 2, 3), (-6, 16, -1, -4), False, (16, 4, 1, 2, 3)],
    [(8, 5, 4, 6), (-4, -1, 3, -6), True, (8, 5, 4, 2, 3)],
    [(0, 3), (-5,), False, (0,)],
    [(0, 3), (3, 0), False, (3, 0)],
]


@pytest.mark.parametrize("shape, codes, reverse, want", RESHAPES)
def test_reshape_codes(shape, codes, reverse, want):
    x = np.arange(int(onp.prod(shape))).reshape(shape)
    y = npx.reshape(x, codes, reverse=reverse)
    assert y.shape == want and y.asnumpy().ravel().tolist() == x.asnumpy().ravel().tolist()
    if y.size:
        y[...] = 7
        assert (x.asnumpy() == 7).all(), "a view"


def test_topk_of_ties_and_nan():
    x = np.array([1.0, onp.nan, 3.0, 3.0, -onp.inf])
    assert npx.topk(x, k=5, dtype="int64").tolist() == [1, 2, 3, 0, 4]
    assert npx.topk(x, k=5, is_ascend=True, dtype="int32").tolist() == [4, 0, 2, 3, 1]
    assert npx.topk(x).tolist() == [1.0] and npx.topk(x, is_ascend=True).tolist() == [4.0]
    whole = np.array([3, 1, 2], dtype="uint8")
    value, place = npx.topk(whole, k=2, ret_typ="both", dtype="uint8")
    assert value.dtype == onp.uint8 and value.tolist() == [3, 2] and place.tolist() == [0, 2]


def test_one_hot_and_its_dtypes():
    want = [[0, 5, 0], [-1, -1, -1], [-1, -1, -1]]
    got = npx.one_hot(np.array([1, 3, -1]), 3, on_value=5, off_value=-1, dtype="int8")
    assert got.dtype == onp.int8 and (got.asnumpy() == onp.where(onp.array(want) == 0, -1, want)).all()
    assert npx.one_hot(np.array([[1.7]]), 3).tolist() == [[[0, 1, 0]]]


def test_dropout_draws():
    np.random.seed(5)
    x = np.ones((200, 50), dtype="float64")
    with autograd.record():
        y = npx.dropout(x, p=0.3)
    values = y.asnumpy()
    assert set(onp.round(onp.unique(values), 6)) == {0.0, round(1 / 0.7, 6)}
    assert abs((values == 0).mean() - 0.3) < 0.02
    with autograd.train_mode():
        shared = npx.dropout(x, p=0.5, axes=(0,)).asnumpy()
        assert (shared == shared[0]).all() and 0 < (shared[0] == 0).sum() < 50
        assert (npx.dropout(x, 1.0).asnumpy() == 0).all()
    assert npx.dropout(x, 0.9).asnumpy().min() == 1 and npx.dropout(x, 0.9, mode="always").asnumpy().min() == 0


def test_rrelu_draws_slopes_in_training():
    x = -np.ones(1000)
    with autograd.record():
        y = npx.leaky_relu(x, act_type="rrelu", lower_bound=0.2, upper_bound=0.4).asnumpy()
    assert y.min() >= -0.4 and y.max() <= -0.2 and y.std() > 0.03


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("fix_gamma", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_batch_norm(axis, fix_gamma, dtype):
    x = np.array(draw(4, 3, 5), dtype=dtype)
    channels, plain = x.shape[axis], x.astype("float64").asnumpy()
    gamma, beta = np.array(draw(channels)), np.array(draw(channels))
    mean, variance = np.array(draw(channels)), np.array(draw(channels, low=0.5))
    before = mean.asnumpy().copy(), variance.asnumpy().copy()
    axes = tuple(other for other in range(3) if other != axis % 3)
    scale = over(onp.ones(channels) if fix_gamma else gamma.asnumpy(), 3, axis)
    options = {"eps": 1e-2, "momentum": 0.8, "fix_gamma": fix_gamma, "axis": axis, "output_mean_var": True}
    close = DTYPES[dtype] * 4

    x.attach_grad()
    with autograd.record():
        y, got_mean, got_inverse = npx.batch_norm(x, gamma, beta, mean, variance, **options)
    want = standard(plain, axes, 1e-2, scale, over(beta.asnumpy(), 3, axis))
    assert str(y.dtype) == dtype
    onp.testing.assert_allclose(y.astype("float64").asnumpy(), want, rtol=close, atol=close)
    onp.testing.assert_allclose(got_mean.asnumpy(), plain.mean(axes), rtol=close, atol=close)
    onp.testing.assert_allclose(got_inverse.asnumpy(), 1 / onp.sqrt(plain.var(axes) + 1e-2), rtol=close, atol=close)
    assert (mean.asnumpy() == before[0]).all(), "backward updates, not forward"
    y.backward()
    onp.testing.assert_allclose(mean.asnumpy(), 0.8 * before[0] + 0.2 * plain.mean(axes), rtol=close, atol=close)
    onp.testing.assert_allclose(variance.asnumpy(), 0.8 * before[1] + 0.2 * plain.var(axes), rtol=close, atol=close)

    shift, spread = over(mean.asnumpy(), 3, axis), onp.sqrt(over(variance.asnumpy(), 3, axis) + 1e-2)
    want = (plain - shift) / spread * scale + over(beta.asnumpy(), 3, axis)
    y = npx.batch_norm(x, gamma, beta, mean, variance, **options)[0]
    onp.testing.assert_allclose(y.astype("float64").asnumpy(), want, rtol=close, atol=close)
    with autograd.record():
        y = npx.batch_norm(x, gamma, beta, mean, variance, use_global_stats=True, **options)[0]
    onp.testing.assert_allclose(y.astype("float64").asnumpy(), want, rtol=close, atol=close)


def test_batch_norm_relatives():
    x, ones, zeros = np.array(draw(4, 3)), np.ones(3), np.zeros(3)
    want = npx.batch_norm(x, ones, zeros, zeros, ones)
    assert (npx.sync_batch_norm(x, ones, zeros, zeros, ones, key="a") == want).all()
    assert (npx.batch_norm_with_relu(x, ones, zeros, zeros, ones) == npx.relu(want)).all()


def test_selected_properties():
    x = np.arange(6).reshape(2, 3)
    assert npx.shape_array(x).tolist() == [2, 3] and npx.shape_array(x).dtype == onp.int64
    assert npx.nonzero(x).tolist() == [[0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    assert npx.nonzero(np.zeros((0, 3))).shape == (0, 2)
    assert bool(npx.constraint_check(x >= 0, "never"))
    assert npx.cast(x, "int8").dtype == onp.int8
    assert npx.softmax(np.ones(4, dtype="float16"), dtype="float64").dtype == onp.float64
    out = np.zeros((2, 3))
    assert npx.add_n(x, x, out=out) is out and (out == 2 * x).all()


def test_foreach():
    def step(pair, states):
        x, y = pair
        return [x + states[0], y], [states[0] + x]

    data = [np.arange(3), np.ones((3, 2))]
    (sums, same), states = npx.foreach(step, data, [np.array(10.0)])
    assert sums.tolist() == [10, 11, 13] and same.shape == (3, 2) and states[0] == 13


def test_while_loop():
    outputs, states = npx.while_loop(
        lambda i, s: i <= 5, lambda i, s: ([i + s], [i + 1, s + i]), (np.array([0]), np.array([1])), max_iterations=8
    )
    assert outputs[0][:6, 0].tolist() == [1, 2, 4, 7, 11, 16] and outputs[0].shape == (8, 1)
    assert [int(x) for x in states] == [6, 16]
    assert npx.while_loop(lambda x: x < 0, lambda x: (x, x), np.array(1.0), max_iterations=3) == ([], np.array(1.0))
    with autograd.record():
        x = np.array(2.0)
        x.attach_grad()
        _, y = npx.while_loop(lambda y: y < 100, lambda y: (None, y * x), x * 1, max_iterations=20)
    y.backward()
    assert y == 128 and x.grad == 7 * 2**6


def test_cond():
    a, b = np.array([1.0]), np.array([2.0])
    assert npx.cond(a > b, lambda x, y: x, lambda x, y: y, [a, b]) is b
    assert npx.cond(lambda x, y: x < y, lambda x, y: x, lambda x, y: y, [a, b]) is a
    assert npx.cond(np.array(True), lambda x: x, lambda x: -x, a) is a


def test_categorical_frequencies():
    np.random.seed(2)
    data = np.array([[0.1, 0.0, 0.9], [2.0, 1.0, 1.0]])
    drawn, logs = npx.random.categorical(data, shape=(100, 200), get_prob=True)
    assert drawn.shape == (2, 100, 200) and drawn.dtype == onp.int32 and logs.shape == drawn.shape
    share = [onp.bincount(row.asnumpy().ravel(), minlength=3) / 20000 for row in drawn]
    onp.testing.assert_allclose(share, [[0.1, 0, 0.9], [0.5, 0.25, 0.25]], atol=0.02)
    assert npx.random.categorical(np.ones((2, 3, 4))).shape == (2, 3)
    want = onp.log(onp.take_along_axis(data.asnumpy(), drawn.asnumpy().reshape(2, -1), 1)).reshape(drawn.shape)
    onp.testing.assert_allclose(logs.asnumpy(), want, rtol=1e-6)


def test_multinomial_counts():
    np.random.seed(3)
    p = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
    counts = npx.random.multinomial(np.array([10, 4]), p, shape=(2000,)).asnumpy()
    assert counts.shape == (2, 2000, 3) and counts.dtype == onp.int32
    assert (counts.sum(-1) == [[10], [4]]).all() and (counts[1] == [4, 0, 0]).all() and counts.min() >= 0
    onp.testing.assert_allclose(counts[0].mean(0), [2, 3, 5], atol=0.15)
    onp.testing.assert_allclose(counts[0].var(0), [1.6, 2.1, 2.5], atol=0.3)
