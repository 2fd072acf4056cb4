"""Whether like-minded raters call a note incorrect more often than is their habit.

Source: SCORING 7.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kiemchung.scoring.sums import sum_by
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Float64s, Int64s, Ratings

INCORRECT_BIT = NOT_HELPFUL_TAGS.index("notHelpfulIncorrect")
#: Raters less far than this from the note are like-minded (intervalHalfWidth), factors clipped to +-FACTOR_CLIP.
HALF_WIDTH = 0.3
FACTOR_CLIP = 0.4


@dataclass(frozen=True, slots=True)
class IncorrectVotes:
    """Per note, over ratings with any not-helpful tag by like-minded raters.

    Attributes:
        tagged: int64[n], how many have the "incorrect" tag.
        voters: int64[n], how many there are.
        habit: float64[n], sum of the raters' own shares of "incorrect" among their tagged ratings.
        score: float64[n], tagged / ln(1 + habit); NaN where habit is 0.
    """

    tagged: Int64s
    voters: Int64s
    habit: Float64s
    score: Float64s


def incorrect_habits(ratings: Ratings, n_participants: int) -> Float64s:
    """Each rater's share of "incorrect" among ratings with any not-helpful tag; NaN without any. float64[p]."""
    tagged = ratings.not_helpful_tags != 0
    incorrect = (ratings.not_helpful_tags >> INCORRECT_BIT) & 1 == 1
    with np.errstate(invalid="ignore"):
        return np.bincount(ratings.rater[incorrect], minlength=n_participants) / np.bincount(
            ratings.rater[tagged], minlength=n_participants
        )


def incorrect_votes(
    ratings: Ratings, note_factor: Float64s, rater_factor: Float64s, habits: Float64s
) -> IncorrectVotes:
    """Count "incorrect" tags of like-minded raters; factors are NaN for notes and raters without."""
    note_side = np.clip(note_factor, -FACTOR_CLIP, FACTOR_CLIP)
    rater_side = np.clip(rater_factor, -FACTOR_CLIP, FACTOR_CLIP)
    near = abs(note_side[ratings.note] - rater_side[ratings.rater]) < HALF_WIDTH  # NaN compares as false
    near &= ratings.not_helpful_tags != 0
    note, n_notes = ratings.note[near], len(note_factor)
    incorrect = (ratings.not_helpful_tags[near] >> INCORRECT_BIT) & 1 == 1
    tagged = np.bincount(note[incorrect], minlength=n_notes)
    habit = sum_by(note, np.nan_to_num(habits[ratings.rater[near]]), n_notes)
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(habit > 0, tagged / np.log1p(habit), np.nan)
    return IncorrectVotes(tagged, np.bincount(note, minlength=n_notes), habit, score)
