"""The checkers of structured data find mistakes; what they pass is tested with the pages."""

import pytest

from kiemchung.formats.desk_check import check_jsonld
from kiemchung.formats.note_jsonld import Site
from kiemchung.model import DeskCheck, DeskDraft, DeskVersion, Source
from tests.formats.vocabulary import google_problems, vocabulary_problems

PAGE = "https://desk.example/vi/checks/c1"
DRAFT = DeskDraft("Cầu dài 900 mét", "Sai", "Dài 870 mét.", "vi", (Source("https://a.example/", "870"),), "1", "5", "1")
VALUE = check_jsonld(
    Site("Bàn Mẫu", "https://desk.example"), DeskCheck("c1", (DeskVersion(DRAFT, "2026-09-22", None),))
)


def test_a_whole_check_has_no_problem():
    assert (vocabulary_problems(VALUE), google_problems(VALUE, PAGE)) == ([], [])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"verdict": "Sai"}, "$: ClaimReview has no verdict"),
        ({"author": {"@type": "Rating"}}, "$.author: {'@type': 'Rating'} is none of Organization, Person"),
        ({"url": "not an address"}, "$.url: 'not an address' is none of URL"),
        ({"datePublished": "yesterday"}, "$.datePublished: 'yesterday' is none of Date, DateTime"),
        ({"isBasedOnUrl": "https://a.example/"}, "$: isBasedOnUrl has given way to isBasedOn"),
        ({"comment": [{"@type": "Reply"}]}, "$.comment: {'@type': 'Reply'} is none of Comment"),
    ],
)
def test_mistake_against_the_vocabulary_is_found(change, problem):
    assert vocabulary_problems(VALUE | change)[0] == problem


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"claimReviewed": ""}, "claimReviewed is missing"),
        ({"claimReviewed": "Sai: cầu dài 900 mét"}, "the verdict stands in the claim"),
        (
            {"url": "https://elsewhere.example/"},
            "url https://elsewhere.example/ is not of this site, or no plain address",
        ),
        ({"url": f"{PAGE}?x=1"}, f"url {PAGE}?x=1 is not of this site, or no plain address"),
        ({"reviewRating": {}}, "reviewRating.alternateName is missing"),
        ({"reviewRating": {"alternateName": "Sai", "ratingValue": "1"}}, "of the scale only ['ratingValue'] are given"),
        ({"reviewRating": VALUE["reviewRating"] | {"ratingValue": "6"}}, "ratingValue lies outside of the scale"),
        ({"author": "Bàn Mẫu"}, "author is no organisation or person with name and url"),
        ({"itemReviewed": {}}, "itemReviewed is no Claim"),
        ({"datePublished": ""}, "datePublished is missing"),
    ],
)
def test_mistake_against_googles_rules_is_found(change, problem):
    assert google_problems(VALUE | change, PAGE) == [problem]
