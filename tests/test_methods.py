"""Every method and attribute of arrays with NumPy's arguments and with wrong ones, over layouts, with NumPy as judge:
dtype, shape, values, memory order where it was asked for, and classes of exceptions."""

import inspect
import warnings

import numpy as onp
import pytest

from mxnet import np

ARRAYS = {
    "C": lambda: onp.arange(12.0, dtype="f4").reshape(3, 4),
    "F": lambda: onp.asfortranarray(onp.arange(12.0).reshape(3, 4)),
    "turned": lambda: onp.arange(24, dtype="i4").reshape(2, 3, 4).transpose(2, 0, 1),
    "steps": lambda: onp.arange(24.0, dtype="f4").reshape(4, 6)[::-1, ::2],
    "no axes": lambda: onp.array(3.5, dtype="f4"),
    "one": lambda: onp.array([[5]]),
    "empty": lambda: onp.zeros((0, 3), "f4"),
    "bool": lambda: onp.array([True, False, True]),
    "complex": lambda: (onp.arange(6) + 1j * onp.arange(6)).astype("c8").reshape(2, 3),
    "bytes": lambda: onp.array([3, 200, 7], dtype="u1"),
}
ORDERS = ["C", "F", "A", "K", "c", "f", "a", "k", None, "X", 1]
AXES = ["None", "0", "1", "-1", "(0, 1)", "()", "5", "-7", "1.0", "'a'", "(0, 0)", "[0]"]
FOLDS = ["sum", "prod", "max", "min", "mean", "std", "var", "all", "any"]


def ordered():
    for order in ORDERS:
        yield from (f"x.{method}(order={order!r})" for method in ("copy", "flatten", "ravel", "tobytes"))
        yield from (f"x.{method}({order!r})" for method in ("copy", "flatten", "ravel", "tobytes"))
        yield f"x.astype('f8', order={order!r})"
        yield f"x.astype(x.dtype, order={order!r}, copy=False)"
        yield f"x.reshape(-1, order={order!r})"
    for copy in ("True", "False", "None", "0", "1"):
        yield f"x.astype('f4', copy={copy})"
        yield f"x.reshape(-1, copy={copy})"
        yield f"x.T.reshape(-1, copy={copy})"


def cast():
    for casting in ("no", "equiv", "safe", "same_kind", "unsafe", "same_value", "bad", None):
        yield from (f"x.astype({dtype!r}, casting={casting!r})" for dtype in ("f4", "f8", "i4", "c8", "?", "u1"))
    for dtype in ("f4", "i4", "u1", "f8", "c8", "c16", "i2", "?", "bogus"):
        yield f"x.view({dtype!r})"
        yield f"x.view(dtype={dtype!r})"
    yield from ("x.view()", "x.view(type(x))", "x.view(int)", "x.view(int, int)", "x.view(bogus=1)")


def folded():
    for axis in AXES:
        yield from (f"x.{method}({axis})" for method in (*FOLDS, "argmax", "argmin", "cumsum", "cumprod", "squeeze"))
        yield from (f"x.{method}(axis={axis}, keepdims=True)" for method in (*FOLDS, "argmax"))
        yield from (f"x.repeat(2, {axis})", f"x.take([0], {axis})", f"x.compress([True], {axis})")
        yield from (f"x.swapaxes(0, {axis})", f"x.transpose({axis})", f"x.reshape({axis})", f"x.sort({axis}) or x")
    yield from (f"x.{method}(axis=True)" for method in FOLDS)
    yield from ("x.sum(0, 'f8')", "x.sum(dtype='i4')", "x.sum(where=x > 3)", "x.sum(initial=5)", "x.max(initial=3)")
    yield from ("x.max(where=x > 3, initial=0)", "x.max(where=x > 3)", "x.mean(dtype='f8')", "x.std(ddof=1)")
    yield from ("x.var(0, ddof=1)", "x.std(where=x > 3)", "x.all(where=x > 3)", "x.any(where=x > 3)")


