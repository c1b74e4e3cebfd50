"""What one call costs from Python, on arrays too small to compute anything."""

from works import Statement, need, normal


def pair(size):
    return lambda: {"a": normal(size), "b": normal(size, seed=1)}


def tiny_and_large():
    return {
        "a": normal(10),
        "b": normal(10, seed=1),
        "large_a": normal(100_000),
        "large_b": normal(100_000, seed=1),
    }


WORKS = [
    *(Statement(f"a + b, {size}", pair(size), "a + b", (need(2, "numpy"),)) for size in (1, 10, 100)),
    # A pending node is built and dropped; nothing is computed. NumPy's figure is its addition of ten elements.
    Statement(
        "a + b, build a pending node",
        tiny_and_large,
        "a + b",
        (need(2, "numpy"),),
        special={"mxnet": "large_a + large_b"},
    ),
    # NumPy returns a scalar here, ours is a 0-d array.
    Statement("a[3]", pair(10), "a[3]", (need(1 / 1.3, "numpy"),)),
    Statement("a[2:5]", pair(10), "a[2:5]", (need(1, "numpy"),)),
    Statement("a.reshape(2, 5)", pair(10), "a.reshape(2, 5)", (need(1, "numpy"),)),
    Statement("a.sum(), 10", pair(10), "a.sum()", (need(1, "numpy"),)),
    Statement("add(a, b, out=None), 10", pair(10), "xp.add(a, b, out=None)", (need(1, "numpy"),)),
    Statement("sum(a, axis=0, keepdims=True), 10", pair(10), "xp.sum(a, axis=0, keepdims=True)", (need(1, "numpy"),)),
]
