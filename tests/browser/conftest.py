"""Debian's Chromium and a server of the foretold commons, for the tests that look at pages."""

import threading
from pathlib import Path

import pytest
import uvicorn

from kiemchung.web.app import create_app
from kiemchung.web.server import configure, listen
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
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(create_app(demo_commons(), find=find)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
