"""What machines read in pages: structured data, canonical addresses, pictures, a sitemap."""

import io
import json
import re

import extruct
import pytest
from lxml import etree, html
from PIL import Image
from starlette.testclient import TestClient

from kiemchung.commons.ask_for_note import index_requests
from kiemchung.commons.export_tables import export_for_site
from kiemchung.commons.site import LANGUAGES, OPERATOR_PAGES, write_page
from kiemchung.formats.pages import read_page
from kiemchung.formats.reading import read_document
from kiemchung.model import ClaimReview, ReviewRating
from kiemchung.web.app import create_app
from tests.formats.vocabulary import google_problems, vocabulary_problems
from tests.web.publishing import AUTHOR, CLAIM, DRAFT, nothing_found, site, with_desk

ADDRESS = "https://checks.example.org"


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


@pytest.mark.parametrize("as_review", [False, True])
def test_every_json_ld_page_keeps_to_the_vocabulary_and_to_googles_rules(tmp_path, as_review):
    """Each has one block; what is published as ClaimReview is imported again without loss, by both readers."""
    commons, client = opened(tmp_path, notes_as_claim_review=as_review)
    with client:
        with_desk(commons)
        export_for_site(commons)
        found = {}
        for address in sitemap_of(client):
            path = address.removeprefix(ADDRESS)
            page = client.get(path).content
            for value in data_of(page):
                assert vocabulary_problems(value) == [], path
                assert path not in found
                found[path] = value["@type"]
                if value["@type"] == "ClaimReview":
                    assert google_problems(value, address) == [], path
                    (record,) = read_page(page, url=address)
                    (again,) = read_again(extracted(page, address))
                    assert record.review == again.review == said_by(value)
    commons.close()
    review_or_claim = "ClaimReview" if as_review else "Claim"
    assert found == {
        f"/{language}/{path}": kind
        for language in ("vi", "en")
        for path, kind in {
            "notes/n1": review_or_claim,
            "notes/n2": review_or_claim,
            "requests/r1": "Claim",
            "checks/c1": "ClaimReview",
            "checks/c2": "ClaimReview",
            "data": "Dataset",
        }.items()
    }


def sitemap_of(client):
    tree = etree.fromstring(client.get("/sitemap.xml").content)
    return [each.text for each in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]


def extracted(page, address):
    """What extruct finds in a page."""
    (value,) = extruct.extract(page.decode(), base_url=address, syntaxes=["json-ld"])["json-ld"]
    return value


def read_again(value):
    """What our importer makes of a JSON document with this value."""
    return read_document(io.BufferedReader(io.BytesIO(json.dumps(value).encode())))


def said_by(value):
    """The check that a ClaimReview of ours says, field by field."""
    rating = value["reviewRating"]
    numbers = (rating.get(name, "") for name in ("ratingValue", "bestRating", "worstRating"))
    corrections = value.get("correction", [])
    return ClaimReview(
        value["claimReviewed"],
        rating["alternateName"],
        value["url"],
        "Bàn Mẫu",
        "checks.example.org",
        published=value["datePublished"],
        modified=value["dateModified"],
        language=value["inLanguage"],
        title=value.get("headline", ""),
        # tags are taken out of what any publisher writes, those that stand in a text of ours as well
        explanation=re.sub(r"<[^>]+>", "", value.get("description") or value["reviewBody"]),
        rating=ReviewRating(rating["alternateName"], *numbers),
        corrections=tuple(each["text"] for each in corrections),
    )


def test_shown_note_is_a_claim_with_a_cited_comment(client):
    (value,) = data_of(client.get("/vi/notes/n1").content)
    assert (value["@type"], value["url"], value["text"]) == ("Claim", f"{ADDRESS}/vi/notes/n1", CLAIM.claim)
    assert value["comment"]["citation"][0]["url"] == "https://a.example/chanh?x=1&y=2"
    assert value["comment"]["isBasedOn"] == ["https://a.example/chanh?x=1&y=2"]
    assert value["comment"]["publisher"]["correctionsPolicy"] == f"{ADDRESS}/en/site/corrections"


