"""The pages of what is published, in a real browser: accessible, within narrow screens, in both languages."""

import pytest

from kiemchung.commons.export_tables import export_for_site
from kiemchung.web.app import create_app
from tests.browser.looking import NARROW, WIDE, look
from tests.browser.serving import serving
from tests.web.fakes import find
from tests.web.publishing import site, with_desk

pytestmark = pytest.mark.browser
PAGES = ("log", "data", "checks", "checks/c1", "notes/n1", "notes/n3", "notes/n5", "requests/r1")
CARDS = ("notes/n1", "notes/n5", "requests/r1", "checks/c1")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    commons = with_desk(site(tmp_path_factory.mktemp("site")))
    export_for_site(commons)
    with serving(create_app(commons, find=find)) as found:
        yield found
    commons.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_g23_accessible_published_pages_and_cards(browser, address, language):
    # axe is injected as a script, which our policy forbids
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for path in (*(f"{language}/{each}" for each in PAGES), *(f"embed/{language}/{each}" for each in CARDS)):
        assert page.goto(f"{address}/{path}").status == 200
        look(page, NARROW, WIDE)
    context.close()
