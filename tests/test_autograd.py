"""Gradients against central finite differences in float64: every differentiable operator, and everything around them.

The function under test is written once; its numerical derivative runs on NumPy, its gradient on ours. A little over the
usual length, because first and second order share one table of cases.
"""

import gc

import mpmath
import numpy as onp
import pytest

from elementwise_reference import inputs_of
from mxnet import autograd, np, npx
from oracle import assert_close, operators

STEP = 1e-6
# results are bool or integer: constant almost everywhere, and not on the tape
CONSTANT_KINDS = ("Count1", "Test1", "Compare2", "Logic1", "Logic2", "Bits1", "Bits2")


def differentiable(row):
    """Whether a row of the op book has a gradient rule."""
    return row["has_gradient"] and row["kind"] not in CONSTANT_KINDS and row["name"] not in ("gcd", "lcm", "imag")


NP_ROWS = [row for row in operators("np") if differentiable(row)]
NPX_ROWS = [row for row in operators("npx") if differentiable(row)]
ROWS = NP_ROWS + NPX_ROWS
row_parameter = pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])


def test_the_book_has_gradients():
    assert len(NP_ROWS) > 40 and len(NPX_ROWS) > 5


def gradients(function, arrays, head=None):
    """Our gradients of `function(np, *arrays)` (summed, or weighted by `head`)."""
    inputs = [np.array(array) for array in arrays]
    for x in inputs:
        x.attach_grad()
    with autograd.record():
        y = function(np, *inputs)
    y.backward(None if head is None else np.array(head))
    return [x.grad.asnumpy() for x in inputs]


def numerical(value, arrays):
    """Central differences of the scalar function `value(*arrays)` in every element."""
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


def check(function, arrays, head=None, judge=onp):
    """Compare both; `judge` is the library whose values are differenced."""
    arrays = [onp.asarray(array, "float64") for array in arrays]

    def value(*moved):
        y = function(judge, *[moved_array if judge is onp else np.array(moved_array) for moved_array in moved])
        y = y.asnumpy() if judge is np else onp.asarray(y)
        return float((y * (1 if head is None else head)).sum())

    for got, want in zip(gradients(function, arrays, head), numerical(value, arrays)):
        assert got.dtype == onp.float64
        onp.testing.assert_allclose(got, want, rtol=2e-5, atol=2e-5)


def sample(row, seed=0):
    """Inputs of a row; the second one of `ldexp` stays an integer and is bound by the caller."""
    return inputs_of(row, "float64", (5,), seed)


def apply(row, integers=()):
    space = np if row["space"] == "np" else npx
    return lambda _, *inputs: getattr(space, row["name"])(*inputs, *integers)


@row_parameter
def test_every_operator(row):
    arrays = sample(row)
    floats = [array for array in arrays if array.dtype == "float64"]
    integers = [np.array(array) for array in arrays if array.dtype != "float64"]
    if row["name"] == "where":
        condition = np.array(arrays[0])
        check(lambda _, x, y: np.where(condition, x, y), floats, judge=np)
    else:
        check(apply(row, integers), floats, judge=np)


@row_parameter
def test_every_operator_with_a_head_gradient_and_broadcasting(row):
    if row["arity"] != 2 or row["name"] == "ldexp":
        x = sample(row)[-1 if row["name"] == "where" else 0]
        head = onp.linspace(-1, 2, 5)
        if row["arity"] == 1:
            check(apply(row), [x], head, judge=np)
        return
    first, second = inputs_of(row, "float64", (3, 1), 3)[0], inputs_of(row, "float64", (4,), 4)[1]
    check(apply(row), [first, second], onp.linspace(-1, 2, 12).reshape(3, 4), judge=np)


