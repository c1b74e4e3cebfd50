"""Detection layers against plain loops in float64: overlaps, encoding, suppression, matching, regions; all errors."""

import math

import numpy as onp
import pytest

from boxes_reference import DTYPES, RANDOM, boxes, centered, close, every_dtype, iou, plain_decode, plain_iou
from mxnet import autograd, np, npx
from oracle import host_dtype


@pytest.mark.parametrize("shapes", [((5,), (3,)), ((2, 3), (4,)), ((1,), (2, 1, 2)), ((0,), (3,)), ((2, 0), (0, 1))])
@pytest.mark.parametrize("format", ["corner", "center"])
def test_box_iou(shapes, format):
    a, b = boxes(*shapes[0]), boxes(*shapes[1], seed=1)
    if a.size:
        a[0] = a[0] - 5  # far away
    shown = (lambda x: x) if format == "corner" else centered
    close(npx.box_iou(np.array(shown(a)), np.array(shown(b)), format=format), plain_iou(a, b))


@every_dtype
def test_box_iou_dtypes(dtype):
    a, b = (x.astype(host_dtype(dtype)) for x in (boxes(6), boxes(5, seed=1)))
    got = npx.box_iou(np.array(a), np.array(b))
    assert str(onp.dtype(got.dtype)) == dtype
    close(got, plain_iou(a.astype("float64"), b.astype("float64")), DTYPES[dtype])


def test_box_iou_of_boxes_without_area():
    x = np.array([[0.0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]])
    x.attach_grad()
    with autograd.record():
        y = npx.box_iou(x, x)
    y.backward()
    assert y.asnumpy().tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert onp.isfinite(x.grad.asnumpy()).all()


def plain_encode(samples, matches, anchors, refs, means, stds):
    targets, masks = onp.zeros((2, *samples.shape, 4))
    for b, n in onp.ndindex(samples.shape):
        if samples[b, n] > 0.5:
            anchor = centered(anchors[b % len(anchors), n])
            ref = centered(refs[b, int(matches[b, n])])
            raw = [*(ref[:2] - anchor[:2]) / anchor[2:], *onp.log(ref[2:] / anchor[2:])]
            targets[b, n], masks[b, n] = (raw - means) / stds, 1
    return targets, masks


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("shared", [False, True])
def test_box_encode_and_back(batch, shared):
    random = RANDOM(2)
    anchors, refs = boxes(1 if shared else batch, 7), boxes(batch, 4, seed=3)
    samples, matches = random.choice([-1.0, 0.0, 1.0], (batch, 7)), random.integers(0, 4, (batch, 7))
    matches = onp.where(samples > 0.5, matches, -1)  # what does not count is not looked at
    means, stds = onp.array([0.1, -0.1, 0.0, 0.2]), onp.array([0.1, 0.1, 0.2, 0.2])
    found = npx.box_encode(*(np.array(x) for x in (samples, matches, anchors, refs, means, stds)))
    for got, expected in zip(found, plain_encode(samples, matches, anchors, refs, means, stds), strict=True):
        close(got, expected)
    plain = npx.box_encode(*(np.array(x) for x in (samples, matches, anchors, refs, means * 0, stds)))[0]
    back = npx.box_decode(plain, np.array(anchors), *stds, format="corner").asnumpy()
    for b, n in zip(*onp.nonzero(samples > 0.5), strict=True):
        onp.testing.assert_allclose(back[b, n], refs[b, matches[b, n]], rtol=1e-12)


def test_box_encode_without_references():
    anchors = np.array(boxes(1, 2))
    targets, masks = npx.box_encode(np.zeros((1, 2)), np.zeros((1, 2)), anchors, np.zeros((1, 0, 4)), *np.ones((2, 4)))
    assert not targets.any() and not masks.any()
    with pytest.raises(IndexError, match="box_encode: matches holds 0"):
        npx.box_encode(np.ones((1, 2)), np.zeros((1, 2)), anchors, np.zeros((1, 0, 4)), *np.ones((2, 4)))


@pytest.mark.parametrize("format", ["corner", "center"])
@pytest.mark.parametrize("clip", [-1, 0.1])
@every_dtype
def test_box_decode(format, clip, dtype):
    data = RANDOM(4).standard_normal((2, 5, 4)).astype(host_dtype(dtype))
    anchors, stds = boxes(1, 5).astype(host_dtype(dtype)), onp.array([0.1, 0.2, 0.3, 0.4])
    got = npx.box_decode(np.array(data), np.array(anchors), *stds, clip=clip, format=format)
    assert str(onp.dtype(got.dtype)) == dtype
    close(got, plain_decode(data.astype("float64"), anchors.astype("float64"), stds, clip, format), DTYPES[dtype])


