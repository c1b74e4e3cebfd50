"""Bad input: NumPy's exception class, a sentence that names operator, shapes and dtypes, and no array changed."""

import os
import subprocess
import sys

import numpy as onp
import pytest

from mxnet import np
from oracle import assert_same_error, outcome

CALLS = int(os.environ.get("MXNET_SOUP_CALLS", "40"))


def self_referencing():
    items = [1]
    items.append(items)
    return items


def deep(levels=200):
    items = 1
    for _ in range(levels):
        items = [items]
    return items


# name: call on either library; NumPy tells the class.
AS_NUMPY = {
    "shapes that do not fit": lambda np: np.ones((2, 3)) + np.ones((4, 5)),
    "shapes that do not fit in place": lambda np: np.ones((2, 3)).__iadd__(np.ones((2, 2, 3))),
    "reshape": lambda np: np.ones((2, 3)).reshape((4, 5)),
    "axis": lambda np: np.ones((2, 3)).sum(axis=2),
    "axes twice": lambda np: np.ones((2, 3)).sum(axis=(0, 0)),
    "index": lambda np: np.ones(3)[5],
    "too many indices": lambda np: np.ones(3)[0, 0],
    "text as an index": lambda np: np.ones(3)["a"],
    "ragged list": lambda np: np.array([[1, 2], [3]]),
    "ragged with a scalar": lambda np: np.array([[1, 2], 3]),
    "negative size": lambda np: np.zeros((-1,)),
    "negative size among others": lambda np: np.ones((2, -3)),
    "too many axes": lambda np: np.zeros((1,) * 65),
    "axes beyond the limit": lambda np: np.broadcast_to(np.ones(1), (1,) * 65),
    "unknown dtype": lambda np: np.zeros(2, dtype="floaty"),
    "cast of text": lambda np: np.array("abc", dtype="float32"),
    "text in a list": lambda np: np.array([1, "b"], dtype="float32"),
    "None as an operand": lambda np: np.ones(2) + None,
    "text as an operand": lambda np: np.ones(2) * "a",
    "an object as an operand": lambda np: np.ones(2) - object(),
    "subtract of bools": lambda np: np.array([True]) - np.array([True]),
    "negative of bools": lambda np: -np.array([True]),
    "bits of floats": lambda np: np.ones(2) & np.ones(2),
    "shift of floats": lambda np: np.ones(2) << 1,
    "remainder of complex": lambda np: np.array([1j]) % 2,
    "negative power of integers": lambda np: np.array([2], dtype="int32") ** -1,
    "integer that does not fit": lambda np: np.array([1], dtype="int8") + 1000,
    "wrong out": lambda np: np.add(np.ones(3), 1, out=np.zeros(4)),
    "out of text": lambda np: np.add(np.ones(3), 1, out="x"),
    "out of a wrong kind": lambda np: np.add(np.ones(3), 1.5, out=np.zeros(3, dtype="int32")),
    "maximum of nothing": lambda np: np.zeros((0,)).max(),
    "argmax of nothing": lambda np: np.zeros((0,)).argmax(),
    "where of another shape": lambda np: np.where(np.ones(3) > 0, np.ones(2), np.ones(4)),
    "concatenate of numbers": lambda np: np.concatenate([1.0]),
    "stack of different shapes": lambda np: np.stack([np.ones(2), np.ones(3)]),
    "matmul": lambda np: np.ones((2, 3)) @ np.ones((2, 3)),
    "truth of many": lambda np: bool(np.ones(2)),
    "int of many": lambda np: int(np.ones(2)),
    "length of 0-d": lambda np: len(np.array(1.0)),
    "iteration of 0-d": lambda np: list(np.array(1.0)),
    "item of many": lambda np: np.ones(2).item(),
    "assigning another shape": lambda np: np.ones(3).__setitem__(slice(None), np.ones(2)),
    "assigning text": lambda np: np.ones(3).__setitem__(0, "a"),
    "assigning an array to an element": lambda np: np.ones(3).__setitem__(0, np.ones(2)),
    "deleting": lambda np: np.ones(3).__delitem__(0),
    "writing to a broadcast view": lambda np: np.broadcast_to(np.ones(1), (3,)).__setitem__(0, 1),
    "linspace of a fraction": lambda np: np.linspace(0, 1, 2.5),
    "arange without a stop": lambda np: np.arange(),
    "eye of text": lambda np: np.eye("a"),
    "unknown keyword": lambda np: np.ones(2).sum(axes=0),
    "transpose": lambda np: np.ones((2, 3)).transpose(0, 5),
    "clip without bounds of text": lambda np: np.clip(np.ones(2), "a", "b"),
    "einsum": lambda np: np.einsum("ij,jk", np.ones((2, 3)), np.ones((4, 5))),
    "astype": lambda np: np.ones(2).astype("words"),
    "unknown attribute": lambda np: np.ones(2).colour,
    "unknown name": lambda np: np.no_such_function,
    "fill with an array": lambda np: np.ones(3).fill(np.ones(2)),
    "take": lambda np: np.take(np.ones(3), 9),
    "split": lambda np: np.split(np.ones(5), 2),
    "too deep": lambda np: np.array(deep()),
    "itself": lambda np: np.array(self_referencing()),
}


@pytest.mark.parametrize("name", AS_NUMPY)
def test_the_class_is_numpys(name):
    _, want = outcome(lambda: AS_NUMPY[name](onp))
    assert isinstance(want, Exception), f"NumPy accepts this: {want!r}"
    _, got = outcome(lambda: AS_NUMPY[name](np))
    assert isinstance(got, Exception), f"no error, but {got!r}"
    assert_same_error(got, want)


