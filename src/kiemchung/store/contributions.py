"""The Contributions port over SQL that SQLite and PostgreSQL both speak."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from functools import cached_property, partial
from itertools import chain
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Select, Update, and_, bindparam, delete, func, insert, or_, select, text, update

from kiemchung.model import (
    HELPFUL_TAGS,
    NOT_HELPFUL_TAGS,
    Level,
    LogEvent,
    Note,
    NoteDraft,
    NoteScore,
    NoteState,
    NoteStatus,
    Rating,
    Request,
    ScoringRun,
    Source,
    StatusChange,
)
from kiemchung.ports import Desk, PendingEvent, PublicRecords, RatableNote, RatingColumns, Redaction, RequestRedaction
from kiemchung.store.contributions_schema import (
    accounts,
    asks,
    notes,
    ratings,
    redactions,
    request_redactions,
    requests,
    scores,
    scoring_runs,
    site,
    status_changes,
)
from kiemchung.store.database import Database
from kiemchung.store.outbox import forget_events, pending_events, put_events

_LEVELS = (Level.NOT, Level.SOMEWHAT, Level.HELPFUL)
_PAGE = 10_000
_T = TypeVar("_T")

#: What a rating costs is mostly making its statements, so they are made once. A note that is open and not locked takes
#: ratings; the condition stands in each statement, and its rows tell whether it held.
_TAKES_RATINGS = (
    "EXISTS (SELECT 1 FROM notes LEFT JOIN scores ON scores.note_id = notes.note_id"
    " WHERE notes.note_id = :note_id AND notes.state = 'open' AND COALESCE(scores.locked, FALSE) = FALSE)"
)
_NOT_OWN = "AND NOT EXISTS (SELECT 1 FROM notes WHERE notes.note_id = :note_id AND notes.writer_key = :author)"
_HELD = "WHERE note_id = :note_id AND rater_key = :rater_key AND"
_NEW_RATING = text(
    "INSERT INTO ratings (note_id, rater_key, level, tags, not_tags, day)"
    " SELECT CAST(:note_id AS VARCHAR(20)), :rater_key, :level, :tags, :not_tags, :day"
    f" WHERE {_TAKES_RATINGS} {_NOT_OWN} ON CONFLICT (note_id, rater_key) DO NOTHING"
)
_CHANGED_RATING = text(
    "UPDATE ratings SET level = :level, tags = :tags, not_tags = :not_tags, day = :day"  # noqa: S608  constants only
    f" {_HELD} {_TAKES_RATINGS} {_NOT_OWN}"
)
_GONE_RATING = text(f"DELETE FROM ratings {_HELD} {_TAKES_RATINGS}")  # noqa: S608  constants only
_COUNT = text("UPDATE notes SET n_ratings = n_ratings + :more WHERE note_id = :note_id")
_WROTE = select(notes.c.note_id).where(
    notes.c.note_id == bindparam("note_id"), notes.c.writer_key == bindparam("writer_key")
)
_SITE_KEYS = select(site.c.key).where(site.c.value != "")


class SqlContributions:
    """What people contribute, in a database. Every call is one transaction."""

    def __init__(self, database: Database, today: Callable[[], str]) -> None:
        """Use a database whose schema is current; `today` gives the ISO date, for pauses."""
        self._database = database
        self._today = today
        self._scoring_version = self._notes_version = 0
        self._counting = Lock()

    # codenames

    def add_account(self, verifier: bytes) -> None:
        """Keep a new codename's verifier."""
        self._database.write(lambda c: c.execute(insert(accounts).values(verifier=verifier)))

    def has_account(self, verifier: bytes) -> bool:
        """Whether this codename exists and is not paused; one look-up, equal work either way."""
        query = select(func.count()).where(
            accounts.c.verifier == verifier,
            or_(accounts.c.paused_until.is_(None), accounts.c.paused_until <= self._today()),
        )
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar())

    def pause_account(self, verifier: bytes, until_day: str) -> None:
        """Let nobody in with this codename until a day, its owner's wish."""
        change = update(accounts).where(accounts.c.verifier == verifier).values(paused_until=until_day)
        self._database.write(lambda c: c.execute(change))

    def delete_account(self, verifier: bytes) -> None:
        """Forget a codename (G15); what hangs on other keys stays."""
        self._database.write(lambda c: c.execute(delete(accounts).where(accounts.c.verifier == verifier)), tidy=True)

    def delete_contributions(
        self, rater: bytes, author: bytes, log: Callable[[Sequence[str]], Sequence[LogEvent]]
    ) -> None:
        """Remove a leaver's ratings and withdraw the notes; `log` is handed their ids."""

        def change(connection: Connection) -> None:
            rated = select(ratings.c.note_id).where(ratings.c.rater_key == rater)
            connection.execute(update(notes).where(notes.c.note_id.in_(rated)).values(n_ratings=notes.c.n_ratings - 1))
            connection.execute(delete(ratings).where(ratings.c.rater_key == rater))
            own = and_(notes.c.writer_key == author, notes.c.state == NoteState.OPEN)
            put_events(connection, log(sorted(connection.execute(select(notes.c.note_id).where(own)).scalars())))
            connection.execute(update(notes).where(own).values(state=NoteState.WITHDRAWN, content=None))

        self._scored_write(change, notes=True, tidy=True)

    # requests

    def put_request(self, request: Request, log: Sequence[LogEvent] = ()) -> None:
        """Keep a new request."""

        def change(connection: Connection) -> None:
            connection.execute(insert(requests).values(**asdict(request), answered=False))
            put_events(connection, log)

        self._database.write(change)

    def ask(self, request_id: str, ask_key: bytes) -> bool:
        """Count a codename's wish for a note; False where it was counted before or there is no such request."""

        def change(connection: Connection) -> bool:
            held = select(func.count()).where(asks.c.request_id == request_id, asks.c.ask_key == ask_key)
            known = select(func.count()).where(requests.c.request_id == request_id)
            if connection.execute(held).scalar() or not connection.execute(known).scalar():
                return False
            connection.execute(insert(asks).values(request_id=request_id, ask_key=ask_key))
            connection.execute(
                update(requests).where(requests.c.request_id == request_id).values(n_asked=requests.c.n_asked + 1)
            )
            return True

        return self._database.write(change)

    def get_requests(self, request_ids: Sequence[str]) -> dict[str, Request]:
        """Requests by id; unknown ids are left out."""
        with self._database.read() as connection:
            rows = connection.execute(select(requests).where(requests.c.request_id.in_(list(request_ids))))
            return {row.request_id: request_of_row(row) for row in rows}

    def open_requests(self, *, limit: int, offset: int = 0) -> list[Request]:
        """Requests without a shown note, most asked first."""
        query = (
            select(requests)
            .where(requests.c.answered.is_(False))
            .order_by(requests.c.n_asked.desc(), requests.c.request_id)
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as connection:
            return [request_of_row(row) for row in connection.execute(query)]

    def newest_requests(self, language: str, *, limit: int) -> list[Request]:
        """Requests without a shown note on the pages of one language, the latest day first."""
        is_vietnamese = requests.c.language.like("vi%")  # all others are listed under English
        query = (
            select(requests)
            .where(requests.c.answered.is_(False), is_vietnamese if language == "vi" else ~is_vietnamese)
            .order_by(requests.c.day.desc(), requests.c.request_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [request_of_row(row) for row in connection.execute(query)]

    def iter_requests(self) -> Iterator[Request]:
        """Every request, by id; for rebuilding the index of requests."""
        with self._database.read() as connection:
            for row in connection.execute(select(requests).order_by(requests.c.request_id)):
                yield request_of_row(row)

    def redact_request(
        self, request: Request, claim: str, rule: str, reason: str, day: str, log: Sequence[LogEvent] = ()
    ) -> bool:
        """Put what is left of a claim in its place; False where the request is no more as it was handed in."""

        def change(connection: Connection) -> bool:
            as_it_was = and_(requests.c.request_id == request.request_id, requests.c.claim == request.claim)
            if not connection.execute(update(requests).where(as_it_was).values(claim=claim)).rowcount:
                return False
            own = request_redactions.c.request_id == request.request_id
            earlier = connection.execute(select(func.count()).select_from(request_redactions).where(own)).scalar()
            values = {"request_id": request.request_id, "position": earlier, "rule": rule, "reason": reason, "day": day}
            connection.execute(insert(request_redactions).values(**values))
            put_events(connection, log)
            return True

        return self._database.write(change, tidy=True)

    def request_redactions(self, request_id: str | None = None) -> list[RequestRedaction]:
        """Why claims were cut, or one request's was: by request, in the order of the cuts."""
        columns = [column for column in request_redactions.c if column.name != "position"]
        query = select(*columns).order_by(request_redactions.c.request_id, request_redactions.c.position)
        if request_id is not None:
            query = query.where(request_redactions.c.request_id == request_id)
        with self._database.read() as connection:
            return [RequestRedaction(**row._mapping) for row in connection.execute(query)]

    # notes

    def note_counts(self, request_ids: Sequence[str]) -> dict[str, int]:
        """How many open notes each request has; requests without one are left out."""
        query = (
            select(notes.c.request_id, func.count().label("n"))
            .where(notes.c.request_id.in_(list(request_ids)), notes.c.state == NoteState.OPEN)
            .group_by(notes.c.request_id)
        )
        with self._database.read() as connection:
            return {row.request_id: row.n for row in connection.execute(query)}

    def put_note(
        self,
        note_id: str,
        request_id: str,
        author: bytes,
        draft: NoteDraft,
        day: str,
        log: Sequence[LogEvent] = (),
    ) -> None:
        """Keep a new note."""
        row = {
            "note_id": note_id,
            "request_id": request_id,
            "writer_key": author,
            "day": day,
            "state": NoteState.OPEN,
            "content": _encode(draft),
            "n_ratings": 0,
        }

        def change(connection: Connection) -> None:
            connection.execute(insert(notes).values(**row))
            put_events(connection, log)

        self._scored_write(change, notes=True)

    def edit_note(self, note_id: str, author: bytes, draft: NoteDraft, log: Sequence[LogEvent] = ()) -> bool:
        """Change an open note that nobody has rated; False where it is another's, rated or not open."""
        change = update(notes).where(_own_open(note_id, author), notes.c.n_ratings == 0).values(content=_encode(draft))
        return self._database.write(lambda c: _logged(c, change, log))

    def withdraw_note(self, note_id: str, author: bytes, log: Sequence[LogEvent] = ()) -> bool:
        """Empty a note and leave a tombstone; False where it is another's or not open."""
        change = update(notes).where(_own_open(note_id, author)).values(state=NoteState.WITHDRAWN, content=None)
        return self._scored_write(lambda c: _logged(c, change, log), notes=True, tidy=True)

    def redact_note(self, note_id: str, rule: str, reason: str, day: str, log: Sequence[LogEvent] = ()) -> bool:
        """Empty a note that holds a third person's private data, by rule and with its reason."""

        def change(connection: Connection) -> bool:
            emptied = connection.execute(
                update(notes)
                .where(notes.c.note_id == note_id, notes.c.state == NoteState.OPEN)
                .values(state=NoteState.REDACTED, content=None)
            )
            if not emptied.rowcount:
                return False
            connection.execute(insert(redactions).values(note_id=note_id, rule=rule, reason=reason, day=day))
            put_events(connection, log)
            return True

        return self._scored_write(change, notes=True, tidy=True)

    def redactions(self) -> list[Redaction]:
        """Every privacy redaction, the newest day first."""
        query = select(redactions).order_by(redactions.c.day.desc(), redactions.c.note_id)
        with self._database.read() as connection:
            return [Redaction(**row._mapping) for row in connection.execute(query)]

    def get_notes(self, note_ids: Sequence[str]) -> dict[str, Note]:
        """Notes by id; unknown ids are left out."""
        return {note.note_id: note for note in self._notes(note_query().where(notes.c.note_id.in_(list(note_ids))))}

    def notes_of_request(self, request_id: str) -> list[Note]:
        """The notes on a request, in the order of their ids."""
        return self._notes(note_query().where(notes.c.request_id == request_id).order_by(notes.c.note_id))

    def notes_of_author(self, author: bytes) -> list[Note]:
        """A contributor's own notes, for their own eyes."""
        return self._notes(
            note_query().where(notes.c.writer_key == author).order_by(notes.c.day.desc(), notes.c.note_id)
        )

    def wrote(self, author: bytes, note_id: str) -> bool:
        """Whether a note is this contributor's own."""
        with self._database.read() as connection:
            return connection.execute(_WROTE, {"note_id": note_id, "writer_key": author}).first() is not None

    def ratable_notes(self) -> list[RatableNote]:
        """Open notes that are not locked, without their texts."""
        query = (
            select(notes.c.note_id, notes.c.n_ratings, scores.c.numbers)
            .outerjoin(scores, scores.c.note_id == notes.c.note_id)
            .where(notes.c.state == NoteState.OPEN, or_(scores.c.locked.is_(None), scores.c.locked.is_(False)))
        )
        with self._database.read() as connection:
            return [
                RatableNote(row.note_id, row.n_ratings, json.loads(row.numbers) if row.numbers else {})
                for row in connection.execute(query)
            ]

    def notes_version(self) -> int:
        """A number that rises with each write of this process that opens or closes a note."""
        return self._notes_version

    def redaction_of(self, note_id: str) -> Redaction | None:
        """Why a note was emptied by rule; None where it was not."""
        with self._database.read() as connection:
            row = connection.execute(select(redactions).where(redactions.c.note_id == note_id)).first()
        return Redaction(row.note_id, row.rule, row.reason, row.day) if row else None

    def history_of(self, note_id: str) -> list[StatusChange]:
        """A note's status changes, oldest first."""
        query = select(status_changes).where(status_changes.c.note_id == note_id).order_by(status_changes.c.at)
        with self._database.read() as connection:
            return [_change(row) for row in connection.execute(query)]

    def notes_by_status(self, status: NoteStatus | None, *, limit: int, after: str = "") -> list[Note]:
        """Open notes of a status (None: without one), by id from after `after` on."""
        wanted = scores.c.status.is_(None) if status is None else scores.c.status == status
        query = note_query().where(notes.c.state == NoteState.OPEN, notes.c.note_id > after, wanted)
        return self._notes(query.order_by(notes.c.note_id).limit(limit))

    def _notes(self, query: Select[Any]) -> list[Note]:
        with self._database.read() as connection:
            return [note_of_row(row) for row in connection.execute(query)]

    # ratings

    def begin_rating(
        self, rater: bytes, rating: Rating, author: bytes, allow: Callable[[set[str]], None]
    ) -> Future[bool]:
        """Begin to keep or change a rating; False where the note is locked, not open, unknown or the author's own."""
        values = {
            "author": author,
            "note_id": rating.note_id,
            "rater_key": rater,
            "level": _LEVELS.index(rating.level),
            "tags": _mask(rating.tags, HELPFUL_TAGS),
            "not_tags": _mask(rating.not_tags, NOT_HELPFUL_TAGS),
            "day": rating.day,
        }

        def change(connection: Connection) -> bool:
            allow(set(connection.execute(_SITE_KEYS).scalars()))
            if connection.execute(_NEW_RATING, values).rowcount:
                connection.execute(_COUNT, {"note_id": rating.note_id, "more": 1})
                return True
            return bool(connection.execute(_CHANGED_RATING, values).rowcount)

        return self._database.submit(change, kept=self._count_scored)

    def delete_rating(self, rater: bytes, note_id: str) -> bool:
        """Withdraw a rating; False where there is none or the note is locked."""

        def change(connection: Connection) -> bool:
            if not connection.execute(_GONE_RATING, {"note_id": note_id, "rater_key": rater}).rowcount:
                return False
            connection.execute(_COUNT, {"note_id": note_id, "more": -1})
            return True

        return self._scored_write(change)

    def ratings_of(self, rater: bytes) -> list[Rating]:
        """A rater's own ratings, for their own eyes."""
        query = select(ratings).where(ratings.c.rater_key == rater).order_by(ratings.c.note_id)
        with self._database.read() as connection:
            return [_rating(row) for row in connection.execute(query)]

    def rating_of(self, rater: bytes, note_id: str) -> Rating | None:
        """A rater's own rating of a note."""
        query = select(ratings).where(ratings.c.note_id == note_id, ratings.c.rater_key == rater)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return _rating(row) if row else None

    def rating_columns(self) -> RatingColumns:
        """Every rating of an open note, for scoring; one state of the database."""
        kept = ratings.c
        query = (
            select(kept.note_id, kept.rater_key, kept.day, kept.level, kept.tags, kept.not_tags)
            .join(notes, notes.c.note_id == kept.note_id)
            .where(notes.c.state == NoteState.OPEN)
            .order_by(kept.note_id, kept.rater_key)
        )
        names: tuple[dict[Any, int], ...] = ({}, {}, {})
        pages: list[list[tuple[Any, ...]]] = [[] for _ in range(6)]
        with self._database.read() as connection:
            for page in connection.execution_options(yield_per=_PAGE).execute(query).partitions():
                columns = list(zip(*page, strict=True))
                for known, column, held in zip(names, columns, pages, strict=False):
                    held.append(tuple(known.setdefault(name, len(known)) for name in column))
                for column, held in zip(columns[3:], pages[3:], strict=True):
                    held.append(column)
        return _columns(names, pages)

    def scoring_version(self) -> int:
        """A number that rises with each write of this process that scoring sees."""
        return self._scoring_version

    def _scored_write(self, change: Callable[[Connection], _T], *, notes: bool = False, tidy: bool = False) -> _T:
        """A write that scoring sees; counted once it is on the disk. `notes`: it opens or closes a note."""
        return self._database.write(change, tidy=tidy, kept=partial(self._count_scored, notes=notes))

    def _count_scored(self, *, notes: bool = False) -> None:
        with self._counting:
            self._scoring_version += 1
            self._notes_version += notes

    # scores

    def close(self) -> None:
        """Finish what is being written and give the files back."""
        self._database.close()

    def put_scores(
        self,
        run: ScoringRun,
        results: Mapping[str, NoteScore],
        log: Callable[[Sequence[StatusChange]], Sequence[LogEvent]] | None = None,
    ) -> list[StatusChange]:
        """Keep a run's results in one transaction; the changes that readers see, which `log` is handed."""

        def change(connection: Connection) -> list[StatusChange]:
            before = {row.note_id: row for row in connection.execute(select(scores))}
            is_open = select(notes.c.note_id).where(notes.c.state == NoteState.OPEN)
            still_open = set(connection.execute(is_open).scalars())  # one may have been withdrawn during the run
            connection.execute(insert(scoring_runs).values(**asdict(run)))
            rows = [
                _score_row(note_id, run, score, before.get(note_id))
                for note_id, score in sorted(results.items())
                if note_id in still_open
            ]
            changes = _changes(rows, before, run)
            connection.execute(delete(scores).where(scores.c.note_id.in_(is_open)))
            if rows:
                connection.execute(insert(scores), rows)
            if changes:
                connection.execute(insert(status_changes), [asdict(item) for item in changes])
            _mark_answered(connection)
            put_events(connection, log(changes) if log else ())
            return changes

        return self._database.write(change)

    def pending_events(self) -> list[PendingEvent]:
        """What the public log does not hold yet, by id."""
        with self._database.read() as connection:
            return pending_events(connection)

    def forget_events(self, event_ids: Sequence[str]) -> None:
        """Take events away that the public log holds."""
        self._database.write(lambda c: forget_events(c, event_ids))

    def runs(self, *, limit: int) -> list[ScoringRun]:
        """The newest runs first."""
        query = select(scoring_runs).order_by(scoring_runs.c.finished_at.desc(), scoring_runs.c.run_id).limit(limit)
        with self._database.read() as connection:
            return [ScoringRun(**row._mapping) for row in connection.execute(query)]

    def status_changes(
        self, *, since_run: str = "", touching: NoteStatus | None = None, limit: int = 1000
    ) -> list[StatusChange]:
        """Status changes, newest first; with `since_run`, only later ones; with `touching`, from or to this status."""
        query = select(status_changes).order_by(status_changes.c.at.desc(), status_changes.c.note_id).limit(limit)
        if since_run:
            finished = select(scoring_runs.c.finished_at).where(scoring_runs.c.run_id == since_run).scalar_subquery()
            query = query.where(status_changes.c.at > finished)
        if touching is not None:
            query = query.where(or_(status_changes.c.before == touching, status_changes.c.after == touching))
        with self._database.read() as connection:
            return [_change(row) for row in connection.execute(query)]

    def counts(self) -> dict[str, int]:
        """`requests`, `notes`, `ratings`, `decided` (notes that ever had a status other than needs_ratings)."""
        queries = {
            "requests": select(func.count()).select_from(requests),
            "notes": select(func.count()).select_from(notes).where(notes.c.state == NoteState.OPEN),
            "ratings": select(func.coalesce(func.sum(notes.c.n_ratings), 0)),
            "decided": select(func.count()).select_from(scores).where(scores.c.ever_decided.is_(True)),
        }
        with self._database.read() as connection:
            return {key: int(connection.execute(query).scalar() or 0) for key, query in queries.items()}

    def census(self) -> dict[str, int]:
        """For the transparency report: `codenames`, notes by state (`notes_open`...) and by status (`shown`...)."""
        by_state = select(notes.c.state, func.count()).group_by(notes.c.state)
        by_status = (
            select(scores.c.status, func.count())
            .join(notes, notes.c.note_id == scores.c.note_id)
            .where(notes.c.state == NoteState.OPEN)
            .group_by(scores.c.status)
        )
        found = {f"notes_{state}": 0 for state in NoteState} | {status.value: 0 for status in NoteStatus}
        with self._database.read() as connection:
            found |= {f"notes_{state}": int(n) for state, n in connection.execute(by_state)}
            found |= {status: int(n) for status, n in connection.execute(by_status)}
            codenames = connection.execute(select(func.count()).select_from(accounts)).scalar() or 0
        return found | {"codenames": int(codenames)}

    @cached_property
    def desk(self) -> Desk:
        """The desk in the same database."""
        from kiemchung.store.desk import SqlDesk  # only sites with a desk need it

        return SqlDesk(self._database)

    @contextmanager
    def public_records(self) -> Iterator[PublicRecords]:
        """What is public, out of one state of the database, for as long as the block runs."""
        from kiemchung.store.public_records import read_public  # only exports read it; it builds on this module

        with self._database.errors(), read_public(self._database.engine) as records:
            yield records

    # the site

    def get_site(self, key: str) -> str | None:
        """An operator's text or switch."""
        with self._database.read() as connection:
            return connection.execute(select(site.c.value).where(site.c.key == key)).scalar()

    def site_keys(self) -> set[str]:
        """The keys whose text is not empty."""
        with self._database.read() as connection:
            return set(connection.execute(_SITE_KEYS).scalars())

    def put_site(self, key: str, value: str) -> None:
        """Keep an operator's text or switch."""

        def change(connection: Connection) -> None:
            connection.execute(delete(site).where(site.c.key == key))
            connection.execute(insert(site).values(key=key, value=value))

        self._database.write(change)


def _logged(connection: Connection, change: Update, log: Sequence[LogEvent]) -> bool:
    """Make a change, and keep its events if it found its row."""
    if not connection.execute(change).rowcount:
        return False
    put_events(connection, log)
    return True


def note_query() -> Select[Any]:
    """Notes with their scores, as `note_of_row` takes them."""
    columns = (scores.c.status, scores.c.rule, scores.c.numbers, scores.c.since, scores.c.locked)
    return select(notes, *columns).outerjoin(scores, scores.c.note_id == notes.c.note_id)


def _own_open(note_id: str, author: bytes) -> Any:
    return and_(notes.c.note_id == note_id, notes.c.writer_key == author, notes.c.state == NoteState.OPEN)


def _columns(names: tuple[dict[Any, int], ...], pages: list[list[tuple[Any, ...]]]) -> RatingColumns:
    """Positions by first sight turned into positions in sorted lists."""
    lists: list[list[Any]] = []
    places: list[NDArray[np.int32]] = []
    for known, held in zip(names, pages, strict=False):
        ordered = sorted(known)
        rank = np.empty(len(known), np.int32)
        rank[[known[name] for name in ordered]] = np.arange(len(known), dtype=np.int32)
        lists.append(ordered)
        places.append(rank[np.fromiter(chain.from_iterable(held), np.int32)])
    note, rater, day = places
    return RatingColumns(
        note_ids=lists[0],
        raters=[bytes(key) for key in lists[1]],
        days=lists[2],
        note=note,
        rater=rater,
        day=day,
        level=np.fromiter(chain.from_iterable(pages[3]), np.int8),
        tags=np.fromiter(chain.from_iterable(pages[4]), np.uint16),
        not_tags=np.fromiter(chain.from_iterable(pages[5]), np.uint16),
    )


def _mark_answered(connection: Connection) -> None:
    shown = (
        select(notes.c.request_id)
        .join(scores, scores.c.note_id == notes.c.note_id)
        .where(scores.c.status == NoteStatus.SHOWN, notes.c.state == NoteState.OPEN)
    )
    connection.execute(update(requests).values(answered=requests.c.request_id.in_(shown)))


def _score_row(note_id: str, run: ScoringRun, score: NoteScore, before: Any) -> dict[str, Any]:
    decided = score.status is not NoteStatus.NEEDS_RATINGS
    return {
        "note_id": note_id,
        "run_id": run.run_id,
        "status": score.status.value,
        "rule": score.rule,
        "numbers": json.dumps(score.numbers, sort_keys=True),
        "since": before.since if before is not None and before.status == score.status else score.since,
        "locked": score.locked,
        "ever_decided": decided or (before is not None and before.ever_decided),
    }


def _changes(rows: list[dict[str, Any]], before: Mapping[str, Any], run: ScoringRun) -> list[StatusChange]:
    found = []
    for row in rows:
        held = before.get(row["note_id"])
        if held is None or held.status != row["status"]:
            was = None if held is None else NoteStatus(held.status)
            found.append(
                StatusChange(row["note_id"], run.run_id, was, NoteStatus(row["status"]), row["rule"], run.finished_at)
            )
    return found


def _change(row: Any) -> StatusChange:
    before = None if row.before is None else NoteStatus(row.before)
    return StatusChange(row.note_id, row.run_id, before, NoteStatus(row.after), row.rule, row.at)


def request_of_row(row: Any) -> Request:
    """A request out of a row of its table."""
    return Request(row.request_id, row.claim, row.language, row.day, row.n_asked)


def note_of_row(row: Any) -> Note:
    """A note out of a row of `note_query`."""
    score = None
    if row.status is not None:
        score = NoteScore(NoteStatus(row.status), row.rule, json.loads(row.numbers), row.since, bool(row.locked))
    draft = None if row.content is None else _decode(row.content)
    return Note(row.note_id, row.request_id, row.day, NoteState(row.state), draft, score, row.n_ratings)


def _rating(row: Any) -> Rating:
    tags, not_tags = _unmask(row.tags, HELPFUL_TAGS), _unmask(row.not_tags, NOT_HELPFUL_TAGS)
    return Rating(row.note_id, _LEVELS[row.level], tags, not_tags, row.day)


def _encode(draft: NoteDraft) -> str:
    return json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True)


def _decode(content: str) -> NoteDraft:
    value = json.loads(content)
    sources = tuple(Source(**source) for source in value.pop("sources"))
    return NoteDraft(**{**value, "reasons": tuple(value["reasons"])}, sources=sources)


def _mask(tags: Sequence[str], known: Sequence[str]) -> int:
    return sum(1 << known.index(tag) for tag in set(tags))


def _unmask(mask: int, known: Sequence[str]) -> tuple[str, ...]:
    return tuple(tag for i, tag in enumerate(known) if mask >> i & 1)
