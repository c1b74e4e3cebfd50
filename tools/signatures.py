"""Our signatures against NumPy's: what differs by rule, and what differs with a reason of its own.

tools/gen.py writes the table of docs/numpy_differences.md from it, tests/test_namespaces.py holds the package to it.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

import numpy

from mxnet import np

_MODULES = ("linalg", "fft", "random", "emath", "testing", "lib.stride_tricks")
_CLASSES = ("ndarray", "ufunc", "flatiter", "poly1d", "nditer", "ndenumerate", "ndindex", "broadcast", "vectorize")
_RANDOM = (
    "Generator",
    "RandomState",
    "BitGenerator",
    "SeedSequence",
    "PCG64",
    "PCG64DXSM",
    "MT19937",
    "Philox",
    "SFC64",
)

#: what functions and methods may take beside NumPy's arguments
ADDED = {
    "ctx": "everywhere that makes arrays",
    "device": "everywhere that makes arrays",
    "dtype": "np.random",
    "out": "np.random",
}

#: reason -> names and how they differ; what stands here is true, and nothing else differs
_UFUNC = "a ufunc, with a ufunc's arguments; operands by position only"
REASONS: dict[str, dict[str, str]] = {
    "MXNet's arguments": {
        "np.arange": "`start_or_stop` is `start`; `start` has a default; `step=None`; `dtype` by position or name",
        "np.full": "adds `out`",
        "np.linalg.eigh": "adds `upper`",
        "np.linalg.eigvalsh": "adds `upper`",
        "np.linalg.matrix_norm": "`keepdims` by position or name; `ord` by position or name; adds `axis`",
        **dict.fromkeys(("np.nanpercentile", "np.nanquantile", "np.percentile", "np.quantile"), "adds `interpolation`"),
    },
    "functions of NumPy's that are ufuncs here: they broadcast, write into `out` and choose by `where`": dict.fromkeys(
        ("np.fix", "np.i0", "np.iscomplex", "np.isneginf", "np.isposinf", "np.isreal", "np.sinc", "np.where"), _UFUNC
    ),
    "the array API standard's arguments": {
        "np.argsort": "adds `descending`",
        "np.sort": "adds `descending`",
        "np.fft.fftfreq": "adds `dtype`",
        "np.fft.rfftfreq": "adds `dtype`",
    },
    "NumPy's signature hides that outputs may stand by position": dict.fromkeys(
        ("np.divmod", "np.frexp", "np.modf"), "`out` by name only; adds `out1`; adds `out2`"
    ),
    "long files tell how far they are": {"np.load": "adds `progress`", "np.save": "adds `progress`"},
    "ufuncs are not made by calling the class": {"np.ufunc": "no signature"},
}


def spaces() -> Iterator[tuple[str, object, object]]:
    """(name, ours, NumPy's) of everything whose names are compared."""
    yield "np", np, numpy
    for name in _MODULES:
        ours, theirs = np, numpy
        for part in name.split("."):
            ours, theirs = getattr(ours, part), getattr(theirs, part)
        yield f"np.{name}", ours, theirs
    for name in _CLASSES:
        yield f"np.{name}", getattr(np, name), getattr(numpy, name)
    for name in _RANDOM:
        yield f"np.random.{name}", getattr(np.random, name), getattr(numpy.random, name)


def signature(value: object) -> inspect.Signature | None:
    try:
        return inspect.signature(value)
    except (TypeError, ValueError):
        return None


def is_same_default(name: str, ours: object, theirs: object) -> bool:
    """Whether two defaults mean the same: NumPy's sentinel for "not given" means whatever ours says."""
    if "no value" in str(theirs) or "object at" in str(theirs) or theirs == (None, None):
        return True
    if name == "dtype":
        # the default dtype is ours, and a dtype may be written in many ways
        return ours is None or numpy.dtype(ours) == numpy.dtype(theirs)
    if name == "where":
        return ours in (None, True) and theirs is True
    return ours is theirs or (type(ours) is not bool and type(theirs) is not bool and ours == theirs)


def difference(ours: object, theirs: object, space: str = "") -> str:
    """How a call of ours differs from NumPy's, or nothing."""
    mine, numpys = signature(ours), signature(theirs)
    if numpys is None or ours is theirs or str(mine) == str(numpys):
        return ""
    if type(ours).__name__ == "ufunc" and type(theirs).__name__ != "ufunc" and mine is not None:
        return _UFUNC
    if mine is None:
        return "no signature"
    return "; ".join(_differences(mine, numpys, space))


def _differences(mine: inspect.Signature, numpys: inspect.Signature, space: str) -> Iterator[str]:
    kinds = inspect.Parameter
    own = [one for one in mine.parameters.values() if one.name != "self"]
    given = [one for one in numpys.parameters.values() if one.name != "self"]
    variable = (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
    has = {kind: any(one.kind is kind for one in own) for kind in variable}
    open_ended = {one.kind for one in given} & set(variable)
    positional = [one for one in own if one.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD)]
    by_name, met = {one.name: one for one in own}, set()
    for place, one in enumerate(given):
        if one.kind in variable:
            if not has[one.kind] and one.kind is kinds.VAR_POSITIONAL and len(positional) <= place:
                yield f"no `*{one.name}`"
            continue
        found = by_name.get(one.name)
        if found is None and one.kind is kinds.POSITIONAL_ONLY and place < len(positional):
            found = positional[place]
            if found.kind is not kinds.POSITIONAL_ONLY:
                yield f"`{one.name}` is `{found.name}`"
        if found is None:
            yield f"no `{one.name}`"
            continue
        met.add(found.name)
        yield from _of_parameter(found, one, positional, place)
    for one in own:
        if one.name in met or one.kind in variable:
            continue
        if one.name in ADDED and (one.name in ("ctx", "device") or space.startswith("np.random")):
            continue
        if open_ended & {kinds.VAR_KEYWORD}:
            continue
        yield f"adds `{one.name}`"


def _of_parameter(found, one, positional, place) -> Iterator[str]:
    kinds = inspect.Parameter
    names = {
        kinds.POSITIONAL_ONLY: "by position only",
        kinds.KEYWORD_ONLY: "by name only",
        kinds.POSITIONAL_OR_KEYWORD: "by position or name",
    }
    if found.kind is not one.kind and not (
        found.kind in names and one.kind is kinds.POSITIONAL_ONLY and found.name != one.name
    ):
        yield f"`{found.name}` {names[found.kind]}"
    elif one.kind is not kinds.KEYWORD_ONLY and positional[place : place + 1] != [found]:
        yield f"`{found.name}` stands elsewhere"
    if (found.default is kinds.empty) != (one.default is kinds.empty):
        yield f"`{found.name}` {'has no default' if found.default is kinds.empty else 'has a default'}"
    elif not is_same_default(one.name, found.default, one.default):
        yield f"`{found.name}={found.default!r}`"


def differences() -> dict[str, str]:
    """Name -> how it differs, of every function and method that both have."""
    found = {}
    for space, ours, theirs in spaces():
        for name in sorted(dir(theirs)):
            value = getattr(theirs, name, None)
            if name.startswith("_") or not callable(value) or not hasattr(ours, name):
                continue
            if text := difference(getattr(ours, name), value, space):
                found[f"{space}.{name}"] = text
    return found


def table() -> str:
    """The differences as rows of Markdown: names that share difference and reason share a row."""
    rows = [(text, reason, name) for reason, names in REASONS.items() for name, text in sorted(names.items())]
    lines = ["| function | here | why |", "|---|---|---|"]
    for (text, reason), group in itertools.groupby(sorted(rows), key=lambda row: row[:2]):
        listed = ", ".join(f"`{name}`" for _, _, name in group)
        lines.append(f"| {listed} | {text} | {reason} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for name, text in differences().items():
        print(f"{name}: {text}")
