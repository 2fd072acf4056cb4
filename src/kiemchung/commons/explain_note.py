"""Why a note has its status and what it lacks, as codes and numbers that doors put into words and pictures.

Nothing is told of a person, and not which of the two sides is which: the sides are given surer one first.
"""

import math
from dataclasses import dataclass
from functools import cache

from kiemchung.model import Note, NoteStatus

#: Numbers of ratings that are told, as "at least": exact small numbers would let somebody watch single ratings come in.
_TOLD = (0, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000)
_LACKS = ("first_ratings", "two_sides", "ratings", "ratings_one_side", "helpful_one_side", "sure_one_side")


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that keeps a note from being shown.

    Attributes:
        code: first_ratings (numbers are told from so many on), two_sides, ratings, ratings_one_side, helpful_one_side,
            sure_one_side, not_misleading (notes that agree with the claim stand on its page and are never shown with an
            answer).
        count: so many more ratings, or raters for two_sides; 0 where there is nothing to count.
    """

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure it is that most raters of each side would say the same, in percent.

    Attributes:
        helpful: of "helpful"; else of "not helpful".
        sides: the surer one first.
        needed: what both must reach.
    """

    helpful: bool
    sides: tuple[int, int]
    needed: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What readers are told of a note's status.

    Attributes:
        status: None before the first scoring run.
        evidence: None while there are no two sides, or no rating that tells anything.
        sides_lacking: on how many of the two sides something is lacking.
        n_ratings_at_least: ratings so far, rounded down.
    """

    status: NoteStatus | None
    rule: str
    lacks: tuple[Lack, ...]
    sides_lacking: int
    evidence: Evidence | None
    n_ratings_at_least: int


def explain(note: Note) -> Explanation:
    """Why a note has its status."""
    score, numbers = note.score, note.score.numbers if note.score else {}
    decided = score is not None and score.status is not NoteStatus.NEEDS_RATINGS
    lacks = (
        [] if decided else [Lack(code, math.ceil(n)) for code in _LACKS if (n := _number(numbers, f"missing_{code}"))]
    )
    if note.draft is not None and not note.draft.misleading:
        lacks = [Lack("not_misleading", 0)]
    return Explanation(
        score.status if score else None,
        score.rule if score else "",
        tuple(lacks),
        int(_number(numbers, "missing_sides") or 0),
        _evidence(numbers, helpful=score is None or score.status is not NoteStatus.NOT_SHOWN),
        max(told for told in _TOLD if told <= max(0, note.n_ratings)),
    )


def _evidence(numbers: dict[str, float | int | str | None], *, helpful: bool) -> Evidence | None:
    name = "above" if helpful else "below"
    found = [_number(numbers, f"{name}_{side}") for side in ("negative", "positive")]
    if _number(numbers, "missing_two_sides") or None in found:
        return None
    surer, other = sorted((_percent(value) for value in found if value is not None), reverse=True)
    return Evidence(helpful, (surer, other), certainty_percent())


def _number(numbers: dict[str, float | int | str | None], name: str) -> float | None:
    value = numbers.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None


def _percent(deviations: float) -> int:
    """The share of a normal distribution below so many standard deviations; never quite sure."""
    return min(99, max(1, round(50 * (1 + math.erf(deviations / math.sqrt(2))))))


@cache
def certainty_percent() -> int:
    """How sure it must be of either side that most of it would agree."""
    from kiemchung.scoring.both_sides import ShowConfig  # numba loads here

    return _percent(ShowConfig().certainty)
