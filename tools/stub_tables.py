"""What docstrings cannot say to the type stubs: the words of types, results of special methods, overloads. Only tables.

Called by tools/docstrings.py and tools/stubs.py.
"""

from __future__ import annotations

import itertools

#: what a docstring's words for a type mean; longer words are looked at first
WORDS = {
    "array_like of bool": "ArrayLike",
    "array_like of int": "ArrayLike",
    "array_like of float": "ArrayLike",
    "sequence of array_like": "Sequence[ArrayLike] | ndarray",
    "sequence of ndarray": "Sequence[ndarray]",
    "array_like": "ArrayLike",
    "list of ndarray": "list[ndarray]",
    "list of str": "list[str]",
    "list": "list[Any]",
    "tuple": "tuple[Any, ...]",
    "tuple of ndarray": "tuple[ndarray, ...]",
    "tuple of two": "tuple[ndarray, ndarray]",
    "a tuple of them": "tuple[ndarray, ...]",
    "list of ndarray for 'both'": "list[ndarray]",
    "ndarray": "ndarray",
    "numpy.ndarray": "_numpy.ndarray[Any, Any]",
    "sequence of ints": "Sequence[int]",
    "sequence of int": "Sequence[int]",
    "sequence of str": "Sequence[str]",
    "tuple of two ints": "tuple[int, int]",
    "tuple of ints": "Sequence[int]",
    "tuple of int": "tuple[int, ...]",
    "int": "int",
    "bool": "_builtins.bool",
    "float": "float",
    "number": "complex",
    "str": "str",
    "bytes": "_builtins.bytes",
    "dtype": "DTypeLike",
    "Device": "Device | str",
    "callable": "Callable[..., Any]",
    "function": "Callable[..., Any]",
    "context manager": "AbstractContextManager[Any]",
    "dict": "dict[str, Any]",
    "dict from str to ndarray": "dict[str, ndarray]",
    "type": "type[Any]",
    "None": "None",
}
#: the same words as results are narrower
RESULTS = {"dtype": "_numpy.dtype[Any]", "Device": "Device", "number": "ndarray", "tuple of ints": "tuple[int, ...]"}

