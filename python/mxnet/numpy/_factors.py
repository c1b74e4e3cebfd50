"""Decompositions of matrices under NumPy's names. Taken over by `linalg`; the work is the core's."""

import warnings
from typing import NamedTuple

from .._core import ndarray
from .._core import numpy as _functions
from .._core import ufuncs as _ufuncs

__all__ = [
    "EigResult",
    "EighResult",
    "QRResult",
    "SVDResult",
    "cholesky",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "qr",
    "svd",
    "svdvals",
]

_core = _functions._linalg
_ops = _ufuncs("np")


class EigResult(NamedTuple):
    """What `eig` returns: `eigenvalues`, and `eigenvectors` as columns.

    Parameters
    ----------
    eigenvalues, eigenvectors : ndarray

    Examples
    --------
    >>> np.linalg.eig(np.eye(2)).eigenvalues.shape
    (2,)
    """

    eigenvalues: ndarray
    eigenvectors: ndarray


class EighResult(NamedTuple):
    """What `eigh` returns: `eigenvalues` in ascending order, and `eigenvectors` as columns.

    Parameters
    ----------
    eigenvalues, eigenvectors : ndarray

    Examples
    --------
    >>> np.linalg.eigh(np.diag([3, 1])).eigenvalues
    array([1., 3.])
    """

    eigenvalues: ndarray
    eigenvectors: ndarray


class QRResult(NamedTuple):
    """What `qr` returns with q: `Q` with orthonormal columns, and the upper triangle `R`.

    Parameters
    ----------
    Q, R : ndarray

    Examples
    --------
    >>> np.linalg.qr(np.ones((3, 2))).R.shape
    (2, 2)
    """

    Q: ndarray
    R: ndarray


class SVDResult(NamedTuple):
    """What `svd` returns with vectors: `U`, the singular values `S` in descending order, and `Vh`.

    Parameters
    ----------
    U, S, Vh : ndarray

    Examples
    --------
    >>> np.linalg.svd(np.diag([1, 3])).S
    array([3., 1.])
    """

    U: ndarray
    S: ndarray
    Vh: ndarray


def cholesky(a, /, *, upper=False):
    """The triangle l with `a = l @ l.T.conj()` of Hermitian positive definite matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
        Only the lower triangle (with `upper` the upper one) is read.
    upper : bool, optional
        Whether to give the upper triangle u with `a = u.T.conj() @ u`.

    Returns
    -------
    ndarray, shape (..., n, n)

    Raises
    ------
    LinAlgError
        Not square, or not positive definite.

    Examples
    --------
    >>> np.linalg.cholesky(np.array([[4, 2], [2, 5]]))
    array([[2., 0.],
           [1., 2.]])
    """
    return _core.cholesky(a, bool(upper))


def qr(a, mode="reduced"):
    """`a = q @ r` with orthonormal columns q and an upper triangle r.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    mode : {'reduced', 'complete', 'r', 'raw'}, optional
        q and r with k = min(m, n) columns and rows, or with m of them, r alone, or LAPACK's packed form (h, tau).

    Returns
    -------
    QRResult, ndarray or tuple of ndarray

    Raises
    ------
    ValueError
        A mode that there is not.
    LinAlgError
        Fewer than two axes.

    Examples
    --------
    >>> q, r = np.linalg.qr(np.array([[3, 1], [4, 2]]))
    >>> r.round(4)
    array([[-5. , -2.2],
           [ 0. ,  0.4]])
    """
    if mode in ("f", "full"):
        warnings.warn(
            "The 'full' option is deprecated in favor of 'reduced'.\nFor backward compatibility let mode default.",
            DeprecationWarning,
            stacklevel=2,
        )
        mode = "reduced"
    elif mode in ("e", "economic"):
        warnings.warn("The 'economic' option is deprecated.", DeprecationWarning, stacklevel=2)
        return _core.qr(a, "raw")[0].swapaxes(-1, -2)
    elif mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    result = _core.qr(a, mode)
    if mode == "r":
        return result[0]
    return result if mode == "raw" else QRResult(*result)


