"""Fact-Check Insights: JSON of claimReviews and mediaReviews, and CSV with dotted column names."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kiemchung.formats.claimreview import (
    Surroundings,
    read_claim_review,
    rejected_media_review,
    render_claim_review,
    verdict_of,
)
from kiemchung.formats.records import Record
from kiemchung.model import ClaimReview

#: Columns as zenodotus writes them.
COLUMNS = (
    "id", "@context", "@type", "claimReviewed", "datePublished", "url",
    "author.@type", "author.name", "author.url",
    "itemReviewed.@type", "itemReviewed.author.name", "itemReviewed.author.@type", "itemReviewed.author.sameAs",
    "reviewRating.@type", "reviewRating.ratingValue", "reviewRating.alternateName", "author.image",
    "itemReviewed.name", "itemReviewed.datePublished", "itemReviewed.firstAppearance.url",
    "itemReviewed.firstAppearance.type", "itemReviewed.author.image", "reviewRating.ratingExplanation",
    "itemReviewed.author.jobTitle", "reviewRating.bestRating", "reviewRating.worstRating", "reviewRating.image",
    *(f"itemReviewed.appearance.{n}.{part}" for n in range(1, 16) for part in ("url", "@type")),
)  # fmt: skip


def is_row(columns: Iterable[str]) -> bool:
    """Whether these are columns of such a table."""
    names = set(columns)
    dotted = any(name.startswith(("author.", "reviewRating.", "itemReviewed.")) for name in names)
    return ("claimReviewed" in names and dotted) or "mediaAuthenticityCategory" in names


def read_row(row: Mapping[str, str], where: str) -> Record:
    """One row as a check; a MediaReview is counted, for it rates a picture and not a claim."""
    node = _nest(row)
    if "mediaAuthenticityCategory" in row and not row.get("claimReviewed"):
        return rejected_media_review(node, where)
    return read_claim_review({**node, "@type": "ClaimReview"}, where, Surroundings())


def _nest(row: Mapping[str, str]) -> dict[str, Any]:
    """`{"a.b.1.c": x}` as objects; numbered parts become lists."""
    node: dict[str, Any] = {}
    for name, value in row.items():
        if not value or name.startswith("@context"):
            continue
        *path, last = name.split(".")
        inner = node
        for part in path:
            following = inner.setdefault(part, {})
            if not isinstance(following, dict):
                break
            inner = following
        else:
            inner[last] = value
    return {key: _lists(value) for key, value in node.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    whole = {key: _lists(part) for key, part in value.items()}
    if whole and all(key.isdigit() for key in whole):
        return [whole[key] for key in sorted(whole, key=int)]
    return whole


def render_json(reviews: Iterable[ClaimReview], retrieved_at: str) -> str:
    """The JSON form, with string ratings; reading it gives the checks again."""
    nodes = [render_claim_review(review) for review in reviews]
    meta = {"retrievedAt": retrieved_at, "claimReviewCount": len(nodes), "mediaReviewCount": 0}
    return json.dumps({"claimReviews": nodes, "mediaReviews": [], "meta": meta}, ensure_ascii=False)


def render_csv(reviews: Iterable[ClaimReview]) -> Iterator[str]:
    """The CSV form, header first. Its columns hold no title, language, explanation or correction."""
    line = io.StringIO()
    writer = csv.DictWriter(line, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, review in enumerate(reviews, start=1):
        writer.writerow(_flat(review) | {"id": str(number)})
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    if line.tell():
        yield line.getvalue()


def _flat(review: ClaimReview) -> dict[str, str]:
    values: dict[str, str | None] = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": review.claim,
        "datePublished": review.published,
        "url": review.url,
        "author.@type": "Organization",
        "author.name": review.publisher,
        "itemReviewed.@type": "Claim",
        "itemReviewed.author.name": review.claimant,
        "itemReviewed.datePublished": review.claim_date,
        "reviewRating.@type": "Rating",
        "reviewRating.ratingValue": review.rating.rating_value,
        "reviewRating.alternateName": review.rating.alternate_name or verdict_of(review.rating),
        "reviewRating.ratingExplanation": review.rating.explanation,
        "reviewRating.bestRating": review.rating.best_rating,
        "reviewRating.worstRating": review.rating.worst_rating,
    }
    for number, url in enumerate(review.appearances[:15], start=1):
        values |= {
            f"itemReviewed.appearance.{number}.url": url,
            f"itemReviewed.appearance.{number}.@type": "CreativeWork",
        }
    return {key: value for key, value in values.items() if value}
