"""What of the commons is public, row by row, out of one state of the database; for exports of any size.

Nothing here reads a key: neither writers nor raters come out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, case, func, select

from kiemchung.model import Note, NoteState, NoteStatus, Request, ScoringRun, StatusChange
from kiemchung.ports import RatingCounts
from kiemchung.store.contributions import note_of_row, note_query, request_of_row
from kiemchung.store.contributions_schema import notes, ratings, requests, scores, scoring_runs, status_changes

#: Rows that the driver hands over at once.
_PAGE = 2_000


class SqlPublicRecords:
    """The PublicRecords port over an open transaction."""

    def __init__(self, connection: Connection) -> None:
        """Read through a connection; all of it sees one state."""
        self._connection = connection

    def requests(self) -> Iterator[Request]:
        """Every request, by id."""
        for row in self._rows(select(requests).order_by(requests.c.request_id)):
            yield request_of_row(row)

    def notes(self) -> Iterator[Note]:
        """Every note, by id, tombstones too."""
        for row in self._rows(note_query().order_by(notes.c.note_id)):
            yield note_of_row(row)

    def status_changes(self) -> Iterator[StatusChange]:
        """Every change of a status, by note and run."""
        for row in self._rows(select(status_changes).order_by(status_changes.c.note_id, status_changes.c.run_id)):
            before = None if row.before is None else NoteStatus(row.before)
            yield StatusChange(row.note_id, row.run_id, before, NoteStatus(row.after), row.rule, row.at)

    def runs(self) -> Iterator[ScoringRun]:
        """Every scoring run, the oldest first."""
        for row in self._rows(select(scoring_runs).order_by(scoring_runs.c.finished_at, scoring_runs.c.run_id)):
            yield ScoringRun(**row._mapping)

    def rating_counts(self) -> Iterator[RatingCounts]:
        """How open notes were rated, as exact counts; what is published of them is decided by who asks."""

        def level(value: int) -> Any:
            return func.sum(case((ratings.c.level == value, 1), else_=0))

        query = (
            select(ratings.c.note_id, scores.c.locked, level(2), level(1), level(0))
            .join(notes, notes.c.note_id == ratings.c.note_id)
            .outerjoin(scores, scores.c.note_id == ratings.c.note_id)
            .where(notes.c.state == NoteState.OPEN)
            .group_by(ratings.c.note_id, scores.c.locked)
            .order_by(ratings.c.note_id)
        )
        for note_id, locked, helpful, somewhat, not_helpful in self._rows(query):
            yield RatingCounts(note_id, bool(locked), int(helpful), int(somewhat), int(not_helpful))

    def _rows(self, query: Any) -> Iterator[Any]:
        with self._connection.execution_options(yield_per=_PAGE).execute(query) as result:
            yield from result


@contextmanager
def read_public(engine: Engine) -> Iterator[SqlPublicRecords]:
    """One state of the database for as long as the block runs; writers are not held up."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's transactions see one state as they are
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield SqlPublicRecords(connection)
