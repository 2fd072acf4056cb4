"""What the reranker looks at in a pair of query and published claim."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
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


@dataclass(frozen=True, slots=True)
class Pair:
    """The features of one pair, all numbers; names say what they are. Reranker weights follow this order."""

    claim_cosine: float
    whole_cosine: float
    best_cosine: float
    whole_over_claim: float
    claim_z: float
    whole_z: float
    claim_gap: float
    whole_gap: float
    fused_gap: float
    rank: float
    words: float
    words_z: float
    claim_covered: float
    whole_covered: float
    query_covered: float
    query_explained: float
    claim_pairs: float
    claim_grams: float
    query_grams: float
    token_set: float
    partial: float
    names_shared: float
    names_missing: float
    name_share: float
    numbers_shared: float
    numbers_missing: float
    numbers_extra: float
    number_conflict: float
    denial_differs: float
    query_denies: float
    claim_denies: float
    query_length: float
    claim_length: float
    length_ratio: float
    restored: float
    claim_met: float
    claim_least: float
    claim_least_rare: float
    claim_met_rare: float
    claim_unmet: float
    query_met: float
    query_unmet: float


#: Features that are also given in standard deviations over the candidates of the query: how far one stands out among
#: its rivals tells more than its size, which depends on the length of the message and on the collection.
STANDING = ("claim_cosine", "whole_cosine", "best_cosine", "words", "claim_covered", "token_set", "claim_met")
#: Features that compare pieces; zeros where the embedder tells none.
OF_PIECES = (*Alignment._fields, "claim_met_standing")
_OF_PAIR = tuple(field.name for field in fields(Pair))
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

    def covered(self, wanted: Sequence[str], there: Collection[str]) -> float:
        """Share of the weight of `wanted` that is `there`."""
        total = sum(map(self.__getitem__, wanted))
        return sum(map(self.__getitem__, filter(there.__contains__, wanted))) / total if total else 0.0


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
    asked = _Asked(read(query.whole, query.language))
    weights = Weights(index, query.language) if weights is None else weights
    best = np.maximum(found.claim_cosine, found.whole_cosine)
    gaps = [_gaps(values) for values in (found.claim_cosine, found.whole_cosine, found.fused)]
    aligned = align(found.pieces, [index.pieces(int(row)) for row in found.rows[: len(readings)]])
    met = {name: values.tolist() for name, values in aligned._asdict().items()}
    rows = []
    for i, (claim, whole) in enumerate(readings):
        pair = Pair(
            claim_cosine=float(found.claim_cosine[i]),
            whole_cosine=float(found.whole_cosine[i]),
            best_cosine=float(best[i]),
            whole_over_claim=float(found.whole_cosine[i] - found.claim_cosine[i]),
            claim_z=float(found.claim_z[i]),
            whole_z=float(found.whole_z[i]),
            claim_gap=float(gaps[0][i]),
            whole_gap=float(gaps[1][i]),
            fused_gap=float(gaps[2][i]),
            rank=1.0 / (1 + i),
            words=float(found.words[i]),
            words_z=float(found.words_z[i]),
            **_word_features(asked, claim, whole, weights if found.same_language[i] else None),
            **_name_features(asked, claim, whole),
            **_number_features(asked.reading, claim, whole),
            denial_differs=float((asked.reading.denials > 0) != (claim.denials > 0)),
            query_denies=float(min(asked.reading.denials, 3)),
            claim_denies=float(min(claim.denials, 3)),
            query_length=log(1 + len(asked.reading.folded.split())),
            claim_length=log(1 + len(claim.folded.split())),
            length_ratio=log((1 + len(asked.reading.folded)) / (1 + len(claim.folded))),
            restored=float(query.restored),
            **{name: values[i] for name, values in met.items()},
        )
        rows.append([getattr(pair, name) for name in _OF_PAIR])
    table = np.array(rows, dtype=np.float32)
    return np.hstack([table, _standing(table[:, [_OF_PAIR.index(name) for name in STANDING]])])


def _standing(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each column in standard deviations over the candidates."""
    return np.asarray((values - values.mean(axis=0)) / np.maximum(values.std(axis=0), 1e-3), dtype=np.float32)


class _Asked:
    """What all pairs of a query need of it."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.terms = frozenset(reading.terms)
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


def _word_features(asked: _Asked, claim: Reading, whole: Reading, weights: Weights | None) -> dict[str, float]:
    """Comparisons that only make sense within a language; zeros across languages."""
    if weights is None:
        covered = ("claim_covered", "whole_covered", "query_covered", "query_explained")
        names = (*covered, "claim_pairs", "claim_grams", "query_grams", "token_set", "partial")
        return dict.fromkeys(names, 0.0)
    from rapidfuzz import fuzz  # compiled; waits for the first comparison

    said = set(whole.terms)
    pairs = set(pairwise(claim.terms))
    grams = claim.grams()
    shared = len(grams & asked.grams)
    wanted, folded = asked.reading.terms, asked.reading.folded
    return {
        "claim_covered": weights.covered(claim.terms, asked.terms),
        "whole_covered": weights.covered(whole.terms, asked.terms),
        "query_covered": weights.covered(wanted, said),
        # words of the explanation that are not in the claim: whoever denies a rumour sounds like its check
        "query_explained": weights.covered(wanted, said.difference(claim.terms)),
        "claim_pairs": len(pairs & asked.pairs) / len(pairs) if pairs else 0.0,
        "claim_grams": shared / max(1, len(grams)),
        "query_grams": shared / max(1, len(asked.grams)),
        "token_set": fuzz.token_set_ratio(folded, claim.folded) / 100,
        "partial": fuzz.partial_ratio(folded, claim.folded) / 100,
    }


def _name_features(asked: _Asked, claim: Reading, whole: Reading) -> dict[str, float]:
    named = claim.names
    shared = len(named & asked.words)
    others = len(whole.names & asked.reading.names)
    return {
        "names_shared": log(1 + max(shared, others)),
        "names_missing": log(1 + len(named) - shared),
        "name_share": shared / len(named) if named else 0.5,
    }


def _number_features(asked: Reading, claim: Reading, whole: Reading) -> dict[str, float]:
    unmet = _without(claim.numbers, asked.numbers)
    extra = _without(asked.numbers, whole.numbers)
    return {
        "numbers_shared": log(1 + len(claim.numbers) - len(unmet)),
        "numbers_missing": log(1 + len(unmet)),
        "numbers_extra": log(1 + len(extra)),
        "number_conflict": float(any(a.kind == c.kind for c in unmet for a in extra)),
    }


def number_conflicts(
    asked: tuple[Quantity, ...], claim: tuple[Quantity, ...], whole: tuple[Quantity, ...]
) -> list[tuple[Quantity, Quantity]]:
    """Pairs (asked, claimed) that measure the same kind of thing and differ, where neither stands on the other side."""
    lonely, unmet = _without(asked, whole), _without(claim, asked)
    return [(a, c) for c in unmet for a in lonely if a.kind == c.kind]


def _without(numbers: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    """The numbers that none of the others says."""
    return [n for n in numbers if not any(same(n, other) for other in others)] if others else list(numbers)
