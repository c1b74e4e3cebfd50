"""In which order an Einstein sum of many operands is contracted: `einsum_path`, and `einsum` along such a path. The
sums themselves are the core's.

Two searches, by the names NumPy gives them: "greedy" takes, step by step, the pair that frees most elements; "optimal"
tries every order of pairs.
"""

from functools import lru_cache as _lru_cache
from itertools import combinations as _combinations
from math import prod as _prod
from typing import NamedTuple as _NamedTuple

from .._core import numpy as _np

__all__ = ["einsum", "einsum_path"]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RULE = "-" * 74


def _text_of(axes):
    """Subscripts of a list of axis numbers."""
    return "".join("..." if axis is Ellipsis else _LETTERS[axis] for axis in axes)


def _read(operands):
    """Subscripts and arrays of either form of the arguments."""
    if len(operands) == 0:
        raise ValueError("No input operands")
    if isinstance(operands[0], str):
        arrays = [one if isinstance(one, _Shaped) else _np.asarray(one) for one in operands[1:]]
        return operands[0].replace(" ", ""), arrays
    pairs = len(operands) // 2
    arrays = [_np.asarray(one) for one in operands[: 2 * pairs : 2]]
    text = ",".join(_text_of(axes) for axes in operands[1 : 2 * pairs : 2])
    return text + (f"->{_text_of(operands[-1])}" if len(operands) % 2 else ""), arrays


def _dotted(terms, output, arrays):
    """The subscripts with letters in the place of ellipses."""
    free = [letter for letter in reversed(_LETTERS) if all(letter not in term for term in [*terms, output or ""])]
    if output is not None and "." in output.replace("...", "", 1):
        raise ValueError("Invalid Ellipses.")
    widest, new = 0, []
    for term, array in zip(terms, arrays, strict=True):
        if "." in term:
            if term.count(".") != 3 or "..." not in term:
                raise ValueError("Invalid Ellipses.")
            hidden = max(array.ndim - (len(term) - 3), 0)
            widest = max(widest, hidden)
            term = term.replace("...", "".join(free[:hidden][::-1]))
        new.append(term)
    dots = "".join(free[:widest][::-1])
    if output is None:
        seen = "".join(new)
        once = sorted(letter for letter in set(seen) if seen.count(letter) == 1 and letter not in dots)
        return new, dots + "".join(once)
    return new, output.replace("...", dots)


def _parse(operands):
    """Subscripts of the operands, of the result, and the arrays."""
    text, arrays = _read(operands)
    if ("-" in text or ">" in text) and (text.count("-") > 1 or text.count(">") > 1 or "->" not in text):
        raise ValueError("Subscripts can only contain one '->'.")
    left, arrow, right = text.partition("->")
    for letter in left + right:
        if letter not in _LETTERS and letter not in ".,":
            raise ValueError(f"Character {letter} is not a valid symbol.")
    terms = left.split(",")
    if len(terms) != len(arrays):
        raise ValueError("Number of einsum subscripts must be equal to the number of operands.")
    terms, output = _dotted(terms, right if arrow else None, arrays)
    for letter in output:
        if output.count(letter) > 1:
            raise ValueError(f"Output character {letter} appeared more than once in the output.")
        if not any(letter in term for term in terms):
            raise ValueError(f"Output character {letter} did not appear in the input")
    return terms, output, arrays


def _lengths(terms, arrays):
    """The length of each subscript; 1 stretches."""
    lengths = {}
    for at, (term, array) in enumerate(zip(terms, arrays, strict=True)):
        if len(term) != array.ndim:
            raise ValueError(
                f"Einstein sum subscript {term} does not contain the correct number of indices for operand {at}."
            )
        for letter, length in zip(term, array.shape, strict=True):
            known = lengths.setdefault(letter, length)
            if known == 1:
                lengths[letter] = length
            elif length not in (1, known):
                raise ValueError(
                    f"Size of label '{letter}' for operand {at} ({known}) does not match previous terms ({length})."
                )
    return lengths


