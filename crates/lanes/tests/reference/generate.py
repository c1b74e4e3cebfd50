"""Writes the reference tables of tests/accuracy.rs: one file per function, one point per line.

Run as `python generate.py [points] [directory]`; needs mpmath. A line holds the arguments' and the rounded result's bits
in hexadecimal, then what rounding removed, in units of the result's last place.
"""

import random
import struct
import sys
from pathlib import Path

import mpmath as m

m.mp.prec = 1200 + 200  # the largest exponents of arguments to sin, and a reserve
POINTS = int(sys.argv[1]) if len(sys.argv) > 1 else 150
HERE = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent


def bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def from_bits(value):
    return struct.unpack("<d", struct.pack("<Q", value))[0]


def ulp(value):
    value = abs(value)
    return from_bits(bits(value) + 1) - value if value < 1.7e308 else value - from_bits(bits(value) - 1)


def rounded(value):
    """float64 nearest to value, subnormals included"""
    if value == 0:
        return 0.0
    exponent = max(int(m.floor(m.log(abs(value), 2))), -1022)
    unit = m.mpf(2) ** (exponent - 52)
    scaled = m.nint(value / unit)
    try:
        return float(scaled * unit)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def uniform(low, high):
    return lambda: random.uniform(low, high)


def logarithmic(low, high, signed=True):
    """magnitudes from 10^low to 10^high"""

    def draw():
        magnitude = 10.0 ** random.uniform(low, high) if low > -300 else from_bits(random.randrange(1, bits(10.0**high)))
        return -magnitude if signed and random.random() < 0.5 else magnitude

    return draw


def log_gamma(x):
    return m.log(abs(m.gamma(x))) if x < 0 else m.loggamma(x)


def erf_inverse(y):
    x = m.erfinv(y) if abs(y) < 0.9 else start(y)
    for _ in range(8):
        x -= (m.erf(x) - y) * m.sqrt(m.pi) / 2 * m.exp(x * x)
    return x


def start(y):
    w = -m.log(1 - abs(y))
    x = m.sqrt(w - m.log(m.sqrt(m.pi * w)) if w > 2 else w)
    for _ in range(40):
        step = (m.erfc(x) - (1 - abs(y))) * m.sqrt(m.pi) / 2 * m.exp(x * x)
        x += max(min(step, m.mpf("0.3")), m.mpf("-0.3"))
    return x if y > 0 else -x


