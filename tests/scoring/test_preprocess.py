import json

import numpy as np
import polars as pl
import pytest

from kiemchung.commons.score_inputs import ScoreInputs, load
from kiemchung.scoring.preprocess import (
    PreprocessConfig,
    counts_for_scoring,
    first_of_cluster,
    high_volume_raters,
    prepare,
)
from kiemchung.scoring.table import Classification
from tests.scoring.datasets import HOUR_MS, dataset_of, notes_of, ratings_of

SETS = ("sim-10k-s1", "sim-10k-s2", "sim-10k-s3-history", "sim-100k-s4")


def cluster_of(*values):
    return np.array(values, np.int32)


def test_cluster_keeps_its_earliest_rating_of_a_note():
    ratings = ratings_of([(0, 0, 1.0, 30), (0, 1, 0.0, 20), (0, 2, 1.0, 10), (1, 0, 1.0, 5)])
    kept = first_of_cluster(ratings, notes_of(2), cluster_of(0, 0, -1))
    assert kept.tolist() == [False, True, True, True]


def test_cluster_ratings_at_one_moment_keep_the_first_rater():
    ratings = ratings_of([(0, 0, 1.0, 20), (0, 1, 0.0, 20)])
    assert first_of_cluster(ratings, notes_of(1), cluster_of(0, 0)).tolist() == [True, False]


def test_cluster_of_the_author_has_no_say_on_the_note():
    ratings = ratings_of([(0, 0, 1.0, 10), (0, 1, 1.0, 20), (0, 2, 1.0, 30)])
    assert first_of_cluster(ratings, notes_of(1, authors=[1]), cluster_of(0, 0, -1)).tolist() == [False, False, True]


def test_note_that_says_not_misleading_counts_from_october_2022():
    border = PreprocessConfig().not_misleading_from_ms
    notes = notes_of(
        4,
        classification=np.array([0, 0, Classification.UNKNOWN, 1], np.int8),
        created_at_ms=np.array([border, border + 1, border, border], np.int64),
    )
    ratings = ratings_of([(n, 0, 1.0, 0) for n in range(4)])
    assert counts_for_scoring(ratings, notes, PreprocessConfig()).tolist() == [False, True, True, True]


def test_high_volume_rater_is_above_the_quantile_of_a_recent_window():
    busy = [(n, 0, 1.0, HOUR_MS) for n in range(30)]
    calm = [(n, 1 + n, 1.0, HOUR_MS) for n in range(20)]
    long_ago = [(n, 30, 1.0, -60 * 24 * HOUR_MS) for n in range(40)]
    flagged = high_volume_raters(ratings_of(busy + calm + long_ago), 31, PreprocessConfig())
    assert np.flatnonzero(flagged).tolist() == [0]


def test_few_rated_notes_switch_guards_off_and_say_so():
    ratings = ratings_of([(n, u, 1.0, u) for n in range(10) for u in range(6)])
    prepared = prepare(dataset_of(notes_of(10), ratings, 6))
    assert len(prepared.ratings) == 60
    assert not prepared.high_volume.any()
    reasons = {left.part: left.reason for left in prepared.left_out}
    assert reasons["high-volume raters"] == "10 rated notes; 200 are needed"
    assert reasons["topics"] == "the notes' texts were not read"


def test_prepare_takes_an_empty_dataset():
    assert len(prepare(dataset_of(notes_of(0), ratings_of([]), 0)).ratings) == 0


@pytest.mark.parametrize("name", SETS)
def test_prepared_ratings_are_those_of_the_reference(shared_data, name):
    """Numbers of ratings in the reference's final fits, given its helpful raters (README of the data, check 2)."""
    folder = shared_data / "ratings" / name
    inputs = str(folder / "input")
    dataset = load(ScoreInputs((inputs,), (inputs,), (inputs,), (inputs,)), summaries=True).dataset
    prepared = prepare(dataset)
    raters = pl.read_csv(folder / "expected/prescoring_raters.tsv.gz", separator="\t", infer_schema_length=None)
    meta = json.loads((folder / "expected/meta.json").read_text())["scorers"]
    for scorer, with_topics in (("MFCoreWithTopicsScorer", True), ("MFCoreScorer", False)):
        helpful = raters.filter(
            pl.col("scorerName") == scorer,
            pl.col("aboveHelpfulnessThreshold").cast(pl.String).str.to_lowercase() == "true",
            pl.col("internalRaterIntercept").is_not_null(),
        )["raterParticipantId"].to_list()
        is_helpful = np.isin(dataset.participants.participant_id, np.array(helpful, np.dtypes.StringDType()))
        in_scorer = with_topics | (prepared.topic[prepared.ratings.note] < 0)
        found = {
            "final": _final_ratings(prepared, is_helpful, in_scorer),
            "final_no_high_volume": _final_ratings(
                prepared, is_helpful, in_scorer & ~prepared.high_volume[prepared.ratings.rater]
            ),
        }
        assert found == {fit: meta[scorer][fit]["ratings"] for fit in found}


def _final_ratings(prepared, is_helpful, rows):
    per_note = np.bincount(prepared.ratings.note[rows])
    return int((rows & (per_note[prepared.ratings.note] >= 5) & is_helpful[prepared.ratings.rater]).sum())


def test_loading_gives_the_same_arrays_for_any_order_of_rows(shared_data, tmp_path):
    source = shared_data / "ratings/sim-10k-s1/input"
    for part in source.iterdir():
        rows = pl.read_csv(part, separator="\t", infer_schema=False)
        rows.sample(fraction=1, shuffle=True, seed=7).write_csv(
            tmp_path / part.name.removesuffix(".gz"), separator="\t"
        )
    digests = {load(ScoreInputs(*((str(folder),),) * 4)).digest for folder in (source, tmp_path)}
    assert len(digests) == 1
