"""A published check as the text that the store keeps."""

import json
from dataclasses import fields
from typing import Any

from kiemchung.model import ClaimReview, ReviewRating
from kiemchung.store.identity import short_hash

_FIELDS = tuple(f.name for f in fields(ClaimReview) if f.name != "rating")
_RATING_FIELDS = tuple(f.name for f in fields(ReviewRating))
_TUPLES = ("appearances", "corrections")


def encode(review: ClaimReview) -> str:
    """JSON with the fields that say something; equal checks give equal text."""
    values: dict[str, Any] = {name: value for name in _FIELDS if (value := getattr(review, name))}
    if rating := {name: value for name in _RATING_FIELDS if (value := getattr(review.rating, name))}:
        values["rating"] = rating
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def decode(content: str) -> ClaimReview:
    """The check in a text from `encode`; parts that this version does not know are left out."""
    values: dict[str, Any] = json.loads(content)
    known = {name: values[name] for name in _FIELDS if name in values}
    known |= {name: tuple(known[name]) for name in _TUPLES if name in known}
    rating = values.get("rating", {})
    known["rating"] = ReviewRating(**{name: rating[name] for name in _RATING_FIELDS if name in rating})
    required = {"claim": "", "verdict": "", "url": "", "publisher": "", "publisher_site": ""}
    return ClaimReview(**required | known)


def content_hash(content: str) -> str:
    """Stands for a text from `encode`."""
    return short_hash(content)
