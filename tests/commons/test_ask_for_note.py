from dataclasses import replace

import pytest

from kiemchung.commons import ask_for_note
from kiemchung.commons.ask_for_note import ask, index_requests, propose
from kiemchung.commons.asked_about import asked_about
from kiemchung.commons.check import check
from kiemchung.commons.effort import WAIT_MS
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.model import Claim, ClaimLabel, NoteDraft, NoteScore, NoteStatus, ScoringRun, Source
from tests.commons.people import enter

CLAIM = "Uống 2 lít nước lá ổi non mỗi ngày chữa khỏi bệnh tiểu đường trong 30 ngày."
OTHER = "Bão số 12 làm sập cây cầu dài nhất thành phố."


def claim(text):
    return Claim(text, 0, len(text), "vi", ClaimLabel.CHECKABLE, 0.9, 0.9)


def test_proposal_cuts_contact_data_before_anything_is_stored(commons):
    proposal = propose(commons, "Bà Tư, số 0912 345 678, chữa khỏi bệnh tiểu đường bằng nước lá ổi non.")
    assert proposal.cut == ("phone",)
    assert "0912" not in proposal.claim
    assert next(commons.contributions.iter_requests()).claim.startswith("Nước chanh")


@pytest.mark.parametrize(
    "text",
    [
        "Theo tôi thì phở ngon hơn bún.",
        "Ngày mai trời có mưa không?",
        "Chào buổi sáng cả nhà!",
        "Mọi người nhớ giữ gìn sức khỏe nhé.",
    ],
)
def test_g20_opinions_and_questions_open_no_request(commons, part, text):
    with pytest.raises(NotAllowedError) as caught:
        ask(commons, part, text, session=enter(commons, part))
    assert caught.value.reason == "opinion"


def test_asking_without_a_codename_takes_effort(commons, part):
    ticket = part.effort.challenge(commons.clock.now_ms()).ticket
    with pytest.raises(NotAllowedError, match="send it in"):
        ask(commons, part, CLAIM, ticket=ticket)
    commons.clock.ms += WAIT_MS
    request = ask(commons, part, CLAIM, ticket=ticket)
    assert commons.contributions.get_requests([request])[request].n_asked == 0


def test_equal_claims_join_one_request_and_each_codename_counts_once(commons, part):
    one, two = enter(commons, part), enter(commons, part)
    ids = {ask(commons, part, CLAIM, session=who) for who in (one, one, two)}
    assert len(ids) == 1
    assert commons.contributions.get_requests(list(ids))[ids.pop()].n_asked == 2
    assert ask(commons, part, OTHER, session=one) not in ids


def test_proposal_shows_the_request_that_it_would_join(commons, part):
    request = ask(commons, part, CLAIM, session=enter(commons, part))
    assert propose(commons, CLAIM).joins.request_id == request


def test_requests_are_found_again_after_the_index_was_lost(commons, part):
    request = ask(commons, part, CLAIM, session=enter(commons, part))
    commons.requests_index.delete([request])
    commons.requests_index.commit()
    assert asked_about(commons, [claim(CLAIM)]) == [None]
    assert index_requests(commons) == 2
    assert asked_about(commons, [claim(CLAIM)])[0].request.request_id == request


def test_asked_about_gives_shown_notes_only(commons, part):
    request = ask(commons, part, CLAIM, session=enter(commons, part))
    draft = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng.", "vi", (Source("https://a.example", "Không."),))
    for note in ("good", "new"):
        commons.contributions.put_note(note, request, bytes(32), draft, "2026-01-01")
    run = ScoringRun("s1", "2026", "0", "c", "i", "r", 1, 1)
    commons.contributions.put_scores(run, {"good": NoteScore(NoteStatus.SHOWN, "test", {}, "2026-01-01")})
    (found,) = asked_about(commons, [claim(CLAIM)])
    assert ([note.note_id for note in found.shown], found.n_waiting) == (["good"], 1)


@pytest.mark.parametrize(("text", "problem"), [("  ", "no claim"), ("x" * (ask_for_note.MAX_CLAIM + 1), "at most 500")])
def test_claims_that_are_none_are_refused(commons, text, problem):
    with pytest.raises(InputError, match=problem):
        propose(commons, text)


def test_several_claims_are_asked_about_one_at_a_time(commons):
    with pytest.raises(InputError, match="one at a time"):
        propose(commons, f"{CLAIM} {OTHER}")
    assert replace(propose(commons, OTHER), joins=None).claim == OTHER


def test_a_check_embeds_each_text_once_for_published_checks_and_for_requests(commons, part, monkeypatch):
    ask(commons, part, CLAIM, session=enter(commons, part))
    index_requests(commons)
    embedded = []
    kind = type(commons.embedder)
    real = kind.queries_in_pieces
    monkeypatch.setattr(kind, "queries_in_pieces", lambda self, texts: embedded.extend(texts) or real(self, texts))
    answer = check(commons, CLAIM)
    assert answer.claims[0].asked is not None
    assert sorted(embedded) == sorted(set(embedded))
    assert embedded
