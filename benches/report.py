"""Turns measured rows into lines for the terminal and into RESULTS.md. Measures nothing."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Sequence
from pathlib import Path

from libraries import CORES
from workers import Worker
from works import FAMILIES, OURS

MARKER = "<!-- Below this line the file is written by hand and kept across runs. -->"
NOTES = "\n\n## Notes\n\nNo notes yet.\n"
HEADER = """\
# How fast

Written by `make bench`. A column of a peer shows its time over ours, measured in the same round and taken as the
median over {rounds} rounds: **2.0x means that we take half of its time**. Results are forced inside the timed call;
every library has a process of its own and uses all {cores} cores. `missing`: the library has no such function; `-`: not
part of this row or not installed. "memory limit" is the time in which the machine copies as many bytes as the work must
move ({limit}).

Machine: {machine}. Python {python}; {versions}. {date}.

**{met} of {judged} requirements met.**
"""


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for scale, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def cells(row, libraries: Sequence[Worker]) -> list[str]:
    """Work, our time, ratio to each peer, what is required, whether it is met."""
    verdict = {True: "yes", False: "**no**", None: ""}[row.met()]
    if row.gauge:
        own = "-" if row.value is None else f"{row.value:.3g} {row.gauge.unit}"
        blanks = ["-"] * (len(libraries) - 1)
        return [row.name, own, *blanks, f"< {row.gauge.limit:g} {row.gauge.unit}", verdict]
    own = row.absent.get(OURS) or duration(row.seconds(OURS))
    ratios = []
    for library in libraries[1:]:
        ratio = row.ratio(library.name)
        absent = "-" if library.name == "limit" else row.absent.get(library.name, "-")
        # Without our own time a ratio means nothing, but the peer's time does.
        alone = duration(row.seconds(library.name)) if library.name in row.rounds else absent
        ratios.append(alone if ratio is None else f"{ratio:.2f}x")
    return [row.name, own, *ratios, ", ".join(map(str, row.needs)), verdict]


def line(row, libraries: Sequence[Worker]) -> str:
    name, own, *peers, required, verdict = cells(row, libraries)
    shown = "".join(f"  {library.title} {cell:>8}" for library, cell in zip(libraries[1:], peers, strict=True))
    return f"  {name:<44}{own:>9}{shown}   [{required}] {verdict.strip('*')}"


def machine() -> str:
    model = platform.processor() or platform.machine()
    try:
        facts = dict(
            (part.strip() for part in text.split(":", 1))
            for text in Path("/proc/cpuinfo").read_text().splitlines()
            if ":" in text
        )
    except OSError:
        return f"{model}, {CORES} cores, {platform.system()}"
    flags = facts.get("flags", "").split()
    level = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "no AVX2"
    return f"{facts.get('model name', model)}, {CORES} cores, {level}, {platform.system()}"


def write(path: Path, rows, libraries: Sequence[Worker], rounds: int) -> None:
    """The generated part anew; what stands below the marker as it was."""
    judged = [row.met() for row in rows if row.met() is not None]
    versions = [f"{library.title} {library.version}" for library in libraries if library.name != "limit"]
    limit = next((library.version for library in libraries if library.name == "limit"), "not measured")
    parts = [
        HEADER.format(
            rounds=rounds,
            cores=CORES,
            machine=machine(),
            python=platform.python_version(),
            versions=", ".join(versions),
            limit=limit,
            date=datetime.date.today().isoformat(),
            met=sum(judged),
            judged=len(judged),
        )
    ]
    titles = ["work", *(library.title for library in libraries), "required", "met"]
    for name in FAMILIES:
        table = [cells(row, libraries) for row in rows if row.family == name]
        body = "\n".join("| " + " | ".join(row) + " |" for row in [titles, ["---"] * len(titles), *table])
        parts.append(f"\n## {name}\n\n{body}\n")

    old = path.read_text() if path.exists() else ""
    notes = old.split(MARKER, 1)[1] if MARKER in old else NOTES
    path.write_text("".join(parts) + "\n" + MARKER + notes)
