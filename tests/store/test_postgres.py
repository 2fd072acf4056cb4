import pytest
from sqlalchemy import create_engine, inspect

from kiemchung.errors import StoreError
from kiemchung.store import open_store
from kiemchung.store.migrate import _migrate
from kiemchung.store.revision import REVISION
from tests.postgres import new_database

pytestmark = pytest.mark.postgres


def test_postgres_that_is_not_there_says_what_to_check(tmp_path):
    with pytest.raises(StoreError, match=r"cannot be reached or refuses .*check that it runs") as caught:
        open_store(f"postgresql://me:secret@/db?host={tmp_path}")
    assert "secret" not in str(caught.value)


def test_migrations_and_a_new_database_have_the_same_tables(postgres_server):
    migrated, made = new_database(postgres_server), new_database(postgres_server)
    engine = create_engine(migrated.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        _migrate(connection)
    open_store(made).close()
    other = create_engine(made.replace("postgresql:", "postgresql+psycopg:"))
    assert _shape(engine) == _shape(other)
    with other.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == REVISION
    engine.dispose()
    other.dispose()


def _shape(engine):
    inspector = inspect(engine)
    return {
        table: (
            [
                (c["name"], str(c["type"]), c["nullable"])
                for c in sorted(inspector.get_columns(table), key=lambda c: c["name"])
            ],
            sorted(i["name"] for i in inspector.get_indexes(table)),
            sorted(str(k["referred_table"]) for k in inspector.get_foreign_keys(table)),
        )
        for table in inspector.get_table_names()
    }
