"""Kernels over rows that work on several rows at once, or past the caches: no row knows its neighbours.

Rows of lengths that are no multiple of a register, in numbers that are no multiple of what is computed side by side.
"""

import numpy
import pytest

from mxnet import autograd, np, npx

LENGTHS = [1, 2, 5, 8, 10, 16, 17, 31, 32, 33, 64, 100]


def numbers(*shape, dtype="float32", seed=0):
    return numpy.random.default_rng(seed + sum(shape)).normal(size=shape).astype(dtype)


def with_gradients(work, head, *arrays):
    """The value of `work`, and its gradients, as NumPy's arrays."""
    variables = [np.array(array) for array in arrays]
    for variable in variables:
        variable.attach_grad()
    with autograd.record():
        value = work(*variables)
    value.backward(np.array(head))
    return [value.asnumpy()] + [variable.grad.asnumpy() for variable in variables]


def by_threads(work, threads):
    """The results of `work` on one thread and on three."""
    for count in (1, 3):
        threads(count)
        yield work()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("length", LENGTHS)
def test_cross_entropy_of_a_row_is_that_of_the_row_alone(length, dtype):
    x, labels = numbers(37, length, dtype=dtype) * 4, numpy.arange(37) % length
    x[3] = numpy.inf
    x[5, 0] = numpy.nan
    x[7] = -200.0 * numpy.arange(length)

    def loss(x, labels):
        return npx.softmax_cross_entropy(x, np.array(labels), reduction="none")

    value, gradient = with_gradients(lambda x: loss(x, labels), numbers(37, dtype=dtype), x)
    for row in range(37):
        head = numbers(37, dtype=dtype)[row : row + 1]
        alone = with_gradients(lambda x, row=row: loss(x, labels[row : row + 1]), head, x[row : row + 1])
        assert alone[0].tobytes() == value[row : row + 1].tobytes() or numpy.isnan(alone[0]).all()
        numpy.testing.assert_array_equal(alone[1], gradient[row : row + 1])
    finite = numpy.isfinite(x).all(axis=1)
    wide = x[finite].astype("float64")
    wide = wide - wide.max(axis=1, keepdims=True)
    exact = numpy.log(numpy.exp(wide).sum(axis=1)) - wide[numpy.arange(len(wide)), labels[finite]]
    numpy.testing.assert_allclose(value[finite], exact, rtol=1e-5, atol=1e-6)


def normalised(x, gamma, beta, head, centered):
    """Value and gradients in float64."""
    x, gamma, beta, head = (one.astype("float64") for one in (x, gamma, beta, head))
    mean = x.mean(axis=-1, keepdims=True) if centered else 0.0
    inverse = 1 / numpy.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + 1e-5)
    standard = (x - mean) * inverse
    scaled = head * gamma
    inner = scaled - standard * (scaled * standard).mean(axis=-1, keepdims=True)
    if centered:
        inner = inner - scaled.mean(axis=-1, keepdims=True)
    return standard * gamma + beta, inner * inverse, (head * standard).sum(axis=0), head.sum(axis=0)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 9, 30, 301])
@pytest.mark.parametrize("length", LENGTHS)
def test_normalisation_beside_numpy(length, rows, dtype):
    x, gamma, beta, head = (
        numbers(*shape, dtype=dtype, seed=seed)
        for seed, shape in enumerate([(rows, length), (length,), (length,), (rows, length)])
    )
    close = {"float32": 3e-4, "float64": 1e-9, "float16": 3e-1}[dtype]
    got = with_gradients(lambda x, g, b: npx.layer_norm(x, g, b, eps=1e-5), head, x, gamma, beta)
    want = normalised(x, gamma, beta, head, centered=True)
    # rows of one or two elements amplify their rounding errors by up to 1 / sqrt(eps)
    for ours, exact in zip(got, want, strict=True):
        scale = max(1.0, numpy.abs(exact).max()) * (20 if length < 5 else 1)
        assert ours.dtype == dtype
        numpy.testing.assert_allclose(ours, exact, atol=close * scale)
    got = with_gradients(lambda x, g: npx.rms_norm(x, g, eps=1e-5), head, x, gamma)
    want = normalised(x, gamma, beta * 0, head, centered=False)
    for ours, exact in zip(got, want[:3], strict=True):
        numpy.testing.assert_allclose(ours, exact, atol=close * max(1.0, numpy.abs(exact).max()))


