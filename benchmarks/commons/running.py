"""A real `kiemchung serve` over a prepared site, for the benchmarks of the commons."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiemchung.commons import site
from kiemchung.commons.opening import open_commons
from kiemchung.commons.settings import Settings, as_environment
from kiemchung.commons.take_part import make_codename
from kiemchung.model import NoteDraft, Request, Source

DAY = "2026-01-01"
DRAFT = NoteDraft(
    True,
    ("factual_error", "missing_context"),
    "Nước chanh không chữa được ung thư: chưa có thử nghiệm nào trên người cho thấy điều đó.",
    "vi",
    (Source("https://suckhoe.example/chanh", "Chưa có bằng chứng lâm sàng.", "2025-05-03", "Chanh và ung thư"),),
)


def prepare(settings: Settings, *, n_notes: int, n_codenames: int) -> list[str]:
    """Fill the operator's pages, put requests and notes, make codenames; the codenames."""
    with open_commons(settings) as commons:
        for name in site.OPERATOR_PAGES:
            for language in site.LANGUAGES:
                site.write_page(commons.contributions, name, language, "Bàn Mẫu. " * 40)
        for i in range(n_notes):
            claim = f"Uống nước chanh nóng mỗi sáng chữa khỏi ung thư trong {i + 2} ngày."
            commons.contributions.put_request(Request(f"r{i}", claim, "vi", DAY, 0))
            commons.contributions.put_note(f"n{i}", f"r{i}", bytes(32), DRAFT, DAY)
        return [make_codename(commons, "en") for _ in range(n_codenames)]


def fill_ratings(database: Path, n_ratings: int, *, raters: int = 5_000, seed: int = 1) -> None:
    """Put ratings of two camps straight into a database whose server is stopped."""
    draw = np.random.default_rng(seed)
    with closing(sqlite3.connect(database)) as connection, connection:
        notes = [name for (name,) in connection.execute("SELECT note_id FROM notes ORDER BY note_id")]
        connection.execute("DELETE FROM ratings")
        keys = [draw.bytes(32) for _ in range(raters)]
        pairs = draw.choice(len(notes) * raters, n_ratings, replace=False)
        note, rater = pairs // raters, pairs % raters
        kind, camp = draw.integers(0, 4, len(notes)), draw.integers(0, 2, raters)
        likes = np.where(kind[note] == 0, True, np.where(kind[note] == 1, False, kind[note] - 2 == camp[rater]))
        likes ^= draw.random(n_ratings) < 0.1
        rows = (
            (notes[n], keys[r], 2 if yes else 0, 4 * yes, 2 * (not yes), DAY)
            for n, r, yes in zip(note, rater, likes.tolist(), strict=True)
        )
        connection.executemany(
            "INSERT INTO ratings (note_id, rater_key, level, tags, not_tags, day) VALUES (?,?,?,?,?,?)", rows
        )
        connection.execute(
            "UPDATE notes SET n_ratings = (SELECT count(*) FROM ratings WHERE ratings.note_id = notes.note_id)"
        )


@dataclass
class Server:
    """A server process."""

    process: "subprocess.Popen[bytes]"
    port: int
    started_seconds: float

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator would."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start(settings: Settings, log: Path, **more: str) -> Server:
    """Start `kiemchung serve` on a free port and wait until it takes requests."""
    environment = {**os.environ, **as_environment(settings), "KIEMCHUNG_PORT": "0", **more}
    began = time.monotonic()
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "kiemchung", "serve"], env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    while time.monotonic() - began < 120 and process.poll() is None:
        found = re.search(r'"port": (\d+)', log.read_text("utf-8"))
        if found:
            return Server(process, int(found[1]), time.monotonic() - began)
        time.sleep(0.01)
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text('utf-8')[-2000:]}")


def events(log: Path) -> list[dict[str, object]]:
    """What the server wrote to its log."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.startswith("{")]
