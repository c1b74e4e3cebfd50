"""`ImageIter` and `ImageDetIter`: batches from lists of files and from files of records, good and damaged."""

import io
import struct

import numpy as onp
import pytest

from mxnet import MXNetError, np, npx

pillow = pytest.importorskip("PIL.Image")

MAGIC = 0xCED7230A
COUNT, SHAPE = 7, (3, 4, 5)


def picture(number):
    """A PNG all of whose elements are its number."""
    file = io.BytesIO()
    pillow.fromarray(onp.full((4, 5, 3), number, "uint8")).save(file, "png")
    return file.getvalue()


def record(labels, data):
    """The bytes of a record; a magic number at a multiple of four inside of them parts it."""
    head = struct.pack("<IfQQ", len(labels) if len(labels) > 1 else 0, labels[0] if len(labels) == 1 else 0, 0, 0)
    data = head + (onp.array(labels, "<f4").tobytes() if len(labels) > 1 else b"") + data
    places = [place for place in range(0, len(data) - 3, 4) if data[place : place + 4] == struct.pack("<I", MAGIC)]
    pieces, start = [], 0
    for place in [*places, len(data)]:
        pieces.append(data[start:place])
        start = place + 4
    written = b""
    for number, piece in enumerate(pieces):
        mark = 0 if len(pieces) == 1 else 1 if number == 0 else 3 if number == len(pieces) - 1 else 2
        written += struct.pack("<II", MAGIC, mark << 29 | len(piece)) + piece + b"\0" * (-len(piece) % 4)
    return written


def labels_of(number, width):
    return [float(number * 10 + place) for place in range(width)]


@pytest.fixture
def folder(tmp_path):
    for number in range(COUNT):
        (tmp_path / f"{number}.png").write_bytes(picture(number))
    return tmp_path


def source(kind, folder, width=1):
    """Keyword arguments for the same seven pictures."""
    labels = [labels_of(number, width) for number in range(COUNT)]
    if kind == "imglist":
        return dict(imglist=[[*labels[number], f"{number}.png"] for number in range(COUNT)], path_root=str(folder))
    if kind == "nested":
        return dict(imglist=[[labels[number], f"{number}.png"] for number in range(COUNT)], path_root=str(folder))
    if kind == "list file":
        lines = ["\t".join([str(number + 3), *map(str, labels[number]), f"{number}.png"]) for number in range(COUNT)]
        (folder / "all.lst").write_text("\n".join(lines) + "\n")
        return dict(path_imglist=str(folder / "all.lst"), path_root=str(folder))
    written, places = b"", []
    for number in range(COUNT):
        places.append(len(written))
        written += record(labels[number], picture(number))
    (folder / "all.rec").write_bytes(written)
    (folder / "all.idx").write_text("".join(f"{number}\t{place}\n" for number, place in enumerate(places)))
    index = dict(path_imgidx=str(folder / "all.idx")) if kind == "indexed" else {}
    return dict(path_imgrec=str(folder / "all.rec"), **index)


KINDS = ["imglist", "nested", "list file", "records", "indexed"]


def numbers(batch):
    """Which pictures a batch holds; each is checked to be whole, and to stand by its label."""
    data, label = batch.data[0], batch.label[0]
    found = data[:, 0, 0, 0]
    assert (data == found.reshape(-1, 1, 1, 1)).all()
    first = label if label.ndim == 1 else label[:, 0]
    assert (first == found * 10).all()
    return [int(number) for number in found.tolist()]


