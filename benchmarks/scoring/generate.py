"""Communities of up to 100 million ratings for the benchmarks, as public files, made in minutes.

Raters stand on a line with two camps and have a strictness; notes have a quality, a lean and a popularity with a heavy
tail. An answer is a logit of these, cut into three; reasons follow the answer. Ratings are made block by block of
notes, each block from its own random numbers, so that a run that was stopped goes on where it ended, and memory does
not grow with the size. Only for time and memory: nothing here knows which notes deserve to be shown.

    python -m benchmarks.scoring.generate 100M --data FOLDER
"""

from __future__ import annotations

import argparse
import io
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import zstandard
from numpy.typing import NDArray

from benchmarks.scoring.data import DATA, SIZES, Size
from kiemchung.scoring.table import HELPFUL_TAGS, NOT_HELPFUL_TAGS

#: Ratings in a part; a part is made in memory (some 0.7 GB).
PART_RATINGS = 2_000_000
#: Time of the last rating, and how long the community has been there.
END_MS, DAYS, HOUR_MS = 1_793_491_200_000, 60, 3_600_000
DAY_MS = 24 * HOUR_MS
_SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
#: Written last, so that a folder with it is whole.
DONE = "generated.txt"
LEVELS = ("NOT_HELPFUL", "SOMEWHAT_HELPFUL", "HELPFUL")
_COLUMNS_BEFORE_TAGS = ("version", "agree", "disagree", "helpful", "notHelpful")


