"""Claims to matches: candidates, a calibrated score, a decision with its reasons."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from kiemchung.heads import Floats
from kiemchung.lookup.contrary import contrary
from kiemchung.lookup.features import FEATURES, Weights, number_conflicts, pair_features
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.pieces import differences
from kiemchung.lookup.prepare import Prepared
from kiemchung.lookup.reading import DocumentReading, names_as_written, read
from kiemchung.lookup.rerank import CERTAIN, Reranker, packaged_reranker, probe_features
from kiemchung.lookup.retrieve import DEPTH, Candidates, Query, retrieve
from kiemchung.lookup.second_reading import MOST_PAIRS, in_doubt, log_odds, mixed
from kiemchung.lookup.veto import denies, ruled_out
from kiemchung.model import Decision, Match, Reason
from kiemchung.ports import Embedder, PairReader

__all__ = ["Query", "Scored", "look_up", "look_up_with_candidates", "rank", "score"]

#: Candidates that are taken apart and scored for a query; the rest stands far behind.
RERANKED = 30
#: What the learned score counts for the order within the query's own language, beside the z-scores of words and
#: meaning. The networks saw small collections of everyday claims; among 10,375 others the z-scores carry further
#: (docs/decisions/0022). Across languages z-scores do not compare: the learned score says whose turn is next.
_LEARNED_SHARE = 0.1
#: From here on the first candidate is shown as related, even where the score is low; below it nothing is related.
_RELATED_COSINE = 0.38
#: The same beside a match: who has an answer needs no vague neighbours.
_RELATED_COSINE_BESIDE_MATCH = 0.44
#: Related checks of a query that are shown, without and beside a match.
_MOST_RELATED, _MOST_RELATED_BESIDE_MATCH = 3, 2


@dataclass(frozen=True)
class Scored:
    """Candidates of one query with what was computed of them; all of one length, best score first.

    Attributes:
        features: float32[n, len(FEATURES)].
        probes: float32[n, N_PROBES], see `probe_features`.
    """

    query: Prepared
    rows: NDArray[np.int64]
    documents: "_Documents"
    readings: list[DocumentReading]
    scores: NDArray[np.float32]
    fused: NDArray[np.float32]
    features: NDArray[np.float32]
    probes: NDArray[np.float32]
    same_language: NDArray[np.bool_]

    def best_first(self) -> "Scored":
        """The same, best score first."""
        order = np.argsort(-self.scores, kind="stable")
        return Scored(
            self.query,
            self.rows[order],
            self.documents.in_order(order),
            [self.readings[i] for i in order],
            self.scores[order],
            self.fused[order],
            self.features[order],
            self.probes[order],
            self.same_language[order],
        )

    def row_of(self, doc_id: str) -> int:
        """The row of a document that was matched; -1 where it is no candidate."""
        rows = zip(self.rows.tolist(), self.documents, strict=True)
        return next((row for row, document in rows if document.doc_id == doc_id), -1)

    def score_of(self, row: int) -> float:
        """The score of a row; 0 where it is no candidate."""
        return float(self.scores[self.rows == row].sum())


def look_up(
    index: LookupIndex, queries: Sequence[Query], embedder: Embedder | None = None, *, limit: int = 5
) -> list[list[Match]]:
    """For each query the published checks that answer it or are near it, best first, at most `limit`.

    Args:
        embedder: see `retrieve`.
    """
    return [matches for matches, _ in look_up_with_candidates(index, queries, embedder, limit=limit)]


def look_up_with_candidates(
    index: LookupIndex, queries: Sequence[Query], embedder: Embedder | None = None, *, limit: int = 5
) -> list[tuple[list[Match], Scored]]:
    """As `look_up`, with all candidates of each query.

    Equal queries are looked up once: of many messages the only claim is the whole message.
    """
    model, distinct = packaged_reranker(index.embedder.name), list(dict.fromkeys(queries))
    of_all = [len(distinct) > 1 and query.text == query.message_context for query in distinct]
    n_claims = of_all.count(False)
    readings, scored = _SecondReadings(index.pool, model, embedder or index.embedder, n_claims), []
    for found, is_of_all in zip(_in_turn(index, distinct, embedder, DEPTH, RERANKED), of_all, strict=True):
        if n_claims == 1 or not is_of_all:
            readings.begin(found, of_all=is_of_all)
        scored.append(found)
    told = {}
    for query, first, is_of_all in zip(distinct, scored, of_all, strict=True):
        found = readings.settle(first, of_all=is_of_all)
        told[query] = decide(found, model)[:limit], found
    return [told[query] for query in queries]


def rank(index: LookupIndex, text: str, language: str, k: int = 10) -> list[tuple[str, float]]:
    """The k best documents for a message with a score that falls, for measuring."""
    found = score(index, [Query(text, language)], depth=max(k, DEPTH), reranked=max(k, RERANKED))[0]
    probability = np.clip(found.scores, 1e-7, 1 - 1e-7)
    values = _in_own_order(found, np.log(probability / (1 - probability)))
    best = np.argsort(-values, kind="stable")[:k]
    return [(found.documents[i].doc_id, float(values[i])) for i in best]


def _in_own_order(found: Scored, learned: NDArray[np.float32]) -> NDArray[np.float32]:
    """The learned scores, those of the query's own language dealt out again by z-scores and learned score together."""
    own = np.flatnonzero(found.same_language)
    together = found.fused[own] + _LEARNED_SHARE * learned[own]
    values = learned.copy()
    values[own[np.argsort(-together, kind="stable")]] = np.sort(learned[own])[::-1]
    return values


