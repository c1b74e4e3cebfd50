"""Products of arrays: matmul, dot, tensordot, einsum, inner, outer, kron, cross; dtypes, batches, layouts, errors."""

import numpy as onp
import pytest

from mxnet import np
from oracle import NUMPY_DTYPES, judge, sample_array

MATMUL = [
    ((3,), (3,)),
    ((3, 4), (4,)),
    ((4,), (4, 5)),
    ((3, 4), (4, 5)),
    ((2, 3, 4), (4, 5)),
    ((2, 3, 4), (2, 4, 5)),
    ((5, 1, 3, 4), (2, 4, 6)),
    ((1, 1), (1, 1)),
    ((70, 90), (90, 110)),
    ((4, 33, 65), (4, 65, 17)),
    ((257,), (257, 3)),
    ((0, 4), (4, 5)),
    ((3, 0), (0, 5)),
    ((2, 0, 3, 4), (4, 5)),
    ((0,), (0,)),
    ((3, 4), (4, 0)),
]
shapes_parameter = pytest.mark.parametrize("shapes", MATMUL, ids=str)


def pair(dtype, shapes):
    # Quarters of small size: sums of products are exact in every float dtype that is long enough.
    return sample_array(dtype, shapes[0], 1, -2, 3), sample_array(dtype, shapes[1], 2, -2, 3)


@shapes_parameter
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "complex64"])
def test_matmul(shapes, dtype):
    judge(lambda np, x, y: np.matmul(x, y), *pair(dtype, shapes), ulp=2)
    judge(lambda np, x, y: x @ y, *pair(dtype, shapes), ulp=2)


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("name", ["matmul", "dot", "inner", "outer", "kron", "vdot", "tensordot"])
def test_dtypes(name, dtype):
    shapes = {"tensordot": ((3, 4, 2), (4, 2, 5)), "vdot": ((6,), (6,))}.get(name, ((3, 4), (4, 4)))
    judge(lambda np, x, y: getattr(np, name)(x, y), *pair(dtype, shapes), ulp=4)


@pytest.mark.parametrize("first", ["int8", "int64", "float32", "bool", "float16"])
@pytest.mark.parametrize("second", ["float32", "float64", "int8", "complex64"])
def test_mixed_dtypes(first, second):
    from oracle import promote

    x, y = sample_array(first, (3, 4), 1, -2, 3), sample_array(second, (4, 2), 2, -2, 3)
    judge(lambda np, x, y: x @ y, x, y, ulp=4, dtype=promote(first, second))


@pytest.mark.parametrize(
    "layout",
    {
        "transposed": None,
        "first transposed": None,
        "stepped": None,
        "reversed": None,
        "broadcast": None,
        "offset": None,
    },
)
@pytest.mark.parametrize("size", [5, 64, 130])
def test_layouts(layout, size):
    calls = {
        "transposed": lambda np, x, y: x.T @ y.T,
        "first transposed": lambda np, x, y: x.T @ y,
        "stepped": lambda np, x, y: x[::2, ::2] @ y[::2, ::2],
        "reversed": lambda np, x, y: x[::-1] @ y[:, ::-1],
        "broadcast": lambda np, x, y: np.broadcast_to(x[0], x.shape) @ y,
        "offset": lambda np, x, y: x[1:, 1:] @ y[1:, 1:],
    }
    judge(calls[layout], *pair("float32", ((size, size), (size, size))), ulp=2)


def test_products_of_pending_and_forced_arrays():
    x, y = pair("float32", ((72, 80), (80, 72)))
    judge(lambda np, x, y: ((x + 1) @ (y * 2)) + 1, x, y, ulp=2)
    judge(lambda np, x, y: (x @ y).sum(axis=0), x, y, ulp=2)


def test_out():
    def call(np, x, y, out):
        result = np.matmul(x, y, out=out)
        assert result is out
        return out

    judge(call, *pair("float32", ((3, 4), (4, 5))), onp.zeros((3, 5), "float32"), ulp=2)
    judge(call, *pair("float32", ((3, 4), (4, 5))), onp.zeros((3, 6), "float32"), ulp=2)

    def over_itself(np, x, y):
        np.matmul(x, y, out=x)
        return x

    judge(over_itself, *pair("float32", ((4, 4), (4, 4))), ulp=2)


