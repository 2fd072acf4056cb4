"""Check a message: its claims, the published checks found for each, and what was searched. Keeps and logs nothing."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiemchung.commons.searched_index import searched_index
from kiemchung.commons.settings import REQUESTS_FOLDER
from kiemchung.commons.verdicts import verdicts_disagree
from kiemchung.errors import InputError
from kiemchung.model import Answer, Asked, Claim, ClaimAnswer, ClaimLabel, Decision, FoundReview, Match

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons

#: A long article has about 20,000 characters; more is refused rather than answered slowly.
MAX_CHARACTERS = 40_000
MAX_BYTES = 200_000
#: Claims of a long text that are shown in full.
MAX_SHOWN = 12

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_PLAIN_CONTROLS = frozenset("\t\n\r\f\v\x85")


#: The statements of a text in order, each with the checks found for it, best first; None where none was looked for.
Find = Callable[["Commons", str], Sequence[tuple[Claim, Sequence[Match] | None]]]


@dataclass(frozen=True, slots=True)
class Folding:
    """Which statements of a long answer are shown first, as indices into `Answer.claims`.

    Attributes:
        shown: claims in the order in which they are shown.
        rest: further claims, less worth checking and without a match.
        left_out: claims of fact that were not looked up, because the text has so many.
        aside: opinions, questions and other statements that are not looked up.
    """

    shown: tuple[int, ...]
    rest: tuple[int, ...]
    left_out: tuple[int, ...]
    aside: tuple[int, ...]


def check(commons: "Commons", text: str, find: Find | None = None) -> Answer:
    """Look every claim of fact in a text up among the published checks.

    Args:
        find: what finds; by default `match_message`, which bounds its work. `find_all` does not.

    Raises:
        InputError: nothing to read, too long, or not text.
        LookupIndexError: see `searched_index`.
    """
    from kiemchung.commons.one_message import one_message  # NumPy loads here

    accept_text(text)
    with one_message():
        statements = (find or _find)(commons, text)
        looked_up = [(claim, matches) for claim, matches in statements if _is_rated(claim) and matches is not None]
        asked = _asked(commons, [claim for claim, _ in looked_up])
    stored = commons.store.get_reviews(sorted({match.doc_id for _, matches in looked_up for match in matches}))
    answers = {}
    for (claim, matches), request in zip(looked_up, asked, strict=True):
        found = [FoundReview(match, stored[match.doc_id]) for match in matches if match.doc_id in stored]
        answers[id(claim)] = ClaimAnswer(claim, tuple(found), _disagree(found), request)
    claims = [answers.get(id(claim)) or ClaimAnswer(claim, looked_up=False) for claim, _ in statements]
    searched = commons.store.summary()
    n_searched = min(searched["n_reviews"], len(commons.index))  # checks that are not indexed yet were not searched
    return Answer(tuple(claims), n_searched, searched["n_publishers"], searched["as_of"])


def _asked(commons: "Commons", claims: Sequence[Claim]) -> Sequence[Asked | None]:
    """The request about each claim; a short process on a site where nobody has asked opens nothing for it."""
    if not claims or not (commons.settings.data_dir / REQUESTS_FOLDER).exists():
        return [None] * len(claims)
    from kiemchung.commons.asked_about import asked_about  # the index loads here

    return asked_about(commons, claims)


def warm_up(commons: "Commons") -> None:
    """Load the models and the index, so that the first reader does not wait for them.

    Raises:
        LookupIndexError: the index cannot be read.
    """
    from kiemchung.commons.one_message import message_embedder  # NumPy loads here

    text = "Mặt trời mọc ở hướng đông."
    for _ in range(2):  # the second search is by what every later one is by
        _find(commons, text)
    message_embedder(commons.embedder).read_again([text])


def web_address(text: str) -> str:
    """The http(s) address that a text consists of; empty where there is more or something else."""
    stripped = text.strip()
    is_address = (
        len(stripped) <= 2_000 and len(stripped.split()) == 1 and stripped.lower().startswith(("http://", "https://"))
    )
    return stripped if is_address else ""


def read_page(commons: "Commons", address: str) -> str:
    """The text of the article at an address, or the text of a plain file.

    Raises:
        FetchError: the address is refused or cannot be read.
        InputError: what is there is not text.
    """
    fetched = commons.fetcher.get(address)
    return read_document(fetched.content, html=fetched.content_type in _HTML_TYPES or None, charset=fetched.charset)


def read_document(content: bytes, *, html: bool | None = None, charset: str | None = None) -> str:
    """The text in the bytes of a file or page: of HTML its article, cut to what is checked at once.

    Args:
        html: None to look at the first bytes.

    Raises:
        InputError: not text, or no text in it.
    """
    from kiemchung.claims.article import article_text, decode_text, looks_like_html  # needed for files and pages only

    text = decode_text(content, charset)
    return article_text(text) if html or (html is None and looks_like_html(text)) else text


def find_all(commons: "Commons", text: str) -> Sequence[tuple[Claim, Sequence[Match] | None]]:
    """A `Find` that looks every claim up, however many there are: for one's own machine, never for a server."""
    from kiemchung.commons.match_message import match_message  # as in _find

    return match_message(text, searched_index(commons), commons.embedder, most=None)