def test_box_decode_by_default_takes_centers():
    data, anchors = np.array([[[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8]]]), np.array([[[0.1, 0.2, 0.3, 0.4]] * 2])
    close(
        npx.box_decode(data, anchors), plain_decode(data.asnumpy(), anchors.asnumpy(), onp.ones(4), -1, "center"), 1e-6
    )


def plain_nms(
    data,
    overlap_thresh=0.5,
    valid_thresh=0,
    topk=-1,
    coord_start=2,
    score_index=1,
    id_index=-1,
    background_id=-1,
    force_suppress=False,
    in_format="corner",
    out_format="corner",
):
    """Returns the rows, and which row of the data each came from."""
    if topk == 0:
        return data, None
    out, record = onp.full(data.shape, -1.0), onp.full(data.shape[:-1], -1)
    take = slice(coord_start, coord_start + 4)
    for image in onp.ndindex(data.shape[:-2]):
        rows = data[image].astype("float64")
        places = [
            i
            for i, row in enumerate(rows)
            if row[score_index] > valid_thresh and not (id_index >= 0 and row[id_index] == background_id)
        ]
        places.sort(key=lambda i: -rows[i, score_index])
        kept = []
        for i in places[: topk if topk > 0 else None]:
            corners = rows[i, take]
            if in_format == "center":
                corners = onp.concatenate([corners[:2] - corners[2:] / 2, corners[:2] + corners[2:] / 2])
            own = int(rows[i, id_index])
            rivals = [c for _, c, other in kept if id_index < 0 or force_suppress or other == own]
            if not any(iou(c, corners) > overlap_thresh for c in rivals):
                kept.append((i, corners, own))
        for at, (i, corners, _) in enumerate(kept):
            out[image][at], record[image][at] = rows[i], i
            if in_format != out_format:
                out[image][at, take] = corners if out_format == "corner" else centered(corners)
    return out, record


def scored(*shape, seed=0, width=6, coord=2, score=1, cls=0):
    random = RANDOM(seed)
    data = random.uniform(-1, 1, (*shape, width))
    data[..., coord : coord + 4] = boxes(*shape, seed=seed)
    data[..., score] = random.permutation(math.prod(shape)).reshape(shape) / max(math.prod(shape), 1) - 0.1
    data[..., cls] = random.integers(-1, 3, shape)
    return data


NMS = {
    "default": {},
    "classes": dict(id_index=0),
    "forced": dict(id_index=0, force_suppress=True),
    "background": dict(id_index=0, background_id=1),
    "strict": dict(overlap_thresh=0.05),
    "valid": dict(valid_thresh=0.5, id_index=0),
    "all below": dict(valid_thresh=9),
    "top": dict(topk=4, overlap_thresh=0.3),
    "top none": dict(topk=0),
    "from centers": dict(in_format="center", overlap_thresh=0.2),
    "to centers": dict(out_format="center", id_index=0),
    "centers": dict(in_format="center", out_format="center", overlap_thresh=0.3),
}
LAYOUTS = {"usual": {}, "turned": dict(coord=0, score=4, cls=5), "wide": dict(coord=3, score=7, cls=1, width=9)}


@pytest.mark.parametrize("name", NMS)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", [(9,), (3, 7), (2, 2, 5), (0, 4), (3, 0)])
def test_box_nms(name, layout, shape):
    columns, options = LAYOUTS[layout], dict(NMS[name])
    data = scored(*shape, **columns)
    options |= dict(coord_start=columns.get("coord", 2), score_index=columns.get("score", 1))
    if "id_index" in options:
        options["id_index"] = columns.get("cls", 0)
    got = npx.box_nms(np.array(data), **options)
    close(got, plain_nms(data, **options)[0])


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_box_nms_keeps_rows_as_they_are(dtype):
    data = scored(40).astype(host_dtype(dtype))
    got = npx.box_nms(np.array(data), id_index=0, overlap_thresh=0.4).asnumpy()
    assert str(got.dtype) == dtype
    onp.testing.assert_array_equal(
        got.astype("float64"), plain_nms(data.astype("float64"), id_index=0, overlap_thresh=0.4)[0]
    )


