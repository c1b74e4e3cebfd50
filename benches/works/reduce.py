"""Reductions of 1e7 elements: all of them, over columns, over rows."""

from works import Work, need, normal

# Name -> (call, PyTorch's spelling where it differs); `axis` is a tuple that holds the axis or nothing.
REDUCTIONS = {
    "sum": (lambda x, axis: x.sum(*axis), None),
    "max": (lambda x, axis: x.max(*axis), lambda x, axis: x.amax(*axis)),
    "argmax": (lambda x, axis: x.argmax(*axis), None),
    "mean": (lambda x, axis: x.mean(*axis), None),
    "var": (lambda x, axis: x.var(*axis), None),
}


def matrix():
    return {"x": normal(10_000, 1000)}


def row(name, axis):
    call, torch_call = REDUCTIONS[name]
    special = {"torch": lambda xp, x: torch_call(x, axis)} if torch_call else {}
    where = f"axis {axis[0]}" if axis else "all"
    return Work(f"{name}, {where}, 1e7", matrix, lambda xp, x: call(x, axis), (need(1.5, "numpy"),), special)


WORKS = [row(name, axis) for name in REDUCTIONS for axis in ((), (0,), (1,))]
