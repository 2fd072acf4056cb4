"""The desk's flow on its pages: two pairs of eyes, correction, reply; found like any check, in no score."""

import json
import re

import pytest
from starlette.testclient import TestClient

from kiemchung.commons import site
from kiemchung.commons.desk_members import add_member, drop_member
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.notes.keys import Argon2Cost
from kiemchung.store import open_store
from kiemchung.web.app import create_app
from tests.ratings import put_rating
from tests.web.fakes import FixedClock

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)
TEXT = {
    "claim": "Theo báo cáo năm 2019, cầu Mẫu dài 900 mét.",
    "verdict": "Sai",
    "language": "vi",
    "text": "Số đo của cơ quan quản lý cho thấy cầu dài 870 mét, không phải 900 mét.",
    "url": "https://so-lieu.example/cau",
    "quote": "Chiều dài cầu Mẫu là 870 mét.",
    "date": "2026-01-02",
    "archive": "https://luu-tru.example/cau",
}


@pytest.fixture
def commons(tmp_path):
    settings = Settings(data_dir=tmp_path, site_url="https://desk.example", site_name="Bàn Mẫu")
    opened = Commons(settings, open_store(settings.database), FixedClock())
    vars(opened)["embedder"] = HashingEmbedder()
    for name in site.OPERATOR_PAGES:
        for language in site.LANGUAGES:
            site.write_page(opened.contributions, name, language, "Bàn Mẫu.")
    yield opened
    opened.close()


@pytest.fixture
def app(commons):
    return create_app(commons, cost=CHEAP)


class Member:
    """A browser of one member."""

    def __init__(self, app, codename):
        self.client = TestClient(app, base_url="https://desk.example", follow_redirects=False)
        self.login = self.client.post("/vi/desk/log-in", data={"codename": codename})
        page = self.client.get("/vi/desk/new").text
        self.token = (re.search(r'name="form_token" value="([^"]+)"', page) or [None, ""])[1]

    def send(self, path, **fields):
        return self.client.post(path, data={"form_token": self.token, **fields})

    def write(self, **fields):
        page = self.client.get("/vi/desk/new").text
        check_id = re.search(r'action="/vi/desk/edit/(\w+)"', page)[1]
        return check_id, self.send(f"/vi/desk/edit/{check_id}", **(TEXT | {"go": "hand_in"} | fields))

    def publish(self, check_id):
        page = self.client.get(f"/vi/desk/checks/{check_id}").text
        seen = re.search(r'name="seen" value="([^"]+)"', page)
        return self.send(f"/vi/desk/publish/{check_id}", seen=seen[1] if seen else "")


@pytest.fixture
def two(app, commons):
    return tuple(Member(app, add_member(commons, "vi", CHEAP)) for _ in range(2))


@pytest.fixture
def published(two):
    writer, second = two
    check_id, _ = writer.write()
    assert second.publish(check_id).headers["location"] == f"/vi/checks/{check_id}"
    return check_id


def test_nobody_publishes_alone(two, commons):
    writer, second = two
    check_id, saved = writer.write()
    assert saved.headers["location"] == f"/vi/desk/checks/{check_id}"
    page = writer.client.get(f"/vi/desk/checks/{check_id}").text
    assert "/desk/publish/" not in page
    held = commons.contributions.desk.get_check(check_id)
    from kiemchung.web.desk import seen_hash

    assert writer.send(f"/vi/desk/publish/{check_id}", seen=seen_hash(held)).status_code == 403
    assert writer.client.get(f"/vi/checks/{check_id}").status_code == 404
    assert second.publish(check_id).status_code == 303
    assert writer.client.get(f"/vi/checks/{check_id}").status_code == 200


def test_a_text_that_changed_after_it_was_seen_is_not_published(two):
    writer, second = two
    check_id, _ = writer.write()
    old = second.client.get(f"/vi/desk/checks/{check_id}").text
    seen = re.search(r'name="seen" value="([^"]+)"', old)[1]
    writer.send(f"/vi/desk/edit/{check_id}", **(TEXT | {"text": TEXT["text"] + " Sửa lén.", "go": "hand_in"}))
    assert second.send(f"/vi/desk/publish/{check_id}", seen=seen).status_code in (403, 409)
    assert second.client.get(f"/vi/checks/{check_id}").status_code == 404


def test_g20_an_opinion_gets_no_check_and_contact_data_none_either(two, commons):
    writer, _ = two
    _, refused = writer.write(claim="Tôi nghĩ cầu Mẫu đẹp nhất thế giới.")
    assert refused.status_code in (403, 409, 422)
    _, refused = writer.write(text=TEXT["text"] + " Gọi 0912 345 678 để hỏi.")
    assert refused.status_code == 422
    _, refused = writer.write(url="", quote="")
    assert refused.status_code == 422
    assert commons.contributions.desk.in_work() == []


def test_strangers_and_former_members_get_the_log_in_page(app, commons, two):
    with TestClient(app, base_url="https://desk.example", follow_redirects=False) as stranger:
        for path in ("desk", "desk/new", "desk/scale", "desk/checks/x", "desk/edit/x"):
            assert stranger.get(f"/vi/{path}").headers["location"] == "/vi/desk/log-in", path
        assert stranger.post("/vi/desk/log-in", data={"codename": "một hai ba"}).status_code == 403
    codename = add_member(commons, "vi", CHEAP)
    member = Member(app, codename)
    drop_member(commons, codename, CHEAP)
    assert member.client.get("/vi/desk").headers["location"] == "/vi/desk/log-in"


