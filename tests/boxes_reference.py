"""Boxes for the tests of detection layers, and what they have to do with each other, in plain loops."""

import numpy as onp
import pytest

DTYPES = {"float64": 1e-12, "float32": 1e-5, "float16": 4e-3, "bfloat16": 4e-2}
every_dtype = pytest.mark.parametrize("dtype", DTYPES)
RANDOM = onp.random.default_rng


def boxes(*shape, seed=0, size=1.0):
    random = RANDOM(seed)
    low = random.uniform(0, size, (*shape, 2))
    return onp.concatenate([low, low + random.uniform(0.05, 0.6, (*shape, 2)) * size], -1)


def centered(corners):
    low, high = corners[..., :2], corners[..., 2:]
    return onp.concatenate([(low + high) / 2, high - low], -1)


def area(box):
    return max(box[2] - box[0], 0) * max(box[3] - box[1], 0)


def iou(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    return shared / (area(one) + area(other) - shared) if shared > 0 else 0.0


def plain_iou(a, b):
    out = onp.zeros(a.shape[:-1] + b.shape[:-1])
    for i in onp.ndindex(a.shape[:-1]):
        for j in onp.ndindex(b.shape[:-1]):
            out[i + j] = iou(a[i], b[j])
    return out


def close(got, expected, tolerance=1e-12):
    got = got.asnumpy().astype("float64")
    assert got.shape == expected.shape
    onp.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


def plain_decode(data, anchors, stds, clip, format):
    out = onp.zeros(data.shape)
    for b, n in onp.ndindex(data.shape[:2]):
        anchor = anchors[b % len(anchors), n]
        anchor = centered(anchor) if format == "corner" else anchor
        offsets = data[b, n] * stds
        middle = offsets[:2] * anchor[2:] + anchor[:2]
        growth = onp.minimum(offsets[2:], clip) if clip > 0 else offsets[2:]
        half = onp.exp(growth) * anchor[2:] / 2
        out[b, n] = [*(middle - half), *(middle + half)]
    return out
