"""Candidates for a claim: by meaning in all languages, by words in its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from kiemchung.lookup.index import LookupIndex
from kiemchung.lookup.pieces import WIDTH, Codes
from kiemchung.lookup.prepare import Prepared, prepare
from kiemchung.lookup.scan import Scan
from kiemchung.lookup.terms import index_terms
from kiemchung.ports import Embedder, Vectors

#: Candidates kept from each list of each query.
DEPTH = 20
_OF_QUERY = ("query", "vector", "pieces")


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked up: a claim, or a whole message.

    Attributes:
        language: BCP 47 tag, "und" where unsure.
        message_context: the message that the claim stands in, "" where the claim is all there is.
    """

    text: str
    language: str
    message_context: str = ""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What retrieval found for one query; arrays of equal length, one entry a row of the index, best fused first.

    Attributes:
        vector: float32[dimensions], the query's claim vector.
        pieces: of the query, see `pieces.align`.
        claim_cosine, whole_cosine: centred cosines with the claim, and with claim and context, -1 to 1.
        claim_z, whole_z: the same, in standard deviations over the documents of the row's language.
        words: BM25 in the query's language divided by the best one of this query, 0 to 1; 0 for other languages.
        words_z: BM25 in standard deviations over the documents it found.
        same_language: whether the document is in the query's language.
    """

    query: Prepared
    vector: Vectors
    pieces: Codes
    rows: NDArray[np.int64]
    claim_cosine: NDArray[np.float32]
    whole_cosine: NDArray[np.float32]
    claim_z: NDArray[np.float32]
    whole_z: NDArray[np.float32]
    words: NDArray[np.float32]
    words_z: NDArray[np.float32]
    same_language: NDArray[np.bool_]

    @property
    def fused(self) -> NDArray[np.float32]:
        """A first score: z-scores of meaning, and of words where there are any.

        The whole counts more than the claim alone, and both far more than words: so do the weights that a regression
        finds on our own English pairs (.25, 1.31 and .18), rounded towards even ones.
        """
        meaning = 0.41 * self.claim_z + 0.59 * self.whole_z
        return np.asarray(0.85 * meaning + 0.15 * np.where(self.same_language, self.words_z, meaning), dtype=np.float32)


def retrieve(
    index: LookupIndex, queries: Sequence[Query], embedder: Embedder | None = None, *, depth: int = DEPTH
) -> list[Candidates]:
    """Candidates of each query, best fused score first.

    Args:
        embedder: embeds the queries; by default the index's own. One that remembers may stand before it.
    """
    if len(index) == 0 or not queries:
        empty = np.zeros((len(queries), index.embedder.dimensions), dtype=np.float32)
        return [_none(prepare(q.text, q.language), vector) for q, vector in zip(queries, empty, strict=True)]
    prepared = [prepare(query.text, query.language) for query in queries]
    texts = [query.whole for query in prepared]
    languages = [query.language for query in prepared]
    asked = index.ask([text or "." for text in texts], languages, embedder)
    by_words = [
        index.pool.submit(index.words.search, index_terms(text, language), language, 10 * depth)
        for text, language in zip(texts, languages, strict=True)
    ]
    passes = index.scan(asked.parts, languages, depth)
    return [
        _candidates(prepared[i], asked.parts["claim"][i], asked.pieces[i], passes, i, hits.result(), depth)
        for i, hits in enumerate(by_words)
    ]


def _candidates(
    query: Prepared,
    vector: Vectors,
    pieces: Codes,
    passes: list[Scan],
    i: int,
    hits: list[tuple[int, float]],
    depth: int,
) -> Candidates:
    rows = {row for row, _ in hits[:depth]}
    for each in passes:
        rows.update(each.nearest.rows[i].ravel().tolist())
    groups, counts = passes[0].rows.groups, passes[0].rows.counts
    # words may find rows that were added or buried since the pass began
    chosen = np.array(sorted(row for row in rows - {-1} if row < len(groups) and groups[row] >= 0), dtype=np.int64)
    bm25 = dict(hits)
    best = hits[0][1] if hits else 1.0
    raw = np.array([bm25.get(int(row), 0.0) for row in chosen], dtype=np.float32)
    spread = np.array([score for _, score in hits] or [0.0])
    languages = groups[chosen]
    claim, whole = (each.cosines(chosen, i) for each in passes)
    claim_z, whole_z = (
        _z(cosines, languages, counts, each.nearest.sums[i], each.nearest.squares[i])
        for cosines, each in zip((claim, whole), passes, strict=True)
    )
    result = Candidates(
        query=query,
        vector=vector,
        pieces=pieces,
        rows=chosen,
        claim_cosine=claim,
        whole_cosine=whole,
        claim_z=claim_z,
        whole_z=whole_z,
        words=raw / max(best, 1e-9),
        words_z=((raw - spread.mean()) / max(float(spread.std()), 1e-3)).astype(np.float32),
        same_language=languages == passes[0].queries.own[i],
    )
    order = np.argsort(-result.fused, kind="stable")
    per_row = {name: getattr(result, name)[order] for name in Candidates.__slots__ if name not in _OF_QUERY}
    return replace(result, **per_row)


def _z(
    scores: Vectors,
    languages: NDArray[np.int16],
    counts: NDArray[np.int64],
    sums: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> Vectors:
    """The scores in standard deviations over the living documents of their language.

    Small languages lean on all documents.

    Args:
        languages: of each score.
        counts, sums, squares: over the scores of all living documents, by language.
    """
    total = np.array([counts.sum(), sums.sum(), squares.sum()])
    prior = total / max(total[0], 1) * 20  # as good as twenty documents of the average kind
    n, sums, squares = counts + prior[0], sums + prior[1], squares + prior[2]
    mean = sums / n
    deviation = np.sqrt(np.maximum(squares / n - mean**2, 1e-4))
    return np.asarray((scores - mean[languages]) / deviation[languages], dtype=np.float32)


def _none(query: Prepared, vector: Vectors) -> Candidates:
    empty = np.zeros(0, dtype=np.float32)
    none = np.zeros(0, dtype=np.bool_)
    pieces, rows = np.zeros((0, WIDTH), dtype=np.int8), np.zeros(0, dtype=np.int64)
    return Candidates(query, vector, pieces, rows, empty, empty, empty, empty, empty, empty, none)
