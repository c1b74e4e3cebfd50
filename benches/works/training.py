"""Whole training steps against PyTorch's eager ones: forward, backward, update by plain gradient descent."""

from __future__ import annotations

import numpy

from works import Routine, need, normal

PEERS = ("torch",)
RATE = 0.001


def images(batch, *shape):
    def make():
        return {"x": normal(batch, *shape), "label": numpy.random.default_rng(1).integers(0, 10, batch)}

    return make


# Ours. A model is a function of a list of parameters, which `Parameters` makes while it runs for the first time.


class Parameters:
    """Hands out parameters in the order of use: makes them in the first run, repeats them in later ones."""

    def __init__(self, np):
        self.np, self._made, self.all, self.place = np, [], [], 0
        self.generator = numpy.random.default_rng(0)

    def start(self):
        self.place = 0

    def _next(self, make, wants_gradient=True):
        if self.place == len(self._made):
            self._made.append(self.np.array(make().astype("float32")))
            if wants_gradient:
                self._made[-1].attach_grad()
                self.all.append(self._made[-1])
        self.place += 1
        return self._made[self.place - 1]

    def weight(self, *shape):
        spread = (2 / numpy.prod(shape[1:])) ** 0.5
        return self._next(lambda: self.generator.standard_normal(shape) * spread)

    def zeros(self, *shape):
        return self._next(lambda: numpy.zeros(shape))

    def ones(self, *shape):
        return self._next(lambda: numpy.ones(shape))

    def statistics(self, size):
        """Running mean and variance, which the normalisation itself renews."""
        return self._next(lambda: numpy.zeros(size), False), self._next(lambda: numpy.ones(size), False)


def step_ours(model, loss):
    """`model(npx, parameters, x)` gives the output, `loss(npx, output, label)` the number to lower."""

    def build(x, label):
        from mxnet import autograd, np, npx

        parameters = Parameters(np)
        model(npx, parameters, x)

        def call():
            parameters.start()
            with autograd.record():
                value = loss(npx, model(npx, parameters, x), label)
            value.backward()
            for parameter in parameters.all:
                parameter -= RATE * parameter.grad
            return [value, *parameters.all]

        return call

    return build


def entropy_ours(npx, output, label):
    return npx.softmax_cross_entropy(output, label, reduction="mean")


def square_ours(npx, output, label):
    return (output * output).mean()


def dense(npx, p, x, inputs, outputs, flatten=True):
    weight, bias = p.weight(outputs, inputs), p.zeros(outputs)
    return npx.fully_connected(x, weight, bias, num_hidden=outputs, no_bias=False, flatten=flatten)


def mlp_ours(npx, p, x):
    x = npx.relu(dense(npx, p, x, 784, 256))
    x = npx.relu(dense(npx, p, x, 256, 128))
    return dense(npx, p, x, 128, 10)


def lenet_ours(npx, p, x):
    for inputs, outputs, pad in ((1, 6, 2), (6, 16, 0)):
        weight, bias = p.weight(outputs, inputs, 5, 5), p.zeros(outputs)
        x = npx.relu(npx.convolution(x, weight, bias, kernel=(5, 5), pad=(pad, pad), num_filter=outputs))
        x = npx.pooling(x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = npx.relu(dense(npx, p, x, 400, 120))
    x = npx.relu(dense(npx, p, x, 120, 84))
    return dense(npx, p, x, 84, 10)


def convolved(npx, p, x, outputs, window, stride):
    """A convolution without bias, and its normalisation."""
    weight = p.weight(outputs, x.shape[1], window, window)
    pad = window // 2
    x = npx.convolution(
        x,
        weight,
        kernel=(window, window),
        stride=(stride, stride),
        pad=(pad, pad),
        num_filter=outputs,
        no_bias=True,
    )
    return npx.batch_norm(x, p.ones(outputs), p.zeros(outputs), *p.statistics(outputs), eps=1e-5, fix_gamma=False)


def resnet_ours(npx, p, x):
    x = npx.relu(convolved(npx, p, x, 64, 3, 1))
    for stage, width in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if stage and not block else 1
            shortcut = convolved(npx, p, x, width, 1, stride) if stride == 2 else x
            inner = npx.relu(convolved(npx, p, x, width, 3, stride))
            x = npx.relu(convolved(npx, p, inner, width, 3, 1) + shortcut)
    x = npx.pooling(x, global_pool=True, pool_type="avg", kernel=(1, 1))
    return dense(npx, p, x, 512, 10)


TEXTS, LENGTH, WIDTH, HEADS, INNER = 8, 128, 512, 8, 2048


def encoder_ours(npx, p, x):
    qkv = dense(npx, p, x, WIDTH, 3 * WIDTH, flatten=False)
    qkv = qkv.reshape(TEXTS, LENGTH, 3, HEADS, WIDTH // HEADS).transpose(2, 0, 3, 1, 4)
    seen = npx.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
    seen = seen.transpose(0, 2, 1, 3).reshape(TEXTS, LENGTH, WIDTH)
    x = npx.layer_norm(x + dense(npx, p, seen, WIDTH, WIDTH, flatten=False), p.ones(WIDTH), p.zeros(WIDTH), axis=-1)
    inner = npx.gelu(dense(npx, p, x, WIDTH, INNER, flatten=False))
    return npx.layer_norm(x + dense(npx, p, inner, INNER, WIDTH, flatten=False), p.ones(WIDTH), p.zeros(WIDTH), axis=-1)


# PyTorch's, of its own modules and its own optimizer.


def step_torch(model, loss):
    def build(x, label):
        import torch

        network = model(torch.nn)
        network.train()
        optimizer = torch.optim.SGD(network.parameters(), lr=RATE)

        def call():
            optimizer.zero_grad()
            value = loss(torch.nn.functional, network(x), label)
            value.backward()
            optimizer.step()
            return value

        return call

    return build


def entropy_torch(functional, output, label):
    return functional.cross_entropy(output, label)


def square_torch(functional, output, label):
    return (output * output).mean()


def mlp_torch(nn):
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))