class _Search:
    """What the searches ask about contractions of sets of subscripts."""

    def __init__(self, output, lengths, limit):
        self.output, self.lengths, self.limit = output, lengths, limit

    def size(self, letters):
        return _prod(self.lengths[letter] for letter in letters)

    def work(self, letters, sums, count):
        """Multiplications and additions of one contraction of `count` operands."""
        return self.size(letters) * (max(1, count - 1) + bool(sums))

    def contract(self, places, sets):
        """The result of contracting the operands at `places`, the operands after it, letters summed away, letters."""
        gone = frozenset().union(*(sets[at] for at in places))
        rest = [one for at, one in enumerate(sets) if at not in places]
        kept = gone & self.output.union(*rest)
        return kept, [*rest, kept], gone - kept, gone

    def rate(self, places, sets, spent, naive):
        """A pair with its price; `None` where it is too large or no better than one sum over all."""
        result, after, summed, letters = self.contract(places, sets)
        new = self.size(result)
        if new > self.limit:
            return None
        cost = self.work(letters, summed, len(places))
        if spent + cost > naive:
            return None
        freed = sum(self.size(sets[at]) for at in places) - new
        return (-freed, cost), places, after

    def greedy(self, sets):
        count = len(sets)
        if count <= 2:
            return [tuple(range(count))]
        _, _, summed, letters = self.contract(range(count), sets)
        naive = self.work(letters, summed, count)
        known, path, spent = [], [], 0
        pairs = list(_combinations(range(count), 2))
        for _ in range(count - 1):
            touching = (pair for pair in pairs if sets[pair[0]] & sets[pair[1]])
            known += [one for pair in touching if (one := self.rate(pair, sets, spent, naive))]
            if not known:
                # nothing shares a subscript: outer products
                every = _combinations(range(len(sets)), 2)
                known = [one for pair in every if (one := self.rate(pair, sets, spent, naive))]
                if not known:
                    return [*path, tuple(range(len(sets)))]
            best = min(known, key=lambda one: one[0])
            (_, cost), (first, second), after = best
            # the others keep their price; their operands have moved up
            moved = []
            for price, (x, y), _ in known:
                if {x, y} & {first, second}:
                    continue
                pair = tuple(at - (at > first) - (at > second) for at in (x, y))
                moved.append((price, pair, self.contract(pair, after)[1]))
            known, sets = moved, after
            pairs = [(at, len(sets) - 1) for at in range(len(sets) - 1)]
            path.append((first, second))
            spent += cost
        return path

    def optimal(self, sets):
        count = len(sets)
        found = [(0, [], sets)]
        for step in range(count - 1):
            further = []
            for cost, path, left in found:
                for pair in _combinations(range(count - step), 2):
                    result, after, summed, letters = self.contract(pair, left)
                    if self.size(result) <= self.limit:
                        further.append((cost + self.work(letters, summed, 2), [*path, pair], after))
            if not further:
                path = min(found, key=lambda one: one[0])[1]
                return [*path, tuple(range(count - step))]
            found = further
        return min(found, key=lambda one: one[0])[1]


def _wanted(optimize):
    """Which search or path, and how many elements a result on the way may have (`None`: as the largest operand)."""
    if optimize is True:
        optimize = "greedy"
    if optimize is None:
        optimize = False
    if optimize is False or isinstance(optimize, str):
        return optimize, None
    if len(optimize) and optimize[0] == "einsum_path":
        return list(optimize[1:]), None
    if len(optimize) == 2 and isinstance(optimize[0], str) and isinstance(optimize[1], (int, float)):
        return optimize[0], int(optimize[1])
    raise TypeError(f"Did not understand the path: {optimize}")


def _path(how, limit, sets, output, lengths):
    search = _Search(output, lengths, limit)
    if isinstance(how, list):
        return how
    if how is False or len(sets) in (1, 2) or frozenset(lengths) == output:
        return [tuple(range(len(sets)))]
    if how not in ("greedy", "optimal"):
        raise KeyError("Path name %s not found", how)
    return search.greedy(sets) if how == "greedy" else search.optimal(sets)


def _plan(operands, optimize):
    """The path, its steps (places, subscripts, operands left, letters, what is summed away), and the problem."""
    how, limit = _wanted(optimize)
    terms, output, arrays = _parse(operands)
    lengths = _lengths(terms, arrays)
    search = _Search(frozenset(output), lengths, None)
    largest = max(search.size(term) for term in [*terms, output])
    sets = [frozenset(term) for term in terms]
    path = _path(how, largest if limit is None else limit, sets, frozenset(output), lengths)
    steps, left = [], list(terms)
    for at, places in enumerate(path):
        places = tuple(sorted(places, reverse=True))
        result, sets, summed, letters = search.contract(places, sets)
        taken = [left.pop(place) for place in places]
        last = at == len(path) - 1
        name = output if last else "".join(sorted(result, key=lambda letter: (lengths[letter], letter)))
        left.append(name)
        steps.append((places, f"{','.join(taken)}->{name}", list(left), letters, summed))
    if len(left) != 1:
        raise RuntimeError(f"Invalid einsum_path is specified: {len(left) - 1} more operands has to be contracted.")
    return path, steps, terms, output, arrays, search


