"""The public pipeline (`communitynotes`) as a `ScoredRun`: a scorer's columns, its numbers, its raters' factors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import polars as pl

from kiemchung.commons.score_tables import Columns, ScoredRun, ScorerSay, joined_names, named_bits, numbers_or_empty
from kiemchung.formats import communitynotes_write as files
from kiemchung.scoring.engine import ScorerResult, ScoringResult
from kiemchung.scoring.meta import HELPFUL_ORDER, NOT_HELPFUL_ORDER
from kiemchung.scoring.rules import FINAL_RULES, Numbers, outlier_tags
from kiemchung.scoring.table import NOT_HELPFUL_TAGS, Bools, Dataset, Int8s, Int16s, Status

#: Scorers that have columns of their own; the others of a family share the family's.
_OWN = ("core", "coreWithTopics", "expansion", "expansionPlus", "gaussian", "gaussianCoreWithTopics")
_SHARED = {"group": "group", "multi_group": "multiGroup", "topic": "topic"}


def public_run(dataset: Dataset, result: ScoringResult) -> ScoredRun:
    """The results of the public pipeline in the form that every preset gives."""
    core = result.scorers.get("core") or next(iter(result.scorers.values()), None)
    nothing = np.full(len(dataset.notes), np.nan)
    say = _say(result)
    return ScoredRun(
        config=result.config,
        status=result.status,
        pre_stabilisation=result.pre_stabilisation,
        rules=tuple(result.decision.rules),
        matched=result.decision.matches,
        may_lock=result.may_lock,
        delay_start_ms=result.delay_start_ms,
        first_tag=_tags(result.explanation.first, result.status),
        second_tag=_tags(result.explanation.second, result.status),
        columns=_columns(result, say),
        numbers={name: _number_columns(dataset, scorer) for name, scorer in result.scorers.items()},
        say=say,
        intercept=core.intercept if core else nothing,
        factor=core.factor if core else nothing,
        left_out=tuple((left.part, left.reason) for left in result.left_out),
        rater_columns=_rater_columns(result),
    )


def _columns(result: ScoringResult, say: ScorerSay) -> Columns:
    columns: Columns = {}
    for name in _OWN:
        if name in result.scorers:
            columns |= _scorer_columns(name, [result.scorers[name]], result)
    for family, prefix in _SHARED.items():
        members = [scorer for scorer in result.scorers.values() if scorer.config.family == family]
        if members:
            columns |= _scorer_columns(prefix, members, result)
            columns |= _which_columns(family, members, say, result)
    return columns


def _scorer_columns(prefix: str, members: Sequence[ScorerResult], result: ScoringResult) -> Columns:
    """A scorer's columns, or those of a family whose members speak on different notes."""
    speaks = [member.status != Status.NONE for member in members]

    def of(name: str) -> np.ndarray[Any, Any]:
        values = np.full(len(result.status), np.nan)
        for member, rows in zip(members, speaks, strict=True):
            source = getattr(member, name) if hasattr(member, name) else getattr(member.numbers, name)
            values[rows] = source[rows]
        return values

    status = np.full(len(result.status), Status.NONE, np.int8)
    for member, rows in zip(members, speaks, strict=True):
        status[rows] = member.status[rows]
    columns: Columns = {
        f"{prefix}NoteIntercept": of("intercept"),
        f"{prefix}NoteFactor1": of("factor"),
        f"{prefix}RatingStatus": files.status_words(status),
        f"{prefix}ActiveRules": _active_rules(members, speaks),
        f"{prefix}NumFittedRatings": pl.Series(of("n_final_ratings")).fill_nan(None).cast(pl.Int64),
        f"{prefix}NoteInterceptNoHighVol": of("no_high_volume"),
        f"{prefix}NoteInterceptNoCorrelated": of("no_correlated"),
    }
    if members[0].config.upper_bound:
        columns[f"{prefix}NoteInterceptMax"] = of("upper_bound")
    if prefix in ("core", "gaussian", "gaussianCoreWithTopics"):
        columns[f"{prefix}NoteInterceptPopulationSampled"] = of("population_sampled")
    if prefix in ("core", "coreWithTopics"):
        columns[f"{prefix}LowDiligenceIntercept"] = of("low_diligence")
        columns[f"{prefix}NoteInterceptStandardError"] = of("standard_error")
    if prefix == "core":
        columns["activeFilterTags"] = _filter_tags(members[0])
    return columns


