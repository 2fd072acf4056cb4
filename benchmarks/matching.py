"""Matching quality as shipped, each figure beside words alone, meaning alone and both fused over the same index.

    python -m benchmarks.matching [--data-dir DIR] [--trained]

First our own topics that nothing learned from (training/pairs/test_*.txt), in two sets, by language and style. Then the
collections of the folder `../shared/data` (CheckThat! 2020, the Vietnamese set), which are not part of the project;
what is not there is skipped, with the reason. `--trained` also measures what training on the train part of
CheckThat! would add: a map and weights that live in memory and are thrown away, for that collection's licence is
unclear and no model trained on it may be shipped.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from training.read_pairs import Topic, read_pairs

from benchmarks.matching_trained import measure_trained
from kiemchung.claims.language import language
from kiemchung.commons.match_message import message_matches
from kiemchung.embed import open_embedder
from kiemchung.lookup.evaluate import (
    Asked,
    fill,
    merge_same,
    pair_figures,
    ranking_figures,
    read_documents,
    read_qrels,
    read_queries,
    read_table,
)
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import rank
from kiemchung.lookup.retrieve import Query, retrieve
from kiemchung.model import Decision
from kiemchung.ports import Embedder

Ranked = dict[str, list[tuple[str, float]]]
Relevant = dict[str, set[str]]
_DEPTH = 20
#: How the files begin whose topics were written last, most of them with messages in other languages than the checks.
ACROSS = "test_cross_"
SENTENCES = Path(__file__).parents[1] / "training/sentences/test.tsv"
#: One of so many tweets of CheckThat!'s train part is measured.
_OF_TRAIN = 4


@contextmanager
def indexed(documents: Sequence[Document], embedder: Embedder) -> Iterator[LookupIndex]:
    with tempfile.TemporaryDirectory() as folder, LookupIndex.open(Path(folder) / "i", embedder, create=True) as index:
        fill(index, documents)
        yield index


def rankings(index: LookupIndex, asked: Sequence[Asked]) -> dict[str, Ranked]:
    """By the product, by words alone (BM25 in the query's language), by meaning alone (mean of both cosines), fused."""
    found: dict[str, Ranked] = {"as shipped": {}, "words and meaning fused": {}, "words alone": {}, "meaning alone": {}}
    for query in asked:
        found["as shipped"][query.query_id] = rank(index, query.text, query.language, _DEPTH)
        (candidates,) = retrieve(index, [Query(query.text, query.language)], depth=_DEPTH)
        ids = [index.document(int(row)).doc_id for row in candidates.rows]
        meaning = (candidates.claim_cosine + candidates.whole_cosine) / 2
        found["meaning alone"][query.query_id] = list(zip(ids, map(float, meaning), strict=True))
        fused = list(zip(ids, map(float, candidates.fused), strict=True))
        found["words and meaning fused"][query.query_id] = fused
        worded = zip(ids, map(float, candidates.words), strict=True)
        found["words alone"][query.query_id] = [(doc_id, value) for doc_id, value in worded if value > 0]
    return found


def checkthat(folder: Path, embedder: Embedder, *, trained: bool) -> None:
    documents = read_documents([folder / "claims.tsv"], language)
    groups = {row["claim_id"]: f"={row['group']}" for row in read_table(folder / "twins.tsv")}
    with indexed(documents, embedder) as index:
        for split, every in (("dev", 1), ("train", _OF_TRAIN)):
            asked = read_queries(folder / f"queries.{split}.tsv", language)[::every]
            known = read_qrels(folder / f"qrels.{split}.tsv")
            relevant = {each.query_id: set(known[each.query_id]) for each in asked if each.query_id in known}
            named = f"{split}, {len(asked)} tweets, {len(documents)} claims"
            print(f"CheckThat! 2020 {named}; MAP@5 as published / twins merged")
            for name, ranked in rankings(index, asked).items():
                run = {query: dict(found) for query, found in ranked.items()}
                merged = ranking_figures(*merge_same(run, relevant, groups))
                print(f"  {name:<28}{ranking_figures(run, relevant)['MAP@5']:.3f} / {merged['MAP@5']:.3f}")
        chatter(index)
        if trained:
            measure_trained(folder, index, groups)


def chatter(index: LookupIndex) -> None:
    """Sentences that are no claims (training/sentences/test.tsv, only measured), in a collection of others."""
    said: dict[str, list[bool]] = defaultdict(list)
    for row in read_table(SENTENCES):
        if row["label"] != "fact":
            found = message_matches(row["text"], index, index.embedder)
            said[row["label"]].append(any(each.decision is Decision.MATCH for each in found))
    told = ", ".join(f"{label} {sum(got)} of {len(got)}" for label, got in sorted(said.items()))
    print(f"sentences that are no claims and got a match among {len(index)} claims: {told}")


def unseen(embedder: Embedder) -> None:
    """Topics that no model learned from; their near misses were written to be hard.

    Those of `test_cross_*` were written after all the others; they stand in a collection of their own.
    """
    topics = read_pairs(held_out=True)
    for name, later in (("topics that nothing learned from", False), ("more, across languages and in posts", True)):
        decided(name, [topic for topic in topics if topic.file.startswith(ACROSS) is later], embedder)


def decided(name: str, topics: Sequence[Topic], embedder: Embedder) -> None:
    """The product's decisions on the messages of these topics in the collection of their records."""
    documents = [
        Document(record.record_id, record.claim, record.explanation, record.language)
        for topic in topics
        for record in topic.records + topic.siblings
    ]
    messages = [(message, topic) for topic in topics for message in topic.messages]
    said: dict[str, set[str]] = {}
    with indexed(documents, embedder) as index:
        for message, _ in messages:
            matches = message_matches(message.text, index, embedder)
            said[message.message_id] = {each.doc_id for each in matches if each.decision is Decision.MATCH}
    print(f"{len(topics)} {name}, {len(documents)} claims, {len(messages)} messages: pairs F1 (precision, recall);")
    print("  messages without a match that got one: all, denials, other numbers, same topic")
    parts: dict[str, list[int]] = defaultdict(list)
    for i, (message, _) in enumerate(messages):
        for part in ("all", message.language, f"{message.language}, {message.style}"):
            parts[part].append(i)
    for part, members in sorted(parts.items()):
        right, found, alarms = set(), set(), defaultdict(list)
        for i in members:
            message, topic = messages[i]
            found |= {(message.message_id, doc_id) for doc_id in said[message.message_id]}
            if message.relation == "match":
                right |= {(message.message_id, record.record_id) for record in topic.records}
            else:
                for kind in ("all", message.relation):
                    alarms[kind].append(bool(said[message.message_id]))
        figures = pair_figures(found, right)
        rates = ", ".join(
            f"{np.mean(alarms[kind]):.2f} of {len(alarms[kind])}" if alarms[kind] else "none"
            for kind in ("all", "negation", "number_or_detail", "same_topic")
        )
        print(f"  {part:<20}{figures.f1:.3f} ({figures.precision:.3f}, {figures.recall:.3f}); {rates}")
    for where, same in (("one language", True), ("another language", False)):
        got = [
            record.record_id in said[message.message_id]
            for message, topic in messages
            for record in topic.records
            if message.relation == "match" and (record.language == message.language) is same
        ]
        print(f"  right pairs found, message and check in {where}: {np.mean(got):.2f} of {len(got)}")


def vietnamese(folder: Path, claims: Path | None, embedder: Embedder) -> None:
    files = [folder / "records.tsv", *([claims] if claims else [])]
    documents = read_documents(files, language)
    asked = read_queries(folder / "messages.tsv", language)
    relevant: Relevant = {message: set(known) for message, known in read_qrels(folder / "qrels.tsv").items()}
    near: dict[str, set[str]] = defaultdict(set)
    if claims:
        for row in read_table(folder / "duplicates-in-checkthat.tsv"):
            for message, known in relevant.items():
                if row["record_id"] in known:
                    (known if row["relation"] == "same" else near[message]).add(row["claim_id"])
    cross = {each.query_id for each in asked if each.columns.get("cross") == "cross" and each.language == "vi"}
    place = f"mixed with {len(documents) - 70} English claims" if claims else "its own collection"
    print(f"Vietnamese set in {place} (the packaged reranker learned from it): MAP@5 all / Vietnamese to others")
    with indexed(documents, embedder) as index:
        for name, ranked in rankings(index, asked).items():
            run = {m: {doc: value for doc, value in found if doc not in near[m]} for m, found in ranked.items()}
            others = {message: known for message, known in relevant.items() if message in cross}
            everywhere, across = (ranking_figures(run, known)["MAP@5"] for known in (relevant, others))
            print(f"  {name:<28}{everywhere:.3f} / {across:.3f}")
        if not claims:
            decisions(index, asked, relevant)


def decisions(index: LookupIndex, asked: Sequence[Asked], relevant: Relevant) -> None:
    said = {
        (each.query_id, match.doc_id)
        for each in asked
        for match in message_matches(each.text, index, index.embedder)
        if match.decision is Decision.MATCH
    }
    right = {(message, record) for message, known in relevant.items() for record in known}
    figures = pair_figures(said, right)
    alarmed = {message for message, _ in said}
    print(f"  decisions: precision {figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}")
    for kind in ("negation", "number_or_detail", "same_topic", "all"):
        kinds = {"negation", "number_or_detail", "same_topic"} if kind == "all" else {kind}
        of_kind = [each.query_id in alarmed for each in asked if each.columns.get("kind") in kinds]
        print(f"  {kind} that got a match: {np.mean(of_kind):.2f} of {len(of_kind)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--data-dir", type=Path, default=Path(".models"), help="where the converted model is kept")
    parser.add_argument("--trained", action="store_true")
    options = parser.parse_args()
    embedder = open_embedder("ct2", options.data_dir)
    started = time.process_time()
    unseen(embedder)
    print(f"  ({time.process_time() - started:.0f} s of processor)")
    claims, messages = options.data / "matching/claims.tsv", options.data / "vi/messages.tsv"
    steps: list[tuple[Path, Callable[[], None]]] = [
        (claims, lambda: checkthat(claims.parent, embedder, trained=options.trained)),
        (messages, lambda: vietnamese(messages.parent, None, embedder)),
        (messages, lambda: vietnamese(messages.parent, claims, embedder) if claims.exists() else None),
    ]
    for needed, step in steps:
        started = time.process_time()
        if needed.exists():
            step()
            print(f"  ({time.process_time() - started:.0f} s of processor)")
        else:
            print(f"skipped: {needed} is not there; give its folder with --data")


if __name__ == "__main__":
    main()
