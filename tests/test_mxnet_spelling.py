"""What MXNet's users write and NumPy's do not: names, places of arguments, classes of errors, gradients it lets pass.
And copies, which gradients pass too."""

import copy

import numpy as onp
import pytest

import mxnet
from mxnet import autograd, np, npx


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("name", ["sort", "argsort"])
def test_the_third_argument_of_a_sort_may_say_descending(name, descending):
    x = np.array([[3.0, 1.0, 2.0], [1.0, 5.0, 4.0]])
    function = getattr(np, name)
    assert function(x, 1, descending).tolist() == function(x, axis=1, descending=descending).tolist()
    assert function(x, 1, "stable").tolist() == function(x, 1).tolist()
    assert x.argsort(1, descending).tolist() == np.argsort(x, 1, descending).tolist()


def test_a_sort_of_an_unknown_kind_is_refused():
    for kind in ("bubble", 1.5):
        with pytest.raises((ValueError, TypeError)):
            np.sort(np.ones(3), -1, kind)


@pytest.mark.parametrize("endpoint", [True, False])
@pytest.mark.parametrize("bounds", [(0.0, 1.0, 10), (-2, 4, 30), (5.234324, 8.98324, 324), (2, 10, 1), (2, 10, 0)])
def test_the_distance_between_numbers_is_a_number(bounds, endpoint):
    _, step = np.linspace(*bounds, endpoint=endpoint, retstep=True)
    _, wanted = onp.linspace(*bounds, endpoint=endpoint, retstep=True)
    assert type(step) is float
    assert step == wanted or (onp.isnan(step) and onp.isnan(wanted))
    _, steps = np.linspace(np.zeros(2), np.ones(2), 5, retstep=True)
    assert steps.dtype == "float32" and steps.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("version", [None, "2021.10", "2021.12", "2024.12"])
def test_the_array_api_version_is_asked_for_by_place(version):
    assert np.ones(2).__array_namespace__(version) is np
    assert np.ones(2).__array_namespace__(api_version=version) is np


@pytest.mark.parametrize("version", ["2020.09", "2021.24", "next"])
def test_unknown_versions_of_the_array_api_are_refused(version):
    with pytest.raises(ValueError, match=version):
        np.ones(2).__array_namespace__(version)


def test_numbers_and_names_of_device_types():
    assert mxnet.Device.devtype2str == {1: "cpu", 2: "gpu", 3: "cpu_pinned", 5: "cpu_shared"}
    assert mxnet.Device.devstr2type == {"cpu": 1, "gpu": 2, "cpu_pinned": 3, "cpu_shared": 5}
    assert mxnet.Device.devtype2str[npx.cpu().device_typeid] == npx.cpu().device_type


def test_switches_stand_in_the_package_itself():
    for name in ("use_np", "use_np_array", "use_np_shape", "use_np_default_dtype", "is_np_array", "np_shape"):
        assert getattr(mxnet, name) is getattr(mxnet.util, name)


def test_lists_of_dtypes():
    assert np.boolean_dtypes == ["bool"]
    assert np.floating_dtypes == ["float16", "float32", "float64"]
    assert np.numeric_dtypes == np.integer_dtypes + np.floating_dtypes
    assert all(np.dtype(dtype).kind in "iu" for dtype in np.integer_dtypes) and len(np.integer_dtypes) == 8


def test_classes_for_isinstance():
    assert isinstance(3, mxnet.base.integer_types) and isinstance(onp.int8(3), mxnet.base.integer_types)
    assert isinstance(3.5, mxnet.base.numeric_types) and not isinstance(3.5, mxnet.base.integer_types)
    assert isinstance("text", mxnet.base.string_types)


def test_autograd_has_the_class_of_arrays():
    names = {}
    exec("from mxnet.autograd import *", names)
    assert names["NDArray"] is np.ndarray


@pytest.mark.parametrize(
    "call",
    [
        lambda: np.linspace(0, 1, 2.5),
        lambda: np.linspace(0, 1, np.array(2.5)),
        lambda: np.zeros((2.5,)),
        lambda: np.ones((2, 3)).sum(axis=0.5),
    ],
)
def test_a_fraction_for_an_integer_is_an_error_of_both_names(call):
    with pytest.raises(TypeError) as caught:
        call()
    assert isinstance(caught.value, mxnet.MXNetError)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [None, 0, (0, 1), ()])
