"""Bringing a database to the newest schema."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from kiemchung.errors import StoreError
from kiemchung.store import contributions_schema as _contributions  # noqa: F401  declares its tables on metadata
from kiemchung.store import desk_schema as _desk  # noqa: F401  the same
from kiemchung.store.revision import REVISION
from kiemchung.store.schema import metadata, state

_MIGRATIONS = Path(__file__).with_name("migrations")


def bring_up_to_date(engine: Engine, where: str) -> None:
    """Make the tables in an empty database, migrate an older one, leave a current one alone.

    Raises:
        StoreError: the database is of a newer version, or is not one of ours.
    """
    with engine.connect() as connection:
        found = _revision(connection)
    if found == REVISION:
        return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        found = _revision(connection)  # another process may have been quicker
        if found is None:
            _create(connection, where)
        elif found != REVISION:
            if found not in _known_revisions():
                raise StoreError(f"{where}: made by a newer kiemchung (schema {found}); update kiemchung to open it")
            _migrate(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _create(connection: Connection, where: str) -> None:
    """Write the newest schema at once and stamp it; a test holds it against the migrations."""
    if tables := inspect(connection).get_table_names():
        raise StoreError(
            f"{where}: a database of another program (it has a table {tables[0]}); choose another --data-dir"
        )
    metadata.create_all(connection)
    connection.execute(state.insert().values(one=1, last_change=0, as_of=None))
    connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
    connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": REVISION})


def _known_revisions() -> set[str]:
    return {path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")}


def _migrate(connection: Connection) -> None:
    from alembic import command  # takes a second to load and is needed once in a release
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
