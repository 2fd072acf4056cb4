"""Reads the reference scorer's test vectors (shared/data/ratings), for tests only."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import polars as pl

from kiemchung.commons.score_inputs import ScoreInputs, load
from kiemchung.scoring.preprocess import Prepared, prepare
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, STATUS_NAMES, Dataset, Ratings, Status

#: "Now" of the reference's runs.
NOW_MS = 1_793_491_200_000
CODES = {name: int(status) for status, name in STATUS_NAMES.items()}
SETS = ("sim-10k-s1", "sim-10k-s2", "sim-10k-s3-history", "sim-100k-s4")
VALUES = {"HELPFUL": 1.0, "SOMEWHAT_HELPFUL": 0.5, "NOT_HELPFUL": 0.0}


def read(path: Path) -> pl.DataFrame:
    """One gzipped TSV file, its columns typed by their content."""
    return pl.read_csv(path, separator="\t", infer_schema_length=None)


@dataclass(frozen=True)
class ReferenceSet:
    """One simulated set: what went into the reference scorer and what came out."""

    folder: Path

    @cached_property
    def meta(self) -> dict:
        return json.loads((self.folder / "expected" / "meta.json").read_text())

    def expected(self, name: str) -> pl.DataFrame:
        return _read_once(self.folder / "expected" / f"{name}.tsv.gz")

    @cached_property
    def ratings(self) -> pl.DataFrame:
        """noteId, raterParticipantId and y of all ratings, sorted by note and rater."""
        return (
            read(self.folder / "input" / "ratings-00000.tsv.gz")
            .select("noteId", "raterParticipantId", y=pl.col("helpfulnessLevel").replace_strict(VALUES, default=None))
            .drop_nulls("y")
            .sort("noteId", "raterParticipantId")
        )

    @cached_property
    def dataset(self) -> Dataset:
        tables = ("notes", "ratings", "noteStatusHistory", "userEnrollment")
        paths = ((str(self.folder / "input" / f"{table}-00000.tsv.gz"),) for table in tables)
        return load(ScoreInputs(*paths), summaries=True).dataset

    @cached_property
    def prepared(self) -> Prepared:
        return prepare(self.dataset)

    @cached_property
    def core_ratings(self) -> Ratings:
        """What the Core scorer takes: no notes on a topic (all raters are in a core group)."""
        return self.prepared.ratings.take(self.prepared.topic[self.prepared.ratings.note] < 0)

    def of_notes(self, name: str, column: str, **equal: str) -> np.ndarray:
        """A column of an expected file by row of `Notes`; NaN where the file has nothing, statuses as codes."""
        return self._aligned(name, "noteId", column, self.dataset.notes.note_id, equal)

    def of_raters(self, name: str, column: str, **equal: str) -> np.ndarray:
        """The same by row of `Participants`."""
        return self._aligned(name, "raterParticipantId", column, self.dataset.participants.participant_id, equal)

    @property
    def core_harassment(self) -> np.ndarray | None:
        """Core's harassment intercepts by row of `Notes`; None where the run found nothing to learn them from."""
        if not self.expected("prescoring_notes")["harassmentNoteIntercept"].dtype.is_numeric():
            return None
        return self.of_notes("prescoring_notes", "harassmentNoteIntercept", scorerName="MFCoreScorer")

    def _aligned(self, name: str, key: str, column: str, ids: np.ndarray, equal: dict[str, str]) -> np.ndarray:
        frame = self.expected(name).filter(pl.lit(True), *(pl.col(k) == v for k, v in equal.items())).drop_nulls(column)
        values = np.full(len(ids), np.nan)
        row = {name: k for k, name in enumerate(ids.tolist())}
        for name_, value in zip(frame[key].to_list(), frame[column].to_list(), strict=True):
            values[row[name_]] = CODES.get(value, value)
        return values

    @property
    def core_fit(self) -> dict:
        return self.meta["scorers"]["MFCoreScorer"]

    @property
    def tag_thresholds(self) -> np.ndarray:
        thresholds = self.core_fit["tagFilteringThresholds"]
        return np.array([thresholds[f"{tag}AdjustedRatio"] for tag in NOT_HELPFUL_TAGS])


@cache
def reference_set(folder: Path) -> ReferenceSet:
    """The set in a folder; read once for all tests."""
    return ReferenceSet(folder)


def agreement(ours: np.ndarray, theirs: np.ndarray) -> tuple[int, int]:
    """How many notes with a status in theirs have the same in ours, and how many there are."""
    with_status = ~np.isnan(theirs)
    return int((ours[with_status] == theirs[with_status]).sum()), int(with_status.sum())


def crh_differences(ours: np.ndarray, theirs: np.ndarray) -> int:
    """Notes that are CRH in only one of the two."""
    with_status = ~np.isnan(theirs)
    return int(((ours == Status.CRH) != (theirs == Status.CRH))[with_status].sum())


@cache
def _read_once(path: Path) -> pl.DataFrame:
    return read(path)


def count_filtered(ratings: pl.DataFrame) -> pl.DataFrame:
    """SCORING 3, the count filter: notes with 5 ratings, raters with 10 of the rest, notes with 5 again."""
    for key, least in (("noteId", 5), ("raterParticipantId", 10), ("noteId", 5)):
        ratings = ratings.filter(pl.len().over(key) >= least)
    return ratings


def indexed(ratings: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """note rows, rater rows, values, note ids and rater ids of sorted ratings."""
    notes = ratings["noteId"].unique().sort()
    note = np.searchsorted(notes.to_numpy(), ratings["noteId"].to_numpy()).astype(np.int32)
    rater = ratings["raterParticipantId"].rank("dense").to_numpy().astype(np.int32) - 1
    raters = ratings["raterParticipantId"].unique().sort()
    return note, rater, ratings["y"].to_numpy().astype(np.float32), notes.to_numpy(), raters.to_numpy()
