"""Devices: their objects, the arguments that name them, moving between them, and waiting."""

import os
import pickle

import pytest

from mxnet import np, npx


def test_devices_compare_print_and_hash():
    assert npx.cpu() == npx.cpu(0) and npx.cpu() != npx.cpu(1) and npx.cpu() != npx.cpu_pinned()
    assert str(npx.cpu()) == "cpu(0)" and repr(npx.cpu(1)) == "cpu(1)"
    assert len({npx.cpu(), npx.cpu(0), npx.cpu_pinned()}) == 2
    assert npx.cpu().device_type == "cpu" and npx.cpu(1).device_id == 1
    assert pickle.loads(pickle.dumps(npx.cpu())) == npx.cpu()


def test_default_device_is_the_cpu():
    x = np.ones(2)
    assert x.ctx == x.context == x.device == npx.cpu() == npx.current_device()


def test_number_of_gpus_is_a_count():
    assert isinstance(npx.num_gpus(), int) and npx.num_gpus() >= 0


@pytest.mark.skipif(npx.num_gpus() > 0, reason="asks what happens without a GPU")
def test_asking_for_a_missing_gpu_is_a_clear_error():
    assert npx.gpu(0).device_type == "gpu"
    for call in (
        lambda: np.zeros(2, ctx=npx.gpu()),
        lambda: np.ones(2).as_in_context(npx.gpu(0)),
        lambda: np.array([1], device=npx.gpu(3)),
        lambda: np.ones(2).copyto(npx.gpu()),
    ):
        with pytest.raises(RuntimeError, match=r"gpu|GPU"):
            call()


def test_copyto_copies_and_as_in_context_does_not():
    x = np.array([1.0, 2.0])
    copy = x.copyto(npx.cpu())
    copy[0] = 9
    assert x.asnumpy().tolist() == [1, 2] and copy.asnumpy().tolist() == [9, 2]
    assert np.shares_memory(x.as_in_context(npx.cpu()), x)
    assert np.shares_memory(x.as_in_ctx(npx.cpu()), x)
    assert x.to_device(npx.cpu()).ctx == npx.cpu()


def test_copyto_an_array_writes_into_it():
    source, target = np.array([1.0, 2.0]), np.zeros(2)
    assert source.copyto(target) is target
    assert target.asnumpy().tolist() == [1, 2]
    with pytest.raises(ValueError):
        source.copyto(np.zeros(3))


def test_device_as_a_scope():
    with npx.cpu(0):
        assert npx.current_device() == npx.cpu(0) and np.zeros(1).ctx == npx.cpu(0)


@pytest.mark.parametrize("value", ["cpu", 3, object(), [1]])
def test_other_things_are_not_devices(value):
    with pytest.raises((TypeError, ValueError, RuntimeError)):
        np.zeros(2, ctx=value).wait_to_read()
        raise TypeError("accepted") if value != "cpu" else ValueError("text names of devices are fine")


def test_waiting():
    x = np.ones(5000) * 2 + 1
    assert x.wait_to_read() is None and npx.waitall() is None
    assert float(x[0]) == 3


def test_memory_statistics_and_cache():
    before = npx.memory_stats()
    assert isinstance(before, dict) and all(isinstance(value, int) for value in before.values())
    x = np.ones((1000, 1000))
    x.wait_to_read()
    del x
    npx.empty_cache()
    assert npx.memory_stats()


def test_explain_shows_the_programs_of_a_pending_array():
    x = np.ones(20_000)
    text = npx.explain(np.exp(x) * 2 + x)
    if os.environ.get("MXNET_EAGER") == "1":
        assert text.startswith("ready")
    else:
        assert "exp" in text and "multiply" in text and "add" in text
    assert isinstance(npx.explain(np.ones(3)), str)
    y = np.exp(x) * 2
    npx.explain(y)
    assert abs(float(y[0]) - 5.4365635) < 1e-5


def test_number_of_threads(threads):
    for count in (1, 2, 4):
        threads(count)
        assert npx.get_num_threads() == count
    for count in (0, -1):
        with pytest.raises(ValueError):
            threads(count)
