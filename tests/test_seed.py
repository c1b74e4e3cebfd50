"""The snippets of MXNet's page "Differences between NP on MXNet and NumPy", verbatim, with the results it describes."""

import numpy as onp
import pytest

from mxnet import np, npx

npx.set_np()


@pytest.fixture
def gpu():
    return npx.gpu() if npx.num_gpus() > 0 else npx.cpu()


def test_extra_functionalities(gpu):
    a = np.array(1, ctx=gpu)
    b = np.random.uniform(ctx=gpu)
    assert repr((a, b.context)) == f"(array(1.), {gpu!r})"
    shown = a.copyto(npx.cpu()), b.as_in_context(npx.cpu())
    assert repr(shown[0]) == "array(1.)" and shown[1].shape == ()


def test_default_data_types():
    assert (onp.array([1, 2]).dtype, onp.array([1.2, 2.3]).dtype) == (onp.int64, onp.float64)
    assert repr((np.array([1, 2]).dtype, np.array([1.2, 2.3]).dtype)) == "(dtype('float32'), dtype('float32'))"


def test_scalars():
    a = np.array([1, 2])
    assert (type(a[0]), type(a.sum())) == (np.ndarray, np.ndarray)
    b = a[0]
    assert (b.ndim, b.size, isinstance(b, np.ndarray)) == (0, 1, True)
    assert (float(a[0]), float(a.sum())) == (1.0, 3.0)


def test_save(gpu, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    a = np.array(1, ctx=gpu)
    npx.save("a", a)
    loaded = npx.load("a")
    loaded = loaded[0] if isinstance(loaded, list) else loaded
    assert float(loaded) == 1.0 and loaded.dtype == onp.float32 and loaded.ctx == gpu


def test_save_of_lists_and_dicts(tmp_path):
    file = str(tmp_path / "arrays")
    npx.save(file, [np.ones((2, 3)), np.arange(4)])
    assert [x.shape for x in npx.load(file)] == [(2, 3), (4,)]
    npx.save(file, {"weight": np.ones((2, 3)), "bias": np.zeros(3, dtype="float64")})
    loaded = npx.load(file)
    assert set(loaded) == {"weight", "bias"} and loaded["bias"].dtype == onp.float64


def test_matplotlib():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.plot(np.array([1, 2]).asnumpy())
    plt.close()
