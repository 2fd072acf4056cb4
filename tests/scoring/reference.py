"""Reads the reference scorer's test vectors (shared/data/ratings), for tests only."""

import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import polars as pl

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
