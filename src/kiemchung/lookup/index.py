"""The lookup index: published claims by words and by meaning, in a folder that can be rebuilt from the store.

Everything is appended and then made valid at once by replacing `meta.json`; what an interrupted run left behind the
counts in there is cut off by the next writer.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from kiemchung.errors import LookupIndexError
from kiemchung.lookup.centre import OTHER, PRIOR_DOCUMENTS, neutral_means, unit
from kiemchung.lookup.vectors import VectorFile, dots
from kiemchung.lookup.words_index import WordsIndex, primary
from kiemchung.ports import Embedder
from kiemchung.text import normalise

Floats = NDArray[np.float32]
FORMAT = 1
_REBUILD = "run `kiemchung index` to build it anew"
_BATCH = 256
_MAX_CONTEXT_CHARACTERS = 300  # one or two sentences; more would drown the claim and costs embedding time
_ROW = np.dtype(
    [
        ("offset", "<i8"),
        ("length", "<i4"),
        ("language", "<i2"),
        ("alive", "u1"),
        ("claim_scale", "<f4"),
        ("whole_scale", "<f4"),
        ("claim_norm", "<f4"),
        ("whole_norm", "<f4"),
    ]
)
_PARTS = ("claim", "whole")


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


class LookupIndex:
    """Documents by row. Use `open`; one process writes at a time, any number read."""

    def __init__(self, folder: Path, embedder: Embedder, meta: dict[str, Any]) -> None:
        self.folder = folder
        self.embedder = embedder
        self._state = meta
        self.meta: dict[str, Any] = meta["user"]
        self.words = WordsIndex(folder / "words")
        self._lock: IO[str] | None = None
        self._rows_by_id: dict[str, int] = {}
        self._new_rows: list[NDArray[Any]] = []
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
        """See what another process committed since; cheap when nothing changed."""
        if self._lock is not None:
            return
        state = json.loads((self.folder / "meta.json").read_text("utf-8"))
        if state["generation"] != self._state["generation"]:
            self._state, self.meta = state, state["user"]
            self.words.reload()
            self._load()

    def doc_ids(self) -> Iterator[str]:
        """The ids of all documents, in the order of their rows."""
        for row in np.flatnonzero(self._rows["alive"]):
            yield self.document(int(row)).doc_id

    def document(self, row: int) -> Document:
        """The document of a row."""
        start = int(self._rows["offset"][row])
        raw = self._texts[start : start + int(self._rows["length"][row])].tobytes()
        return Document(*json.loads(raw))

    # Writing

    def upsert(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> None:
        """Embed and index documents; one with a known id replaces the old one. `progress` gets the rows done so far.

        Nothing counts before `commit`.
        """
        self._begin()
        done = 0
        batch: dict[str, Document] = {}
        for document in documents:
            batch.pop(document.doc_id, None)
            batch[document.doc_id] = document
            if len(batch) >= _BATCH:
                done += self._append(list(batch.values()))
                batch = {}
                if progress is not None:
                    progress(done)
        if batch:
            done += self._append(list(batch.values()))
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
        self._centre()
        for name in ("documents.jsonl", *(f"{part}.i8" for part in _PARTS)):
            _sync(self.folder / name)
        np.save(self.folder / f"rows-{generation}.npy", self._rows)
        np.savez(self.folder / f"means-{generation}.npz", **self._sums)
        self.words.commit()
        state = {**self._state, "generation": generation, "n_rows": len(self._rows), "user": self.meta}
        _replace(self.folder / "meta.json", json.dumps(state, ensure_ascii=False).encode())
        self._state = state
        self._map()
        for kind in ("rows-*.npy", "means-*.npz"):
            for path in self.folder.glob(kind):
                if int(path.stem.split("-")[1]) < generation - 1:  # the last one may still be read
                    path.unlink(missing_ok=True)

    # Searching

    @property
    def languages(self) -> list[str]:
        """Languages by their number in the rows."""
        names: list[str] = self._state["languages"]
        return names

    @property
    def language_codes(self) -> NDArray[np.int16]:
        """int16[n_rows]: the number of each row's language in `languages`."""
        return np.asarray(self._rows["language"])

    @property
    def alive(self) -> NDArray[np.bool_]:
        """bool[n_rows]: rows that were neither replaced nor deleted."""
        return np.asarray(self._rows["alive"] == 1)

    def language_code(self, language: str) -> int:
        """The number of a language, -1 for one that no document has."""
        return self.languages.index(language) if language in self.languages else -1

    def query_vectors(self, texts: Sequence[str], languages: Sequence[str]) -> Floats:
        """Vectors of messages without the mean of their language, length 1."""
        vectors = self.embedder.queries(list(texts)).astype(np.float32)
        means = np.stack([self._query_means.get(primary(name), self._query_means[OTHER]) for name in languages])
        return unit(vectors - means)

    def cosines(self, vectors: Floats, part: str) -> Floats:
        """float32[n_queries, n_rows]: centred cosines with the rows' claims, or with claim and context (`whole`).

        Dead rows have -2.
        """
        rows = self._rows
        found = dots(self._codes[part], rows[f"{part}_scale"], vectors)
        found += (vectors @ self._offsets[part].T)[:, rows["language"]]
        found /= rows[f"{part}_norm"]
        found[:, rows["alive"] == 0] = -2
        return found

    # Inner parts

    def _load(self) -> None:
        generation, n_rows = self._state["generation"], self._state["n_rows"]
        self._rows = np.load(self.folder / f"rows-{generation}.npy")
        with np.load(self.folder / f"means-{generation}.npz") as sums:
            self._sums = dict(sums)
        with np.load(self.folder / "neutral.npz") as neutral:
            self._passage_means = {key[2:]: neutral[key] for key in neutral if key.startswith("p_")}
            self._query_means = {key[2:]: neutral[key] for key in neutral if key.startswith("q_")}
        if len(self._rows) != n_rows:
            raise ValueError(f"{len(self._rows)} rows where {n_rows} were written")
        origin = self._passage_means[OTHER]
        self._files = {p: VectorFile(self.folder / f"{p}.i8", self.embedder.dimensions, origin) for p in _PARTS}
        self._map()
        self._compute_offsets()

    def _map(self) -> None:
        n_rows = len(self._rows)
        self._codes = {part: file.open(n_rows) for part, file in self._files.items()}
        path = self.folder / "documents.jsonl"
        self._texts = np.memmap(path, dtype=np.uint8, mode="r") if n_rows else np.zeros(0, dtype=np.uint8)

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
        end = int((self._rows["offset"] + self._rows["length"]).max()) if len(self._rows) else 0
        with (self.folder / "documents.jsonl").open("ab") as file:
            file.truncate(end)
        self._end = end
        self.words.remove_from(len(self._rows))
        alive = np.flatnonzero(self._rows["alive"])
        self._rows_by_id = {self.document(int(row)).doc_id: int(row) for row in alive}

    def _append(self, documents: list[Document]) -> int:
        documents = [_tidy(document) for document in documents]
        n_rows = len(self._rows) + sum(len(rows) for rows in self._new_rows)
        old = [self._rows_by_id[d.doc_id] for d in documents if d.doc_id in self._rows_by_id]
        self._bury(old)
        rows = np.zeros(len(documents), dtype=_ROW)
        self._write_texts(documents, rows)
        claims, wholes = self._embed(documents)
        for part, vectors in (("claim", claims), ("whole", wholes)):
            rows[f"{part}_scale"] = self._files[part].append(vectors, n_rows=n_rows)
        rows["alive"] = 1
        rows["language"] = [self._language_code(document.language) for document in documents]
        self._new_rows.append(rows)
        self._rows_by_id.update((document.doc_id, n_rows + i) for i, document in enumerate(documents))
        texts = (f"{document.claim} {document.context}" for document in documents)
        languages = (document.language for document in documents)
        self.words.add(zip(range(n_rows, n_rows + len(documents)), texts, languages, strict=True))
        return len(documents)

    def _write_texts(self, documents: list[Document], rows: NDArray[Any]) -> None:
        with (self.folder / "documents.jsonl").open("ab") as file:
            for i, document in enumerate(documents):
                fields = (document.doc_id, document.claim, document.context, document.language)
                line = json.dumps(fields, ensure_ascii=False).encode()
                file.write(line + b"\n")
                rows["offset"][i], rows["length"][i] = self._end, len(line)
                self._end += len(line) + 1

    def _embed(self, documents: list[Document]) -> tuple[Floats, Floats]:
        claims = self.embedder.passages([document.claim for document in documents])
        wholes = claims.copy()
        with_context = [i for i, document in enumerate(documents) if document.context]
        if with_context:
            wholes[with_context] = self.embedder.passages([_whole(documents[i]) for i in with_context])
        return claims, wholes

    def _language_code(self, language: str) -> int:
        names = self._state["languages"]
        if language not in names:
            self._state = {**self._state, "languages": [*names, language]}
        return int(self._state["languages"].index(language))

    def _bury(self, rows: list[int]) -> None:
        self._gather()
        self._rows["alive"][rows] = 0
        self.words.remove(rows)

    def _gather(self) -> None:
        if self._new_rows:
            self._rows = np.concatenate([self._rows, *self._new_rows])
            self._new_rows = []
        self._map()

    def _centre(self) -> None:
        """Means per language from the living rows, and each row's length without its language's mean."""
        for part in _PARTS:
            sums = np.zeros((len(self.languages), self.embedder.dimensions))
            for rows, vectors in self._decoded(part):
                np.add.at(sums, rows["language"][rows["alive"] == 1], vectors[rows["alive"] == 1])
            self._sums[part] = sums
        alive = self._rows[self._rows["alive"] == 1]
        self._sums["counts"] = np.bincount(alive["language"], minlength=len(self.languages))
        self._compute_offsets()
        for part in _PARTS:
            done = 0
            for rows, vectors in self._decoded(part):
                centred = vectors + self._offsets[part][rows["language"]]
                lengths = np.maximum(np.linalg.norm(centred, axis=1), 1e-6)
                self._rows[f"{part}_norm"][done : done + len(rows)] = lengths
                done += len(rows)

    def _decoded(self, part: str) -> Iterator[tuple[NDArray[Any], Floats]]:
        """Rows in blocks with their vectors minus the origin."""
        codes = self._codes[part]
        for start in range(0, len(self._rows), 8192):
            rows = self._rows[start : start + 8192]
            yield rows, codes[start : start + 8192].astype(np.float32) * rows[f"{part}_scale"][:, None]

    def _compute_offsets(self) -> None:
        """float32[n_languages, dimensions]: origin minus the language's mean.

        The mean is drawn to the neutral one where a language has few documents; the topic of the whole index, which
        shows in how far all its languages lie from their neutral means, is part of that neutral one.
        """
        origin = self._passage_means[OTHER]
        neutral = np.stack([self._passage_means.get(name, origin) - origin for name in self.languages] or [origin * 0])
        self._offsets = {}
        counts = self._sums["counts"][:, None]
        for part in _PARTS:
            topic = (self._sums[part] - counts * neutral).sum(axis=0) / (counts.sum() + PRIOR_DOCUMENTS)
            means = (self._sums[part] + PRIOR_DOCUMENTS * (neutral + topic)) / (counts + PRIOR_DOCUMENTS)
            self._offsets[part] = -means.astype(np.float32)


