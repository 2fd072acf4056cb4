"""The lookup index: published claims by words and by meaning, in a folder that can be rebuilt from the store.

Everything is appended and then made valid at once by replacing `meta.json`; what an interrupted run left behind the
counts in there is cut off by the next writer.
"""

import contextlib
import fcntl
import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from kiemchung.errors import LookupIndexError
from kiemchung.lookup.pieces import WIDTH, Codes, packaged_piece_space
from kiemchung.lookup.reading import VERSION, DocumentReading, pack, read_document, unpack
from kiemchung.lookup.scan import Rows, Scan, begin
from kiemchung.lookup.space import PARTS, Space, measure_space
from kiemchung.lookup.terms import index_terms
from kiemchung.lookup.vectors import append_codes, encode, map_codes
from kiemchung.lookup.words_index import WordsIndex, primary
from kiemchung.ports import Embedder, PieceEmbedder
from kiemchung.text import normalise

Floats = NDArray[np.float32]
FORMAT = 5
_REBUILD = "run `kiemchung index --rebuild` to build it anew"
_BATCH = 256
#: Batches that are embedded while an earlier one is read and written: two, so that no core waits for the tokens of one.
_EMBEDDED_AHEAD = 2
_NO_PIECES = np.zeros((0, WIDTH), dtype=np.int8)
_DOCUMENTS, _READINGS, _PIECES = "documents.jsonl", "readings.jsonl", "pieces.i8"
#: From here on the compiled loop is worth the 0.4 s that numba takes to load. Not for the first search, and many a
#: process has but one: over 300,000 rows NumPy takes 0.16 s.
_COMPILED_FROM = 50_000
_MAX_CONTEXT_CHARACTERS = 300  # one or two sentences; more would drown the claim and costs embedding time
_ROW = np.dtype(
    [
        ("offset", "<i8"),
        ("length", "<i4"),
        ("reading_offset", "<i8"),
        ("reading_length", "<i4"),
        ("language", "<i2"),
        ("alive", "u1"),
        ("claim_scale", "<f4"),
        ("whole_scale", "<f4"),
        ("first_piece", "<i8"),
        ("n_pieces", "<i2"),
    ]
)


@dataclass(frozen=True, slots=True)
class Document:
    """A published claim as lookup sees it.

    Attributes:
        claim: the claim that was checked.
        context: title or explanation of the check, "" where there is none; never a verdict.
        language: BCP 47 tag; "und" where unknown.
    """

    doc_id: str
    claim: str
    context: str = ""
    language: str = "und"


@dataclass(frozen=True, slots=True)
class AskedVectors:
    """Queries as they are searched with.

    Attributes:
        parts: for each part (`claim`, `whole`) float32[n_queries, dimensions], to be handed to `scan`.
        pieces: of each query, see `pieces`; none where the embedder tells none.
    """

    parts: dict[str, Floats]
    pieces: list[Codes]


