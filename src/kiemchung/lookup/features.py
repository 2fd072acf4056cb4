"""What the reranker looks at in a pair of query and published claim."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from kiemchung.lookup.index import LookupIndex
from kiemchung.lookup.pieces import Alignment, align
from kiemchung.lookup.prepare import Prepared
from kiemchung.lookup.quantities import Quantity, same
from kiemchung.lookup.reading import DocumentReading, Reading, read
from kiemchung.lookup.retrieve import Candidates

#: Features of a pair, all numbers, in families that are computed together; reranker weights follow this order.
_OF_SEARCH = (
    "claim_cosine", "whole_cosine", "best_cosine", "whole_over_claim", "claim_z", "whole_z", "claim_gap", "whole_gap",
    "fused_gap", "rank", "words", "words_z",
)  # fmt: skip
_OF_WORDS = (
    "claim_covered", "whole_covered", "query_covered", "query_explained", "claim_pairs", "claim_grams", "query_grams",
    "token_set", "partial",
)  # fmt: skip
_OF_READINGS = (
    *_OF_WORDS, "names_shared", "names_missing", "name_share", "numbers_shared", "numbers_missing", "numbers_extra",
    "number_conflict", "denial_differs", "query_denies", "claim_denies", "query_length", "claim_length",
    "length_ratio", "restored",
)  # fmt: skip
_OF_PAIR = (*_OF_SEARCH, *_OF_READINGS, *Alignment._fields)
_NO_WORDS = (0.0,) * len(_OF_WORDS)

#: Features that are also given in standard deviations over the candidates of the query: how far one stands out among
#: its rivals tells more than its size, which depends on the length of the message and on the collection.
STANDING = ("claim_cosine", "whole_cosine", "best_cosine", "words", "claim_covered", "token_set", "claim_met")
#: Features that compare pieces; zeros where the embedder tells none.
OF_PIECES = (*Alignment._fields, "claim_met_standing")
FEATURES = (*_OF_PAIR, *(f"{name}_standing" for name in STANDING))


class Weights(dict[str, float]):
    """Inverse document frequencies of terms in one language, looked up once; for as long as a message is answered."""

    def __init__(self, index: LookupIndex, language: str) -> None:
        super().__init__()
        self._index = index
        self._language = language
        self._total = index.count_in(language)

    def __missing__(self, term: str) -> float:
        seen = self._index.words.frequency(term, self._language)
        weight = self[term] = log(1 + (self._total - seen + 0.5) / (seen + 0.5)) if self._total else 1.0
        return weight

    def of(self, terms: Iterable[str]) -> float:
        """The weight of terms together."""
        return sum(map(self.__getitem__, terms))

    def covered(self, wanted: Sequence[str], there: Collection[str], total: float | None = None) -> float:
        """Share of the weight of `wanted` that is `there`.

        Args:
            total: the weight of `wanted`, where it is known.
        """
        total = self.of(wanted) if total is None else total
        return self.of(filter(there.__contains__, wanted)) / total if total else 0.0


def pair_features(
    index: LookupIndex,
    query: Prepared,
    found: Candidates,
    readings: Sequence[DocumentReading],
    weights: Weights | None = None,
) -> NDArray[np.float32]:
    """float32[len(readings), len(FEATURES)] for the first candidates, whose readings are given.

    Args:
        weights: of the query's language, where several queries of a message share them.
    """
    if not readings:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    weights = Weights(index, query.language) if weights is None else weights
    asked = _Asked(read(query.whole, query.language), query.restored, weights)
    rows = found.rows[: len(readings)].tolist()
    same_language = found.same_language.tolist()
    read_features = [
        _reading_features(asked, claim, whole, weights if same else None)
        for (claim, whole), same in zip(readings, same_language, strict=False)
    ]
    aligned = align(found.pieces, [index.pieces(row) for row in rows])
    table = np.hstack(
        [_search_features(found)[: len(rows)], np.array(read_features, dtype=np.float32), np.stack(aligned, axis=1)]
    )
    return np.hstack([table, _standing(table[:, [_OF_PAIR.index(name) for name in STANDING]])])


def _search_features(found: Candidates) -> NDArray[np.float32]:
    """float32[n_candidates, len(_OF_SEARCH)]"""
    claim, whole = found.claim_cosine, found.whole_cosine
    rank = (1.0 / np.arange(1, len(claim) + 1)).astype(np.float32)
    gaps = [_gaps(values) for values in (claim, whole, found.fused)]
    compared = [claim, whole, np.maximum(claim, whole), whole - claim, found.claim_z, found.whole_z, *gaps]
    return np.stack([*compared, rank, found.words, found.words_z], axis=1)


def _reading_features(asked: "_Asked", claim: Reading, whole: Reading, weights: Weights | None) -> tuple[float, ...]:
    """What the texts say, in the order of _OF_READINGS; without weights the texts are of two languages."""
    said = asked.reading
    return (
        *(_NO_WORDS if weights is None else _word_features(asked, claim, whole, weights)),
        *_name_features(asked, claim, whole),
        *_number_features(said, claim, whole),
        float((said.denials > 0) != (claim.denials > 0)),
        float(min(said.denials, 3)),
        float(min(claim.denials, 3)),
        asked.length,
        log(1 + _n_words(claim.folded)),
        log((1 + len(said.folded)) / (1 + len(claim.folded))),
        asked.restored,
    )


def _standing(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each column in standard deviations over the candidates."""
    return np.asarray((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-3), dtype=np.float32)


