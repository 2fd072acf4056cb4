"""Codenames, notes and ratings through the use cases, on a real store."""

import base64
import hashlib
import json
from dataclasses import replace
from itertools import count
from random import Random

import pytest

from kiemchung.commons import rate_notes, site, write_notes
from kiemchung.commons.effort import WAIT_MS, Effort
from kiemchung.commons.page_titles import PageTitles
from kiemchung.commons.site_salt import FILE_NAME, site_salt
from kiemchung.commons.take_part import leave, log_in, make_codename, pause
from kiemchung.commons.taking_part import TakingPart
from kiemchung.errors import FetchError, InputError, NotAllowedError, StoreError
from kiemchung.model import Level, NoteDraft, NoteScore, NoteState, NoteStatus, ScoringRun, Source
from kiemchung.notes.eligibility import EligibilityConfig
from kiemchung.ports import Fetched
from kiemchung.text import fold
from tests.commons.people import CHEAP, DAY_MS, enter, rate

_NUMBERS = count(1)
DRAFT = NoteDraft(
    True,
    ("factual_error",),
    "Nước chanh không chữa được ung thư; chưa có nghiên cứu nào trên người.",
    "vi",
    (Source("https://a.example/chanh", "Chưa có bằng chứng.", "2025-01-01"),),
)


class Pages:
    """A fetcher with one page."""

    def get(self, url: str) -> Fetched:
        if url != "https://a.example/chanh":
            raise FetchError(url, "status", "404")
        return Fetched(url, "<title>Chanh  và\nung thư</title>".encode(), "text/html", "utf-8")


def hand_in(commons, part, session, draft=None):
    """Another note each time, unless a draft is given."""
    draft = draft or replace(DRAFT, text=f"{DRAFT.text} Theo bài số {next(_NUMBERS)}.")
    return write_notes.hand_in(commons, part, session, "r1", draft, None)


def decide(commons, statuses):
    run = ScoringRun(f"s{commons.clock.ms}", f"{commons.clock.ms}", "0", "c", "i", "r", 1, 1)
    scores = {note: NoteScore(status, "test", {}, "2026-01-01") for note, status in statuses.items()}
    commons.contributions.put_scores(run, scores)


def test_codename_lets_in_however_it_is_typed(commons, part):
    codename = make_codename(commons, "vi", CHEAP)
    assert log_in(commons, part.sessions, fold(codename).replace(",", ""), CHEAP)


def test_codename_of_another_site_does_not_let_in(commons, part, tmp_path):
    codename = make_codename(commons, "en", CHEAP)
    (tmp_path / FILE_NAME).write_bytes(bytes(32))
    assert log_in(commons, part.sessions, codename, CHEAP) is None


def test_g18_wrong_unknown_and_paused_codenames_get_the_same_answer(commons, part):
    paused = make_codename(commons, "vi", CHEAP)
    session = part.sessions.get(log_in(commons, part.sessions, paused, CHEAP), commons.clock.now_ms())
    pause(commons, part.sessions, session, 3)
    unknown = make_codename(commons, "vi", CHEAP)
    gone = part.sessions.get(log_in(commons, part.sessions, unknown, CHEAP), commons.clock.now_ms())
    leave(commons, part.sessions, gone, take_along=False)
    assert [log_in(commons, part.sessions, typed, CHEAP) for typed in (paused, unknown, "mèo", "")] == [None] * 4
    commons.clock.ms += 3 * DAY_MS
    assert log_in(commons, part.sessions, paused, CHEAP)


def test_session_ends_when_idle_and_after_a_day(commons, part):
    token = log_in(commons, part.sessions, make_codename(commons, "vi", CHEAP), CHEAP)
    now = commons.clock.now_ms()
    assert part.sessions.get(token, now + 3_600_000)
    assert part.sessions.get(token, now + 4 * 3_600_000) is None


def test_salt_that_was_damaged_is_an_error_and_not_a_new_one(tmp_path):
    first = site_salt(tmp_path)
    assert site_salt(tmp_path) == first
    (tmp_path / FILE_NAME).write_bytes(b"short")
    with pytest.raises(StoreError, match="put the file of a backup in its place"):
        site_salt(tmp_path)


