"""What machines read in pages: structured data, canonical addresses, pictures, a sitemap."""

import io
import json

import pytest
from lxml import etree, html
from PIL import Image
from starlette.testclient import TestClient

from kiemchung.commons.site import LANGUAGES, OPERATOR_PAGES, write_page
from kiemchung.formats.pages import read_page
from kiemchung.web.app import create_app
from tests.web.publishing import CLAIM, DRAFT, nothing_found, site

ADDRESS = "https://checks.example.org"
#: Properties of schema.org that we use, by type; a name that is none of its type's is a mistake.
VOCABULARY = {
    "Claim": {"text", "inLanguage", "comment", "url"},
    "Comment": {
        "text", "inLanguage", "datePublished", "dateModified", "keywords", "citation", "license", "publisher",
    },
    "CreativeWork": {"url", "name", "text", "datePublished", "archivedAt"},
    "Organization": {"name", "url", "correctionsPolicy", "publishingPrinciples"},
    "Rating": {"alternateName"},
    "ClaimReview": {
        "url", "claimReviewed", "itemReviewed", "author", "publisher", "reviewRating", "reviewBody", "datePublished",
        "dateModified", "inLanguage", "citation", "license",
    },
}  # fmt: skip


def opened(tmp_path, **settings):
    commons = site(tmp_path, site_url=ADDRESS, site_name="Bàn Mẫu", **settings)
    for name in OPERATOR_PAGES:
        for language in LANGUAGES:
            write_page(commons.contributions, name, language, "Bàn Mẫu")
    return commons, TestClient(create_app(commons, find=nothing_found), follow_redirects=False)


@pytest.fixture
def client(tmp_path):
    commons, client = opened(tmp_path)
    with client:
        yield client
    commons.close()


def data_of(page):
    return [json.loads(text) for text in html.fromstring(page).xpath("//script[@type='application/ld+json']/text()")]


def check_vocabulary(value):
    """Every property belongs to its type, all the way down."""
    if isinstance(value, list):
        for each in value:
            check_vocabulary(each)
    elif isinstance(value, dict):
        known = VOCABULARY[value["@type"]]
        assert {name for name in value if not name.startswith("@")} <= known, value["@type"]
        for each in value.values():
            check_vocabulary(each)


def test_shown_note_is_a_claim_with_a_cited_comment(client):
    (value,) = data_of(client.get("/vi/notes/n1").content)
    check_vocabulary(value)
    assert (value["@type"], value["url"], value["text"]) == ("Claim", f"{ADDRESS}/vi/notes/n1", CLAIM.claim)
    assert value["comment"]["citation"][0]["url"] == "https://a.example/chanh?x=1&y=2"
    assert value["comment"]["publisher"]["correctionsPolicy"] == f"{ADDRESS}/en/site/corrections"


def test_page_of_a_claim_holds_all_its_shown_notes_and_no_other(client):
    (value,) = data_of(client.get("/en/requests/r1").content)
    check_vocabulary(value)
    assert [each["@id"].rsplit("#", 1)[1] for each in value["comment"]] == ["note-n1", "note-n2"]


@pytest.mark.parametrize("note", ["n3", "n4", "n5"])
def test_note_that_is_not_shown_is_no_data(client, note):
    assert data_of(client.get(f"/vi/notes/{note}").content) == []


def test_claim_review_only_where_the_operator_chose_it_and_it_is_imported_again_without_loss(tmp_path):
    commons, client = opened(tmp_path, notes_as_claim_review=True)
    with client:
        page = client.get("/vi/notes/n1").content
        (value,) = data_of(page)
        check_vocabulary(value)
        assert value["@type"] == "ClaimReview"
        (record,) = read_page(page, url=f"{ADDRESS}/vi/notes/n1")
        found = record.review
        assert (found.claim, found.url, found.language) == (CLAIM.claim, f"{ADDRESS}/vi/notes/n1", "vi")
        assert (found.publisher, found.published) == ("Bàn Mẫu", "2026-09-20")
        assert found.verdict.startswith("Chỉ ra điều sai hoặc thiếu")
        write_page(commons.contributions, "method", "vi", "")
        assert data_of(client.get("/vi/notes/n1").content)[0]["@type"] == "Claim"
    commons.close()


@pytest.mark.parametrize("path", ["", "about", "requests/r1", "notes/n1", "log"])
def test_pages_name_their_address_and_the_same_in_the_other_language(client, path):
    page = html.fromstring(client.get(f"/vi/{path}?utm_source=x").content)
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{ADDRESS}/vi/{path}"]
    alternates = page.xpath("//link[@rel='alternate'][@hreflang]")
    assert {each.get("hreflang"): each.get("href") for each in alternates} == {
        language: f"{ADDRESS}/{language}/{path}" for language in ("vi", "en")
    }


def test_shared_link_shows_the_note(client):
    page = html.fromstring(client.get("/vi/notes/n1").content)
    told = {each.get("property"): each.get("content") for each in page.xpath("//meta[starts-with(@property,'og:')]")}
    assert (told["og:title"], told["og:description"]) == (CLAIM.claim, DRAFT.text)
    picture = client.get(told["og:image"].removeprefix(ADDRESS))
    assert picture.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).size == (1200, 630)


@pytest.mark.parametrize("path", ["/card/vi/notes/nope.png", "/card/fr/notes/n1.png", "/card/vi/people/n1.png"])
def test_picture_of_nothing_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_sitemap_lists_what_is_shown_in_both_languages(client):
    tree = etree.fromstring(client.get("/sitemap.xml").content)
    found = [each.text for each in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(found) == len(set(found))
    for path in ("notes/n1", "notes/n2", "requests/r1", "log"):
        assert {f"{ADDRESS}/vi/{path}", f"{ADDRESS}/en/{path}"} <= set(found)
    assert not any(each.endswith(("/n3", "/n4", "/me", "/log-in")) for each in found)
    assert all(client.get(each.removeprefix(ADDRESS)).status_code == 200 for each in found)


def test_crawlers_are_kept_from_what_is_ones_own(client):
    text = client.get("/robots.txt").text
    assert "Disallow: /vi/me\n" in text
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in text
