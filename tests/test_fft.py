"""Fourier transforms: lengths, axes, norms, dtypes and layouts, judged by NumPy; gradients by finite differences."""

import numpy as onp
import pytest

from mxnet import autograd, np
from oracle import host
from test_linalg_gradients import gradient, numeric, size

ALONG = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
OVER = ["fft2", "ifft2", "fftn", "ifftn", "rfft2", "irfft2", "rfftn", "irfftn"]
REAL = {"rfft", "ihfft", "rfft2", "rfftn"}
NORMS = [None, "backward", "ortho", "forward"]
TOLERANCE = {"float32": 1e-5, "complex64": 1e-5, "float64": 1e-12, "complex128": 1e-12}


def sample(shape, dtype, seed=0):
    random = onp.random.default_rng([seed, *shape])
    x = random.standard_normal(shape)
    return (x + 1j * random.standard_normal(shape)).astype(dtype) if onp.dtype(dtype).kind == "c" else x.astype(dtype)


def judge(name, x, *arguments, **keywords):
    want = getattr(onp.fft, name)(x, *arguments, **keywords)
    got = host(getattr(np.fft, name)(np.array(x), *arguments, **keywords))
    assert got.dtype == want.dtype and got.shape == want.shape
    bound = TOLERANCE[str(want.dtype)] * onp.max(onp.abs(want), initial=1.0)
    onp.testing.assert_allclose(got, want, rtol=0, atol=bound)


@pytest.mark.parametrize("length", [1, 2, 3, 4, 7, 8, 15, 16, 17, 30, 97, 128, 360, 1009, 4096, 30030])
@pytest.mark.parametrize("name", ALONG)
def test_lengths(name, length):
    if name in ("irfft", "hfft") and length == 1:
        length = 2
    for dtype in ("float32", "float64") if name in REAL else ("float32", "complex64", "complex128"):
        judge(name, sample((length,), dtype))


