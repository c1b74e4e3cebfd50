"""LeCun's convolutional network on handwritten digits: two convolutions, two poolings, three dense layers.

    python examples/lenet.py [--quick]

The 1797 digits of scikit-learn have 8 by 8 pixels, so the windows are smaller than in 1998. Images are shifted by up
to a pixel while training. A quarter is held out and read once, at the end. The picture shows the loss, what the first
layer looks for, and which digits are taken for which.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
from _training import Adam, handwritten_digits, options, ready, save_picture, scaled
from tqdm import tqdm

from mxnet import autograd, np, npx

BATCH = 64


class LeNet:
    """Scores of ten classes for images of shape (n, 1, 8, 8)."""

    def __init__(self):
        self.convolutions = [
            ready(1.5 * scaled(16, 1, 5, 5), np.zeros(16)),
            ready(1.5 * scaled(32, 16, 3, 3), np.zeros(32)),
        ]
        sizes = (32 * 2 * 2, 120, 84, 10)
        self.dense = [ready(1.5 * scaled(b, a), np.zeros(b)) for a, b in pairwise(sizes)]
        self.parameters = [parameter for layer in self.convolutions + self.dense for parameter in layer]

    def __call__(self, images):
        signal = images
        for weight, bias in self.convolutions:
            kernel = weight.shape[2:]
            pad = tuple(length // 2 for length in kernel)
            signal = npx.convolution(signal, weight, bias, kernel=kernel, pad=pad, num_filter=len(bias))
            signal = npx.pooling(npx.relu(signal), kernel=(2, 2), stride=(2, 2), pool_type="max")
        for number, (weight, bias) in enumerate(self.dense):
            signal = npx.relu(signal) if number else signal
            signal = npx.fully_connected(signal, weight, bias, num_hidden=len(bias), no_bias=False)
        return signal


def shifted(images):
    """Each batch moved by up to one pixel down and right, or not at all."""
    down, right = (int(step) for step in np.random.randint(0, 3, size=2))
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return padded[:, :, down : down + 8, right : right + 8]


def train(model, images, labels, epochs):
    """Fit; returns the mean loss of each epoch."""
    batches = -(-len(images) // BATCH)
    optimizer = Adam(model.parameters, 0.003, total_steps=epochs * batches)
    losses = []
    with tqdm(range(epochs), desc="lenet", unit="epoch") as progress:
        for _ in progress:
            order = np.random.permutation(len(images))
            total = 0.0
            for start in range(0, len(order), BATCH):
                chosen = order[start : start + BATCH]
                with autograd.record():
                    loss = npx.softmax_cross_entropy(model(shifted(images[chosen])), labels[chosen], reduction="mean")
                loss.backward()
                optimizer.step()
                total += float(loss) * len(chosen)
            losses.append(total / len(images))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
    return np.array(losses)


def confusion(answers, labels):
    """How often each digit (row) was taken for each digit (column)."""
    pairs = labels.astype("int64") * 10 + answers.astype("int64")
    return np.bincount(pairs, minlength=100).reshape(10, 10)


def draw(losses, filters, table):
    figure = plt.figure(figsize=(14, 4.5), layout="constrained")
    left, middle, right = figure.subfigures(1, 3)
    axes = left.subplots()
    axes.plot(np.arange(1, len(losses) + 1), losses)
    axes.set(title="Training", xlabel="epoch", ylabel="cross entropy (nats)", yscale="log")
    axes.grid(alpha=0.3)
    middle.suptitle("Filters of the first layer")
    for axes, image in zip(middle.subplots(4, 4).flat, filters[:, 0], strict=True):
        axes.imshow(image, cmap="RdBu")
        axes.axis("off")
    axes = right.subplots()
    axes.imshow(np.log1p(table), cmap="Blues")
    axes.set(title="Held-out digits", xlabel="answer", ylabel="digit", xticks=np.arange(10), yticks=np.arange(10))
    for row, column in zip(*np.nonzero(table), strict=True):
        color = "white" if row == column else "black"
        axes.text(int(column), int(row), int(table[int(row), int(column)]), ha="center", va="center", color=color)
    return figure


def main():
    chosen = options(__file__, __doc__)
    images, labels, held_out, held_out_labels = handwritten_digits()
    images, held_out = np.expand_dims(images, 1), np.expand_dims(held_out, 1)
    model = LeNet()
    losses = train(model, images, labels, epochs=3 if chosen.quick else 40)

    answers = model(held_out).argmax(axis=1)
    right = answers == held_out_labels
    print(f"held-out accuracy: {float(right.mean()):.2%} ({int(right.sum())} of {len(right)} digits)")
    save_picture(draw(losses, model.parameters[0], confusion(answers, held_out_labels)), chosen.picture)


if __name__ == "__main__":
    main()
