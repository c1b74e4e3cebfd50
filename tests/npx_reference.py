"""What operators of neural networks compute, written in plain NumPy and SciPy: one row per operator and use. Read by
the tests of values and of gradients. Long, because it is a table."""

import numpy as onp
import scipy.special

from mxnet import np, npx

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
