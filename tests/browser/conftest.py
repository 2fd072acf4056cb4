"""Debian's Chromium and a server of the foretold commons, for the tests that look at pages."""

from pathlib import Path

import pytest

from kiemchung.web.app import create_app
from tests.browser.serving import serving
from tests.web.fakes import demo_commons, find

CHROMIUM = "/usr/bin/chromium"
#: Keeps Chromium from talking to anybody but the pages under test.
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.fail(f"{CHROMIUM} is not there; run `make system`")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address():
    """Where the pages are served."""
    with serving(create_app(demo_commons(), find=find)) as found:
        yield found
