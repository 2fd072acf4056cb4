"""PostgreSQL: the same store and contributions over another engine."""

from collections.abc import Callable

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import ArgumentError, DatabaseError

from kiemchung.errors import StoreError
from kiemchung.store.contributions import SqlContributions
from kiemchung.store.database import Database
from kiemchung.store.migrate import bring_up_to_date
from kiemchung.store.sql import SqlStore


def open_postgres(address: str) -> SqlStore:
    """The store at `postgresql://user@host/database`, made or migrated where needed.

    Raises:
        StoreError: the server cannot be reached, refuses, or holds a database of a newer version.
    """
    engine, where = _open(address)
    return SqlStore(engine, where, explain)


def open_postgres_contributions(address: str, today: Callable[[], str]) -> SqlContributions:
    """The contributions in the same database.

    Raises:
        StoreError: as `open_postgres`.
    """
    engine, where = _open(address)
    return SqlContributions(Database(engine, where, explain), today)


def explain(error: Exception, where: str) -> str:
    """What is wrong and what to do, in one line, without the password of the address."""
    cause = " ".join(str(getattr(error, "orig", None) or error).split())
    if any(sign in cause for sign in ("connection is bad", "connection failed", "could not translate")):
        return f"{where}: the server cannot be reached or refuses ({cause}); check that it runs and the address"
    if "does not exist" in cause and "database" in cause:
        return f"{where}: {cause}; make it with `createdb`"
    return f"{where}: {cause}"


def _open(address: str) -> tuple[Engine, str]:
    try:
        engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:", 1), pool_pre_ping=True)
    except ArgumentError as error:
        raise StoreError("database_url: write it as postgresql://user@host/database") from error
    where = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
    try:
        bring_up_to_date(engine, where)
    except DatabaseError as error:
        engine.dispose()
        raise StoreError(explain(error, where)) from error
    except StoreError:
        engine.dispose()
        raise
    return engine, where
