"""Measuring lookup on labelled files: tables in, run and figures out (MAP@k, MRR, recall, F1 of the decision)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiemchung.errors import InputError
from kiemchung.lookup.index import Document, LookupIndex, tidy
from kiemchung.lookup.words_index import primary

Run = dict[str, dict[str, float]]
Qrels = dict[str, set[str]]
Row = Mapping[str, str]
#: A language that fewer rows of a table are in was most likely told wrongly from a short text.
_LEAST_SHARE = 0.02
_DOCUMENT_IDS = ("claim_id", "record_id", "doc_id", "docid", "id")
_QUERY_IDS = ("query_id", "message_id", "qid", "id")
_JUDGEMENTS = ("relevance", "relation", "label", "rel")
_GROUPS = ("group", "group_id", "cluster")
_TEXTS = ("text", "message", "query", "claim")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query or message of a file with its other columns."""

    query_id: str
    text: str
    language: str
    columns: Row


def read_table(path: Path) -> list[Row]:
    """Rows of a tab separated file with a header line, without quoting; missing fields are "".

    Raises:
        InputError: the file cannot be read as such.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); give a tab separated file", where=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is no UTF-8 text (byte {error.start}); save it as UTF-8", where=str(path)) from error
    header = [name.strip().lower() for name in lines[0].split("\t")]
    rows = (line.rstrip("\r").split("\t") for line in lines[1:] if line.strip())
    return [dict.fromkeys(header, "") | dict(zip(header, row, strict=False)) for row in rows]


def read_documents(paths: Iterable[Path], tell_language: Callable[[str], str]) -> list[Document]:
    """Claims or records of files; the last row wins where an id repeats."""
    rows = [row for path in paths for row in _with_column(path, _DOCUMENT_IDS)]
    claims = [row.get("claim", "") or row.get("text", "") for row in rows]
    languages = tell_languages(
        [f"{claim} {row.get('title', '')}" for claim, row in zip(claims, rows, strict=True)], rows, tell_language
    )
    documents = {}
    for row, claim, language in zip(rows, claims, languages, strict=True):
        context = " ".join(part for part in (row.get("title", ""), row.get("explanation", "")) if part.strip())
        doc_id = _first(row, _DOCUMENT_IDS)
        documents[doc_id] = Document(doc_id, claim, context, language)
    return list(documents.values())


def read_queries(path: Path, tell_language: Callable[[str], str]) -> list[Asked]:
    """Queries or messages of a file in order."""
    rows = _with_column(path, _QUERY_IDS)
    texts = [_first(row, _TEXTS) for row in rows]
    languages = tell_languages(texts, rows, tell_language)
    return [
        Asked(_first(row, _QUERY_IDS), text, language, row)
        for row, text, language in zip(rows, texts, languages, strict=True)
    ]


def tell_languages(texts: Sequence[str], rows: Sequence[Row], tell_language: Callable[[str], str]) -> list[str]:
    """The `lang` or `language` of each row; where there is none, told from its text.

    A short text is easily told wrong: unsure ones and languages that hardly occur become the most common one.
    """
    given = [(row.get("lang") or row.get("language") or "").strip() for row in rows]
    told = [primary(known) if known else primary(tell_language(text)) for known, text in zip(given, texts, strict=True)]
    counted = Counter(language for language in told if language != "und")
    if not counted:
        return told
    common = counted.most_common(1)[0][0]
    kept = {language for language, count in counted.items() if count >= _LEAST_SHARE * len(told)}
    return [language if known or language in kept else common for known, language in zip(given, told, strict=True)]


def read_qrels(path: Path, *, relation: bool = False) -> dict[str, dict[str, str]]:
    """{query: {document: relevance or relation}}; rows of relevance 0 are left out."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for query, document, judged in _cells(path, _QUERY_IDS, _DOCUMENT_IDS, _JUDGEMENTS):
        if relation or _number(judged) > 0:
            found[query][document] = judged
    return dict(found)


def read_groups(path: Path) -> dict[str, str]:
    """{document: group} of documents that are one and the same check."""
    return {document: f"={group}" for document, group in _cells(path, _DOCUMENT_IDS, _GROUPS)}


