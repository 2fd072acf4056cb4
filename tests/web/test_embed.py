"""Cards in other sites' frames, and oEmbed that leads to them."""

import re

import pytest
from lxml import html
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import find
from tests.web.publishing import CLAIM, DRAFT, site

PAGE = "https://checks.example.org/vi/notes/n1"


@pytest.fixture
def client(tmp_path):
    commons = site(tmp_path, site_url="https://checks.example.org", site_name="Bàn Mẫu")
    with TestClient(create_app(commons, find=find), follow_redirects=False) as opened:
        yield opened
    commons.close()


def test_card_says_claim_note_and_sources_and_loads_nothing(client):
    page = html.fromstring(client.get("/embed/vi/notes/n1").content)
    assert page.xpath("string(//h1)") == CLAIM.claim
    assert DRAFT.text in page.text_content()
    assert page.xpath("//script | //img | //link | //form") == []
    assert page.xpath("//ul//a/@href") == ["https://a.example/chanh?x=1&y=2"]
    assert page.xpath("//p[contains(@class,'foot')]//a/@href") == [PAGE]


def test_only_cards_may_be_framed(client):
    card, page = client.get("/embed/en/requests/r1"), client.get("/vi/notes/n1")
    assert "x-frame-options" not in card.headers
    assert re.search(r"style-src 'sha256-[^']+'.*frame-ancestors \*", card.headers["content-security-policy"])
    assert page.headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_card_of_a_request_holds_its_shown_notes_only(client):
    text = html.fromstring(client.get("/embed/en/requests/r1").content).text_content()
    assert "No trial has shown this." in text
    assert text.count("Chanh & ung thư") == 1


@pytest.mark.parametrize("note", ["n4", "n5"])
def test_card_of_a_note_that_is_gone_is_a_tombstone(client, note):
    reply = client.get(f"/embed/vi/notes/{note}")
    assert reply.status_code == 200
    assert "bằng chứng nào" not in reply.text


def test_oembed_gives_the_frame_of_a_page(client):
    page = html.fromstring(client.get("/vi/notes/n1").content)
    (discovered,) = page.xpath("//link[@type='application/json+oembed']/@href")
    found = client.get(discovered).json()
    assert (found["version"], found["type"], found["provider_name"]) == ("1.0", "rich", "Bàn Mẫu")
    assert html.fromstring(found["html"]).get("src") == "https://checks.example.org/embed/vi/notes/n1"
    assert client.get("/oembed", params={"url": PAGE, "maxwidth": "300"}).json()["width"] == 300


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"url": "https://elsewhere.example/vi/notes/n1"}, 404),
        ({"url": "https://checks.example.org/vi/notes/nope"}, 404),
        ({"url": "https://checks.example.org/vi/me"}, 404),
        ({"url": "https://[checks.example.org/vi/notes/n1"}, 404),
        ({}, 404),
        ({"url": PAGE, "maxwidth": "wide"}, 400),
        ({"url": PAGE, "format": "xml"}, 501),
    ],
)
def test_oembed_of_anything_else_says_why_not(client, params, status):
    reply = client.get("/oembed", params=params)
    assert (reply.status_code, set(reply.json()["error"])) == (status, {"code", "message"})
