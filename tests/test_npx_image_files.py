"""`npx.image`: pictures in files, and augmenters."""

import io
import json
import sys

import numpy as onp
import pytest

import image_reference as reference
import mxnet.image
from mxnet import MXNetError, np, npx

pillow = pytest.importorskip("PIL.Image")


def colors(shape=(7, 9, 3), seed=0):
    return onp.random.default_rng(seed).integers(0, 256, shape, dtype="uint8")


def encoded(picture, kind="png", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


# Decoding.

RGB = colors()


@pytest.mark.parametrize("kind", ["png", "bmp", "tiff", "gif", "webp"])
def test_lossless_files_give_their_pixels(kind, tmp_path):
    picture = pillow.fromarray(RGB if kind != "gif" else onp.repeat(RGB[:, :, :1], 3, axis=2))
    options = {"lossless": True} if kind == "webp" else {}
    data = encoded(picture, kind, **options)
    wanted = onp.asarray(picture)
    path = tmp_path / f"picture.{kind}"
    path.write_bytes(data)
    for ours in (npx.image.imdecode(data), npx.image.imread(path), npx.image.imread(str(path))):
        assert ours.dtype == "uint8" and (ours.asnumpy() == wanted).all()
    assert (npx.image.imread(path, to_rgb=False).asnumpy() == wanted[:, :, ::-1]).all()


def test_jpeg_is_decoded_as_pillow_does():
    data = encoded(pillow.fromarray(RGB), "jpeg", quality=90)
    assert (npx.image.imdecode(data).asnumpy() == onp.asarray(pillow.open(io.BytesIO(data)))).all()


@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda data: onp.frombuffer(data, "uint8"),
                                  lambda data: np.array(onp.frombuffer(data, "uint8"))])  # fmt: skip
def test_bytes_of_every_kind(wrap):
    data = encoded(pillow.fromarray(RGB))
    assert (npx.image.imdecode(wrap(data)).asnumpy() == RGB).all()


def test_one_grey_channel():
    ours = npx.image.imdecode(encoded(pillow.fromarray(RGB)), flag=0)
    assert ours.shape == (7, 9, 1)
    wanted = RGB @ onp.array([0.299, 0.587, 0.114])
    assert onp.abs(ours.asnumpy()[:, :, 0] - wanted).max() < 1.01


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_other_modes_become_three_channels_of_bytes(mode):
    if mode == "I;16":
        deep = (onp.arange(63, dtype="uint16") * 1000).reshape(7, 9)
        data = encoded(pillow.fromarray(deep))
        wanted = onp.repeat((deep >> 8).astype("uint8")[:, :, None], 3, axis=2)
    else:
        picture = pillow.fromarray(RGB).convert(mode)
        data = encoded(picture, "tiff" if mode == "CMYK" else "png")
        wanted = onp.asarray(picture.convert("RGB"))
    assert (npx.image.imdecode(data).asnumpy() == wanted).all()


def test_decoding_into_out():
    out = np.zeros(RGB.shape, dtype="uint8")
    assert npx.image.imdecode(encoded(pillow.fromarray(RGB)), out=out) is out
    assert (out.asnumpy() == RGB).all()
    with pytest.raises(ValueError, match="does not fit into out"):
        npx.image.imdecode(encoded(pillow.fromarray(RGB)), out=np.zeros((2, 2, 3), dtype="uint8"))


