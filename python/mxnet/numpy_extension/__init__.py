"""`npx`: what NumPy does not have. Devices, modes, and a look into the engine."""

from .. import _core
from .._core import (
    empty_cache,
    explain,
    get_num_threads,
    is_np_default_dtype,
    memory_stats,
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
    gpu,
    gpu_memory_info,
    num_gpus,
)
from . import random
from ._modes import *
from ._saving import Archive, load, open, save, savez

globals().update(_core.ufuncs("npx"))