@dataclass(frozen=True)
class Community:
    """Notes and raters of a size, sorted by time of the note."""

    created_at_ms: NDArray[np.int64]
    note_id: NDArray[np.int64]
    quality: NDArray[np.float32]
    lean: NDArray[np.float32]
    author: NDArray[np.int64]
    ratings: NDArray[np.int64]
    place: NDArray[np.float32]
    strictness: NDArray[np.float32]
    activity: NDArray[np.float64]

    @classmethod
    def of(cls, size: Size, seed: int) -> Community:
        """The community of a size and seed."""
        rng = np.random.default_rng([seed, size.ratings])
        created = np.sort(rng.integers(END_MS - DAYS * DAY_MS, END_MS - 2 * HOUR_MS, size.notes))
        popularity = np.exp(1.1 * rng.standard_normal(size.notes))
        camp = rng.choice([-0.8, 0.8, 0.0], size.raters, p=[0.52, 0.38, 0.10])
        activity = np.cumsum(np.minimum((1 - rng.random(size.raters)) ** (-1 / 1.3), 200.0))
        return cls(
            created_at_ms=created,
            # the low bits tell notes of one millisecond apart
            note_id=((created - _SNOWFLAKE_EPOCH_MS) << 22) | (np.arange(size.notes) % (1 << 22)),
            quality=rng.standard_normal(size.notes, np.float32),
            lean=np.where(rng.random(size.notes) < 0.33, 0.1, 0.9) * rng.standard_normal(size.notes),
            author=rng.integers(0, size.raters, size.notes),
            ratings=_shared_out(popularity, size.ratings, size.raters // 4),
            place=(camp + 0.25 * rng.standard_normal(size.raters)).astype(np.float32),
            strictness=0.5 * rng.standard_normal(size.raters, np.float32),
            activity=activity / activity[-1],
        )


def _shared_out(popularity: NDArray[np.float64], total: int, most: int) -> NDArray[np.int64]:
    """Whole numbers in proportion to the popularity, at most `most` each, that add up to about the total."""
    share = np.minimum(popularity * (total / popularity.sum()), most)
    cumulated = np.round(np.cumsum(share * (total / share.sum()))).astype(np.int64)
    return np.diff(cumulated, prepend=0)


def ratings_of(community: Community, lo: int, hi: int, rng: np.random.Generator) -> pl.DataFrame:
    """The ratings of the notes lo:hi, each rater at most once a note, in the columns of the public file."""
    note = np.repeat(np.arange(lo, hi), community.ratings[lo:hi])
    rater = np.searchsorted(community.activity, rng.random(len(note)))
    n_raters = len(community.place)
    pairs = np.unique(note * n_raters + rater)
    note, rater = pairs // n_raters, pairs % n_raters
    k = len(note)
    pull = community.place[rater] * community.lean[note]
    noise = 0.6 * rng.logistic(size=k).astype(np.float32)
    logit = 1.5 * community.quality[note] + 1.5 * pull - community.strictness[rater] + noise
    level = (logit > -0.25).astype(np.int8) + (logit > 0.25)
    wait = np.exp(1.6 + 1.3 * rng.standard_normal(k, np.float32)) * HOUR_MS
    created = np.minimum(community.created_at_ms[note] + wait.astype(np.int64), END_MS - 1)
    columns: dict[str, pl.Series] = {
        "noteId": pl.Series(community.note_id[note]),
        "raterParticipantId": names(rater),
        "createdAtMillis": pl.Series(created),
        "version": pl.Series(np.full(k, 2, np.int8)),
    }
    columns |= {name: pl.Series(np.zeros(k, np.int8)) for name in _COLUMNS_BEFORE_TAGS[1:]}
    columns["helpfulnessLevel"] = pl.Series(LEVELS, dtype=pl.String).gather(level)
    for tags, given in ((HELPFUL_TAGS, level > 0), (NOT_HELPFUL_TAGS, level == 0)):
        two = rng.integers(0, len(tags), (2, k), np.int8)  # a second reason may be the first again
        columns |= {tag: pl.Series((given & ((two == j).any(axis=0))).astype(np.int8)) for j, tag in enumerate(tags)}
    columns["ratedOnTweetId"] = pl.Series(community.note_id[note] - 1)
    columns["ratingSourceBucketed"] = pl.Series(["DEFAULT"], dtype=pl.String).gather(np.zeros(k, np.int64))
    return pl.DataFrame(columns).sort("createdAtMillis")


def names(people: NDArray[np.int64]) -> pl.Series:
    """Participant ids as long as the public ones."""
    return pl.Series("id", people).cast(pl.String).str.pad_start(63, "A")


def write_part(frame: pl.DataFrame, path: Path) -> None:
    """Write a packed part; it is there only when it is whole."""
    text = io.BytesIO()
    frame.write_csv(text, separator="\t")
    packed = zstandard.ZstdCompressor(level=1, threads=2).compress(text.getbuffer())
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(packed)
    unfinished.rename(path)


def generate(size: Size, folder: Path, seed: int = 5) -> Path:
    """Make what is missing of the public files of a size; the same bytes for the same size and seed."""
    if (folder / DONE).exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    begin = time.perf_counter()
    community = Community.of(size, seed)
    _write_small_tables(community, folder)
    bounds = np.searchsorted(np.cumsum(community.ratings), np.arange(0, size.ratings + PART_RATINGS, PART_RATINGS))
    bounds[0], bounds[-1] = 0, size.notes
    for number, (lo, hi) in enumerate(pairwise(bounds)):
        path = folder / f"ratings-{number:05d}.tsv.zst"
        if lo < hi and not path.exists():
            write_part(
                ratings_of(community, int(lo), int(hi), np.random.default_rng([seed, size.ratings, number])), path
            )
            print(
                f"{size.name}: part {number + 1} of {len(bounds) - 1}, {time.perf_counter() - begin:.0f} s", flush=True
            )
    (folder / DONE).write_text(f"{size} seed {seed}\n", encoding="utf-8")
    return folder


def _write_small_tables(community: Community, folder: Path) -> None:
    n = len(community.note_id)
    post, author = pl.Series(community.note_id - 1), names(community.author)
    notes = {
        "noteId": pl.Series(community.note_id),
        "noteAuthorParticipantId": author,
        "createdAtMillis": pl.Series(community.created_at_ms),
        "tweetId": post,
        "classification": pl.Series(["MISINFORMED_OR_POTENTIALLY_MISLEADING"]).gather(np.zeros(n, np.int64)),
        "summary": pl.Series(["a made-up note for a benchmark"]).gather(np.zeros(n, np.int64)),
    }
    write_part(pl.DataFrame(notes), folder / "notes-00000.tsv.zst")
    everybody = np.arange(len(community.place))
    enrollment = {
        "participantId": names(everybody),
        "enrollmentState": pl.Series(["earnedIn"]).gather(np.zeros(len(everybody), np.int64)),
        "successfulRatingNeededToEarnIn": pl.Series(np.zeros(len(everybody), np.int64)),
        "timestampOfLastStateChange": pl.Series(np.full(len(everybody), END_MS - DAYS * DAY_MS)),
        "timestampOfLastEarnOut": pl.Series(np.ones(len(everybody), np.int64)),
        "modelingPopulation": pl.Series(["CORE"]).gather(np.zeros(len(everybody), np.int64)),
        "modelingGroup": pl.Series(np.full(len(everybody), 13)),
        "numberOfTimesEarnedOut": pl.Series(np.zeros(len(everybody), np.int64)),
    }
    write_part(pl.DataFrame(enrollment), folder / "userEnrollment-00000.tsv.zst")


def main() -> None:
    """Make the sizes that are named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=SIZES)
    parser.add_argument("--data", type=Path, default=DATA, help="folder that keeps them (default %(default)s)")
    options = parser.parse_args()
    for name in options.sizes:
        generate(SIZES[name], options.data / f"generated-{name}")


if __name__ == "__main__":
    main()
