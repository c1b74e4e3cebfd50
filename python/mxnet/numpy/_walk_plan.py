"""How `nditer` walks: flags, the axes that operands have in common, in which order they are walked, and which of them
can be walked as one. Numbers and tuples only; knows no array but by shape and strides."""

import operator

GLOBAL = {
    "buffered",
    "c_index",
    "common_dtype",
    "copy_if_overlap",
    "delay_bufalloc",
    "external_loop",
    "f_index",
    "growinner",
    "multi_index",
    "ranged",
    "reduce_ok",
    "refs_ok",
    "zerosize_ok",
}
_MODES = {"readonly", "readwrite", "writeonly"}
_PER_OPERAND = _MODES | {
    "aligned",
    "allocate",
    "arraymask",
    "contig",
    "copy",
    "nbo",
    "no_broadcast",
    "no_subtype",
    "overlap_assume_elementwise",
    "updateifcopy",
    "virtual",
    "writemasked",
}


def tight(shape):
    """A shape in NumPy's messages: without spaces."""
    return "(" + ",".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"


def global_flags(flags):
    """The flags of the whole walk, checked."""
    flags = set(flags or ())
    unknown = flags - GLOBAL
    if unknown:
        raise ValueError(f'Unexpected iterator global flag "{sorted(map(str, unknown))[0]}"')
    indices = flags & {"c_index", "f_index", "multi_index"}
    if "external_loop" in flags and indices:
        raise ValueError("Iterator flag EXTERNAL_LOOP cannot be used if an index or multi-index is being tracked")
    if {"c_index", "f_index"} <= flags:
        raise ValueError("Iterator flags C_INDEX and F_INDEX cannot both be specified")
    return flags


def operand_flags(op_flags, operands):
    """The flags of every operand, checked."""
    if op_flags is None:
        return [{"writeonly", "allocate"} if one is None else {"readonly"} for one in operands]
    if isinstance(op_flags, str) or not hasattr(op_flags, "__iter__"):
        raise TypeError("op_flags must be a tuple or array of per-op flag-tuples")
    rows = [op_flags] * len(operands) if all(isinstance(flag, str) for flag in op_flags) else list(op_flags)
    if len(rows) != len(operands):
        raise ValueError("op_flags must be a tuple or array of per-op flag-tuples")
    rows = [set(row) for row in rows]
    for row, one in zip(rows, operands, strict=True):
        _check_row(row, one)
    masks = sum("arraymask" in row for row in rows)
    if masks > 1:
        raise ValueError("Only one iterator operand may receive an ARRAYMASK flag")
    if any("writemasked" in row for row in rows) != bool(masks):
        raise ValueError(
            "An iterator operand was flagged as the ARRAYMASK, but no WRITEMASKED operands were given to use the mask"
            if masks
            else "An iterator operand was flagged as WRITEMASKED, but no ARRAYMASK operand was given to supply the mask"
        )
    return rows


def _check_row(row, operand):
    unknown = row - _PER_OPERAND
    if unknown:
        raise ValueError(f'Unexpected per-op iterator flag "{sorted(unknown)[0]}"')
    modes = row & _MODES
    if not modes:
        raise ValueError("None of the iterator flags READWRITE, READONLY, or WRITEONLY were specified for an operand")
    if len(modes) > 1:
        raise ValueError(
            "Only one of the iterator flags READWRITE, READONLY, and WRITEONLY may be specified for an operand"
        )
    if "readonly" in modes and row & {"allocate", "writemasked", "updateifcopy"}:
        raise ValueError("A read-only iterator operand cannot be allocated, masked or written back")
    if "arraymask" in row and "writemasked" in row:
        raise ValueError("The iterator flag WRITEMASKED may not be used together with ARRAYMASK")
    if operand is None and not row & {"allocate", "virtual"}:
        raise ValueError("Iterator operand was NULL, but neither the ALLOCATE nor the VIRTUAL flag was specified")


def operand_axes(op_axes, itershape, shapes):
    """Which axis of each operand (None: none) stands at each axis of the walk; what is yet to be made has no shape."""
    if op_axes is None:
        depth = max((len(shape) for shape in shapes if shape is not None), default=0)
        depth = depth if itershape is None else len(itershape)
        return [_default_axes(shape, depth) for shape in shapes]
    if not isinstance(op_axes, (list, tuple)) or len(op_axes) != len(shapes):
        raise ValueError("op_axes must be a tuple/list matching the number of ops")
    depths = {len(row) for row in op_axes if row is not None}
    if len(depths) > 1:
        raise ValueError("Each entry of op_axes must have the same size")
    depth = depths.pop() if depths else max((len(shape) for shape in shapes if shape is not None), default=0)
    if itershape is not None and len(itershape) != depth:
        raise ValueError("'op_axes' and 'itershape' must have the same number of entries equal to the iterator ndim")
    return [
        _default_axes(shape, depth) if row is None else _given_axes(row, shape, at)
        for at, (row, shape) in enumerate(zip(op_axes, shapes, strict=True))
    ]


