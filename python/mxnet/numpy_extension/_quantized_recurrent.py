"""Long short-term memory on quantized numbers: data and states as bytes, weights as bytes with a scale for each row,
sums of 32 bits, gates and cell states in float32. Exported by `npx`.

The scheme is that of oneDNN, which MXNet's operator calls: states are brought to bytes with the data's own scale and
shift, and a row of weights (of the input and of the state together) stands at 127 for its greatest magnitude.
"""

from dataclasses import dataclass

from .. import numpy as np
from .._core import numpy_extension as _core
from .._core import ufuncs
from ..base import MXNetTypeError, MXNetValueError
from ._quantized import LEVELS, quantized_of

__all__ = ["contrib_quantized_rnn"]

NAME = "contrib_quantized_rnn"
#: input, forget, new, output
GATES = 4

_sigmoid = ufuncs("npx")["sigmoid"]


@dataclass
class _Affine:
    """How bytes stand for floats: byte = float * scale + shift."""

    scale: float
    shift: float

    def bytes_of(self, floats):
        return np.clip(np.rint(floats * self.scale + self.shift), 0, LEVELS["uint8"]).astype("uint8")


@dataclass
class _Cell:
    """One direction of one layer: weights as bytes, transposed for products, and what brings sums back to floats."""

    inputs: np.ndarray
    states: np.ndarray
    factor: np.ndarray
    bias: np.ndarray


def _cell_of(inputs, states, bias, affine):
    """Quantizes one cell's float weights (gates * size, features) and (gates * size, size)."""
    greatest = np.maximum(_greatest(inputs), _greatest(states))
    scale = np.where(greatest > 0, LEVELS["int8"] / np.where(greatest > 0, greatest, 1), 1).astype("float32")
    inputs, states = (np.rint(part * scale[:, None]).astype("int8") for part in (inputs, states))
    # A byte stands for (byte - shift) / scale: what the shifts add to every sum goes into the bias.
    rows = (inputs.astype("int32").sum(axis=1) + states.astype("int32").sum(axis=1)).astype("float32")
    factor = 1 / (scale * affine.scale)
    return _Cell(inputs.T, states.T, factor, bias - rows * affine.shift * factor)


def _greatest(rows):
    """The greatest magnitude of each row; zero where rows are empty."""
    return np.max(np.abs(rows), axis=1, initial=0)


def _run(cell, data, state, memory, affine, reverse):
    """Steps through bytes (steps, batch, features); the outputs (steps, batch, size), the last state and cell state."""
    steps, batch, features = data.shape
    # one product for the inputs of all steps
    sums = _core._matmul_bytes(data.reshape(steps * batch, features), cell.inputs).reshape(steps, batch, len(cell.bias))
    outputs = [None] * steps
    for step in reversed(range(steps)) if reverse else range(steps):
        gates = (sums[step] + _core._matmul_bytes(affine.bytes_of(state), cell.states)) * cell.factor + cell.bias
        enter, forget, new, leave = np.split(gates, GATES, axis=1)
        memory = _sigmoid(forget) * memory + _sigmoid(enter) * np.tanh(new)
        state = _sigmoid(leave) * np.tanh(memory)
        outputs[step] = state
    size = state.shape[1]
    return np.stack(outputs) if steps else np.zeros((0, batch, size), "float32"), state, memory


