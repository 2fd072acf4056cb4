"""What lies in deploy/ keeps the promises: no request log, no address passed on, no body on a disk (G7)."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiemchung.cli.app import app

DEPLOY = Path(__file__).parent.parent / "deploy"


def text(name):
    return (DEPLOY / name).read_text("utf-8")


def unit():
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(text("kiemchung.service"))
    return parser


def test_g07_access_log_off_every_server_of_the_nginx_sample_logs_nothing():
    servers = re.split(r"^server \{", text("nginx.conf"), flags=re.MULTILINE)[1:]
    assert len(servers) == 2
    for server in servers:
        assert re.findall(r"^\s*access_log (.*?);", server, re.MULTILINE) == ["off"]
        assert re.findall(r"^\s*error_log (.*?);", server, re.MULTILINE) == ["/dev/null crit"]
    assert 'proxy_set_header X-Forwarded-For "";' in servers[0]
    assert "proxy_request_buffering off;" in servers[0]
    assert "$remote_addr" not in text("nginx.conf")


def test_g07_access_log_off_the_caddy_sample_discards_its_log_and_asks_for_none():
    blocks = re.findall(r"log \{(.*?)\}", text("Caddyfile"), re.DOTALL)
    assert [block.split() for block in blocks] == [["output", "discard"]]
    assert "header_up -X-Forwarded-For" in text("Caddyfile")


def test_g07_access_log_off_service_and_container_start_the_program_as_documented():
    start = unit()["Service"]["ExecStart"].split()
    assert start[0].endswith("/kiemchung")
    assert "serve" in start
    assert re.search(r'CMD \["serve", .*\]', text("Containerfile"))
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert "serve" in commands
    told = "\n".join(
        line for line in (text("kiemchung.service") + text("Containerfile")).splitlines() if line[:1] != "#"
    )
    assert not re.search(r"access.?log|log.config|uvicorn", told)


def test_service_leaves_neither_dump_nor_swap_and_writes_to_its_own_folder_alone():
    service = unit()["Service"]
    assert (service["LimitCORE"], service["MemorySwapMax"], service["PrivateTmp"]) == ("0", "0", "yes")
    assert (service["ProtectSystem"], service["ProtectHome"], service["UMask"]) == ("strict", "yes", "0077")
    assert (service["User"], service["Restart"]) == ("kiemchung", "always")


def test_container_runs_as_nobody_special_from_the_lock_file():
    lines = text("Containerfile").splitlines()
    assert "USER kiemchung" in lines
    assert "--require-hashes -r requirements.lock" in text("Containerfile")


def test_tables_are_written_by_the_command_as_it_is_and_by_the_same_user():
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read_string(text("kiemchung-export.service"))
    service = parser["Service"]
    assert (service["User"], service["StateDirectory"]) == (unit()["Service"]["User"], "kiemchung")
    words = service["ExecStart"].split()
    assert words[1:3] == unit()["Service"]["ExecStart"].split()[1:3]
    assert words[3:] == ["export"]
    assert "kiemchung-export.timer" in (DEPLOY.parent / "docs" / "hosting.md").read_text("utf-8")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
def test_service_unit_is_one_that_systemd_takes(tmp_path):
    there = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text("kiemchung.service"))
    path = tmp_path / "kiemchung.service"
    path.write_text(there.replace("User=kiemchung", "User=root").replace("Group=kiemchung", "Group=root"))
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60)
    complaints = [line for line in done.stderr.splitlines() if "kiemchung.service" in line]
    assert complaints == []
