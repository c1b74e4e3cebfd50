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
)

__all__ = [
    "backward",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "set_recording",
    "set_training",
    "train_mode",
]


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
    >>> with record():
    ...     is_recording(), is_training()
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
    >>> with record():
    ...     with pause():
    ...         is_recording()
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
    >>> with train_mode():
    ...     is_training()
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
    >>> with record():
    ...     with predict_mode():
    ...         is_recording(), is_training()
    (True, False)
    """
    return _Scope(None, False)