@row_parameter
def test_every_operator_twice(row):
    """The gradient of the gradient, against differences of the (already checked) first gradient."""
    if row["name"] in ("ldexp", "where"):
        return
    arrays = sample(row, 9)
    weights = onp.linspace(0.5, 2, 5)

    def first_order(*inputs):
        for x in inputs:
            x.attach_grad()
        with autograd.record():
            y = apply(row)(np, *inputs)
            return autograd.grad((y * np.array(weights)).sum(), list(inputs), create_graph=True, retain_graph=True)

    def value(*moved):
        return float(sum((g * g).sum().asnumpy() for g in first_order(*[np.array(m) for m in moved])))

    inputs = [np.array(array) for array in arrays]
    with autograd.record():
        # the gradients of linear functions are constants; zero times the inputs keeps the sum on the tape
        total = sum((g * g).sum() for g in first_order(*inputs)) + sum((x * 0).sum() for x in inputs)
    total.backward()
    for x, want in zip(inputs, numerical(value, arrays)):
        onp.testing.assert_allclose(x.grad.asnumpy(), want, rtol=1e-4, atol=1e-4)


def derivative(function, x, order):
    """The derivative of some order of an elementwise function."""
    x = np.array(x)
    x.attach_grad()
    with autograd.record():
        y = function(x)
        for _ in range(order):
            (y,) = autograd.grad(y, x, create_graph=True)
    return y.asnumpy()


@pytest.mark.parametrize("order", range(1, 6))
def test_digamma_to_any_order(order):
    x = onp.array([-20.3, -2.5, -0.7, 0.2, 1.0, 2.5, 17.0, 300.0])
    with mpmath.workdps(30):
        want = [float(mpmath.psi(order, float(one))) for one in x]
    onp.testing.assert_allclose(derivative(npx.digamma, x, order), want, rtol=1e-11)


def test_digamma_far_on_the_negative_side_and_at_poles():
    want = -2 * (1 / (-1e6 - 0.25 + onp.arange(3_000_000)) ** 3).sum()
    got = derivative(npx.digamma, [-1e6 - 0.25, 0.0, -3.0], 2)
    onp.testing.assert_allclose(got[0], want, rtol=1e-7)
    assert onp.isnan(got[1:]).all()


@pytest.mark.parametrize("order", range(1, 5))
def test_i0_to_any_order(order):
    x = onp.array([-9.5, -0.5, 0.3, 2.0, 8.5])
    with mpmath.workdps(30):
        want = [float(mpmath.diff(lambda y: mpmath.besseli(0, y), float(one), order)) for one in x]
    onp.testing.assert_allclose(derivative(np.i0, x, order), want, rtol=1e-9)
    at_zero = [0, 1 / 2, 0, 3 / 8][order - 1]
    assert derivative(np.i0, onp.zeros(1), order).tolist() == [at_zero]


@pytest.mark.parametrize("order", range(1, 5))
def test_sign_and_absolute_to_any_order(order):
    x = onp.array([-2.0, 0.0, 3.0])
    assert derivative(np.sign, x, order).tolist() == [0, 0, 0]
    assert derivative(np.absolute, x, order).tolist() == (onp.sign(x) if order == 1 else x * 0).tolist()


def test_the_complex_sign_twice():
    """Second derivatives along a direction, against differences of the first."""
    point, way = onp.array([1 + 2j, -0.5 + 0.3j]), onp.array([0.3 - 1j, 0.7 + 0.2j])

    def slope(values):
        x = np.array(values)
        x.attach_grad()
        with autograd.record():
            y = np.sign(x)
            total = (y.real * np.array([1.0, 2.0]) + y.imag * np.array([-1.0, 0.5])).sum()
            (first,) = autograd.grad(total, x, create_graph=True)
            size = (first.real * first.real + 2 * first.imag * first.imag + first.real * first.imag).sum()
        size.backward()
        return float(size), x.grad.asnumpy()

    gradient = slope(point)[1]
    want = (slope(point + STEP * way)[0] - slope(point - STEP * way)[0]) / (2 * STEP)
    assert (gradient * way.conj()).sum().real == pytest.approx(want, rel=1e-6)


def test_an_operator_without_gradient_says_so():
    x = variable([1.5])
    with autograd.record():
        y = np.nextafter(x, 2)
    with pytest.raises(RuntimeError, match="nextafter: the operator has no gradient"):
        y.backward()


def written(np, x):
    z = np.zeros(x.shape, dtype="float64")
    z[...] = x * 2
    z[1:] *= x[:-1]
    z[0] = 3
    return z * x


