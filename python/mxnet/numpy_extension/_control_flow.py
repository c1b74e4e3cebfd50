"""Loops and branches as functions: `foreach`, `while_loop`, `cond`. Bodies are Python functions on arrays; they run at
once, so that autograd records what they do. Exported by `npx`; knows no operator but `stack` and `concatenate`."""

from .._core import ndarray
from .._core import numpy as _np
from ..base import MXNetTypeError, MXNetValueError

__all__ = ["cond", "foreach", "while_loop"]


def _flat(tree, role):
    """The arrays of nested lists and tuples, and what puts them together again."""
    if isinstance(tree, ndarray):
        return [tree], None
    if not isinstance(tree, (list, tuple)):
        raise MXNetTypeError(f"{role} must be an array or nested lists of arrays, not '{type(tree).__name__}'")
    arrays, forms = [], []
    for item in tree:
        inner, form = _flat(item, role)
        arrays += inner
        forms.append((len(inner), form))
    return arrays, forms


def _nested(arrays, form):
    if form is None:
        return arrays[0]
    tree, at = [], 0
    for count, inner in form:
        tree.append(_nested(arrays[at : at + count], inner))
        at += count
    return tree


def _truth(value, role):
    try:
        return bool(value)
    except (TypeError, ValueError) as error:
        raise MXNetValueError(f"{role} must be one truth value: {error}") from None


def _pair(returned, role):
    """What a body returns, taken apart; an array would fall apart into its rows."""
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        what = f"{len(returned)} objects" if isinstance(returned, (tuple, list)) else f"'{type(returned).__name__}'"
        raise MXNetTypeError(f"{role} must return a pair of outputs and states, not {what}")
    return returned


def foreach(body, data, init_states):
    """Runs a function over the elements of the first axis, handing states from one step to the next.

    Parameters
    ----------
    body : function
        `body(element, states)` returns the step's output and the new states.
    data : ndarray or list of ndarray
        All of one length along the first axis; a list gives the body lists of elements.
    init_states : ndarray or nested lists of ndarray

    Returns
    -------
    outputs : ndarray or nested lists of ndarray
        The outputs of all steps, stacked along a new first axis; without steps an empty list.
    states : ndarray or nested lists of ndarray
        The states after the last step.

    Raises
    ------
    ValueError
        Data of different lengths, outputs of different shapes.
    TypeError
        `body` returns no pair.

    Examples
    --------
    >>> step = lambda x, state: (x + state, x + state)
    >>> npx.foreach(step, np.array([1., 2., 3.]), np.array(10.))
    (array([11., 13., 16.]), array(16.))
    """
    arrays, form = _flat(data, "foreach: data")
    _flat(init_states, "foreach: init_states")
    lengths = {array.shape[0] if array.ndim else None for array in arrays}
    if len(lengths) != 1 or None in lengths:
        raise MXNetValueError(f"foreach: data must have one length on axis 0, got shapes {[x.shape for x in arrays]}")
    states, steps, output_form = init_states, [], []
    for index in range(lengths.pop()):
        output, states = _pair(body(_nested([array[index] for array in arrays], form), states), "foreach: body")
        output, output_form = _flat(output, "foreach: the output of body")
        steps.append(output)
    return _nested(_stacked("foreach", steps), output_form), states


def _stacked(name, steps):
    """Every step's arrays, stacked one by one."""
    if len({len(step) for step in steps}) > 1:
        raise MXNetValueError(f"{name}: every step must have as many outputs, got {[len(step) for step in steps]}")
    return [_np.stack(list(arrays)) for arrays in zip(*steps, strict=True)]


def while_loop(cond, func, loop_vars, max_iterations=None):
    """Runs a function on variables as long as a condition holds.

    Parameters
    ----------
    cond : function
        `cond(*loop_vars)` is a truth value.
    func : function
        `func(*loop_vars)` returns the step's output (or None) and the new variables.
    loop_vars : ndarray or list of ndarray
    max_iterations : int
        After as many steps the loop ends, too.

    Returns
    -------
    outputs : ndarray or list of ndarray
        The outputs of all steps, stacked along a new first axis of length `max_iterations`, zeros after the last step;
        without steps an empty list.
    states : ndarray or list of ndarray
        The variables after the last step.

    Raises
    ------
    ValueError
        No `max_iterations`, no variables, another number of variables or outputs in a later step.
    TypeError
        `func` returns no pair.

    Examples
    --------
    >>> below = lambda i, total: i <= 3
    >>> step = lambda i, total: (i + total, (i + 1, total + i))
    >>> npx.while_loop(below, step, (np.array(1.), np.array(0.)), max_iterations=5)
    (array([1., 3., 6., 0., 0.]), [array(4.), array(6.)])
    """
    if max_iterations is None:
        raise MXNetValueError("while_loop: max_iterations must be given")
    limit, single = int(max_iterations), isinstance(loop_vars, ndarray)
    variables = [loop_vars] if single else list(loop_vars)
    if not variables:
        raise MXNetValueError("while_loop: loop_vars must hold at least one array")
    steps, form = [], []
    while len(steps) < limit and _truth(cond(*variables), "while_loop: the result of cond"):
        output, new = _pair(func(*variables), "while_loop: func")
        new = [] if new is None else [new] if isinstance(new, ndarray) else list(new)
        if len(new) != len(variables):
            raise MXNetValueError(f"while_loop: func must return {len(variables)} loop_vars, got {len(new)}")
        variables = new
        output, form = _flat([] if output is None else output, "while_loop: the output of func")
        steps.append(output)
    outputs = _stacked("while_loop", steps)
    rest = limit - len(steps)
    if rest:
        outputs = [_np.concatenate([x, _np.zeros((rest, *x.shape[1:]), dtype=x.dtype)]) for x in outputs]
    return _nested(outputs, form), variables[0] if single else variables


def cond(pred, then_func, else_func, inputs=(), name="cond"):
    """Runs one of two functions.

    Parameters
    ----------
    pred : ndarray, bool, or function
        A truth value, or a function of the inputs that returns one.
    then_func, else_func : function
        Functions of the inputs.
    inputs : ndarray or sequence of ndarray, optional
    name : str, optional
        Names the node in MXNet's graphs; it changes nothing.

    Returns
    -------
    object
        What the function returns.

    Raises
    ------
    ValueError
        A condition of several elements.

    Examples
    --------
    >>> a, b = np.array([1.]), np.array([2.])
    >>> npx.cond(a * b < 5, lambda x, y: (x + 5) * (y + 5), lambda x, y: (x - 5) * (y - 5), [a, b])
    array([42.])
    """
    arguments = [inputs] if isinstance(inputs, ndarray) else list(inputs)
    truth = pred(*arguments) if callable(pred) else pred
    return (then_func if _truth(truth, "cond: pred") else else_func)(*arguments)
