"""Feeds that others read: valid, stable, in both languages, and cheap to ask for again."""

import html

import feedparser
import pytest
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import find
from tests.web.publishing import CLAIM, DRAFT, site

FORMS = ("rss", "atom", "json")


@pytest.fixture
def client(tmp_path):
    commons = site(tmp_path, site_url="https://checks.example.org", site_name="Bàn Mẫu")
    with TestClient(create_app(commons, find=find), follow_redirects=False) as opened:
        yield opened
    commons.close()


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_shown_notes_are_in_the_feed_of_their_language(client, form):
    parsed = feedparser.parse(client.get(f"/feeds/vi/notes.{form}").content)
    assert (parsed.bozo, parsed.feed.title, parsed.feed.get("language")) == (False, "Bàn Mẫu: ghi chú", "vi")
    (entry,) = parsed.entries
    assert (entry.id, entry.link) == ("urn:kiemchung:note:n1", "https://checks.example.org/vi/notes/n1")
    assert entry.title == CLAIM.claim
    said = html.unescape(entry.summary) if form == "rss" else entry.content[0]["value"]
    assert "https://a.example/chanh?x=1&y=2" in said
    assert "<i>không</i>" in said
    assert entry.published_parsed[:3] == (2026, 9, 21)
    english = feedparser.parse(client.get(f"/feeds/en/notes.{form}").content)
    assert [each.id for each in english.entries] == ["urn:kiemchung:note:n2"]


def test_json_feed_keeps_to_its_rules(client):
    reply = client.get("/feeds/vi/notes.json")
    feed = reply.json()
    assert reply.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == "https://checks.example.org/feeds/vi/notes.json"
    (item,) = feed["items"]
    assert DRAFT.text in item["content_text"]
    assert {"id", "url", "date_published", "date_modified", "language"} <= set(item)
    assert all(isinstance(item[name], str) for name in item)


def test_whatever_was_shown_and_is_no_more_is_a_correction(client):
    items = client.get("/feeds/vi/corrections.json").json()["items"]
    by_note = {item["id"].split(":")[3]: item["content_text"] for item in items}
    assert set(by_note) == {"n3", "n4", "n5"}
    assert DRAFT.text in by_note["n3"]
    assert DRAFT.text not in by_note["n4"] + by_note["n5"]


@pytest.mark.parametrize("form", FORMS)
def test_reader_that_has_the_feed_gets_no_second_copy(client, form):
    first = client.get(f"/feeds/vi/notes.{form}")
    assert first.headers["last-modified"] == "Mon, 21 Sep 2026 08:00:00 GMT"
    again = client.get(f"/feeds/vi/notes.{form}", headers={"If-None-Match": f'W/{first.headers["etag"]}, "x"'})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(f"/feeds/vi/notes.{form}").content == first.content


def test_feed_that_is_none_is_not_found(client):
    for path in ("/feeds/fr/notes.rss", "/feeds/vi/people.rss", "/feeds/vi/notes.xml"):
        assert client.get(path).status_code == 404


def test_pages_lead_to_the_feed(client):
    assert 'href="/feeds/vi/notes.atom"' in client.get("/vi/").text
