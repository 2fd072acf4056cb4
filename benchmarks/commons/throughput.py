"""Ratings a second, written durably through HTTP by fifty clients at once, and how fast pages are read meanwhile.

    python -m benchmarks.commons.throughput [--seconds 10] [--ratings 100000]

A real `kiemchung serve` on SQLite; then the simplest FastAPI + SQLAlchemy + SQLite application (`rival`) under the
same load. Each rating is a form with session and form token; 303 says that it is on the disk, which is checked in the
database afterwards. Then a scoring run over many ratings goes on while pages are read. Logging in (Argon2) is not
measured. The load comes from this process, on the same machine.
"""

import argparse
import asyncio
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.commons import running
from benchmarks.commons.client import GoneError, Visitor
from kiemchung.commons.score_process import run as score
from kiemchung.commons.settings import Settings

CLIENTS, READERS, READ_EVERY_SECONDS = 50, 5, 0.1
N_NOTES = 400
#: Ratings of one codename, below its budget of 200 a day; and more than any server here takes in a second.
BUDGET, MOST_A_SECOND = 190, 900
REASONS = [("tag", "clear"), ("tag", "good_sources")]


@dataclass
class Load:
    """What was measured."""

    seconds: float = 0.0
    kept: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    rate_ms: list[float] = field(default_factory=list)
    read_ms: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def line(self, name: str) -> str:
        """One line of the report."""
        told = f"{name:34} {self.kept / self.seconds:7.0f} ratings/s" if self.kept else f"{name:34}{'':18}"
        if self.rate_ms:
            told += f"   rate p50 {_p(self.rate_ms, 50):6.1f} p95 {_p(self.rate_ms, 95):7.1f} ms"
        told += f"   read p50 {_p(self.read_ms, 50):6.1f} p95 {_p(self.read_ms, 95):7.1f} ms of {len(self.read_ms)}"
        if self.kept and self.cpu_seconds:
            told += f"   {1000 * self.cpu_seconds / self.kept:.2f} ms of processor a rating"
        return told + (f"   refused: {dict(self.refused)}" if self.refused else "")


