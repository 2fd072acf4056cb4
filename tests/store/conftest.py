"""The store, once per backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiemchung.ports import Store
from kiemchung.store import open_store
from tests.postgres import new_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL server."""
    with running_server() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'checks.db'}"
    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store."""
    store = open_store(database)
    yield store
    store.close()