def lenet_torch(nn):
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def resnet_torch(nn):
    def convolved(inputs, outputs, window, stride):
        convolution = nn.Conv2d(inputs, outputs, window, stride, window // 2, bias=False)
        return nn.Sequential(convolution, nn.BatchNorm2d(outputs))

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first, self.second = convolved(inputs, outputs, 3, stride), convolved(outputs, outputs, 3, 1)
            self.shortcut = convolved(inputs, outputs, 1, stride) if stride == 2 else nn.Identity()

        def forward(self, x):
            inner = nn.functional.relu(self.first(x))
            return nn.functional.relu(self.second(inner) + self.shortcut(x))

    layers = [convolved(3, 64, 3, 1), nn.ReLU()]
    inputs = 64
    for stage, width in enumerate((64, 128, 256, 512)):
        for block in range(2):
            layers.append(Block(inputs, width, 2 if stage and not block else 1))
            inputs = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def encoder_torch(nn):
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.widen, self.narrow = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
            self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])

        def forward(self, x):
            qkv = self.qkv(x).reshape(TEXTS, LENGTH, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
            seen = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
            x = self.norms[0](x + self.out(seen.transpose(1, 2).reshape(TEXTS, LENGTH, WIDTH)))
            return self.norms[1](x + self.narrow(nn.functional.gelu(self.widen(x))))

    return Encoder()


# A chain of tiny operators: what recording costs.


def tiny():
    return {"x": normal(10)}


def chain(x):
    y = x
    for _ in range(50):
        y = y * 1.01
        y = y + 0.1
    return y


def chain_ours(x):
    from mxnet import autograd

    x.attach_grad()

    def call():
        with autograd.record():
            y = chain(x)
        y.backward()
        return x.grad

    return call


def chain_torch(x):
    import torch

    x.requires_grad_()
    head = torch.ones(10)

    def call():
        x.grad = None
        chain(x).backward(head)
        return x.grad

    return call


#: name -> (inputs, our model, PyTorch's, our loss, PyTorch's, how much faster we must be)
MODELS = {
    "MLP 784-256-128-10, batch 64": (images(64, 784), mlp_ours, mlp_torch, entropy_ours, entropy_torch, 1.5),
    "LeNet, batch 64": (images(64, 1, 28, 28), lenet_ours, lenet_torch, entropy_ours, entropy_torch, 1),
    "ResNet-18, 32x32, batch 32": (images(32, 3, 32, 32), resnet_ours, resnet_torch, entropy_ours, entropy_torch, 1),
    f"transformer encoder block, {TEXTS}x{LENGTH}x{WIDTH}": (
        images(TEXTS, LENGTH, WIDTH),
        encoder_ours,
        encoder_torch,
        square_ours,
        square_torch,
        1,
    ),
}

WORKS = [
    Routine(
        "100 chained operators on 10 elements, with backward",
        tiny,
        {"mxnet": chain_ours, "torch": chain_torch},
        (need(2, "torch"),),
        gradients=True,
    ),
    *(
        Routine(
            name,
            inputs,
            {"mxnet": step_ours(ours, our_loss), "torch": step_torch(torch, torch_loss)},
            (need(ratio, "torch"),),
            gradients=True,
        )
        for name, (inputs, ours, torch, our_loss, torch_loss, ratio) in MODELS.items()
    ),
]
