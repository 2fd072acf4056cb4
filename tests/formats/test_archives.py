import gzip
import io
import zipfile

import pytest
import zstandard

from kiemchung.errors import InputError
from kiemchung.formats.archives import Limits, unpack


def zipped(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def unpacked(name: str, content: bytes, max_bytes: int = 10_000_000) -> dict[str, bytes]:
    return {d.name: d.stream.read() for d in unpack(name, io.BytesIO(content), Limits(max_bytes, len(content)))}


@pytest.mark.parametrize(
    ("name", "pack", "inner"),
    [
        ("a.json", lambda b: b, "a.json"),
        ("a.json.gz", gzip.compress, "a.json"),
        ("a.json.zst", zstandard.compress, "a.json"),
        ("a.zip", lambda b: zipped({"b/c.json": b, "__MACOSX/x": b"", ".hidden": b""}), "a.zip/b/c.json"),
        ("a.zip.gz", lambda b: gzip.compress(zipped({"c.json": b})), "a.zip/c.json"),
        ("two.zst", lambda b: zstandard.compress(b[:1]) + zstandard.compress(b[1:]), "two"),
        ("two.gz", lambda b: gzip.compress(b[:1]) + gzip.compress(b[1:]), "two"),
    ],
)
def test_archive_gives_its_documents(name: str, pack: object, inner: str) -> None:
    assert callable(pack)
    assert unpacked(name, pack(b"hello")) == {inner: b"hello"}


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda b: zipped({"a": b})])
def test_archive_bomb_is_refused(pack: object) -> None:
    assert callable(pack)
    bomb = pack(b"\0" * 80_000_000)
    with pytest.raises(InputError, match="unpacks to more than 50,000,000 bytes"):
        unpacked("bomb", bomb, max_bytes=10**12)


def test_archive_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="unpacks to more than 1,000 bytes; raise import_max_bytes"):
        unpacked("a.gz", gzip.compress(bytes(range(256)) * 10), max_bytes=1_000)


def test_archives_in_archives_are_opened_only_so_far() -> None:
    content = b"x"
    for _ in range(5):
        content = gzip.compress(content)
    with pytest.raises(InputError, match="archives in archives"):
        unpacked("a.gz", content)


@pytest.mark.parametrize(
    "content",
    [gzip.compress(b"hello" * 1000)[:-20], zstandard.compress(bytes(range(256)) * 20)[:-9], zipped({"a": b"x"})[:-10],
     b"\x1f\x8b\x00\x00", b"PK\x03\x04", b"\x28\xb5\x2f\xfd\xff\xff"],
    ids=["gzip cut off", "zstd cut off", "zip cut off", "gzip head", "zip head", "zstd head"],
)  # fmt: skip
def test_archive_that_is_damaged_says_so(content: bytes) -> None:
    with pytest.raises(InputError, match="damaged"):
        unpacked("a", content)