@pytest.mark.parametrize("dtype", ["int8", "int32", "int64"])
@pytest.mark.parametrize("name", ["sum", "mean"])
def test_sums_in_an_integer_dtype_pass_the_gradient(name, dtype, axis, keepdims):
    values = onp.arange(6, dtype="float32").reshape(2, 3) * 1.75
    x = np.array(values)
    x.attach_grad()
    with autograd.record():
        y = getattr(x, name)(axis=axis, dtype=dtype, keepdims=keepdims)
    assert y.dtype == dtype
    assert y.tolist() == getattr(values, name)(axis=axis, dtype=dtype, keepdims=keepdims).tolist()
    y.backward()
    share = y.size / x.size if name == "mean" else 1
    assert x.grad.tolist() == onp.full((2, 3), share, dtype="float32").tolist()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
@pytest.mark.parametrize("given", ["float16", "float32", "float64"])
def test_the_gradient_of_a_mean_has_the_precision_of_the_array(given, dtype):
    x = np.ones((3, 2), dtype=given)
    x.attach_grad()
    with autograd.record():
        y = x.mean(axis=0, dtype=dtype)
    y.backward()
    assert y.dtype == dtype
    onp.testing.assert_array_equal(x.grad.asnumpy(), onp.ones((3, 2), given) / 3.0)


def test_the_mean_of_chosen_elements_in_an_integer_dtype():
    x = np.array([1.5, 2.5, 9.0])
    x.attach_grad()
    with autograd.record():
        y = np.mean(x, dtype="int32", where=np.array([True, True, False]))
    y.backward()
    assert y.item() == 1 and x.grad.tolist() == [0.5, 0.5, 0]


@pytest.mark.parametrize("shape", [(0, 2), (3, 4)])
def test_a_matching_has_gradient_zero(shape):
    x = np.array(onp.random.default_rng(0).uniform(size=shape))
    x.attach_grad()
    with autograd.record():
        rows, columns = npx.bipartite_matching(x, threshold=0.1)
    rows.backward(retain_graph=True)
    assert x.grad.tolist() == onp.zeros(shape).tolist()
    columns.backward()
    assert x.grad.tolist() == onp.zeros(shape).tolist()


COPIES = {
    "flatten": lambda x: x.flatten(),
    "flatten of a view": lambda x: x.T.flatten("F"),
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "flat": lambda x: x.flat[1:5],
    "all of flat": lambda x: x.flat.copy(),
    "one of flat": lambda x: next(iter(x.flat)),
    "reshape": lambda x: x.reshape(-1, copy=True),
    "np.reshape": lambda x: np.reshape(x, -1, copy=True),
    "copyto": lambda x: x.copyto(npx.cpu()),
    "view": lambda x: x.view(),
    "view as the same": lambda x: x.view("float64"),
    "where=": lambda x: np.exp(x, where=np.ones((2, 3, 4), dtype=bool)),
    "order=": lambda x: np.exp(x, order="F"),
    "a list of rows": lambda x: np.array([x[0], x[2]]),
    "a list of elements": lambda x: np.array([x[0, 0], 3, x[1, 1]]),
    "a nested list": lambda x: np.asarray([[x[0, 0], 3.5], [x[1, 1], x[0, 0]]]),
}


@pytest.mark.parametrize("name", COPIES)
def test_copies_are_on_the_tape(name):
    values = onp.random.default_rng(1).uniform(size=(3, 4))
    function = COPIES[name]
    x = np.array(values)
    x.attach_grad()
    with autograd.record():
        y = function(x)
    onp.testing.assert_array_equal(y.asnumpy(), function(np.array(values)).asnumpy())
    y.backward()
    step = 1e-6
    for place in onp.ndindex(values.shape):
        moved = values.copy()
        moved[place] += step
        difference = float(function(np.array(moved)).sum() - function(np.array(values)).sum()) / step
        assert abs(float(x.grad[place]) - difference) < 1e-4


