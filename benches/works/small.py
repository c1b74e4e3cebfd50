"""Every function of the namespaces on about ten elements: what a call costs when there is nothing to compute.

A table of recipes: a statement, and the functions it suits. Functions that NumPy or we lack are left out. So small a
result is computed at once, by us too; nothing is left pending.
"""

from __future__ import annotations

import numpy

from works import Statement, need

COMPACT = True
PEERS = ("numpy",)


def inputs():
    generator = numpy.random.default_rng(0)
    square = generator.standard_normal((3, 3)) + 3 * numpy.eye(3)
    return {
        "a": generator.standard_normal(10),
        "b": generator.standard_normal(10),
        "p": generator.random(10) + 0.5,  # positive
        "u": generator.random(10) * 0.8 + 0.1,  # between 0 and 1
        "h": generator.random(10) + 1.5,  # above 1
        "q": numpy.sort(generator.standard_normal(10)),
        "z": generator.standard_normal(10) + 1j * generator.standard_normal(10),
        "i": generator.integers(1, 9, 10),
        "j": generator.integers(1, 9, 10),
        "k": generator.integers(0, 3, 3),
        "n": numpy.where(numpy.arange(10) == 3, numpy.nan, generator.standard_normal(10)),
        "m": numpy.arange(10) % 3 == 0,
        "o": numpy.arange(10) % 2 == 0,
        "y": generator.integers(0, 255, 10).astype("uint8"),
        "s": square,
        "d": square @ square.T,
        "w": generator.standard_normal((2, 5)),
        "e": generator.standard_normal((5, 2)),
        "x": generator.standard_normal((2, 2, 3)),
        "v": generator.standard_normal(3),
        "c": generator.standard_normal(3),
        "t": generator.standard_normal((2, 2, 2, 2)) + numpy.eye(4).reshape(2, 2, 2, 2) * 4,
        "r": generator.standard_normal((2, 2)),
    }


