"""Gradients of random numbers drawn by rejection: the number moves with its parameter while its share of the
distribution stays. mpmath's incomplete gamma function, differenced, is the judge."""

import mpmath
import numpy as onp
import pytest

import mxnet
from mxnet import autograd, np


def moved(shape, number):
    """How a gamma number of scale 1 moves with the shape parameter."""
    with mpmath.workdps(50):
        a, x, step = mpmath.mpf(float(shape)), mpmath.mpf(float(number)), mpmath.mpf(10) ** -15
        # of the smaller tail, so that nothing is lost
        below = x < a
        tail = lambda a: mpmath.gammainc(a, *((0, x) if below else (x, mpmath.inf)), regularized=True)
        slope = (tail(a + step) - tail(a - step)) / (2 * step)
        density = mpmath.exp((a - 1) * mpmath.log(x) - x - mpmath.loggamma(a))
        return float((-1 if below else 1) * slope / density)


def sample(shapes, draw, seed=0):
    np.random.seed(seed)
    a = np.array(shapes)
    a.attach_grad()
    with autograd.record():
        x = draw(a)
    x.backward()
    return x.asnumpy(), a.grad.asnumpy()


@pytest.mark.parametrize("shape", [0.05, 0.3, 1.0, 2.5, 10.0, 300.0, 2e4])
def test_the_gradient_of_gamma_numbers(shape):
    numbers, gradients = sample(onp.full(25, shape), lambda a: np.random.gamma(a, 1.0, dtype="float64"))
    for number, gradient in zip(numbers, gradients):
        if number > 1e-250:
            # far in the tail of a small shape, next to nothing is integrated, and digits are lost
            assert gradient == pytest.approx(moved(shape, number), rel=1e-8 if shape > 0.1 else 1e-5, abs=1e-300)


def test_far_tails():
    from mxnet.numpy import random

    shapes = onp.repeat([0.1, 1.0, 5.0, 100.0], 400)
    numbers, gradients = sample(shapes, lambda a: random.standard_gamma(a, dtype="float64"), seed=5)
    for shape in onp.unique(shapes):
        of = onp.flatnonzero(shapes == shape)
        for place in (of[numbers[of].argmin()], of[numbers[of].argmax()]):
            if numbers[place] > 1e-250:
                assert gradients[place] == pytest.approx(moved(shape, numbers[place]), rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_scale_and_broadcast_parameters(dtype):
    np.random.seed(1)
    a, b = np.array([[0.5], [3.0]], dtype=dtype), np.array([0.5, 2.0, 1.0], dtype=dtype)
    a.attach_grad()
    b.attach_grad()
    with autograd.record():
        x = np.random.gamma(a, b, size=(4, 2, 3), dtype=dtype)
    x.backward()
    numbers = x.asnumpy().astype("float64")
    scales = b.asnumpy().astype("float64")
    wanted = onp.zeros((2, 1))
    for place in onp.ndindex(numbers.shape):
        wanted[place[1], 0] += scales[place[2]] * moved(a.asnumpy()[place[1], 0], numbers[place] / scales[place[2]])
    tolerance = {"float16": 2e-2, "float32": 1e-4, "float64": 1e-8}[dtype]
    onp.testing.assert_allclose(a.grad.asnumpy(), wanted, rtol=tolerance)
    onp.testing.assert_allclose(b.grad.asnumpy(), (numbers / scales).sum(axis=(0, 1)), rtol=tolerance)
    assert a.grad.dtype == dtype and a.grad.shape == (2, 1)


# the mean of each is known as a function of the parameter; so is its derivative
MEANS = {
    "gamma": (lambda a: np.random.gamma(a), lambda a: 1.0),
    "chisquare": (lambda a: np.random.chisquare(a), lambda a: 1.0),
    "beta": (lambda a: np.random.beta(a, 2.0), lambda a: 2 / (a + 2) ** 2),
    "beta b": (lambda a: np.random.beta(2.0, a), lambda a: -2 / (a + 2) ** 2),
    "f": (lambda a: np.random.f(3.0, a), lambda a: -2 / (a - 2) ** 2),
}


@pytest.mark.parametrize("name", MEANS)
def test_the_mean_gradient_is_the_gradient_of_the_mean(name):
    draw, derivative = MEANS[name]
    _, gradients = sample(onp.full(40_000, 9.0), draw, seed=2)
    error = 5 * gradients.std() / onp.sqrt(gradients.size)
    assert abs(gradients.mean() - derivative(9.0)) < error + 1e-6


def test_dirichlet_shares_have_gradients():
    np.random.seed(3)
    a = np.array([1.0, 2.0, 3.0])
    a.attach_grad()
    with autograd.record():
        first = np.random.dirichlet(a, 20_000)[:, 0].mean()
    first.backward()
    onp.testing.assert_allclose(a.grad.asnumpy(), [5 / 36, -1 / 36, -1 / 36], atol=0.01)


def test_zero_shapes_do_not_move_and_a_second_derivative_is_refused():
    numbers, gradients = sample(onp.zeros(3), np.random.standard_gamma)
    assert numbers.tolist() == [0, 0, 0] and gradients.tolist() == [0, 0, 0]
    a = np.array([2.0])
    a.attach_grad()
    with autograd.record():
        x = np.random.gamma(a)
        with pytest.raises(mxnet.MXNetError, match="second derivative"):
            autograd.grad(x, a, create_graph=True)
