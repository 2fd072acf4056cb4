"""A message of three claims among many published checks. `python -m benchmarks.lookup [--checks N] [--keep FOLDER]`.

The checks are made up (benchmarks.made_up), everything else is the product's: they are imported, embedded and indexed
by `kiemchung import`, and asked through `POST /api/v1/check` of a running `kiemchung serve`. With `--keep` the data
folder stays and serves again. 10,000 checks take about two minutes, 300,000 about 40 on two free cores.

Alternatives in the same run: for the search, SQLite FTS5 over the folded texts and products with float32 matrices by
NumPy, over the same texts, vectors and queries (it neither reranks nor decides); for the pass over the vectors, the
time in which this processor reads as many bytes; for a fresh process, the same with the whole store loaded.
"""

import argparse
import json
import os
import platform
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kiemchung.commons.match_message as matching
import kiemchung.lookup.lookup as looking
from benchmarks.doors import WHOLE, command, cpu_seconds, fetch, server_cpu_ms
from benchmarks.made_up import messages, write_checks
from kiemchung.commons.one_message import MessageEmbedder
from kiemchung.embed import open_embedder
from kiemchung.lookup.index import AskedVectors, LookupIndex
from kiemchung.text import fold, words

Floats = NDArray[np.float32]
WARM_UP = 10


