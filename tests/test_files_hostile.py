"""Files that somebody damaged or made up: an error that says what is wrong, never a crash, a hang or much memory."""

import io
import struct
import zipfile
import zlib

import numpy as onp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mxnet import np, npx

ARRAYS = {"a": onp.arange(6, dtype="float32").reshape(2, 3), "bb": onp.arange(4, dtype="int64"), "c": onp.zeros((0, 2))}


def content_of(save, *args, **kwds):
    file = io.BytesIO()
    save(file, *args, **kwds)
    return file.getvalue()


def ours():
    return {name: np.asarray(array) for name, array in ARRAYS.items()}


def good_files():
    files = {format: content_of(npx.save, ours(), format=format) for format in ("mxnet", "npz", "safetensors")}
    files["packed"] = content_of(np.savez_compressed, **ARRAYS)
    files["npy"] = content_of(np.save, ARRAYS["a"])
    return files


FILES = good_files()
#: What a load may raise; anything else is a bug.
ERRORS = (ValueError, TypeError, MemoryError, EOFError)


def load_all(content):
    """Loads all that can be loaded, within bounds that the file's own size gives."""
    try:
        archive = npx.open(io.BytesIO(content))
    except ERRORS:
        return None
    loaded = 0
    for name in archive:
        entry = archive.entry(name)
        if entry.nbytes is not None and entry.nbytes < 1 << 24:
            try:
                assert archive.load(name).nbytes == entry.nbytes
                loaded += 1
            except ERRORS:
                pass
    return loaded


@pytest.mark.parametrize("name", FILES)
def test_the_files_themselves_are_good(name):
    assert load_all(FILES[name]) == (1 if name == "npy" else 3)


@pytest.mark.parametrize("name", FILES)
def test_every_cut(name):
    content = FILES[name]
    for length in range(len(content)):
        with pytest.raises(ERRORS):
            npx.load(io.BytesIO(content[:length]))


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit(name):
    content = FILES[name]
    for at in range(len(content)):
        for bit in (0, 6, 7):
            load_all(content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])


NUMBERS = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
mutations = st.lists(
    st.one_of(
        st.tuples(st.just("byte"), st.integers(0, 1 << 16), st.integers(0, 255)),
        st.tuples(st.just("number"), st.integers(0, 1 << 16), st.sampled_from(NUMBERS)),
        st.tuples(st.just("cut"), st.integers(0, 1 << 16), st.integers(0, 64)),
        st.tuples(st.just("repeat"), st.integers(0, 1 << 16), st.integers(0, 64)),
    ),
    min_size=1,
    max_size=6,
)


def mutated(content, changes):
    content = bytearray(content)
    for kind, at, value in changes:
        at %= max(len(content), 1)
        if kind == "byte":
            content[at : at + 1] = bytes([value])
        elif kind == "number":
            size = max((value.bit_length() + 7) // 8, 1)
            content[at : at + size] = value.to_bytes(size, "little")
        elif kind == "cut":
            del content[at : at + value]
        else:
            content[at:at] = content[at : at + value]
    return bytes(content)


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(FILES)), mutations)
def test_mutated_files(name, changes):
    load_all(mutated(FILES[name], changes))


def npy(header, data=b"", version=1):
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + len(text).to_bytes(2 if version == 1 else 4, "little") + text + data


HEADERS = [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "cut short"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999,), }", "cut short"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "too big"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "cannot be understood"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "negative"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,), }", "cannot be understood"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (True,), }", "the length"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (), }", "fortran_order"),
    ("{'descr': '<f4', 'fortran_order': False}", "wants"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'more': 1}", "more"),
    ("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': ()}", "twice"),
    ("{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': ()}", "cannot be understood"),
    ("['descr']", "no dictionary"),
    ("(" * 5000, "nests too deep"),
    ("", "cannot be understood"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (" + "1, " * 65 + "), }", "maximum supported dimension"),
]


