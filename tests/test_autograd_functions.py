"""`autograd.Function` where it is used wrongly: what is said, and what the exception was that a gradient left with."""

import pytest

from mxnet import autograd, np


def own(gradient):
    """A function that doubles, whose backward calls `gradient`."""

    class Double(autograd.Function):
        def forward(self, x):
            return x * 2

        def backward(self, dy):
            return gradient(dy)

    return Double()


def backward(gradient):
    x = np.ones(2)
    x.attach_grad()
    with autograd.record():
        y = own(gradient)(x)
    y.backward()
    return x.grad.tolist()


def leave(error):
    raise error


def test_gradients_are_spread_over_their_input():
    assert backward(lambda dy: 2.0) == [2, 2] and backward(lambda dy: None) == [0, 0]


@pytest.mark.parametrize(
    ("gradient", "text"),
    [
        (lambda dy: np.ones(5), r"shape \(5,\) for input 0, whose shape is \(2,\)"),
        (lambda dy: (dy, dy), "1 expected, 2 returned"),
        (lambda dy: "dy", "'str' is not a number"),
    ],
)
def test_gradients_that_do_not_fit(gradient, text):
    with pytest.raises(RuntimeError, match=text):
        backward(gradient)


def test_the_exception_of_backward_is_the_cause():
    with pytest.raises(RuntimeError, match=r"KeyError: 'mine'.*test_autograd_functions") as caught:
        backward(lambda dy: leave(KeyError("mine")))
    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.value.__cause__.__traceback__ is not None


def test_the_next_error_has_no_cause():
    with pytest.raises(RuntimeError):
        backward(lambda dy: leave(KeyError("mine")))
    with pytest.raises(RuntimeError) as caught:
        np.ones(2).backward()
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_end_of_the_program_stays_one(error):
    with pytest.raises(error):
        backward(lambda dy: leave(error()))


def test_an_instance_is_for_one_call():
    function = own(lambda dy: dy)
    function(np.ones(2))
    with pytest.raises(RuntimeError, match="this Double has been called before"):
        function(np.ones(2))


def test_forward_returns_arrays():
    class Number(autograd.Function):
        def forward(self, x):
            return x, 5

    with pytest.raises(TypeError, match=r"Number\.forward must return arrays, output 1 is 'int'"):
        Number()(np.ones(2))