#: results of the special methods of classes of the core, and of methods whose docstrings say it too widely
METHODS = {
    "__array__": "_numpy.ndarray[Any, Any]", "__array_function__": "Any", "__array_namespace__": "ModuleType",
    "__array_ufunc__": "Any", "__bool__": "_builtins.bool", "__complex__": "complex", "__contains__": "_builtins.bool",
    "__dask_tokenize__": "tuple[str, Any, list[int], str]", "__delitem__": "None",
    "__divmod__": "tuple[ndarray, ndarray]",
    "__dlpack__": "Any", "__dlpack_device__": "tuple[int, int]", "__float__": "float", "__format__": "str",
    "__index__": "int", "__int__": "int", "__iter__": "Iterator[ndarray]", "__len__": "int",
    "__rdivmod__": "tuple[ndarray, ndarray]", "__reduce_ex__": "tuple[Any, ...]", "__reduce__": "tuple[Any, ...]",
    "__repr__": "str",
    "__setitem__": "None", "__sizeof__": "int", "__str__": "str", "asscalar": "Any", "item": "Any", "tolist": "Any",
}  # fmt: skip
#: of other classes of the core than arrays
CLASS_METHODS = {
    "Device.__enter__": "Device", "Device.__exit__": "None", "flagsobj.__getitem__": "_builtins.bool",
    "flatiter.__iter__": "flatiter", "flatiter.__next__": "ndarray", "flatiter.__getitem__": "ndarray",
    "ufunc.__call__": "ndarray",
}  # fmt: skip
ATTRIBUTES = {
    "T": "ndarray", "mT": "ndarray", "real": "ndarray", "imag": "ndarray", "grad": "ndarray | None", "flat": "flatiter",
    "shape": "tuple[int, ...]", "strides": "tuple[int, ...]", "dtype": "_numpy.dtype[Any]", "size": "int",
    "ndim": "int",
    "itemsize": "int", "nbytes": "int", "flags": "flagsobj", "device": "Device", "ctx": "Device", "context": "Device",
    "stype": "str", "base": "Any", "data": "memoryview", "__array_interface__": "dict[str, Any]",
    "nin": "int", "nout": "int", "nargs": "int", "ntypes": "int", "types": "list[str]", "signature": "str | None",
    "identity": "Any", "__name__": "str", "__qualname__": "str",
    "device_type": "str", "device_id": "int", "device_typeid": "int", "index": "int",
    **dict.fromkeys(
        ("aligned", "c_contiguous", "contiguous", "f_contiguous", "fnc", "forc", "owndata", "writeable",
         "writebackifcopy"),
        "_builtins.bool",
    ),
}  # fmt: skip
#: attributes of classes that are written in Python
MEMBERS = {
    "Archive.format": "str", "Archive.named": "_builtins.bool", "Archive.metadata": "dict[str, str]",
    "Archive.files": "list[str]",
    **{f"poly1d.{name}": "ndarray" for name in ("c", "coef", "coeffs", "coefficients", "r", "roots")},
    **{f"poly1d.{name}": "int" for name in ("o", "order")}, "poly1d.deriv": "poly1d", "poly1d.integ": "poly1d",
    "poly1d.variable": "str", "broadcast.shape": "tuple[int, ...]", "broadcast.ndim": "int", "broadcast.size": "int",
    "nditer.shape": "tuple[int, ...]", "nditer.ndim": "int", "nditer.operands": "tuple[ndarray, ...]",
    "nditer.itviews": "tuple[ndarray, ...]", "nditer.nop": "int", "nditer.itersize": "int",
    "nditer.finished": "_builtins.bool", "nditer.iterindex": "int", "nditer.index": "int",
    "nditer.iterrange": "tuple[int, int]", "nditer.multi_index": "tuple[int, ...]", "nditer.copy": "nditer",
    "nditer.value": "ndarray | tuple[ndarray, ...]", "nditer.dtypes": "tuple[_numpy.dtype[Any], ...]",
    "nditer.has_index": "_builtins.bool", "nditer.has_multi_index": "_builtins.bool",
    "nditer.has_delayed_bufalloc": "_builtins.bool", "nditer.iterationneedsapi": "_builtins.bool",
    "Function.saved_tensors": "tuple[ndarray, ...]", "SeedSequence.pool": "ndarray",
    "SeedSequence.state": "dict[str, Any]", "BitGenerator.state": "Any", "MT19937.state": "Any",
    "Generator.bit_generator": "BitGenerator",
    "Archive.__getitem__": "ndarray", "Archive.__iter__": "Iterator[str]", "Archive.__len__": "int",
    "Archive.__contains__": "_builtins.bool", "Augmenter.dumps": "str | list[Any]",
    "DetAugmenter.dumps": "str | list[Any]",
}  # fmt: skip
#: methods that take more than those of their base class
WIDENED = {"ImageDetIter.augmentation_transform"}

_PAIR = "tuple[ndarray, ndarray]"
_TRIPLE = "tuple[ndarray, ndarray, ndarray]"


def flag(name: str, without: str, given: str, default: bool = False) -> list[tuple[dict[str, str], str]]:
    """The overloads of a function whose result depends on one switch."""
    rows = [({name: "Literal[False]"}, without), ({name: "Literal[True]"}, given)]
    rows = rows[::-1] if default else rows
    return [*rows, ({name: "_builtins.bool"}, f"{without} | {given}")]