@pytest.mark.parametrize("width", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_batches_hold_the_pictures_in_order(kind, width, folder):
    images = npx.image.ImageIter(3, SHAPE, label_width=width, aug_list=[], **source(kind, folder, width))
    assert images.provide_data == [("data", (3, *SHAPE))]
    assert images.provide_label == [("softmax_label", (3,) if width == 1 else (3, width))]
    for _ in range(2):
        batches = list(images)
        assert [numbers(batch) for batch in batches] == [[0, 1, 2], [3, 4, 5], [6, 0, 1]]
        assert [batch.pad for batch in batches] == [0, 0, 2]
        assert batches[0].data[0].shape == (3, *SHAPE) and batches[0].data[0].dtype == "float32"
        assert batches[0].label[0].shape == images.provide_label[0][1] and batches[0].label[0].dtype == "float32"
        with pytest.raises(StopIteration):
            next(images)
        images.reset()


@pytest.mark.parametrize("kind", KINDS)
def test_what_becomes_of_the_last_batch(kind, folder):
    given = source(kind, folder)
    images = npx.image.ImageIter(3, SHAPE, aug_list=[], last_batch_handle="discard", **given)
    assert [numbers(batch) for batch in images] == [[0, 1, 2], [3, 4, 5]]
    images = npx.image.ImageIter(3, SHAPE, aug_list=[], last_batch_handle="roll_over", **given)
    assert [numbers(batch) for batch in images] == [[0, 1, 2], [3, 4, 5]]
    images.reset()
    assert [numbers(batch) for batch in images] == [[6, 0, 1], [2, 3, 4]]
    images.hard_reset()
    assert numbers(next(images)) == [0, 1, 2]
    many = npx.image.ImageIter(20, SHAPE, aug_list=[], **given)
    assert numbers(next(many)) == [number % COUNT for number in range(20)]


@pytest.mark.parametrize("kind", ["imglist", "list file", "indexed"])
def test_shuffling_and_parts(kind, folder):
    np.random.seed(0)
    images = npx.image.ImageIter(7, SHAPE, aug_list=[], shuffle=True, **source(kind, folder))
    orders = []
    for _ in range(4):
        orders.append(numbers(next(images)))
        images.reset()
    assert all(sorted(order) == list(range(COUNT)) for order in orders) and len(set(map(tuple, orders))) > 2
    parts = [
        npx.image.ImageIter(1, SHAPE, aug_list=[], part_index=part, num_parts=3, **source(kind, folder))
        for part in range(3)
    ]
    assert [[numbers(batch)[0] for batch in part] for part in parts] == [[0, 1], [2, 3], [4, 5]]


def test_augmenters_and_label_dtypes(folder):
    images = npx.image.ImageIter(
        2, (3, 2, 2), dtype="int64", rand_crop=True, rand_mirror=True, mean=onp.ones(3), **source("imglist", folder)
    )
    batch = next(images)
    assert batch.data[0].shape == (2, 3, 2, 2) and batch.label[0].dtype == "int64"
    assert batch.data[0][:, 0, 0, 0].tolist() == [-1.0, 0.0]


def test_a_record_in_parts(tmp_path):
    """A TIFF without compression whose elements spell the magic number."""
    elements = onp.frombuffer(struct.pack("<I", MAGIC) * 36, "uint8").reshape(4, 12, 3)
    file = io.BytesIO()
    pillow.fromarray(elements).save(file, "tiff")
    written = record([5.0], file.getvalue())
    assert written.count(struct.pack("<I", MAGIC)) > 2
    (tmp_path / "one.rec").write_bytes(written)
    images = npx.image.ImageIter(1, (3, 4, 12), path_imgrec=str(tmp_path / "one.rec"), aug_list=[])
    assert (next(images).data[0].asnumpy()[0] == elements.transpose(2, 0, 1)).all()


# Detection.

BOXES = [[0, 0.0, 0.0, 0.5, 0.5], [1, 0.25, 0.25, 1.0, 0.75], [2, 0.5, 0.5, 0.5, 0.9]]  # the last one has no area


def detection_labels(number):
    return [4, 5, 99, 99, *(side for box in BOXES[: 1 + number % 3] for side in box)]


@pytest.mark.parametrize("kind", ["nested", "indexed", "records"])
def test_detection_batches(kind, folder, monkeypatch):
    monkeypatch.setitem(globals(), "labels_of", lambda number, width: detection_labels(number))
    images = npx.image.ImageDetIter(3, SHAPE, aug_list=[], **source(kind, folder))
    assert images.provide_label == [("label", (3, 2, 5))]
    batches = list(images)
    assert [batch.pad for batch in batches] == [0, 0, 2]
    wanted = onp.full((3, 2, 5), -1, "float32")
    wanted[:, 0], wanted[1:, 1] = BOXES[0], BOXES[1]
    onp.testing.assert_allclose(batches[0].label[0].asnumpy(), wanted, atol=1e-6)
    flipped = npx.image.ImageDetIter(1, SHAPE, aug_list=[npx.image.DetHorizontalFlipAug(1)], **source(kind, folder))
    onp.testing.assert_allclose(next(flipped).label[0].asnumpy()[0, 0], [0, 0.5, 0, 1, 0.5], atol=1e-6)
    flipped.reshape((3, 8, 8), (6, 7))
    assert flipped.provide_label == [("label", (1, 6, 7))] and flipped.provide_data == [("data", (1, 3, 8, 8))]
    images.sync_label_shape(flipped)
    assert images.label_shape == flipped.label_shape == (6, 7)
    with pytest.raises(ValueError, match="do not fit into"):
        images.reshape(label_shape=(1, 5))


def test_detection_with_augmenters(folder, monkeypatch):
    monkeypatch.setitem(globals(), "labels_of", lambda number, width: detection_labels(number))
    np.random.seed(0)
    images = npx.image.ImageDetIter(
        4, (3, 12, 12), rand_crop=0.5, rand_pad=0.5, rand_mirror=True, mean=True, **source("nested", folder)
    )
    for batch in images:
        assert batch.data[0].shape == (4, 3, 12, 12) and batch.label[0].shape == (4, 2, 5)
        assert bool(((batch.label[0][:, 0, 1:] >= 0) & (batch.label[0][:, 0, 1:] <= 1)).all())


# Bad input.


def write(folder, data):
    (folder / "bad.rec").write_bytes(data)
    return dict(path_imgrec=str(folder / "bad.rec"), aug_list=[])


GOOD = record([1.0], picture(1))
BAD = [
    (lambda folder: dict(), "one of path_imgrec"),
    (lambda folder: dict(imglist=[]), "there are no images"),
    (lambda folder: source("records", folder) | dict(shuffle=True), "path_imgidx"),
    (lambda folder: source("imglist", folder) | dict(part_index=2, num_parts=2), "below num_parts"),
    (lambda folder: source("imglist", folder) | dict(last_batch_handle="keep"), "'roll_over', not 'keep'"),
    (lambda folder: source("imglist", folder) | dict(label_width=2), "label_width is 2"),
    (lambda folder: source("imglist", folder) | dict(aug_list=[npx.image.ResizeAug(2)]), "but the augmenters give"),
    (lambda folder: write(folder, GOOD[:-8]), "where"),
    (lambda folder: write(folder, GOOD[:6]), "ends inside of a record"),
    (lambda folder: write(folder, b"\0" + GOOD), "no record begins"),
    (lambda folder: write(folder, struct.pack("<II", MAGIC, 2**29 - 1) + b"abc"), "3 are left"),
    (lambda folder: write(folder, struct.pack("<II", MAGIC, 4) + b"abcd"), "no header"),
    (lambda folder: write(folder, struct.pack("<II", MAGIC, 24) + struct.pack("<IfQQ", 2**31, 0, 0, 0)), "labels"),
    (lambda folder: write(folder, struct.pack("<II", MAGIC, 1 << 29 | 4) + b"abcd"), "has no end"),
    (lambda folder: write(folder, record([1.0], b"no picture")), "not a picture"),
]


@pytest.mark.parametrize("given, text", BAD, ids=range(len(BAD)))
def test_bad_input(given, text, folder):
    options = given(folder)
    with pytest.raises(ValueError, match=text) as caught:
        next(npx.image.ImageIter(1, SHAPE, **({"aug_list": []} | options)))
    assert isinstance(caught.value, MXNetError)


def test_bad_shapes_files_and_boxes(folder):
    with pytest.raises(ValueError, match=r"data_shape is \(3, height, width\)"):
        npx.image.ImageIter(1, (1, 4, 4), imglist=[[0, "0.png"]])
    with pytest.raises(FileNotFoundError):
        next(npx.image.ImageIter(1, SHAPE, imglist=[[0, "none.png"]], path_root=str(folder)))
    (folder / "bad.lst").write_text("x\t1\t0.png\n")
    with pytest.raises(ValueError, match=r"bad.lst, line 1"):
        npx.image.ImageIter(1, SHAPE, path_imglist=str(folder / "bad.lst"))
    for labels in ([1.0, 2.0], [2, 5, 0, 0.5, 0.5, 0.5, 0.5], [9, 5, 1, 2, 3, 4, 5], [2, 4, 0, 0, 0, 1]):
        with pytest.raises(ValueError, match="ImageDetIter"):
            npx.image.ImageDetIter(1, SHAPE, imglist=[[labels, "0.png"]], path_root=str(folder))
