"""The public log as the server gives it: files that verify, and a page that people can read."""

import functools
import http.server
import threading

import pytest
from lxml import html
from starlette.testclient import TestClient

from kiemchung.commons.log_source import key_of, read_from
from kiemchung.commons.opening import Commons
from kiemchung.commons.publish_log import log_folder
from kiemchung.commons.settings import Settings
from kiemchung.commons.verify_log import verify_log
from kiemchung.fetch import SafeFetcher
from kiemchung.store import open_store
from kiemchung.web.app import create_app
from tests.web.fakes import FixedClock, find
from tests.web.publishing import site


@pytest.fixture
def commons(tmp_path):
    opened = site(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def client(commons):
    with TestClient(create_app(commons, find=find), follow_redirects=False) as opened:
        yield opened


def read_by(client):
    def read(path):
        reply = client.get(f"/log/{path}")
        if reply.status_code == 404:
            raise FileNotFoundError(path)
        return reply.content

    return read


def test_log_that_the_server_gives_verifies_and_ends_in_the_statuses_of_the_pages(client):
    read = read_by(client)
    report = verify_log(read, {"log": key_of(read)})
    assert report.problems == []
    assert report.statuses == {"n1": "shown", "n2": "shown", "n3": "needs_ratings"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Python's own file server, without a log."""

    def log_message(self, *_):
        """Say nothing."""


def test_plain_file_server_serves_the_same_log(commons):
    handler = functools.partial(Quiet, directory=str(log_folder(commons.settings)))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        fetcher = SafeFetcher(delay_seconds=0, allow_loopback=True)
        read = read_from(f"http://127.0.0.1:{server.server_port}", fetcher)
        report = verify_log(read, {"log": key_of(read)})
        server.shutdown()
    assert report.problems == []


def test_checkpoint_is_asked_for_anew_and_other_sites_may_read(client):
    reply = client.get("/log/checkpoint", headers={"Origin": "https://elsewhere.example"})
    assert reply.headers["cache-control"] == "no-cache"
    assert reply.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", [".lock", "../log.key", "%2e%2e/log.key", "tile", "opening/000.ndjson.new"])
def test_nothing_else_of_the_folder_is_given(client, path):
    assert client.get(f"/log/{path}").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_tells_what_changed_by_day_with_reasons(client, language):
    page = html.fromstring(client.get(f"/{language}/log").content)
    days = page.xpath("//h2/time/@datetime")
    assert days == sorted(days, reverse=True)
    assert "2026-09-23" in days
    text = page.text_content()
    assert "số điện thoại" in text
    assert "both_sides" in text
    assert "/log" in page.xpath("string(//pre)")


def test_site_without_a_log_says_that_nothing_has_changed(tmp_path):
    settings = Settings(data_dir=tmp_path)
    commons = Commons(settings, open_store(settings.database), FixedClock())
    with TestClient(create_app(commons, find=find)) as client:
        assert "Nothing has changed yet." in client.get("/en/log").text
        assert client.get("/log/checkpoint").status_code == 404
    commons.close()
