"""What lies in deploy/ keeps the promises: no request log, no address passed on, no body on a disk (G7)."""

import configparser
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiemchung.cli.app import app

DEPLOY = Path(__file__).parent.parent / "deploy"
#: Debian puts servers where only root looks.
SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin"


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


def test_container_copies_what_is_there_and_what_the_build_reads():
    """The file itself is not built here: that needs an image from a registry."""
    copied = [line.split()[1:-1] for line in text("Containerfile").splitlines() if line.startswith("COPY ")]
    names = [name for names in copied for name in names]
    assert [name for name in names if not (DEPLOY.parent / name).exists()] == []
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text("utf-8"))["project"]
    assert {project["readme"], *project["license-files"]} <= set(names)
    assert project["scripts"]["kiemchung"]  # what the entry point starts
    (options,) = re.findall(r"^CMD (\[.*\])$", text("Containerfile"), re.MULTILINE)
    asked_for_help = CliRunner().invoke(app, [*json.loads(options), "--help"])
    assert asked_for_help.exit_code == 0, asked_for_help.output


@pytest.mark.skipif(not shutil.which("nginx", path=SBIN), reason="nginx is not installed")
def test_nginx_takes_its_sample(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=checks.example.org"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    site = re.sub(r"/etc/ssl/private/\S+(?=;)", str(key), text("nginx.conf"))
    (tmp_path / "site.conf").write_text(re.sub(r"/etc/ssl/\S+(?=;)", str(certificate), site), "utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = " ".join(f"{kind}_temp_path {tmp_path / kind};" for kind in kinds)
    whole = f"pid {tmp_path / 'pid'}; error_log stderr; events {{}} http {{ {folders} include {tmp_path}/site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole, "utf-8")
    nginx = shutil.which("nginx", path=SBIN)
    done = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("caddy"), reason="caddy is not installed")
def test_caddy_takes_its_sample():
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


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
def test_units_are_such_as_systemd_takes(tmp_path):
    paths = []
    for name in ("kiemchung.service", "kiemchung-export.service", "kiemchung-export.timer"):
        there = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text(name))
        (tmp_path / name).write_text(re.sub(r"^(User|Group)=kiemchung", r"\1=root", there, flags=re.MULTILINE))
        paths.append(str(tmp_path / name))
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if "kiemchung" in line] == []
