"""`npx.image`: resizing, cropping, colors and rotation against plain loops (`image_reference.py`) and Pillow."""

import numpy as onp
import pytest

import image_reference as reference
import mxnet.image
from mxnet import MXNetError, autograd, np, npx
from mxnet.numpy_extension.image import _color

SHAPES = [(7, 5, 3), (2, 7, 5, 3), (6, 6, 1), (3, 1, 4, 2)]
DTYPES = ["uint8", "int8", "int32", "float16", "float32", "float64"]
SIZES = [(5, 7), (10, 14), (3, 4), (5, 2), (9, 3), (1, 1)]


def picture(shape, dtype="float32", seed=0):
    values = onp.random.default_rng(seed).uniform(0, 255 if dtype != "int8" else 127, shape)
    return (onp.trunc(values) if onp.dtype(dtype).kind in "iu" else values).astype(dtype)


def close(ours, wanted, dtype="float32", atol=None):
    if onp.dtype(dtype).kind in "iu":  # rounding may fall to either side of a half
        assert onp.abs(ours.asnumpy().astype("float64") - wanted).max(initial=0) <= (atol or 0.5 + 1e-3)
        return
    tolerance = {"float16": 2e-3, "float32": 2e-5, "float64": 1e-12}[dtype]
    onp.testing.assert_allclose(ours.asnumpy(), wanted, rtol=tolerance, atol=atol or 255 * tolerance)


# Resizing.


@pytest.mark.parametrize("method", [0, 1, 2, 4])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", SHAPES)
def test_resize_is_the_kernel_around_each_center(shape, size, method):
    image = picture(shape)
    ours = npx.image.resize(np.array(image), size, interp=method)
    assert ours.shape == (*shape[:-3], size[1], size[0], shape[-1])
    close(ours, reference.resize(image, *size, method))


@pytest.mark.parametrize(
    "shape, size", [((8, 6, 3), (3, 4)), ((7, 5, 1), (3, 2)), ((2, 9, 9, 3), (9, 4)), ((4, 6, 3), (12, 8))]
)
def test_resize_by_area(shape, size):
    image = picture(shape)
    close(npx.image.resize(np.array(image), size, interp=3), reference.resize(image, *size, 3))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("method", range(5))
def test_resize_keeps_the_dtype(dtype, method):
    image = picture((8, 6, 3), dtype)
    ours = npx.image.resize(np.array(image), (3, 4), interp=method)
    assert ours.dtype == dtype
    wanted = reference.resize(image, 3, 4, method)
    if onp.dtype(dtype).kind in "iu":
        limits = onp.iinfo(dtype)
        wanted = onp.clip(wanted, limits.min, limits.max)
    close(ours, wanted, dtype)


def test_resize_of_bfloat16_and_of_views():
    image = picture((8, 6, 3))
    ours = npx.image.resize(np.array(image).astype("bfloat16"), (3, 4), interp=3)
    assert ours.dtype == np.bfloat16
    onp.testing.assert_allclose(ours.astype("float32").asnumpy(), reference.resize(image, 3, 4, 3), rtol=0.02)
    turned = np.array(image).transpose(1, 0, 2)[::-1]
    close(npx.image.resize(turned, (4, 5)), reference.resize(image.transpose(1, 0, 2)[::-1], 4, 5, 1))


@pytest.mark.parametrize("method, filter", [(1, "BILINEAR"), (3, "BOX")])
def test_resize_agrees_with_pillow(method, filter):
    image_of = pytest.importorskip("PIL.Image")
    image = picture((12, 16, 1))
    size = (31, 25) if method == 1 else (4, 6)
    theirs = image_of.fromarray(image[:, :, 0]).resize(size, getattr(image_of.Resampling, filter))
    close(npx.image.resize(np.array(image), size, interp=method)[:, :, 0], onp.asarray(theirs), atol=0.02)


@pytest.mark.parametrize("size, keep_ratio, wanted", [
    (10, False, (10, 10)), (10, True, (10, 15)), ((10,), True, (10, 15)), ((4, 6), True, (6, 4)),
    ([4, 6], False, (6, 4)),
])  # fmt: skip
def test_what_sizes_mean(size, keep_ratio, wanted):
    assert npx.image.resize(np.zeros((20, 30, 3)), size, keep_ratio).shape[:2] == wanted


