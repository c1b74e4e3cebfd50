"""Printing is NumPy's printing, character for character, except where the default dtype is float32."""

import numpy as onp
import pytest

from mxnet import np
from oracle import NUMPY_DTYPES, ours, sample_array, special_values


def expected_repr(values):
    """NumPy's repr, without the dtype that is ours by default and with the one that is NumPy's."""
    text = onp.array_repr(values)
    if values.dtype == onp.float32:
        return text.replace(", dtype=float32", "").replace(",\n      dtype=float32", "")
    return text


def same_text(values):
    mine = ours(values)
    assert str(mine) == str(values)
    return mine


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,), (2, 0), (2, 2, 2), (30,), (1100,), (40, 40)], ids=str)
def test_str(dtype, shape):
    same_text(sample_array(dtype, shape))


@pytest.mark.parametrize("dtype", NUMPY_DTYPES)
def test_str_of_special_values(dtype):
    same_text(special_values(dtype))


@pytest.mark.parametrize(
    "values",
    [
        [1.5, 2],
        [1e10, 1],
        [1e-10, 1],
        [0.1, 0.123456789],
        [1, 2, 3],
        [float("nan"), 1],
        [float("inf"), -1.5],
        [1e30],
        [0.00001],
        [123456789.0, 0.1],
        [-0.0, 0.0],
        [1e16, 1],
        [99999.9, 1e5],
    ],
    ids=str,
)
def test_repr_of_float32(values):
    array = onp.array(values, "float32")
    assert repr(ours(array)) == expected_repr(array)


def test_repr_names_other_dtypes():
    assert repr(np.array([1, 2], dtype="int64")) == "array([1, 2], dtype=int64)"
    assert repr(np.array([1, 2], dtype="float64")) == "array([1., 2.], dtype=float64)"
    assert repr(np.array([True, False])) == "array([ True, False])"
    assert repr(np.array([1.5, 2])) == "array([1.5, 2. ])"
    assert repr(np.array(1)) == "array(1.)"
    assert repr(np.zeros((0, 3))) in ("array([], shape=(0, 3))", "array([], shape=(0, 3), dtype=float32)")


def test_repr_in_numpy_mode(numpy_dtypes):
    assert repr(np.array([1.5, 2])) == "array([1.5, 2. ])"
    assert repr(np.array([1.5], dtype="float32")) == "array([1.5], dtype=float32)"


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2},
        {"threshold": 5},
        {"edgeitems": 1, "threshold": 3},
        {"linewidth": 30},
        {"suppress": True},
        {"nanstr": "NA"},
        {"infstr": "oo"},
        {"sign": "+"},
        {"floatmode": "fixed"},
        {"floatmode": "maxprec"},
        {"formatter": {"float_kind": "{:.1f}".format}},
    ],
    ids=str,
)
def test_printoptions(options):
    values = onp.array([[0.123456, 1e-6, onp.nan], [1e5, onp.inf, -2]], "float32")
    with onp.printoptions(**options):
        want = str(values)
    with np.printoptions(**options):
        assert str(ours(values)) == want
    before = np.get_printoptions()
    np.set_printoptions(**options)
    try:
        assert str(ours(values)) == want
    finally:
        np.set_printoptions(**before)


def test_printoptions_are_taken_by_position():
    with np.printoptions(2, 5):
        assert str(np.array([1 / 3])) == "[0.33]"
        assert "..." in str(np.zeros(9))


def test_array2string_and_friends():
    values = onp.array([1.123456, 2], "float32")
    assert np.array2string(ours(values), precision=2, separator=", ") == onp.array2string(
        values, precision=2, separator=", "
    )
    assert np.array_str(ours(values)) == onp.array_str(values)


@pytest.mark.parametrize("text", ["", ".2f", "5.1f", "e", "g", ">10.3f"])
def test_format_of_one_element(text):
    assert format(np.array(1.25), text) == format(onp.float32(1.25), text)
    assert f"{np.array(3, dtype='int64'):d}" == "3"


def test_format_of_many_elements_takes_no_specification():
    assert f"{np.array([1.0, 2.0])}" == "[1. 2.]"
    with pytest.raises(TypeError):
        format(np.array([1.0, 2.0]), ".2f")


def test_printing_a_view_and_a_pending_array():
    values = sample_array("float32", (90, 70))
    assert str(ours(values).T[::2] * 2) == str(values.T[::2] * 2)


