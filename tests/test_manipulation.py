"""Functions that rearrange arrays: shapes, joining, splitting, repeating, padding. One row per case, NumPy as judge."""

import numpy as onp
import pytest

from mxnet import np
from oracle import NUMPY_DTYPES, judge, promote, sample_array

# Each takes an array of shape (4, 6) or (72, 80).
ONE = {
    "reshape": lambda np, x: np.reshape(x, (6, -1)),
    "reshape F": lambda np, x: np.reshape(x, (6, -1), order="F"),
    "reshape method with integers": lambda np, x: x.reshape(2, -1),
    "reshape -1": lambda np, x: x.reshape(-1),
    "reshape copy": lambda np, x: np.reshape(x, -1, copy=True),
    "ravel": lambda np, x: np.ravel(x),
    "ravel F": lambda np, x: np.ravel(x, order="F"),
    "flatten F": lambda np, x: x.flatten("F"),
    "transpose": lambda np, x: np.transpose(x[None], (2, 0, 1)),
    "transpose method": lambda np, x: x[None].transpose(1, -1, 0),
    "permute_dims": lambda np, x: np.permute_dims(x, (1, 0)),
    "matrix_transpose": lambda np, x: np.matrix_transpose(x),
    "mT": lambda np, x: x[None].mT,
    "swapaxes": lambda np, x: np.swapaxes(x[None], 0, -1),
    "moveaxis": lambda np, x: np.moveaxis(x[None], (0, 1), (-1, 0)),
    "rollaxis": lambda np, x: np.rollaxis(x[None], 2),
    "expand_dims": lambda np, x: np.expand_dims(x, (0, -1)),
    "squeeze": lambda np, x: np.squeeze(x[None, :, None]),
    "squeeze axis": lambda np, x: np.squeeze(x[None, :, None], axis=2),
    "squeeze of nothing": lambda np, x: (np.squeeze(x[0, 0], 0), np.squeeze(np.array(x[0, 0]), -1)),
    "atleast": lambda np, x: (np.atleast_1d(x), np.atleast_2d(x[0]), np.atleast_3d(x)),
    "concatenate": lambda np, x: np.concatenate([x, x[:1]]),
    "concatenate axis": lambda np, x: np.concatenate((x, x[:, :2]), axis=1),
    "concatenate flat": lambda np, x: np.concatenate((x, x[0]), axis=None),
    "concatenate an array": lambda np, x: np.concatenate(x),
    "concatenate dtype": lambda np, x: np.concatenate([x, x], dtype="float32", casting="unsafe"),
    "concat": lambda np, x: np.concat([x, x]),
    "stack": lambda np, x: np.stack([x, x + x]),
    "stack last": lambda np, x: np.stack([x, x], axis=-1),
    "vstack": lambda np, x: np.vstack([x, x[0]]),
    "hstack": lambda np, x: np.hstack([x, x]),
    "dstack": lambda np, x: np.dstack([x, x]),
    "column_stack": lambda np, x: np.column_stack([x, x[:, 0]]),
    "append": lambda np, x: np.append(x, x[:1], axis=0),
    "append flat": lambda np, x: np.append(x, x[0]),
    "block": lambda np, x: np.block([[x, x], [x, x]]),
    "split": lambda np, x: np.split(x, 2),
    "split at": lambda np, x: np.split(x, [1, 3, 9], axis=1),
    "array_split": lambda np, x: np.array_split(x, 5, axis=1),
    "hsplit": lambda np, x: np.hsplit(x, 2),
    "vsplit": lambda np, x: np.vsplit(x, [1]),
    "dsplit": lambda np, x: np.dsplit(x[None], 2),
    "unstack": lambda np, x: np.unstack(x),
    "tile": lambda np, x: np.tile(x, 2),
    "tile more": lambda np, x: np.tile(x, (2, 1, 3)),
    "repeat": lambda np, x: np.repeat(x, 2),
    "repeat axis": lambda np, x: np.repeat(x, 3, axis=0),
    "repeat each": lambda np, x: np.repeat(x[:3], [0, 2, 1], axis=0),
    "flip": lambda np, x: np.flip(x),
    "flip axis": lambda np, x: np.flip(x, axis=(0,)),
    "fliplr": lambda np, x: np.fliplr(x),
    "flipud": lambda np, x: np.flipud(x),
    "roll": lambda np, x: np.roll(x, 3),
    "roll axis": lambda np, x: np.roll(x, -2, axis=1),
    "roll axes": lambda np, x: np.roll(x, (1, -1), axis=(0, 1)),
    "roll far": lambda np, x: np.roll(x, 1001, axis=0),
    "rot90": lambda np, x: [np.rot90(x, k) for k in range(-1, 4)],
    "pad": lambda np, x: np.pad(x, 1),
    "pad value": lambda np, x: np.pad(x, ((1, 2), (0, 3)), constant_values=5),
    "pad values": lambda np, x: np.pad(x, 2, constant_values=((1, 2), (3, 4))),
    "pad edge": lambda np, x: np.pad(x, 2, mode="edge"),
    "pad reflect": lambda np, x: np.pad(x, (1, 3), mode="reflect"),
    "pad reflect odd": lambda np, x: np.pad(x, 2, mode="reflect", reflect_type="odd"),
    "pad symmetric": lambda np, x: np.pad(x, (2, 9), mode="symmetric"),
    "pad wrap": lambda np, x: np.pad(x, (2, 9), mode="wrap"),
    "pad maximum": lambda np, x: np.pad(x, 1, mode="maximum"),
    "pad minimum": lambda np, x: np.pad(x, 1, mode="minimum", stat_length=2),
    "insert": lambda np, x: np.insert(x, 1, 7, axis=0),
    "insert many": lambda np, x: np.insert(x, [0, 2, 2], 5, axis=1),
    "insert flat": lambda np, x: np.insert(x, 3, 9),
    "delete": lambda np, x: np.delete(x, 1, axis=0),
    "delete many": lambda np, x: np.delete(x, [0, -1], axis=1),
    "delete slice": lambda np, x: np.delete(x, slice(None, None, 2), axis=1),
    "resize": lambda np, x: np.resize(x, (5, 7)),
    "trim_zeros": lambda np, x: np.trim_zeros(np.concatenate([x[0] * 0, x[1], x[0] * 0])),
    "tril": lambda np, x: np.tril(x),
    "triu": lambda np, x: np.triu(x, 1),
    "diag": lambda np, x: np.diag(x),
    "diag of a vector": lambda np, x: np.diag(x[0][:5], -1),
    "diagflat": lambda np, x: np.diagflat(x[:2, :2]),
    "diagonal": lambda np, x: np.diagonal(x, 1),
    "diagonal axes": lambda np, x: np.diagonal(x[None], 0, 1, 2),
    "trace": lambda np, x: np.trace(x),
    "broadcast_to": lambda np, x: np.broadcast_to(x, (2,) + x.shape),
    "broadcast_arrays": lambda np, x: np.broadcast_arrays(x, x[0], x[:, :1]),
    "copy": lambda np, x: np.copy(x),
    "ascontiguousarray": lambda np, x: np.ascontiguousarray(x.T),
    "asfortranarray": lambda np, x: np.asfortranarray(x),
    "require": lambda np, x: np.require(x, requirements=["C"]),
    "clip": lambda np, x: np.clip(x, 1, 3),
    "clip one side": lambda np, x: np.clip(x, None, 2),
    "clip arrays": lambda np, x: x.clip(x[0], x[1]),
    "round": lambda np, x: np.round(x, 0),
    "around method": lambda np, x: x.round(),
    "select": lambda np, x: np.select([x > 2, x > 0], [x, x + x], 7),
    "piecewise": lambda np, x: np.piecewise(x, [x > 1], [2, 3]),
    "piecewise by rows": lambda np, x: np.piecewise(x[0], np.array([x[0] > 1, x[0] <= 1]), [2, 3]),
    "piecewise by one row": lambda np, x: np.piecewise(x[0], x[0] > 1, [2, 3]),
    "where": lambda np, x: np.where(x > 1, x, x[0]),
    "where scalars": lambda np, x: np.where(x > 1, x, 0),
    "apply_along_axis": lambda np, x: np.apply_along_axis(lambda row: row[::2], 1, x[:3]),
    "ndenumerate": lambda np, x: [float(value.real) for _, value in np.ndenumerate(x[:2])],
    "iteration": lambda np, x: list(x),
    "flat": lambda np, x: [float(value.real) for value in x[:2].flat],
}


