"""A desk's check as ClaimReview: Google's field rules, the vocabulary, and back through our importer without loss."""

import json
from dataclasses import replace

import extruct
import pytest

from kiemchung.formats.desk_check import check_jsonld, claim_review_markups, review_of_check
from kiemchung.formats.google_claims import read_markup_page
from kiemchung.formats.note_jsonld import Site, script_text
from kiemchung.formats.pages import read_page
from kiemchung.model import DeskCheck, DeskDraft, DeskReply, DeskVersion, Source
from tests.formats.vocabulary import google_problems, vocabulary_problems

SITE = Site("Bàn Mẫu", "https://desk.example")
DRAFT = DeskDraft(
    "Cầu Mẫu dài < 900 mét & hẹp",
    "Sai",
    "Số đo mới cho thấy cầu dài 870 mét & không hơn.",
    "vi",
    (Source("https://a.example/?x=1&y=2", "Dài 870 mét.", "2026-01-02", "Số đo", "https://luu.example/a"),),
    "1",
    "5",
    "1",
)
FIRST = DeskCheck("0123456789abcdef", (DeskVersion(DRAFT, "2026-11-01", None),))
CORRECTED = replace(
    FIRST,
    versions=(*FIRST.versions, DeskVersion(replace(DRAFT, verdict="Đúng một phần"), "2026-11-05", "Đo lại.")),
    replies=(DeskReply("Chúng tôi đã đo.", "Ban quản lý cầu", "2026-11-06"),),
)
WORDS_ONLY = replace(
    FIRST, versions=(DeskVersion(replace(DRAFT, rating_value="", best_rating="", worst_rating=""), "2026-11-01", None),)
)
CHECKS = [FIRST, CORRECTED, WORDS_ONLY]


def page_of(check):
    head = f'<script type="application/ld+json">{script_text(check_jsonld(SITE, check))}</script>'
    return f'<!doctype html><html lang="vi"><head><title>t</title>{head}</head><body>x</body></html>'


@pytest.mark.parametrize("check", CHECKS)
def test_one_claim_review_a_page_by_google_s_rules_and_the_vocabulary(check):
    review = review_of_check(SITE.name, SITE.url, check)
    (node,) = extruct.extract(page_of(check), syntaxes=["json-ld"])["json-ld"]
    assert (vocabulary_problems(node), google_problems(node, review.url)) == ([], [])
    assert node["publisher"]["correctionsPolicy"] == "https://desk.example/en/site/corrections"
    assert [each["url"] for each in node["citation"]] == node["isBasedOn"] == ["https://a.example/?x=1&y=2"]


@pytest.mark.parametrize("check", CHECKS)
def test_what_we_publish_we_import_again_without_loss(check):
    review = review_of_check(SITE.name, SITE.url, check)
    (record,) = read_page(page_of(check).encode(), url=review.url)
    assert record.review == review
    assert record.licence == SITE.licence


def test_markups_for_google_s_tool_are_read_again():
    (page,) = claim_review_markups(SITE, [CORRECTED])["claimReviewMarkupPages"]
    assert page["claimReviewMarkups"][0]["rating"] == {
        "textualRating": "Đúng một phần",
        "ratingValue": 1,
        "bestRating": 5,
        "worstRating": 1,
    }
    (record,) = read_markup_page(json.loads(json.dumps(page)), "page")
    review = review_of_check(SITE.name, SITE.url, CORRECTED)
    assert (record.review.claim, record.review.verdict, record.review.url, record.review.published) == (
        review.claim,
        review.verdict,
        review.url,
        review.published,
    )


def test_text_cannot_end_the_script():
    hostile = replace(DRAFT, explanation="</script><script>alert(1)</script><!-- đủ dài để đăng")
    page = page_of(replace(FIRST, versions=(DeskVersion(hostile, "2026-11-01", None),)))
    assert page.count("<script") == page.count("</script") == 1
    (node,) = extruct.extract(page, syntaxes=["json-ld"])["json-ld"]
    assert node["description"] == hostile.explanation