def test_g15_leaving_forgets_the_codename_and_takes_along_what_was_chosen(commons, part):
    writer, rater = enter(commons, part), enter(commons, part)
    note = hand_in(commons, part, writer)
    rate(commons, part, rater, note, Level.HELPFUL, ("clear",), ())
    leave(commons, part.sessions, writer, take_along=False)
    assert commons.contributions.get_notes([note])[note].state is NoteState.OPEN
    leave(commons, part.sessions, rater, take_along=True)
    assert commons.contributions.get_notes([note])[note].n_ratings == 0


def test_handed_in_note_carries_the_titles_of_its_sources(commons, part):
    other = Source("https://b.example/x", "Không có.", None)
    draft = replace(DRAFT, sources=(*DRAFT.sources, other))
    note = write_notes.hand_in(commons, part, enter(commons, part), "r1", draft, PageTitles(Pages()))
    titles = [s.title for s in commons.contributions.get_notes([note])[note].draft.sources]
    assert titles == ["Chanh và ung thư", "b.example"]


def test_g16_own_codename_is_refused_in_a_note(commons, part):
    codename = make_codename(commons, "vi", CHEAP)
    session = part.sessions.get(log_in(commons, part.sessions, codename, CHEAP), commons.clock.now_ms())
    with pytest.raises(write_notes.DraftError, match=r"text \(own_codename\)"):
        hand_in(commons, part, session, replace(DRAFT, text=f"Tôi là {codename}, nước chanh không chữa ung thư."))


def test_draft_that_is_not_ready_loses_no_budget(commons, part):
    session = enter(commons, part)
    for _ in range(20):
        with pytest.raises(write_notes.DraftError):
            hand_in(commons, part, session, replace(DRAFT, sources=()))
    assert hand_in(commons, part, session)


def test_budget_of_notes_ends_and_starts_again_the_next_day(commons, part):
    session = enter(commons, part)
    for _ in range(part.eligibility.notes_a_day):
        hand_in(commons, part, session)
    with pytest.raises(NotAllowedError, match="5 a day"):
        hand_in(commons, part, session)
    commons.clock.ms += DAY_MS
    hand_in(commons, part, session)


def test_note_can_be_edited_until_rated_and_withdrawn_by_its_writer_only(commons, part):
    writer, rater = enter(commons, part), enter(commons, part)
    note = hand_in(commons, part, writer)
    changed = replace(DRAFT, text="Chưa có nghiên cứu nào cho thấy nước chanh chữa ung thư.")
    write_notes.edit(commons, writer, note, changed, None)
    with pytest.raises(NotAllowedError):
        write_notes.edit(commons, rater, note, DRAFT, None)
    rate(commons, part, rater, note, Level.NOT, (), ("incorrect",))
    with pytest.raises(NotAllowedError, match="nobody has rated yet"):
        write_notes.edit(commons, writer, note, DRAFT, None)
    with pytest.raises(NotAllowedError):
        write_notes.withdraw(commons, rater, note)
    write_notes.withdraw(commons, writer, note)
    assert commons.contributions.get_notes([note])[note].draft is None


def test_writing_is_earned_after_the_founding_period(commons):
    part = TakingPart(eligibility=EligibilityConfig(founding_decided_notes=1, impact_to_write=1))
    founder, newcomer = enter(commons, part), enter(commons, part)
    note = hand_in(commons, part, founder)
    rate(commons, part, newcomer, note, Level.HELPFUL, ("clear",), ())
    decide(commons, {note: NoteStatus.SHOWN})
    assert hand_in(commons, part, newcomer)
    with pytest.raises(NotAllowedError, match="borne out"):
        hand_in(commons, part, enter(commons, part))


def test_own_note_is_not_rated_by_its_writer(commons, part):
    writer = enter(commons, part)
    note = hand_in(commons, part, writer)
    assert rate_notes.next_note(commons, writer, Random(1)) is None
    with pytest.raises(NotAllowedError, match="rated by others"):
        rate(commons, part, writer, note, Level.HELPFUL, ("clear",), ())