def score(
    index: LookupIndex,
    queries: Sequence[Query],
    embedder: Embedder | None = None,
    *,
    depth: int = DEPTH,
    reranked: int = RERANKED,
) -> list[Scored]:
    """The candidates of each query with their scores."""
    return list(_in_turn(index, queries, embedder, depth, reranked))


def _in_turn(
    index: LookupIndex, queries: Sequence[Query], embedder: Embedder | None, depth: int, reranked: int
) -> Iterator[Scored]:
    model, seen = packaged_reranker(index.embedder.name), _Seen(index)
    for found in retrieve(index, queries, embedder, depth=depth):
        yield _score(index, model, found, reranked, seen)


class _SecondReadings:
    """Pairs in doubt, read by another thread while the next query is scored: a pair takes longer than a query.

    The likeliest of each claim, `MOST_PAIRS` of a message; all of them where there is one claim. A message of several
    claims is not read as a whole: only its first tokens would be.
    """

    def __init__(self, pool: Executor, model: Reranker, reader: Embedder, n_claims: int) -> None:
        self._pool, self._model = pool, model
        self._reader = reader if isinstance(reader, PairReader) else None
        self._of_a_query = max(1, MOST_PAIRS // max(1, n_claims))
        self._begun: list[tuple[Prepared, list[int], Future[Floats | None]]] = []

    def begin(self, found: Scored, *, of_all: bool) -> None:
        """Have the likeliest pairs of a query read.

        Args:
            of_all: the query is the message beside its claim; checks that are read with that are left out.
        """
        read = [row for _, rows, _ in self._begun for row in rows]
        most = min(self._of_a_query, MOST_PAIRS - len(read))
        if self._reader is None or most <= 0:
            return
        doubtful = np.flatnonzero(in_doubt(found.scores) & ~_never(found, self._model)).tolist()
        places = [place for place in doubtful if not of_all or int(found.rows[place]) not in read][:most]
        if places:
            rows = [int(found.rows[place]) for place in places]
            pairs = [(found.query.text, found.documents[place].claim) for place in places]
            self._begun.append((found.query, rows, self._pool.submit(self._reader.read_pairs, pairs)))

    def settle(self, found: Scored, *, of_all: bool) -> Scored:
        """The candidates of a query, scored by both readings where a pair was read.

        Args:
            of_all: the query is the message beside its claims: what one of them is to a check, it is too.
        """
        doubtful = set(found.rows[in_doubt(found.scores) & ~_never(found, self._model)].tolist())
        told: dict[int, float] = {}
        for query, rows, reading in self._begun:
            vectors = reading.result() if of_all or query is found.query else None
            if vectors is not None:
                for row, odds in zip(rows, log_odds(vectors).tolist(), strict=True):
                    told[row] = max(odds, told.get(row, odds))
        for row in doubtful & told.keys():
            found = _with_score(found, row, self._model, told[row])
        return found


def _with_score(found: Scored, row: int, model: Reranker, odds: float) -> Scored:
    """The candidates with another score for one; what was related stays so."""
    place = int(np.flatnonzero(found.rows == row)[0])
    first, related_at = float(found.scores[place]), model.related_at[int(found.same_language[place])]
    scores = found.scores.copy()
    scores[place] = max(mixed(first, odds), related_at if first >= related_at else 0)
    return replace(found, scores=scores).best_first()


class _Documents(Sequence[Document]):
    """The documents of some rows, read one by one where they are asked for: few of the candidates are shown."""

    def __init__(self, index: LookupIndex, rows: NDArray[np.int64]) -> None:
        self._index = index
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Document: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Document]: ...
    def __getitem__(self, place: int | slice) -> Document | Sequence[Document]:
        if isinstance(place, slice):
            return _Documents(self._index, self._rows[place])
        return self._index.document(int(self._rows[place]))

    def in_order(self, order: NDArray[np.int64]) -> "_Documents":
        return _Documents(self._index, self._rows[order])


class _Seen:
    """What the queries of one message share: checks that several of them find, and the weights of words."""

    def __init__(self, index: LookupIndex) -> None:
        self._index = index
        self._readings: dict[int, DocumentReading] = {}
        self._weights: dict[str, Weights] = {}

    def reading(self, row: int) -> DocumentReading:
        if row not in self._readings:
            self._readings[row] = self._index.reading(row)
        return self._readings[row]

    def weights(self, language: str) -> Weights:
        if language not in self._weights:
            self._weights[language] = Weights(self._index, language)
        return self._weights[language]


