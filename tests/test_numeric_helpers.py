"""Functions in Python over others, with NumPy as judge: joining, walking, bits, histograms, polynomials, dtypes."""

import numpy as onp
import pytest

from mxnet import np

GENERATOR = onp.random.default_rng(5)
POINTS = GENERATOR.normal(size=(60, 3))
WEIGHTS = GENERATOR.random(60)


def same(ours, theirs, exact=True):
    theirs = onp.asarray(theirs)
    assert ours.shape == theirs.shape
    if exact:
        onp.testing.assert_array_equal(ours.asnumpy(), theirs)
    else:
        onp.testing.assert_allclose(ours.asnumpy(), theirs, rtol=1e-9, atol=1e-9)


JOINS = [
    lambda xp, x, y: xp.r_[x[0], 0, 0, y[0]],
    lambda xp, x, y: xp.r_[-1:1:5j, 3, x[1]],
    lambda xp, x, y: xp.r_["0", x, y],
    lambda xp, x, y: xp.r_["-1", x, y],
    lambda xp, x, y: xp.r_["0,2", x[0], y[0]],
    lambda xp, x, y: xp.r_["0,2,0", x[0], y[0]],
    lambda xp, x, y: xp.r_["1,2,0", x[0], y[0]],
    lambda xp, x, y: xp.r_["0,3,1", x, y],
    lambda xp, x, y: xp.c_[x[0], y[0]],
    lambda xp, x, y: xp.c_[x, y],
    lambda xp, x, y: xp.c_[x[0], 1 + x[1], x[2]],
]


@pytest.mark.parametrize("join", JOINS, ids=range(len(JOINS)))
def test_joining_by_subscripts(join):
    x, y = POINTS[:3], POINTS[3:6]
    same(join(np, np.array(x), np.array(y)), join(onp, x, y))


def test_matrices_by_subscript_are_refused():
    with pytest.raises(TypeError, match="matrix"):
        np.r_["r", np.ones(2), np.ones(2)]
    with pytest.raises(ValueError, match="special directive"):
        np.r_["a,b", np.ones(2)]


@pytest.mark.parametrize("bitorder", ["big", "little"])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
@pytest.mark.parametrize("shape", [(3, 13), (0, 5), (8, 16), (1, 1)])
def test_bits_are_packed_and_unpacked(shape, axis, bitorder):
    bits = GENERATOR.integers(0, 2, shape).astype("uint8")
    theirs = onp.packbits(bits, axis=axis, bitorder=bitorder)
    ours = np.packbits(np.array(bits), axis=axis, bitorder=bitorder)
    same(ours, theirs)
    for count in (None, 0, 5, -1, 40):
        if theirs.size == 0:  # NumPy returns whatever the memory held
            continue
        same(
            np.unpackbits(ours, axis=axis, count=count, bitorder=bitorder),
            onp.unpackbits(theirs, axis=axis, count=count, bitorder=bitorder),
        )


def test_bits_of_floats_are_refused():
    with pytest.raises(TypeError):
        np.packbits(np.ones(3))
    with pytest.raises(TypeError):
        np.unpackbits(np.ones(3, dtype="int32"))
    with pytest.raises(ValueError):
        np.packbits(np.ones(3, dtype="bool"), bitorder="middle")


HISTOGRAMS = [
    {},
    {"bins": 4},
    {"bins": (3, 4, 5)},
    {"bins": 3, "range": [(-1, 1)] * 3},
    {"bins": 3, "density": True},
    {"bins": 3, "weights": WEIGHTS},
    {"bins": [onp.linspace(-2, 2, 5)] * 3, "density": True, "weights": WEIGHTS},
]


@pytest.mark.parametrize("options", HISTOGRAMS, ids=range(len(HISTOGRAMS)))
def test_histograms_of_several_variables(options):
    counts, edges = onp.histogramdd(POINTS, **options)
    own_counts, own_edges = np.histogramdd(np.array(POINTS), **options)
    same(own_counts, counts, exact=False)
    for own, edge in zip(own_edges, edges, strict=True):
        same(own, edge, exact=False)


