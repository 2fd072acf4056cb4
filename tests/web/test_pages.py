"""The pages: form, answer, shared checks; both languages; input that is no message."""

import re
from dataclasses import replace

import pytest
from lxml import html
from starlette.testclient import TestClient

from kiemchung.commons.check import MAX_CHARACTERS
from kiemchung.ports import Fetched
from kiemchung.web.app import create_app
from kiemchung.web.limits import MAX_BODY_BYTES
from tests.web.fakes import LEMON, find_two

LEMON_MESSAGE = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."
PATHS = ["", "about", "result?r=r0001,r0002"]


def text_of(response):
    return re.sub(r"\s+", " ", html.fromstring(response.content).text_content())


@pytest.mark.parametrize(("wish", "language"), [("en-GB,en;q=0.8", "en"), ("vi", "vi"), ("", "vi"), ("de", "vi")])
def test_root_leads_to_the_language_of_the_browser(client, wish, language):
    reply = client.get("/", headers={"Accept-Language": wish})
    assert (reply.status_code, reply.headers["location"]) == (302, f"/{language}/")
    assert reply.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_address_typed_without_its_last_stroke_leads_home(client, language):
    reply = client.get(f"/{language}")
    assert (reply.status_code, reply.headers["location"]) == (302, f"/{language}/")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_page_is_in_its_language_and_leads_to_the_other(client, language, path):
    reply = client.get(f"/{language}/{path}")
    assert reply.status_code == 200
    page = html.fromstring(reply.content)
    assert page.get("lang") == language == reply.headers["content-language"]
    [switch] = page.xpath("//a[contains(@class, 'switch')]")
    other = "en" if language == "vi" else "vi"
    assert (switch.get("href"), switch.get("lang")) == (f"/{other}/{path}", other)
    assert client.get(switch.get("href")).status_code == 200


def test_answer_quotes_checker_verdict_date_and_link(client):
    reply = client.post("/vi/check", data={"text": LEMON_MESSAGE})
    assert reply.status_code == 200
    shown = text_of(reply)
    for part in (
        LEMON.claim,
        "Bàn Sức khoẻ kết luận",
        "Sai",
        "suckhoe.example",
        "03/05/2025",
        "Cùng một thông tin",
        "cùng ý nghĩa",
    ):
        assert part in shown
    assert LEMON.url in html.fromstring(reply.content).xpath("//a/@href")


def test_quotes_turn_the_way_their_script_runs(client, commons):
    """What is quoted may be Arabic on an English page: it keeps its order, and stops before our words."""
    arabic = "شرب الماء الساخن مع الليمون يشفي من السرطان"
    quoted = replace(LEMON, claim=arabic, verdict="خطأ", language="ar")
    commons.store.reviews["r0001"] = replace(commons.store.reviews["r0001"], review=quoted)
    page = html.fromstring(client.post("/en/check", data={"text": f"{arabic}. Trời xanh. Tôi nghĩ vậy."}).content)
    quotes = page.xpath("//q | //textarea")
    assert {"ar"} < {quote.get("lang") for quote in quotes}
    assert {quote.get("dir") for quote in quotes} == {"auto"}


def test_link_to_a_check_names_its_language(client):
    page = html.fromstring(client.post("/vi/check", data={"text": "Hot lemon water cures cancer"}).content)
    told = {link.get("href"): link.get("hreflang") for link in page.xpath("//p[@class='read']/a")}
    assert told["https://factdesk.example/lemon"] == "en"


def test_answer_says_what_nothing_found_means(client):
    shown = text_of(client.post("/en/check", data={"text": "The sky is green tonight over the bay."}))
    assert "Nothing found in 4 checks from 4 publishers as of 22 November 2026; that does not mean it is true." in shown


def test_answer_sets_opinions_and_questions_aside(client):
    shown = text_of(client.post("/en/check", data={"text": f"Theo tôi {LEMON_MESSAGE} Is it so?"}))
    assert "Opinion: not rated" in shown
    assert "Question: not rated" in shown
    assert "Bàn Sức khoẻ" not in shown


def test_answer_shows_disagreeing_checkers_side_by_side(client):
    reply = client.post(
        "/en/check", data={"text": "Hot lemon water cures cancer, uống nước chanh nóng mỗi sáng chữa khỏi ung thư."}
    )
    assert "The checkers disagree" in text_of(reply)
    [side] = html.fromstring(reply.content).xpath("//div[contains(@class, 'side')]")
    assert len(side.xpath("./article")) == 3