@pytest.mark.parametrize("method", range(5))
def test_resize_has_a_gradient(method):
    image = np.array(picture((6, 5, 2), "float64"))
    head = np.array(picture((4, 3, 2), "float64", 1))
    image.attach_grad()
    with autograd.record():
        resized = npx.image.resize(image, (3, 4), interp=method)
    resized.backward(head)
    # the map is linear: its transpose is its values at the unit images
    for place in [(0, 0, 0), (3, 2, 1), (5, 4, 0)]:
        unit = onp.zeros((6, 5, 2))
        unit[place] = 1
        wanted = (reference.resize(unit, 3, 4, method) * head.asnumpy()).sum()
        assert float(image.grad[place]) == pytest.approx(wanted, abs=1e-9)


def test_automatic_and_random_methods():
    image = np.array(picture((8, 8, 3)))
    for size, method in [((12, 12), 2), ((4, 4), 3), ((4, 12), 1)]:
        assert (npx.image.imresize(image, *size, interp=9) == npx.image.imresize(image, *size, interp=method)).all()
    np.random.seed(3)
    sums = {float(npx.image.imresize(image, 5, 5, interp=10).sum()) for _ in range(40)}
    known = {float(npx.image.imresize(image, 5, 5, interp=method).sum()) for method in range(5)}
    assert sums == known


def test_imresize_into_out():
    image, out = np.array(picture((8, 6, 3), "uint8")), np.zeros((4, 3, 3), dtype="uint8")
    assert npx.image.imresize(image, 3, 4, out=out) is out
    assert (out == npx.image.imresize(image, 3, 4)).all()
    with pytest.raises(ValueError, match="does not fit into out"):
        npx.image.imresize(image, 4, 4, out=out)


# Cropping.


def test_crop_and_its_gradient():
    image = np.array(picture((2, 6, 5, 3)))
    image.attach_grad()
    with autograd.record():
        part = npx.image.crop(image, 1, 2, 3, 4)
    part.backward()
    assert (part == image[:, 2:6, 1:4]).all()
    wanted = onp.zeros(image.shape)
    wanted[:, 2:6, 1:4] = 1
    assert (image.grad.asnumpy() == wanted).all()
    part[...] = 0
    assert (image != 0).all(), "a crop is a copy"


@pytest.mark.parametrize("shape, size, wanted", [((8, 9, 3), (4, 5), (2, 1, 4, 5)), ((4, 6, 1), (8, 8), (1, 0, 4, 4))])
def test_center_crop(shape, size, wanted):
    image = picture(shape)
    ours, rectangle = npx.image.center_crop(np.array(image), size, interp=1)
    left, top, width, height = wanted
    assert rectangle == wanted
    part = image[top : top + height, left : left + width]
    close(ours, reference.resize(part, *size, 1))


def test_random_crops_lie_everywhere_inside():
    image = np.array(onp.arange(48, dtype="float32").reshape(6, 8, 1))
    np.random.seed(5)
    corners = set()
    for _ in range(300):
        part = npx.image.random_crop(image, width=6, height=5)
        row, column = divmod(int(part[0, 0, 0]), 8)
        assert (part == image[row : row + 5, column : column + 6]).all()
        corners.add((row, column))
    # int() of a draw times the room: the last place has probability zero, as in MXNet
    assert corners == {(0, 0), (0, 1)}
    utility = set()
    for _ in range(100):
        part, (x, y, w, h) = mxnet.image.random_crop(image, (6, 5))
        assert (w, h) == (6, 5) and (part == image[y : y + h, x : x + w]).all()
        utility.add((y, x))
    assert utility == {(row, column) for row in range(2) for column in range(3)}


def test_random_crop_takes_ranges_and_enlarges():
    image = np.array(picture((6, 8, 3)))
    part = npx.image.random_crop(image, (1, 1), (0.5, 0.5), width=4, height=4)
    assert (part == image[1:5, 4:8]).all()
    large = npx.image.random_crop(image, (0, 0), (0, 0), width=16, height=6)
    close(large, reference.resize(image.asnumpy()[:3], 16, 6, 1))
    assert npx.image.random_crop(np.zeros((3, 6, 8, 1)), width=20, height=2).shape == (3, 2, 20, 1)


