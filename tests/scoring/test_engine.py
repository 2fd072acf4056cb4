"""The whole pipeline: against the reference from the ratings alone, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.scoring.config import COMMUNITYNOTES
from kiemchung.scoring.engine import run
from kiemchung.scoring.rules import FINAL_RULES, apply_rules
from kiemchung.scoring.scorers import CORE
from kiemchung.scoring.table import Status
from tests.scoring.datasets import dataset_of, notes_of, ratings_of
from tests.scoring.reference import NOW_MS, agreement, crh_differences, reference_set

#: Core statuses that must be equal, of how many; first with the reference's low-diligence intercepts, then with ours.
#: The reference with another seed differs from itself on 16 of 384, 9 of 377 and 165 of 3838. The third set has final
#: note intercepts that its descent left 0.01 off on average. On the fourth the harassment model decides (0012).
EQUAL = {
    "sim-10k-s1": (381, 378, 384),
    "sim-10k-s2": (374, 370, 377),
    "sim-10k-s3-history": (369, 361, 386),
    "sim-100k-s4": (3765, 3730, 3838),
}


@pytest.mark.parametrize("name", EQUAL)
def test_core_statuses_end_to_end(shared_data, name):
    reference = reference_set(shared_data / "ratings" / name)
    core = run_on(reference).scorers["core"]
    theirs = reference.of_notes("scored_notes", "coreRatingStatus")
    borrowed = replace(core.numbers, low_diligence=reference.of_notes("aux_note_info", "lowDiligenceIntercept"))
    given = apply_rules(FINAL_RULES, borrowed, CORE.limits, core.status != Status.NONE).status
    with_theirs, with_ours, of = EQUAL[name]
    same, total = agreement(given, theirs)
    assert total == of
    assert same >= with_theirs
    assert agreement(core.status, theirs)[0] >= with_ours


@pytest.mark.parametrize("name", ["sim-10k-s1", "sim-10k-s2", "sim-10k-s3-history"])
def test_other_scorers_and_final_statuses_end_to_end(shared_data, name):
    reference = reference_set(shared_data / "ratings" / name)
    result = run_on(reference)
    for scorer, column in (
        ("coreWithTopics", "coreWithTopics"),
        ("expansion", "expansion"),
        ("expansionPlus", "expansionPlus"),
        ("group13", "group"),
        ("gaussian", "gaussian"),
        ("gaussianCoreWithTopics", "gaussianCoreWithTopics"),
    ):
        theirs = reference.of_notes("scored_notes", f"{column}RatingStatus")
        same, total = agreement(result.scorers[scorer].status, theirs)
        assert same >= 0.93 * total, scorer
        assert crh_differences(result.scorers[scorer].status, theirs) <= 6, scorer
    before = reference.of_notes("aux_note_info", "preStabilizationRatingStatus")
    assert agreement(result.pre_stabilisation, before)[0] >= 0.97 * len(before)
    final = reference.of_notes("scored_notes", "finalRatingStatus")
    assert agreement(result.status, final)[0] >= 0.99 * len(final)


def run_on(reference, **options):
    key = (reference.folder.name, tuple(options.items()))
    if key not in _RUNS:
        _RUNS[key] = run(reference.dataset, COMMUNITYNOTES, now_ms=NOW_MS, prepared=reference.prepared, **options)
    return _RUNS[key]


_RUNS = {}


def test_threads_change_no_byte(shared_data, monkeypatch):
    monkeypatch.setattr("kiemchung.scoring.workers.MIN_RATINGS_PER_THREAD", 1)
    reference = reference_set(shared_data / "ratings" / "sim-10k-s1")
    one, two = (
        run(reference.dataset, COMMUNITYNOTES, now_ms=NOW_MS, prepared=reference.prepared, threads=t) for t in (1, 2)
    )
    assert two.status.tobytes() == one.status.tobytes()
    for name, scorer in one.scorers.items():
        for field in ("intercept", "factor", "status", "active"):
            assert getattr(two.scorers[name], field).tobytes() == getattr(scorer, field).tobytes(), (name, field)
        assert two.scorers[name].numbers.low_diligence.tobytes() == scorer.numbers.low_diligence.tobytes()


def test_parts_that_need_more_data_are_named(shared_data):
    result = run_on(reference_set(shared_data / "ratings" / "sim-10k-s1"))
    left_out = {part.part: part.reason for part in result.left_out}
    assert left_out["scorer group5"] == "no rating by its raters on its notes"
    assert "pflip and pcrh" in left_out


def test_too_few_ratings_give_no_status_but_a_reason():
    dataset = dataset_of(notes_of(3), ratings_of([(0, 0, 1.0, 5), (0, 1, 1.0, 6), (1, 0, 0.0, 7)]), 2)
    result = run(dataset, COMMUNITYNOTES, now_ms=NOW_MS)
    assert result.status.tolist() == [Status.NMR] * 3
    assert result.scorers == {}
    assert {"scorer core", "scorer coreWithTopics"} <= {part.part for part in result.left_out}


def test_no_ratings_at_all_are_no_error():
    result = run(dataset_of(notes_of(2), ratings_of([]), 0), COMMUNITYNOTES, now_ms=NOW_MS)
    assert result.status.tolist() == [Status.NMR] * 2


def test_progress_tells_phase_and_share(shared_data):
    reference = reference_set(shared_data / "ratings" / "sim-10k-s2")
    told = []
    run(
        reference.dataset,
        COMMUNITYNOTES,
        now_ms=NOW_MS,
        prepared=reference.prepared,
        progress=lambda *what: told.append(what),
    )
    shares = [share for *_, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any(
        phase == "core: prescoring" and sweep > 0 and np.isfinite(objective) for phase, sweep, objective, _ in told
    )
