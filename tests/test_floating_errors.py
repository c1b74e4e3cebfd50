"""Floating-point errors: `errstate` and its relatives, and what operators, reductions, products and conversions meet,
against NumPy's own account of the same operation."""

import asyncio
import io
import itertools
import threading
import warnings

import numpy as onp
import pytest

from mxnet import np
from mxnet.numpy._floating_errors import MODES

INF, NAN = onp.inf, onp.nan
EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, INF, -INF, NAN, 1e308, -1e308, 1e-310, 1e-200, -700.0, 1000.0]

UNARY = [
    "absolute arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad degrees exp exp2 expm1",
    "fabs floor isfinite isnan log log10 log1p log2 negative",
    "positive rad2deg radians reciprocal rint sign signbit sin sinh sqrt",
    "square tan tanh trunc",
]
BINARY = [
    "add arctan2 copysign divide equal float_power floor_divide fmax fmin fmod greater heaviside hypot less maximum",
    "minimum multiply power remainder subtract",
]


def met(module, work, *arguments):
    """The kinds of errors that a call meets, in order of telling, and its flags."""
    seen = []
    with module.errstate(all="call", call=lambda kind, flags: seen.append((kind, flags))):
        work(*arguments)
    return seen


def edges(dtype):
    limit = onp.finfo(dtype)
    values = [one for one in EDGES if not onp.isfinite(one) or abs(one) < limit.max]
    extra = [float(limit.max), -float(limit.max), float(limit.tiny), float(limit.smallest_subnormal)]
    return [onp.asarray([one], dtype) for one in [*values, *extra]]