#: statement with `{f}` for the function -> the functions called so
FUNCTIONS = {
    "xp.{f}(a)": """
        abs absolute all amax amin angle any arctan arcsinh argmax argmin argsort argwhere around array
        array2string array_repr array_str asanyarray asarray asarray_chkfinite ascontiguousarray
        asfortranarray asinh atan atleast_1d atleast_2d atleast_3d average cbrt ceil conj conjugate copy cos
        cosh count_nonzero cumprod cumsum cumulative_prod cumulative_sum deg2rad degrees diag diagflat diff
        ediff1d empty_like exp exp2 expm1 fabs fix flatnonzero flip floor frexp gradient histogram
        histogram_bin_edges i0 imag iscomplex iscomplexobj isfinite isfortran isinf isnan isneginf isposinf
        isreal isrealobj iterable max mean median min modf nan_to_num nanargmax nanargmin nancumprod
        nancumsum nanmax nanmean nanmedian nanmin nanprod nanstd nansum nanvar ndim negative nonzero
        ones_like positive prod ptp rad2deg radians ravel real real_if_close rint round shape sign signbit
        sin sinc sinh size sort sort_complex spacing square squeeze std sum tan tanh transpose trapezoid
        trim_zeros trunc unique unique_all unique_counts unique_inverse unique_values unstack unwrap vander
        var zeros_like
    """,
    "xp.{f}(u)": "acos arccos asin arcsin atanh arctanh",
    "xp.{f}(h)": "acosh arccosh",
    "xp.{f}(p)": "log log10 log1p log2 reciprocal sqrt",
    "xp.{f}(a, b)": """
        add allclose arctan2 array_equal array_equiv atan2 broadcast_arrays convolve copysign corrcoef
        correlate cov divide divmod dot equal floor_divide fmax fmin fmod greater greater_equal heaviside
        hypot inner intersect1d isclose isin kron less less_equal logaddexp logaddexp2 logical_and
        logical_or logical_xor may_share_memory maximum meshgrid minimum mod multiply nextafter not_equal
        outer polyadd polymul polysub polyval remainder setdiff1d setxor1d shares_memory subtract
        true_divide union1d vdot vecdot
    """,
    "xp.{f}(p, b)": "float_power pow power",
    "xp.{f}((a, b))": "column_stack concat concatenate dstack hstack lexsort row_stack stack vstack",
    "xp.{f}(i, j)": """
        bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor gcd lcm left_shift
        right_shift
    """,
    "xp.{f}(i)": "bincount bitwise_count bitwise_invert bitwise_not invert",
    "xp.{f}(m)": "logical_not packbits",
    "xp.{f}(y)": "unpackbits",
    "xp.{f}(w)": "fliplr flipud rot90 tril triu matrix_transpose permute_dims",
    "xp.{f}(s)": "diag_indices_from diagonal trace tril_indices_from triu_indices_from",
    "xp.{f}(v, c)": "cross",
    "xp.{f}(w, e)": "matmul",
    "xp.{f}(v)": "poly polyder polyint roots",
    "xp.{f}(10)": "arange bartlett blackman empty hamming hanning ones zeros",
    "xp.{f}(3)": "diag_indices eye identity tri tril_indices triu_indices",
    "xp.{f}(1.0, 10.0, 10)": "geomspace linspace logspace",
    "xp.{f}(a, 1)": "argpartition partition roll",
    "xp.{f}(a, 30)": "percentile nanpercentile",
    "xp.{f}(a, 0.3)": "quantile nanquantile",
    "xp.{f}(a, 2)": "array_split hsplit pad repeat split tile",
    "xp.{f}(w, 0, 1)": "moveaxis rollaxis swapaxes",
    "xp.{f}(w, 2)": "vsplit",
    "xp.linalg.{f}(s)": """
        cond det diagonal eig eigvals inv matrix_norm matrix_rank matrix_transpose norm pinv qr slogdet svd
        svdvals trace
    """,
    "xp.linalg.{f}(d)": "cholesky eigh eigvalsh",
    "xp.linalg.{f}(s, v)": "solve",
    "xp.linalg.{f}(v, c)": "cross outer vecdot",
    "xp.linalg.{f}(w, e)": "matmul",
    "xp.linalg.{f}(a)": "vector_norm",
    "xp.fft.{f}(a)": "fft fftshift hfft ifft ifftshift ihfft rfft irfft",
    "xp.fft.{f}(w)": "fft2 fftn ifft2 ifftn irfft2 irfftn rfft2 rfftn",
    "xp.fft.{f}(10)": "fftfreq rfftfreq",
    "xp.random.{f}(size=10)": """
        exponential gumbel laplace logistic lognormal normal random random_sample ranf rayleigh sample
        standard_cauchy standard_exponential standard_normal uniform
    """,
    "xp.random.{f}(2.0, size=10)": """
        chisquare pareto poisson power standard_gamma standard_t weibull zipf gamma
    """,
    "xp.random.{f}(2.0, 3.0, size=10)": "beta f noncentral_chisquare vonmises wald",
    "xp.random.{f}(0.3, size=10)": "geometric logseries",
    "xp.random.{f}(10)": "permutation rand randint randn",
    "a.{f}()": """
        all any argmax argmin argsort conj conjugate copy cumprod cumsum flatten max mean min nonzero prod
        ravel round squeeze std sum tobytes tolist transpose var
    """,
}