def accumulated(np, x):
    z = x * 1
    for _ in range(3):
        z += x * x
        z *= x
    return z


def masked(np, x):
    z = x * 2
    z[x > 0] = 0
    return z * x


def scattered(np, x):
    z = np.zeros((6,), dtype="float64")
    z[np.array([4, 0, 2])] = x[:, 0]
    return z * z


# name: (function, shapes of its arguments)
CASES = {
    "reuse": (lambda np, x: x * x + x * 3 + x, [(4,)]),
    "scalars": (lambda np, x: 2 / (x + 7) - 3 * x**2 + 2**x, [(4,)]),
    "chain": (lambda np, x: np.tanh(np.exp(np.sin(x)) * x), [(3, 2)]),
    "unused input": (lambda np, x, y: x * 2, [(3,), (2,)]),
    "0-d": (lambda np, x: x * x, [()]),
    "slice": (lambda np, x: x[1:3, ::-2] ** 2, [(4, 5)]),
    "row": (lambda np, x: x[1] * x[-1], [(4, 5)]),
    "element": (lambda np, x: x[1, 2] * x[0, 0], [(4, 5)]),
    "new axis": (lambda np, x: x[:, None] * x[None], [(4,)]),
    "integer array": (lambda np, x: x[np.array([0, 2, 0])] ** 2, [(4, 2)]),
    "two integer arrays": (lambda np, x: x[np.array([0, 2, 0]), np.array([1, 0, 1])] ** 2, [(4, 2)]),
    "mask": (lambda np, x: x[x > 0] ** 2, [(4, 2)]),
    "take": (lambda np, x: np.take(x, np.array([1, 1, 0]), axis=1) ** 2, [(4, 2)]),
    "take_along_axis": (lambda np, x: np.take_along_axis(x, np.argsort(x, axis=1), 1) * x, [(3, 4)]),
    "transpose": (lambda np, x: x.T * np.transpose(x), [(3, 4)]),
    "reshape": (lambda np, x: x.reshape((2, -1)) * x.reshape((6, 2)).T, [(3, 4)]),
    "swapaxes": (lambda np, x: x.swapaxes(0, 1) ** 2, [(3, 4)]),
    "broadcast_to": (lambda np, x: np.broadcast_to(x, (3, 4)) ** 2, [(4,)]),
    "expand and squeeze": (lambda np, x: np.squeeze(np.expand_dims(x, 1)) ** 2, [(4,)]),
    "concatenate": (lambda np, x, y: np.concatenate([x, y, x]) ** 2, [(2, 3), (1, 3)]),
    "stack": (lambda np, x, y: np.stack([x, y], axis=1) ** 2, [(3,), (3,)]),
    "split": (lambda np, x: np.split(x, 2)[0] * np.split(x, 2)[1], [(4, 2)]),
    "tile": (lambda np, x: np.tile(x, (2, 3)) ** 2, [(2,)]),
    "repeat": (lambda np, x: np.repeat(x, 2, axis=0) ** 3, [(3, 2)]),
    "flip and roll": (lambda np, x: np.flip(x) * np.roll(x, 1), [(5,)]),
    "pad": (lambda np, x: np.pad(x, 1) ** 2, [(2, 3)]),
    "diag": (lambda np, x: np.diag(x) ** 2, [(3, 3)]),
    "tril": (lambda np, x: np.tril(x) ** 2, [(3, 3)]),
    "trace": (lambda np, x: np.trace(x) ** 2, [(3, 3)]),
    "diagonal": (lambda np, x: np.diagonal(x, 1) ** 2, [(3, 4)]),
    "astype": (lambda np, x: x.astype("float64") ** 2, [(3,)]),
    "copy": (lambda np, x: x.copy() * x, [(3,)]),
    "sum": (lambda np, x: x.sum() ** 2, [(3, 4)]),
    "sum of an axis": (lambda np, x: x.sum(axis=0) ** 2, [(3, 4)]),
    "sum keepdims": (lambda np, x: x / np.exp(x).sum(axis=(0, 1), keepdims=True), [(3, 4)]),
    "mean": (lambda np, x: x.mean(axis=1) ** 2, [(3, 4)]),
    "prod": (lambda np, x: x.prod(axis=0), [(3, 4)]),
    "max": (lambda np, x: x.max(axis=1) * x.min(axis=1), [(3, 4)]),
    "var": (lambda np, x: x.var(axis=0) + x.std(), [(3, 4)]),
    "var ddof": (lambda np, x: x.var(axis=0, ddof=1), [(3, 4)]),
    "cumsum": (lambda np, x: np.cumsum(x, axis=0) ** 2, [(3, 4)]),
    "cumprod": (lambda np, x: np.cumprod(x), [(4,)]),
    "sum where": (lambda np, x: x.sum(where=x > 0) ** 2, [(3, 4)]),
    "softmax": (
        lambda np, x: (
            (
                np.exp(x - x.max(axis=1, keepdims=True))
                / np.exp(x - x.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
            )
            ** 2
        ),
        [(3, 4)],
    ),
    "matmul": (lambda np, x, y: x @ y, [(3, 4), (4, 2)]),
    "matmul of vectors": (lambda np, x, y: x @ y, [(4,), (4,)]),
    "matvec": (lambda np, x, y: (x @ y) ** 2, [(3, 4), (4,)]),
    "batched matmul": (lambda np, x, y: (x @ y) ** 2, [(2, 1, 3, 2), (3, 2, 2)]),
    "dot": (lambda np, x, y: np.dot(x, y) ** 2, [(3, 4), (4, 2)]),
    "tensordot": (lambda np, x, y: np.tensordot(x, y, axes=([0, 1], [1, 0])) ** 2, [(2, 3, 2), (3, 2, 2)]),
    "inner": (lambda np, x, y: np.inner(x, y) ** 2, [(2, 3), (2, 3)]),
    "outer": (lambda np, x, y: np.outer(x, y) ** 2, [(3,), (2,)]),
    "kron": (lambda np, x, y: np.kron(x, y) ** 2, [(2, 2), (2, 1)]),
    "einsum": (lambda np, x, y: np.einsum("ij,jk->ki", x, y) ** 2, [(2, 3), (3, 2)]),
    "einsum diagonal": (lambda np, x: np.einsum("ii->i", x) ** 2, [(3, 3)]),
    "einsum of three": (lambda np, x, y: np.einsum("ij,jk,ki->", x, y, x), [(2, 2), (2, 2)]),
    "where": (lambda np, x, y: np.where(x > 0, x * y, y), [(3, 4), (4,)]),
    "clip": (lambda np, x: np.clip(x, -1, 1) * x, [(3, 4)]),
    "maximum": (lambda np, x, y: np.maximum(x, y) * x, [(3,), (3,)]),
    "sort": (lambda np, x: np.sort(x) * x, [(5,)]),
    "written in place": (written, [(4,)]),
    "accumulated in place": (accumulated, [(3,)]),
    "masked write": (masked, [(4, 2)]),
    "scattered write": (scattered, [(3, 2)]),
    "meshgrid": (lambda np, x, y: np.meshgrid(x, y)[0] * np.meshgrid(x, y)[1], [(3,), (2,)]),
    "linspace of views": (lambda np, x: sum(x[i] * i for i in range(4)), [(4, 2)]),
    "norm": (lambda np, x: np.sqrt((x * x).sum(axis=-1)), [(3, 2)]),
    "log-sum-exp": (lambda np, x: np.log(np.exp(x).sum(axis=0)), [(3, 4)]),
}


def random_inputs(shapes):
    random = onp.random.RandomState(5)
    return [onp.asarray(random.uniform(-2, 2, shape)) for shape in shapes]


@pytest.mark.parametrize("name", CASES)
def test_functions(name):
    function, shapes = CASES[name]
    check(function, random_inputs(shapes))


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("unused input",)])
def test_second_order_of_functions(name):
    function, shapes = CASES[name]
    arrays = random_inputs(shapes)

    def first_order(inputs):
        for x in inputs:
            x.attach_grad()
        with autograd.record():
            return autograd.grad(function(np, *inputs).sum(), inputs, create_graph=True, retain_graph=True)

    def value(*moved):
        return float(sum((g * g).sum().asnumpy() for g in first_order([np.array(m) for m in moved])))

    inputs = [np.array(array) for array in arrays]
    with autograd.record():
        total = sum((g * g).sum() for g in first_order(inputs)) + sum((x * 0).sum() for x in inputs)
    total.backward()
    for x, want in zip(inputs, numerical(value, arrays)):
        onp.testing.assert_allclose(x.grad.asnumpy(), want, rtol=1e-4, atol=1e-4)


