"""`nditer`: the elements of several arrays in step. In which order they are walked is planned in `_walk_plan`; here the
operands are made ready (cast, copied, made), and the walk goes. Over the usual length: half of it are docstrings."""

import math
import operator
import warnings

from .._core import ndarray
from .._core import numpy as _np
from . import _walk_plan as plan

__all__ = ["nditer"]

_BUFFER = 8192


class nditer:
    """Elements, or whole runs of them, of one or several arrays in step.

    Elements come in the order in which they lie in memory, unless `order` says otherwise, and are 0-d arrays; with the
    flag 'external_loop' they come as arrays with one axis. Arrays that are written (`op_flags=['readwrite']` or
    `['writeonly']`) are written through the elements: `x[...] = value`. `None` among the operands makes a fresh result.

    Parameters
    ----------
    op : array_like or sequence of them
    flags : sequence of str, optional
        'c_index', 'f_index', 'multi_index', 'external_loop', 'buffered', 'growinner', 'delay_bufalloc', 'common_dtype',
        'copy_if_overlap', 'ranged', 'reduce_ok', 'refs_ok', 'zerosize_ok'.
    op_flags : list of str, or list of lists of str, optional
        What is done with each operand: 'readonly', 'readwrite' or 'writeonly', and beside it NumPy's other flags, as
        'allocate', 'copy', 'updateifcopy', 'no_broadcast', 'arraymask' and 'writemasked'.
    op_dtypes : dtype or sequence, optional
        In which dtypes elements are given. Operands of other dtypes are buffered or copied, which a flag must allow.
    order : {'C', 'F', 'A', 'K'}, optional
        In which order elements are walked.
    casting : str, optional
        Which conversions `op_dtypes` may need.
    op_axes : list of lists, optional
        Which axis of each operand stands at each axis of the walk; -1 or `np.newaxis` for none.
    itershape : tuple of int, optional
        Lengths that the walk shall have; -1 leaves one to the operands.
    buffersize : int, optional
        Elements of a run of 'buffered' walks.

    Raises
    ------
    ValueError
        Unknown flags, shapes that do not broadcast, empty operands without 'zerosize_ok', a write into an operand that
        only broadcasts without 'reduce_ok'.
    TypeError
        A conversion that `casting` does not allow, or that needs a buffer.

    Examples
    --------
    >>> x = np.arange(4).reshape(2, 2)
    >>> with np.nditer(x, op_flags=['readwrite']) as walk:
    ...     for element in walk:
    ...         element[...] = 2 * element
    >>> x
    array([[0., 2.],
           [4., 6.]])

    A reduction writes into an operand that has fewer axes:

    >>> totals = np.zeros(2)
    >>> walk = np.nditer([x, totals], ['reduce_ok'], [['readonly'], ['readwrite']], op_axes=[[0, 1], [0, -1]])
    >>> for element, total in walk:
    ...     total[...] += element
    >>> totals
    array([ 2., 10.])
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
        if not operands:
            raise ValueError("Must provide at least one operand")
        _np.can_cast("bool", "bool", casting)  # refuses unknown rules
        self._flags = plan.global_flags(flags)
        self._modes = plan.operand_flags(op_flags, operands)
        arrays = [None if one is None else _np.asarray(one) for one in operands]
        for at, one in enumerate(operands):
            if one is not None and self._is_written(at) and not hasattr(one, "flags"):
                raise TypeError(
                    "Iterator operand is flagged as writeable, but is an object which cannot be written back to"
                )
        shapes = [None if one is None else tuple(one.shape) for one in arrays]
        itershape = None if itershape is None else tuple(itershape)
        self._axes = plan.operand_axes(op_axes, itershape, shapes)
        self._full = plan.walk_shape(self._axes, shapes, itershape, op_axes is not None)
        self._check_writes(arrays, op_axes is not None)
        if 0 in self._full and "zerosize_ok" not in self._flags:
            raise ValueError("Iteration of zero-sized operands is not enabled")
        self._count = len(arrays)
        strides = self._strides(arrays)
        fortran = all(one is None or one.flags.f_contiguous for one in arrays)
        known = [row for row, one in zip(strides, arrays, strict=True) if one is not None]
        self._order, forced = plan.walk_order(order, len(self._full), known, fortran)
        # a new operand lies as the walk goes, and would lie backwards
        as_given = forced or len(known) < self._count
        self._flips = [False] * len(self._full) if as_given else plan.flipped_axes(known, len(self._full))
        self._make(arrays, op_dtypes, casting)
        self._buffersize = operator.index(buffersize) or _BUFFER
        self._removed = {}
        self._check_mask()
        self._begin()

    def _make(self, arrays, op_dtypes, casting):
        """Operands: fresh ones in the place of None, and what is walked instead of those of other dtypes."""
        wanted = self._wanted(arrays, op_dtypes)
        made = [self._fresh(at, wanted[at]) if one is None else one for at, one in enumerate(arrays)]
        self._written_back = []
        self._shown = [self._cast(at, one, wanted[at], casting) for at, one in enumerate(made)]
        if "copy_if_overlap" in self._flags:
            self._part(made)
        self._originals = tuple(made)
        self._operands = tuple(
            one if "buffered" in self._flags else shown for one, shown in zip(made, self._shown, strict=True)
        )

    def _begin(self):
        """Everything is ready: lay the views, and stand at the first element."""
        self._lay()
        self._range = (0, self._size)
        self._closed = False
        self._delayed = "delay_bufalloc" in self._flags and "buffered" in self._flags
        self._stand(0)

    # making ready

    def _is_written(self, at):
        return "readonly" not in self._modes[at]

    def _check_writes(self, arrays, remapped):
        for at, array in enumerate(arrays):
            written = self._is_written(at)
            if array is None:
                if any(axis is None and self._full[place] != 1 for place, axis in enumerate(self._axes[at])):
                    self._check_reduction(at)
                continue
            if written and not array.flags.writeable:
                raise ValueError("operand array with iterator write flag set is read-only")
            row = self._axes[at]
            moved = [1 if axis is None else array.shape[axis] for axis in row]
            if tuple(moved) == self._full and not (None in row and "no_broadcast" in self._modes[at]):
                continue
            allowed = "reduce_ok" in self._flags and "readwrite" in self._modes[at]
            if "no_broadcast" in self._modes[at] or (written and not allowed):
                here = f" [remapped to {plan.tight(moved)}]" if remapped else ""
                raise ValueError(
                    f"non-broadcastable operand with shape {plan.tight(array.shape)}{here} doesn't match the broadcast "
                    f"shape {plan.tight(self._full)}"
                )

    def _check_reduction(self, at):
        if "reduce_ok" not in self._flags:
            place = next(p for p, axis in enumerate(self._axes[at]) if axis is None and self._full[p] != 1)
            raise ValueError(
                f"output operand requires a reduction along dimension {place}, but the reduction is not enabled. The "
                "dimension size of 1 does not match the expected output shape."
            )
        if "readwrite" not in self._modes[at]:
            raise ValueError("output operand requires a reduction, but is flagged as write-only, not read-write")

    def _strides(self, arrays):
        """Strides of every operand along the axes of the walk, in elements; 0 where it does not move."""
        rows = []
        for row, array in zip(self._axes, arrays, strict=True):
            if array is None:
                rows.append([0] * len(row))
                continue
            still = [axis is None or array.shape[axis] == 1 for axis in row]
            rows.append([0 if rests else array.strides[axis] for rests, axis in zip(still, row, strict=True)])
        return rows

    def _wanted(self, arrays, op_dtypes):
        """The dtype in which each operand is walked."""
        if op_dtypes is None:
            given = [None] * len(arrays)
        elif isinstance(op_dtypes, (list, tuple)):
            if len(op_dtypes) != len(arrays):
                raise ValueError("op_dtypes must be a tuple/list matching the number of ops")
            given = list(op_dtypes)
        else:
            given = [op_dtypes] * len(arrays)
        given = [None if one is None else _np.zeros(0, dtype=one).dtype for one in given]
        reads = [
            given[at] or array.dtype
            for at, array in enumerate(arrays)
            if array is not None and "writeonly" not in self._modes[at]
        ]
        common = None
        if "common_dtype" in self._flags or any(a is None and g is None for a, g in zip(arrays, given, strict=True)):
            if not reads:
                raise TypeError("no arrays or types available to calculate result type")
            common = _np.result_type(*reads)
        dtypes = []
        for array, one in zip(arrays, given, strict=True):
            if one is None:
                joins = "common_dtype" in self._flags and "writeonly" not in self._modes[len(dtypes)]
                one = common if array is None or joins else array.dtype
            dtypes.append(one)
        return dtypes

    def _fresh(self, at, dtype):
        """A new operand, which lies in memory as the walk goes."""
        row = self._axes[at]
        depth = 1 + max((axis for axis in row if axis is not None), default=-1)
        lengths = {axis: self._full[place] for place, axis in enumerate(row) if axis is not None}
        if len(lengths) != depth:
            raise ValueError("An allocated operand needs all of its axes in op_axes")
        layout = [row[place] for place in self._order if row[place] is not None]
        made = _np.zeros([lengths[axis] for axis in layout], dtype=dtype)
        return made.transpose([layout.index(axis) for axis in range(depth)])

    def _cast(self, at, array, dtype, casting):
        """The operand in the dtype in which it is walked."""
        if dtype == array.dtype:
            return array
        modes = self._modes[at]
        written = self._is_written(at)
        number = array.ndim == 0 and not written
        if not (number or "buffered" in self._flags or "updateifcopy" in modes or ("copy" in modes and not written)):
            raise TypeError(
                "Iterator operand required copying or buffering, but neither copying nor buffering was enabled"
            )
        reads = [] if "writeonly" in modes else [(array.dtype, dtype, "Iterator operand {} dtype could not be cast")]
        writes = (dtype, array.dtype, "Iterator requested dtype could not be cast")
        for source, target, text in reads + ([writes] if written else []):
            if not _np.can_cast(source, target, casting):
                tail = (
                    f", the operand {at} dtype,"
                    if text.endswith("dtype could not be cast") and "{}" not in text
                    else ""
                )
                raise TypeError(
                    f"{text.format(at)} from {source!r} to {target!r}{tail} according to the rule '{casting}'"
                )
        shown = array.astype(dtype)
        if written:
            self._written_back.append((at, array))
        return shown

    def _part(self, arrays):
        """Copies of operands that share memory with a written one."""
        done = {at for at, one in enumerate(arrays) if self._shown[at] is not one}
        for at, array in enumerate(arrays):
            if not self._is_written(at) or at in done:
                continue
            for other, beside in enumerate(arrays):
                if other == at or other in done or "writeonly" in self._modes[other]:
                    continue
                elementwise = all("overlap_assume_elementwise" in self._modes[one] for one in (at, other))
                if _np.shares_memory(array, beside) and not (elementwise and _same_elements(array, beside)):
                    self._shown[at] = array.copy()
                    self._written_back.append((at, array))
                    done.add(at)
                    break

    def _check_mask(self):
        """A masked operand that reduces needs a mask that stands still with it."""
        masks = [at for at in range(self._count) if "arraymask" in self._modes[at]]
        moves = [
            [axis is not None and one.shape[axis] != 1 for axis in row]
            for row, one in zip(self._axes, self._shown, strict=True)
        ]
        for mask in masks:
            if self._is_written(mask) and any(n > 1 and not m for n, m in zip(self._full, moves[mask], strict=True)):
                raise ValueError("A written mask of an iterator cannot be broadcast")
            for at in range(self._count):
                pairs = zip(moves[mask], moves[at], strict=True)
                if "writemasked" in self._modes[at] and any(m and not own for m, own in pairs):
                    raise ValueError(
                        "Iterator reduction operand is WRITEMASKED, but also broadcasts to multiple mask values. There "
                        "can be only one mask value per WRITEMASKED element."
                    )

    # views

    def _view(self, at):
        """An operand over the axes of the walk, the slowest first, walked forwards."""
        array, row = self._shown[at], self._axes[at]
        axes = [axis for axis in row if axis is not None]
        rest = [axis for axis in range(array.ndim) if axis not in axes]
        view = array.transpose(axes + rest)[(Ellipsis, *([0] * len(rest)))] if rest else array.transpose(axes)
        view = view[tuple(None if axis is None else slice(None) for axis in row)] if None in row else view
        if tuple(view.shape) != self._full:
            view = self._spread(view, self._is_written(at))
        turned = tuple(slice(None, None, -1) if flip else slice(None) for flip in self._flips)
        return view[turned].transpose(self._order) if self._full else view

    def _spread(self, view, written):
        if not written:
            return _np.broadcast_to(view, self._full)
        from .lib.stride_tricks import as_strided

        strides = [0 if length == 1 else stride for length, stride in zip(view.shape, view.strides, strict=True)]
        return as_strided(view, self._full, strides, writeable=True)

    def _lay(self):
        """The views that are walked, and the axes that are walked as one."""
        views = [self._view(at) for at in range(self._count)]
        for axis in self._removed:
            place = self._order.index(axis)
            views = [view[(slice(None),) * place + (slice(0, 1),)] for view in views]
        lengths = [1 if axis in self._removed else self._full[axis] for axis in self._order]
        self._size = math.prod(lengths)
        self._lengths = lengths
        strides = [
            [0 if length == 1 else stride for length, stride in zip(view.shape, view.strides, strict=True)]
            for view in views
        ]
        if self._flags & {"c_index", "f_index"}:
            strides.append([0 if n == 1 else s for n, s in zip(lengths, self._index_strides(), strict=True)])
        if "multi_index" in self._flags:
            self._joined = lengths
        else:
            self._joined = plan.joined(lengths, strides)
            views = [view if view.ndim == len(self._joined) else view.reshape(self._joined) for view in views]
        self._views = views

    def _index_strides(self):
        """How the flat index changes along the axes of the walk."""
        strides, step = [0] * len(self._full), 1
        for axis in range(len(self._full)) if "f_index" in self._flags else reversed(range(len(self._full))):
            strides[axis] = step
            step *= self._full[axis]
        return [-strides[axis] if self._flips[axis] else strides[axis] for axis in self._order]

    # the walk

    def _stand(self, place):
        self._place = place
        self._started = False
        self._run = None
        self._done = place >= self._range[1]

    def _chunk(self):
        """Where the run that begins here ends."""
        if "external_loop" not in self._flags:
            return self._place + 1
        inner = self._joined[-1] if self._joined else 1
        stop = self._place + inner - self._place % max(inner, 1)
        if "buffered" in self._flags and not ("growinner" in self._flags and len(self._joined) <= 1):
            limit = self._place + plan.buffered_run(self._place, self._joined, self._buffersize)
            stop = min(stop, limit) if self._reduces() else limit
        return min(stop, self._range[1])

    def _reduces(self):
        """Whether a written operand stands still somewhere."""
        return any(
            self._is_written(at)
            and any(length > 1 and stride == 0 for length, stride in zip(view.shape, view.strides, strict=True))
            for at, view in enumerate(self._views)
        )

    def _values(self):
        """The elements that stand here, one entry per operand."""
        self._check_here()
        if "external_loop" not in self._flags:
            place = plan.unravelled(self._place, self._joined)
            return [view[place] for view in self._views]
        if self._run is None:
            self._run = self._slices(self._place, self._chunk())
        return self._run[0]

    def _slices(self, start, stop):
        """Runs of elements: views where they lie in one line, else copies that are written back."""
        inner = self._joined[-1] if self._joined else 1
        if not self._joined:
            return [view.reshape(1) for view in self._views], None
        if start // inner == (stop - 1) // inner:
            outer = plan.unravelled(start // inner, self._joined[:-1])
            begin = start % inner
            return [view[(*outer, slice(begin, begin + stop - start))] for view in self._views], None
        copies = [view.flat[start:stop] for view in self._views]
        return copies, (start, stop)

    def _flush(self):
        """Writes a run of copies back."""
        if self._run is not None and self._run[1] is not None:
            copies, (start, stop) = self._run
            for at, view in enumerate(self._views):
                if self._is_written(at):
                    view.flat[start:stop] = copies[at]
        self._run = None

    def _write_back(self):
        """What was cast or copied becomes the operand's."""
        self._flush()
        for at, array in self._written_back:
            if "writemasked" in self._modes[at]:
                mask = next(one for one in range(self._count) if "arraymask" in self._modes[one])
                where = _np.broadcast_to(self._shown[mask].astype("bool"), array.shape)
                _np.copyto(array, self._shown[at].astype(array.dtype), where=where)
            else:
                array[...] = self._shown[at].astype(array.dtype)

    def iternext(self, /):
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
        if self._done:
            return False
        stop = self._chunk()
        self._flush()
        self._place = stop
        self._done = self._place >= self._range[1]
        if self._done and "buffered" in self._flags:
            self._write_back()
        return not self._done

    def __iter__(self):
        return self

    def __next__(self):
        # the element stays the current one until the next is asked for, so that its index can be read
        if self._started:
            self.iternext()
        if self._done or self._closed:
            raise StopIteration
        self._started = True
        return self.value

    def reset(self, /):
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
        self._check_open()
        self._write_back()
        self._shown_again()
        self._delayed = False
        self._stand(self._range[0])

    def _shown_again(self):
        """Operands may have been changed outside of a walk over their copies."""
        if "buffered" in self._flags:
            for at, array in enumerate(self._originals):
                if self._shown[at] is not array:
                    self._shown[at][...] = array.astype(self._shown[at].dtype)

    def copy(self, /):
        """A walk of its own that stands at the same element.

        Returns
        -------
        nditer

        Examples
        --------
        >>> walk = np.nditer(np.arange(3))
        >>> _ = next(walk)
        >>> other = walk.copy()
        >>> next(walk), next(other)
        (array(1.), array(1.))
        """
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._run = None
        made._written_back = []
        made._removed = dict(self._removed)
        made._flags = set(self._flags)
        return made

    __copy__ = copy

    def close(self, /):
        """End the walk: what was written into buffers or copies is written into the operands.

        Examples
        --------
        >>> x = np.zeros(2, dtype='int64')
        >>> walk = np.nditer(x, ['buffered'], [['readwrite']], op_dtypes=['float64'], casting='unsafe')
        >>> walk[0] = 7.9
        >>> walk.close()
        >>> x
        array([7, 0], dtype=int64)
        """
        if not self._closed:
            self._finish()
            self._closed = self._done = True

    def _finish(self):
        if not (self._done and "buffered" in self._flags):
            self._write_back()

    def __del__(self):
        if self.__dict__.get("_closed", True) or not self._written_back:
            return
        if "buffered" not in self._flags:
            warnings.warn(
                "Temporary data has not been written back to one of the operands. Typically nditer is used as a "
                "context manager otherwise 'close' must be called before reading iteration results.",
                RuntimeWarning,
                stacklevel=1,
            )
        self._finish()

    def __enter__(self):
        self._check_open()
        return self

    def __exit__(self, *exception):
        self.close()

    def _check_here(self):
        if self._done or self._closed:
            raise ValueError("Iterator is past the end")
        if self._delayed:
            raise ValueError("Iterator construction used delayed buffer allocation, and no reset has been done yet")

    def _check_open(self):
        if self._closed:
            raise ValueError("Iterator is invalid")

    # where it stands

    def _index(self):
        """The index of the element in the axes of the walk."""
        self._check_here()
        index = [0] * len(self._full)
        for axis, at in zip(self._order, plan.unravelled(self._place, self._lengths), strict=True):
            index[axis] = self._full[axis] - 1 - at if self._flips[axis] and axis not in self._removed else at
        return tuple(index)

    def _goto(self, index):
        """Stand at an index in the axes of the walk."""
        for axis, at in enumerate(index):
            if not 0 <= at < self._full[axis]:
                raise IndexError("Iterator GotoMultiIndex called with an out-of-bounds multi-index")
        place = 0
        for axis in self._order:
            at = self._full[axis] - 1 - index[axis] if self._flips[axis] else index[axis]
            place = place * self._full[axis] + at
        self._stand_in_range(place, "GotoMultiIndex called with a multi-index outside the restricted iteration range")

    def _stand_in_range(self, place, message):
        if not self._range[0] <= place < self._range[1]:
            raise IndexError(f"Iterator {message}")
        self._flush()
        self._stand(place)

    @property
    def multi_index(self):
        """Index of the element, as a tuple; a ValueError without the flag 'multi_index'. It may be set.

        Examples
        --------
        >>> walk = np.nditer(np.ones((1, 2)), flags=['multi_index'])
        >>> [walk.multi_index for _ in walk]
        [(0, 0), (0, 1)]
        """
        if "multi_index" not in self._flags:
            raise ValueError("Iterator is not tracking a multi-index")
        return tuple(at for axis, at in enumerate(self._index()) if axis not in self._removed)

    @multi_index.setter
    def multi_index(self, value):
        if "multi_index" not in self._flags:
            raise ValueError("Iterator is not tracking a multi-index")
        if not hasattr(value, "__len__") or not hasattr(value, "__getitem__"):
            raise ValueError("multi_index must be set with a sequence")
        if len(value) != len(self._full) - len(self._removed):
            raise ValueError("Wrong number of indices")
        left = iter([operator.index(value[place]) for place in range(len(value))])
        self._goto([0 if axis in self._removed else next(left) for axis in range(len(self._full))])

    @property
    def index(self):
        """Flat index of the element, in C or Fortran order by the flag; a ValueError without one. It may be set.

        Examples
        --------
        >>> walk = np.nditer(np.ones((2, 2)), flags=['f_index'], order='C')
        >>> [walk.index for _ in walk]
        [0, 2, 1, 3]
        """
        self._check_index()
        axes = range(len(self._full)) if "c_index" in self._flags else reversed(range(len(self._full)))
        here, flat = self._index(), 0
        for axis in axes:
            flat = flat * self._full[axis] + here[axis]
        return flat

    @index.setter
    def index(self, value):
        self._check_index()
        value = operator.index(value)
        if not 0 <= value < math.prod(self._full):
            raise IndexError("Iterator GotoIndex called with an out-of-bounds index")
        shape = self._full if "c_index" in self._flags else self._full[::-1]
        place = plan.unravelled(value, shape)
        self._goto(place if "c_index" in self._flags else place[::-1])

    def _check_index(self):
        if not self._flags & {"c_index", "f_index"}:
            raise ValueError("Iterator does not have an index")

    @property
    def iterindex(self):
        """How many elements stand before this one. It may be set.

        Examples
        --------
        >>> walk = np.nditer(np.arange(3))
        >>> walk.iterindex = 2
        >>> walk.value
        array(2.)
        """
        if self._done:
            raise ValueError("Iterator is past the end")
        return self._place

    @iterindex.setter
    def iterindex(self, value):
        value = operator.index(value)
        self._stand_in_range(value, "GotoIterIndex called with an iterindex outside the iteration range.")

    @property
    def iterrange(self):
        """The places between which the walk goes. It may be set with the flag 'ranged'.

        Examples
        --------
        >>> walk = np.nditer(np.arange(5), ['ranged'])
        >>> walk.iterrange = (1, 3)
        >>> [float(element) for element in walk]
        [1.0, 2.0]
        """
        return self._range

    @iterrange.setter
    def iterrange(self, value):
        start, stop = value
        start, stop = operator.index(start), operator.index(stop)
        if "ranged" not in self._flags:
            raise ValueError(
                "Cannot call ResetToIterIndexRange on an iterator without requesting ranged iteration support in the "
                "constructor"
            )
        if start < 0 or stop > self._size:
            raise ValueError(f"Out-of-bounds range [{start}, {stop}) passed to ResetToIterIndexRange")
        if stop < start:
            raise ValueError(f"Invalid range [{start}, {stop}) passed to ResetToIterIndexRange")
        self._flush()
        self._range = (start, stop)
        self._stand(start)

    # what it is

    @property
    def finished(self):
        """Whether all elements have been walked.

        Examples
        --------
        >>> np.nditer(np.ones(2)).finished
        False
        """
        return self._done

    @property
    def nop(self):
        """Number of operands.

        Examples
        --------
        >>> np.nditer([np.ones(2), 1]).nop
        2
        """
        return self._count

    @property
    def itersize(self):
        """Number of elements.

        Examples
        --------
        >>> np.nditer(np.ones((2, 3))).itersize
        6
        """
        return self._size

    @property
    def value(self):
        """The elements at this place: an array, or a tuple of them for several operands.

        Examples
        --------
        >>> np.nditer([np.array([1, 2]), 5]).value
        (array(1.), array(5.))
        """
        found = self._values()
        return found[0] if self._count == 1 else tuple(found)

    @property
    def operands(self):
        """The arrays that are walked, also those that were made.

        Examples
        --------
        >>> walk = np.nditer([np.arange(2), None])
        >>> walk.operands[1].shape
        (2,)
        """
        self._check_open()
        return self._operands

    @property
    def itviews(self):
        """The operands as they are walked: the slowest axis first.

        Examples
        --------
        >>> np.nditer(np.ones((2, 3)).T).itviews[0].shape
        (6,)
        """
        if "buffered" in self._flags:
            raise ValueError("cannot provide an iterator view when buffering is enabled")
        return tuple(self._views)

    @property
    def dtypes(self):
        """The dtypes of the elements that are given.

        Examples
        --------
        >>> np.nditer(np.ones(2), ['buffered'], op_dtypes=['float64']).dtypes
        (dtype('float64'),)
        """
        return tuple(view.dtype for view in self._views)

    @property
    def shape(self):
        """The lengths of the axes: of the operands' with 'multi_index', else of those that are walked.

        Examples
        --------
        >>> np.nditer(np.ones((2, 3))).shape, np.nditer(np.ones((2, 3)), ['multi_index']).shape
        ((6,), (2, 3))
        """
        if "multi_index" in self._flags:
            return tuple(length for axis, length in enumerate(self._full) if axis not in self._removed)
        return tuple(self._joined[::-1])  # the fastest first, as NumPy has it

    @property
    def ndim(self):
        """Number of axes.

        Examples
        --------
        >>> np.nditer(np.ones((2, 3))).ndim
        1
        """
        return len(self.shape)

    @property
    def has_index(self):
        """Whether a flat index is known.

        Examples
        --------
        >>> np.nditer(np.ones(2), ['c_index']).has_index
        True
        """
        return bool(self._flags & {"c_index", "f_index"})

    @property
    def has_multi_index(self):
        """Whether the index is known.

        Examples
        --------
        >>> np.nditer(np.ones(2), ['multi_index']).has_multi_index
        True
        """
        return "multi_index" in self._flags

    @property
    def has_delayed_bufalloc(self):
        """Whether the walk waits for `reset`.

        Examples
        --------
        >>> np.nditer(np.ones(2)).has_delayed_bufalloc
        False
        """
        return self._delayed

    @property
    def iterationneedsapi(self):
        """Whether elements are Python's objects: never.

        Examples
        --------
        >>> np.nditer(np.ones(2)).iterationneedsapi
        False
        """
        return False

    def remove_axis(self, i, /):
        """Take an axis out of the walk, which begins again at its first element; with the flag 'multi_index' only.

        Parameters
        ----------
        i : int

        Returns
        -------
        None

        Raises
        ------
        RuntimeError
            Without the flag.
        ValueError
            There is no such axis.

        Examples
        --------
        >>> walk = np.nditer(np.arange(6).reshape(2, 3), ['multi_index'])
        >>> walk.remove_axis(1)
        >>> [float(element) for element in walk]
        [0.0, 3.0]
        """
        if "multi_index" not in self._flags:
            raise RuntimeError("Iterator RemoveAxis may only be called if a multi-index is being tracked")
        if self.has_index:
            raise RuntimeError("Iterator RemoveAxis may not be called on an iterator with an index")
        left = [axis for axis in range(len(self._full)) if axis not in self._removed]
        if not 0 <= i < len(left):
            raise ValueError("axis out of bounds in iterator RemoveAxis")
        self._removed[left[i]] = True
        if self._flips[left[i]]:
            self._flips = [flip and axis != left[i] for axis, flip in enumerate(self._flips)]
        self._begin()

    def remove_multi_index(self, /):
        """Forget the index, so that axes can be walked as one.

        Returns
        -------
        None

        Examples
        --------
        >>> walk = np.nditer(np.ones((2, 3)), ['multi_index'])
        >>> walk.remove_multi_index()
        >>> walk.shape
        (6,)
        """
        self._flags = self._flags - {"multi_index"}
        self._begin()

    def enable_external_loop(self, /):
        """Give whole runs of elements from here on.

        Returns
        -------
        None

        Raises
        ------
        ValueError
            An index is being tracked.

        Examples
        --------
        >>> walk = np.nditer(np.arange(3))
        >>> walk.enable_external_loop()
        >>> walk.value
        array([0., 1., 2.])
        """
        if self._flags & {"c_index", "f_index", "multi_index"}:
            raise ValueError("Iterator flag EXTERNAL_LOOP cannot be used if an index or multi-index is being tracked")
        self._flags = self._flags | {"external_loop"}
        self._begin()

    def debug_print(self, /):
        """Print what the walk is.

        Returns
        -------
        None

        Examples
        --------
        >>> np.nditer(np.ones((2, 3))).debug_print()
        nditer over 1 operand: shape (6,), itersize 6, flags []
        """
        what = "operand" if self._count == 1 else "operands"
        print(
            f"nditer over {self._count} {what}: shape {self.shape}, itersize {self._size}, flags {sorted(self._flags)}"
        )

    # as a sequence of operands

    def __len__(self):
        return self._count

    def __getitem__(self, key):
        values = self._values()
        if isinstance(key, slice):
            return tuple(values[key])
        return values[self._operand(key)]

    def __setitem__(self, key, value):
        if not isinstance(key, slice):
            self._set(self._operand(key), value)
            return
        places = range(self._count)[key]
        if not hasattr(value, "__len__") or len(value) != len(places):
            raise ValueError("Wrong size to assign to iterator slice")
        for at, one in zip(places, value, strict=True):
            self._set(at, one)

    def __delitem__(self, key):
        raise TypeError("Cannot delete iterator elements")

    def _operand(self, key):
        if not hasattr(key, "__index__"):
            raise TypeError("invalid index type for iterator indexing")
        at = operator.index(key)
        if not -self._count <= at < self._count:
            raise IndexError(f"Iterator operand index {at} is out of bounds")
        return at % self._count

    def _set(self, at, value):
        if not self._is_written(at):
            raise RuntimeError(f"Iterator operand {at} is not writeable")
        self._values()[at][...] = value


def _same_elements(one, other):
    """Whether two arrays show the same elements in the same places."""
    return (
        isinstance(one, ndarray)
        and one.shape == other.shape
        and one.strides == other.strides
        and one.dtype == other.dtype
        and one.__array_interface__["data"][0] == other.__array_interface__["data"][0]
    )
