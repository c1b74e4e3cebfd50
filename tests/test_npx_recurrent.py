"""Recurrent layers and CTC against plain loops in float64, with gradients of first and second order."""

import itertools

import numpy as onp
import pytest

from mxnet import autograd, np, npx
from oracle import host_dtype

GATES = {"rnn_relu": 1, "rnn_tanh": 1, "lstm": 4, "gru": 3}


def sigmoid(x):
    return 1 / (1 + onp.exp(-x))


def plain_cell(mode, x, state, cell, weights, clip):
    """One step of (batch, features)."""
    w_x, w_h, w_p, b_x, b_h = weights
    given, own = x @ w_x.T + b_x, state @ w_h.T + b_h
    if mode in ("rnn_relu", "rnn_tanh"):
        return (onp.maximum(given + own, 0) if mode == "rnn_relu" else onp.tanh(given + own)), None
    if mode == "lstm":
        i, f, g, o = onp.split(given + own, 4, axis=1)
        cell = sigmoid(f) * cell + sigmoid(i) * onp.tanh(g)
        cell = cell if clip is None else onp.clip(cell, *clip)
        shown = sigmoid(o) * onp.tanh(cell)
        return (shown if w_p is None else shown @ w_p.T), cell
    (r_x, z_x, n_x), (r_h, z_h, n_h) = onp.split(given, 3, axis=1), onp.split(own, 3, axis=1)
    update = sigmoid(z_x + z_h)
    return (1 - update) * onp.tanh(n_x + sigmoid(r_x + r_h) * n_h) + update * state, None


def plain_rnn(
    data, parameters, state, cell, mode, size, layers, directions=1, projection=None, lengths=None, clip=None
):
    around, rows = projection or size, GATES[mode] * size
    taken = 0

    def take(*shape):
        nonlocal taken
        taken += int(onp.prod(shape))
        return parameters[taken - int(onp.prod(shape)) : taken].reshape(shape)

    weights = []
    for layer in range(layers):
        for _ in range(directions):
            features = data.shape[2] if layer == 0 else directions * around
            weights.append([take(rows, features), take(rows, around), take(projection, size) if projection else None])
    for one in weights:
        one.extend([take(rows), take(rows)])
    assert taken == parameters.size
    states, cells, x = [], [], data
    for layer in range(layers):
        outputs = []
        for direction in range(directions):
            at = layer * directions + direction
            h, c = state[at], None if cell is None else cell[at]
            out = onp.zeros((data.shape[0], data.shape[1], around))
            for turn in range(data.shape[0]):
                step = data.shape[0] - 1 - turn if direction else turn
                new_h, new_c = plain_cell(mode, x[step], h, c, weights[at], clip)
                on = onp.ones(data.shape[1], bool) if lengths is None else onp.asarray(lengths) > step
                out[step] = onp.where(on[:, None], new_h, 0)
                h = onp.where(on[:, None], new_h, h)
                c = None if c is None else onp.where(on[:, None], new_c, c)
            outputs.append(out)
            states.append(h)
            cells.append(c)
        x = onp.concatenate(outputs, axis=2)
    return [x, onp.stack(states), *([onp.stack(cells)] if cell is not None else [])]


def count_of(mode, features, size, layers, directions, projection):
    around, rows = projection or size, GATES[mode] * size
    each = [(features if layer == 0 else directions * around) + around + 2 for layer in range(layers)]
    return directions * sum(rows * one + (projection or 0) * size for one in each)


def problem(mode, layers=1, directions=1, projection=None, steps=4, batch=3, features=5, size=2, seed=0):
    random = onp.random.default_rng(seed)
    inputs = [
        random.standard_normal((steps, batch, features)),
        random.standard_normal(count_of(mode, features, size, layers, directions, projection)) / 2,
        random.standard_normal((layers * directions, batch, projection or size)),
    ]
    return inputs + ([random.standard_normal((layers * directions, batch, size))] if mode == "lstm" else [])