def test_large_arrays_take_the_lazy_road_with_the_same_gradient():
    values = onp.random.RandomState(0).uniform(-1, 1, 20_000)

    def function(np, x):
        return np.tanh(x * 2) * np.exp(-x) + x[::-1] ** 2

    whole = gradients(function, [values])[0]
    t = onp.tanh(values * 2)
    want = (2 * (1 - t * t) - t) * onp.exp(-values) + 2 * values
    onp.testing.assert_allclose(whole, want, rtol=1e-10, atol=1e-12)


def variable(values, request="write"):
    x = np.array(values, dtype="float32")
    x.attach_grad(request)
    return x


def backward_of(function, *inputs):
    with autograd.record():
        y = function(*inputs)
    y.backward()


def test_grad_req_write_overwrites_and_add_accumulates():
    write, add, null = variable([1.0, 2.0]), variable([1.0, 2.0], "add"), variable([1.0, 2.0], "null")
    for _ in range(3):
        backward_of(lambda x, y, z: x * 2 + y * 3 + z, write, add, null)
    assert write.grad.asnumpy().tolist() == [2, 2] and add.grad.asnumpy().tolist() == [9, 9]
    add.zero_grad() if hasattr(add, "zero_grad") else add.grad.__setitem__(Ellipsis, 0)
    assert add.grad.asnumpy().tolist() == [0, 0]
    with pytest.raises((ValueError, RuntimeError)):
        np.ones(2).attach_grad("sideways")


