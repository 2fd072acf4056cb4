"""Requests over the pages: asked from an answer, redacted before they are kept, joined, listed."""

import re

import pytest

from kiemchung.commons.effort import WAIT_MS
from kiemchung.commons.site import pause_site
from tests.web.people import CLAIM, asked, shown, written


def test_answer_offers_to_ask_where_nothing_was_found(client, site):
    page = client.post("/en/check", data={"text": CLAIM})
    assert page.text.count('action="/en/ask"') == 1
    found = client.post("/en/check", data={"text": "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."})
    assert 'action="/en/ask"' not in found.text


def test_answer_does_not_offer_it_where_notes_are_closed(client, commons):
    assert 'action="/en/ask"' not in client.post("/en/check", data={"text": CLAIM}).text
    closed = client.post("/en/ask", data={"text": CLAIM})
    assert closed.status_code == 403
    assert "Notes are not open yet" in shown(closed)


def test_paused_site_says_so(writer, site):
    pause_site(site.contributions, paused=True)
    assert "paused this site" in shown(writer.post("ask", text=CLAIM, send="1"))
    assert "paused this site" in shown(writer.get("rate"))


def test_claim_is_shown_without_contact_data_before_it_is_kept(client, site):
    text = "Cây cầu mới ở tỉnh dài 12 km và đã sập hôm qua, gọi 0912 345 678."
    page = client.post("/vi/ask", data={"text": text})
    assert "0912" not in page.text
    assert "số điện thoại" in shown(page)
    sent = client.post("/vi/ask", data={"text": text, "send": "1"})
    assert sent.status_code == 200
    assert site.contributions.counts()["requests"] == 0


def test_request_without_a_codename_takes_a_little_effort(client, site):
    page = client.post("/en/ask", data={"text": CLAIM})
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    early = client.post("/en/ask", data={"text": CLAIM, "send": "1", "ticket": ticket})
    assert "more seconds" in shown(early)
    site.clock.ms += WAIT_MS
    sent = client.post("/en/ask", data={"text": CLAIM, "send": "1", "ticket": ticket})
    assert sent.status_code == 303
    page = client.get(sent.headers["location"])
    assert CLAIM in page.text
    assert "Nothing yet" in shown(page)


def test_equal_requests_are_joined_and_counted_once_a_codename(app, site, writer, rater):
    first = asked(writer)
    assert "Others ask about the same claim" in shown(rater.post("ask", text=CLAIM))
    assert asked(rater) == first == asked(rater)
    assert "2 codenames ask" in shown(writer.get("requests"))


def test_queue_shows_most_asked_first_over_several_pages(client, app, site, writer):
    from kiemchung.model import Request

    for i in range(45):
        site.contributions.put_request(
            Request(f"r{i:03d}", f"Giá vé tuyến {i} tăng {i}.000 đồng", "vi", "2026-09-01", 0)
        )
    site.contributions.ask("r044", bytes(32))
    first = client.get("/vi/requests")
    assert first.text.index("tuyến 44 ") < first.text.index("tuyến 0 ")
    assert client.get("/vi/requests?page=3").text.count("claim-link") == 5
    for page in ("0", "-1", "x", "99999999", "٢", ""):
        assert client.get("/vi/requests", params={"page": page}).status_code == 200


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "no claim here"), ("   ", "no claim here"), ("a" * 501, "too long for one claim"),
     ("Cây cầu dài 12 km đã sập hôm qua. Giá vé xe buýt tăng 5.000 đồng từ tháng sau.", "several claims"),
     ("I think this is the most beautiful bridge in the world.", "reads like an opinion")],
)  # fmt: skip
def test_what_cannot_be_asked_about_is_refused_kindly(client, site, text, says):
    page = client.post("/en/ask", data={"text": text})
    assert page.status_code in (400, 403)
    assert says in shown(page)


def test_g16_own_codename_is_not_accepted_in_a_request(site, writer):
    reply = writer.post("ask", text=f"Cầu dài 12 km đã sập, nói bởi {writer.codename}.", send="1")
    assert "Words of your codename" in shown(reply)
    assert site.contributions.counts()["requests"] == 0


def test_page_of_a_request_shows_related_published_checks(app, site, writer):
    request_id = asked(writer, "Đỗ xe sai quy định ở khu phố mới bị phạt 5 triệu đồng.")
    page = writer.get(f"requests/{request_id}")
    assert "Related published checks" in shown(page)
    assert "giaothong.example" in page.text


def test_answer_shows_notes_apart_from_published_checks(client, app, site, writer):
    from tests.web.world import CLAIM as BRIDGE
    from tests.web.world import NEEDS, SHOWN, TEXTS, furnish

    furnish(site)
    page = client.post("/en/check", data={"text": f"{BRIDGE}."})
    community = page.text[page.text.index('class="community"') :]
    assert TEXTS[SHOWN][:40] in community
    assert TEXTS[NEEDS][:40] not in page.text
    assert "it is no verdict" in shown(page)
    assert 'class="check"' not in page.text
    answer = client.post("/api/v1/check", json={"text": f"{BRIDGE}.", "language": "en"}).json()
    [claim] = answer["claims"]
    assert [note["note_id"] for note in claim["asked"]["shown"]] == [SHOWN]
    assert claim["result"] == "nothing_found"


def test_budget_of_requests_is_told(app, site, writer):
    limit = app.state.taking_part.eligibility.requests_a_day
    replies = [
        writer.post("ask", text=f"Cây cầu số {i} dài {i + 2} km đã bị đóng hôm qua.", send="1")
        for i in range(limit + 1)
    ]
    assert [reply.status_code for reply in replies] == [303] * limit + [429]
    assert f"{limit} times a day" in shown(replies[-1])
    assert written(writer, replies[0].headers["location"].split("/")[-1].split("?")[0])
