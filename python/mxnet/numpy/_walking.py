"""Walking over several arrays at once: `broadcast`, and the common uses of `nditer`. Elements are 0-d arrays."""

import itertools

from .._core import numpy as _np

__all__ = ["broadcast", "flatiter", "nditer"]

flatiter = type(_np.zeros(1).flat)

_FLAGS = {
    "buffered",
    "c_index",
    "common_dtype",
    "copy_if_overlap",
    "delay_bufalloc",
    "external_loop",
    "f_index",
    "grow_inner",
    "multi_index",
    "ranged",
    "reduce_ok",
    "refs_ok",
    "zerosize_ok",
}


class broadcast:
    """Arrays as if they had one shape: their elements in step.

    Parameters
    ----------
    *arrays : array_like
        At most 64.

    Raises
    ------
    ValueError
        The shapes do not broadcast.

    Examples
    --------
    >>> pairs = np.broadcast(np.array([[1], [2]]), np.array([10, 20]))
    >>> pairs.shape
    (2, 2)
    >>> [float(x * y) for x, y in pairs]
    [10.0, 20.0, 20.0, 40.0]
    """

    def __init__(self, *arrays):
        if len(arrays) > 64:
            raise ValueError(f"Need at least 0 and at most 64 array objects, got {len(arrays)}.")
        flat = []
        for arg in arrays:
            flat += arg._arrays if isinstance(arg, broadcast) else [_np.asarray(arg)]
        self._arrays = flat
        self.shape = tuple(_np.broadcast_shapes(*(array.shape for array in flat)))
        self.ndim = self.nd = len(self.shape)
        self.numiter = len(flat)
        self.size = 1
        for length in self.shape:
            self.size *= length
        self.reset()

    def reset(self):
        """Begin again.

        Examples
        --------
        >>> pairs = np.broadcast(np.array([1, 2]), 10)
        >>> _ = next(pairs)
        >>> pairs.reset()
        >>> pairs.index
        0
        """
        self.index = 0

    @property
    def iters(self):
        """One iterator per array.

        Examples
        --------
        >>> pairs = np.broadcast(np.array([[1], [2]]), np.array([10, 20]))
        >>> [float(x) for x in pairs.iters[0]]
        [1.0, 1.0, 2.0, 2.0]
        """
        return tuple(_np.broadcast_to(array, self.shape).flat for array in self._arrays)

    def __iter__(self):
        return self

    def __next__(self):
        if self.index >= self.size:
            raise StopIteration
        place = _np.unravel_index(self.index, self.shape) if self.shape else ()
        place = tuple(int(one) for one in place)
        self.index += 1
        return tuple(_np.broadcast_to(array, self.shape)[place] for array in self._arrays)