def test_gradient_starts_at_zero_and_keeps_its_buffer():
    x = variable([1.0, 2.0])
    buffer = x.grad
    assert buffer.asnumpy().tolist() == [0, 0]
    backward_of(lambda x: x * x, x)
    assert buffer.asnumpy().tolist() == [2, 4] and x.grad.asnumpy().tolist() == [2, 4]


@pytest.mark.parametrize("size", [3, 10000])
def test_gradients_share_no_memory(size):
    a, b = variable(onp.arange(size)), variable(onp.ones(size))
    head = np.full((size,), 2)
    for _ in range(2):
        with autograd.record():
            y = a + b
        y.backward(head)
        a.grad[:] = 7
        assert (b.grad.asnumpy() == 2).all() and (head.asnumpy() == 2).all()
    kept = a.grad
    with autograd.record():
        y = a * b
    y.backward(head)
    head[:] = 5
    assert (kept.asnumpy() == 2).all() and (a.grad.asnumpy() == 2).all()
    assert onp.array_equal(b.grad.asnumpy(), 2 * onp.arange(size))


def test_a_gradient_of_another_order_or_dtype_keeps_the_form_of_its_variable():
    x = np.ones((30, 200))
    x.attach_grad()
    with autograd.record():
        y = x.T.astype("float64") * 3
    y.backward()
    assert x.grad.dtype == x.dtype and x.grad.flags.c_contiguous and (x.grad.asnumpy() == 3).all()
    with autograd.record():
        y = np.broadcast_to(x[:1], (4, 200))
    y.backward()
    assert x.grad.flags.c_contiguous and x.grad.asnumpy().sum() == 800


def test_only_what_a_formula_reads_is_kept():
    x = variable(onp.ones((64, 256)))
    npx.waitall()
    gc.collect()  # what other tests left
    before = npx.memory_stats()["in_use"]
    with autograd.record():
        h = x * 2
        h.wait_to_read()
        h = npx.relu(h)
        h.wait_to_read()
        h = h + x
        h.wait_to_read()
    # relu's result and the sum
    assert npx.memory_stats()["in_use"] - before == 2 * x.nbytes
    h.backward()
    assert (x.grad.asnumpy() == 3).all()


