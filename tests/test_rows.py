"""Folds of rows that wait for what follows, so that both run in one pass over blocks of rows: same bits as step by
step, same results as NumPy, and nothing lost or overwritten meanwhile.
"""

import gc

import numpy
import pytest

from mxnet import np, npx


def rows(*shape, dtype="float32"):
    values = numpy.random.default_rng(7).normal(size=shape) * 3
    return (values + 1j * values[..., ::-1] if dtype.startswith("complex") else values).astype(dtype)


def softmax(xp, x, axis, look):
    weights = look(xp.exp(look(x - look(x.max(axis=axis, keepdims=True)))))
    return weights / look(weights.sum(axis=axis, keepdims=True))


def normalise(xp, x, axis, look):
    return look(x - look(x.mean(axis=axis, keepdims=True))) / look(x.std(axis=axis, keepdims=True))


def log_sum_exp(xp, x, axis, look):
    top = look(x.max(axis=axis, keepdims=True))
    return look(xp.log(look(look(xp.exp(look(x - top))).sum(axis=axis, keepdims=True)))) + top


def scaled(xp, x, axis, look):
    low, high = look(x.min(axis=axis, keepdims=True)), look(x.max(axis=axis, keepdims=True))
    return look(x - low) / look(high - low) * 2 - 1


def twice(xp, x, axis, look):
    inner = softmax(xp, x, axis, look)
    return softmax(xp, look(inner * 3), axis, look)


WORKS = [softmax, normalise, log_sum_exp, scaled, twice]
SHAPES = [
    ((300, 40), 1),
    ((3, 5000), 1),
    ((2, 8192), -1),
    ((7, 9, 130), 2),
    ((40, 11, 13), (1, 2)),
    ((1, 70, 90), 2),
    ((70, 1, 90), (1, 2)),
    ((5, 9000), 1),
    ((90, 80), 0),
    ((20, 30, 40), (0, 2)),
]


def step_by_step(array):
    array.wait_to_read()
    return array


@pytest.mark.parametrize("shape, axis", SHAPES)
@pytest.mark.parametrize("work", WORKS)
def test_one_pass_has_the_bits_of_single_steps(work, shape, axis):
    x = rows(*shape)
    at_once = work(np, np.array(x), axis, lambda array: array).asnumpy()
    stepwise = work(np, np.array(x), axis, step_by_step).asnumpy()
    assert at_once.tobytes() == stepwise.tobytes()
    expected = work(numpy, x.astype("float64"), axis, lambda array: array)
    numpy.testing.assert_allclose(at_once, expected, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("fold", ["sum", "mean", "prod", "max", "any", "var"])
def test_every_dtype_passes_through(dtype, fold):
    x = rows(120, 50, dtype=dtype)
    if dtype == "bool" and fold == "var":
        return  # NumPy subtracts no bools
    a = np.array(x, dtype=dtype)
    pending = getattr(a, fold)(axis=1, keepdims=True) == a
    folded = getattr(a, fold)(axis=1, keepdims=True)
    folded.wait_to_read()
    assert pending.asnumpy().tobytes() == (folded == a).asnumpy().tobytes()


@pytest.mark.parametrize("view", ["x.T", "x[::2]", "x[:, ::-1]", "x[::-1, 3:]", "np.broadcast_to(x[:1], (90, 80))"])
def test_views_of_rows(view):
    x = rows(90, 80)
    names = {"np": np, "x": np.array(x)}
    ours = softmax(np, eval(view, names), 1, lambda array: array).asnumpy()
    expected = softmax(numpy, eval(view, {"np": numpy, "x": x}), 1, lambda array: array)
    numpy.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-7)


def test_writes_wait_for_folds_that_read():
    x = rows(100, 60)
    a = np.array(x)
    total = a.sum(axis=1)
    shifted = a - a.mean(axis=1, keepdims=True)
    a[:] = 0
    numpy.testing.assert_allclose(total.asnumpy(), x.sum(axis=1), rtol=1e-4, atol=1e-4)
    numpy.testing.assert_allclose(shifted.asnumpy(), x - x.mean(axis=1, keepdims=True), rtol=1e-4, atol=1e-5)
    assert not a.asnumpy().any()


