"""kill -9 under write load: nothing acknowledged is lost, nothing is half-written, and it starts again by itself.

    python -m benchmarks.commons.crash [--times 200] [--backend sqlite|postgresql|both]

Contributors rate, change ratings and hand in notes through HTTP; at a random moment the server process
is killed. Then the database is read by the keys that the codenames give, and compared with what was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from benchmarks.commons import running
from benchmarks.commons.client import GoneError, Visitor
from kiemchung.commons.opening import open_commons
from kiemchung.commons.publish_log import open_log, publish
from kiemchung.commons.settings import Settings
from kiemchung.commons.site_salt import site_salt
from kiemchung.model import Level
from kiemchung.notes.codename import canonical
from kiemchung.notes.keys import Keys, derive_keys

N_NOTES, N_PEOPLE = 40, 4
_LEVELS = {"helpful": Level.HELPFUL, "somewhat": Level.SOMEWHAT, "not": Level.NOT}


@dataclass
class Person:
    """A contributor, with what the server said it has kept.

    Attributes:
        acknowledged: level by note, of the newest rating that was acknowledged.
        sent: level by note, of a rating whose answer never came.
        notes: texts of acknowledged notes.
    """

    codename: str
    keys: Keys
    acknowledged: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass
class Tally:
    """Over all kills.

    Attributes:
        lost: descriptions of acknowledged things that are not there, and of half-written ones.
        starts: seconds from start to taking requests.
    """

    kills: int = 0
    ratings: int = 0
    notes: int = 0
    lost: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)


async def _work(person: Person, port: int, seed: int, inside: asyncio.Barrier) -> None:
    """Rate, change ratings and write notes until the server is gone."""
    draw = random.Random(seed)
    async with Visitor(port) as visitor:
        try:
            await visitor.log_in(person.codename)
            await inside.wait()
            for turn in range(190):
                if turn % 40 == 5:
                    text = f"Chưa có bằng chứng nào cho điều này, theo bài số {seed}-{turn} của tạp chí."
                    status, _ = await visitor.post(f"/en/write/r{draw.randrange(N_NOTES)}", _note(visitor, text, draw))
                    if status == 303:
                        person.notes.append(text)
                    continue
                note, level = f"n{draw.randrange(N_NOTES)}", draw.choice(list(_LEVELS))
                person.sent[note] = level
                if await visitor.rate(note, level, []) == 303:
                    person.acknowledged[note] = person.sent.pop(note)
                else:
                    person.sent.pop(note)
        except GoneError:
            return


def _note(visitor: Visitor, text: str, draw: random.Random) -> list[tuple[str, str]]:
    return [
        ("form_token", visitor.form_token), ("go", "send"), ("misleading", "yes"), ("reason", "factual_error"),
        ("text", text), ("url", f"https://a{draw.randrange(10**6)}.invalid/x"), ("quote", "Chưa có bằng chứng."),
        ("date", "2026-01-02"),
    ]  # fmt: skip


async def _until_killed(server: running.Server, people: list[Person], seed: int) -> None:
    inside = asyncio.Barrier(len(people) + 1)
    workers = [asyncio.create_task(_work(who, server.port, seed * 100 + i, inside)) for i, who in enumerate(people)]
    await asyncio.wait_for(inside.wait(), 60)
    await asyncio.sleep(random.Random(seed).uniform(0.05, 1.5))
    server.kill()
    await asyncio.gather(*workers)


def _compare(settings: Settings, people: list[Person], tally: Tally) -> None:
    with open_commons(settings) as commons:
        contributions = commons.contributions
        for person in people:
            kept = {rating.note_id: rating.level for rating in contributions.ratings_of(person.keys.rater)}
            for note, level in person.acknowledged.items():
                allowed = {_LEVELS[level], _LEVELS[person.sent.get(note, level)]}
                if kept.get(note) not in allowed:
                    tally.lost.append(
                        f"kill {tally.kills}: rating of {note}: {level} acknowledged, {kept.get(note)} kept"
                    )
            own = {note.draft.text for note in contributions.notes_of_author(person.keys.author) if note.draft}
            tally.lost += [f"kill {tally.kills}: note {text!r}" for text in person.notes if text not in own]
            person.acknowledged = {note: _name(level) for note, level in kept.items()}  # what stands there now
            person.sent.clear()
        publish(commons)
        with open_log(settings) as log:
            logged = sum(1 for opening in log.openings() if opening.entry and opening.entry["kind"] == "note")
    engine = sa.create_engine(settings.database.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        halves = connection.execute(sa.text(_HALVES)).all()
        (notes,) = connection.execute(
            sa.text("SELECT count(*) FROM notes WHERE writer_key <> :none"), {"none": bytes(32)}
        ).one()
    engine.dispose()
    tally.lost += [f"kill {tally.kills}: note {note}: {n} ratings counted, {there} there" for note, n, there in halves]
    if logged != notes:
        tally.lost.append(f"kill {tally.kills}: {notes} notes, {logged} of them in the log")


_HALVES = """
SELECT notes.note_id, notes.n_ratings, count(ratings.note_id) FROM notes
LEFT JOIN ratings ON ratings.note_id = notes.note_id
GROUP BY notes.note_id, notes.n_ratings HAVING notes.n_ratings <> count(ratings.note_id)
"""


def _name(level: Level) -> str:
    return next(name for name, each in _LEVELS.items() if each is level)


def crash(settings: Settings, folder: Path, times: int, seed: int = 1) -> Tally:
    """Kill a server so many times; what was lost."""
    codenames = running.prepare(settings, n_notes=N_NOTES, n_codenames=N_PEOPLE)
    salt = site_salt(settings.data_dir)
    people = [Person(name, derive_keys(canonical(name), salt)) for name in codenames]
    tally = Tally()
    for kill in range(times):
        server = running.start(settings, folder / "log.txt")
        tally.starts.append(server.started_seconds)
        asyncio.run(_until_killed(server, people, seed * 10_000 + kill))
        tally.kills += 1
        tally.ratings += sum(len(person.acknowledged) for person in people)
        _compare(settings, people, tally)
    tally.notes = sum(len(person.notes) for person in people)
    return tally


@contextmanager
def _backends(wanted: str) -> Iterator[list[tuple[str, str]]]:
    if wanted == "sqlite":
        yield [("SQLite", "")]
        return
    from tests.postgres import new_database, running_server  # the tests' own server, from Debian's package

    with running_server() as address:
        found = [("PostgreSQL", new_database(address))]
        yield found if wanted == "postgresql" else [("SQLite", ""), *found]


def main() -> int:
    """Print what was lost; 1 if anything was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--backend", choices=("sqlite", "postgresql", "both"), default="both")
    wanted = parser.parse_args()
    failed = False
    with _backends(wanted.backend) as backends:
        for name, database_url in backends:
            with tempfile.TemporaryDirectory() as folder:
                settings = Settings(
                    data_dir=Path(folder) / "data", database_url=database_url, embedder="hashing", scoring_minutes=0.01
                )
                tally = crash(settings, Path(folder), wanted.times)
            failed |= bool(tally.lost)
            slow = sorted(tally.starts)
            print(
                f"{name}: killed {tally.kills} times; {tally.ratings:,} times an acknowledged rating was looked for, "
                f"{tally.notes:,} notes; lost or half-written: {len(tally.lost)}; start p50 "
                f"{statistics.median(slow):.2f} s, longest {slow[-1]:.2f} s",
                flush=True,
            )
            for each in tally.lost[:20]:
                print("  " + each)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