def test_a_role_codename_opens_no_session_for_notes_and_the_other_way_round(app, commons):
    from kiemchung.commons.take_part import make_codename

    role, ordinary = add_member(commons, "vi", CHEAP), make_codename(commons, "vi", CHEAP)
    with TestClient(app, base_url="https://desk.example", follow_redirects=False) as client:
        assert client.post("/vi/log-in", data={"codename": role}).status_code == 403
        assert client.post("/vi/desk/log-in", data={"codename": ordinary}).status_code == 403
    assert Member(app, role).client.get("/vi/me").headers["location"].startswith("/vi/log-in")


def test_a_form_without_the_sessions_token_is_refused(two, published):
    _, second = two
    second.token = "another"
    assert second.send(f"/vi/desk/reply/{published}", reply="Có.", by="Ban").status_code == 403


def test_a_correction_is_labelled_and_keeps_the_old_version_and_a_reply_stands_beside(two, published, commons):
    writer, second = two
    better = TEXT["text"].replace("870", "871")
    done = second.send(
        f"/vi/desk/edit/{published}", **(TEXT | {"text": better, "reason": "Đo lại chiều dài.", "go": "hand_in"})
    )
    assert done.status_code == 303
    assert "871" not in writer.client.get(f"/vi/checks/{published}").text
    assert writer.publish(published).status_code == 303
    assert writer.send(f"/vi/desk/reply/{published}", reply="Chúng tôi đã đo.", by="Ban quản lý cầu").status_code == 303
    page = writer.client.get(f"/vi/checks/{published}").text
    for said in ("Đo lại chiều dài.", "870 mét, không", "871 mét", "Ban quản lý cầu", "Chúng tôi đã đo."):
        assert said in page
    node = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    assert [each["text"] for each in node["correction"]] == ["Đo lại chiều dài."]
    assert node["comment"][0]["creator"]["name"] == "Ban quản lý cầu"
    kinds = sorted(each.event.kind for each in commons.contributions.pending_events())
    assert kinds == ["desk_check", "desk_correction", "desk_reply"]
    feed = writer.client.get("/feeds/vi/corrections.json").json()["items"]
    assert sorted(each["content_text"] for each in feed) == [
        "Phản hồi của Ban quản lý cầu: Chúng tôi đã đo.",
        "Đính chính: Đo lại chiều dài.",
    ]


def test_a_correction_of_the_claim_itself_is_refused(two, published):
    writer, _ = two
    done = writer.send(f"/vi/desk/edit/{published}", **(TEXT | {"claim": "Cầu Mẫu dài 800 mét.", "reason": "Khác."}))
    assert done.status_code == 400


def test_a_desks_check_is_found_by_search_and_by_check(two, published, commons):
    client = two[0].client
    found = client.get("/v1alpha1/claims:search", params={"query": TEXT["claim"]}).json()["claims"]
    (check,) = [each for claim in found for each in claim["claimReview"]]
    assert (check["publisher"], check["textualRating"]) == ({"name": "Bàn Mẫu", "site": "desk.example"}, "Sai")
    assert check["url"] == f"https://desk.example/vi/checks/{published}"
    listed = client.get("/v1alpha1/claims:search", params={"reviewPublisherSiteFilter": "desk.example"}).json()
    assert len(listed["claims"]) == 1


def test_the_scale_is_the_desks_own(two):
    writer, second = two
    assert writer.send("/vi/desk/scale", lines="Sai | False | 3\nĐúng | True | 1").status_code == 422
    assert writer.send("/vi/desk/scale", lines="Bịa | Made up | 1\nThật | Real | 5").status_code == 303
    check_id, _ = writer.write(
        verdict="Bịa", language="en", claim="The Sample bridge in Vietnam is 900 metres long and it opened in 2019."
    )
    assert second.publish(check_id).status_code == 303
    page = writer.client.get(f"/en/checks/{check_id}").text
    node = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])
    rating = {"@type": "Rating", "alternateName": "Made up", "ratingValue": "1", "bestRating": "5", "worstRating": "1"}
    assert node["reviewRating"] == rating


def test_g22_a_desks_check_changes_no_score(two, commons):
    from kiemchung.commons.score_notes import score_notes
    from kiemchung.model import Level, NoteDraft, Rating, Request, Source

    kept = commons.contributions
    kept.put_request(Request("r1", TEXT["claim"], "vi", "2026-09-01", 1))
    draft = NoteDraft(True, ("outdated",), "Cầu dài 870 mét theo số đo.", "vi", (Source("https://a.example/", "870"),))
    for n in range(4):
        kept.put_note(f"n{n}", "r1", bytes([n]) * 32, draft, "2026-09-02")
        for k in range(12):
            level = Level.HELPFUL if (k + n) % 3 else Level.NOT
            put_rating(kept, bytes([k]) * 32, Rating(f"n{n}", level, (), (), "2026-09-03"))
    before = score_notes(commons)
    writer, second = two
    check_id, _ = writer.write()
    assert second.publish(check_id).status_code == 303
    after = score_notes(commons)
    assert (after.run.input_root, after.scores) == (before.run.input_root, before.scores)


def test_nothing_joins_a_member_to_what_is_published(two, published, commons):
    """After publication the database holds verifiers and checks, and no key between them (G3)."""
    from sqlalchemy import text

    with commons.contributions._database.read() as connection:
        keys = connection.execute(text("SELECT writer_key FROM desk_checks")).scalars().all()
    assert keys == [None]


def test_a_publication_that_was_interrupted_is_finished_by_the_next_start(two, published, commons):
    from kiemchung.commons.desk_checks import share_all

    held = commons.store.summary()
    assert held["n_reviews"] == 1
    assert share_all(commons) == 1
    assert commons.store.summary()["last_change"] == held["last_change"]