class nditer:
    """Elements, or whole runs of them, of one or several arrays in step.

    Elements come in C order (or Fortran order with `order='F'`). Arrays that are written (`op_flags=['readwrite']` or
    `['writeonly']`) are written through the elements: `x[...] = value`. `None` among the operands makes a fresh result.

    Parameters
    ----------
    op : array_like or sequence of them
    flags : sequence of str, optional
        Of NumPy's: 'c_index', 'f_index', 'multi_index' and 'external_loop' change what is given; the others concern
        buffers and references, which do not exist here, and are accepted.
    op_flags : list of str, or list of lists of str, optional
        What is done with each operand: 'readonly', 'readwrite', 'writeonly'.
    op_dtypes : dtype or sequence, optional
        In which dtypes elements are given (reading only).
    order : {'C', 'F', 'A', 'K'}, optional
        In which order elements are walked.
    casting : str, optional
        Which conversions `op_dtypes` may need.
    op_axes : None, optional
        Not supported: `np.expand_dims` inserts axes.
    itershape : tuple of int, optional
        Lengths that the walk shall have.
    buffersize : int, optional
        Without meaning here: nothing is buffered.

    Raises
    ------
    ValueError
        Unknown flags, empty operands without 'zerosize_ok', a write into an operand that only broadcasts.
    TypeError
        A conversion that `casting` does not allow.

    Examples
    --------
    >>> x = np.arange(4).reshape(2, 2)
    >>> with np.nditer(x, op_flags=['readwrite']) as walk:
    ...     for element in walk:
    ...         element[...] = 2 * element
    >>> x
    array([[0., 2.],
           [4., 6.]])
    """

    def __init__(
        self,
        op,
        flags=None,
        op_flags=None,
        op_dtypes=None,
        order="K",
        casting="safe",
        op_axes=None,
        itershape=None,
        buffersize=0,
    ):
        operands = list(op) if isinstance(op, (list, tuple)) else [op]
        self._flags = set(flags or ())
        unknown = self._flags - _FLAGS
        if unknown:
            raise ValueError(f'Unexpected iterator global flag "{sorted(unknown)[0]}"')
        if op_axes is not None:
            raise NotImplementedError("nditer: op_axes is not supported; insert axes with np.expand_dims instead")
        if "external_loop" in self._flags and self._flags & {"c_index", "f_index", "multi_index"}:
            raise ValueError("Iterator flag EXTERNAL_LOOP cannot be used if an index or multi-index is being tracked")
        self._modes = self._operand_modes(op_flags, operands)
        arrays = [None if one is None else _np.asarray(one) for one in operands]
        shapes = [array.shape for array in arrays if array is not None]
        shape = _np.broadcast_shapes(*shapes, *(() if itershape is None else (tuple(itershape),)))
        self.shape = tuple(int(length) for length in shape)
        self._fortran = order == "F" or (order in "AK" and all(map(_is_fortran, arrays)))
        self.operands = tuple(self._made(arrays, op_dtypes))
        self._views = [self._converted(array, at, op_dtypes, casting) for at, array in enumerate(self.operands)]
        self.ndim, self.nop = len(self.shape), len(self.operands)
        self.itersize = 1
        for length in self.shape:
            self.itersize *= length
        if self.itersize == 0 and "zerosize_ok" not in self._flags:
            raise ValueError("Iteration of zero-sized operands is not enabled")
        self.reset()

    def _operand_modes(self, op_flags, operands):
        if op_flags is None:
            return ["readwrite" if one is None else "readonly" for one in operands]
        rows = [op_flags] * len(operands) if all(isinstance(flag, str) for flag in op_flags) else op_flags
        if len(rows) != len(operands):
            raise ValueError("op_flags must be a tuple/list of the same length as the operands, or one list for all")
        known = ("readwrite", "writeonly", "readonly")
        return [next((mode for mode in known if mode in row), "readonly") for row in rows]

    def _made(self, arrays, op_dtypes):
        """Operands, fresh ones in the place of None."""
        given = [array for array in arrays if array is not None]
        for at, array in enumerate(arrays):
            if array is None:
                dtype = _one_of(op_dtypes, at) or _np.result_type(*given)
                array = _np.zeros(self.shape, dtype=dtype)
            elif self._modes[at] != "readonly" and tuple(array.shape) != self.shape:
                raise ValueError(
                    "non-broadcastable operand with shape "
                    f"{tuple(array.shape)} doesn't match the broadcast shape {self.shape}"
                )
            yield array

    def _converted(self, array, at, op_dtypes, casting):
        dtype = _one_of(op_dtypes, at)
        view = _np.broadcast_to(array, self.shape) if tuple(array.shape) != self.shape else array
        if dtype is None or dtype == array.dtype:
            return view
        if self._modes[at] != "readonly" or not self._flags & {"buffered"}:
            raise TypeError(
                "Iterator operand required copying or buffering, but neither copying nor buffering was enabled"
            )
        if not _np.can_cast(array.dtype, dtype, casting):
            raise TypeError(
                f"Iterator operand {at} dtype could not be cast from {array.dtype!r} to {dtype!r} according to the "
                f"rule '{casting}'"
            )
        return view.astype(dtype)

    def reset(self):
        """Begin again.

        Examples
        --------
        >>> walk = np.nditer(np.array([1, 2]))
        >>> walk.iternext(), walk.iternext()
        (True, False)
        >>> walk.reset()
        >>> walk.value
        array(1.)
        """
        self.iterindex = 0
        lengths = [range(length) for length in self.shape]
        places = itertools.product(*(lengths[::-1] if self._fortran else lengths))
        self._places = (place[::-1] for place in places) if self._fortran else places
        self._at = None
        self.finished = not self._advance()

    def _advance(self):
        self._at = next(self._places, None)
        return self._at is not None

    @property
    def multi_index(self):
        """Index of the element, as a tuple; a ValueError without the flag 'multi_index'.

        Examples
        --------
        >>> walk = np.nditer(np.ones((1, 2)), flags=['multi_index'])
        >>> [walk.multi_index for _ in walk]
        [(0, 0), (0, 1)]
        """
        if "multi_index" not in self._flags:
            raise ValueError("Iterator is not tracking a multi-index")
        return self._at

    @property
    def index(self):
        """Flat index of the element, in C or Fortran order by the flag; a ValueError without one of them.

        Examples
        --------
        >>> walk = np.nditer(np.ones((2, 2)), flags=['f_index'])
        >>> [walk.index for _ in walk]
        [0, 2, 1, 3]
        """
        if not self._flags & {"c_index", "f_index"}:
            raise ValueError("Iterator does not have an index")
        axes = range(self.ndim) if "c_index" in self._flags else reversed(range(self.ndim))
        flat = 0
        for axis in axes:
            flat = flat * self.shape[axis] + self._at[axis]
        return flat

    @property
    def value(self):
        """The elements at this place: an array, or a tuple of them for several operands.

        Examples
        --------
        >>> np.nditer([np.array([1, 2]), 5]).value
        (array(1.), array(5.))
        """
        found = tuple(self._views) if "external_loop" in self._flags else tuple(one[self._at] for one in self._views)
        if "external_loop" in self._flags:
            found = tuple(one.ravel(order="F" if self._fortran else "C") for one in found)
        return found[0] if self.nop == 1 else found

    def iternext(self):
        """Go on to the next element.

        Returns
        -------
        bool
            False at the end.

        Examples
        --------
        >>> walk = np.nditer(np.array([1, 2]))
        >>> walk.iternext(), walk.value, walk.iternext()
        (True, array(2.), False)
        """
        self.iterindex += 1
        if "external_loop" in self._flags:
            self._at = None
        self.finished = self._at is None or not self._advance()
        return not self.finished

    def __getitem__(self, key):
        return self._views[key][self._at]

    def __setitem__(self, key, value):
        self._views[key][self._at] = value

    def __len__(self):
        return self.nop

    def __iter__(self):
        self._started = False
        return self

    def __next__(self):
        # the element stays the current one until the next is asked for, so that its index can be read
        if self.__dict__.get("_started"):
            self.iternext()
        self._started = True
        if self.finished:
            raise StopIteration
        return self.value

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def close(self):
        """End the walk. Nothing is buffered, so there is nothing to write back.

        Examples
        --------
        >>> walk = np.nditer(np.array([1, 2]))
        >>> walk.close()
        """


def _is_fortran(array):
    return array is not None and array.ndim > 1 and array.flags.f_contiguous and not array.flags.c_contiguous


def _one_of(op_dtypes, at):
    """The dtype asked for an operand."""
    if op_dtypes is None:
        return None
    dtype = op_dtypes[at] if isinstance(op_dtypes, (list, tuple)) else op_dtypes
    return None if dtype is None else _np.zeros(0, dtype=dtype).dtype
