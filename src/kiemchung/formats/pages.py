"""Web pages that hold ClaimReview in JSON-LD or microdata."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lxml import etree, html

from kiemchung.formats import repair
from kiemchung.formats.claimreview import Surroundings, collect_ids, find_reviews, read_claim_review, types_of
from kiemchung.formats.records import Record, Rejected, cut
from kiemchung.formats.values import first_address, is_web_address, iso_date, language_tag, objects_in, text_of

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_MARK = re.compile(r"claim_?review", re.IGNORECASE)


def decode(content: bytes, charset: str | None = None) -> str:
    """The text of a page: by its byte order mark, the server's word, its own `<meta>`, else UTF-8 or Windows-1252."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    declared = _META_CHARSET.search(content[:4096])
    for encoding in (charset, declared[1].decode("ascii") if declared else None, "utf-8"):
        try:
            if encoding:
                return content.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    best = content.decode("utf-8", "replace")
    # a few broken bytes in UTF-8 are repaired; a page that is mostly broken is in the old western encoding
    return best if best.count("\ufffd") < 0.01 * len(best) + 3 else content.decode("cp1252", "replace")


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
        blocks += [(where, value, repaired) for value in values]
        if repaired and _MARK.search(script) and not any(True for _ in find_reviews(values)):
            n_records += 1
            yield Rejected("broken_block", "the JSON-LD is broken off before a whole ClaimReview", where, cut(script))
    by_id = collect_ids([value for _, value, _ in blocks])
    if not any(True for _, value, _ in blocks for _ in find_reviews(value)):
        blocks += [("microdata", node, False) for node in _microdata(root)]
    around = replace(around, by_id=by_id, url=around.url or _address_in([value for _, value, _ in blocks]))
    for where, value, repaired in blocks:
        for node in find_reviews(value):
            n_records += 1
            yield read_claim_review(node, where, around, repaired=repaired)
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
    for node in root.iter("script"):
        kind = (node.get("type") or "").lower()
        if ("ld+json" in kind or "json+ld" in kind) and node.text and node.text.strip():
            yield node.text


def _surroundings(root: Any, url: str) -> Surroundings:
    def meta(name: str) -> str:
        for node in root.iter("meta"):
            if (node.get("property") or node.get("name") or "").lower() == name and node.get("content"):
                return text_of(node.get("content"))
        return ""

    canonical = next((n.get("href") for n in root.iter("link") if "canonical" in (n.get("rel") or "").lower()), "")
    base = next((n.get("href") for n in root.iter("base") if n.get("href")), "")
    addresses = (first_address(value or "", url) for value in (canonical, meta("og:url"), url, base))
    title = next((text_of(node.text_content()) for node in root.iter("title")), "")
    tag = language_tag(root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    return Surroundings(
        url=next((address for address in addresses if is_web_address(address)), ""),
        language=tag if tag != "und" else language_tag(meta("og:locale")),
        title=meta("og:title") or title,
        site_name=meta("og:site_name"),
        published=iso_date(meta("article:published_time") or meta("datepublished")),
    )


def _address_in(values: list[Any]) -> str:
    """The page's address as its other objects have it."""
    for value in values:
        for node in objects_in(value):
            if types_of(node) & {"webpage", "newsarticle", "article", "reportagenewsarticle"}:
                for part in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
                    if is_web_address(address := first_address(part)):
                        return address
            if address := _address_in([node.get("@graph")]):
                return address
    return ""


def _microdata(root: Any) -> Iterator[dict[str, Any]]:
    for node in root.iter():
        if isinstance(node.tag, str) and "itemscope" in node.attrib and "itemprop" not in node.attrib:
            item = _item(node, 0)
            if any(True for _ in find_reviews(item)):
                yield item


def _item(node: Any, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": (node.get("itemtype") or "").split()}
    if depth > 20:
        return found
    waiting = list(node)
    while waiting:
        child = waiting.pop(0)
        if not isinstance(child.tag, str):
            continue
        if names := (child.get("itemprop") or "").split():
            value = _item(child, depth + 1) if "itemscope" in child.attrib else _value(child)
            for name in names:
                found[name] = [*found[name], value] if isinstance(found.get(name), list) else (
                    [found[name], value] if name in found else value
                )  # fmt: skip
        if "itemscope" not in child.attrib:
            waiting = [*child, *waiting]
    return found


def _value(node: Any) -> str:
    for name in ("content", "datetime", "href", "src", "data"):
        if node.get(name) is not None:
            return str(node.get(name))
    return str(node.text_content())
