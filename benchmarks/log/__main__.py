"""A public log of a million entries: append, prove, verify. `python -m benchmarks.log [--entries N]`.

The log is that of a site whose notes come in rounds: 20,000 notes, a scoring run over them, 20,000 statuses, each with
its proof of 15 hashes that it is among the run's results. It is written through the product's own code, 1,000 entries
at a time with a checkpoint after each, as a busy second would; every checkpoint waits for the disk. Verification is a
process of its own, `verify_log` over the folder: signature, every tile and opening, every status replayed.

The rival is pymerkle over the same leaves, in turns with ours: its tree in SQLite takes the same thousands, a commit
and a root after each; its tree in memory is the verification of a tree alone, without openings, tiles or statuses.
"""

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymerkle import InmemoryTree, SqliteTree

from kiemchung.commons.log_folder import LogFolder
from kiemchung.commons.verify_log import verify_log
from kiemchung.formats.log_events import note_written, result_root, scored
from kiemchung.formats.merkle import inclusion_proof, leaf_hash, verify_inclusion
from kiemchung.formats.signed_note import Signer, VerifierKey
from kiemchung.formats.tiles import TILE_WIDTH, decode_bundle, nodes_in_tiles, tile_path
from kiemchung.model import LogEvent, NoteDraft, NoteScore, NoteStatus, ScoringRun, Source, StatusChange

