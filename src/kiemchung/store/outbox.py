"""What the public log has yet to say: written in the transaction of the change itself, taken away once it is logged.

Ids are random and the order of the table, so that the order in which things happened cannot be read from it (G3).
"""

import json
import secrets
from collections.abc import Sequence

from sqlalchemy import Column, Connection, String, Table, Text, delete, insert, select

from kiemchung.model import LogEvent
from kiemchung.ports import PendingEvent
from kiemchung.store.schema import metadata

log_outbox = Table(
    "log_outbox",
    metadata,
    Column("event_id", String(20), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("body", Text, nullable=False),  # JSON object
    sqlite_with_rowid=False,
)


def put_events(connection: Connection, events: Sequence[LogEvent]) -> None:
    """Keep events for the log, within the caller's transaction.

    A further edit of a note takes the place of one that still waits: in a batch without order, the last must be alone.
    """
    for event in events:
        if event.kind == "note_edited":
            _forget_edits(connection, str(event.body["note_id"]))
    if events:
        connection.execute(
            insert(log_outbox),
            [
                {"event_id": secrets.token_hex(8), "kind": event.kind, "body": json.dumps(event.body)}
                for event in events
            ],
        )


def pending_events(connection: Connection) -> list[PendingEvent]:
    """What is not logged yet, by id."""
    rows = connection.execute(select(log_outbox).order_by(log_outbox.c.event_id))
    return [PendingEvent(row.event_id, LogEvent(row.kind, json.loads(row.body))) for row in rows]


def forget_events(connection: Connection, event_ids: Sequence[str]) -> None:
    """Take away what is logged."""
    for event_id in event_ids:
        connection.execute(delete(log_outbox).where(log_outbox.c.event_id == event_id))


def _forget_edits(connection: Connection, note_id: str) -> None:
    waiting = connection.execute(select(log_outbox).where(log_outbox.c.kind == "note_edited"))
    forget_events(connection, [row.event_id for row in waiting if json.loads(row.body)["note_id"] == note_id])
