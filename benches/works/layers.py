"""Layers of neural networks against PyTorch's eager ones: forward, and forward with backward.

Both sides get the same arrays, the same head gradient, and make gradients of every floating input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy

from works import Median, Routine, need, normal, positive

PEERS = ("torch",)


@dataclass(frozen=True)
class Layer:
    """`ours(np, npx, **arrays)` and `torch(torch, functional, **arrays)` compute the same output."""

    name: str
    inputs: Callable
    ours: Callable
    torch: Callable
    #: 1 / 1.2: within 1.2x of PyTorch; 1.3: that much faster; 1: not slower
    ratio: float
    #: whether the layer behaves differently while training, and is to be measured so
    training: bool = False


def forward_ours(layer):
    def build(**arrays):
        from mxnet import autograd, np, npx

        def call():
            return layer.ours(np, npx, **arrays)

        def training():
            with autograd.train_mode():
                return layer.ours(np, npx, **arrays)

        return training if layer.training else call

    return build


def backward_ours(layer):
    def build(**arrays):
        from mxnet import autograd, np, npx

        wanting = [array for array in arrays.values() if array.dtype.kind == "f"]
        for array in wanting:
            array.attach_grad()
        head = np.array(normal(*layer.ours(np, npx, **arrays).shape, seed=9))

        def call():
            with autograd.record():
                output = layer.ours(np, npx, **arrays)
            output.backward(head)
            return [output, *(array.grad for array in wanting)]

        return call

    return build


def forward_torch(layer):
    def build(**arrays):
        import torch

        return lambda: layer.torch(torch, torch.nn.functional, **arrays)

    return build


def backward_torch(layer):
    def build(**arrays):
        import torch

        wanting = [array for array in arrays.values() if array.dtype.is_floating_point]
        for array in wanting:
            array.requires_grad_()
        head = torch.from_numpy(normal(*layer.torch(torch, torch.nn.functional, **arrays).shape, seed=9))

        def call():
            for array in wanting:
                array.grad = None
            output = layer.torch(torch, torch.nn.functional, **arrays)
            output.backward(head)
            return [output, *(array.grad for array in wanting)]

        return call

    return build


# Products and windows.


def arrays(**shapes):
    """A normal array for each name; the seeds count upwards."""
    return lambda: {name: normal(*shape, seed=seed) * 0.3 for seed, (name, shape) in enumerate(shapes.items())}


def convolution(name, x, filters, window, **options):
    """Of the data shape `x`; `options` as PyTorch names them: stride, padding, groups."""
    stride, padding, groups = (options.get(key, usual) for key, usual in (("stride", 1), ("padding", 0), ("groups", 1)))

    def ours(np, npx, x, weight, bias):
        return npx.convolution(
            x,
            weight,
            bias,
            kernel=(window, window),
            stride=(stride, stride),
            pad=(padding, padding),
            num_filter=filters,
            num_group=groups,
        )

    def torch(torch, functional, x, weight, bias):
        return functional.conv2d(x, weight, bias, stride=stride, padding=padding, groups=groups)

    shapes = arrays(x=x, weight=(filters, x[1] // groups, window, window), bias=(filters,))
    return Layer(name, shapes, ours, torch, 1 / 1.2)


def pooling(name, kind, window, stride, padding):
    def ours(np, npx, x):
        return npx.pooling(
            x,
            kernel=(window, window),
            stride=(stride, stride),
            pad=(padding, padding),
            pool_type=kind,
        )

    def torch(torch, functional, x):
        pool = functional.max_pool2d if kind == "max" else functional.avg_pool2d
        return pool(x, window, stride, padding)

    return Layer(name, arrays(x=(8, 64, 56, 56)), ours, torch, 1 / 1.2)


def deconvolution(name, x, filters, window, stride, padding):
    def ours(np, npx, x, weight, bias):
        return npx.deconvolution(
            x,
            weight,
            bias,
            kernel=(window, window),
            stride=(stride, stride),
            pad=(padding, padding),
            num_filter=filters,
            no_bias=False,
        )

    def torch(torch, functional, x, weight, bias):
        return functional.conv_transpose2d(x, weight, bias, stride=stride, padding=padding)

    return Layer(name, arrays(x=x, weight=(x[1], filters, window, window), bias=(filters,)), ours, torch, 1 / 1.2)


PRODUCTS = [
    Layer(
        "fully_connected 64x784->256",
        arrays(x=(64, 784), weight=(256, 784), bias=(256,)),
        lambda np, npx, x, weight, bias: npx.fully_connected(x, weight, bias, num_hidden=256, no_bias=False),
        lambda torch, functional, x, weight, bias: functional.linear(x, weight, bias),
        1 / 1.2,
    ),
    convolution("convolution 3x3, 8x64x56x56->64", (8, 64, 56, 56), 64, 3, padding=1),
    convolution("convolution 1x1, 8x64x56x56->64", (8, 64, 56, 56), 64, 1),
    convolution("convolution 7x7 stride 2, 8x3x224x224->64", (8, 3, 224, 224), 64, 7, stride=2, padding=3),
    convolution("convolution 3x3 depthwise, 8x64x56x56", (8, 64, 56, 56), 64, 3, padding=1, groups=64),
    pooling("pooling max 2x2, 8x64x56x56", "max", 2, 2, 0),
    pooling("pooling max 3x3 stride 2, 8x64x56x56", "max", 3, 2, 1),
    pooling("pooling avg 2x2, 8x64x56x56", "avg", 2, 2, 0),
    deconvolution("deconvolution 4x4 stride 2, 8x64x28x28->64", (8, 64, 28, 28), 64, 4, 2, 1),
]

# Along rows and elementwise.


def normalised(np, npx, x, gamma, beta):
    # Running statistics have to be arrays, and take part in no gradient.
    channels = len(gamma)
    mean, variance = np.zeros(channels), np.ones(channels)
    return npx.batch_norm(x, gamma, beta, mean, variance, eps=1e-5, fix_gamma=False)


def normalised_torch(torch, functional, x, gamma, beta):
    channels = len(gamma)
    mean, variance = torch.zeros(channels), torch.ones(channels)
    return functional.batch_norm(x, mean, variance, gamma, beta, training=True, momentum=0.1)


def table():
    generator = numpy.random.default_rng(0)
    return {"index": generator.integers(0, 10_000, (32, 128)), "weight": normal(10_000, 256)}


def scores(batch, kinds):
    def make():
        return {"x": normal(batch, kinds), "label": numpy.random.default_rng(1).integers(0, kinds, batch)}

    return make


def cross_entropy(batch, kinds):
    return Layer(
        f"cross-entropy, {batch}x{kinds}",
        scores(batch, kinds),
        lambda np, npx, x, label: npx.softmax_cross_entropy(x, label, reduction="mean"),
        lambda torch, functional, x, label: functional.cross_entropy(x, label),
        1.3,
    )


def along_rows(name, shape):
    """A function of the last axis that both sides name alike."""
    return Layer(
        f"{name}, {'x'.join(map(str, shape))}",
        arrays(x=shape),
        lambda np, npx, x: getattr(npx, name)(x, axis=-1),
        lambda torch, functional, x: getattr(functional, name)(x, -1),
        1.3,
    )


ROWS = [
    along_rows("softmax", (1024, 1000)),
    along_rows("softmax", (64, 8, 128, 128)),
    along_rows("log_softmax", (1024, 1000)),
    Layer(
        "layer_norm, 32x128x512",
        lambda: {"x": normal(32, 128, 512), "gamma": positive(512), "beta": normal(512)},
        lambda np, npx, x, gamma, beta: npx.layer_norm(x, gamma, beta, axis=-1, eps=1e-5),
        lambda torch, functional, x, gamma, beta: functional.layer_norm(x, (512,), gamma, beta, 1e-5),
        1.3,
    ),
    Layer(
        "batch_norm, 8x64x56x56",
        lambda: {"x": normal(8, 64, 56, 56), "gamma": positive(64), "beta": normal(64)},
        normalised,
        normalised_torch,
        1.3,
        training=True,
    ),
    Layer(
        "gelu, 32x128x512",
        arrays(x=(32, 128, 512)),
        lambda np, npx, x: npx.gelu(x),
        lambda torch, functional, x: functional.gelu(x),
        1.3,
    ),
    Layer(
        "dropout, 32x128x512",
        arrays(x=(32, 128, 512)),
        lambda np, npx, x: npx.dropout(x, p=0.3),
        lambda torch, functional, x: functional.dropout(x, 0.3),
        1.3,
        training=True,
    ),
    Layer(
        "embedding, 32x128 of 10000x256",
        table,
        lambda np, npx, index, weight: npx.embedding(index, weight, input_dim=10_000, output_dim=256),
        lambda torch, functional, index, weight: functional.embedding(index, weight),
        1.3,
    ),
    cross_entropy(64, 10),
    cross_entropy(1024, 1000),
    Layer(
        "attention, 8x8x256x64",
        lambda: {name: normal(8, 8, 256, 64, seed=seed) for seed, name in enumerate(("query", "key", "value"))},
        lambda np, npx, query, key, value: npx.scaled_dot_product_attention(query, key, value),
        lambda torch, functional, query, key, value: functional.scaled_dot_product_attention(query, key, value),
        1,
    ),
    Layer(
        "attention, causal, 8x8x256x64",
        lambda: {name: normal(8, 8, 256, 64, seed=seed) for seed, name in enumerate(("query", "key", "value"))},
        lambda np, npx, query, key, value: npx.scaled_dot_product_attention(query, key, value, is_causal=True),
        lambda torch, functional, query, key, value: functional.scaled_dot_product_attention(
            query, key, value, is_causal=True
        ),
        1,
    ),
]

# Recurrent.

STEPS, BATCH, WIDTH = 35, 32, 256
GATES = {"lstm": 4, "gru": 3}


def recurrent(mode):
    """One layer whose input is as wide as its state. The parameters are one vector, as npx wants them."""
    gates = GATES[mode]
    count = gates * WIDTH * (2 * WIDTH + 2)

    def inputs():
        return {
            "x": normal(STEPS, BATCH, WIDTH),
            "parameters": normal(count, seed=1) * 0.06,
            "state": numpy.zeros((1, BATCH, WIDTH), "float32"),
        }

    def ours(np, npx, x, parameters, state):
        cell = {"state_cell": state} if mode == "lstm" else {}
        return npx.rnn(x, parameters, state, mode=mode, state_size=WIDTH, num_layers=1, **cell)

    def torch(torch, functional, x, parameters, state):
        square, run = gates * WIDTH * WIDTH, gates * WIDTH
        parts = parameters.split([square, square, run, run])
        weights = [parts[0].view(run, WIDTH), parts[1].view(run, WIDTH), parts[2], parts[3]]
        options = (True, 1, 0.0, False, False, False)  # biases, layers, dropout, training, both ways, batch first
        if mode == "lstm":
            return torch.lstm(x, (state, state), weights, *options)[0]
        return torch.gru(x, state, weights, *options)[0]

    return Layer(f"{mode}, T {STEPS}, B {BATCH}, H {WIDTH}", inputs, ours, torch, 1)


LAYERS = [*PRODUCTS, *ROWS, recurrent("lstm"), recurrent("gru")]


def rows(layer):
    needs = (need(layer.ratio, "torch"),)
    return [
        Routine(
            f"{layer.name}; forward",
            layer.inputs,
            {"mxnet": forward_ours(layer), "torch": forward_torch(layer)},
            needs,
        ),
        Routine(
            f"{layer.name}; with backward",
            layer.inputs,
            {"mxnet": backward_ours(layer), "torch": backward_torch(layer)},
            needs,
            gradients=True,
        ),
    ]


WORKS = [
    *(row for layer in LAYERS for row in rows(layer)),
    Median(
        "median of products and windows",
        ("fully_connected", "convolution", "pooling", "deconvolution"),
        (need(1, "torch"),),
    ),
]
