"""Attackers who know the method, and honest habits that look like coordination, added to a simulated honest community.

Arrays in, arrays out, on top of what `--simulator` wrote: note, rater, level (0, 1, 2), at_ms per rating.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

HOUR, DAY = 3_600_000, 86_400_000
#: The simulator's model of an answer: utility weights, noise scale, half band.
HELP, SIDE, NOISE, BAND = 1.5, 1.5, 0.6, 0.25


@dataclass(frozen=True)
class Community:
    """Ratings and the truth behind them.

    Attributes:
        note, rater, level, at_ms: per rating.
        created_ms, good, side, deserving, counted: per note; `counted` notes have no topic.
        place, strict: per rater.
        attacker: per rater. role: per note, 1 promoted, -1 suppressed, 0 not attacked.
    """

    note: np.ndarray
    rater: np.ndarray
    level: np.ndarray
    at_ms: np.ndarray
    created_ms: np.ndarray
    good: np.ndarray
    side: np.ndarray
    deserving: np.ndarray
    counted: np.ndarray
    not_misleading: np.ndarray
    place: np.ndarray
    strict: np.ndarray
    attacker: np.ndarray
    role: np.ndarray
    frozen: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Attack:
    """How a brigade goes about it.

    Attributes:
        share: of all raters. targets: share of the notes promoted, and as many suppressed. each: attack ratings a head.
        camouflage: honest ratings per attack rating, chosen and timed like everybody's.
        natural: attack ratings come with the honest delay instead of within two hours.
        cells: the brigade falls into so many cells with targets of their own.
        both: accounts take places of both camps in their camouflage.
        slips: attack ratings answered at random. honest_answers: attack ratings answered honestly.
        suppress_only: nothing is promoted.
        days_only: the data have days instead of times, as a community's own server keeps them.
    """

    share: float = 0.1
    targets: float = 0.05
    each: int = 50
    camouflage: float = 0.0
    natural: bool = False
    cells: int = 1
    both: bool = False
    slips: float = 0.03
    honest_answers: float = 0.0
    suppress_only: bool = False
    days_only: bool = False


VARIATIONS = {
    "as published": Attack(),
    "days instead of times": Attack(days_only=True),
    "natural times": Attack(natural=True),
    "1% targets, 15 each": Attack(natural=True, targets=0.01, each=15),
    "20% targets": Attack(natural=True, targets=0.2),
    "10 ratings each": Attack(natural=True, each=10),
    "only suppress": Attack(natural=True, suppress_only=True),
    "10 cells": Attack(natural=True, cells=10),
    "30 cells, 10% targets": Attack(natural=True, cells=30, targets=0.1),
    "half camouflage": Attack(natural=True, camouflage=1.0),
    "half camouflage, both camps": Attack(natural=True, camouflage=1.0, both=True),
    "half camouflage, 20% targets": Attack(natural=True, camouflage=1.0, targets=0.2),
    "half camouflage, 40% honest answers": Attack(natural=True, camouflage=1.0, honest_answers=0.4),
    "three quarters camouflage": Attack(natural=True, camouflage=3.0),
    "three quarters, both camps, 30% honest": Attack(natural=True, camouflage=3.0, both=True, honest_answers=0.3),
}


def answers(rng: np.random.Generator, z: np.ndarray) -> np.ndarray:
    """Levels for utilities."""
    z = z + NOISE * rng.logistic(size=len(z))
    return (z > -BAND).astype(np.int8) + (z > BAND)


def utility(made: Community, note: np.ndarray, place: np.ndarray, strict: np.ndarray) -> np.ndarray:
    return HELP * made.good[note] + SIDE * place * made.side[note] - strict


def attacked(made: Community, attack: Attack, seed: int) -> Community:
    """The community with the brigade's ratings added."""
    rng = np.random.default_rng([seed, 77])
    n_raters = len(made.place)
    count = round(attack.share * n_raters / (1 - attack.share))
    role = np.zeros(len(made.good), np.int8)
    parts = [_cell(rng, made, attack, role, np.arange(k, count, attack.cells)) for k in range(attack.cells)]
    note, head = (np.concatenate(column) for column in zip(*parts, strict=True))
    level = np.where(role[note] > 0, 2, 0).astype(np.int8)
    place = _places(rng, made, attack, count)
    strict = 0.3 * rng.standard_normal(count)
    slip, honest = rng.random(len(note)) < attack.slips, rng.random(len(note)) < attack.honest_answers
    level = np.where(slip, rng.integers(0, 3, len(note)), level)
    level = np.where(honest, answers(rng, utility(made, note, place[head], strict[head])), level)
    delay = _honest_delay(rng, len(note)) if attack.natural else rng.exponential(1.0, len(note)) * HOUR
    at = made.created_ms[note] + delay.astype(np.int64)
    if attack.camouflage:
        cover, who = _camouflage(rng, made, place, round(attack.each * attack.camouflage * count))
        note, head = np.concatenate([note, cover]), np.concatenate([head, who])
        level = np.concatenate([level, answers(rng, utility(made, cover, place[who], strict[who]))])
        at = np.concatenate([at, made.created_ms[cover] + _honest_delay(rng, len(cover)).astype(np.int64)])
    _, first = np.unique(head * np.int64(len(role)) + note, return_index=True)
    at_ms = np.concatenate([made.at_ms, np.minimum(at[first], made.at_ms.max())])
    return replace(
        made,
        note=np.concatenate([made.note, note[first]]),
        rater=np.concatenate([made.rater, n_raters + head[first]]),
        level=np.concatenate([made.level, level[first]]),
        at_ms=at_ms // DAY * DAY if attack.days_only else at_ms,
        place=np.concatenate([made.place, place]),
        strict=np.concatenate([made.strict, strict]),
        attacker=np.concatenate([made.attacker, np.ones(count, bool)]),
        role=role,
    )