@pytest.mark.parametrize("header, words", HEADERS)
def test_headers_that_are_wrong(header, words):
    with pytest.raises(ValueError, match=words):
        np.load(io.BytesIO(npy(header)))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", npy(header))
    with pytest.raises(ValueError, match=words if "cut" not in words else "the member has 0 after its header"):
        np.load(io.BytesIO(packed.getvalue()))


def test_a_header_that_is_longer_than_the_file():
    for content in (
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f",
        b"\x93NUMPY\x01\x00\xff\xff{}",
        b"\x93NUMPY\x04\x00\x01\x00{",
    ):
        with pytest.raises(ValueError, match=r"header of|cut short|version 4\.0"):
            np.load(io.BytesIO(content))


def archive_of(members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


ONE = content_of(onp.save, onp.ones(3))


@pytest.mark.parametrize("name", ["../a.npy", "/etc/a.npy", "x/../../a.npy", "C:a.npy", "x\\a.npy"])
def test_names_that_lead_out_of_a_folder(name):
    with pytest.raises(ValueError, match="leads out of the archive"):
        np.load(io.BytesIO(archive_of([(name, ONE)])))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_that_come_twice():
    for names in (("a.npy", "a.npy"), ("a.npy", "a")):
        with pytest.raises(ValueError, match="two arrays have the name 'a'"):
            np.load(io.BytesIO(archive_of([(name, ONE) for name in names])))


def test_members_that_share_bytes():
    """A directory that names one member many times is how small files unpack to endless ones."""
    content = archive_of([("a.npy", ONE), ("b.npy", ONE)])
    at = content.rindex(b"PK\x01\x02")
    content = content[: at + 42] + bytes(4) + content[at + 46 :]
    with pytest.raises(ValueError, match=r"calls itself otherwise|share bytes"):
        np.load(io.BytesIO(content))
    content = archive_of([("a.npy", ONE), ("a.npx", ONE)]).replace(b"a.npx", b"a.npy")
    at = content.rindex(b"PK\x01\x02")
    content = content[: at + 42] + bytes(4) + content[at + 46 :]
    with pytest.raises(ValueError, match="share bytes"):
        np.load(io.BytesIO(content))


def test_a_bomb_is_refused_before_memory_is_taken():
    """The directory promises far more than the packed bytes can hold."""
    content = archive_of([("a.npy", ONE)], compression=zipfile.ZIP_DEFLATED)
    at = content.rindex(b"PK\x01\x02")
    content = content[: at + 24] + struct.pack("<I", 2**32 - 2) + content[at + 28 :]
    with pytest.raises(ValueError, match="cannot hold 4294967294 bytes"):
        np.load(io.BytesIO(content))


def test_members_that_are_longer_or_shorter_than_their_arrays():
    for extra in (ONE + b"x", ONE[:-1]):
        for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            with pytest.raises(ValueError, match="array 'a': an array of shape"):
                np.load(io.BytesIO(archive_of([("a.npy", extra)], compression=compression)))


@pytest.mark.parametrize("longer", [True, False])
def test_packed_bytes_that_are_not_what_the_directory_says(longer):
    content = archive_of([("a.npy", ONE)], compression=zipfile.ZIP_DEFLATED)
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(ONE + b"x" if longer else ONE[:-1]) + packer.flush()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        old = archive.infolist()[0].compress_size
    start = 30 + 5
    directory = content.index(b"PK\x01\x02")
    entry = bytearray(content[directory:])
    entry[20:24] = struct.pack("<I", len(packed))
    shift = len(packed) - old
    end = entry.index(b"PK\x05\x06")
    entry[end + 16 : end + 20] = struct.pack("<I", directory + shift)
    made = content[:start] + packed + bytes(entry)
    with np.load(io.BytesIO(made)) as loaded, pytest.raises(ValueError, match=r"goes on after|ends before"):
        loaded["a"]


def test_checksums_are_checked():
    for compression in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        content = archive_of([("a.npy", ONE)], compression=compression)
        at = content.rindex(b"PK\x01\x02")
        content = content[: at + 16] + b"\x00\x01\x02\x03" + content[at + 20 :]
        with np.load(io.BytesIO(content)) as loaded, pytest.raises(ValueError, match="checksum"):
            loaded["a"]


def test_archives_that_cannot_be_read():
    content = archive_of([("a.npy", ONE)], compression=zipfile.ZIP_BZIP2)
    with pytest.raises(TypeError, match="method 12"):
        np.load(io.BytesIO(content))
    content = bytearray(archive_of([("a.npy", ONE)]))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(TypeError, match="encrypted"):
        np.load(io.BytesIO(bytes(content)))


def test_archives_of_other_tools():
    """Comments, folders, members that are no arrays, extra fields."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"a comment PK\x05\x06 of some length"
        archive.writestr("folder/", b"")
        archive.writestr("folder/a.npy", ONE)
        archive.writestr("README", b"text")
        info = zipfile.ZipInfo("b.npy")
        info.extra = struct.pack("<HHI", 0x5455, 4, 0)
        archive.writestr(info, ONE)
    with np.load(io.BytesIO(file.getvalue())) as loaded:
        assert loaded.files == ["folder/a", "README", "b"]
        assert loaded["folder/a"].tolist() == loaded["b"].tolist() == [1, 1, 1]
        with pytest.raises(TypeError, match="README"):
            loaded["README"]


def safetensors(header, data=b""):
    text = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(text)) + text + data


TENSOR = '"%s":{"dtype":"F32","shape":[%s],"data_offsets":[%s]}'
SAFE = [
    ("{" + TENSOR % ("a", "2", "0,8") + "}", 7, "bytes 0 to 8"),
    ("{" + TENSOR % ("a", "2", "0,8") + "}", 9, "belong to no array"),
    ("{" + TENSOR % ("a", "3", "0,8") + "}", 8, "takes 12 bytes"),
    ("{" + TENSOR % ("a", "2", "4,12") + "}", 12, "no gaps"),
    ("{" + TENSOR % ("a", "2", "8,0") + "}", 8, "no gaps|bytes 8 to 0"),
    ("{" + TENSOR % ("a", "2", "0,8") + "," + TENSOR % ("b", "2", "0,8") + "}", 8, "share"),
    ("{" + TENSOR % ("a", "2", "0,8") + "," + TENSOR % ("a", "1", "8,12") + "}", 12, "two arrays have the name 'a'"),
    ("{" + TENSOR % ("a", "4611686018427387904,4", "0,0") + "}", 0, "too big"),
    ("{" + TENSOR % ("a", "18446744073709551615", "0,0") + "}", 0, "an axis of length"),
    ("{" + TENSOR % ("a", "-1", "0,0") + "}", 0, "cannot be understood"),
    ('{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}', 4, "cannot be understood"),
    ('{"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}}', 4, "cannot be understood"),
    ('{"__metadata__":{"a":1}}', 0, "cannot be understood"),
    ('{"__metadata__":{},"__metadata__":{}}', 0, "twice"),
    ('{"a":' * 3000, 0, "cannot be understood"),
    ("{", 0, "cannot be understood"),
    (b"{\xff}", 0, "cannot be understood"),
]


@pytest.mark.parametrize("header, data, words", SAFE)
def test_safetensors_headers_that_are_wrong(header, data, words):
    with pytest.raises(ValueError, match=words):
        npx.load(io.BytesIO(safetensors(header, bytes(data))))


def test_safetensors_headers_of_impossible_length():
    for length, words in ((100_000_001, "no known format"), (99_999_999, "cut short")):
        with pytest.raises(ValueError, match=words):
            npx.load(io.BytesIO(struct.pack("<Q", length) + b"{" + bytes(100)))
