"""G15: what a leaver takes along is gone from the raw files as soon as leaving is answered."""

import threading
import time
from pathlib import Path

import psycopg
import pytest

from kiemchung.model import Level, NoteDraft, Rating, Source
from tests.guarantees.conftest import DAY, DRAFT
from tests.ratings import put_rating

WORDS = "Chuối chín cây ở vườn nhà bà Tám ngọt lạ lùng CANARY-7d2f."
OWN = NoteDraft(True, ("factual_error",), WORDS, "vi", (Source("https://canary-source.example/x", "CANARY-quote"),))
VERIFIER, RATER, AUTHOR = b"V" * 16 + b"v" * 16, b"R" * 16 + b"r" * 16, b"A" * 16 + b"a" * 16


@pytest.fixture
def lived_in(contributions):
    """A site where others are too, so that rows share pages and some have moved between them."""
    for i in range(120):
        contributions.add_account(i.to_bytes(32, "big"))
        contributions.put_note(f"n{i}", "r1", bytes(32), DRAFT, DAY)
        if i == 60:
            contributions.add_account(VERIFIER)
            contributions.put_note("own", "r1", AUTHOR, OWN, DAY)
            put_rating(contributions, RATER, Rating("n1", Level.HELPFUL, ("clear",), (), DAY))
    return contributions


def left_in_files(database, needles):
    path = Path(database.removeprefix("sqlite:///"))
    content = b"".join(file.read_bytes() for file in path.parent.iterdir() if file.name.startswith(path.name))
    return [needle for needle in needles if needle in content]


def test_g15_leave_is_forget_in_raw_pages_and_tables(lived_in, database):
    needles = [VERIFIER, RATER, b"CANARY-7d2f", b"canary-source", b"CANARY-quote"]
    if database.startswith("sqlite"):
        assert left_in_files(database, needles) == needles
    lived_in.delete_contributions(RATER, AUTHOR, lambda _: [])
    lived_in.delete_account(VERIFIER)
    assert not lived_in.has_account(VERIFIER)
    assert lived_in.ratings_of(RATER) == []
    assert lived_in.get_notes(["own"])["own"].draft is None
    if database.startswith("sqlite"):
        assert left_in_files(database, needles) == []
    else:
        content = table_file(database, "accounts")
        assert (5).to_bytes(32, "big") in content
        assert VERIFIER not in content


@pytest.fixture
def reader(lived_in, database):
    """Somebody who looks at another table and may go on to look at the accounts as they were."""
    with psycopg.connect(database) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.execute("SELECT count(*) FROM notes").fetchone()
        yield connection


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_g15_leave_is_forget_though_somebody_is_reading(lived_in, database, reader):
    ending = threading.Timer(0.1, reader.rollback)
    ending.start()
    lived_in.delete_account(VERIFIER)
    ending.join()
    assert VERIFIER not in table_file(database, "accounts")


@pytest.mark.postgres
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_g15_leave_is_forget_when_a_long_reading_ends(lived_in, database, reader):
    lived_in.delete_account(VERIFIER)
    assert VERIFIER in table_file(database, "accounts")
    reader.rollback()
    for _ in range(100):
        if VERIFIER not in table_file(database, "accounts"):
            break
        time.sleep(0.1)
    assert VERIFIER not in table_file(database, "accounts")


def table_file(database, table):
    """The raw file of a table, as the server has it on its disk."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        query = "SELECT current_setting('data_directory'), pg_relation_filepath(%s)"
        folder, path = connection.execute(query, (table,)).fetchone()
    return (Path(folder) / path).read_bytes()