def test_related_check_is_said_to_be_of_another_claim(client):
    shown = text_of(client.post("/vi/check", data={"text": "Đỗ xe ban đêm bị phạt nặng"}))
    assert "Liên quan, nhưng là thông tin khác" in shown
    assert "con số khác nhau: ở đây là 500.000, trong bài kiểm chứng là 2.000.000" in shown


def test_long_answer_is_folded_with_a_count(client):
    text = " ".join(f"Con sông số {i} dài thêm mỗi năm." for i in range(30)) + " " + LEMON_MESSAGE
    reply = client.post("/en/check", data={"text": text})
    page = html.fromstring(reply.content)
    [fold] = page.xpath("//details[@class='fold']")
    assert fold.get("open") is None
    shown = page.xpath("//main/section")
    assert len(shown) + len(fold.xpath(".//section")) == 31
    assert f"{len(fold.xpath('.//section'))} further claims" in fold.text_content()
    assert any("chanh" in section.text_content() for section in shown)


def test_shared_address_names_checks_and_nothing_of_the_message(client):
    canary = "CANARY8d1f"
    reply = client.post("/vi/check", data={"text": f"{LEMON_MESSAGE} {canary} ở đây."})
    addresses = html.fromstring(reply.content).xpath("//*/@href | //*/@action | //*/@src")
    assert not [
        each
        for each in addresses
        if canary in each or "chanh" in each.replace("suckhoe.example/chanh", "").replace("khac.example/chanh", "")
    ]
    [shared] = [each for each in addresses if "/result?r=" in each]
    assert shared == "/vi/result?r=r0001,r0004"
    page = client.get(shared)
    assert page.status_code == 200
    assert "Bàn Sức khoẻ kết luận" in text_of(page)
    assert canary not in page.text


@pytest.mark.parametrize("ids", ["", "unknown", "../../etc/passwd", "<script>", "r0001" * 500, ",,,,"])
def test_shared_address_without_known_checks_is_not_found(client, ids):
    reply = client.get("/en/result", params={"r": ids})
    assert reply.status_code == 404
    assert "None of the checks" in text_of(reply)
    assert "<script>" not in reply.text


@pytest.mark.parametrize("path", ["check", "share"])
def test_reload_of_a_result_leads_to_the_form(client, path):
    reply = client.get(f"/vi/{path}")
    assert (reply.status_code, reply.headers["location"]) == (303, "/vi/")


def test_share_menu_is_answered_with_text_and_title(client):
    reply = client.post("/vi/share", data={"title": "Chú ý", "text": LEMON_MESSAGE, "url": ""})
    assert reply.status_code == 200
    assert "Bàn Sức khoẻ kết luận" in text_of(reply)


@pytest.mark.parametrize("field", ["text", "url"])
def test_shared_link_is_read_as_an_article(client, commons, field):
    story = f"{LEMON_MESSAGE} {'Trời xanh và gió nhẹ ở vùng ven biển. ' * 20}"
    page = f"<html><body><article><h1>Tin</h1><p>{story}</p></article></body></html>"
    commons.fetcher.pages["https://tin.example/1"] = Fetched(
        "https://tin.example/1", page.encode(), "text/html", "utf-8"
    )
    reply = client.post("/vi/share", data={field: "https://tin.example/1"})
    assert "Bàn Sức khoẻ kết luận" in text_of(reply)


def test_refused_link_is_said_without_a_word_of_why_inside(client):
    reply = client.post("/en/check", data={"text": "http://169.254.169.254/latest/"})
    assert reply.status_code == 422
    assert "This address is not read" in text_of(reply)


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("", 400, "Chưa có nội dung"),
        ("   \n", 400, "Chưa có nội dung"),
        ("a" * (MAX_CHARACTERS + 1), 413, "tối đa 40.000 ký tự"),
        ("\x00\x01\x02PK", 400, "tệp nhị phân"),
    ],
)
def test_text_that_is_no_message_gets_a_clear_word_beside_the_form(client, text, status, message):
    reply = client.post("/vi/check", data={"text": text})
    assert reply.status_code == status
    page = html.fromstring(reply.content)
    [alert] = page.xpath("//*[@role='alert']")
    assert message in alert.text_content()
    [area] = page.xpath("//textarea")
    assert area.get("aria-invalid") == "true"
    assert "error" in area.get("aria-describedby").split()


