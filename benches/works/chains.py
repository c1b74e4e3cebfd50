"""Chains of elementwise operators, which a fusing engine runs in one pass."""

from works import Work, need, normal, positive, size_name


def multiply_add(xp, a, b, c):
    return a * b + c


def gelu(xp, x):
    return 0.5 * x * (1 + xp.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))


def gelu_torch(xp, x):
    return xp.nn.functional.gelu(x, approximate="tanh")


def softplus(xp, x):
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-abs(x)))


def softplus_torch_eager(xp, x):
    return xp.clamp(x, min=0) + xp.log1p(xp.exp(-abs(x)))


def softplus_torch(xp, x):
    return xp.nn.functional.softplus(x)


def normal_cdf(xp, x):
    """Abramowitz and Stegun 26.2.17: elementary functions only, because NumPy has no erf."""
    k = 1 / (1 + 0.2316419 * abs(x))
    tail = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    tail = tail * 0.3989422804014327 * xp.exp(-0.5 * x * x)
    return xp.where(x < 0, tail, 1 - tail)


def black_scholes(xp, price, strike, years):
    """Call and put, at 2 % interest and 30 % volatility."""
    spread = 0.3 * xp.sqrt(years)
    d1 = (xp.log(price / strike) + 0.065 * years) / spread
    d2 = d1 - spread
    discounted = strike * xp.exp(-0.02 * years)
    call = price * normal_cdf(xp, d1) - discounted * normal_cdf(xp, d2)
    return call, call - price + discounted


def adam(xp, weight, gradient, mean, square):
    """One update in place, as a training script writes it."""
    mean[:] = 0.9 * mean + 0.1 * gradient
    square[:] = 0.999 * square + 0.001 * gradient * gradient
    weight[:] = weight - 0.001 * mean / (xp.sqrt(square) + 1e-8)
    return weight, mean, square


def adam_functional(xp, weight, gradient, mean, square):
    """The same for JAX, whose arrays are immutable."""
    mean = 0.9 * mean + 0.1 * gradient
    square = 0.999 * square + 0.001 * gradient * gradient
    return weight - 0.001 * mean / (xp.sqrt(square) + 1e-8), mean, square


def three(size):
    return lambda: {"a": normal(size), "b": normal(size, seed=1), "c": normal(size, seed=2)}


def one(size):
    return lambda: {"x": normal(size)}


def options(size):
    return lambda: {"price": positive(size), "strike": positive(size, seed=1), "years": positive(size, seed=2)}


def adam_state(size):
    return lambda: {
        "weight": normal(size),
        "gradient": normal(size, seed=1),
        "mean": normal(size, seed=2),
        "square": positive(size, seed=3),
    }


NEEDS = (need(5, "numpy"), need(2, "torch"), need(1, "jax"))

WORKS = [
    Work("a*b + c, 1e5", three(100_000), multiply_add),
    Work(
        "a*b + c, 1e7",
        three(10_000_000),
        multiply_add,
        (need(3, "numpy"), need(1 / 1.25, "limit")),
        traffic=4 * 4 * 10_000_000,
    ),
]
for SIZE in (100_000, 10_000_000):
    TEXT = size_name(SIZE)
    WORKS += [
        Work(f"gelu (tanh), {TEXT}", one(SIZE), gelu, NEEDS),
        Work(f"gelu (tanh), {TEXT}; PyTorch's own kernel", one(SIZE), gelu, special={"torch": gelu_torch}),
        Work(f"softplus, {TEXT}", one(SIZE), softplus, NEEDS, special={"torch": softplus_torch_eager}),
        Work(f"softplus, {TEXT}; PyTorch's own kernel", one(SIZE), softplus, special={"torch": softplus_torch}),
        Work(f"Black-Scholes, {TEXT}", options(SIZE), black_scholes, NEEDS),
        Work(f"Adam update, {TEXT}", adam_state(SIZE), adam, NEEDS, special={"jax": adam_functional}),
    ]
