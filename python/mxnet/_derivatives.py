"""Derivatives of functions (`value_and_grad`, `vjp`, `jvp`, `jacobian`, `hessian`) and `checkpoint`. Exported by
`autograd`, made of `autograd.grad`."""

import functools

from ._core import grad, is_recording, is_training, ndarray, record_checkpoint, set_recording, set_training, tape
from ._core import numpy as _np
from .base import MXNetTypeError, MXNetValueError

__all__ = ["checkpoint", "hessian", "jacobian", "jvp", "value_and_grad", "vjp"]


class _Recording:
    """Records inside; a recording that goes on around it keeps its mode, otherwise it is training mode."""

    def __enter__(self):
        self._before = is_recording(), is_training()
        set_training(self._before[1] or not self._before[0])
        set_recording(True)
        return self

    def __exit__(self, *exception):
        set_recording(self._before[0])
        set_training(self._before[1])

    @property
    def nested(self):
        """Whether somebody records around it, who will want gradients of gradients."""
        return self._before[0]


def _variable(x, name):
    """A new variable with the elements of an array, that still hangs on whatever is being recorded."""
    if not isinstance(x, ndarray):
        raise MXNetTypeError(f"{name}: arrays are wanted, not '{type(x).__name__}'")
    if x.dtype.kind not in "fcV":
        raise MXNetTypeError(f"{name}: derivatives need floats, not {x.dtype}; cast with astype()")
    alias = x.reshape(x.shape)
    alias.attach_grad()
    return alias


def _results(returned, name):
    """The arrays that a function returns, and whether it returned one."""
    single = not isinstance(returned, (list, tuple))
    arrays = [returned] if single else list(returned)
    for one in arrays:
        if not isinstance(one, ndarray):
            raise MXNetTypeError(f"{name}: the function must return arrays, not '{type(one).__name__}'")
    return arrays, single


def _derivatives(heads, variables, cotangents, nested, retain=False):
    """Gradients of heads, of which some may be constants."""
    known = [(head, given) for head, given in zip(heads, cotangents, strict=True) if tape.is_recorded(head)]
    if not known:
        return [_np.zeros_like(x) for x in variables]
    heads, cotangents = [head for head, _ in known], [given for _, given in known]
    return grad(heads, variables, cotangents, retain_graph=retain or nested, create_graph=nested)


def _chosen(arguments, argnums, name):
    """The arguments to differentiate by as new variables: (all arguments, the variables, whether it is one)."""
    single = isinstance(argnums, int)
    numbers = (argnums,) if single else tuple(argnums)
    for number in numbers:
        if not -len(arguments) <= number < len(arguments):
            raise MXNetValueError(f"{name}: argnums {number} names no argument; there are {len(arguments)}")
    variables = [_variable(arguments[number], name) for number in numbers]
    arguments = list(arguments)
    for number, variable in zip(numbers, variables, strict=True):
        arguments[number] = variable
    return arguments, variables, single


def _released(arrays, nested):
    """Results for the caller: on the tape only where somebody records."""
    return list(arrays) if nested else [array.detach() for array in arrays]


def value_and_grad(function, argnums=0, has_aux=False):
    """A function that returns the value of another and its gradient.

    Parameters
    ----------
    function : function
        Takes arrays (and anything else), returns an array with one element.
    argnums : int or tuple of ints, optional
        The positional arguments to differentiate by.
    has_aux : bool, optional
        The function returns `(value, anything)`; the second part is handed through.

    Returns
    -------
    function
        With the same arguments, returning `(value, gradient)`; several gradients are a tuple, and with `has_aux` the
        value is `(value, anything)`.

    Raises
    ------
    ValueError
        (At the call:) a value with several elements.

    Examples
    --------
    >>> def loss(w, x):
    ...     return ((w * x) ** 2).sum()
    >>> autograd.value_and_grad(loss)(np.array([1., 2.]), np.array([3., 1.]))
    (array(13.), array([18.,  4.]))
    """
    name = "value_and_grad"

    @functools.wraps(function)
    def run(*arguments, **keywords):
        with _Recording() as recording:
            arguments, variables, single = _chosen(arguments, argnums, name)
            value = function(*arguments, **keywords)
            value, extra = value if has_aux else (value, None)
            (head,), _ = _results(value, name)
            if head.size != 1:
                raise MXNetValueError(f"{name}: the function must return one number, got shape {head.shape}")
            slopes = _derivatives([head], variables, [None], recording.nested)
            nested = recording.nested
        (value,), slopes = _released([head], nested), _released(slopes, nested)
        return (value, extra) if has_aux else value, slopes[0] if single else tuple(slopes)

    return run


