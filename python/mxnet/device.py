"""Devices: where arrays live. `npx.cpu()`, `npx.gpu(1)`; any of them may head a `with` block."""

import ctypes

from ._core import Device, current_device, num_devices

__all__ = [
    "Context",
    "Device",
    "cpu",
    "cpu_pinned",
    "cpu_shared",
    "current_context",
    "current_device",
    "device",
    "get_cuda_compute_capability",
    "gpu",
    "gpu_memory_info",
    "num_gpus",
]

#: The name that MXNet 1.x has for the class.
Context = Device


def device(device_type="cpu", device_id=0):
    """The device of that type and number.

    Parameters
    ----------
    device_type : str or Device
    device_id : int, optional

    Returns
    -------
    Device

    Examples
    --------
    >>> npx.device('gpu', 1)
    gpu(1)
    """
    return Device(device_type, device_id)


def cpu(device_id=0):
    """The CPU. All numbers stand for the same memory and processors.

    Parameters
    ----------
    device_id : int, optional

    Returns
    -------
    Device

    Examples
    --------
    >>> npx.cpu()
    cpu(0)
    """
    return Device("cpu", device_id)


def cpu_pinned(device_id=0):
    """CPU memory that a GPU can read directly.

    Parameters
    ----------
    device_id : int, optional

    Returns
    -------
    Device

    Examples
    --------
    >>> npx.cpu_pinned()
    cpu_pinned(0)
    """
    return Device("cpu_pinned", device_id)


def cpu_shared(device_id=0):
    """CPU memory that processes may share.

    Parameters
    ----------
    device_id : int, optional

    Returns
    -------
    Device

    Examples
    --------
    >>> npx.cpu_shared()
    cpu_shared(0)
    """
    return Device("cpu_shared", device_id)


def gpu(device_id=0):
    """A GPU. Naming one that is not there is no error; putting an array on it is.

    Parameters
    ----------
    device_id : int, optional

    Returns
    -------
    Device

    Examples
    --------
    >>> npx.gpu(1)
    gpu(1)
    """
    return Device("gpu", device_id)


def num_gpus():
    """Number of GPUs that this machine has and this build can use.

    Returns
    -------
    int

    Examples
    --------
    >>> npx.num_gpus() >= 0
    True
    """
    return num_devices("gpu")


def gpu_memory_info(device_id=0):
    """Bytes in use on a GPU by arrays, and bytes kept for reuse.

    Parameters
    ----------
    device_id : int, optional

    Returns
    -------
    tuple of int

    Raises
    ------
    MXNetError
        There is no such GPU.

    Examples
    --------
    >>> [npx.gpu_memory_info(number) for number in range(0)]
    []
    """
    from ._core import memory_stats

    statistics = memory_stats(gpu(device_id))
    return statistics["in_use"], statistics["cached"]


#: What the CUDA driver calls the two numbers of a device's compute capability.
_MAJOR, _MINOR = 75, 76


def get_cuda_compute_capability(device):
    """The compute capability of a GPU, asked of the CUDA driver: 70 for `sm_70`.

    Parameters
    ----------
    device : Device
        A GPU.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        Not a GPU.
    MXNetError
        There is no CUDA driver, or no such GPU.

    Examples
    --------
    >>> npx.get_cuda_compute_capability(npx.cpu())
    Traceback (most recent call last):
    ValueError: get_cuda_compute_capability: a GPU is wanted, not cpu(0)
    """
    from .base import MXNetError

    device = Device(device)
    if device.device_type != "gpu":
        raise ValueError(f"get_cuda_compute_capability: a GPU is wanted, not {device}")
    driver = _cuda_driver()
    if driver is None:
        raise MXNetError(f"get_cuda_compute_capability: {device} is not there: this machine has no CUDA driver")

    def ask(function, *arguments):
        error = getattr(driver, function)(*arguments)
        if error:
            raise MXNetError(
                f"get_cuda_compute_capability: {function} of the CUDA driver fails with {error} for {device}"
            )

    ask("cuInit", 0)
    number, parts = ctypes.c_int(), []
    ask("cuDeviceGet", ctypes.byref(number), device.device_id)
    for attribute in (_MAJOR, _MINOR):
        part = ctypes.c_int()
        ask("cuDeviceGetAttribute", ctypes.byref(part), attribute, number)
        parts.append(part.value)
    return 10 * parts[0] + parts[1]


def _cuda_driver():
    """The driver's library, or None."""
    for name in ("libcuda.so.1", "libcuda.so", "libcuda.dylib", "nvcuda.dll"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def current_context():
    """The device of the innermost `with device:` block; the CPU outside of all.

    Returns
    -------
    Device

    Examples
    --------
    >>> with npx.cpu(0):
    ...     npx.current_context()
    cpu(0)
    """
    return current_device()
