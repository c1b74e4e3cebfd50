"""One process per library, so that no library's thread pool runs beside another's measurement.

`compare.py` starts a `Worker` for each library and asks it, one library at a time, to prepare a work and to time it.
The process makes the work's inputs itself (their seeds are fixed), so only names and seconds cross the pipe.
"""

from __future__ import annotations

import multiprocessing
import time
import traceback
from collections.abc import Collection
from multiprocessing.connection import Connection

from libraries import KINDS, Missing, Timer
from works import OURS, Work, family

#: one sample lasts about this long, or one call where a call is longer
SAMPLE_SECONDS = 0.02
#: a call that lasts this long needs no second warming up
LONG_SECONDS = 0.3
#: the idle threads of a library go on looking for work for some milliseconds (libgomp's for about six): so long nobody
#: else is measured
SETTLE_SECONDS = 0.01
#: then calls for so long, unmeasured, wake the library's own threads and fill the caches
WAKE_SECONDS = 0.004


class Absent(Exception):
    """The library cannot do this work; the text is what its cell shows."""


class Worker:
    """A library in a process of its own. Raises ImportError where the library does not import."""

    def __init__(self, kind_name: str) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, other_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(kind_name, other_end), daemon=True)
        self._process.start()
        other_end.close()
        self.name, self.title, self.version = self._receive()

    def prepare(self, family_name: str, work_name: str) -> None:
        """Makes the inputs, warms up, finds out how many calls fill a sample. Raises `Absent`."""
        self._ask("prepare", family_name, work_name)

    def sample(self) -> float:
        """Seconds per call of the prepared work."""
        return self._ask("sample")

    def _ask(self, *request):
        self._pipe.send(request)
        return self._receive()

    def _receive(self):
        try:
            answer = self._pipe.recv()
        except EOFError:
            raise Absent("crashed") from None
        if isinstance(answer, Exception):
            raise answer
        return answer


def installed(wanted: Collection[str]) -> list[Worker]:
    """Ours first; of the peers named those that import."""
    found: list[Worker] = []
    for name, kind in KINDS.items():
        if name not in wanted:
            continue
        try:
            found.append(Worker(name))
        except (ImportError, OSError) as error:
            print(f"{kind.title} is left out: {error}")
    return found


def _serve(kind_name: str, pipe: Connection) -> None:
    """The loop of a worker process; ends when the other end closes."""
    try:
        library = KINDS[kind_name]()
    except (ImportError, OSError) as error:
        pipe.send(type(error)(str(error)))
        return
    pipe.send((library.name, library.title, library.version))
    timer: Timer | None = None
    count, wakes = 1, True
    while True:
        try:
            command, *names = pipe.recv()
        except EOFError:
            return
        try:
            if command == "prepare":
                timer = None  # lets go of the inputs of the work before
                timer, count, wakes = _prepared(library, *names)
                pipe.send(None)
            else:
                time.sleep(SETTLE_SECONDS)
                end = time.perf_counter() + WAKE_SECONDS
                while wakes and time.perf_counter() < end:
                    timer(1)
                pipe.send(timer(count) / count)
        except Absent as absent:
            pipe.send(absent)


def _prepared(library, family_name: str, work_name: str) -> tuple[Timer, int, bool]:
    """The timer, how many calls fill a sample, and whether a call is so short that waking threads would show."""
    work = next(work for work in family(family_name) if work.name == work_name)
    if library.name == "limit" and not (isinstance(work, Work) and work.traffic):
        raise Absent("-")
    try:
        timer = library.prepare(work, work.inputs())
        once = timer(1)  # compiles, touches memory
        if once < LONG_SECONDS:
            once = timer(1)
        count = 1
        while once * count < SAMPLE_SECONDS / 4 and count < 10**6:
            count *= 4
            once = timer(count) / count
    except (Missing, AttributeError, TypeError) as error:
        if library.name == OURS:
            traceback.print_exception(error)
        raise Absent("missing") from None
    except Exception as error:  # a peer's refusal is a result too, and must not end the run
        print(f"  {library.title} fails at {work_name}: {error}")
        raise Absent(f"error: {type(error).__name__}") from None
    return timer, max(1, round(SAMPLE_SECONDS / once)), once < LONG_SECONDS
