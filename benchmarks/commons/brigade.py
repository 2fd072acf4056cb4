"""Brigades played through the pages of a running small site: what is shown, with bridging and with counting votes.

    python -m benchmarks.commons.brigade --simulator simulate_ratings.py [--shares 0.05,0.1,0.2,0.3] [--seeds 7]
    python -m benchmarks.commons.brigade --simulator simulate_ratings.py --straight --seeds 1,2,3,4,5,6,7,8

Every account has a codename, logs in (Argon2 at its full cost) and rates through the form. The honest ratings come
first; each brigade then plays against a copy of that site, which is scored as `kiemchung site score` does. The site is
in its founding period, so every rating counts, and all ratings are of one day: no time gives the brigade away.

`--straight` puts the same ratings into the database without the pages, in a small part of the time, to see how much
hangs on the seed; its counts are sums over the seeds.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from benchmarks.commons import running
from benchmarks.commons.client import Visitor
from kiemchung.commons import score_process
from kiemchung.commons.opening import open_commons
from kiemchung.commons.settings import Settings
from kiemchung.commons.take_part import make_codename
from kiemchung.model import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Level, NoteStatus, Rating, Request

RATERS, NOTES, RATINGS = 200, 120, 5_000
_LEVELS = {"HELPFUL": "helpful", "SOMEWHAT_HELPFUL": "somewhat", "NOT_HELPFUL": "not"}
_VALUES = {"helpful": 1.0, "somewhat": 0.5, "not": 0.0}
#: What the simple alternatives ask of a note before they show it.
_LEAST, _AVERAGE = 5, 0.66


@dataclass(frozen=True)
class Said:
    """One rating as the form takes it."""

    note_id: str
    level: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class World:
    """Who says what, and which notes deserve to be shown.

    Attributes:
        deserving: by note id. misleading: what the note says of its claim, by note id.
    """

    honest: dict[str, list[Said]]
    brigade: dict[str, list[Said]]
    deserving: dict[str, bool]
    misleading: dict[str, bool]


def simulate(simulator: Path, folder: Path, share: float, seed: int) -> World:
    """The simulator's community with a brigade of this share of all raters; its honest part is the same for any."""
    size = ["--raters", RATERS, "--notes", NOTES, "--ratings", RATINGS, "--seed", seed, "--brigade", share]
    command = [sys.executable, str(simulator), *map(str, size), "--out", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    attackers = {row["participantId"] for row in _rows(folder / "truth_raters.tsv") if row["isBrigade"] == "1"}
    said: dict[str, list[Said]] = defaultdict(list)
    for row in _rows(folder / "ratings-00000.tsv"):
        said[row["raterParticipantId"]].append(_said(row))
    truth = list(_rows(folder / "truth.tsv"))
    return World(
        {rater: ratings for rater, ratings in said.items() if rater not in attackers},
        {rater: ratings for rater, ratings in said.items() if rater in attackers},
        {row["noteId"]: row["deserving"] == "1" for row in truth},
        {row["noteId"]: row["isNotMisleading"] != "1" for row in truth},
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _said(row: dict[str, str]) -> Said:
    level = _LEVELS[row["helpfulnessLevel"]]
    columns = list(row)
    first, second = columns.index("helpfulOther"), columns.index("notHelpfulOther")
    tags = [("tag", tag) for i, tag in enumerate(HELPFUL_TAGS) if row[columns[first + i]] == "1"]
    not_tags = [("not_tag", tag) for i, tag in enumerate(NOT_HELPFUL_TAGS) if row[columns[second + i]] == "1"]
    return Said(row["noteId"], level, (*(tags if level != "not" else ()), *(not_tags if level != "helpful" else ())))


def open_site(settings: Settings, world: World) -> None:
    """An open site with the notes of this world, one to a request."""
    running.prepare(settings, n_notes=0, n_codenames=0)
    with open_commons(settings) as commons:
        for i, (note_id, misleading) in enumerate(sorted(world.misleading.items())):
            reasons = ("factual_error",) if misleading else ("factually_correct",)
            draft = replace(running.DRAFT, misleading=misleading, reasons=reasons)
            commons.contributions.put_request(Request(f"r{i}", f"Con số {i + 2} là đúng.", "vi", running.DAY, 0))
            commons.contributions.put_note(note_id, f"r{i}", bytes(32), draft, running.DAY)


async def play(settings: Settings, raters: dict[str, list[Said]]) -> None:
    """Make a codename for each, log in, rate."""
    with open_commons(settings) as commons:
        codenames = [make_codename(commons, "en") for _ in raters]
    server = running.start(settings, settings.data_dir / "log.txt")
    gate = asyncio.Semaphore(4)

    async def one(codename: str, ratings: list[Said]) -> None:
        async with gate, Visitor(server.port) as visitor:
            await visitor.log_in(codename)
            for said in ratings:
                status = await visitor.rate(said.note_id, said.level, list(said.reasons))
                if status != 303:
                    raise RuntimeError(f"a rating was answered {status}")

    try:
        await asyncio.gather(*map(one, codenames, raters.values()))
    finally:
        server.stop()


def put_straight(settings: Settings, raters: dict[str, list[Said]]) -> None:
    """The same ratings without the pages."""
    with open_commons(settings) as commons:
        begun = [
            commons.contributions.begin_rating(
                hashlib.sha256(rater.encode()).digest(),
                Rating(
                    said.note_id,
                    Level(said.level),
                    tuple(tag for name, tag in said.reasons if name == "tag"),
                    tuple(tag for name, tag in said.reasons if name == "not_tag"),
                    running.DAY,
                ),
                b"",
                lambda _: None,
            )
            for rater, ratings in raters.items()
            for said in ratings
        ]
        if not all(each.result() for each in begun):
            raise RuntimeError("a rating was refused")


def shown_by_us(settings: Settings) -> set[str]:
    """Notes that the site shows after a scoring run."""
    score_process.run(settings, Event())
    with open_commons(settings) as commons:
        shown = commons.contributions.notes_by_status(NoteStatus.SHOWN, limit=NOTES)
        return {note.note_id for note in shown}


def shown_by(world: World, *, average: bool) -> set[str]:
    """Notes that a site would show that counts votes, or averages them."""
    values: dict[str, list[float]] = defaultdict(list)
    for ratings in [*world.honest.values(), *world.brigade.values()]:
        for said in ratings:
            values[said.note_id].append(_VALUES[said.level])
    if average:
        return {n for n, v in values.items() if len(v) >= _LEAST and sum(v) / len(v) >= _AVERAGE}
    return {n for n, v in values.items() if len(v) >= _LEAST and v.count(1.0) > v.count(0.0)}


@dataclass
class Tally:
    """Of deserving and other notes, how many there are and how many a rule shows."""

    good: int = 0
    bad: int = 0
    right: int = 0
    wrong: int = 0

    def add(self, shown: set[str], deserving: dict[str, bool]) -> None:
        """Count one world more."""
        self.good += sum(deserving.values())
        self.bad += len(deserving) - sum(deserving.values())
        self.right += sum(deserving[note] for note in shown)
        self.wrong += sum(not deserving[note] for note in shown)

    def line(self, name: str) -> str:
        """One row of the report."""
        n_shown = self.right + self.wrong
        precision = self.right / n_shown if n_shown else float("nan")
        good, bad = self.right / self.good, self.wrong / self.bad
        return (
            f"  {name:26} deserving shown {self.right:3}/{self.good} ({good:4.0%})"
            f"   undeserving shown {self.wrong:3}/{self.bad} ({bad:4.0%})   precision {precision:4.0%}"
        )


def measure(
    simulator: Path, folder: Path, shares: list[float], seed: int, *, straight: bool
) -> Iterator[tuple[World, list[set[str]]]]:
    """For each share its world, and what is shown by the site, by counting votes and by averaging them."""
    honest = Settings(data_dir=folder / "honest", embedder="hashing", scoring_minutes=0)

    def put(settings: Settings, raters: dict[str, list[Said]]) -> None:
        if straight:
            put_straight(settings, raters)
        else:
            asyncio.run(play(settings, raters))

    for share in shares:
        world = simulate(simulator, folder / f"simulated-{share}", share, seed)
        if not honest.data_dir.exists():
            open_site(honest, world)
            put(honest, world.honest)
        site = honest.model_copy(update={"data_dir": folder / f"site-{share}"})
        shutil.copytree(honest.data_dir, site.data_dir)
        if world.brigade:
            put(site, world.brigade)
        yield world, [shown_by_us(site), shown_by(world, average=False), shown_by(world, average=True)]


def main() -> None:
    """Print, for each share, what is shown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulator", type=Path, required=True)
    parser.add_argument("--shares", default="0.05,0.1,0.2,0.3")
    parser.add_argument("--seeds", default="7")
    parser.add_argument("--straight", action="store_true")
    wanted = parser.parse_args()
    shares = [0.0, *map(float, wanted.shares.split(","))]
    names = ("kiemchung", "more helpful than not", f"average at least {_AVERAGE}")
    tallies = {share: {name: Tally() for name in names} for share in shares}
    how = "straight into the database" if wanted.straight else "all through the pages"
    print(f"{RATERS} honest raters, {NOTES} notes, {RATINGS} ratings, {how}, seeds {wanted.seeds}", flush=True)
    seeds = list(map(int, wanted.seeds.split(",")))
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            played = measure(wanted.simulator, Path(folder), shares, seed, straight=wanted.straight)
            for share, (world, shown) in zip(shares, played, strict=True):
                for name, notes in zip(names, shown, strict=True):
                    tallies[share][name].add(notes, world.deserving)
                if seed == seeds[-1]:
                    print(f"brigade of {len(world.brigade)} accounts, {share:.0%} of all")
                    print("\n".join(tally.line(name) for name, tally in tallies[share].items()), flush=True)


if __name__ == "__main__":
    main()
