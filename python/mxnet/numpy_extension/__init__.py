"""`npx`: what NumPy does not have. Devices, modes, and a look into the engine."""

from .. import _core
from .._core import (
    empty_cache,
    explain,
    get_num_threads,
    is_np_default_dtype,
    memory_stats,
    set_np_default_dtype,
    set_num_threads,
    waitall,
)
from ..device import (
    Context,
    Device,
    cpu,
    cpu_pinned,
    cpu_shared,
    current_context,
    current_device,
    device,
    get_cuda_compute_capability,
    gpu,
    gpu_memory_info,
    num_gpus,
)
from . import random
from ._control_flow import cond, foreach, while_loop
from ._exchange import from_dlpack, from_numpy, to_dlpack_for_read, to_dlpack_for_write
from ._intgemm import *
from ._modes import *
from ._poisson import scalar_poisson, tensor_poisson
from ._quantized import *
from ._quantized_elements import *
from ._quantized_layers import *
from ._quantized_recurrent import *
from ._saving import Archive, load, open, save, savez

globals().update(_core.ufuncs("npx"))
# The functions of the core, under their names.
globals().update((name, value) for name, value in vars(_core.numpy_extension).items() if not name.startswith("_"))


def __getattr__(name):
    # `image` is large, and few programs need it
    if name == "image":
        import importlib

        return importlib.import_module(".image", __name__)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__():
    return sorted({*globals(), "image"})
