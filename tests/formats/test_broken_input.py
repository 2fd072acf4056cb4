"""Whatever bytes come in, reading ends, raises nothing but InputError, and says something of what it could not use."""

import gzip
import io
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats import datacommons, insights
from kiemchung.formats.archives import Limits, unpack
from kiemchung.formats.plain import render_record
from kiemchung.formats.reading import read_document
from kiemchung.formats.records import Accepted, Link, Notice, Record, Rejected
from tests.formats.documents import NODE, accepted, dumps, page

REVIEWS = accepted(dumps([NODE, NODE | {"url": "https://ban-mau.example/2"}]))
_packed = io.BytesIO()
with zipfile.ZipFile(_packed, "w") as _archive:
    _archive.writestr("a.json", dumps(NODE))
SEEDS = {
    "object": dumps(NODE).encode(),
    "ndjson": "".join(dumps(render_record(review)) + "\n" for review in REVIEWS).encode(),
    "feed": "".join(datacommons.render_feed(REVIEWS)).encode(),
    "insights": insights.render_json(REVIEWS, "2026-01-01").encode(),
    "csv": "".join(insights.render_csv(REVIEWS)).encode(),
    "tsv": "claim\tverdict\turl\nTin đồn\tSai\thttps://ban-mau.example/1\n".encode(),
    "page": page(dumps(NODE), dumps({"@graph": [NODE]})).encode(),
    "utf16": page(dumps(NODE)).encode("utf-16"),
    "rss": b"<?xml version='1.0'?><rss><channel><item><link>https://a.example/1</link></item></channel></rss>",
    "gzip": gzip.compress(dumps(NODE).encode()),
    "zip": _packed.getvalue(),
}


def everything(content: bytes) -> list[Record]:
    """The records of all documents in some bytes; an InputError counts as one rejected record."""
    found: list[Record] = []
    try:
        for document in unpack("x", io.BytesIO(content), Limits(5_000_000, len(content))):
            found += read_document(document.stream)
    except InputError as error:
        found.append(Rejected("unreadable", str(error), "x"))
    return found


def damage(content: bytes, seed: int) -> bytes:
    """Some bytes cut, doubled, swapped or overwritten."""
    chance = random.Random(seed)
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        span = chance.randint(0, 30)
        kind = chance.randrange(5)
        if kind == 0:
            del data[at : at + span]
        elif kind == 1:
            data[at:at] = data[at : at + span]
        elif kind == 2:
            data[at:at] = chance.choice(
                [b'"', b"{", b"}", b"[", b"]", b",", b"\\", b"\x00", b"\xff", b"\n", b"&lt;", b"<"]
            )
        elif kind == 3:
            del data[at:]
        elif data:
            data[at % len(data)] = chance.randrange(256)
    return bytes(data)


@pytest.mark.parametrize("name", SEEDS)
def test_seed_is_read_whole(name: str) -> None:
    assert all(isinstance(record, Accepted | Link) for record in everything(SEEDS[name]))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SEEDS)), st.integers(0, 2**32))
def test_damaged_document_gives_records_and_never_silence(name: str, seed: int) -> None:
    records = everything(damage(SEEDS[name], seed))
    assert all(isinstance(record, Accepted | Rejected | Link | Notice) for record in records)
    for record in records:
        if isinstance(record, Accepted):
            record.review.claim.encode()  # no half surrogates
            assert record.review.claim
            assert record.review.url.startswith(("http://", "https://"))
            assert record.review.verdict


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_their_end(content: bytes) -> None:
    everything(content)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='<>/!-script"=type application/ld+json{}[]&;#x0 \n', max_size=300))
def test_any_markup_is_read_to_its_end(text: str) -> None:
    everything(f"<html>{text}".encode())
    everything(page(text).encode())
