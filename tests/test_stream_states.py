"""Seeds, states, spawning, jumping and pickles of NumPy's own random streams, with NumPy as the judge."""

import copy
import pickle

import numpy as onp
import pytest

from mxnet import np
from test_streams import GENERATORS, pair, plain, same

# What a seed may be.
SEEDS = [0, 1, 42, 2**32 - 1, 2**32, 2**64 + 3, 2**200 + 7, [1, 2, 3], [0], [2**40, 5, 0], (7, 8), range(5), []]


@pytest.mark.parametrize("seed", [*SEEDS, onp.arange(5), onp.arange(6, dtype="uint32"), onp.uint64(7)], ids=str)
@pytest.mark.parametrize("bits", GENERATORS)
def test_seeds(seed, bits):
    ours, theirs = getattr(np.random, bits)(seed), getattr(onp.random, bits)(seed)
    plain(ours.state, theirs.state)
    same(ours.random_raw(10), theirs.random_raw(10))
    assert ours.random_raw() == theirs.random_raw()
    assert ours.random_raw(3, output=False) is None
    theirs.random_raw(3, output=False)
    plain(ours.state, theirs.state)


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_seed_sequences(seed):
    ours, theirs = np.random.SeedSequence(seed), onp.random.SeedSequence(seed)
    for _ in range(2):
        for child, other in zip(ours.spawn(2), theirs.spawn(2), strict=True):
            assert child.spawn_key == other.spawn_key and child.state == other.state and repr(child) == repr(other)
            same(child.generate_state(9), other.generate_state(9))
            same(child.generate_state(5, "uint64"), other.generate_state(5, "uint64"))
            same(child.spawn(1)[0].pool, other.spawn(1)[0].pool)
    assert ours.n_children_spawned == 4 and repr(ours) == repr(theirs)
    wide = [module.random.SeedSequence(seed, pool_size=8, spawn_key=(3,)) for module in (np, onp)]
    same(wide[0].generate_state(20), wide[1].generate_state(20))


@pytest.mark.parametrize(
    "seed", [0, 1, 2**32 - 1, [1], [1, 2, 3], list(range(700)), onp.uint32(5)], ids=lambda x: str(x)[:20]
)
def test_legacy_seeds(seed):
    ours, theirs = np.random.RandomState(seed), onp.random.RandomState(seed)
    same(ours.random_sample(700), theirs.random_sample(700))
    ours.standard_normal(), theirs.standard_normal()
    ours.seed(seed), theirs.seed(seed)
    plain(ours.get_state(legacy=False), theirs.get_state(legacy=False))
    same(ours.rand(2, 3), theirs.rand(2, 3)), same(ours.randn(5), theirs.randn(5))
    for mine, other in zip(ours.get_state(), theirs.get_state(), strict=True):
        plain(mine, other)


@pytest.mark.parametrize("bits", GENERATORS)
def test_states_travel_to_numpy_and_back(bits):
    ours, theirs = pair("Generator", bits)
    for generator in (ours, theirs):
        generator.integers(0, 10, size=3, dtype="int32")
        generator.standard_normal(5)
    fresh, other = pair("Generator", bits, 77)
    other.bit_generator.state = theirs.bit_generator.state
    fresh.bit_generator.state = theirs.bit_generator.state
    same(fresh.random(10), other.random(10))
    state = ours.bit_generator.state
    first = ours.integers(0, 1000, size=7, dtype="uint32").tolist()
    ours.bit_generator.state = state
    assert ours.integers(0, 1000, size=7, dtype="uint32").tolist() == first
    with pytest.raises(ValueError, match="state must be for a"):
        ours.bit_generator.state = {"bit_generator": "Other"}
    with pytest.raises(TypeError, match="state must be a dict"):
        ours.bit_generator.state = 5


def test_legacy_states_travel():
    ours, theirs = np.random.RandomState(5), onp.random.RandomState(9)
    theirs.standard_normal(3)
    ours.set_state(theirs.get_state())
    same(ours.standard_normal(5), theirs.standard_normal(5))
    ours.set_state(theirs.get_state(legacy=False))
    same(ours.random_sample(5), theirs.random_sample(5))
    for state in (("Philox", [1], 2), {"state": 1}):
        with pytest.raises(ValueError):
            ours.set_state(state)
    with pytest.raises(TypeError):
        ours.set_state(5)


