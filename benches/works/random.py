"""Ten million random numbers, against NumPy's Generator: from our module's functions (our own parallel stream) and from
our Generator, which gives NumPy's numbers bit for bit.
"""

from works import Routine, need

SIZE = 10_000_000
NEEDS = (need(1.5, "numpy"),)
PEERS = ("numpy",)

# Name -> (our module's call, the call of both Generators)
DOUBLE = {
    "uniform": (
        lambda source: source.uniform(size=SIZE, dtype="float64"),
        lambda source: source.random(SIZE),
    ),
    "uniform(2, 5)": (
        lambda source: source.uniform(2.0, 5.0, size=SIZE, dtype="float64"),
        lambda source: source.uniform(2.0, 5.0, SIZE),
    ),
    "normal": (
        lambda source: source.normal(size=SIZE, dtype="float64"),
        lambda source: source.standard_normal(SIZE),
    ),
    "normal(1, 2)": (
        lambda source: source.normal(1.0, 2.0, size=SIZE, dtype="float64"),
        lambda source: source.normal(1.0, 2.0, SIZE),
    ),
    "integers(0, 100)": (
        lambda source: source.randint(0, 100, SIZE, dtype="int64"),
        lambda source: source.integers(0, 100, SIZE),
    ),
    "exponential": (
        lambda source: source.exponential(size=SIZE, dtype="float64"),
        lambda source: source.standard_exponential(SIZE),
    ),
    "gamma(2.5)": (
        lambda source: source.gamma(2.5, size=SIZE, dtype="float64"),
        lambda source: source.standard_gamma(2.5, SIZE),
    ),
    "beta(2, 3)": (
        lambda source: source.beta(2.0, 3.0, size=SIZE, dtype="float64"),
        lambda source: source.beta(2.0, 3.0, SIZE),
    ),
    "poisson(4)": (lambda source: source.poisson(4.0, size=SIZE), lambda source: source.poisson(4.0, SIZE)),
    "poisson(100)": (lambda source: source.poisson(100.0, size=SIZE), lambda source: source.poisson(100.0, SIZE)),
    "binomial(10, 0.3)": (
        lambda source: source.binomial(10, 0.3, size=SIZE),
        lambda source: source.binomial(10, 0.3, SIZE),
    ),
    "binomial(1000, 0.3)": (
        lambda source: source.binomial(1000, 0.3, size=SIZE),
        lambda source: source.binomial(1000, 0.3, SIZE),
    ),
    "geometric(0.2)": (lambda source: source.geometric(0.2, size=SIZE), lambda source: source.geometric(0.2, SIZE)),
    "laplace": (lambda source: source.laplace(size=SIZE, dtype="float64"), lambda source: source.laplace(size=SIZE)),
    "logistic": (lambda source: source.logistic(size=SIZE, dtype="float64"), lambda source: source.logistic(size=SIZE)),
    "gumbel": (lambda source: source.gumbel(size=SIZE, dtype="float64"), lambda source: source.gumbel(size=SIZE)),
    "lognormal": (
        lambda source: source.lognormal(size=SIZE, dtype="float64"),
        lambda source: source.lognormal(size=SIZE),
    ),
    "chisquare(3)": (
        lambda source: source.chisquare(3.0, size=SIZE, dtype="float64"),
        lambda source: source.chisquare(3.0, SIZE),
    ),
    "permutation": (lambda source: source.permutation(SIZE), lambda source: source.permutation(SIZE)),
    "choice of 1000": (lambda source: source.choice(1000, SIZE), lambda source: source.choice(1000, SIZE)),
    "choice of 4 with p": (
        lambda source: source.choice(4, SIZE, p=[0.1, 0.2, 0.3, 0.4]),
        lambda source: source.choice(4, SIZE, p=[0.1, 0.2, 0.3, 0.4]),
    ),
}
SINGLE = {
    "uniform": (
        lambda source: source.uniform(size=SIZE, dtype="float32"),
        lambda source: source.random(SIZE, dtype="float32"),
    ),
    "normal": (
        lambda source: source.normal(size=SIZE, dtype="float32"),
        lambda source: source.standard_normal(SIZE, dtype="float32"),
    ),
    "exponential": (
        lambda source: source.exponential(size=SIZE, dtype="float32"),
        lambda source: source.standard_exponential(SIZE, dtype="float32"),
    ),
    "gamma(2.5)": (
        lambda source: source.gamma(2.5, size=SIZE, dtype="float32"),
        lambda source: source.standard_gamma(2.5, SIZE, dtype="float32"),
    ),
}


def generator(package, call):
    def build():
        source = package().random.default_rng(0)
        return lambda: call(source)

    return build


def module(call):
    def build():
        source = ours().random
        return lambda: call(source)

    return build


def ours():
    from mxnet import np

    return np


def numpys():
    import numpy

    return numpy


def rows(name, dtype, module_call, generator_call):
    peer = generator(numpys, generator_call)
    text = f"{name}, {dtype}" if dtype else name
    return [
        Routine(f"np.random: {text}", dict, {"mxnet": module(module_call), "numpy": peer}, NEEDS),
        Routine(f"Generator: {text}", dict, {"mxnet": generator(ours, generator_call), "numpy": peer}, NEEDS),
    ]


WORKS = [
    *(row for name, calls in DOUBLE.items() for row in rows(name, "", *calls)),
    *(row for name, calls in SINGLE.items() for row in rows(name, "float32", *calls)),
]