def test_random_resized_crop_keeps_its_bounds():
    np.random.seed(1)
    image = np.array(picture((40, 30, 3)))
    for _ in range(30):
        part, (x, y, w, h) = npx.image.random_size_crop(image, (8, 6), (0.2, 0.6), (0.5, 1.5), interp=1)
        assert 0 <= x <= 30 - w and 0 <= y <= 40 - h
        assert 0.17 < w * h / 1200 < 0.66 and 0.45 < w / h < 1.6
        close(part, reference.resize(image.asnumpy()[y : y + h, x : x + w], 8, 6, 1))
    same = npx.image.random_resized_crop(image, width=30, height=40, area=(1, 1), ratio=(0.75, 0.75))
    assert (same == image).all()
    # nothing fits: the middle is taken
    wide = npx.image.random_resized_crop(image, width=4, height=4, area=(1, 1), ratio=(9, 9), interp=0)
    assert (wide == image[18:22, 13:17]).all()


# Colors.


@pytest.mark.parametrize("shape", [(4, 3, 3), (2, 4, 3, 1), (2, 4, 3, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64"])
@pytest.mark.parametrize("name, factor", [
    ("brightness", 0.0), ("brightness", 1.7), ("contrast", 0.3), ("contrast", 1.6), ("saturation", 0.0),
    ("saturation", 2.5), ("hue", 0.0), ("hue", 0.21), ("hue", 0.9),
])  # fmt: skip
def test_adjustments(name, factor, dtype, shape):
    image = picture(shape, dtype)
    ours = getattr(npx.image, f"random_{name}")(np.array(image), factor, factor)
    assert ours.dtype == dtype and ours.shape == shape
    wanted = getattr(reference, name)(image, factor)
    if onp.dtype(dtype).kind in "iu":
        below, above = (reference.stored(wanted + nudge, dtype) for nudge in (-1e-2, 1e-2))
        assert ((ours.asnumpy() == below) | (ours.asnumpy() == above)).all()
    else:
        close(ours, wanted, dtype, atol=2e-3 if name == "hue" else None)


def test_bytes_are_cut_and_their_fractions_dropped():
    image = picture((5, 4, 3), "uint8")
    ours = npx.image.random_brightness(np.array(image), 1.3, 1.3)
    assert (ours.asnumpy() == reference.stored(image.astype("float32") * onp.float32(1.3), "uint8")).all()
    ours = npx.image.adjust_lighting(np.array(image), (1.0, -2.0, 0.5))
    color = onp.array(_color.LIGHTING) @ [1.0, -2.0, 0.5]
    assert onp.abs(ours.asnumpy() - reference.stored(image + color, "uint8").astype("int64")).max() <= 1
    close(npx.image.adjust_lighting(np.array(image.astype("float32")), (1.0, -2.0, 0.5)), image + color)


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation", "hue"])
def test_factors_are_drawn_between_the_bounds(name):
    np.random.seed(2)
    image = picture((4, 4, 3), "float64")
    at = lambda factor: getattr(reference, name)(image, factor)
    for _ in range(10):
        ours = getattr(npx.image, f"random_{name}")(np.array(image), 0.2, 0.3).asnumpy()
        best = min(onp.abs(ours - at(factor)).max() for factor in onp.linspace(0.2, 0.3, 101))
        assert best < 1.5
    before = [float(getattr(npx.image, f"random_{name}")(np.array(image), 0.1, 0.9).std()) for _ in range(5)]
    assert len(set(before)) == 5
    np.random.seed(2)
    again = np.random.uniform(0, 1)
    np.random.seed(2)
    assert float(np.random.uniform(0, 1)) == float(again), "draws come from the stream of np.random"


def test_color_jitter_takes_the_steps_in_any_order():
    np.random.seed(0)
    image = np.array(picture((4, 4, 3), "uint8"))
    seen = {tuple(npx.image.random_color_jitter(image, 0.5, 0.5, 0.5, 0.1).flatten().tolist()) for _ in range(10)}
    assert len(seen) == 10
    only = npx.image.random_color_jitter(image, 0, 0, 0, 0)
    assert (only == image).all()
    only[...] = 0
    assert (image != 0).any()


def test_to_tensor_and_normalize():
    image = picture((2, 4, 3, 3), "uint8")
    tensor = npx.image.to_tensor(np.array(image))
    assert tensor.dtype == "float32"
    close(tensor, image.transpose(0, 3, 1, 2) / 255)
    assert npx.image.to_tensor(np.array(image[0])).shape == (3, 4, 3)
    mean, std = (0.1, 0.2, 0.3), (1.0, 2.0, 4.0)
    wanted = (image.transpose(0, 3, 1, 2) / 255 - onp.reshape(mean, (3, 1, 1))) / onp.reshape(std, (3, 1, 1))
    close(npx.image.normalize(tensor, mean, std), wanted, atol=1e-6)
    close(npx.image.normalize(tensor, 0.5, (2,)), (image.transpose(0, 3, 1, 2) / 255 - 0.5) / 2, atol=1e-6)
    assert (npx.image.normalize(tensor) == tensor).all()
    assert npx.image.normalize(tensor.astype("float16"), mean, std).dtype == "float16"


def test_gradients_of_normalize_to_tensor_and_flips():
    image = np.array(picture((4, 3, 3)))
    image.attach_grad()
    with autograd.record():
        loss = (npx.image.normalize(npx.image.to_tensor(image), (0.1, 0.2, 0.3), (1, 2, 4)) ** 2).sum()
    loss.backward()
    values = image.asnumpy().astype("float64")
    close(image.grad, 2 * (values / 255 - [0.1, 0.2, 0.3]) / [1, 4, 16] / 255, atol=1e-6)
    for flip, axis in ((npx.image.flip_left_right, 1), (npx.image.flip_top_bottom, 0)):
        with autograd.record():
            flipped = flip(image)
        flipped.backward(np.array(values))
        assert (image.grad.asnumpy() == onp.flip(values, axis).astype("float32")).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_flips(shape):
    image = picture(shape, "uint8")
    assert (npx.image.flip_left_right(np.array(image)).asnumpy() == image[..., ::-1, :]).all()
    assert (npx.image.flip_top_bottom(np.array(image)).asnumpy() == image[..., ::-1, :, :]).all()
    for random, sure in (
        (npx.image.random_flip_left_right, image[..., ::-1, :]),
        (npx.image.random_flip_top_bottom, image[..., ::-1, :, :]),
    ):
        assert (random(np.array(image), p=1).asnumpy() == sure).all()
        assert (random(np.array(image), p=0).asnumpy() == image).all()


def test_random_flips_happen_as_often_as_asked():
    np.random.seed(4)
    image = np.array([[[0.0], [1.0]]])
    flipped = sum(float(npx.image.random_flip_left_right(image, p=0.3)[0, 0, 0]) for _ in range(400))
    assert 85 < flipped < 155


def test_random_lighting_has_the_asked_deviation():
    np.random.seed(4)
    image = np.zeros((1, 1, 3))
    colors = onp.array([npx.image.random_lighting(image, 0.5).asnumpy()[0, 0] for _ in range(600)])
    wanted = 0.25 * onp.array(_color.LIGHTING) @ onp.array(_color.LIGHTING).T
    onp.testing.assert_allclose(onp.cov(colors.T), wanted, rtol=0.2)


def test_color_normalize_leaves_its_image():
    image = np.array(picture((4, 3, 3)))
    before = image.asnumpy()
    ours = npx.image.color_normalize(image, np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 8.0]))
    close(ours, (before - [1, 2, 3]) / [2, 4, 8])
    assert (image.asnumpy() == before).all()


# Rotation.


@pytest.mark.parametrize("degrees", [0, 17, 90, -123, 180, 400])
@pytest.mark.parametrize("zoom", [{}, {"zoom_in": True}, {"zoom_out": True}])
def test_rotation(degrees, zoom):
    image = picture((2, 5, 8))
    close(npx.image.imrotate(np.array(image), degrees, **zoom), reference.rotate(image, degrees, **zoom), atol=1e-3)


def test_rotation_of_batches_and_its_gradient():
    images, angles = picture((3, 2, 5, 4)), [10.0, 90.0, -200.0]
    wanted = onp.stack([reference.rotate(image, angle) for image, angle in zip(images, angles)])
    data = np.array(images)
    data.attach_grad()
    with autograd.record():
        rotated = npx.image.imrotate(data, np.array(angles))
    rotated.backward()
    close(rotated, wanted, atol=1e-3)
    unit = onp.zeros((1, 5, 4))
    unit[0, 1, 2] = 1
    assert float(data.grad[0, 1, 1, 2]) == pytest.approx(reference.rotate(unit, 10.0).sum(), abs=1e-4)
    assert npx.image.imrotate(np.zeros((0, 2, 5, 4)), 10).shape == (0, 2, 5, 4)
    np.random.seed(1)
    assert (npx.image.random_rotate(data, (90, 90)) == npx.image.imrotate(data, 90)).all()
    assert npx.image.random_rotate(data[0], (-20, 20)).shape == (2, 5, 4)


# Bad input.

IMAGE = np.zeros((6, 5, 3))
BAD = [
    (lambda: npx.image.resize(np.zeros((6, 5)), 3), ValueError, r"resize: images have the shape .* not \(6, 5\)"),
    (lambda: npx.image.resize(IMAGE, (1, 2, 3)), ValueError, "resize: size is one number or a pair"),
    (lambda: npx.image.resize(IMAGE), ValueError, "resize: size is one number or a pair"),
    (lambda: npx.image.resize(IMAGE, (0, 2)), ValueError, "at least 1, not 0"),
    (lambda: npx.image.resize(IMAGE, 2.5), TypeError, "resize: size is an integer"),
    (lambda: npx.image.resize(IMAGE, 3, interp=5), ValueError, "interp is 0 .* not 5"),
    (lambda: npx.image.resize(np.zeros((0, 5, 3)), 3), ValueError, "no pixels"),
    (lambda: npx.image.resize(IMAGE.astype("bool"), 3), TypeError, "not bool"),
    (lambda: npx.image.resize(IMAGE.astype("complex64"), 3), TypeError, "not complex64"),
    (lambda: npx.image.crop(IMAGE, 3, 0, 3, 2), IndexError, "crop: columns 3 to 6 .* 5 columns and 6 rows"),
    (lambda: npx.image.crop(IMAGE, -1, 0, 3, 2), ValueError, "crop: x is at least 0"),
    (lambda: npx.image.crop(IMAGE, 0, 0, 0, 2), ValueError, "crop: width is at least 1"),
    (lambda: npx.image.fixed_crop(IMAGE, 0, 5, 2, 2), IndexError, "fixed_crop"),
    (lambda: npx.image.random_crop(IMAGE), ValueError, "random_crop: width and height are wanted"),
    (lambda: npx.image.random_crop(IMAGE, (0.5, 1.5), width=2, height=2), ValueError, "xrange is a pair"),
    (lambda: npx.image.random_crop(np.zeros((6, 5, 2)), width=2, height=2), ValueError, "1 or 3 channels"),
    (lambda: npx.image.random_resized_crop(IMAGE, width=2, height=2, ratio=(0, 1)), ValueError, "positive"),
    (lambda: npx.image.random_size_crop(IMAGE, (2, 2), (0.9, 0.1), (1, 1)), ValueError, "the lower one first"),
    (lambda: npx.image.random_brightness(IMAGE, -1, 1), ValueError, "random_brightness"),
    (lambda: npx.image.random_contrast(IMAGE, 2, 1), ValueError, "the lower one first"),
    (lambda: npx.image.random_hue(np.zeros((6, 5, 4)), 0, 1), ValueError, "1 or 3 channels"),
    (lambda: npx.image.random_saturation(IMAGE, "a", 1), TypeError, "min_factor is a number"),
    (lambda: npx.image.random_flip_left_right(IMAGE, p=1.5), ValueError, "random_flip_left_right"),
    (lambda: npx.image.adjust_lighting(IMAGE, (1, 2)), ValueError, "three numbers"),
    (lambda: npx.image.normalize(np.zeros((3, 2, 2), dtype="uint8")), TypeError, "normalize: images hold floats"),
    (lambda: npx.image.normalize(np.zeros((3, 2, 2)), (1, 2)), ValueError, "mean holds 1 or 3 numbers"),
    (lambda: npx.image.normalize(np.zeros((2, 2))), ValueError, "normalize: images have the shape"),
    (lambda: npx.image.to_tensor(np.zeros((2, 2))), ValueError, "to_tensor"),
    (lambda: npx.image.imrotate(IMAGE.astype("uint8"), 3), TypeError, "imrotate: images are float32"),
    (lambda: npx.image.imrotate(IMAGE, 3, True, True), ValueError, "exclude"),
    (lambda: npx.image.imrotate(IMAGE, [3, 4]), TypeError, "one angle"),
    (lambda: npx.image.imrotate(IMAGE[None], [3, 4]), ValueError, "1 images, but 2 angles"),
]


@pytest.mark.parametrize("call, error, text", BAD, ids=range(len(BAD)))
def test_bad_input(call, error, text):
    with pytest.raises(error, match=text):
        call()
    with pytest.raises(MXNetError):
        call()