def _p(values: list[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else float("nan")


async def _timed(call: Callable[[], Awaitable[int]], into: list[float]) -> str:
    began = time.perf_counter()
    try:
        status = await call()
    except GoneError as error:
        return f"gone: {error}"[:40]
    if status not in (200, 303):
        return str(status)
    into.append(1000 * (time.perf_counter() - began))
    return ""


async def _write(visitor: Visitor, rate: Callable[[Visitor, int], Awaitable[int]], load: Load, until: float) -> None:
    notes = random.sample(range(N_NOTES), BUDGET)
    for note in notes:
        if time.perf_counter() >= until:
            return
        trouble = await _timed(lambda: rate(visitor, note), load.rate_ms)  # noqa: B023  awaited here
        if trouble:
            load.refused[trouble] += 1
        else:
            load.kept += 1


async def _read(port: int, page: Callable[[int], str], load: Load, until: float) -> None:
    async def get() -> int:
        status, _ = await visitor.get(page(random.randrange(N_NOTES)))
        return status

    async with Visitor(port) as visitor:
        while (left := until - time.perf_counter()) > 0:
            trouble = await _timed(get, load.read_ms)
            if trouble:
                load.refused[f"read {trouble}"] += 1
            await asyncio.sleep(min(left, READ_EVERY_SECONDS * random.uniform(0.5, 1.5)))


async def _press(
    port: int,
    visitors: list[list[Visitor]],
    rate: Callable[[Visitor, int], Awaitable[int]],
    page: Callable[[int], str],
    seconds: float,
) -> Load:
    load, began = Load(), time.perf_counter()

    async def client(turns: list[Visitor]) -> None:
        for visitor in turns:  # one after the other: a client is one connection, whoever sits at it
            await _write(visitor, rate, load, began + seconds)

    readers = [_read(port, page, load, began + seconds) for _ in range(READERS)]
    await asyncio.gather(*(client(turns) for turns in visitors), *readers)
    load.seconds = time.perf_counter() - began
    return load


async def ours(folder: Path, seconds: float, codenames: list[str], settings: Settings) -> tuple[Load, Load]:
    """Our server under the load, and reading alone."""
    server = running.start(settings, folder / "log")
    try:
        visitors = [Visitor(server.port) for _ in codenames]
        for some in range(0, len(visitors), 4):
            pairs = zip(visitors[some : some + 4], codenames[some : some + 4], strict=True)
            await asyncio.gather(*(visitor.log_in(codename) for visitor, codename in pairs))
        for visitor in visitors:
            visitor.drop()  # the server closes what is idle; each connects anew when its turn comes

        async def rate(visitor: Visitor, note: int) -> int:
            return await visitor.rate(f"n{note}", "helpful", REASONS)

        quiet = await _press(server.port, [], rate, our_page, seconds / 2)
        before = server.cpu_seconds
        turns = [visitors[i::CLIENTS] for i in range(CLIENTS)]
        load = await _press(server.port, turns, rate, our_page, seconds)
        load.cpu_seconds = server.cpu_seconds - before
    finally:
        server.stop()
    with closing(sqlite3.connect(folder / "kiemchung.db")) as database:
        (stored,) = database.execute("SELECT count(*) FROM ratings").fetchone()
    if stored != load.kept:
        raise RuntimeError(f"{load.kept} ratings were acknowledged, {stored} are stored")
    return load, quiet


def our_page(note: int) -> str:
    """A request's public page, in the two languages by turns."""
    return f"/{'vi' if note % 2 else 'en'}/requests/r{note}"


async def theirs(folder: Path, seconds: float) -> Load:
    """The rival under the same load."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.commons.rival", str(folder / "rival.db"), str(port), str(N_NOTES)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        async with Visitor(port) as visitor:
            for _ in range(200):
                try:
                    await visitor.get("/notes/n0")
                    break
                except GoneError:
                    await asyncio.sleep(0.1)
        visitors = [[Visitor(port) for _ in range(20)] for _ in range(CLIENTS)]
        for i, visitor in enumerate(v for turns in visitors for v in turns):
            visitor.cookie = f"rater=rater{i}"

        async def rate(visitor: Visitor, note: int) -> int:
            status, _ = await visitor.post("/rate", {"note_id": f"n{note}", "level": "helpful"})
            return status

        server = running.Server(process, port, 0.0)
        before = server.cpu_seconds
        load = await _press(port, visitors, rate, lambda note: f"/notes/n{note}", seconds)
        load.cpu_seconds = server.cpu_seconds - before
        return load
    finally:
        process.terminate()
        process.wait()


async def while_scoring(folder: Path, n_ratings: int, settings: Settings) -> tuple[Load, float]:
    """Reading while a scoring run goes on, again and again for three runs; seconds a run."""
    running.fill_ratings(folder / "kiemchung.db", n_ratings)
    server = running.start(settings, folder / "log")
    load, runs = Load(), 3
    try:
        began = time.perf_counter()
        scoring = [threading.Event() for _ in range(runs)]

        def score_all() -> None:
            for ended in scoring:
                score(settings, threading.Event())
                ended.set()

        thread = threading.Thread(target=score_all)
        thread.start()
        while thread.is_alive():
            readers = [_read(server.port, our_page, load, time.perf_counter() + 0.5) for _ in range(READERS)]
            await asyncio.gather(*readers)
        thread.join()
        load.seconds = time.perf_counter() - began
    finally:
        server.stop()
    return load, load.seconds / runs


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--ratings", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the databases lie; by default the temporary folder")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as name:
        folder = Path(name)
        settings = Settings(data_dir=folder, embedder="hashing", scoring_minutes=0)
        turns = 1 + int(wanted.seconds * MOST_A_SECOND / (BUDGET * CLIENTS))  # a codename's budget ends otherwise
        codenames = running.prepare(settings, n_notes=N_NOTES, n_codenames=turns * CLIENTS)
        print(
            f"{CLIENTS} clients rate without a pause, {READERS} readers read a page every {READ_EVERY_SECONDS} s",
            flush=True,
        )
        load, quiet = asyncio.run(ours(folder, wanted.seconds, codenames, settings))
        print(quiet.line("kiemchung, reading alone"), flush=True)
        print(load.line("kiemchung, 50 clients rating"), flush=True)
        rival = asyncio.run(theirs(folder, wanted.seconds))
        print(rival.line("FastAPI + SQLAlchemy + SQLite"), flush=True)
        scored, seconds = asyncio.run(while_scoring(folder, wanted.ratings, settings))
        print(scored.line(f"kiemchung, scoring {wanted.ratings:,}") + f"   {seconds:.1f} s a run")


if __name__ == "__main__":
    main()