OPTIONS = [
    {},
    {"precision": 3},
    {"precision": 0},
    {"precision": 16},
    {"suppress": True},
    {"threshold": 10},
    {"threshold": 0},
    {"threshold": 5, "edgeitems": 1},
    {"linewidth": 40},
    {"linewidth": 20, "precision": 4},
    {"edgeitems": 2, "threshold": 6, "linewidth": 50},
    {"sign": "+"},
    {"sign": " "},
    {"floatmode": "fixed"},
    {"floatmode": "unique"},
    {"floatmode": "maxprec_equal"},
    {"nanstr": "NaN!", "infstr": "INF"},
    {"precision": 2, "suppress": True, "sign": "+"},
    {"formatter": {"float_kind": "{:.2f}".format}},
    {"formatter": {"int": lambda value: hex(int(value))}},
    {"formatter": {"all": lambda value: "x"}},
    {"formatter": {"bool": lambda value: "TF"[not value]}},
    {"formatter": {"complex_kind": lambda value: "C"}},
    {"override_repr": lambda array: f"<{array.ndim}>"},
]
SHAPES = [
    (),
    (1,),
    (7,),
    (2, 3),
    (3, 1),
    (2, 2, 2),
    (1, 1, 1, 2),
    (0,),
    (2, 0),
    (1001,),
    (30, 40),
    (3, 400),
    (11, 11, 11),
]


def printed_values():
    """Arrays of every dtype and shape: round numbers, tiny and huge ones, with nan and infinity among them."""
    generator = onp.random.default_rng(0)
    for dtype in NUMPY_DTYPES:
        for shape in SHAPES:
            drawn = generator.normal(size=shape)
            if onp.dtype(dtype).kind in "biu":
                yield onp.asarray(abs(drawn) * 50).astype(dtype)
                continue
            for scale in (1, 1e-6, 1e9):
                with onp.errstate(all="ignore"):
                    values = onp.asarray(drawn * scale + (0j if onp.dtype(dtype).kind == "c" else 0)).astype(dtype)
                if scale < 1 and values.size > 2:
                    values.flat[1:3] = onp.nan, -onp.inf
                yield values
            yield onp.asarray(onp.round(drawn, 1)).astype(dtype)


VALUES = list(printed_values())


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_everything_is_printed_to_the_last_blank(numpy_dtypes, options):
    for values in VALUES:
        with onp.printoptions(**options):
            want = str(values), repr(values)
        with np.printoptions(**options):
            assert (str(ours(values)), repr(ours(values))) == want


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"separator": ","},
        {"separator": ", ", "prefix": "array(", "suffix": ")"},
        {"max_line_width": 30},
        {"precision": 2},
        {"suppress_small": True},
        {"threshold": 5},
        {"threshold": 5, "edgeitems": 1},
        {"floatmode": "fixed", "precision": 2},
        {"sign": "+"},
        {"formatter": {"float_kind": "{:.1f}".format, "int": "i{}".format}},
    ],
    ids=str,
)
def test_array2string_takes_numpys_arguments(numpy_dtypes, arguments):
    for values in VALUES:
        assert np.array2string(ours(values), **arguments) == onp.array2string(values, **arguments)


@pytest.mark.parametrize("arguments", [{}, {"max_line_width": 30}, {"precision": 2}, {"suppress_small": True}], ids=str)
def test_array_repr_and_array_str_take_numpys_arguments(numpy_dtypes, arguments):
    for values in VALUES:
        assert np.array_repr(ours(values), **arguments) == onp.array_repr(values, **arguments)
        assert np.array_str(ours(values), **arguments) == onp.array_str(values, **arguments)


@pytest.mark.parametrize(
    "options", [{"precision": -1}, {"sign": "x"}, {"floatmode": "q"}, {"threshold": onp.nan}, {"bogus": 1}], ids=str
)
def test_print_options_that_do_not_exist(options):
    before = np.get_printoptions()
    with pytest.raises((ValueError, TypeError)):
        np.set_printoptions(**options)
    assert np.get_printoptions() == before == onp.get_printoptions()
    with pytest.raises(ValueError, match="legacy"):
        np.set_printoptions(legacy="1.13")
    assert not hasattr(np.ndarray, "_repr_html_")
