"""Web pages that hold ClaimReview in JSON-LD, microdata or RDFa."""

import codecs
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from lxml import etree, html

from kiemchung.formats import repair
from kiemchung.formats.claimreview import (
    Surroundings,
    collect_ids,
    find_objects,
    find_reviews,
    is_claim_review,
    is_media_review,
    read_claim_review,
    rejected_media_review,
    types_of,
    without_vocabulary,
)
from kiemchung.formats.dates import iso_date
from kiemchung.formats.markup import microdata, rdfa
from kiemchung.formats.records import Record, Rejected, cut
from kiemchung.formats.values import (
    first_address,
    is_web_address,
    known_charset,
    language_tag,
    objects_in,
    text_of,
)
from kiemchung.text.legacy import decode_one_byte

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARK = re.compile(r"claim_?review", re.IGNORECASE)
_TYPED = re.compile(r"@type\W{1,12}(?:schema:|https?://schema\.org/)?ClaimReview\b")
_ARTICLES = frozenset(["webpage", "newsarticle", "article", "reportagenewsarticle", "blogposting"])


#: What says the encoding of a page, best first; each may be wrong.
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(content: bytes, charset: str | None = None) -> str:
    """The text of a page.

    By its byte order mark; as UTF-8 where it is that, whatever it declares, for nothing else is valid UTF-8 by chance;
    by the server's word; by its own `<meta>`; else the encoding that breaks less of it, UTF-8 or an old one-byte set.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    if b"<\x00" in content[:200] or b"\x00<" in content[:200]:
        return content.decode("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", "replace")
    declared = _META_CHARSET.search(content[:4096])
    for encoding in ("utf-8", charset, declared[1].decode("ascii") if declared else None):
        try:
            if known := known_charset(encoding):
                text = content.decode(known)
                return unicodedata.normalize("NFC", text) if known == "cp1258" else text
        except UnicodeError:
            continue
    best = content.decode("utf-8", "replace")
    # a few broken bytes among good ones are repaired; where most are broken, the page is in an old encoding
    n_good = sum(1 for character in best if character > "\x7f" and character != "\ufffd")
    return best if best.count("\ufffd") <= n_good else decode_one_byte(content)


def read_page(content: bytes, *, url: str = "", charset: str | None = None) -> Iterator[Record]:
    """The checks in a page, one record for each ClaimReview and for each block that could not be read.

    A page without any gives one `no_claim_review`.
    """
    text = decode(content, charset)
    root = _parse(text)
    if root is None:
        yield Rejected("not_known", "no HTML in it", "page", cut(text[:200]))
        return
    around = _surroundings(root, url)
    n_records = 0
    blocks: list[tuple[str, Any, bool]] = []
    for number, script in enumerate(_scripts(root), start=1):
        where = f"block {number}"
        try:
            values, repaired = repair.loads(script)
        except ValueError as error:
            if _MARK.search(script):
                n_records += 1
                yield Rejected("broken_block", f"the JSON-LD cannot be read: {error}", where, cut(script))
            continue
        values += [inner for value in values for inner in _in_strings(value)]
        blocks += [(where, without_vocabulary(value), repaired) for value in values]
        if repaired and _MARK.search(script) and not any(True for _ in find_reviews(values)):
            n_records += 1
            yield Rejected("broken_block", "the JSON-LD is broken off before a whole ClaimReview", where, cut(script))
    by_id = collect_ids([value for _, value, _ in blocks])
    if not any(True for _, value, _ in blocks for _ in find_reviews(value)):
        blocks += [(where, value, False) for where, value in _in_elements(root)]
    values = [value for _, value, _ in blocks]
    around = _completed(replace(around, by_id=by_id, url=around.url or _address_in(values)), values)
    for where, value, repaired in blocks:
        for node in find_objects(value):
            if is_claim_review(node):
                n_records += 1
                yield read_claim_review(node, where, around, repaired=repaired)
            elif is_media_review(node):
                n_records += 1
                yield rejected_media_review(node, where)
    if n_records == 0:
        yield Rejected("no_claim_review", "the page has no ClaimReview", "page")


def _parse(text: str) -> Any:
    # lxml refuses an encoding declaration in text, and NUL ends a document for libxml2
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text).replace("\x00", "")
    if not text.strip():
        return None
    parser = html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _scripts(root: Any) -> Iterator[str]:
    """The blocks of JSON-LD; also what a page's own program keeps as JSON, where that speaks of a ClaimReview."""
    for node in root.iter("script"):
        kind = (node.get("type") or "").lower()
        text = node.text or ""
        linked = "ld+json" in kind or "json+ld" in kind
        kept = kind == "application/json" or (not kind and text.lstrip()[:1] in ("{", "["))
        if text.strip() and (linked or (kept and _TYPED.search(text))):
            yield text