GOOD = encoded(pillow.fromarray(RGB))
BAD = [
    (lambda: npx.image.imdecode(b""), ValueError, "there are no bytes"),
    (lambda: npx.image.imdecode(b"no picture"), ValueError, "not a picture"),
    (lambda: npx.image.imdecode(GOOD[: len(GOOD) // 2]), ValueError, "not a picture"),
    (lambda: npx.image.imdecode(GOOD[:60] + b"\0" * 40 + GOOD[100:]), ValueError, "not a picture"),
    (lambda: npx.image.imdecode("text"), TypeError, "bytes"),
    (lambda: npx.image.imdecode(np.zeros(9)), TypeError, "uint8, not float32"),
    (lambda: npx.image.imdecode(GOOD, flag=-1), ValueError, "flag is at least 0"),
    (lambda: npx.image.imread("there/is/no/such.png"), FileNotFoundError, "such.png"),
]


@pytest.mark.parametrize("call, error, text", BAD, ids=range(len(BAD)))
def test_what_is_no_picture(call, error, text):
    with pytest.raises(error, match=text):
        call()
    with pytest.raises(MXNetError):
        call()


def test_without_pillow_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        npx.image.imdecode(GOOD)


# Augmenters.

EIGENVALUES, EIGENVECTORS = onp.array([55.46, 4.794, 1.148]), onp.eye(3)
AUGMENTERS = [
    (lambda: npx.image.ResizeAug(5, 1), lambda image: reference.resize(image, 6, 5, 1)),
    (lambda: npx.image.ForceResizeAug((4, 3), 1), lambda image: reference.resize(image, 4, 3, 1)),
    (lambda: npx.image.CenterCropAug((5, 3)), lambda image: image[2:5, 2:7]),
    (lambda: npx.image.RandomCropAug((9, 7)), lambda image: image),
    (lambda: npx.image.RandomSizedCropAug((9, 7), 1.0, (9 / 7, 9 / 7)), lambda image: image),
    (lambda: npx.image.BrightnessJitterAug(0), lambda image: image),
    (lambda: npx.image.ContrastJitterAug(0), lambda image: image),
    (lambda: npx.image.SaturationJitterAug(0), lambda image: image),
    (lambda: npx.image.LightingAug(0, EIGENVALUES, EIGENVECTORS), lambda image: image),
    (lambda: npx.image.ColorNormalizeAug([1, 2, 3], [2, 4, 8]), lambda image: (image - [1, 2, 3]) / [2, 4, 8]),
    (lambda: npx.image.ColorNormalizeAug(None, None), lambda image: image),
    (lambda: npx.image.RandomGrayAug(1), lambda image: onp.repeat((image @ [[0.21], [0.72], [0.07]]), 3, axis=2)),
    (lambda: npx.image.RandomGrayAug(0), lambda image: image),
    (lambda: npx.image.HorizontalFlipAug(1), lambda image: image[:, ::-1]),
    (lambda: npx.image.HorizontalFlipAug(0), lambda image: image),
    (lambda: npx.image.CastAug("float64"), lambda image: image),
    (lambda: npx.image.SequentialAug([npx.image.HorizontalFlipAug(1)] * 3), lambda image: image[:, ::-1]),
    (lambda: npx.image.RandomOrderAug([npx.image.CenterCropAug((5, 3))]), lambda image: image[2:5, 2:7]),
    (lambda: npx.image.ColorJitterAug(0, 0, 0), lambda image: image),
]  # fmt: skip


@pytest.mark.parametrize("make, wanted", AUGMENTERS, ids=range(len(AUGMENTERS)))
def test_augmenters_do_what_their_functions_do(make, wanted):
    image = np.array(RGB)
    ours = make()(image)
    result = wanted(RGB.astype("float64"))
    tolerance = 0.51 if ours.dtype == "uint8" else 1e-3
    assert ours.shape == result.shape and onp.abs(ours.asnumpy() - result).max() <= tolerance
    assert (image.asnumpy() == RGB).all(), "an augmenter leaves its image"


def test_jitter_varies_and_stays_in_reach():
    np.random.seed(0)
    image = np.array(RGB).astype("float32")
    bright = [npx.image.BrightnessJitterAug(0.3)(image).asnumpy() for _ in range(50)]
    factors = [float(values.sum() / RGB.sum()) for values in bright]
    assert 0.69 < min(factors) < 0.8 and 1.2 < max(factors) < 1.31
    for kind in (npx.image.ContrastJitterAug, npx.image.SaturationJitterAug):
        near = [float(npx.image.random_contrast(image, 1, 1).std()), float(kind(0.5)(image).std())]
        assert near[0] != near[1]


def test_hue_jitter_is_a_rotation_in_yiq():
    np.random.seed(0)
    image = np.array(RGB).astype("float64")
    grey = RGB @ onp.array([0.299, 0.587, 0.114])
    for _ in range(5):
        turned = npx.image.HueJitterAug(0.5)(image).asnumpy()
        onp.testing.assert_allclose(turned @ [0.299, 0.587, 0.114], grey, atol=1.0)  # the luma stays
        assert onp.abs(turned - RGB).max() > 1
    onp.testing.assert_allclose(npx.image.HueJitterAug(0)(image).asnumpy(), RGB, atol=1.0)


def test_augmenters_describe_themselves():
    assert json.loads(npx.image.ResizeAug(10, interp=1).dumps()) == ["resizeaug", {"size": 10, "interp": 1}]
    assert json.loads(npx.image.LightingAug(0.1, EIGENVALUES, np.eye(3)).dumps()) == [
        "lightingaug",
        {"alphastd": 0.1, "eigval": EIGENVALUES.tolist(), "eigvec": onp.eye(3).tolist()},
    ]
    assert npx.image.SequentialAug([npx.image.HorizontalFlipAug(0.5)]).dumps() == [
        "sequentialaug",
        ['["horizontalflipaug", {"p": 0.5}]'],
    ]
    with pytest.raises(NotImplementedError, match="Augmenter"):
        npx.image.Augmenter()(np.zeros((2, 2, 3)))


def test_the_list_from_flags():
    kinds = lambda **flags: [type(step).__name__ for step in npx.image.CreateAugmenter((3, 6, 5), **flags)]
    assert kinds() == ["CenterCropAug", "CastAug"]
    assert kinds(resize=8, rand_crop=True, rand_resize=True, rand_mirror=True, mean=True, std=True, brightness=0.1,
                 contrast=0.1, saturation=0.1, hue=0.1, pca_noise=0.1, rand_gray=0.1) == [
        "ResizeAug", "RandomSizedCropAug", "HorizontalFlipAug", "CastAug", "ColorJitterAug", "HueJitterAug",
        "LightingAug", "RandomGrayAug", "ColorNormalizeAug",
    ]  # fmt: skip
    np.random.seed(0)
    image = np.array(RGB)
    for step in npx.image.CreateAugmenter((3, 6, 5), rand_crop=True, mean=True, std=True, pca_noise=0.1, hue=0.1):
        image = step(image)
    assert image.shape == (6, 5, 3) and image.dtype == "float32" and bool(np.isfinite(image).all())
    with pytest.raises(ValueError, match="rand_resize"):
        npx.image.CreateAugmenter((3, 6, 5), rand_resize=True)
    with pytest.raises(ValueError, match="1 or 3 numbers"):
        npx.image.CreateAugmenter((3, 6, 5), mean=onp.zeros(2))


def test_the_older_module_is_the_same():
    assert mxnet.image.resize is npx.image.resize and mxnet.image.CreateAugmenter is npx.image.CreateAugmenter
    assert len(mxnet.image.random_crop(np.zeros((4, 4, 3)), (2, 2))) == 2
