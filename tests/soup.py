"""Throws random arguments at every public function; run by `test_errors.py` in a process of its own.

    python tests/soup.py SPACE CALLS SEED

Prints one line per finding: a panic, an internal error, or an array that a failed call has changed. The name of the
call under way goes to stderr first, so that a crash or a hang names its cause.
"""

import os
import random
import signal
import sys
import warnings

# Calls that would write files, wait for people, or change how later calls behave.
SKIPPED = {
    "save",
    "savez",
    "savez_compressed",
    "savetxt",
    "tofile",
    "dump",
    "load",
    "loadtxt",
    "genfromtxt",
    "fromfile",
    "memmap",
    "set_printoptions",
    "seterr",
    "seterrcall",
    "setbufsize",
    "set_num_threads",
    "set_np",
    "reset_np",
    "set_np_shape",
    "set_recording",
    "set_training",
    "debug",
    "test",
    "show_config",
    "show_runtime",
    "info",
    "profiler",
    "set_engine",
}


def ingredients(np):
    """Fresh arguments of many kinds; the arrays among them come first."""
    arrays = [
        np.ones((2, 3)),
        np.arange(6, dtype="int32"),
        np.zeros((0, 3)),
        np.array(2.5),
        np.array([True, False, True]),
        np.ones((5000,)) * 2,
        np.ones((3, 4))[::-1, ::2],
        np.broadcast_to(np.array([1.0, 2.0]), (3, 2)),
        np.ones((2, 2), dtype="complex64"),
        np.array([1, -1, 7], dtype="int8"),
        np.ones((2, 3, 4), dtype="float16"),
        np.full((4, 4), float("nan")),
        np.array([3, 1], dtype="uint64"),
    ]
    itself = [1]
    itself.append(itself)
    others = [
        0,
        1,
        -1,
        3,
        -7,
        2**31,
        2**63,
        -(2**63) - 1,
        10**30,
        1.5,
        -0.0,
        float("nan"),
        float("inf"),
        1e300,
        2 - 3j,
        True,
        None,
        Ellipsis,
        "",
        "text",
        "float32",
        "ij,jk->ik",
        b"bytes",
        (),
        [],
        [1, 2],
        (2, 3),
        (-1, 2),
        (10**7, 10**7),
        (2**62, 4),
        [[1], [2, 3]],
        [[[]]],
        itself,
        {},
        {"a": 1},
        set(),
        object(),
        slice(None, None, -1),
        slice(0, 2, 0),
        range(3),
        len,
        int,
        bool,
        lambda *arguments: arguments[0],
        [None],
        ["a"],
        [object()],
        (0, 0),
        (0, 9),
        [True, False],
        "C",
        [0.5],
        (slice(None), None, 1),
        [slice(None)],
        iter([1, 2]),
        NotImplemented,
        Exception("x"),
    ]
    return arrays, others


def callables(space):
    """(name, function of positional and keyword arguments) of a namespace, or of the methods of arrays."""
    import mxnet
    from mxnet import autograd, np, npx

    if space == "ndarray":
        names = [name for name in dir(np.ndarray) if callable(getattr(np.ndarray, name)) and not name.startswith("__")]
        names += [
            name
            for name in dir(np.ndarray)
            if name.startswith("__")
            and name[2:-2]
            in {
                "getitem",
                "setitem",
                "add",
                "iadd",
                "matmul",
                "pow",
                "ipow",
                "rsub",
                "divmod",
                "lshift",
                "eq",
                "lt",
                "contains",
                "delitem",
                "format",
                "array",
                "reduce_ex",
                "copy",
                "deepcopy",
                "imatmul",
                "ror",
                "init",
                "setstate",
                "dlpack",
            }
        ]
        return [(name, getattr(np.ndarray, name)) for name in sorted(set(names) - SKIPPED)]
    module = {
        "np": np,
        "npx": npx,
        "autograd": autograd,
        "random": np.random,
        "linalg": getattr(np, "linalg", None),
        "top": mxnet,
    }[space]
    rows = []
    for name in sorted(set(dir(module)) - SKIPPED):
        value = getattr(module, name)
        if (
            name.startswith("_")
            or not callable(value)
            or (isinstance(value, type) and issubclass(value, BaseException))
        ):
            continue
        rows.append((name, value))
        for method in ("reduce", "accumulate", "outer", "reduceat", "at"):
            if space == "np" and hasattr(value, "nin") and hasattr(value, method):
                rows.append((f"{name}.{method}", getattr(value, method)))
    return rows


KEYWORDS = [
    "axis",
    "dtype",
    "out",
    "keepdims",
    "where",
    "casting",
    "order",
    "initial",
    "ctx",
    "size",
    "shape",
    "k",
    "mode",
]


def arguments_for(chooser, np, is_method):
    arrays, others = ingredients(np)
    count = chooser.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    chosen = [chooser.choice(arrays if chooser.random() < 0.5 else others) for _ in range(count)]
    if is_method:
        chosen.insert(0, chooser.choice(arrays))
    keywords = {}
    while chooser.random() < 0.3:
        keywords[chooser.choice(KEYWORDS)] = chooser.choice(arrays if chooser.random() < 0.3 else others)
    return chosen, keywords


def attempt(name, function, chosen, keywords, np):
    """Call; return what is wrong with the way it ended, or None."""
    used = [value for value in [*chosen, *keywords.values()] if isinstance(value, np.ndarray)]
    before = [(value.asnumpy().tobytes(), value.shape) for value in used]
    try:
        result = function(*chosen, **keywords)
        for value in result if isinstance(result, (tuple, list)) else [result]:
            if isinstance(value, np.ndarray) and value.size < 10**6:
                value.asnumpy()
        return None
    except SystemError as error:
        return f"SystemError: {error}"
    except Exception as error:
        after = [(value.asnumpy().tobytes(), value.shape) for value in used]
        if before != after and "overflow" not in str(error):
            return f"{type(error).__name__}, and an array has changed"
        return None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        return f"{type(error).__name__}: {error}"


def limit_memory(gigabytes):
    """Allocations of absurd sizes must fail instead of being promised by the operating system."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (gigabytes << 30, gigabytes << 30))
    except (ImportError, ValueError):
        pass


def main(space, calls, seed):
    warnings.simplefilter("ignore")
    limit_memory(6)
    from mxnet import autograd, np

    chooser, findings = random.Random(seed), set()
    for name, function in callables(space):
        for _ in range(calls):
            chosen, keywords = arguments_for(chooser, np, space == "ndarray")
            os.write(2, f"{space}.{name}({chosen!r:.300}, {keywords!r:.200})\n".encode("utf-8", "replace"))
            if hasattr(signal, "alarm"):
                signal.alarm(60)
            problem = attempt(name, function, chosen, keywords, np)
            if hasattr(autograd, "set_recording"):
                autograd.set_recording(False)
            if problem:
                findings.add(f"{space}.{name}: {problem}  [{chosen!r:.200} {keywords!r:.200}]")
    for finding in sorted(findings):
        print(finding)
    print(f"{len(findings)} findings")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