PLAIN = [
    "x.clip(1, 5)", "x.clip(min=2)", "x.clip(max=3)", "x.round()", "x.round(decimals=-1)", "x.round(1.5)", "x.conj()",
    "x.conjugate()", "x.real", "x.imag", "x.T", "x.mT", "x.flat[0]", "x.size", "x.nbytes", "x.itemsize", "x.ndim",
    "x.shape", "x.nonzero()", "x.tolist()", "x.item()", "x.item(0)", "x.item(-1)", "x.item(1, 1)", "x.item((1, 1))",
    "x.item(99)", "x.item('a')", "x.item(())", "x.trace()", "x.trace(offset=-1, axis1=1, axis2=0)", "x.diagonal()",
    "x.diagonal(1)", "x.diagonal(9)", "x.dot(x)", "x.dot(2)", "x.dot(x.T)", "x.put([0, 1], [9, 8]) or x",
    "x.put(99, 1) or x", "x.put(99, 1, 'clip') or x", "x.put(99, 1, mode='wrap') or x", "x.fill(3) or x",
    "x.searchsorted(3)", "x.searchsorted([1, 2], 'right')", "x.searchsorted(3, side='bad')", "x.byteswap()",
    "x.byteswap(True)", "x.repeat([1, 2])", "x.take(0)", "x.take([0, 99])", "x.take([0, 99], mode='clip')",
    "x.take([0, 99], mode='wrap')", "x.take([[0, 1]], 0)", "x.compress([0, 1])", "x.squeeze()", "x.transpose(1, 0)",
    "x.transpose((1, 0))", "x.transpose(0, 0)", "x.transpose(None)", "x.swapaxes(axis1=0, axis2=1)", "x.reshape(2, -1)",
    "x.reshape((2, -1))", "x.reshape([12])", "x.reshape()", "x.reshape(None)", "x.reshape(-1, -1)", "x.reshape(5)",
    "x.reshape(shape=(12,))", "x.cumsum(dtype='f8')", "x.argsort(kind='bad')", "x.argsort(order='a')",
    "x.__array_interface__['shape']", "x.__array_interface__['typestr']", "x.__array_interface__['strides']",
    "x.__array_interface__['descr']", "sorted(x.__array_interface__)", "len(x)", "bool(x)", "hash(x)", "x.__index__()",
    "3 in x", "abs(x)", "divmod(x, 2)", "x // 0.5", "x @ x.T", "pow(x, 2, 5)", "-x", "~x", "x << 1", "x & x",
    "x.setflags(False)", "x.setflags(write=False)", "x.setflags(uic=True)", "x.to_device('cpu')",
    "x.to_device('cpu', stream=1)", "x.__array_namespace__(api_version='2024.12') is not None",
    "x.__array_namespace__(api_version='bad')", "x.flags.num", "x.getfield('u1')", "x.getfield('u1', offset=9)",
    "x.dumps()[:2]", "x.__copy__()", "x.__deepcopy__({})", "format(x, '')", "format(x, '5.2f')",
    "x.__reduce__()[0] is not None", "x.partition(0, None) or x", "x.ptp()", "x.itemset(1)", "x.newbyteorder()",
    "x.tostring()", "x.sum(out=zeros(()))", "x.sum(0, out=zeros((4,)))", "x.sum(out=[1])", "x.round(out=zeros((3, 4)))",
    "x.clip(1, 2, out=zeros((2, 4)))", "x.take([0, 1], 0, out=zeros((2, 4)))", "x.resize(3) or x",
    "x.ctypes.shape is None",
]  # fmt: skip

