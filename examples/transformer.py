"""A small transformer that reads Python's manual character by character.

    python examples/transformer.py [--quick]

Two blocks of causal attention (rotary positions, root-mean-square normalisation, gelu) read the text of `help()`. Every
tenth topic is held out, whole; the figure is bits per character there, comparable to that of character_rnn.py. The
picture shows how it fell, and where the heads of the last block look in a held-out passage.
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

BATCH, LENGTH = 16, 64
WIDTH, HEADS, BLOCKS = 96, 4, 2
LOG2E = 1.4426950408889634


def heads_of(signal):
    """(batch, steps, width) as (batch, heads, steps, width / heads)."""
    batch, steps, width = signal.shape
    return signal.reshape(batch, steps, HEADS, width // HEADS).transpose(0, 2, 1, 3)


class Block:
    """Attention, then two dense layers; each reads a normalised signal and adds to it."""

    def __init__(self):
        self.gains = [np.ones(WIDTH), np.ones(WIDTH)]
        self.ask, self.onward = scaled(3 * WIDTH, WIDTH), scaled(WIDTH, WIDTH) / (2 * BLOCKS) ** 0.5
        self.widen, self.narrow = scaled(4 * WIDTH, WIDTH), scaled(WIDTH, 4 * WIDTH) / (2 * BLOCKS) ** 0.5
        self.parameters = [*self.gains, self.ask, self.onward, self.widen, self.narrow]

    def questions(self, signal):
        """Queries, keys and values of every head; positions turn the first two."""
        normal = npx.rms_norm(signal, self.gains[0])
        query, key, value = np.split(normal @ self.ask.T, 3, axis=-1)
        return npx.rope(heads_of(query)), npx.rope(heads_of(key)), heads_of(value)

    def __call__(self, signal):
        seen = npx.scaled_dot_product_attention(*self.questions(signal), is_causal=True)
        signal = signal + seen.transpose(0, 2, 1, 3).reshape(signal.shape) @ self.onward.T
        normal = npx.rms_norm(signal, self.gains[1])
        return signal + npx.gelu(normal @ self.widen.T) @ self.narrow.T

    def looks(self, signal):
        """Where each head looks: weights of shape (batch, heads, steps, steps)."""
        query, key, _ = self.questions(signal)
        steps = signal.shape[1]
        scores = query @ key.swapaxes(-1, -2) / (WIDTH // HEADS) ** 0.5
        return npx.masked_softmax(scores, np.tril(np.ones((steps, steps), dtype="bool")))


class Transformer:
    """Scores of what follows each character, for characters of shape (batch, steps)."""

    def __init__(self, kinds):
        self.kinds = kinds
        self.table = np.random.normal(0, 1, size=(kinds, WIDTH))
        self.blocks = [Block() for _ in range(BLOCKS)]
        self.gain, self.weight = np.ones(WIDTH), scaled(kinds, WIDTH)
        inner = [parameter for block in self.blocks for parameter in block.parameters]
        self.parameters = ready(self.table, *inner, self.gain, self.weight)

    def signals(self, characters):
        """The signal before each block, and behind the last."""
        signal = npx.embedding(characters, self.table, input_dim=self.kinds, output_dim=WIDTH)
        signals = [signal]
        for block in self.blocks:
            signals.append(block(signals[-1]))
        return signals

    def __call__(self, characters):
        return npx.rms_norm(self.signals(characters)[-1], self.gain) @ self.weight.T

    def looks(self, characters):
        """Where the heads of the last block look."""
        return self.blocks[-1].looks(self.signals(characters)[-2])


def surprise(model, characters, following):
    """Bits at every character of a batch of passages."""
    return npx.softmax_cross_entropy(model(characters), following, reduction="none") * LOG2E


def held_out_bits(model, text, passages):
    """Mean bits per character over the first so many passages of the held-out text."""
    characters, following = every_window(text, LENGTH)
    characters, following = characters[:passages], following[:passages]
    parts = [
        surprise(model, characters[start : start + 64], following[start : start + 64]).sum()
        for start in range(0, len(characters), 64)
    ]
    return float(np.stack(parts).sum()) / following.size


def train(model, text, held_out, steps):
    """Fit; returns (step, training bits, held-out bits) rows."""
    optimizer = Adam(model.parameters, 0.003, decay=0.01, total_steps=steps)
    rows, running = [], None
    with tqdm(range(1, steps + 1), desc="transformer", unit="step") as progress:
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


def draw(rows, mark, passage, looks):
    figure = plt.figure(figsize=(14, 5.5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(2, 3))
    axes = left.subplots()
    axes.plot(rows[:, 0], rows[:, 1:], label=["training", "held out"])
    axes.axhline(mark, color="gray", linestyle=":", label="counting pairs")
    axes.set(title="Bits per character", xlabel="step")
    axes.legend()
    axes.grid(alpha=0.3)
    right.suptitle("Where the heads of the last block look (row: reading at; column: looking at)")
    letters = ["↵" if letter == "\n" else letter for letter in passage]
    for axes, head in zip(right.subplots(2, 2).flat, looks, strict=True):
        axes.imshow(head, cmap="magma_r", vmax=0.6)
        axes.set_xticks(np.arange(len(letters)), letters, fontsize=5, family="monospace")
        axes.set_yticks(np.arange(len(letters)), letters, fontsize=5, family="monospace")
    return figure


def main():
    chosen = options(__file__, __doc__)
    training, held_out = python_manual()
    alphabet = Characters(training)
    text, other = alphabet.encode("\n".join(training)), alphabet.encode("\n".join(held_out))
    model = Transformer(len(alphabet))
    rows = train(model, text, other, steps=20 if chosen.quick else 500)

    mark = bits_of_counting(text, other, len(alphabet))
    bits = held_out_bits(model, other, 64 if chosen.quick else None)
    print(f"held-out bits per character: {bits:.3f} (counting pairs: {mark:.3f})")
    passage = every_window(other, 40)[0][:1]
    picture = draw(rows, mark, alphabet.decode(passage[0]), model.looks(passage)[0])
    save_picture(picture, chosen.picture)


if __name__ == "__main__":
    main()
