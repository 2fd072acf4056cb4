"""What reading a document gives: checks, and what could not be read, each with its place (G25)."""

from collections.abc import Iterator
from dataclasses import dataclass

from kiemchung.model import ClaimReview


@dataclass(frozen=True, slots=True)
class Accepted:
    """A check that was read.

    Attributes:
        where: its place in the document, such as `line 7`.
        repaired: the markup around it was broken and had to be mended.
        licence: what the record itself says; None where it says nothing.
    """

    review: ClaimReview
    where: str
    repaired: bool = False
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """Something that was there and could not be used.

    Attributes:
        reason: a short stable word; docs/importing.md lists them.
        detail: in words.
        raw: what was found, cut to `MAX_RAW` characters.
    """

    reason: str
    detail: str
    where: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address, found in a feed, at which checks may be read."""

    url: str
    where: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the operator should know that is no record, such as columns that are not read."""

    detail: str
    where: str


Record = Accepted | Rejected | Link | Notice
Records = Iterator[Record]

#: Longest piece of a rejected record that is kept, in characters.
MAX_RAW = 20_000


def cut(text: str) -> str:
    """A text short enough for `Rejected.raw`."""
    return text if len(text) <= MAX_RAW else text[:MAX_RAW] + "…"