def _default_axes(shape, depth):
    """Axes from the right, as in broadcasting."""
    if shape is None:
        return list(range(depth))
    if len(shape) > depth:
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    return [None] * (depth - len(shape)) + list(range(len(shape)))


def _given_axes(row, shape, at):
    axes, seen = [], set()
    for place, axis in enumerate(row):
        axis = -1 if axis is None else operator.index(axis)
        if axis != -1 and axis in seen:
            raise ValueError(
                f"The 'op_axes' provided to the iterator constructor for operand {at} contained duplicate value {axis}"
            )
        if axis < -1 or (shape is not None and axis >= len(shape)):
            raise ValueError(
                f"Iterator input op_axes[{at}][{place}] (=={axis}) is not a valid axis of op[{at}], "
                f"which has {0 if shape is None else len(shape)} dimensions "
            )
        seen.add(axis)
        axes.append(None if axis == -1 else axis)
    return axes


def walk_shape(axes, shapes, itershape, remapped):
    """The lengths that the operands have together."""
    depth = len(axes[0])
    lengths = [-1] * depth if itershape is None else [operator.index(length) for length in itershape]
    fixed = [length >= 0 for length in lengths]
    result = [length if length >= 0 else 1 for length in lengths]
    for row, shape in zip(axes, shapes, strict=True):
        for place, axis in enumerate(row if shape is not None else ()):
            length = 1 if axis is None else shape[axis]
            if length == 1 or length == result[place]:
                continue
            if fixed[place] or result[place] != 1:
                raise ValueError(_mismatch(axes, shapes, itershape, remapped))
            result[place] = length
    return tuple(result)


def _mismatch(axes, shapes, itershape, remapped):
    if not remapped and itershape is None:
        known = [tight(shape) for shape in shapes if shape is not None]
        return f"operands could not be broadcast together with shapes {' '.join(known)} "
    parts = []
    for row, shape in zip(axes, shapes, strict=True):
        if shape is not None:
            moved = ["newaxis" if axis is None else shape[axis] for axis in row]
            parts.append(f"{tight(shape)}->{tight(moved)}")
    requested = "" if itershape is None else f" and requested shape {tight(itershape)}"
    return (
        f"operands could not be broadcast together with remapped shapes [original->remapped]: {' '.join(parts)} "
        f"{requested}"
    )


def walk_order(order, depth, strides, fortran):
    """The axes from the slowest to the fastest, and whether they are as they are by force."""
    if order not in ("C", "F", "A", "K"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    if order == "F" or (order == "A" and fortran):
        return list(range(depth))[::-1], True
    if order in "CA":
        return list(range(depth)), True
    ranked = list(range(depth))[::-1]  # from the fastest; NumPy's own stable insertion sort
    for start in range(1, depth):
        axis, place = ranked[start], start
        for other in range(start - 1, -1, -1):
            verdict = _swaps(strides, axis, ranked[other])
            if verdict is False:
                break
            if verdict:
                place = other
        ranked.insert(place, ranked.pop(start))
    return ranked[::-1], False


def _swaps(strides, axis, other):
    """Whether `axis` runs faster than `other`; None where the strides do not tell. Of contradictions C order wins."""
    verdict = None
    for row in strides:
        if row[axis] and row[other]:
            if abs(row[other]) <= abs(row[axis]):
                verdict = False
            elif verdict is None:
                verdict = True
    return verdict


def flipped_axes(strides, depth):
    """Axes that all operands have backwards."""
    return [any(row[axis] < 0 for row in strides) and all(row[axis] <= 0 for row in strides) for axis in range(depth)]


def joined(shape, strides):
    """Lengths after neighbouring axes have become one where every operand allows it."""
    lengths, last = [], []
    for place, length in enumerate(shape):
        row = [one[place] for one in strides]
        if lengths and _joins(lengths[-1], last, length, row):
            lengths[-1] *= length
            last = row if length != 1 else last
        else:
            lengths.append(length)
            last = row
    return lengths


def _joins(outer, outer_strides, inner, inner_strides):
    if outer == 1 or inner == 1:
        return True
    return all(far == near * inner for far, near in zip(outer_strides, inner_strides, strict=True))


def unravelled(place, shape):
    """The index of a place in C order."""
    index = []
    for length in reversed(shape):
        index.append(place % length)
        place //= length
    return tuple(reversed(index))


def buffered_run(place, lengths, size):
    """How many elements from a place go into a buffer: whole inner axes, up to the end of the next one."""
    core = 1
    for length in reversed(lengths):
        if core * length > size:
            block = core * length
            return min(size // core * core, block - place % block)
        core *= length
    return core - place % core
