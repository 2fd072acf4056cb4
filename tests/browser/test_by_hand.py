"""A newcomer's whole way through the commons with the keys alone, with our script and without any.

Ask as nobody, take part, log in, write, rate, change and take back a rating, withdraw, leave. No mouse and no script of
the test touches the pages: it presses Tab until what it wants has the focus, so each step also holds the order of the
stops, that they are seen, and that none is off the screen.
"""

import pytest

from kiemchung.commons.clock import SystemClock
from kiemchung.commons.effort import WAIT_MS
from kiemchung.web.app import create_app
from tests.browser.serving import serving
from tests.browser.test_commons import STORY
from tests.web import world
from tests.web.fakes import find
from tests.web.people import CHEAP

pytestmark = pytest.mark.browser

#: Each run asks about something of its own, since equal claims join one request.
ASKED = {
    ("vi", True): "Hồ nước ở công viên Mẫu sâu 40 mét và đã cạn hôm qua.",
    ("en", True): "The lake in Sample Park is 25 metres deep and dried up yesterday.",
    ("vi", False): "Bể bơi phường Ví Dụ dài 90 mét đã hỏng từ tháng trước.",
    ("en", False): "The clock tower of Exampleton is 70 metres high and fell on Monday.",
}
SAYS = {
    "vi": {"wait": "chờ thêm", "left": "Đã quên", "taken_back": "đã được rút lại"},
    "en": {"wait": "Please wait", "left": "Forgotten", "taken_back": "is taken back"},
}
_FOCUS = """() => {
    const here = document.activeElement, look = getComputedStyle(here), box = here.getBoundingClientRect();
    return {seen: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
            inside: Math.min(box.bottom, innerHeight) - Math.max(box.top, 0) >= Math.min(24, box.height)
                && box.left >= 0 && box.right <= innerWidth + 1};
}"""


class MovingClock:
    """The time, and what was waited for without waiting."""

    def __init__(self):
        self.ahead_ms = 0

    def now_ms(self):
        return SystemClock().now_ms() + self.ahead_ms


class Hands:
    """Somebody at a keyboard."""

    def __init__(self, page):
        self._page = page

    def reach(self, selector):
        """Press Tab until this has the focus."""
        for _ in range(120):
            self._page.keyboard.press("Tab")
            if self._page.evaluate("selector => document.activeElement.matches(selector)", selector):
                focus = self._page.evaluate(_FOCUS)
                assert focus["seen"], f"{self._page.url}: no outline on {selector}"
                assert focus["inside"], f"{self._page.url}: {selector} is off the screen"
                return
        pytest.fail(f"{self._page.url}: Tab does not reach {selector}")

    def write(self, selector, text):
        self.reach(selector)
        self.press("Control+a")
        self._page.keyboard.type(text)

    def press(self, *keys):
        for key in keys:
            self._page.keyboard.press(key)

    def go(self, selector=None):
        """Press Enter, on this if it is named, and wait for the page that it leads to."""
        if selector:
            self.reach(selector)
        with self._page.expect_navigation():
            self.press("Enter")
        assert self._page.evaluate("document.documentElement.scrollWidth <= innerWidth"), self._page.url


@pytest.fixture(scope="module")
def clock():
    return MovingClock()


@pytest.fixture(scope="module")
def commons(clock):
    with world.furnished_site(clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def address(commons):
    with serving(create_app(commons, find=find, cost=CHEAP)) as found:
        yield found


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("vi", 1280, True), ("en", 360, True), ("vi", 360, False), ("en", 360, False)],
    ids=["vi", "en-narrow", "vi-narrow-no-scripts", "en-narrow-no-scripts"],
)
def test_g23_g24_keyboard_alone_goes_the_whole_way(browser, address, clock, language, width, scripts):
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    page, story, says = context.new_page(), STORY[language], SAYS[language]
    hands, top = Hands(page), f"/{language}"

    def send_with_effort(selector):
        """Our script works out the proof; without it the form says how long to wait, and is sent again."""
        hands.go(selector)
        if scripts:
            return
        assert says["wait"] in page.inner_text("[role=alert]")
        clock.ahead_ms += WAIT_MS
        hands.go(selector)

    # ask, as nobody
    page.goto(f"{address}{top}/")
    hands.reach(".skip")
    hands.press("Enter")
    hands.write("#text", ASKED[language, scripts])
    hands.go(".ask button")
    hands.go(".ask-note button")
    send_with_effort("[name=send][value='1']")
    request = page.url.split("?")[0].removeprefix(address)
    assert page.inner_text(".done")
    assert context.cookies() == []

    # take part, log in
    hands.go(f'nav [href="{top}/take-part"]')
    send_with_effort("main button")
    words = page.inner_text("#all-words")
    hands.write("#codename", words)
    hands.go()
    assert page.url == f"{address}{top}/me"
    hands.go(f'[action="{top}/log-out"] button')
    hands.go(f'nav [href="{top}/take-part"]')
    hands.go(f'main [href="{top}/log-in"]')
    hands.write("#codename", words.replace(", ", " "))
    hands.go()
    assert page.url == f"{address}{top}/me"

    # write
    page.goto(address + request)
    hands.go(f'[href^="{top}/write/"]')
    hands.reach("[name=misleading]")
    hands.press("ArrowDown", "ArrowUp")
    hands.reach("[name=reason]")
    hands.press("Space")
    hands.write("#text", story["note"])
    hands.write("#url-1", "https://congvien.example/ho")
    hands.write("#quote-1", story["quote"])
    hands.reach("#date-1")
    page.keyboard.type("01012026")
    hands.go(".write [value=preview]")
    assert page.input_value("#date-1") == "2026-01-01"
    hands.go(".preview [value=send]")
    note = page.url.split("?")[0].removeprefix(address)
    assert story["note"] in page.inner_text("article")

    # rate, change the rating, take it back
    hands.go(f'nav [href="{top}/requests"]')
    hands.go(f'main [href="{top}/rate"]')
    hands.reach("[name=level]")
    hands.press("Space", "ArrowDown")
    hands.reach("[name=tag]")
    hands.press("Space")
    hands.go(".rating [type=submit]")
    assert page.url.endswith("/rate?kept=1")
    hands.go(f'nav [href="{top}/me"]')
    hands.go(f'main [href^="{top}/rate/"]')
    assert page.is_checked("[name=level][value=somewhat]")
    hands.reach("[name=level]:checked")
    hands.press("ArrowDown")
    hands.reach("[name=not_tag]")
    hands.press("Space")
    hands.go(".rating [type=submit]")
    hands.go(f'nav [href="{top}/me"]')
    hands.go(f'[action="{top}/rate/withdraw"] button')
    assert says["taken_back"] in page.inner_text("[role=status]")
    assert page.locator(f'main [href^="{top}/rate/"]').count() == 0

    # withdraw, leave
    hands.go(f'main [href="{note}"]')
    hands.reach("article summary")
    hands.press("Enter")
    hands.go("article details button")
    assert story["withdrawn"] in page.inner_text("main")
    hands.go(f'nav [href="{top}/me"]')
    hands.go(f'main [href="{top}/me/leave"]')
    hands.reach("[name=contributions]")
    hands.press("Space", "ArrowDown")
    hands.go("main [type=submit]")
    assert page.inner_text("h1") == says["left"]
    assert context.cookies() == []
    context.close()
