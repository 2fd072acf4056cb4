"""Which note to rate next: the one from which most is learnt, never the most popular."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Candidate:
    """A note that a rater has not rated and did not write.

    Attributes:
        n_ratings: ratings that count.
        missing_sides: how many of the two sides have not yet said enough (0, 1, 2).
        margin: distance of its score from the nearest threshold, in units of the score; None where there is no score.
    """

    note_id: str
    n_ratings: int
    missing_sides: int
    margin: float | None


def learning_value(candidate: Candidate) -> float:
    """How much one more rating tells: high for few ratings, a missing side, and a score near a threshold."""
    few = 1.0 / (1.0 + candidate.n_ratings / 5.0)
    near = 0.5 if candidate.margin is None else 1.0 / (1.0 + candidate.margin / 0.05)
    return few + 0.5 * candidate.missing_sides * (1.0 if candidate.n_ratings else 0.5) + 0.5 * near


def by_value(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The most telling first."""
    return sorted(candidates, key=lambda c: (-learning_value(c), c.note_id))


def next_to_rate(best: Sequence[Candidate], random: Random) -> str | None:
    """The id of the note to rate next, drawn by value among the best; None where nothing is left.

    Drawing spreads raters over notes, so that a group cannot tell which note its members will be shown.
    """
    if not best:
        return None
    return random.choices([c.note_id for c in best], [learning_value(c) for c in best])[0]
