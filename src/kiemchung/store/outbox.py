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
    """Keep events for the log, within the caller's transaction."""
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
