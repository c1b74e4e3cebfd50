"""Handwritten digits, read by a small neural network: `np` and `autograd`, and nothing else.

Run it with `make demo`. The data are the 1797 scanned digits that scikit-learn ships. A quarter of them is held
out, never seen in training, and used once, at the end. The picture shows how training went, and the held-out
digits of which the network was least sure; every array goes to matplotlib as it is.
"""

import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # a picture in a file, no window
import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from tqdm import tqdm

from mxnet import autograd, np, npx

npx.set_np()  # scripts for MXNet begin with this line; here it is allowed, not needed

EPOCHS = 60
BATCH = 64
LEARNING_RATE = 0.003
PICTURE = Path("demo-output/digits.png")


def load_data():
    """Images as rows of 64 numbers from 0 to 1, and labels; shuffled, then split into training and held-out data."""
    digits = load_digits()
    images = np.array(digits.data / 16, dtype="float32")
    labels = np.array(digits.target, dtype="int32")

    order = np.random.permutation(len(images))
    images, labels = images[order], labels[order]
    held_out = len(images) // 4
    return images[held_out:], labels[held_out:], images[:held_out], labels[:held_out]


def dense(inputs, outputs):
    """The weights and the bias of one layer, ready to collect gradients."""
    weights = np.random.normal(0, (2 / inputs) ** 0.5, size=(inputs, outputs))
    bias = np.zeros(outputs)
    for parameter in (weights, bias):
        parameter.attach_grad()
    return weights, bias


def score(images, layers):
    """One score per image and digit; the largest is the network's answer."""
    (weights1, bias1), (weights2, bias2) = layers
    hidden = np.maximum(images @ weights1 + bias1, 0)
    return hidden @ weights2 + bias2


def cross_entropy(scores, labels):
    """Mean surprise, in nats, at the right answers."""
    shifted = scores - scores.max(axis=1, keepdims=True)  # exp cannot overflow below zero
    log_total = np.log(np.exp(shifted).sum(axis=1))
    rows = np.arange(len(labels), dtype="int64")
    return (log_total - shifted[rows, labels]).mean()


class Adam:
    """Kingma and Ba's optimizer: steps sized by running means of each gradient and of its square."""

    def __init__(self, parameters, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.parameters = parameters
        self.learning_rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
        self.means = [np.zeros_like(parameter) for parameter in parameters]
        self.squares = [np.zeros_like(parameter) for parameter in parameters]
        self.steps = 0

    def step(self):
        """Move every parameter down its gradient, in place; each update runs as one fused pass."""
        self.steps += 1
        unbias_mean = 1 - self.beta1**self.steps
        unbias_square = 1 - self.beta2**self.steps
        for parameter, mean, square in zip(self.parameters, self.means, self.squares, strict=True):
            gradient = parameter.grad
            mean[:] = self.beta1 * mean + (1 - self.beta1) * gradient
            square[:] = self.beta2 * square + (1 - self.beta2) * gradient**2
            direction = (mean / unbias_mean) / (np.sqrt(square / unbias_square) + self.epsilon)
            parameter[:] = parameter - self.learning_rate * direction


def train(images, labels, layers):
    """Fit the layers to the training data; returns the mean loss of each epoch."""
    optimizer = Adam([parameter for layer in layers for parameter in layer], LEARNING_RATE)
    losses = []
    with tqdm(range(EPOCHS), desc="training", unit="epoch") as progress:
        for _ in progress:
            order = np.random.permutation(len(images))
            total = 0.0
            for start in range(0, len(images), BATCH):
                chosen = order[start : start + BATCH]
                with autograd.record():
                    loss = cross_entropy(score(images[chosen], layers), labels[chosen])
                loss.backward()
                optimizer.step()
                total += float(loss) * len(chosen)
            losses.append(total / len(images))
            progress.set_postfix(loss=f"{losses[-1]:.4f}")
    return np.array(losses)


def probabilities(images, layers):
    """What the network believes about each image: ten numbers that sum to 1."""
    scores = score(images, layers)
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def draw(losses, images, labels, beliefs):
    """Save the loss curve, and the 40 held-out digits with the least certain answers."""
    answers = beliefs.argmax(axis=1)
    unsure = np.argsort(beliefs.max(axis=1))[:40]

    figure = plt.figure(figsize=(13, 5.5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(2, 3))

    axes = left.subplots()
    axes.plot(np.arange(1, len(losses) + 1), losses)
    axes.set(title="Training", xlabel="epoch", ylabel="cross entropy (nats)", yscale="log")
    axes.grid(alpha=0.3)

    right.suptitle("Held-out digits it is least sure of: answer, certainty (red: wrong)")
    for axes, index in zip(right.subplots(5, 8).flat, unsure, strict=True):
        right_answer = answers[index] == labels[index]
        axes.imshow(images[index].reshape(8, 8), cmap="gray_r")
        axes.set_title(
            f"{int(answers[index])}, {float(beliefs[index].max()):.0%}",
            color="tab:green" if right_answer else "tab:red",
            fontsize=9,
        )
        axes.axis("off")

    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=110)


def main():
    np.random.seed(7)
    train_images, train_labels, test_images, test_labels = load_data()
    layers = [dense(64, 128), dense(128, 10)]

    start = time.perf_counter()
    losses = train(train_images, train_labels, layers)
    seconds = time.perf_counter() - start

    beliefs = probabilities(test_images, layers)
    right = beliefs.argmax(axis=1) == test_labels
    draw(losses, test_images, test_labels, beliefs)

    steps = EPOCHS * -(-len(train_images) // BATCH)
    print(f"trained on {len(train_images)} digits: {steps} steps in {seconds:.1f} s")
    print(f"test accuracy: {float(right.mean()):.2%} ({int(right.sum())} of {len(right)} held-out digits)")
    print(f"picture: {PICTURE.resolve()}")


if __name__ == "__main__":
    main()