class Stopwatch:
    """Milliseconds by stage within one message."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.spent[stage] = self.spent.get(stage, 0) + 1e3 * (time.perf_counter() - start)

        return timed


class Alternative:
    """FTS5 over folded texts, float32 products over all rows."""

    def __init__(self, index: LookupIndex, path: Path) -> None:
        self._matrices = {part: decoded(index, part) for part in ("claim", "whole")}
        fresh = not path.exists()
        self._database = sqlite3.connect(path)
        if fresh:
            self._database.execute("CREATE VIRTUAL TABLE checks USING fts5(body, content='', tokenize='unicode61')")
            rows = ((row + 1, fold(f"{d.claim} {d.context}")) for row, (_, d) in enumerate(index.documents_by_id()))
            self._database.executemany("INSERT INTO checks (rowid, body) VALUES (?, ?)", rows)
            self._database.commit()

    def search(self, texts: Sequence[str], vectors: dict[str, Floats]) -> list[set[int]]:
        """Rows of the best 20 of each list for each text."""
        found: list[set[int]] = [set() for _ in texts]
        for part, matrix in self._matrices.items():
            for i, scores in enumerate(vectors[part] @ matrix.T):
                found[i].update(np.argpartition(-scores, 20)[:20].tolist())
        for i, text in enumerate(texts):
            query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(fold(text))))
            rows = self._database.execute(
                "SELECT rowid FROM checks WHERE checks MATCH ? ORDER BY rank LIMIT 20", (query,)
            )
            found[i].update(row - 1 for (row,) in rows)
        return found


def decoded(index: LookupIndex, part: str) -> Floats:
    """float32[n_rows, dimensions]."""
    rows = np.load(max(index.folder.glob("rows-*.npy"), key=lambda path: int(path.stem[5:])))
    codes = np.fromfile(index.folder / f"{part}.i8", dtype=np.int8).reshape(-1, index.embedder.dimensions)
    vectors = codes[: len(rows)].astype(np.float32)
    vectors *= rows[f"{part}_scale"][:, None]
    return vectors


def import_figures(data: Path, n_checks: int) -> dict[str, float] | None:
    """What importing took, now or by the run that made the folder; None where that run wrote nothing down."""
    kept = data / "import.json"
    if not (data / "index" / "meta.json").exists():
        figures = {"load": os.getloadavg()[0], **import_checks(data, n_checks)}
        kept.write_text(json.dumps(figures) + "\n", encoding="utf-8")
    if not kept.exists():
        return None
    read: dict[str, float] = json.loads(kept.read_text("utf-8"))
    return read


def import_checks(data: Path, n_checks: int) -> dict[str, float]:
    """`kiemchung import` of made-up checks into a new data folder: seconds of clock and processor, most memory."""
    source = data / "checks.ndjson"
    data.mkdir(parents=True, exist_ok=True)
    write_checks(n_checks, source)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command(str(data), "import", str(source)), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    source.unlink()
    return {
        "seconds": time.perf_counter() - start,
        "processor_seconds": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "peak_mb": after.ru_maxrss / 1e3,
    }


def ask_server(data: Path, asked: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of a message through the API of a warm server, its processor time, and the server's memory."""
    server = subprocess.Popen(command(str(data), "serve", "--port", "0"), stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        started = next(line for line in server.stderr if line.startswith("{"))  # after what a first conversion tells
        address = f"http://127.0.0.1:{json.loads(started)['port']}/"
        bodies = [json.dumps({"text": text}).encode() for text in asked]
        for body in bodies[:WARM_UP]:
            fetch(f"{address}api/v1/check", body)
        spent, cpu = [], server_cpu_ms(server.pid)
        for body in bodies[WARM_UP:]:
            start = time.perf_counter()
            fetch(f"{address}api/v1/check", body)
            spent.append(1e3 * (time.perf_counter() - start))
        cpu = (server_cpu_ms(server.pid) - cpu) / len(spent)
        return {"ms": spread(spent), "processor_ms": cpu, "memory_mb": memory_mb(server.pid)}
    finally:
        server.terminate()
        server.wait()


def time_stages(data: Path, asked: Sequence[str]) -> dict[str, Any]:
    """One message in this process, by stage, in turns with the alternative; and the least time for the vectors."""
    embedder = open_embedder("ct2", data, threads=0)  # all cores, as the server does
    start = time.perf_counter()
    index = LookupIndex.open(data / "index", embedder)
    open_ms = 1e3 * (time.perf_counter() - start)
    last: dict[str, Any] = {}
    watch = watched(index, last)
    for message in asked[:WARM_UP]:
        matching.match_message(message, index, embedder)
    rival = Alternative(index, data / "alternative.sqlite")
    ours, stages, others, agreed = [], [], [], []
    for message in asked[WARM_UP:]:
        watch.spent.clear()
        start, cpu = time.perf_counter(), time.process_time()
        matching.match_message(message, index, embedder)
        total = 1e3 * (time.perf_counter() - start)
        ours.append(1e3 * (time.process_time() - cpu))
        stages.append(split(watch.spent, total))
        start = time.perf_counter()
        candidates = rival.search(last["texts"], last["vectors"])
        others.append(1e3 * (time.perf_counter() - start))
        agreed += [best in rows for best, rows in zip(last["best"], candidates, strict=True)]
    return {
        "documents": len(index),
        "open_ms": open_ms,
        "processor_ms": spread(ours),
        "stages_ms": {name: spread([stage[name] for stage in stages]) for name in stages[0]},
        "search_ms": spread([s["search"] for s in stages]),
        "alternative_ms": spread(others),
        "our_first_among_its_candidates": float(np.mean(agreed)),
        "read_ms": read_ms(index),
        "threads": index.threads,
    }


def read_ms(index: LookupIndex) -> float:
    """The least milliseconds in which one core reads both files of vectors from memory."""
    spent = []
    files = [np.fromfile(index.folder / f"{part}.i8", dtype=np.int64) for part in ("claim", "whole")]
    for _ in range(7):
        start = time.process_time()
        for numbers in files:
            numbers.sum()
        spent.append(1e3 * (time.process_time() - start))
    return min(spent)


def watched(index: LookupIndex, last: dict[str, Any]) -> Stopwatch:
    """Put a stopwatch around every stage; `last` gets the texts, vectors and best rows of the last message."""
    watch = Stopwatch()
    embed, find = index.ask, looking.retrieve

    def ask(texts: Sequence[str], languages: Sequence[str], embedder: Any = None) -> AskedVectors:
        before = watch.spent.get("embedding", 0.0)
        asked = embed(texts, languages, embedder)
        last["texts"], last["vectors"] = list(texts), asked.parts
        watch.spent["embedding late"] = watch.spent["embedding"] - before  # what labels had not asked for
        return asked

    def retrieve(*arguments: Any, **named: Any) -> Any:
        found = find(*arguments, **named)
        last["best"] = [int(candidates.rows[0]) for candidates in found]
        return found

    index.ask = ask
    looking.retrieve = watch.around("retrieve", retrieve)
    matching.look_up_with_candidates = watch.around("look up", matching.look_up_with_candidates)
    once = MessageEmbedder
    once.queries_in_pieces = watch.around("embedding", once.queries_in_pieces)
    return watch


def split(spent: dict[str, float], total: float) -> dict[str, float]:
    """Stages that add up to the total; words and vectors are searched side by side."""
    search = spent["retrieve"] - spent["embedding late"]
    reranking = spent["look up"] - spent["retrieve"]
    stages = {"embedding": spent["embedding"], "search": search, "reranking": reranking}
    return {**stages, "labels and the rest": total - sum(stages.values())}


def spread(values: list[float]) -> dict[str, float]:
    return {"p50": statistics.median(values), "p95": float(np.percentile(values, 95))}


def memory_mb(pid: int) -> dict[str, float]:
    """Resident memory of a process, and what of it is not the page cache's (Linux)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines())
    return {name: int(lines[key].split()[0]) / 1e3 for name, key in (("resident", "VmRSS"), ("own", "RssAnon"))}


def show_import(figures: dict[str, float], n_checks: int) -> None:
    text = "import, embed, index: {seconds:.0f} s, {processor_seconds:.0f} s of processor, {peak_mb:.0f} MB"
    print(text.format(**figures), end="; ")
    print(
        f"load before {figures['load']:.1f}, {figures['processor_seconds'] / figures['seconds']:.2f} processors at work"
    )
    minutes = figures["seconds"] * 300_000 / n_checks / 60
    print(f"  at this rate 300,000 checks take {minutes:.0f} min (aim 40)", flush=True)


def show_server(figures: dict[str, Any]) -> None:
    print("POST /api/v1/check, three claims: p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**figures["ms"]), end="; ")
    print(f"processor {figures['processor_ms']:.0f} ms (aim at 300,000 checks: 80 and 200 ms)")
    memory = "server: {resident:.0f} MB resident, {own:.0f} MB without mapped files (aim 1,500)"
    print(memory.format(**figures["memory_mb"]), flush=True)


def show_fresh(figures: dict[str, float]) -> None:
    print(f"a fresh kiemchung check: {figures['seconds']:.2f} s of processor (aim 1.0 at 10,000 checks); ", end="")
    print(f"with the whole store loaded {figures['whole_seconds']:.2f} s", flush=True)


def show_stages(figures: dict[str, Any]) -> None:
    print(f"in one process, {figures['documents']:,} checks indexed, opened in {figures['open_ms']:.0f} ms", end="; ")
    print("processor p50 {p50:.0f} ms, p95 {p95:.0f} ms".format(**figures["processor_ms"]))
    for name, ms in figures["stages_ms"].items():
        print(f"  {name:20} p50 {ms['p50']:7.1f} ms   p95 {ms['p95']:7.1f} ms")
    print(
        f"  the search on {figures['threads']} threads; one core reads both files once in {figures['read_ms']:.1f} ms"
    )
    search, other = figures["search_ms"], figures["alternative_ms"]
    print(f"search (by words and by vectors): p50 {search['p50']:.1f} ms, p95 {search['p95']:.1f} ms")
    print(f"FTS5 and float32 NumPy: p50 {other['p50']:.1f} ms, p95 {other['p95']:.1f} ms; ", end="")
    print(f"{other['p50'] / search['p50']:.1f} times our time; ", end="")
    print(f"{figures['our_first_among_its_candidates']:.0%} of our first candidates are among its own")


def main() -> None:
    """Import where needed, measure, print."""
    parser = argparse.ArgumentParser(description="Lookup among many checks, against FTS5 and NumPy.")
    parser.add_argument("--checks", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=50)
    parser.add_argument("--keep", type=Path, help="folder to keep the data in, and to use again")
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = (options.keep or Path(temporary)) / f"checks-{options.checks}"
        print(f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}", flush=True)
        figures: dict[str, Any] = {}
        figures["import"] = import_figures(data, options.checks)
        if figures["import"]:
            show_import(figures["import"], options.checks)
        asked = list(messages(options.messages + WARM_UP))
        figures["server"] = ask_server(data, asked)
        show_server(figures["server"])
        figures["fresh"] = {
            "seconds": cpu_seconds(command(str(data), "check", asked[0])),
            "whole_seconds": cpu_seconds([sys.executable, "-c", WHOLE, "--data-dir", str(data), "check", asked[0]]),
        }
        show_fresh(figures["fresh"])
        figures["stages"] = time_stages(data, asked)
        show_stages(figures["stages"])
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