class _Asked:
    """What all pairs of a query need of it."""

    def __init__(self, reading: Reading, restored: bool, weights: Weights) -> None:
        self.reading = reading
        self.restored = float(restored)
        self.length = log(1 + _n_words(reading.folded))
        self.terms = frozenset(reading.terms)
        self.weight = weights.of(reading.terms)
        self.pairs = frozenset(pairwise(reading.terms))
        self.grams = reading.grams()
        self.words = frozenset(reading.folded.split())


def _gaps(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Difference to the best other candidate: positive for the best one only."""
    if len(values) < 2:
        return np.zeros_like(values)
    order = np.argsort(-values, kind="stable")
    gaps = values - values[order[0]]
    gaps[order[0]] = values[order[0]] - values[order[1]]
    return np.asarray(gaps)


def _word_features(asked: _Asked, claim: Reading, whole: Reading, weights: Weights) -> tuple[float, ...]:
    """Comparisons that only make sense within a language, in the order of _OF_WORDS."""
    from rapidfuzz import fuzz  # compiled; waits for the first comparison

    said = set(whole.terms)
    pairs = set(pairwise(claim.terms))
    grams = claim.grams()
    shared = len(grams & asked.grams)
    wanted, folded, weight = asked.reading.terms, asked.reading.folded, asked.weight
    return (
        weights.covered(claim.terms, asked.terms),
        weights.covered(whole.terms, asked.terms),
        weights.covered(wanted, said, weight),
        # words of the explanation that are not in the claim: whoever denies a rumour sounds like its check
        weights.covered(wanted, said.difference(claim.terms), weight),
        len(pairs & asked.pairs) / len(pairs) if pairs else 0.0,
        shared / max(1, len(grams)),
        shared / max(1, len(asked.grams)),
        fuzz.token_set_ratio(folded, claim.folded) / 100,
        fuzz.partial_ratio(folded, claim.folded) / 100,
    )


def _name_features(asked: _Asked, claim: Reading, whole: Reading) -> tuple[float, float, float]:
    """Names shared, missing, and the share that is shared."""
    named = claim.names
    shared = len(named & asked.words)
    others = len(whole.names & asked.reading.names)
    return log(1 + max(shared, others)), log(1 + len(named) - shared), shared / len(named) if named else 0.5


def _number_features(asked: Reading, claim: Reading, whole: Reading) -> tuple[float, float, float, float]:
    """Numbers shared, missing and extra, and whether two of one kind differ."""
    if not asked.numbers and not claim.numbers:
        return 0.0, 0.0, 0.0, 0.0
    unmet, extra = _without(claim.numbers, asked.numbers), _without(asked.numbers, whole.numbers)
    conflict = not {number.kind for number in unmet}.isdisjoint([number.kind for number in extra])
    return log(1 + len(claim.numbers) - len(unmet)), log(1 + len(unmet)), log(1 + len(extra)), float(conflict)


def _n_words(folded: str) -> int:
    """Words of a text that has one space between them."""
    return folded.count(" ") + 1 if folded else 0


def number_conflicts(
    asked: tuple[Quantity, ...], claim: tuple[Quantity, ...], whole: tuple[Quantity, ...]
) -> list[tuple[Quantity, Quantity]]:
    """Pairs (asked, claimed) that measure the same kind of thing and differ, where neither stands on the other side."""
    lonely, unmet = _without(asked, whole), _without(claim, asked)
    return [(a, c) for c in unmet for a in lonely if a.kind == c.kind]


def _without(numbers: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    """The numbers that none of the others says."""
    return [number for number in numbers if not _is_said(number, others)]


def _is_said(number: Quantity, others: Sequence[Quantity]) -> bool:
    for other in others:  # noqa: SIM110  # for every candidate, and a generator takes twice as long
        if same(number, other):
            return True
    return False
