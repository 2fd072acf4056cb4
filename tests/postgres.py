"""A PostgreSQL server for the tests, from Debian's package: started once, on a socket in a folder of its own."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_server(command: list[str]) -> None:
    """Run a server's program; it refuses to run as root, so root runs it as `postgres`."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, capture_output=True, cwd="/")


@contextmanager
def running_server(*, durable: bool = True) -> Iterator[str]:
    """Address of the server's `postgres` database; skips where the package is missing, except in CI.

    Args:
        durable: without it the server never waits for the disk: nothing is lost but by a crash of the machine.
    """
    programs = _programs()
    if programs is None:
        reason = "PostgreSQL is not installed (apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="kc-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        data = folder / "data"
        _as_server([str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "kiemchung", "-E", "UTF8"])
        options = f"-k {folder} -c listen_addresses='' -c max_connections=120"
        options += "" if durable else " -c fsync=off -c full_page_writes=off"
        _as_server([str(programs / "pg_ctl"), "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"])
        try:
            yield f"postgresql://kiemchung@/postgres?host={folder}"
        finally:
            _as_server([str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """The address of a fresh, empty database on the server."""
    import psycopg

    name = f"kc_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.replace("/postgres?", f"/{name}?")