@pytest.mark.parametrize("bits", GENERATORS)
def test_copies_and_pickles_go_on_alike(bits):
    ours, _ = pair("Generator", bits)
    ours.integers(0, 10, size=3, dtype="int32")
    for made in (copy.deepcopy(ours), pickle.loads(pickle.dumps(ours))):
        state = ours.bit_generator.state
        assert made.random(5).tolist() == ours.random(5).tolist()
        ours.bit_generator.state = state
        assert type(made.bit_generator) is type(ours.bit_generator)
        assert made.spawn(1)[0].random() == copy.deepcopy(ours).spawn(1)[0].random()
    legacy = np.random.RandomState(getattr(np.random, bits)(3))
    legacy.standard_normal()
    assert pickle.loads(pickle.dumps(legacy)).standard_normal(3).tolist() == legacy.standard_normal(3).tolist()


@pytest.mark.parametrize("bits", GENERATORS)
def test_spawned_generators(bits):
    ours, theirs = pair("Generator", bits, 12)
    for _ in range(2):
        for child, other in zip(ours.spawn(3), theirs.spawn(3), strict=True):
            same(child.random(4), other.random(4))
            same(child.spawn(1)[0].random(4), other.spawn(1)[0].random(4))
    with pytest.raises(ValueError, match="n_children must be non-negative"):
        ours.spawn(-1)


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "MT19937", "Philox"])
def test_jumps(bits):
    ours, theirs = getattr(np.random, bits)(4), getattr(onp.random, bits)(4)
    for generator in (ours, theirs):
        generator.random_raw(13)
    for jumps in (1, 2, 3):
        plain(ours.jumped(jumps).state, theirs.jumped(jumps).state)
        same(ours.jumped(jumps).random_raw(5), theirs.jumped(jumps).random_raw(5))
    plain(ours.jumped().jumped().state, theirs.jumped().jumped().state)
    plain(ours.state, theirs.state)


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "Philox"])
@pytest.mark.parametrize("delta", [0, 1, 1000, 2**63, 2**64 + 1, 2**127, -1, -12345, 2**255 + 5])
def test_advances(bits, delta):
    ours, theirs = getattr(np.random, bits)(4), getattr(onp.random, bits)(4)
    for generator in (ours, theirs):
        generator.random_raw(3)
        assert generator.advance(delta) is generator
    plain(ours.state, theirs.state)
    same(ours.random_raw(5), theirs.random_raw(5))


def test_whole_numbers_in_any_dress():
    """Python's floats are cut, NumPy's are refused, ours count where they are whole."""
    ours, theirs = pair("Generator")
    for n in (10.7, [10.7, 20], 2**60, [2**60 + 1, 3], onp.int8(7), onp.uint8(7), onp.array([3, 4], "uint16"), True):
        same(ours.binomial(n, 0.25), theirs.binomial(n, 0.25))
    same(ours.binomial(np.array([10, 20]), 0.5), theirs.binomial([10, 20], 0.5))
    same(ours.hypergeometric(np.array(10), 20, 9), theirs.hypergeometric(10, 20, 9))
    with pytest.raises(TypeError, match="Cannot cast"):
        ours.binomial(np.array([10.5]), 0.5)


def test_philox_keys_and_counters():
    for keywords in ({"key": 5}, {"key": [1, 2], "counter": 2**200}, {"seed": 3, "counter": [1, 2, 3, 4]}):
        plain(np.random.Philox(**keywords).state, onp.random.Philox(**keywords).state)
    for keywords in ({"seed": 1, "key": 2}, {"key": -1}, {"key": 2**128}, {"key": [1, 2, 3]}, {"counter": 2**256}):
        with pytest.raises(ValueError):
            np.random.Philox(**keywords)


def test_default_rng_takes_what_numpy_takes():
    same(np.random.default_rng(5).random(3), onp.random.default_rng(5).random(3))
    generator = np.random.default_rng(np.random.SeedSequence(3))
    assert np.random.default_rng(generator) is generator
    bits = np.random.Philox(3)
    assert np.random.default_rng(bits).bit_generator is bits
    legacy = np.random.RandomState(3)
    assert np.random.default_rng(legacy).bit_generator is legacy.bit_generator
    assert np.random.default_rng().random() != np.random.default_rng().random()
    assert str(generator) == "Generator(PCG64)" and repr(legacy).startswith("RandomState(MT19937) at 0x")
    same(np.random.default_rng(np.array([1, 2, 3])).random(3), onp.random.default_rng([1, 2, 3]).random(3))
