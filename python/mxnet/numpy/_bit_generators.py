"""Bit generators: NumPy's, with NumPy's numbers and states. The streams themselves are native; here stands what the
parts of a state are called. Used by `random` and the generators."""

import copyreg
import operator
from threading import RLock

from .._core import ndarray
from .._core import numpy as _core
from ._seeds import WORD, SeedSequence, values_of

_native = _core._random


class BitGenerator(_native._BitStream):  # type: ignore[name-defined]
    """What all bit generators have in common: a seed sequence, a state, and streams of raw bits.

    NumPy's C interfaces (`capsule`, `ctypes`, `cffi`) do not exist here.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional

    Raises
    ------
    NotImplementedError
        `BitGenerator` itself is a base class.

    Examples
    --------
    >>> isinstance(np.random.PCG64(1), np.random.BitGenerator)
    True
    """

    _algorithm = ""
    _seed_length = 0

    def __init__(self, seed=None):
        if type(self) is BitGenerator:
            raise NotImplementedError("BitGenerator is a base class and cannot be instantized")
        self._seed_seq = seed if hasattr(seed, "generate_state") else SeedSequence(seed)
        self.lock = RLock()
        self._start(self._algorithm, self._seed())

    def _seed(self):
        return self._seed_seq.generate_state(self._seed_length, "uint64").tolist()

    @property
    def seed_seq(self):
        """The seed sequence that the generator was made from.

        Examples
        --------
        >>> np.random.PCG64(7).seed_seq.entropy
        7
        """
        return self._seed_seq

    @property
    def state(self):
        """The state as NumPy's dict. It may be assigned to, also what comes from NumPy's generator of the same name.

        Examples
        --------
        >>> bits, others = np.random.PCG64(7), np.random.PCG64(8)
        >>> others.state = bits.state
        >>> bits.random_raw() == others.random_raw()
        True
        """
        return {"bit_generator": type(self).__name__, **self._to_dict(self._get())}

    @state.setter
    def state(self, value):
        if not isinstance(value, dict):
            raise TypeError("state must be a dict")
        if value.get("bit_generator", "") != type(self).__name__:
            raise ValueError(f"state must be for a {type(self).__name__} RNG")
        self._set(self._from_dict(value))

    def spawn(self, n_children):
        """Generators that are independent of this one and of each other.

        Parameters
        ----------
        n_children : int

        Returns
        -------
        list of BitGenerator

        Raises
        ------
        TypeError
            A seed sequence that cannot spawn.
        ValueError
            A negative number.

        Examples
        --------
        >>> len(np.random.PCG64(1).spawn(2))
        2
        """
        if n_children < 0:
            raise ValueError("n_children must be non-negative")
        if not hasattr(self._seed_seq, "spawn"):
            raise TypeError("The underlying SeedSequence does not implement spawning.")
        return [type(self)(seed=child) for child in self._seed_seq.spawn(n_children)]

    def _jumped(self, jump):
        made = type(self)(0)
        made.state = self.state
        jump(made)
        return made

    def __reduce__(self):
        return copyreg.__newobj__, (type(self),), (self.state, self._seed_seq)

    def __setstate__(self, state):
        self.lock = RLock()
        state, self._seed_seq = (state, None) if isinstance(state, dict) else state
        self._start(self._algorithm, [0] * self._start_length())
        self.state = state

    @classmethod
    def _start_length(cls):
        return cls._seed_length


def _spare(value):
    return int(value["has_uint32"]), int(value["uinteger"])


def _limbs(value, count):
    """A number modulo 2**(64 * count) as words of 64 bits, low ones first."""
    return [value >> 64 * place & 2**64 - 1 for place in range(count)]