def test_refused_text_stays_in_the_form_so_that_it_can_be_mended(client):
    reply = client.post("/vi/check", data={"text": "một\x00hai <b>"})
    assert html.fromstring(reply.content).xpath("string(//textarea)").strip() == "mộthai <b>"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"text=%ff%fe%fa", "application/x-www-form-urlencoded", 400),
        (b"text=\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a=1" for _ in range(1000)), "application/x-www-form-urlencoded", 400),
        (b"text=x", "multipart/form-data; boundary=x", 400),
        (b"text=x", "text/plain", 400),
        (b"", "", 400),
        (b"text=" + b"%E1%BA%BF" * 90_000, "application/x-www-form-urlencoded", 413),
        (b"a" * (MAX_BODY_BYTES + 1), "application/x-www-form-urlencoded", 413),
    ],
)
def test_hostile_form_is_answered_with_a_page(client, body, kind, status):
    reply = client.post("/vi/check", content=body, headers={"content-type": kind} if kind else {})
    assert reply.status_code == status
    assert reply.headers["content-type"].startswith("text/html")
    assert "Kiểm chứng" in reply.text


def test_form_of_a_program_that_does_not_percent_encode_is_read(client):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    reply = client.post("/vi/check", content=f"text={LEMON_MESSAGE}".encode(), headers=headers)
    assert reply.status_code == 200
    assert reply.text == client.post("/vi/check", data={"text": LEMON_MESSAGE}).text


def test_markup_in_message_and_in_imported_checks_is_shown_and_not_run(client, commons):

    hostile = replace(LEMON, verdict="<script>alert(1)</script>", url="javascript:alert(1)", publisher='"><img src=x>')
    commons.store.reviews["r0001"] = replace(commons.store.reviews["r0001"], review=hostile)
    reply = client.post("/vi/check", data={"text": f"{LEMON_MESSAGE} <img src=x onerror=alert(1)>"})
    page = html.fromstring(reply.content)
    assert page.xpath("//script | //img | //*[@onerror]") == []
    assert [each for each in page.xpath("//a/@href") if each.startswith("javascript")] == []


@pytest.mark.parametrize(("path", "language"), [("/nope", "vi"), ("/en/nope", "en"), ("/vi/result/x", "vi")])
def test_unknown_address_is_a_page_in_the_readers_language(client, path, language):
    reply = client.get(path)
    assert reply.status_code == 404
    assert html.fromstring(reply.content).get("lang") == language


def test_manifest_makes_the_site_installable_and_a_share_target_by_post(client):
    for language in ("vi", "en"):
        reply = client.get(f"/{language}/manifest.webmanifest")
        manifest = reply.json()
        assert reply.headers["content-type"].startswith("application/manifest+json")
        assert manifest["lang"] == language
        assert manifest["display"] == "standalone"
        target = manifest["share_target"]
        assert (target["method"], target["action"]) == ("POST", f"/{language}/share")
        assert target["params"] == {"title": "title", "text": "text", "url": "url"}
        for icon in manifest["icons"]:
            assert client.get(icon["src"]).headers["content-type"] == icon["type"]
        assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}


def test_style_with_its_version_may_be_kept_and_pages_may_not(client):
    page = client.get("/vi/")
    [style] = html.fromstring(page.content).xpath("//link[@rel='stylesheet']/@href")
    assert "immutable" in client.get(style).headers["cache-control"]
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/vi/", "/en/about", "/vi/result?r=r0001", "/static/style.css"])
def test_head_is_answered_as_get_without_a_body(client, path):
    reply = client.head(path)
    assert reply.status_code == client.get(path).status_code
    assert reply.content == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_get_405_and_never_a_500(client, method):
    reply = client.request(method, "/vi/check")
    assert reply.status_code == 405
    assert reply.headers["content-security-policy"]


def test_claims_that_a_long_text_left_out_can_be_looked_up_one_by_one(commons):
    text = "Trời xanh hôm nay. Biển lặng hôm nay. Núi cao hôm nay."
    with TestClient(create_app(commons, find=find_two)) as client:
        reply = client.post("/vi/check", data={"text": text})
        told = client.post("/api/v1/check", json={"text": text, "language": "en"}).json()
    shown = text_of(reply)
    assert "3 thông tin có thể kiểm chứng" in shown
    assert "1 thông tin ít cần kiểm chứng hơn chưa được tra cứu" in shown
    [left_out] = html.fromstring(reply.content).xpath("//form[@action='/vi/check'][.//button[contains(., 'Tra cứu')]]")
    assert left_out.xpath("input/@value") == ["Núi cao hôm nay."]
    assert [claim["result"] for claim in told["claims"]] == ["nothing_found", "nothing_found", "not_looked_up"]
    assert (told["summary"]["n_claims"], told["summary"]["n_left_out"]) == (3, 1)
    assert told["left_out"].endswith("Check one by itself to have it looked up.")
