"""Polynomials by their coefficients, highest power first: arithmetic, calculus, objects; all of arrays."""

from .._core import ndarray
from .._core import numpy as _np
from ._polynomial_roots import poly, polyfit, roots

__all__ = [
    "poly",
    "poly1d",
    "polyadd",
    "polyder",
    "polydiv",
    "polyfit",
    "polyint",
    "polymul",
    "polysub",
    "polyval",
    "roots",
]


def _coefficients(name, p):
    """Coefficients as an array with one axis."""
    p = _np.atleast_1d(_np.asarray(p.coeffs if isinstance(p, poly1d) else p))
    if p.ndim != 1:
        raise ValueError(f"{name}: coefficients must be an array with one axis, not one of shape {p.shape}")
    return p


def _like(result, *operands):
    """A polynomial object where one of the operands was one."""
    return poly1d(result) if any(isinstance(operand, poly1d) for operand in operands) else result


def _without_leading_zeros(p):
    places = _np.flatnonzero(p != 0)
    return p[int(places[0]) :] if places.size else p[:0]


def polyval(p, x):
    """A polynomial's values, by Horner's rule; gradients flow to coefficients and places.

    Parameters
    ----------
    p : array_like or poly1d
        Coefficients, highest power first.
    x : array_like or poly1d
        Where; a polynomial is put in for the variable.

    Returns
    -------
    ndarray or poly1d

    Examples
    --------
    >>> np.polyval(np.array([1, 0, 2]), np.array([0, 3]))
    array([ 2., 11.])
    """
    p = _coefficients("polyval", p)
    if isinstance(x, poly1d):
        value = poly1d(0)
        for place in range(p.size):
            value = value * x + p[place]
        return value
    x = _np.asarray(x)
    value = _np.zeros_like(x)
    for place in range(p.size):
        value = value * x + p[place]
    return value


def _padded(a, size):
    return a if a.size == size else _np.concatenate((_np.zeros((size - a.size,), dtype=a.dtype), a))


def _aligned(name, a1, a2):
    a1, a2 = _coefficients(name, a1), _coefficients(name, a2)
    size = max(a1.size, a2.size)
    return _padded(a1, size), _padded(a2, size)


def polyadd(a1, a2):
    """Sum of two polynomials.

    Parameters
    ----------
    a1, a2 : array_like or poly1d
        Coefficients, highest power first.

    Returns
    -------
    ndarray or poly1d

    Examples
    --------
    >>> np.polyadd(np.array([1, 2]), np.array([9, 5, 4]))
    array([9., 6., 6.])
    """
    first, second = _aligned("polyadd", a1, a2)
    return _like(first + second, a1, a2)


def polysub(a1, a2):
    """Difference of two polynomials.

    Parameters
    ----------
    a1, a2 : array_like or poly1d
        Coefficients, highest power first.

    Returns
    -------
    ndarray or poly1d

    Examples
    --------
    >>> np.polysub(np.array([2, 10, -2]), np.array([3, 10, -4]))
    array([-1.,  0.,  2.])
    """
    first, second = _aligned("polysub", a1, a2)
    return _like(first - second, a1, a2)


def polymul(a1, a2):
    """Product of two polynomials.

    Parameters
    ----------
    a1, a2 : array_like or poly1d
        Coefficients, highest power first.

    Returns
    -------
    ndarray or poly1d

    Examples
    --------
    >>> np.polymul(np.array([1, 2, 3]), np.array([9, 5, 1]))
    array([ 9., 23., 38., 17.,  3.])
    """
    first, second = poly1d(_coefficients("polymul", a1)).coeffs, poly1d(_coefficients("polymul", a2)).coeffs
    return _like(_np.convolve(first, second), a1, a2)


