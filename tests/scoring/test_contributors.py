import dataclasses

import numpy as np
import polars as pl
import pytest

from kiemchung.commons.score_inputs import ScoreInputs, load
from kiemchung.scoring.contributors import Tallies, next_states, tally
from kiemchung.scoring.table import EnrollmentState, Status
from tests.scoring.datasets import AUGUST_MS, HOUR_MS, dataset_of, notes_of, ratings_of

NOW = AUGUST_MS + 10 * 24 * HOUR_MS
SETS = ("sim-10k-s1", "sim-10k-s2", "sim-10k-s3-history", "sim-100k-s4")
CRH, CRNH, NMR = Status.CRH, Status.CRNH, Status.NMR
#: The reference's numbers for enrollment states that its runs on these sets use.
REFERENCE_STATES = {0: EnrollmentState.EARNED_IN, 3: EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE}


def dataset_with(statuses, *, author=0, p=3, state=EnrollmentState.EARNED_IN, ratings=(), **enrollment):
    n = len(statuses)
    created = AUGUST_MS + np.arange(n, dtype=np.int64) * HOUR_MS
    dataset = dataset_of(notes_of(n, authors=[author] * n, created_at_ms=created), ratings_of(list(ratings)), p)
    people = dataset.participants
    given = {"enrollment_state": np.full(p, state, np.int8), "last_earn_out_ms": np.ones(p, np.int64)}
    given |= {name: np.full(p, value, getattr(people, name).dtype) for name, value in enrollment.items()}
    return dataclasses.replace(dataset, participants=dataclasses.replace(people, **given))


def states_after(statuses, **given):
    dataset = dataset_with(statuses, **given)
    status = np.array(statuses, np.int8)
    tallies = tally(dataset, status, np.full(len(status), np.nan), NOW)
    return next_states(dataset, tallies, status, NOW).participants, tallies


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([], EnrollmentState.EARNED_IN),
        ([CRH, CRNH], EnrollmentState.EARNED_IN),
        ([CRH, CRH, CRNH, CRNH], EnrollmentState.AT_RISK),
        ([CRH, CRH, CRH, CRNH, CRNH, CRNH], EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE),
        ([CRNH], EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE),
        ([CRH, CRNH, CRNH, CRH, CRH, CRH, CRH], EnrollmentState.EARNED_IN),
        ([CRH, CRH, CRNH, CRNH, NMR, NMR, NMR, NMR], EnrollmentState.AT_RISK),
    ],
)
def test_writing_is_put_at_risk_and_lost_by_recent_notes(statuses, expected):
    people, _ = states_after(statuses)
    assert people.enrollment_state[0] == expected


def test_notes_from_before_the_last_loss_do_not_count_again():
    people, _ = states_after([CRNH, CRNH, CRNH], last_earn_out_ms=AUGUST_MS + 3 * HOUR_MS)
    assert people.enrollment_state[0] == EnrollmentState.EARNED_IN


def rated(value, count, *, first_note=0):
    return [(first_note + n, 1, value, (first_note + n) * HOUR_MS + 60_000) for n in range(count)]


@pytest.mark.parametrize(("impact", "expected"), [(4, EnrollmentState.NEW_USER), (5, EnrollmentState.EARNED_IN)])
def test_new_user_earns_writing_by_an_impact_of_five(impact, expected):
    people, tallies = states_after([CRH] * 6, ratings=rated(1.0, impact), state=EnrollmentState.NEW_USER)
    assert tallies.rating_impact[1] == impact
    assert people.enrollment_state[1] == expected


def test_helpful_ratings_of_not_helpful_notes_count_twice_against_the_rater():
    ratings = rated(1.0, 2) + rated(0.0, 1, first_note=2)
    _, tallies = states_after([CRH, CRNH, CRH], ratings=ratings)
    assert tallies.rating_impact[1] == 1 - 2 - 1


def test_lost_writing_needs_more_impact_each_time():
    first, _ = states_after([CRNH], n_earned_out=0)
    third, _ = states_after([CRNH], n_earned_out=2)
    assert (first.successful_ratings_needed[0], third.successful_ratings_needed[0]) == (5, 15)
    assert (first.n_earned_out[0], third.n_earned_out[0]) == (1, 3)
    assert first.last_earn_out_ms[0] == first.last_state_change_ms[0] == NOW


def test_testers_and_removed_contributors_stay_as_they_are():
    for state in (EnrollmentState.REMOVED, EnrollmentState.API_TEST_USER, EnrollmentState.UNKNOWN):
        people, _ = states_after([CRNH] * 5, state=state)
        assert people.enrollment_state.tolist() == [state] * 3


@pytest.mark.parametrize("name", SETS)
def test_counts_and_states_are_those_of_the_reference(shared_data, name):
    folder = shared_data / "ratings" / name
    inputs = str(folder / "input")
    dataset = load(ScoreInputs((inputs,), (inputs,), (inputs,), (inputs,))).dataset
    scored = pl.DataFrame({"noteId": dataset.notes.note_id}).join(
        pl.read_csv(folder / "expected/scored_notes.tsv.gz", separator="\t", infer_schema_length=None),
        on="noteId",
        how="left",
        maintain_order="left",
    )
    words = {"CURRENTLY_RATED_HELPFUL": CRH, "CURRENTLY_RATED_NOT_HELPFUL": CRNH, "NEEDS_MORE_RATINGS": NMR}
    status = np.array([words[word] for word in scored["finalRatingStatus"]], np.int8)
    now = 1793491200000
    tallies = tally(dataset, status, scored["coreNoteIntercept"].fill_null(np.nan).to_numpy(), now)
    after = next_states(dataset, tallies, status, now)
    expected = pl.read_csv(folder / "expected/helpfulness_scores.tsv.gz", separator="\t", infer_schema_length=None)
    rows = np.searchsorted(
        dataset.participants.participant_id, np.array(expected["raterParticipantId"].to_list(), np.dtypes.StringDType())
    )
    for column, found in _columns(tallies, after).items():
        theirs = expected[column].fill_null(0).cast(pl.Int64).to_numpy()
        np.testing.assert_array_equal(found[rows].astype(np.int64), theirs, err_msg=column)
    states = [REFERENCE_STATES[code] for code in expected["enrollmentState"]]
    assert after.participants.enrollment_state[rows].tolist() == states
    lost = np.array(states) == EnrollmentState.EARNED_OUT_NO_ACKNOWLEDGE
    needed = expected["successfulRatingNeededToEarnIn"].to_numpy()
    assert after.participants.successful_ratings_needed[rows][lost].tolist() == needed[lost].tolist()
    assert after.participants.last_state_change_ms[rows].tolist() == expected["timestampOfLastStateChange"].to_list()


def _columns(tallies: Tallies, after):
    return {
        "successfulRatingHelpfulCount": tallies.successful_helpful,
        "successfulRatingNotHelpfulCount": tallies.successful_not_helpful,
        "unsuccessfulRatingHelpfulCount": tallies.unsuccessful_helpful,
        "unsuccessfulRatingNotHelpfulCount": tallies.unsuccessful_not_helpful,
        "ratedAfterDecision": tallies.after_decision,
        "ratingsAwaitingMoreRatings": tallies.awaiting,
        "notesCurrentlyRatedHelpful": tallies.notes_crh,
        "notesCurrentlyRatedNotHelpful": tallies.notes_crnh,
        "notesAwaitingMoreRatings": tallies.notes_nmr,
        "aggregateRatingReceivedTotal": tallies.ratings_received,
        "numberOfTimesEarnedOut": after.participants.n_earned_out,
        "isEmergingWriter": after.emerging,
    }
