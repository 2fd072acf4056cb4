"""The core fit against full-batch Adam and plain ALS on the same ratings: seconds, loss, ratios.

Run by `make bench-scoring`. Each method runs `--repeats` times after a warm-up on the smallest size; medians are shown.
"At best" is what the processor could do: the fit's own sweeps if each did nothing but read the ratings in both orders
(stream), and look up the two parameters that each rating needs (look-ups).
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numba import njit

from benchmarks.scoring.data import arguments, folder_of, wanted_sizes
from benchmarks.scoring.rivals import Problem, Solution, adam_numpy, adam_torch, als_numpy
from kiemchung.commons.score_inputs import ScoreInputs, load
from kiemchung.scoring.factorise import FitConfig, fit
from kiemchung.scoring.graph import Graph, graph_of
from kiemchung.scoring.workers import Workers


def problem_of(folder: Path) -> tuple[Problem, Graph]:
    """The ratings that pass the count filter (5 per note, 10 per rater, 5 per note again)."""
    place = str(folder)
    ratings = load(ScoreInputs((place,), (place,))).dataset.ratings
    for side, least in (("note", 5), ("rater", 10), ("note", 5)):
        key = getattr(ratings, side)
        ratings = ratings.take(np.bincount(key)[key] >= least)
    notes, note = np.unique(ratings.note, return_inverse=True)
    raters, rater = np.unique(ratings.rater, return_inverse=True)
    graph = graph_of(
        note.astype(np.int32), rater.astype(np.int32), ratings.value, n_notes=len(notes), n_raters=len(raters)
    )
    return Problem(note, rater, ratings.value, len(notes), len(raters)), graph


#: One random start, as the rivals have, and to a tolerance that leaves the loss within 1e-9 of the optimum.
LIKE_WITH_LIKE = FitConfig(leading_starts=0, random_starts=1, tolerance=1e-5)


def ours(graph: Graph, threads: int, config: FitConfig | None = None) -> Solution:
    """The project's fit; by default as the scorers run it, from several starts to 1e-7 in every parameter."""
    with Workers(threads) as workers:
        found = fit(graph, config, workers=workers)
    return Solution(found.objective, found.sweeps, found.notes[:, 0])


@njit(nogil=True)
def _look_up(other, params):  # type: ignore[no-untyped-def]
    total = 0.0
    for j in range(other.size):
        total += params[other[j], 0] + params[other[j], 1]
    return total


def at_best(graph: Graph, sweeps: int, *, look_up: bool) -> Solution:
    """Read both orders of the ratings as often as a fit of so many sweeps does."""
    sides = ((graph.by_note, np.zeros((graph.n_raters, 2))), (graph.by_rater, np.zeros((graph.n_notes, 2))))
    total = 0.0
    for _ in range(sweeps):
        for side, params in sides:
            total += float(np.bitwise_xor.reduce(side.value.view(np.uint32)))
            total += _look_up(side.other, params) if look_up else float(np.bitwise_xor.reduce(side.other))
    return Solution(float("nan"), sweeps, np.array([total]))


def median_seconds(run: Callable[[], Solution], repeats: int) -> tuple[float, Solution]:
    """The median time of a method, and what it found last."""
    seconds = []
    for _ in range(repeats):
        begin = time.perf_counter()
        found = run()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds), found


def main() -> None:
    """Print a table."""
    options = arguments(__doc__ or "", "10k,100k,1M")
    has_torch = importlib.util.find_spec("torch") is not None
    descent = "Adam (PyTorch)" if has_torch else "Adam (NumPy)"
    warm_up, warm_graph = problem_of(folder_of(wanted_sizes("10k")[0], options))
    ours(warm_graph, options.threads)
    at_best(warm_graph, 1, look_up=True)
    if has_torch:
        adam_torch(warm_up, threads=options.threads)
    print(f"threads {options.threads}, median of {options.repeats}")
    print(f"{'ratings':>10} {'method':<22}{'seconds':>10}{'rounds':>8}{'loss':>13}{'times slower':>14}")
    for size in wanted_sizes(options.sizes):
        problem, graph = problem_of(folder_of(size, options))
        sweeps = ours(graph, options.threads, LIKE_WITH_LIKE).rounds
        methods: dict[str, Callable[[], Solution]] = {
            "kiemchung, 1e-5": lambda graph=graph: ours(graph, options.threads, LIKE_WITH_LIKE),
            "kiemchung, default": lambda graph=graph: ours(graph, options.threads),
            "at best, stream": lambda graph=graph, sweeps=sweeps: at_best(graph, sweeps, look_up=False),
            "at best, look-ups": lambda graph=graph, sweeps=sweeps: at_best(graph, sweeps, look_up=True),
            "plain ALS (NumPy)": lambda problem=problem: als_numpy(problem),
            descent: (lambda problem=problem: adam_torch(problem, threads=options.threads))
            if has_torch
            else (lambda problem=problem: adam_numpy(problem)),
        }
        base = 0.0
        for name, run in methods.items():
            repeats = options.repeats if name.startswith(("kiemchung", "at best")) else min(options.repeats, 1)
            seconds, found = median_seconds(run, repeats)
            base = base or seconds
            ratio = f"{seconds / base:.3g}"
            print(
                f"{len(problem.value):>10,} {name:<22}{seconds:>10.3f}{found.rounds:>8}{found.loss:>13.8f}{ratio:>14}"
            )


if __name__ == "__main__":
    main()
