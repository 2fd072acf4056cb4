"""Notes over the pages: hints, preview, editing, withdrawing, and the page that says why."""

import pytest

from kiemchung.model import Level, Rating
from kiemchung.notes.eligibility import EligibilityConfig
from kiemchung.ports import Fetched
from tests.ratings import put_rating
from tests.web import world
from tests.web.people import NOTE, asked, shown, visitor, written


@pytest.fixture
def request_id(writer):
    return asked(writer)


def test_preview_shows_the_note_as_readers_see_it_and_keeps_nothing(site, writer, request_id):
    site.fetcher.pages[NOTE["url"][0]] = Fetched(
        NOTE["url"][0], b"<title>C&#7847;u  R&#7891;ng\n Xanh</title>", "text/html", "utf-8"
    )
    page = writer.post(f"write/{request_id}", **NOTE)
    assert "This is how readers will see it" in shown(page)
    assert "Cầu Rồng Xanh" in shown(page)
    assert site.contributions.counts()["notes"] == 0


def test_form_that_is_sent_twice_is_one_note(site, writer, request_id):
    note = written(writer, request_id)
    site.fetcher.pages[NOTE["url"][0]] = Fetched(NOTE["url"][0], b"<title>A title meanwhile</title>", "text/html", None)
    assert written(writer, request_id) == note
    other = written(writer, request_id, text=[NOTE["text"] + " Ảnh là của cầu khác."])
    assert other != note
    writer.post(f"withdraw/{note}")
    assert written(writer, request_id) not in (note, other)  # what was taken back may be said again


def test_page_title_cannot_be_sent_along(site, writer, request_id):
    note = written(writer, request_id, title=["A title of my own"])
    assert site.contributions.get_notes([note])[note].draft.sources[0].title == "giaothong.example"


def test_hints_and_what_is_missing_stand_beside_the_fields(writer, request_id):
    page = shown(
        writer.post(
            f"write/{request_id}", misleading="yes", text="SAI RỒI, CÁC BÁC ĐỪNG TIN CHUYỆN NÀY https://x.example"
        )
    )
    for sentence in (
        "Choose at least one of these",
        "Add at least one source",
        "read as shouting",
        "The link can go below",
    ):
        assert sentence in page, sentence


@pytest.mark.parametrize(
    ("change", "says"),
    [({"text": "ngắn"}, "at least 20 characters"), ({"text": "a " * 400}, "600 fit"),
     ({"text": "Gọi số 0912 345 678 để biết cầu có đóng hay không."}, "private data (phone number)"),
     ({"url": ["javascript:alert(1)"]}, "should begin with https"),
     ({"url": [f"https://x.example/{'a' * 2500}"]}, "longer than 2000"),
     ({"quote": [""]}, "Quote the sentence"), ({"date": ["31/02/2026"]}, "date could not be read"),
     ({"date": ["2099-01-01"]}, "has not come yet"), ({"reason": ["nonsense"]}, "Choose from these")],
)  # fmt: skip
def test_note_that_is_not_ready_says_how_to_mend_it(site, writer, request_id, change, says):
    reply = writer.post(f"write/{request_id}", **{**NOTE, **change, "go": "send"})
    assert reply.status_code == 400
    assert says in shown(reply)
    assert site.contributions.counts()["notes"] == 0


def test_local_dates_are_understood(site, writer, request_id):
    note = written(writer, request_id, date=["20/9/2026"])
    assert site.contributions.get_notes([note])[note].draft.sources[0].published == "2026-09-20"


def test_one_more_source_keeps_what_was_written(writer, request_id):
    page = writer.post(f"write/{request_id}", **{**NOTE, "url": ["https://a.example/1", "https://b.example/2"],
                       "quote": ["Một.", "Hai."], "date": ["", ""], "archive": ["", ""], "go": "more"})  # fmt: skip
    assert page.text.count('name="url"') == 3
    assert "https://b.example/2" in page.text
    assert NOTE["text"] in page.text


def test_g16_own_codename_is_not_accepted_in_a_note(site, writer, request_id):
    words = " ".join(writer.codename.split(", ")[2:5])
    for change in ({"text": f"Cầu không đóng, {words}, xe vẫn chạy."}, {"quote": [f"Trích {words.upper()}"]}):
        reply = writer.post(f"write/{request_id}", **{**NOTE, **change, "go": "send"})
        assert "Words of your codename" in shown(reply)
    assert site.contributions.counts()["notes"] == 0