@pytest.mark.parametrize("length", [65535, 65536, 65537, 99856, 100000, 2 * 65539])
def test_long_lines(length):
    x = sample((length,), "complex128")
    for name in ("fft", "ifft"):
        judge(name, x)
        judge(name, x.astype("complex64"), norm="ortho")
    judge("fft", x[: length - 3], length)
    judge("rfft", x.real)
    judge("irfft", x[: length // 2 + 1], length)
    rows = sample((3, length), "complex128")
    judge("fft", rows)
    judge("ifft", rows.T, axis=0)
    judge("fft", rows[:, ::-1])


@pytest.mark.parametrize("shape", [(300, 40), (40, 300), (33, 512), (5, 64, 48)], ids=str)
def test_many_lines_along_each_axis(shape):
    for dtype in ("complex64", "complex128", "float32", "float64"):
        for axis in range(len(shape)):
            judge("fft", sample(shape, dtype), axis=axis)
            judge("ifft", sample(shape, dtype), axis=axis)
            if onp.dtype(dtype).kind == "f":
                judge("rfft", sample(shape, dtype), axis=axis)
            else:
                judge("irfft", sample(shape, dtype), axis=axis)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("n", [None, 1, 4, 5, 6, 9, 20])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("name", ALONG)
def test_arguments(name, axis, n, norm):
    for dtype in ("float64",) if name in REAL else ("float64", "complex128"):
        judge(name, sample((5, 6, 4), dtype), n, axis, norm)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("name", OVER)
def test_several_axes(name, norm):
    dtype = "float64" if name in REAL else "complex128"
    x = sample((4, 5, 6), dtype)
    judge(name, x, norm=norm)
    judge(name, x, s=(3, 8), axes=(0, 2), norm=norm)
    judge(name, x, s=(-1, 7), axes=(2, 1), norm=norm)
    judge(name, x, axes=(1, 0), norm=norm)
    judge(name, x, axes=(2,), norm=norm)


@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn"])
def test_repeated_axes(name):
    judge(name, sample((4, 4), "float64" if name in REAL else "complex128"), axes=(0, 0, 1))


@pytest.mark.parametrize("layout", ["transposed", "reversed", "strided", "broadcast"])
@pytest.mark.parametrize("name", [*ALONG, "fft2", "rfft2", "irfftn"])
def test_layouts(name, layout):
    x = sample((6, 8), "float64" if name in REAL else "complex128")
    change = {
        "transposed": lambda x: x.T,
        "reversed": lambda x: x[::-1, ::-1],
        "strided": lambda x: x[::2, 1::3],
        "broadcast": lambda x: x[:1].repeat(3, 0),
    }[layout]
    want = getattr(onp.fft, name)(change(x))
    onp.testing.assert_allclose(host(getattr(np.fft, name)(change(np.array(x)))), want, atol=1e-12)
    lazy = np.array(x) * 2
    onp.testing.assert_allclose(host(getattr(np.fft, name)(change(lazy))), want * 2, atol=1e-12)


@pytest.mark.parametrize("shape", [(0, 4), (3, 0, 2)], ids=str)
@pytest.mark.parametrize("name", ALONG)
def test_empty_batches(name, shape):
    judge(name, onp.zeros(shape), axis=0 if shape[0] else -1)


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool", "float16"])
def test_other_dtypes(dtype):
    x = (sample((8,), "float64") * 4).astype(dtype)
    for name in ALONG:
        got = getattr(np.fft, name)(np.array(x))
        assert got.dtype in (onp.complex64, onp.float32)
        want = getattr(onp.fft, name)(x.astype("float32"))
        onp.testing.assert_allclose(host(got), want, rtol=0, atol=1e-5 * onp.max(onp.abs(want)))


def test_integers_in_numpy_mode(numpy_dtypes):
    assert np.fft.fft(np.array([1, 2, 3])).dtype == onp.complex128
    assert np.fft.fftfreq(4).dtype == onp.float64


def test_out():
    x = sample((4, 6), "float64")
    for name in ("fft", "rfft", "fft2", "irfft"):
        want = getattr(onp.fft, name)(x)
        out = np.zeros(want.shape, dtype=want.dtype)
        assert getattr(np.fft, name)(np.array(x), out=out) is out
        onp.testing.assert_allclose(host(out), want, atol=1e-12)
    same = np.array(sample((8,), "complex128"))
    want = onp.fft.fft(host(same))
    np.fft.fft(same, out=same)
    onp.testing.assert_allclose(host(same), want, atol=1e-12)
    with pytest.raises(ValueError):
        np.fft.fft(np.array(x), out=np.zeros((2, 2), dtype="complex128"))
    with pytest.raises(TypeError):
        np.fft.fft(np.array(x), out=np.zeros((4, 6), dtype="float64"))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 10])
@pytest.mark.parametrize("d", [1.0, 0.1, 3])
def test_frequencies(n, d):
    for name in ("fftfreq", "rfftfreq"):
        got = getattr(np.fft, name)(n, d)
        assert got.dtype == onp.float32
        onp.testing.assert_allclose(host(got), getattr(onp.fft, name)(n, d), rtol=1e-6)
    from mxnet import npx

    assert np.fft.fftfreq(4, ctx=npx.cpu()).ctx == npx.cpu() == np.fft.rfftfreq(4, device=npx.cpu()).ctx


@pytest.mark.parametrize("axes", [None, 0, (0, 1), (-1,), (0, 0)])
@pytest.mark.parametrize("shape", [(4,), (5,), (3, 4), (4, 5, 2)], ids=str)
def test_shifts(shape, axes):
    if len(shape) == 1 and isinstance(axes, tuple) and 1 in axes:
        axes = 0
    x = onp.arange(onp.prod(shape), dtype="float32").reshape(shape)
    for name in ("fftshift", "ifftshift"):
        got = getattr(np.fft, name)(np.array(x), axes)
        onp.testing.assert_array_equal(host(got), getattr(onp.fft, name)(x, axes))