SENTENCES = {
    "add": (lambda: np.ones((2, 3)) + np.ones((4, 5)), ["add", "(2, 3)", "(4, 5)"]),
    "matmul": (lambda: np.matmul(np.ones((2, 3)), np.ones((4, 5))), ["matmul", "(2, 3)", "(4, 5)"]),
    "reshape": (lambda: np.ones((2, 3)).reshape((4, 5)), ["reshape", "(2, 3)", "(4, 5)"]),
    "concatenate": (lambda: np.concatenate([np.ones((2, 3)), np.ones((4, 5))]), ["concatenate", "(2, 3)", "(4, 5)"]),
    "axis": (lambda: np.ones((2, 3)).sum(axis=7), ["7", "2"]),
    "index": (lambda: np.ones(3)[17], ["17", "3"]),
    "bits of floats": (lambda: np.ones(2) & np.ones(2), ["bitwise_and", "float32"]),
    "broadcast_to": (lambda: np.broadcast_to(np.ones((2, 3)), (4, 5)), ["broadcast_to", "(2, 3)", "(4, 5)"]),
    "assignment": (lambda: np.ones((2, 3)).__setitem__(Ellipsis, np.ones((4, 5))), ["(2, 3)", "(4, 5)"]),
    "in place": (lambda: np.ones(2, dtype="int32").__iadd__(np.ones(2)), ["add", "float32", "int32"]),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentence_names_operator_shapes_and_dtypes(name):
    call, words = SENTENCES[name]
    with pytest.raises(Exception) as info:
        call()
    # some of NumPy's sentences write (2,3), others (2, 3): both name the shape
    sentence = str(info.value)
    assert not [word for word in words if word not in sentence and word.replace(" ", "") not in sentence], sentence


@pytest.mark.parametrize(
    "make",
    [
        lambda shape: np.zeros(shape),
        lambda shape: np.ones(shape),
        lambda shape: np.empty(shape, dtype="float64"),
        lambda shape: np.full(shape, 2),
        lambda shape: np.broadcast_to(np.ones(1), shape) + 1,
        lambda shape: np.random.uniform(size=shape),
        lambda shape: np.eye(*shape),
    ],
    ids=["zeros", "ones", "empty", "full", "add", "uniform", "eye"],
)
def test_sizes_that_cannot_be_allocated_are_a_memory_error_naming_the_bytes(make):
    with pytest.raises(MemoryError) as info:
        make((10**7, 10**7)).wait_to_read()
    assert "00000000000000" in str(info.value).replace(",", "").replace("_", "") or "iB" in str(info.value)


def test_sizes_beyond_64_bits():
    for shape in ((2**62, 4), (2**40, 2**40), (10**30,), (0, 2**63)):
        with pytest.raises((ValueError, MemoryError, OverflowError)):
            np.zeros(shape).wait_to_read()


def test_large_views_cost_nothing():
    x = np.broadcast_to(np.ones(1), (2**33,))
    assert x.size == 2**33 and x[2**33 - 1].asnumpy() == 1 and x[:: 2**31].shape == (4,)


FAILING_WRITES = {
    "shape": lambda x: x.__setitem__(Ellipsis, np.ones(99)),
    "text": lambda x: x.__setitem__(0, "text"),
    "index": lambda x: x.__setitem__(99_999, 1),
    "integer array": lambda x: x.__setitem__(np.array([0, 99_999]), 1),
    "mask": lambda x: x.__setitem__(np.array([True, False]), 1),
    "values of a mask": lambda x: x.__setitem__(x > 0, np.ones(2)),
    "in-place shape": lambda x: x.__iadd__(np.ones((2, 2))),
    "in-place kind": lambda x: x.__imul__(np.array([1j])),
    "out": lambda x: np.add(np.ones((2, 2)), 1, out=x),
    "ragged": lambda x: x.__setitem__(slice(0, 2), [[1], [2, 3]]),
    "reshape": lambda x: setattr(x, "shape", (7, 7)),
    "sort": lambda x: x.sort(axis=3),
    "fill": lambda x: x.fill("text"),
    "copyto": lambda x: np.copyto(x, np.ones(3)),
    "at": lambda x: np.add.at(x, np.array([99_999]), 1),
}


@pytest.mark.parametrize("size", [5, 5000])
@pytest.mark.parametrize("name", FAILING_WRITES)
def test_failed_writes_change_nothing(name, size):
    x = np.arange(size, dtype="float32") + 1
    before = x.asnumpy()
    with pytest.raises(Exception):  # noqa: B017 - the classes are tested elsewhere
        FAILING_WRITES[name](x)
    assert x.asnumpy().tobytes() == before.tobytes() and x.shape == (size,)


def test_errors_appear_at_the_line_that_caused_them():
    with pytest.raises(ValueError):
        np.ones((5000,)) * np.ones((4999,))
    with pytest.raises(TypeError):
        np.ones((5000,)) & np.ones((5000,))


def test_mxnet_error_is_a_runtime_error():
    import mxnet

    assert issubclass(mxnet.MXNetError, RuntimeError)
    with pytest.raises(mxnet.MXNetError):
        np.ones(2).backward()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("space", ["np", "npx", "autograd", "random", "linalg", "ndarray"])
def test_argument_soup_finds_no_panic(tests_directory, space):
    if space == "linalg" and not hasattr(np, "linalg"):
        return
    command = [sys.executable, str(tests_directory / "soup.py"), space, str(CALLS), "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=580, errors="replace")
    last = "\n".join(done.stderr.splitlines()[-12:])
    assert done.returncode == 0, f"ended with {done.returncode}; the last lines:\n{last}"
    assert done.stdout.strip().endswith("0 findings") and "\n" not in done.stdout.strip(), done.stdout[-6000:]
