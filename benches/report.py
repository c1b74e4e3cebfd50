"""Turns measured rows into lines for the terminal and into RESULTS.md. Measures nothing."""

from __future__ import annotations

import datetime
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from libraries import CORES
from workers import Worker
from works import FAMILIES, OURS, compact, peers

MARKER = "<!-- Below this line the file is written by hand and kept across runs. -->"
NOTES = "\n\n## Notes\n\nNo notes yet.\n"
HEADER = """\
# How fast

Written by `make bench`. A column of a peer shows its time over ours, measured in the same round and taken as the
median over all rounds: **2.0x means that we take half of its time**. Results are forced inside the timed call;
every library has a process of its own and uses all {cores} cores. `missing`: the library has no such function; `-`: not
part of this row or not installed. "memory limit" is the time in which the machine copies as many bytes as the work must
move. Each table says when it was measured, against what.

Machine: {machine}. Python {python}.

**{met} of {judged} requirements met.**
"""
#: the line under a family's heading, as it is written and as it is read when other tables are renewed
VERDICT = "{met} of {judged} requirements met. {rounds} rounds, {date}; {versions}."
VERDICT_PATTERN = re.compile(r"^(\d+) of (\d+) requirements met\.", re.MULTILINE)


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
    own = "median" if row.medians else row.absent.get(OURS) or duration(row.seconds(OURS))
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
    return f"  {name:<60} {own:>8}{shown}   [{required}] {verdict.strip('*')}"


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


def section(name: str, rows: Sequence, workers: Mapping[str, Worker], rounds: int) -> str:
    """A family's verdict and table. A column in which nothing was measured is left out."""
    libraries = [workers[library] for library in (OURS, *peers(name)) if library in workers]
    shown = [one for one in libraries if one.name == OURS or any(one.name in row.rounds for row in rows)]
    judged = [row.met() for row in rows if row.met() is not None]
    verdict = VERDICT.format(
        met=sum(judged),
        judged=len(judged),
        rounds=rounds,
        date=datetime.date.today().isoformat(),
        versions=", ".join(f"{library.title} {library.version}" for library in shown),
    )
    if compact(name):
        known = [row.ratio(*peers(name)) for row in rows if row.ratio(*peers(name)) is not None]
        verdict += f" The median ratio is {statistics.median(known):.2f}x; the rows below miss theirs, worst first."
        rows = sorted((row for row in rows if row.met() is False), key=lambda row: row.ratio(*peers(name)) or 0)
    titles = ["work", *(library.title for library in shown), "required", "met"]
    table = [titles, ["---"] * len(titles), *(cells(row, shown) for row in rows)]
    body = "\n".join("| " + " | ".join(row) + " |" for row in table)
    return f"{verdict}\n\n{body}\n"


def sections(generated: str) -> dict[str, str]:
    """The families' parts of a file written before."""
    parts = re.split(r"^## (\w+)\n\n", generated, flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.strip("\n") + "\n" for part in parts[2::2]), strict=True))


def write(path: Path, rows: Sequence, workers: Mapping[str, Worker], rounds: int) -> None:
    """The tables of the families measured anew, the others and what stands below the marker as they were."""
    old = path.read_text() if path.exists() else ""
    generated, _, notes = old.partition(MARKER)
    found = sections(generated)
    for name in FAMILIES:
        own = [row for row in rows if row.family == name]
        if own:
            found[name] = section(name, own, workers, rounds)
    counts = [match for text in found.values() if (match := VERDICT_PATTERN.search(text))]
    header = HEADER.format(
        cores=CORES,
        machine=machine(),
        python=platform.python_version(),
        met=sum(int(match[1]) for match in counts),
        judged=sum(int(match[2]) for match in counts),
    )
    tables = "".join(f"\n## {name}\n\n{found[name]}" for name in FAMILIES if name in found)
    path.write_text(f"{header}{tables}\n{MARKER}{notes or NOTES}")