@pytest.mark.parametrize("bins", [10, [3, 4], onp.linspace(-1, 1, 6), [3, onp.linspace(-1, 1, 6)]], ids=range(4))
def test_histograms_of_two_variables(bins):
    theirs = onp.histogram2d(POINTS[:, 0], POINTS[:, 1], bins=bins)
    ours = np.histogram2d(np.array(POINTS[:, 0]), np.array(POINTS[:, 1]), bins=bins)
    for own, other in zip(ours, theirs, strict=True):
        same(own, other, exact=False)


def test_histograms_refuse_what_does_not_fit():
    for bad in ({"bins": 0}, {"bins": [3]}, {"range": [(0, 1)]}, {"bins": [[3, 2, 1]] * 3}):
        with pytest.raises(ValueError):
            np.histogramdd(np.array(POINTS), **bad)
    with pytest.raises(ValueError, match="same length"):
        np.histogram2d(np.ones(2), np.ones(3))


COEFFICIENTS = [[1.0, -6.0, 11.0, -6.0], [2.0, 0.0, 1.0], [0.0, 3.0, 1.0], [5.0], [1.0, 0.0, 0.0]]


@pytest.mark.parametrize("p", COEFFICIENTS, ids=str)
@pytest.mark.parametrize("q", COEFFICIENTS[:2], ids=str)
def test_polynomials_calculate(p, q):
    ours, theirs = (np.array(p, dtype="float64"), np.array(q, dtype="float64")), (p, q)
    for name in ("polyadd", "polysub", "polymul"):
        same(getattr(np, name)(*ours), getattr(onp, name)(*theirs))
    for own, other in zip(np.polydiv(*ours), onp.polydiv(*theirs), strict=True):
        same(own, other, exact=False)
    x = onp.linspace(-1, 1, 4)
    same(np.polyval(ours[0], np.array(x)), onp.polyval(p, x), exact=False)
    for m in (0, 1, 2):
        same(np.polyder(ours[0], m), onp.polyder(p, m))
        same(np.polyint(ours[0], m), onp.polyint(p, m), exact=False)
    same(np.polyint(ours[0], 2, k=[1.0, 2.0]), onp.polyint(p, 2, k=[1.0, 2.0]), exact=False)


def test_polynomial_objects_calculate_and_print():
    ours, theirs = np.poly1d([1, 2, 3]), onp.poly1d([1, 2, 3])
    assert str(ours) == str(onp.poly1d([1.0, 2.0, 3.0]))
    assert repr(ours) == "poly1d([1., 2., 3.])"
    same((ours * ours + 2).c, (theirs * theirs + 2).c)
    same((ours**3 - ours).c, (theirs**3 - theirs).c)
    same((2 - ours).c, (2 - theirs).c)
    same(ours(np.poly1d([1, 1])).c, theirs(onp.poly1d([1, 1])).c)
    onp.testing.assert_allclose(ours.integ(k=2).c.asnumpy(), theirs.integ(k=2).c, rtol=1e-6)
    assert ours.order == theirs.order == len(ours)
    assert float(ours[1]) == 2 and ours == np.poly1d([1, 2, 3]) and ours != np.poly1d([1])
    ours[4] = 7
    theirs[4] = 7
    same(ours.c, theirs.c)


def test_polynomials_from_roots():
    same(np.poly(np.array([1.0, 2.0, 4.0])), onp.poly([1.0, 2.0, 4.0]))
    same(np.poly1d([1.0, 2.0], r=True).c, onp.poly1d([1.0, 2.0], r=True).c)
    with pytest.raises(ValueError):
        np.poly(np.ones((2, 3)))


@pytest.mark.parametrize("p", COEFFICIENTS, ids=str)
def test_roots_of_polynomials(p):
    theirs = onp.sort_complex(onp.roots(p))
    ours = onp.sort_complex(np.roots(np.array(p, dtype="float64")).asnumpy())
    onp.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("options", [{}, {"w": onp.linspace(1, 2, 12)}, {"cov": True}, {"cov": "unscaled"}], ids=str)
@pytest.mark.parametrize("several", [False, True])
def test_polynomials_are_fitted(options, several):
    x = onp.linspace(-1, 1, 12)
    y = onp.stack([x**2 + 1, x**3 - x]).T + 0.01 * POINTS[:12, :2] if several else x**2 + 1 + 0.01 * POINTS[:12, 0]
    theirs = onp.polyfit(x, y, 3, **options)
    ours = np.polyfit(np.array(x), np.array(y), 3, **options)
    if "cov" in options:
        for own, other in zip(ours, theirs, strict=True):
            onp.testing.assert_allclose(own.asnumpy(), other, rtol=1e-6, atol=1e-9)
    else:
        onp.testing.assert_allclose(ours.asnumpy(), theirs, rtol=1e-6, atol=1e-9)


def test_fits_refuse_what_does_not_fit():
    x = np.ones(3)
    for error, arguments in (
        (ValueError, (x, x, -1)),
        (TypeError, (np.ones((2, 2)), x, 1)),
        (TypeError, (np.ones(0), np.ones(0), 1)),
        (TypeError, (x, np.ones(4), 1)),
    ):
        with pytest.raises(error):
            np.polyfit(*arguments)


def test_broadcast_walks_in_step():
    ours = np.broadcast(np.array([[1], [2]]), np.arange(3), 5)
    theirs = onp.broadcast(onp.array([[1], [2]]), onp.arange(3), 5)
    assert (ours.shape, ours.size, ours.nd, ours.numiter) == (theirs.shape, theirs.size, theirs.nd, theirs.numiter)
    assert [tuple(map(float, row)) for row in ours] == [tuple(map(float, row)) for row in theirs]
    assert ours.index == theirs.index == 6
    with pytest.raises(ValueError):
        np.broadcast(np.ones(2), np.ones(3))


@pytest.mark.parametrize("order", ["C", "F", "K"])
@pytest.mark.parametrize("flags", [["multi_index"], ["c_index"], ["f_index"], ["multi_index", "c_index"]], ids=str)
def test_nditer_gives_elements_with_their_places(order, flags):
    x = POINTS[:2]
    ours, theirs = np.nditer(np.array(x), flags=flags, order=order), onp.nditer(x, flags=flags, order=order)
    for own, other in zip(ours, theirs, strict=True):
        assert float(own) == float(other)
        if "multi_index" in flags:
            assert ours.multi_index == theirs.multi_index
        if len(flags) == 1 and flags[0].endswith("_index") and flags[0] != "multi_index":
            assert ours.index == theirs.index


def test_nditer_writes_through_and_makes_results():
    flags = [["readwrite"], ["readonly"], ["writeonly", "allocate"]]
    x = np.array(POINTS[:2])
    with np.nditer([x, np.arange(3.0), None], op_flags=flags) as walk:
        for element, other, made in walk:
            made[...] = element + other
            element[...] = 0
        result = walk.operands[2]
    onp.testing.assert_allclose(result.asnumpy(), POINTS[:2] + onp.arange(3.0))
    assert not x.any()
    outside = [run.tolist() for run in np.nditer(np.arange(4).reshape(2, 2).T, flags=["external_loop"])]
    assert outside == [[0.0, 1.0, 2.0, 3.0]]


def test_nditer_refuses_what_it_cannot_do():
    with pytest.raises(ValueError, match="global flag"):
        np.nditer(np.ones(3), flags=["quickly"])
    with pytest.raises(ValueError, match="zero-sized"):
        np.nditer(np.ones(0))
    with pytest.raises(ValueError, match="broadcast"):
        np.nditer([np.ones(1), np.ones(3)], op_flags=["readwrite"])


@pytest.mark.parametrize("options", [{}, {"axis": 0}, {"discont": 4.0}, {"period": 3.0}], ids=str)
def test_angles_are_unwrapped(options):
    angles = onp.angle(onp.exp(3j * POINTS[:10].cumsum(axis=0)))
    same(np.unwrap(np.array(angles), **options), onp.unwrap(angles, **options), exact=False)
    whole = onp.array([0, 3, 9, 1, 5])
    same(np.unwrap(np.array(whole), period=4), onp.unwrap(whole, period=4))