def einsum_path(*operands, optimize="greedy", einsum_call=False):
    """The order in which an Einstein sum is contracted with least work, and a table of its steps.

    Parameters
    ----------
    *operands
        As for `einsum`.
    optimize : {bool, list, tuple, 'greedy', 'optimal'}, optional
        The search; with a number behind it the largest size of a result on the way; or a path that begins with
        'einsum_path'.
    einsum_call : bool, optional
        Whether the operands and the steps are returned, as a program wants them.

    Returns
    -------
    path : list
        'einsum_path' and the places of the operands of each step; results are appended to the operands.
    text : str

    Raises
    ------
    ValueError
        Subscripts and operands that do not belong together.
    KeyError
        A search that does not exist.
    TypeError
        `optimize` is nothing of these.
    RuntimeError
        A path that does not end with one operand.

    Notes
    -----
    The searches are those described for `opt_einsum` (Smith and Gray, Journal of Open Source Software 3(26), 2018).

    Examples
    --------
    >>> a, b, c = np.ones((2, 8)), np.ones((8, 8)), np.ones((8, 2))
    >>> path, text = np.einsum_path('ij,jk,kl->il', a, b, c)
    >>> path
    ['einsum_path', (0, 1), (0, 1)]
    >>> print(text.splitlines()[0])
      Complete contraction:  ij,jk,kl->il
    """
    if einsum_call:
        _, steps, _, _, arrays, _ = _plan(operands, optimize)
        return arrays, [(places, text, left) for places, text, left, _, _ in steps]
    text, arrays = _read(operands)
    shapes = tuple(array.shape for array in arrays)
    path, table = (_described if isinstance(optimize, (str, bool)) else _describe)(text, shapes, optimize)
    return ["einsum_path", *path], table


class _Shaped(_NamedTuple):
    """As much of an array as a plan looks at."""

    shape: tuple

    @property
    def ndim(self):
        return len(self.shape)


def _describe(text, shapes, optimize):
    """The path of a contraction and a table of its steps."""
    path, steps, terms, output, _, search = _plan((text, *map(_Shaped, shapes)), optimize)
    letters = frozenset().union(*terms)
    inner = sum(len(frozenset(term)) for term in terms) - len(letters) > 0
    naive = search.work(letters, inner, len(terms))
    spent = 1 + sum(search.work(used, summed, len(places)) for places, _, _, used, summed in steps)
    results = [text.partition("->")[2] for _, text, _, _, _ in steps]
    lines = [
        f"  Complete contraction:  {','.join(terms)}->{output}",
        f"         Naive scaling:  {len(letters)}",
        f"     Optimized scaling:  {max(len(used) for _, _, _, used, _ in steps)}",
        f"      Naive FLOP count:  {naive:.3e}",
        f"  Optimized FLOP count:  {spent:.3e}",
        f"   Theoretical speedup:  {naive / spent:.3f}",
        f"  Largest intermediate:  {max(search.size(one) for one in results):.3e} elements",
        _RULE,
        f"{'scaling':>6} {'current':>24} {'remaining':>40}",
        _RULE,
    ]
    for _, text, left, used, _ in steps:
        lines.append(f"{len(used):4d}    {text:>24} {','.join(left) + '->' + output:>40}")
    return path, "\n".join(lines)


#: who asks once asks again: in a loop, with other numbers in arrays of the same shapes
_described = _lru_cache(maxsize=256, typed=True)(_describe)


def einsum(*operands, out=None, optimize=False, **kwargs):
    """Einstein summation: products of elements whose subscripts agree, summed over the subscripts that the result does
    not name.

    Parameters
    ----------
    subscripts : str
        A letter per axis, operands apart by commas; `->` and the result's letters behind them. Without the arrow the
        letters that occur once, in order. `...` stands for the other axes.
    *operands : array_like
        Instead of subscripts, a list of axis numbers may follow each operand.
    out : ndarray, optional
    dtype : dtype, optional
        dtype to compute in.
    order : {'C', 'F', 'A', 'K'}, optional
    casting : str, optional
    optimize : {bool, list, tuple, 'greedy', 'optimal'}, optional
        As for `einsum_path`. Without it operands are contracted in pairs, the cheapest first.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        Subscripts and operands that do not belong together.

    Examples
    --------
    >>> np.einsum('ij,j->i', np.array([[1, 2], [3, 4]]), np.array([1, 1]))
    array([3., 7.])
    >>> np.einsum('ii', np.eye(3))
    array(3.)
    """
    if optimize is False:
        return _np.einsum(*operands, out=out, **kwargs)
    _, steps, _, _, arrays, _ = _plan(operands, optimize)
    arrays, order = list(arrays), kwargs.pop("order", "K")
    for at, (places, text, _, _, _) in enumerate(steps):
        taken = [arrays.pop(place) for place in places]
        last = {"out": out, "order": order} if at == len(steps) - 1 else {}
        arrays.append(_np.einsum(text, *taken, **last, **kwargs))
    return arrays[0]
