"""A walk over every public function of `np`, `np.linalg`, `np.fft` and `npx`: it has gradients of first and second
order, or stands in a list of functions that cannot have any.

Rows of the op book are walked in `test_autograd.py`; a function that is added anywhere else must be entered here.
Gradients are compared with differences along random directions in float64. Longer than usual because the table is one.
"""

import inspect

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import operators

STEP = 1e-5
SPACES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft, "npx": npx}

# An argument's name says what it is: shape, and the range that its elements are drawn from.
ARGUMENTS = {
    "x": ((3, 4), -2, 2),
    "y": ((3, 4), -2, 2),
    "p": ((3, 4), 0.5, 2),
    "q": ((3, 4), 0.5, 2),
    "v": ((5,), -2, 2),
    "w": ((5,), -2, 2),
    "a": ((4,), -2, 2),
    "b": ((4,), -2, 2),
    "m": ((4, 4), -2, 2),
    "t": ((3, 3), -2, 2),
    "u": ((3,), -2, 2),
    "k": ((2, 3, 4), -2, 2),
    "s": ((), 0.5, 2),
    "i": ((2, 3, 5, 4), -2, 2),
    "f": ((4, 3, 2, 2), -1, 1),
    "e": ((3, 4, 2, 2), -1, 1),
    "o": ((2, 8, 4, 3), 0.1, 0.9),
    "c": ((2, 3, 2, 2), 0.2, 0.8),
    "g": ((5, 2, 6), -1, 1),
    "r": ((6 * 3 + 3 * 3 + 3 + 3,), -1, 1),
}

INDEX = np.array([2, 0, 2, 1], dtype="int64")


def written(function):
    """What an in-place function leaves in a copy of its first argument."""

    def run(x, *others):
        target = x * 1
        function(target, *others)
        return target

    run.__signature__ = inspect.signature(function)
    return run


def definite(m):
    return m @ m.T + 4 * np.eye(m.shape[0], dtype=m.dtype)


def symmetric(m):
    return m + m.T


def even(x):
    """Of singular vectors and the like, whose signs are free: something without signs."""
    return x * x


def corners(c):
    """Boxes that overlap, from two numbers in [0, 1] along each side."""
    low = c[:, :, 0] * 0.5
    return np.concatenate([low, low + c[:, :, 1] + 0.5], axis=-1)


def complex_of(x, y):
    return x + 1j * y


