"""Gradients of operators of neural networks against central differences in float64: first order with a head gradient,
and second order through `create_graph`."""

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from npx_reference import DTYPES, ROWS, draw

STEP = 1e-6
# piecewise constant, or with a gradient that is not the derivative
WITHOUT = ("topk mask", "broadcast_greater", "round_ste", "sign_ste", "arange_like", "arange_like axis")


def training(x, gamma, beta, **options):
    """Batch normalisation by the batch's statistics; the running ones are thrown away."""
    count = gamma.shape[0]
    with autograd.train_mode():
        return npx.batch_norm(x, gamma, beta, np.zeros(count), np.ones(count), eps=0.1, **options)


def dropped(x, **options):
    """Dropout with the same draws at every call."""
    np.random.seed(11)
    return npx.dropout(x, 0.4, mode="always", **options) * x


EXTRA = {
    "batch_norm": (lambda x, g, b: training(x, g, b, fix_gamma=False), draw(4, 3, 2), draw(3), draw(3)),
    "batch_norm last axis": (
        lambda x, g, b: training(x, g, b, fix_gamma=False, axis=-1),
        draw(4, 3, 2),
        draw(2),
        draw(2),
    ),
    "batch_norm fixed": (lambda x, b: training(x, np.ones(3, dtype="float64"), b), draw(4, 3), draw(3)),
    "batch_norm by running statistics": (
        lambda x, g, b: training(x, g, b, fix_gamma=False, use_global_stats=True),
        draw(4, 3),
        draw(3),
        draw(3),
    ),
    "layer_norm mean": (
        lambda x, g, b: sum(y.sum() for y in npx.layer_norm(x, g, b, output_mean_var=True)),
        draw(3, 4),
        draw(4),
        draw(4),
    ),
    "dropout": (dropped, draw(4, 3)),
    "dropout shared": (lambda x: dropped(x, axes=1), draw(4, 3)),
    "categorical": (lambda p: categorical(p), draw(3, 4, low=0.5)),
    "while_loop": (
        lambda x: npx.while_loop(lambda y: abs(y).max() < 100, lambda y: (y, y * x), x * 1, max_iterations=9)[0],
        draw(3, low=2.5, high=3),
    ),
    "foreach": (lambda x: npx.foreach(lambda e, s: (e * s, s + e), x, x[0])[0], draw(4, 3)),
}


def categorical(p):
    np.random.seed(4)
    return npx.random.categorical(p, shape=3, get_prob=True)[1]


CASES = {name: (ROWS[name][0], *ROWS[name][2:]) for name in ROWS if name not in WITHOUT} | EXTRA


def finite(x):
    """Without the infinities of masked logarithms, whose gradient is zero."""
    return np.where(np.isfinite(x), x, 0)


def numerical(value, arrays):
    answers = []
    for position, array in enumerate(arrays):
        answer = onp.zeros_like(array)
        for place in onp.ndindex(array.shape):
            sides = []
            for sign in (1, -1):
                moved = [other.copy() for other in arrays]
                moved[position][place] += sign * STEP
                sides.append(value(*moved))
            answer[place] = (sides[0] - sides[1]) / (2 * STEP)
        answers.append(answer)
    return answers


def weights_like(y):
    return np.array(onp.linspace(-1, 2, y.size or 1)[: y.size].reshape(y.shape))


def inputs_of(arrays):
    inputs = [np.array(array) for array in arrays]
    for x in inputs:
        x.attach_grad()
    return inputs


@pytest.mark.parametrize("name", CASES)
def test_first_order(name):
    function, *arrays = CASES[name]
    arrays = [onp.asarray(array, "float64") for array in arrays]

    def value(*moved):
        y = finite(function(*[np.array(array) for array in moved]))
        return float((y * weights_like(y)).sum())

    inputs = inputs_of(arrays)
    with autograd.record(train_mode=False):
        y = finite(function(*inputs))
        total = (y * weights_like(y)).sum()
    total.backward()
    for x, want in zip(inputs, numerical(value, arrays), strict=True):
        assert x.grad.dtype == onp.float64
        onp.testing.assert_allclose(x.grad.asnumpy(), want, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_second_order(name):
    """The gradient of the gradients' squares, against differences of the (already checked) gradients."""
    function, *arrays = CASES[name]
    arrays = [onp.asarray(array, "float64") for array in arrays]

    def slopes(inputs):
        with autograd.record(train_mode=False):
            y = finite(function(*inputs))
            total = (y * weights_like(y)).sum() + sum((x * x).sum() for x in inputs)
            return autograd.grad(total, inputs, create_graph=True, retain_graph=True)

    def value(*moved):
        return float(sum((slope * slope).sum() for slope in slopes(inputs_of(moved))))

    inputs = inputs_of(arrays)
    with autograd.record(train_mode=False):
        total = sum((slope * slope).sum() for slope in slopes(inputs))
    total.backward()
    for x, want in zip(inputs, numerical(value, arrays), strict=True):
        onp.testing.assert_allclose(x.grad.asnumpy(), want, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "layer_norm", "group_norm", "fully_connected bias", "rope"])
