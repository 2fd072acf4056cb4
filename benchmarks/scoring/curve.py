"""How time and memory grow with the number of ratings: `kiemchung score` on files, one fresh process a size.

Data are made by `benchmarks.scoring.generate` if they are not there yet (not timed). Each run's wall time, processor
time, peak memory and seconds by phase are kept in a JSON file, so that a long size can be added by a run of its own;
table, slopes and picture show all that is kept. The slope is that of log cost over log ratings: 1 is linear.

    python -m benchmarks.scoring.curve                              # 10k to 10M, both presets
    python -m benchmarks.scoring.curve --sizes 100M --presets community
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.scoring.data import DATA, ROOT, SIZES, Size, wanted_sizes
from benchmarks.scoring.draw_curve import Point, picture
from benchmarks.scoring.generate import END_MS, generate

PRESETS = ("community", "communitynotes")
#: Below it starting the process is most of the cost, so slopes are told from here on.
JUDGED_FROM = 1_000_000


@dataclass(frozen=True)
class Run:
    """One run: seconds of the clock and of the processors, bytes, seconds by phase, ratings that were read."""

    preset: str
    size: str
    threads: int
    ratings: int
    wall: float
    processor: float
    peak_bytes: int
    phases: dict[str, float]
    load: float

    @property
    def bytes_per_rating(self) -> float:
        return self.peak_bytes / self.ratings


def run_once(size: Size, folder: Path, preset: str, threads: int) -> Run:
    """Score a folder of public files in a new process."""
    with tempfile.TemporaryDirectory() as out:
        inputs = [f"--{kind}={folder}" for kind in ("notes", "ratings", "enrollment")]
        command = [sys.executable, "-m", "kiemchung", "score", *inputs, f"--out={out}", f"--preset={preset}"]
        command += [f"--now={END_MS}", f"--threads={threads}"]
        load = os.getloadavg()[0]
        begin = time.perf_counter()
        with Path(out, "said.txt").open("wb") as said:
            streams = [(os.POSIX_SPAWN_DUP2, said.fileno(), number) for number in (1, 2)]
            environment = os.environ | {"POLARS_MAX_THREADS": str(threads)}
            process = os.posix_spawn(sys.executable, command, environment, file_actions=streams)
            _, status, used = os.wait4(process, 0)
        wall = time.perf_counter() - begin
        if os.waitstatus_to_exitcode(status):
            sys.exit(f"{preset} {size.name} failed: {Path(out, 'said.txt').read_text()[-2000:]}")
        summary = json.loads(Path(out, "summary.json").read_text())
    return Run(
        preset=preset,
        size=size.name,
        threads=threads,
        ratings=summary["n_ratings"],
        wall=round(wall, 2),
        processor=round(used.ru_utime + used.ru_stime, 2),
        peak_bytes=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        phases=summary["seconds"],
        load=round(load, 1),
    )


def slope(few: Run, many: Run, cost: str) -> float:
    """How a cost grows from one run to a larger one; 1 is in proportion."""
    return math.log(getattr(many, cost) / getattr(few, cost)) / math.log(many.ratings / few.ratings)


def table(runs: list[Run]) -> str:
    """The runs of each preset by size, with the slope from the size before."""
    lines = []
    for preset in PRESETS:
        of_preset = sorted((run for run in runs if run.preset == preset), key=lambda run: run.ratings)
        lines += [
            "",
            f"{preset}",
            "| ratings | wall s | read, score, write s | processor s | peak GB | bytes a rating |",
        ]
        lines[-1] += " slope: wall, processor, memory | load before |"
        lines.append("|---|---|---|---|---|---|---|---|")
        for before, run in zip([None, *of_preset], of_preset, strict=False):
            grown = ""
            if before and before.ratings > JUDGED_FROM // 2:
                grown = ", ".join(f"{slope(before, run, cost):.2f}" for cost in ("wall", "processor", "peak_bytes"))
            phases = ", ".join(f"{run.phases[phase]:.2f}" for phase in ("read", "score", "write"))
            lines.append(
                f"| {run.size} | {run.wall:.2f} | {phases} | {run.processor:.2f} | {run.peak_bytes / 1e9:.2f}"
                f" | {run.bytes_per_rating:,.0f} | {grown} | {run.load} |"
            )
    return "\n".join(lines)


def kept(path: Path) -> dict[str, Run]:
    """The last run of each preset and size."""
    if not path.exists():
        return {}
    return {key: Run(**values) for key, values in json.loads(path.read_text()).items()}


def main() -> None:
    """Run, keep, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10k,100k,1M,10M", help=f"comma-separated, of {', '.join(SIZES)}")
    parser.add_argument("--presets", default=",".join(PRESETS))
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--data", type=Path, default=DATA, help="folder that keeps data and results")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs/scoring/curve.svg")
    options = parser.parse_args()
    results = options.data / "curve.json"
    for size in wanted_sizes(options.sizes):
        folder = generate(size, options.data / f"generated-{size.name}")
        for preset in options.presets.split(","):
            run = run_once(size, folder, preset, options.threads)
            print(f"{preset} {size.name}: {run.wall} s, {run.processor} processor s", flush=True)
            runs = kept(results) | {f"{preset} {size.name}": run}
            results.write_text(json.dumps({key: asdict(value) for key, value in runs.items()}, indent=1) + "\n")
    runs = kept(results)
    print(table(list(runs.values())))
    points = [Point(run.preset, run.ratings, run.processor, run.peak_bytes) for run in runs.values()]
    options.picture.write_text(picture(points), encoding="utf-8")


if __name__ == "__main__":
    main()
