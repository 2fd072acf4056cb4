"""A SQLite store for one short question: it reads by plain SQL, and opens the whole store for anything else.

SQLAlchemy takes longer to load than anything else in `kiemchung check`; a command that only looks checks up does
without.
"""

import contextlib
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kiemchung.model import ClaimReview, Origin, StoredReview
from kiemchung.ports import Change, Store
from kiemchung.store.content import decode
from kiemchung.store.revision import REVISION

_MANY = 500  # ids asked for at once; SQLite allows 999 places in older builds


def open_quick(path: Path, open_whole: Callable[[], Store]) -> Store:
    """The quick store over a database of this version; the whole one where it is missing, older or troubled."""
    if not path.is_file():
        return open_whole()
    try:
        connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if connection.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISION,):
            return QuickSqliteStore(connection, open_whole)
        connection.close()
    except sqlite3.Error:
        with contextlib.suppress(NameError, sqlite3.Error):
            connection.close()
    return open_whole()  # says in words what is wrong


class QuickSqliteStore:
    """See the module; one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, open_whole: Callable[[], Store]) -> None:
        self._connection = connection
        self._open_whole = open_whole
        self._whole: Store | None = None

    def get_reviews(self, review_ids: Sequence[str]) -> dict[str, StoredReview]:
        """The current versions, by id; unknown ids are left out."""
        found: dict[str, StoredReview] = {}
        for start in range(0, len(review_ids), _MANY):
            found |= self._stored(review_ids[start : start + _MANY])
        return {each: found[each] for each in review_ids if each in found}

    def _stored(self, ids: Sequence[str]) -> dict[str, StoredReview]:
        rows = self._rows(
            "SELECT r.review_id, r.version, r.twin_of, v.content FROM reviews r"
            " JOIN review_versions v ON v.review_id = r.review_id AND v.version = r.version WHERE r.review_id IN",
            ids,
        )
        twins: dict[str, list[str]] = {review_id: [twin_of] if twin_of else [] for review_id, _, twin_of, _ in rows}
        listed = {review_id: [review_id] for review_id in twins}
        for twin, shown in self._rows(
            "SELECT review_id, twin_of FROM reviews WHERE twin_of IN", ids, "ORDER BY change"
        ):
            twins[shown].append(twin)
            listed[shown].append(twin)
        origins = self._origins(sorted({each for members in listed.values() for each in members}))
        return {
            review_id: StoredReview(
                review_id,
                version,
                decode(content),
                tuple(origin for each in listed[review_id] for origin in origins[each]),
                tuple(twins[review_id]),
            )
            for review_id, version, _, content in rows
        }

    def _origins(self, ids: Sequence[str]) -> dict[str, list[Origin]]:
        origins: dict[str, list[Origin]] = defaultdict(list)
        query = "SELECT review_id, source, licence, imported_at FROM origins WHERE review_id IN"
        for review_id, source, licence, imported_at in self._rows(query, ids, "ORDER BY imported_at, source"):
            origins[review_id].append(Origin(source, licence, imported_at))
        return origins

    def _rows(self, query: str, ids: Sequence[str], order: str = "") -> list[Any]:
        places = ",".join("?" * len(ids))
        return self._connection.execute(f"{query} ({places}) {order}", list(ids)).fetchall()

    def summary(self) -> dict[str, Any]:
        """`n_reviews`, `n_publishers`, `as_of` (ISO 8601 or None), `last_change`."""
        last_change, as_of = self._connection.execute("SELECT last_change, as_of FROM state").fetchone()
        n_publishers, n_reviews = self._connection.execute(
            "SELECT count(*), coalesce(sum(n_reviews), 0) FROM publishers"
        ).fetchone()
        return {"n_reviews": n_reviews, "n_publishers": n_publishers, "as_of": as_of, "last_change": last_change}

    def close(self) -> None:
        """Give the files back."""
        self._connection.close()
        if self._whole is not None:
            self._whole.close()

    # Everything else is done by the whole store.

    def whole(self) -> Store:
        """The whole store, opened when first asked for."""
        if self._whole is None:
            self._whole = self._open_whole()
        return self._whole

    def put_reviews(self, reviews: Iterable[tuple[ClaimReview, Origin]]) -> list[Change]:
        """See Store."""
        return self.whole().put_reviews(reviews)

    def iter_reviews(self, *, changed_since: int = 0) -> Iterator[tuple[int, StoredReview]]:
        """See Store."""
        return self.whole().iter_reviews(changed_since=changed_since)

    def ids_of_publisher(self, site: str) -> list[str]:
        """See Store."""
        return self.whole().ids_of_publisher(site)

    def get_versions(self, review_id: str) -> list[ClaimReview]:
        """See Store."""
        return self.whole().get_versions(review_id)

    def import_position(self, source: str, content_hash: str) -> int:
        """See Store."""
        return self.whole().import_position(source, content_hash)

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
        """See Store."""
        self.whole().note_import(
            source, content_hash, position=position, finished=finished, imported_at=imported_at, rejects=rejects
        )

    def rejected(self) -> dict[str, int]:
        """See Store."""
        return self.whole().rejected()
