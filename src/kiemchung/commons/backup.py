"""Backups: one file with database and public log as of one moment and the site's secrets; derived data are left out.

A backup holds what the database holds and nothing more: no address, no name. It does hold the salt and the log's key,
so that whoever has it can continue the site; it is readable by its owner alone.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from contextlib import closing
from pathlib import Path

from kiemchung.commons.log_folder import held_still, log_folder
from kiemchung.commons.settings import Settings
from kiemchung.commons.site_salt import FILE_NAME as SALT
from kiemchung.errors import InputError, MissingPartError, StoreError

#: What a backup takes from the data folder, where it is there. The lookup index and models are made anew.
_FILES = (SALT, "log.key", "kiemchung.toml")
_FOLDERS = ("log",)
_SQLITE, _POSTGRES = "kiemchung.db", "kiemchung.pgdump"
_MARK = "kiemchung-backup"
_FORMAT = b"1\n"


def back_up(settings: Settings, target: Path) -> int:
    """Write a backup while the site runs; its size in bytes.

    Raises:
        InputError: target exists already.
        StoreError: the database cannot be read, the file not be written, or the log is being written all the time.
        MissingPartError: PostgreSQL without `pg_dump`.
    """
    if target.exists():
        raise InputError(f"{target} exists; choose another name, backups are never written over")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".kiemchung-backup-") as folder:
            work = Path(folder)
            unfinished = work / "backup.tar.gz"
            # the log waits meanwhile: what it would have got is still in the outbox of the database that is kept
            with held_still(log_folder(settings)):
                database = _dump(settings, work)
                with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                    _write(file, settings.data_dir, work, database)
                    file.flush()
                    os.fsync(file.fileno())
            unfinished.rename(target)
    except OSError as error:
        raise StoreError(f"{target}: the backup cannot be written ({error.strerror})") from error
    return target.stat().st_size


def restore(settings: Settings, source: Path) -> None:
    """Put a backup's content into an empty data folder; the index is made anew at the next start.

    Raises:
        InputError: not a backup of ours, or it holds another kind of database.
        StoreError: the data folder holds a database already, or the backup's is damaged.
    """
    data_dir = settings.data_dir
    if any((data_dir / name).exists() for name in (_SQLITE, SALT)):
        raise StoreError(f"{data_dir}: holds a site already; restore into another folder with --data-dir")
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder:
        work = Path(folder)
        _unpack(source, work)
        if (work / _SQLITE).exists() and not settings.database_url:
            _check_sqlite(work / _SQLITE, source)
        elif (work / _POSTGRES).exists() and settings.database_url:
            _run(
                [
                    "pg_restore",
                    "--no-owner",
                    "--clean",
                    "--if-exists",
                    "-d",
                    settings.database_url,
                    str(work / _POSTGRES),
                ]
            )
            (work / _POSTGRES).unlink()
        else:
            raise InputError(f"{source}: holds another kind of database than `database_url` names")
        (work / _MARK).unlink()
        for path in work.iterdir():
            shutil.move(path, data_dir / path.name)


def _dump(settings: Settings, work: Path) -> str:
    """Write the database into work; the name of the file."""
    if settings.database_url.startswith("postgresql"):
        _run(["pg_dump", "--format=custom", "--no-owner", "-f", str(work / _POSTGRES), settings.database_url])
        return _POSTGRES
    path = Path(settings.database.removeprefix("sqlite:///"))
    if not path.exists():
        raise StoreError(f"{path}: there is no database to back up; check --data-dir")
    try:
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as live,
            closing(sqlite3.connect(work / _SQLITE)) as copy,
        ):
            live.backup(copy, pages=1024, sleep=0.005)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be backed up ({error})") from error
    return _SQLITE


def _write(file: object, data_dir: Path, work: Path, database: str) -> None:
    (work / _MARK).write_bytes(_FORMAT)
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:  # type: ignore[call-overload]
        archive.add(work / _MARK, _MARK, filter=_anonymous)
        archive.add(work / database, database, filter=_anonymous)
        for name in (*_FILES, *_FOLDERS):
            if (data_dir / name).exists():
                archive.add(data_dir / name, name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the operator's user name, and without times."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    return member


def _unpack(source: Path, work: Path) -> None:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(work, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise InputError(f"{source}: cannot be read as a backup ({error})") from error
    if not (work / _MARK).exists() or (work / _MARK).read_bytes() != _FORMAT:
        raise InputError(f"{source}: not a backup of kiemchung, or one of a newer version")


def _check_sqlite(path: Path, source: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.Error as error:
        raise StoreError(f"{source}: its database is damaged ({error})") from error
    if answer != "ok":
        raise StoreError(f"{source}: its database is damaged ({answer})")


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise MissingPartError(f"{command[0]} is not installed; get it with: apt-get install postgresql-client")
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  a fixed program; the address is the operator's own
    if done.returncode:
        raise StoreError(f"{command[0]}: {done.stderr.decode(errors='replace').strip()[:300]}")
