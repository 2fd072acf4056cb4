"""Bytes and pages to the text that a reader sees."""

import codecs
import re

from kiemchung.errors import InputError
from kiemchung.text.legacy import decode_one_byte

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"RIFF", "a media file (RIFF)"),
    (b"PK\x03\x04", "a zip file or an office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"SQLite format 3\0", "a database"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|div|p|meta|title)\b", re.IGNORECASE)
_WHOLE_PAGE = re.compile(r"<(?:html|head|title|body|frameset)\b", re.IGNORECASE)
_HEAD_BYTES = 4096


def decode_text(content: bytes, charset: str | None = None) -> str:
    """Bytes as text.

    Tried in order: their byte order mark, the named charset, UTF-8, the charset of an HTML head, windows-1258, -1252.

    Args:
        charset: as served; wrong or unknown ones are passed over.

    Raises:
        InputError: the bytes are no text, or in no character set that is known here.
    """
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            raise InputError(f"this is {what}, not text; save its text as a UTF-8 file or paste the text itself")
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strict(content, encoding)
    if b"\0" in content[:_HEAD_BYTES]:
        return _without_mark(content)
    declared = _META_CHARSET.search(content[:_HEAD_BYTES])
    for name in (charset, "utf-8", declared.group(1).decode("ascii") if declared else None):
        text = _try(content, name)
        if text is not None:
            return text
    return _legacy(content)


def article_text(html: bytes | str, url: str = "", charset: str | None = None) -> str:
    """The article of an HTML page as plain text, without menus, advertising and comments.

    Args:
        url: where the page came from; helps to tell the article from its surroundings.
        charset: as served, for bytes.

    Raises:
        InputError: the page is no text, or holds none that could be an article.
    """
    from trafilatura import extract  # a quarter of a second to load, needed for pages alone

    page = decode_text(html, charset) if isinstance(html, bytes) else html
    if not _WHOLE_PAGE.search(page):
        page = f"<html><body>{page}</body></html>"  # a part of one, in which nothing would be found
    found = extract(page, url=url or None, include_comments=False, include_tables=False, favor_recall=True)
    text = (found or "").strip()
    if not text:
        raise InputError("no article text was found on this page; paste the text itself", where=url)
    return str(text)


def looks_like_html(text: str) -> bool:
    """Whether a text is a page's source rather than what a reader sees."""
    return bool(_HTML.search(text[:_HEAD_BYTES]))


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the file says it is {encoding} but byte {error.start} does not fit; save it again as UTF-8"
        ) from error


def _try(content: bytes, encoding: str | None) -> str | None:
    if not encoding:
        return None
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _without_mark(content: bytes) -> str:
    """UTF-16 text without a byte order mark; anything else with NUL bytes is no text."""
    head = content[:_HEAD_BYTES]
    for encoding, zeros, others in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        if zeros.count(0) > 0.2 * len(zeros) and others.count(0) == 0:
            text = _try(content, encoding)
            if text is not None:
                return text
    raise InputError("this is binary data, not text; paste the text itself, or a UTF-8 text file")


def _legacy(content: bytes) -> str:
    """Text in the one-byte sets that Vietnamese and western files still come in."""
    control = sum(byte < 32 and byte not in b"\t\n\r\x0c\x1b" for byte in content[:_HEAD_BYTES])
    if control > 0.02 * len(content[:_HEAD_BYTES]):
        raise InputError("this is binary data, not text; paste the text itself, or a UTF-8 text file")
    text = decode_one_byte(content)
    if "\ufffd" in text:
        raise InputError("the text is in a character set that is not known here; save it as UTF-8 and try again")
    return text
