"""Taking part over the pages: a codename shown once, logging in and out, pausing, leaving."""

import re

import pytest

from kiemchung.commons.effort import WAIT_MS
from kiemchung.commons.take_part import make_codename
from kiemchung.text import fold
from kiemchung.web.session import COOKIE
from tests.web.people import CHEAP, NOTE, asked, shown, visitor, written

DAY_MS = 86_400_000


def ticket_of(reply):
    return re.search(r'name="ticket" value="([^"]+)"', reply.text)[1]


def words_of(reply):
    return re.search(r'id="all-words"[^>]*>([^<]+)<', reply.text)[1]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_codename_is_shown_once_and_lets_in_however_it_is_typed(client, commons, language):
    ticket = ticket_of(client.get(f"/{language}/take-part"))
    commons.clock.ms += WAIT_MS
    page = client.post(f"/{language}/take-part", data={"ticket": ticket})
    codename = words_of(page)
    assert len(codename.split(", ")) == 7
    assert 'autocomplete="current-password"' in page.text
    assert page.headers["cache-control"] == "no-store"
    entered = client.post(f"/{language}/log-in", data={"codename": f"  {fold(codename).upper()} "})
    assert (entered.status_code, entered.headers["location"]) == (303, f"/{language}/me")
    assert codename not in client.get(f"/{language}/me").text


def test_effort_without_script_is_a_wait_that_goes_on_when_sent_early(client, commons):
    ticket = ticket_of(client.get("/en/take-part"))
    commons.clock.ms += WAIT_MS - 4_000
    early = client.post("/en/take-part", data={"ticket": ticket})
    assert early.status_code == 429
    assert "wait 4 more seconds" in shown(early)
    assert ticket_of(early) == ticket
    commons.clock.ms += 4_000
    assert client.post("/en/take-part", data={"ticket": ticket}).status_code == 200
    again = client.post("/en/take-part", data={"ticket": ticket})
    assert "sent already" in shown(again)
    assert ticket_of(again) != ticket


def test_cookie_is_of_the_session_and_out_of_reach(client, app, commons):
    reply = client.post("/en/log-in", data={"codename": make_codename(commons, "en", CHEAP)})
    parts = [part.strip().lower() for part in reply.headers["set-cookie"].split(";")]
    assert parts[0].startswith(f"{COOKIE}=")
    assert set(parts[1:]) == {"httponly", "path=/", "samesite=strict"}


def test_cookie_is_secure_where_the_site_is_https(commons, app, client):
    object.__setattr__(commons, "settings", commons.settings.model_copy(update={"site_url": "https://checks.example"}))
    reply = client.post("/en/log-in", data={"codename": make_codename(commons, "en", CHEAP)})
    assert "secure" in reply.headers["set-cookie"].lower()


def test_g08_no_third_party_no_cookie_before_log_in(client, site):
    for path in ("take-part", "log-in", "requests", "ask", "me", "rate", "privacy", "help", "site/who"):
        assert "set-cookie" not in client.get(f"/en/{path}").headers
    assert "set-cookie" not in client.post("/en/log-in", data={"codename": "no such words"}).headers
    assert "set-cookie" not in client.post("/en/ask", data={"text": "The bridge is 12 km long."}).headers


def test_g18_equal_answers_to_wrong_unknown_left_and_paused_codenames(client, app, site):
    paused, gone = visitor(app), visitor(app)
    assert paused.post("me/pause", days="3").status_code == 200
    assert gone.post("me/leave", contributions="stay").status_code == 200
    unknown = make_codename(site, "en", CHEAP)
    changed = unknown.split(", ")
    mistyped = ", ".join([*changed[1:], changed[0]])
    attempts = (paused.codename, gone.codename, mistyped, "seven words that are in no list", "")
    replies = [client.post("/en/log-in", data={"codename": typed}) for typed in attempts]
    pages = {re.sub(r'value="[^"]*"', "", reply.text) for reply in replies}
    assert len(pages) == 1
    assert {reply.status_code for reply in replies} == {403}
    assert {tuple(sorted(set(reply.headers) - {"content-length"})) for reply in replies} == {
        tuple(sorted(set(replies[0].headers) - {"content-length"}))
    }
    site.clock.ms += 3 * DAY_MS
    assert client.post("/en/log-in", data={"codename": paused.codename}).status_code == 303