def test_a_list_of_recorded_arrays_has_the_dtype_of_one_that_is_not():
    x = np.array([1.5, 2.5])
    x.attach_grad()
    for made in (
        lambda: np.array([x, x * 2], dtype="float16"),
        lambda: np.array([x[0], 3]),
        lambda: np.array([[x[0]], [1j]]),
    ):
        with autograd.record():
            y = made()
        assert y.dtype == made().dtype and y.tolist() == made().tolist()
    with autograd.record(), pytest.raises(ValueError, match="inhomogeneous"):
        np.array([x, x[:1]])


def test_minus_two_is_the_own_length_in_broadcast_to():
    for shape, wanted, result in [
        ((5,), (3, 4, -2), (3, 4, 5)),
        ((5,), (0, -2), (0, 5)),
        ((1, 0), (2, -2, -2), (2, 1, 0)),
        ((3, 4), (1, 0, -2, 4), (1, 0, 3, 4)),
    ]:
        assert np.broadcast_to(np.ones(shape), wanted).shape == result
    for wanted in ((-2, 3), (-1, 3), (3, -3)):
        with pytest.raises(ValueError):
            np.broadcast_to(np.ones(3), wanted)


@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile", "nanpercentile"])
def test_interpolation_is_a_name_of_method(name):
    x = onp.random.default_rng(2).uniform(size=9)
    function, share = getattr(np, name), 40 if "percent" in name else 0.4
    for method in ("lower", "higher", "midpoint", "nearest", "linear"):
        wanted = getattr(onp, name)(x, share, method=method)
        assert function(np.array(x), share, interpolation=method).item() == pytest.approx(wanted)
    assert function(np.array(x), share, None, None, None, "lower").item() == getattr(onp, name)(
        x, share, method="lower"
    )
    with pytest.raises(TypeError):
        function(np.array(x), share, method="lower", interpolation="lower")
    with pytest.raises(ValueError):
        function(np.array(x), share, interpolation="cubic")


def test_orders_of_norms_may_be_infinite_by_name():
    x = np.array(onp.random.default_rng(3).normal(size=(3, 4)))
    for name, order in (("inf", onp.inf), ("-inf", -onp.inf)):
        for axis in (None, 0, (0, 1)):
            assert np.linalg.norm(x, name, axis).tolist() == np.linalg.norm(x, order, axis).tolist()
        assert np.linalg.vector_norm(x, ord=name).item() == np.linalg.vector_norm(x, ord=order).item()
        assert np.linalg.matrix_norm(x, ord=name).item() == np.linalg.matrix_norm(x, ord=order).item()
    with pytest.raises(ValueError, match="infinity"):
        np.linalg.norm(x, "infinity")


@pytest.mark.parametrize("order", [1, -1, 2, "fro", "nuc", "inf"])
def test_matrix_norms_take_axes(order):
    values = onp.random.default_rng(4).normal(size=(2, 3, 4))
    for axis in ((0, 2), (2, 1), (-1, 0), (-2, -1)):
        for keepdims in (False, True):
            wanted = onp.linalg.norm(values, onp.inf if order == "inf" else order, axis, keepdims)
            got = np.linalg.matrix_norm(np.array(values), order, axis, keepdims)
            onp.testing.assert_allclose(got.asnumpy(), wanted)
    for axis in (None, 1, (0,), (0, 1, 2)):
        with pytest.raises(ValueError, match="axis"):
            np.linalg.matrix_norm(np.array(values), order, axis)


MOVES = {
    "concatenate": lambda x: np.concatenate([x, x[:1]]),
    "roll": lambda x: np.roll(x, 1),
    "expand_dims": lambda x: np.expand_dims(x, 1),
    "flatten": lambda x: x.flatten(),
    "stack": lambda x: np.stack([x, x[::-1]]),
}


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float16"])
@pytest.mark.parametrize("name", MOVES)
def test_gradients_of_moved_elements_of_any_dtype(name, dtype):
    x = np.array([1, 0, 1], dtype=dtype)
    x.attach_grad()
    with autograd.record():
        y = MOVES[name](x)
    y.backward()
    assert y.dtype == dtype and x.grad.dtype == dtype and (x.grad >= 1).all()


def test_comparisons_are_constant():
    x = np.array([1.0, 2.0])
    x.attach_grad()
    with autograd.record():
        y = x * (x > 1.5)
    y.backward()
    assert x.grad.tolist() == [0, 1]