def _score(index: LookupIndex, model: Reranker, found: Candidates, reranked: int, seen: _Seen) -> Scored:
    readings = [seen.reading(row) for row in found.rows[:reranked].tolist()]
    features = pair_features(index, found.query, found, readings, seen.weights(found.query.language))
    rows, same_language = found.rows[:reranked], found.same_language[:reranked]
    apart = differences(found.pieces, [index.pieces(int(row)) for row in rows])
    probes = probe_features(model, found.vector, index.vectors(rows), apart)
    scores = model.score(features, probes, same_language)
    asked = read(found.query.text, found.query.language).folded
    scores[[bool(asked) and claim.folded == asked for claim, _ in readings]] = CERTAIN
    return Scored(
        found.query,
        rows,
        _Documents(index, rows),
        readings,
        scores,
        found.fused[:reranked],
        features,
        probes,
        same_language,
    ).best_first()


def decide(found: Scored, model: Reranker) -> list[Match]:
    """The matched and related documents of a query, best first.

    A number of the same kind that differs is never a match, whatever the score; nor is a message that denies what the
    claim says or says the opposite, nor a text of another language whose meaning lies far off.
    """
    never = _never(found, model)
    differs = _opposite(found) | denies(found.features, found.probes[:, 0], at=0)
    rank, cosine = (found.features[:, FEATURES.index(name)].tolist() for name in ("rank", "best_cosine"))
    matches = []
    for i, (value, same) in enumerate(
        zip(found.scores.tolist(), found.same_language.astype(int).tolist(), strict=True)
    ):
        foremost = rank[i] == 1 and cosine[i] >= _RELATED_COSINE and model.uses_vectors
        if value < model.related_at[same] and not foremost:
            continue
        is_match = value >= model.match_at[same] and not never[i]
        decision = Decision.MATCH if is_match else Decision.RELATED
        reasons = _reasons(found, i, decision, bool(differs[i]))
        match = Match(found.documents[i].doc_id, decision, value, reasons)
        matches.append((match, cosine[i] if model.uses_vectors else 1.0))
    return _with_few_related(matches)


def _never(found: Scored, model: Reranker) -> NDArray[np.bool_]:
    return ruled_out(
        found.features, found.probes[:, 0], _opposite(found), found.same_language, uses_vectors=model.uses_vectors
    )


def _opposite(found: Scored) -> NDArray[np.bool_]:
    sides = read(found.query.whole, found.query.language).sides
    return np.array([bool(sides and contrary(sides, claim.sides)) for claim, _ in found.readings], dtype=np.bool_)


def _with_few_related(found: list[tuple[Match, float]]) -> list[Match]:
    """All matches, then the related ones that are near enough, best first.

    Args:
        found: matches with the cosine of their check.
    """
    ranked = sorted(found, key=lambda pair: -pair[0].match_score)
    matches = [match for match, _ in ranked if match.decision is Decision.MATCH]
    least = _RELATED_COSINE_BESIDE_MATCH if matches else _RELATED_COSINE
    most = _MOST_RELATED_BESIDE_MATCH if matches else _MOST_RELATED
    near = [match for match, cosine in ranked if match.decision is Decision.RELATED and cosine >= least]
    return matches + near[:most]


def _reasons(found: Scored, i: int, decision: Decision, differs: bool) -> tuple[Reason, ...]:
    features = dict(zip(FEATURES, found.features[i].tolist(), strict=True))
    asked = read(found.query.whole, found.query.language)
    claim, whole = found.readings[i]
    reasons = []
    conflicts = number_conflicts(asked.numbers, claim.numbers, whole.numbers)
    if decision is Decision.RELATED and conflicts:
        reasons.append(Reason("number_differs", (conflicts[0][0].written, conflicts[0][1].written)))
    elif decision is Decision.RELATED and differs:
        reasons.append(Reason("negation_differs"))
    elif decision is Decision.RELATED:
        reasons.append(Reason("less_certain"))
    if features["claim_covered"] >= 0.7:
        reasons.append(Reason("same_words"))
    elif decision is Decision.MATCH:
        reasons.append(Reason("same_meaning"))
    shared = [n.written for n in claim.numbers if n.written in {other.written for other in asked.numbers}]
    if features["numbers_shared"] > 0 and not conflicts and (shared or not features["numbers_missing"]):
        reasons.append(Reason("same_numbers", tuple(shared[:3])))
    names = names_as_written(found.documents[i].claim, claim.names.intersection(asked.folded.split()))
    if names:
        reasons.append(Reason("same_names", tuple(names[:3])))
    if not found.same_language[i]:
        reasons.append(Reason("other_language", (found.documents[i].language,)))
    return tuple(reasons)
