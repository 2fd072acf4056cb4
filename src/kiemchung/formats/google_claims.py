"""Google's Fact Check Tools API: replies of `claims:search` and pages of ClaimReview markup."""

from collections.abc import Iterable, Iterator
from typing import Any

from kiemchung.formats.claimreview import Surroundings, read_claim_review
from kiemchung.formats.dates import iso_date
from kiemchung.formats.records import Record, Rejected, cut
from kiemchung.formats.values import first_address, objects_in
from kiemchung.model import ClaimReview

JsonObject = dict[str, Any]


def is_claim(value: Any) -> bool:
    """Whether it is a claim of a reply, bare or as a search by picture wraps it."""
    if not isinstance(value, dict):
        return False
    inner = value.get("claim")
    return "claimReview" in value or (isinstance(inner, dict) and "claimReview" in inner)


def is_markup_page(value: Any) -> bool:
    """Whether it is a page of markup, as desks upload it."""
    return isinstance(value, dict) and isinstance(value.get("claimReviewMarkups"), list)


def read_claim(value: JsonObject, where: str) -> Iterator[Record]:
    """The checks of one claim of a reply."""
    inner = value.get("claim")
    claim: JsonObject = inner if isinstance(inner, dict) else value
    checks = list(objects_in(claim.get("claimReview")))
    if not checks:
        yield Rejected("empty_item", "the claim has no claimReview", where, cut(str(value)))
    for check in checks:
        publisher = next(objects_in(check.get("publisher")), {})
        node = {
            "@type": "ClaimReview",
            "claimReviewed": claim.get("text"),
            "url": check.get("url"),
            "headline": check.get("title"),
            "datePublished": check.get("reviewDate"),
            "inLanguage": check.get("languageCode"),
            "author": {"@type": "Organization", "name": publisher.get("name") or publisher.get("site")},
            "reviewRating": {"alternateName": check.get("textualRating")},
            "itemReviewed": {"author": {"name": claim.get("claimant")}, "datePublished": claim.get("claimDate")},
        }
        yield read_claim_review(node, where, Surroundings())


def read_markup_page(page: JsonObject, where: str) -> Iterator[Record]:
    """The checks of a page of markup."""
    author = next(objects_in(page.get("claimReviewAuthor")), {})
    around = Surroundings(url=first_address(page.get("pageUrl")), published=iso_date(page.get("publishDate")))
    for markup in objects_in(page.get("claimReviewMarkups")):
        rating = next(objects_in(markup.get("rating")), {})
        claimant = next(objects_in(markup.get("claimAuthor")), {})
        node = {
            "@type": "ClaimReview",
            "claimReviewed": markup.get("claimReviewed"),
            "url": markup.get("url"),
            "author": {"@type": "Organization", "name": author.get("name")},
            "reviewRating": {**rating, "alternateName": rating.get("textualRating")},
            "itemReviewed": {
                "author": {"name": claimant.get("name")},
                "datePublished": markup.get("claimDate"),
                "firstAppearance": markup.get("claimFirstAppearance"),
                "appearance": markup.get("claimAppearances"),
            },
        }
        yield read_claim_review(node, where, around)


def render_claim(reviews: Iterable[ClaimReview]) -> JsonObject:
    """One claim of a reply, from the checks of it; the first one words it. Dates are RFC 3339, sites without `www.`"""
    checks = list(reviews)
    first = checks[0]
    values = {
        "text": first.claim,
        "claimant": first.claimant,
        "claimDate": _moment(first.claim_date),
        "claimReview": [_render_check(review) for review in checks],
    }
    return {key: value for key, value in values.items() if value}


def _render_check(review: ClaimReview) -> JsonObject:
    values = {
        "publisher": {"name": review.publisher, "site": review.publisher_site},
        "url": review.url,
        "title": review.title,
        "reviewDate": _moment(review.published),
        "textualRating": review.verdict,
        "languageCode": review.language if review.language != "und" else "",
    }
    return {key: value for key, value in values.items() if value}


def _moment(day: str | None) -> str | None:
    """RFC 3339: a day is its first second, a time without zone is taken as UTC, as Google's own replies have it."""
    if not day or "T" not in day:
        return f"{day}T00:00:00Z" if day else None
    return day if day.endswith("Z") or "+" in day or "-" in day[11:] else f"{day}Z"
