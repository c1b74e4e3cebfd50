"""What the examples share: their options, the data, the optimizer, and where the picture goes.

Imported by the scripts beside it, which run as `python examples/NAME.py`. Models stand in the scripts; this file knows
none of them.
"""

import argparse
import math
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # a picture in a file, no window

from mxnet import np


def options(script, about):
    """The command line of an example: `script` is its file, `about` its docstring."""
    name = Path(script).stem
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="train for seconds only, to see that it works")
    parser.add_argument("--picture", type=Path, default=Path(f"demo-output/{name}.png"), help="where the plot goes")
    parser.add_argument("--seed", type=int, default=7, help="of every random number (default: 7)")
    chosen = parser.parse_args()
    np.random.seed(chosen.seed)
    return chosen


def save_picture(figure, path):
    """Write the figure, and say where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    print(f"picture: {path.resolve()}")


# Data.


def split(features, labels, share=0.25):
    """Shuffled rows, parted into training and held-out ones: features, labels, held-out features, held-out labels."""
    order = np.random.permutation(len(features))
    features, labels = features[order], labels[order]
    held_out = int(len(features) * share)
    return features[held_out:], labels[held_out:], features[:held_out], labels[:held_out]


def handwritten_digits():
    """The 1797 scanned digits of scikit-learn, 8 by 8 grey values from 0 to 1, as `split` parts them."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    return split(np.array(digits.images / 16, dtype="float32"), np.array(digits.target, dtype="int32"))


def python_manual():
    """The help texts that come with every Python, some 460 000 characters: (training texts, held-out texts).

    Every tenth topic is held out, whole, so that no sentence stands on both sides.
    """
    from pydoc_data.topics import topics

    texts = [topics[name] for name in sorted(topics)]
    return [text for number, text in enumerate(texts) if number % 10 != 3], texts[3::10]


class Characters:
    """The characters of the training texts as numbers; the rare ones share the number 0."""

    def __init__(self, texts, at_least=20):
        joined = "".join(texts)
        self.known = sorted(letter for letter in set(joined) if joined.count(letter) >= at_least)
        self.numbers = {letter: number for number, letter in enumerate(self.known, 1)}

    def __len__(self):
        return len(self.known) + 1

    def encode(self, text):
        return np.array([self.numbers.get(letter, 0) for letter in text], dtype="int32")

    def decode(self, numbers):
        return "".join("�" if number == 0 else self.known[number - 1] for number in numbers)


def windows(numbers, batch, length):
    """Random pieces of a text: (what is read, what comes next), each of shape (batch, length)."""
    starts = np.random.randint(0, len(numbers) - length - 1, size=(batch, 1), dtype="int64")
    places = starts + np.arange(length + 1, dtype="int64")
    pieces = numbers[places]
    return pieces[:, :-1], pieces[:, 1:]


def every_window(numbers, length):
    """The whole text in pieces, once: (what is read, what comes next), each of shape (pieces, length)."""
    pieces = (len(numbers) - 1) // length
    read, following = numbers[: pieces * length], numbers[1 : pieces * length + 1]
    return read.reshape(pieces, length), following.reshape(pieces, length)


def bits_of_counting(numbers, held_out, kinds):
    """What counting pairs achieves on the held-out text, in bits per character: the figure that a network must beat.

    The chance of a character after another one is its share in the training text, with one count added to every pair.
    """
    counts = np.bincount(numbers[:-1].astype("int64") * kinds + numbers[1:], minlength=kinds * kinds)
    chances = (counts.reshape(kinds, kinds) + 1).astype("float32")
    chances = chances / chances.sum(axis=1, keepdims=True)
    return float(-np.log2(chances[held_out[:-1], held_out[1:]]).mean())


# Training.


def ready(*parameters):
    """The parameters, prepared to collect gradients."""
    for parameter in parameters:
        parameter.attach_grad()
    return list(parameters)


def scaled(*shape, inputs=None):
    """Normal random weights, scaled so that a layer with this many inputs keeps the size of its signals."""
    inputs = inputs or math.prod(shape[1:])
    return np.random.normal(0, inputs**-0.5, size=shape)


class Adam:
    """Kingma and Ba's optimizer: steps sized by running means of each gradient and of its square.

    With `total_steps` the learning rate rises over the first steps and then falls to zero along a cosine.
    """

    def __init__(self, parameters, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.0, total_steps=None):
        self.parameters = parameters
        self.learning_rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
        self.decay, self.total_steps = decay, total_steps
        self.means = [np.zeros_like(parameter) for parameter in parameters]
        self.squares = [np.zeros_like(parameter) for parameter in parameters]
        self.steps = 0

    def rate(self):
        """The learning rate of the present step."""
        if self.total_steps is None:
            return self.learning_rate
        warm = min(1.0, self.steps / (1 + self.total_steps // 20))
        return self.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * self.steps / self.total_steps))

    def step(self):
        """Move every parameter down its gradient, in place; each update runs as one fused pass."""
        self.steps += 1
        unbias_mean = 1 - self.beta1**self.steps
        unbias_square = 1 - self.beta2**self.steps
        rate = self.rate()
        for parameter, mean, square in zip(self.parameters, self.means, self.squares, strict=True):
            gradient = parameter.grad
            mean[:] = self.beta1 * mean + (1 - self.beta1) * gradient
            square[:] = self.beta2 * square + (1 - self.beta2) * gradient**2
            direction = (mean / unbias_mean) / (np.sqrt(square / unbias_square) + self.epsilon)
            parameter[:] = parameter - rate * (direction + self.decay * parameter)
