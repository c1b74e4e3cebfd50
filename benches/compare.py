"""Measures ours against NumPy, SciPy, PyTorch and JAX, in one interleaved run, and writes RESULTS.md.

Every library runs in a process of its own (`workers.py`). Every round times each of them once, one after the other
(A B C A B C ...), so that a slow moment of the machine hits all of them. A ratio is the median, over rounds, of peer
time / our time of the same round. Run it with `make bench`; `make bench BENCH="--only gelu --rounds 5"` measures less.
Only a full run writes the file.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from report import line, write
from workers import Absent, Worker, installed
from works import FAMILIES, OURS, Entry, Gauge, Median, Need, Statement, family, peers

#: lets the thread pool of the library measured before stop spinning (OpenBLAS spins for tens of milliseconds)
SETTLE_SECONDS = 0.04


@dataclass
class Row:
    """What was measured of one work: seconds per call and round for each library, or why there is none."""

    family: str
    name: str
    needs: Sequence[Need] = ()
    rounds: dict[str, list[float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    gauge: Gauge | None = None
    value: float | None = None
    #: of a median over other rows: what stands in place of a measured ratio
    medians: dict[str, float] = field(default_factory=dict)

    def seconds(self, library: str) -> float | None:
        return statistics.median(self.rounds[library]) if library in self.rounds else None

    def ratio(self, *peers: str) -> float | None:
        """The fastest of the peers' time over our time; above 1 we are faster. None where either is missing."""
        if self.medians:
            return min((self.medians[peer] for peer in peers if peer in self.medians), default=None)
        times = [self.rounds[peer] for peer in peers if peer in self.rounds]
        if OURS not in self.rounds or not times:
            return None
        best = (min(round_times) for round_times in zip(*times, strict=True))
        return statistics.median(peer / own for peer, own in zip(best, self.rounds[OURS], strict=True))

    def met(self) -> bool | None:
        """Whether every need is met; None where nothing is asked or no named peer is installed."""
        if self.gauge:
            return None if self.value is None else self.value <= self.gauge.limit
        if not self.needs:
            return None
        if OURS not in self.rounds and not self.medians:
            return False
        ratios = [(self.ratio(*need.peers), need.ratio) for need in self.needs]
        known = [ratio >= required for ratio, required in ratios if ratio is not None]
        return all(known) if known else None


def summary(family_name: str, median: Median, rows: Sequence[Row]) -> Row:
    """The row of a median over rows that have been measured."""
    row = Row(family_name, median.name, median.needs)
    for peer in {peer for need in median.needs for peer in need.peers}:
        ratios = [one.ratio(peer) for one in rows if one.family == family_name and one.name.startswith(median.starts)]
        known = [ratio for ratio in ratios if ratio is not None]
        if known:
            row.medians[peer] = statistics.median(known)
    return row


def measure(family_name: str, work: Entry, libraries: Sequence[Worker], rounds: int) -> Row:
    if isinstance(work, Gauge):
        return Row(family_name, work.name, gauge=work, value=work.measure())
    row = Row(family_name, work.name, work.needs)
    runners = []
    for library in libraries:
        try:
            library.prepare(family_name, work.name)
            runners.append(library)
        except Absent as absent:
            row.absent[library.name] = str(absent)
    for _ in range(rounds):
        for library in runners:
            if not isinstance(work, Statement):  # statements are too small for threads
                time.sleep(SETTLE_SECONDS)
            row.rounds.setdefault(library.name, []).append(library.sample())
    return row


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three rounds; prints, writes nothing")
    parser.add_argument("--only", metavar="PATTERN", help="works whose `family: name` matches; prints, writes nothing")
    parser.add_argument("--family", metavar="NAMES", help="families, with commas; renews their tables")
    parser.add_argument("--single", action="store_true", help="one thread each, processor time; writes nothing")
    parser.add_argument("--rounds", type=int, default=0, metavar="N", help="rounds per work (default 9)")
    return parser.parse_args()


def wanted(pattern: str | None, family_name: str, work_name: str) -> bool:
    text = f"{family_name}: {work_name}".lower()
    return not pattern or pattern.lower() in text or fnmatch.fnmatch(text, pattern.lower())


def main() -> None:
    options = arguments()
    rounds = options.rounds or (3 if options.quick else 9)
    names = options.family.split(",") if options.family else FAMILIES
    unknown = set(names) - set(FAMILIES)
    if unknown:
        sys.exit(f"no such family: {', '.join(sorted(unknown))}; there are {', '.join(FAMILIES)}")
    works = {name: [work for work in family(name) if wanted(options.only, name, work.name)] for name in names}
    works = {name: found for name, found in works.items() if found}
    if options.single:
        os.environ.update(dict.fromkeys(("MXNET_BENCH_SINGLE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1"))
    workers = {worker.name: worker for worker in installed({OURS}.union(*(peers(name) for name in works)))}
    if OURS not in workers:
        sys.exit("mxnet cannot be imported: run `make build`, then `make bench`")

    start = time.perf_counter()
    rows: list[Row] = []
    for name, found in works.items():
        libraries = [workers[library] for library in (OURS, *peers(name)) if library in workers]
        print(f"\n{name}")
        for work in found:
            row = summary(name, work, rows) if isinstance(work, Median) else measure(name, work, libraries, rounds)
            rows.append(row)
            print(line(row, libraries), flush=True)

    judged = [row.met() for row in rows if row.met() is not None]
    print(f"\n{sum(judged)} of {len(judged)} requirements met, {time.perf_counter() - start:.0f} s")
    if not (options.quick or options.only or options.single):
        path = Path(__file__).with_name("RESULTS.md")
        write(path, rows, workers, rounds)
        print(f"written: {path}")


if __name__ == "__main__":
    main()
