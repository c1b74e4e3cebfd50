"""Operators of neural networks against plain NumPy and SciPy, every parameter at work, in every float dtype, on views,
broadcasts and arrays without elements."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from npx_reference import DTYPES, ROWS, draw, over, standard


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
    assert npx.one_hot(np.array([[1.0]]), 3).tolist() == [[[0, 1, 0]]]


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


def test_poisson_draws():
    np.random.seed(6)
    draws = npx.tensor_poisson(np.array([1.0, 20.0]), shape=(4000,))
    assert draws.shape == (2, 4000) and draws.dtype == onp.float32
    onp.testing.assert_allclose(draws.asnumpy().mean(1), [1, 20], rtol=0.06)
    assert npx.scalar_poisson(3, shape=5, dtype="float64").dtype == onp.float64 and npx.scalar_poisson().shape == ()
