import random
import subprocess

import pytest

from kiemchung.commons import score_notes as module
from kiemchung.commons.score_notes import ScoringError, score_notes
from kiemchung.commons.settings import Settings
from kiemchung.model import Level, NoteDraft, NoteStatus, Rating, Source
from kiemchung.notes.eligibility import EligibilityConfig
from tests.commons.people import open_site
from tests.copies import copy_database
from tests.ratings import put_rating

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))
DAY_MS = 86_400_000


def rater(number: int) -> bytes:
    return random.Random(number).randbytes(32)


def rate(commons, note, number, level):
    tags = (("clear", "good_sources"), ()) if level is Level.HELPFUL else ((), ("incorrect", "off_topic"))
    put_rating(commons.contributions, rater(number), Rating(note, level, *tags, "2026-09-21"))


@pytest.fixture(scope="session")
def rated(tmp_path_factory):
    """Settings of a site with forty raters of two camps and thirty notes; filled once, since each rating waits for the
    disk. Camps disagree on 20, agree on good (n00-n04) and bad ones (n05-n09)."""
    commons = open_site(Settings(data_dir=tmp_path_factory.mktemp("rated")))
    draw = random.Random(5)
    notes = [f"n{i:02d}" for i in range(30)]
    for note in notes:
        commons.contributions.put_note(note, "r1", bytes(32), DRAFT, "2026-09-20")
    for number in range(40):
        camp = number % 2
        for i, note in enumerate(notes):
            if draw.random() < 0.2:
                continue
            likes = i < 5 or (i >= 10 and i % 2 == camp)
            flip = draw.random() < 0.05
            rate(commons, note, number, Level.HELPFUL if likes != flip else Level.NOT)
    commons.close()
    return commons.settings


@pytest.fixture
def community(commons, rated):
    """The site with these notes and ratings in it."""
    copy_database(rated, commons.settings)
    return commons


def statuses(report):
    return {note: score.status for note, score in report.scores.items()}


def test_notes_that_both_sides_find_helpful_are_shown_and_no_other(community):
    found = statuses(score_notes(community))
    shown = {note for note, status in found.items() if status is NoteStatus.SHOWN}
    assert shown == {"n00", "n01", "n02", "n03", "n04"}


def test_g09_status_comes_from_the_run_that_is_stored(community):
    report = score_notes(community)
    assert [c.run_id for c in report.changes] == [report.run.run_id] * 30
    kept = community.contributions.get_notes(["n00"])["n00"].score
    assert kept == report.scores["n00"]
    assert community.contributions.runs(limit=1) == [report.run]


def test_g11_equal_input_gives_equal_results_and_roots(community):
    one, two = score_notes(community), score_notes(community)
    assert one.run.input_root == two.run.input_root
    assert one.scores == two.scores or [s.numbers for s in one.scores.values()] == [
        s.numbers for s in two.scores.values()
    ]
    assert two.changes == []


def test_g04_worker_gets_no_key_and_gives_no_rater(community, monkeypatch):
    seen = {}
    real = subprocess.run

    def watch(command, **options):
        seen["in"] = options["input"]
        done = real(command, **options)
        seen["out"], seen["err"] = done.stdout, done.stderr
        return done

    monkeypatch.setattr(module.subprocess, "run", watch)
    score_notes(community)
    for number in range(40):
        assert rater(number) not in seen["in"]
    assert b"rater" not in seen["out"]
    assert seen["err"] == b""


def test_too_few_ratings_say_what_is_missing_without_naming_a_side(commons):
    commons.contributions.put_note("n1", "r1", bytes(32), DRAFT, "2026-09-20")
    for number in range(3):
        rate(commons, "n1", number, Level.HELPFUL)
    assert score_notes(commons).scores["n1"].numbers == {"missing_first_ratings": 5.0}
    for number in range(3, 7):
        rate(commons, "n1", number, Level.HELPFUL)
    numbers = score_notes(commons).scores["n1"].numbers
    assert any(key.startswith("missing") for key in numbers)
    assert not any(
        "negative" in key or "positive" in key for key in numbers if key.startswith(("missing", "ratings", "helpful"))
    )


def test_site_without_notes_scores_nothing(commons):
    report = score_notes(commons)
    assert (report.scores, report.run.n_notes, report.run.n_ratings) == ({}, 0, 0)


def test_newcomers_do_not_count_after_the_founding_period(community):
    over = EligibilityConfig(founding_decided_notes=1)
    first = score_notes(community, over)
    note = "n29"
    for number in range(100, 140):
        rate(community, note, number, Level.HELPFUL)
    second = score_notes(community, over)
    assert first.run.n_ratings - 40 <= second.run.n_ratings <= first.run.n_ratings


def test_decided_status_is_locked_after_two_weeks_and_stays(community):
    score_notes(community)
    community.clock.ms += 14 * DAY_MS
    locked = {note for note, s in score_notes(community).scores.items() if s.locked}
    assert {"n00", "n01", "n02", "n03", "n04"} <= locked
    assert not put_rating(community.contributions, rater(1), Rating("n00", Level.NOT, (), ("incorrect",), "2026-10-20"))


def test_failed_process_leaves_statuses_as_they_were(community, monkeypatch):
    score_notes(community)
    monkeypatch.setattr(module.sys, "executable", "/bin/false")
    with pytest.raises(ScoringError, match="ended with 1"):
        score_notes(community)
    assert community.contributions.get_notes(["n00"])["n00"].score.status is NoteStatus.SHOWN
