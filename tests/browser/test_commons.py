"""The commons in a real browser: the whole story in both languages, by keyboard, without scripts, and for everybody.

With PICTURES=1 a picture of every page is written to `artifacts/screenshots`, for a person to look at.
"""

import pytest

from kiemchung.commons.clock import SystemClock
from kiemchung.commons.score_notes import score_notes
from kiemchung.commons.take_part import make_codename
from kiemchung.model import Level, Rating
from kiemchung.web.app import create_app
from tests.browser.looking import NARROW, WIDE, look, take_picture
from tests.browser.serving import serving
from tests.ratings import put_rating
from tests.web import world
from tests.web.fakes import find
from tests.web.people import CHEAP

pytestmark = pytest.mark.browser

STORY = {
    "vi": {
        "message": "Hồ nước ở công viên Mẫu sâu 40 mét và đã cạn hôm qua.",
        "note": "Hồ không cạn; sáng nay vẫn đầy nước và chỉ sâu khoảng 2 mét theo bảng đo.",
        "quote": "Mực nước hồ hôm nay là 2 mét.",
        "shown": "cả hai phía thấy hữu ích",
        "corrected": "Ghi chú này đã từng được hiển thị. Hiện nay:",
        "withdrawn": "Người viết đã rút lại",
    },
    "en": {
        "message": "The lake in Sample Park is 25 metres deep and dried up yesterday.",
        "note": "The lake is full this morning; it is about 2 metres deep, as the gauge shows.",
        "quote": "The water stands at 2 metres today.",
        "shown": "both sides found it helpful",
        "corrected": "This note was shown. Now:",
        "withdrawn": "Withdrawn by its writer",
    },
}


@pytest.fixture(scope="module")
def commons():
    with world.furnished_site(SystemClock()) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(commons):
    with serving(create_app(commons, find=find, cost=CHEAP)) as found:
        yield found


@pytest.fixture
def open_page(browser):
    contexts = []

    def open_one(width=360, scheme="light", scripts=True, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts, **options
        )
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def enter(page, base, commons):
    """Log in with a new codename."""
    codename = make_codename(commons, "vi", CHEAP)
    page.goto(f"{base}/log-in")
    page.fill("#codename", codename)
    page.click(".card button")
    page.wait_for_url("**/me")


def post(selector):
    """Press a button and wait for the page that it leads to."""

    def press(page):
        with page.expect_navigation():
            page.click(selector)

    return press


def views(note=world.NEEDS):
    """Every page of the commons: how to get there, without and with a session."""
    public = {
        "requests": "/requests", "request": f"/requests/{world.REQUEST}", "note-shown": f"/notes/{world.SHOWN}",
        "note-needs": f"/notes/{note}", "note-withdrawn": f"/notes/{world.WITHDRAWN}",
        "note-redacted": f"/notes/{world.REDACTED}", "take-part": "/take-part", "log-in": "/log-in", "ask": "/ask",
        "help": "/help", "privacy": "/privacy", "who": "/site/who", "method": "/site/method",
    }  # fmt: skip
    own = {
        "me": "/me", "leave": "/me/leave", "rate": "/rate", "write": f"/write/{world.REQUEST_EN}",
        "not-possible": "/edit/nope",
    }  # fmt: skip
    return public, own


@pytest.mark.parametrize("language", ["vi", "en"])
def test_g23_accessible_axe_finds_nothing_on_the_pages_of_the_commons(open_page, address, commons, language):
    page, base = open_page(bypass_csp=True), f"{address}/{language}"
    public, own = views()

    def seen(name):
        look(page, NARROW, WIDE, picture=f"{name}-{language}")

    for name, path in public.items():
        page.goto(base + path)
        seen(name)
    page.goto(f"{base}/")
    page.fill("#text", f"{world.CLAIM}. {STORY[language]['message']}")
    post(".ask button")(page)
    seen("answer")
    post(".ask-note button >> nth=0")(page)
    seen("ask-preview")
    page.goto(f"{base}/log-in")
    page.fill("#codename", "abc")
    post(".card button")(page)
    seen("log-in-failed")
    enter(page, base, commons)
    for name, path in own.items():
        page.goto(base + path)
        seen(name)
    page.goto(f"{base}/rate")
    page.check("[name=level][value=not]")
    seen("rate-not")
    page.goto(f"{base}/write/{world.REQUEST_EN}")
    page.fill("#text", "CẦU NÀY KHÔNG ĐÓNG ĐÂU CÁC BÁC, xem https://x.example 5")
    post(".write .send button")(page)
    seen("write-problems")