ROUND = 20_000
SECOND = 1_000
PROOFS = 2_000
SIGNER = Signer("log.example/bench", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
DRAFT = NoteDraft(True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không."),))


def events() -> Iterator[LogEvent]:
    """What happens on the site, without end."""
    draw = random.Random(7)
    for number in range(10**9):
        day = f"2026-{number % 12 + 1:02d}-01"
        notes = [f"{draw.getrandbits(64):016x}" for _ in range(ROUND)]
        for note in notes:
            yield note_written(note, f"{draw.getrandbits(64):016x}", DRAFT, day)
        scores = {note: _score(draw, day) for note in notes}
        run = ScoringRun(
            f"{draw.getrandbits(64):016x}", f"{day}T00:00:00Z", "0.1", "c" * 64, "d" * 64, result_root(scores), ROUND, 9
        )
        yield from scored(
            run, scores, [StatusChange(n, run.run_id, None, s.status, s.rule, day) for n, s in sorted(scores.items())]
        )


def _score(draw: random.Random, day: str) -> NoteScore:
    names = ("n_ratings", "note_intercept", "note_intercept_deviation", "above_negative", "above_positive", "margin")
    numbers: dict[str, float | int | str | None] = {name: round(draw.random(), 3) for name in names}
    return NoteScore(draw.choice(list(NoteStatus)), "both_sides_helpful", numbers, day)


def seconds(entries: int) -> Iterator[list[dict[str, Any]]]:
    """Entries, a thousand at a time."""
    draw, source = random.Random(8), islice(events(), entries)
    while batch := list(islice(source, SECOND)):
        yield [{**e.body, "kind": e.kind, "id": f"{draw.getrandbits(64):016x}"} for e in batch]


def append(folder: Path, rival: SqliteTree, entries: int) -> tuple[list[float], list[float], float]:
    """Write both logs; seconds of wall time for each thousand, ours and the rival's, and processor seconds of ours."""
    log, ours, theirs, processor = LogFolder(folder, SIGNER), [], [], 0.0
    for batch in seconds(entries):
        start, busy = time.perf_counter(), time.process_time()
        log.append(batch)
        log.checkpoint()
        ours.append(time.perf_counter() - start)
        processor += time.process_time() - busy
        width = log.size % TILE_WIDTH or TILE_WIDTH
        leaves = [leaf for bundle in _bundles(folder, log.size - len(batch), log.size, width) for leaf in bundle]
        start = time.perf_counter()
        rival.append_entries(leaves)
        rival.get_root()
        theirs.append(time.perf_counter() - start)
    log.close()
    return ours, theirs, processor


def _bundles(folder: Path, first: int, end: int, width: int) -> Iterator[list[bytes]]:
    """The leaves from first to end, as they stand in the bundles."""
    for bundle in range(first // TILE_WIDTH, -(-end // TILE_WIDTH)):
        last = (bundle + 1) * TILE_WIDTH >= end
        leaves = decode_bundle((folder / tile_path("entries", bundle, width if last else TILE_WIDTH)).read_bytes())
        yield leaves[max(0, first - bundle * TILE_WIDTH) :]


def prove(folder: Path, size: int, root: bytes, rival: SqliteTree) -> tuple[list[float], list[float]]:
    """Seconds for proofs of leaves taken at random, each from the files alone; every one is verified."""

    def read(path: str) -> bytes:
        return (folder / path).read_bytes()

    draw, ours, theirs = random.Random(9), [], []
    for _ in range(PROOFS):
        index = draw.randrange(size)
        start = time.perf_counter()
        proof = inclusion_proof(index, size, nodes_in_tiles(size, read))
        ours.append(time.perf_counter() - start)
        bundle = index // TILE_WIDTH
        entries = decode_bundle(read(tile_path("entries", bundle, min(TILE_WIDTH, size - bundle * TILE_WIDTH))))
        assert verify_inclusion(leaf_hash(entries[index % TILE_WIDTH]), index, size, proof, root)
        start = time.perf_counter()
        rival.prove_inclusion(index + 1)
        theirs.append(time.perf_counter() - start)
    return ours, theirs


def verify(folder: Path) -> dict[str, float]:
    """Verify the log in this process; what it took."""
    key = VerifierKey.parse((folder / "key").read_text().strip())
    start = time.perf_counter()
    report = verify_log(lambda path: (folder / path).read_bytes(), {"log": key})
    wall = time.perf_counter() - start
    assert report.is_sound, report.problems[:3]
    assert report.checkpoint
    return {"wall_s": wall, **_used(), "entries": report.checkpoint.size, "statuses": len(report.statuses)}


def rebuild(folder: Path, size: int) -> dict[str, float]:
    """The rival's tree over the leaves of the log, in this process."""
    leaves = [leaf for bundle in _bundles(folder, 0, size, size % TILE_WIDTH or TILE_WIDTH) for leaf in bundle]
    tree, start = InmemoryTree(), time.perf_counter()
    tree.append_entries(leaves)
    tree.get_root()
    return {"wall_s": time.perf_counter() - start, **_used()}


def _used() -> dict[str, float]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    # ru_maxrss of a child begins with its parent's
    peak = next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    return {"processor_s": used.ru_utime + used.ru_stime, "peak_mb": int(peak) / 1024}


def in_own_process(*arguments: str) -> dict[str, float]:
    """What a fresh process of this module prints."""
    command = [sys.executable, "-m", "benchmarks.log", *arguments]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def _quantiles(values: list[float]) -> str:
    cuts = statistics.quantiles(values, n=100)
    return f"p50 {cuts[49] * 1e3:.3g} ms, p99 {cuts[98] * 1e3:.3g} ms, most {max(values) * 1e3:.3g} ms"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--verify", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rebuild", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.verify or chosen.rebuild:
        print(json.dumps(verify(chosen.verify) if chosen.verify else rebuild(chosen.rebuild, chosen.entries)))
        return
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-log-") as work:
        folder, rival = Path(work) / "log", SqliteTree(f"{work}/rival.db")
        ours, theirs, processor = append(folder, rival, chosen.entries)
        held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"append {SECOND} and a checkpoint: {_quantiles(ours)}")
        print(f"  processor time:              {processor / len(ours) * 1e3:.3g} ms")
        print(f"  pymerkle in SQLite:          {_quantiles(theirs)}")
        print(f"the log holds {held / 1e6:,.0f} MB")
        log = LogFolder(folder, SIGNER)
        size, root = log.size, log.checkpoint().checkpoint.root
        log.close()
        proofs, rivals = prove(folder, size, root, rival)
        print(f"inclusion proof from the files: {_quantiles(proofs)}")
        print(f"  pymerkle in SQLite:          {_quantiles(rivals)}")
        rival.close()
        for name, found in (
            ("verify_log", in_own_process("--verify", str(folder))),
            ("  pymerkle, the tree alone", in_own_process("--rebuild", str(folder), "--entries", str(size))),
        ):
            print(name, ", ".join(f"{key} {value:,.1f}" for key, value in found.items()))


if __name__ == "__main__":
    main()
