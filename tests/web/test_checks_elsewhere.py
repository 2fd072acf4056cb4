"""A desk's own checks where others read them: feeds, cards, the fediverse, the sitemap, pictures of links."""

import html
import io

import feedparser
import pytest
from lxml import etree
from lxml import html as pages
from PIL import Image
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import find
from tests.web.publishing import REASON, REPLY, VERDICT, VERDICT_EN, site, with_desk

ADDRESS = "https://checks.example.org"
PAGE = f"{ADDRESS}/vi/checks/c1"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    commons = with_desk(site(tmp_path_factory.mktemp("site"), site_url=ADDRESS, site_name="Bàn Mẫu"))
    with TestClient(create_app(commons, find=find), follow_redirects=False) as opened:
        yield opened
    commons.close()


@pytest.mark.parametrize("form", ["rss", "atom"])
def test_a_published_check_is_in_the_feed_of_its_language_with_its_corrections_and_replies(client, form):
    parsed = feedparser.parse(client.get(f"/feeds/vi/checks.{form}").content)
    assert (parsed.bozo, parsed.feed.title) == (False, "Bàn Mẫu: bài kiểm chứng của ban biên tập")
    (entry,) = parsed.entries
    assert (entry.id, entry.link, entry.title) == ("urn:kiemchung:check:c1", PAGE, VERDICT.claim)
    said = html.unescape(entry.summary) if form == "rss" else entry.content[0]["value"]
    for part in (f"Sai. {VERDICT.explanation}", VERDICT.sources[0].url, f"Đính chính: {REASON}", REPLY.text, REPLY.by):
        assert part in said
    assert (entry.published_parsed[:3], entry.updated_parsed[:3]) == ((2026, 9, 22), (2026, 9, 25))
    english = feedparser.parse(client.get(f"/feeds/en/checks.{form}").content)
    assert [each.title for each in english.entries] == [VERDICT_EN.claim]


def test_notes_and_checks_are_not_mixed_in_one_feed(client):
    ids = {name: [item["id"] for item in client.get(f"/feeds/vi/{name}.json").json()["items"]] for name in
           ("notes", "checks")}  # fmt: skip
    assert ids == {"notes": ["urn:kiemchung:note:n1"], "checks": ["urn:kiemchung:check:c1"]}


def test_corrections_of_notes_and_of_checks_stand_in_one_feed_the_newest_first(client):
    items = client.get("/feeds/vi/corrections.json").json()["items"]
    assert [item["id"].split(":")[2:4] for item in items[:2]] == [["check", "c1"], ["check", "c1"]]
    assert [item["content_text"] for item in items[:2]] == [
        f"Phản hồi của {REPLY.by}: {REPLY.text}",
        f"Đính chính: {REASON}",
    ]
    assert len(items) == 5


@pytest.mark.parametrize("language", ["vi", "en"])
def test_card_says_claim_verdict_sources_correction_and_reply_and_loads_nothing(client, language):
    reply = client.get(f"/embed/{language}/checks/c1")
    page = pages.fromstring(reply.content)
    assert page.xpath("string(//h1)") == VERDICT.claim
    text = page.text_content()
    assert all(part in text for part in ("Sai", VERDICT.explanation, REASON, REPLY.text, REPLY.by))
    assert page.xpath("//script | //img | //link | //form | //b") == []
    assert page.xpath("//ul//a/@href") == [VERDICT.sources[0].url]
    assert page.xpath("//p[contains(@class,'foot')]//a/@href") == [f"{ADDRESS}/{language}/checks/c1"]
    assert "frame-ancestors *" in reply.headers["content-security-policy"]


def test_page_of_a_check_leads_to_its_card(client):
    page = pages.fromstring(client.get("/vi/checks/c1").content)
    (discovered,) = page.xpath("//link[@type='application/json+oembed']/@href")
    found = client.get(discovered).json()
    assert (found["type"], found["title"], found["provider_name"]) == ("rich", VERDICT.claim, "Bàn Mẫu")
    frame = pages.fromstring(found["html"])
    assert (frame.get("src"), frame.get("title")) == (f"{ADDRESS}/embed/vi/checks/c1", "Bài kiểm chứng của Bàn Mẫu")


def test_picture_of_a_link_to_a_check_is_drawn(client):
    page = pages.fromstring(client.get("/vi/checks/c1").content)
    (address,) = page.xpath("//meta[@property='og:image']/@content")
    picture = client.get(address.removeprefix(ADDRESS))
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)


def test_the_fediverse_gets_articles_and_their_corrections(client):
    outbox = client.get("/activitypub/outbox", params={"page": "1"}).json()["orderedItems"]
    told = [(each["type"], each["object"]["id"].removeprefix(f"{ADDRESS}/activitypub/")) for each in outbox]
    assert told == [
        ("Update", "checks/c1"), ("Create", "checks/c2"), ("Create", "checks/c1"), ("Create", "notes/n1"),
        ("Create", "notes/n2"),
    ]  # fmt: skip
    assert len({each["id"] for each in outbox}) == len(outbox)
    article = client.get("/activitypub/checks/c1").json()
    assert (article["type"], article["name"]) == ("Article", VERDICT.claim)
    assert (article["published"], article["updated"]) == ("2026-09-22T00:00:00Z", "2026-09-24T00:00:00Z")
    assert list(article["contentMap"]) == ["vi", "en"]
    assert f"Đính chính: {REASON}" in article["content"]
    assert "&lt;b&gt;không&lt;/b&gt;" in article["content"]
    assert client.get("/activitypub/checks/none").status_code == 404


def test_checks_are_in_the_sitemap_with_the_day_of_their_last_change(client):
    tree = etree.fromstring(client.get("/sitemap.xml").content)
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {each.findtext(f"{name}loc"): each.findtext(f"{name}lastmod") for each in tree.iter(f"{name}url")}
    assert (found[PAGE], found[f"{ADDRESS}/en/checks/c2"]) == ("2026-09-25", "2026-09-23")
