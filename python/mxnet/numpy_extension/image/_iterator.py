"""Batches of pictures with their labels, from lists of files or from files of records, decoded and augmented.

Made of decoding, augmenters and records; used by people's training loops.
Over the usual length, because half of it are the docstrings that users read.
"""

import os

from ... import numpy as np
from ...base import MXNetValueError
from ._augment import CreateAugmenter
from ._checks import whole
from ._decode import imdecode
from ._detection import CreateDetAugmenter
from ._records import Records, unpacked

__all__ = ["ImageDetIter", "ImageIter"]


class DataBatch:
    """A batch: lists of arrays `data` and `label`, and how many of its last examples only fill it (`pad`)."""

    def __init__(self, data, label, pad):
        self.data, self.label, self.pad, self.index = data, label, pad, None


def _listed(path):
    """(key, labels, file) of every line of a list file: separated by tabs, labels between key and file."""
    rows = []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            cells = line.strip().split("\t")
            try:
                rows.append((int(cells[0]), [float(cell) for cell in cells[1:-1]], cells[-1]))
            except ValueError:
                raise MXNetValueError(f"{path}, line {number}: a key, labels and a file, separated by tabs") from None
    return rows


def _given(imglist):
    """(key, labels, file) of every entry of a Python list: labels, then the file."""
    rows = []
    for number, (*labels, file) in enumerate(imglist, 1):
        labels = labels[0] if len(labels) == 1 else labels
        rows.append((number, np.array(labels, dtype="float64").reshape(-1).tolist(), file))
    return rows


