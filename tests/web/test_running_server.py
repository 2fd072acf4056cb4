"""G6 and G7 on the real program: it is asked with canaries, then everything that it could write is searched."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from kiemchung.commons.opening import open_commons
from kiemchung.commons.settings import load_settings
from kiemchung.lookup.index import Document
from kiemchung.web.server import listen
from tests.web.fakes import LEMON, LEMON_EN, ORIGIN, PARKING

CANARIES = ["CANARY4f0e91", "0912 345 678", "29A-123.45", "079203001234", "ten.nguoi@thu.example", "@ten_kin_dao"]
TEXT = "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư. " + " ".join(f"Gọi {canary} để biết." for canary in CANARIES)
CLIENT = {"User-Agent": "CANARYagent/1.0", "Referer": "https://canary-referer.example/",
          "X-Forwarded-For": "198.51.100.77", "Cookie": "c=CANARYcookie"}  # fmt: skip
PLANTED = [*CANARIES, "CANARY", "canary-referer", "198.51.100.77"]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    settings = load_settings({"data_dir": folder, "embedder": "hashing"}, environ={})
    with open_commons(settings) as commons:
        commons.store.put_reviews([(review, ORIGIN) for review in (LEMON, LEMON_EN, PARKING)])
        reviews = (stored for _, stored in commons.store.iter_reviews())
        commons.index.upsert(Document(s.review_id, s.review.claim, language=s.review.language) for s in reviews)
        commons.index.commit()
        commons.index.close()
    return folder


@pytest.fixture(scope="module")
def environment(data_dir, tmp_path_factory):
    scratch = tmp_path_factory.mktemp("scratch")
    return {**os.environ, "KIEMCHUNG_DATA_DIR": str(data_dir), "KIEMCHUNG_EMBEDDER": "hashing", "TMPDIR": str(scratch),
            "HOME": str(scratch), "XDG_CACHE_HOME": str(scratch / "cache"),
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true"}  # fmt: skip


class Running:
    """A server process and what it printed."""

    def __init__(self, environment, output):
        self.output = output
        command = [sys.executable, "-m", "kiemchung", "serve", "--port", "0"]
        with output.open("wb") as file:
            self.process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        self.address = self._wait()

    def _wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r'"port": (\d+)', self.output.read_text("utf-8"))
            if found:
                return f"http://127.0.0.1:{found[1]}"
            time.sleep(0.1)
        raise AssertionError(f"the server did not start: {self.output.read_text('utf-8')}")

    def ask(self, path, body=None, **headers):
        request = urllib.request.Request(self.address + path, body, {**CLIENT, **headers})
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, dict(reply.headers), reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read().decode()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@pytest.fixture(scope="module")
def asked(environment, tmp_path_factory):
    """A server that was asked with canaries at every door, and then stopped."""
    output = tmp_path_factory.mktemp("output") / "log"
    server = Running(environment, output)
    replies = []
    try:
        shared = {"title": CANARIES[0], "text": TEXT, "url": "http://127.0.0.1/CANARY"}
        form = urllib.parse.urlencode({"text": TEXT}).encode()
        body = json.dumps({"text": TEXT}).encode()
        replies = [
            server.ask("/vi/check", form),
            server.ask("/en/share", urllib.parse.urlencode(shared).encode()),
            server.ask("/vi/check", urllib.parse.urlencode({"text": "http://169.254.169.254/CANARY"}).encode()),
            server.ask("/api/v1/check", body, **{"Content-Type": "application/json"}),
            server.ask("/api/v1/check", body[:-2], **{"Content-Type": "application/json"}),
            server.ask("/api/v1/check", b'{"text": "CANARY", "CANARY": 1}', **{"Content-Type": "application/json"}),
            server.ask("/vi/check", form[:-1] + b"%ff"),
            server.ask("/vi/check", b"a" * 700_000 + b"CANARY"),
            server.ask("/v1alpha1/claims:search?query=" + urllib.parse.quote(TEXT)),
            server.ask("/vi/CANARY?text=CANARY"),
            server.ask("/vi/result?r=CANARY"),
        ]
        limits = Path(f"/proc/{server.process.pid}/limits").read_text("utf-8")
    finally:
        server.stop()
    return replies, output.read_text("utf-8"), limits


def files_with(needles, *folders):
    found = []
    for folder in folders:
        for path in Path(folder).rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                found += [(str(path), needle) for needle in needles if needle.encode() in content]
    return found


def test_a_running_server_answers_at_every_door(asked):
    replies, _, _ = asked
    assert [status for status, _, _ in replies] == [200, 200, 422, 200, 400, 400, 400, 413, 200, 404, 404]
    assert "Bàn Sức khoẻ" in replies[0][2]


def test_g06_lookup_leaves_no_trace_on_disk_in_logs_or_temporary_files(asked, data_dir, environment):
    _, output, _ = asked
    assert files_with(PLANTED, data_dir, environment["TMPDIR"]) == []
    assert [needle for needle in PLANTED if needle in output] == []


def test_g07_access_log_off_no_request_line_is_written(asked):
    _, output, _ = asked
    for line in output.splitlines():
        assert json.loads(line)["event"] in ("serving", "library message withheld"), line
    assert not re.search(r"GET|POST|/vi/|/api/|HTTP/1", output)


def test_g07_access_log_off_replies_name_no_server_and_core_dumps_are_off(asked):
    replies, _, limits = asked
    assert all("server" not in {name.lower() for name in headers} for _, headers, _ in replies)
    assert re.search(r"Max core file size\s+0\s+0", limits)


def test_g08_no_third_party_no_cookie_from_the_running_server(asked):
    assert all("set-cookie" not in {name.lower() for name in headers} for _, headers, _ in asked[0])


def test_g06_lookup_leaves_no_trace_of_a_check_on_the_command_line(data_dir, environment):
    command = [sys.executable, "-m", "kiemchung", "check", "-", "--json"]
    done = subprocess.run(command, input=TEXT.encode(), env=environment, capture_output=True, timeout=120, check=True)
    assert json.loads(done.stdout)["claims"]
    assert done.stderr == b""
    assert files_with(PLANTED, data_dir, environment["TMPDIR"]) == []


@pytest.mark.parametrize(("source", "code"), [("none.txt", 2), ("http://127.0.0.1/", 3), ("", 2)])
def test_check_ends_with_the_documented_code_and_one_line(environment, source, code):
    command = [sys.executable, "-m", "kiemchung", "check", source]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == code
    assert done.stdout == b""
    assert done.stderr.startswith(b"kiemchung: ")
    assert done.stderr.count(b"\n") == 1


#: What makes a fresh process slow and is not needed to check a text.
HEAVY = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "polars", "pyarrow", "numba", "trafilatura", "sklearn",
         "scipy", "torch", "httpx2", "jinja2", "babel.dates", "matplotlib"}  # fmt: skip


def test_check_in_a_fresh_process_loads_no_heavy_library(environment):
    script = (
        "import sys, json\nfrom kiemchung.cli.app import app\n"
        "app(['check', sys.argv[1], '--json'], standalone_mode=False)\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, "Uống nước chanh nóng mỗi sáng chữa khỏi ung thư."]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
    assert json.loads(done.stdout)["claims"][0]["text"]
    assert HEAVY & set(json.loads(done.stderr)) == set()


def test_listener_is_named_as_tcp_so_that_no_reply_waits_for_an_acknowledgement():
    listener = listen("127.0.0.1", 0)
    assert listener.proto == socket.IPPROTO_TCP
    listener.close()