@pytest.mark.parametrize("shape", [(4, 6), (72, 80)], ids=["small", "large"])
@pytest.mark.parametrize("name", ONE)
def test_functions(name, shape):
    judge(ONE[name], sample_array("float32", shape))


@pytest.mark.parametrize("dtype", [d for d in NUMPY_DTYPES if d != "float32"])
@pytest.mark.parametrize("name", ONE)
def test_dtypes(name, dtype):
    judge(ONE[name], sample_array(dtype, (4, 6)), dtype="float32" if name == "concatenate dtype" else "same")


@pytest.mark.parametrize("name", ONE)
def test_layouts(name):
    judge(lambda np, x: ONE[name](np, x.T[::-1]), sample_array("float32", (6, 4)))
    judge(lambda np, x: ONE[name](np, np.broadcast_to(x[0], (4, 6))), sample_array("float32", (1, 6)))
    judge(lambda np, x: ONE[name](np, x[::2, 1:7]), sample_array("float32", (8, 9)))


@pytest.mark.parametrize(
    "name",
    [
        "reshape -1",
        "ravel",
        "concatenate",
        "stack",
        "tile",
        "repeat",
        "flip",
        "roll",
        "pad",
        "transpose",
        "broadcast_to",
        "where",
        "clip",
        "tril",
        "diag",
        "squeeze",
        "hstack",
    ],
)
@pytest.mark.parametrize("shape", [(0, 6), (4, 0), (0, 0)], ids=str)
def test_empty_arrays(name, shape):
    judge(ONE[name], onp.zeros(shape, "float32"))


