"""The fediverse may pull; it cannot push, follow or be kept."""

import pytest
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import find
from tests.web.publishing import site

ADDRESS = "https://checks.example.org"


@pytest.fixture
def client(tmp_path):
    commons = site(tmp_path, site_url=ADDRESS)
    with TestClient(create_app(commons, find=find), follow_redirects=False) as opened:
        yield opened
    commons.close()


def test_actor_is_found_by_its_name_and_leads_to_its_outbox(client):
    found = client.get("/.well-known/webfinger", params={"resource": "acct:notes@checks.example.org"}).json()
    (link,) = found["links"]
    actor = client.get(link["href"].removeprefix(ADDRESS)).json()
    assert (actor["id"], actor["type"]) == (link["href"], "Application")
    outbox = client.get(actor["outbox"].removeprefix(ADDRESS)).json()
    assert outbox["totalItems"] == 2
    page = client.get(outbox["first"].removeprefix(ADDRESS)).json()
    assert [each["type"] for each in page["orderedItems"]] == ["Create", "Create"]
    assert "next" not in page


def test_note_has_a_text_in_both_languages_and_no_markup_of_its_writer(client):
    note = client.get("/activitypub/notes/n1").json()
    assert list(note["contentMap"]) == ["vi", "en"]
    assert note["content"] == note["contentMap"]["vi"]
    assert "<i>" not in note["content"]
    assert "&lt;i&gt;không&lt;/i&gt;" in note["content"]
    assert note["published"] == "2026-09-21T08:00:00Z"


def test_note_that_is_shown_no_more_leaves_a_tombstone_without_its_text(client):
    for name in ("n3", "n4", "n5"):
        reply = client.get(f"/activitypub/notes/{name}")
        assert (reply.status_code, reply.json()["type"]) == (410, "Tombstone")
        assert set(reply.json()) == {"@context", "id", "type"}
    assert client.get("/activitypub/notes/x").status_code == 404


def test_nothing_is_taken_in(client):
    reply = client.post("/activitypub/inbox", json={"type": "Follow", "actor": "https://social.example/ai"})
    assert reply.status_code == 405
    assert "keeps no followers" in reply.json()["error"]["message"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "9" * 5_000, "²"])
def test_page_that_is_none_says_so(client, page):
    assert client.get("/activitypub/outbox", params={"page": page}).status_code == 400


def test_nobody_else_is_found(client):
    reply = client.get("/.well-known/webfinger", params={"resource": "acct:ai@checks.example.org"})
    assert reply.status_code == 404
