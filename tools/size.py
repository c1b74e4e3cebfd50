"""Lines per room, and the files that have grown past what one can read in a sitting. Run it with `make size`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".rs", ".py"}
SOFT_LIMIT = 500
#: a file above this needs a reason in its header
HARD_LIMIT = 800


def sources() -> list[Path]:
    folders = ("crates", "python", "tests", "benches", "tools", "examples")
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)


def room(path: Path) -> str:
    """crates/graph, python/mxnet, tests, ..."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] in ("crates", "python") else parts[0]


def main() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in sources()}
    rooms, files = Counter(), Counter()
    for path, count in lines.items():
        rooms[room(path)] += count
        files[room(path)] += 1
    for name, count in sorted(rooms.items()):
        print(f"{name:<20}{count:>8} lines{files[name]:>6} files")
    print(f"{'all':<20}{sum(rooms.values()):>8} lines{len(lines):>6} files")

    long = sorted(((count, path) for path, count in lines.items() if count > SOFT_LIMIT), reverse=True)
    for count, path in long:
        remark = " (needs a reason in its header)" if count > HARD_LIMIT else ""
        print(f"long: {path.relative_to(ROOT)} {count}{remark}")


if __name__ == "__main__":
    main()
