"""Communities for the benchmarks, made once and kept.

Made by the simulator that --simulator or KIEMCHUNG_SIMULATOR names, which is not part of the project,
else by `generate`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Where made-up data are kept between runs.
DATA = Path(tempfile.gettempdir()) / "kiemchung-benchmarks"


@dataclass(frozen=True)
class Size:
    """A community: so many raters, notes and ratings."""

    name: str
    raters: int
    notes: int
    ratings: int


SIZES = {
    size.name: size
    for size in (
        Size("10k", 400, 400, 10_000),
        Size("100k", 3_000, 4_000, 100_000),
        Size("1M", 20_000, 30_000, 1_000_000),
        Size("5M", 80_000, 130_000, 5_000_000),
        Size("10M", 150_000, 250_000, 10_000_000),
        Size("50M", 700_000, 1_200_000, 50_000_000),
        Size("100M", 1_300_000, 2_400_000, 100_000_000),
    )
}


def arguments(description: str, sizes: str) -> argparse.Namespace:
    """The options that all benchmarks share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--sizes", default=sizes, help=f"comma-separated, of {', '.join(SIZES)} (default {sizes})")
    parser.add_argument("--repeats", type=int, default=3, help="the median of so many runs is shown")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--simulator", type=Path, default=os.environ.get("KIEMCHUNG_SIMULATOR"))
    parser.add_argument(
        "--data",
        type=Path,
        default=DATA,
        help="where simulated data are kept between runs",
    )
    return parser.parse_args()


def wanted_sizes(names: str) -> list[Size]:
    """The sizes of a comma-separated list."""
    return [SIZES[name.strip()] for name in names.split(",")]


def folder_of(size: Size, options: argparse.Namespace) -> Path:
    """The public files of a size, made now if they are not there yet."""
    if options.simulator is None:
        from benchmarks.scoring.generate import generate  # which takes the sizes from here

        return generate(size, options.data / f"generated-{size.name}")
    folder: Path = options.data / size.name
    if not (folder / "params.json").exists():
        if not options.simulator.exists():
            sys.exit(f"no simulator at {options.simulator}")
        numbers = [f"--{name}={getattr(size, name)}" for name in ("raters", "notes", "ratings")]
        subprocess.run(
            [sys.executable, options.simulator, *numbers, "--seed=5", f"--out={folder}"],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder
