"""Our arrays in other libraries, as they are: what takes NumPy's arrays takes ours, and gives the same.

Over the usual length, because the libraries share the ways of judging; each is a table of calls.
"""

import json
import pickle

import matplotlib

matplotlib.use("Agg")

import array_api_compat
import einops
import numpy as onp
import opt_einsum
import pandas
import pytest
import xarray
from matplotlib import pyplot
from PIL import Image
from scipy import fft, integrate, interpolate, linalg, optimize, signal, sparse, spatial, stats

from mxnet import np
from oracle import host, ours, same_bits, sample_array

X = onp.linspace(0, 1, 20).astype("float32")
Y = onp.exp(X)
Z = onp.outer(X, Y) + onp.eye(20, dtype="float32")


def is_ours(value):
    if isinstance(value, (tuple, list)):
        return all(map(is_ours, value))
    return isinstance(value, np.ndarray)


def agree(mine, theirs, tolerance=1e-5):
    """Compare results of any depth, as float64."""
    if isinstance(theirs, (tuple, list)):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs):
            agree(one, other, tolerance)
        return
    onp.testing.assert_allclose(onp.asarray(mine), onp.asarray(theirs), tolerance, tolerance)


# --- matplotlib

DRAWN = {
    "plot": lambda axes, x, y, z: axes.plot(x, y),
    "plot_columns": lambda axes, x, y, z: axes.plot(z),
    "scatter": lambda axes, x, y, z: axes.scatter(x, y, c=y, s=x * 10),
    "hist": lambda axes, x, y, z: axes.hist(x, bins=4),
    "hist_edges": lambda axes, x, y, z: axes.hist(x, bins=x[::4]),
    "hist2d": lambda axes, x, y, z: axes.hist2d(x, y),
    "imshow": lambda axes, x, y, z: axes.imshow(z),
    "errorbar": lambda axes, x, y, z: axes.errorbar(x, y, yerr=x * 0.1, xerr=x * 0.2),
    "fill_between": lambda axes, x, y, z: axes.fill_between(x, y, x, where=x > 0.5),
    "contour": lambda axes, x, y, z: axes.contour(x, y, z),
    "contourf": lambda axes, x, y, z: axes.contourf(z, levels=x[::5]),
    "bar": lambda axes, x, y, z: axes.bar(x, y),
    "barh": lambda axes, x, y, z: axes.barh(x, y),
    "pie": lambda axes, x, y, z: axes.pie(y[:4]),
    "step": lambda axes, x, y, z: axes.step(x, y),
    "stem": lambda axes, x, y, z: axes.stem(x, y),
    "quiver": lambda axes, x, y, z: axes.quiver(x, y, x, y),
    "pcolormesh": lambda axes, x, y, z: axes.pcolormesh(x, y, z),
    "stackplot": lambda axes, x, y, z: axes.stackplot(x, y, y),
    "loglog": lambda axes, x, y, z: axes.loglog(x + 1, y),
    "limits": lambda axes, x, y, z: (axes.set_xlim(x.min(), x.max()), axes.set_xticks(x), axes.axhline(y.mean())),
}


def picture(draw, arrays):
    figure, axes = pyplot.subplots(figsize=(3, 2), dpi=50)
    draw(axes, *arrays)
    figure.canvas.draw()
    pixels = onp.array(figure.canvas.buffer_rgba())
    pyplot.close(figure)
    return pixels


@pytest.mark.parametrize("name", DRAWN)
def test_matplotlib_draws_the_same_picture(name):
    assert same_bits(picture(DRAWN[name], map(ours, (X, Y, Z))), picture(DRAWN[name], (X, Y, Z)))


# --- pandas


def frame(z):
    return pandas.DataFrame(z, columns=[f"c{n}" for n in range(20)])


FRAMES = {
    "series": lambda x, z: pandas.Series(x),
    "series_with_index": lambda x, z: pandas.Series(x, index=x),
    "index": lambda x, z: pandas.Index(x).to_series(),
    "frame": lambda x, z: frame(z),
    "columns": lambda x, z: pandas.DataFrame({"a": x, "b": x * 2}),
    "assign": lambda x, z: frame(z).assign(new=x),
    "series_times_array": lambda x, z: pandas.Series(x) * x,
    "array_times_series": lambda x, z: x * pandas.Series(x),
    "array_minus_frame": lambda x, z: x - frame(z),
    "frame_at_array": lambda x, z: frame(z) @ x,
    "ufunc": lambda x, z: np.exp(pandas.Series(x)),
    "where": lambda x, z: pandas.Series(x).where(x > 0.5, x * 2),
    "cut": lambda x, z: pandas.Series(pandas.cut(x, x[::5]).codes),
    "isin": lambda x, z: pandas.Series(x).isin(x[3:5]),
    "mask": lambda x, z: pandas.Series(x)[(x > 0.5).tolist()],
    "positions": lambda x, z: pandas.Series(x).iloc[np.array([3, 1], dtype="int64")],
    "concat": lambda x, z: pandas.concat([pandas.Series(x), pandas.Series(x)]),
    "scalar": lambda x, z: frame(z).fillna(x[0]),
}


@pytest.mark.parametrize("name", FRAMES)
def test_pandas_makes_the_same_table(name):
    mine, theirs = FRAMES[name](ours(X), ours(Z)), FRAMES[name](X, Z)
    assert type(mine) is type(theirs)
    onp.testing.assert_allclose(mine.to_numpy(), theirs.to_numpy(), 1e-6)
    assert list(mine.index) == list(theirs.index)


def test_pandas_gives_its_tables_to_us():
    table = pandas.DataFrame({"a": [1.5, 2], "b": [3, 4]})
    assert np.array(table).tolist() == [[1.5, 3], [2, 4]]
    assert np.asarray(table["b"]).dtype == "int64"
    assert is_ours(np.mean(table["a"])) and float(np.ones(2) @ np.array(table["a"])) == 3.5


# --- SciPy

CONVERTED = {
    "solve": lambda x, y, z: linalg.solve(z + 20 * np.eye(20), y),
    "svd": lambda x, y, z: linalg.svdvals(z),
    "expm": lambda x, y, z: linalg.expm(z / 20),
    "minimize": lambda x, y, z: optimize.minimize(lambda p: ((np.asarray(p) - 1) ** 2).sum(), x[:3]).x,
    "curve_fit": lambda x, y, z: optimize.curve_fit(lambda t, a, b: a * t + b, x, y)[0],
    "spline": lambda x, y, z: interpolate.CubicSpline(x, y)(x + 0.01),
    "grid": lambda x, y, z: interpolate.RegularGridInterpolator((x, x), z)(np.stack([x, x], -1)),
    "ivp": lambda x, y, z: integrate.solve_ivp(lambda t, s: -s, (0, 1), y[:2]).y,
    "cdist": lambda x, y, z: spatial.distance.cdist(z, z),
    "tree": lambda x, y, z: spatial.cKDTree(z).query(z)[0],
    "csr": lambda x, y, z: sparse.csr_matrix(z).toarray(),
    "csr_at_array": lambda x, y, z: sparse.csr_matrix(z) @ x,
    "array_at_csr": lambda x, y, z: x @ sparse.csr_matrix(z),
    "find_peaks": lambda x, y, z: signal.find_peaks(np.sin(x * 30))[0],
    "lfilter": lambda x, y, z: signal.lfilter(x[1:3], y[:2], x),
    "fft": lambda x, y, z: fft.fft(x),
    "ttest": lambda x, y, z: stats.ttest_ind(x, y).pvalue,
    "zscore": lambda x, y, z: stats.zscore(x),
}


@pytest.mark.parametrize("name", CONVERTED)
def test_scipy_takes_our_arrays(name):
    agree(CONVERTED[name](ours(X), ours(Y), ours(Z)), CONVERTED[name](X, Y, Z), 1e-3)


#: for a process with SCIPY_ARRAY_API=1, which SciPy reads when it is imported: what stays ours, and equals NumPy's
ARRAY_API_PROGRAM = """
import numpy, scipy.special, scipy.cluster.vq
from scipy import differentiate, fft, integrate, linalg, ndimage, signal, special, stats
from mxnet import np

x = numpy.linspace(0.1, 0.9, 20)
z = numpy.outer(x, x) + numpy.eye(20)
calls = {
    "expit": lambda x, z: special.expit(x),
    "logsumexp": lambda x, z: special.logsumexp(x),
    "softmax": lambda x, z: special.softmax(z, axis=1),
    "gammaln": lambda x, z: special.gammaln(x),
    "xlogy": lambda x, z: special.xlogy(x, x),
    "fft": lambda x, z: fft.fft(x),
    "irfft": lambda x, z: fft.irfft(fft.rfft(x)),
    "fftn": lambda x, z: fft.fftn(z),
    "dct": lambda x, z: fft.dct(x),
    "zscore": lambda x, z: stats.zscore(x),
    "skew": lambda x, z: stats.skew(x),
    "gmean": lambda x, z: stats.gmean(x),
    "pearsonr": lambda x, z: stats.pearsonr(x, x * x).statistic,
    "ttest": lambda x, z: stats.ttest_1samp(x, 0.4).pvalue,
    "entropy": lambda x, z: stats.entropy(x),
    "rankdata": lambda x, z: stats.rankdata(x),
    "convolve": lambda x, z: signal.convolve(x, x),
    "fftconvolve": lambda x, z: signal.fftconvolve(x, x),
    "detrend": lambda x, z: signal.detrend(x),
    "hilbert": lambda x, z: signal.hilbert(x),
    "savgol": lambda x, z: signal.savgol_filter(x, 5, 2),
    "medfilt": lambda x, z: signal.medfilt(x),
    "whiten": lambda x, z: scipy.cluster.vq.whiten(z),
    "vq": lambda x, z: scipy.cluster.vq.vq(z, z[:2])[1],
    "gaussian": lambda x, z: ndimage.gaussian_filter(z, 1),
    "zoom": lambda x, z: ndimage.zoom(z, 2),
    "trapezoid": lambda x, z: integrate.trapezoid(x, x),
    "cumulative": lambda x, z: integrate.cumulative_trapezoid(x, x),
    "derivative": lambda x, z: differentiate.derivative(numpy.exp, x).df,
}
from mxnet import npx
npx.set_np(dtype=True)
for name, call in calls.items():
    mine, theirs = call(np.array(x), np.array(z)), call(x, z)
    assert isinstance(mine, np.ndarray), (name, type(mine))
    numpy.testing.assert_allclose(mine.asnumpy(), theirs, 1e-6, 1e-9, err_msg=name)
print(len(calls))
"""


def test_scipy_in_its_array_api_mode_computes_with_our_functions(run_python):
    assert run_python(ARRAY_API_PROGRAM, SCIPY_ARRAY_API="1").strip() == "29"


# --- scikit-learn


def estimators():
    from sklearn.cluster import KMeans
    from sklearn.decomposition import PCA
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
    from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    return {
        "linear": LinearRegression(),
        "ridge": Ridge(),
        "boosting": HistGradientBoostingRegressor(max_iter=5),
        "logistic": LogisticRegression(),
        "forest": RandomForestClassifier(5, random_state=0),
        "svc": SVC(),
        "neighbours": KNeighborsClassifier(),
        "bayes": GaussianNB(),
        "tree": DecisionTreeClassifier(random_state=0),
        "pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
        "kmeans": KMeans(3, n_init=1, random_state=0),
        "pca": PCA(2),
    }


POINTS = sample_array("float64", (120, 4))
LABELS = (POINTS[:, 0] + POINTS[:, 1] > 0).astype("int64")


@pytest.mark.parametrize("share", [np.shares_memory, np.may_share_memory, onp.shares_memory, onp.may_share_memory])
def test_memory_shared_with_numpy_is_known(share):
    x = ours(Z)
    seen = onp.asarray(x)
    assert share(seen, x) and share(x, seen[3:]) and share(np.asarray(seen), np.asarray(seen[::2]))
    assert not share(seen[:3], x[4:]) and not share(x, onp.array(x)) and not share(x[:0], seen)


@pytest.mark.parametrize("name", estimators())
def test_scikit_learn_fits_and_predicts_the_same(name):
    def predicted(points, labels):
        model = estimators()[name].fit(points, labels)
        return model.predict(points) if hasattr(model, "predict") else model.transform(points)

    agree(predicted(ours(POINTS), ours(LABELS)), predicted(POINTS, LABELS))


def test_scikit_learn_splits_and_scores_our_arrays():
    from sklearn.metrics import accuracy_score, confusion_matrix
    from sklearn.model_selection import cross_val_score, train_test_split

    points, labels = ours(POINTS), ours(LABELS)
    assert is_ours(train_test_split(points, labels, random_state=0))
    assert accuracy_score(labels, labels) == 1 and confusion_matrix(labels, labels).sum() == 120
    assert cross_val_score(estimators()["logistic"], points, labels).mean() > 0.8


# --- Pillow


@pytest.mark.parametrize(
    "pixels",
    [
        sample_array("uint8", (6, 5, 3)),
        sample_array("uint8", (6, 5, 4))[::2, ::-1],
        sample_array("uint8", (6, 5)).T,
        sample_array("float32", (6, 5)),
        sample_array("int32", (6, 5)),
        sample_array("bool", (6, 5)),
    ],
    ids=lambda pixels: f"{pixels.dtype}{pixels.shape}",
)
def test_pillow_makes_pictures_of_arrays_and_arrays_of_pictures(pixels):
    picture, expected = Image.fromarray(ours(pixels)), Image.fromarray(pixels)
    assert picture.mode == expected.mode and picture.tobytes() == expected.tobytes()
    assert same_bits(np.array(picture).asnumpy(), onp.array(expected))


# --- xarray


def cells(z):
    return xarray.DataArray(z, dims=("a", "b"), coords={"a": X, "b": Y})


LABELLED = {
    "add": lambda z: cells(z) + 1,
    "multiply": lambda z: cells(z) * cells(z),
    "array_times_cells": lambda z: z * cells(z),
    "numpy_ufunc": lambda z: onp.exp(cells(z)),
    "our_ufunc": lambda z: np.exp(cells(z)),
    "mean": lambda z: cells(z).mean("a"),
    "std": lambda z: cells(z).std(),
    "isel": lambda z: cells(z).isel(a=slice(2, 5)),
    "fancy": lambda z: cells(z).isel(a=[1, 2]),
    "where": lambda z: cells(z).where(cells(z) > 1),
    "transpose": lambda z: cells(z).T,
    "stack": lambda z: cells(z).stack(c=("a", "b")),
    "concat": lambda z: xarray.concat([cells(z), cells(z)], "a"),
    "roll": lambda z: cells(z).roll(a=2),
    "shift": lambda z: cells(z).shift(a=1),
    "pad": lambda z: cells(z).pad(a=1),
    "cumsum": lambda z: cells(z).cumsum("a"),
    "argmax": lambda z: cells(z).argmax("a"),
    "median": lambda z: cells(z).median("a"),
    "quantile": lambda z: cells(z).quantile(0.5),
    "rolling": lambda z: cells(z).rolling(a=3).mean(),
    "coarsen": lambda z: cells(z).coarsen(a=2).mean(),
    "dot": lambda z: xarray.dot(cells(z), cells(z)),
    "fillna": lambda z: cells(z).where(cells(z) > 1).fillna(0),
    "clip": lambda z: cells(z).clip(0, 1),
    "diff": lambda z: cells(z).diff("a"),
    "groupby": lambda z: cells(z).groupby(xarray.DataArray(onp.arange(20) % 3, dims="a", name="g")).mean(),
    "dataset": lambda z: xarray.Dataset({"v": cells(z)}).mean()["v"],
}