def comparable(name, kinds, dtype):
    """Without underflow of functions whose smallest results each library rounds in its own way."""
    exact = name in ("add", "subtract", "multiply", "divide", "square", "negative", "absolute") and dtype != "float16"
    return [kind for kind, _ in kinds if exact or kind != "underflow"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", " ".join(UNARY).split())
def test_operators_of_one_number_meet_what_numpys_meet(name, dtype):
    for x in edges(dtype):
        theirs = comparable(name, met(onp, getattr(onp, name), x), dtype)
        ours = comparable(name, met(np, getattr(np, name), np.array(x)), dtype)
        assert ours == theirs, (name, x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", " ".join(BINARY).split())
def test_operators_of_two_numbers_meet_what_numpys_meet(name, dtype):
    if name == "float_power" and dtype == "float32":
        dtype = "float64"  # NumPy computes in float64, we in the default float
    for x, y in itertools.product(edges(dtype), repeat=2):
        theirs = comparable(name, met(onp, getattr(onp, name), x, y), dtype)
        ours = comparable(name, met(np, getattr(np, name), np.array(x), np.array(y)), dtype)
        if name == "floor_divide" and theirs == ["overflow", "invalid value"]:
            theirs = ["overflow"]  # the second is NumPy's way, not the result
        if name in ("power", "float_power") and onp.isinf(y):
            continue  # NumPy tells of overflows and divisions by zero on processors with AVX-512, of nothing elsewhere
        assert ours == theirs, (name, x, y)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int32", "int64", "uint64"])
@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod", "divide", "reciprocal", "add", "log"])
def test_integers_divided_by_zero_are_told_of(name, dtype):
    least = onp.iinfo(dtype).min if dtype != "bool" else 0
    values = [onp.asarray([one]).astype(dtype) for one in (0, 1, 5, -1, least)]
    work, theirs = getattr(np, name), getattr(onp, name)
    for operands in itertools.product(values, repeat=theirs.nin):
        expected = [kind for kind, _ in met(onp, theirs, *operands)]
        if name == "reciprocal" and expected:
            expected = expected[:1]  # NumPy casts its infinity to an integer, and tells of that too
        assert [kind for kind, _ in met(np, work, *map(np.array, operands))] == expected, operands


COMPLEX = [0j, 1 + 0j, 1 + 1j, -2 + 0.5j, complex(INF, 1), complex(NAN, 0), 1e200 + 1e100j, 1e-3j]


@pytest.mark.parametrize("name", ["add", "subtract", "divide", "exp", "log", "sqrt", "square", "absolute", "conjugate"])
def test_complex_numbers_meet_what_numpys_meet(name):
    theirs = getattr(onp, name)
    for operands in itertools.product(COMPLEX, repeat=theirs.nin):
        operands = [onp.asarray([one]) for one in operands]
        expected = {kind for kind, _ in met(onp, theirs, *operands)} - {"underflow"}
        found = {kind for kind, _ in met(np, getattr(np, name), *map(np.array, operands))}
        if name == "divide" and not all(onp.isfinite(one).all() for one in operands):
            continue  # what infinite parts meet on the way depends on the formula
        assert found == expected, operands


@pytest.mark.parametrize("to", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float16", "float32"])
@pytest.mark.parametrize("source", ["float16", "float32", "float64", "int64"])
def test_conversions_meet_what_numpys_meet(source, to):
    values = [0, 1.5, -1, 127.5, 300, 70000, 3e9, 5e9, 9.3e18, 1.9e19, 1e40, INF, -INF, NAN, 1e-50, -(2.0**31)]
    if source == "int64":
        values = [0, -1, 70000, 2**40, 2**62]
    with onp.errstate(all="ignore"):
        arrays = [onp.asarray([one]).astype(source) for one in values]
    for x in arrays:
        expected = [kind for kind, _ in met(onp, lambda x: x.astype(to), x)]
        assert [kind for kind, _ in met(np, lambda x: x.astype(to), np.array(x))] == expected, x


REDUCTIONS = {
    "sum": lambda np, x: x.sum(),
    "prod": lambda np, x: x.prod(),
    "mean": lambda np, x: x.mean(),
    "sum over an axis": lambda np, x: np.sum(x.reshape(1, -1), axis=1),
    "cumsum": lambda np, x: np.cumsum(x),
    "cumprod": lambda np, x: x.cumprod(),
    "cumulative_sum": lambda np, x: np.cumulative_sum(x),
    "add.reduce": lambda np, x: np.add.reduce(x),
    "add.accumulate": lambda np, x: np.add.accumulate(x),
    "add.reduceat": lambda np, x: np.add.reduceat(x, [0]),
    "add.outer": lambda np, x: np.add.outer(x, x),
    "add.at": lambda np, x: np.add.at(x.copy(), [0], 1e308),
    "max": lambda np, x: x.max(),
    "dot": lambda np, x: np.dot(x, x),
    "inner": lambda np, x: np.inner(x, x),
    "matmul": lambda np, x: np.matmul(x, x),
    "operator matmul": lambda np, x: x.reshape(-1, 1) @ x.reshape(1, -1),
    "vecdot": lambda np, x: np.vecdot(x, x),
    "tensordot": lambda np, x: np.tensordot(x, x, 1),
    "outer": lambda np, x: np.outer(x, x),
    "vdot": lambda np, x: np.vdot(x, x),
    "var": lambda np, x: x.var(),
    "assignment": lambda np, x: np.zeros(2, "int32").__setitem__(slice(None), x),
    "in place": lambda np, x: x.__imul__(x),
    "out": lambda np, x: np.multiply(x, x, out=np.zeros(2)),
    "where": lambda np, x: np.multiply(x, x, out=np.zeros(2), where=np.array([False, True])),
    "number": lambda np, x: x * 1e10,
}


def texts(module, work, x):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with module.errstate(all="warn", under="ignore"):
            work(module, x)
    if module is np:
        assert all(one.category is RuntimeWarning and one.filename == __file__ for one in caught)
    return [str(one.message) for one in caught]


@pytest.mark.parametrize("pair", [(1e308, 1e308), (INF, -INF), (INF, 1.0), (1.0, 2.0), (NAN, 1.0), (0.0, INF)], ids=str)
@pytest.mark.parametrize("work", REDUCTIONS)
def test_warnings_have_numpys_words_and_the_line_of_the_call(work, pair):
    x = onp.array(pair)
    ours = texts(np, REDUCTIONS[work], np.array(x))
    assert ours == texts(onp, REDUCTIONS[work], x)


def test_by_default_nothing_is_told():
    assert set(np.geterr().values()) == {"ignore"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.ones(3) / 0
        np.log(np.zeros(5000)).sum().item()


def test_states_are_set_and_restored():
    before = np.geterr()
    old = np.seterr(all="raise", under="ignore")
    assert old == before
    assert np.geterr() == {"divide": "raise", "over": "raise", "under": "ignore", "invalid": "raise"}
    with np.errstate(divide="warn"):
        assert np.geterr()["divide"] == "warn" and np.geterr()["invalid"] == "raise"
    with pytest.raises(FloatingPointError, match=r"^divide by zero encountered in divide$"):
        np.ones(2) / 0
    np.seterr(**old)
    assert np.geterr() == before

    @np.errstate(over="raise")
    def inside():
        return np.geterr()["over"]

    assert inside() == inside() == "raise" and np.geterr() == before


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_does_what_it_says(mode, capsys):
    log, calls = io.StringIO(), []
    sink = log if mode == "log" else lambda kind, flags: calls.append((kind, flags))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with np.errstate(divide=mode, call=sink):
            if mode == "raise":
                with pytest.raises(FloatingPointError):
                    np.log(np.array([0.0]))
            else:
                assert np.log(np.array([0.0])).item() == -INF
    assert [str(one.message) for one in caught] == ["divide by zero encountered in log"] * (mode == "warn")
    assert calls == [("divide by zero", 1)] * (mode == "call")
    assert log.getvalue() == "Warning: divide by zero encountered in log\n" * (mode == "log")
    assert capsys.readouterr().err == "Warning: divide by zero encountered in log\n" * (mode == "print")


def test_an_error_leaves_what_numpy_leaves():
    for module in (np, onp):
        x = module.array([1.0, 2.0])
        with module.errstate(all="raise"), pytest.raises(FloatingPointError):
            x /= 0
        assert x.tolist() == [INF, INF]


def test_wrong_arguments_raise_numpys_errors():
    for module in (np, onp):
        with pytest.raises(ValueError):
            module.seterr(all="loud")
        with pytest.raises(TypeError):
            module.seterrcall(3)
        with pytest.raises(TypeError):
            module.errstate("warn")
        state = module.errstate(all="ignore")
        with state, pytest.raises(TypeError), state:
            pass
        for mode in ("call", "log"):
            with module.errstate(divide=mode), pytest.raises(NameError):
                module.ones(1) / 0
    old = np.seterrcall(print)
    assert np.geterrcall() is print and np.seterrcall(old) is print


def test_threads_and_coroutines_have_states_of_their_own():
    found = []
    with np.errstate(all="raise"):
        thread = threading.Thread(target=lambda: found.append(np.geterr()["over"]))
        thread.start()
        thread.join()
    assert found == ["ignore"]

    async def one(mode):
        with np.errstate(divide=mode):
            await asyncio.sleep(0)
            return np.geterr()["divide"]

    async def both():
        return await asyncio.gather(one("raise"), one("print"))

    assert asyncio.run(both()) == ["raise", "print"]


@pytest.mark.parametrize("shape", [(0,), (3, 0), (100, 100), (7000,)], ids=str)
def test_views_and_sizes(shape):
    x = np.ones(shape)
    assert met(np, lambda: x / 0) == ([("divide by zero", 1)] if x.size else [])
    if x.size:
        x[(-1,) * x.ndim] = -1
        assert met(np, lambda: np.sqrt(x)) == [("invalid value", 8)]
        assert met(np, lambda: np.sqrt(x[::-2].T)) == met(onp, lambda: onp.sqrt(onp.asarray(x)[::-2].T))


def test_pending_work_is_not_asked_again_and_gradients_do_not_tell():
    from mxnet import autograd

    x = np.full((5000,), 4.0)
    y = x * 2
    with np.errstate(all="raise"):
        z = np.sqrt(y)
    assert z.sum().item() == pytest.approx(5000 * 8**0.5, rel=1e-5)
    w = np.zeros(3)
    w.attach_grad()
    with np.errstate(all="raise"):
        with autograd.record():
            loss = np.sqrt(w).sum()
        loss.backward()
    assert w.grad.tolist() == [INF] * 3


def test_averages_of_nothing_warn_as_numpys():
    for work in (lambda np: np.mean(np.zeros(0)), lambda np: np.zeros((0, 2)).mean(0), lambda np: np.zeros(0).var()):
        for module in (np, onp):
            with pytest.warns(RuntimeWarning, match="Mean of empty slice|Degrees of freedom <= 0 for slice"):
                assert onp.isnan(onp.asarray(work(module))).all()
    with pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0 for slice"):
        np.ones((2, 1)).std(axis=1, ddof=1)
