"""Whatever is pasted, the doors answer: the real claims and lookup behind them, over texts that were made to hurt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import demo_commons

ODD = (
    "\u200b\u202e\u0301\u0323\ufeff\u00ad\u2028\u0e33\u0600\ud7ff\ue000\ufffd\U0001f1fb\U0001f1f3\U0001f468\u200d\u20e3"
)
LETTERS = "aZ đĐơươ0129.,;:!?…-–—\"'“”«»()[]{}<>/\\&%#@*_=+|~`\t\r\n"
PIECES = ["1.000.000", "http://x.y/z", "@ai", "#b", "?", "!!!", "Tôi nghĩ", "không", "TIN NÓNG:", "😂"]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet=ODD + LETTERS, max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)
#: Texts that look for slow regular expressions, deep recursion and wrong arithmetic with spans.
CORPUS = [
    "a" * 39_000,
    "a." * 19_000,
    "(" * 5_000 + ")" * 5_000,
    " \t" * 9_000 + "x",
    "\n" * 20_000 + "Trời xanh.",
    "e\u0301\u0323" * 10_000,
    "👨‍👩‍👧‍👦" * 3_000,
    "1" * 5_000 + "." + "2" * 5_000,
    "1.000." * 6_000,
    "nước chanh " * 3_500,
    "aB#@" * 9_000,
    "một, " * 7_000,
    "“" * 20_000,
    "http://" + "a" * 20_000,
    "'; DROP TABLE reviews; --",
    "<!--#exec cmd='ls'--><script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %} %(n)s %s {0}",
    "\u202eesrever ni txet\u202c và chữ thường.",
    "\ufeffUống nước chanh nóng mỗi sáng chữa khỏi ung thư.",
    "Zalgo " + "z\u0351\u0357\u0363" * 3_000,
    "مرحبا بالعالم. 你好，世界。 สวัสดีชาวโลก नमस्ते दुनिया।",
]


@pytest.fixture(scope="module")
def client():
    with TestClient(create_app(demo_commons()), raise_server_exceptions=False) as client:
        yield client


def answers_well(client, text):
    api = client.post("/api/v1/check", json={"text": text})
    page = client.post("/vi/check", data={"text": text})
    assert api.status_code in (200, 400), (api.status_code, api.text)
    assert page.status_code == api.status_code or text.strip().startswith("http")
    for claim in api.json().get("claims", []):
        assert text[claim["start"] : claim["end"]] == claim["text"]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(TEXTS)
def test_any_text_is_answered_and_its_spans_are_right(client, text):
    answers_well(client, text)


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_hostile_text_is_answered(client, text):
    answers_well(client, text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.binary(max_size=300), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "", "text/html"])
)
def test_any_bytes_are_answered_without_a_500(client, body, kind):
    for path in ("/api/v1/check", "/en/check", "/vi/share"):
        reply = client.post(path, content=body, headers={"content-type": kind} if kind else {})
        assert reply.status_code in (200, 400, 413, 415), reply.text


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=100))
def test_any_search_is_answered_without_a_500(client, query):
    reply = client.get("/v1alpha1/claims:search", params={"query": query, "languageCode": query[:10]})
    assert reply.status_code in (200, 400), reply.text
