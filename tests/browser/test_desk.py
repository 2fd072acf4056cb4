"""The desk's flow in a real browser, in both languages: written, looked at, published, corrected; accessible."""

import pytest

from kiemchung.commons import site
from kiemchung.commons.desk_members import add_member
from kiemchung.commons.export_tables import export_folder, export_tables
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.store import open_store
from kiemchung.web.app import create_app
from kiemchung.web.server import listen
from tests.browser.looking import look
from tests.browser.serving import address_of, serving
from tests.web.fakes import FixedClock
from tests.web.people import CHEAP

pytestmark = pytest.mark.browser

TEXTS = {
    "vi": (
        "Theo báo cáo năm 2019, cầu Mẫu dài 900 mét.",
        "Số đo của cơ quan quản lý cho thấy cầu dài 870 mét, không phải 900 mét.",
    ),
    "en": (
        "The Sample bridge in Vietnam is 900 metres long and it opened in 2019.",
        "The authority measured 870 metres last year, thirty less than is said.",
    ),
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Where a desk of two members is served, and their codenames."""
    listener = listen("127.0.0.1", 0)
    settings = Settings(data_dir=tmp_path_factory.mktemp("desk"), site_url=address_of(listener), site_name="Bàn Mẫu")
    commons = Commons(settings, open_store(settings.database), FixedClock())
    vars(commons)["embedder"] = HashingEmbedder()
    for name in site.OPERATOR_PAGES:
        for language in site.LANGUAGES:
            site.write_page(commons.contributions, name, language, "Bàn Mẫu.")
    codenames = [add_member(commons, "vi", CHEAP) for _ in range(2)]
    export_tables(commons, export_folder(commons), "csv")
    with serving(create_app(commons, cost=CHEAP), listener) as address:
        yield address, codenames
    commons.close()


@pytest.mark.parametrize(("language", "width", "scheme"), [("vi", 360, "light"), ("en", 1280, "dark")])
def test_desk_writes_looks_publishes_and_corrects(browser, desk, language, width, scheme):
    address, codenames = desk
    base, shots = f"{address}/{language}", iter(range(99))
    contexts = [
        # axe is injected as a script, which our policy forbids
        browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=True, bypass_csp=True
        )
        for _ in codenames
    ]
    pages = [context.new_page() for context in contexts]

    def seen(page):
        look(page, (width, scheme), picture=f"desk-{language}-{next(shots)}")

    for page, codename in zip(pages, codenames, strict=True):
        page.goto(f"{base}/desk")
        page.fill("#codename", codename)
        page.click("main button")
        page.wait_for_url("**/desk")
    writer, second = pages
    seen(writer)
    writer.click(f'a[href="/{language}/desk/new"]')
    writer.wait_for_url("**/desk/new")
    claim, text = TEXTS[language]
    writer.fill("#claim", claim)
    writer.click('button[value="hand_in"]')
    writer.wait_for_selector(".error")
    seen(writer)
    writer.select_option("#verdict", index=1)
    writer.fill("#text", text)
    writer.fill("#url-1", "https://so-lieu.example/cau")
    writer.fill("#quote-1", "870 m")
    writer.click('button[value="hand_in"]')
    writer.wait_for_url("**/desk/checks/*")
    seen(writer)
    assert not writer.query_selector('form[action*="/publish/"]')
    second.goto(f"{base}/desk")
    second.click(f"text={claim}")
    second.wait_for_url("**/desk/checks/*")
    seen(second)
    second.click('form[action*="/publish/"] button')
    second.wait_for_url(f"{base}/checks/*")
    seen(second)
    published = second.url
    assert "/checks/" in published
    writer.goto(published.replace("/checks/", "/desk/checks/"))
    writer.click('a.button[href*="/desk/edit/"]')
    writer.wait_for_url("**/desk/edit/*")
    writer.fill("#reason", "870 m, 871 m.")
    writer.fill("#text", text.replace("870", "871"))
    writer.click('button[value="hand_in"]')
    writer.wait_for_url("**/desk/checks/*")
    second.goto(published.replace("/checks/", "/desk/checks/"))
    second.click('form[action*="/publish/"] button')
    second.wait_for_url(f"{base}/checks/*")
    seen(second)
    assert "871" in second.inner_text("article.note")
    for path in ("checks", "data", "desk/scale", "desk/log-in"):
        second.goto(f"{base}/{path}")
        seen(second)
    for context in contexts:
        context.close()
