"""G2: no column speaks of a person, and no contribution's time is finer than a day."""

import re
import sqlite3

import pytest
from sqlalchemy import create_engine, inspect

from kiemchung.store.migrate import _migrate
from kiemchung.store.schema import metadata
from tests.guarantees.conftest import two_camps

#: Parts of a column's name that would speak of a person, a machine or a place.
_PERSON = {"ip", "addr", "address", "agent", "email", "mail", "phone", "name", "seen", "lat", "lon", "author",
           "claimant", "user", "cookie", "referer", "device"}  # fmt: skip
#: Columns that may be called so, and why.
ALLOWED: dict[str, str] = {}
#: Tables without anything of a contributor's: published checks, imports, scoring runs, what all can read.
PUBLIC = {"state", "reviews", "review_versions", "origins", "publishers", "import_runs", "import_rejects",
          "scoring_runs", "scores", "status_changes", "site", "alembic_version",
          "desk_checks", "desk_versions", "desk_replies"}  # fmt: skip
#: Tables with rows of contributors, and the columns that hold their time: a day and nothing finer.
CONTRIBUTORS = {"accounts": ["paused_until"], "requests": ["day"], "asks": [], "notes": ["day"], "ratings": ["day"],
                "redactions": ["day"], "request_redactions": ["day"], "log_outbox": [], "desk_members": []}  # fmt: skip
_TIME = re.compile(r"(^|_)(at|ms|time|date|when|since|until|day|created|updated|on)($|_)")


def of_a_person(columns):
    return [c for c in columns if set(c.split(".")[1].split("_")) & _PERSON and c not in ALLOWED]


def columns_of(engine):
    look = inspect(engine)
    return {table: {c["name"]: str(c["type"]) for c in look.get_columns(table)} for table in look.get_table_names()}


@pytest.fixture
def migrated(tmp_path):
    """The columns of a database that went through every migration."""
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with engine.begin() as connection:
        _migrate(connection)
    yield columns_of(engine)
    engine.dispose()


def test_g02_schema_check_no_column_speaks_of_a_person(migrated):
    declared = [f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns]
    made = [f"{table}.{column}" for table, columns in migrated.items() for column in columns]
    assert of_a_person(declared + made) == []


@pytest.mark.parametrize("column", ["accounts.ip", "notes.user_agent", "ratings.rater_name", "accounts.last_seen"])
def test_g02_schema_check_finds_such_a_column(column):
    assert of_a_person([column]) == [column]


def test_g02_schema_check_every_table_is_known_and_contributors_times_are_days(migrated):
    assert set(migrated) - PUBLIC == set(CONTRIBUTORS)
    for table, days in CONTRIBUTORS.items():
        assert [name for name in migrated[table] if _TIME.search(name)] == days
        assert [migrated[table][name] for name in days] == ["VARCHAR(10)"] * len(days)
        assert [name for name, kind in migrated[table].items() if "DATE" in kind or "TIME" in kind] == []


def test_g02_schema_check_stored_times_are_days(tmp_path):
    from kiemchung.model import Request
    from kiemchung.store import open_contributions, open_store

    address = f"sqlite:///{tmp_path / 'kiemchung.db'}"
    open_store(address).close()
    contributions = open_contributions(address, lambda: "2026-09-21")
    contributions.put_request(Request("r1", "Nước chanh chữa ung thư.", "vi", "2026-09-21", 0))
    contributions.add_account(bytes(32))
    contributions.pause_account(bytes(32), "2026-10-01")
    two_camps(contributions, raters=2, notes=3)
    contributions.redact_note("n00", "contact", "a phone number", "2026-09-22")
    request = contributions.get_requests(["r1"])["r1"]
    assert contributions.redact_request(request, "[…] chữa ung thư.", "contact", "a phone number", "2026-09-22")
    contributions.close()
    with sqlite3.connect(tmp_path / "kiemchung.db") as raw:
        for table, days in CONTRIBUTORS.items():
            for day in days:
                for (value,) in raw.execute(f"SELECT DISTINCT {day} FROM {table}"):
                    assert re.fullmatch(r"\d{4}-\d\d-\d\d", value)
    raw.close()