def _cell(
    rng: np.random.Generator, made: Community, attack: Attack, role: np.ndarray, heads: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Targets of one cell (marked in role), and which of its accounts rates which."""
    each_way = max(5, round(attack.targets * len(role))) // attack.cells
    up = rng.choice(np.flatnonzero(~made.deserving & (made.side > 0.4)), each_way, replace=False)
    pool = np.flatnonzero(made.deserving | (made.side < -0.4))
    wanted = np.where(made.deserving[pool], 2.0, 1.0)
    down = rng.choice(pool, each_way, replace=False, p=wanted / wanted.sum())
    up = up[:0] if attack.suppress_only else up
    role[up], role[down] = 1, -1
    targets = np.concatenate([up, down])
    each = min(attack.each, len(targets))
    note = [rng.choice(targets, each, replace=False) for _ in heads]
    return np.concatenate(note), np.repeat(heads, each)


def _places(rng: np.random.Generator, made: Community, attack: Attack, count: int) -> np.ndarray:
    if attack.both:
        return rng.choice(made.place, count)
    return np.clip(0.9 + 0.1 * rng.standard_normal(count), 0.5, 1.2)


def _honest_delay(rng: np.random.Generator, count: int) -> np.ndarray:
    return np.exp(np.log(5) + 1.3 * rng.standard_normal(count)) * HOUR


def _camouflage(
    rng: np.random.Generator, made: Community, place: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Notes chosen by how known and how congenial they are, and the accounts that rate them."""
    known = np.bincount(made.note, minlength=len(made.good)) + 0.5
    note = rng.choice(len(known), 4 * count, p=known / known.sum())
    who = rng.integers(0, len(place), 4 * count)
    kept = np.flatnonzero(rng.random(4 * count) < 1 / (1 + np.exp(-place[who] * made.side[note])))[:count]
    return note[kept], who[kept]


def honest_habits(made: Community, seed: int) -> dict[str, Community]:
    """The same raters and notes with ratings chosen by habits that make honest raters rate the same notes.

    Topics: twenty, 70% of a rater's ratings in one. Weeks: each rater is there for one week. Minority: a tenth dislike
    a seventh of the deserving notes, each by themselves.
    """
    rng = np.random.default_rng([seed, 501])
    n_notes, n_raters = len(made.good), len(made.place)
    topic_of_note, topic_of_rater = rng.integers(0, 20, n_notes), rng.integers(0, 20, n_raters)
    begins = made.created_ms.min() + rng.random(n_raters) * 60 * DAY

    def of_topic(note: np.ndarray, rater: np.ndarray) -> np.ndarray:
        return np.where(topic_of_note[note] == topic_of_rater[rater], 1.0, 0.3 / 0.7 / 19)

    def of_week(note: np.ndarray, rater: np.ndarray) -> np.ndarray:
        since = made.created_ms[note] - begins[rater]
        return ((since >= 0) & (since < 7 * DAY)).astype(float)

    minority = rng.random(n_raters) < 0.1
    deserving = np.flatnonzero(made.deserving)
    disliked = np.isin(made.note, rng.choice(deserving, len(deserving) // 7, replace=False)) & minority[made.rater]
    level = np.where(disliked & (rng.random(len(made.note)) < 0.9), 0, made.level)
    return {
        "twenty topics": _rechosen(rng, made, of_topic),
        "raters of one week": _rechosen(rng, made, of_week),
        "a minority of 10%": replace(made, level=level, frozen={"minority": disliked}),
    }


def _rechosen(rng: np.random.Generator, made: Community, taste) -> Community:
    """As many ratings by the same raters of the same notes, chosen by activity, how known a note is, side and taste."""
    known, active = (np.cumsum(np.bincount(x) + 0.5) for x in (made.note, made.rater))
    keys = np.empty(0, np.int64)
    while len(keys) < len(made.note):
        note = np.searchsorted(known, rng.random(400_000) * known[-1])
        rater = np.searchsorted(active, rng.random(400_000) * active[-1])
        chance = taste(note, rater) / (1 + np.exp(-made.place[rater] * made.side[note]))
        kept = rng.random(len(note)) < chance
        keys = np.unique(np.concatenate([keys, note[kept] * np.int64(len(made.place)) + rater[kept]]))
    keys = np.sort(rng.permutation(keys)[: len(made.note)])
    note, rater = keys // len(made.place), keys % len(made.place)
    at = made.created_ms[note] + _honest_delay(rng, len(note)).astype(np.int64)
    level = answers(rng, utility(made, note, made.place[rater], made.strict[rater]))
    return replace(made, note=note, rater=rater, level=level, at_ms=np.minimum(at, made.at_ms.max()))