def test_a_row_may_be_changed_by_its_own_fold():
    x = rows(100, 60)
    a = np.array(x)
    a -= a.max(axis=1, keepdims=True)
    a /= a.min(axis=1, keepdims=True)
    b = x - x.max(axis=1, keepdims=True)
    numpy.testing.assert_array_equal(a.asnumpy(), b / b.min(axis=1, keepdims=True))


def test_what_is_held_is_kept_and_what_follows_reads_it():
    x = rows(200, 50)
    a = np.array(x)
    top = a.max(axis=1, keepdims=True)
    weights = np.exp(a - top)
    total = weights.sum(axis=1, keepdims=True)
    result = weights / total
    result.wait_to_read()
    expected = numpy.exp(x - x.max(axis=1, keepdims=True))
    numpy.testing.assert_array_equal(top.asnumpy(), x.max(axis=1, keepdims=True))
    numpy.testing.assert_allclose(weights.asnumpy(), expected, rtol=1e-5)
    numpy.testing.assert_allclose(total.asnumpy(), expected.sum(axis=1, keepdims=True), rtol=1e-5)
    assert (result * total).asnumpy() == pytest.approx(weights.asnumpy(), rel=1e-5)


def test_waiting_folds_do_not_keep_their_sources_without_end():
    before = npx.memory_stats()
    folds = [np.array(rows(64, 1024)).sum(axis=1) for _ in range(60)]
    gc.collect()
    held = npx.memory_stats()["in_use"] - before["in_use"]
    assert held < 30 * 64 * 1024 * 4, f"{held} bytes are held by {len(folds)} folds"
    assert len({float(fold[0]) for fold in folds}) == 1


def test_nothing_but_nan_and_infinity_stays_as_in_numpy():
    x = rows(100, 70)
    x[3, 5], x[4, 6], x[5, :] = numpy.nan, numpy.inf, -numpy.inf
    a = np.array(x)
    with numpy.errstate(all="ignore"):
        expected = softmax(numpy, x, 1, lambda array: array)
    numpy.testing.assert_allclose(softmax(np, a, 1, lambda array: array).asnumpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_threads_have_no_say(threads):
    x = np.array(rows(4000, 100))
    first = normalise(np, x, 1, lambda array: array).asnumpy().tobytes()
    before = npx.set_num_threads(threads)
    try:
        assert normalise(np, x, 1, lambda array: array).asnumpy().tobytes() == first
    finally:
        npx.set_num_threads(before)


def test_explain_shows_the_stages():
    x = np.array(rows(1000, 100))
    text = npx.explain(softmax(np, x, 1, lambda array: array))
    if "ready" in text:
        pytest.skip("nothing waits in eager mode")
    assert text.startswith("rows, 1000 of 100 elements: 4 stages")
    assert text.count("fold.") == 2


@pytest.mark.parametrize("count", [1, 2, 31, 32, 33, 64, 127, 160, 161, 1000, 5000])
@pytest.mark.parametrize("dtype", ["int8", "int64", "float32", "float64"])
def test_the_first_of_the_greatest_is_found(dtype, count):
    x = rows(3, count, dtype="float64").astype(dtype)
    for place in {0, count // 2, count - 1}:
        y = x.copy()
        y[1, place] = y.max()
        for name in ("argmax", "argmin"):
            for axis in (None, 0, 1):
                expected = getattr(y, name)(axis=axis)
                numpy.testing.assert_array_equal(getattr(np.array(y), name)(axis=axis).asnumpy(), expected)
        if dtype.startswith("float"):
            y[2, place] = numpy.nan
            numpy.testing.assert_array_equal(np.array(y).argmax(axis=1).asnumpy(), y.argmax(axis=1))
            assert int(np.array(y).argmin()) == y.argmin()
