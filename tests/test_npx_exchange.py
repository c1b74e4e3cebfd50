"""MXNet's names for memory shared with other libraries, and for a GPU's compute capability."""

import ctypes

import numpy as onp
import pytest

import mxnet
from mxnet import np, npx

DTYPES = ["bool", "int8", "uint8", "int16", "int32", "int64", "float16", "float32", "float64", "complex64"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("capsule", [npx.to_dlpack_for_read, npx.to_dlpack_for_write])
def test_capsules_share_memory(dtype, capsule):
    x = np.array(onp.arange(12).reshape(3, 4).astype(dtype))
    for view in (x, x[::2, 1:], x.T, x[::-1]):
        y = npx.from_dlpack(capsule(view))
        assert y.dtype == x.dtype and y.shape == view.shape
        onp.testing.assert_array_equal(y.asnumpy(), view.asnumpy())
        y[...] = 1
        assert (view == 1).all()


@pytest.mark.parametrize("capsule", [npx.to_dlpack_for_read, npx.to_dlpack_for_write])
def test_pending_work_is_done_first(capsule):
    x = np.ones(100_000)
    y = np.exp(x) * 2
    later = y + 1
    z = npx.from_dlpack(capsule(y))
    z[:] = 0
    onp.testing.assert_allclose(later.asnumpy(), 2 * onp.e + 1, rtol=1e-6)
    assert not y.any()


def test_a_capsule_is_used_once():
    capsule = npx.to_dlpack_for_read(np.ones(3))
    npx.from_dlpack(capsule)
    with pytest.raises(ValueError, match=r"from_dlpack: .* used before"):
        npx.from_dlpack(capsule)


def test_memory_outlives_its_owner():
    y = npx.from_dlpack(npx.to_dlpack_for_write(np.arange(1000)))
    others = [np.ones(1000) for _ in range(5)]
    assert (y == np.arange(1000)).all() and len(others) == 5


def test_objects_with_dlpack():
    values = onp.arange(6.0).reshape(2, 3)
    y = npx.from_dlpack(values)
    y[0, 0] = 7
    assert values[0, 0] == 7
    assert npx.from_dlpack(np.ones(2)).tolist() == [1, 1]


def test_read_only_arrays():
    values = onp.arange(3.0)
    values.flags.writeable = False
    x = npx.from_numpy(values)
    with pytest.raises(ValueError, match="to_dlpack_for_write: the array is read-only"):
        npx.to_dlpack_for_write(x)
    y = npx.from_dlpack(npx.to_dlpack_for_read(x))
    assert y.tolist() == [0, 1, 2] and not y.flags.writeable


@pytest.mark.parametrize("dtype", [*DTYPES, "uint16", "uint32", "uint64", "complex128"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 4)])
def test_from_numpy(dtype, shape):
    values = onp.ones(shape, dtype)
    copied = npx.from_numpy(values, zero_copy=False)
    assert values.flags.writeable and not onp.shares_memory(onp.asarray(copied), values)
    shared = npx.from_numpy(values)
    assert not values.flags.writeable
    assert shared.dtype == copied.dtype == dtype and shared.shape == shape
    assert onp.shares_memory(onp.asarray(shared), values) or not values.size
    shared[...] = 0
    assert not values.any() and copied.all()


def test_from_numpy_shares_only_what_it_can():
    for values in (onp.ones((3, 4)).T, onp.ones(6)[::2]):
        with pytest.raises(ValueError, match="from_numpy: only a C-contiguous array"):
            npx.from_numpy(values)
        assert values.flags.writeable
        assert (npx.from_numpy(values, zero_copy=False) == 1).all()
    with pytest.raises(ValueError, match="from_numpy: dtype >f4 cannot be shared"):
        npx.from_numpy(onp.ones(3, ">f4"))
    with pytest.raises(TypeError):
        npx.from_numpy(onp.array(["a"]))


WRONG = {
    "list": (lambda: npx.from_numpy([1, 2]), "from_numpy: a numpy.ndarray is wanted, not list"),
    "ours": (lambda: npx.from_numpy(np.ones(2)), "from_numpy: a numpy.ndarray is wanted, not ndarray"),
    "number": (lambda: npx.from_dlpack(3), "from_dlpack: a PyCapsule .* not int"),
    "read": (
        lambda: npx.to_dlpack_for_read(onp.ones(2)),
        "to_dlpack_for_read: an mxnet ndarray is wanted, not ndarray",
    ),
    "write": (lambda: npx.to_dlpack_for_write(1), "to_dlpack_for_write: an mxnet ndarray is wanted, not int"),
}


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    call, message = WRONG[name]
    with pytest.raises(TypeError, match=message):
        call()


class Driver:
    """A CUDA driver with one device of compute capability 7.5."""

    def cuInit(self, flags):
        return 0

    def cuDeviceGet(self, number, index):
        ctypes.cast(number, ctypes.POINTER(ctypes.c_int))[0] = index
        return 0 if index == 0 else 101

    def cuDeviceGetAttribute(self, value, attribute, device):
        ctypes.cast(value, ctypes.POINTER(ctypes.c_int))[0] = {75: 7, 76: 5}[attribute]
        return 0


def test_compute_capability(monkeypatch):
    monkeypatch.setattr(mxnet.device, "_cuda_driver", Driver)
    assert npx.get_cuda_compute_capability(npx.gpu(0)) == 75
    assert mxnet.util.get_cuda_compute_capability(npx.gpu(0)) == 75
    with pytest.raises(mxnet.MXNetError, match=r"cuDeviceGet of the CUDA driver fails with 101 for gpu\(1\)"):
        npx.get_cuda_compute_capability(npx.gpu(1))
    monkeypatch.setattr(mxnet.device, "_cuda_driver", lambda: None)
    with pytest.raises(mxnet.MXNetError, match=r"gpu\(0\) is not there: this machine has no CUDA driver"):
        npx.get_cuda_compute_capability(npx.gpu(0))
    with pytest.raises(ValueError, match=r"a GPU is wanted, not cpu\(0\)"):
        npx.get_cuda_compute_capability(npx.cpu())
