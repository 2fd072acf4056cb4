"""A document of any known format as records: what it is, is told by its first bytes."""

import codecs
import io
from collections.abc import Iterator
from typing import Any, TextIO

from kiemchung.formats import datacommons, google_claims, plain
from kiemchung.formats.claimreview import (
    find_objects,
    is_claim_review,
    is_media_review,
    read_value,
    rejected_media_review,
)
from kiemchung.formats.json_stream import Found, read_values
from kiemchung.formats.records import Link, Record, Rejected, cut
from kiemchung.formats.tables import looks_like_table, read_table
from kiemchung.formats.values import first_address, is_web_address, known_charset, objects_in
from kiemchung.text.legacy import decode_one_byte, one_byte_set

_HEAD = 8_192
#: A page or feed is read whole.
MAX_PAGE = 64_000_000


def read_document(
    buffered: "io.BufferedReader[Any]", *, url: str = "", content_type: str = "", charset: str | None = None
) -> Iterator[Record]:
    """The records in a document, in order. Lists of any length are read in bounded memory.

    Args:
        url: its own address, where it was fetched.
        content_type, charset: as served; the bytes have the last word.
    """
    head = buffered.peek(_HEAD)[:_HEAD]
    kind = sniff(head, content_type)
    if kind in ("json", "table"):
        encoding = encoding_of(head, charset)
        if encoding == "cp1258":  # composed, which takes the whole text
            whole = io.StringIO(decode_one_byte(buffered.read()), newline="")
            yield from _read_json(whole) if kind == "json" else read_table(whole)
            return
        text = io.TextIOWrapper(buffered, encoding=encoding, errors="replace", newline="")
        try:
            yield from _read_json(text) if kind == "json" else read_table(text)
        finally:
            text.detach()
        return
    content = buffered.read(MAX_PAGE + 1)
    if len(content) > MAX_PAGE:
        yield Rejected("too_large", f"a page of more than {MAX_PAGE:,} bytes", "page")
    elif kind == "html":
        from kiemchung.formats.pages import read_page  # lxml loads here

        yield from read_page(content, url=url, charset=charset)
    elif kind in ("feed", "sitemap"):
        from kiemchung.formats.feeds import read_feed, read_sitemap  # feedparser loads here

        yield from read_feed(content, url=url) if kind == "feed" else read_sitemap(content)
    elif kind == "empty":
        yield Rejected("empty_item", "the document is empty", "document")
    else:
        detail = "neither JSON, a page, a feed nor a table that names a claim's column"
        yield Rejected("not_known", detail, "document", cut(head[:200].decode("utf-8", "replace")))


def sniff(head: bytes, content_type: str = "") -> str:
    """json, table, html, feed, sitemap, empty or unknown, from a document's first bytes."""
    text = head.decode(encoding_of(head, None), "replace").lstrip("\ufeff\x1e \t\r\n")
    if not text:
        return "empty"
    if text[0] in "{[":
        return "json"
    if text[0] == "<":
        return _sniff_markup(text.lower())
    if looks_like_table(text):
        return "table"
    if "\x00" in text or text.count("\ufffd") > len(text) // 20:
        return "unknown"
    if content_type in ("text/csv", "text/tab-separated-values"):
        return "table"
    return "html" if "html" in content_type or "<html" in text.lower() or "<script" in text.lower() else "unknown"


def _sniff_markup(text: str) -> str:
    marks = {"<rss": "feed", "<feed": "feed", "<rdf:rdf": "feed", "<urlset": "sitemap", "<sitemapindex": "sitemap"}
    found = [(text.find(mark), kind) for mark, kind in marks.items() if mark in text]
    page = min((text.find(mark) for mark in ("<html", "<!doctype html", "<head", "<body") if mark in text), default=-1)
    if found and (page < 0 or min(found)[0] < page):
        return min(found)[1]
    return "html"


def encoding_of(head: bytes, charset: str | None) -> str:
    """The encoding of a text file: by its mark or zeros, UTF-8 where it fits, the server's word, else an old set."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name
    if head[:1] and head[1:2] == b"\x00":
        return "utf-16-le"
    if head[:1] == b"\x00" and head[1:2] not in (b"", b"\x00"):
        return "utf-16-be"
    for said in ("utf-8", known_charset(charset)):
        if said:
            try:
                codecs.getincrementaldecoder(said)().decode(head)
            except UnicodeError:
                continue
            return said
    text = head.decode("utf-8", "replace")
    n_broken = text.count("\ufffd")
    n_good = sum(1 for character in text if character > "\x7f") - n_broken
    return "utf-8" if n_broken <= n_good else one_byte_set(head)


def _read_json(text: TextIO) -> Iterator[Record]:
    for found in read_values(text):
        where = f"record {found.number}"
        if found.error:
            yield Rejected("not_json", found.error, where, cut(found.raw))
        else:
            yield from _read_found(found, where)


def _read_found(found: Found, where: str) -> Iterator[Record]:
    value = found.value
    if found.key == "mediaReviews":
        yield rejected_media_review(value, where)
    elif google_claims.is_claim(value) and not value.get("claimReviewed"):
        yield from google_claims.read_claim(value, where)
    elif google_claims.is_markup_page(value):
        yield from google_claims.read_markup_page(value, where)
    elif found.key == "dataFeedElement" or (isinstance(value, dict) and "item" in value):
        yield from datacommons.read_element(value, where, repaired=found.repaired)
    else:
        yield from _read_other(value, where, found.repaired)


def _read_json_feed(feed: dict[str, Any]) -> Iterator[Record]:
    for number, item in enumerate(objects_in(feed.get("items")), start=1):
        address = first_address(item.get("url")) or first_address(item.get("id"))
        if is_web_address(address):
            yield Link(address, f"item {number}")
        else:
            yield Rejected("bad_url", "the item has no http(s) address", f"item {number}", cut(str(item)))


def _is_record(value: dict[str, Any]) -> bool:
    return google_claims.is_claim(value) or google_claims.is_markup_page(value) or plain.is_row(value)


def _read_other(value: Any, where: str, repaired: bool) -> Iterator[Record]:
    if any(is_claim_review(node) or is_media_review(node) for node in find_objects(value)):
        yield from read_value(value, where, repaired=repaired)
    elif isinstance(value, list) and value:
        for part in value:
            yield from _read_found(Found(part, "", 0, repaired), where)
    elif isinstance(value, dict) and "jsonfeed.org" in str(value.get("version")):
        yield from _read_json_feed(value)
    elif isinstance(value, dict) and plain.is_row(value):
        yield plain.read_row(value, where)
    elif isinstance(value, dict) and any(map(_is_record, find_objects(list(value.values())))):
        for part in value.values():
            if isinstance(part, dict | list):
                yield from _read_found(Found(part, "", 0, repaired), where)
    elif isinstance(value, dict) and value:
        yield plain.rejected_row(value, where)
    elif value != {}:
        yield Rejected("not_known", "not an object", where, cut(str(value)))