class _Congruential(BitGenerator):
    """What the two PCG generators have in common."""

    _seed_length = 4

    @staticmethod
    def _to_dict(state):
        words, increment, (full, word) = state
        return {"state": {"state": words, "inc": increment}, "has_uint32": full, "uinteger": word}

    @staticmethod
    def _from_dict(value):
        return int(value["state"]["state"]), int(value["state"]["inc"]), _spare(value)

    def advance(self, delta):
        """Goes on as if so many draws had been made, or back.

        Parameters
        ----------
        delta : int

        Returns
        -------
        BitGenerator
            This one.

        Examples
        --------
        >>> bits = np.random.PCG64(1)
        >>> first = bits.random_raw()
        >>> bits.advance(-1).random_raw() == first
        True
        """
        self._advance([*_limbs(int(delta), 2), 0, 0])
        return self

    def jumped(self, jumps=1):
        """A generator far ahead, as if about 2**127 draws had been made, so many times.

        Parameters
        ----------
        jumps : int, optional

        Returns
        -------
        BitGenerator

        Examples
        --------
        >>> np.random.PCG64(1).jumped().random_raw() != np.random.PCG64(1).random_raw()
        True
        """
        return self._jumped(lambda made: made.advance(0x9E3779B97F4A7C15F39CC0605CEDC835 * int(jumps)))


class PCG64(_Congruential):
    """PCG XSL-RR 128/64, the generator of `default_rng`.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional

    Examples
    --------
    >>> np.random.Generator(np.random.PCG64(1)).random()
    0.5118216247002567
    """

    _algorithm = "PCG64"


class PCG64DXSM(_Congruential):
    """PCG DXSM 128/64: PCG64 with stronger output and a cheaper step.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional

    Examples
    --------
    >>> np.random.Generator(np.random.PCG64DXSM(1)).random(3).shape
    (3,)
    """

    _algorithm = "PCG64DXSM"


class SFC64(BitGenerator):
    """Chris Doty-Humphrey's small fast chaotic generator.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional

    Examples
    --------
    >>> np.random.Generator(np.random.SFC64(1)).random(3).shape
    (3,)
    """

    _algorithm = "SFC64"
    _seed_length = 3

    @staticmethod
    def _to_dict(state):
        words, (full, word) = state
        return {"state": {"state": _core.array(words, dtype="uint64")}, "has_uint32": full, "uinteger": word}

    @staticmethod
    def _from_dict(value):
        return values_of(value["state"]["state"]), _spare(value)


def _number_or_words(value, name, count):
    """A number below 2**(64 * count), or its words."""
    if hasattr(value, "__index__") and not getattr(value, "ndim", 0):
        value = operator.index(value)
        if not 0 <= value < 2 ** (64 * count):
            raise ValueError(f"{name} must be positive and less than 2**{64 * count}.")
        return _limbs(value, count)
    words = [int(word) for word in values_of(value)]
    if len(words) != count:
        raise ValueError(f"{name} must have {count} elements when using array form")
    return words


class Philox(BitGenerator):
    """Philox 4x64 with ten rounds: draws are functions of a key and a counter.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional
    counter : int or sequence of 4 ints, optional
    key : int or sequence of 2 ints, optional
        Instead of a seed.

    Raises
    ------
    ValueError
        Seed and key together, or numbers that do not fit.

    Examples
    --------
    >>> np.random.Philox(key=5).random_raw() == np.random.Philox(key=[5, 0]).random_raw()
    True
    """

    _algorithm = "Philox"
    _seed_length = 2

    def __init__(self, seed=None, counter=None, key=None):
        if seed is not None and key is not None:
            raise ValueError("seed and key cannot be both used")
        self._words = None if key is None else _number_or_words(key, "key", 2)
        self._counter = _number_or_words(0 if counter is None else counter, "counter", 4)
        super().__init__(seed)
        if key is not None:
            self._seed_seq = None

    def _seed(self):
        return (self._words or super()._seed()) + self._counter

    @classmethod
    def _start_length(cls):
        return 6

    @staticmethod
    def _to_dict(state):
        counter, key, buffer, used, (full, word) = state
        words = {
            "counter": _core.array(counter, dtype="uint64"),
            "key": _core.array(key, dtype="uint64"),
        }
        buffer = _core.array(buffer, dtype="uint64")
        return {"state": words, "buffer": buffer, "buffer_pos": used, "has_uint32": full, "uinteger": word}

    @staticmethod
    def _from_dict(value):
        counter, key = values_of(value["state"]["counter"]), values_of(value["state"]["key"])
        return counter, key, values_of(value["buffer"]), int(value["buffer_pos"]), _spare(value)

    def advance(self, delta):
        """Goes on by so many counters, of four draws each.

        Parameters
        ----------
        delta : int

        Returns
        -------
        Philox
            This one.

        Examples
        --------
        >>> bits = np.random.Philox(1)
        >>> drawn = bits.random_raw(4)
        >>> bool(bits.random_raw() == np.random.Philox(1).advance(1).random_raw())
        True
        """
        self._advance(_limbs(int(delta), 4))
        return self

    def jumped(self, jumps=1):
        """A generator far ahead, as if 2**128 counters had been used, so many times.

        Parameters
        ----------
        jumps : int, optional

        Returns
        -------
        Philox

        Examples
        --------
        >>> np.random.Philox(1).jumped().state["state"]["counter"]
        array([0, 0, 1, 0], dtype=uint64)
        """
        return self._jumped(lambda made: made.advance(int(jumps) << 128))