def test_close_to_real_and_smallest_dtypes():
    z = onp.array([2.1 + 4e-14j, 5.2 + 3e-15j])
    same(np.real_if_close(np.array(z), tol=1000), onp.real_if_close(z, tol=1000))
    same(np.real_if_close(np.array(z)), onp.real_if_close(z))
    for value in (0, 255, 256, -1, -129, 1.5, 1e50, 2**40, True):
        assert np.min_scalar_type(value) == onp.min_scalar_type(value)
    assert np.common_type(np.ones(1, dtype="complex64"), np.ones(1, dtype="float64")) is onp.complex128
    with pytest.raises(TypeError):
        np.common_type(np.ones(1, dtype="bool"))


def test_names_of_numpy_1_are_the_new_functions():
    assert np.product is np.prod and np.alltrue is np.all and np.sometrue is np.any and np.round_ is np.round
    assert np.trapz is np.trapezoid and onp.isnan(np.NAN) and np.PINF == -np.NINF == onp.inf
    same(np.in1d(np.array([[1, 2], [5, 2]]), [2]), onp.isin([1, 2, 5, 2], [2]))
    same(np.msort(np.array([[3, 1], [2, 4]])), [[2, 1], [3, 4]])


@pytest.mark.parametrize("name", ["divmod", "modf", "frexp"])
def test_pairs_of_results_are_written_where_told(name):
    x = onp.array([[7.5, -7.5, 0.0], [1e3, 2.0, -0.25]])
    operands = (x, onp.array([2.0, 3.0, 0.5])) if name == "divmod" else (x,)
    expected = getattr(onp, name)(*operands)
    ours = [np.array(one) for one in operands]
    out = tuple(np.array(onp.full(one.shape, 5, one.dtype)) for one in expected)
    results = getattr(np, name)(*ours, out=out)
    assert results[0] is out[0] and results[1] is out[1]
    mask = onp.array([True, False, True])
    partial = tuple(np.array(onp.full(one.shape, 5, one.dtype)) for one in expected)
    getattr(np, name)(*ours, out=partial, where=np.array(mask))
    for got, part, want in zip(results, partial, expected, strict=True):
        onp.testing.assert_array_equal(got.asnumpy(), want)
        onp.testing.assert_array_equal(part.asnumpy(), onp.where(mask, want, 5))
    for wrong in ((out[0],), [out[0], out[1]]):
        with pytest.raises((TypeError, ValueError)):
            getattr(np, name)(*ours, out=wrong)
    with pytest.raises(TypeError):
        getattr(np, name)(**{"x1": x, "x2": x} if name == "divmod" else {"x": x})


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "float16", "float64"])
@pytest.mark.parametrize("edges", [{"to_begin": 3}, {"to_end": -2, "to_begin": 1}, {"to_end": [4, 5]}], ids=str)
def test_differences_between_given_edges(dtype, edges):
    x = onp.array([1, 3, 6, 7, 1], dtype=dtype)
    edges = {key: value if isinstance(value, int) else onp.array(value, dtype) for key, value in edges.items()}
    wanted = onp.ediff1d(x, **edges)
    got = np.ediff1d(np.array(x), **edges)
    same(got, wanted)
    assert got.dtype == wanted.dtype
    with pytest.raises(TypeError, match="same_kind"):
        np.ediff1d(np.array([1, 2], dtype="int32"), to_end=0.5)


@pytest.mark.parametrize("keywords", [{}, {"left": -7}, {"right": 8}], ids=str)
def test_interpolation_beside_infinities(keywords):
    at = onp.array([0.0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, onp.nan, onp.inf])
    for values in ([1, 2, onp.inf, 4], [onp.inf, onp.inf, 2, 3], [1, -onp.inf, onp.inf, onp.nan], [onp.inf] * 4):
        points, values = onp.array([1.0, 2, 3, 4]), onp.array(values, float)
        with onp.errstate(invalid="ignore"):
            wanted = onp.interp(at, points, values, **keywords)
        same(np.interp(np.array(at), np.array(points), np.array(values), **keywords), wanted)
