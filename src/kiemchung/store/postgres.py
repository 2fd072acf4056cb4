"""PostgreSQL: the same store and contributions over another engine."""

import re
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import ArgumentError, DatabaseError

from kiemchung.errors import StoreError
from kiemchung.store.contributions import SqlContributions
from kiemchung.store.database import Database
from kiemchung.store.migrate import bring_up_to_date
from kiemchung.store.sql import SqlStore

_ACCOUNTS = "SELECT count(*), count(DISTINCT xmin::text) FROM accounts"
_TRIES, _PAUSE_SECONDS = 25, 0.02


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
    return SqlContributions(Database(engine, where, explain, _Tidy()), today)


class _Tidy:
    """Writes the accounts anew, in the order of their keys and by one transaction, where any came or went.

    A heap keeps its rows in the order in which they came, the numbers of their transactions, and what was deleted.
    What a reader that began earlier might still look at is kept too, whatever table it reads: a page is read in
    milliseconds, so that is waited for a little, and tried again later where it takes longer.
    The server's own write-ahead log is beyond our reach: docs/guarantees.md says so.
    """

    def __init__(self) -> None:
        self._n_accounts = -1

    def __call__(self, engine: Engine) -> bool:
        with engine.begin() as connection:
            n, transactions = connection.exec_driver_sql(_ACCOUNTS).one()
            if n == self._n_accounts and transactions <= 1:
                return True
            connection.exec_driver_sql("UPDATE accounts SET paused_until = paused_until")
        self._n_accounts = -1
        for _ in range(_TRIES):
            with engine.begin() as connection:  # another transaction: what the update left behind is dead by now
                n_kept = _cluster_accounts(connection)
            if n_kept == 0:
                self._n_accounts = n
                return True
            time.sleep(_PAUSE_SECONDS)
        return False


def _cluster_accounts(connection: Connection) -> int:
    """Write the table anew; how many dead rows the server kept for readers that began before they died."""
    details: list[str] = []

    def listen(notice: Any) -> None:
        details.append(notice.message_detail or "")

    driver: Any = connection.connection.driver_connection
    driver.add_notice_handler(listen)
    try:
        connection.exec_driver_sql("CLUSTER VERBOSE accounts USING pk_accounts")
    finally:
        driver.remove_notice_handler(listen)
    numbers = re.findall(r"\d+", details[-1])  # the words around it are in the server's language
    return int(numbers[0])


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
