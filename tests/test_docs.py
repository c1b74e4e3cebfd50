"""Examples run: the docstring of every public name, and the Python blocks of README.md."""

import doctest
import inspect
import re

import pytest

from mxnet import autograd, device, np, npx, util

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
SPACES = {
    "np": np,
    "npx": npx,
    "npx.image": npx.image,
    "autograd": autograd,
    "np.random": np.random,
    "np.ndarray": np.ndarray,
}

#: every namespace that users import from
PUBLIC = {
    **SPACES,
    "np.linalg": np.linalg,
    "np.fft": np.fft,
    "np.emath": np.emath,
    "device": device,
    "util": util,
    "npx.random": npx.random,
}


def documented():
    """(qualified name, text) of every public object with examples."""
    rows = []
    for space, module in PUBLIC.items():
        for name in sorted(vars(module) if isinstance(module, type) else dir(module)):
            value = getattr(module, name)
            # what is NumPy's own, such as `issubdtype`, has NumPy's examples
            foreign = (getattr(value, "__module__", None) or "").partition(".")[0] == "numpy"
            text = None if name.startswith("_") or foreign else getattr(value, "__doc__", None)
            if isinstance(text, str) and ">>>" in text:
                rows.append((f"{space}.{name}", text))
    return rows


DOCUMENTED = documented()


def run(text, name):
    """Run the examples of a text and return what failed."""
    scope = {"np": np, "npx": npx, "autograd": autograd}
    test = doctest.DocTestParser().get_doctest(text, scope, name, name, 0)
    failures = []
    runner = doctest.DocTestRunner(optionflags=FLAGS, verbose=False)
    runner.run(test, out=failures.append)
    return "".join(failures)


@pytest.mark.parametrize("name, text", DOCUMENTED, ids=[name for name, _ in DOCUMENTED])
def test_examples_of_docstrings(name, text):
    np.random.seed(0)
    failures = run(text, name)
    assert not failures, failures


def test_most_names_have_an_example():
    assert len(DOCUMENTED) > 100


@pytest.mark.parametrize("space", ["np", "npx", "npx.image", "autograd"])
def test_every_public_function_has_a_docstring(space):
    module = SPACES[space]
    names = [name for name in dir(module) if not name.startswith("_") and callable(getattr(module, name))]
    classes = [name for name in names if isinstance(getattr(module, name), type)]
    bare = [name for name in names if name not in classes and not getattr(getattr(module, name), "__doc__", None)]
    assert not bare


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


#: called by other functions of the package only
SILENT = {"autograd.record_function"}


def functions():
    """(qualified name, function) of everything of ours that is called, but for classes, methods and operators."""
    for space, module in PUBLIC.items():
        for name in dir(module):
            value = getattr(module, name)
            own = (getattr(value, "__module__", None) or "").startswith("mxnet")
            if own and not name.startswith("_") and inspect.isroutine(value) and not isinstance(module, type):
                yield f"{space}.{name}", value


FUNCTIONS = dict(functions())


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - SILENT))
def test_every_function_says_what_it_takes_and_gives_and_shows_it(name):
    text = inspect.cleandoc(FUNCTIONS[name].__doc__)
    assert ">>>" in text, "no example"
    documented = re.findall(r"^(\w+)\n-+$", text, re.MULTILINE)
    if inspect.signature(FUNCTIONS[name]).parameters:
        assert "Parameters" in documented
    gives_nothing = {"put", "place", "putmask", "copyto", "save", "seed", "set", "shuffle", "reset", "backward", "fill"}
    words = set(re.split(r"[_.]", name))
    assert {"Returns", "Raises", "Yields"} & set(documented) or words & gives_nothing or name in QUIET


#: functions that give nothing back, beside those whose names say so
QUIET = {
    "autograd.mark_variables",
    "np.put_along_axis",
    "np.savetxt",
    "np.savez",
    "np.savez_compressed",
    "npx.empty_cache",
    "npx.savez",
    "npx.waitall",
    "util.setenv",
}