DOT = [
    ((), (3,)),
    ((2, 3), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((2, 3, 4), (4,)),
    ((2, 3, 4), (5, 4, 6)),
    ((0, 3), (3, 2)),
]


@pytest.mark.parametrize("shapes", DOT, ids=str)
def test_dot(shapes):
    judge(lambda np, x, y: np.dot(x, y), *pair("float32", shapes), ulp=2)
    judge(lambda np, x, y: x.dot(y), *pair("float32", shapes), ulp=2)


@pytest.mark.parametrize("axes", [0, 1, 2, ([1], [0]), ((0, 1), (1, 0)), (1, 0), ([], [])], ids=str)
def test_tensordot(axes):
    judge(lambda np, x, y: np.tensordot(x, y, axes=axes), *pair("float32", ((4, 4, 3), (4, 4, 2))), ulp=2)
    judge(lambda np, x, y: np.tensordot(x, y, axes=axes), *pair("float32", ((4, 4), (4, 4))), ulp=2)


EINSUM = {
    "ij,jk->ik": ((3, 4), (4, 5)),
    "ij,jk": ((3, 4), (4, 5)),
    "ij->ji": ((3, 4),),
    "ii->i": ((4, 4),),
    "ii": ((4, 4),),
    "ij->": ((3, 4),),
    "ij->j": ((3, 4),),
    "i,i": ((5,), (5,)),
    "i,j->ij": ((3,), (4,)),
    "bij,bjk->bik": ((2, 3, 4), (2, 4, 5)),
    "...ij,...jk->...ik": ((2, 1, 3, 4), (5, 4, 2)),
    "ij,j->i": ((3, 4), (4,)),
    "ijk,ilm,njm,nlk->": ((2, 3, 4), (2, 5, 3), (2, 3, 3), (2, 5, 4)),
    "a b, b c -> a c": ((3, 4), (4, 5)),
    "i...->...": ((3, 4),),
    "ij,ij->ij": ((3, 4), (3, 4)),
    "ijj->i": ((2, 3, 3),),
    "ij,kj,lk->il": ((3, 4), (5, 4), (2, 5)),
    "ij,jk,kl->il": ((70, 60), (60, 50), (50, 40)),
    "": (),
    "i,->i": ((3,), ()),
    "ij,jk->kk": ((3, 4), (4, 5)),
    "ij,kk->ij": ((3, 4), (4, 5)),
    "ij->ik": ((3, 4),),
    "i.j->ij": ((3, 4),),
    "ijk": ((3, 4),),
}


@pytest.mark.parametrize("subscripts", EINSUM)
@pytest.mark.parametrize("optimize", [False, True, "greedy"])
def test_einsum(subscripts, optimize):
    operands = [sample_array("float32", shape, seed, -1, 2) for seed, shape in enumerate(EINSUM[subscripts])]
    judge(lambda np, *inputs: np.einsum(subscripts, *inputs, optimize=optimize), *operands, ulp=8, atol=1e-5)


@pytest.mark.parametrize("dtype", ["int32", "float64", "complex64", "bool"])
def test_einsum_dtypes(dtype):
    judge(lambda np, x, y: np.einsum("ij,jk->ik", x, y), *pair(dtype, ((3, 4), (4, 5))), ulp=8)


def test_einsum_with_axis_lists():
    judge(lambda np, x, y: np.einsum(x, [0, 1], y, [1, 2], [0, 2]), *pair("float32", ((3, 4), (4, 5))), ulp=2)


@pytest.mark.parametrize(
    "name, shapes",
    [
        ("inner", ((3, 4), (5, 4))),
        ("inner", ((4,), (2, 3, 4))),
        ("inner", ((), (3,))),
        ("outer", ((2, 3), (4,))),
        ("outer", ((), (4,))),
        ("kron", ((2, 3), (3, 2))),
        ("kron", ((2,), (2, 3))),
        ("kron", ((2, 2, 2), (3,))),
        ("vdot", ((2, 3), (3, 2))),
        ("cross", ((3,), (3,))),
        ("cross", ((5, 3), (5, 3))),
        ("cross", ((4, 1, 3), (5, 3))),
        ("convolve", ((7,), (3,))),
        ("correlate", ((7,), (3,))),
        ("vecdot", ((5, 3), (5, 3))),
        ("matvec", ((2, 3, 4), (4,))),
        ("vecmat", ((3,), (2, 3, 4))),
        ("polyval", ((3,), (5,))),
    ],
    ids=str,
)
def test_other_products(name, shapes):
    judge(lambda np, x, y: getattr(np, name)(x, y), *pair("float32", shapes), ulp=4)


BAD = {
    "inner lengths": lambda np, x, y: np.matmul(x, y),
    "0-d": lambda np, x, y: np.matmul(x, 3),
    "batches": lambda np, x, y: np.matmul(x[None].repeat(2, axis=0), y.T[None].repeat(3, axis=0)),
    "dot": lambda np, x, y: np.dot(x, y),
    "inner": lambda np, x, y: np.inner(x, y[0, :3]),
    "tensordot axes": lambda np, x, y: np.tensordot(x, y, axes=7),
    "tensordot lengths": lambda np, x, y: np.tensordot(x, y, axes=([0], [1])),
    "einsum count": lambda np, x, y: np.einsum("ij,jk,kl", x, y),
    "einsum lengths": lambda np, x, y: np.einsum("ij,jk", x, y),
    "einsum text": lambda np, x, y: np.einsum("i!j", x),
    "einsum without operands": lambda np, x, y: np.einsum("ij"),
    "cross of five": lambda np, x, y: np.cross(x, y),
    "operator with text": lambda np, x, y: x @ "text",
}


@pytest.mark.parametrize("name", BAD)
def test_shapes_that_do_not_fit(name):
    judge(BAD[name], *pair("float32", ((3, 5), (3, 4))))


def test_none_is_no_matrix():
    # NumPy makes an array of objects of None first and complains of its axes; the class here is the operator's own
    with pytest.raises(TypeError):
        None @ np.ones((2, 2))


@pytest.mark.parametrize("size", [33, 200, 513])
def test_rounding_stays_within_the_length_of_the_sum(size):
    random = onp.random.RandomState(size)
    x, y = random.randn(size, size).astype("float32"), random.randn(size, size).astype("float32")
    exact, scale = x.astype(float) @ y.astype(float), abs(x).astype(float) @ abs(y).astype(float)
    error = abs((np.array(x) @ np.array(y)).asnumpy() - exact) / scale
    assert error.max() < 1e-6


def test_bits_do_not_depend_on_threads(threads):
    random = onp.random.RandomState(0)
    x, y = random.randn(300, 400).astype("float32"), random.randn(400, 310).astype("float32")
    answers = set()
    for count in (1, 2, 3, 4):
        threads(count)
        answers.add((np.array(x) @ np.array(y)).asnumpy().tobytes())
    assert len(answers) == 1
