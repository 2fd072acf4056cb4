"""The Store port: published checks with every version and origin, in SQLite or PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

from kiemchung.errors import StoreError
from kiemchung.ports import Contributions, Store


def open_store(database: str, *, quick: bool = False) -> Store:
    """The store at a database address such as `sqlite:///checks.db`, made or migrated where needed.

    Args:
        quick: for a short process that looks a few checks up; see `quick.py`.

    Raises:
        StoreError: an address of an unknown kind, or a database that is damaged, locked or of a newer version.
    """
    scheme, _, rest = database.partition(":")
    if quick and scheme == "sqlite" and rest.startswith("///"):
        from kiemchung.store.quick import open_quick  # a server has no use for it

        return open_quick(Path(rest.removeprefix("///")), lambda: open_store(database))
    if scheme == "sqlite" and rest.startswith("///"):
        from kiemchung.store.sqlite import open_sqlite  # SQLAlchemy takes 0.3 s to load

        return open_sqlite(Path(rest.removeprefix("///")))
    if scheme == "postgresql":
        from kiemchung.store.postgres import open_postgres  # the same, and the driver

        return open_postgres(database)
    raise StoreError(_unknown(scheme))


def open_contributions(database: str, today: Callable[[], str]) -> Contributions:
    """The contributions in the database at an address, as `open_store` takes it.

    Args:
        today: gives the ISO date; ends pauses of codenames.

    Raises:
        StoreError: as `open_store`.
    """
    scheme, _, rest = database.partition(":")
    if scheme == "sqlite" and rest.startswith("///"):
        from kiemchung.store.sqlite import open_sqlite_contributions  # SQLAlchemy takes 0.3 s to load

        return open_sqlite_contributions(Path(rest.removeprefix("///")), today)
    if scheme == "postgresql":
        from kiemchung.store.postgres import open_postgres_contributions  # the same, and the driver

        return open_postgres_contributions(database, today)
    raise StoreError(_unknown(scheme))


def _unknown(scheme: str) -> str:
    return (
        f"{scheme}: databases are opened by an address such as sqlite:////var/lib/kiemchung/kiemchung.db"
        " or postgresql://kiemchung@localhost/kiemchung"
    )
