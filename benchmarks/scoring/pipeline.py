"""`kiemchung score` as a user runs it, both presets: seconds and peak memory by size, and whether cost grows linearly.

Each run is a process of its own, from the files to the written results. Growth is the slope of log cost over log
ratings between neighbouring sizes: 1 is linear. Run by `make bench-scoring`.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scoring.data import Size, arguments, folder_of, wanted_sizes

#: From this size on the growth is judged; below it starting the process is most of the cost.
JUDGED_FROM = 1_000_000
#: A slope above this is more than linear (times scatter by some 10%).
MOST_GROWTH = 1.15
PRESETS = ("community", "communitynotes")


@dataclass(frozen=True)
class Cost:
    """One run: wall seconds of the process, seconds by phase, peak resident MB."""

    wall: float
    phases: dict[str, float]
    memory_mb: float


def run_once(folder: Path, preset: str, threads: int) -> Cost:
    """Score a folder of public files in a new process."""
    with tempfile.TemporaryDirectory() as out:
        inputs = [f"--{kind}={folder}" for kind in ("notes", "ratings", "status-history", "enrollment")]
        command = [sys.executable, "-m", "kiemchung", "score", *inputs, f"--out={out}", f"--preset={preset}"]
        command += ["--now=1793491200000", f"--threads={threads}"]
        begin = time.perf_counter()
        environment = os.environ | {"POLARS_MAX_THREADS": str(max(threads, 1))}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        wall = time.perf_counter() - begin
        summary = json.loads((Path(out) / "summary.json").read_text())
    return Cost(wall, summary["seconds"], summary["peak_memory_mb"])


def median_cost(folder: Path, preset: str, threads: int, repeats: int) -> Cost:
    """The run with the median wall time."""
    runs = sorted((run_once(folder, preset, threads) for _ in range(repeats)), key=lambda cost: cost.wall)
    median = statistics.median_low([cost.wall for cost in runs])
    return next(cost for cost in runs if cost.wall == median)


def growth(sizes: list[Size], costs: list[float]) -> list[float]:
    """Slopes of log cost over log ratings between neighbours."""
    pairs = zip(zip(sizes, costs, strict=True), zip(sizes[1:], costs[1:], strict=True), strict=False)
    return [math.log(d / b) / math.log(c.ratings / a.ratings) for (a, b), (c, d) in pairs]


def main() -> int:
    """Print a table; 1 if a judged step grew by more than the limit."""
    options = arguments(__doc__ or "", "10k,100k,1M")
    sizes = wanted_sizes(options.sizes)
    failed = 0
    print(f"threads {options.threads}, median of {options.repeats}")
    for preset in PRESETS:
        print(f"\n{preset}\n{'ratings':>10}{'wall s':>9}{'read s':>9}{'score s':>9}{'write s':>9}{'peak MB':>9}")
        costs = []
        for size in sizes:
            cost = median_cost(folder_of(size, options), preset, options.threads, options.repeats)
            costs.append(cost)
            phases = "".join(f"{cost.phases[phase]:>9.2f}" for phase in ("read", "score", "write"))
            print(f"{size.name:>10}{cost.wall:>9.2f}{phases}{cost.memory_mb:>9,.0f}", flush=True)
        for what, values in (("time", [c.wall for c in costs]), ("memory", [c.memory_mb for c in costs])):
            slopes = growth(sizes, values)
            judged = [s for s, size in zip(slopes, sizes, strict=False) if size.ratings >= JUDGED_FROM]
            failed |= any(slope > MOST_GROWTH for slope in judged)
            print(f"growth of {what}: {', '.join(f'{slope:.2f}' for slope in slopes)}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
