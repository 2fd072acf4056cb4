import json

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kiemchung.formats.syndication import Feed, Item, render_atom, render_json_feed, render_rss

ITEM = Item(
    "tag:notes.example,2026:n1",
    "https://notes.example/vi/note/n1",
    "Nước chanh & ung thư <b>",
    "Chưa có bằng chứng.",
    "vi",
    "2026-01-02T03:04:05Z",
    "2026-02-03T04:05:06Z",
)
FEED = Feed(
    "Ghi chú mới",
    "https://notes.example/vi",
    "https://notes.example/vi/feed.xml",
    "vi",
    "2026-02-03T04:05:06Z",
    (ITEM,),
)


@pytest.mark.parametrize(("render", "version"), [(render_rss, "rss20"), (render_atom, "atom10")])
def test_feed_is_read_by_feedparser_without_complaint(render, version):
    read = feedparser.parse(render(FEED))
    (entry,) = read.entries
    assert (read.bozo, read.version) == (False, version)
    assert (read.feed.title, read.feed.link, read.feed.language) == (FEED.title, FEED.url, "vi")
    assert (entry.id, entry.link, entry.title) == (ITEM.item_id, ITEM.url, ITEM.title)
    assert tuple(entry.published_parsed[:6]) == (2026, 1, 2, 3, 4, 5)
    assert tuple(entry.updated_parsed[:6]) == (2026, 2, 3, 4, 5, 6)


def test_json_feed_has_what_version_1_1_asks_for():
    read = json.loads(render_json_feed(FEED))
    assert read["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "home_page_url", "feed_url", "items"} <= set(read)
    (item,) = read["items"]
    assert (item["id"], item["content_text"], item["date_modified"]) == (ITEM.item_id, ITEM.text, ITEM.updated)


@given(st.text())
def test_any_text_makes_well_formed_xml(text):
    item = Item("tag:a", "https://a.example/", text, text, "vi", ITEM.published, ITEM.updated)
    feed = Feed("t", "https://a.example/", "https://a.example/f", "vi", FEED.updated, (item,))
    for render in (render_rss, render_atom):
        etree.fromstring(render(feed))


def test_equal_content_gives_equal_bytes():
    assert render_atom(FEED) == render_atom(FEED)
