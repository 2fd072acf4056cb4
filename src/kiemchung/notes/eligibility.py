"""Who may write, whose ratings count, and how much a day: earned by rating, never by who somebody is.

The numbers are SCORING 14's where it gives one, and else ours (docs/decisions/0016).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kiemchung.model import Level, NoteStatus


class Action(StrEnum):
    """What a day's budget is counted for."""

    REQUEST = "request"
    NOTE = "note"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class EligibilityConfig:
    """Limits of a site.

    Attributes:
        impact_to_write: rating impact that opens writing (SCORING 14).
        impact_to_count: rating impact from which ratings enter the scoring, once the founding period is over.
        founding_decided_notes: the founding period lasts until so many notes have had a status; in it everybody may
            write and every rating counts, since nobody could have earned anything yet.
        requests_a_day, notes_a_day, ratings_a_day: budgets of one key.
    """

    impact_to_write: int = 5
    impact_to_count: int = 1
    founding_decided_notes: int = 20
    requests_a_day: int = 10
    notes_a_day: int = 5
    ratings_a_day: int = 200

    def budget(self, action: Action) -> int:
        """How often a day one key may do this."""
        return {
            Action.REQUEST: self.requests_a_day,
            Action.NOTE: self.notes_a_day,
            Action.RATE: self.ratings_a_day,
        }[action]


@dataclass(frozen=True, slots=True)
class Impact:
    """How a rater's ratings fared against decided notes.

    Attributes:
        successful: helpful on a shown note, not helpful on one that is not shown.
        unsuccessful: the opposite; helpful on a note that is not shown counts twice.
    """

    successful: int
    unsuccessful: int

    @property
    def value(self) -> int:
        """Rating impact."""
        return self.successful - self.unsuccessful


def rating_impact(ratings: Iterable[tuple[Level, NoteStatus]]) -> Impact:
    """The impact of one rater's valid ratings, each with the final status of its note (SCORING 14).

    `somewhat` and undecided notes count neither way.
    """
    good = bad = 0
    for level, status in ratings:
        if level is Level.SOMEWHAT or status is NoteStatus.NEEDS_RATINGS:
            continue
        if (level is Level.HELPFUL) == (status is NoteStatus.SHOWN):
            good += 1
        else:
            bad += 2 if level is Level.HELPFUL else 1
    return Impact(good, bad)


def is_founding(decided_notes: int, config: EligibilityConfig) -> bool:
    """Whether the site is too young for anybody to have earned anything."""
    return decided_notes < config.founding_decided_notes


def may_write(impact: Impact, decided_notes: int, config: EligibilityConfig) -> bool:
    """Whether a contributor may write notes now."""
    return is_founding(decided_notes, config) or impact.value >= config.impact_to_write


def ratings_count(impact: Impact, decided_notes: int, config: EligibilityConfig) -> bool:
    """Whether a rater's ratings enter the scoring now."""
    return is_founding(decided_notes, config) or impact.value >= config.impact_to_count


def budget_left(action: Action, done_today: int, config: EligibilityConfig) -> int:
    """How often a key may still do this today; 0 where the budget is used up."""
    return max(0, config.budget(action) - done_today)
