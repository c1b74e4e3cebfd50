"""Words as points: vectors that tell which words stand near each other in Python's manual.

    python examples/word_embeddings.py [--quick]

Skip-gram with negative sampling (Mikolov and others, 2013) over the text of `help()`; every tenth topic is held out.
The figure: how often a word that truly stands nearby on the held-out topics scores above a word drawn by its frequency
alone; guessing gives a half. The picture shows the loss, and the commonest words along the main directions of their
vectors.
"""

import re

import matplotlib.pyplot as plt
from _training import Adam, options, python_manual, ready, save_picture
from tqdm import tqdm

from mxnet import autograd, np, npx

BATCH, NEGATIVES = 512, 8
WIDTH, REACH = 48, 4
AT_LEAST = 8  # rarer words are left out


def words_of(texts):
    return [re.findall(r"[a-z_]{2,}", text.lower()) for text in texts]


class Vocabulary:
    """The words that occur often enough, the commonest first, and how often."""

    def __init__(self, texts):
        counts = {}
        for text in texts:
            for word in text:
                counts[word] = counts.get(word, 0) + 1
        self.words = sorted(
            (word for word in counts if counts[word] >= AT_LEAST), key=lambda word: (-counts[word], word)
        )
        self.numbers = {word: number for number, word in enumerate(self.words)}
        self.counts = np.array([counts[word] for word in self.words], dtype="float32")

    def __len__(self):
        return len(self.words)

    def encode(self, text):
        return np.array([self.numbers[word] for word in text if word in self.numbers], dtype="int32")


def neighbours(texts, vocabulary):
    """Every pair of words that stand at most `REACH` places apart: (words, words near them)."""
    centers, contexts = [], []
    for text in texts:
        numbers = vocabulary.encode(text)
        for distance in range(1, min(REACH + 1, len(numbers))):
            centers += [numbers[:-distance], numbers[distance:]]
            contexts += [numbers[distance:], numbers[:-distance]]
    return np.concatenate(centers), np.concatenate(contexts)


def kept(pairs, counts):
    """The pairs that are left when very common words are dropped at random, as the authors do."""
    often = counts / counts.sum()
    chance = np.minimum(1, np.sqrt(2e-3 / often))
    centers, contexts = pairs
    chosen = np.random.uniform(size=centers.shape) < chance[centers] * chance[contexts]
    return centers[chosen], contexts[chosen]


class Noise:
    """Draws of words by their frequency to the power of 3/4."""

    def __init__(self, counts):
        weights = counts**0.75
        self.steps = np.cumsum(weights) / weights.sum()

    def draw(self, shape):
        places = np.searchsorted(self.steps, np.random.uniform(size=shape).reshape(-1)).reshape(shape)
        return np.minimum(places, len(self.steps) - 1)


class Vectors:
    """Two vectors for each word: as the center of a window, and as a word in the window of another."""

    def __init__(self, words):
        self.words = words
        self.center = np.random.uniform(-0.5, 0.5, size=(words, WIDTH)) / WIDTH**0.5
        self.context = np.zeros((words, WIDTH))
        self.parameters = ready(self.center, self.context)

    def look_up(self, table, numbers):
        return npx.embedding(numbers, table, input_dim=self.words, output_dim=WIDTH)

    def score(self, centers, others):
        """Products of the vectors of words (n,) and of other words (n, k): shape (n, k)."""
        here, there = self.look_up(self.center, centers), self.look_up(self.context, others)
        return npx.batch_dot(there, np.expand_dims(here, 2))[:, :, 0]


def train(model, noise, pairs, steps):
    """Fit; returns the smoothed loss of each step."""
    optimizer = Adam(model.parameters, 0.01, total_steps=steps)
    centers, contexts = pairs
    losses, running = [], None
    with tqdm(range(steps), desc="word embeddings", unit="step") as progress:
        for step in progress:
            chosen = np.random.randint(0, len(centers), size=BATCH, dtype="int64")
            others = np.concatenate([contexts[chosen].reshape(-1, 1), noise.draw((BATCH, NEGATIVES))], axis=1)
            with autograd.record():
                scores = model.score(centers[chosen], others)
                loss = -(npx.log_sigmoid(scores[:, 0]) + npx.log_sigmoid(-scores[:, 1:]).sum(axis=1)).mean()
            loss.backward()
            optimizer.step()
            running = float(loss) if running is None else 0.98 * running + 0.02 * float(loss)
            losses.append(running)
            if step % 50 == 0:
                progress.set_postfix(loss=f"{running:.3f}")
    return np.array(losses)


def ahead_of_noise(model, noise, pairs):
    """Share of true pairs that score above a word drawn by frequency; ties count half."""
    centers, contexts = pairs
    others = np.stack([contexts, noise.draw(contexts.shape).astype("int32")], axis=1)
    scores = model.score(centers, others)
    true, drawn = scores[:, 0], scores[:, 1]
    return float(((true > drawn) + 0.5 * (true == drawn)).mean())


def closest(model, vocabulary, word, number=6):
    """The words whose vectors point the same way."""
    unit = model.center / np.linalg.norm(model.center, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[vocabulary.numbers[word]]))
    return [vocabulary.words[int(place)] for place in order[1 : number + 1]]


def draw(losses, model, vocabulary, shown=110, skipped=30):
    """The loss, and the words on a plane: the two main directions of their vectors."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 7), width_ratios=(1, 2), layout="constrained")
    left.plot(losses)
    left.set(title="Loss (smoothed)", xlabel="step")
    left.grid(alpha=0.3)
    vectors = model.center[skipped : skipped + shown]  # the very commonest are "the", "of", "is" ...
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centered = vectors - vectors.mean(axis=0)
    plane = centered @ np.linalg.svd(centered, full_matrices=False)[2][:2].T
    right.scatter(plane[:, 0], plane[:, 1], s=3)
    for word, (x, y) in zip(vocabulary.words[skipped : skipped + shown], plane, strict=True):
        right.annotate(word, (float(x), float(y)), fontsize=8)
    right.set(title="Common words, on the main plane of their vectors", xticks=[], yticks=[])
    return figure


def main():
    chosen = options(__file__, __doc__)
    training, held_out = (words_of(texts) for texts in python_manual())
    vocabulary = Vocabulary(training)
    noise, model = Noise(vocabulary.counts), Vectors(len(vocabulary))
    pairs = kept(neighbours(training, vocabulary), vocabulary.counts)
    losses = train(model, noise, pairs, steps=150 if chosen.quick else 4000)

    for word in ("list", "raise", "import", "float", "method"):
        print(f"{word:>8}: {', '.join(closest(model, vocabulary, word))}")
    other = kept(neighbours(held_out, vocabulary), vocabulary.counts)
    share = ahead_of_noise(model, noise, other)
    print(f"{len(vocabulary)} words, {len(pairs[0])} pairs to learn from, {len(other[0])} held out")
    print(f"held-out pairs ahead of noise: {share:.2%} (guessing: 50%)")
    save_picture(draw(losses, model, vocabulary), chosen.picture)


if __name__ == "__main__":
    main()
