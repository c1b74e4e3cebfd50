"""The promotion table over all pairs of dtypes in both modes, weak Python scalars, and the dtypes of creation."""

import ml_dtypes
import numpy as onp
import pytest

from mxnet import np, npx
from oracle import ALL_DTYPES, INTEGERS, dtype_name, float_function, host_dtype, kind_of, promote

WEAK = {"bool": True, "int": 1, "float": 1.5, "complex": 1j}
both_modes = pytest.mark.parametrize("numpy_mode", [False, True], ids=["default", "numpy"])


@pytest.fixture(autouse=True)
def back_to_default():
    yield
    npx.set_np(dtype=False)


def ones(dtype):
    return np.ones((2,), dtype=dtype)


def weak_result(dtype, weak, numpy_mode):
    """dtype of an array with a Python number, by NEP 50 and the default float."""
    if dtype == "bfloat16":
        return "complex64" if weak == "complex" else "bfloat16"
    result = str((onp.ones(2, dtype) + WEAK[weak]).dtype)
    if numpy_mode or dtype in ("float64", "complex128"):
        return result
    return {"float64": "float32", "complex128": "complex64"}.get(result, result)


@both_modes
@pytest.mark.parametrize("second", ALL_DTYPES)
@pytest.mark.parametrize("first", ALL_DTYPES)
def test_pairs(first, second, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    want = promote(first, second, numpy_mode)
    assert dtype_name(ones(first) + ones(second)) == want
    assert dtype_name(np.where(np.array([True, False]), ones(first), ones(second))) == want
    assert dtype_name(np.concatenate([ones(first), ones(second)])) == want
    assert dtype_name(np.maximum(ones(first), ones(second))) == want
    assert str(onp.dtype(np.result_type(ones(first), ones(second)))) == want
    assert str(onp.dtype(np.promote_types(first, second))) == want


@both_modes
@pytest.mark.parametrize("weak", WEAK)
@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_python_scalars(dtype, weak, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    want = weak_result(dtype, weak, numpy_mode)
    assert dtype_name(ones(dtype) + WEAK[weak]) == want
    assert dtype_name(WEAK[weak] + ones(dtype)) == want
    assert dtype_name(np.add(ones(dtype), WEAK[weak])) == want


@pytest.mark.parametrize("dtype", INTEGERS)
def test_python_integers_that_do_not_fit_are_an_overflow(dtype):
    for value in (2**64, -(2**63) - 1):
        with pytest.raises(OverflowError):
            ones(dtype) + value


@both_modes
@pytest.mark.parametrize("dtype", [d for d in ALL_DTYPES if kind_of(d) in "biu"])
def test_float_functions_of_integers(dtype, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    for name in ("exp", "sqrt", "sin", "log", "tanh"):
        assert dtype_name(getattr(np, name)(ones(dtype))) == float_function(dtype, numpy_mode), name


@both_modes
@pytest.mark.parametrize("dtype", INTEGERS)
def test_true_division_of_integers_is_the_default_float(dtype, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    assert dtype_name(ones(dtype) / ones(dtype)) == ("float64" if numpy_mode else "float32")


@both_modes
@pytest.mark.parametrize("dtype", ALL_DTYPES)
@pytest.mark.parametrize("name", ["sum", "prod", "cumsum", "mean", "var", "max", "argmax", "any"])
def test_reductions(dtype, name, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    if dtype == "bfloat16":
        want = {"argmax": "int64", "any": "bool"}.get(name, "bfloat16")
    else:
        want = str(getattr(onp, name)(onp.ones(2, dtype)).dtype)
        if not numpy_mode and kind_of(dtype) in "biu":
            want = {"float64": "float32"}.get(want, want)
    assert dtype_name(getattr(np, name)(ones(dtype))) == want


CREATION = {
    "array of ints": (lambda np: np.array([1, 2]), "float32", "int64"),
    "array of floats": (lambda np: np.array([1.5, 2]), "float32", "float64"),
    "array of bools": (lambda np: np.array([True, False]), "bool", "bool"),
    "array of complex": (lambda np: np.array([1, 2j]), "complex64", "complex128"),
    "array of nothing": (lambda np: np.array([]), "float32", "float64"),
    "array of bools and ints": (lambda np: np.array([True, 2]), "float32", "int64"),
    "array of an int": (lambda np: np.array(3), "float32", "int64"),
    "array of a bool": (lambda np: np.array(True), "bool", "bool"),
    "asarray": (lambda np: np.asarray([[1], [2]]), "float32", "int64"),
    "array of an array": (lambda np: np.array(onp.arange(3, dtype="int16")), "int16", "int16"),
    "array of a float64 array": (lambda np: np.array(onp.ones(3)), "float64", "float64"),
    "array of a NumPy scalar": (lambda np: np.array(onp.int8(3)), "int8", "int8"),
    "explicit": (lambda np: np.array([1, 2], dtype="uint8"), "uint8", "uint8"),
    "explicit class": (lambda np: np.array([1, 2], dtype=onp.float64), "float64", "float64"),
    "explicit of the namespace": (lambda np: np.array([1, 2], dtype=np.int32), "int32", "int32"),
    "explicit Python type": (lambda np: np.array([1, 2], dtype=bool), "bool", "bool"),
    "zeros": (lambda np: np.zeros(2), "float32", "float64"),
    "ones": (lambda np: np.ones((2, 3)), "float32", "float64"),
    "empty": (lambda np: np.empty(2), "float32", "float64"),
    "full of int": (lambda np: np.full(2, 3), "float32", "int64"),
    "full of float": (lambda np: np.full(2, 3.5), "float32", "float64"),
    "full of bool": (lambda np: np.full(2, True), "bool", "bool"),
    "arange": (lambda np: np.arange(3), "float32", "int64"),
    "arange of floats": (lambda np: np.arange(0, 1, 0.25), "float32", "float64"),
    "linspace": (lambda np: np.linspace(0, 1, 5), "float32", "float64"),
    "logspace": (lambda np: np.logspace(0, 1, 5), "float32", "float64"),
    "eye": (lambda np: np.eye(3), "float32", "float64"),
    "identity": (lambda np: np.identity(3), "float32", "float64"),
    "tri": (lambda np: np.tri(3), "float32", "float64"),
    "indices": (lambda np: np.indices((2, 3)), "int64", "int64"),
    "zeros_like": (lambda np: np.zeros_like(np.ones(2, dtype="int8")), "int8", "int8"),
    "argmax": (lambda np: np.argmax(np.ones(2)), "int64", "int64"),
    "argsort": (lambda np: np.argsort(np.ones(2)), "int64", "int64"),
    "nonzero": (lambda np: np.nonzero(np.ones(2))[0], "int64", "int64"),
    "unique inverse": (lambda np: np.unique(np.ones(2), return_inverse=True)[1], "int64", "int64"),
    "count_nonzero": (lambda np: np.asarray(np.count_nonzero(np.ones((2, 2)), axis=0)), "int64", "int64"),
    "randint": (lambda np: np.random.randint(0, 5, (2,)), "int64", "int64"),
    "uniform": (lambda np: np.random.uniform(size=(2,)), "float32", "float64"),
    "normal": (lambda np: np.random.normal(size=(2,)), "float32", "float64"),
}


@both_modes
@pytest.mark.parametrize("what", CREATION)
def test_creation(what, numpy_mode):
    npx.set_np(dtype=numpy_mode)
    make, default, numpy_like = CREATION[what]
    assert dtype_name(make(np)) == (numpy_like if numpy_mode else default)


@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_every_dtype_is_creatable_and_named_in_the_namespace(dtype):
    made = np.zeros((2,), dtype=dtype)
    assert dtype_name(made) == dtype and made.itemsize == host_dtype(dtype).itemsize
    assert str(onp.dtype(getattr(np, "bool_" if dtype == "bool" else dtype))) == dtype
    assert made.dtype == host_dtype(dtype) and made.dtype == getattr(np, dtype)


def test_bfloat16_of_numpy_keeps_its_dtype():
    made = np.array(onp.array([1.5, -2], ml_dtypes.bfloat16))
    assert dtype_name(made) == "bfloat16" and made.asnumpy().astype(float).tolist() == [1.5, -2.0]


def test_integers_that_float32_cannot_hold_warn():
    with pytest.warns(Warning, match="dtype"):
        np.array([2**24 + 1])
    with pytest.warns(Warning, match="dtype"):
        np.full((2,), 2**24 + 1)
    assert np.array([2**24 + 1], dtype="int64").asnumpy()[0] == 2**24 + 1


def test_mode_switches_are_harmless():
    npx.set_np()
    assert dtype_name(np.array([1, 2])) == "float32"
    npx.set_np(shape=True, array=True)
    assert dtype_name(np.array([1, 2])) == "float32"
    npx.reset_np()
    assert dtype_name(np.array([1, 2])) == "float32"