@pytest.mark.parametrize("name", LABELLED)
def test_xarray_keeps_our_arrays(name):
    mine, theirs = LABELLED[name](ours(Z)), LABELLED[name](Z)
    assert isinstance(mine, xarray.DataArray) and is_ours(mine.data), type(getattr(mine, "data", mine))
    assert mine.dims == theirs.dims
    agree(mine.data, theirs.data)


# --- einops, opt_einsum, array-api-compat

TERMS = {
    "rearrange": lambda x, z: einops.rearrange(z, "(a b) c -> b a c", a=4),
    "rearrange_list": lambda x, z: einops.rearrange([x, x], "k a -> a k"),
    "reduce": lambda x, z: einops.reduce(z, "(a b) c -> b c", "mean", a=4),
    "reduce_max": lambda x, z: einops.reduce(z, "a b ->", "max"),
    "repeat": lambda x, z: einops.repeat(x, "a -> a k", k=3),
    "einsum": lambda x, z: einops.einsum(z, x, "a b, b -> a"),
    "pack": lambda x, z: einops.pack([x, z], "* a")[0],
    "unpack": lambda x, z: einops.unpack(z, [(2, 5), (10,)], "* a"),
    "contract": lambda x, z: opt_einsum.contract("ab,bc,cd->ad", z, z, z),
    "contract_trace": lambda x, z: opt_einsum.contract("aab->b", np.stack([z[:2], z[:2]])),
    "contract_outer": lambda x, z: opt_einsum.contract("a,b->ab", x, x),
    "expression": lambda x, z: opt_einsum.contract_expression("ab,bc->ac", z.shape, z.shape)(z, z),
}


@pytest.mark.parametrize("name", TERMS)
def test_index_notation_of_other_libraries(name):
    mine = TERMS[name](ours(X), ours(Z))
    assert is_ours(mine)
    agree(mine, TERMS[name](X, Z))


def test_einops_finds_our_arrays_when_it_is_imported_first(run_python):
    program = "import einops; from mxnet import np; print(einops.rearrange(np.ones((2, 3)), 'a b -> b a').shape)"
    assert run_python(program).strip() == "(3, 2)"


def test_array_api_compat_knows_our_arrays():
    x = ours(X)
    assert array_api_compat.array_namespace(x) is np and array_api_compat.is_array_api_obj(x)
    assert array_api_compat.to_device(x, array_api_compat.device(x)) is x and array_api_compat.size(x) == 20
    assert x.to_device("cpu", stream=None) is x


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint64", "int64", "float16", "float32", "float64"])
def test_lists_of_numbers_can_be_written_as_json(dtype):
    values = sample_array(dtype, (2, 3))
    assert json.loads(json.dumps(ours(values).tolist())) == values.tolist()


# --- PyTorch and JAX


def test_pytorch_shares_memory_both_ways():
    torch = pytest.importorskip("torch")
    x = ours(X)
    tensor = torch.from_dlpack(x)
    tensor[0] = 42
    assert float(x[0]) == 42 and tensor.data_ptr() == x.__array_interface__["data"][0]
    assert torch.asarray(x).data_ptr() == tensor.data_ptr() and tensor.dtype == torch.float32
    back = np.from_dlpack(torch.arange(6.0).reshape(2, 3).T)
    assert back.strides == (4, 12) and back.tolist() == [[0, 3], [1, 4], [2, 5]]
    half = np.array([1.5, 2], dtype="bfloat16")
    assert torch.from_dlpack(half).dtype == torch.bfloat16
    assert np.from_dlpack(torch.from_dlpack(half)).tolist() == [1.5, 2]
    assert is_ours(x * torch.ones(20)) and is_ours(torch.ones(20) * x)


def test_jax_shares_memory_both_ways():
    numpy_of_jax = pytest.importorskip("jax.numpy")
    x = ours(X)
    assert numpy_of_jax.from_dlpack(x).unsafe_buffer_pointer() == x.__array_interface__["data"][0]
    theirs = numpy_of_jax.arange(6.0)
    mine = np.from_dlpack(theirs)
    assert mine.__array_interface__["data"] == (theirs.unsafe_buffer_pointer(), True)
    assert np.from_dlpack(numpy_of_jax.ones(3, dtype="bfloat16")).dtype.name == "bfloat16"