ROWS = [
    (mode, layers, directions, projection, lengths)
    for mode, layers, directions, lengths in itertools.product(GATES, (1, 2), (1, 2), (None, [4, 1, 2]))
    for projection in ((None, 3) if mode == "lstm" else (None,))
]
every_row = pytest.mark.parametrize(("mode", "layers", "directions", "projection", "lengths"), ROWS)


def call(given, mode, layers, directions, projection, lengths, **more):
    return npx.rnn(
        *given, mode=mode, state_size=2, num_layers=layers, bidirectional=directions == 2, state_outputs=True,
        projection_size=projection, use_sequence_length=lengths is not None,
        sequence_length=None if lengths is None else np.array(lengths), **more,
    )  # fmt: skip


@every_row
def test_rnn(mode, layers, directions, projection, lengths):
    inputs = problem(mode, layers, directions, projection)
    given = inputs if mode == "lstm" else [*inputs, None]
    expected = plain_rnn(*given, mode, 2, layers, directions, projection, lengths)
    got = call([np.array(one) for one in inputs], mode, layers, directions, projection, lengths)
    assert len(got) == len(expected)
    for one, other in zip(got, expected, strict=True):
        onp.testing.assert_allclose(one.asnumpy(), other, rtol=1e-12, atol=1e-14)
    only = npx.rnn(
        *map(np.array, inputs), mode=mode, state_size=2, num_layers=layers, bidirectional=directions == 2,
        projection_size=projection,
    )  # fmt: skip
    assert only.shape == expected[0].shape


@every_row
def test_rnn_gradients(mode, layers, directions, projection, lengths):
    inputs = problem(mode, layers, directions, projection, seed=3)
    given = inputs if mode == "lstm" else [*inputs, None]
    random = onp.random.default_rng(1)
    heads = [random.standard_normal(one.shape) for one in plain_rnn(*given, mode, 2, layers, directions, projection)]

    def loss(*given):
        given = given if mode == "lstm" else [*given, None]
        out = plain_rnn(*given, mode, 2, layers, directions, projection, lengths)
        return sum((one * head).sum() for one, head in zip(out, heads, strict=True))

    variables = [np.array(one) for one in inputs]
    for one in variables:
        one.attach_grad()
    with autograd.record():
        out = call(variables, mode, layers, directions, projection, lengths)
        total = sum((one * np.array(head)).sum() for one, head in zip(out, heads, strict=True))
    total.backward()
    for index, variable in enumerate(variables):
        direction = random.standard_normal(variable.shape)
        up, down = (
            loss(*[one + sign * 1e-6 * direction if at == index else one for at, one in enumerate(inputs)])
            for sign in (1, -1)
        )
        assert (variable.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-6, rel=2e-6, abs=1e-7)


#: steps, batch, features, size: below, at and above whole registers and bands
SIZES = [(1, 1, 1, 1), (4, 1, 7, 33), (3, 13, 17, 31), (5, 49, 40, 65), (2, 100, 3, 16), (3, 97, 130, 140)]


@pytest.mark.parametrize("mode", ["lstm", "gru"])
@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_cells_of_any_size_on_any_number_of_threads(mode, sizes, dtype, threads):
    steps, batch, features, size = sizes
    inputs = problem(mode, 1, 2, None, steps, batch, features, size)
    inputs[1] /= size**0.5
    given = inputs if mode == "lstm" else [*inputs, None]
    expected = plain_rnn(*given, mode, size, 1, 2)
    options = dict(mode=mode, state_size=size, num_layers=1, bidirectional=True, state_outputs=True)

    def loss(arrays):
        return sum((out * out).sum() for out in npx.rnn(*arrays, **options))

    def run():
        arrays = [np.array(one, dtype=dtype) for one in inputs]
        for one in arrays:
            one.attach_grad()
        with autograd.record():
            value = loss(arrays)
        value.backward()
        return [out.asnumpy() for out in npx.rnn(*arrays, **options)], [one.grad.asnumpy() for one in arrays]

    results = []
    for count in (1, 2, 3):
        threads(count)
        results.append(run())
    for outputs, gradients in results[1:]:
        for one, other in zip(outputs + gradients, results[0][0] + results[0][1], strict=True):
            assert (one == other).all()
    outputs, gradients = results[0]
    close = 1e-12 if dtype == "float64" else 1e-5
    for one, other in zip(outputs, expected, strict=True):
        onp.testing.assert_allclose(one, other, rtol=close, atol=close)
    # along one direction through all inputs
    random = onp.random.default_rng(1)
    directions = [random.standard_normal(one.shape) for one in inputs]
    slope = sum((gradient * direction).sum() for gradient, direction in zip(gradients, directions, strict=True))
    ahead, behind = (
        float(
            loss([np.array(one + sign * 1e-5 * direction) for one, direction in zip(inputs, directions, strict=True)])
        )
        for sign in (1, -1)
    )
    onp.testing.assert_allclose(slope, (ahead - behind) / 2e-5, rtol=1e-6 if dtype == "float64" else 1e-3)


