"""The public log as the server gives it: files that verify, and a page that people can read."""

import functools
import http.server
import threading
from dataclasses import replace

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import html
from starlette.testclient import TestClient
from typer.testing import CliRunner

from kiemchung.cli.app import app
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.log_source import key_of, read_from
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.commons.verify_log import verify_log
from kiemchung.errors import FetchError
from kiemchung.fetch import SafeFetcher
from kiemchung.formats.signed_note import SignedCheckpoint, parse_checkpoint, witness
from kiemchung.store import open_store
from kiemchung.web.app import create_app
from kiemchung.web.server import configure, listen
from tests.commons.log_world import LOG, WITNESS
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


def cosigned(client, signer=WITNESS):
    """The present checkpoint with a witness's line."""
    held = parse_checkpoint(client.get("/log/checkpoint").text)
    return SignedCheckpoint(held.checkpoint, (*held.lines, signer.line(held.checkpoint, time=1_800_000_000)))


def test_listed_witness_hands_its_cosignature_in(tmp_path):
    commons = site(tmp_path, log_witnesses=f"{LOG.verifier} {WITNESS.verifier}")
    with TestClient(create_app(commons, find=find)) as client:
        for _ in range(2):  # again does no harm
            reply = client.post("/log/cosign", content=cosigned(client).render())
            assert (reply.status_code, reply.json()) == (200, {"taken_in": ["witness.example"]})
        held = parse_checkpoint(client.get("/log/checkpoint").text)
        assert (held.signed_by(WITNESS.verifier), len(held.lines)) == (1_800_000_000, 2)
        read = read_by(client)
        keys = {"log": key_of(read), "witness.example": WITNESS.verifier}
        assert verify_log(read, keys).signatures == {"log": 0, "witness.example": 1_800_000_000}
    commons.close()


def test_witness_command_hands_in_over_http(tmp_path):
    commons, memory = site(tmp_path / "site", log_witnesses=str(WITNESS.verifier)), tmp_path / "memory"
    memory.mkdir()
    (memory / "witness.key").write_bytes(WITNESS.private.private_bytes_raw())
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(create_app(commons, find=find)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        source = f"http://127.0.0.1:{listener.getsockname()[1]}/log"
        options = ["--name", WITNESS.name, "--memory", str(memory), "--hand-in", "--allow-loopback"]
        done = CliRunner().invoke(app, ["log", "witness", source, *options])
        assert (done.exit_code, done.stderr.splitlines()[-1]) == (0, "handed in"), done.output
        refused = CliRunner().invoke(app, ["log", "witness", source, *options[:3], str(tmp_path / "new"), *options[4:]])
        assert isinstance(refused.exception, FetchError)
        assert "status 403" in str(refused.exception)
    finally:
        server.should_exit = True
        thread.join()
    held = parse_checkpoint((log_folder(commons.settings) / "checkpoint").read_text())
    assert held.signed_by(WITNESS.verifier)
    commons.close()


def test_nobody_else_hands_anything_in(tmp_path):
    commons = site(tmp_path, log_witnesses=str(WITNESS.verifier))
    stranger = witness("witness.example", Ed25519PrivateKey.generate())
    with TestClient(create_app(commons, find=find)) as client:
        before, good = client.get("/log/checkpoint").text, cosigned(client)
        grown = replace(good.checkpoint, size=good.checkpoint.size + 1)
        other = SignedCheckpoint(grown, (WITNESS.line(grown, time=1),))
        for content, status, code in (
            (cosigned(client, stranger).render(), 403, "unlisted"),
            (before, 403, "unlisted"),
            (other.render(), 409, "outgrown"),
            (good.render().replace("witness.example", "witness.examplf"), 403, "unlisted"),
            ("no checkpoint", 400, "bad_input"),
            (b"\xff\xfe", 400, "bad_input"),
            (good.render() + "x" * 20_000, 400, "bad_input"),
            ("", 400, "bad_input"),
        ):
            reply = client.post("/log/cosign", content=content)
            assert (reply.status_code, reply.json()["error"]["code"]) == (status, code)
        assert client.get("/log/cosign").status_code in (404, 405)
        assert client.get("/log/checkpoint").text == before
    commons.close()


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
