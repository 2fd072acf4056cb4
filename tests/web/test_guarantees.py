"""The guarantees that hold from the first page on (G6, G7, G8, G20, G21), over the application in this process."""

import gc
import inspect
import io
import json
import logging
import re
from dataclasses import replace

import pytest
import structlog
from fastapi.routing import iter_route_contexts
from lxml import html
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from kiemchung.web.headers import CONTENT_SECURITY_POLICY
from kiemchung.web.logs import ALLOWED, only_allowed, set_up_logs
from kiemchung.web.server import configure
from tests.web.fakes import LEMON, demo_commons, open_site

LEMON_MESSAGE = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."

PAGES = ["/", "/vi/", "/en/", "/vi/about", "/en/about", "/vi/result?r=r0001", "/en/nope", "/healthz",
         "/static/style.css", "/vi/manifest.webmanifest", "/api/v1/openapi.json", "/api/v1/nope",
         "/v1alpha1/claims:search"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_g08_no_third_party_every_reply_has_the_strict_headers(client, path):
    reply = client.get(path)
    assert reply.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")
    assert not re.search(r"unsafe|https?:|\*", CONTENT_SECURITY_POLICY)
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in reply.headers


def test_g08_no_third_party_no_cookie_after_a_whole_visit(client):
    client.get("/vi/")
    client.post("/vi/check", data={"text": LEMON_MESSAGE})
    client.post("/vi/share", data={"text": LEMON_MESSAGE})
    assert dict(client.cookies) == {}


@pytest.mark.parametrize("path", ["/vi/", "/en/about", "/vi/result?r=r0001,r0002"])
def test_g08_no_third_party_pages_name_nothing_to_load_from_elsewhere(client, path):
    page = html.fromstring(client.get(path).content)
    loaded = page.xpath(
        "//link[not(@rel='canonical' or @rel='alternate')]/@href | //@src | //form/@action | //@style | //style"
    )
    assert all(isinstance(each, str) and each.startswith("/") for each in loaded)
    assert page.xpath("//script") == []


def test_g07_access_log_off_uvicorn_is_set_so():
    config = configure(object())
    assert config.access_log is False
    assert config.proxy_headers is False
    assert config.server_header is False
    assert config.log_config is None


@pytest.fixture
def log_lines():
    """The lines that the server's log would hold; the set-up is undone afterwards."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    set_up_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def test_g07_access_log_off_only_named_fields_pass(log_lines):
    structlog.get_logger().info("serving", port=1, text="CANARY", client="198.51.100.7", url="/vi/?q=CANARY")
    [line] = log_lines()
    assert set(line) == {"event", "level", "timestamp", "port"}
    assert only_allowed(None, "info", dict.fromkeys(["body", "path", "ip", *ALLOWED])) == dict.fromkeys(ALLOWED)


def test_g07_access_log_off_library_messages_are_withheld(log_lines):
    try:
        raise ValueError("CANARY in an exception")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("CANARY %s", "CANARY")
    logging.getLogger("asyncio").warning("CANARY")
    logging.getLogger("uvicorn.access").info("CANARY")
    lines = log_lines()
    assert len(lines) == 2
    assert "CANARY" not in json.dumps(lines)
    assert lines[0]["error"] == "ValueError"


def test_g20_no_opinion_rated_labelled_opinions_get_no_check_at_any_door(client, commons, shared_data):
    """What is labelled an opinion is set aside by every door, even where a check has its very words."""
    rows = [line.split("\t") for line in (shared_data / "vi" / "sentences.tsv").read_text("utf-8").splitlines()[1:]]
    opinions = [text for _, label, text in rows if label == "opinion"]
    assert len(opinions) >= 15
    for opinion in opinions:
        message = f"Theo tôi {opinion.rstrip('.!?…')}."
        commons.store.reviews["r0001"] = _with_claim(commons.store.reviews["r0001"], message)
        answer = client.post("/api/v1/check", json={"text": message}).json()
        rated = [claim for claim in answer["claims"] if claim["label"] == "opinion" and claim["reviews"]]
        assert rated == []
        page = html.fromstring(client.post("/vi/check", data={"text": message}).content)
        assert page.xpath("//section//article") == []


def _with_claim(stored, claim):
    return replace(stored, review=replace(LEMON, claim=claim))


#: Every route there is. A new one is looked at by a person, who asks: does it group, list or find by a person? (G21)
ROUTES = {
    "/api/v1/requests", "/api/v1/requests/{request_id}", "/api/v1/notes", "/api/v1/notes/{note_id}",
    "/", "/vi", "/en", "/healthz", "/static", "/log", "/log/cosign", "/feeds/{language}/{name}.{form}", "/oembed",
    "/embed/{language}/{kind}/{id}",
    "/data", "/data/{name}", "/data/{form}/{name}", "/sitemap.xml", "/robots.txt", "/card/{language}/{kind}/{id}.png",
    "/.well-known/webfinger", "/activitypub/actor", "/activitypub/outbox", "/activitypub/inbox",
    "/activitypub/notes/{note_id}", "/activitypub/checks/{check_id}",
    "/api/v1/check", "/api/v1/openapi.json", "/v1alpha1/claims:search",
    *(f"/{language}/{page}" for language in ("vi", "en")
      for page in ("", "check", "share", "result", "about", "manifest.webmanifest", "help", "privacy", "site/{name}",
                   "take-part", "log-in", "log-out", "me", "me/pause", "me/leave", "ask", "requests",
                   "requests/{request_id}", "notes/{note_id}", "write/{request_id}", "edit/{note_id}",
                   "withdraw/{note_id}", "rate", "rate/{note_id}", "rate/withdraw", "log", "checks",
                   "checks/{check_id}", "data", "desk", "desk/log-in", "desk/log-out", "desk/new", "desk/scale",
                   "desk/edit/{check_id}", "desk/checks/{check_id}", "desk/hand-in/{check_id}",
                   "desk/drop/{check_id}", "desk/publish/{check_id}", "desk/reply/{check_id}")),
}  # fmt: skip
_PERSON = re.compile(r"claimant|author|account|user|person|people|rater|codename|profile|who", re.IGNORECASE)


def test_g21_no_person_index_no_route_or_parameter_is_about_persons(app):
    described = app.openapi()
    assert _all_paths(app) == ROUTES
    for path, methods in described["paths"].items():
        assert not _PERSON.search(path)
        for method in methods.values():
            for parameter in method.get("parameters", []):
                assert not _PERSON.search(parameter["name"])


def _all_paths(app):
    return {context.path for context in iter_route_contexts(app.routes)}


def test_g21_no_person_index_claimants_are_in_no_answer(client):
    answer = client.post("/api/v1/check", json={"text": "Hot lemon water cures cancer"})
    page = client.post("/en/check", data={"text": "Hot lemon water cures cancer"})
    for reply in (answer, page):
        assert "The Fact Desk" in reply.text
        assert "Mẫu" not in reply.text


def test_g20_no_opinion_rated_labelled_opinions_cannot_be_asked_about(client, commons, shared_data):
    """The real sorting stands behind the form: nothing to send is offered for them, only a kind word."""
    open_site(commons)
    rows = [line.split("\t") for line in (shared_data / "vi" / "sentences.tsv").read_text("utf-8").splitlines()[1:]]
    opinions = [text for _, label, text in rows if label == "opinion"]
    shown = [client.post("/vi/ask", data={"text": opinion}) for opinion in opinions]
    taken = [opinion for opinion, reply in zip(opinions, shown, strict=True) if reply.status_code == 200]
    assert taken == []
    kind = client.post("/en/ask", data={"text": "I think this is the most beautiful bridge in the world."})
    assert "reads like an opinion" in kind.text


def test_g06_lookup_leaves_no_trace_in_the_application_state(client, app):
    canary = "CANARY-6c1f"
    client.post("/vi/check", data={"text": f"{LEMON_MESSAGE} {canary}"})
    client.post("/api/v1/check", json={"text": f"{LEMON_MESSAGE} {canary}"})
    held = {name: repr(value) for name, value in inspect.getmembers(app.state) if not name.startswith("__")}
    assert canary not in json.dumps(held)


def test_g06_lookup_leaves_no_trace_in_the_memory_of_the_process():
    """The real claims and lookup: once an answer is sent, no list, table or cache holds a word of the message."""
    canary = "".join(("kim", "tuoc", "bay"))
    with TestClient(create_app(demo_commons())) as client:
        for path, sent in (
            ("/vi/check", {"data": {"text": f"{LEMON_MESSAGE} Con {canary} dài 3 mét."}}),
            ("/vi/ask", {"data": {"text": f"Con {canary} dài 3 mét."}}),
            ("/api/v1/check", {"json": {"text": f"Con {canary} dài 3 mét."}}),
        ):
            assert client.post(path, **sent).status_code in (200, 403)
        assert client.get("/v1alpha1/claims:search", params={"query": f"con {canary}"}).status_code == 200
        del sent
        gc.collect()
        assert [type(each) for each in gc.get_objects() if _mentions(each, canary)] == []


def _mentions(container, word):
    # issubclass, because isinstance asks an object for its class, and some warn when asked
    if issubclass(type(container), dict):
        held = [*dict.keys(container), *dict.values(container)]  # a subclass may warn of its own
    elif issubclass(type(container), (list, tuple, set, frozenset)):
        held = container
    else:
        return False
    return any(issubclass(type(each), str) and word in each for each in held)
