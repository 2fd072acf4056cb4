"""Claims to matches: candidates, a calibrated score, a decision with its reasons."""

from collections.abc import Sequence

import numpy as np

from kiemchung.lookup.index import LookupIndex
from kiemchung.lookup.retrieve import Candidates, Query, retrieve
from kiemchung.model import Decision, Match, Reason

__all__ = ["Query", "look_up", "rank"]

_MATCH, _RELATED = 0.7, 0.2


def look_up(index: LookupIndex, queries: Sequence[Query], *, limit: int = 5) -> list[list[Match]]:
    """For each query the published checks that answer it or are near it, best first, at most `limit`."""
    return [_decide(index, found)[:limit] for found in retrieve(index, queries)]


def rank(index: LookupIndex, text: str, language: str, k: int = 10) -> list[tuple[str, float]]:
    """The k best documents for a message with a score that falls, for measuring."""
    found = retrieve(index, [Query(text, language)], depth=max(k, 20))[0]
    return [(index.document(int(row)).doc_id, float(s)) for row, s in zip(found.rows[:k], found.fused[:k], strict=True)]


def _decide(index: LookupIndex, found: Candidates) -> list[Match]:
    matches = []
    scores = 1 / (1 + np.exp(-(found.claim_cosine * 10 + found.words * 2 * found.same_language - 6)))
    for i in np.argsort(-scores, kind="stable"):
        if scores[i] < _RELATED:
            break
        decision = Decision.MATCH if scores[i] >= _MATCH else Decision.RELATED
        document = index.document(int(found.rows[i]))
        reasons = [Reason("same_meaning")]
        if not found.same_language[i]:
            reasons.append(Reason("other_language", (document.language,)))
        matches.append(Match(document.doc_id, decision, float(scores[i]), tuple(reasons)))
    return matches
