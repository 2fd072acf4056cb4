"""Feeds of what changed: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, from the same items."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Any

from lxml import etree

_ATOM = "http://www.w3.org/2005/Atom"
_DEFAULT: Any = {None: _ATOM}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a feed.

    Attributes:
        item_id: stable and unique, an address or a `tag:` URI; the same after every change.
        text: plain text.
        published, updated: UTC, ISO 8601 with a time.
    """

    item_id: str
    url: str
    title: str
    text: str
    language: str
    published: str
    updated: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed and its items, newest first.

    Attributes:
        url: of the page that the feed is about.
        self_url: of the feed itself.
        updated: UTC, ISO 8601; of the newest change, so that equal content gives equal bytes.
    """

    title: str
    url: str
    self_url: str
    language: str
    updated: str
    items: tuple[Item, ...]


def render_rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": _ATOM})
    channel = etree.SubElement(rss, "channel")
    _texts(channel, [("title", feed.title), ("link", feed.url), ("description", feed.title)])
    _texts(channel, [("language", feed.language), ("lastBuildDate", _rfc822(feed.updated))])
    etree.SubElement(channel, f"{{{_ATOM}}}link", {"href": feed.self_url, "rel": "self", "type": "application/rss+xml"})
    for item in feed.items:
        node = etree.SubElement(channel, "item")
        _texts(node, [("title", item.title), ("link", item.url), ("description", _as_html(item.text))])
        etree.SubElement(node, "guid", {"isPermaLink": "false"}).text = item.item_id
        _texts(node, [("pubDate", _rfc822(item.published))])
        _texts(node, [(f"{{{_ATOM}}}updated", item.updated)])
    return _bytes(rss)


def render_atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = etree.Element(f"{{{_ATOM}}}feed", {_LANG: feed.language}, nsmap=_DEFAULT)
    _texts(root, [(f"{{{_ATOM}}}{name}", value) for name, value in _atom_head(feed)])
    _link(root, feed.url, "alternate", "text/html")
    _link(root, feed.self_url, "self", "application/atom+xml")
    author = etree.SubElement(root, f"{{{_ATOM}}}author")
    _texts(author, [(f"{{{_ATOM}}}name", feed.title)])
    for item in feed.items:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry", {_LANG: item.language})
        parts = (("id", item.item_id), ("title", item.title), ("published", item.published), ("updated", item.updated))
        _texts(entry, [(f"{{{_ATOM}}}{name}", value) for name, value in parts])
        _link(entry, item.url, "alternate", "text/html")
        _texts(entry, [(f"{{{_ATOM}}}content", item.text)])
    return _bytes(root)


def render_json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    value: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.url,
        "feed_url": feed.self_url,
        "language": feed.language,
        "items": [
            {
                "id": item.item_id,
                "url": item.url,
                "title": item.title,
                "content_text": item.text,
                "language": item.language,
                "date_published": item.published,
                "date_modified": item.updated,
            }
            for item in feed.items
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _atom_head(feed: Feed) -> Sequence[tuple[str, str]]:
    return (("id", feed.self_url), ("title", feed.title), ("updated", feed.updated))


def _texts(parent: Any, parts: Sequence[tuple[str, str]]) -> None:
    for name, value in parts:
        etree.SubElement(parent, name).text = _xml_text(value)


def _link(parent: Any, href: str, rel: str, kind: str) -> None:
    etree.SubElement(parent, f"{{{_ATOM}}}link", {"href": href, "rel": rel, "type": kind})


def _as_html(text: str) -> str:
    """Plain text for a field that readers take for HTML."""
    return escape(text, quote=False).replace("\n", "<br>\n")


def _xml_text(text: str) -> str:
    """Text without the characters that XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or "\x20" <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )


def _rfc822(moment: str) -> str:
    return format_datetime(datetime.fromisoformat(moment.replace("Z", "+00:00")))


def _bytes(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