# --- NumPy's own machinery with our arrays


def test_numpy_writes_into_its_own_memory():
    x, target = ours(Z), onp.zeros((20, 20))
    assert onp.add(x, x, out=target) is target and same_bits(target, (Z + Z).astype("float64"))
    onp.add(x, 1, out=target, where=x > 1)
    assert same_bits(target, onp.where(Z > 1, Z + 1, Z + Z).astype("float64"))
    assert onp.sum(x, axis=0, out=target[0]) is not None
    agree(target[0], Z.sum(axis=0))
    target += x
    assert type(target) is onp.ndarray
    onp.copyto(target, x)
    onp.put(target, np.array([0], dtype="int64"), np.array([7.0]))
    assert target[0, 0] == 7 and same_bits(target[1], Z[1].astype("float64"))
    with pytest.raises(TypeError):
        onp.add(x, x, out=onp.zeros((20, 20), "int64"))
    whole, parts = onp.zeros(20, "float32"), onp.modf(ours(X * 3), out=(None, onp.zeros(20, "float32")))
    agree(parts[1], onp.modf(X * 3)[1])
    assert is_ours(parts[0]) and not whole.any()


UNKNOWN = {
    "strings": lambda x: onp.strings.multiply(x, 2),
    "text": lambda x: onp.char.equal(x, x),
    "user_ufunc": lambda x: onp.frompyfunc(lambda a: a, 1, 1)(x),
    "same_name": lambda x: onp.frompyfunc(onp.exp, 1, 1)(x),
    "dates": lambda x: onp.is_busday(x),
    "special": lambda x: __import__("scipy.special").special.j0(x),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_counterpart_is_refused(name):
    with pytest.raises(TypeError, match="no counterpart"):
        UNKNOWN[name](ours(X))


def test_every_dispatched_function_of_numpy_is_ours_or_refused():
    from mxnet.numpy._absent import ABSENT
    from mxnet.numpy._overrides import counterpart

    absent = {name for names in ABSENT["np"].values() for name in names}
    spaces = {"np": onp, "np.linalg": onp.linalg, "np.fft": onp.fft}
    for module in spaces.values():
        for name in dir(module):
            function = getattr(module, name)
            if hasattr(function, "_implementation") and function.__module__.startswith("numpy") and name not in absent:
                assert counterpart(function) is not None, f"{function.__module__}.{name}"
    assert counterpart(onp.emath.sqrt) is np.emath.sqrt is not counterpart(onp.sqrt)


def test_operands_with_rules_of_their_own_answer():
    masked = onp.ma.masked_array([1.0, 2, 3], [False, True, False])
    assert isinstance(np.ones(3) * masked, onp.ma.MaskedArray) and (np.ones(3) * masked).sum() == 4

    class Refuses:
        __array_ufunc__ = None

        def __radd__(self, other):
            return "mine"

    assert np.ones(3) + Refuses() == "mine"
    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.add(np.ones(3), Refuses())

    class Answers:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return ufunc.__name__, method, len(inputs), sorted(kwargs)

    assert np.add(np.ones(3), Answers(), out=np.ones(3)) == ("add", "__call__", 2, ["out"])
    assert onp.multiply(np.ones(3), Answers()) == ("multiply", "__call__", 2, [])

    class Silent:
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return NotImplemented

        def __array__(self, dtype=None, copy=None):
            return onp.ones(3)

    assert is_ours(np.add(np.ones(3), Silent()))

    class Foreign:
        def __array_function__(self, function, types, args, kwargs):
            return "theirs"

    assert onp.concatenate([np.ones(3), Foreign()]) == "theirs"


@pytest.mark.parametrize("options", [{}, {"max_version": (1, 0)}, {"copy": True}, {"copy": False}], ids=str)
def test_dlpack_of_read_only_memory(options):
    frozen = onp.broadcast_to(X[:3], (2, 3))
    try:
        frozen.__dlpack__(**options)
    except BufferError:
        with pytest.raises(BufferError):
            np.broadcast_to(ours(X[:3]), (2, 3)).__dlpack__(**options)
    else:
        assert "dltensor" in repr(np.broadcast_to(ours(X[:3]), (2, 3)).__dlpack__(**options))


def test_dlpack_says_what_may_be_written_and_what_is_copied():
    x = ours(X)
    x.flags.writeable = False
    assert not onp.from_dlpack(x).flags.writeable and not np.from_dlpack(x).flags.writeable
    copied = np.from_dlpack(x, copy=True)
    assert copied.flags.writeable and not onp.shares_memory(onp.asarray(copied), onp.asarray(x))
    with pytest.raises(BufferError):
        x.__dlpack__(dl_device=(2, 0))
    half = np.array([1.5, 2], dtype="bfloat16")
    shared = np.from_dlpack(half.T)
    shared[0] = 3
    assert half.tolist() == [3, 2]


class Described:
    """Memory that is only described."""

    def __init__(self, array):
        self.array = array
        self.__array_interface__ = array.__array_interface__


@pytest.mark.parametrize("take", [lambda x: x, lambda x: x.T[1:], lambda x: x[::-2], lambda x: x[0, 0]], ids="abcd")
def test_array_interface_is_zero_copy(take):
    x = ours(Z)
    seen = onp.asarray(Described(take(x)))
    assert onp.shares_memory(seen, onp.asarray(x)) and same_bits(seen, take(Z))
    assert same_bits(host(np.asarray(Described(take(Z)))), take(Z))
    with pytest.raises(AttributeError):
        np.ones(2, dtype="bfloat16").__array_interface__


def test_array_copies_only_if_it_must_or_is_asked_to():
    x = ours(X)
    assert onp.shares_memory(onp.asarray(x), onp.array(x, copy=False))
    assert not onp.shares_memory(onp.asarray(x), onp.array(x, copy=True))
    with pytest.raises(ValueError):
        onp.array(x, copy=False, dtype="float64")
    assert x.__array__("float64").dtype == "float64" and x.__array__(copy=True).flags.owndata


@pytest.mark.parametrize("dtype", ["bool", "int16", "bfloat16", "float32", "complex128"])
def test_buffers_beside_a_pickle_become_memory(dtype):
    x, buffers = np.array(sample_array("int16", (30, 40)).tolist(), dtype=dtype), []
    data = pickle.dumps(x, 5, buffer_callback=buffers.append)
    received = [bytearray(buffer.raw()) for buffer in buffers]
    again = pickle.loads(data, buffers=received)
    assert again.dtype == x.dtype and bool((again == x).all()) and again.flags.writeable
    received[0][:] = bytes(len(received[0]))
    assert not again.any()
    frozen = pickle.loads(data, buffers=[bytes(buffer.raw()) for buffer in buffers])
    frozen[0] = 1
    assert bool((frozen[1:] == x[1:]).all())


def test_sizes_and_tokens():
    import sys

    from dask.base import tokenize

    x = ours(Z)
    assert sys.getsizeof(x) >= x.nbytes > sys.getsizeof(x[1:]) and sys.getsizeof(x.copy()) == sys.getsizeof(x)
    assert tokenize(x) == tokenize(x.copy()) == tokenize(x.T.copy().T)
    assert len({tokenize(each) for each in (x, x + 1, x.reshape(-1), x.astype("float64"), x.T)}) == 5


@pytest.mark.parametrize("function", ["median", "nanmedian", "percentile", "quantile", "nanpercentile", "nanquantile"])
def test_axes_of_quantiles_may_be_listed(function):
    arguments = () if "median" in function else (0.5,)
    for axis in ([0], [0, 1], []):
        mine = getattr(np, function)(ours(Z), *arguments, axis=axis)
        agree(mine, getattr(onp, function)(Z, *arguments, axis=axis))
