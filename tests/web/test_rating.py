"""Rating over the pages: one note at a time, changed and withdrawn, for the rater's eyes alone."""

import pytest

from kiemchung.model import Level
from tests.web.people import CLAIM, NOTE, asked, shown, visitor, written


@pytest.fixture
def note(writer):
    return written(writer, asked(writer))


def only_rating(site):
    columns = site.contributions.rating_columns()
    return len(columns.level)


def test_claim_note_and_sources_stand_together(rater, note):
    page = rater.get("rate")
    for part in (CLAIM, NOTE["text"], NOTE["quote"][0], NOTE["url"][0], 'value="helpful"', 'name="not_tag"'):
        assert part in page.text, part
    assert note in page.text


def test_rating_is_kept_and_leads_to_the_next_note(site, rater, note):
    reply = rater.post("rate", note_id=note, level="helpful", tag=["clear", "good_sources"])
    assert reply.headers["location"] == "/en/rate?kept=1"
    assert "Nothing left to rate" in shown(rater.get("rate", kept="1"))
    assert only_rating(site) == 1


def test_rating_is_changed_and_withdrawn(site, rater, note):
    rater.post("rate", note_id=note, level="helpful", tag=["clear"])
    page = rater.get(f"rate/{note}")
    assert 'value="clear" checked' in page.text
    rater.post("rate", note_id=note, level="not", tag=["clear"], not_tag=["incorrect"])
    kept = site.contributions.ratings_of(session_keys(rater).rater)
    assert [(each.level, each.tags, each.not_tags) for each in kept] == [(Level.NOT, (), ("incorrect",))]
    assert rater.post("rate/withdraw", note_id=note).status_code == 303
    assert only_rating(site) == 0
    assert rater.post("rate/withdraw", note_id=note).status_code == 403


def session_keys(person):
    from kiemchung.web.session import COOKIE

    state = person.client.app.state
    return state.taking_part.sessions.get(person.client.cookies[COOKIE], state.commons.clock.now_ms()).keys


@pytest.mark.parametrize("level", ["", "HELPFUL", "2", "schön"])
def test_answer_that_is_none_of_the_three_is_asked_again(site, rater, note, level):
    reply = rater.post("rate", note_id=note, level=level)
    assert reply.status_code == 400
    assert "Choose one of the three answers" in shown(reply)
    assert only_rating(site) == 0


@pytest.mark.parametrize("note_id", ["", "nope", "0" * 500, "../x", "\x00"])
def test_note_that_is_not_there_is_not_rated(rater, site, note_id):
    assert rater.post("rate", note_id=note_id, level="helpful").status_code in (403, 404)
    assert rater.post("rate", note_id=note_id, level="").status_code == 404


def test_unknown_reason_is_refused(rater, site, note):
    assert rater.post("rate", note_id=note, level="helpful", tag=["nice"]).status_code == 400
    assert only_rating(site) == 0


def test_own_note_is_for_others_to_rate(writer, note):
    assert "Nothing left to rate" in shown(writer.get("rate"))
    assert "others rate it" in shown(writer.get(f"rate/{note}"))
    assert writer.post("rate", note_id=note, level="helpful").status_code == 403


def test_another_note_is_offered_where_one_is_passed_over(app, site, writer, rater, note):
    other = written(writer, asked(writer, "Giá vé xe buýt tuyến 5 tăng thêm 7.000 đồng từ tháng sau."))
    assert other in rater.get("rate", **{"not": note}).text


def test_nobody_sees_anybody_elses_rating(app, client, rater, note):
    rater.post("rate", note_id=note, level="helpful", tag=["clear"])
    for page in (client.get(f"/en/notes/{note}"), visitor(app).get(f"notes/{note}"), visitor(app).get(f"rate/{note}")):
        assert "checked" not in page.text
        assert "Change my rating" not in page.text
    assert "Change my rating" in rater.get(f"notes/{note}").text