def flags(names: tuple[str, ...], alone: str) -> list[tuple[dict[str, str], str]]:
    """The overloads of a function that returns one more array for each switch that is on."""
    rows = []
    for values in itertools.product((False, True), repeat=len(names)):
        count = 1 + sum(values)
        kinds = {name: f"Literal[{value}]" for name, value in zip(names, values)}
        rows.append((kinds, alone if count == 1 else f"tuple[{', '.join([alone] * count)}]"))
    rows.append((dict.fromkeys(names, "_builtins.bool"), "ndarray | tuple[ndarray, ...]"))
    return rows


#: functions with several results, as NumPy overloads them: (types of the arguments that decide, result)
OVERLOADS = {
    "mxnet.numpy.linspace": flag("retstep", "ndarray", _PAIR),
    "mxnet.numpy.average": flag("returned", "ndarray", _PAIR),
    "mxnet.numpy.unique": flags(("return_index", "return_inverse", "return_counts"), "ndarray"),
    "mxnet.numpy.intersect1d": flag("return_indices", "ndarray", _TRIPLE),
    "mxnet.numpy.indices": flag("sparse", "ndarray", "tuple[ndarray, ...]"),
    "mxnet.numpy.polyfit": [
        ({"full": "Literal[False]", "cov": "Literal[False]"}, "ndarray"),
        ({"full": "Literal[False]", "cov": "Literal[True, 'unscaled']"}, _PAIR),
        ({"full": "Literal[True]", "cov": "_builtins.bool | str"}, "tuple[ndarray, ndarray, ndarray, ndarray, float]"),
    ],
    "mxnet.numpy.linalg.svd": flag("compute_uv", "ndarray", "SVDResult", default=True),
    "mxnet.numpy.linalg.qr": [
        ({"mode": "Literal['reduced', 'complete']"}, "QRResult"),
        ({"mode": "Literal['r']"}, "ndarray"),
        ({"mode": "Literal['raw']"}, _PAIR),
    ],
    "mxnet.numpy_extension.topk": [
        ({"ret_typ": "Literal['indices', 'value', 'mask']"}, "ndarray"),
        ({"ret_typ": "Literal['both']"}, "list[ndarray]"),
    ],
    "mxnet.numpy_extension.batch_norm": flag("output_mean_var", "ndarray", _TRIPLE),
    "mxnet.numpy_extension.batch_norm_with_relu": flag("output_mean_var", "ndarray", _TRIPLE),
    "mxnet.numpy_extension.layer_norm": [
        ({"output_mean_var": "Literal[False] | None"}, "ndarray"),
        ({"output_mean_var": "Literal[True]"}, _TRIPLE),
    ],
    "mxnet.numpy_extension.group_norm": flag("output_mean_var", "ndarray", _TRIPLE),
    "mxnet.numpy_extension.rnn": flag("state_outputs", "ndarray", "list[ndarray]"),
    "mxnet.numpy_extension.random.categorical": flag("get_prob", "ndarray", _PAIR),
}

#: functions that are written out, as their results depend on the number of arguments
WRITTEN = {
    "mxnet.numpy.where": """\
@overload
def where(condition: ArrayLike, /) -> tuple[ndarray, ...]: ...
@overload
def where(
    condition: ArrayLike,
    x: ArrayLike | None,
    y: ArrayLike | None,
    /,
    out: ndarray | tuple[ndarray] | None = None,
    *,
    where: ArrayLike = True,
    casting: str = "same_kind",
    order: str = "K",
    dtype: DTypeLike | None = None,
    subok: _builtins.bool = True,
    signature: Any = None,
) -> ndarray: ...
""",
    **{
        f"mxnet.numpy.{name}": f"""\
@overload
def {name}(ary: ArrayLike, /) -> ndarray: ...
@overload
def {name}(first: ArrayLike, second: ArrayLike, /, *arys: ArrayLike) -> tuple[ndarray, ...]: ...
@overload
def {name}(*arys: ArrayLike) -> Any: ...
"""
        for name in ("atleast_1d", "atleast_2d", "atleast_3d")
    },
}
