"""Fourier transforms: powers of two, other lengths, two dimensions, real input."""

from works import Work, need, normal

NEEDS = (need(1 / 1.1, "scipy"),)
PEERS = ("numpy", "scipy", "torch")


def waves(*shape, dtype="complex128"):
    def make():
        x = normal(*shape, dtype=dtype)
        return {"x": x + 1j * normal(*shape, dtype=dtype, seed=1) if dtype.startswith("complex") else x}

    return make


def work(name, transform, *shape, dtype="complex128"):
    inputs = waves(*shape, dtype=dtype)
    return Work(f"{transform}, {name}, {dtype}", inputs, lambda xp, x: getattr(xp.fft, transform)(x), NEEDS)


LENGTHS = {
    "1000": (1000,),
    "1e6": (1_000_000,),
    "1009, a prime": (1009,),
    "1000003, a prime": (1_000_003,),
    "59049 = 3^10": (59049,),
}
GRIDS = {"1024 x 1024": (1024, 1024), "1000 x 1000": (1000, 1000)}

WORKS = [
    *(work(f"2^{power}", "fft", 2**power) for power in range(10, 21, 2)),
    *(work(f"2^{power}", "fft", 2**power, dtype="complex64") for power in (10, 14, 20)),
    *(work(f"2^{power}", "rfft", 2**power, dtype="float64") for power in (10, 14, 20)),
    work("2^20", "rfft", 2**20, dtype="float32"),
    work("2^16", "ifft", 2**16),
    work("2^15 + 1", "irfft", 2**15 + 1),
    *(work(name, "fft", *shape) for name, shape in LENGTHS.items()),
    *(work(name, "rfft", *shape, dtype="float64") for name, shape in LENGTHS.items()),
    *(work(name, "fft2", *shape) for name, shape in GRIDS.items()),
    *(work(name, "rfft2", *shape, dtype="float64") for name, shape in GRIDS.items()),
    work("1024 rows of 1024", "fft", 1024, 1024),
]