def vjp(function, *primals):
    """The value of a function, and a function from gradients of the value to gradients of the arguments.

    Parameters
    ----------
    function : function
        Takes arrays, returns an array or several.
    *primals : ndarray

    Returns
    -------
    value : ndarray or list of ndarray
    pull : function
        Takes one gradient per value, in its shape, and returns a tuple of one gradient per argument. It can be called
        again.

    Examples
    --------
    >>> y, pull = autograd.vjp(lambda x: x ** 2, np.array([1., 2.]))
    >>> y, pull(np.array([1., 10.]))
    (array([1., 4.]), (array([ 2., 40.]),))
    """
    with _Recording() as recording:
        variables = [_variable(x, "vjp") for x in primals]
        heads, single = _results(function(*variables), "vjp")
    values = _released(heads, recording.nested)

    def pull(*cotangents):
        if len(cotangents) != len(heads):
            raise MXNetValueError(f"vjp: {len(heads)} gradients are wanted, got {len(cotangents)}")
        return tuple(_derivatives(heads, variables, cotangents, is_recording(), retain=True))

    return values[0] if single else values, pull


def jvp(function, primals, tangents):
    """The value of a function and its directional derivative: how it changes when the arguments move along tangents.

    Parameters
    ----------
    function : function
        Takes arrays, returns an array or several.
    primals, tangents : ndarray or sequence of ndarray
        One tangent per argument, in its shape.

    Returns
    -------
    values, derivatives : ndarray or list of ndarray

    Raises
    ------
    ValueError
        Tangents that do not fit the arguments.

    Notes
    -----
    Computed by two reverse passes: gradients are linear in the gradients that they start from.

    Examples
    --------
    >>> autograd.jvp(lambda x: x ** 2, np.array([1., 2.]), np.array([1., 10.]))
    (array([1., 4.]), array([ 2., 40.]))
    """
    primals = [primals] if isinstance(primals, ndarray) else list(primals)
    tangents = [tangents] if isinstance(tangents, ndarray) else list(tangents)
    shapes = [x.shape for x in primals], [x.shape for x in tangents]
    if shapes[0] != shapes[1]:
        raise MXNetValueError(f"jvp: tangents of shapes {shapes[1]} do not fit arguments of shapes {shapes[0]}")
    with _Recording() as recording:
        variables = [_variable(x, "jvp") for x in primals]
        heads, single = _results(function(*variables), "jvp")
        probes = [_variable(_np.zeros_like(head), "jvp") for head in heads]
        slopes = _derivatives(heads, variables, probes, True)
        moved = _derivatives(slopes, probes, tangents, recording.nested)
    values, moved = _released(heads, recording.nested), _released(moved, recording.nested)
    return (values[0], moved[0]) if single else (values, moved)


