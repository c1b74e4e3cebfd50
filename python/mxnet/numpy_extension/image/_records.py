"""Files of records (.rec): pictures with their labels, one after the other, as MXNet's im2rec writes them.

A record is a magic number, its length with a mark for records in parts, the bytes, and padding to four; an image's
bytes begin with a header: how many labels follow it (none: the one in the header counts), the label, two numbers. Used
by the iterators; decodes no picture. Files are never trusted.
"""

import os
import struct

import numpy as _host

from ...base import MXNetValueError

MAGIC = 0xCED7230A
HEADER = struct.Struct("<IfQQ")
WHOLE, FIRST, MIDDLE, LAST = range(4)


class Records:
    """The records of a file, read one by one, or by the places that an index file (.idx) tells."""

    def __init__(self, path, index_path=None):
        self.path = os.fspath(path)
        self.file = open(self.path, "rb")  # noqa: SIM115 - open as long as the records are read
        self.places = None if index_path is None else self._index(index_path)

    def _index(self, path):
        places = {}
        with open(path) as file:
            for number, line in enumerate(file, 1):
                try:
                    key, place = line.split()
                    places[int(key)] = int(place)
                except ValueError:
                    raise MXNetValueError(f"{path}, line {number}: a key and a place, not {line.strip()!r}") from None
        return places

    def rewind(self):
        self.file.seek(0)

    def close(self):
        self.file.close()

    def at(self, key):
        """The record of a key of the index."""
        self.file.seek(self.places[key])
        record = self.next()
        if record is None:
            raise MXNetValueError(f"{self.path}: key {key} lies behind the end of the file")
        return record

    def next(self):
        """The next record, or None at the end."""
        mark, data = self._part()
        if mark is None or mark == WHOLE:
            return data
        parts = [data]
        while mark != LAST:
            # a magic number inside of a record parts it, and is left out
            mark, data = self._part()
            if mark not in (MIDDLE, LAST):
                raise MXNetValueError(f"{self.path}: a record in parts has no end")
            parts.append(data)
        return struct.pack("<I", MAGIC).join(parts)

    def _part(self):
        head = self.file.read(8)
        if not head:
            return None, None
        if len(head) < 8:
            raise MXNetValueError(f"{self.path}: the file ends inside of a record")
        magic, length = struct.unpack("<II", head)
        if magic != MAGIC:
            raise MXNetValueError(f"{self.path}: no record begins at byte {self.file.tell() - 8}")
        mark, length = length >> 29, length & (2**29 - 1)
        left = os.fstat(self.file.fileno()).st_size - self.file.tell()
        if length > left:
            raise MXNetValueError(f"{self.path}: a record of {length} bytes where {left} are left")
        data = self.file.read(length)
        self.file.read(-length % 4)
        return mark, data


def unpacked(record, path):
    """(label, picture) of a record: the label as a list of floats."""
    if len(record) < HEADER.size:
        raise MXNetValueError(f"{path}: a record of {len(record)} bytes has no header")
    count, label, _, _ = HEADER.unpack_from(record)
    end = HEADER.size + 4 * count
    if end > len(record):
        raise MXNetValueError(f"{path}: a record of {len(record)} bytes has no {count} labels")
    labels = _host.frombuffer(record[HEADER.size : end], "<f4").tolist() if count else [label]
    return labels, record[end:]