#: the rest, one by one: name -> statement
SINGLE = {
    "append": "xp.append(a, b)",
    "apply_along_axis": "xp.apply_along_axis(sum, 1, w)",
    "apply_over_axes": "xp.apply_over_axes(xp.sum, w, [0, 1])",
    "astype": "xp.astype(a, xp.float32)",
    "base_repr": "xp.base_repr(10)",
    "binary_repr": "xp.binary_repr(10)",
    "block": "xp.block([a, b])",
    "broadcast_shapes": "xp.broadcast_shapes((2, 1), (1, 5))",
    "broadcast_to": "xp.broadcast_to(a, (3, 10))",
    "can_cast": "xp.can_cast('float32', 'float64')",
    "choose": "xp.choose(k, [v, c, v])",
    "clip": "xp.clip(a, -1, 1)",
    "common_type": "xp.common_type(a, b)",
    "compress": "xp.compress(m, a)",
    "copyto": "xp.copyto(a, b)",
    "delete": "xp.delete(a, 3)",
    "digitize": "xp.digitize(a, q)",
    "dsplit": "xp.dsplit(x, 3)",
    "einsum, product": "xp.einsum('ij,jk->ik', w, e)",
    "einsum, trace": "xp.einsum('ii->', s)",
    "einsum_path": "xp.einsum_path('ij,jk->ik', w, e)",
    "expand_dims": "xp.expand_dims(a, 0)",
    "extract": "xp.extract(m, a)",
    "fill_diagonal": "xp.fill_diagonal(s, 3.0)",
    "format_float_positional": "xp.format_float_positional(1.25)",
    "format_float_scientific": "xp.format_float_scientific(1.25)",
    "frombuffer": "xp.frombuffer(b'0123456789', 'uint8')",
    "fromfunction": "xp.fromfunction(lambda i: i + 1, (10,))",
    "fromiter": "xp.fromiter(range(10), 'float64')",
    "fromstring": "xp.fromstring('1 2 3', sep=' ')",
    "full": "xp.full(10, 2.0)",
    "full_like": "xp.full_like(a, 2.0)",
    "histogram2d": "xp.histogram2d(a, b, 3)",
    "histogramdd": "xp.histogramdd(e, 3)",
    "indices": "xp.indices((2, 5))",
    "insert": "xp.insert(a, 3, 1.0)",
    "interp": "xp.interp(a, q, b)",
    "isdtype": "xp.isdtype(xp.float32, 'real floating')",
    "isscalar": "xp.isscalar(3.0)",
    "issubdtype": "xp.issubdtype(xp.float32, xp.floating)",
    "ix_": "xp.ix_(k, k)",
    "kaiser": "xp.kaiser(10, 2.0)",
    "ldexp": "xp.ldexp(a, i)",
    "mask_indices": "xp.mask_indices(3, xp.triu)",
    "matvec": "xp.matvec(s, v)",
    "min_scalar_type": "xp.min_scalar_type(10)",
    "nan_to_num, with nan": "xp.nan_to_num(n)",
    "nansum, with nan": "xp.nansum(n)",
    "nanmedian, with nan": "xp.nanmedian(n)",
    "piecewise": "xp.piecewise(a, [m, ~m], [-1.0, 1.0])",
    "place": "xp.place(a, m, [1.0])",
    "polydiv": "xp.polydiv(a, v)",
    "polyfit": "xp.polyfit(q, b, 2)",
    "promote_types": "xp.promote_types('float32', 'int64')",
    "put": "xp.put(a, k, 1.0)",
    "put_along_axis": "xp.put_along_axis(a, k, 1.0, 0)",
    "putmask": "xp.putmask(a, m, b)",
    "ravel_multi_index": "xp.ravel_multi_index((k, k), (3, 3))",
    "require": "xp.require(a, 'float64', 'C')",
    "reshape": "xp.reshape(a, (2, 5))",
    "resize": "xp.resize(a, (3, 5))",
    "result_type": "xp.result_type(a, i)",
    "searchsorted": "xp.searchsorted(q, a)",
    "select": "xp.select([m, o], [a, b])",
    "take": "xp.take(a, k)",
    "take_along_axis": "xp.take_along_axis(a, k, 0)",
    "tensordot": "xp.tensordot(w, e, 1)",
    "typename": "xp.typename('f')",
    "unravel_index": "xp.unravel_index(k, (3, 3))",
    "vecmat": "xp.vecmat(v, s)",
    "where": "xp.where(m, a, b)",
    "where, of one": "xp.where(m)",
    "sum, axis": "xp.sum(w, axis=1)",
    "mean, axis": "xp.mean(w, axis=1)",
    "max, axis": "xp.max(w, axis=1)",
    "add.reduce": "xp.add.reduce(a)",
    "add.accumulate": "xp.add.accumulate(a)",
    "add.outer": "xp.add.outer(a, b)",
    "add.at": "xp.add.at(a, k, 1.0)",
    "add, where=": "xp.add(a, b, where=m, out=b)",
    "add, dtype=": "xp.add(a, b, dtype='float64')",
    "geterr": "xp.geterr()",
    "get_printoptions": "xp.get_printoptions()",
    "linalg.lstsq": "xp.linalg.lstsq(s, v)",
    "linalg.matrix_power": "xp.linalg.matrix_power(s, 3)",
    "linalg.multi_dot": "xp.linalg.multi_dot([w, e, w])",
    "linalg.tensordot": "xp.linalg.tensordot(w, e, axes=1)",
    "linalg.tensorinv": "xp.linalg.tensorinv(t)",
    "linalg.tensorsolve": "xp.linalg.tensorsolve(t, r)",
    "random.binomial": "xp.random.binomial(10, 0.3, size=10)",
    "random.bytes": "xp.random.bytes(10)",
    "random.choice": "xp.random.choice(10, 10)",
    "random.dirichlet": "xp.random.dirichlet([1.0, 2.0, 3.0], 3)",
    "random.hypergeometric": "xp.random.hypergeometric(10, 10, 5, size=10)",
    "random.multinomial": "xp.random.multinomial(10, [0.2, 0.3, 0.5], 3)",
    "random.multivariate_normal": "xp.random.multivariate_normal([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]], 5)",
    "random.negative_binomial": "xp.random.negative_binomial(3, 0.4, size=10)",
    "random.noncentral_f": "xp.random.noncentral_f(2.0, 3.0, 1.0, size=10)",
    "random.shuffle": "xp.random.shuffle(a)",
    "random.triangular": "xp.random.triangular(0.0, 1.0, 2.0, size=10)",
    "a.astype": "a.astype('float32')",
    "a.choose": "k.choose([v, c, v])",
    "a.clip": "a.clip(-1, 1)",
    "a.compress": "a.compress(m)",
    "a.diagonal": "s.diagonal()",
    "a.dot": "a.dot(b)",
    "a.fill": "a.fill(1.0)",
    "a.item": "a.item(3)",
    "a.put": "a.put(k, 1.0)",
    "a.repeat": "a.repeat(2)",
    "a.reshape": "a.reshape(2, 5)",
    "a.searchsorted": "q.searchsorted(a)",
    "a.swapaxes": "w.swapaxes(0, 1)",
    "a.take": "a.take(k)",
    "a.trace": "s.trace()",
    "a.view": "a.view('int64')",
    "a.T": "w.T",
    "a.dtype": "a.dtype",
    "a.shape": "a.shape",
    "a.size": "a.size",
    "a.flat": "a.flat[3]",
    "len": "len(a)",
    "float": "float(a[3])",
    "repr": "repr(a)",
    "iterate": "list(a)",
    "a[k]": "a[k]",
    "a[m]": "a[m]",
    "w[:, 1]": "w[:, 1]",
    "a[3] = 1": "a[3] = 1.0",
    "a[2:5] = 1": "a[2:5] = 1.0",
    "a[m] = 0": "a[m] = 0.0",
    "a += b": "a += b",
    "a @ b": "a @ b",
    "a + 1": "a + 1",
    "a < b": "a < b",
    "-a": "-a",
    "a ** 2": "a ** 2",
    "a // b": "a // b",
    "i % j": "i % j",
}

#: within twice NumPy's time
NEEDS = (need(0.5, "numpy"),)


def statements():
    for statement, names in FUNCTIONS.items():
        for name in names.split():
            prefix = statement.split("{f}")[0].removeprefix("xp.")
            yield prefix + name, statement.format(f=name)
    yield from SINGLE.items()


WORKS = [Statement(name, inputs, statement, NEEDS) for name, statement in statements()]
