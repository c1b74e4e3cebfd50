"""Runs every example in the documentation: the pages in Markdown and the docstrings of the Python package.

Examples stand in fenced ```pycon blocks; the blocks of one page share their names and run from top to bottom, with
`np`, `npx` and `autograd` imported. Operators' own examples reach this tool through the generated reference pages.
Run it with `make docs` or `make test`.
"""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import mxnet

ROOT = Path(__file__).resolve().parent.parent
FENCED = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def names() -> dict:
    return {"np": mxnet.np, "npx": mxnet.npx, "autograd": mxnet.autograd}


def pages() -> list[doctest.DocTest]:
    """One test per Markdown page. Lines outside examples become blank, so that failures name the page's own lines."""
    parser, tests = doctest.DocTestParser(), []
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]):
        text, source, end = path.read_text(), "", 0
        for block in FENCED.finditer(text):
            source += "\n" * text.count("\n", end, block.start(1)) + block[1]
            end = block.end(1)
        name = str(path.relative_to(ROOT))
        tests.append(parser.get_doctest(source, names(), name, str(path), 0))
    return tests


def modules() -> Iterator[doctest.DocTest]:
    """The tests in the docstrings of every module of the package."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [module.name for module in pkgutil.walk_packages(mxnet.__path__, "mxnet.")]
    for name in ["mxnet", *(name for name in found if name != "mxnet._core")]:
        yield from finder.find(importlib.import_module(name), name, extraglobs=names())


def main() -> None:
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    for test in [*pages(), *modules()]:
        if test.examples:
            runner.run(test)
    print(f"doctests: {runner.tries - runner.failures} of {runner.tries} examples passed")
    sys.exit(bool(runner.failures))


if __name__ == "__main__":
    main()
