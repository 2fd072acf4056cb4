"""Made-up communities with a known truth, small enough for tests: two camps, notes good or bad, divided or not."""

from dataclasses import dataclass, field, replace

import numpy as np

from kiemchung.scoring.graph import graph_of
from kiemchung.scoring.ordinal import Paired, pair
from kiemchung.scoring.table import Classification, Dataset, History, Notes, Participants, Ratings

HOUR, DAY = 3_600_000, 86_400_000
START = 1_700_000_000_000 - 1_700_000_000_000 % DAY
NOW = START + 90 * DAY


@dataclass(frozen=True)
class Community:
    """Raw ratings (unsorted) and the truth behind them."""

    note: np.ndarray
    rater: np.ndarray
    level: np.ndarray
    at_ms: np.ndarray
    created_ms: np.ndarray
    camp: np.ndarray
    good: np.ndarray
    divided: np.ndarray
    group: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def n_notes(self):
        return len(self.good)

    @property
    def n_raters(self):
        return len(self.camp)

    def order(self):
        return np.lexsort((self.rater, self.note))

    def adding(self, note, rater, level, at_ms, camp=()):
        """The same with more ratings, and with raters of these camps."""
        return replace(
            self,
            note=np.concatenate([self.note, note]).astype(np.int64),
            rater=np.concatenate([self.rater, rater]).astype(np.int64),
            level=np.concatenate([self.level, level]).astype(np.int64),
            at_ms=np.concatenate([self.at_ms, at_ms]).astype(np.int64),
            camp=np.concatenate([self.camp, camp]),
        )


def answers(rng, z):
    """Levels for utilities in logits."""
    z = z + rng.logistic(size=len(z))
    return (z > -0.4).astype(np.int64) + (z > 0.4)


def utility(c, note, rater):
    return 2.5 * c.good[note] + 2.5 * c.camp[rater] * c.divided[note]


def community(seed=1, *, n_raters=400, n_notes=400, n_ratings=12_000, camps=(-0.8, 0.8), topics=1, days=60):
    """Honest raters who choose by taste for a topic and by how known a note is, and judge each for themselves."""
    rng = np.random.default_rng(seed)
    camp = rng.choice(camps, n_raters) + 0.2 * rng.standard_normal(n_raters)
    good = rng.standard_normal(n_notes)
    divided = np.where(rng.random(n_notes) < 0.6, rng.choice([-1.0, 1.0], n_notes), 0.0)
    created = START + (rng.random(n_notes) * days * DAY).astype(np.int64)
    known, activity = np.exp(0.8 * rng.standard_normal(n_notes)), rng.pareto(2.0, n_raters) + 0.5
    note = rng.choice(n_notes, 8 * n_ratings, p=known / known.sum())
    rater = rng.choice(n_raters, 8 * n_ratings, p=activity / activity.sum())
    topic_of_note, topic_of_rater = rng.integers(0, topics, n_notes), rng.integers(0, topics, n_raters)
    kept = (topic_of_note[note] == topic_of_rater[rater]) | (rng.random(len(note)) < 0.1)
    keys = np.unique(note[kept] * n_raters + rater[kept])
    keys = np.sort(rng.permutation(keys)[:n_ratings])
    note, rater = keys // n_raters, keys % n_raters
    at = created[note] + (np.exp(1.6 + 1.3 * rng.standard_normal(len(note))) * HOUR).astype(np.int64)
    made = Community(note, rater, np.empty(0), np.minimum(at, NOW), created, camp, good, divided, topic_of_rater)
    return replace(made, level=answers(rng, utility(made, note, rater)))


def with_brigade(c, seed=1, *, n_attackers=60, n_targets=60, each=25, camouflage=0, day_times=False, hours=1.0):
    """Attackers who say "not helpful" to good notes and "helpful" to bad ones; returns the community and the targets.

    The first half of the targets is to be kept down.
    """
    rng = np.random.default_rng([seed, 1])
    order = np.argsort(-c.good)
    down = rng.choice(order[: c.n_notes // 3], n_targets // 2, replace=False)
    up = rng.choice(order[-c.n_notes // 3 :], n_targets - len(down), replace=False)
    targets = np.concatenate([down, up])
    camp = 0.8 + 0.1 * rng.standard_normal(n_attackers)
    note = np.concatenate([rng.choice(targets, each, replace=False) for _ in range(n_attackers)])
    rater = np.repeat(c.n_raters + np.arange(n_attackers), each)
    level = np.where(np.isin(note, up), 2, 0)
    made = c.adding(note, rater, level, c.created_ms[note] + rng.exponential(hours * HOUR, len(note)), camp)
    if camouflage:
        note = np.concatenate([rng.choice(c.n_notes, camouflage, replace=False) for _ in range(n_attackers)])
        rater = np.repeat(c.n_raters + np.arange(n_attackers), camouflage)
        new = ~np.isin(note * 10_000 + rater, made.note * 10_000 + made.rater)
        note, rater = note[new], rater[new]
        made = made.adding(note, rater, answers(rng, utility(made, note, rater)), c.created_ms[note] + DAY)
    if day_times:
        made = replace(made, at_ms=made.at_ms // DAY * DAY)
    return made, down, up


def dataset(c, **history):
    """The community as scoring takes it; every rating gives two reasons."""
    order = c.order()
    n, p = c.n_notes, c.n_raters
    level = c.level[order]
    notes = Notes(
        note_id=np.arange(n, dtype=np.int64) + 1000,
        author=np.full(n, -1, np.int32),
        created_at_ms=c.created_ms.astype(np.int64),
        post_id=np.arange(n, dtype=np.int64),
        classification=np.full(n, Classification.MISLEADING, np.int8),
    )
    ratings = Ratings(
        note=c.note[order].astype(np.int32),
        rater=c.rater[order].astype(np.int32),
        value=(level / 2).astype(np.float32),
        created_at_ms=c.at_ms[order].astype(np.int64),
        helpful_tags=np.where(level > 0, 0b110, 0).astype(np.uint16),
        not_helpful_tags=np.where(level < 2, 0b110, 0).astype(np.uint16),
        population_sampled=np.zeros(len(order), np.bool_),
    )
    names = np.array([f"p{k:06d}" for k in range(p)], np.dtypes.StringDType())
    fresh = History.fresh(n)
    for name, values in history.items():
        getattr(fresh, name)[:] = values
    return Dataset(notes, ratings, fresh, Participants.without_enrollment(names))


def paired(c) -> Paired:
    """The community's ratings in both orders."""
    order = c.order()
    return pair(
        graph_of(
            c.note[order].astype(np.int32),
            c.rater[order].astype(np.int32),
            (c.level[order] / 2).astype(np.float32),
            n_notes=c.n_notes,
            n_raters=c.n_raters,
        )
    )