class ImageIter:
    """Batches of pictures and labels; iterating gives objects with lists `data` and `label` of arrays, and `pad`.

    Parameters
    ----------
    batch_size : int
    data_shape : tuple
        (3, height, width).
    label_width : int, optional
        How many numbers a label has.
    path_imgrec, path_imgidx : str, optional
        A file of records, and its index, which shuffling and parts want.
    path_imglist, path_root : str, optional
        A list file (key, labels, file; separated by tabs), and the folder of its files.
    imglist : list, optional
        Entries [label, ..., file] instead of a list file.
    shuffle : bool, optional
    part_index, num_parts : int, optional
        Only one of several equal parts is read.
    aug_list : list, optional
        Augmenters; those of `CreateAugmenter(data_shape, **kwargs)` unless given.
    data_name, label_name : str, optional
        For `provide_data` and `provide_label`.
    dtype : dtype, optional
        Of labels.
    last_batch_handle : {'pad', 'discard', 'roll_over'}, optional
        A last batch that is not full is filled from the beginning, dropped, or kept for the next epoch.
    **kwargs
        For `CreateAugmenter`.

    Raises
    ------
    ValueError
        No source, a shape that is not (3, height, width), files that are damaged or empty.

    Examples
    --------
    >>> import os, tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in 'abc':
    ...         Image.new('RGB', (9, 7)).save(os.path.join(folder, name + '.png'))
    ...     images = npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png'], [1, 'b.png'], [0, 'c.png']],
    ...                                  path_root=folder)
    ...     [(batch.data[0].shape, batch.label[0].tolist(), batch.pad) for batch in images]
    [((2, 3, 4, 4), [0.0, 1.0], 0), ((2, 3, 4, 4), [0.0, 0.0], 1)]
    """

    def __init__(
        self,
        batch_size,
        data_shape,
        label_width=1,
        path_imgrec=None,
        path_imglist=None,
        path_root=None,
        path_imgidx=None,
        shuffle=False,
        part_index=0,
        num_parts=1,
        aug_list=None,
        imglist=None,
        data_name="data",
        label_name="softmax_label",
        dtype="float32",
        last_batch_handle="pad",
        **kwargs,
    ):
        name = type(self).__name__
        self.batch_size = whole(batch_size, name, "batch_size", 1)
        self.data_shape, self.label_width = tuple(data_shape), whole(label_width, name, "label_width", 1)
        self.check_data_shape(self.data_shape)
        if last_batch_handle not in ("pad", "discard", "roll_over"):
            raise MXNetValueError(
                f"{name}: last_batch_handle is 'pad', 'discard' or 'roll_over', not {last_batch_handle!r}"
            )
        self.shuffle, self.dtype, self.last_batch_handle = shuffle, dtype, last_batch_handle
        self.path_root, self.data_name, self.label_name = path_root, data_name, label_name
        self._records, self._rows = None, None
        self._open(name, path_imgrec, path_imgidx, path_imglist, imglist)
        self._keys = self._part(name, part_index, num_parts)
        self.auglist = self._augmenters(aug_list, kwargs)
        self._kept = []
        self._place, self._ended = 0, False
        self.reset()

    def _open(self, name, path_imgrec, path_imgidx, path_imglist, imglist):
        """The source: records, a list, or records whose labels stand in a list."""
        if path_imgrec is None and path_imglist is None and imglist is None:
            raise MXNetValueError(f"{name}: one of path_imgrec, path_imglist and imglist is wanted")
        if path_imgrec is not None:
            self._records = Records(path_imgrec, path_imgidx)
        if path_imglist is not None or imglist is not None:
            rows = _listed(path_imglist) if path_imglist is not None else _given(imglist)
            self._rows = {key: (labels, file) for key, labels, file in rows}

    def _part(self, name, part_index, num_parts):
        """The keys of this iterator's part, or None for records without an index."""
        keys = list(self._records.places) if self._records and self._records.places is not None else None
        if self._records is None:
            keys = list(self._rows)
        if keys is None and (self.shuffle or num_parts > 1 or self._rows is not None):
            raise MXNetValueError(f"{name}: shuffling, parts and lists of labels want path_imgidx, an index of records")
        if not 0 <= part_index < num_parts:
            raise MXNetValueError(f"{name}: part_index is below num_parts, but they are {part_index} and {num_parts}")
        if keys is None:
            return None
        length = len(keys) // num_parts
        keys = keys[part_index * length : (part_index + 1) * length]
        if not keys:
            raise MXNetValueError(f"{name}: there are no images")
        return keys

    def _augmenters(self, given, options):
        return CreateAugmenter(self.data_shape, **options) if given is None else given

    @property
    def provide_data(self):
        """[(name, shape)] of the data of a batch.

        Examples
        --------
        >>> npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png']]).provide_data
        [('data', (2, 3, 4, 4))]
        """
        return [(self.data_name, (self.batch_size, *self.data_shape))]

    @property
    def provide_label(self):
        """[(name, shape)] of the labels of a batch.

        Examples
        --------
        >>> npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png']]).provide_label
        [('softmax_label', (2,))]
        """
        return [(self.label_name, (self.batch_size, *((self.label_width,) if self.label_width > 1 else ())))]

    def check_data_shape(self, data_shape):
        """Refuses shapes that are not (3, height, width).

        Parameters
        ----------
        data_shape : tuple of int

        Raises
        ------
        ValueError
            Another shape.

        Examples
        --------
        >>> npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png']]).check_data_shape((3, 5, 5))
        """
        if len(data_shape) != 3 or data_shape[0] != 3:
            raise MXNetValueError(f"{type(self).__name__}: data_shape is (3, height, width), not {data_shape}")

    def reset(self):
        """Begin again; examples that roll over come first.

        Examples
        --------
        >>> npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png']]).reset()
        """
        if self.shuffle:
            order = np.random.permutation(len(self._keys)).tolist()
            self._keys = [self._keys[int(place)] for place in order]
        if self._records is not None:
            self._records.rewind()
        self._place, self._ended = 0, False

    def hard_reset(self):
        """Begin again, and forget the examples that roll over.

        Examples
        --------
        >>> npx.image.ImageIter(2, (3, 4, 4), imglist=[[0, 'a.png']]).hard_reset()
        """
        self._kept = []
        self.reset()

    def next_sample(self):
        """The next example, as it stands in the source.

        Returns
        -------
        tuple
            The labels, and the bytes of the picture.

        Raises
        ------
        StopIteration
            There is none left.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> with open(os.path.join(folder, 'a.png'), 'wb') as file:
        ...     _ = file.write(b'a picture')
        >>> npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']], path_root=folder).next_sample()
        ([5.0], b'a picture')
        """
        if self._keys is None:
            record = self._records.next()
            if record is None:
                raise StopIteration
            return unpacked(record, self._records.path)
        if self._place == len(self._keys):
            raise StopIteration
        key = self._keys[self._place]
        self._place += 1
        if self._records is None:
            labels, file = self._rows[key]
            return labels, self.read_image(file)
        labels, picture = unpacked(self._records.at(key), self._records.path)
        return (labels if self._rows is None else self._rows[key][0]), picture

    def read_image(self, fname):
        """The bytes of a file of the list.

        Parameters
        ----------
        fname : str
            As it stands in the list.

        Returns
        -------
        bytes

        Raises
        ------
        OSError
            The file cannot be read.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> with open(os.path.join(folder, 'a.png'), 'wb') as file:
        ...     _ = file.write(b'a picture')
        >>> npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']], path_root=folder).read_image('a.png')
        b'a picture'
        """
        with open(os.path.join(self.path_root or "", fname), "rb") as file:
            return file.read()

    def imdecode(self, s):
        """The picture in some bytes; subclasses may read other formats.

        Parameters
        ----------
        s : bytes

        Returns
        -------
        ndarray
            Of shape (height, width, channels).

        Raises
        ------
        ValueError
            The bytes are no picture.

        Examples
        --------
        >>> import io
        >>> from PIL import Image
        >>> file = io.BytesIO()
        >>> Image.new('RGB', (9, 7)).save(file, 'png')
        >>> npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']]).imdecode(file.getvalue()).shape
        (7, 9, 3)
        """
        return imdecode(s)

    def augmentation_transform(self, data):
        """The picture behind all augmenters.

        Parameters
        ----------
        data : ndarray
            Of shape (height, width, channels).

        Returns
        -------
        ndarray

        Examples
        --------
        >>> images = npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']])
        >>> images.augmentation_transform(np.zeros((7, 9, 3), dtype='uint8')).shape
        (4, 4, 3)
        """
        for augmenter in self.auglist:
            data = augmenter(data)
        return data

    def postprocess_data(self, datum):
        """A picture with its channels first.

        Parameters
        ----------
        datum : ndarray
            Of shape (height, width, channels).

        Returns
        -------
        ndarray

        Examples
        --------
        >>> images = npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']])
        >>> images.postprocess_data(np.zeros((4, 5, 3))).shape
        (3, 4, 5)
        """
        return datum.transpose(2, 0, 1)

    def _example(self):
        """The next (picture, label) as arrays of a batch."""
        labels, picture = self.next_sample()
        data = self.postprocess_data(self.augmentation_transform(self.imdecode(picture)))
        if len(labels) != self.label_width:
            raise MXNetValueError(
                f"{type(self).__name__}: label_width is {self.label_width}, but a label has {len(labels)} numbers"
            )
        return data, np.array(labels if self.label_width > 1 else labels[0], dtype=self.dtype)

    def _labels(self, labels):
        return np.stack(labels)

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def next(self):
        """The next batch.

        Returns
        -------
        DataBatch
            With lists `data` and `label` of arrays, and `pad`: how many of the last examples only fill the batch.

        Raises
        ------
        StopIteration
            There is none left.
        ValueError
            A damaged picture, or a label of another length.

        Examples
        --------
        >>> import os, tempfile
        >>> from PIL import Image
        >>> folder = tempfile.mkdtemp()
        >>> Image.new('RGB', (9, 7)).save(os.path.join(folder, 'a.png'))
        >>> npx.image.ImageIter(1, (3, 4, 4), imglist=[[5, 'a.png']], path_root=folder).next().label
        [array([5.])]
        """
        if self._ended:
            raise StopIteration
        examples, self._kept = self._kept, []
        while len(examples) < self.batch_size:
            try:
                examples.append(self._example())
            except StopIteration:
                break
        pad = self.batch_size - len(examples)
        if pad:
            self._ended = True
            if not examples or self.last_batch_handle == "discard":
                raise StopIteration
            if self.last_batch_handle == "roll_over":
                self._kept = examples
                raise StopIteration
            self._fill(examples)
        data, labels = zip(*examples, strict=True)
        for one in data:
            if one.shape != self.data_shape:
                raise MXNetValueError(
                    f"{type(self).__name__}: data_shape is {self.data_shape}, but the augmenters give {one.shape}"
                )
        return DataBatch([np.stack(data).astype("float32")], [self._labels(labels)], pad)

    def _fill(self, examples):
        """Examples from the beginning, as often as it takes, until the batch is full."""
        while len(examples) < self.batch_size:
            self._place = 0
            if self._records is not None:
                self._records.rewind()
            try:
                while len(examples) < self.batch_size:
                    examples.append(self._example())
            except StopIteration:
                continue