def test_note_is_edited_until_rated_and_withdrawn_by_its_writer(app, site, writer, rater, request_id):
    note = written(writer, request_id)
    assert rater.get(f"edit/{note}").status_code == 403
    better = "Cầu không đóng; chỉ một làn được sửa trong hai giờ đêm qua."
    assert writer.post(f"edit/{note}", **{**NOTE, "text": better, "go": "send"}).status_code == 303
    assert better in writer.get(f"notes/{note}").text
    rater.post("rate", note_id=note, level="not", not_tag=["incorrect"])
    assert "rated this note already" in shown(writer.get(f"edit/{note}"))
    assert rater.post(f"withdraw/{note}").status_code == 403
    assert writer.post(f"withdraw/{note}").status_code == 303
    page = shown(writer.get(f"notes/{note}"))
    assert better not in page
    assert "Withdrawn by its writer" in page


def test_only_the_writer_is_offered_to_change_and_withdraw(client, writer, rater, request_id):
    note = written(writer, request_id)
    assert f'action="/en/withdraw/{note}"' in writer.get(f"notes/{note}").text
    for page in (rater.get(f"notes/{note}"), client.get(f"/en/notes/{note}")):
        assert "withdraw/" not in page.text
        assert "edit/" not in page.text


def test_earned_writing_says_what_is_missing(app, site, request_id):
    object.__setattr__(app.state.taking_part, "eligibility", EligibilityConfig(founding_decided_notes=0))
    page = visitor(app).get(f"write/{request_id}")
    assert page.status_code == 403
    assert "impact of 0, and writing opens at 5" in shown(page)


def test_hostile_text_is_shown_as_text(client, site, writer, request_id):
    hostile = '<script>alert(1)</script> "onload=x {{ 7*7 }} Cầu không đóng đâu.'
    note = written(writer, request_id, text=hostile, quote=["<img src=x onerror=alert(1)>"])
    page = client.get(f"/en/notes/{note}")
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "{{ 7*7 }}" in page.text


@pytest.fixture
def furnished(site):
    world.furnish(site)
    return site


def test_note_page_says_why_it_has_its_status(client, furnished):
    says = {
        world.SHOWN: "People who usually disagree with each other both found this note helpful.",
        world.REFUSED: "both found this note not helpful",
        world.NEEDS: "What is missing",
        world.FRESH: "at least 5 ratings in all",
        world.WITHDRAWN: "Withdrawn by its writer",
        world.REDACTED: "Rule: contact data. Reason: Số điện thoại của một người dân (21 September 2026).",
    }
    for note, sentence in says.items():
        assert sentence in shown(client.get(f"/en/notes/{note}")), note


def test_picture_of_the_evidence_tells_of_two_sides_and_of_nobody(client, furnished):
    page = client.get(f"/vi/notes/{world.NEEDS}")
    assert page.text.count('<svg viewBox="0 0 100 10"') == 2
    assert "Một phía" in page.text
    assert "Cả hai thanh phải chạm vạch 92%" in shown(page)
    assert "negative" not in page.text
    assert "at least 5 ratings" in shown(client.get(f"/en/notes/{world.NEEDS}"))


def test_note_of_four_ratings_tells_nothing_of_them(client, furnished):
    page = client.get(f"/en/notes/{world.FRESH}")
    assert "fewer than 5 ratings" in shown(page)
    assert '<svg viewBox="0 0 100 10"' not in page.text


def test_history_lists_changes_with_dates(client, furnished):
    page = client.get(f"/vi/notes/{world.SHOWN}").text
    assert '<ol class="history">' in page
    assert "20/09/2026" in page
    assert "Được hiển thị" in page


def test_request_page_puts_shown_notes_first_and_tombstones_last(client, furnished):
    page = client.get(f"/en/requests/{world.REQUEST}").text
    places = [page.index(note) for note in (world.SHOWN, world.NEEDS, world.REFUSED, world.WITHDRAWN)]
    assert places == sorted(places)


def test_locked_note_takes_no_rating_and_says_so(app, furnished):
    furnished.clock.ms += 15 * 86_400_000
    from kiemchung.commons.score_notes import score_notes

    score_notes(furnished)
    assert "locked: it cannot change any more" in shown(visitor(app).get(f"notes/{world.SHOWN}"))
    assert "takes no ratings any more" in shown(visitor(app).get(f"rate/{world.SHOWN}"))
    assert not put_rating(furnished.contributions, bytes(32), Rating(world.SHOWN, Level.NOT, (), (), "2026-12-20"))