@pytest.mark.parametrize(("language", "width"), [("vi", 360), ("en", 1280)])
def test_whole_story_from_a_message_to_a_note_that_is_shown_corrected_and_withdrawn(
    open_page, address, commons, language, width
):
    page, base, story = open_page(width), f"{address}/{language}", STORY[language]
    asked_of = []
    page.context.on("request", lambda request: asked_of.append(request.url))

    def step(name):
        take_picture(page, f"story-{language}-{name}")

    def check_message():
        page.goto(f"{base}/")
        page.fill("#text", story["message"])
        post(".ask button")(page)

    page.goto(f"{base}/take-part")
    page.wait_for_function("document.querySelector('[name=proof]').value")
    step("1-take-part")
    post(".card button")(page)
    words = page.inner_text("#all-words")
    assert len(words.split(", ")) == 7
    step("2-codename")
    assert page.context.cookies() == []
    page.fill("#codename", words)
    post(".card button")(page)
    assert [cookie["name"] for cookie in page.context.cookies()] == ["session"]

    check_message()
    step("3-nothing-found")
    post(".ask-note button")(page)
    assert story["message"] in page.input_value("#claim")
    step("4-ask")
    post("[name=send][value='1']")(page)
    request_id = page.url.split("/")[-1].split("?")[0]
    step("5-request")

    page.goto(f"{base}/write/{request_id}")
    page.check("[name=reason][value=factual_error]")
    page.fill("#text", story["note"])
    page.fill("#url-1", "https://congvien.example/ho")
    page.fill("#quote-1", story["quote"])
    post(".write .send button")(page)
    step("6-preview")
    post("[name=go][value=send]")(page)
    note_id = page.url.split("/")[-1].split("?")[0]
    step("7-handed-in")

    for number in range(40):
        rating = Rating(note_id, Level.HELPFUL, ("clear", "good_sources"), (), "2026-09-21")
        put_rating(commons.contributions, world.rater(number), rating)
    score_notes(commons)
    page.goto(f"{base}/notes/{note_id}")
    assert story["shown"] in page.inner_text("main")
    step("8-shown")
    check_message()
    step("9-answer")
    assert story["note"] in page.inner_text(".community")
    feed = f"{address}/feeds/{language}/corrections.json"
    assert note_id not in page.request.get(feed).text()

    for number in range(40):
        rating = Rating(note_id, Level.NOT, (), ("incorrect",), "2026-09-22")
        put_rating(commons.contributions, world.rater(number), rating)
    score_notes(commons)
    assert note_id in page.request.get(feed).text()
    page.goto(f"{base}/notes/{note_id}")
    assert story["corrected"] in page.inner_text("main")
    step("10-corrected")
    check_message()
    assert story["note"] not in page.content()

    page.goto(f"{base}/notes/{note_id}")
    page.click("details summary")
    post("details button")(page)
    assert story["withdrawn"] in page.inner_text("main")
    step("11-withdrawn")
    check_message()
    assert story["note"] not in page.content()
    assert [url for url in asked_of if not url.startswith(f"{address}/")] == []


def test_g24_works_without_js_ask_rate_and_write(open_page, address, commons):
    page, base = open_page(scripts=False), f"{address}/vi"
    page.goto(f"{base}/take-part")
    assert "15 giây" in page.inner_text("main")
    enter(page, base, commons)
    page.goto(f"{base}/rate")
    page.check("[name=level][value=somewhat]")
    page.check("[name=tag][value=clear]")
    page.check("[name=not_tag][value=missing_key_points]")
    post(".rating [type=submit]")(page)
    assert page.url.endswith("/rate?kept=1")
    page.goto(f"{base}/write/{world.REQUEST_EN}")
    page.check("[name=misleading][value=no]")
    page.check("[name=reason_not][value=factually_correct]")
    page.fill("#text", "Cầu có đóng một làn trong hai giờ đêm qua để kiểm tra định kỳ.")
    post("[value=more]")(page)
    assert page.locator("[name=url]").count() == 3
    page.fill("#url-1", "https://giaothong.example/1")
    page.fill("#quote-1", "Đóng một làn từ 22 giờ đến 24 giờ.")
    post("nav .switch")(page)
    assert page.get_attribute("html", "lang") == "en"
    assert "24 giờ" in page.inner_text(".preview")
    post("[name=go][value=send]")(page)
    assert "/en/notes/" in page.url


def test_g23_accessible_keyboard_alone_rates_a_note(open_page, address, commons):
    page, base = open_page(1280), f"{address}/en"
    enter(page, base, commons)
    page.goto(f"{base}/rate")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "level":
            break
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.value") == "helpful"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("[name=level][value=not]")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "not_tag"
    page.keyboard.press("Space")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/rate?kept=1")


def test_g23_accessible_targets_are_large_enough_on_the_pages_of_the_commons(open_page, address, commons):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels; the answers of a rating are far larger."""
    page, base = open_page(360), f"{address}/vi"
    enter(page, base, commons)
    public, own = views()
    for path in [*public.values(), *own.values()]:
        page.goto(base + path)
        small = page.evaluate(
            """[...document.querySelectorAll('a:not(.skip), button, summary, textarea, input:not([type=hidden])')]
               .filter(e => !e.closest('p, li, dd') || e.tagName === 'BUTTON')
               .map(e => [e.outerHTML.slice(0, 90), (e.closest('label') || e).getBoundingClientRect()])
               .filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([text]) => text)"""
        )
        assert small == [], path
    page.goto(f"{base}/rate")
    heights = page.evaluate(
        "[...document.querySelectorAll('.levels label')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_script_is_ours_small_and_on_few_pages(open_page, address):
    page = open_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text))
    for path, has in (("/", 0), ("/requests", 0), (f"/notes/{world.SHOWN}", 0), ("/take-part", 1)):
        reply = page.goto(f"{address}/en{path}")
        policy = reply.headers["content-security-policy"]
        assert page.locator("script[src]").count() == has
        assert ("script-src 'self'" in policy) == bool(has)
    assert complaints == []