CASES = {
    "np": {
        "amax": lambda x: np.amax(x, 1),
        "amin": lambda x: np.amin(x, 0),
        "angle": lambda x, y: np.angle(complex_of(x, y)),
        "append": lambda x, v: np.append(x, v),
        "apply_along_axis": lambda x: np.apply_along_axis(lambda row: row * row[0], 1, x),
        "apply_over_axes": lambda k: np.apply_over_axes(
            lambda part, axis: np.sum(part**2, axis, keepdims=True), k, [0, 2]
        ),
        "array": lambda x: np.array(x) ** 2,
        "array_split": lambda v: np.array_split(v, 2),
        "as_strided": lambda v: np.as_strided(v, (3, 3), (8, 8)) ** 2,
        "asanyarray": lambda x: np.asanyarray(x) ** 2,
        "asarray": lambda x: np.asarray(x) ** 2,
        "asarray_chkfinite": lambda x: np.asarray_chkfinite(x) ** 2,
        "ascontiguousarray": lambda x: np.ascontiguousarray(x.T) ** 2,
        "asfortranarray": lambda x: np.asfortranarray(x) ** 2,
        "astype": lambda x: np.astype(np.astype(x, "complex128"), "complex128").real ** 2,
        "atleast_1d": lambda s: np.atleast_1d(s) ** 2,
        "atleast_2d": lambda v: np.atleast_2d(v) ** 2,
        "atleast_3d": lambda v: np.atleast_3d(v) ** 2,
        "average": lambda x, p: np.average(x, 1, weights=p),
        "bincount": lambda a: np.bincount(INDEX, weights=a, minlength=5) ** 2,
        "block": lambda x, y: np.block([[x, y], [y, x * x]]),
        "broadcast_arrays": lambda x, a: np.broadcast_arrays(x, a * a),
        "broadcast_to": lambda a: np.broadcast_to(a, (2, 4)) ** 2,
        "choose": lambda x, y: np.choose(np.array([[0, 1, 1, 0]], dtype="int64"), [x, y * y]),
        "clip": lambda x: np.clip(x, -0.7, 0.9) ** 2,
        "column_stack": lambda v, w: np.column_stack([v, w * w]),
        "compress": lambda x: np.compress([True, False, True], x, axis=0) ** 2,
        "concat": lambda x, y: np.concat([x, y * y]),
        "concatenate": lambda x, y: np.concatenate([x, y * y], axis=None),
        "convolve": lambda v, u: [np.convolve(v, u), np.convolve(v, u, "same"), np.convolve(v, u, "valid")],
        "copy": lambda x: np.copy(x) ** 2,
        "copyto": written(lambda x, y: np.copyto(x, y * y, where=np.array([True, False, True, False]))),
        "corrcoef": lambda x: np.corrcoef(x),
        "correlate": lambda v, u: np.correlate(v, u, "full"),
        "cov": lambda x, y: np.cov(x, y),
        "cross": lambda t, u: np.cross(t, u),
        "cumprod": lambda x: np.cumprod(x, 1),
        "cumproduct": lambda x: np.cumproduct(x, 1),
        "cumsum": lambda x: np.cumsum(x, 0) ** 2,
        "cumulative_prod": lambda v: np.cumulative_prod(v, include_initial=True),
        "cumulative_sum": lambda v: np.cumulative_sum(v) ** 2,
        "delete": lambda x: np.delete(x, [1, 2], axis=1) ** 2,
        "diag": lambda v, m: [np.diag(v, 1) ** 2, np.diag(m, -1) ** 2],
        "diagflat": lambda x: np.diagflat(x) ** 2,
        "diagonal": lambda k: np.diagonal(k, 1, 1, 2) ** 2,
        "diff": lambda x: np.diff(x, 2) ** 2,
        "divmod": lambda p: np.divmod(p, 0.3)[1] ** 2,
        "dot": lambda x, m: np.dot(x, m),
        "dsplit": lambda k: np.dsplit(k, 2),
        "dstack": lambda x, y: np.dstack([x, y * y]),
        "ediff1d": lambda x: np.ediff1d(x) ** 2,
        "einsum": lambda x, y, a: np.einsum("ij,kj,j->ik", x, y, a),
        "expand_dims": lambda x: np.expand_dims(x, 1) ** 2,
        "extract": lambda x: np.extract(onp.arange(12).reshape(3, 4) % 3 == 0, x) ** 2,
        "fill_diagonal": written(lambda x, s: np.fill_diagonal(x, s * s)),
        "flip": lambda x: np.flip(x, 1) ** 2,
        "fliplr": lambda x: np.fliplr(x) ** 2,
        "flipud": lambda x: np.flipud(x) ** 2,
        "full": lambda s: np.full((2, 3), s) ** 2,
        "full_like": lambda s: np.full_like(np.zeros((2, 3), dtype="float64"), s) ** 2,
        "frexp": lambda p: np.frexp(p)[0] ** 2,
        "geomspace": lambda p, q: np.geomspace(p, q, 5),
        "gradient": lambda x: np.gradient(x),
        "hsplit": lambda x: np.hsplit(x, 2),
        "hstack": lambda x, y: np.hstack([x, y * y]),
        "inner": lambda x, y: np.inner(x, y),
        "insert": lambda x, a: np.insert(x, 1, a * a, axis=0),
        "interp": lambda u, a: np.interp(u, np.linspace(-3, 3, 4, dtype="float64"), a),
        "kron": lambda x, v: np.kron(x, v),
        "linspace": lambda s, u: np.linspace(s, u, 5) ** 2,
        "logspace": lambda s, u: np.logspace(s, u, 5, base=2.0),
        "matmul": lambda k, m: np.matmul(k, m),
        "matrix_transpose": lambda x: np.matrix_transpose(x) ** 2,
        "matvec": lambda x, a: np.matvec(x, a),
        "max": lambda x: np.max(x, 0) ** 2,
        "mean": lambda x: np.mean(x, 1) ** 2,
        "median": lambda x: np.median(x, 1) ** 2,
        "meshgrid": lambda v, u: np.meshgrid(v * v, u),
        "min": lambda x: np.min(x, 0) ** 2,
        "modf": lambda x: np.modf(x)[0] ** 2,
        "moveaxis": lambda k: np.moveaxis(k, 0, 2) ** 2,
        "msort": lambda x: np.msort(x) ** 2,
        "nan_to_num": lambda x: np.nan_to_num(x) ** 2,
        "nancumprod": lambda v: np.nancumprod(v),
        "nancumsum": lambda v: np.nancumsum(v) ** 2,
        "nanmax": lambda x: np.nanmax(x, 1) ** 2,
        "nanmean": lambda x: np.nanmean(x, 1) ** 2,
        "nanmedian": lambda x: np.nanmedian(x, 1) ** 2,
        "nanmin": lambda x: np.nanmin(x, 1) ** 2,
        "nanpercentile": lambda x: np.nanpercentile(x, 30, axis=1) ** 2,
        "nanprod": lambda x: np.nanprod(x, 1),
        "nanquantile": lambda x: np.nanquantile(x, 0.3, axis=1) ** 2,
        "nanstd": lambda x: np.nanstd(x, 1),
        "nansum": lambda x: np.nansum(x, 1) ** 2,
        "nanvar": lambda x: np.nanvar(x, 1),
        "outer": lambda v, u: np.outer(v, u),
        "pad": lambda x: [
            np.pad(x, 2, mode=mode) ** 2 for mode in ("constant", "edge", "reflect", "symmetric", "wrap")
        ],
        "partition": lambda x: np.partition(x, 2, axis=1) ** 2,
        "percentile": lambda x: np.percentile(x, 30, axis=1) ** 2,
        "permute_dims": lambda k: np.permute_dims(k, (2, 0, 1)) ** 2,
        "piecewise": lambda x: np.piecewise(x, [x > 0, x <= 0], [lambda part: part**2, lambda part: part**3]),
        "place": written(lambda x, u: np.place(x, onp.arange(12).reshape(3, 4) % 3 == 0, u * u)),
        "poly": lambda u: np.poly(u),
        "polyadd": lambda v, u: np.polyadd(v, u) ** 2,
        "polyder": lambda v: np.polyder(v) ** 2,
        "polydiv": lambda v, u: np.polydiv(v, u),
        "polyfit": lambda v: np.polyfit(np.arange(5, dtype="float64"), v, 2) ** 2,
        "polyint": lambda v: np.polyint(v) ** 2,
        "polymul": lambda v, u: np.polymul(v, u),
        "polysub": lambda v, u: np.polysub(v, u) ** 2,
        "polyval": lambda v, x: np.polyval(v, x),
        "prod": lambda x: np.prod(x, 1),
        "product": lambda x: np.product(x, 1),
        "ptp": lambda x: np.ptp(x, 1) ** 2,
        "put": written(lambda x, u: np.put(x, [0, 5, 7], u * u)),
        "put_along_axis": written(
            lambda x, y: np.put_along_axis(x, np.array([[1], [2], [0]], dtype="int64"), y[:, :1] ** 2, 1)
        ),
        "putmask": written(lambda x, y: np.putmask(x, onp.arange(12).reshape(3, 4) % 3 == 0, y * y)),
        "quantile": lambda x: np.quantile(x, 0.3, axis=1) ** 2,
        "ravel": lambda x: np.ravel(x.T) ** 2,
        "real": lambda x, y: np.real(complex_of(x, y) ** 2),
        "imag": lambda x, y: np.imag(complex_of(x, y) ** 2),
        "real_if_close": lambda x: np.real_if_close(x) ** 2,
        "repeat": lambda x: np.repeat(x, [1, 3, 2], axis=0) ** 2,
        "require": lambda x: np.require(x, requirements=["C"]) ** 2,
        "reshape": lambda x: np.reshape(x.T, (2, 6)) ** 2,
        "resize": lambda x: np.resize(x, (5, 4)) ** 2,
        "roll": lambda x: np.roll(x, 2, 1) ** 2,
        "rollaxis": lambda k: np.rollaxis(k, 2) ** 2,
        "roots": lambda p: np.sum(np.roots(p[0]) ** 3).real,
        "rot90": lambda x: np.rot90(x) ** 2,
        "row_stack": lambda x, y: np.row_stack([x, y * y]),
        "select": lambda x, y: np.select([x > 0, y > 0], [x * x, y * y], 0),
        "sliding_window_view": lambda v: np.sliding_window_view(v, 3) ** 2,
        "sort": lambda x: np.sort(x, 0) ** 2,
        "sort_complex": lambda v: np.sort_complex(v).real ** 2,
        "split": lambda x: np.split(x, 2, 1),
        "squeeze": lambda x: np.squeeze(x[:, None]) ** 2,
        "stack": lambda x, y: np.stack([x, y * y], 1),
        "std": lambda x: np.std(x, 1),
        "sum": lambda x: np.sum(x, 1) ** 2,
        "swapaxes": lambda k: np.swapaxes(k, 0, 2) ** 2,
        "take": lambda x: np.take(x, INDEX, axis=1) ** 2,
        "take_along_axis": lambda x: np.take_along_axis(x, np.argsort(x, axis=1), 1) ** 2,
        "tensordot": lambda k, x: np.tensordot(k, x, 2),
        "tile": lambda x: np.tile(x, (2, 1)) ** 2,
        "trace": lambda k: np.trace(k, 1, 1, 2) ** 2,
        "transpose": lambda k: np.transpose(k, (1, 2, 0)) ** 2,
        "trapezoid": lambda v, w: np.trapezoid(v, np.cumsum(w)),
        "trapz": lambda v: np.trapz(v) ** 2,
        "tril": lambda x: np.tril(x) ** 2,
        "trim_zeros": lambda v: np.trim_zeros(np.concatenate([np.zeros(2, dtype="float64"), v])) ** 2,
        "triu": lambda x: np.triu(x, 1) ** 2,
        "unstack": lambda x: np.unstack(x, axis=1),
        "unwrap": lambda v: np.unwrap(v * 4) ** 2,
        "union1d": lambda v, u: np.union1d(v, u) ** 2,
        "unique": lambda x: np.unique(x) ** 2,
        "unique_values": lambda x: np.unique_values(x) ** 2,
        "unique_all": lambda x: np.unique_all(x).values ** 2,
        "unique_counts": lambda x: np.unique_counts(x).values ** 2,
        "unique_inverse": lambda x: np.unique_inverse(x).values ** 2,
        "intersect1d": lambda v: np.intersect1d(v, v[:3]) ** 2,
        "setdiff1d": lambda v: np.setdiff1d(v, v[:2].detach()) ** 2,
        "setxor1d": lambda v, u: np.setxor1d(v, u) ** 2,
        "vander": lambda v: np.vander(v),
        "var": lambda x: np.var(x, 1),
        "vdot": lambda x, y: np.vdot(x, y),
        "vecdot": lambda x, y: np.vecdot(x, y),
        "vecmat": lambda a, m: np.vecmat(a, m),
        "vsplit": lambda m: np.vsplit(m, 2),
        "vstack": lambda x, y: np.vstack([x, y * y]),
        "where": lambda x, y: np.where(x > 0, x * y, y * y),
    },
    "np.linalg": {
        "cholesky": lambda m: np.linalg.cholesky(definite(m)),
        "cond": lambda t: np.linalg.cond(t),
        "cross": lambda t, u: np.linalg.cross(t, u),
        "det": lambda m: np.linalg.det(m),
        "diagonal": lambda k: np.linalg.diagonal(k) ** 2,
        "eig": lambda t: np.sum(np.linalg.eig(t)[0] ** 3).real,
        "eigh": lambda t: [even(part) for part in np.linalg.eigh(symmetric(t))],
        "eigvals": lambda t: np.sum(np.linalg.eigvals(t) ** 3).real,
        "eigvalsh": lambda t: np.linalg.eigvalsh(symmetric(t)),
        "inv": lambda t: np.linalg.inv(t),
        "lstsq": lambda m, x: np.linalg.lstsq(m[:, :2], x.T)[0],
        "matmul": lambda k, m: np.linalg.matmul(k, m),
        "matrix_norm": lambda k: np.linalg.matrix_norm(k),
        "matrix_power": lambda t: np.linalg.matrix_power(t, 3),
        "matrix_transpose": lambda x: np.linalg.matrix_transpose(x) ** 2,
        "multi_dot": lambda x, m, y: np.linalg.multi_dot([x, m, y.T]),
        "norm": lambda x: [
            np.linalg.norm(x),
            np.linalg.norm(x, 1),
            np.linalg.norm(x, "nuc"),
            np.linalg.norm(x, 3, axis=1),
        ],
        "outer": lambda v, u: np.linalg.outer(v, u),
        "pinv": lambda x: np.linalg.pinv(x),
        "qr": lambda x: [even(part) for part in np.linalg.qr(x.T)],
        "slogdet": lambda m: np.linalg.slogdet(m)[1],
        "solve": lambda m, x: np.linalg.solve(definite(m), x.T),
        "svd": lambda x: [even(part) for part in np.linalg.svd(x, full_matrices=False)],
        "svdvals": lambda x: np.linalg.svdvals(x),
        "tensordot": lambda k, x: np.linalg.tensordot(k, x, axes=2),
        "tensorinv": lambda m: np.linalg.tensorinv(definite(m).reshape(2, 2, 4)),
        "tensorsolve": lambda m, a: np.linalg.tensorsolve(definite(m).reshape(2, 2, 4), a.reshape(2, 2)),
        "trace": lambda k: np.linalg.trace(k) ** 2,
        "vecdot": lambda x, y: np.linalg.vecdot(x, y),
        "vector_norm": lambda x: np.linalg.vector_norm(x, axis=1),
    },
    "np.fft": {
        **{
            name: lambda x, y, name=name: getattr(np.fft, name)(complex_of(x, y) ** 2)
            for name in ("fft", "fft2", "fftn", "ifft", "ifft2", "ifftn", "hfft", "irfft", "irfft2", "irfftn")
        },
        **{name: lambda x, name=name: getattr(np.fft, name)(x**2) for name in ("rfft", "rfft2", "rfftn", "ihfft")},
        "fftshift": lambda x: np.fft.fftshift(x) ** 2,
        "ifftshift": lambda x: np.fft.ifftshift(x) ** 2,
    },
    "npx": {
        "activation": lambda x: [
            npx.activation(x, kind) for kind in ("sigmoid", "tanh", "softrelu", "softsign", "relu")
        ],
        "add_n": lambda x, y: npx.add_n(x, y * y, x),
        "batch_dot": lambda k: npx.batch_dot(k, k, transpose_b=True),
        "batch_flatten": lambda k: npx.batch_flatten(k) ** 2,
        "batch_norm": lambda k, u, y: npx.batch_norm(
            k, u, y[:, 0], np.zeros(3, "float64"), np.ones(3, "float64"), fix_gamma=False, eps=0.1
        ),
        "batch_norm_with_relu": lambda k, u, y: npx.batch_norm_with_relu(
            k, u, y[:, 0], np.zeros(3, "float64"), np.ones(3, "float64"), fix_gamma=False, eps=0.1
        ),
        "box_decode": lambda k: npx.box_decode(k, np.array([[[0.1, 0.2, 0.5, 0.7]] * 3]), 0.1, 0.1, 0.2, 0.2),
        "box_encode": lambda c: npx.box_encode(
            np.ones((2, 3)), np.array([[0, 1, 1], [1, 0, 0]]), corners(c), corners(c * c), np.zeros(4), np.ones(4)
        )[0],
        "box_iou": lambda c: npx.box_iou(corners(c), corners(c * c)),
        "box_nms": lambda k: npx.box_nms(np.concatenate([k, k * k], axis=2)[..., :6]) ** 2,
        "broadcast_like": lambda a, x: npx.broadcast_like(a[None], x) * x,
        "cast": lambda x: npx.cast(x, "float64") ** 2,
        "cond": lambda x: npx.cond(lambda: x.sum() > -100, lambda: x * x, lambda: x),
        "convolution": lambda i, f: npx.convolution(i, f, None, kernel=(2, 2), num_filter=4, no_bias=True),
        "ctc_loss": lambda g: npx.ctc_loss(g, np.array([[1, 2], [3, 1]])),
        "deconvolution": lambda i, e: npx.deconvolution(i, e, None, kernel=(2, 2), num_filter=4, no_bias=True),
        "deformable_convolution": lambda i, o, f: npx.deformable_convolution(
            i, o, f, kernel=(2, 2), num_filter=4, no_bias=True
        ),
        "dropout": lambda x: npx.dropout(x, 0.0, mode="always") ** 2,
        "embedding": lambda x: npx.embedding(np.array([2, 0, 2]), x, input_dim=3, output_dim=4) ** 2,
        "foreach": lambda x: npx.foreach(lambda e, state: (e * state, state + e), x, x[0])[0],
        "fully_connected": lambda x, y, u: npx.fully_connected(x, y, u, num_hidden=3, no_bias=False),
        "gather_nd": lambda x: npx.gather_nd(x, np.array([[0, 2], [1, 3]])) ** 2,
        "group_norm": lambda i, a, b: npx.group_norm(i[:, :2], a[:2], b[:2], num_groups=2, eps=0.1),
        "index_add": lambda x, u: npx.index_add(x, np.array([[0, 1, 0], [1, 2, 1]]), u * u),
        "index_update": lambda x, u: npx.index_update(x, np.array([[0, 1, 2], [1, 2, 0]]), u * u),
        "instance_norm": lambda i, u, y: npx.instance_norm(i, u, y[:, 0], eps=0.1),
        "interleaved_matmul_encdec_qk": lambda i: npx.interleaved_matmul_encdec_qk(
            i.reshape(5, 2, 12)[:, :, :4], i.reshape(5, 2, 12)[:, :, 4:12], heads=2
        ),
        "interleaved_matmul_encdec_valatt": lambda i, k: npx.interleaved_matmul_encdec_valatt(
            i.reshape(5, 2, 12)[:3, :, 4:12], np.reshape(np.concatenate([k, k * k]), (4, 4, 3)), heads=2
        ),
        "interleaved_matmul_selfatt_qk": lambda i: npx.interleaved_matmul_selfatt_qk(i.reshape(5, 2, 12), heads=2),
        "interleaved_matmul_selfatt_valatt": lambda i, k: npx.interleaved_matmul_selfatt_valatt(
            i.reshape(5, 2, 12)[:3], np.reshape(np.concatenate([k, k * k])[..., :3], (4, 3, 3)), heads=2
        ),
        "layer_norm": lambda x, a, b: npx.layer_norm(x, a, b, eps=0.1),
        "leaky_relu": lambda x: [
            npx.leaky_relu(x, act_type=kind) for kind in ("leaky", "elu", "selu", "gelu", "gelu_tanh")
        ],
        "log_softmax": lambda x: npx.log_softmax(x),
        "masked_log_softmax": lambda x: npx.masked_log_softmax(x, np.ones((3, 4), dtype="bool")),
        "masked_softmax": lambda x: npx.masked_softmax(x, np.array(onp.tri(3, 4, 1) > 0)),
        "modulated_deformable_convolution": lambda i, o, f: npx.modulated_deformable_convolution(
            i, o, o[:, :4] ** 2, f, kernel=(2, 2), num_filter=4, no_bias=True
        ),
        "norm": lambda x: npx.norm(x, axis=1),
        "pad": lambda i: npx.pad(i, pad_width=(0, 0, 0, 0, 1, 1, 2, 1), mode="edge") ** 2,
        "pick": lambda x: npx.pick(x, np.array([1, 0, 3])) ** 2,
        "pooling": lambda i: [
            npx.pooling(i, kernel=(2, 2), pool_type=kind, stride=(1, 1), p_value=2) ** 2
            for kind in ("max", "avg", "sum", "lp")
        ],
        "reshape": lambda x: npx.reshape(x, (-5,)) ** 2,
        "reshape_like": lambda x, y: npx.reshape_like(x.reshape(2, 6), y) * y,
        "rms_norm": lambda x, a: npx.rms_norm(x, a),
        "rnn": lambda g, r: npx.rnn(
            g, r, np.zeros((1, 2, 3), dtype="float64"), mode="rnn_tanh", state_size=3, num_layers=1
        ),
        "roi_pooling": lambda i: npx.roi_pooling(i, np.array([[0, 0, 0, 3, 4], [1, 1, 1, 3, 3]]), (2, 2), 1.0) ** 2,
        "rope": lambda i: npx.rope(i),
        "scaled_dot_product_attention": lambda i: npx.scaled_dot_product_attention(i, i * i, i + 1),
        "scatter_nd": lambda u: npx.scatter_nd(u, np.array([[0, 1, 2]]), (4,)) ** 2,
        "sequence_last": lambda k: npx.sequence_last(k, np.array([1, 2, 2]), use_sequence_length=True) ** 2,
        "sequence_mask": lambda k: npx.sequence_mask(k, np.array([1, 2, 1]), use_sequence_length=True) ** 2,
        "sequence_reverse": lambda k: npx.sequence_reverse(k, np.array([1, 2, 1]), use_sequence_length=True) ** 2,
        "sldwin_atten_context": lambda i: npx.sldwin_atten_context(i[..., :3], i * i, np.array([1] * 5), 1, True),
        "sldwin_atten_score": lambda i: npx.sldwin_atten_score(i, i * i, np.array([1] * 5), 1, True),
        "slice": lambda x: npx.slice(x, (0, 1), (3, 4), (2, 2)) ** 2,
        "slice_axis": lambda x: npx.slice_axis(x, 1, 1, 3) ** 2,
        "slice_channel": lambda x: npx.slice_channel(x, 2, axis=1),
        "slice_like": lambda m, x: npx.slice_like(m, x) * x,
        "smooth_l1": lambda x: npx.smooth_l1(x, scalar=1.5),
        "softmax": lambda x: npx.softmax(x, temperature=2.0),
        "softmax_cross_entropy": lambda x: npx.softmax_cross_entropy(x, np.array([1, 3, 0])),
        "sync_batch_norm": lambda k, u, y: npx.sync_batch_norm(
            k, u, y[:, 0], np.zeros(3, "float64"), np.ones(3, "float64"), fix_gamma=False, eps=0.1, key="here"
        ),
        "topk": lambda x: npx.topk(x, k=2, ret_typ="value") ** 2,
        "while_loop": lambda p: npx.while_loop(
            lambda y: abs(y).max() < 100, lambda y: (y, y * (p + 1)), p * 1, max_iterations=3
        )[0],
    },
}

