"""The Desk port over SQL that SQLite and PostgreSQL both speak."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from kiemchung.model import DeskCheck, DeskDraft, DeskReply, DeskVersion, LogEvent, Source
from kiemchung.store.database import Database
from kiemchung.store.desk_schema import desk_checks, desk_members, desk_replies, desk_versions
from kiemchung.store.outbox import put_events

_NOTHING = {"in_work": None, "reason": None, "handed_in": False, "writer_key": None}


class SqlDesk:
    """A desk in a database. Every call is one transaction."""

    def __init__(self, database: Database) -> None:
        """Use a database whose schema is current."""
        self._database = database

    def add_member(self, verifier: bytes) -> None:
        """Keep a new role codename's verifier."""
        self._database.write(lambda c: c.execute(insert(desk_members).values(verifier=verifier)))

    def has_member(self, verifier: bytes) -> bool:
        """Whether this codename is a member's."""
        query = select(func.count()).where(desk_members.c.verifier == verifier)
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar())

    def drop_member(self, verifier: bytes) -> bool:
        """Take a role back; False where there is no such member."""
        change = delete(desk_members).where(desk_members.c.verifier == verifier)
        return self._database.write(lambda c: bool(c.execute(change).rowcount))

    def count_members(self) -> int:
        """How many there are."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(desk_members)).scalar() or 0)

    def put_draft(self, check_id: str, writer: bytes, draft: DeskDraft, reason: str | None) -> None:
        """Keep the text that is worked on; whoever changed it last wrote it, and it is not handed in."""
        values = {"in_work": _encode(draft), "reason": reason, "handed_in": False, "writer_key": writer}

        def change(connection: Connection) -> None:
            held = update(desk_checks).where(desk_checks.c.check_id == check_id).values(**values)
            if not connection.execute(held).rowcount:
                connection.execute(insert(desk_checks).values(check_id=check_id, version=0, **values))

        self._database.write(change)

    def hand_in(self, check_id: str) -> bool:
        """Ask for the second look; False where nothing is worked on."""
        held = (desk_checks.c.check_id == check_id, desk_checks.c.in_work.is_not(None))
        change = update(desk_checks).where(*held).values(handed_in=True)
        return self._database.write(lambda c: bool(c.execute(change).rowcount))

    def drop_draft(self, check_id: str) -> bool:
        """Throw away what is worked on; a published check stays as it is. False where there is nothing."""

        def change(connection: Connection) -> bool:
            held = (desk_checks.c.check_id == check_id, desk_checks.c.in_work.is_not(None))
            if connection.execute(delete(desk_checks).where(*held, desk_checks.c.version == 0)).rowcount:
                return True
            return bool(connection.execute(update(desk_checks).where(*held).values(**_NOTHING)).rowcount)

        return self._database.write(change)

    def writer_of(self, check_id: str) -> bytes | None:
        """The key of whoever changed the text last; None once it is published."""
        query = select(desk_checks.c.writer_key).where(desk_checks.c.check_id == check_id)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def publish(self, check_id: str, expected: DeskDraft, day: str, log: Sequence[LogEvent]) -> bool:
        """Make the text that is worked on the newest version; False where it is not handed in or has changed."""

        def change(connection: Connection) -> bool:
            row = connection.execute(select(desk_checks).where(desk_checks.c.check_id == check_id)).first()
            if row is None or not row.handed_in or row.in_work != _encode(expected):
                return False
            version = {"check_id": check_id, "version": row.version + 1, "content": row.in_work}
            connection.execute(insert(desk_versions).values(**version, reason=row.reason, day=day))
            done = update(desk_checks).where(desk_checks.c.check_id == check_id)
            connection.execute(done.values(version=row.version + 1, **_NOTHING))
            put_events(connection, log)
            return True

        return self._database.write(change)

    def add_reply(self, check_id: str, reply: DeskReply, log: Sequence[LogEvent]) -> bool:
        """Show a reply beside a published check; False where there is none."""

        def change(connection: Connection) -> bool:
            known = select(desk_checks.c.version).where(desk_checks.c.check_id == check_id)
            if not connection.execute(known).scalar():
                return False
            counted = select(func.count()).where(desk_replies.c.check_id == check_id)
            position = connection.execute(counted).scalar()
            values = {"position": position, "reply": reply.text, "by_whom": reply.by, "day": reply.day}
            connection.execute(insert(desk_replies).values(check_id=check_id, **values))
            put_events(connection, log)
            return True

        return self._database.write(change)

    def get_check(self, check_id: str) -> DeskCheck | None:
        """A check with all its versions and replies."""
        found = self._checks(select(desk_checks).where(desk_checks.c.check_id == check_id))
        return found[0] if found else None

    def in_work(self) -> list[DeskCheck]:
        """Checks with a text that is worked on, by id."""
        return self._checks(
            select(desk_checks).where(desk_checks.c.in_work.is_not(None)).order_by(desk_checks.c.check_id)
        )

    def published(self, *, after: str = "", limit: int = 1000) -> list[DeskCheck]:
        """Published checks by id, from after `after` on."""
        wanted = (desk_checks.c.version > 0, desk_checks.c.check_id > after)
        return self._checks(select(desk_checks).where(*wanted).order_by(desk_checks.c.check_id).limit(limit))

    def _checks(self, query: Any) -> list[DeskCheck]:
        versions: dict[str, list[DeskVersion]] = defaultdict(list)
        replies: dict[str, list[DeskReply]] = defaultdict(list)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            ids = [row.check_id for row in rows]
            of_ids = select(desk_versions).where(desk_versions.c.check_id.in_(ids)).order_by(desk_versions.c.version)
            for row in connection.execute(of_ids):
                versions[row.check_id].append(DeskVersion(_decode(row.content), row.day, row.reason))
            of_ids = select(desk_replies).where(desk_replies.c.check_id.in_(ids)).order_by(desk_replies.c.position)
            for row in connection.execute(of_ids):
                replies[row.check_id].append(DeskReply(row.reply, row.by_whom, row.day))
        return [
            DeskCheck(
                row.check_id,
                tuple(versions[row.check_id]),
                tuple(replies[row.check_id]),
                None if row.in_work is None else _decode(row.in_work),
                row.reason,
                bool(row.handed_in),
            )
            for row in rows
        ]


def _encode(draft: DeskDraft) -> str:
    return json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True)


def _decode(content: str) -> DeskDraft:
    value = json.loads(content)
    sources = tuple(Source(**source) for source in value.pop("sources"))
    return DeskDraft(**value, sources=sources)
