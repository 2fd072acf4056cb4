"""The store, once per backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiemchung.ports import Store
from kiemchung.store import open_store
from tests.postgres import new_database


@pytest.fixture(params=["sqlite", "quick", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Which store; `quick` is the one of short processes, over SQLite."""
    return str(request.param)


@pytest.fixture
def database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if backend != "postgresql":
        return f"sqlite:///{tmp_path / 'checks.db'}"
    return new_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
def store(backend: str, database: str) -> Iterator[Store]:
    """An empty store."""
    if backend == "quick":
        open_store(database).close()  # it reads what is there already
    store = open_store(database, quick=backend == "quick")
    yield store
    store.close()
