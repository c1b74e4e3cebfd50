"""The single-shot detector's operators against plain loops in float64: anchors, targets, boxes."""

import itertools
import math

import numpy as onp
import pytest

from boxes_reference import DTYPES, RANDOM, boxes, centered, close, every_dtype, iou, plain_decode
from mxnet import np, npx
from oracle import host_dtype


def plain_prior(height, width, sizes, ratios, clip, steps, offsets):
    steps = steps if min(steps) > 0 else (1 / height, 1 / width)
    kinds = [(size, ratios[0]) for size in sizes] + [(sizes[0], ratio) for ratio in ratios[1:]]
    out = []
    for row, column, (size, ratio) in itertools.product(range(height), range(width), kinds):
        x, y = (column + offsets[1]) * steps[1], (row + offsets[0]) * steps[0]
        w, h = size * height / width * math.sqrt(ratio) / 2, size / math.sqrt(ratio) / 2
        out.append([x - w, y - h, x + w, y + h])
    return onp.clip(out, 0, 1)[None] if clip else onp.array(out)[None]


@pytest.mark.parametrize("sizes", [(1,), (0.75, 0.5, 0.25)])
@pytest.mark.parametrize("ratios", [(1,), (20, 2, 0.5)])
@pytest.mark.parametrize("clip", [False, True])
@pytest.mark.parametrize("steps", [(-1, -1), (0.3, 0.2)])
@pytest.mark.parametrize("offsets", [(0.5, 0.5), (0, 1)])
def test_multibox_prior(sizes, ratios, clip, steps, offsets):
    data = np.zeros((2, 3, 4, 5), dtype="float64")
    got = npx.multibox_prior(data, sizes=sizes, ratios=ratios, clip=clip, steps=steps, offsets=offsets)
    close(got, plain_prior(4, 5, sizes, ratios, clip, steps, offsets))


@every_dtype
def test_multibox_prior_has_the_dtype_of_the_data(dtype):
    got = npx.multibox_prior(np.zeros((1, 1, 2, 2), dtype=host_dtype(dtype)))
    assert str(onp.dtype(got.dtype)) == dtype
    close(got, plain_prior(2, 2, (1,), (1,), False, (-1, -1), (0.5, 0.5)), DTYPES[dtype])


def plain_target(anchors, labels, predictions, overlap, ignored, ratio, thresh, least, variances):
    batch, count = labels.shape[0], anchors.shape[1]
    offsets, masks, classes = (
        onp.zeros((batch, count, 4)),
        onp.zeros((batch, count, 4)),
        onp.full((batch, count), ignored),
    )
    for b in range(batch):
        rows = list(itertools.takewhile(lambda row: row[0] != -1, labels[b]))
        if not rows:
            continue
        table = onp.array([[iou(anchor, row[1:5]) for row in rows] for anchor in anchors[0]])
        matched, free = {}, table.copy()
        while free.size and free.max() > 1e-6:
            n, label = onp.unravel_index(free.argmax(), free.shape)
            matched[n] = label
            free[n], free[:, label] = -1, -1
        best = table.argmax(1)
        for n in range(count):
            if overlap > 0 and n not in matched and table[n, best[n]] > overlap:
                matched[n] = best[n]
        others = [n for n in range(count) if n not in matched]
        if ratio > 0:
            wanted = min(max(int(len(matched) * ratio), least), len(others))
            scores = onp.exp(predictions[b] - predictions[b].max(0))
            background = scores[0] / scores.sum(0)
            others = sorted((n for n in others if table[n].max() < thresh), key=lambda n: background[n])[:wanted]
        classes[b, others] = 0
        for n, label in matched.items():
            anchor, box = centered(anchors[0, n]), centered(rows[label][1:5])
            masks[b, n], classes[b, n] = 1, rows[label][0] + 1
            offsets[b, n] = [*(box[:2] - anchor[:2]) / anchor[2:], *onp.log(box[2:] / anchor[2:])] / onp.array(
                variances
            )
    return offsets.reshape(batch, -1), masks.reshape(batch, -1), classes


def labelled(batch, most, width=5, seed=7):
    random = RANDOM(seed)
    labels = random.uniform(0, 1, (batch, most, width))
    labels[..., 0] = random.integers(0, 3, (batch, most))
    labels[..., 1:5] = boxes(batch, most, seed=seed)
    for b in range(batch):
        labels[b, most - b % (most + 1) :] = -1
    return labels