def contrib_quantized_rnn(
    data,
    parameters,
    state,
    state_cell,
    data_scale,
    data_shift,
    state_size=None,
    num_layers=None,
    bidirectional=False,
    state_outputs=False,
    mode="lstm",
    p=0.0,
    projection_size=None,
    lstm_state_clip_min=None,
    lstm_state_clip_max=None,
    lstm_state_clip_nan=False,
    use_sequence_length=False,
):
    """Layers of long short-term memory over a quantized sequence; products of bytes, for prediction only.

    Parameters
    ----------
    data : ndarray
        uint8, of shape (steps, batch, features); a byte stands for `(byte - data_shift) / data_scale`.
    parameters : array_like
        float32, flat, laid out as for `npx.rnn`. The weights are quantized here, row by row; biases stay floats.
    state, state_cell : array_like
        float32, of shape (layers * directions, batch, state_size).
    data_scale, data_shift : array_like
        One number each. States pass from step to step, and outputs from layer to layer, as bytes of the same scale and
        shift, so these should cover the floats from -1 to 1 as well as the data.
    state_size, num_layers : int
    bidirectional : bool, optional
    state_outputs : bool, optional
        Whether the last states are returned too.
    mode : {'lstm'}, optional
    p : float, optional
        Taken for MXNet's sake; nothing is dropped when predicting.
    projection_size, lstm_state_clip_min, lstm_state_clip_max : None, optional
    lstm_state_clip_nan, use_sequence_length : False, optional
        Not offered for bytes, by MXNet neither.

    Returns
    -------
    ndarray or list of ndarray
        float32 outputs (steps, batch, directions * state_size); with `state_outputs` a list of them, the last states
        and the last cell states.

    Raises
    ------
    ValueError
        Another mode, a projection, clipping or sequence lengths, and shapes that do not fit.
    TypeError
        Data that are not uint8, other arrays that are not float32.

    Notes
    -----
    Quantization as in Bhandare et al., "Efficient 8-bit quantization of transformer neural machine language translation
    model" (2019), for weights per row; states as oneDNN's int8 LSTM.

    Examples
    --------
    >>> data = np.array([[[255, 128]], [[0, 192]]], dtype='uint8')
    >>> parameters = np.linspace(-1, 1, 4 * (2 + 1) + 8)
    >>> zero = np.zeros((1, 1, 1))
    >>> npx.contrib_quantized_rnn(data, parameters, zero, zero, 127.5, 128., state_size=1, num_layers=1).shape
    (2, 1, 1)
    """
    offered = projection_size is None and lstm_state_clip_min is None and lstm_state_clip_max is None
    if mode != "lstm" or not offered or lstm_state_clip_nan or use_sequence_length:
        raise MXNetValueError(
            f"{NAME}: only mode='lstm' exists, without projection, clipping and sequence lengths; npx.rnn has them all"
        )
    data = quantized_of(data, NAME, ("uint8",))
    layers, size, directions = _sizes(num_layers, state_size, bidirectional)
    if data.ndim != 3:
        raise MXNetValueError(f"{NAME}: data have the shape (steps, batch, features), not {data.shape}")
    affine = _affine_of(data_scale, data_shift)
    begin = [_floats(array, name, (layers * directions, data.shape[1], size)) for array, name in
             ((state, "state"), (state_cell, "state_cell"))]  # fmt: skip
    cells = _cells_of(parameters, data.shape[2], size, layers, directions, affine)
    states, memories, outputs = [], [], None
    for layer in range(layers):
        sides = []
        for direction in range(directions):
            place = layer * directions + direction
            cell = cells[place]
            side, last, memory = _run(cell, data, begin[0][place], begin[1][place], affine, reverse=direction == 1)
            sides.append(side)
            states.append(last)
            memories.append(memory)
        outputs = sides[0] if directions == 1 else np.concatenate(sides, axis=2)
        if layer + 1 < layers:
            data = affine.bytes_of(outputs)
    return [outputs, np.stack(states), np.stack(memories)] if state_outputs else outputs


def _sizes(layers, size, bidirectional):
    for number, what in ((layers, "num_layers"), (size, "state_size")):
        if not isinstance(number, int) or number < 1:
            raise MXNetValueError(f"{NAME}: {what} is a number of at least 1, not {number!r}")
    return layers, size, 2 if bidirectional else 1


def _affine_of(scale, shift):
    numbers = []
    for number, what in ((scale, "data_scale"), (shift, "data_shift")):
        if number is None or np.size(number) != 1:
            raise MXNetValueError(
                f"{NAME}: {what} is one number, not {np.shape(number) if number is not None else None}"
            )
        numbers.append(float(np.array(number, dtype="float32").reshape(())))
    if not 0 < numbers[0] < float("inf") or not abs(numbers[1]) < float("inf"):
        raise MXNetValueError(
            f"{NAME}: data_scale is above zero and both are finite, not {numbers[0]} and {numbers[1]}"
        )
    return _Affine(*numbers)


def _floats(array, what, shape):
    array = array if isinstance(array, np.ndarray) else np.array(array)
    if array.dtype != "float32":
        raise MXNetTypeError(f"{NAME}: {what} is of dtype float32, not {array.dtype}")
    if array.shape != shape:
        raise MXNetValueError(f"{NAME}: {what} has the shape {shape}, not {array.shape}")
    return array


def _cells_of(parameters, features, size, layers, directions, affine):
    """The cells, layer by layer and direction by direction, out of the flat parameters."""
    rows = GATES * size
    widths = [features if layer == 0 else directions * size for layer in range(layers) for _ in range(directions)]
    total = sum(rows * (width + size + 2) for width in widths)
    parameters = _floats(parameters, "parameters", (total,))
    cells, weight, bias = [], 0, total - len(widths) * rows * 2
    for width in widths:
        inputs = parameters[weight : weight + rows * width].reshape(rows, width)
        weight += rows * width
        states = parameters[weight : weight + rows * size].reshape(rows, size)
        weight += rows * size
        both = parameters[bias : bias + rows] + parameters[bias + rows : bias + 2 * rows]
        bias += 2 * rows
        cells.append(_cell_of(inputs, states, both, affine))
    return cells
