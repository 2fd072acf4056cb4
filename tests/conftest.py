"""Fixtures that several rooms share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import running_server

# No test asserts on wall time, property tests neither; derandomised, so that a run can be repeated.
settings.register_profile("kiemchung", deadline=None, derandomize=True)
settings.load_profile("kiemchung")

#: Data for tests and benchmarks; lies beside the checkout, is never copied into it.
SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first, so that no worker sits idle while another ends with one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def model_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the converted embedding model in it, made once per test run: it takes some seconds."""
    from kiemchung.embed.ct2 import prepare  # most tests need no model

    data_dir = tmp_path_factory.mktemp("data")
    prepare(data_dir)
    return data_dir


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL server; started once per test run."""
    with running_server(durable=False) as address:
        yield address


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of shared test data; tests that need it skip where it is absent, except in CI."""
    if not SHARED_DATA.is_dir():
        reason = f"shared test data is not there ({SHARED_DATA})"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED_DATA