def test_gradients_of_any_order_through_a_kept_result():
    x = variable([0.5, -1.0])
    with autograd.record():
        first = autograd.grad(np.tanh(x * 2), x, create_graph=True)[0]
        second = autograd.grad(first, x, create_graph=True)[0]
    second.backward()
    t = onp.tanh(2 * x.asnumpy().astype("float64"))
    onp.testing.assert_allclose(first.asnumpy(), 2 * (1 - t**2), rtol=1e-5)
    onp.testing.assert_allclose(second.asnumpy(), -8 * t * (1 - t**2), rtol=1e-5)
    onp.testing.assert_allclose(x.grad.asnumpy(), 16 * (1 - t**2) * (3 * t**2 - 1), rtol=1e-4)


def test_gradient_of_an_array_without_one_is_none():
    assert np.ones(2).grad is None


def test_head_gradients():
    x = variable([1.0, 2.0])
    with autograd.record():
        y = x * x
    y.backward(np.array([10.0, 0.5]))
    assert x.grad.asnumpy().tolist() == [20, 2]
    with autograd.record():
        y, z = x * x, x * 3
    autograd.backward([y, z], [np.array([1.0, 1.0]), None])
    assert x.grad.asnumpy().tolist() == [5, 7]


def test_pause_and_recording_states():
    assert not autograd.is_recording() and not autograd.is_training()
    x = variable([3.0])
    with autograd.record():
        assert autograd.is_recording() and autograd.is_training()
        with autograd.pause():
            assert not autograd.is_recording() and not autograd.is_training()
            constant = x * 100
        with autograd.predict_mode():
            assert autograd.is_recording() and not autograd.is_training()
        y = x * x + constant
    y.backward()
    assert x.grad.asnumpy().tolist() == [6]
    with autograd.record(train_mode=False):
        assert not autograd.is_training()
    with autograd.train_mode():
        assert autograd.is_training() and not autograd.is_recording()
    assert not autograd.set_recording(True) and autograd.set_recording(False)


def test_detach_cuts_history():
    x = variable([3.0])
    with autograd.record():
        y = (x * x).detach() * x
    y.backward()
    assert x.grad.asnumpy().tolist() == [9]


def test_second_backward_needs_the_graph():
    x = variable([3.0])
    with autograd.record():
        y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.asnumpy().tolist() == [6]
    with pytest.raises(RuntimeError):
        y.backward()


def test_backward_outside_a_graph_is_an_error():
    with pytest.raises(RuntimeError):
        np.ones(2).backward()
    x = variable([3.0])
    y = x * x
    with pytest.raises(RuntimeError):
        y.backward()


def test_grad_returns_a_list_and_leaves_buffers_alone():
    x = variable([3.0])
    with autograd.record():
        y = x * x
    got = autograd.grad(y, x)
    assert isinstance(got, list) and got[0].asnumpy().tolist() == [6] and x.grad.asnumpy().tolist() == [0]
    with autograd.record():
        y = x * x * x
        first = autograd.grad(y, [x], create_graph=True)[0]
        second = autograd.grad(first, [x], create_graph=True)[0]
        third = autograd.grad(second, [x])[0]
    assert [float(first), float(second), float(third)] == [27, 18, 6]


def test_mark_variables():
    x, gradient = np.array([2.0]), np.zeros(1)
    autograd.mark_variables([x], [gradient])
    backward_of(lambda x: x * x, x)
    assert gradient.asnumpy().tolist() == [4]


def test_a_write_that_destroys_what_backward_needs_is_refused():
    x = variable([1.0, 2.0])
    with autograd.record():
        y = x * x
        with pytest.raises(RuntimeError):
            x += 1
    assert x.asnumpy().tolist() == [1, 2]
    y.backward()
    assert x.grad.asnumpy().tolist() == [2, 4]


