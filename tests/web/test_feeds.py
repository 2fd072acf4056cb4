"""Feeds that others read: valid, stable, in both languages, and cheap to ask for again."""

import html

import feedparser
import pytest
from starlette.testclient import TestClient

from kiemchung.model import NoteStatus, Request
from kiemchung.web.app import create_app
from tests.web.fakes import find
from tests.web.publishing import AUTHOR, CLAIM, DRAFT, score, site

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
    changed = first.headers["last-modified"]
    for known in (
        {"If-None-Match": f'W/{first.headers["etag"]}, "x"'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": changed},
        {"If-None-Match": first.headers["etag"], "If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
    ):
        again = client.get(f"/feeds/vi/notes.{form}", headers=known)
        assert (again.status_code, again.content, again.headers["last-modified"]) == (304, b"", changed)
    for unknown in (
        {"If-None-Match": '"x"', "If-Modified-Since": changed},
        {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert client.get(f"/feeds/vi/notes.{form}", headers=unknown).content == first.content


def test_note_that_leaves_the_feed_changes_its_date(client, tmp_path):
    """No date in the feed tells of it, and the clock of this test stands still."""
    before = client.get("/feeds/vi/notes.atom").headers["last-modified"]
    client.app.state.commons.contributions.withdraw_note("n1", AUTHOR)
    after = client.get("/feeds/vi/notes.atom", headers={"If-Modified-Since": before})
    assert (after.status_code, feedparser.parse(after.content).entries) == (200, [])


def test_open_requests_are_in_the_feed_of_their_language_until_a_note_is_shown(client):
    kept = client.app.state.commons.contributions
    for number, language in enumerate(("vi", "en", "fr", "vi")):
        kept.put_request(Request(f"q{number}", f"Claim {number}", language, f"2026-10-0{number + 1}", 1))
    found = {
        language: [item["id"] for item in client.get(f"/feeds/{language}/requests.json").json()["items"]]
        for language in ("vi", "en")
    }
    assert found == {
        "vi": ["urn:kiemchung:request:q3", "urn:kiemchung:request:q0"],
        "en": ["urn:kiemchung:request:q2", "urn:kiemchung:request:q1"],
    }


def test_many_first_statuses_do_not_push_shown_notes_out(client):
    """Most changes of a busy site are first statuses that no feed tells of."""
    commons = client.app.state.commons
    names = [f"m{number:05d}" for number in range(2_100)]
    for name in names:
        commons.contributions.put_note(name, "r1", AUTHOR, DRAFT, "2026-09-24")
    shown = {"n1": NoteStatus.SHOWN, "n2": NoteStatus.SHOWN, "n3": NoteStatus.NEEDS_RATINGS}
    score(commons, "2026-09-25T08:00:00Z", shown | dict.fromkeys(names, NoteStatus.NEEDS_RATINGS))
    assert [item["id"] for item in client.get("/feeds/vi/notes.json").json()["items"]] == ["urn:kiemchung:note:n1"]


def test_feed_that_is_none_is_not_found(client):
    for path in ("/feeds/fr/notes.rss", "/feeds/vi/people.rss", "/feeds/vi/notes.xml"):
        assert client.get(path).status_code == 404


def test_pages_lead_to_the_feed(client):
    assert 'href="/feeds/vi/notes.atom"' in client.get("/vi/").text