def test_page_of_a_claim_holds_all_its_shown_notes_and_no_other(client):
    (value,) = data_of(client.get("/en/requests/r1").content)
    assert [each["@id"].rsplit("#", 1)[1] for each in value["comment"]] == ["note-n1", "note-n2"]


@pytest.mark.parametrize(
    ("note", "now", "day"),
    [
        ("n3", "Cần đánh giá", "2026-09-23T08:00:00Z"),
        ("n4", "Người viết đã rút lại", None),
        ("n5", "Đã gỡ: có dữ liệu riêng của người khác", "2026-09-22"),
    ],
)
def test_note_that_is_shown_no_more_is_a_correction_without_its_text(client, note, now, day):
    content = client.get(f"/vi/notes/{note}").content
    (value,) = data_of(content)
    assert vocabulary_problems(value) == []
    assert value["comment"]["correction"]["text"] == f"Ghi chú này đã từng được hiển thị. Hiện nay: {now}."
    assert value["comment"]["correction"].get("datePublished") == day
    assert "text" not in value["comment"]
    assert f"Ghi chú này đã từng được hiển thị. Hiện nay: {now}." in html.fromstring(content).text_content()


def test_note_that_was_never_shown_is_no_data(client):
    client.app.state.commons.contributions.put_note("n6", "r1", AUTHOR, DRAFT, "2026-09-24")
    assert data_of(client.get("/vi/notes/n6").content) == []


def test_claim_review_only_where_the_operator_chose_it_and_it_is_imported_again_without_loss(tmp_path):
    commons, client = opened(tmp_path, notes_as_claim_review=True, embedder="hashing")
    with client:
        page = client.get("/vi/notes/n1").content
        (value,) = data_of(page)
        assert value["@type"] == "ClaimReview"
        (record,) = read_page(page, url=f"{ADDRESS}/vi/notes/n1")
        found = record.review
        assert (found.claim, found.url, found.language) == (CLAIM.claim, f"{ADDRESS}/vi/notes/n1", "vi")
        assert (found.publisher, found.published) == ("Bàn Mẫu", "2026-09-20")
        assert found.verdict.startswith("Chỉ ra điều sai hoặc thiếu")
        index_requests(commons)
        (said, *_) = client.get("/v1alpha1/claims:search", params={"query": CLAIM.claim}).json()["claims"]
        assert said["text"] == CLAIM.claim
        assert said["claimReview"][0]["textualRating"] == found.verdict
        assert said["claimReview"][0]["url"] == f"{ADDRESS}/vi/notes/n1"
        for wanted, notes in (
            ({"languageCode": "en"}, ["n2"]),
            ({"reviewPublisherSiteFilter": "www.checks.example.org"}, ["n1", "n2"]),
            ({"reviewPublisherSiteFilter": "elsewhere.example"}, []),
            ({"maxAgeDays": 1}, []),
            ({"offset": 1}, []),
        ):
            reply = client.get("/v1alpha1/claims:search", params={"query": CLAIM.claim} | wanted).json()
            assert [each["claimReview"][0]["url"].split("/")[-1] for each in reply.get("claims", ())] == notes, wanted
        write_page(commons.contributions, "method", "vi", "")
        assert "claims" not in client.get("/v1alpha1/claims:search", params={"query": CLAIM.claim}).json()
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
    found = sitemap_of(client)
    assert len(found) == len(set(found))
    for path in ("notes/n1", "notes/n2", "requests/r1", "log"):
        assert {f"{ADDRESS}/vi/{path}", f"{ADDRESS}/en/{path}"} <= set(found)
    assert not any(each.endswith(("/n3", "/n4", "/me", "/log-in")) for each in found)
    assert all(client.get(each.removeprefix(ADDRESS)).status_code == 200 for each in found)


def test_crawlers_are_kept_from_what_is_ones_own(client):
    text = client.get("/robots.txt").text
    assert "Disallow: /vi/me\n" in text
    assert f"Sitemap: {ADDRESS}/sitemap.xml" in text