@pytest.mark.parametrize("mode", ["rnn_tanh", "lstm", "gru"])
def test_rnn_second_derivatives(mode):
    inputs = problem(mode, steps=3, batch=2)
    random = onp.random.default_rng(2)
    fixed = np.array(random.standard_normal(inputs[0].shape))

    def slope(*given):
        out = call(given, mode, 1, 1, None, None)[0]
        (first,) = autograd.grad([(out**2).sum()], [given[0]], create_graph=True)
        return (first * fixed).sum()

    def number(*values):
        given = [np.array(one) for one in values]
        given[0].attach_grad()
        with autograd.record():
            return float(slope(*given).asnumpy())

    variables = [np.array(one) for one in inputs]
    for one in variables:
        one.attach_grad()
    with autograd.record():
        value = slope(*variables)
    value.backward()
    for index, variable in enumerate(variables):
        direction = random.standard_normal(variable.shape)
        up, down = (
            number(*[one + sign * 1e-5 * direction if at == index else one for at, one in enumerate(inputs)])
            for sign in (1, -1)
        )
        assert (variable.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("mode", GATES)
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_rnn_dtypes(mode, dtype):
    inputs = [one.astype(host_dtype(dtype)) for one in problem(mode)]
    given = [one.astype("float64") for one in inputs] + ([] if mode == "lstm" else [None])
    got = call([np.array(one) for one in inputs], mode, 1, 1, None, None)[0].asnumpy()
    assert str(got.dtype) == dtype
    expected = plain_rnn(*given, mode, 2, 1)[0]
    tolerance = {"float32": 1e-6, "float16": 1e-2, "bfloat16": 8e-2}[dtype]
    assert onp.abs(got.astype("float64") - expected).max() <= tolerance * max(1, onp.abs(expected).max())


def test_rnn_clips_the_cell_state():
    inputs = problem("lstm")
    expected = plain_rnn(*inputs, "lstm", 2, 1, clip=(-0.2, 0.3))
    got = call([np.array(one) for one in inputs], "lstm", 1, 1, None, None, lstm_state_clip_min=-0.2,
               lstm_state_clip_max=0.3)  # fmt: skip
    for one, other in zip(got, expected, strict=True):
        onp.testing.assert_allclose(one.asnumpy(), other, rtol=1e-12)
    inputs[3][0, 0, 0] = onp.nan
    got = call([np.array(one) for one in inputs], "lstm", 1, 1, None, None, lstm_state_clip_min=-0.2,
               lstm_state_clip_max=0.3, lstm_state_clip_nan=True)  # fmt: skip
    assert onp.isfinite(got[0].asnumpy()).all()


def test_rnn_drops_between_layers_while_training_only():
    inputs = [np.array(one) for one in problem("rnn_tanh", layers=2, size=2, batch=40, steps=6)]
    plain = call(inputs, "rnn_tanh", 2, 1, None, None, p=0.5)[0].asnumpy()
    with autograd.train_mode():
        dropped = call(inputs, "rnn_tanh", 2, 1, None, None, p=0.5)[0].asnumpy()
    without = call(inputs, "rnn_tanh", 2, 1, None, None)[0].asnumpy()
    assert (plain == without).all() and (dropped != plain).any()


def test_rnn_of_no_sequences_and_no_steps():
    for steps, batch in ((0, 2), (3, 0)):
        inputs = [np.array(one) for one in problem("lstm", directions=2, steps=steps, batch=batch)]
        out, state, cell = call(inputs, "lstm", 1, 2, None, None)
        assert out.shape == (steps, batch, 4) and state.shape == cell.shape == (2, batch, 2)
        if steps == 0:
            assert (state.asnumpy() == inputs[2].asnumpy()).all()


RNN_WRONG = {
    "axes": (dict(data=np.ones((4, 3))), "data has 2 axes, expected 3"),
    "mode": (dict(mode="tanh"), "mode is 'tanh'"),
    "size": (dict(state_size=0), "state_size is 0"),
    "layers": (dict(num_layers=0), "num_layers is 0"),
    "state": (dict(state=np.ones((1, 2, 2))), r"state has shape \(1, 2, 2\), expected \(1, 3, 2\)"),
    "cell": (dict(state_cell=np.ones((1, 3, 1))), r"state_cell has shape \(1, 3, 1\), expected \(1, 3, 2\)"),
    "no cell": (dict(state_cell=None), "state_cell is wanted"),
    "parameters": (dict(parameters=np.ones(7)), r"parameters has shape \(7,\), expected \(72,\)"),
    "p": (dict(p=1.5), "p is 1.5"),
    "projection": (dict(projection_size=0), "projection_size is 0"),
    "clip": (dict(lstm_state_clip_min=1.0), "lstm_state_clip_max is wanted"),
    "lengths": (dict(use_sequence_length=True), "sequence_length is wanted"),
    "shape of lengths": (dict(use_sequence_length=True, sequence_length=np.ones(2)), r"expected \(3,\)"),
    "long": (dict(use_sequence_length=True, sequence_length=np.array([1, 5, 2])), r"sequence_length\[1\] is 5"),
    "no state": (dict(state=None), "state is wanted"),
}


@pytest.mark.parametrize("name", RNN_WRONG)
def test_rnn_errors(name):
    options, message = RNN_WRONG[name]
    data, parameters, state, cell = (np.array(one) for one in problem("lstm"))
    given = dict(
        data=data, parameters=parameters, state=state, state_cell=cell, mode="lstm", state_size=2, num_layers=1
    )
    with pytest.raises(ValueError, match="rnn: .*" + message):
        npx.rnn(**{**given, **options})


def plain_ctc(data, label, frames, blank):
    """Sums the probabilities of all class sequences that spell the label."""
    shifted = data - data.max(-1, keepdims=True)
    probabilities = onp.exp(shifted) / onp.exp(shifted).sum(-1, keepdims=True)
    total = 0.0
    for path in itertools.product(range(data.shape[1]), repeat=frames):
        spelled = [one for one, _ in itertools.groupby(path) if one != blank]
        if spelled == list(label):
            total += onp.prod([probabilities[step, one] for step, one in enumerate(path)])
    return -onp.log(total)


CTC = {
    "first": ([[1, 2, 0], [3, 3, 0], [2, 0, 0]], "first", None, None),
    "last": ([[1, 2, -1], [0, 0, -1], [2, 1, 0]], "last", None, None),
    "empty label": ([[0, 0, 0], [1, 0, 0], [2, 1, 2]], "first", None, None),
    "frames": ([[1, 2, 0], [3, 3, 0], [2, 0, 0]], "first", [5, 3, 1], None),
    "lengths": ([[1, 2, 3], [3, 3, 3], [2, 1, 1]], "first", None, [1, 2, 3]),
    "both": ([[1, 2, 2], [0, 0, 0], [2, 1, 1]], "last", [4, 5, 3], [2, 1, 0]),
}


def ctc_call(data, name):
    label, blank, frames, counts = CTC[name]
    return npx.ctc_loss(
        data, np.array(label), frames and np.array(frames), counts and np.array(counts),
        use_data_lengths=frames is not None, use_label_lengths=counts is not None, blank_label=blank,
    )  # fmt: skip


def ctc_expected(data, name):
    label, blank, frames, counts = CTC[name]
    out = []
    for at, row in enumerate(label):
        if counts:
            row = row[: counts[at]]
        else:
            row = list(itertools.takewhile(lambda one: one != (0 if blank == "first" else -1), row))
        out.append(plain_ctc(data[:, at], row, frames[at] if frames else len(data), 0 if blank == "first" else 3))
    return onp.array(out)


@pytest.mark.parametrize("name", CTC)
def test_ctc(name):
    data = onp.random.default_rng(0).standard_normal((5, 3, 4))
    expected = ctc_expected(data, name)
    onp.testing.assert_allclose(ctc_call(np.array(data), name).asnumpy(), expected, rtol=1e-12)
    onp.testing.assert_allclose(ctc_call(np.array(data.astype("float32")), name).asnumpy(), expected, rtol=2e-5)
    x = np.array(data)
    x.attach_grad()
    with autograd.record():
        out = ctc_call(x, name)
    out.backward()
    random = onp.random.default_rng(1)
    for _ in range(4):
        direction = random.standard_normal(data.shape)
        up, down = (ctc_expected(data + sign * 1e-6 * direction, name).sum() for sign in (1, -1))
        assert (x.grad.asnumpy() * direction).sum() == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-8)