def polydiv(u, v):
    """Quotient and remainder of two polynomials.

    Parameters
    ----------
    u, v : array_like or poly1d
        Dividend and divisor, highest power first.

    Returns
    -------
    q, r : ndarray or poly1d

    Examples
    --------
    >>> np.polydiv(np.array([3.0, 5.0, 2.0]), np.array([2.0, 1.0]))
    (array([1.5 , 1.75]), array([0.25]))
    """
    dividend, divisor = _coefficients("polydiv", u) + 0.0, _coefficients("polydiv", v) + 0.0
    steps = max(dividend.size - divisor.size + 1, 1)
    quotient = _np.zeros((steps,), dtype=_np.result_type(dividend, divisor))
    remainder = dividend.astype(quotient.dtype)
    scale = 1.0 / divisor[0]
    for place in range(dividend.size - divisor.size + 1):
        # a copy, because the place is written below and the gradient needs what stood there
        factor = scale * remainder[place].copy()
        quotient[place] = factor
        remainder[place : place + divisor.size] -= factor * divisor
    tiny = _np.allclose(remainder[0], 0, rtol=1e-14) if remainder.size else False
    while tiny and remainder.size > 1:
        remainder = remainder[1:]
        tiny = _np.allclose(remainder[0], 0, rtol=1e-14)
    return _like(quotient, u, v), _like(remainder, u, v)


def polyder(p, m=1):
    """Derivative of a polynomial.

    Parameters
    ----------
    p : array_like or poly1d
        Coefficients, highest power first.
    m : int, optional
        How often.

    Returns
    -------
    ndarray or poly1d

    Raises
    ------
    ValueError
        `m` is negative.

    Examples
    --------
    >>> np.polyder(np.array([1, 1, 1, 1]))
    array([3., 2., 1.])
    """
    m = int(m)
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    result = _coefficients("polyder", p)
    for _ in range(min(m, result.size)):  # then nothing is left
        powers = _np.arange(max(result.size - 1, 0), 0, -1, dtype=result.dtype)
        result = result[:-1] * powers
    return _like(result, p)


def polyint(p, m=1, k=None):
    """Integral of a polynomial.

    Parameters
    ----------
    p : array_like or poly1d
        Coefficients, highest power first.
    m : int, optional
        How often.
    k : number or list of m numbers, optional
        Constants of integration, that of the first integral first; zeros by default.

    Returns
    -------
    ndarray or poly1d

    Raises
    ------
    ValueError
        `m` is negative, or fewer than `m` constants.

    Examples
    --------
    >>> np.polyint(np.array([3., 2., 1.]))
    array([1., 1., 1., 0.])
    """
    m = int(m)
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    constants = _np.atleast_1d(_np.zeros((m,)) if k is None else _np.asarray(k))
    if constants.size == 1 and m > 1:
        constants = constants * _np.ones((m,))
    if constants.size < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    result = _coefficients("polyint", p)
    for step in range(m):
        powers = _np.arange(result.size, 0, -1)
        result = _np.concatenate((result / powers, constants[step : step + 1]))
    return _like(result, p)


