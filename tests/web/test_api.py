"""The API: typed replies, one shape of error, never a 500, open to other sites."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from jsonschema_rs import validator_for
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from kiemchung.errors import FetchError
from kiemchung.web.app import create_app
from kiemchung.web.limits import MAX_BODY_BYTES, Workshop
from kiemchung.web.schema import CheckReply
from tests.web.fakes import demo_commons, find

LEMON_MESSAGE = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."
JSON = {"content-type": "application/json"}


def test_check_gives_claims_with_spans_checks_and_reasons_in_words(client):
    text = f"Chào bạn. {LEMON_MESSAGE}"
    reply = client.post("/api/v1/check", json={"text": text, "language": "vi"})
    assert reply.status_code == 200
    answer = CheckReply.model_validate(reply.json(), strict=True)
    for claim in answer.claims:
        assert text[claim.start : claim.end] == claim.text
    [lemon] = [claim for claim in answer.claims if claim.result == "match"]
    review = lemon.reviews[0]
    assert (review.verdict, review.publisher_site, review.published) == ("Sai", "suckhoe.example", "2025-05-03")
    assert [reason.code for reason in review.reasons] == ["same_meaning", "other_language"]
    assert review.reasons[0].sentence == "cùng ý nghĩa"
    assert answer.summary.n_matched == 1
    assert answer.searched.n_reviews == 4
    assert "không có nghĩa là thông tin này đúng" in answer.notice


@pytest.mark.parametrize(
    ("body", "header", "language"),
    [({"language": "en"}, "vi", "en"), ({}, "en", "en"), ({}, "vi", "vi"), ({"language": None}, "en", "en")],
)
def test_reasons_are_in_the_wished_language(client, body, header, language):
    reply = client.post("/api/v1/check", json={"text": LEMON_MESSAGE, **body}, headers={"Accept-Language": header})
    assert reply.json()["language"] == language


DEEP = b'{"text":' + b"[" * 200_000
HOSTILE = [
    (b"", JSON, 400),
    (b"{", JSON, 400),
    (DEEP, JSON, 400),
    (b"[" * 500_000, JSON, 400),
    (b"null", JSON, 400),
    (b'"text"', JSON, 400),
    (b'{"text": 5}', JSON, 400),
    (b'{"text": null}', JSON, 400),
    (b'{"text": NaN}', JSON, 400),
    (b'{"text": "a", "extra": 1}', JSON, 400),
    (b'{"text": "a", "language": "fr"}', JSON, 400),
    (b'{"text": "\\ud800"}', JSON, 400),
    (b'{"text": "\\u0000abc"}', JSON, 400),
    (b'{"text": "\xff\xfe"}', JSON, 400),
    (b'\xff\xfe{\x00"\x00', JSON, 400),
    (b'{"text": " "}', JSON, 400),
    (b'{"text": "a"}', {"content-type": "text/plain"}, 415),
    (b'{"text": "a"}', {"content-type": "application/json; charset=utf-16"}, 200),
    (
        b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\na\r\n--x--',
        {"content-type": "multipart/form-data; boundary=x"},
        415,
    ),
    (b"x" * (MAX_BODY_BYTES + 1), JSON, 413),
    (json.dumps({"text": "a" * 40_001}).encode(), JSON, 413),
    (b"\x1f\x8b\x08\x00" + b"\x00" * 50, {**JSON, "content-encoding": "gzip"}, 400),
    (b"9" * 500_000, JSON, 400),
    (b'{"text": "a"}', {"content-type": "application/json-patch"}, 415),
    (b'{"text": "a"}', {}, 415),
    (b'{"text": "a"}', {"content-type": "application/ld+json"}, 200),
]


@pytest.mark.parametrize(("body", "headers", "status"), HOSTILE)
def test_hostile_body_is_answered_in_the_one_shape(client, body, headers, status):
    reply = client.post("/api/v1/check", content=body, headers=headers)
    assert reply.status_code == status
    if status != 200:
        assert set(reply.json()) == {"error"}
        assert set(reply.json()["error"]) == {"code", "message"}
        assert all(isinstance(value, str) and value for value in reply.json()["error"].values())


@pytest.mark.parametrize("canary", ["CANARY7b1", "+84 912 345 678"])
@pytest.mark.parametrize(
    "body", ['{"text": 5, "%s": 1}', '{"text": "%s", "language": "%s"}', '{"text": ["%s"]}', '{"text": "%s']
)
def test_error_never_repeats_what_was_sent(client, canary, body):
    reply = client.post("/api/v1/check", content=body.replace("%s", canary), headers=JSON)
    assert reply.status_code == 400
    assert canary not in reply.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nope", 404), ("GET", "/api/v1/check", 405), ("DELETE", "/api/v1/check", 405)],
)
def test_http_errors_have_the_same_shape(client, method, path, status):
    reply = client.request(method, path)
    assert reply.status_code == status
    assert set(reply.json()["error"]) == {"code", "message"}


def test_a_mistake_of_ours_is_a_500_without_its_message_and_with_safe_headers(commons, capsys):
    def breaks(_commons, text):
        raise RuntimeError(f"cannot do {text}")

    with TestClient(create_app(commons, find=breaks), raise_server_exceptions=False) as client:
        for reply in (
            client.post("/api/v1/check", json={"text": "CANARY55"}),
            client.post("/vi/check", data={"text": "CANARY55"}),
        ):
            assert reply.status_code == 500
            assert "cannot do" not in reply.text
            assert reply.headers["content-security-policy"].startswith("default-src 'none'")
            assert reply.headers["cache-control"] == "no-store"
            assert reply.headers.get("access-control-allow-origin") == ("*" if "/api/" in str(reply.url) else None)
    captured = capsys.readouterr()
    assert "CANARY55" not in captured.out + captured.err


def test_too_many_at_once_are_told_to_come_back(commons):
    started, release = Event(), Event()

    def waits(_commons, text):
        started.set()
        release.wait(20)
        return find(_commons, text)

    app = create_app(commons, find=waits, workshop=Workshop(at_once=1, waiting=0))
    with TestClient(app) as client, ThreadPoolExecutor() as pool:
        slow = pool.submit(client.post, "/api/v1/check", json={"text": LEMON_MESSAGE})
        assert started.wait(20)
        api = client.post("/api/v1/check", json={"text": LEMON_MESSAGE})
        page = client.post("/vi/check", data={"text": LEMON_MESSAGE})
        release.set()
        assert slow.result().status_code == 200
    for reply in (api, page):
        assert reply.status_code == 503
        assert int(reply.headers["retry-after"]) > 0
    assert api.json()["error"]["code"] == "busy"
    assert "Hãy thử lại sau vài giây" in page.text
    assert LEMON_MESSAGE in page.text


def test_links_to_slow_pages_keep_no_message_waiting(commons):
    reading, release = Event(), Event()

    class Slow:
        def get(self, url):
            reading.set()
            release.wait(20)
            raise FetchError(url, "unreachable", "too slow")

    commons.fetcher = Slow()
    app = create_app(commons, find=find, workshop=Workshop(at_once=1, waiting=0))
    with TestClient(app) as client, ThreadPoolExecutor() as pool:
        link = pool.submit(client.post, "/vi/check", data={"text": "https://slow.example/"})
        assert reading.wait(20)
        assert client.post("/vi/check", data={"text": LEMON_MESSAGE}).status_code == 200
        release.set()
        assert link.result().status_code == 422


def test_other_sites_may_read_the_api_and_not_the_pages(client):
    origin = {"Origin": "https://elsewhere.example"}
    assert (
        client.post("/api/v1/check", json={"text": "a b"}, headers=origin).headers["access-control-allow-origin"] == "*"
    )
    asked = client.options(
        "/api/v1/check",
        headers={**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"},
    )
    assert asked.status_code == 200
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert "access-control-allow-origin" not in client.get("/vi/", headers=origin).headers
    assert "access-control-allow-credentials" not in asked.headers


def test_health(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("path", ["/healthz", "/v1alpha1/claims:search?query=lemon", "/api/v1/nope", "/vi/", "/log/x"])
def test_head_is_get_without_its_body(client, path):
    told, given = client.head(path), client.get(path)
    assert (told.status_code, told.headers, told.content) == (given.status_code, given.headers, b"")


def test_too_large_a_body_has_one_code_on_every_python(client):
    reply = client.post("/api/v1/check", content=b"x" * (MAX_BODY_BYTES + 1), headers=JSON)
    assert reply.json()["error"]["code"] == "content_too_large"


def test_openapi_is_3_1_and_its_example_is_a_request(client):
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/check", "/healthz", "/v1alpha1/claims:search", "/api/v1/notes"} <= set(described["paths"])
    request = described["components"]["schemas"]["CheckRequest"]
    validator_for(request).validate({"text": request["properties"]["text"]["examples"][0]})
    told = {
        status for methods in described["paths"].values() for each in methods.values() for status in each["responses"]
    }
    assert told == {"200", "400", "404", "413", "415", "503", "default"}


schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(demo_commons(), find=find))


@schema.parametrize()
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_route_keeps_to_its_description(case):
    # Rules that a schema cannot say refuse some of what it allows: blank text, neither a query nor a publisher.
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