def _tidy(document: Document) -> Document:
    claim = normalise(document.claim) or normalise(document.context)
    return Document(document.doc_id, claim, normalise(document.context), primary(document.language))


def _whole(document: Document) -> str:
    return f"{document.context[:_MAX_CONTEXT_CHARACTERS]} {document.claim}"


def _create(folder: Path, embedder: Embedder) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words").mkdir(exist_ok=True)
    passages, queries = neutral_means(embedder)
    named = {f"p_{key}": mean for key, mean in passages.items()} | {f"q_{key}": mean for key, mean in queries.items()}
    np.savez(folder / "neutral.npz", **named)  # type: ignore[arg-type]  # numpy's stub takes the names for options
    np.save(folder / "rows-0.npy", np.zeros(0, dtype=_ROW))
    nothing = np.zeros((0, embedder.dimensions))
    np.savez(folder / "means-0.npz", claim=nothing, whole=nothing, counts=np.zeros(0, dtype=np.int64))
    for name in ("documents.jsonl", *(f"{part}.i8" for part in _PARTS)):
        (folder / name).write_bytes(b"")
    meta = {
        "format": FORMAT,
        "embedder": embedder.name,
        "dimensions": embedder.dimensions,
        "generation": 0,
        "n_rows": 0,
        "languages": [],
        "user": {},
    }
    _replace(folder / "meta.json", json.dumps(meta).encode())


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