class poly1d:
    """A polynomial of one variable, as an object to calculate with.

    Parameters
    ----------
    c_or_r : array_like
        Coefficients, highest power first; or roots.
    r : bool, optional
        Whether these are roots.
    variable : str, optional
        Name of the variable in print; 'x' by default.

    Examples
    --------
    >>> p = np.poly1d([1, 2, 3])
    >>> p(np.array(2.))
    array(11.)
    >>> (p * p).c
    array([ 1.,  4., 10., 12.,  9.])
    >>> p.order
    2
    """

    __hash__ = None  # type: ignore[assignment]
    __array_priority__ = 10000

    def __init__(self, c_or_r, r=False, variable=None):
        if isinstance(c_or_r, poly1d):
            self._variable, self._coeffs = variable or c_or_r._variable, c_or_r._coeffs
            return
        if r:
            c_or_r = poly(c_or_r)
        c_or_r = _np.atleast_1d(_np.asarray(c_or_r))
        if c_or_r.ndim > 1:
            raise ValueError("Polynomial must be 1d only.")
        c_or_r = _without_leading_zeros(c_or_r)
        self._coeffs = c_or_r if c_or_r.size else _np.zeros((1,), dtype=c_or_r.dtype)
        self._variable = variable or "x"

    @property
    def coeffs(self):
        """Coefficients, highest power first. Also `c`, `coef` and `coefficients`.

        Examples
        --------
        >>> np.poly1d([1, 2, 3]).coeffs
        array([1., 2., 3.])
        """
        return self._coeffs

    @coeffs.setter
    def coeffs(self, value):
        if value is not self._coeffs:
            raise AttributeError("Cannot set attribute")

    c = coef = coefficients = coeffs

    @property
    def variable(self):
        """Name of the variable.

        Examples
        --------
        >>> np.poly1d([1, 2], variable='t').variable
        't'
        """
        return self._variable

    @property
    def order(self):
        """Highest power. Also `o`.

        Examples
        --------
        >>> np.poly1d([1, 2, 3]).order
        2
        """
        return self._coeffs.size - 1

    o = order

    @property
    def roots(self):
        """Where the polynomial is zero. Also `r`.

        Examples
        --------
        >>> np.poly1d([1, 0, -4]).roots
        array([ 2., -2.])
        """
        return roots(self._coeffs)

    r = roots

    def __call__(self, val):
        return polyval(self._coeffs, val)

    def __array__(self, dtype=None, copy=None):
        return self._coeffs.__array__(dtype) if copy is None else self._coeffs.__array__(dtype, copy=copy)

    def __len__(self):
        return self.order

    def __repr__(self):
        return "poly1d(" + repr(self._coeffs)[6:].split(", dtype")[0].rstrip(")") + ")"

    def __str__(self):
        from numpy import poly1d as printer

        return str(printer(self._coeffs.asnumpy(), variable=self._variable))

    def __neg__(self):
        return poly1d(-self._coeffs)

    def __pos__(self):
        return self

    def __mul__(self, other):
        if _is_number(other):
            return poly1d(self._coeffs * other)
        return poly1d(polymul(self._coeffs, poly1d(other)))

    __rmul__ = __mul__

    def __add__(self, other):
        return poly1d(polyadd(self._coeffs, poly1d(other)))

    __radd__ = __add__

    def __sub__(self, other):
        return poly1d(polysub(self._coeffs, poly1d(other)))

    def __rsub__(self, other):
        return poly1d(polysub(poly1d(other), self._coeffs))

    def __pow__(self, val):
        if not _is_number(val) or int(val) != val or val < 0:
            raise ValueError("Power to non-negative integers only.")
        result = poly1d(_np.ones((1,), dtype=self._coeffs.dtype))
        for _ in range(int(val)):
            result = result * self
        return result

    def __truediv__(self, other):
        if _is_number(other):
            return poly1d(self._coeffs / other)
        return polydiv(self, poly1d(other))

    def __rtruediv__(self, other):
        if _is_number(other):
            return poly1d(other / self._coeffs)
        return polydiv(poly1d(other), self)

    def __eq__(self, other):
        if not isinstance(other, poly1d):
            return NotImplemented
        return self._coeffs.shape == other._coeffs.shape and bool((self._coeffs == other._coeffs).all())

    def __getitem__(self, val):
        place = self.order - val
        return self._coeffs[place] if 0 <= place <= self.order and val >= 0 else self._coeffs.dtype.type(0)

    def __setitem__(self, key, val):
        if key < 0:
            raise ValueError("Does not support negative powers.")
        place = self.order - key
        if place < 0:
            self._coeffs = _np.concatenate((_np.zeros((-place,), dtype=self._coeffs.dtype), self._coeffs))
            place = 0
        self._coeffs[place] = val

    def __iter__(self):
        return iter(self._coeffs)

    def integ(self, m=1, k=0):
        """`np.polyint` of this polynomial; see there.

        Examples
        --------
        >>> np.poly1d([2, 1]).integ().c
        array([1., 1., 0.])
        """
        return poly1d(polyint(self._coeffs, m=m, k=k))

    def deriv(self, m=1):
        """`np.polyder` of this polynomial; see there.

        Examples
        --------
        >>> np.poly1d([1, 1, 0]).deriv().c
        array([2., 1.])
        """
        return poly1d(polyder(self._coeffs, m=m))


def _is_number(value):
    return isinstance(value, (int, float, complex)) or (isinstance(value, ndarray) and value.ndim == 0)