def test_gradients_of_other_dtypes(name, dtype):
    function, *arrays = CASES[name]
    wide = inputs_of([np.array(array, dtype=dtype).astype("float64") for array in arrays])
    narrow = inputs_of([np.array(array, dtype=dtype) for array in arrays])
    for inputs in (wide, narrow):
        with autograd.record():
            y = function(*inputs)
            total = (y * weights_like(y).astype(y.dtype)).sum()
        total.backward()
    for x, judge in zip(narrow, wide, strict=True):
        assert str(x.grad.dtype) == dtype
        want = judge.grad.asnumpy()
        close = 4 * DTYPES[dtype] * max(1, abs(want).max())
        onp.testing.assert_allclose(x.grad.astype("float64").asnumpy(), want, rtol=close, atol=close)


def test_large_arrays_take_the_lazy_road():
    """Rows of a large batch have the gradients that they have alone."""
    rows = draw(3, 5)
    head = onp.linspace(-1, 1, 15).reshape(3, 5)
    gamma, beta = np.array(draw(5)), np.array(draw(5))
    for function in (npx.softmax, npx.log_softmax, lambda x: npx.layer_norm(x, gamma, beta), npx.rms_norm):
        found = []
        for times in (1, 2000):
            x = np.array(onp.tile(rows, (times, 1)))
            x.attach_grad()
            with autograd.record():
                y = function(x)
            y.backward(np.array(onp.tile(head, (times, 1))))
            found.append(x.grad.asnumpy())
        onp.testing.assert_allclose(
            found[1].reshape(2000, 3, 5), onp.tile(found[0], (2000, 1, 1)), rtol=1e-10, atol=1e-12
        )


def test_fixed_gamma_has_gradient_zero():
    x, gamma, beta = inputs_of([draw(4, 3), draw(3), draw(3)])
    gamma.grad[:] = 7
    with autograd.record():
        y = npx.batch_norm(x, gamma, beta, np.zeros(3), np.ones(3), fix_gamma=True)
    y.backward()
    assert (gamma.grad == 0).all() and (beta.grad == 4).all()


@pytest.mark.parametrize("function", [npx.round_ste, npx.sign_ste])
def test_straight_through(function):
    (x,) = inputs_of([onp.array([-2.5, 0.0, 1.2])])
    with autograd.record():
        y = function(x) * np.array([1.0, 2.0, 3.0])
    y.backward()
    assert x.grad.tolist() == [1, 2, 3]


def test_stop_gradient():
    (x,) = inputs_of([draw(3)])
    x.grad[:] = 7
    with autograd.record():
        y = npx.stop_gradient(x)
    y.backward()
    assert (x.grad == 0).all() and y.tolist() == x.tolist()


def test_dropout_keeps_its_draws_for_backward():
    x = np.ones((50, 40))
    x.attach_grad()
    with autograd.record():
        y = npx.dropout(x, 0.5)
    y.backward()
    assert (x.grad == y).all() and 0 < float((y == 0).mean()) < 1


def test_a_batch_moves_the_running_statistics_once():
    x, gamma, beta = inputs_of([draw(4, 3), draw(3), draw(3)])
    mean, variance = np.zeros(3), np.ones(3)
    with autograd.record():
        y = npx.batch_norm(x, gamma, beta, mean, variance, momentum=0.5)
    y.backward(retain_graph=True)
    y.backward()
    onp.testing.assert_allclose(mean.asnumpy(), x.asnumpy().mean(0) / 2, rtol=1e-5)


@pytest.mark.parametrize("act_type", ["elu", "selu", "gelu", "gelu_tanh", "leaky"])
def test_rectifiers_far_away(act_type):
    x = np.array([-1000.0, -100.0, 100.0, 1000.0])
    x.attach_grad()
    with autograd.record():
        y = npx.leaky_relu(x, act_type=act_type)
    y.backward()
    assert onp.isfinite(x.grad.asnumpy()).all() and onp.isfinite(y.asnumpy()).all()
