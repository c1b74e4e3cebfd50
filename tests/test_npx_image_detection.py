"""Augmenters for detection: boxes stay on their objects."""

import json

import numpy as onp
import pytest

from mxnet import np, npx

BOXES = [(2, 3, 9, 12), (14, 5, 20, 11), (1, 15, 6, 19)]  # left, top, right, bottom, in pixels
HEIGHT, WIDTH = 20, 24


def scene():
    """An image in which each box holds its own number, on a ground of zeros, and the label of it."""
    image, label = onp.zeros((HEIGHT, WIDTH, 3), "float32"), []
    for number, (left, top, right, bottom) in enumerate(BOXES, 1):
        image[top:bottom, left:right] = number
        label.append([number, left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT, 10 * number])
    return np.array(image), np.array(label)


def check_boxes(image, label, ground=0):
    """Every box of the label frames exactly the elements of its number."""
    height, width = image.shape[:2]
    values = image.asnumpy()[:, :, 0]
    for number, left, top, right, bottom, extra in label.asnumpy().tolist():
        rows, columns = onp.nonzero(values == number)
        framed = [columns.min() / width, rows.min() / height, (columns.max() + 1) / width, (rows.max() + 1) / height]
        onp.testing.assert_allclose([left, top, right, bottom], framed, atol=1e-5)
        assert extra == pytest.approx(10 * number, rel=1e-6), "further columns stay with their object"


@pytest.mark.parametrize("p", [0, 1])
def test_flips_take_the_boxes_along(p):
    image, label = scene()
    flipped, boxes = npx.image.DetHorizontalFlipAug(p)(image, label)
    check_boxes(flipped, boxes)
    assert bool((flipped[:, ::-1] == image).all()) == bool(p)
    check_boxes(image, label)


def test_crops_keep_what_they_promise():
    np.random.seed(1)
    image, label = scene()
    crop = npx.image.DetRandomCropAug(0.3, (0.5, 2.0), (0.1, 0.8), min_eject_coverage=0.51)
    sizes = set()
    for _ in range(60):
        part, boxes = crop(image, label)
        check_boxes(part, boxes)
        height, width = part.shape[:2]
        sizes.add((height, width))
        if (height, width) != (HEIGHT, WIDTH):
            assert 0.1 <= height * width / (HEIGHT * WIDTH) <= 0.8 and 0.45 < width / height < 2.2
        for number, (left, top, right, bottom) in enumerate(BOXES, 1):
            share = (part.asnumpy()[:, :, 0] == number).sum() / ((right - left) * (bottom - top))
            kept = number in boxes[:, 0].tolist()
            assert share == 0 or share > 0.3
            assert kept == (share > 0.51)  # no share is 0.51 itself
    assert len(sizes) > 20


def test_crops_that_cannot_succeed_leave_the_image():
    image, label = scene()
    crop = npx.image.DetRandomCropAug(min_object_covered=1.0, area_range=(0.01, 0.02))
    same, boxes = crop(image, label)
    assert same.shape == image.shape and (boxes == label).all()
    with pytest.warns(UserWarning, match="does nothing"):
        crop = npx.image.DetRandomCropAug(area_range=(0.5, 0.1))
    assert crop(image, label)[0].shape == image.shape


def test_grounds_are_larger_and_filled():
    np.random.seed(2)
    image, label = scene()
    pad = npx.image.DetRandomPadAug((0.8, 1.5), (1.0, 3.0), pad_val=(7, 8, 9))
    places = set()
    for _ in range(30):
        ground, boxes = pad(image, label)
        check_boxes(ground, boxes)
        height, width = ground.shape[:2]
        assert height >= HEIGHT and width >= WIDTH and height * width <= 3.2 * HEIGHT * WIDTH
        places.add((height, width))
        assert (ground.asnumpy() == [7, 8, 9]).all(axis=2).sum() == height * width - HEIGHT * WIDTH or (
            ground.shape == image.shape
        )
    assert len(places) > 10
    small = npx.image.DetRandomPadAug(1.0, (9.0, 9.0), pad_val=3)(np.zeros((4, 4, 1), dtype="uint8"), label[:, :5])[0]
    assert small.shape == (12, 12, 1) and small.dtype == "uint8" and int(small.sum()) == 3 * 128


def test_selection_and_lists():
    np.random.seed(3)
    image, label = scene()
    flip = npx.image.DetHorizontalFlipAug(1)
    assert (npx.image.DetRandomSelectAug([flip], skip_prob=1)(image, label)[0] == image).all()
    assert (npx.image.DetRandomSelectAug(flip)(image, label)[0] == image[:, ::-1]).all()
    assert (npx.image.DetRandomSelectAug([])(image, label)[0] == image).all()
    many = npx.image.CreateMultiRandCropAugmenter([0.1, 0.5], (0.5, 2.0), [(0.1, 1.0), (0.3, 0.9)])
    assert [crop.min_object_covered for crop in many.aug_list] == [0.1, 0.5]
    assert [crop.area_range for crop in many.aug_list] == [(0.1, 1.0), (0.3, 0.9)]
    steps = npx.image.CreateDetAugmenter(
        (3, 30, 40), resize=30, rand_crop=0.5, rand_pad=0.5, rand_gray=0.1, rand_mirror=True, mean=True, std=True,
        brightness=0.1, contrast=0.1, saturation=0.1, pca_noise=0.1, hue=0.1, min_object_covered=[0.1, 0.9],
    )  # fmt: skip
    for _ in range(5):
        result, boxes = image, label
        for step in steps:
            result, boxes = step(result, boxes)
        assert result.shape == (30, 40, 3) and result.dtype == "float32"
        assert boxes.shape[1] == 6 and bool(((boxes[:, 1:5] >= -1e-6) & (boxes[:, 1:5] <= 1 + 1e-6)).all())


def test_they_describe_themselves():
    assert json.loads(npx.image.DetHorizontalFlipAug(0.5).dumps()) == ["dethorizontalflipaug", {"p": 0.5}]
    assert npx.image.DetBorrowAug(npx.image.CastAug()).dumps() == ["detborrowaug", npx.image.CastAug().dumps()]
    assert npx.image.DetRandomSelectAug([npx.image.DetHorizontalFlipAug(0.5)]).dumps()[0] == "detrandomselectaug"
    assert json.loads(npx.image.DetRandomPadAug().dumps())[1]["area_range"] == [1.0, 3.0]


@pytest.mark.parametrize("call, error, text", [
    (lambda: npx.image.DetBorrowAug(3), TypeError, "not that of int"),
    (lambda: npx.image.DetRandomSelectAug([3]), ValueError, "int is no DetAugmenter"),
    (lambda: npx.image.CreateMultiRandCropAugmenter([0.1, 0.2], max_attempts=[1, 2, 3]), ValueError, "of one length"),
    (lambda: npx.image.DetHorizontalFlipAug(1)(np.zeros((2, 2, 3)), np.zeros((2, 4))), ValueError, "a label has"),
    (lambda: npx.image.DetAugmenter()(np.zeros((2, 2, 3)), np.zeros((1, 5))), NotImplementedError, "DetAugmenter"),
])  # fmt: skip
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
