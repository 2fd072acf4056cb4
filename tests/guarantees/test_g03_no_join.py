"""G3: whoever holds the database pairs accounts and raters' or writers' keys no better than chance."""

import sqlite3
from pathlib import Path

import numpy as np
import psycopg
import pytest

from kiemchung.model import Level, Rating
from tests.guarantees.conftest import DAY, DRAFT
from tests.ratings import put_rating

PEOPLE = 120
#: Pairs that are right by chance are Poisson(1): eight or more come up once in 100,000 tries.
MOST_BY_CHANCE = 7


@pytest.fixture
def people(contributions):
    """Verifier, rater key and author key of people who came, wrote, asked and rated one after the other."""
    draw = np.random.default_rng(3)
    keys = [tuple(draw.bytes(32) for _ in range(4)) for _ in range(PEOPLE)]
    for number, (verifier, rater, author, asker) in enumerate(keys):
        contributions.add_account(verifier)
        contributions.put_note(draw.bytes(8).hex(), "r1", author, DRAFT, DAY)
        contributions.ask("r1", asker)
        if number == 0:
            contributions.put_note("n1", "r1", bytes(32), DRAFT, DAY)
        put_rating(contributions, rater, Rating("n1", Level.HELPFUL, ("clear",), (), DAY))
    contributions.delete_account(bytes(32))  # tidies at once what a second of quiet tidies else; the server runs on
    return keys


def right_pairs(accounts, others, truth):
    """Pairs by rank, the best that an attacker with two orders can do."""
    return sum(truth.get(account) == other for account, other in zip(accounts, others, strict=False))


def in_raw_order(path, keys):
    """Keys by the place of their first and last bytes in the file, as a person with a disk editor sees them."""
    content = path.read_bytes() if path.exists() else b""
    found = [(content.find(key), key) for key in keys if key in content]
    last = [(content.rfind(key), key) for key in keys if key in content]
    return [[key for _, key in sorted(places)] for places in (found, last)]


def sqlite_orders(path, column, table, keys):
    orders = in_raw_order(path, keys) + in_raw_order(Path(f"{path}-wal"), keys)
    with sqlite3.connect(path) as raw:
        orders.append([bytes(row[0]) for row in raw.execute(f"SELECT {column} FROM {table}")])
        with pytest.raises(sqlite3.OperationalError, match="rowid"):
            raw.execute(f"SELECT rowid FROM {table}")
    raw.close()
    return orders


def postgres_orders(address, column, table):
    with psycopg.connect(address) as connection:
        return [
            [bytes(row[0]) for row in connection.execute(f"SELECT {column} FROM {table} ORDER BY {order}").fetchall()]
            for order in ("ctid", "xmin::text::bigint, ctid", column)
        ]


def test_g03_no_join_row_order_page_order_log_and_transactions_tell_nothing(people, database):
    for which, (table, column) in enumerate(
        (("ratings", "rater_key"), ("notes", "writer_key"), ("asks", "ask_key")), 1
    ):
        truth = {person[0]: person[which] for person in people}
        if database.startswith("sqlite"):
            path = Path(database.removeprefix("sqlite:///"))
            assert Path(f"{path}-wal").stat().st_size == 0
            accounts = sqlite_orders(path, "verifier", "accounts", list(truth))
            others = sqlite_orders(path, column, table, list(truth.values()))
            columns = sqlite3.connect(path).execute("PRAGMA table_info(accounts)").fetchall()
            assert [name for _, name, *_ in columns] == ["verifier", "paused_until"]
        else:
            accounts = postgres_orders(database, "verifier", "accounts")
            others = postgres_orders(database, column, table)
        others = [[key for key in order if key in set(truth.values())] for order in others]
        assert len(max(accounts, key=len)) == len(max(others, key=len)) == PEOPLE
        tries = [right_pairs(a, o, truth) for a in accounts for o in others]
        tries += [right_pairs(a[::-1], o, truth) for a in accounts for o in others]
        assert max(tries) <= MOST_BY_CHANCE


def test_g03_no_join_the_attack_finds_an_order_where_there_is_one():
    """The attacker is no straw man: two lists in the order of arrival are joined wholly."""
    truth = {bytes([i]) * 32: bytes([255 - i]) * 32 for i in range(PEOPLE)}
    assert right_pairs(list(truth), list(truth.values()), truth) == PEOPLE
