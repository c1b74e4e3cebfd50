"""The reference site: the pages of docs/ and one page per namespace with every public name, made from docstrings.

`make docs` calls it; the site lies in target/site, its sources in target/site-sources.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import stubs
from mxnet import autograd, device, np, npx, util

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "target/site-sources"
SPACES = {
    "np": np, "np.ndarray": np.ndarray, "np.linalg": np.linalg, "np.fft": np.fft, "np.random": np.random,
    "np.emath": np.emath, "npx": npx, "npx.random": npx.random, "autograd": autograd, "device": device, "util": util,
}  # fmt: skip
GUIDES = {
    "Start": "index.md",
    "Tour": "tour.md",
    "Differences from NumPy": "numpy_differences.md",
    "Coming from MXNet": "mxnet_migration.md",
    "Files": "saving_and_loading.md",
}


def entry(name: str, value: object) -> str:
    """One name: call, prose, sections, example."""
    try:
        call = f"{name}{inspect.signature(value)}"
    except (TypeError, ValueError):
        call = name
    text = [f"## {name.rpartition('.')[2]}\n", f"```python\n{call}\n```\n"]
    doc = getattr(value, "__doc__", None)
    for heading, lines in stubs.sections(doc if isinstance(doc, str) else None).items():
        body = "\n".join(lines).strip("\n")
        if not body:
            continue
        kind = "pycon" if heading == "Examples" or body.startswith(">>>") else "text"
        text.append(f"{body}\n" if heading == "" and ">>>" not in body else f"{heading}\n\n```{kind}\n{body}\n```\n")
    return "\n".join(text)


def page(space: str, module: object) -> str:
    """All public names of a namespace that are ours."""
    entries = []
    for name in sorted(dir(module)):
        value = getattr(module, name)
        origin = getattr(value, "__module__", None) or ("mxnet" if isinstance(module, type) else "")
        if not name.startswith("_") and (origin.startswith("mxnet") or type(value).__name__ == "ufunc"):
            entries.append(entry(f"{space}.{name}", value))
    return f"# {space}\n\n{len(entries)} names.\n\n" + "\n".join(entries)


def main() -> None:
    shutil.rmtree(SOURCES, ignore_errors=True)
    shutil.copytree(ROOT / "docs", SOURCES / "docs", ignore=shutil.ignore_patterns("reference"))
    (SOURCES / "docs/reference").mkdir()
    for space, module in SPACES.items():
        (SOURCES / f"docs/reference/{space}.md").write_text(page(space, module))
    navigation = [{title: path} for title, path in GUIDES.items()]
    navigation.append({"Reference": [{space: f"reference/{space}.md"} for space in SPACES]})
    settings = {
        "site_name": "mxnet-oxide",
        "theme": {"name": "material", "font": False},
        "nav": navigation,
        "site_dir": str(ROOT / "target/site"),
        "use_directory_urls": False,
    }
    # JSON is YAML
    (SOURCES / "mkdocs.yml").write_text(json.dumps(settings, indent=2))
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(SOURCES / "mkdocs.yml")]
    subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    print(f"{len(list((ROOT / 'target/site').rglob('*.html')))} pages in target/site/index.html")


if __name__ == "__main__":
    main()