ANY = logarithmic(-310, 308)
UNARY = {
    "exp": (m.exp, [uniform(-745, 710), uniform(-2, 2), logarithmic(-20, 0), uniform(-745, -708)]),
    "exp2": (lambda x: m.mpf(2) ** x, [uniform(-1075, 1024), uniform(-2, 2), logarithmic(-20, 0)]),
    "expm1": (m.expm1, [uniform(-40, 710), uniform(-2, 2), logarithmic(-310, 0)]),
    "log": (m.log, [logarithmic(-310, 308, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log2": (lambda x: m.log(x, 2), [logarithmic(-310, 308, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log10": (m.log10, [logarithmic(-310, 308, False), uniform(0.5, 2), uniform(0.99, 1.01)]),
    "log1p": (m.log1p, [logarithmic(-310, 308, False), uniform(-1, 2), logarithmic(-20, -1)]),
    "cbrt": (lambda x: m.cbrt(x) if x >= 0 else -m.cbrt(-x), [ANY, uniform(-8, 8)]),
    "sin": (m.sin, [uniform(-10, 10), uniform(-1e6, 1e6), ANY, logarithmic(6, 8)]),
    "cos": (m.cos, [uniform(-10, 10), uniform(-1e6, 1e6), ANY, logarithmic(6, 8)]),
    "tan": (m.tan, [uniform(-10, 10), uniform(-1e6, 1e6), ANY, logarithmic(6, 8)]),
    "arcsin": (m.asin, [uniform(-1, 1), logarithmic(-310, 0), uniform(0.49, 0.51), uniform(0.999, 1)]),
    "arccos": (m.acos, [uniform(-1, 1), logarithmic(-310, 0), uniform(0.49, 0.51), uniform(0.999, 1)]),
    "arctan": (m.atan, [uniform(-4, 4), ANY, uniform(0.9, 1.1)]),
    "sinh": (m.sinh, [uniform(-711, 711), uniform(-3, 3), logarithmic(-310, 0)]),
    "cosh": (m.cosh, [uniform(-711, 711), uniform(-3, 3), logarithmic(-310, 0)]),
    "tanh": (m.tanh, [uniform(-20, 20), uniform(-2, 2), logarithmic(-310, 0)]),
    "arcsinh": (m.asinh, [uniform(-20, 20), uniform(-2, 2), ANY]),
    "arccosh": (m.acosh, [uniform(1, 20), uniform(1, 2), logarithmic(0, 308, False)]),
    "arctanh": (m.atanh, [uniform(-1, 1), uniform(-1, 1), logarithmic(-310, 0)]),
    "erf": (m.erf, [uniform(-6, 6), uniform(-2, 2), logarithmic(-310, 0)]),
    "erfc": (m.erfc, [uniform(-6, 27), uniform(-2, 2), uniform(0, 27), logarithmic(-20, 0)]),
    "erfinv": (erf_inverse, [uniform(-1, 1), uniform(0.99, 1), logarithmic(-310, 0)]),
    "gamma": (m.gamma, [uniform(-20, 30), uniform(0, 171.6), uniform(-180, 0), logarithmic(-10, 0)]),
    "lgamma": (log_gamma, [uniform(0, 3), uniform(0, 200), uniform(0.9, 2.1), logarithmic(-20, 300, False)]),
    "digamma": (m.digamma, [uniform(0, 3), uniform(0, 200), uniform(1.4, 1.5), logarithmic(-20, 300, False)]),
}
BINARY = {
    "pow": (
        lambda x, y: m.mpf(x) ** y,
        [
            (logarithmic(-300, 300, False), uniform(-2, 2)),
            (uniform(0, 10), uniform(-300, 300)),
            (uniform(0.9, 1.1), uniform(-3000, 3000)),
            (logarithmic(-3, 3, False), uniform(-5, 5)),
        ],
    ),
    "hypot": (m.hypot, [(ANY, ANY), (uniform(-3, 3), uniform(-3, 3)), (logarithmic(150, 160), logarithmic(150, 160))]),
    "arctan2": (m.atan2, [(ANY, ANY), (uniform(-3, 3), uniform(-3, 3)), (logarithmic(-2, 2), logarithmic(-2, 2))]),
    "logaddexp": (
        lambda x, y: m.log(m.exp(x) + m.exp(y)),
        [(uniform(0, 30), uniform(0, 30)), (uniform(0, 1), uniform(0, 1)), (uniform(1, 700), uniform(1, 700))],
    ),
}


def write(name, function, draws):
    random.seed(name)
    lines = []
    while len(lines) < POINTS:
        draw = draws[len(lines) % len(draws)]
        arguments = tuple(one() for one in draw) if isinstance(draw, tuple) else (draw(),)
        try:
            m.mp.prec = 1400 if name in ("sin", "cos", "tan") else 240 if abs(arguments[0]) > 1e-60 else 1400
            exact = function(*map(m.mpf, arguments))
        except (ValueError, ZeroDivisionError, OverflowError, m.libmp.libhyper.NoConvergence):
            continue
        near = rounded(exact)
        if near in (0.0, float("inf"), float("-inf")):
            continue
        lost = float((exact - m.mpf(near)) / m.mpf(ulp(near)))
        lines.append(",".join(f"{bits(a):016x}" for a in (*arguments, near)) + f",{lost:.2f}")
    (HERE / f"{name}.csv").write_text("\n".join(lines) + "\n")


COMPLEX = {
    "exp": m.exp, "log": m.log, "log1p": lambda z: m.log(1 + z), "expm1": m.expm1, "sqrt": m.sqrt, "sin": m.sin,
    "cos": m.cos, "tan": m.tan, "arcsin": m.asin, "arccos": m.acos, "arctan": m.atan, "sinh": m.sinh, "cosh": m.cosh,
    "tanh": m.tanh, "arcsinh": m.asinh, "arccosh": m.acosh, "arctanh": m.atanh,
}  # fmt: skip


def write_complex():
    """complex.csv: name, argument, result; parts as bits"""
    lines = []
    m.mp.prec = 400
    for name, function in COMPLEX.items():
        random.seed(name)
        for index in range(POINTS // 7):
            scale = (1, 1, 5, 1e-5, 1e3)[index % 5] if name not in ("exp", "expm1") else (1, 3, 5, 1e-5, 500)[index % 5]
            z = complex(random.uniform(-scale, scale), random.uniform(-scale, scale))
            w = m.mpc(function(m.mpc(z)))
            if max(abs(w.real), abs(w.imag)) > 1e300:
                continue
            parts = (z.real, z.imag, rounded(w.real), rounded(w.imag))
            lines.append(",".join((name, *(f"{bits(part):016x}" for part in parts))))
    (HERE / "complex.csv").write_text("\n".join(lines) + "\n")


write_complex()
for table in (UNARY, BINARY):
    for name, (function, draws) in table.items():
        write(name, function, draws)
