"""`einsum_path` and `einsum` along a path, against NumPy's."""

import numpy as onp
import pytest

from mxnet import np

LENGTHS = dict(zip("abcdefghij", (2, 3, 4, 5, 2, 3, 1, 4, 2, 3), strict=True))
SUBSCRIPTS = [
    "ab->a",
    "ab,bc",
    "ab,bc->ca",
    "ab,bc,cd->ad",
    "ab,bc,cd,de->ae",
    "ab,cd,ef->abcdef",
    "ab,cd",
    "a,b,c->abc",
    "aab,bcc->ab",
    "abc,bd,ae,cf->def",
    "abij,ij,cd->abcd",
    "ea,fb,abcd,gc,hd->efgh",
    "abcd,ab,cd,ac->bd",
    "ab,ab,ab",
    "ab,bc,ca",
]


def operands(text):
    random = onp.random.default_rng(len(text))
    shapes = [[LENGTHS[letter] for letter in term] for term in text.split("->")[0].split(",")]
    return [random.normal(size=shape) for shape in shapes]


@pytest.mark.parametrize(
    "optimize", [True, False, "greedy", "optimal", ("greedy", 10), ("optimal", 30), ["einsum_path", (0, 1)]], ids=str
)
@pytest.mark.parametrize("text", SUBSCRIPTS)
def test_path_text_and_sum_are_numpys(text, optimize):
    arrays = operands(text)
    if isinstance(optimize, list):
        optimize = ["einsum_path", *[(0, 1)] * (len(arrays) - 1)] if len(arrays) > 1 else ["einsum_path", (0,)]
    ours = [np.array(one) for one in arrays]
    assert np.einsum_path(text, *ours, optimize=optimize) == onp.einsum_path(text, *arrays, optimize=optimize)
    expected = onp.einsum(text, *arrays, optimize=optimize)
    onp.testing.assert_allclose(np.einsum(text, *ours, optimize=optimize).asnumpy(), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "arguments, options",
    [
        (("ij,jk->il", (2, 3), (3, 4)), {}),
        (("ij,jk->ii", (2, 3), (3, 4)), {}),
        (("ij,jk,kl", (2, 3), (3, 4)), {}),
        (("ij,jk", (2, 3), (4, 4)), {}),
        (("ij,jk", (2, 3), (3, 4, 1)), {}),
        (("i!,jk", (2, 3), (3, 4)), {}),
        (("ij->-i", (2, 3)), {}),
        (("..ij", (2, 3)), {}),
        (("ij,jk,kl", (2, 3), (3, 4), (4, 5)), {"optimize": "best"}),
        (("ij,jk,kl", (2, 3), (3, 4), (4, 5)), {"optimize": 3}),
        (("ij,jk,kl", (2, 3), (3, 4), (4, 5)), {"optimize": [(0, 1)]}),
        (("ij,jk,kl", (2, 3), (3, 4), (4, 5)), {"optimize": ["einsum_path", (0, 1)]}),
    ],
    ids=str,
)
def test_errors_are_numpys(arguments, options):
    text, *shapes = arguments
    with pytest.raises(Exception) as theirs:
        onp.einsum_path(text, *(onp.ones(shape) for shape in shapes), **options)
    with pytest.raises(theirs.type):
        np.einsum_path(text, *(np.ones(shape) for shape in shapes), **options)


def test_lists_of_axes_and_ellipses_have_paths_too():
    a, b, c = onp.ones((2, 3)), onp.ones((3, 4)), onp.ones((4, 2))
    pairs = [one for pair in zip((a, b, c), ([0, 1], [1, 2], [2, 3]), strict=True) for one in pair]
    assert np.einsum_path(*pairs, [0, 3]) == onp.einsum_path(*pairs, [0, 3])
    assert np.einsum_path("i...,j...->ij...", a, a)[0] == ["einsum_path", (0, 1)]
    x = onp.arange(24.0).reshape(2, 3, 4)
    for text in ("...a,...b,...->...ab", "...a,...b,...", "...a,...a,..."):
        arrays = (x, x + 1, x[0, :, 0])
        expected = onp.einsum(text, *arrays, optimize=True)
        onp.testing.assert_allclose(np.einsum(text, *map(np.array, arrays), optimize=True).asnumpy(), expected)


def test_steps_are_told_to_programs():
    a, b = onp.ones((2, 3)), onp.ones((3, 4))
    assert np.einsum_path("ij,jk", a, b, einsum_call=True)[1] == onp.einsum_path("ij,jk", a, b, einsum_call=True)[1]


def test_the_result_is_written_where_told():
    a, b, c = (np.ones((3, 3)) for _ in range(3))
    out = np.zeros((3, 3))
    assert np.einsum("ij,jk,kl->il", a, b, c, optimize=True, out=out) is out
    assert (out == 9).all()
