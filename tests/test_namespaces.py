"""The namespaces against NumPy's: whatever differs is on the list of absent names, and the list is true."""

import importlib

import numpy as onp
import pytest

from mxnet import np
from mxnet.numpy._absent import ABSENT, message

SPACES = {
    "np": (np, onp),
    "np.lib": (np.lib, onp.lib),
    "np.lib.array_utils": (np.lib.array_utils, onp.lib.array_utils),
    "np.lib.stride_tricks": (np.lib.stride_tricks, onp.lib.stride_tricks),
    "np.linalg": (np.linalg, onp.linalg),
    "np.fft": (np.fft, onp.fft),
    "np.random": (np.random, onp.random),
    "np.ndarray": (np.ndarray, onp.ndarray),
    "np.emath": (np.emath, onp.emath),
    "np.testing": (np.testing, onp.testing),
}


def names_of(space):
    """Public names; submodules that only happen to be imported do not count."""
    return {name for name in dir(space) if not name.startswith("_")}


def listed(space):
    return {name for names in ABSENT.get(space, {}).values() for name in names}


@pytest.mark.parametrize("space", SPACES)
def test_names_are_numpys_but_for_the_listed_ones(space):
    ours, theirs = SPACES[space]
    missing = {name for name in names_of(theirs) if not hasattr(ours, name)}
    assert missing == listed(space) & missing, "neither here nor listed as absent"
    assert not {name for name in listed(space) if hasattr(ours, name)}, "listed as absent, and here"


def test_the_list_names_only_what_numpy_has():
    for space in ABSENT:
        assert listed(space) <= names_of(SPACES[space][1])


@pytest.mark.parametrize("space", [space for space in SPACES if space in ABSENT and space != "np.ndarray"])
def test_asking_for_an_absent_name_says_why(space):
    for name in listed(space):
        with pytest.raises(AttributeError, match=f"mxnet has no {space}"):
            getattr(SPACES[space][0], name)
    with pytest.raises(AttributeError, match="no attribute 'bogus'"):
        SPACES[space][0].bogus
    assert "bogus" in message(space, "bogus")


@pytest.fixture
def signatures(repository, monkeypatch):
    monkeypatch.syspath_prepend(repository / "tools")
    return importlib.import_module("signatures")


def test_signatures_are_numpys_but_for_the_listed_ones(signatures):
    listed = {name: text for names in signatures.REASONS.values() for name, text in names.items()}
    assert signatures.differences() == listed


@pytest.mark.parametrize(
    "ours, theirs, told",
    [
        (lambda a, axis=None: 0, lambda a, axis=None: 0, ""),
        (lambda a, axis=None, *, ctx=None: 0, lambda a, axis=None: 0, ""),
        (lambda a, axis=None, where=None: 0, lambda a, axis=None, *, where=True: 0, "`where` by position or name"),
        (lambda a, axis=0: 0, lambda a, axis=None: 0, "`axis=0`"),
        (lambda a: 0, lambda a, axis=None: 0, "no `axis`"),
        (lambda axis, a: 0, lambda a, axis: 0, "`a` stands elsewhere; `axis` stands elsewhere"),
        (lambda a, other=1: 0, lambda a: 0, "adds `other`"),
        (lambda a, axis: 0, lambda a, axis=None: 0, "`axis` has no default"),
        (lambda a, /: 0, lambda a: 0, "`a` by position only"),
    ],
)
def test_the_comparison_sees_what_differs(signatures, ours, theirs, told):
    assert signatures.difference(ours, theirs) == told


def test_the_array_api_is_told_what_there_is():
    info = np.__array_namespace_info__()
    theirs = onp.__array_namespace_info__()
    assert np.__array_api_version__ == onp.__array_api_version__
    assert info.capabilities() == theirs.capabilities()
    for kind in (None, "bool", "integral", "real floating", ("bool", "complex floating"), "numeric"):
        assert info.dtypes(kind=kind) == theirs.dtypes(kind=kind)
    assert set(info.default_dtypes()) == set(theirs.default_dtypes())
    assert info.default_device() in info.devices()
    with pytest.raises(ValueError, match="unsupported kind"):
        info.dtypes(kind="text")
