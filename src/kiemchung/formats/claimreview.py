"""ClaimReview (schema.org) <-> the noun: objects of JSON-LD, wherever they stand in a document.

Source: schema.org/ClaimReview; what publishers make of it, from their pages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiemchung.formats.dates import iso_date
from kiemchung.formats.records import Accepted, Record, Rejected, cut
from kiemchung.formats.values import (
    addresses_in,
    first_address,
    host_of,
    is_web_address,
    language_tag,
    objects_in,
    text_of,
    tidy_address,
)
from kiemchung.model import ClaimReview, ReviewRating

JsonObject = dict[str, Any]
#: Nesting deeper than this is no page's markup.
_MAX_DEPTH = 60
_PERSONS_PAGE = re.compile(r"(?i)/@?(?:authors?|profiles?|staff|people|team|autor(?:es)?|auteurs?|reporters?|tac-gia)/")
_VOCABULARY = re.compile(r"^(?:schema:|https?://(?:www\.)?schema\.org/)")
_ONLY_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
#: What a rating is called where nobody gave it a name.
_NO_VERDICT = frozenset(["rating", "review rating", "claim rating", "claimreview", "claim review"])
_ORGANISATIONS = ("organization", "newsmediaorganization", "corporation", "ngo", "educationalorganization", "brand")
#: Who said something and not what was said; their addresses are profiles.
_NOT_WORKS = frozenset(["person", *_ORGANISATIONS])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document says around a ClaimReview, for what the object itself leaves out.

    Attributes:
        url: the page's own address; empty for dumps.
        by_id: the document's objects by `@id`, to follow references.
    """

    url: str = ""
    language: str = "und"
    title: str = ""
    site_name: str = ""
    published: str | None = None
    by_id: Mapping[str, JsonObject] = field(default_factory=dict)


def types_of(node: JsonObject) -> set[str]:
    """An object's types, lower case, without vocabulary: `https://schema.org/ClaimReview` -> `claimreview`."""
    value = node.get("@type", node.get("type"))
    names = value if isinstance(value, list) else [value]
    return {name.strip().rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in names if isinstance(name, str)}


def without_vocabulary(value: Any, _depth: int = 0) -> Any:
    """The value with the names of schema.org bare: `schema:url` and `https://schema.org/url` -> `url`."""
    if isinstance(value, list):
        return [without_vocabulary(part, _depth + 1) for part in value] if _depth <= _MAX_DEPTH else value
    if not isinstance(value, dict) or _depth > _MAX_DEPTH:
        return value
    return {_VOCABULARY.sub("", name): without_vocabulary(part, _depth + 1) for name, part in value.items()}


def is_claim_review(node: JsonObject) -> bool:
    """Whether an object is a ClaimReview, by its type or, in dumps without types, by its claim."""
    types = types_of(node)
    return "claimreview" in types or ("claimReviewed" in node and not types & {"mediareview", "claim"})


def is_media_review(node: JsonObject) -> bool:
    """Whether an object rates a picture or recording, and no claim."""
    return "mediareview" in types_of(node) and not is_claim_review(node)


def find_reviews(value: Any) -> Iterator[JsonObject]:
    """Every ClaimReview in a value of JSON, in order, at whatever depth it stands."""
    return (node for node in find_objects(value) if is_claim_review(node))


def find_objects(value: Any, _depth: int = 0) -> Iterator[JsonObject]:
    """Every object in a value of JSON, in order, at whatever depth it stands."""
    if _depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            if isinstance(part, dict | list):
                yield from find_objects(part, _depth + 1)


def collect_ids(value: Any, _depth: int = 0) -> dict[str, JsonObject]:
    """A document's objects by `@id`; of several with one id, the fullest."""
    found: dict[str, JsonObject] = {}
    if _depth > _MAX_DEPTH:
        return found
    for node in objects_in(value):
        identity = node.get("@id")
        if isinstance(identity, str) and len(node) > 1:
            found[identity] = node
        for part in node.values():
            if isinstance(part, dict | list):
                for key, other in collect_ids(part, _depth + 1).items():
                    if len(other) > len(found.get(key, ())):
                        found[key] = other
    return found


def read_claim_review(node: JsonObject, where: str, around: Surroundings, *, repaired: bool = False) -> Record:
    """One ClaimReview object as a check, or why it cannot be one."""
    reader = _Reader(node, around)
    claim = reader.claim()
    if not claim:
        return Rejected("no_claim", "claimReviewed is missing or empty", where, cut(str(node)))
    rating = reader.rating()
    # a headline is the publisher's word as well, where the rating is left empty
    verdict = verdict_of(rating) or explained(rating) or reader.title()
    if not verdict:
        return Rejected("no_verdict", "reviewRating has neither words nor a number", where, cut(str(node)))
    urls = reader.urls()
    if not urls:
        return Rejected("no_url", "url is missing or empty", where, cut(str(node)))
    url = next((url for url in urls if is_web_address(url)), "")
    if not url:
        return Rejected("bad_url", f"{urls[0][:200]} is no http(s) address", where, cut(str(node)))
    return Accepted(reader.review(claim, verdict, url, rating), where, repaired, reader.licence())