#: (expression, array) where the two differ on purpose, or NumPy alone is odd; None for all arrays
DIFFERENT = {
    ("x.reshape(-7)", None): "NumPy takes any negative length for -1",
    ("x.round(decimals=-1)", "bool"): "NumPy's text about ufuncs",
    ("x.argsort(order='a')", None): "there are no fields",
    ("x.flags.num", None): "memory of NumPy's is not ours",
    ("x.mean(axis=True)", "no axes"): "NumPy fails later",
    ("x.std(axis=True)", "no axes"): "NumPy fails later",
    ("x.var(axis=True)", "no axes"): "NumPy fails later",
    ("x.mean(axis=True)", "bool"): "NumPy fails later",
    ("x.mean(axis=True)", "bytes"): "NumPy fails later",
    ("x.std(axis=True)", "bool"): "NumPy fails later",
    ("x.std(axis=True)", "bytes"): "NumPy fails later",
    ("x.var(axis=True)", "bool"): "NumPy fails later",
    ("x.var(axis=True)", "bytes"): "NumPy fails later",
    ("x.sum(out=zeros(()))", "complex"): "NumPy discards imaginary parts",
    ("x.round(out=zeros((3, 4)))", "complex"): "which of two faults is told",
    ("x.__array_interface__['strides']", "empty"): "strides of nothing",
    ("x.getfield('u1', offset=9)", "complex"): "beyond one element",
    ("x.sum(0, out=zeros((4,)))", "complex"): "which of two faults is told",
    ("x.take([0, 1], 0, out=zeros((2, 4)))", None): "which of two faults is told",
    ("x.sum(out=[1])", None): "the same class",
    ("x.resize(3) or x", "F"): "an alias of the test holds it",
}


def described(result, with_order):
    if isinstance(result, tuple):
        return tuple(described(one, with_order) for one in result)
    if not isinstance(result, (onp.ndarray, onp.generic, np.ndarray)):
        return repr(result)
    values = onp.asarray(result)
    order = (values.flags.c_contiguous, values.flags.f_contiguous) if with_order else None
    return str(values.dtype), values.shape, repr(values.tolist()), order


def outcome(space, expression, array):
    names = {"x": array, "zeros": lambda shape: space.zeros(shape, dtype="f4")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return described(eval(expression, names), "order" in expression)
        except Exception as error:
            mro = [
                one for one in type(error).__mro__ if not one.__module__.startswith("mxnet") and one is not RuntimeError
            ]
            known = (TypeError, IndexError, ValueError, AttributeError)
            return next((one.__name__ for one in known if one in mro), mro[0].__name__)


@pytest.mark.parametrize("expression", [*ordered(), *cast(), *folded(), *PLAIN])
def test_methods_are_numpys(expression, numpy_dtypes):
    for name, make in ARRAYS.items():
        if (expression, name) in DIFFERENT or (expression, None) in DIFFERENT:
            continue
        theirs, mine = make(), make()
        ours = np.asarray(mine) if mine.ndim else np.array(mine)
        if "resize" in expression:
            theirs, ours = theirs.copy(), np.array(mine)
        assert outcome(np, expression, ours) == outcome(onp, expression, theirs), name


#: methods that take more than NumPy's
WIDER = {
    "all", "any", "max", "mean", "min", "prod", "std", "sum", "var", "view", "__array_ufunc__", "__deepcopy__",
    "__format__", "__reduce_ex__", "__array_wrap__", "__class_getitem__",
}  # fmt: skip


def test_signatures_are_numpys():
    for name in sorted(set(dir(onp.ndarray)) & set(dir(np.ndarray)) - WIDER):
        try:
            theirs = inspect.signature(getattr(onp.ndarray, name))
        except (TypeError, ValueError):
            continue
        assert str(inspect.signature(getattr(np.ndarray, name))) == str(theirs), name


@pytest.mark.parametrize("name", ARRAYS)
def test_byte_bounds_are_numpys(name):
    array = ARRAYS[name]()
    if array.size:
        assert np.lib.array_utils.byte_bounds(np.asarray(array)) == onp.lib.array_utils.byte_bounds(array)


@pytest.mark.parametrize("axis", [0, -1, 3, (0, 1), (0, -1), [0, 0], (5,), 1.5, "a", None])
@pytest.mark.parametrize("options", [{}, {"argname": "axes"}, {"allow_duplicate": True}], ids=str)
def test_axes_are_normalized_as_numpys(axis, options):
    def outcome(space):
        try:
            return space.lib.array_utils.normalize_axis_tuple(axis, 3, **options)
        except Exception as error:
            return type(error), str(error)

    assert outcome(np) == outcome(onp)
