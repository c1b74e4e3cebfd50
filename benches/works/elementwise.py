"""Single elementwise operators: in cache (1e5) and from memory (1e7)."""

from works import Work, need, positive, size_name

OPERATORS = {
    "a + b": lambda xp, a, b: a + b,
    "a * b": lambda xp, a, b: a * b,
    "a / b": lambda xp, a, b: a / b,
    "a < b": lambda xp, a, b: a < b,
    "maximum(a, b)": lambda xp, a, b: xp.maximum(a, b),
    "-a": lambda xp, a, b: -a,
    "sqrt(a)": lambda xp, a, b: xp.sqrt(a),
}


def pair(size):
    return lambda: {"a": positive(size), "b": positive(size, seed=1)}


WORKS = [
    Work(f"{name}, {size_name(size)}", pair(size), call, (need(1.5, "numpy"), need(1, "torch")))
    for size in (100_000, 10_000_000)
    for name, call in OPERATORS.items()
]