TARGETS = {
    "default": {},
    "best only": dict(overlap_threshold=0),
    "generous": dict(overlap_threshold=0.2, ignore_label=-7),
    "mining": dict(negative_mining_ratio=1.5),
    "strict mining": dict(negative_mining_ratio=3, negative_mining_thresh=0.1, overlap_threshold=0.3),
    "at least": dict(negative_mining_ratio=0.1, minimum_negative_samples=4),
    "variances": dict(variances=(1, 2, 3, 4)),
}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("shape", [(1, 1, 5), (4, 3, 6), (3, 2, 5)])
def test_multibox_target(name, shape):
    batch, most, width = shape
    anchors, labels = boxes(1, 25), labelled(batch, most, width)
    predictions = RANDOM(8).standard_normal((batch, 4, 25))
    options = TARGETS[name]
    got = npx.multibox_target(np.array(anchors), np.array(labels), np.array(predictions), **options)
    expected = plain_target(
        anchors,
        labels,
        predictions,
        options.get("overlap_threshold", 0.5),
        options.get("ignore_label", -1),
        options.get("negative_mining_ratio", -1),
        options.get("negative_mining_thresh", 0.5),
        options.get("minimum_negative_samples", 0),
        options.get("variances", (0.1, 0.1, 0.2, 0.2)),
    )
    for one, wanted in zip(got, expected, strict=True):
        close(one, wanted, 1e-11)


def test_multibox_target_without_anything():
    for anchors, batch, most in [(0, 2, 1), (3, 0, 1), (3, 2, 0)]:
        found = npx.multibox_target(
            np.zeros((1, anchors, 4)), np.zeros((batch, most, 5)), np.zeros((batch, 2, anchors))
        )
        assert [x.shape for x in found] == [(batch, 4 * anchors), (batch, 4 * anchors), (batch, anchors)]
        assert (found[2] == -1).all()


def plain_detection(prob, loc, anchors, clip, threshold, background, nms, force, variances, topk):
    batch, classes, count = prob.shape
    out = onp.full((batch, count, 6), -1.0)
    for b in range(batch):
        rows = []
        for n in range(count):
            kinds = [c for c in range(classes) if c != background]
            best = max(kinds, key=lambda c: prob[b, c, n])
            if prob[b, best, n] >= threshold:
                offsets = loc[b, 4 * n : 4 * n + 4].reshape(1, 1, 4)
                box = plain_decode(offsets, anchors[:, n : n + 1], onp.array(variances), -1, "corner")[0, 0]
                rows.append([kinds.index(best), prob[b, best, n], *(onp.clip(box, 0, 1) if clip else box)])
        if 0 < nms <= 1:
            rows.sort(key=lambda row: -row[1])
            for i, row in enumerate(rows):
                if 0 < topk <= i:
                    row[0] = -1
                for better in rows[:i] if row[0] >= 0 else ():
                    if better[0] >= 0 and (force or better[0] == row[0]) and iou(better[2:], row[2:]) >= nms:
                        row[0] = -1
                        break
        out[b, : len(rows)] = onp.array(rows).reshape(-1, 6)
    return out


DETECTIONS = {
    "default": {},
    "no clip": dict(clip=False),
    "threshold": dict(threshold=0.4),
    "nothing": dict(threshold=2.0),
    "background": dict(background_id=2),
    "no background": dict(background_id=-1),
    "strict": dict(nms_threshold=0.1, force_suppress=True),
    "no suppression": dict(nms_threshold=-1),
    "top": dict(nms_topk=3),
    "variances": dict(variances=(1, 1, 1, 0.5)),
}


@pytest.mark.parametrize("name", DETECTIONS)
@pytest.mark.parametrize("batch", [1, 3])
def test_multibox_detection(name, batch):
    random = RANDOM(9)
    prob, loc, anchors = (
        random.dirichlet(onp.ones(4), (batch, 20)).swapaxes(1, 2),
        random.standard_normal((batch, 80)),
        boxes(1, 20),
    )
    options = DETECTIONS[name]
    got = npx.multibox_detection(np.array(prob), np.array(loc), np.array(anchors), **options)
    expected = plain_detection(
        prob,
        loc,
        anchors,
        options.get("clip", True),
        options.get("threshold", 0.01),
        options.get("background_id", 0),
        options.get("nms_threshold", 0.5),
        options.get("force_suppress", False),
        options.get("variances", (0.1, 0.1, 0.2, 0.2)),
        options.get("nms_topk", -1),
    )
    close(got, expected, 1e-11)


def test_multibox_detection_without_anything():
    assert npx.multibox_detection(np.zeros((0, 2, 3)), np.zeros((0, 12)), np.zeros((1, 3, 4))).shape == (0, 3, 6)
    assert npx.multibox_detection(np.zeros((2, 2, 0)), np.zeros((2, 0)), np.zeros((1, 0, 4))).shape == (2, 0, 6)
    assert (npx.multibox_detection(np.zeros((1, 1, 3)), np.zeros((1, 12)), np.zeros((1, 3, 4))) == -1).all()
