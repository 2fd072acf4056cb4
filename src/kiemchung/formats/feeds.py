"""RSS and Atom feeds whose items are pages with checks, and sitemaps."""

from collections.abc import Iterator

import feedparser
from lxml import etree

from kiemchung.formats.records import Link, Record, Rejected, cut
from kiemchung.formats.values import is_web_address

_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def read_feed(content: bytes, *, url: str = "") -> Iterator[Record]:
    """The addresses of a feed's items, in its order, each once."""
    headers = {"content-location": url} if url else None
    try:
        feed = feedparser.parse(content, response_headers=headers)
    except Exception as error:  # feedparser raises KeyError and others on feeds that are cut in some places
        yield Rejected("unreadable", f"the feed cannot be read: {type(error).__name__}", "feed")
        return
    if not feed.entries:
        problem = feed.get("bozo_exception") or "no items"
        yield Rejected(
            "empty_item", f"the feed cannot be used: {problem}", "feed", cut(content[:500].decode("utf-8", "replace"))
        )
        return
    seen: set[str] = set()
    for number, entry in enumerate(feed.entries, start=1):
        where = f"item {number}"
        address = (entry.get("link") or entry.get("id") or "").strip()
        if not is_web_address(address):
            yield Rejected("bad_url", "the item has no http(s) address", where, cut(str(entry.get("title", ""))))
        elif address not in seen:
            seen.add(address)
            yield Link(address, where)


def read_sitemap(content: bytes) -> Iterator[Record]:
    """The addresses in a sitemap or in an index of sitemaps."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(content, parser=parser)
    if root is None:
        yield Rejected("empty_item", "the sitemap cannot be read", "sitemap")
        return
    for number, node in enumerate(root.iter(f"{_SITEMAP}loc", "loc"), start=1):
        address = (node.text or "").strip()
        if is_web_address(address):
            yield Link(address, f"address {number}")
        else:
            yield Rejected("bad_url", "no http(s) address", f"address {number}", cut(address))
