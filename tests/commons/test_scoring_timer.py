"""When the site is scored, and that it is scored in a process of its own."""

import threading

import pytest

from kiemchung.commons import score_process
from kiemchung.commons.score_notes import ScoringError, score_notes
from kiemchung.commons.score_process import Summary
from kiemchung.commons.scoring_timer import ScoringTimer
from kiemchung.model import Level, NoteDraft, NoteStatus, Rating, Source
from tests.commons.people import DAY_MS
from tests.ratings import put_rating

DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))
RATING = Rating("n1", Level.HELPFUL, ("clear",), (), "2026-09-21")


class Runs:
    """A run that is counted, or fails as it is told."""

    def __init__(self):
        self.n, self.fails, self.told, self.failures = 0, False, [], []

    def __call__(self, _settings, _stop):
        self.n += 1
        if self.fails:
            raise ScoringError("no memory")
        return Summary(f"s{self.n}", 1, 1, 0)

    def timer(self, commons):
        return ScoringTimer(commons, scored=self.told.append, failed=self.failures.append, run=self)


@pytest.fixture
def noted(commons):
    commons.contributions.put_note("n1", "r1", bytes(32), DRAFT, "2026-09-20")
    return commons


def test_site_is_scored_only_when_something_changed(noted):
    runs = Runs()
    timer = runs.timer(noted)
    assert [timer.look(), timer.look()] == [True, False]
    put_rating(noted.contributions, bytes(32), RATING)
    assert [timer.look(), timer.look()] == [True, False]
    noted.clock.ms += DAY_MS
    assert [timer.look(), timer.look()] == [True, False]
    assert [summary.run_id for summary in runs.told] == ["s1", "s2", "s3"]


def test_run_that_fails_is_told_and_tried_again(noted):
    runs = Runs()
    timer = runs.timer(noted)
    runs.fails = True
    assert [timer.look(), timer.look()] == [False, False]
    assert [str(error) for error in runs.failures] == ["no memory", "no memory"]
    runs.fails = False
    assert timer.look()


def test_timer_that_is_set_to_never_starts_no_thread(noted):
    runs = Runs()
    vars(noted)["settings"] = noted.settings.model_copy(update={"scoring_minutes": 0})
    timer = runs.timer(noted)
    timer.start()
    timer.stop()
    assert runs.n == 0


def test_timer_scores_by_itself_and_ends_when_told(noted):
    vars(noted)["settings"] = noted.settings.model_copy(update={"scoring_minutes": 0.0001})
    scored = threading.Event()
    timer = ScoringTimer(noted, scored=lambda _: scored.set(), failed=print, run=Runs())
    timer.start()
    assert scored.wait(30)
    timer.stop()
    assert "scoring" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.slow
def test_run_in_its_own_process_stores_what_a_run_here_gives(noted):
    for rater in range(4):
        put_rating(noted.contributions, bytes([rater]) * 32, RATING)
    there = score_process.run(noted.settings, threading.Event())
    kept = noted.contributions.get_notes(["n1"])["n1"].score
    here = score_notes(noted)
    assert (there.n_notes, there.n_ratings, there.n_changes) == (1, 4, 1)
    assert (kept.status, kept.numbers) == (NoteStatus.NEEDS_RATINGS, here.scores["n1"].numbers)
    assert [run.run_id for run in noted.contributions.runs(limit=2)].count(there.run_id) == 1


@pytest.mark.slow
def test_run_in_its_own_process_ends_when_told_and_changes_nothing(noted):
    stop = threading.Event()
    stop.set()
    assert score_process.run(noted.settings, stop) is None
    assert noted.contributions.runs(limit=1) == []


def test_two_runs_at_once_are_refused(noted, monkeypatch):
    began, go_on = threading.Event(), threading.Event()

    def slow(*_):
        began.set()
        go_on.wait(60)
        raise ScoringError("enough")

    def first():
        with pytest.raises(ScoringError, match="enough"):
            score_notes(noted)

    monkeypatch.setattr("kiemchung.commons.score_notes._run_process", slow)
    thread = threading.Thread(target=first)
    thread.start()
    assert began.wait(60)
    with pytest.raises(ScoringError, match="another scoring run is going on"):
        score_notes(noted)
    go_on.set()
    thread.join()


def test_what_a_run_changed_is_logged(noted):
    timer = Runs().timer(noted)
    score_notes(noted)
    assert timer.publish() == 2  # the run and the note's first status
    assert timer.publish() == 0


def test_log_that_cannot_be_written_is_told_and_tried_again(noted):
    runs = Runs()
    timer = runs.timer(noted)
    score_notes(noted)
    (noted.settings.data_dir / "log.key").write_bytes(b"short")
    assert timer.publish() == 0
    assert [error.code for error in runs.failures] == ["store_failed"]
    (noted.settings.data_dir / "log.key").unlink()
    assert timer.publish() == 2
