"""Automatic differentiation: record operators, then walk back from a result to what it was computed from.

>>> from mxnet import autograd, np
>>> x = np.array([1, 2, 3])
>>> x.attach_grad()
>>> with autograd.record():
...     y = (x ** 2).sum()
>>> y.backward()
>>> x.grad
array([2., 4., 6.])
"""

from ._core import (
    backward,
    grad,
    is_recording,
    is_training,
    mark_variables,
    set_recording,
    set_training,
    tape,
)
from ._core import ndarray as NDArray  # MXNet's name of the class here, which `from mxnet.autograd import *` brings
from ._core import record_function as _record_function
from ._derivatives import checkpoint, hessian, jacobian, jvp, value_and_grad, vjp
from ._drawing import plot
from .base import MXNetError as _Error
from .base import MXNetTypeError as _TypeError

explain = tape.explain
_set_detecting = tape.set_detecting_anomaly
del tape

__all__ = [
    "Function",
    "NDArray",
    "backward",
    "checkpoint",
    "detect_anomaly",
    "explain",
    "grad",
    "hessian",
    "is_recording",
    "is_training",
    "jacobian",
    "jvp",
    "mark_variables",
    "pause",
    "plot",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
    "value_and_grad",
    "vjp",
]


def __getattr__(name):
    if name == "get_symbol":
        raise AttributeError(
            "mxnet.autograd has no get_symbol: there are no symbols; autograd.explain(x) shows what was recorded"
        )
    raise AttributeError(f"module 'mxnet.autograd' has no attribute '{name}'")


class Function:
    """A function with a gradient of its own: subclasses define `forward` and `backward`.

    `forward` takes and returns arrays and is not recorded; `backward` takes one gradient per output and returns one per
    input (`None` for zeros). What backward needs is kept by `save_for_backward` and read from `saved_tensors`. An
    instance is for one call: a second one raises MXNetError, as it would overwrite what the first one saved.

    Examples
    --------
    >>> class Square(autograd.Function):
    ...     def forward(self, x):
    ...         self.save_for_backward(x)
    ...         return x * x
    ...     def backward(self, dy):
    ...         (x,) = self.saved_tensors
    ...         return 2 * x * dy
    >>> x = np.array([1, 2, 3])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = Square()(x)
    >>> y.backward()
    >>> x.grad
    array([2., 4., 6.])
    """

    _used = False

    def __init__(self):
        self.saved_tensors = ()

    def save_for_backward(self, *arrays):
        """Keeps arrays for `backward`, which finds them in `saved_tensors`.

        Parameters
        ----------
        *arrays : ndarray

        Examples
        --------
        >>> square = autograd.Function()
        >>> square.save_for_backward(np.ones(2))
        >>> square.saved_tensors
        (array([1., 1.]),)
        """
        self.saved_tensors = arrays

    def forward(self, *inputs):
        """The function's value; to be defined by subclasses. It is not recorded.

        Parameters
        ----------
        *inputs : ndarray

        Returns
        -------
        ndarray or tuple of ndarray

        Raises
        ------
        NotImplementedError
            The subclass does not define it.

        Examples
        --------
        >>> class Double(autograd.Function):
        ...     def forward(self, x):
        ...         return 2 * x
        >>> Double()(np.array([1, 2]))
        array([2., 4.])
        """
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, ...)")

    def backward(self, *gradients):
        """The inputs' gradients from the outputs'; to be defined by subclasses.

        Parameters
        ----------
        *gradients : ndarray
            One for each output.

        Returns
        -------
        ndarray or tuple of ndarray
            One for each input; `None` stands for zeros.

        Raises
        ------
        NotImplementedError
            The subclass does not define it.

        Examples
        --------
        >>> class Double(autograd.Function):
        ...     def forward(self, x):
        ...         return 2 * x
        ...     def backward(self, dy):
        ...         return 2 * dy
        >>> x = np.array([1, 2])
        >>> x.attach_grad()
        >>> with autograd.record():
        ...     y = Double()(x)
        >>> y.backward()
        >>> x.grad
        array([2., 2.])
        """
        raise NotImplementedError(f"{type(self).__name__} must define backward(self, ...)")

    def __call__(self, *inputs):
        if self._used:
            name = type(self).__name__
            raise _Error(f"Function: this {name} has been called before; make another one for every call: {name}(...)")
        self._used = True
        recording = set_recording(False)
        try:
            outputs = self.forward(*inputs)
        finally:
            set_recording(recording)
        several = isinstance(outputs, (tuple, list))
        # an input that is returned as it is would otherwise lose its own place on the tape
        results = [one.copy() if any(one is x for x in inputs) else one for one in (outputs if several else [outputs])]
        for place, one in enumerate(results):
            if not isinstance(one, NDArray):
                name, kind = type(self).__name__, type(one).__name__
                raise _TypeError(f"Function: {name}.forward must return arrays, output {place} is '{kind}'")
        if recording:
            _record_function(list(inputs), results, self.backward)
        return type(outputs)(results) if several else results[0]