@pytest.mark.parametrize("out_format", ["corner", "center"])
def test_box_nms_gradients_go_to_the_rows_that_stay(out_format):
    data, options = scored(2, 8), dict(id_index=0, overlap_thresh=0.2, out_format=out_format)
    x, head = np.array(data), RANDOM(5).standard_normal(data.shape)
    x.attach_grad()
    with autograd.record():
        y = npx.box_nms(x, **options)
    y.backward(np.array(head))
    expected, record = onp.zeros(data.shape), plain_nms(data, **options)[1]
    for image, at in onp.ndindex(record.shape):
        if record[image, at] >= 0:
            row = head[image, at].copy()
            if out_format == "center":
                half, size = row[2:4] / 2, row[4:6]
                row[2:6] = [*(half - size), *(half + size)]
            expected[image, record[image, at]] = row
    onp.testing.assert_allclose(x.grad.asnumpy(), expected, rtol=1e-12)
    assert (record < 0).any() and (record >= 0).any()


def test_box_nms_of_views_and_ties():
    data = scored(30, coord=0, score=4, cls=5)
    data[:, 4] = 0.5
    options = dict(coord_start=0, score_index=4, id_index=5, overlap_thresh=0.3)
    x = np.array(onp.repeat(data[:, ::-1], 2, axis=0))[::2, ::-1]
    close(npx.box_nms(x, **options), plain_nms(data, **options)[0])


def plain_matching(scores, threshold, ascending, topk):
    rows, columns = onp.full(scores.shape[:-1], -1.0), onp.full(scores.shape[:-2] + scores.shape[-1:], -1.0)
    for image in onp.ndindex(scores.shape[:-2]):
        pairs = sorted(onp.ndindex(scores.shape[-2:]), key=lambda at: scores[image][at] * (1 if ascending else -1))
        count = 0
        for i, j in pairs:
            good = scores[image][i, j] < threshold if ascending else scores[image][i, j] > threshold
            if good and rows[image][i] < 0 and columns[image][j] < 0 and count != topk:
                rows[image][i], columns[image][j], count = j, i, count + 1
    return rows, columns


@pytest.mark.parametrize("shape", [(3, 2), (2, 5, 4), (2, 3, 1, 6), (0, 3), (4, 0), (0, 2, 2)])
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("threshold", [-0.5, 0.5])
@pytest.mark.parametrize("topk", [-1, 1, 2])
def test_bipartite_matching(shape, ascending, threshold, topk):
    scores = RANDOM(6).uniform(-1, 1, shape)
    got = npx.bipartite_matching(np.array(scores), is_ascend=ascending, threshold=threshold, topk=topk)
    for one, expected in zip(got, plain_matching(scores, threshold, ascending, topk), strict=True):
        close(one, expected)


def test_bipartite_matching_of_ties_and_nan():
    rows, columns = npx.bipartite_matching(np.array([[1.0, 1.0], [onp.nan, 1.0]], dtype="float16"), threshold=0)
    assert rows.asnumpy().tolist() == [0, 1] and columns.asnumpy().tolist() == [0, 1]
    assert rows.dtype == onp.float16


def half_away(x):
    return math.floor(abs(x) + 0.5) * (1 if x >= 0 else -1)


def plain_regions(data, rois, pooled, scale):
    high, wide = pooled
    out = onp.zeros((len(rois), data.shape[1], high, wide))
    for r, (image, *corners) in enumerate(rois):
        if not 0 <= image < len(data):
            continue
        left, top, right, bottom = (half_away(corner * scale) for corner in corners)
        height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
        for i, j in onp.ndindex(high, wide):
            rows = [math.floor(i * height / high) + top, math.ceil((i + 1) * height / high) + top]
            columns = [math.floor(j * width / wide) + left, math.ceil((j + 1) * width / wide) + left]
            rows, columns = onp.clip(rows, 0, data.shape[2]), onp.clip(columns, 0, data.shape[3])
            part = data[int(image), :, slice(*rows), slice(*columns)]
            if part.size:
                out[r, :, i, j] = part.max((1, 2))
    return out


ROIS = onp.array(
    [[0, 0, 0, 4, 4], [1, -3, 2, 5, 12], [0, 4, 4, 1, 1], [2, 0, 0, 9, 9], [1, 2, 3, 2, 3], [-1, 0, 0, 3, 3]], "float64"
)


