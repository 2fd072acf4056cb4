"""A desk's own check as a ClaimReview, as JSON-LD with all that FORMATS 3.1 asks for, and as Google's upload."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from kiemchung.formats.claimreview import render_claim_review
from kiemchung.formats.note_jsonld import Site, citation, publisher
from kiemchung.model import ClaimReview, DeskCheck, ReviewRating
from kiemchung.text import page_language


def check_address(site_url: str, check: DeskCheck, language: str = "") -> str:
    """The page of a check; without `language` the canonical one, in the check's own language where we speak it."""
    return f"{site_url}/{language or page_language(check.versions[-1].draft.language)}/checks/{check.check_id}"


def review_of_check(site_name: str, site_url: str, check: DeskCheck) -> ClaimReview:
    """A published check as the noun that all published checks are."""
    newest, first = check.versions[-1], check.versions[0]
    draft = newest.draft
    rating = ReviewRating(draft.verdict, draft.rating_value, draft.best_rating, draft.worst_rating)
    return ClaimReview(
        claim=draft.claim,
        verdict=draft.verdict,
        url=check_address(site_url, check),
        publisher=site_name,
        publisher_site=(urlsplit(site_url).hostname or "").removeprefix("www."),
        published=first.day,
        language=draft.language,
        title=draft.claim,
        explanation=draft.explanation,
        rating=rating,
        corrections=tuple(version.reason for version in check.versions if version.reason),
        modified=modified(check),
    )


def modified(check: DeskCheck) -> str:
    """The day of the newest change that readers see: a version or a reply."""
    return max([version.day for version in check.versions] + [reply.day for reply in check.replies])


def check_jsonld(site: Site, check: DeskCheck) -> dict[str, Any]:
    """The check as a `ClaimReview` for its page. Reading it gives `review_of_check` again."""
    review = review_of_check(site.name, site.url, check)
    draft = check.versions[-1].draft
    node = render_claim_review(review)
    node |= {
        "@id": f"{review.url}#review",
        "mainEntityOfPage": review.url,
        "author": publisher(site),
        "publisher": publisher(site),
        "citation": [citation(source) for source in draft.sources],
        "isBasedOn": [source.url for source in draft.sources],
        "license": site.licence,
        "isAccessibleForFree": True,
    }
    node["itemReviewed"] = {"@type": "Claim", "text": review.claim, "inLanguage": review.language}
    corrections = [version for version in check.versions if version.reason]
    if corrections:
        node["correction"] = [
            {"@type": "CorrectionComment", "text": version.reason, "datePublished": version.day}
            for version in corrections
        ]
    if check.replies:
        node["comment"] = [
            {
                "@type": "Comment",
                "name": "Right of reply",
                "text": reply.text,
                "creator": {"@type": "Organization", "name": reply.by},
                "datePublished": reply.day,
            }
            for reply in check.replies
        ]
    return node


def claim_review_markup(site: Site, check: DeskCheck) -> dict[str, Any]:
    """A check as Google's Fact Check Tools API takes an upload (`pages.create`)."""
    review = review_of_check(site.name, site.url, check)
    rating = {
        "textualRating": review.rating.alternate_name,
        "ratingValue": _number(review.rating.rating_value),
        "bestRating": _number(review.rating.best_rating),
        "worstRating": _number(review.rating.worst_rating),
    }
    return {
        "pageUrl": review.url,
        "publishDate": review.published,
        "claimReviewAuthor": {"name": site.name},
        "claimReviewMarkups": [
            {
                "url": review.url,
                "claimReviewed": review.claim,
                "rating": {key: value for key, value in rating.items() if value is not None},
            }
        ],
    }


def claim_review_markups(site: Site, checks: Iterable[DeskCheck]) -> dict[str, Any]:
    """All of them, as `pages.list` answers."""
    return {"claimReviewMarkupPages": [claim_review_markup(site, check) for check in checks]}


def _number(value: str) -> int | None:
    return int(value) if value else None
