"""SQLite: opening, migrating, one writer and many readers."""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from kiemchung.errors import StoreError
from kiemchung.store.contributions import SqlContributions
from kiemchung.store.database import Database
from kiemchung.store.migrate import bring_up_to_date
from kiemchung.store.sql import SqlStore

#: secure_delete: what is removed leaves no bytes behind; trusted_schema: a planted view runs no functions.
_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cache_size = -32000",
)
#: Connections that stay open for the requests of a server: opening one costs more than most reads.
_READERS = 16


def open_sqlite(path: Path) -> SqlStore:
    """The store in a file, made or migrated where needed.

    Raises:
        StoreError: the file is no database, damaged, of a newer version, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{path.parent}: the data folder cannot be made ({error.strerror}); choose another with --data-dir"
        ) from error
    engine = _engine(path)
    try:
        bring_up_to_date(engine, str(path))
        return SqlStore(engine, str(path), explain)
    except (DatabaseError, sqlite3.Error) as error:
        engine.dispose()
        raise StoreError(explain(error, str(path))) from error
    except StoreError:
        engine.dispose()
        raise


def open_sqlite_contributions(path: Path, today: Callable[[], str]) -> SqlContributions:
    """The contributions in the database file that `open_sqlite` made; what is acknowledged is on the disk.

    Raises:
        StoreError: as `open_sqlite`.
    """
    open_sqlite(path).close()
    engine = _engine(path, pool_size=_READERS)
    event.listen(engine, "connect", _on_connect_durable)
    return SqlContributions(Database(engine, str(path), explain, _tidy), today)


def _tidy(engine: Engine) -> bool:
    """Empty the write-ahead log: it holds old pages in the order of their writing. False while somebody reads them."""
    with engine.connect() as connection:
        raw = connection.connection.cursor()
        try:
            raw.execute("PRAGMA busy_timeout = 0")  # writers wait for this, so it waits for nobody
            return bool(raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)
        finally:
            raw.execute(_PRAGMAS[0])
            raw.close()


def explain(error: Exception, where: str) -> str:
    """What is wrong with a database file and what to do, in one line."""
    cause = str(getattr(error, "orig", None) or error)
    if "not a database" in cause or "malformed" in cause:
        return (
            f"{where}: not a database, or damaged ({cause}); put a backup in its place, or move it away and import anew"
        )
    if "locked" in cause:
        return f"{where}: another program is writing to it; try again when that has ended"
    if "readonly" in cause or "unable to open" in cause:
        return f"{where}: cannot be opened for writing ({cause}); check the folder's permissions"
    return f"{where}: {cause}"


def _engine(path: Path, pool_size: int = 5) -> Engine:
    engine = create_engine(f"sqlite:///{path}", pool_size=pool_size)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect_durable(connection: sqlite3.Connection, _record: Any) -> None:
    """An import can be repeated after a power cut; a rating cannot, so each commit waits for the disk."""
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -8000")  # one for each of many readers


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours, so that a writer can take its lock at once
    with contextlib.closing(connection.cursor()) as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(pragma)


def _on_begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