@pytest.mark.parametrize("pooled", [(1, 1), (2, 2), (3, 4)])
@pytest.mark.parametrize("scale", [1.0, 0.7, 2.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_roi_pooling(pooled, scale, dtype):
    data = RANDOM(10).standard_normal((2, 3, 8, 6)).astype(host_dtype(dtype))
    got = npx.roi_pooling(np.array(data), np.array(ROIS.astype(host_dtype(dtype))), pooled, scale)
    assert str(onp.dtype(got.dtype)) == dtype
    close(got, plain_regions(data.astype("float64"), ROIS, pooled, scale), 0)


def test_roi_pooling_gradients_of_every_order():
    data, head = RANDOM(11).standard_normal((2, 2, 8, 6)), RANDOM(12).standard_normal((6, 2, 2, 2))
    x = np.array(data)
    x.attach_grad()
    with autograd.record():
        y = npx.roi_pooling(x, np.array(ROIS), (2, 2), 1.0)
        (slope,) = autograd.grad([(y**3 * np.array(head)).sum()], [x], create_graph=True)
        total = (slope * slope).sum()
    total.backward()

    def value(values):
        return (plain_regions(values, ROIS, (2, 2), 1.0) ** 3 * head).sum()

    def slope_of(values):
        out = onp.zeros(values.shape)
        for at in onp.ndindex(values.shape):
            step = onp.zeros(values.shape)
            step[at] = 1e-5
            out[at] = (value(values + step) - value(values - step)) / 2e-5
        return out

    onp.testing.assert_allclose(slope.asnumpy(), slope_of(data), rtol=1e-5, atol=1e-7)
    direction = RANDOM(13).standard_normal(data.shape)
    moved = [(slope_of(data + sign * 1e-4 * direction) ** 2).sum() for sign in (1, -1)]
    assert (x.grad.asnumpy() * direction).sum() == pytest.approx((moved[0] - moved[1]) / 2e-4, rel=1e-4)


def test_roi_pooling_of_views_nan_and_nothing():
    data = RANDOM(14).standard_normal((6, 8, 3, 2))
    data[0, 0, 0, 0] = onp.nan
    view = np.array(data).transpose((3, 2, 1, 0))
    got = npx.roi_pooling(view, np.array([[0, 0, 0, 5, 7]], dtype="float64"), 1, 1)
    assert onp.isnan(got.asnumpy()[0, 0]).all() and not onp.isnan(got.asnumpy()[0, 1:]).any()
    assert npx.roi_pooling(view, np.zeros((0, 5)), (2, 2), 1.0).shape == (0, 3, 2, 2)
    assert not npx.roi_pooling(np.zeros((1, 2, 0, 4)), np.zeros((3, 5)), (2, 2), 1.0).any()
    assert npx.roi_pooling(np.zeros((1, 0, 4, 4)), np.zeros((3, 5)), (2, 2), 1.0).shape == (3, 0, 2, 2)


X, FOUR = np.ones((2, 3, 4)), np.ones(4)
ERRORS = {
    "iou axis": (
        lambda: npx.box_iou(np.ones((2, 3)), X),
        ValueError,
        "box_iou: axis 1 of lhs must have length 4, got 3",
    ),
    "iou axes": (lambda: npx.box_iou(X, FOUR), ValueError, "box_iou: rhs must have at least 2 axes, got 1"),
    "iou format": (lambda: npx.box_iou(X, X, "corners"), ValueError, "box_iou: format must be 'corner' or 'center'"),
    "iou dtype": (lambda: npx.box_iou(X.astype("int32"), X.astype("int32")), TypeError, "box_iou: .*int32"),
    "encode": (
        lambda: npx.box_encode(np.ones((2, 3)), np.ones((2, 2)), X, X, FOUR, FOUR),
        ValueError,
        "box_encode: axis 1 of matches must have length 3, got 2",
    ),
    "encode match": (
        lambda: npx.box_encode(np.ones((2, 3)), np.full((2, 3), 5), X, X, FOUR, FOUR),
        IndexError,
        "box_encode: matches holds 5, expected places from 0 to 2 along axis 1 of refs",
    ),
    "encode means": (
        lambda: npx.box_encode(np.ones((2, 3)), np.ones((2, 3)), X, X, np.ones(3), FOUR),
        ValueError,
        "axis 0 of means must have length 4, got 3",
    ),
    "decode": (
        lambda: npx.box_decode(X, np.ones((1, 5, 4))),
        ValueError,
        "axis 1 of anchors must have length 3, got 5",
    ),
    "nms width": (lambda: npx.box_nms(np.ones((2, 5))), ValueError, "box_nms: coord_start=2 .* has 5"),
    "nms score": (lambda: npx.box_nms(np.ones((2, 6)), score_index=3), ValueError, "score_index=3 is one of the coord"),
    "nms class": (lambda: npx.box_nms(np.ones((2, 6)), id_index=7), ValueError, "id_index=7 is outside .* length is 6"),
    "nms both": (lambda: npx.box_nms(np.ones((2, 6)), id_index=1), ValueError, "id_index and score_index are both 1"),
    "nms axes": (lambda: npx.box_nms(np.ones(6)), ValueError, "box_nms: data must have at least 2 axes"),
    "nms dtype": (lambda: npx.box_nms(np.ones((2, 6), dtype="int64")), TypeError, "box_nms: .*int64"),
    "matching": (lambda: npx.bipartite_matching(X), TypeError, "bipartite_matching: the argument threshold is missing"),
    "matching axes": (lambda: npx.bipartite_matching(FOUR, threshold=1), ValueError, "at least 2 axes, got 1"),
    "prior axes": (lambda: npx.multibox_prior(X), ValueError, "multibox_prior: data must have 4 axes, got 3"),
    "prior sizes": (lambda: npx.multibox_prior(np.ones((1, 1, 2, 2)), sizes=()), ValueError, "sizes is empty"),
    "prior ratio": (
        lambda: npx.multibox_prior(np.ones((1, 1, 2, 2)), ratios=(1, -2)),
        ValueError,
        r"ratios\[1\] is -2, expected more than 0",
    ),
    "prior steps": (lambda: npx.multibox_prior(np.ones((1, 1, 2, 2)), steps=(1, -1)), ValueError, "steps are 1 and -1"),
    "prior offsets": (
        lambda: npx.multibox_prior(np.ones((1, 1, 2, 2)), offsets=(1, 2, 3)),
        ValueError,
        "offsets has 3 numbers, expected 2",
    ),
    "prior empty": (lambda: npx.multibox_prior(np.ones((1, 1, 0, 2))), ValueError, "axis 2 of data has length 0"),
    "target": (
        lambda: npx.multibox_target(np.ones((1, 3, 4)), np.ones((2, 1, 5)), np.ones((2, 2, 4))),
        ValueError,
        "multibox_target: axis 2 of cls_pred must have length 3, got 4",
    ),
    "target width": (
        lambda: npx.multibox_target(np.ones((1, 3, 4)), np.ones((2, 1, 4)), np.ones((2, 2, 3))),
        ValueError,
        "axis 2 of label must have length 5 at least .* got 4",
    ),
    "target mining": (
        lambda: npx.multibox_target(
            np.ones((1, 3, 4)),
            np.ones((2, 1, 5)),
            np.ones((2, 2, 3)),
            negative_mining_ratio=1,
            negative_mining_thresh=0,
        ),
        ValueError,
        "negative_mining_thresh is 0, expected more than 0",
    ),
    "detection": (
        lambda: npx.multibox_detection(np.ones((1, 2, 3)), np.ones((1, 11)), np.ones((1, 3, 4))),
        ValueError,
        "multibox_detection: axis 1 of loc_pred must have length 12, got 11",
    ),
    "detection variances": (
        lambda: npx.multibox_detection(np.ones((1, 2, 3)), np.ones((1, 12)), np.ones((1, 3, 4)), variances=(1, 2)),
        ValueError,
        "variances has 2 numbers, expected 4",
    ),
    "roi data": (
        lambda: npx.roi_pooling(X, np.ones((1, 5)), (1, 1), 1),
        ValueError,
        "roi_pooling: data must have 4 axes",
    ),
    "roi": (
        lambda: npx.roi_pooling(np.ones((1, 1, 2, 2)), np.ones((1, 4)), (1, 1), 1),
        ValueError,
        "axis 1 of rois must have length 5, got 4",
    ),
    "roi size": (
        lambda: npx.roi_pooling(np.ones((1, 1, 2, 2)), np.ones((1, 5)), (1, 0), 1),
        ValueError,
        r"pooled_size\[1\] is 0, expected at least 1",
    ),
    "roi dtype": (
        lambda: npx.roi_pooling(np.ones((1, 1, 2, 2), dtype="int32"), np.ones((1, 5)), (1, 1), 1),
        TypeError,
        "roi_pooling: .*int32",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_name_operator_argument_and_axis(name):
    call, error, match = ERRORS[name]
    with pytest.raises(error, match=match):
        call()