# Functions that no gradient passes: their results are no floats, or are piecewise constant in the elements.
CONSTANT = {
    "np": """
        all any allclose alltrue sometrue array_equal array_equiv array2string array_repr array_str base_repr
        binary_repr arange bartlett blackman hamming hanning kaiser eye identity empty empty_like ones ones_like
        zeros zeros_like tri fromfunction fromiter fromstring frombuffer fromfile from_dlpack genfromtxt load
        getbufsize setbufsize info show_config show_runtime memmap nested_iters
        loadtxt save savetxt savez savez_compressed argmax argmin argpartition argsort argwhere nanargmax
        nanargmin nonzero flatnonzero searchsorted lexsort digitize histogram histogram2d histogramdd
        histogram_bin_edges count_nonzero ndim size shape isscalar iscomplex iscomplexobj isreal isrealobj
        isdtype isfortran issubdtype iterable isclose isin in1d can_cast broadcast_shapes common_type
        min_scalar_type mintypecode promote_types result_type typename may_share_memory shares_memory
        diag_indices diag_indices_from tril_indices tril_indices_from triu_indices triu_indices_from
        mask_indices indices ix_ ravel_multi_index unravel_index packbits unpackbits round round_ around fix
        format_float_positional format_float_scientific get_printoptions set_printoptions geterr geterrcall
        seterr seterrcall nextafter einsum_path
    """,
    "np.linalg": "matrix_rank",
    "np.fft": "fftfreq rfftfreq",
    "npx": """
        arange_like broadcast_greater constraint_check cpu cpu_pinned cpu_shared gpu gpu_memory_info num_gpus device
        current_context current_device empty_cache memory_stats explain get_num_threads set_num_threads is_np_array
        is_np_default_dtype is_np_shape reset_np set_np set_np_default_dtype set_np_shape use_np use_np_array
        use_np_default_dtype use_np_shape load open save savez nonzero one_hot round_ste sign_ste shape_array
        scalar_poisson tensor_poisson stop_gradient waitall bipartite_matching multibox_detection multibox_prior
        multibox_target sldwin_atten_mask_like from_dlpack from_numpy to_dlpack_for_read to_dlpack_for_write
        get_cuda_compute_capability contrib_calibrate_entropy contrib_dequantize contrib_quantize
        contrib_quantize_v2 requantize quantized_act quantized_conv quantized_elemwise_add quantized_elemwise_mul
        quantized_embedding quantized_flatten quantized_fully_connected quantized_npi_add quantized_pooling
        contrib_quantized_rnn quantized_reshape quantized_transpose intgemm_fully_connected intgemm_maxabsolute
        intgemm_prepare_data intgemm_prepare_weight intgemm_take_weight
    """,
}