class _Scope:
    """Switches recording and training mode for a `with` block; `None` leaves a switch as it is."""

    def __init__(self, recording, training):
        self._wanted = recording, training
        self._before = []

    def __enter__(self):
        recording, training = self._wanted
        self._before.append(
            (
                None if recording is None else set_recording(recording),
                None if training is None else set_training(training),
            )
        )
        return self

    def __exit__(self, *exception):
        recording, training = self._before.pop()
        if recording is not None:
            set_recording(recording)
        if training is not None:
            set_training(training)


def record(train_mode=True):
    """A `with` block whose operators are recorded, for `backward`.

    Parameters
    ----------
    train_mode : bool, optional
        Whether layers such as dropout behave as in training.

    Returns
    -------
    context manager

    Examples
    --------
    >>> with autograd.record():
    ...     autograd.is_recording(), autograd.is_training()
    (True, True)
    """
    return _Scope(True, train_mode)


def pause(train_mode=False):
    """A `with` block whose operators are not recorded, inside of one whose operators are.

    Parameters
    ----------
    train_mode : bool, optional

    Returns
    -------
    context manager

    Examples
    --------
    >>> with autograd.record():
    ...     with autograd.pause():
    ...         autograd.is_recording()
    False
    """
    return _Scope(False, train_mode)


def train_mode():
    """A `with` block in training mode; recording stays as it is.

    Returns
    -------
    context manager

    Examples
    --------
    >>> with autograd.train_mode():
    ...     autograd.is_training()
    True
    """
    return _Scope(None, True)


def predict_mode():
    """A `with` block in prediction mode; recording stays as it is.

    Returns
    -------
    context manager

    Examples
    --------
    >>> with autograd.record():
    ...     with autograd.predict_mode():
    ...         autograd.is_recording(), autograd.is_training()
    (True, False)
    """
    return _Scope(None, False)


class _Anomalies:
    """Switches the search for nans for a `with` block."""

    def __init__(self, on):
        self._on = on
        self._before = []

    def __enter__(self):
        self._before.append(_set_detecting(self._on))
        return self

    def __exit__(self, kind, *exception):
        try:
            _set_detecting(self._before.pop())
        except RuntimeError:
            # what goes wrong already says more
            if kind is None:
                raise


def detect_anomaly(on=True):
    """A `with` block that stops at the first nan: the recorded operator that returns one raises an error, and so does
    `backward` at the operator whose gradient has one. The error names the operator and its line.

    Every recorded result and every gradient is computed at once and looked at, which takes time: for debugging. Results
    that are not recorded are not looked at.

    Parameters
    ----------
    on : bool, optional
        False switches it off inside of a block that has it on.

    Returns
    -------
    context manager

    Raises
    ------
    MXNetError
        (Inside the block:) a nan.

    Examples
    --------
    >>> x = np.array([0., 1.])
    >>> x.attach_grad()
    >>> try:
    ...     with autograd.detect_anomaly(), autograd.record():
    ...         (np.sqrt(x) * 0).backward()  # 0 times infinity, at the root of 0
    ... except RuntimeError as error:
    ...     print(str(error).split(';')[0])  # the line comes behind it
    backward: detect_anomaly: the gradient of sqrt gave nan for input 0
    """
    return _Anomalies(on)
