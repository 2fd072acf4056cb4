"""What docs/follow-the-log.md and docs/embed-and-follow.md tell people to type works, against a site that is served."""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import feedparser
import pytest
import uvicorn
from lxml import html

from kiemchung.web.app import create_app
from kiemchung.web.server import configure, listen
from tests.web.fakes import find
from tests.web.publishing import site

DOCS = Path(__file__).parent.parent / "docs"
THERE, NOTE = "https://checks.example.org", "7f3a9c2e11d04b55"
_COMMAND = re.compile(r"^    ((?:curl|kiemchung log) .+)$", re.MULTILINE)


def commands(page):
    """The lines of a page that a reader types."""
    return _COMMAND.findall((DOCS / page).read_text("utf-8"))


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Runs a reader's line where the example's site is one on this machine; gives standard output and error."""
    folder = tmp_path_factory.mktemp("docs")
    commons = site(folder / "data")
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(configure(create_app(commons, find=find)))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    here = f"http://127.0.0.1:{listener.getsockname()[1]}"
    programs = folder / "bin"
    programs.mkdir()
    (programs / "kiemchung").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kiemchung "$@"\n')
    (programs / "kiemchung").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "KIEMCHUNG_DATA_DIR": str(folder / "data"),
    }

    def run(line):
        line = line.replace(THERE, here).replace(NOTE, "n1")
        if here in line and line.startswith("kiemchung"):
            line += " --allow-loopback"
        done = subprocess.run(line, shell=True, cwd=folder, env=environment, capture_output=True, text=True, check=True)
        return done.stdout, done.stderr

    yield run
    server.should_exit = True
    thread.join()
    commons.close()


def test_follow_the_log_as_the_page_says(shell):
    first, since, copy, against, export, witness, accept = commands("follow-the-log.md")
    assert "sound: every entry, signature and status holds" in shell(first)[0]
    assert "sound" in shell(since)[0]
    assert "sound" in shell(copy)[0]
    assert "sound" in shell(against)[0]
    shell("kiemchung export export")
    assert "sound" in shell(export)[0]
    _, said = shell(witness)
    key = said.split("this witness's key: ")[1].strip()
    shell(re.sub(r"witness\.example\.net\+\S+", key, accept))
    assert "witness witness.example.net: cosigned" in shell(f"{first} --witness {key}")[0]


def test_embed_and_follow_as_the_page_says(shell):
    embed, feed, actor = commands("embed-and-follow.md")
    frame = html.fromstring(json.loads(shell(embed)[0])["html"])
    documented = html.fromstring(
        "".join(re.findall(r"<iframe.*?</iframe>", (DOCS / "embed-and-follow.md").read_text("utf-8"), re.DOTALL))
    )
    path = "/embed/vi/notes/n1"
    assert frame.get("src").endswith(path)
    assert documented.get("src").replace(NOTE, "n1").endswith(path)
    assert (frame.get("sandbox"), frame.get("width")) == (documented.get("sandbox"), documented.get("width"))
    assert [entry.id for entry in feedparser.parse(shell(feed)[0]).entries] == ["urn:kiemchung:note:n1"]
    assert json.loads(shell(actor)[0])["orderedItems"][0]["object"]["type"] == "Note"
