"""Work along the rows of a 1000 x 1000 matrix: a reduction and what follows it, in one program."""

from works import Work, need, normal


def normalise(xp, x):
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)


def softmax(xp, x):
    weights = xp.exp(x - x.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def log_sum_exp(xp, x):
    top = x.max(axis=1, keepdims=True)
    return xp.log(xp.exp(x - top).sum(axis=1, keepdims=True)) + top


def matrix():
    return {"x": normal(1000, 1000)}


NEEDS = (need(5, "numpy"), need(1.5, "torch"))

WORKS = [
    Work("(x - mean) / std, rows", matrix, normalise, NEEDS),
    Work("softmax, rows", matrix, softmax, NEEDS, special={"torch": lambda xp, x: xp.softmax(x, 1)}),
    Work(
        "logsumexp, rows",
        matrix,
        log_sum_exp,
        NEEDS,
        special={"torch": lambda xp, x: xp.logsumexp(x, 1, keepdim=True)},
    ),
]
