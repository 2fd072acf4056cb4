"""A database of each kind, empty, and a site of two camps to score."""

import random

import pytest

from kiemchung.commons.settings import Settings
from kiemchung.model import Level, NoteDraft, Rating, Request, Source
from kiemchung.store import open_contributions, open_store
from tests.commons import people
from tests.postgres import new_database
from tests.ratings import put_rating

DAY = "2026-09-21"
DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request, tmp_path):
    """The address of an empty database with our tables."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'kiemchung.db'}"
    else:
        address = new_database(request.getfixturevalue("postgres_server"))
    open_store(address).close()
    return address


@pytest.fixture
def contributions(database):
    opened = open_contributions(database, lambda: DAY)
    opened.put_request(Request("r1", "Nước chanh chữa ung thư.", "vi", DAY, 0))
    yield opened
    opened.close()


@pytest.fixture
def commons(tmp_path):
    """A site on SQLite that is open for notes."""
    opened = open_site(tmp_path)
    yield opened
    opened.close()


def open_site(folder):
    """A site on SQLite with its pages filled in and one request."""
    return people.open_site(Settings(data_dir=folder, embedder="hashing"))


def two_camps(contributions, *, draft=DRAFT, raters=40, notes=30, seed=5):
    """Camps disagree on most notes, agree that n00 to n04 are good and n05 to n09 bad."""
    draw = random.Random(seed)
    keys = [draw.randbytes(32) for _ in range(raters)]
    for i in range(notes):
        contributions.put_note(f"n{i:02d}", "r1", draw.randbytes(32), draft, DAY)
    for number, key in enumerate(keys):
        camp = number % 2
        for i in range(notes):
            if draw.random() < 0.2:
                continue
            likes = (i < 5 or (i >= 10 and i % 2 == camp)) != (draw.random() < 0.05)
            given = (("clear", "good_sources"), ()) if likes else ((), ("incorrect", "off_topic"))
            put_rating(contributions, key, Rating(f"n{i:02d}", Level.HELPFUL if likes else Level.NOT, *given, DAY))
    return keys