def svd(a, full_matrices=True, compute_uv=True, hermitian=False):
    """`a = u @ diag(s) @ vh` with orthonormal columns u and rows vh, and falling singular values s.

    Parameters
    ----------
    a : array_like, shape (..., m, n)
    full_matrices : bool, optional
        Whether u and vh are square; otherwise they have min(m, n) columns and rows.
    compute_uv : bool, optional
        Whether to compute u and vh at all.
    hermitian : bool, optional
        Whether `a` is Hermitian; eigenvalues are computed then.

    Returns
    -------
    SVDResult, or ndarray
        `U`, `S` and `Vh`; without `compute_uv` the singular values alone.

    Raises
    ------
    LinAlgError
        Fewer than two axes, or no convergence.

    Examples
    --------
    >>> u, s, vh = np.linalg.svd(np.array([[3, 0], [0, -2]]))
    >>> s
    array([3., 2.])
    """
    if hermitian:
        return _hermitian_svd(a, compute_uv)
    return SVDResult(*_core.svd(a, bool(full_matrices))) if compute_uv else _core.svdvals(a)


def _hermitian_svd(a, compute_uv):
    if not compute_uv:
        return _functions.sort(_ops["absolute"](_core.eigvalsh(a, False)), axis=-1)[..., ::-1]
    values, vectors = _core.eigh(a, False)
    sizes = _ops["absolute"](values)
    order = _functions.argsort(sizes, axis=-1)[..., ::-1]
    sizes = _functions.take_along_axis(sizes, order, axis=-1)
    signs = _functions.take_along_axis(_ops["sign"](values), order, axis=-1)
    vectors = _functions.take_along_axis(vectors, order[..., None, :], axis=-1)
    right = _ops["conjugate"](_functions.swapaxes(vectors * signs[..., None, :], -1, -2))
    return SVDResult(vectors, sizes, right)


def svdvals(x, /):
    """Singular values, falling.

    Parameters
    ----------
    x : array_like, shape (..., m, n)

    Returns
    -------
    ndarray, shape (..., min(m, n))

    Raises
    ------
    LinAlgError
        Fewer than two axes, or no convergence.

    Examples
    --------
    >>> np.linalg.svdvals(np.array([[0, 2], [-3, 0]]))
    array([3., 2.])
    """
    return _core.svdvals(x)


def eig(a):
    """Eigenvalues and unit eigenvectors (columns) of square matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    EigResult
        `eigenvalues` and `eigenvectors`; of real matrices both are real where every eigenvalue is, else complex.

    Raises
    ------
    LinAlgError
        Not square, infinities or nan, or no convergence.

    Examples
    --------
    >>> values, vectors = np.linalg.eig(np.array([[2, 0], [0, 3]]))
    >>> values
    array([2., 3.])
    """
    return EigResult(*_core.eig(a))


def eigvals(a):
    """Eigenvalues of square matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)

    Returns
    -------
    ndarray, shape (..., n)

    Raises
    ------
    LinAlgError
        Not square, infinities or nan, or no convergence.

    Examples
    --------
    >>> np.linalg.eigvals(np.array([[0, -1], [1, 0]]))
    array([0.+1.j, 0.-1.j], dtype=complex64)
    """
    return _core.eigvals(a)


def _reads_upper(UPLO, upper):
    """Which triangle is meant: NumPy's letter, or MXNet's flag (also as the second argument)."""
    if upper is not None:
        return bool(upper)
    if isinstance(UPLO, bool):
        return UPLO
    if UPLO not in ("L", "U", "l", "u"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return UPLO in ("U", "u")


def eigh(a, UPLO="L", *, upper=None):
    """Eigenvalues (rising) and unit eigenvectors (columns) of Hermitian matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
    UPLO : {'L', 'U'}, optional
        The triangle that is read.
    upper : bool, optional
        The same as a flag.

    Returns
    -------
    EighResult
        `eigenvalues` and `eigenvectors`.

    Raises
    ------
    LinAlgError
        Not square, or no convergence.

    Examples
    --------
    >>> np.linalg.eigh(np.array([[2, 0], [0, 1]])).eigenvalues
    array([1., 2.])
    """
    return EighResult(*_core.eigh(a, _reads_upper(UPLO, upper)))


def eigvalsh(a, UPLO="L", *, upper=None):
    """Eigenvalues (rising) of Hermitian matrices.

    Parameters
    ----------
    a : array_like, shape (..., n, n)
    UPLO : {'L', 'U'}, optional
        The triangle that is read.
    upper : bool, optional
        The same as a flag.

    Returns
    -------
    ndarray, shape (..., n)

    Raises
    ------
    LinAlgError
        Not square, or no convergence.

    Examples
    --------
    >>> np.linalg.eigvalsh(np.array([[0, 1], [1, 0]]))
    array([-1.,  1.])
    """
    return _core.eigvalsh(a, _reads_upper(UPLO, upper))
