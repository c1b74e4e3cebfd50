"""Matrix products: square, batched, matrix with vector."""

from works import Work, need, normal

NEEDS = (need(1 / 1.15, "numpy", "torch"),)


def product(name, left, right, dtype):
    def inputs():
        return {"a": normal(*left, dtype=dtype), "b": normal(*right, dtype=dtype, seed=1)}

    return Work(f"{name}, {dtype}", inputs, lambda xp, a, b: a @ b, NEEDS)


WORKS = [
    *(
        product(f"{size} x {size}", (size, size), (size, size), dtype)
        for dtype in ("float32", "float64")
        for size in (64, 128, 256, 512, 1024, 2048)
    ),
    product("batch of 512, 16 x 16", (512, 16, 16), (512, 16, 16), "float32"),
    product("batch of 64, 64 x 64", (64, 64, 64), (64, 64, 64), "float32"),
    product("batch of 16, 256 x 256", (16, 256, 256), (16, 256, 256), "float32"),
    product("matrix with vector, 1024", (1024, 1024), (1024,), "float32"),
    product("matrix with vector, 4096", (4096, 4096), (4096,), "float32"),
]
