"""A text taken apart once for all comparisons: published claims when they are indexed, queries when they come."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kiemchung.lookup.contrary import sides
from kiemchung.lookup.denial import count_denials
from kiemchung.lookup.quantities import Quantity, quantities
from kiemchung.lookup.remembered import remembered
from kiemchung.lookup.terms import terms
from kiemchung.text import fold, normalise, words

#: Counts up whenever `read` gives something else for some text: readings kept in an index by another version are
#: not used, but made anew for every comparison, which is slower and otherwise the same.
VERSION = 3
#: What a named tuple's own constructor calls at last: a message takes apart some hundred kept readings.
_new = tuple.__new__


class Reading(NamedTuple):
    """A text taken apart.

    Attributes:
        folded: the words without marks and case, one space between.
        terms: folded stems with their order.
        names: folded words with a capital inside a sentence or with digits; they survive translation.
        denials: how often the text denies something.
        sides: where it says one of two opposites, see `contrary.sides`.
    """

    folded: str
    terms: tuple[str, ...]
    names: frozenset[str]
    numbers: tuple[Quantity, ...]
    denials: int
    sides: frozenset[str]

    def grams(self) -> frozenset[str]:
        """Four-letter pieces of the folded text."""
        folded = self.folded
        return frozenset([folded[i : i + 4] for i in range(max(0, len(folded) - 3))])


class DocumentReading(NamedTuple):
    """What a published claim says, alone and together with its context."""

    claim: Reading
    whole: Reading


@remembered(2_000)  # a query is read for candidates, for words and for reasons
def read(text: str, language: str) -> Reading:
    """Take a text apart."""
    return Reading(
        folded=" ".join(words(fold(text))),
        terms=tuple(terms(text, language)),
        names=_names(text),
        numbers=quantities(text),
        denials=count_denials(text, language),
        sides=sides(text, language),
    )


def read_document(claim: str, context: str, language: str) -> DocumentReading:
    """Take a published claim apart."""
    return DocumentReading(read(claim, language), read(f"{claim} {context}", language))


def pack(reading: DocumentReading) -> list[list[Any]]:
    """The reading in lists, for JSON. Terms and names hold no spaces."""
    return [
        [
            each.folded,
            " ".join(each.terms),
            " ".join(sorted(each.names)),
            [[n.value, n.kind, n.written] for n in each.numbers],
            each.denials,
            " ".join(sorted(each.sides)),
        ]
        for each in reading
    ]


def unpack(packed: list[list[Any]]) -> DocumentReading:
    """The reading that was packed."""
    return DocumentReading(*(_reading(*fields) for fields in packed))


def _reading(folded: str, terms_: str, names: str, numbers: list[list[Any]], denials: int, sides_: str) -> Reading:
    found = tuple([_new(Quantity, number) for number in numbers])
    split_terms = tuple(terms_.split(" ")) if terms_ else ()
    return _new(Reading, (folded, split_terms, frozenset(names.split()), found, denials, frozenset(sides_.split())))


def names_as_written(text: str, folded: frozenset[str]) -> list[str]:
    """Those names of a text whose folded words are given, each once and as it is written; bare numbers are left out.

    Names side by side are one: "Hồ Gươm".
    """
    found: list[list[str]] = [[]]
    for token, name in _told_apart(text):
        if name and folded.issuperset(words(fold(name))) and any(c.isalpha() for c in name):
            found[-1].append(name)
        if not (name and token.endswith(name)):
            found.append([])
    return list(dict.fromkeys(" ".join(each) for each in found if each))


def _names(text: str) -> frozenset[str]:
    return frozenset(word for _, name in _told_apart(text) for word in words(fold(name)))


def _told_apart(text: str) -> Iterator[tuple[str, str]]:
    """Each token with the name in it; with "" where it is none, as far as its capitals and digits tell."""
    starts_sentence = True
    for token in normalise(text).split():
        stripped = token.strip("\"'“”‘’()[]{}.,;:!?…")
        inside = any(c.isupper() for c in stripped[1:]) or any(c.isdigit() for c in stripped)
        yield token, stripped if inside or (stripped[:1].isupper() and not starts_sentence) else ""
        starts_sentence = token.endswith((".", "!", "?", ":", "…"))
