"""The pages in a real browser: phone and desk, both languages, light and dark, by keyboard, without scripts."""

import pytest

from tests.browser.looking import look

pytestmark = pytest.mark.browser

MESSAGE = (
    "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư. Theo tôi thì cứ thử xem sao. "
    "Đỗ xe ban đêm bị phạt nặng từ tháng sau. Trời hôm nay xanh và có gió nhẹ. Hot lemon water cures cancer!"
)
LANGUAGES = ["vi", "en"]
MAX_FIRST_PAGE_BYTES = 30_000


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


def send(page, message=MESSAGE):
    page.fill("#text", message)
    page.click(".ask button")
    page.wait_for_selector("main h1")


VIEWS = {
    "home": lambda page, base: page.goto(f"{base}/"),
    "about": lambda page, base: page.goto(f"{base}/about"),
    "shared": lambda page, base: page.goto(f"{base}/result?r=r0001,r0002,r0003"),
    "missing": lambda page, base: page.goto(f"{base}/nope"),
    "answer": lambda page, base: (page.goto(f"{base}/"), send(page)),
    "long": lambda page, base: (page.goto(f"{base}/"), send(page, MESSAGE + " Cây cầu dài thêm mỗi năm." * 20)),
    "refused": lambda page, base: (page.goto(f"{base}/"), send(page, "http://10.0.0.1/")),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_g23_accessible_axe_finds_nothing_and_nothing_runs_out_of_the_screen(open_page, address, language):
    page = open_page(bypass_csp=True)
    for view in VIEWS.values():
        view(page, f"{address}/{language}")
        look(page, (320, "light"), (360, "dark"), (1280, "light"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_g08_no_third_party_a_whole_visit_loads_from_nowhere_else(open_page, address, width, language):
    page = open_page(width)
    asked, complaints = [], []
    page.context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for view in ("home", "about", "shared", "answer"):
        VIEWS[view](page, f"{address}/{language}")
    assert [url for url in asked if not url.startswith(f"{address}/")] == []
    assert complaints == []
    assert page.context.cookies() == []
    assert "chanh" not in " ".join(asked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_page_is_small_over_the_wire(open_page, address, language):
    page = open_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(f"{address}/{language}/", wait_until="networkidle")
    assert len(received) >= 2
    assert sum(received) <= MAX_FIRST_PAGE_BYTES


@pytest.mark.parametrize("language", LANGUAGES)
def test_g24_works_without_js_check_read_and_share(open_page, address, language):
    page = open_page(scripts=False)
    page.goto(f"{address}/{language}/")
    send(page)
    assert page.locator("article.check").count() >= 3
    assert "Sai" in page.locator("article.check q").first.inner_text()
    other = "en" if language == "vi" else "vi"
    page.click("nav button")
    assert page.get_attribute("html", "lang") == other
    assert page.locator("article.check").count() >= 3
    page.click(".sharing a")
    assert page.url.startswith(f"{address}/{other}/result?r=r0")
    assert page.locator("article.check").count() >= 2


def test_an_answer_stays_open_while_its_checks_are_read(open_page, address):
    """The way back to a page that was posted and is kept nowhere leads to a warning of the browser."""
    page = open_page()
    VIEWS["answer"](page, f"{address}/en")
    page.context.route("https://**", lambda route: route.fulfill(body="a check"))
    with page.expect_popup() as opened:
        page.locator(".read a").first.click()
    assert opened.value.evaluate("[window.opener, document.referrer]") == [None, ""]
    assert page.locator("article.check").count() >= 3


def test_g23_accessible_keyboard_alone_checks_a_message(open_page, address):
    page = open_page(1280)
    page.goto(f"{address}/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("Hot lemon water cures cancer")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"
    page.keyboard.press("Enter")
    page.wait_for_selector("article.check")
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("(document.activeElement.getAttribute('href') || document.activeElement.id)"))
    assert {"https://factdesk.example/lemon", "text"} <= reached


def test_g23_accessible_targets_are_large_enough(open_page, address):
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels for what stands outside of a sentence."""
    page = open_page(360)
    VIEWS["answer"](page, f"{address}/vi")
    small = page.evaluate(
        """[...document.querySelectorAll('a:not(.skip), button, summary, textarea')]
           .map(e => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
           .filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([text]) => text)"""
    )
    assert small == []


def test_installable_manifest_is_read_by_chromium(open_page, address):
    page = open_page()
    page.goto(f"{address}/vi/")
    read = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert read["errors"] == []
    assert read["url"] == f"{address}/vi/manifest.webmanifest"