def test_next_note_is_one_that_was_not_rated_yet(commons, part):
    writer, rater = enter(commons, part), enter(commons, part)
    notes = {hand_in(commons, part, writer) for _ in range(3)}
    seen = set()
    while (note := rate_notes.next_note(commons, rater, Random(1))) is not None:
        seen.add(note.note_id)
        rate(commons, part, rater, note.note_id, Level.SOMEWHAT, (), ())
    assert seen == notes


def test_rater_sees_how_rated_notes_fared(commons, part):
    writer, rater = enter(commons, part), enter(commons, part)
    good, bad = hand_in(commons, part, writer), hand_in(commons, part, writer)
    rate(commons, part, rater, good, Level.HELPFUL, ("clear",), ())
    rate(commons, part, rater, bad, Level.HELPFUL, ("clear",), ())
    decide(commons, {good: NoteStatus.SHOWN, bad: NoteStatus.NOT_SHOWN})
    fared, impact = rate_notes.own_ratings(commons, rater)
    assert {f.rating.note_id: f.note.score.status for f in fared} == {good: NoteStatus.SHOWN, bad: NoteStatus.NOT_SHOWN}
    assert (impact.successful, impact.unsuccessful) == (1, 2)


def test_reasons_must_go_with_the_answer(commons, part):
    rater = enter(commons, part)
    with pytest.raises(InputError, match="do not go with the answer"):
        rate(commons, part, rater, "n", Level.HELPFUL, (), ("incorrect",))
    with pytest.raises(InputError, match="there is no reason 'nice'"):
        rate(commons, part, rater, "n", Level.HELPFUL, ("nice",), ())


def test_closed_site_takes_nothing_until_the_operator_has_spoken(commons, part):
    session = enter(commons, part)
    site.write_page(commons.contributions, "method", "vi", "")
    assert site.missing_pages(commons.contributions) == ["method.vi"]
    with pytest.raises(NotAllowedError, match="who runs this site"):
        hand_in(commons, part, session)
    site.write_page(commons.contributions, "method", "vi", "Cách làm")
    site.pause_site(commons.contributions, paused=True)
    with pytest.raises(NotAllowedError, match="paused"):
        hand_in(commons, part, session)
    site.pause_site(commons.contributions, paused=False)
    assert hand_in(commons, part, session)


def solve(puzzle):
    value = json.loads(puzzle)
    for number in range(value["maxnumber"] + 1):
        if hashlib.sha256(f"{value['salt']}{number}".encode()).hexdigest() == value["challenge"]:
            return base64.b64encode(json.dumps({**value, "number": number}).encode()).decode()
    raise AssertionError("unsolvable")


def real_now_ms():
    import time

    return time.time_ns() // 1_000_000


def test_effort_takes_a_proof_once():
    effort = Effort()
    now = real_now_ms()
    proof = solve(effort.challenge(now).puzzle)
    effort.accept(proof, "", now)
    with pytest.raises(NotAllowedError, match="already sent"):
        effort.accept(proof, "", now)


def test_effort_takes_a_ticket_that_has_waited_once():
    effort = Effort()
    ticket = effort.challenge(1_000).ticket
    with pytest.raises(NotAllowedError, match="send it in 15 s"):
        effort.accept("", ticket, 1_000)
    effort.accept("", ticket, 1_000 + WAIT_MS)
    with pytest.raises(NotAllowedError, match="already sent"):
        effort.accept("", ticket, 1_000 + WAIT_MS)


@pytest.mark.parametrize("proof", ["", "x", "e30=", base64.b64encode(b'{"algorithm":1}').decode()])
def test_effort_refuses_what_it_did_not_make(proof):
    with pytest.raises(NotAllowedError, match="expired"):
        Effort().accept(proof, "1000.abc.def", 2_000)


def test_effort_lets_few_wait_at_once():
    effort = Effort()
    tickets = [effort.challenge(0).ticket for _ in range(61)]
    for ticket in tickets[:60]:
        effort.accept("", ticket, WAIT_MS)
    with pytest.raises(NotAllowedError, match="many forms"):
        effort.accept("", tickets[60], WAIT_MS)
