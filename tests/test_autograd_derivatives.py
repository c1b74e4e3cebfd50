"""Derivatives as functions, checkpoints, kept gradients of intermediate results, and the tape as text."""

import numpy as onp
import pytest

import mxnet
from mxnet import autograd, np, npx

RANDOM = onp.random.RandomState(8)


def draw(*shape):
    return np.array(RANDOM.uniform(-1, 1, shape))


def cube_sum(x):
    return (x**3).sum()


def test_value_and_grad():
    w, x = draw(3), draw(3)
    value, slope = autograd.value_and_grad(lambda w, x: (w * x).sum())(w, x)
    assert value == (w * x).sum() and (slope == x).all()
    value, slopes = autograd.value_and_grad(lambda w, x: (w * x).sum(), argnums=(0, 1))(w, x)
    assert (slopes[0] == x).all() and (slopes[1] == w).all()
    (value, extra), slope = autograd.value_and_grad(lambda w: (w.sum(), "seen"), has_aux=True)(w)
    assert extra == "seen" and (slope == 1).all()
    assert w.grad is None and not autograd.is_recording()
    with pytest.raises(ValueError, match="one number"):
        autograd.value_and_grad(lambda w: w)(w)
    with pytest.raises(ValueError, match="argnums 2"):
        autograd.value_and_grad(cube_sum, argnums=2)(w)
    with pytest.raises(TypeError, match="floats, not int32"):
        autograd.value_and_grad(cube_sum)(w.astype("int32"))
    with pytest.raises(TypeError, match="arrays are wanted"):
        autograd.value_and_grad(cube_sum)(3.0)
    with pytest.raises(TypeError, match="must return arrays, not 'float'"):
        autograd.value_and_grad(lambda w: 5.0)(w)


def test_a_constant_function_has_derivative_zero():
    x = draw(3)
    assert (autograd.value_and_grad(lambda x: np.ones(1))(x)[1] == 0).all()
    assert (autograd.jacobian(lambda x: np.ones(2))(x) == np.zeros((2, 3))).all()
    assert (autograd.hessian(lambda x: x.sum())(x) == 0).all()


def test_jacobians_of_complex_values():
    z, x = np.array([1 + 2j, 3 - 1j]), np.array([1.0, 2.0])
    onp.testing.assert_allclose(autograd.jacobian(lambda z: z**3)(z), onp.diag(3 * z.asnumpy() ** 2), rtol=1e-5)
    onp.testing.assert_allclose(autograd.jacobian(lambda x: x * x * 1j + x)(x), onp.diag([1 + 2j, 1 + 4j]))
    to_x, to_z = autograd.jacobian(lambda x, z: x * z, argnums=(0, 1))(x, z)
    assert (to_x == np.diag(z)).all() and (to_z == np.diag(x)).all()
    # a real value: the gradient, in the direction of growth
    onp.testing.assert_allclose(autograd.jacobian(lambda z: np.abs(z) ** 2)(z), onp.diag(2 * z.asnumpy()), rtol=1e-5)


def test_vjp():
    x, y = draw(2, 3), draw(3)
    (product, total), pull = autograd.vjp(lambda x, y: [x * y, y.sum()], x, y)
    assert (product == x * y).all() and total == y.sum()
    head = draw(2, 3)
    for times in (1.0, 3.0):
        to_x, to_y = pull(head, np.array(times))
        onp.testing.assert_allclose(to_x.asnumpy(), (head * y).asnumpy())
        onp.testing.assert_allclose(to_y.asnumpy(), ((head * x).sum(axis=0) + times).asnumpy())
    with pytest.raises(ValueError, match="2 gradients are wanted, got 1"):
        pull(head)


def test_jvp():
    x, y, dx, dy = draw(3), draw(3), draw(3), draw(3)

    def function(x, y):
        return np.sin(x) * y, x.sum()

    (value, total), (moved, moved_total) = autograd.jvp(function, (x, y), (dx, dy))
    onp.testing.assert_allclose(moved.asnumpy(), (np.cos(x) * y * dx + np.sin(x) * dy).asnumpy())
    onp.testing.assert_allclose(moved_total.asnumpy(), dx.sum().asnumpy())
    assert (value == np.sin(x) * y).all() and total == x.sum()
    with pytest.raises(ValueError, match="do not fit"):
        autograd.jvp(function, (x, y), (dx, dy[:2]))


def test_jacobian_and_hessian():
    a, x = draw(2, 3), draw(3)
    assert (autograd.jacobian(lambda x: a @ x)(x) == a).all()
    first, second = autograd.jacobian(lambda a, x: a @ x, argnums=(0, 1))(a, x)
    assert first.shape == (2, 2, 3) and (second == a).all()
    assert (first[0, 0] == x).all() and (first[0, 1] == 0).all()
    symmetric = draw(3, 3)
    symmetric = symmetric + symmetric.T
    got = autograd.hessian(lambda x: x @ symmetric @ x / 2)(x)
    onp.testing.assert_allclose(got.asnumpy(), symmetric.asnumpy(), rtol=1e-6)
    onp.testing.assert_allclose(autograd.hessian(cube_sum)(x).asnumpy(), onp.diag(6 * x.asnumpy()), rtol=1e-6)
    assert autograd.jacobian(lambda x: x * 2)(np.zeros((0,))).shape == (0, 0)