def _find(commons: "Commons", text: str) -> Sequence[tuple[Claim, Sequence[Match] | None]]:
    from kiemchung.commons.match_message import match_message  # numpy, tantivy and the models load here

    return match_message(text, searched_index(commons), commons.embedder)


def _is_rated(claim: Claim) -> bool:
    """Opinions and questions get no check, whatever lookup may have found for their words (G20)."""
    return claim.label is ClaimLabel.CHECKABLE


def _disagree(found: Sequence[FoundReview]) -> bool:
    return verdicts_disagree([each.stored.review for each in found if each.match.decision is Decision.MATCH])


def accept_text(text: str) -> None:
    """Refuse what cannot be a message.

    Raises:
        InputError: empty, longer than MAX_CHARACTERS or MAX_BYTES, or with characters that no text has.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are checked, so send a part",
            reason="too_long",
        )
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise InputError("the text holds half characters (lone surrogates); send it as UTF-8", reason="bad_encoding")
    if len(text.encode()) > MAX_BYTES:
        raise InputError(f"the text is longer than {MAX_BYTES:,} bytes; send a part", reason="too_long")
    if any(unicodedata.category(c) == "Cc" and c not in _PLAIN_CONTROLS for c in text):
        raise InputError(
            "this looks like a binary file, not a text (it holds control characters); send text", reason="not_text"
        )
    if not any(c.isprintable() and not c.isspace() for c in text):
        raise InputError("there is no text; paste the message that you want to check", reason="empty")


def fold_long(answer: Answer, limit: int = MAX_SHOWN) -> Folding:
    """What of a long answer is shown first: the claims most worth checking, and every claim that has a match.

    Answers of up to `limit` claims keep the message's order; longer ones are ranked by check-worthiness.
    """
    claims = answer.claims
    rated = [i for i, each in enumerate(claims) if _is_rated(each.claim) and each.looked_up]
    left_out = tuple(i for i, each in enumerate(claims) if _is_rated(each.claim) and not each.looked_up)
    aside = tuple(i for i, each in enumerate(claims) if not _is_rated(each.claim))
    if len(rated) <= limit:
        return Folding(tuple(rated), (), left_out, aside)
    ranked = sorted(rated, key=lambda i: (-claims[i].claim.checkworthiness, i))
    kept = set(ranked[:limit]) | {i for i in rated if has_match(claims[i])}
    rest = tuple(i for i in ranked if i not in kept)
    return Folding(tuple(i for i in ranked if i in kept), rest, left_out, aside)


def has_match(claim: ClaimAnswer) -> bool:
    """Was a check of this very claim found?"""
    return any(found.match.decision is Decision.MATCH for found in claim.found)
