"""G1, G5: after a month of use nothing that the site wrote names anybody, and nothing public holds a rater's key."""

import base64
import logging
import re
import tarfile

import pytest
import structlog
from starlette.testclient import TestClient

from kiemchung.commons.backup import back_up
from kiemchung.commons.export_tables import export_tables
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.publish_log import publish
from kiemchung.commons.score_notes import score_notes
from kiemchung.commons.site_salt import site_salt
from kiemchung.commons.take_part import make_codename
from kiemchung.notes.codename import canonical
from kiemchung.notes.keys import derive_keys
from kiemchung.web.app import create_app
from kiemchung.web.logs import set_up_logs
from tests.commons.people import CHEAP, DAY_MS
from tests.guarantees.conftest import two_camps

CLIENT = {"User-Agent": "CANARY-agent/9.1", "Referer": "https://canary-referer.example/page",
          "X-Forwarded-For": "198.51.100.77", "Forwarded": "for=198.51.100.77", "Accept-Language": "vi"}  # fmt: skip
PASTED = "Uống nước chanh chữa khỏi ung thư. Gọi 0912 345 678 hoặc ten.nguoi@canary-thu.example, hỏi CANARY-Nguyễn-Tên."
PLANTED = ["CANARY", "canary-referer", "198.51.100.77", "0912 345 678", "ten.nguoi@canary-thu.example"]
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@pytest.fixture
def month(commons, tmp_path_factory, monkeypatch):
    """Thirty days: people read, paste, log in and rate; the site is scored, published, exported, backed up."""
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.setenv("TMPDIR", str(outside))
    raters = two_camps(commons.contributions, raters=24, notes=20)
    secrets, root = [], logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with (outside / "server.log").open("w") as log:
        set_up_logs(log)
        app = create_app(commons, cost=CHEAP)
        for day in range(30):
            commons.clock.ms += DAY_MS
            with TestClient(app, headers=CLIENT, follow_redirects=False, raise_server_exceptions=False) as client:
                for path in ("/vi/", "/en/requests", "/vi/requests/r1", "/en/notes/n01", "/vi/CANARY?text=CANARY"):
                    client.get(path)
                if day % 10 == 0:
                    client.post("/vi/check", data={"text": PASTED})
                    codename = make_codename(commons, "vi", CHEAP)
                    assert client.post("/vi/log-in", data={"codename": codename}).status_code == 303
                    keys = derive_keys(canonical(codename), site_salt(commons.settings.data_dir), CHEAP)
                    secrets += [codename, client.cookies["session"]]
                    raters.append(keys.rater)
                    token = _TOKEN.search(client.get("/vi/rate").text)[1]
                    fields = {"form_token": token, "note_id": "n10", "level": "helpful", "tag": "clear"}
                    assert client.post("/vi/rate", data=fields).status_code == 303
                    client.post("/vi/rate", data={**fields, "form_token": "CANARY", "note_id": "CANARY"})
        score_notes(commons)
        publish(commons)
    public = outside / "public"
    export_tables(commons, public, "csv")
    back_up(commons.settings, outside / "backup.tar.gz")
    yield commons, outside, public, raters, secrets
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def found_in(needles, *folders):
    """Needles that stand in any file, packed backups unpacked."""
    found = set()
    for path in (p for folder in folders for p in folder.rglob("*") if p.is_file()):
        contents = [path.read_bytes()]
        if path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                contents += [archive.extractfile(member).read() for member in archive if member.isfile()]
        found |= {needle for content in contents for needle in needles if needle in content}
    return found


def test_g01_names_nobody_in_any_file_of_the_site(month):
    commons, outside, _, _, secrets = month
    planted = [text.encode() for text in (*PLANTED, *secrets)]
    assert found_in(planted, commons.settings.data_dir, outside) == set()


def test_g05_exports_do_not_leak_sides_since_nothing_public_tells_ratings_apart(month):
    """The attack of GUARANTEES 4.3 needs several ratings under one name: here are neither names nor rows of ratings."""
    commons, _, public, raters, _ = month
    assert len(raters) == 27
    assert found_in([raters[0]], commons.settings.data_dir) == {raters[0]}  # the search does find what is there
    names = [form for key in raters for form in (key, key.hex().encode(), base64.b64encode(key)[:40])]
    assert found_in(names, public, log_folder(commons.settings)) == set()
    tables = list(public.rglob("*.csv"))
    assert tables
    for path in tables:
        header = path.read_text("utf-8").splitlines()[0].lower()
        assert not re.search(r"rater|side|negative|positive|factor", header), path.name