def test_third_derivatives_by_nesting():
    x = draw(2)
    third = autograd.jacobian(autograd.hessian(cube_sum))(x)
    want = onp.zeros((2, 2, 2))
    want[[0, 1], [0, 1], [0, 1]] = 6
    onp.testing.assert_allclose(third.asnumpy(), want, atol=1e-6)


def test_derivatives_inside_of_a_recording():
    x = draw(3)
    x.attach_grad()
    with autograd.record():
        _, slope = autograd.value_and_grad(cube_sum)(x)
        penalty = (slope**2).sum()
    penalty.backward()
    onp.testing.assert_allclose(x.grad.asnumpy(), 36 * x.asnumpy() ** 3, rtol=1e-6)


def network(x, w):
    return np.tanh(x @ w) @ w.T


def test_checkpoint_has_the_same_gradients():
    x, w, b = draw(4, 3), draw(3, 3), draw(3)
    found = []
    for wrap in (lambda function: function, autograd.checkpoint):
        for one in (x, w, b):
            one.attach_grad()
        np.random.seed(3)
        with autograd.record():
            y = x * 2
            for _ in range(3):
                y = wrap(lambda y, w, scale=1: npx.dropout(network(y, w) * scale + b, 0.5))(y, w, scale=2)
            total = (y * y).sum()
        total.backward()
        found.append([one.grad.asnumpy().copy() for one in (x, w, b)])
    for plain, again in zip(*found, strict=True):
        assert abs(plain).max() > 0
        onp.testing.assert_allclose(again, plain, rtol=1e-12)


def test_checkpoint_of_several_results_and_second_order():
    x = draw(3)
    x.attach_grad()
    with autograd.record():
        first, second = autograd.checkpoint(lambda x: (x**3, np.ones(2)))(x)
        (slope,) = autograd.grad(first.sum() + second.sum(), [x], create_graph=True)
        total = (slope**2).sum()
    total.backward()
    onp.testing.assert_allclose(x.grad.asnumpy(), 36 * x.asnumpy() ** 3, rtol=1e-6)
    assert isinstance(autograd.checkpoint(lambda x: [x, x])(x), list)


def test_checkpoint_forgets_what_is_inside():
    x = draw(5)
    x.attach_grad()
    with autograd.record():
        y = autograd.checkpoint(lambda x: np.exp(np.sin(np.cos(x))))(x)
    text = autograd.explain(y)
    assert "checkpoint" in text and "exp" not in text


def test_checkpoint_hands_exceptions_on():
    x = draw(5)
    x.attach_grad()

    def fails(x):
        raise KeyError("mine")

    with autograd.record(), pytest.raises(KeyError, match="mine"):
        autograd.checkpoint(fails)(x)
    with autograd.record(), pytest.raises(TypeError, match="must return arrays"):
        autograd.checkpoint(lambda x: [1])(x)
    assert not autograd.is_recording()


def test_explain():
    x = draw(2)
    x.attach_grad()
    with autograd.record():
        y = np.exp(x) * x + 1
    assert autograd.explain(y).splitlines() == [
        "%0 = variable float64 (2,)",
        "%1 = exp(%0)",
        "%2 = multiply(%1, %0)",
        "%3 = add(%2)",
    ]
    y.backward()
    assert "freed" in autograd.explain(y)
    with pytest.raises(mxnet.MXNetError, match="not on the tape"):
        autograd.explain(np.ones(2))


def test_intermediate_results_keep_their_gradients():
    x, y = draw(4), draw(4)
    x.attach_grad()
    y.attach_grad()
    with autograd.record():
        u = x * y
        z = u * x
    u.attach_grad()
    z.attach_grad()
    head = draw(4)
    z.backward(head, retain_graph=True)
    assert (u.grad == head * x).all() and (z.grad == head).all() and (y.grad == head * x * x).all()
    onp.testing.assert_allclose(x.grad.asnumpy(), (2 * head * x * y).asnumpy())
    for one in (u, z, y):
        one.drop_grad()
    z.backward()
    assert u.grad is None and z.grad is None and y.grad is None


def test_gradients_of_linear_functions_are_constants_on_the_tape():
    x = draw(3)
    x.attach_grad()
    with autograd.record():
        (slope,) = autograd.grad(x * 3, x, create_graph=True)
    slope.backward()
    assert (slope == 3).all() and (x.grad == 0).all()


def test_there_is_no_get_symbol():
    with pytest.raises(AttributeError, match="no symbols"):
        autograd.get_symbol
