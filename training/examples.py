"""Pairs of query and candidate with their features and what is true of them, for training and measuring the reranker."""

import csv
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from augment import Dressed, dress
from joblib import Parallel, delayed
from numpy.typing import NDArray
from read_pairs import Topic
from templates import made_up_claims

from kiemchung.embed import open_embedder
from kiemchung.lookup.contrary import contrary
from kiemchung.lookup.features import pair_features
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import RERANKED
from kiemchung.lookup.pieces import differences
from kiemchung.lookup.prepare import prepare
from kiemchung.lookup.reading import read
from kiemchung.lookup.retrieve import DEPTH, Query, retrieve
from kiemchung.ports import Embedder

#: Share of the topics, and claims that no message speaks of, of each collection: scores have to hold in large ones and
#: in small ones, where the nearest candidates lie far off.
COLLECTIONS = ((0.25, 700), (0.25, 200), (0.1, 0), (0.1, 0), (0.1, 50), (0.1, 150), (0.1, 400))
N_JOBS = 4  # processes; the bytes do not depend on it
DRESSED = 0.25  # share of the messages that are also taken dressed up
VI_SET = Path(__file__).parent / "vi_set"
CHATTER = Path(__file__).parent / "chatter.tsv"
#: Queries for each topic of a collection that nothing in it is near to, of either kind: messages of topics that other
#: collections hold, and sentences that are no claims. Most of what people paste was never checked.
STRANGERS = 0.8


@dataclass
class Examples:
    """Rows of pairs.

    Attributes:
        features: float32[n_pairs, n_features].
        label: 1 for a match.
        kind: match, negation, number_or_detail, same_topic or none.
        group: topic or record that folds are cut by; begins with "stranger" where nothing is near the query.
        query: number of the query that the pair is of.
        same_language: of query and document.
        opposite: whether they say opposites, see `kiemchung.lookup.contrary`.
        differences: piece by piece, see `kiemchung.lookup.pieces`.
    """

    features: NDArray[np.float32]
    label: NDArray[np.int8]
    kind: NDArray[np.str_]
    group: NDArray[np.str_]
    query: NDArray[np.int64]
    same_language: NDArray[np.bool_]
    opposite: NDArray[np.bool_]
    doc_id: NDArray[np.str_]
    query_text: list[str]
    query_vectors: NDArray[np.float32]
    document_vectors: NDArray[np.float32]
    row: NDArray[np.int64]
    differences: NDArray[np.float16]


def documents_of(topics: Iterable[Topic]) -> list[Document]:
    """Records, two of five without their explanation, and siblings, half with one: its absence must tell nothing."""
    found = []
    for number, topic in enumerate(topics):
        explained = {record.language: record.explanation for record in topic.records}
        for i, record in enumerate(topic.records):
            context = "" if (number + i) % 5 < 2 else record.explanation
            found.append(Document(record.record_id, record.claim, context, record.language))
        for i, record in enumerate(topic.siblings):
            context = record.explanation or (explained.get(record.language, "") if (number + i) % 2 else "")
            found.append(Document(record.record_id, record.claim, context, record.language))
    return found


def background(n: int) -> list[Document]:
    """Claims that no message speaks of."""
    claims = made_up_claims(n)
    contexts = [f"No record shows this. {claims[-i]}" if i % 2 else "" for i in range(len(claims))]
    return [Document(f"template/x.{i}", *texts, "en") for i, texts in enumerate(zip(claims, contexts, strict=True))]


def own_examples(data_dir: Path, topics: list[Topic], seed: int, n_multi: int) -> Examples:
    """Our own topics, dealt out to collections of several sizes; each message is looked up in one."""
    order = np.random.default_rng(seed).permutation(len(topics))
    ends = np.rint(np.cumsum([share for share, _ in COLLECTIONS]) * len(topics)).astype(int)
    dealt = [[topics[i] for i in sorted(part)] for part in np.split(order, ends[:-1])]
    asked = [strangers(topics, part, seed + number) for number, part in enumerate(dealt)]
    parts = Parallel(n_jobs=N_JOBS)(
        delayed(_own_examples)(data_dir, part, seed, round(n_multi * len(part) / len(topics)), n, strange)
        for part, (_, n), strange in zip(dealt, COLLECTIONS, asked, strict=True)
    )
    return concatenate(parts)


def strangers(topics: list[Topic], part: list[Topic], seed: int) -> list[tuple[str, str]]:
    """Texts with their languages that nothing in a collection of these topics is near to; drawn, none of them twice."""
    rng, n = np.random.default_rng(seed), round(STRANGERS * len(part))
    here = {topic.name for topic in part}
    messages = [(m.text, m.language) for topic in topics if topic.name not in here for m in topic.messages]
    chatter = [(row["text"], row["lang"]) for row in _table(CHATTER)]
    return [texts[i] for texts in (messages, chatter) for i in sorted(rng.permutation(len(texts))[:n].tolist())]


