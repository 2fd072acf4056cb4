"""The Store port: published checks with every version and origin, in SQLite."""

from collections.abc import Callable
from pathlib import Path

from kiemchung.errors import StoreError
from kiemchung.ports import Contributions, Store


def open_store(database: str) -> Store:
    """The store at a database address such as `sqlite:///checks.db`, made or migrated where needed.

    Raises:
        StoreError: an address of an unknown kind, or a database that is damaged, locked or of a newer version.
    """
    scheme, _, rest = database.partition(":")
    if scheme == "sqlite" and rest.startswith("///"):
        from kiemchung.store.sqlite import open_sqlite  # SQLAlchemy takes 0.3 s to load

        return open_sqlite(Path(rest.removeprefix("///")))
    raise StoreError(f"{scheme}: databases are opened by an address such as sqlite:////var/lib/kiemchung/kiemchung.db")


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
    raise StoreError(f"{scheme}: databases are opened by an address such as sqlite:////var/lib/kiemchung/kiemchung.db")
