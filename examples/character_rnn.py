"""A recurrent network that reads Python's manual character by character, and then writes on.

    python examples/character_rnn.py [--quick]

The text is that of `help()`, which comes with every Python. Every tenth topic is held out, whole. The figure is bits
per character on the held-out topics; counting pairs of characters gives the mark to beat. The picture shows how it
fell, and how surprising the network finds each character of a held-out passage.
"""

import matplotlib.pyplot as plt
from _training import (
    Adam,
    Characters,
    bits_of_counting,
    every_window,
    options,
    python_manual,
    ready,
    save_picture,
    scaled,
    windows,
)
from tqdm import tqdm

from mxnet import autograd, np, npx

BATCH, LENGTH = 32, 64
WIDTH, STATE = 48, 192
LOG2E = 1.4426950408889634


class Reader:
    """A gated recurrent layer between an embedding of characters and scores of the next one."""

    def __init__(self, kinds):
        self.kinds = kinds
        gates = 3 * STATE
        inward, onward = scaled(gates, WIDTH), scaled(gates, STATE)
        self.table = scaled(kinds, WIDTH)
        self.cell = np.concatenate([inward.reshape(-1), onward.reshape(-1), np.zeros(2 * gates)])
        self.weight, self.bias = scaled(kinds, STATE), np.zeros(kinds)
        self.parameters = ready(self.table, self.cell, self.weight, self.bias)

    def start(self, batch):
        return np.zeros((1, batch, STATE))

    def __call__(self, characters, state):
        """Scores of shape (batch, steps, kinds) for what follows each character, and the state behind the last."""
        steps = npx.embedding(characters.T, self.table, input_dim=self.kinds, output_dim=WIDTH)
        outputs, state = npx.rnn(
            steps, self.cell, state, mode="gru", state_size=STATE, num_layers=1, state_outputs=True
        )
        outputs = outputs.transpose(1, 0, 2)
        scores = npx.fully_connected(
            outputs, self.weight, self.bias, num_hidden=self.kinds, no_bias=False, flatten=False
        )
        return scores, state


def surprise(model, characters, following):
    """Bits at every character of a batch of passages."""
    scores, _ = model(characters, model.start(len(characters)))
    return npx.softmax_cross_entropy(scores, following, reduction="none") * LOG2E


def held_out_bits(model, text, passages):
    """Mean bits per character over the first so many passages of the held-out text."""
    characters, following = every_window(text, 128)
    return float(surprise(model, characters[:passages], following[:passages]).mean())


def train(model, text, held_out, steps):
    """Fit; returns (step, training bits, held-out bits) rows."""
    optimizer = Adam(model.parameters, 0.004, total_steps=steps)
    rows, running = [], None
    with tqdm(range(1, steps + 1), desc="character rnn", unit="step") as progress:
        for step in progress:
            characters, following = windows(text, BATCH, LENGTH)
            with autograd.record():
                bits = surprise(model, characters, following).mean()
            bits.backward()
            optimizer.step()
            running = float(bits) if running is None else 0.9 * running + 0.1 * float(bits)
            if step % 25 == 0 or step == steps:
                rows.append((step, running, held_out_bits(model, held_out, 64)))
                progress.set_postfix(training=f"{rows[-1][1]:.2f}", held_out=f"{rows[-1][2]:.2f}")
    return np.array(rows)


def write(model, alphabet, beginning, length, temperature=0.6):
    """Let the network continue a text, one drawn character after the other."""
    numbers = alphabet.encode(beginning).reshape(1, -1)
    state, written = model.start(1), []
    for _ in range(length):
        scores, state = model(numbers, state)
        chances = npx.softmax(scores[0, -1], temperature=temperature)
        numbers = npx.random.categorical(chances.reshape(1, -1)).astype("int32").reshape(1, 1)
        written.append(int(numbers[0, 0]))
    return beginning + alphabet.decode(written)


def draw(rows, mark, passage, bits):
    figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.5), width_ratios=(2, 3), layout="constrained")
    left.plot(rows[:, 0], rows[:, 1:], label=["training", "held out"])
    left.axhline(mark, color="gray", linestyle=":", label="counting pairs")
    left.set(title="Bits per character", xlabel="step")
    left.legend()
    left.grid(alpha=0.3)
    lines = 8
    right.imshow(bits[: lines * 32].reshape(lines, 32), cmap="OrRd", vmax=8, aspect="auto")
    for place, letter in enumerate(passage[: lines * 32]):
        right.text(
            place % 32, place // 32, "↵" if letter == "\n" else letter, ha="center", va="center", family="monospace"
        )
    right.set(title="A held-out passage: the redder, the more surprising", xticks=[], yticks=[])
    return figure


def main():
    chosen = options(__file__, __doc__)
    training, held_out = python_manual()
    alphabet = Characters(training)
    text, other = alphabet.encode("\n".join(training)), alphabet.encode("\n".join(held_out))
    model = Reader(len(alphabet))
    rows = train(model, text, other, steps=30 if chosen.quick else 500)

    mark = bits_of_counting(text, other, len(alphabet))
    bits = held_out_bits(model, other, 64 if chosen.quick else None)
    print(write(model, alphabet, "The statement ", 60 if chosen.quick else 400))
    print(f"held-out bits per character: {bits:.3f} (counting pairs: {mark:.3f})")
    passage = every_window(other, 256)
    surprises = surprise(model, passage[0][:1], passage[1][:1])[0]
    save_picture(draw(rows, mark, alphabet.decode(passage[1][0]), surprises), chosen.picture)


if __name__ == "__main__":
    main()