def test_g18_equal_work_for_a_codename_that_cannot_be_one(client, site, monkeypatch):
    """Every attempt derives keys once and looks once: what takes time is the same."""
    derived, looked = [], []
    from kiemchung.commons import take_part

    real = take_part.derive_keys
    monkeypatch.setattr(take_part, "derive_keys", lambda *args: derived.append(1) or real(*args))
    real_look = site.contributions.has_account
    monkeypatch.setattr(site.contributions, "has_account", lambda key: looked.append(1) or real_look(key))
    for typed in ("", "x", make_codename(site, "vi", CHEAP)):
        derived.clear()
        looked.clear()
        client.post("/vi/log-in", data={"codename": typed})
        assert (len(derived), len(looked)) == (1, 1)


def test_pages_of_those_who_take_part_lead_to_the_log_in_and_back(client, app, site):
    assert client.get("/vi/rate").headers["location"] == "/vi/log-in?next=rate"
    codename = make_codename(site, "vi", CHEAP)
    entered = client.post("/vi/log-in", data={"codename": codename, "next": "rate"})
    assert entered.headers["location"] == "/vi/rate"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "../x", "me/leave", "rate\n", "check"])
def test_log_in_leads_nowhere_else(client, site, wanted):
    entered = client.post("/en/log-in", data={"codename": make_codename(site, "en", CHEAP), "next": wanted})
    assert entered.headers["location"] == "/en/me"
    assert "evil" not in client.get("/en/log-in", params={"next": wanted}).text


def test_forms_from_elsewhere_are_refused(client, app, site, writer):
    codename = make_codename(site, "en", CHEAP)
    foreign = client.post("/en/log-in", data={"codename": codename}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    for path in ("log-out", "me/pause", "me/leave", "rate", "rate/withdraw", "withdraw/x", "write/x", "edit/x"):
        reply = writer.client.post(f"/en/{path}", data={"form_token": "guess", "days": "3", "contributions": "go"})
        assert reply.status_code == 403, path
    assert writer.get("me").status_code == 200


def test_log_out_ends_the_session_on_the_server(writer):
    reply = writer.post("log-out")
    assert reply.headers["location"] == "/en/"
    assert 'session=""' in reply.headers["set-cookie"]
    assert writer.get("me").headers["location"].startswith("/en/log-in")


@pytest.mark.parametrize("days", ["", "0", "366", "abc", "٣", "-1", "9" * 50])
def test_pause_takes_one_to_365_days(writer, days):
    assert writer.post("me/pause", days=days).status_code == 400
    assert writer.get("me").status_code == 200


def test_g15_leaving_forgets_and_takes_along_what_was_chosen(app, site, writer, rater):
    note = written(writer, asked(writer))
    rater.post("rate", note_id=note, level="helpful", tag=["clear"])
    assert "Choose one of the two" in shown(writer.post("me/leave"))
    assert rater.post("me/leave", contributions="go").status_code == 200
    assert site.contributions.get_notes([note])[note].n_ratings == 0
    assert writer.post("me/leave", contributions="go").status_code == 200
    assert NOTE["text"] not in writer.get(f"notes/{note}").text
    assert writer.get("me").status_code == 303


def test_own_page_lists_own_notes_and_ratings_and_nobody_elses(app, site, writer, rater):
    note = written(writer, asked(writer))
    rater.post("rate", note_id=note, level="somewhat", tag=["clear"], not_tag=["off_topic"])
    assert NOTE["text"][:60] in shown(writer.get("me"))
    own = shown(rater.get("me"))
    assert "You said: Somewhat helpful" in own
    assert "founding period" in own
    assert NOTE["text"][:60] not in shown(visitor(app).get("me"))
