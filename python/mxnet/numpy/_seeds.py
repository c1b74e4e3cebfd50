"""Seed sequences: what seeds of any kind mean. The mixing itself is native. Used by the bit generators."""

import operator
import re
import secrets

from .._core import ndarray
from .._core import numpy as _core

_native = _core._random
WORD = 2**32
_POOL = 4


def values_of(given):
    """The numbers of an array or a sequence as Python integers."""
    values = given.tolist() if hasattr(given, "tolist") else list(given)
    return values if isinstance(values, list) else [values]


def _integer_words(value):
    """A non-negative integer as 32-bit words, low ones first."""
    if value < 0:
        raise ValueError("SeedSequence: expected non-negative integer")
    words = [value % WORD]
    while value >= WORD:
        value //= WORD
        words.append(value % WORD)
    return words


def _text_integer(text):
    if text.startswith("0x"):
        return int(text, base=16)
    if re.match(r"[0-9]+$", text):
        return int(text)
    raise ValueError("SeedSequence: unrecognized seed string")


def _words(seed):
    """Entropy of any kind as 32-bit words."""
    if isinstance(seed, str):
        return _integer_words(_text_integer(seed))
    if hasattr(seed, "__index__") and not getattr(seed, "ndim", 0):
        return _integer_words(operator.index(seed))
    if isinstance(seed, (float, complex)) or getattr(seed, "ndim", None) == 0:
        raise TypeError("SeedSequence: seed must be integer")
    words = []
    whole = isinstance(seed, ndarray)  # our arrays of integers are float32 unless told otherwise
    for value in values_of(seed):
        if whole and isinstance(value, float) and value.is_integer():
            value = int(value)
        words += _words(value)
    return words


class SeedSequence:
    """Mixes entropy of any quality into independent states for bit generators, and spawns children that never meet.

    Parameters
    ----------
    entropy : int or sequence of ints, optional
        Without it the system's entropy decides.
    spawn_key : sequence of ints, optional
        The way from the root of the tree of spawned sequences.
    pool_size : int, optional
        32-bit words of the pool, at least 4.
    n_children_spawned : int, optional

    Raises
    ------
    TypeError
        Entropy that is neither an integer nor a sequence of integers.
    ValueError
        Negative entropy, or a pool that is too small.

    Examples
    --------
    >>> np.random.SeedSequence(42).generate_state(2)
    array([3444837047, 2669555309], dtype=uint32)
    >>> np.random.SeedSequence(42).spawn(2)[1].spawn_key
    (1,)
    """

    def __init__(self, entropy=None, *, spawn_key=(), pool_size=_POOL, n_children_spawned=0):
        if pool_size < _POOL:
            raise ValueError(f"The size of the entropy pool should be at least {_POOL}")
        if entropy is None:
            entropy = secrets.randbits(pool_size * 32)
        elif isinstance(entropy, (str, float, complex)) or not (
            hasattr(entropy, "__index__") or hasattr(entropy, "__len__")
        ):
            raise TypeError(f"SeedSequence expects int or sequence of ints for entropy not {entropy}")
        self.entropy = entropy
        self.spawn_key = tuple(spawn_key)
        self.pool_size = pool_size
        self.n_children_spawned = n_children_spawned
        self._pool = _native._mix_entropy(_words(entropy), _words(self.spawn_key), pool_size)

    @property
    def pool(self):
        """The pool of mixed entropy, as words of 32 bits.

        Examples
        --------
        >>> np.random.SeedSequence(7).pool.shape
        (4,)
        """
        return _core.array(self._pool, dtype="uint32")

    @property
    def state(self):
        """What makes the sequence anew: `SeedSequence(**state)`, but for `n_children_spawned` as in NumPy.

        Examples
        --------
        >>> np.random.SeedSequence(7).state['entropy']
        7
        """
        return {name: getattr(self, name) for name in ("entropy", "spawn_key", "pool_size", "n_children_spawned")}

    def generate_state(self, n_words, dtype="uint32"):
        """So many words for a bit generator.

        Parameters
        ----------
        n_words : int
        dtype : dtype, optional
            uint32 or uint64.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            Another dtype.

        Examples
        --------
        >>> np.random.SeedSequence(1).generate_state(3).shape
        (3,)
        """
        dtype = _core.empty((0,), dtype=dtype).dtype
        if dtype not in ("uint32", "uint64"):
            raise ValueError("SeedSequence.generate_state: only support uint32 or uint64")
        words = _native._generate_words(self._pool, operator.index(n_words), dtype == "uint64")
        return _core.array(words, dtype=dtype)

    def spawn(self, n_children):
        """So many sequences that are independent of this one and of each other.

        Parameters
        ----------
        n_children : int

        Returns
        -------
        list of SeedSequence

        Raises
        ------
        ValueError
            A negative number.

        Examples
        --------
        >>> len(np.random.SeedSequence(1).spawn(3))
        3
        """
        if n_children < 0:
            raise ValueError("SeedSequence.spawn: n_children must be non-negative")
        first = self.n_children_spawned
        self.n_children_spawned += n_children
        return [
            type(self)(self.entropy, spawn_key=(*self.spawn_key, child), pool_size=self.pool_size)
            for child in range(first, first + n_children)
        ]

    def __repr__(self):
        lines = [f"{type(self).__name__}(", f"    entropy={self.entropy!r},"]
        if self.spawn_key:
            lines.append(f"    spawn_key={self.spawn_key!r},")
        if self.pool_size != _POOL:
            lines.append(f"    pool_size={self.pool_size!r},")
        if self.n_children_spawned:
            lines.append(f"    n_children_spawned={self.n_children_spawned!r},")
        return "\n".join([*lines, ")"])
