"""Whatever a form is sent, its page answers: hostile, huge, binary, missing and repeated fields, never a 500."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import demo_commons, find, open_site
from tests.web.people import CHEAP, NOTE, asked, visitor, written

FORMS = {
    "take-part": ("ticket", "proof"),
    "log-in": ("codename", "next"),
    "ask": ("text", "send", "ticket", "proof"),
    "rate": ("note_id", "level", "tag", "not_tag"),
    "rate/withdraw": ("note_id",),
    "write/REQUEST": ("misleading", "reason", "reason_not", "text", "url", "quote", "date", "archive", "go"),
    "edit/NOTE": ("misleading", "reason", "reason_not", "text", "url", "quote", "date", "archive", "go"),
    "write/nope": ("text", "go"),
    "edit/nope": ("text", "go"),
    "withdraw/nope": ("note_id",),
    "me/pause": ("days",),
    "me/leave": ("contributions_",),
}
#: No real page is opened for a title, and no field is what leaves: the visitor stays for all examples.
LIKELY = ["helpful", "not", "1", "send", "preview", "more", "yes", "no", "factual_error", "clear", "2026-01-01",
          "31/12/9", "https://x.example/a", "http://[::1", "https://\u202e.example/\x00", "-1", "1e9", "\x00", "\ud7ff",
          "’", "a.b.c", "%s%n{{7*7}}", "<script>", "../../etc/passwd", "' OR 1=1 --", "e30=", "0" * 60,
          *NOTE["text"].split("; ")]  # fmt: skip
KINDS = ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", ""]
COOKIES = st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=40)
VALUES = st.one_of(st.sampled_from(LIKELY), st.text(max_size=200), st.just("á" * 5_000), st.just("a" * 100_000))


@pytest.fixture(scope="module")
def world():
    commons = demo_commons()
    open_site(commons)
    app = create_app(commons, find=find, cost=CHEAP)
    person = visitor(app)
    request_id = asked(person)
    note = written(person, request_id)
    yield app, person, {"REQUEST": request_id, "NOTE": note}
    commons.close()


def address(form, ids):
    for name, value in ids.items():
        form = form.replace(name, value)
    return form


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_fields_are_answered_without_a_500(world, form, data):
    _, person, ids = world
    names = st.sampled_from([*FORMS[form], "form_token", "x"])
    pairs = data.draw(st.lists(st.tuples(names, VALUES), max_size=14))
    if data.draw(st.booleans()):
        pairs.insert(0, ("form_token", person.form_token))
    fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    reply = person.client.post(f"/{data.draw(st.sampled_from(['vi', 'en']))}/{address(form, ids)}", data=fields)
    assert reply.status_code in (200, 303, 400, 403, 404, 413, 429), (reply.status_code, form, pairs)
    assert "{{7*7}}" not in fields or "49" not in reply.text
    assert "<script>" not in reply.text.replace('<script src="/static/comfort.js', "")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=10, deadline=None, derandomize=True)
@given(body=st.binary(max_size=400), kind=st.sampled_from(KINDS))
def test_any_bytes_are_answered_without_a_500(world, form, body, kind):
    _, person, ids = world
    headers = {"content-type": kind} if kind else {}
    reply = person.client.post(f"/en/{address(form, ids)}", content=body, headers=headers)
    assert reply.status_code in (200, 303, 400, 403, 404, 413, 429)


@pytest.mark.parametrize("form", FORMS)
def test_huge_and_endless_forms_are_refused(world, form):
    _, person, ids = world
    path = f"/en/{address(form, ids)}"
    assert person.client.post(path, data={"text": "a" * 700_000}).status_code == 413
    assert person.client.post(path, data={f"f{i}": "x" for i in range(200)}).status_code == 400


@settings(max_examples=15, deadline=None, derandomize=True)
@given(path=st.text(max_size=60), query=st.text(max_size=60), cookie=COOKIES)
def test_any_address_and_cookie_are_answered_without_a_500(world, path, query, cookie):
    app, _, _ = world
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    for room in ("requests", "notes", "rate", "write", "edit", "site"):
        reply = client.get(f"/vi/{room}/{quote(path, safe='')}", params={"page": query, "next": query, "not": query},
                           headers={"cookie": f"session={cookie}".encode("latin-1")})  # fmt: skip
        assert reply.status_code in (200, 303, 404, 405), (room, path)