def test_normalised_rows_do_not_know_their_neighbours():
    x, gamma, beta, head = numbers(23, 70), numbers(70), numbers(70), numbers(23, 70, seed=1)

    def work(x, gamma, beta):
        return npx.layer_norm(x, gamma, beta)

    whole = with_gradients(work, head, x, gamma, beta)
    for row in range(23):
        alone = with_gradients(work, head[row : row + 1], x[row : row + 1], gamma, beta)
        assert alone[0].tobytes() == whole[0][row].tobytes()
        assert alone[1].tobytes() == whole[1][row].tobytes()


def test_gradients_of_normalisation_that_are_written_past_the_caches(threads):
    shape = (2901, 1000)
    x, gamma, beta, head = numbers(*shape), numbers(1000), numbers(1000), numbers(*shape, seed=1)

    def run():
        return with_gradients(lambda x, g, b: npx.layer_norm(x, g, b), head, x, gamma, beta)

    first, second = by_threads(run, threads)
    for one, other in zip(first, second, strict=True):
        assert one.tobytes() == other.tobytes()
    part = with_gradients(lambda x, g, b: npx.layer_norm(x, g, b), head[-3:], x[-3:], gamma, beta)
    assert part[1].tobytes() == first[1][-3:].tobytes()
    for ours, exact in zip(first, normalised(x, gamma, beta, head, centered=True), strict=True):
        numpy.testing.assert_allclose(ours, exact, atol=2e-3)


def test_normalisation_of_no_rows_and_of_views():
    assert npx.layer_norm(np.zeros((0, 5)), np.ones(5), np.zeros(5)).shape == (0, 5)
    nothing = numpy.zeros((0, 5), "float32")
    got = with_gradients(lambda x, g, b: npx.layer_norm(x, g, b), nothing, nothing, numbers(5), numbers(5))
    assert got[1].shape == (0, 5) and not got[2].any() and not got[3].any()
    x, head = numbers(40, 90), numbers(5, 30, seed=3)
    gamma, beta = numbers(60)[::2], numbers(60)[1::2]
    view = with_gradients(lambda x: npx.layer_norm(x[::8, ::3], np.array(gamma), np.array(beta)), head, x)
    copy = with_gradients(lambda x: npx.layer_norm(x, np.array(gamma), np.array(beta)), head, x[::8, ::3])
    assert view[0].tobytes() == copy[0].tobytes() and view[1][::8, ::3].tobytes() == copy[1].tobytes()


@pytest.mark.parametrize(
    ("rows", "width", "dtype"),
    [
        (50, 7, "float32"),
        (50, 1, "float32"),
        (50, 33, "float16"),
        (9000, 300, "float32"),
        (9000, 256, "float32"),
        (4100, 301, "float64"),
        (20000, 250, "float16"),
    ],
)
def test_gradient_of_an_embedding(rows, width, dtype, threads):
    """Rows that are named once, often and never; from 8 MiB on the gradient is written past the caches."""
    generator = numpy.random.default_rng(rows)
    places = generator.integers(0, rows, (30, 40))
    places[3] = places[3, 0]
    weight, head = numbers(rows, width, dtype=dtype), numbers(30, 40, width, dtype=dtype, seed=1)
    head[0, 0] = -0.0
    places[0, 0] = rows - 1
    places[places == rows - 1] = 0
    places[0, 0] = rows - 1

    def run():
        return with_gradients(lambda w: npx.embedding(np.array(places), w, rows, width), head, weight)[1]

    first, second = by_threads(run, threads)
    assert first.tobytes() == second.tobytes()
    exact = numpy.zeros((rows, width))
    numpy.add.at(exact, places.ravel(), head.reshape(-1, width).astype("float64"))
    numpy.testing.assert_allclose(first, exact, rtol=1e-5, atol={"float16": 5e-2}.get(dtype, 1e-5))
    # a sum starts at zero, so that it is never -0
    assert not numpy.signbit(first[rows - 1]).any()