def _in_strings(value: Any) -> Iterator[Any]:
    """What a program keeps as JSON in a string of its JSON, where that speaks of a ClaimReview."""
    for node in find_objects(value):
        for text in node.values():
            if isinstance(text, str) and text.lstrip()[:1] in ("{", "[") and _TYPED.search(text):
                with suppress(ValueError):
                    yield from repair.loads(text)[0]


def _in_elements(root: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the page says in its elements' attributes, if it speaks of a ClaimReview there."""
    for where, items in (("microdata", microdata(root)), ("RDFa", rdfa(root))):
        for item in items:
            bare = without_vocabulary(item)
            if any(True for _ in find_reviews(bare)):
                yield where, bare


def _completed(around: Surroundings, values: list[Any]) -> Surroundings:
    """With desk, day and language as the page's article has them, where the page's head leaves them out."""
    if around.site_name and around.published and around.language != "und":
        return around
    articles = [node for value in values for node in find_objects(value) if types_of(node) & _ARTICLES]
    sites = [node for value in values for node in find_objects(value) if "website" in types_of(node)]
    names = [text_of(_referred(node.get("publisher"), around)) for node in (*articles, *sites)]
    names += [text_of(node.get("name")) for node in sites]
    days = (iso_date(node.get("datePublished"), language=around.language) for node in articles)
    tags = (language_tag(node.get("inLanguage")) for node in articles)
    return replace(
        around,
        language=around.language if around.language != "und" else next((t for t in tags if t != "und"), "und"),
        site_name=around.site_name or next(filter(None, names), ""),
        published=around.published or next(filter(None, days), None),
    )


def _referred(value: Any, around: Surroundings) -> Any:
    identity = value.get("@id") if isinstance(value, dict) else None
    return around.by_id.get(identity, value) if isinstance(identity, str) else value


def _surroundings(root: Any, url: str) -> Surroundings:
    def meta(name: str) -> str:
        for node in root.iter("meta"):
            named = node.get("property") or node.get("name") or node.get("http-equiv") or ""
            if named.lower() == name and node.get("content"):
                return text_of(node.get("content"))
        return ""

    canonical = next((n.get("href") for n in root.iter("link") if "canonical" in (n.get("rel") or "").lower()), "")
    base = next((n.get("href") for n in root.iter("base") if n.get("href")), "")
    addresses = (first_address(value or "", url) for value in (canonical, meta("og:url"), url, base))
    title = next((text_of(node.text_content()) for node in root.iter("title")), "")
    tag = language_tag(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    said = (tag, language_tag(meta("og:locale")), language_tag(meta("content-language")))
    language = next((each for each in said if each != "und"), "und")
    return Surroundings(
        url=next((address for address in addresses if is_web_address(address)), ""),
        language=language,
        title=meta("og:title") or title,
        site_name=meta("og:site_name"),
        published=iso_date(meta("article:published_time") or meta("datepublished"), language=language),
    )


def _address_in(values: list[Any]) -> str:
    """The page's address as its other objects have it."""
    for value in values:
        for node in objects_in(value):
            if types_of(node) & _ARTICLES:
                for part in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
                    if is_web_address(address := first_address(part)):
                        return address
            if address := _address_in([node.get("@graph")]):
                return address
    return ""