@pytest.mark.parametrize("second", ["int8", "int32", "float32", "float64", "bool", "complex64"])
@pytest.mark.parametrize("first", ["int8", "uint8", "int64", "float16", "float32", "bool"])
@pytest.mark.parametrize("name", ["concatenate", "stack", "where", "hstack"])
def test_mixed_dtypes(name, first, second):
    def call(np, x, y):
        return np.where(y != 0, x, y) if name == "where" else getattr(np, name)([x, y])

    judge(call, sample_array(first, (3,)), sample_array(second, (3,), 2), dtype=promote(first, second))


BAD = {
    "reshape to another size": lambda np, x: x.reshape((5, 5)),
    "two unknown lengths": lambda np, x: x.reshape((-1, -1)),
    "text as a shape": lambda np, x: x.reshape("ab"),
    "transpose twice the same axis": lambda np, x: np.transpose(x, (0, 0)),
    "transpose too few axes": lambda np, x: np.transpose(x, (0,)),
    "swapaxes out of range": lambda np, x: np.swapaxes(x, 0, 2),
    "moveaxis out of range": lambda np, x: np.moveaxis(x, 0, 5),
    "expand_dims out of range": lambda np, x: np.expand_dims(x, 7),
    "squeeze of a long axis": lambda np, x: np.squeeze(x, 0),
    "concatenate nothing": lambda np, x: np.concatenate([]),
    "concatenate other ranks": lambda np, x: np.concatenate([x, x[0]]),
    "concatenate other lengths": lambda np, x: np.concatenate([x, x[:, :2]]),
    "concatenate scalars": lambda np, x: np.concatenate([1, 2]),
    "stack other shapes": lambda np, x: np.stack([x, x[:1]]),
    "stack nothing": lambda np, x: np.stack([]),
    "uneven split": lambda np, x: np.split(x, 3),
    "split into nothing": lambda np, x: np.array_split(x, 0),
    "broadcast_to a smaller shape": lambda np, x: np.broadcast_to(x, (2, 6)),
    "broadcast_to fewer axes": lambda np, x: np.broadcast_to(x, (6,)),
    "negative repeat": lambda np, x: np.repeat(x, -1),
    "repeat of another length": lambda np, x: np.repeat(x, [1, 2], axis=1),
    "pad of another length": lambda np, x: np.pad(x, ((1, 2), (3, 4), (5, 6))),
    "negative pad": lambda np, x: np.pad(x, -1),
    "unknown pad": lambda np, x: np.pad(x, 1, mode="sideways"),
    "flip out of range": lambda np, x: np.flip(x, 2),
    "roll out of range": lambda np, x: np.roll(x, 1, axis=2),
    "delete out of range": lambda np, x: np.delete(x, 9, axis=0),
    "insert out of range": lambda np, x: np.insert(x, 9, 1, axis=0),
    "diag of three axes": lambda np, x: np.diag(x[None]),
    "rot90 of one axis": lambda np, x: np.rot90(x[0]),
    "unknown order": lambda np, x: np.reshape(x, -1, order="Z"),
}


def test_negative_lengths_but_one():
    # NumPy takes any negative length for the unknown one; -2 and below mean other things in MXNet, so they are refused
    with pytest.raises(ValueError):
        np.ones((4, 6)).reshape((-2, 6))


@pytest.mark.parametrize("name", BAD)
def test_wrong_arguments_are_numpys_errors(name):
    judge(BAD[name], sample_array("float32", (4, 6)))


def test_results_of_reshape_are_writable_and_share():
    x = np.zeros((4, 6))
    x.reshape(-1)[3] = 5
    assert float(x[0, 3]) == 5


def test_results_that_memory_does_not_hold():
    x = np.ones(3)
    with pytest.raises(MemoryError, match="array_split: unable to hold 4611686018427387904 parts"):
        np.array_split(x, 2**62)
    with pytest.raises(MemoryError):
        np.vander(x, 2**50)