@pytest.mark.parametrize(
    "call, exception",
    [
        (lambda np: np.fft.fft(np.ones(4), n=0), ValueError),
        (lambda np: np.fft.fft(np.ones(4), n=-2), ValueError),
        (lambda np: np.fft.fft(np.ones(4), axis=1), IndexError),
        (lambda np: np.fft.fft(np.ones(4), norm="other"), ValueError),
        (lambda np: np.fft.fft(np.zeros(0)), ValueError),
        (lambda np: np.fft.irfft(np.ones(1)), ValueError),
        (lambda np: np.fft.rfft(np.ones(4) * 1j), TypeError),
        (lambda np: np.fft.fftn(np.ones((4, 4)), s=(2,), axes=(0, 1)), ValueError),
        (lambda np: np.fft.fft2(np.ones(4)), IndexError),
        (lambda np: np.fft.fftfreq(1.5), ValueError),
        (lambda np: np.fft.fftfreq(0), ZeroDivisionError),
    ],
)
def test_errors(call, exception):
    for library in (onp, np):
        with pytest.raises(exception):
            call(library)


CASES = {
    **{name: (lambda np, x, name=name: size(np, getattr(np.fft, name)(x, axis=0)), (5, 2)) for name in ALONG},
    **{
        f"{name} of {n}": (lambda np, x, name=name, n=n: size(np, getattr(np.fft, name)(x, n, norm="ortho")), (2, 5))
        for name in ALONG
        for n in (4, 7, 8)
    },
    **{name: (lambda np, x, name=name: size(np, getattr(np.fft, name)(x)), (2, 3, 4)) for name in OVER},
    "fftshift": (lambda np, x: size(np, np.fft.fftshift(x)), (5,)),
    "ifftshift": (lambda np, x: size(np, np.fft.ifftshift(x, axes=1)), (2, 5)),
}


@pytest.mark.parametrize("kind", ["f", "c"])
@pytest.mark.parametrize("name", CASES)
def test_gradient(name, kind):
    if kind == "c" and name.split()[0] in REAL:
        kind = "f"
    function, shape = CASES[name]
    x = sample(shape, "complex128" if kind == "c" else "float64")
    want = numeric(lambda x: float(function(np, np.array(x))), x)
    onp.testing.assert_allclose(gradient(function, x), want, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ALONG)
def test_second_order(name):
    def power(np, x):
        y = getattr(np.fft, name)(x)
        return ((y.real**2 + y.imag**2) ** 2).sum() if y.dtype.kind == "c" else (y**4).sum()

    x = sample((5,), "float64")
    variable = np.array(x)
    variable.attach_grad()
    with autograd.record():
        first = autograd.grad(power(np, variable), [variable], create_graph=True, retain_graph=True)[0]
        total = (first**2).sum()
    total.backward()
    want = numeric(lambda x: float((gradient(power, x) ** 2).sum()), x, 1e-5)
    onp.testing.assert_allclose(host(variable.grad), want, rtol=1e-5)


def test_bits_do_not_depend_on_threads(threads):
    x = sample((64, 1000), "complex64")
    found = []
    for count in (1, 2, 3):
        threads(count)
        found.append([host(np.fft.fft(np.array(x), axis=axis)).tobytes() for axis in (0, 1)])
        found[-1].append(host(np.fft.fft(np.array(sample((1 << 16,), "complex64")))).tobytes())
    assert found[0] == found[1] == found[2]


def test_numpy_functions_come_back_here():
    assert isinstance(onp.fft.fft(np.ones(4)), np.ndarray)
    assert {name for name in dir(onp.fft) if not name.startswith("_") and name != "test"} <= set(np.fft.__all__)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("name", ["fftfreq", "rfftfreq"])
def test_frequencies_of_a_dtype(name, dtype):
    got = getattr(np.fft, name)(7, 0.5, dtype=dtype)
    assert got.dtype == dtype
    onp.testing.assert_array_equal(got.asnumpy(), getattr(onp.fft, name)(7, 0.5).astype(dtype))
