"""The store, once per backend."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiemchung.ports import Store
from kiemchung.store import open_store

BACKENDS: dict[str, Callable[[Path], str]] = {"sqlite": lambda folder: f"sqlite:///{folder / 'checks.db'}"}


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    return BACKENDS[request.param](tmp_path)


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An empty store."""
    store = open_store(database)
    yield store
    store.close()
