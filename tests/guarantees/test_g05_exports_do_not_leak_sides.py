"""G5: the attack of several ratings by one person, run on everything that the site publishes, stays at chance.

The attacker is as strong as can be: knows on which side each note stands, knows who rated which note and when, and
reads all that is public before and after that one rating. The model is that of GUARANTEES 4.3.
"""

import json
import math
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kiemchung.commons import score_notes as scoring
from kiemchung.commons.export_tables import export_tables
from kiemchung.commons.publish_log import publish
from kiemchung.commons.score_worker import score
from kiemchung.i18n import open_words
from kiemchung.i18n.note_documents import note_document
from kiemchung.model import Level, Rating
from tests.guarantees.conftest import DRAFT, open_site
from tests.ratings import put_rating

N_NOTES, N_RATERS, N_TARGETS, N_ROUNDS = 60, 48, 60, 12
SEEDS = (21, 22, 23)
#: The stated bound: three standard deviations of a coin above one half.
BOUND = 0.5 + 3 * math.sqrt(0.25 / (N_TARGETS * len(SEEDS)))
_FALLS = re.compile(r"below_|missing|lacks")


@dataclass
class World:
    """Sides of notes (0 where both agree) and of raters, each with its strength."""

    draw: random.Random
    positions: list[float]
    qualities: list[float]

    @classmethod
    def of(cls, seed: int) -> "World":
        draw = random.Random(seed)
        positions = [draw.choice((-1.0, 1.0)) if draw.random() < 0.6 else 0.0 for _ in range(N_NOTES)]
        return cls(draw, positions, [draw.uniform(-1, 1) for _ in range(N_NOTES)])

    def side(self) -> float:
        return self.draw.choice((-1, 1)) * self.draw.uniform(0.3, 1)

    def level(self, side: float, note: int) -> Level:
        wish = 2.4 * side * self.positions[note] + 2 * self.qualities[note]
        return Level.HELPFUL if self.draw.random() < 1 / (1 + math.exp(-wish)) else Level.NOT


@pytest.fixture
def quick(monkeypatch):
    """Score in this process: what the other process answers is tested elsewhere, and here are many runs."""

    def run(payload, _timeout):
        import io

        import numpy as np

        arrays = dict(np.load(io.BytesIO(payload)).items())
        return score(arrays, int(arrays.pop("now_ms")), int(arrays.pop("threads")))

    monkeypatch.setattr(scoring, "_run_process", run)


def test_g05_exports_do_not_leak_sides_to_who_watches_every_rating(quick, tmp_path):
    assert attack(tmp_path) <= BOUND


def test_g05_the_attack_works_where_numbers_follow_every_rating(quick, tmp_path, monkeypatch):
    monkeypatch.setattr(scoring, "TOLD_AFTER", 0)
    assert attack(tmp_path) > BOUND


def test_g05_nothing_public_ties_ratings_of_one_rater_together(commons, quick, tmp_path):
    world = World.of(11)
    keys = fill(commons, world)
    scoring.score_notes(commons)
    publish(commons)
    everything = "\n".join(text for _, text in public_texts(commons, tmp_path))
    assert "n00" in everything
    assert not [key for key in keys if key.hex() in everything or repr(key) in everything]


def attack(folder) -> float:
    """The share of targets of all sites whose side is guessed right after so many rounds."""
    found = []
    for seed in SEEDS:
        commons = open_site(folder / str(seed))
        found.append(attack_site(commons, folder / str(seed), World.of(seed)))
        commons.close()
    return sum(found) / len(found)


def attack_site(commons, folder, world) -> float:
    fill(commons, world)
    targets = [(world.side(), world.draw.randbytes(32)) for _ in range(N_TARGETS)]
    votes = [0.0] * N_TARGETS
    before = look(commons, folder)
    for number in range(N_ROUNDS):
        rated = {i: (i + 7 * number) % N_NOTES for i in range(N_TARGETS)}
        for i, note in rated.items():
            side, key = targets[i]
            put_rating(
                commons.contributions,
                key,
                Rating(f"n{note:02d}", world.level(side, note), ("clear",), (), "2026-09-21"),
            )
        after = look(commons, folder)
        for i, note in rated.items():
            votes[i] += world.positions[note] * trend(before[f"n{note:02d}"], after[f"n{note:02d}"])
        before = after
    right = sum(vote * side > 0 for vote, (side, _) in zip(votes, targets, strict=True))
    return (right + sum(vote == 0 for vote in votes) / 2) / N_TARGETS


def fill(commons, world) -> list[bytes]:
    keys = [world.draw.randbytes(32) for _ in range(N_RATERS)]
    for note in range(N_NOTES):
        commons.contributions.put_note(f"n{note:02d}", "r1", world.draw.randbytes(32), DRAFT, "2026-09-21")
    for key in keys:
        side = world.side()
        for note in world.draw.sample(range(N_NOTES), 30):
            put_rating(
                commons.contributions,
                key,
                Rating(f"n{note:02d}", world.level(side, note), ("clear",), (), "2026-09-21"),
            )
    return keys


def look(commons, folder) -> dict[str, dict[str, float]]:
    """Score, publish, and read every public number of every note."""
    scoring.score_notes(commons)
    publish(commons)
    found: dict[str, dict[str, float]] = {f"n{note:02d}": {} for note in range(N_NOTES)}
    for where, text in public_texts(commons, folder):
        for line in text.splitlines():
            document = json.loads(line)
            note_id = document.get("note_id") if isinstance(document, dict) else None
            if note_id in found:
                found[note_id] |= dict(numbers(document, where))
    return found


def public_texts(commons, folder) -> Iterator[tuple[str, str]]:
    """What is public, a JSON document a line: the export, the log, and each note as the API and pages tell it."""
    export_tables(commons, folder / "export", "ndjson")
    for path in sorted((folder / "export").rglob("*.ndjson")):
        yield path.stem, path.read_text("utf-8")
    for path in sorted((commons.settings.data_dir / "log").rglob("*")):
        if path.is_file():
            found = re.findall(rb'\{"[^\n\x00]*\}', path.read_bytes())
            yield "log", "\n".join(line.decode() for line in found if is_json(line))
    told = commons.contributions.get_notes([f"n{note:02d}" for note in range(N_NOTES)])
    yield "page", "\n".join(json.dumps(note_document(note, open_words("en"))) for note in told.values())


def is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def numbers(value, path) -> Iterator[tuple[str, float]]:
    """Every number below a value, by its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from numbers(inner, f"{path}.{key}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, float(value)


def trend(before: dict[str, float], after: dict[str, float]) -> float:
    """Whether a note's numbers moved as after a helpful rating (1) or another (-1); 0 where nothing moved."""
    moves = 0
    for name in before.keys() & after.keys():
        moved = (after[name] > before[name]) - (after[name] < before[name])
        moves += -moved if _FALLS.search(name) else moved
    return float((moves > 0) - (moves < 0))
