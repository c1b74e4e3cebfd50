"""Tumours told apart by a multilayer perceptron: two hidden layers, dropout, early stopping.

    python examples/mlp.py [--quick]

The data are scikit-learn's: 30 measurements of cell nuclei for each of 569 tumours, benign or malignant. A quarter is
held out for the end; a fifth of the rest decides when to stop, and nothing else. The picture shows the losses, and how
many malignant tumours are found against how many false alarms.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
from _training import Adam, options, ready, save_picture, scaled, split
from sklearn.datasets import load_breast_cancer
from tqdm import tqdm

from mxnet import autograd, np, npx

BATCH = 32
SIZES = (30, 64, 32, 2)


def load_data():
    """(training, stopping, held-out) rows, each (features, labels); the features scaled by the training rows."""
    data = load_breast_cancer()
    labels = np.array(1 - data.target, dtype="int32")  # 1: malignant
    features, labels, held_out, held_out_labels = split(np.array(data.data, dtype="float32"), labels)
    features, labels, stopping, stopping_labels = split(features, labels, share=0.2)
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    parts = [(features, labels), (stopping, stopping_labels), (held_out, held_out_labels)]
    return [((x - mean) / deviation, y) for x, y in parts]


class Perceptron:
    """Dense layers with relu and dropout between them."""

    def __init__(self):
        self.layers = [ready(2**0.5 * scaled(b, a), np.zeros(b)) for a, b in pairwise(SIZES)]
        self.parameters = [parameter for layer in self.layers for parameter in layer]

    def __call__(self, features):
        for number, (weight, bias) in enumerate(self.layers):
            if number:
                features = npx.dropout(npx.relu(features), p=0.3)
            features = npx.fully_connected(features, weight, bias, num_hidden=len(bias), no_bias=False)
        return features


def loss_of(model, features, labels):
    return npx.softmax_cross_entropy(model(features), labels, reduction="mean")


def train(model, training, stopping, epochs):
    """Fit; returns the losses of each epoch, and leaves the parameters of the epoch with the best stopping loss."""
    features, labels = training
    optimizer = Adam(model.parameters, 0.002, decay=0.01)
    losses, best, kept = [], float("inf"), None
    with tqdm(range(epochs), desc="mlp", unit="epoch") as progress:
        for _ in progress:
            order = np.random.permutation(len(features))
            total = 0.0
            for start in range(0, len(order), BATCH):
                chosen = order[start : start + BATCH]
                with autograd.record():
                    loss = loss_of(model, features[chosen], labels[chosen])
                loss.backward()
                optimizer.step()
                total += float(loss) * len(chosen)
            losses.append((total / len(features), float(loss_of(model, *stopping))))
            if losses[-1][1] < best:
                best, kept = losses[-1][1], [parameter.copy() for parameter in model.parameters]
            progress.set_postfix(training=f"{losses[-1][0]:.3f}", stopping=f"{losses[-1][1]:.3f}")
    for parameter, value in zip(model.parameters, kept, strict=True):
        parameter[:] = value
    return np.array(losses)


def operating_curve(chances, labels):
    """Shares of false alarms and of malignant tumours found, for every threshold, and the area under that curve."""
    sorted_labels = labels[np.argsort(-chances)]
    found = np.concatenate([np.zeros(1), np.cumsum(sorted_labels == 1) / (labels == 1).sum()])
    alarms = np.concatenate([np.zeros(1), np.cumsum(sorted_labels == 0) / (labels == 0).sum()])
    return alarms, found, float(np.trapezoid(found, alarms))


def draw(losses, alarms, found, area):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    left.plot(losses, label=["training (with dropout)", "stopping set"])
    left.axvline(losses[:, 1].argmin(), color="gray", linestyle=":", label="kept")
    left.set(title="Loss", xlabel="epoch", ylabel="cross entropy (nats)", yscale="log")
    left.legend()
    right.plot(alarms, found)
    right.set(title=f"Held-out tumours: area {area:.4f}", xlabel="false alarms", ylabel="malignant tumours found")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    return figure


def main():
    chosen = options(__file__, __doc__)
    training, stopping, (features, labels) = load_data()
    model = Perceptron()
    losses = train(model, training, stopping, epochs=5 if chosen.quick else 60)

    chances = npx.softmax(model(features))[:, 1]
    right = (chances > 0.5) == (labels == 1)
    alarms, found, area = operating_curve(chances, labels)
    figure = draw(losses, alarms, found, area)
    print(f"held-out accuracy: {float(right.mean()):.2%} ({int(right.sum())} of {len(labels)} tumours)")
    print(f"always 'benign' would be right for {float((labels == 0).mean()):.2%}; area under the curve {area:.4f}")
    save_picture(figure, chosen.picture)


if __name__ == "__main__":
    main()
