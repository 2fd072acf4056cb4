"""The `community` preset as a `ScoredRun`: both sides' evidence on each note, nothing on a rater."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import polars as pl

from kiemchung.commons.score_tables import Columns, ScoredRun, ScorerSay
from kiemchung.formats import communitynotes_write as files
from kiemchung.scoring.both_sides import Evidence
from kiemchung.scoring.community import CommunityResult
from kiemchung.scoring.table import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Dataset, Float64s, Int8s, Status
from kiemchung.scoring.uncertainty import SideProfile

#: Fields of `Evidence` with a column for each side.
_SIDED = ("side_ratings", "side_helpful", "side_not_helpful", "value", "above", "below")
_SIDES = ("negative", "positive")


def community_run(dataset: Dataset, result: CommunityResult) -> ScoredRun:
    """The results of the community preset in the form that every preset gives."""
    evidence = result.evidence
    return ScoredRun(
        config=result.config,
        status=result.status,
        pre_stabilisation=result.pre_stabilisation,
        rules=result.rules,
        matched=list(result.matched),
        may_lock=result.may_lock,
        delay_start_ms=result.delay_start_ms,
        first_tag=_tags(result.reason_first, result.status),
        second_tag=_tags(result.reason_second, result.status),
        columns=_columns(result),
        numbers={"community": _number_columns(dataset, result)} if evidence else {},
        say=ScorerSay.nothing(len(dataset.notes)),
        intercept=result.intercept,
        factor=result.factor,
        left_out=result.left_out,
        facts=_facts(result),
    )


def _columns(result: CommunityResult) -> Columns:
    columns: Columns = {
        "communityNoteIntercept": result.intercept,
        "communityNoteFactor1": result.factor,
        "communityNoteInterceptStandardDeviation": result.intercept_deviation,
        "communityNumIndependentRatings": _of_notes(result, "n_ratings", None),
    }
    for k, side in enumerate(_SIDES):
        columns[f"communityValue{side.title()}Side"] = _of_notes(result, "value", k)
        columns[f"communityCertainty{side.title()}Side"] = _of_notes(result, "above", k)
    return columns


def _of_notes(result: CommunityResult, name: str, side: int | None) -> Float64s:
    """A field of the evidence, spread over all notes; NaN for notes without a rating."""
    values = np.full(len(result.status), np.nan)
    if result.evidence is not None:
        rows = result.row >= 0
        field = getattr(result.evidence, name)
        values[rows] = (field if side is None else field[:, side])[result.row[rows]]
    return values


def _tags(place: Int8s, status: Int8s) -> pl.Series:
    names = (*HELPFUL_TAGS, *NOT_HELPFUL_TAGS)
    offset = np.where(status == Status.CRNH, len(HELPFUL_TAGS), 0)
    return files.words_of(np.where(place >= 0, place + offset, -1), names)


def _number_columns(dataset: Dataset, result: CommunityResult) -> Columns:
    """The evidence on each rated note, in sums over many raters; `evidence_of_row` reads it back."""
    rows = np.flatnonzero(result.row >= 0)
    columns: Columns = {
        "noteId": dataset.notes.note_id[rows],
        "classification": dataset.notes.classification[rows],
        "current_status": dataset.history.current_status[rows],
        "intercept": result.intercept[rows],
        "factor": result.factor[rows],
        "intercept_deviation": result.intercept_deviation[rows],
        "n_ratings": _of_notes(result, "n_ratings", None)[rows],
    }
    for name in _SIDED:
        columns |= {f"{name}.{side}": _of_notes(result, name, k)[rows] for k, side in enumerate(_SIDES)}
    return columns


def _facts(result: CommunityResult) -> dict[str, Any]:
    """The state of the community as a whole: two sides or not, and what groups were tested, in sums."""
    groups = [asdict(group) for group in result.groups]
    if result.evidence is None:
        return {"two_sides": False, "axis": None, "side_raters": [0.0, 0.0], "groups": groups}
    x = result.evidence
    sides = [side.n_raters for side in x.sides]
    return {"two_sides": x.two_sides, "axis": x.axis, "side_raters": sides, "groups": groups}


def evidence_of_row(row: dict[str, Any], facts: dict[str, Any]) -> Evidence:
    """The evidence on one note, from a row of its numbers and the facts of the run's summary."""

    def side(n_raters: float) -> SideProfile:
        return SideProfile(n_raters, np.nan, np.nan, np.nan, np.nan)

    sided = {name: np.array([[row[f"{name}.{s}"] for s in _SIDES]], np.float64) for name in _SIDED}
    return Evidence(
        n_ratings=np.array([row["n_ratings"]], np.float64),
        **sided,
        sides=(side(facts["side_raters"][0]), side(facts["side_raters"][1])),
        axis=np.nan if facts["axis"] is None else facts["axis"],
        two_sides=facts["two_sides"],
    )
