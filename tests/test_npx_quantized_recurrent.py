"""The LSTM on bytes: equal to a plain loop over integers, near `npx.rnn` on the floats that the bytes stand for."""

import numpy as onp
import pytest

from mxnet import MXNetError, np, npx

RANDOM = onp.random.default_rng(5)


def sigmoid(values):
    return 1 / (1 + onp.exp(-values))


def bytes_of(floats, scale, shift):
    return onp.clip(onp.rint(floats * scale + shift), 0, 255).astype("int64")


def split(parameters, features, size, layers, directions):
    """(input weights, state weights, bias) of every cell."""
    widths = [features if layer == 0 else directions * size for layer in range(layers) for _ in range(directions)]
    weights, place = [], 0
    for width in widths:
        ends = place + 4 * size * width, place + 4 * size * (width + size)
        weights.append(
            (parameters[place : ends[0]].reshape(-1, width), parameters[ends[0] : ends[1]].reshape(-1, size))
        )
        place = ends[1]
    biases = parameters[place:].reshape(len(widths), 2, 4 * size).sum(axis=1)
    return [(*pair, bias) for pair, bias in zip(weights, biases, strict=True)]


def loop(data, parameters, state, memory, scale, shift, size, layers, directions):
    """Step by step in int64 and float64."""
    cells = split(parameters.astype("float64"), data.shape[2], size, layers, directions)
    data, states, memories = data.astype("int64"), [], []
    for layer in range(layers):
        sides = []
        for direction in range(directions):
            place = layer * directions + direction
            inputs, hidden, bias = cells[place]
            greatest = onp.maximum(abs(inputs).max(axis=1), abs(hidden).max(axis=1))
            levels = onp.where(greatest > 0, 127 / onp.where(greatest > 0, greatest, 1), 1).astype("float32")
            inputs, hidden = (
                onp.rint(part.astype("float32") * levels[:, None]).astype("int64") for part in (inputs, hidden)
            )
            h, c, side = state[place].astype("float64"), memory[place].astype("float64"), [None] * len(data)
            for step in range(len(data))[:: -1 if direction else 1]:
                sums = (data[step] - shift) @ inputs.T + (bytes_of(h, scale, shift) - shift) @ hidden.T
                i, f, g, o = onp.split(sums / (levels.astype("float64") * scale) + bias, 4, axis=1)
                c = sigmoid(f) * c + sigmoid(i) * onp.tanh(g)
                h = sigmoid(o) * onp.tanh(c)
                side[step] = h
            sides.append(onp.array(side))
            states.append(h)
            memories.append(c)
        outputs = onp.concatenate(sides, axis=2)
        data = bytes_of(outputs, scale, shift)
    return outputs, onp.array(states), onp.array(memories)


def case(layers, directions, steps=6, batch=3, features=5, size=4):
    count = sum(
        4 * size * ((features if layer == 0 else directions * size) + size + 2)
        for layer in range(layers)
        for _ in range(directions)
    )
    return dict(
        data=RANDOM.integers(0, 256, (steps, batch, features)).astype("uint8"),
        parameters=RANDOM.uniform(-0.7, 0.7, count).astype("float32"),
        state=RANDOM.uniform(-0.5, 0.5, (layers * directions, batch, size)).astype("float32"),
        memory=RANDOM.uniform(-0.5, 0.5, (layers * directions, batch, size)).astype("float32"),
    )


SCALE, SHIFT = 100.0, 128.0


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("directions", [1, 2])
def test_it_is_the_loop_over_integers_and_near_the_floats(layers, directions):
    given = case(layers, directions)
    wanted = loop(*given.values(), SCALE, SHIFT, 4, layers, directions)
    options = dict(state_size=4, num_layers=layers, bidirectional=directions == 2, state_outputs=True)
    data, *others = (np.array(value, dtype=value.dtype) for value in given.values())
    ours = npx.contrib_quantized_rnn(data, *others, SCALE, np.array([SHIFT]), **options)
    for one, want in zip(ours, wanted, strict=True):
        assert one.dtype == "float32"
        # a state next to the middle of two bytes may go either way
        onp.testing.assert_allclose(one.asnumpy(), want, atol=2e-3)
    floats = (data.astype("float32") - SHIFT) / SCALE
    exact = npx.rnn(floats, *others, mode="lstm", **options)
    for one, want in zip(ours, exact, strict=True):
        onp.testing.assert_allclose(one.asnumpy(), want.asnumpy(), atol=0.05)
    alone = npx.contrib_quantized_rnn(data, *others, SCALE, SHIFT, **{**options, "state_outputs": False})
    assert (alone == ours[0]).all()


@pytest.mark.parametrize("steps, batch", [(0, 2), (3, 0)])
def test_empty_sequences(steps, batch):
    given = case(1, 1, steps, batch)
    arrays = [np.array(value, dtype=value.dtype) for value in given.values()]
    out, state, _ = npx.contrib_quantized_rnn(*arrays, SCALE, SHIFT, state_size=4, num_layers=1, state_outputs=True)
    assert out.shape == (steps, batch, 4) and state.shape == (1, batch, 4)


@pytest.mark.parametrize(
    "change, error",
    [
        (dict(mode="gru"), ValueError),
        (dict(projection_size=2), ValueError),
        (dict(use_sequence_length=True), ValueError),
        (dict(state_size=5), ValueError),
        (dict(num_layers=0), ValueError),
        (dict(data_scale=0.0), ValueError),
        (dict(data_shift=float("nan")), ValueError),
        (dict(data_scale=np.ones(2)), ValueError),
        (dict(data=np.ones((2, 3, 5))), TypeError),
        (dict(data=np.ones((3, 5), dtype="uint8")), ValueError),
        (dict(state=np.ones((1, 3, 4), dtype="float64")), TypeError),
        (dict(state_cell=np.ones((2, 3, 4))), ValueError),
        (dict(parameters=np.ones(7)), ValueError),
    ],
)
def test_bad_arguments(change, error):
    given = case(1, 1)
    data, parameters, state, cell = (np.array(value, dtype=value.dtype) for value in given.values())
    arguments = dict(data=data, parameters=parameters, state=state, state_cell=cell, data_scale=SCALE, data_shift=SHIFT)
    arguments |= dict(state_size=4, num_layers=1)
    npx.contrib_quantized_rnn(**arguments)
    with pytest.raises(error, match="contrib_quantized_rnn: ") as caught:
        npx.contrib_quantized_rnn(**(arguments | change))
    assert isinstance(caught.value, MXNetError)
