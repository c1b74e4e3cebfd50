"""Where NumPy keeps what is rarely needed."""

from . import stride_tricks
