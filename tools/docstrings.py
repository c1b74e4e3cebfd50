"""What docstrings say: their sections, and the types that their words mean.

Called by tools/stubs.py and tools/reference_site.py.
"""

from __future__ import annotations

import inspect
import re

from stub_tables import RESULTS, WORDS

_TRAILING_SHAPE = re.compile(r", (shape|of shape) \(.*\)$")
_OF_DTYPE = re.compile(r"\bndarray of (u?int|float|complex)?\w+$")


def sections(doc: str | None) -> dict[str, list[str]]:
    """The lines of a docstring by the headings that NumPy's style underlines; the text before them under ''."""
    found: dict[str, list[str]] = {"": []}
    lines, heading = inspect.cleandoc(doc or "").splitlines(), ""
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[number + 1]) and line and not line.startswith(" "):
            heading = line.strip()
            found[heading] = []
        elif not (re.fullmatch(r"-{3,}", line) and not found[heading]):
            found[heading].append(line)
    return found


def parameters(doc: str | None) -> dict[str, str]:
    """Name -> the docstring's words for its type."""
    named: dict[str, str] = {}
    for line in sections(doc).get("Parameters", []):
        if entry := re.match(r"(\S[^:]*?) : (.*)$", line):
            for name in entry[1].split(","):
                named[name.strip().lstrip("*")] = entry[2]
    return named


def as_type(words: str, *, result: bool = False, known: frozenset[str] = frozenset()) -> str:
    """A type for the words of a docstring ; Any where the table and the classes `known` have them not."""
    words = _TRAILING_SHAPE.sub("", re.sub(r",? ?\boptional\b", "", words).strip())
    if choices := re.fullmatch(r"\{(.*)\}", words):
        items = [item.strip() for item in choices[1].split(",")]
        plain = all(re.fullmatch(r"'[^']*'|None|-?\d+", item) for item in items)
        return f"Literal[{', '.join(items)}]" if plain else "Any"
    table = {**WORDS, **RESULTS} if result else WORDS
    parts = [_OF_DTYPE.sub("ndarray", part) for part in re.split(r", or |, | or ", words) if part]
    found = [table.get(part, part if part in known else None) for part in parts]
    if not found or None in found:
        return "Any"
    return " | ".join(dict.fromkeys(part for one in found for part in str(one).split(" | ")))


def result_type(doc: str | None, known: frozenset[str] = frozenset()) -> str:
    lines = sections(doc).get("Returns")
    if lines is None:
        return "Any" if "Yields" in (doc or "") else "None"
    lines = [line for line in lines if line and not line.startswith(" ")]
    if len(lines) == 1 and " : " not in lines[0]:
        return as_type(lines[0], result=True, known=known)
    entries = [re.match(r"(\S[^:]*?) : (.*)$", line) for line in lines]
    if all(entries):
        each = [as_type(entry[2], result=True, known=known) for entry in entries for _ in entry[1].split(",")]
        return f"tuple[{', '.join(each)}]"
    return "Any"
