"""Sliding-window attention against plain loops in float64: values, dtypes, views, masks, gradients of three orders, and
against attention over everything with a mask."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

TOLERANCE = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 4e-2}
SHAPES = {
    # batch, length, heads, size, w, dilation
    "small": (2, 5, 2, 3, 1, [1, 2]),
    "one": (1, 1, 1, 1, 2, [1]),
    "no window": (2, 4, 1, 2, 0, [3]),
    "wider than the sequence": (1, 3, 2, 4, 5, [1, 2]),
    "many rows": (1, 70, 3, 33, 4, [1, 7, 2]),
    "long rows": (2, 40, 2, 64, 3, [1, 3]),
    "no batch": (0, 4, 2, 3, 1, [1, 1]),
    "no length": (2, 0, 2, 3, 1, [1, 1]),
    "no size": (1, 4, 2, 0, 1, [1, 1]),
}
every_shape = pytest.mark.parametrize("name", SHAPES)
both = pytest.mark.parametrize("symmetric", [False, True])


def key_of(i, j, head, w, dilation):
    return i + (j - w) * dilation[head]


def plain_score(query, key, dilation, w, symmetric):
    batch, length, heads, _ = query.shape
    out = onp.zeros((batch, length, heads, 2 * w + 1 if symmetric else w + 1))
    for b, i, h, j in onp.ndindex(out.shape):
        other = key_of(i, j, h, w, dilation)
        if 0 <= other < length:
            out[b, i, h, j] = query[b, i, h] @ key[b, other, h]
    return out


def plain_context(score, value, dilation, w):
    out = onp.zeros(value.shape)
    for b, i, h, j in onp.ndindex(score.shape):
        other = key_of(i, j, h, w, dilation)
        if 0 <= other < value.shape[1]:
            out[b, i, h] += score[b, i, h, j] * value[b, other, h]
    return out


def plain_mask(shape, dilation, valid, w):
    out = onp.zeros(shape)
    for b, i, h, j in onp.ndindex(shape):
        out[b, i, h, j] = i < valid[b] and 0 <= key_of(i, j, h, w, dilation) < valid[b]
    return out


def draw(name, symmetric, dtype="float64"):
    batch, length, heads, size, w, dilation = SHAPES[name]
    random = onp.random.default_rng(len(name))
    rows = [random.standard_normal((batch, length, heads, size)).astype(host_dtype(dtype)) for _ in range(3)]
    score = random.standard_normal((batch, length, heads, 2 * w + 1 if symmetric else w + 1)).astype(host_dtype(dtype))
    return (*rows, score, w, dilation)


def near(got, expected, dtype="float64"):
    assert str(onp.dtype(got.dtype)) == dtype and got.shape == expected.shape
    worst = onp.abs(got.asnumpy().astype("float64") - expected).max(initial=0)
    assert worst <= TOLERANCE[dtype] * onp.abs(expected).max(initial=1)


@every_shape
@both
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_scores_and_contexts(name, symmetric, dtype):
    query, key, value, score, w, dilation = draw(name, symmetric, dtype)
    steps = np.array(dilation, dtype="int32")
    wide = [x.astype("float64") for x in (query, key, value, score)]
    got = npx.sldwin_atten_score(np.array(query), np.array(key), steps, w=w, symmetric=symmetric)
    near(got, plain_score(wide[0], wide[1], dilation, w, symmetric), dtype)
    got = npx.sldwin_atten_context(np.array(score), np.array(value), steps, w=w, symmetric=symmetric)
    near(got, plain_context(wide[3], wide[2], dilation, w), dtype)


@every_shape
@both
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_masks(name, symmetric, dtype):
    *_, score, w, dilation = draw(name, symmetric, dtype)
    for valid in (0, 1, score.shape[1] // 2, score.shape[1]):
        lengths = [valid, score.shape[1]][: score.shape[0]]
        got = npx.sldwin_atten_mask_like(np.array(score), np.array(dilation), np.array(lengths), w, symmetric)
        assert str(got.dtype) == dtype
        onp.testing.assert_array_equal(got.asnumpy(), plain_mask(score.shape, dilation, lengths, w))


@both
def test_it_is_attention_over_neighbours(symmetric):
    """Masked scores, softmax and contexts equal attention over everything with a band as its mask."""
    query, key, value, _, w, dilation = draw("many rows", symmetric)
    arrays, steps = [np.array(x) for x in (query, key, value)], np.array(dilation)
    score = npx.sldwin_atten_score(arrays[0], arrays[1], steps, w, symmetric)
    mask = npx.sldwin_atten_mask_like(score, steps, np.array([60]), w, symmetric)
    weights = npx.masked_softmax(score, mask.astype(bool))
    got = npx.sldwin_atten_context(weights, arrays[2], steps, w, symmetric).asnumpy()
    for head, step in enumerate(dilation):
        scores = query[0, :, head] @ key[0, :, head].T
        distance = onp.arange(70)[None] - onp.arange(70)[:, None]
        inside = (abs(distance) <= w * step) & (distance % step == 0) & (distance <= (w * step if symmetric else 0))
        inside &= (onp.arange(70) < 60)[None] & (onp.arange(70) < 60)[:, None]
        powers = onp.where(inside, onp.exp(scores - scores.max()), 0)
        total = powers.sum(1, keepdims=True)
        wanted = onp.divide(powers, total, out=onp.zeros_like(powers), where=total > 0) @ value[0, :, head]
        onp.testing.assert_allclose(got[0, :, head], wanted, rtol=1e-9, atol=1e-12)


def step_of(position, direction, values, step=1e-6):
    return [[v + sign * step * direction if at == position else v for at, v in enumerate(values)] for sign in (1, -1)]


@pytest.mark.parametrize("name", ["small", "wider than the sequence", "no window"])
@pytest.mark.parametrize("which", ["score", "context"])
@both
def test_gradients_of_three_orders(name, which, symmetric):
    query, key, value, score, w, dilation = draw(name, symmetric)
    values = [query, key] if which == "score" else [score, value]
    function = npx.sldwin_atten_score if which == "score" else npx.sldwin_atten_context

    def squares(order, values):
        inputs = [np.array(x) for x in values]
        for x in inputs:
            x.attach_grad()
        with autograd.record():
            y = function(*inputs, np.array(dilation), w, symmetric)
            total = (y**3).sum() * 0.1
            for _ in range(order):
                slopes = autograd.grad([total], inputs, create_graph=True, retain_graph=True)
                total = sum((slope * slope).sum() for slope in slopes) * 0.01
        total.backward()
        return float(total), [x.grad.asnumpy() for x in inputs]

    random = onp.random.default_rng(5)
    for order in (0, 1, 2):
        _, slopes = squares(order, values)
        for at, slope in enumerate(slopes):
            direction = random.standard_normal(slope.shape)
            up, down = (squares(order, moved)[0] for moved in step_of(at, direction, values))
            assert (slope * direction).sum() == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-6), (order, at)


def test_views_and_float_dilations():
    query, key, value, score, w, dilation = draw("long rows", True)
    turned = [np.array(onp.ascontiguousarray(x.T)).T for x in (query, key, value, score)]
    steps = np.array(dilation)
    assert steps.dtype == onp.float32
    near(npx.sldwin_atten_score(turned[0], turned[1], steps, w, True), plain_score(query, key, dilation, w, True))
    near(
        npx.sldwin_atten_context(turned[3], turned[2], steps[::-1][::-1], w, True),
        plain_context(score, value, dilation, w),
    )


def test_the_gradient_of_a_sum_is_a_broadcast_head():
    query, key, *_, w, dilation = draw("small", True)
    x, y = np.array(query), np.array(key)
    x.attach_grad()
    with autograd.record():
        total = npx.sldwin_atten_score(x, y, np.array(dilation), w, True).sum()
    total.backward()
    near(x.grad, plain_context(onp.ones((2, 5, 2, 3)), key, dilation, w))


Q, S, ONE = np.ones((2, 5, 2, 3)), np.ones((2, 5, 2, 3)), np.array([1, 1])
ERRORS = {
    "axes": (lambda: npx.sldwin_atten_score(Q[0], Q[0], ONE, 1, True), ValueError, "query must have 4 axes, got 3"),
    "key": (
        lambda: npx.sldwin_atten_score(Q, Q[:, :4], ONE, 1, True),
        ValueError,
        "axis 1 of key must have length 5, got 4",
    ),
    "dilation": (
        lambda: npx.sldwin_atten_score(Q, Q, np.array([1]), 1, True),
        ValueError,
        "sldwin_atten_score: axis 0 of dilation must have length 2, got 1",
    ),
    "dilation zero": (
        lambda: npx.sldwin_atten_score(Q, Q, np.array([1, 0]), 1, True),
        ValueError,
        r"dilation\[1\] is 0",
    ),
    "dilation fraction": (
        lambda: npx.sldwin_atten_score(Q, Q, np.array([1, 0.5]), 1, True),
        IndexError,
        "whole numbers",
    ),
    "w": (lambda: npx.sldwin_atten_score(Q, Q, ONE, -1, True), ValueError, "w is -1, expected at least 0"),
    "window": (
        lambda: npx.sldwin_atten_context(S, Q, ONE, 1, False),
        ValueError,
        "sldwin_atten_context: axis 3 of score must have length 2, got 3",
    ),
    "value": (
        lambda: npx.sldwin_atten_context(S, Q[:1], ONE, 1, True),
        ValueError,
        "axis 0 of value must have length 2",
    ),
    "mask": (
        lambda: npx.sldwin_atten_mask_like(S, ONE, np.ones(3), 1, True),
        ValueError,
        "sldwin_atten_mask_like: axis 0 of valid_length must have length 2, got 3",
    ),
    "dtype": (
        lambda: npx.sldwin_atten_score(Q.astype("int32"), Q.astype("int32"), ONE, 1, True),
        TypeError,
        "sldwin_atten_score: .*int32",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    run, error, match = ERRORS[name]
    with pytest.raises(error, match=match):
        run()
