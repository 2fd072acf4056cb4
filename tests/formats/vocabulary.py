"""What holds for JSON-LD of ours: the schema.org vocabulary, as a package carries it, and Google's rules of fields."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from schema_org.registry import CLASS_METADATA, PROPERTY_BY_SCHEMA, ancestry

_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
_DATA = {
    "Text": lambda value: isinstance(value, str),
    "URL": lambda value: isinstance(value, str) and bool(_ADDRESS.fullmatch(value)),
    "Boolean": lambda value: isinstance(value, bool),
    "Number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Date": lambda value: (
        isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and _is_moment(value)
    ),
    "DateTime": lambda value: isinstance(value, str) and "T" in value and _is_moment(value),
}


def _is_moment(value):
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def vocabulary_problems(value, where="$"):
    """What schema.org does not know of a JSON-LD value: types, properties of them, and values out of their range."""
    if isinstance(value, list):
        return [each for i, part in enumerate(value) for each in vocabulary_problems(part, f"{where}[{i}]")]
    if not isinstance(value, dict):
        return []
    if value.get("@type") not in CLASS_METADATA:
        return [f"{where}: no type {value.get('@type')}"]
    own, found = {value["@type"], *ancestry(value["@type"])}, []
    for name, content in value.items():
        if name.startswith("@"):
            continue
        known = PROPERTY_BY_SCHEMA.get(name)
        if known is None or not own & set(known.domains):
            found.append(f"{where}: {value['@type']} has no {name}")
            continue
        if known.superseded_by:
            found.append(f"{where}: {name} has given way to {known.superseded_by}")
        for each in content if isinstance(content, list) else [content]:
            if not _fits(each, known.ranges):
                found.append(f"{where}.{name}: {each!r:.60} is none of {', '.join(known.ranges)}")
        found += vocabulary_problems(content, f"{where}.{name}")
    return found


def _fits(value, ranges):
    if isinstance(value, dict):
        kind = value.get("@type")
        return kind in CLASS_METADATA and bool({kind, *ancestry(kind)} & set(ranges))
    return any(_DATA[each](value) for each in ranges if each in _DATA)


def google_problems(value, page):
    """What Google's rules for fact checks want and a ClaimReview on this page lacks (FORMATS 3.1)."""
    found = []
    claim = value.get("claimReviewed", "")
    rating = value.get("reviewRating", {})
    if not claim:
        found.append("claimReviewed is missing")
    if not rating.get("alternateName"):
        found.append("reviewRating.alternateName is missing")
    elif rating["alternateName"].lower() in claim.lower():
        found.append("the verdict stands in the claim")
    numbers = [name for name in ("ratingValue", "bestRating", "worstRating") if rating.get(name)]
    if len(numbers) not in (0, 3):
        found.append(f"of the scale only {numbers} are given")
    elif numbers and not float(rating["worstRating"]) <= float(rating["ratingValue"]) <= float(rating["bestRating"]):
        found.append("ratingValue lies outside of the scale")
    address, own = urlsplit(value.get("url", "")), urlsplit(page)
    if address.hostname != own.hostname or address.query or address.fragment:
        found.append(f"url {value.get('url')} is not of this site, or no plain address")
    author = value.get("author")
    if (
        not isinstance(author, dict)
        or author.get("@type") not in ("Organization", "Person")
        or not (author.get("name") and author.get("url"))
    ):
        found.append("author is no organisation or person with name and url")
    if value.get("itemReviewed", {}).get("@type") != "Claim":
        found.append("itemReviewed is no Claim")
    if not value.get("datePublished"):
        found.append("datePublished is missing")
    return found