def _which_columns(family: str, members: Sequence[ScorerResult], say: ScorerSay, result: ScoringResult) -> Columns:
    """Which member of a family spoke on a note."""
    if family == "group":
        return {"modelingGroup": numbers_or_empty(say.modeling_group)}
    if family == "multi_group":
        return {"modelingMultiGroup": numbers_or_empty(say.modeling_multi_group)}
    confident = np.zeros(len(result.status), np.bool_)
    for member in members:
        confident |= member.opinion.confident
    return {
        "noteTopic": files.words_of(result.prepared.topic.astype(np.int64), result.prepared.topic_names),
        "topicNoteConfident": confident,
    }


def _active_rules(members: Sequence[ScorerResult], speaks: Sequence[Bools]) -> pl.Series:
    active = np.zeros(len(speaks[0]), np.uint32)
    for member, rows in zip(members, speaks, strict=True):
        active[rows] = member.active[rows]
    return named_bits(active.astype(np.uint64), [rule.name for rule in FINAL_RULES])


def _filter_tags(core: ScorerResult) -> pl.Series:
    """The tags for which the core scorer's tag filter rejected a note."""
    bit = [rule.id for rule in FINAL_RULES].index("TagFilter")
    outliers = outlier_tags(core.numbers, core.config.limits)
    outliers &= (core.active >> np.uint32(bit) & np.uint32(1)).astype(np.bool_)[:, None]
    return joined_names(NOT_HELPFUL_TAGS, [outliers[:, j] for j in range(len(NOT_HELPFUL_TAGS))])


def _tags(place: Int8s, status: Int8s) -> pl.Series:
    """Names of the reasons given: helpful ones for CRH notes, the others for CRNH notes."""
    names = (*HELPFUL_ORDER, *NOT_HELPFUL_ORDER)
    offset = np.where(status == Status.CRNH, len(HELPFUL_ORDER), 0)
    spoken = (place >= 0) & ((status == Status.CRH) | (status == Status.CRNH))
    return files.words_of(np.where(spoken, place + offset, -1), names)


def _number_columns(dataset: Dataset, scorer: ScorerResult) -> Columns:
    """What one scorer's rules looked at, a row for each note that it has a say on; `explain` reads it back."""
    rows = np.flatnonzero(scorer.status != Status.NONE)
    columns: Columns = {"noteId": dataset.notes.note_id[rows], "status": scorer.status[rows]}
    for field in fields(Numbers):
        values = getattr(scorer.numbers, field.name)
        if field.name == "tag_threshold":
            values = np.broadcast_to(values, (len(dataset.notes), len(values)))
        if values.ndim == 2:
            columns |= {f"{field.name}.{tag}": values[rows, j] for j, tag in enumerate(NOT_HELPFUL_TAGS)}
        else:
            columns[field.name] = values[rows]
    return columns


def numbers_of_row(row: dict[str, Any]) -> Numbers:
    """One note's `Numbers` from a row of `number_columns`."""
    values: dict[str, Any] = {}
    for field in fields(Numbers):
        if field.name in row:
            values[field.name] = np.array([np.nan if row[field.name] is None else row[field.name]])
        else:
            tags = np.array([row[f"{field.name}.{tag}"] for tag in NOT_HELPFUL_TAGS], np.float64)
            values[field.name] = tags if field.name == "tag_threshold" else tags[None, :]
    return Numbers(**values)


def _say(result: ScoringResult) -> ScorerSay:
    n = len(result.status)
    group, modeling_group = _spoken(result.scorers.values(), "group", n)
    multi_group, modeling_multi_group = _spoken(result.scorers.values(), "multi_group", n)
    core, expansion = _status_of(result, "core"), _status_of(result, "expansion")
    return ScorerSay(core, expansion, group, multi_group, modeling_group, modeling_multi_group)


def _status_of(result: ScoringResult, name: str) -> Int8s:
    if name in result.scorers:
        return result.scorers[name].status
    return np.full(len(result.status), Status.NONE, np.int8)


def _spoken(scorers: Iterable[ScorerResult], family: str, n: int) -> tuple[Int8s, Int16s]:
    """The status and the number of the one member of a family that spoke on a note."""
    status, number = np.full(n, Status.NONE, np.int8), np.full(n, -1, np.int16)
    members = [scorer for scorer in scorers if scorer.config.family == family]
    for place, member in enumerate(members, 1):
        rows = member.status != Status.NONE
        status[rows] = member.status[rows]
        number[rows] = member.config.group if family == "group" else place
    return status, number


def _rater_columns(result: ScoringResult) -> Columns:
    columns: Columns = {}
    for name in ("core", "coreWithTopics", "expansion", "expansionPlus"):
        if name in result.scorers:
            learnt = result.scorers[name].prescoring
            columns[f"{name}RaterIntercept"] = learnt.raters.params[:, 0]
            columns[f"{name}RaterFactor1"] = learnt.raters.params[:, 1]
    return columns
