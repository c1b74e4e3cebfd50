"""Attention against plain loops in float64, with gradients of first and second order."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx


def plain_attention(query, key, value, mask=None, is_causal=False, scale=None):
    scores = query @ onp.swapaxes(key, -1, -2) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if mask is not None:
        scores = onp.where(mask, scores, -onp.inf) if mask.dtype == bool else scores + mask
    if is_causal:
        rows, keys = scores.shape[-2:]
        scores = onp.where(onp.arange(rows)[:, None] >= onp.arange(keys), scores, -onp.inf)
    greatest = scores.max(-1, keepdims=True, initial=-1e30)
    exponentials = onp.exp(scores - greatest)
    return exponentials / onp.maximum(exponentials.sum(-1, keepdims=True), 1e-30) @ value


LONG = 700  # queries of several blocks
ATTENTION = {
    "plain": ((2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), None, {}),
    "causal": ((2, 6, 4), (2, 6, 4), (2, 6, 3), None, dict(is_causal=True)),
    "causal, fewer queries": ((2, 3, 4), (2, 6, 4), (2, 6, 3), None, dict(is_causal=True)),
    "causal, fewer keys": ((2, 6, 4), (2, 3, 4), (2, 3, 3), None, dict(is_causal=True)),
    "scale": ((5, 4), (7, 4), (7, 6), None, dict(scale=0.3)),
    "bools": ((2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), ((5, 7), bool), {}),
    "bools of keys": ((2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), ((2, 1, 1, 7), bool), {}),
    "numbers": ((2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), ((3, 5, 7), float), {}),
    "broadcast": ((2, 3, 5, 4), (3, 7, 4), (1, 1, 7, 6), None, {}),
    "long": ((2, LONG, 4), (2, LONG, 4), (2, LONG, 3), None, {}),
    "long causal": ((2, LONG, 4), (2, LONG, 4), (2, LONG, 3), ((LONG, LONG), float), dict(is_causal=True)),
}


def attention_problem(name):
    query, key, value, mask, options = ATTENTION[name]
    random = onp.random.default_rng(0)
    arrays = [random.standard_normal(shape) for shape in (query, key, value)]
    if mask:
        shape, kind = mask
        arrays.append(random.standard_normal(shape) > -0.3 if kind is bool else random.standard_normal(shape))
    return arrays, options


@pytest.mark.parametrize("name", ATTENTION)
def test_attention(name):
    arrays, options = attention_problem(name)
    got = npx.scaled_dot_product_attention(*map(np.array, arrays), **options)
    onp.testing.assert_allclose(got.asnumpy(), plain_attention(*arrays, **options), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", ATTENTION)
def test_attention_gradients(name):
    arrays, options = attention_problem(name)
    variables = [np.array(one) for one in arrays]
    for one, array in zip(variables, arrays, strict=True):
        if array.dtype != bool:
            one.attach_grad()
    random = onp.random.default_rng(1)
    with autograd.record():
        out = npx.scaled_dot_product_attention(*variables, **options)
    head = random.standard_normal(out.shape)
    out.backward(np.array(head))
    for index, variable in enumerate(variables):
        if arrays[index].dtype == bool:
            continue
        direction = random.standard_normal(variable.shape)
        up, down = (
            (plain_attention(*[o + s * 1e-6 * direction if a == index else o for a, o in enumerate(arrays)], **options)
             * head).sum()
            for s in (1, -1)
        )  # fmt: skip
        assert (variable.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-6, rel=2e-6, abs=1e-6)


@pytest.mark.parametrize("name", ["plain", "causal", "numbers", "broadcast"])
def test_attention_second_derivatives(name):
    arrays, options = attention_problem(name)
    random = onp.random.default_rng(2)
    fixed = np.array(random.standard_normal(arrays[0].shape))

    def slope(*given):
        out = npx.scaled_dot_product_attention(*given, **options)
        (first,) = autograd.grad([(out**2).sum()], [given[0]], create_graph=True)
        return (first * fixed).sum()

    def number(*values):
        given = [np.array(one) for one in values]
        given[0].attach_grad()
        with autograd.record():
            return float(slope(*given).asnumpy())

    variables = [np.array(one) for one in arrays]
    for one in variables:
        one.attach_grad()
    with autograd.record():
        value = slope(*variables)
    value.backward()
    for index, variable in enumerate(variables):
        direction = random.standard_normal(variable.shape)
        up, down = (
            number(*[one + sign * 1e-5 * direction if at == index else one for at, one in enumerate(arrays)])
            for sign in (1, -1)
        )
        assert (variable.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-7)


def test_attention_without_visible_keys_is_zero():
    query = np.ones((2, 3, 4))
    query.attach_grad()
    with autograd.record():
        out = npx.scaled_dot_product_attention(query, query, query, np.array([[False] * 3, [True] * 3, [False] * 3]))
    out.backward()
    assert (out.asnumpy() == onp.array([0, 1, 0])[None, :, None]).all() and onp.isfinite(query.grad.asnumpy()).all()
    assert npx.scaled_dot_product_attention(query, np.ones((2, 0, 4)), np.ones((2, 0, 5))).shape == (2, 3, 5)


def test_attention_drops_weights_while_training_only():
    query = np.array(onp.random.default_rng(0).standard_normal((4, 30, 8)))
    plain = npx.scaled_dot_product_attention(query, query, query, dropout_p=0.5)
    with autograd.train_mode():
        dropped = npx.scaled_dot_product_attention(query, query, np.ones((4, 30, 1)), dropout_p=0.5)
    assert (plain == npx.scaled_dot_product_attention(query, query, query)).all()
    assert 0.7 < float(dropped.mean()) < 1.3 and float(dropped.std()) > 0.01


@pytest.mark.parametrize(
    ("shapes", "options", "message"),
    [
        (((5, 4), (7, 3), (7, 6)), {}, "the last axis of key is 3, expected 4"),
        (((5, 4), (7, 4), (8, 6)), {}, "axis -2 of value is 8, expected 7"),
        (((4,), (7, 4), (7, 6)), {}, r"query has shape \(4,\), expected at least two axes"),
        (((5, 4), (7, 4), (7, 6)), dict(mask=np.ones((5, 6))), r"mask has shape \(5, 6\), which does not broadcast"),
        (((5, 4), (7, 4), (7, 6)), dict(dropout_p=-1.0), "dropout is -1"),
    ],
)
def test_attention_errors(shapes, options, message):
    with pytest.raises(ValueError, match="scaled_dot_product_attention: .*" + message):
        npx.scaled_dot_product_attention(*map(np.ones, shapes), **options)