class LookupIndex:
    """Documents by row. Use `open`; one process writes at a time, any number read."""

    def __init__(self, folder: Path, embedder: Embedder, meta: dict[str, Any]) -> None:
        self.folder = folder
        self.embedder = embedder
        self._state = meta
        self.meta: dict[str, Any] = meta["user"]
        self.words = WordsIndex(folder / "words")
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        self.threads = max(1, len(cores))
        cores_left: SimpleQueue[int] = SimpleQueue()
        for core in cores:
            cores_left.put(core)
        #: Searches by words and by meaning side by side. Its threads start when first needed.
        self.pool = ThreadPoolExecutor(self.threads, "lookup", _keep_to_one, (cores_left,))
        self._has_searched = False
        self._lock: IO[str] | None = None
        self._rows_by_id: dict[str, int] = {}
        self._new_rows: list[NDArray[Any]] = []
        self._piece_space = packaged_piece_space(embedder.name) if isinstance(embedder, PieceEmbedder) else None
        self._load()

    @classmethod
    def open(cls, folder: Path, embedder: Embedder, *, create: bool = False) -> "LookupIndex":
        """The index in a folder, in milliseconds; with `create`, an empty one where there is none.

        Raises:
            LookupIndexError: missing, damaged, of another format, or made with another embedder.
        """
        path = folder / "meta.json"
        if not path.exists():
            if not create:
                raise LookupIndexError(f"{folder}: there is no lookup index here; {_REBUILD}")
            _create(folder, embedder)
        try:
            meta = json.loads(path.read_text("utf-8"))
            if meta["format"] != FORMAT:
                raise LookupIndexError(
                    f"{folder}: index format {meta['format']}, this version reads {FORMAT}; {_REBUILD}"
                )
            if meta["embedder"] != embedder.name or meta["dimensions"] != embedder.dimensions:
                raise LookupIndexError(
                    f"{folder}: made with embedder {meta['embedder']}, now {embedder.name} is set; {_REBUILD}"
                )
            return cls(folder, embedder, meta)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise LookupIndexError(f"{folder}: damaged ({error}); {_REBUILD}") from error

    def __len__(self) -> int:
        return int(self._rows["alive"].sum())

    @property
    def n_buried(self) -> int:
        """Rows that count no more and whose texts still lie in the files."""
        return len(self._rows) - len(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the writer's lock back. What was not committed is gone."""
        self.words.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def refresh(self) -> None:
        """See what another process committed since; cheap when nothing changed.

        Raises:
            LookupIndexError: the index is gone, or damaged.
        """
        if self._lock is not None:
            return
        try:
            state = json.loads((self.folder / "meta.json").read_text("utf-8"))
            if state["generation"] != self._state["generation"]:
                self._state, self.meta = state, state["user"]
                self.words.reload()
                self._load()
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise LookupIndexError(f"{self.folder}: damaged ({error}); {_REBUILD}") from error

    def doc_ids(self) -> Iterator[str]:
        """The ids of all documents, in the order of their rows."""
        for row in np.flatnonzero(self._rows["alive"]):
            yield self.document(int(row)).doc_id

    def documents_by_id(self) -> Iterator[tuple[str, Document]]:
        """Every document with its id."""
        for row in np.flatnonzero(self._rows["alive"]):
            document = self.document(int(row))
            yield document.doc_id, document

    def document(self, row: int) -> Document:
        """The document of a row."""
        start = int(self._rows["offset"][row])
        raw = self._texts[start : start + int(self._rows["length"][row])].tobytes()
        return Document(*json.loads(str(raw, "utf-8")))

    def reading(self, row: int) -> DocumentReading:
        """The document of a row, taken apart; as kept, or made anew where another version kept it."""
        if self._state["reading"] != VERSION:
            document = self.document(row)
            return read_document(document.claim, document.context, document.language)
        start = int(self._rows["reading_offset"][row])
        raw = self._readings[start : start + int(self._rows["reading_length"][row])].tobytes()
        return unpack(json.loads(str(raw, "utf-8")))

    # Writing

    def upsert(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> None:
        """Embed and index documents; one with a known id replaces the old one. `progress` gets the rows done so far.

        Nothing counts before `commit`.
        """
        self._begin()
        done = 0
        waiting: deque[tuple[list[Document], Future[tuple[Floats, Floats, list[Codes]]]]] = deque()
        workers = ThreadPoolExecutor(_EMBEDDED_AHEAD, thread_name_prefix="embedding")
        try:
            for batch in _batches(documents):
                waiting.append((batch, workers.submit(self._embed, batch)))
                if len(waiting) > _EMBEDDED_AHEAD:
                    done += self._append(*waiting.popleft())
                    if progress is not None:
                        progress(done)
            while waiting:
                done += self._append(*waiting.popleft())
                if progress is not None and waiting:
                    progress(done)
        finally:
            workers.shutdown(cancel_futures=True)
        if progress is not None:
            progress(done)

    def delete(self, doc_ids: Iterable[str]) -> None:
        """Forget documents; unknown ids are no error."""
        self._begin()
        self._bury([self._rows_by_id.pop(doc_id) for doc_id in doc_ids if doc_id in self._rows_by_id])

    def commit(self) -> None:
        """Make all changes and `meta` lasting, at once: after a crash either all of them are there or none."""
        if self._lock is None:
            self._begin()
        self._gather()
        generation = self._state["generation"] + 1
        for name in (_DOCUMENTS, _READINGS, _PIECES, *(f"{part}.i8" for part in PARTS)):
            _sync(self.folder / name)
        np.save(self.folder / f"rows-{generation}.npy", self._rows)
        self.words.commit()
        state = {**self._state, "generation": generation, "n_rows": len(self._rows), "user": self.meta}
        _replace(self.folder / "meta.json", json.dumps(state, ensure_ascii=False).encode())
        self._state = state
        self._map()
        for path in self.folder.glob("rows-*.npy"):
            if int(path.stem.split("-")[1]) < generation - 1:  # the last one may still be read
                path.unlink(missing_ok=True)

    # Searching

    @property
    def languages(self) -> list[str]:
        """Languages by their number in the rows."""
        names: list[str] = self._state["languages"]
        return names

    def language_code(self, language: str) -> int:
        """The number of a language, -1 for one that no document has."""
        return self.languages.index(language) if language in self.languages else -1

    def count_in(self, language: str) -> int:
        """Documents in a language."""
        code = self.language_code(language)
        return int(self._counts[code]) if 0 <= code < len(self._counts) else 0

    def ask(self, texts: Sequence[str], languages: Sequence[str], embedder: Embedder | None = None) -> AskedVectors:
        """What texts are searched with."""
        embedder = embedder or self.embedder
        pieces: list[Codes] = [_NO_PIECES] * len(texts)
        if self._piece_space is not None and isinstance(embedder, PieceEmbedder):
            vectors, hidden = embedder.queries_in_pieces(list(texts))
            pieces = self._piece_space.queries(hidden)
        else:
            vectors = embedder.queries(list(texts))
        named = [primary(language) for language in languages]
        vectors = vectors.astype(np.float32)
        return AskedVectors({part: self.space.queries(vectors, named, part) for part in PARTS}, pieces)

    def pieces(self, row: int) -> Codes:
        """int8[n_pieces, WIDTH]: the pieces of a row's claim, see `pieces.align`."""
        first = int(self._rows["first_piece"][row])
        return self._pieces[first : first + int(self._rows["n_pieces"][row])]

    def scan(self, vectors: dict[str, Floats], languages: Sequence[str], depth: int) -> list[Scan]:
        """For each part, the nearest rows; see `scan.begin`. All parts see the same rows, whatever `refresh` does."""
        own = np.array([self.language_code(language) for language in languages], dtype=np.int64)
        searched = self._searched
        compiled = self._has_searched and len(self._rows) >= _COMPILED_FROM
        self._has_searched = True
        begun = [begin(searched[part], vectors[part], own, depth, self.pool, compiled=compiled) for part in PARTS]
        return [finish() for finish in begun]

    def vectors(self, rows: NDArray[np.int64], part: str = "claim") -> Floats:
        """float32[n, dimensions]: the vectors of the rows' claims, or of claim and context (`whole`)."""
        codes = self._codes[part][rows].astype(np.float32)
        return np.asarray(codes * self._rows[f"{part}_scale"][rows][:, None])

    # Inner parts

    def _load(self) -> None:
        generation, n_rows = self._state["generation"], self._state["n_rows"]
        self._rows = np.load(self.folder / f"rows-{generation}.npy")
        if len(self._rows) != n_rows:
            raise ValueError(f"{len(self._rows)} rows where {n_rows} were written")
        with np.load(self.folder / "space.npz") as stored:
            arrays = {key: stored[key] for key in stored}
        self.space = Space(_named(arrays, "p_"), _named(arrays, "q_"), _named(arrays, "turn_"))
        self._map()

    def _map(self) -> None:
        n_rows = len(self._rows)
        size = self.embedder.dimensions
        self._codes = {part: map_codes(self.folder / f"{part}.i8", n_rows, size) for part in PARTS}
        self._pieces = map_codes(self.folder / _PIECES, self._end_of_pieces(), WIDTH)
        self._texts = _map_bytes(self.folder / _DOCUMENTS, self._end(_DOCUMENTS))
        self._readings = _map_bytes(self.folder / _READINGS, self._end(_READINGS))
        # Fields of `_rows` lie apart; what is read at every search lies together.
        groups = np.where(self._rows["alive"] == 1, self._rows["language"], np.int16(-1))
        self._counts = np.bincount(groups[groups >= 0], minlength=len(self.languages))
        self._searched = {
            part: Rows(self._codes[part], np.ascontiguousarray(self._rows[f"{part}_scale"]), groups, self._counts)
            for part in PARTS
        }

    def _end(self, name: str) -> int:
        """Bytes of a file of lines that the rows use, with the end of the last line."""
        field = {_DOCUMENTS: "", _READINGS: "reading_"}[name]
        ends = self._rows[f"{field}offset"] + self._rows[f"{field}length"]
        return int(ends.max()) + 1 if len(ends) else 0

    def _end_of_pieces(self) -> int:
        return int((self._rows["first_piece"] + self._rows["n_pieces"]).max()) if len(self._rows) else 0

    def _begin(self) -> None:
        if self._lock is not None:
            return
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise LookupIndexError(f"{self.folder}: another process is writing this index; wait for it") from error
        self.refresh()
        self._lock = lock
        self._ends = {name: self._end(name) for name in (_DOCUMENTS, _READINGS)}
        for name, end in self._ends.items():
            with (self.folder / name).open("ab") as file:
                file.truncate(end)
        self._pieces_end = self._end_of_pieces()
        self.words.remove_from(len(self._rows))
        alive = np.flatnonzero(self._rows["alive"])
        self._rows_by_id = {self.document(int(row)).doc_id: int(row) for row in alive}

    def _append(self, documents: list[Document], embedded: "Future[tuple[Floats, Floats, list[Codes]]]") -> int:
        n_rows = len(self._rows) + sum(len(rows) for rows in self._new_rows)
        old = [self._rows_by_id[d.doc_id] for d in documents if d.doc_id in self._rows_by_id]
        self._bury(old)
        rows = np.zeros(len(documents), dtype=_ROW)
        self._write_texts(documents, rows)
        words = [index_terms(f"{document.claim} {document.context}", document.language) for document in documents]
        *parts, pieces = embedded.result()
        self._write_pieces(pieces, rows)
        for part, vectors in zip(PARTS, parts, strict=True):
            codes, rows[f"{part}_scale"] = encode(vectors)
            append_codes(self.folder / f"{part}.i8", codes, after=n_rows)
        rows["alive"] = 1
        rows["language"] = [self._language_code(document.language) for document in documents]
        self._new_rows.append(rows)
        self._rows_by_id.update((document.doc_id, n_rows + i) for i, document in enumerate(documents))
        languages = (document.language for document in documents)
        self.words.add(zip(range(n_rows, n_rows + len(documents)), words, languages, strict=True))
        return len(documents)

    def _write_texts(self, documents: list[Document], rows: NDArray[Any]) -> None:
        fields = [(d.doc_id, d.claim, d.context, d.language) for d in documents]
        rows["offset"], rows["length"] = self._append_lines(_DOCUMENTS, fields)
        readings = [pack(read_document(d.claim, d.context, d.language)) for d in documents]
        rows["reading_offset"], rows["reading_length"] = self._append_lines(_READINGS, readings)

    def _append_lines(self, name: str, values: Sequence[Any]) -> tuple[list[int], list[int]]:
        """Write each value as a line of JSON; where each begins and how long it is, in bytes."""
        lines = [json.dumps(value, ensure_ascii=False).encode() for value in values]
        offsets = []
        for line in lines:
            offsets.append(self._ends[name])
            self._ends[name] += len(line) + 1
        with (self.folder / name).open("ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
        return offsets, [len(line) for line in lines]

    def _write_pieces(self, pieces: list[Codes], rows: NDArray[Any]) -> None:
        rows["n_pieces"] = [len(each) for each in pieces]
        rows["first_piece"] = self._pieces_end + np.cumsum(rows["n_pieces"], dtype=np.int64) - rows["n_pieces"]
        append_codes(self.folder / _PIECES, np.concatenate(pieces), after=self._pieces_end)
        self._pieces_end += int(rows["n_pieces"].sum(dtype=np.int64))

    def _embed(self, documents: list[Document]) -> tuple[Floats, Floats, list[Codes]]:
        """Vectors of the claims and of claims with context, in one call, so that more are of one length; and pieces."""
        with_context = [i for i, document in enumerate(documents) if document.context]
        texts = [document.claim for document in documents] + [_whole(documents[i]) for i in with_context]
        pieces = [_NO_PIECES] * len(documents)
        if self._piece_space is not None and isinstance(self.embedder, PieceEmbedder):
            vectors, hidden = self.embedder.passages_in_pieces(texts)
            pieces = self._piece_space.passages(hidden[: len(documents)])
        else:
            vectors = self.embedder.passages(texts)
        claims = vectors[: len(documents)]
        wholes = claims.copy()
        wholes[with_context] = vectors[len(documents) :]
        languages = [document.language for document in documents]
        placed = self.space.passages(claims, languages, "claim"), self.space.passages(wholes, languages, "whole")
        return *placed, pieces

    def _language_code(self, language: str) -> int:
        names = self._state["languages"]
        if language not in names:
            self._state = {**self._state, "languages": [*names, language]}
        return int(self._state["languages"].index(language))

    def _bury(self, rows: list[int]) -> None:
        if not rows:
            return
        self._gather()
        self._rows["alive"][rows] = 0
        self.words.remove(rows)

    def _gather(self) -> None:
        if self._new_rows:
            self._rows = np.concatenate([self._rows, *self._new_rows])
            self._new_rows = []
        self._map()


def _keep_to_one(cores: "SimpleQueue[int]") -> None:
    """Keep this thread to a core of its own: woken together, threads were run on one core for most of a search."""
    with contextlib.suppress(Empty, OSError):
        os.sched_setaffinity(0, {cores.get_nowait()})


def _named(means: dict[str, Floats], kind: str) -> dict[str, Floats]:
    return {key.removeprefix(kind): mean for key, mean in means.items() if key.startswith(kind)}


def tidy(document: Document) -> Document:
    """The document as the index keeps it."""
    claim = normalise(document.claim) or normalise(document.context)
    return Document(document.doc_id, claim, normalise(document.context), primary(document.language))


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Tidied, each id once a batch, the last one said of it."""
    batch: dict[str, Document] = {}
    for document in documents:
        batch.pop(document.doc_id, None)
        batch[document.doc_id] = tidy(document)
        if len(batch) >= _BATCH:
            yield list(batch.values())
            batch = {}
    if batch:
        yield list(batch.values())


def _whole(document: Document) -> str:
    return f"{document.context[:_MAX_CONTEXT_CHARACTERS]} {document.claim}"


def _create(folder: Path, embedder: Embedder) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words").mkdir(exist_ok=True)
    space = measure_space(embedder)
    means = {f"p_{key}": mean for key, mean in space.passage_means.items()}
    means |= {f"q_{key}": mean for key, mean in space.query_means.items()}
    means |= {f"turn_{part}": turn for part, turn in space.turns.items()}
    np.savez(folder / "space.npz", **means)  # type: ignore[arg-type]  # the stub takes names for options
    np.save(folder / "rows-0.npy", np.zeros(0, dtype=_ROW))
    for name in (_DOCUMENTS, _READINGS, _PIECES, *(f"{part}.i8" for part in PARTS)):
        (folder / name).write_bytes(b"")
    meta = {
        "format": FORMAT,
        "embedder": embedder.name,
        "dimensions": embedder.dimensions,
        "generation": 0,
        "n_rows": 0,
        "reading": VERSION,
        "languages": [],
        "user": {},
    }
    _replace(folder / "meta.json", json.dumps(meta).encode())


def _map_bytes(path: Path, n_bytes: int) -> NDArray[np.uint8]:
    """The first bytes of a file, mapped."""
    if n_bytes == 0:
        return np.zeros(0, dtype=np.uint8)
    return np.memmap(path, dtype=np.uint8, mode="r", shape=(n_bytes,)).view(np.ndarray)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    with contextlib.suppress(OSError):  # not every file system syncs folders
        _sync(path.parent)
