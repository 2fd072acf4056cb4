"""When two records are the same published check: normalised address, normalised claim, and careful likeness.

A check is known by its address and its claim, for a page may hold several. Two crawls type the same check slightly
differently, so likeness is asked too; numbers and negations that differ always keep two checks apart.
"""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from kiemchung.model import ClaimReview
from kiemchung.text import fold, normalise, words

#: Query keys that say how a reader came, not what is read.
_TRACKING = re.compile(
    r"(?i)^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|igshid|igsh|mc_cid|mc_eid|_ga|_gl|ref|ref_src|"
    r"ref_url|referrer|cmpid|ocid|smid|xtor|at_\w+|ns_\w+|share|sharetype|amp|outputtype|zarsrc|spm|gidzl|_hs\w+|mkt_tok)$"
)
_FRONT = re.compile(r"^(www\d?|m|amp|mobile)\.(?=.+\.)")
_AMP_TAIL = re.compile(r"(?i)/(amp|index\.(html?|php))$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: Folded words that turn a claim round (vi, en, es, fr, de, pt, id); a differing count keeps two claims apart.
_NEGATION = re.compile(
    r"\b(khong|chang|chua|no|not|never|cannot|without|sin|nunca|jamas|pas|jamais|sans|nicht|keine?|nie|ohne|nao|sem|"
    r"tidak|bukan|tanpa)\b|n['’]t\b"
)


@lru_cache(maxsize=8192)  # an import asks several times for each record of a batch
def normalise_url(url: str) -> str:
    """The address without what does not change the page: scheme, `www.`, tracking keys, fragment, AMP, order of keys.

    An address that cannot be taken apart is given back as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        return url.strip()
    host = _FRONT.sub("", host)
    path = _AMP_TAIL.sub("", quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._")).rstrip("/")
    path = re.sub(r"//+", "/", path)
    pairs = sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k))
    suffix = f":{port}" if port not in (None, 80, 443) else ""
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{host}{suffix}{path}{query}"


def site_of(url: str) -> str:
    """The host of an address without `www.`; empty where there is none."""
    try:
        host = urlsplit(url.strip()).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


@lru_cache(maxsize=8192)
def claim_key(text: str) -> str:
    """A claim without case, punctuation and spacing; marks stay, for they tell Vietnamese words apart."""
    folded = normalise(text).casefold()
    return " ".join(words(folded)) or folded


def short_hash(*parts: str) -> str:
    """20 letters and digits that stand for the parts (80 bits of BLAKE2b)."""
    return hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()


def review_id(review: ClaimReview) -> str:
    """The stable public id of a check, from its normalised address and claim."""
    return short_hash(normalise_url(review.url), claim_key(review.claim))


def title_key(review: ClaimReview) -> str | None:
    """Stands for publisher and title; None for titles too short to tell checks apart."""
    title = claim_key(review.title)
    return short_hash(review.publisher_site, title) if len(title) >= 20 else None


def day_key(review: ClaimReview) -> str | None:
    """Stands for publisher and day; None without a date."""
    return short_hash(review.publisher_site, review.published[:10]) if review.published else None


@dataclass(frozen=True, slots=True)
class Likeness:
    """What decides whether two records are one check.

    Attributes:
        verdict: in words; empty where the rating has only a number, which any words may stand for.
    """

    site: str
    verdict: str
    numbers: tuple[str, ...]
    negations: int
    title: str | None
    claim: str


def likeness(review: ClaimReview) -> Likeness:
    """What `same_check` looks at, worked out once for each record."""
    claim = claim_key(review.claim)
    return Likeness(
        review.publisher_site,
        claim_key(review.rating.alternate_name),
        tuple(sorted(_NUMBER.findall(claim))),
        len(_NEGATION.findall(fold(review.claim))),
        title_key(review),
        claim,
    )


def same_check(one: Likeness, other: Likeness, *, one_crawl: bool = False) -> float:
    """How surely two records, already alike by address, title or day, are the same check typed differently.

    The publisher's host, the verdict, the numbers and the negations must be the same, and the claims nearly so: one may
    have words that the other leaves out, but no word may stand in another one's place unless it is a spelling of it.

    Args:
        one_crawl: both come from one source, which tells its own checks apart; then the claims must be equal.

    Returns:
        0 for "not the same", up to 100 for equal claims.
    """
    if (one.site, one.numbers, one.negations) != (other.site, other.numbers, other.negations):
        return 0.0
    if one.verdict != other.verdict and one.verdict and other.verdict:
        return 0.0
    if one.claim == other.claim:
        return 100.0
    if one_crawl or min(len(one.claim), len(other.claim)) < 12:
        return 0.0
    from rapidfuzz import fuzz  # only imports need it

    least = 85.0 if one.title and one.title == other.title else 90.0
    score = fuzz.ratio(one.claim, other.claim, score_cutoff=least)
    return score if score and not _words_differ(one.claim, other.claim) else 0.0


def _words_differ(one: str, other: str) -> bool:
    """Whether each has a word in the place of another one: `in Hanoi` and `in Hue`, not `colour` and `color`."""
    from rapidfuzz import fuzz  # only imports need it

    first, second = Counter(one.split()), Counter(other.split())
    fewer, more = sorted([[*(first - second).elements()], [*(second - first).elements()]], key=len)
    return any(len(word) < 4 or all(fuzz.ratio(word, candidate) < 75 for candidate in more) for word in fewer)
