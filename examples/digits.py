"""Handwritten digits, read by a small neural network: `np` and `autograd`, and nothing else.

Run it with `make demo`. The data are the 1797 scanned digits that scikit-learn ships. A quarter of them is held
out, never seen in training, and used once, at the end. The picture shows how training went, and the held-out
digits of which the network was least sure; every array goes to matplotlib as it is.
"""

import time

import matplotlib.pyplot as plt
from _training import Adam, handwritten_digits, options, save_picture
from tqdm import tqdm

from mxnet import autograd, np, npx

npx.set_np()  # scripts for MXNet begin with this line; here it is allowed, not needed

EPOCHS = 60
BATCH = 64
LEARNING_RATE = 0.003


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


def train(images, labels, layers, epochs):
    """Fit the layers to the training data; returns the mean loss of each epoch."""
    optimizer = Adam([parameter for layer in layers for parameter in layer], LEARNING_RATE)
    losses = []
    with tqdm(range(epochs), desc="training", unit="epoch") as progress:
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
    """The loss curve, and the 40 held-out digits with the least certain answers."""
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

    return figure


def main():
    chosen = options(__file__, __doc__)
    epochs = 5 if chosen.quick else EPOCHS
    images, train_labels, held_out, test_labels = handwritten_digits()
    train_images, test_images = images.reshape(-1, 64), held_out.reshape(-1, 64)
    layers = [dense(64, 128), dense(128, 10)]

    start = time.perf_counter()
    losses = train(train_images, train_labels, layers, epochs)
    seconds = time.perf_counter() - start

    beliefs = probabilities(test_images, layers)
    right = beliefs.argmax(axis=1) == test_labels

    steps = epochs * -(-len(train_images) // BATCH)
    print(f"trained on {len(train_images)} digits: {steps} steps in {seconds:.1f} s")
    print(f"test accuracy: {float(right.mean()):.2%} ({int(right.sum())} of {len(right)} held-out digits)")
    save_picture(draw(losses, test_images, test_labels, beliefs), chosen.picture)


if __name__ == "__main__":
    main()