def public(space):
    """Functions of a namespace that are no rows of the op book."""
    module = SPACES[space]
    rows = {name for row in operators(space) for name in (row["name"], *row["aliases"])} if space != "np.fft" else set()
    for name in dir(module):
        value = getattr(module, name)
        if not name.startswith("_") and callable(value) and not isinstance(value, type) and name not in rows:
            yield name


@pytest.mark.parametrize("space", SPACES)
def test_every_function_is_walked_over(space):
    entered = set(CASES[space]) | set(CONSTANT[space].split())
    assert sorted(set(public(space)) - entered) == []


def draw(name, seed):
    shape, low, high = ARGUMENTS[name]
    return onp.random.default_rng([seed, ord(name)]).uniform(low, high, shape)


def total(results):
    """One number of all elements of all results, different for each; complex ones by both parts."""
    results = results if isinstance(results, (tuple, list)) else [results]
    parts = []
    for result in results:
        halves = [result.real, result.imag] if result.dtype.kind == "c" else [result]
        for half in halves:
            weights = onp.random.default_rng(half.size).uniform(0.5, 2, half.shape)
            parts.append((half * np.array(weights)).sum())
    return sum(parts[1:], parts[0])


def variables(arrays):
    inputs = [np.array(array) for array in arrays]
    for x in inputs:
        x.attach_grad()
    return inputs