def jacobian(function, argnums=0):
    """A function that returns all first derivatives of another.

    Parameters
    ----------
    function : function
        Takes arrays, returns an array.
    argnums : int or tuple of ints, optional
        The positional arguments to differentiate by.

    Returns
    -------
    function
        With the same arguments, returning an array of shape `value.shape + argument.shape`; several are a tuple.

    Notes
    -----
    Complex values are taken for holomorphic functions of complex arguments: `jacobian(lambda z: z ** 2)` is `2 z`. Real
    values of complex arguments have gradients as `backward` gives them.

    Examples
    --------
    >>> autograd.jacobian(lambda x: x ** 2)(np.array([1., 2.]))
    array([[2., 0.],
           [0., 4.]])
    """

    @functools.wraps(function)
    def run(*arguments, **keywords):
        with _Recording() as recording:
            arguments, variables, single = _chosen(arguments, argnums, "jacobian")
            heads, _ = _results([function(*arguments, **keywords)], "jacobian")
            (head,) = heads
            whole = _rows(head, variables, 1, recording.nested)
            if head.dtype.kind == "c":
                turned = _rows(head, variables, 1j, recording.nested)
                whole = [_of_complex(*parts) for parts in zip(variables, whole, turned, strict=True)]
        whole = _released(whole, recording.nested)
        return whole[0] if single else tuple(whole)

    return run


def _rows(head, variables, unit, nested):
    """For every variable, the gradients of all elements of `head` that start from `unit`, together."""
    rows = []
    for place in range(head.size):
        probe = _np.zeros(head.size, dtype=head.dtype)
        probe[place] = unit
        rows.append(_derivatives([head], variables, [probe.reshape(head.shape)], nested, retain=True))
    return [_rows_together(head, rows, x, at) for at, x in enumerate(variables)]


def _rows_together(head, rows, variable, at):
    if not rows:
        return _np.zeros(head.shape + variable.shape, dtype=variable.dtype)
    return _np.stack([row[at] for row in rows]).reshape(head.shape + variable.shape)


def _of_complex(variable, along, across):
    """Derivatives of complex elements out of their gradients, which are conjugates by a complex variable, and by a real
    one the real and the imaginary part."""
    return along.conj() if variable.dtype.kind == "c" else along + 1j * across


def hessian(function, argnums=0):
    """A function that returns all second derivatives of another.

    Parameters
    ----------
    function : function
        Takes arrays, returns an array with one element.
    argnums : int, optional
        The positional argument to differentiate by.

    Returns
    -------
    function
        With the same arguments, returning an array of shape `argument.shape + argument.shape`.

    Raises
    ------
    ValueError
        (At the call:) a value with several elements.

    Examples
    --------
    >>> autograd.hessian(lambda x: x[0] ** 2 * x[1])(np.array([3., 2.]))
    array([[4., 6.],
           [6., 0.]])
    """
    slope = value_and_grad(function, argnums)

    def gradient(*arguments, **keywords):
        return slope(*arguments, **keywords)[1]

    return functools.wraps(function)(jacobian(gradient, argnums))


def checkpoint(function):
    """The function, recorded as one operator: what it computes in between is not kept for backward, but computed again.

    Saves memory for time. Random draws are the same ones, and variables that the function reads besides its arguments
    (such as a layer's weights) get their gradients, too.

    Parameters
    ----------
    function : function
        Takes arrays (and other positional and keyword arguments), returns an array or a list or tuple of them.

    Returns
    -------
    function

    Examples
    --------
    >>> x = np.array([0.5])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = autograd.checkpoint(lambda x: np.exp(np.sin(x)))(x)
    >>> y.backward()
    >>> bool(abs(x.grad - np.cos(x) * y) < 1e-6)
    True
    """

    @functools.wraps(function)
    def run(*arguments, **keywords):
        if not is_recording():
            return function(*arguments, **keywords)
        places = [at for at, one in enumerate(arguments) if isinstance(one, ndarray)]
        form = []

        def on_arrays(*arrays):
            given = list(arguments)
            for at, array in zip(places, arrays, strict=True):
                given[at] = array
            returned = function(*given, **keywords)
            form[:] = [None if isinstance(returned, ndarray) else type(returned)]
            return _results(returned, "checkpoint")[0]

        results = record_checkpoint(on_arrays, [arguments[at] for at in places])
        return results[0] if form[0] is None else form[0](results)

    return run