class MT19937(BitGenerator):
    """The Mersenne twister, the generator of `RandomState`.

    Parameters
    ----------
    seed : int, sequence of ints or SeedSequence, optional

    Examples
    --------
    >>> np.random.Generator(np.random.MT19937(1)).random(3).shape
    (3,)
    """

    _algorithm = "MT19937"
    _seed_length = 624

    def _seed(self):
        return self._seed_seq.generate_state(self._seed_length, "uint32").tolist()

    def _legacy_seeding(self, seed):
        """Seeds as `RandomState` does: from one number or an array of numbers below 2**32."""
        if seed is None:
            self._seed_seq = SeedSequence()
            self._start("MT19937", self._seed())
            self._seed_seq = None
            return
        if hasattr(seed, "squeeze"):
            seed = seed.squeeze()
        one = hasattr(seed, "__index__") and not getattr(seed, "ndim", 0)
        words = [operator.index(seed)] if one else values_of(seed)
        if not words:
            raise ValueError("Seed must be non-empty")
        if not one:
            words = [_legacy_word(word, isinstance(seed, ndarray)) for word in words]
        if any(not 0 <= word < WORD for word in words):
            raise ValueError("Seed must be between 0 and 2**32 - 1")
        self._start_legacy(words, one)
        self._seed_seq = None

    def jumped(self, jumps=1):
        """A generator far ahead, as if 2**128 draws had been made, so many times.

        Parameters
        ----------
        jumps : int, optional

        Returns
        -------
        MT19937

        Examples
        --------
        >>> np.random.MT19937(1).jumped().random_raw() != np.random.MT19937(1).random_raw()
        True
        """
        return self._jumped(lambda made: made._jump_twister(max(int(jumps), 0)))

    @property
    def state(self):
        """The state as NumPy's dict. It may be assigned to, also a tuple of NumPy's older form.

        Examples
        --------
        >>> np.random.MT19937(7).state['state']['pos']
        623
        """
        return BitGenerator.state.fget(self)

    @state.setter
    def state(self, value):
        if isinstance(value, tuple):
            if value[0] != "MT19937" or len(value) not in (3, 5):
                raise ValueError("state is not a legacy MT19937 state")
            value = {"bit_generator": "MT19937", "state": {"key": value[1], "pos": value[2]}}
        BitGenerator.state.fset(self, value)

    @staticmethod
    def _to_dict(state):
        key, position = state
        return {"state": {"key": _core.array(key, dtype="uint32"), "pos": position}}

    @staticmethod
    def _from_dict(value):
        return [int(word) for word in values_of(value["state"]["key"])], int(value["state"]["pos"])


def _legacy_word(word, whole):
    """An element of a legacy seed: an integer, or a whole number of our float arrays."""
    if isinstance(word, (list, tuple)):
        raise ValueError("Seed array must be 1-d")
    if whole and isinstance(word, float) and word.is_integer():
        return int(word)
    if not hasattr(word, "__index__"):
        raise TypeError("Cannot cast array data from dtype('float64') to dtype('int64') according to the rule 'safe'")
    return operator.index(word)
