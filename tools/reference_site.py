"""The site: the project's pages, and one page per namespace with every public name, made from docstrings.

`make docs` calls it; the site lies in target/site, its sources in target/site-sources. A dead link fails it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path

import docstrings
import mxnet
from mxnet import np, npx

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "target/site-sources"
NUMPY = "https://numpy.org/doc/stable/reference/"

#: namespaces, each with a page of its own
SPACES = {
    "np": np,
    "np.linalg": np.linalg,
    "np.fft": np.fft,
    "np.random": np.random,
    "np.emath": np.emath,
    "np.testing": np.testing,
    "np.lib.stride_tricks": np.lib.stride_tricks,
    "npx": npx,
    "npx.random": npx.random,
    "npx.image": npx.image,
    **{
        name: importlib.import_module(f"mxnet.{name}")
        for name in ("autograd", "base", "context", "device", "image", "inspect", "util")
    },
}
#: pages of the repository -> where they lie in the site
PAGES = {
    "README.md": "readme.md",
    "docs/index.md": "index.md",
    "docs/tour.md": "tour.md",
    "docs/numpy_differences.md": "numpy_differences.md",
    "docs/mxnet_migration.md": "mxnet_migration.md",
    "docs/saving_and_loading.md": "saving_and_loading.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "benches/RESULTS.md": "results.md",
    "docs/reference/np.md": "reference/np.md",
    "docs/reference/npx.md": "reference/npx.md",
}
NAVIGATION = [
    {"Start": "index.md"},
    {"What it is": "readme.md"},
    {"Tour": "tour.md"},
    {"Differences from NumPy": "numpy_differences.md"},
    {"Coming from MXNet": "mxnet_migration.md"},
    {"Files": "saving_and_loading.md"},
    {"Reference": []},
    {"How it works": "architecture.md"},
    {"How fast it is": "results.md"},
    {"Contributing": "contributing.md"},
    {"Changes": "changelog.md"},
]

TITLES = {place: title for entry in NAVIGATION for title, place in entry.items() if isinstance(place, str)}
STYLE = "td code { word-break: keep-all; white-space: nowrap; }\n"


def is_ours(value: object) -> bool:
    home = getattr(value, "__module__", None) or ""
    return home.startswith("mxnet") or getattr(mxnet._core, getattr(value, "__name__", ""), None) is value


def names_of(module: object) -> Iterator[tuple[str, object]]:
    """The public names of a namespace, but for modules."""
    for name in sorted(dir(module), key=lambda name: (name.lower(), name)):
        value = getattr(module, name)
        if not name.startswith("_") and not isinstance(value, types.ModuleType):
            yield name, value


def index() -> tuple[dict[str, str], dict[int, str]]:
    """Qualified name -> page and anchor; object -> the name that it is described under."""
    places, first = {}, {}
    for space, module in SPACES.items():
        for name, value in names_of(module):
            if not callable(value) or not is_ours(value):
                continue
            own = first.setdefault(id(value), f"{space}.{name}")
            page = own if is_large(value) else space
            places[f"{space}.{name}"] = places.get(own) or f"{page}.md#{own}"
            if own == f"{space}.{name}" and isinstance(value, type):
                for member, _ in members(value):
                    places[f"{own}.{member}"] = f"{page}.md#{own}.{member}"
    return places, first


def members(owner: type) -> list[tuple[str, object]]:
    """Methods and attributes of a class that are ours."""
    found = []
    for name in sorted(dir(owner)):
        home = next((base for base in owner.__mro__ if name in vars(base)), object)
        value = vars(home).get(name)
        value = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
        described = inspect.isroutine(value) or isinstance(value, property) or inspect.isgetsetdescriptor(value)
        if not name.startswith("_") and described and is_ours(home):
            found.append((name, value))
    return found


def is_large(value: object) -> bool:
    """Whether a class has a page of its own."""
    return isinstance(value, type) and len(members(value)) > 7


class Page:
    """The Markdown of one namespace, or of one class."""

    def __init__(self, space: str, places: dict[str, str], first: dict[int, str]) -> None:
        self.space, self.places, self.first = space, places, first
        self.arguments: set[str] = set()

    def of_class(self, value: type) -> str:
        rows = [f"| [`{key}`](#{self.space}.{key}) | {summary(member)} |" for key, member in members(value)]
        table = "\n".join(["| name | what it is |", "|---|---|", *rows])
        entries = [self.entry(f"{self.space}.{key}", member, 2) for key, member in members(value)]
        return self.entry(self.space, value, 1) + f"\n\n{table}\n\n" + "\n".join(entries)

    def text(self) -> str:
        own, others, entries = [], [], []
        for name, value in names_of(SPACES[self.space]):
            full = f"{self.space}.{name}"
            if not callable(value) or not is_ours(value):
                others.append(f"`{name}`")
                continue
            own.append(f"| [`{name}`]({self.link(full)}) | {summary(value)} |")
            if self.first[id(value)] == full and not is_large(value):
                entries.append(self.entry(full, value, 2))
                if isinstance(value, type):
                    entries += [self.entry(f"{full}.{key}", member, 3) for key, member in members(value)]
        table = "\n".join(["| name | what it is |", "|---|---|", *own])
        rest = f"\n[NumPy's own]({NUMPY}), as they are there: {', '.join(others)}.\n" if others else ""
        about = self.linked(re.sub(r" \(`_\w+`\)", "", prose_of(SPACES[self.space]).partition("\n\n")[0]))
        return f"# {self.space}\n\n{about}\n\n{table}\n{rest}\n" + "\n".join(entries)

    def link(self, name: str) -> str:
        page, _, anchor = self.places[name].partition("#")
        return f"#{anchor}" if page == f"{self.space}.md" else f"{page}#{anchor}"

    def linked(self, text: str) -> str:
        """Names in backticks become links to where they are described."""

        def link(found: re.Match[str]) -> str:
            around = self.space.rpartition(".")[0]
            for name in (found[1], f"{self.space}.{found[1]}", f"{around}.{found[1]}"):
                if name in self.places and found[1] not in self.arguments:
                    return f"[`{found[1]}`]({self.link(name)})"
            return found[0]

        return re.sub(r"(?<!\[)`([A-Za-z_][\w.]*)(?:\(\))?`", link, text)

    def entry(self, name: str, value: object, level: int) -> str:
        """One name: call, prose, sections, example."""
        short = name.removeprefix(f"{self.space}.")
        # an argument may be called as a function is
        self.arguments = set(docstrings.parameters(text_of(value)))
        lines = [f"{'#' * level} {short} {{#{name}}}", ""]
        if call := call_of(name, value):
            lines += ["```python", call, "```", ""]
        same = [other for other, place in self.places.items() if place == self.places[name] and other != name]
        if same:
            lines += [f"Also: {', '.join(f'`{other}`' for other in same)}.", ""]
        for heading, body in docstrings.sections(text_of(value)).items():
            body = "\n".join(body).strip("\n")
            if not body:
                continue
            if heading:
                lines += [f"**{heading}**", ""]
            if heading == "Examples":
                lines += ["```pycon", body, "```", ""]
            elif heading:
                lines += [self.definitions(body), ""]
            else:
                lines += [self.linked(prose(body)), ""]
        return "\n".join(lines)

    def definitions(self, body: str) -> str:
        """Entries of a section, with what is said of each below it."""
        lines = []
        for line in body.splitlines():
            if line.startswith("    ") and lines:
                lines[-1] += " " + self.linked(line.strip())
            elif line.strip():
                name, colon, kind = line.partition(" : ")
                told = f"`{name}` : {kind}" if colon else f"`{name}`"
                lines.append(f"- {told}<br>")
        return "\n".join(line.removesuffix("<br>") for line in lines)


def text_of(value: object) -> str:
    doc = getattr(value, "__doc__", None)
    text = inspect.cleandoc(doc) if isinstance(doc, str) else ""
    # ufuncs begin with their call
    return text.split("\n\n", 1)[1] if type(value).__name__ == "ufunc" else text


def prose_of(value: object) -> str:
    """The text before all sections, without examples."""
    return prose("\n".join(docstrings.sections(text_of(value))[""]).partition("\n>>>")[0].strip())


def prose(text: str) -> str:
    """Text with examples in fences."""
    parts = []
    for part in re.split(r"\n\n+", text):
        parts.append(f"```pycon\n{part}\n```" if part.startswith(">>>") else part)
    return "\n\n".join(parts)


def summary(value: object) -> str:
    """The first sentence."""
    first = " ".join(prose_of(value).partition("\n\n")[0].split())
    sentence = re.split(r"(?<=[.;]) (?=[A-Z`])", first)[0]
    # a bar would end the cell, also within code
    code = re.sub(r"`([^`]*\|[^`]*)`", lambda found: f"<code>{found[1]}</code>", sentence)
    return code.replace("|", "&#124;")


def call_of(name: str, value: object) -> str:
    if isinstance(value, property) or inspect.isgetsetdescriptor(value):
        return ""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return name
    kept = [
        one for one in signature.parameters.values() if one.name not in ("self", "cls") and not one.name.startswith("_")
    ]
    text = str(signature.replace(parameters=kept)) if len(kept) < len(signature.parameters) else str(signature)
    text = re.sub(r"<object object at \w+>|<[^<>]*no value[^<>]*>", "<no value>", text)
    call = name + re.sub(r"<class '(?:numpy\.)?(\w+)'>", r"\1", text)
    # a long call in several lines, as code would be written
    if len(call) > 88:
        lines = textwrap.wrap(call[len(name) + 1 : -1], 84, break_long_words=False, break_on_hyphens=False)
        call = f"{name}(\n    " + "\n    ".join(lines) + "\n)"
    return call


def project_page(source: str) -> str:
    """A page of the repository whose links lead to pages of the site; files that are no pages are copied beside it."""
    target = Path(PAGES[source])

    def relink(found: re.Match[str]) -> str:
        label, link = found[1], found[2]
        path, mark, anchor = link.partition("#")
        if "://" in link or not path:
            return found[0]
        wanted = os.path.normpath(Path(source).parent / path)
        if wanted not in PAGES:
            copied = SOURCES / "docs/files" / wanted
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / wanted, copied)
        place = PAGES.get(wanted, f"files/{wanted}")
        label = TITLES.get(place, place.rpartition("/")[2].removesuffix(".md")) if label == path else label
        return f"[{label}]({os.path.relpath(place, target.parent)}{mark}{anchor})"

    return re.sub(r"\[([^\]]*)\]\(([^)\s]+)\)", relink, (ROOT / source).read_text())


def main() -> None:
    shutil.rmtree(SOURCES, ignore_errors=True)
    (SOURCES / "docs/reference").mkdir(parents=True)
    for source, target in PAGES.items():
        if not target.startswith("reference/"):
            (SOURCES / "docs" / target).write_text(project_page(source))
    (SOURCES / "docs/style.css").write_text(STYLE)
    places, first = index()
    for space, module in SPACES.items():
        pages = {space: Page(space, places, first).text()}
        for name, value in names_of(module):
            if is_ours(value) and is_large(value) and first[id(value)] == f"{space}.{name}":
                pages[f"{space}.{name}"] = Page(f"{space}.{name}", places, first).of_class(value)
        for name, text in pages.items():
            (SOURCES / f"docs/reference/{name}.md").write_text(text)
            NAVIGATION[6]["Reference"].append({name: f"reference/{name}.md"})
    settings = {
        "site_name": "mxnet-oxide",
        "theme": {"name": "material", "font": False, "features": ["navigation.sections", "toc.follow"]},
        "nav": NAVIGATION,
        "site_dir": str(ROOT / "target/site"),
        "use_directory_urls": False,
        "plugins": ["search"],
        "extra_css": ["style.css"],
        "markdown_extensions": [
            "attr_list",
            "tables",
            "pymdownx.highlight",
            "pymdownx.superfences",
            {"toc": {"permalink": True, "toc_depth": 3}},
        ],
        "validation": {"links": {"anchors": "warn"}},
    }
    # JSON is YAML
    (SOURCES / "mkdocs.yml").write_text(json.dumps(settings, indent=2))
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    command += ["--config-file", str(SOURCES / "mkdocs.yml")]
    subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    print(f"{len(places)} names, {len(list((ROOT / 'target/site').rglob('*.html')))} pages in target/site/index.html")


if __name__ == "__main__":
    main()
