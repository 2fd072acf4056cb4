import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from kiemchung.errors import StoreError
from kiemchung.store import open_store
from kiemchung.store.migrate import _migrate
from kiemchung.store.revision import REVISION
from kiemchung.store.schema import metadata


def opened(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()


def test_sqlite_file_that_is_no_database_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "checks.db"
    path.write_bytes(b"this is not a database at all" * 100)
    with pytest.raises(StoreError, match=r"checks.db: not a database, or damaged .*put a backup in its place"):
        opened(path)


def test_sqlite_of_a_newer_schema_says_to_update(tmp_path: Path) -> None:
    path = tmp_path / "checks.db"
    opened(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match=r"made by a newer kiemchung \(schema 9999\); update kiemchung"):
        opened(path)


def test_sqlite_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "checks.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (x)")
    connection.close()
    with pytest.raises(StoreError, match="database of another program"):
        opened(path)


def test_store_of_an_unknown_address_is_refused() -> None:
    with pytest.raises(StoreError, match="databases are opened by an address such as"):
        open_store("mysql://host/db")


def test_migrations_give_the_schema(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'checks.db'}")
    with engine.begin() as connection:
        _migrate(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == REVISION
    engine.dispose()


def test_migrations_and_a_new_database_have_the_same_tables(tmp_path: Path) -> None:
    migrated, made = tmp_path / "migrated.db", tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{migrated}")
    with engine.begin() as connection:
        _migrate(connection)
    engine.dispose()
    opened(made)

    assert _shape(migrated) == _shape(made)


def _shape(path: Path) -> dict[str, object]:
    with sqlite3.connect(path) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        shape = {
            table: (
                sorted(row[1:] for row in connection.execute(f"PRAGMA table_info({table})")),
                sorted(row[2:5] for row in connection.execute(f"PRAGMA foreign_key_list({table})")),
                sorted(row[1] for row in connection.execute(f"PRAGMA index_list({table})")),
            )
            for table in tables
        }
    connection.close()
    return shape


def test_sqlite_deletes_securely_and_writes_ahead(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'checks.db'}")
    with store._engine.connect() as connection:
        found = [connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("secure_delete", "journal_mode")]
    assert found == [1, "wal"]
    store.close()