class ImageDetIter(ImageIter):
    """Batches of pictures and of the boxes on them; labels have the shape (batch, objects, numbers), filled with -1.

    A label in a source is the length of its head, the length of an object, the rest of the head, and the objects:
    class, left, top, right, bottom as shares of the image, and whatever else.

    Parameters
    ----------
    batch_size : int
    data_shape : tuple
        (3, height, width).
    path_imgrec, path_imglist, path_root, path_imgidx, shuffle, part_index, num_parts, imglist, data_name : optional
        As for `ImageIter`.
    aug_list : list, optional
        Augmenters for detection; those of `CreateDetAugmenter(data_shape, **kwargs)` unless given.
    label_name, last_batch_handle : str, optional
        As for `ImageIter`.
    **kwargs
        For `CreateDetAugmenter`.

    Raises
    ------
    ValueError
        As for `ImageIter`; labels without boxes.

    Examples
    --------
    >>> import os, tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new('RGB', (9, 7)).save(os.path.join(folder, 'a.png'))
    ...     images = npx.image.ImageDetIter(
    ...         1, (3, 4, 4), imglist=[[[2, 5, 0, 0., 0., 0.5, 0.5], 'a.png']], path_root=folder)
    ...     next(images).label[0]
    array([[[0. , 0. , 0. , 0.5, 0.5]]])
    """

    def __init__(
        self,
        batch_size,
        data_shape,
        path_imgrec=None,
        path_imglist=None,
        path_root=None,
        path_imgidx=None,
        shuffle=False,
        part_index=0,
        num_parts=1,
        aug_list=None,
        imglist=None,
        data_name="data",
        label_name="label",
        last_batch_handle="pad",
        **kwargs,
    ):
        self.label_shape = None
        super().__init__(
            batch_size,
            data_shape,
            path_imgrec=path_imgrec,
            path_imglist=path_imglist,
            path_root=path_root,
            path_imgidx=path_imgidx,
            shuffle=shuffle,
            part_index=part_index,
            num_parts=num_parts,
            aug_list=aug_list,
            imglist=imglist,
            data_name=data_name,
            label_name=label_name,
            last_batch_handle=last_batch_handle,
            **kwargs,
        )
        self.label_shape = self._largest_label()
        self.reset()

    def _augmenters(self, given, options):
        return CreateDetAugmenter(self.data_shape, **options) if given is None else given

    def _largest_label(self):
        """(objects, numbers) that hold every label of the source."""
        shapes = []
        try:
            while True:
                shapes.append(self._objects(self.next_sample()[0]).shape)
        except StopIteration:
            pass
        if not shapes:
            raise MXNetValueError("ImageDetIter: there are no images")
        return tuple(max(lengths) for lengths in zip(*shapes, strict=True))

    def _objects(self, labels):
        """The objects of a label, of shape (objects, numbers); those without area are left out."""
        head, length = (int(number) for number in labels[:2]) if len(labels) >= 7 else (0, 0)
        if head < 2 or length < 5 or len(labels) <= head or (len(labels) - head) % length:
            raise MXNetValueError(f"ImageDetIter: {len(labels)} numbers are no head and objects: {labels[:8]}")
        rows = np.array(labels[head:], dtype="float32").reshape(-1, length)
        rows = rows[(rows[:, 3] > rows[:, 1]) & (rows[:, 4] > rows[:, 2])]
        if not len(rows):
            raise MXNetValueError("ImageDetIter: a label has no object with an area")
        return rows

    @property
    def provide_label(self):
        """[(name, shape)] of the labels of a batch.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> open(os.path.join(folder, 'a.png'), 'wb').close()
        >>> label = [2, 5, 0, 0., 0., 0.5, 0.5]
        >>> npx.image.ImageDetIter(1, (3, 4, 4), imglist=[[label, 'a.png']], path_root=folder).provide_label
        [('label', (1, 1, 5))]
        """
        return [(self.label_name, (self.batch_size, *self.label_shape))]

    def reshape(self, data_shape=None, label_shape=None):
        """Changes the shapes of pictures, or of labels, which may grow only.

        Parameters
        ----------
        data_shape : tuple of int, optional
            (3, height, width).
        label_shape : tuple of int, optional
            (objects, numbers of an object).

        Raises
        ------
        ValueError
            A shape that is not possible.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> open(os.path.join(folder, 'a.png'), 'wb').close()
        >>> label = [2, 5, 0, 0., 0., 0.5, 0.5]
        >>> images = npx.image.ImageDetIter(1, (3, 4, 4), imglist=[[label, 'a.png']], path_root=folder)
        >>> images.reshape(label_shape=(3, 5))
        >>> images.label_shape
        (3, 5)
        """
        if data_shape is not None:
            self.check_data_shape(tuple(data_shape))
            self.data_shape = tuple(data_shape)
        if label_shape is not None:
            self.check_label_shape(label_shape)
            self.label_shape = tuple(label_shape)

    def check_label_shape(self, label_shape):
        """Refuses shapes that do not hold all labels.

        Parameters
        ----------
        label_shape : tuple of int
            (objects, numbers of an object).

        Raises
        ------
        ValueError
            The shape is too small.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> open(os.path.join(folder, 'a.png'), 'wb').close()
        >>> label = [2, 5, 0, 0., 0., 0.5, 0.5]
        >>> images = npx.image.ImageDetIter(1, (3, 4, 4), imglist=[[label, 'a.png']], path_root=folder)
        >>> images.check_label_shape((2, 5))
        """
        if len(label_shape) != 2 or any(new < old for new, old in zip(label_shape, self.label_shape, strict=True)):
            raise MXNetValueError(f"ImageDetIter: labels of shape {self.label_shape} do not fit into {label_shape}")

    def sync_label_shape(self, it, verbose=False):
        """Gives this iterator and another one the label shape that holds the labels of both.

        Parameters
        ----------
        it : ImageDetIter
        verbose : bool, optional
            Whether the shape is printed.

        Returns
        -------
        ImageDetIter
            The other one.

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> open(os.path.join(folder, 'a.png'), 'wb').close()
        >>> label = [2, 5, 0, 0., 0., 0.5, 0.5]
        >>> images = npx.image.ImageDetIter(1, (3, 4, 4), imglist=[[label, 'a.png']], path_root=folder)
        >>> images.sync_label_shape(images, verbose=True) is images
        labels have the shape (1, 5)
        True
        """
        both = tuple(max(pair) for pair in zip(self.label_shape, it.label_shape, strict=True))
        self.reshape(label_shape=both)
        it.reshape(label_shape=both)
        if verbose:
            print(f"labels have the shape {both}")
        return it

    def augmentation_transform(self, data, label):
        """The picture and its objects behind all augmenters.

        Parameters
        ----------
        data : ndarray
            Of shape (height, width, channels).
        label : ndarray
            Of shape (objects, numbers of an object).

        Returns
        -------
        tuple of ndarray

        Examples
        --------
        >>> import os, tempfile
        >>> folder = tempfile.mkdtemp()
        >>> open(os.path.join(folder, 'a.png'), 'wb').close()
        >>> label = [2, 5, 0, 0., 0., 0.5, 0.5]
        >>> images = npx.image.ImageDetIter(1, (3, 4, 4), imglist=[[label, 'a.png']], path_root=folder)
        >>> picture, objects = images.augmentation_transform(np.zeros((7, 9, 3)), np.array([label[2:]]))
        >>> picture.shape, objects.shape
        ((4, 4, 3), (1, 5))
        """
        for augmenter in self.auglist:
            data, label = augmenter(data, label)
        return data, label

    def _example(self):
        labels, picture = self.next_sample()
        data, objects = self.augmentation_transform(self.imdecode(picture), self._objects(labels))
        return self.postprocess_data(data), objects

    def _labels(self, labels):
        filled = np.full((len(labels), *self.label_shape), -1, dtype="float32")
        for number, objects in enumerate(labels):
            filled[number, : objects.shape[0], : objects.shape[1]] = objects
        return filled