def _cells(path: Path, *columns: Sequence[str]) -> Iterator[list[str]]:
    """These columns of each row, by their names; where none of the names is known, the first ones in this order.

    Raises:
        InputError: some are named so, and others are not there.
    """
    rows = read_table(path)
    if rows and not any(name in rows[0] for names in columns for name in names):
        if len(rows[0]) < len(columns):
            raise InputError(f"{len(rows[0])} columns where {len(columns)} are needed", where=str(path))
        yield from (list(row.values())[: len(columns)] for row in rows)
        return
    for row in _with_column(path, *columns):
        yield [_first(row, names) for names in columns]


def fill(index: LookupIndex, documents: Sequence[Document], progress: Callable[[int], None] | None = None) -> None:
    """Make the index hold exactly these documents; known ones are not embedded again."""
    held = dict(index.documents_by_id())
    wanted = {document.doc_id for document in documents}
    gone = [doc_id for doc_id in held if doc_id not in wanted]
    new = [document for document in documents if held.get(document.doc_id) != tidy(document)]
    if gone:
        index.delete(gone)
    if new:
        index.upsert(new, progress)
    if gone or new:
        index.commit()


def write_run(path: Path, run: Mapping[str, Sequence[tuple[str, float]]]) -> None:
    """query, document, score, best first; equal scores are parted so that every reader sees the same order."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for query_id, ranked in run.items():
            last = float("inf")
            for doc_id, value in ranked:
                last = min(value, last - 1e-7)
                file.write(f"{query_id}\t{doc_id}\t{last:.7f}\n")


def merge_same(run: Run, qrels: Qrels, groups: Mapping[str, str]) -> tuple[Run, Qrels]:
    """Run and qrels with the documents of one group as one document, with the best of their scores."""
    merged: Run = {}
    for query_id, ranked in run.items():
        best: dict[str, float] = {}
        for doc_id, value in ranked.items():
            group = groups.get(doc_id, doc_id)
            best[group] = max(value, best.get(group, value))
        merged[query_id] = best
    return merged, {query: {groups.get(doc_id, doc_id) for doc_id in relevant} for query, relevant in qrels.items()}


def ranking_figures(run: Run, qrels: Qrels) -> dict[str, float]:
    """MAP@1, MAP@5, MRR, Recall@5, Recall@10 over the queries with a relevant document (trec_eval's definitions)."""
    import ir_measures  # loads its providers

    measures = {
        "MAP@1": ir_measures.AP @ 1,
        "MAP@5": ir_measures.AP @ 5,
        "MRR": ir_measures.RR,
        "Recall@5": ir_measures.R @ 5,
        "Recall@10": ir_measures.R @ 10,
    }
    judged = {query: dict.fromkeys(sorted(relevant), 1) for query, relevant in qrels.items() if relevant}
    asked = {query: run.get(query) or {"": 0.0} for query in judged}
    if not judged:
        return dict.fromkeys(measures, 0.0)
    found = ir_measures.calc_aggregate(list(measures.values()), judged, asked)
    return {name: round(float(found[measure]), 4) for name, measure in measures.items()}


@dataclass(frozen=True, slots=True)
class PairFigures:
    """Precision, recall and F1 of `match` over (message, record) pairs."""

    precision: float
    recall: float
    f1: float
    n_relevant: int


def pair_figures(said: set[tuple[str, str]], relevant: set[tuple[str, str]]) -> PairFigures:
    """How well the asserted pairs are the relevant ones."""
    hits = len(said & relevant)
    precision = hits / len(said) if said else 0.0
    recall = hits / len(relevant) if relevant else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return PairFigures(round(precision, 4), round(recall, 4), round(f1, 4), len(relevant))


def _with_column(path: Path, *columns: Sequence[str]) -> list[Row]:
    """The rows of a table that has each of these columns, under one of its names."""
    rows = read_table(path)
    for names in columns:
        if rows and not any(name in rows[0] for name in names):
            raise InputError(f"no column {' or '.join(names[:2])}; found {', '.join(rows[0])}", where=str(path))
    return rows


def _first(row: Row, names: Sequence[str]) -> str:
    return next((row[name] for name in names if row.get(name)), "")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
