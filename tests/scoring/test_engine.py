"""The whole pipeline: against the reference from the ratings alone, and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest

from kiemchung.commons.score_inputs import ScoreInputs, load
from kiemchung.scoring.config import COMMUNITYNOTES
from kiemchung.scoring.engine import run
from kiemchung.scoring.rules import FINAL_RULES, apply_rules
from kiemchung.scoring.scorers import CORE
from kiemchung.scoring.table import Dataset, Status
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


#: The same with harassment and low-diligence intercepts of the reference's run, which start at random there: for the
#: first, second and last set what an exact prototype reached that borrowed the latter (SCORING 18).
EQUAL_WITH_THEIR_MODELS = {"sim-10k-s1": 381, "sim-10k-s2": 374, "sim-10k-s3-history": 369, "sim-100k-s4": 3819}


@pytest.mark.parametrize("name", EQUAL_WITH_THEIR_MODELS)
def test_core_statuses_given_the_models_that_start_at_random(shared_data, monkeypatch, name):
    reference = reference_set(shared_data / "ratings" / name)
    theirs = reference.core_harassment
    monkeypatch.setattr("kiemchung.scoring.prescoring.fit_harassment", lambda *_, **__: theirs)
    only_core = replace(COMMUNITYNOTES, scorers=(CORE,))
    core = run(reference.dataset, only_core, now_ms=NOW_MS, prepared=reference.prepared).scorers["core"]
    numbers = replace(core.numbers, low_diligence=reference.of_notes("aux_note_info", "lowDiligenceIntercept"))
    given = apply_rules(FINAL_RULES, numbers, CORE.limits, core.status != Status.NONE).status
    same, _ = agreement(given, reference.of_notes("scored_notes", "coreRatingStatus"))
    assert same >= EQUAL_WITH_THEIR_MODELS[name]


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


@pytest.fixture(scope="module")
def of_all_groups(shared_data):
    """The first set with its raters spread over groups, so that every family of scorers has something to say."""
    dataset = reference_set(shared_data / "ratings" / "sim-10k-s1").dataset
    groups = np.array([13, 14, 15, 18, 33, 4, 5, -1])[np.arange(len(dataset.participants)) % 8]
    return replace(dataset, participants=replace(dataset.participants, modeling_group=groups.astype(np.int16)))


def test_every_family_of_scorers_runs_where_there_are_raters(of_all_groups):
    everybody = tuple(replace(s, capture=0.0, note_share=0.0) for s in COMMUNITYNOTES.scorers)
    result = run(of_all_groups, replace(COMMUNITYNOTES, scorers=everybody), now_ms=NOW_MS)
    wide = {"core", "coreWithTopics", "expansion", "expansionPlus", "gaussian", "gaussianCoreWithTopics"}
    assert wide | {"group13", "group14", "group18", "multiGroup1"} <= set(result.scorers)
    for name, scorer in result.scorers.items():
        spoken = scorer.status != Status.NONE
        assert spoken.any(), name
        assert (scorer.numbers.n_ratings[spoken] > 0).all(), name


def test_core_leaves_other_groups_out(of_all_groups):
    result = run(of_all_groups, COMMUNITYNOTES, now_ms=NOW_MS)
    groups = of_all_groups.participants.modeling_group
    assert set(groups[result.scorers["core"].prescoring.raters.known].tolist()) <= {13, 14, -1}
    own = np.isin(groups, [13, 14, -1])[result.prepared.ratings.rater]
    n = len(of_all_groups.notes)
    note = result.prepared.ratings.note
    share = np.bincount(note[own], minlength=n) / np.maximum(np.bincount(note, minlength=n), 1)
    heard = result.scorers["core"].status != Status.NONE
    assert not heard[share < 0.5].any()
    assert heard[(share >= 0.5) & (result.prepared.topic < 0)].all()


def test_second_run_after_an_hour_shows_what_waited(shared_data):
    """The reference's second run: its first run's status history in, 61 minutes later."""
    first = reference_set(shared_data / "ratings" / "sim-10k-s1")
    inputs = ScoreInputs(
        (str(first.folder / "input" / "notes-00000.tsv.gz"),),
        (str(first.folder / "input" / "ratings-00000.tsv.gz"),),
        (str(first.folder / "expected" / "note_status_history.tsv.gz"),),
        (str(first.folder / "input" / "userEnrollment-00000.tsv.gz"),),
    )
    result = run(load(inputs, summaries=True).dataset, COMMUNITYNOTES, now_ms=NOW_MS + 61 * 60_000)
    theirs = first.of_notes("../expected_second_run/scored_notes", "finalRatingStatus")
    same, total = agreement(result.status, theirs)
    assert total == 400
    assert same >= 396
    assert (result.status == Status.CRH).sum() >= 50


def test_order_of_rows_and_names_change_no_status(shared_data):
    """Participants and notes renamed so that every order is turned round: the same results, to rounding."""
    dataset = reference_set(shared_data / "ratings" / "sim-10k-s2").dataset
    one, other = (run(data, COMMUNITYNOTES, now_ms=NOW_MS) for data in (dataset, turned_round(dataset)))
    assert other.status[::-1].tolist() == one.status.tolist()
    core, turned = one.scorers["core"], other.scorers["core"]
    assert turned.intercept[::-1] == pytest.approx(core.intercept, abs=1e-5, nan_ok=True)
    assert turned.status[::-1].tolist() == core.status.tolist()


def turned_round(dataset):
    """The same data with notes and participants in the opposite order."""
    n, p = len(dataset.notes), len(dataset.participants)
    ratings = dataset.ratings
    note, rater = n - 1 - ratings.note, p - 1 - ratings.rater
    author = np.where(dataset.notes.author < 0, -1, p - 1 - dataset.notes.author).astype(np.int32)

    def flipped(table, **changes):
        columns = {name: getattr(table, name) for name in type(table).__slots__}
        return replace(table, **({k: v[::-1].copy() for k, v in columns.items() if v is not None} | changes))

    return Dataset(
        flipped(dataset.notes, note_id=dataset.notes.note_id, author=author[::-1].copy()),
        replace(ratings, note=note, rater=rater).take(np.lexsort((rater, note))),
        flipped(dataset.history),
        flipped(dataset.participants, participant_id=dataset.participants.participant_id),
    )
