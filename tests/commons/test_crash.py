"""A few kills of a real server under load; `make bench-crash` does two hundred on each database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from benchmarks.commons.crash import crash

from kiemchung.commons.settings import Settings
from tests.postgres import new_database


def killed(tmp_path, database_url):
    settings = Settings(data_dir=tmp_path / "data", database_url=database_url, embedder="hashing", scoring_minutes=0.01)
    with ThreadPoolExecutor(1) as pool:  # the browser tests leave an event loop running in this thread
        tally = pool.submit(crash, settings, tmp_path, times=3).result()
    assert tally.ratings > 0
    return tally.lost


@pytest.mark.slow
def test_kill_loses_nothing_that_was_acknowledged_on_sqlite(tmp_path):
    assert killed(tmp_path, "") == []


@pytest.mark.slow
@pytest.mark.postgres
def test_kill_loses_nothing_that_was_acknowledged_on_postgresql(tmp_path, postgres_server):
    assert killed(tmp_path, new_database(postgres_server)) == []