def loss(function, inputs):
    with autograd.record():
        return total(function(*inputs))


def slopes(function, inputs):
    """First derivatives, on the tape; a square keeps those of linear functions there."""
    with autograd.record():
        value = total(function(*inputs)) + sum((x * x).sum() for x in inputs)
        return autograd.grad(value, inputs, create_graph=True)


def along(function, arrays, directions):
    """The central difference of a number in a direction."""
    sides = [
        float(function([array + sign * STEP * way for array, way in zip(arrays, directions, strict=True)]))
        for sign in (1, -1)
    ]
    return (sides[0] - sides[1]) / (2 * STEP)


WALK = [(space, name) for space, cases in CASES.items() for name in cases]


@pytest.mark.parametrize("space, name", WALK, ids=[f"{space}.{name}" for space, name in WALK])
def test_first_and_second_order(space, name):
    function = CASES[space][name]
    names = list(inspect.signature(function).parameters)
    names = [one for one in names if len(one) == 1]
    arrays = [draw(one, 3) for one in names]
    directions = [onp.random.default_rng([5, at]).uniform(-1, 1, array.shape) for at, array in enumerate(arrays)]

    inputs = variables(arrays)
    loss(function, inputs).backward()
    got = sum((x.grad.asnumpy() * way).sum() for x, way in zip(inputs, directions, strict=True))
    want = along(lambda moved: loss(function, variables(moved)), arrays, directions)
    assert got == pytest.approx(want, rel=1e-6, abs=1e-6)
    assert all((x.grad != 0).any() for x in inputs), "a gradient is zero"

    def squares(inputs):
        return sum((slope * slope).sum() for slope in slopes(function, inputs))

    inputs = variables(arrays)
    with autograd.record():
        value = squares(inputs)
    value.backward()
    got = sum((x.grad.asnumpy() * way).sum() for x, way in zip(inputs, directions, strict=True))
    want = along(lambda moved: squares(variables(moved)), arrays, directions)
    assert got == pytest.approx(want, rel=1e-4, abs=1e-4)