def test_a_write_into_a_saved_value_is_an_error_at_backward():
    x = variable([1.0, 2.0])
    with autograd.record():
        z = x * 1
        y = x * z
        z += 1
    with pytest.raises(RuntimeError, match="multiply"):
        y.backward()


def test_a_write_through_a_view_is_an_error_where_it_would_be_forgotten():
    x = variable([1.0, 2.0])
    with autograd.record():
        z = x * 2
        view = z[:1]
        view *= x[:1]
        y = z * 1
    with pytest.raises(RuntimeError, match="view"):
        y.backward()


VIEWS_OF_VARIABLES = {
    "slice": lambda x: x[:1],
    "transpose": lambda x: x.T,
    "reshape": lambda x: x.reshape(-1),
    "of a view": lambda x: x[0][1:],
    "part": lambda x: np.split(x, 2)[0],
    "new axis": lambda x: np.expand_dims(x, 0),
    "flip": lambda x: np.flip(x),
}


@pytest.mark.parametrize("name", VIEWS_OF_VARIABLES)
@pytest.mark.parametrize("write", ["assign", "add", "out"])
def test_a_write_into_a_view_of_a_variable_is_refused(name, write):
    x = variable([[1.0, 2.0], [3.0, 4.0]])
    with autograd.record():
        view = VIEWS_OF_VARIABLES[name](x)
        with pytest.raises(RuntimeError, match="a view of a variable"):
            if write == "assign":
                view[:] = 7
            elif write == "add":
                view += 1
            else:
                np.multiply(view, 2, out=view)
        y = (x * x).sum()
    y.backward()
    assert x.tolist() == [[1, 2], [3, 4]] and x.grad.tolist() == [[2, 4], [6, 8]]
    VIEWS_OF_VARIABLES[name](x)[:] = 0  # outside of a recording


def test_a_write_into_a_copy_of_a_part_is_fine():
    x = variable([1.0, 2.0])
    with autograd.record():
        part = x[[0, 1]]
        part[0] = 5
        y = (part * x).sum()
    y.backward()
    assert x.tolist() == [1, 2] and x.grad.tolist() == [5, 4]


def test_training_loop_updates_in_place():
    w = variable([5.0, -3.0])
    for _ in range(100):
        backward_of(lambda w: ((w - 1) ** 2).sum(), w)
        w[:] = w - 0.1 * w.grad
    onp.testing.assert_allclose(w.asnumpy(), [1, 1], atol=1e-4)


TIES = {
    "max": (lambda x: x.max(), [1, 3, 3], [0, 1, 1]),
    "relu at 0": (lambda x: npx.relu(x), [-1, 0, 2], [0, 0, 1]),
    "abs at 0": (lambda x: np.abs(x), [-1, 0, 2], [-1, 0, 1]),
    "sign": (lambda x: np.sign(x), [-1, 0, 2], [0, 0, 0]),
    "clip on the bounds": (lambda x: np.clip(x, -1, 2), [-1, 0, 2], [1, 1, 1]),
    "sqrt at 0": (lambda x: np.sqrt(x), [0, 4], [onp.inf, 0.25]),
    "maximum of equals": (lambda x: np.maximum(x, 1), [1, 2], [1, 1]),
}


@pytest.mark.parametrize("name", TIES)
def test_gradients_at_corners(name):
    function, values, want = TIES[name]
    x = variable(values)
    backward_of(function, x)
    assert_close(x.grad.asnumpy() + 0, onp.array(want, "float32"))


def test_own_functions():
    class Sigmoid(autograd.Function):
        def forward(self, x):
            y = 1 / (1 + np.exp(-x))
            self.save_for_backward(y)
            return y

        def backward(self, dy):
            (y,) = self.saved_tensors
            return dy * y * (1 - y)

    x = variable([0.0])
    function = Sigmoid()
    with autograd.record():
        y = function(x)
    y.backward()
    assert x.grad.asnumpy().tolist() == [0.25]


def test_states_are_per_thread():
    import threading

    seen = []
    with autograd.record():
        thread = threading.Thread(target=lambda: seen.append(autograd.is_recording()))
        thread.start()
        thread.join()
    assert seen == [False]