def test_ctc_second_derivative():
    data = onp.random.default_rng(0).standard_normal((4, 3, 4))
    random = onp.random.default_rng(1)
    fixed, direction = np.array(random.standard_normal(data.shape)), random.standard_normal(data.shape)

    def first(values, graph):
        x = np.array(values)
        x.attach_grad()
        with autograd.record():
            (gradient,) = autograd.grad([ctc_call(x, "first").sum()], [x], create_graph=True)
            value = (gradient * fixed).sum()
        if graph:
            value.backward()
            return x.grad.asnumpy()
        return float(value.asnumpy())

    expected = (first(data + 1e-5 * direction, False) - first(data - 1e-5 * direction, False)) / 2e-5
    assert (first(data, True) * direction).sum() == pytest.approx(expected, rel=1e-6)


def test_ctc_impossible_labels_are_huge_and_harmless():
    data = np.zeros((2, 2, 3))
    data.attach_grad()
    with autograd.record():
        out = npx.ctc_loss(data, np.array([[1, 1, 2], [1, 0, 0]]))
    out.backward()
    assert out.asnumpy()[0] > 1e29 and out.asnumpy()[1] == pytest.approx(-onp.log(3 / 9), rel=1e-6)
    assert onp.isfinite(data.grad.asnumpy()).all()


CTC_WRONG = {
    "label": ((5, 3, 4), [[1, 4], [1, 1], [1, 1]], {}, r"label\[0, 1\] is 4, expected a whole number from 1 to 3"),
    "batch": ((5, 3, 4), [[1, 2]], {}, "axis 0 of label is 1, expected 3"),
    "axes": ((5, 3), [[1, 2]], {}, r"data has shape \(5, 3\)"),
    "frames": ((5, 1, 4), [[1, 2]], dict(use_data_lengths=True, data_lengths=np.array([6])), r"data_lengths\[0\] is 6"),
    "missing": ((5, 1, 4), [[1, 2]], dict(use_label_lengths=True), "label_lengths is wanted"),
    "blank": ((5, 1, 4), [[1, 2]], dict(blank_label="middle"), "blank_label is 'middle'"),
}


@pytest.mark.parametrize("name", CTC_WRONG)
def test_ctc_errors(name):
    shape, label, options, message = CTC_WRONG[name]
    with pytest.raises(ValueError, match="ctc_loss: .*" + message):
        npx.ctc_loss(np.ones(shape), np.array(label), **options)
