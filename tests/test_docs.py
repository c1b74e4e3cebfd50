"""Every public name says what it takes, gives and refuses, and its examples run; so do those of README.md."""

import doctest
import importlib
import inspect
import re
import types

import pytest

import mxnet
from mxnet import autograd, np, npx

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS

#: every namespace that users import from
SPACES = {
    "np": np,
    "np.linalg": np.linalg,
    "np.fft": np.fft,
    "np.random": np.random,
    "np.emath": np.emath,
    "np.testing": np.testing,
    "np.lib.stride_tricks": np.lib.stride_tricks,
    "npx": npx,
    "npx.image": npx.image,
    "npx.random": npx.random,
    **{
        name: importlib.import_module(f"mxnet.{name}")
        for name in ("autograd", "base", "context", "device", "image", "inspect", "util")
    },
}

#: how methods begin that are functions too: the function tells the rest
OF_THE_FUNCTION = re.compile(r"`np\.(\w+)` of this (?:array|polynomial)(?:, in place)?; see there\.\n")
#: arguments that may be wrong by their value, so that errors are the caller's concern
CHECKED = {
    "axis",
    "axes",
    "axis1",
    "axis2",
    "casting",
    "dims",
    "indexing",
    "mode",
    "new_shape",
    "out",
    "shape",
    "source",
}
#: functions and methods that give nothing back: verbs for what they change
GIVES_NOTHING = re.compile(
    r"attach|at$|backward$|check|close|convert|copyto|drop|empty_cache|fill|forward|hard|main$|mark|partition$|place"
    r"|put|reset|reshape$|save|seed|set|shuffle|sort$|tofile|wait|zero_grad"
)


def is_ours(value):
    """Whether a class, function or method is of this package; what is NumPy's own has NumPy's documentation."""
    home = getattr(value, "__module__", None) or ""
    return home.startswith("mxnet") or getattr(mxnet._core, getattr(value, "__name__", ""), None) is value


def members(name, owner):
    """(qualified name, what it is) of a class's public attributes of ours, but for its constants and tuple fields."""
    for attribute in dir(owner):
        home = next((base for base in owner.__mro__ if attribute in vars(base)), object)
        value = vars(home).get(attribute)
        if attribute.startswith("_") or not is_ours(home):
            continue
        value = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        if inspect.isroutine(value) or isinstance(value, property) or inspect.isgetsetdescriptor(value):
            yield f"{name}.{attribute}", value


def public():
    """(qualified name, object) of everything public: functions, ufuncs, classes and what these have."""
    seen = {}
    for space, module in SPACES.items():
        for name in dir(module):
            value = getattr(module, name)
            known = isinstance(value, types.ModuleType) or not callable(value) or not is_ours(value)
            if name.startswith("_") or known or id(value) in seen:
                continue
            seen[id(value)] = value
            yield f"{space}.{name}", value
            if isinstance(value, type):
                yield from members(f"{space}.{name}", value)


PUBLIC = dict(public())


def text_of(value):
    text = getattr(value, "__doc__", None)
    return inspect.cleandoc(text) if isinstance(text, str) else ""


def sections(text):
    """Heading -> lines of a section."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.MULTILINE)
    return {heading: body.strip("\n").splitlines() for heading, body in zip(parts[1::2], parts[2::2])}


def described(text):
    """Name -> words for its type, of the section of parameters."""
    entries = [re.match(r"([*\w][^:]*?)(?: : (.*))?$", line) for line in sections(text).get("Parameters", [])]
    return {name.strip().lstrip("*"): entry[2] or "" for entry in entries if entry for name in entry[1].split(",")}


def taken(value, *, by_name=False):
    """The names of the parameters of a call; by name, without those that are given by position only."""
    try:
        found = inspect.signature(value).parameters
    except (TypeError, ValueError):
        return set()
    if by_name:
        found = {name: one for name, one in found.items() if one.kind is not one.POSITIONAL_ONLY}
    return {name for name in found if name not in ("self", "cls") and not name.startswith("_")}


def run(text, name):
    """Run the examples of a text and return what failed."""
    scope = {"np": np, "npx": npx, "autograd": autograd}
    test = doctest.DocTestParser().get_doctest(text, scope, name, name, 0)
    failures = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(test, out=failures.append)
    return "".join(failures)


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_shows_an_example_that_runs(name):
    text = text_of(PUBLIC[name])
    assert ">>>" in text, "no example" if text else "no documentation"
    np.random.seed(0)
    failures = run(text, name)
    assert not failures, failures


CALLED = {name: value for name, value in PUBLIC.items() if callable(value)}


@pytest.mark.parametrize("name", CALLED)
def test_everything_called_says_what_it_takes(name):
    value, text = CALLED[name], text_of(CALLED[name])
    function = OF_THE_FUNCTION.match(text)
    if function:
        text = text_of(getattr(np, function[1]))
    open_ended = any(each.startswith("kw") for each in taken(value))
    # the function may call by another name what a method takes by position
    missing = taken(value, by_name=bool(function)) - set(described(text))
    # keywords that only some calls take may be described one by one
    missing -= {each for each in missing if each.startswith("kw") and set(described(text)) - taken(value)}
    assert not missing, f"not described: {sorted(missing)}"
    if not OF_THE_FUNCTION.match(text_of(value)) and not isinstance(value, type) and not open_ended:
        assert set(described(text)) <= taken(value), f"not taken: {sorted(set(described(text)) - taken(value))}"


@pytest.mark.parametrize("name", [name for name, value in CALLED.items() if not isinstance(value, type)])
def test_everything_called_says_what_it_gives_and_refuses(name):
    value, text = CALLED[name], text_of(CALLED[name])
    if OF_THE_FUNCTION.match(text):
        return
    documented = sections(text)
    if not GIVES_NOTHING.search(name.rpartition(".")[2]):
        assert {"Returns", "Yields"} & set(documented), "neither Returns nor Yields"
    kinds = described(text)
    if checked := {each for each in CHECKED & taken(value) if not kinds.get(each, "").startswith("bool")}:
        assert "Raises" in documented, f"Raises is missing, but {sorted(checked)} may be wrong"


def test_the_site_has_a_place_for_everything_public(repository, monkeypatch):
    monkeypatch.syspath_prepend(repository / "tools")
    places, _ = importlib.import_module("reference_site").index()
    assert len(PUBLIC) > 900 and set(PUBLIC) <= set(places)


def readme_blocks(repository):
    text = (repository / "README.md").read_text()
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_readme_examples_run(repository, tmp_path, monkeypatch):
    blocks = readme_blocks(repository)
    assert blocks, "README.md shows no Python"
    monkeypatch.chdir(tmp_path)
    scope = {}
    for number, block in enumerate(blocks):
        if ">>>" in block:
            failures = run(block, f"README block {number}")
            assert not failures, failures
        else:
            exec(compile(block, f"README block {number}", "exec"), scope)


def test_documents_name_no_private_paths(repository):
    for path in [*repository.glob("*.md"), *(repository / "python").rglob("*.py")]:
        assert not re.search(r"(?<![\w.])/(work|tmp|root)/", path.read_text()), path
