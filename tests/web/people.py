"""Visitors with a codename, for tests: logged in through the use cases, with a cheap derivation."""

import re
from dataclasses import dataclass

from starlette.testclient import TestClient

from kiemchung.commons.take_part import log_in, make_codename
from kiemchung.notes.keys import Argon2Cost
from kiemchung.web.session import COOKIE

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)


@dataclass
class Visitor:
    """A browser that is logged in."""

    client: TestClient
    codename: str
    form_token: str
    language: str = "en"

    def get(self, path, **params):
        return self.client.get(f"/{self.language}/{path}", params=params)

    def post(self, path, **fields):
        return self.client.post(f"/{self.language}/{path}", data={"form_token": self.form_token, **fields})


def visitor(app, language="en") -> Visitor:
    """A new codename in a browser of its own."""
    state = app.state
    codename = make_codename(state.commons, language, CHEAP)
    token = log_in(state.commons, state.taking_part.sessions, codename, CHEAP)
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False, cookies={COOKIE: token})
    session = state.taking_part.sessions.get(token, state.commons.clock.now_ms())
    return Visitor(client, codename, session.form_token, language)


def shown(reply) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.text.replace("&#39;", "'").replace("&#34;", '"'))).strip()


CLAIM = "Cầu Rồng Xanh dài 12 km đã bị đóng từ hôm qua vì nứt trụ."
NOTE = {
    "misleading": "yes",
    "reason": ["factual_error"],
    "text": "Cầu không đóng; xe vẫn qua lại bình thường suốt ngày hôm qua.",
    "url": ["https://giaothong.example/cau"],
    "quote": ["Cầu vẫn lưu thông bình thường."],
    "date": ["2026-09-20"],
    "archive": [""],
}


def asked(person: Visitor, claim: str = CLAIM) -> str:
    """The id of a request that was just asked."""
    reply = person.post("ask", text=claim, send="1")
    assert reply.status_code == 303, shown(reply)
    return reply.headers["location"].split("/")[-1].split("?")[0]


def written(person: Visitor, request_id: str, **fields) -> str:
    """The id of a note that was just handed in."""
    reply = person.post(f"write/{request_id}", **{**NOTE, **fields, "go": "send"})
    assert reply.status_code == 303, shown(reply)
    return reply.headers["location"].split("/")[-1].split("?")[0]
