"""Elementary functions, float32 and float64."""

from works import Work, need, normal, positive


def erf_mxnet(xp, x):
    from mxnet import npx

    return npx.erf(x)


def erf_scipy(xp, x):
    """NumPy has no erf; its column shows SciPy's."""
    from scipy.special import erf

    return erf(x)


def erf_jax(xp, x):
    from jax.scipy.special import erf

    return erf(x)


FUNCTIONS = {
    "exp": (normal, lambda xp, x: xp.exp(x), {}),
    "log": (positive, lambda xp, x: xp.log(x), {}),
    "tanh": (normal, lambda xp, x: xp.tanh(x), {}),
    "sin": (normal, lambda xp, x: xp.sin(x), {}),
    "erf": (normal, lambda xp, x: xp.erf(x), {"mxnet": erf_mxnet, "numpy": erf_scipy, "jax": erf_jax}),
}


def inputs(draw, dtype):
    return lambda: {"x": draw(1_000_000, dtype=dtype)}


WORKS = [
    Work(f"{name}, {dtype}, 1e6", inputs(draw, dtype), call, (need(2, "numpy"),), special=special)
    for name, (draw, call, special) in FUNCTIONS.items()
    for dtype in ("float32", "float64")
]