def concatenate(parts: list[Examples]) -> Examples:
    """One after the other, queries and rows counted on."""
    columns: dict[str, list[Any]] = {
        field.name: [getattr(part, field.name) for part in parts] for field in fields(Examples)
    }
    for name, counted in (("query", "query_vectors"), ("row", "document_vectors")):
        before = np.cumsum([0, *(len(each) for each in columns[counted])])
        columns[name] = [each + n for each, n in zip(columns[name], before, strict=False)]
    texts = columns.pop("query_text")
    return Examples(
        **{name: np.concatenate(each) for name, each in columns.items()},
        query_text=[text for each in texts for text in each],
    )


def _own_examples(
    data_dir: Path, topics: list[Topic], seed: int, n_multi: int, n_background: int, strange: list[tuple[str, str]]
) -> Examples:
    owner = {message.message_id: topic.name for topic in topics for message in topic.messages}
    queries: list[tuple[str, str, str, dict[str, str]]] = []
    for number, dressed in enumerate(dress(topics, seed, n_multi, share=DRESSED)):
        if number % 3 == 0:  # to train in minutes, two of three
            continue
        kinds = {owner[part.message_id]: part.relation for part in dressed.parts}
        queries.append((dressed.text, dressed.language, owner[dressed.parts[0].message_id], kinds))
    queries += [(text, language, f"stranger {text}", {}) for text, language in strange]
    return _examples(
        open_embedder("ct2", data_dir),
        documents_of(topics) + background(n_background),
        queries,
        lambda doc_id: doc_id.split("/")[0],
        siblings=True,
    )


def vi_set_examples(embedder: Embedder, n_background: int, folder: Path = VI_SET) -> Examples:
    """data/vi among claims that no message speaks of; messages are grouped by the record that they match or are near."""
    records, messages = _table(folder / "records.tsv"), _table(folder / "messages.tsv")
    documents = [Document(row["record_id"], row["claim"], row["explanation"], row["lang"]) for row in records]
    documents += background(n_background)
    kinds: dict[str, dict[str, str]] = {}
    for row in _table(folder / "qrels.tsv"):
        kinds.setdefault(row["message_id"], {})[row["record_id"]] = "match"
    for row in _table(folder / "qrels.related.tsv"):
        kinds.setdefault(row["message_id"], {})[row["record_id"]] = row["relation"]
    queries = []
    for row in messages:
        known = kinds.get(row["message_id"], {})
        queries.append((row["text"], row["lang"], next(iter(known), "none"), known))
    return _examples(embedder, documents, queries, lambda doc_id: doc_id, siblings=False)


def _examples(embedder, documents, queries, owner_of, siblings) -> Examples:  # type: ignore[no-untyped-def]
    columns: dict[str, list] = {
        name: [] for name in ("features", "label", "kind", "group", "query", "same", "opposite", "doc", "row", "apart")
    }
    with tempfile.TemporaryDirectory() as folder, LookupIndex.open(Path(folder) / "i", embedder, create=True) as index:
        index.upsert(documents)
        index.commit()
        document_vectors = index.vectors(np.arange(len(documents)))
        found = retrieve(index, [Query(text, language) for text, language, _, _ in queries], depth=DEPTH)
        for number, ((text, language, group, kinds), candidates) in enumerate(zip(queries, found, strict=True)):
            rows = candidates.rows[:RERANKED]  # as many as lookup takes apart: what stands out depends on them
            chosen = [index.document(int(row)) for row in rows]
            readings = [index.reading(int(row)) for row in rows]
            columns["features"].append(pair_features(index, prepare(text, language), candidates, readings))
            apart = differences(candidates.pieces, [index.pieces(int(row)) for row in rows])
            columns["apart"].append(apart.astype(np.float16))
            columns["row"].extend(rows.tolist())
            asked = read(candidates.query.whole, language).sides
            columns["opposite"].extend(bool(contrary(asked, claim.sides)) for claim, _ in readings)
            for document, same in zip(chosen, candidates.same_language[:RERANKED], strict=True):
                kind = kinds.get(owner_of(document.doc_id), "none")
                if siblings and "/x." in document.doc_id:
                    kind = "none"
                columns["label"].append(kind == "match")
                columns["kind"].append(kind)
                columns["group"].append(group)
                columns["query"].append(number)
                columns["same"].append(bool(same))
                columns["doc"].append(document.doc_id)
    return Examples(
        np.concatenate(columns["features"]),
        np.array(columns["label"], dtype=np.int8),
        np.array(columns["kind"]),
        np.array(columns["group"]),
        np.array(columns["query"]),
        np.array(columns["same"]),
        np.array(columns["opposite"]),
        np.array(columns["doc"]),
        [text for text, *_ in queries],
        np.stack([candidates.vector for candidates in found]),
        document_vectors,
        np.array(columns["row"]),
        np.concatenate(columns["apart"]),
    )


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


__all__ = ["Dressed", "Examples", "documents_of", "own_examples", "vi_set_examples"]
