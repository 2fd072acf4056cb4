"""The Store port over SQL that SQLite and PostgreSQL both speak."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Engine, Select, bindparam, func, select, update
from sqlalchemy.exc import DBAPIError

from kiemchung.errors import StoreError
from kiemchung.model import ClaimReview, Origin, StoredReview
from kiemchung.ports import Change
from kiemchung.store.content import decode
from kiemchung.store.identity import review_id
from kiemchung.store.merge import MAX_CANDIDATES, Held, Merge, keys_of
from kiemchung.store.schema import import_rejects, import_runs, origins, publishers, review_versions, reviews, state

#: Values in one IN list; SQLite takes 32,766.
_CHUNK = 2_000
_PAGE = 1_000

_T = TypeVar("_T")


class SqlStore:
    """Published checks in a database. One writer at a time, many readers; every call is one transaction."""

    def __init__(self, engine: Engine, where: str, explain: Callable[[Exception, str], str]) -> None:
        """Use an engine whose schema is current; `where` names it in errors, which `explain` puts into words."""
        self._engine = engine
        self._where = where
        self._explain = explain
        self._writer = threading.Lock()

    def put_reviews(self, incoming: Iterable[tuple[ClaimReview, Origin]]) -> list[Change]:
        """Store checks in one transaction; repeating it changes nothing."""
        batch = list(incoming)
        if not batch:
            return []
        with self._write() as connection:
            last_change = connection.execute(select(state.c.last_change)).scalar_one()
            ids = [review_id(review) for review, _ in batch]
            held = _load_held(connection, set(ids))
            new = [review for identity, (review, _) in zip(ids, batch, strict=True) if identity not in held]
            merge = Merge(held.values(), _load_candidates(connection, new), last_change)
            changes = [merge.put(identity, *check) for identity, check in zip(ids, batch, strict=True)]
            _write_merge(connection, merge)
        return changes

    def get_reviews(self, review_ids: Sequence[str]) -> dict[str, StoredReview]:
        """The current versions, by id; unknown ids are left out."""
        with self._read() as connection:
            return _stored(connection, review_ids)

    def get_versions(self, review_id: str) -> list[ClaimReview]:
        """Every text that a check ever had, the first one first; empty for an unknown id."""
        query = (
            select(review_versions.c.content)
            .where(review_versions.c.review_id == review_id)
            .order_by(review_versions.c.version)
        )
        with self._read() as connection:
            return [decode(content) for (content,) in connection.execute(query)]

    def iter_reviews(self, *, changed_since: int = 0) -> Iterator[tuple[int, StoredReview]]:
        """All current checks in the order of their change numbers; twins come with the check that they are shown under.

        Reads in pages, so a writer is not held up and memory stays bounded.
        """
        query = (
            select(reviews.c.review_id, reviews.c.change)
            .where(reviews.c.change > bindparam("since"), reviews.c.twin_of.is_(None))
            .order_by(reviews.c.change)
            .limit(_PAGE)
        )
        while True:
            with self._read() as connection:
                page = connection.execute(query, {"since": changed_since}).all()
                found = _stored(connection, [row.review_id for row in page])
            for row in page:
                yield row.change, found[row.review_id]
            if len(page) < _PAGE:
                return
            changed_since = page[-1].change

    def ids_of_publisher(self, site: str) -> list[str]:
        """The ids of one publisher's checks, the newest by its own dates first, undated ones last; twins left out."""
        query = _held_query().where(reviews.c.publisher_site == site, reviews.c.twin_of.is_(None))
        with self._read() as connection:
            dated = [(decode(row.content).published or "", row.review_id) for row in connection.execute(query)]
        return [review_id for _, review_id in sorted(dated, reverse=True)]

    def summary(self) -> dict[str, Any]:
        """`n_reviews`, `n_publishers`, `as_of` (ISO 8601 or None), `last_change`; cheap at any size."""
        with self._read() as connection:
            last_change, as_of = connection.execute(_STATE).one()
            n_publishers, n_reviews = connection.execute(_TOTALS).one()
        return {
            "n_reviews": int(n_reviews),
            "n_publishers": int(n_publishers),
            "as_of": as_of,
            "last_change": int(last_change),
        }

    def import_position(self, source: str, content_hash: str) -> int:
        """How many records of an interrupted import were taken in; 0 for an unknown or a finished one."""
        query = select(import_runs.c.position).where(
            import_runs.c.source == source,
            import_runs.c.content_hash == content_hash,
            import_runs.c.finished.is_(False),
        )
        with self._read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def note_import(
        self,
        source: str,
        content_hash: str,
        *,
        position: int,
        finished: bool,
        imported_at: str,
        rejects: Mapping[str, int],
    ) -> None:
        """Write down how far an import came and what it rejected so far, by reason."""
        key = {"source": source, "content_hash": content_hash}
        with self._write() as connection:
            connection.execute(import_rejects.delete().filter_by(**key))
            connection.execute(import_runs.delete().filter_by(**key))
            connection.execute(
                import_runs.insert(), {**key, "position": position, "finished": finished, "imported_at": imported_at}
            )
            rows = [{**key, "reason": reason, "n_records": n} for reason, n in sorted(rejects.items())]
            if rows:
                connection.execute(import_rejects.insert(), rows)

    def rejected(self) -> dict[str, int]:
        """Records rejected over all imports, by reason."""
        query = select(import_rejects.c.reason, func.sum(import_rejects.c.n_records)).group_by(import_rejects.c.reason)
        with self._read() as connection:
            return {reason: int(n) for reason, n in connection.execute(query.order_by(import_rejects.c.reason))}

    def close(self) -> None:
        """Give the files back; what was stored stays."""
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._errors(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with (
            self._writer,
            self._errors(),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise StoreError(self._explain(error, self._where)) from error


def _chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    every = list(values)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]


def _held_query() -> Select[Any]:
    return select(
        reviews,
        review_versions.c.content,
        review_versions.c.content_hash,
    ).join(
        review_versions,
        (review_versions.c.review_id == reviews.c.review_id) & (review_versions.c.version == reviews.c.version),
    )


# Statements of every answer, built once: building one takes longer than running it.
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_HELD = _held_query().where(reviews.c.review_id.in_(_IDS))
_TWINS = select(reviews.c.review_id, reviews.c.twin_of).where(reviews.c.twin_of.in_(_IDS)).order_by(reviews.c.change)
_ORIGINS = select(origins).where(origins.c.review_id.in_(_IDS)).order_by(origins.c.imported_at, origins.c.source)
_STATE = select(state.c.last_change, state.c.as_of)
_TOTALS = select(func.count(), func.coalesce(func.sum(publishers.c.n_reviews), 0)).select_from(publishers)


def _as_held(row: Any) -> Held:
    names = ("review_id", "version", "change", "twin_of", "publisher_site", "url_key", "title_key", "day_key")
    older = row.version - 1
    return Held(
        **{name: getattr(row, name) for name in names},
        hashes=[""] * older + [row.content_hash],
        contents=[None] * older + [row.content],
        n_stored_versions=row.version,
    )


def _load_held(connection: Connection, ids: set[str]) -> dict[str, Held]:
    """The checks with these ids, whole: every version's hash, every origin."""
    held: dict[str, Held] = {}
    for chunk in _chunks(sorted(ids)):
        for row in connection.execute(_HELD, {"ids": chunk}):
            held[row.review_id] = _as_held(row)
        found = [i for i in chunk if i in held]
        versions = select(review_versions.c.review_id, review_versions.c.version, review_versions.c.content_hash)
        for row in connection.execute(
            versions.where(review_versions.c.review_id.in_(found)).order_by(review_versions.c.version)
        ):
            _note_version(held[row.review_id], row.version, row.content_hash)
    _load_origins(connection, held)
    return held


def _load_origins(connection: Connection, held: dict[str, Held]) -> None:
    for chunk in _chunks(sorted(held)):
        for row in connection.execute(select(origins).where(origins.c.review_id.in_(chunk))):
            held[row.review_id].origins[row.source] = (row.licence, row.content_hash, row.imported_at)


def _note_version(row: Held, version: int, hash_: str) -> None:
    if version <= len(row.hashes):
        row.hashes[version - 1] = hash_
    else:
        row.hashes.append(hash_)
        row.contents.append(None)
    row.n_stored_versions = len(row.hashes)


def _load_candidates(connection: Connection, new: list[ClaimReview]) -> list[Held]:
    """Checks that share an address, a title or a day with new ones; crowded keys say nothing and are left out."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for review in new:
        for name, key in zip(("url_key", "title_key", "day_key"), keys_of(review), strict=True):
            if key:
                wanted[name].add(key)
    found: dict[str, Held] = {}
    for name, keys in wanted.items():
        column = reviews.c[name]
        for chunk in _chunks(sorted(keys)):
            few = select(column).where(column.in_(chunk)).group_by(column).having(func.count() <= MAX_CANDIDATES)
            useful = list(connection.execute(few).scalars())
            for part in _chunks(useful):
                for row in connection.execute(_held_query().where(column.in_(part)).order_by(reviews.c.change)):
                    found.setdefault(row.review_id, _as_held(row))
    _load_origins(connection, found)
    return sorted(found.values(), key=lambda row: row.change)


def _write_merge(connection: Connection, merge: Merge) -> None:
    rows = [row for row in merge.held.values() if row.is_dirty]
    _execute(connection, reviews.insert(), [_review_row(row) for row in rows if row.is_new and not row.twin_of])
    _execute(connection, reviews.insert(), [_review_row(row) for row in rows if row.is_new and row.twin_of])
    _execute(
        connection,
        update(reviews).where(reviews.c.review_id == bindparam("key")),
        [_review_row(row, key="key") for row in rows if not row.is_new],
    )
    _execute(connection, review_versions.insert(), [version for row in rows for version in _version_rows(row)])
    _write_origins(connection, merge)
    _write_counts(connection, merge)


def _review_row(row: Held, key: str = "review_id") -> dict[str, Any]:
    names = ("version", "change", "twin_of", "publisher_site", "url_key", "title_key", "day_key")
    return {key: row.review_id} | {name: getattr(row, name) for name in names}


def _version_rows(row: Held) -> Iterator[dict[str, Any]]:
    for index in range(row.n_stored_versions, len(row.hashes)):
        yield {
            "review_id": row.review_id,
            "version": index + 1,
            "content_hash": row.hashes[index],
            "content": row.contents[index],
        }


def _write_origins(connection: Connection, merge: Merge) -> None:
    def lines(row: Held, sources: set[str], id_: str, source_: str) -> Iterator[dict[str, Any]]:
        for source in sorted(sources):
            licence, hash_, imported_at = row.origins[source]
            yield {
                id_: row.review_id,
                source_: source,
                "licence": licence,
                "content_hash": hash_,
                "imported_at": imported_at,
            }

    rows = list(merge.held.values())
    _execute(
        connection,
        origins.insert(),
        [line for row in rows for line in lines(row, row.new_origins, "review_id", "source")],
    )
    _execute(
        connection,
        update(origins).where(origins.c.review_id == bindparam("key"), origins.c.source == bindparam("from_source")),
        [line for row in rows for line in lines(row, row.dirty_origins - row.new_origins, "key", "from_source")],
    )


def _write_counts(connection: Connection, merge: Merge) -> None:
    touched = [row.origins[source][2] for row in merge.held.values() for source in row.new_origins | row.dirty_origins]
    if touched:
        as_of = connection.execute(select(state.c.as_of)).scalar()
        newest = max([*touched, as_of] if as_of else touched)
        connection.execute(update(state).values(last_change=merge.last_change, as_of=newest))
    sites = sorted(site for site, more in merge.moved.items() if more)
    known: dict[str, int] = {}
    for chunk in _chunks(sites):
        query = select(publishers).where(publishers.c.site.in_(chunk))
        known |= {row.site: row.n_reviews for row in connection.execute(query)}
    _execute(
        connection,
        publishers.insert(),
        [{"site": site, "n_reviews": merge.moved[site]} for site in sites if site not in known],
    )
    _execute(
        connection,
        update(publishers).where(publishers.c.site == bindparam("key")),
        [{"key": site, "n_reviews": n + merge.moved[site]} for site, n in known.items()],
    )


def _execute(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _stored(connection: Connection, review_ids: Sequence[str]) -> dict[str, StoredReview]:
    found: dict[str, StoredReview] = {}
    for chunk in _chunks(review_ids):
        rows = connection.execute(_HELD, {"ids": chunk}).all()
        shown_under = {row.review_id: row.twin_of for row in rows}
        twins: dict[str, list[str]] = {i: [twin] if twin else [] for i, twin in shown_under.items()}
        for twin, primary in connection.execute(_TWINS, {"ids": chunk}):
            twins[primary].append(twin)
        members = {i for row in rows for i in (row.review_id, *(twins[row.review_id] if not row.twin_of else ()))}
        sources = _origins(connection, members)
        for row in rows:
            ids = [row.review_id, *(twins[row.review_id] if not row.twin_of else ())]
            found[row.review_id] = StoredReview(
                row.review_id,
                row.version,
                decode(row.content),
                tuple(origin for i in ids for origin in sources.get(i, ())),
                tuple(twins[row.review_id]),
            )
    return {i: found[i] for i in review_ids if i in found}


def _origins(connection: Connection, ids: set[str]) -> dict[str, list[Origin]]:
    found: dict[str, list[Origin]] = defaultdict(list)
    for chunk in _chunks(sorted(ids)):
        for row in connection.execute(_ORIGINS, {"ids": chunk}):
            found[row.review_id].append(Origin(row.source, row.licence, row.imported_at))
    return found