def verdict_of(rating: ReviewRating) -> str:
    """What the publisher calls it; without words the number with its scale, `2 (1–5)`."""
    if rating.alternate_name or not rating.rating_value:
        return rating.alternate_name
    if not _NUMBER.fullmatch(rating.rating_value):
        return rating.rating_value  # words in the number's place; a scale of numbers says nothing about them
    if rating.best_rating and rating.best_rating == rating.worst_rating:
        return ""  # -1 of -1 to -1: how some desks say that their words, not a number, are the verdict
    if rating.best_rating and rating.worst_rating:
        return f"{rating.rating_value} ({rating.worst_rating}–{rating.best_rating})"
    return rating.rating_value


def explained(rating: ReviewRating) -> str:
    """Why the publisher rates so; some programs leave the scale's end there."""
    return "" if _NUMBER.fullmatch(rating.explanation) else rating.explanation


class _Reader:
    """Reads one object; follows references into the document that it came from."""

    def __init__(self, node: JsonObject, around: Surroundings) -> None:
        self.node = node
        self.around = around
        self.language = self._language()
        self.reviewed = self._reviewed()

    def review(self, claim: str, verdict: str, url: str, rating: ReviewRating) -> ClaimReview:
        node = self.node
        works = [item for item in self.reviewed if not types_of(item) & _NOT_WORKS]
        return ClaimReview(
            claim=claim,
            verdict=verdict,
            url=url,
            publisher=self._publisher() or host_of(url),
            publisher_site=host_of(url),
            published=self._date(node.get("datePublished"))
            or self._date(node.get("dateCreated"))
            or self.around.published,
            language=self.language,
            title=self.title(),
            explanation=text_of(node.get("reviewBody")) or text_of(node.get("description")) or explained(rating),
            rating=rating,
            claimant=self._claimant(),
            claim_date=self._date([item.get("datePublished") for item in self.reviewed]),
            appearances=self._appearances(works),
            corrections=tuple(text for part in self._all(node.get("correction")) if (text := text_of(part))),
            modified=self._date(node.get("dateModified")),
        )

    def claim(self) -> str:
        names = (text_of(item.get("name")) for item in self.reviewed if "claim" in types_of(item))
        texts = (text_of(item.get("text")) for item in self.reviewed)
        return text_of(self.node.get("claimReviewed")) or next(filter(None, (*names, *texts)), "")

    def title(self) -> str:
        return text_of(self.node.get("headline")) or text_of(self.node.get("name")) or self.around.title

    def urls(self) -> list[str]:
        """Its own address, then the page's; in a dump its name may be one."""
        values = (self.node.get("url"), self.node.get("mainEntityOfPage"), self.around.url, self.node.get("@id"))
        return [tidy_address(found) for value in values if (found := first_address(value, self.around.url))]

    def licence(self) -> str | None:
        for key in ("license", "sdLicense"):
            if found := text_of(self.node.get(key)) or first_address(self.node.get(key)):
                return found
        return None

    def rating(self) -> ReviewRating:
        value = self.node.get("reviewRating")
        ratings = [self._whole(part) for part in objects_in(value)]
        found = next((part for part in ratings if text_of(part.get("alternateName"))), ratings[0] if ratings else None)
        if found is None:
            words = text_of(value)
            return ReviewRating(rating_value=words) if words.isdigit() else ReviewRating(alternate_name=words)
        words = ", ".join(filter(None, map(text_of, self._all(found.get("alternateName")))))
        number, name = text_of(found.get("ratingValue")), text_of(found.get("name"))
        if not words and name.casefold() not in _NO_VERDICT and not _NUMBER.fullmatch(name):
            words = name or ("" if number else text_of(found.get("description")))
        return ReviewRating(
            alternate_name=words,
            rating_value=number,
            best_rating=text_of(found.get("bestRating")),
            worst_rating=text_of(found.get("worstRating")),
            explanation=text_of(found.get("ratingExplanation")),
        )

    def _language(self) -> str:
        """Its own word, the tag of its texts, or the document's."""
        texts = [self.node.get(name) for name in ("claimReviewed", "headline", "name")]
        said = [self.node.get("inLanguage"), *(part.get("@language") for text in texts for part in objects_in(text))]
        return next((tag for value in said if (tag := language_tag(value)) != "und"), self.around.language)

    def _date(self, value: Any) -> str | None:
        language = self.language
        if language == "und" and _ONLY_VIETNAMESE.search(self.claim()):
            language = "vi"  # for the habits of its dates; what language it is in, is told after reading
        return iso_date(value, language=language)

    def _publisher(self) -> str:
        """The desk: an organisation before its umbrella, and never a person where anything else is named."""
        authors = self._all(self.node.get("author"))
        desks = [part for part in authors if isinstance(part, dict) and _is_desk(part)]
        unsaid = [part for part in authors if not (isinstance(part, dict) and types_of(part))]
        publishers = [*self._all(self.node.get("publisher")), *self._all(self.node.get("sourceOrganization"))]
        for part in (*desks, *publishers, *unsaid):
            if name := text_of(part):
                return name
        return self.around.site_name

    def _claimant(self) -> str:
        """The names of whoever is said to have made the claim; nothing else of them is read."""
        people = [person for item in self.reviewed for person in self._all(item.get("author"))]
        people += [item for item in self.reviewed if types_of(item) & _NOT_WORKS and not item.get("author")]
        names = (name for one in people for name in self._all(one.get("name") if isinstance(one, dict) else one))
        return ", ".join(dict.fromkeys(name for name in map(text_of, names) if name))

    def _appearances(self, works: list[JsonObject]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for key in ("firstAppearance", "appearance", "url", "sameAs"):
            for part in (part for work in works for part in self._all(work.get(key))):
                found.update(dict.fromkeys(addresses_in(part)))
        for part in self._all(self.node.get("itemReviewed")):
            if isinstance(part, str):  # nothing but its address
                found.update(dict.fromkeys(addresses_in(part)))
        return tuple(found)

    def _reviewed(self) -> list[JsonObject]:
        """What was reviewed: claims, also those that a work is said to be about, before works and people."""
        items = [item for item in self._all(self.node.get("itemReviewed")) if isinstance(item, dict)]
        about = [part for item in items for part in self._all(item.get("about")) if isinstance(part, dict)]
        items += [part for part in about if "claim" in types_of(part)]
        return sorted(items, key=lambda item: "claim" not in types_of(item))

    def _all(self, value: Any) -> list[Any]:
        return [
            self._whole(part) if isinstance(part, dict) else part
            for part in (value if isinstance(value, list) else [value])
        ]

    def _whole(self, part: JsonObject) -> JsonObject:
        """The object, with what the document says elsewhere under its `@id`."""
        identity = part.get("@id")
        elsewhere = self.around.by_id.get(identity) if isinstance(identity, str) else None
        return {**elsewhere, **part} if elsewhere and elsewhere is not part else part


def _is_desk(author: JsonObject) -> bool:
    """Whether an author is an organisation; some sites call their writers that, so their pages' addresses decide."""
    address = first_address(author.get("url")) or first_address(author.get("@id"))
    return bool(types_of(author) & set(_ORGANISATIONS)) and not _PERSONS_PAGE.search(address)


def read_value(
    value: Any, where: str, around: Surroundings | None = None, *, repaired: bool = False
) -> Iterator[Record]:
    """Every ClaimReview in a value of JSON as a check, or why it cannot be one."""
    around = around or Surroundings()
    if any(":" in name for node in find_objects(value) for name in node):
        value = without_vocabulary(value)
    if isinstance(value, dict | list) and not around.by_id:
        around = replace(around, by_id=collect_ids(value))
    for node in find_objects(value):
        if is_claim_review(node):
            yield read_claim_review(node, where, around, repaired=repaired)
        elif is_media_review(node):
            yield rejected_media_review(node, where)


def rejected_media_review(node: Any, where: str) -> Rejected:
    """A MediaReview, counted and set aside."""
    return Rejected("media_review", "a MediaReview rates a picture or recording, not a claim", where, cut(str(node)))


def render_claim_review(review: ClaimReview) -> JsonObject:
    """A check as a ClaimReview object for JSON-LD; reading it gives the check again."""
    node: JsonObject = {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "url": review.url,
        "claimReviewed": review.claim,
        "author": {"@type": "Organization", "name": review.publisher},
        "reviewRating": _render_rating(review.rating),
    }
    optional = {
        "datePublished": review.published,
        "dateModified": review.modified,
        "headline": review.title,
        "description": review.explanation if review.explanation != explained(review.rating) else "",
        "inLanguage": review.language if review.language != "und" else "",
        "correction": [{"@type": "CorrectionComment", "text": text} for text in review.corrections],
        "itemReviewed": _render_item(review),
    }
    return node | {key: value for key, value in optional.items() if value}


def _render_rating(rating: ReviewRating) -> JsonObject:
    values = {
        "alternateName": rating.alternate_name,
        "ratingValue": rating.rating_value,
        "bestRating": rating.best_rating,
        "worstRating": rating.worst_rating,
        "ratingExplanation": rating.explanation,
    }
    return {"@type": "Rating"} | {key: value for key, value in values.items() if value}


def _render_item(review: ClaimReview) -> JsonObject:
    values = {
        "author": {"@type": "Thing", "name": review.claimant} if review.claimant else None,
        "datePublished": review.claim_date,
        "appearance": [{"@type": "CreativeWork", "url": url} for url in review.appearances],
    }
    filled = {key: value for key, value in values.items() if value}
    return {"@type": "Claim", **filled} if filled else {}
