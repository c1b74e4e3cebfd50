"""Views with shapes and strides of one's choice."""

from ..._core import numpy as _np

__all__ = ["as_strided", "broadcast_arrays", "broadcast_shapes", "broadcast_to", "sliding_window_view"]

as_strided = _np.as_strided
broadcast_arrays = _np.broadcast_arrays
broadcast_shapes = _np.broadcast_shapes
broadcast_to = _np.broadcast_to
sliding_window_view = _np.sliding_window_view
