"""The API of requests and notes: reading, open to other sites, nothing about persons or sides."""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from kiemchung.web.note_schema import NoteReply, NotesReply, RequestsReply, RequestWithNotesReply
from tests.web import world
from tests.web.fakes import demo_commons, find


@pytest.fixture(scope="module")
def furnished():
    with world.furnished_site() as commons:
        yield commons


@pytest.fixture(scope="module")
def api(furnished):
    with TestClient(create_app(furnished, find=find), raise_server_exceptions=False) as client:
        yield client


def test_requests_come_page_by_page(api):
    first = RequestsReply.model_validate(api.get("/api/v1/requests", params={"limit": 2}).json(), strict=True)
    rest = RequestsReply.model_validate(api.get("/api/v1/requests", params={"offset": first.next_offset}).json())
    assert len(first.requests) == 2
    assert rest.next_offset is None
    assert not {each.request_id for each in first.requests} & {each.request_id for each in rest.requests}


def test_request_holds_its_notes_shown_ones_first(api):
    reply = RequestWithNotesReply.model_validate(api.get(f"/api/v1/requests/{world.REQUEST}").json())
    assert reply.notes[0].note_id == world.SHOWN
    assert [note.state for note in reply.notes[-2:]] == ["withdrawn", "redacted"]
    assert reply.n_notes == 4


@pytest.mark.parametrize(("language", "sentence"), [("vi", "Được hiển thị"), ("en", "Shown")])
def test_note_says_its_status_in_the_wished_language(api, language, sentence):
    note = NoteReply.model_validate(api.get(f"/api/v1/notes/{world.SHOWN}", params={"language": language}).json())
    assert note.status == "shown"
    assert note.status_sentence.startswith(sentence)
    assert note.content.text == world.TEXTS[world.SHOWN]
    assert note.evidence.sides[0] >= note.evidence.sides[1] >= note.evidence.needed == 92


def test_note_that_needs_ratings_says_what_it_lacks(api):
    note = api.get(f"/api/v1/notes/{world.NEEDS}", params={"language": "en"}).json()
    assert "2 more ratings from one of the two sides" in [lack["sentence"] for lack in note["lacks"]]
    assert note["n_ratings_at_least"] == 5


def test_tombstones_have_no_content(api):
    for note_id, state in ((world.WITHDRAWN, "withdrawn"), (world.REDACTED, "redacted")):
        note = api.get(f"/api/v1/notes/{note_id}").json()
        assert (note["state"], note["content"], note["status"]) == (state, None, None)


def test_notes_are_listed_by_status(api, furnished):
    listed = []
    after = ""
    while after is not None:
        reply = NotesReply.model_validate(
            api.get("/api/v1/notes", params={"status": "not_shown", "limit": 3, "after": after}).json()
        )
        listed += [note.note_id for note in reply.notes]
        after = reply.next_after
    assert listed == sorted(listed)
    assert world.REFUSED in listed
    assert world.SHOWN in {note["note_id"] for note in api.get("/api/v1/notes").json()["notes"]}


def test_what_is_not_there_is_a_404_in_the_one_shape(api):
    for path in ("/api/v1/notes/nope", "/api/v1/requests/nope", "/api/v1/notes/%00"):
        reply = api.get(path)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "unknown")


def test_nothing_tells_of_sides_or_persons(api):
    for path in ("/api/v1/notes", f"/api/v1/notes/{world.NEEDS}", f"/api/v1/requests/{world.REQUEST}"):
        said = json.dumps(api.get(path).json())
        for word in ("negative", "positive", "rater", "writer", "author", "key", "intercept", "factor"):
            assert f'"{word}' not in said, word
            assert f"_{word}" not in said, word


def test_other_sites_may_read_and_may_not_write(api):
    origin = {"Origin": "https://forum.example"}
    assert api.get("/api/v1/notes", headers=origin).headers["access-control-allow-origin"] == "*"
    for path in ("/api/v1/notes", "/api/v1/requests"):
        assert api.post(path, json={}, headers=origin).status_code == 405


schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(demo_commons(), find=find)).include(
    tag="commons"
)


@schema.parametrize()
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_of_the_commons_keeps_to_its_description(case):
    case.call_and_validate()
