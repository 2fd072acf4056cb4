"""Checks as flat records with plain names: columns of a CSV, or the lines that `import --dry-run --json` writes."""

from collections.abc import Iterable, Mapping
from typing import Any

from kiemchung.formats.claimreview import Surroundings, read_claim_review
from kiemchung.formats.records import Record, Rejected, cut
from kiemchung.formats.values import objects_in, text_of
from kiemchung.model import ClaimReview
from kiemchung.text import fold

#: Our names, and what others call the same, best first; compared without case, marks, spaces and underscores.
_ALIAS_WORDS = {
    "claim": "claim claimreviewed claimreviewclaimreviewed claimtext statement rumor rumour tindon tuyenbo khangdinh "
    "noidung",
    "verdict": "verdict textualrating alternatename ratingname ratingalternatename reviewratingalternatename rating "
    "label conclusion reviewrating ketluan danhgia phanloai",
    "url": "url reviewurl claimreviewurl factcheckurl articleurl link page address sourceurl lienket duongdan diachi",
    "publisher": "publisher publishername factchecker claimreviewauthorname checker desk organization organisation "
    "toasoan donvi source nguon author authorname",
    "published": "published datepublished claimreviewdatepublished publisheddate publicationdate reviewdate date "
    "ngaydang ngay",
    "language": "language lang languagecode inlanguage ngonngu",
    "title": "title headline reviewtitle extratitle tieude",
    "explanation": "explanation description summary reviewbody ratingexplanation reason giaithich tomtat",
    "claimant": "claimant speaker claimauthor saidby itemreviewedauthorname creativeworkauthorname nguoinoi",
    "claim_date": "claimdate datesaid itemrevieweddatepublished creativeworkdatepublished ngaynoi",
    "appearances": "appearances appearance firstappearance claimurl claimurls itemreviewedurl",
    "rating_value": "ratingvalue ratingratingvalue reviewratingratingvalue score",
    "best_rating": "bestrating ratingbestrating reviewratingbestrating",
    "worst_rating": "worstrating ratingworstrating reviewratingworstrating",
    "modified": "modified datemodified updated",
    "licence": "licence license giayphep",
}
#: The alias itself -> our name and how good an alias it is (0 is best; a table may have several).
_BY_ALIAS = {alias: (name, rank) for name, line in _ALIAS_WORDS.items() for rank, alias in enumerate(line.split())}
#: Words that tell what a column of another name holds, in the order in which they are asked.
_TELLING = {
    "url": frozenset(["url", "link", "href", "permalink"]),
    "verdict": frozenset(["verdict", "rating", "conclusion", "label", "luan"]),
    "published": frozenset(["date", "published", "ngay"]),
    "publisher": frozenset(["publisher", "factchecker", "organisation", "organization", "desk"]),
    "title": frozenset(["title", "headline"]),
    "language": frozenset(["language", "lang"]),
    "claim": frozenset(["claim", "claims", "statement", "rumor", "rumour", "don"]),
}
#: Known, and of no use in a check.
IGNORED = frozenset(["publishersite", "site", "id", "recordid", "claimid", "origin", "topic", "version", "corrections"])


def _plain(name: str) -> str:
    return "".join(c for c in fold(name) if c.isalnum())


def name_of(column: str) -> str | None:
    """Our name for a column; None for an unknown one."""
    return _BY_ALIAS[_plain(column)][0] if _plain(column) in _BY_ALIAS else None


def is_row(columns: Iterable[str]) -> bool:
    """Whether these columns name a claim."""
    return any(name_of(column) == "claim" for column in columns)


def guesses(columns: Iterable[str]) -> dict[str, str]:
    """Columns of other names -> ours, by a word in them, where no column is named so: `Our verdict` -> verdict."""
    columns = list(columns)
    taken = {name_of(column) for column in columns}
    found: dict[str, str] = {}
    for column in columns:
        if name_of(column) or _plain(column) in IGNORED:
            continue
        words = fold(column.replace("_", " ")).split()
        named = next((name for name, telling in _TELLING.items() if telling & set(words)), None)
        if named and named not in taken:
            taken.add(named)
            found[column] = named
    return found


def unknown_columns(columns: Iterable[str]) -> list[str]:
    """Columns that are not read, by name."""
    return [c for c in columns if c.strip() and name_of(c) is None and _plain(c) not in IGNORED]


def read_row(row: Mapping[str, Any], where: str) -> Record:
    """One flat record as a check, or why it cannot be one."""
    found = _named(row)
    rating = next(objects_in(row.get("rating")), {})
    if isinstance(found.get("verdict"), dict):
        found.pop("verdict")
    for key in ("rating_value", "best_rating", "worst_rating"):
        found.setdefault(key, rating.get(key) or rating.get(_camel(key)))
    words = rating.get("alternate_name") or rating.get("alternateName")
    verdict = text_of(found.get("verdict"))
    if rating and not words and found.get("rating_value"):
        verdict = ""  # words that were made of the number come out of the number again
    node = {
        "@type": "ClaimReview",
        "claimReviewed": found.get("claim"),
        "url": found.get("url"),
        "headline": found.get("title"),
        "description": found.get("explanation"),
        "datePublished": found.get("published"),
        "dateModified": found.get("modified"),
        "inLanguage": found.get("language"),
        "author": {"@type": "Organization", "name": found.get("publisher")},
        "reviewRating": {
            "alternateName": words or verdict,
            "ratingValue": found.get("rating_value"),
            "bestRating": found.get("best_rating"),
            "worstRating": found.get("worst_rating"),
            "ratingExplanation": rating.get("explanation"),
        },
        "correction": row.get("corrections"),
        "license": found.get("licence"),
        "itemReviewed": {
            "author": {"name": found.get("claimant")},
            "datePublished": found.get("claim_date"),
            "appearance": found.get("appearances"),
        },
    }
    return read_claim_review(node, where, Surroundings())


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values by our names; of several columns of one meaning, the best named one that says something."""
    best: dict[str, tuple[int, Any]] = {}
    for column, value in row.items():
        name, rank = _BY_ALIAS.get(_plain(column), ("", 0))
        if name and value and rank < best.get(name, (100, None))[0]:
            best[name] = (rank, value)
    return {name: value for name, (_, value) in best.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def render_record(review: ClaimReview) -> dict[str, Any]:
    """A check as a flat record; reading it gives the check again."""
    rating = {
        "alternate_name": review.rating.alternate_name,
        "rating_value": review.rating.rating_value,
        "best_rating": review.rating.best_rating,
        "worst_rating": review.rating.worst_rating,
        "explanation": review.rating.explanation,
    }
    return {
        "claim": review.claim,
        "verdict": review.verdict,
        "url": review.url,
        "publisher": review.publisher,
        "publisher_site": review.publisher_site,
        "published": review.published,
        "language": review.language,
        "title": review.title,
        "explanation": review.explanation,
        "rating": rating,
        "claimant": review.claimant,
        "claim_date": review.claim_date,
        "appearances": list(review.appearances),
        "corrections": list(review.corrections),
        "modified": review.modified,
    }


def rejected_row(row: Mapping[str, Any], where: str) -> Rejected:
    """A record that names no claim."""
    names = ", ".join(str(name) for name in list(row)[:12])
    return Rejected("no_claim_review", f"no claim among its names ({names})", where, cut(str(dict(row))))
