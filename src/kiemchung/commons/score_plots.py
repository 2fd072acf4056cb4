"""Figures of a scoring run: where the notes lie, and how the fit came to rest. Needs matplotlib (the `plots` extra)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kiemchung.commons.score_tables import ScoredRun
from kiemchung.scoring.table import Int8s, Status

#: Colour and marker of each status; markers differ so that colour is not needed to tell them apart.
_STYLE = {
    Status.NMR: ("#8a94a0", ".", "needs more ratings"),
    Status.CRH: ("#1a7f5a", "^", "helpful"),
    Status.CRNH: ("#b3541e", "v", "not helpful"),
}


def draw_plots(folder: Path, run: ScoredRun, status: Int8s, curve: Sequence[tuple[str, int, float]]) -> list[Path]:
    """Draw the note map and the convergence curve as SVG and PNG.

    Args:
        status: int8[n], statuses to colour by.
        curve: (phase, sweep, objective) in the order in which the run reported them.

    """
    from matplotlib.figure import Figure  # optional, and slow to load

    folder.mkdir(parents=True, exist_ok=True)
    figures = {"note_map": Figure(figsize=(7, 6)), "convergence": Figure(figsize=(7, 4))}
    _note_map(figures["note_map"].subplots(), run, status)
    _convergence(figures["convergence"].subplots(), curve)
    written = []
    for name, figure in figures.items():
        for suffix in ("svg", "png"):
            target = folder / f"{name}.{suffix}"
            figure.savefig(target, dpi=150, metadata={"Date": None} if suffix == "svg" else None)
            written.append(target)
    return written


def _note_map(axes: Any, run: ScoredRun, status: Int8s) -> None:
    axes.set(xlabel="note factor (the learnt axis)", ylabel="note intercept (the score)")
    axes.set_title(f"{len(status):,} notes, {run.config.name}")
    for code, (colour, marker, label) in _STYLE.items():
        rows = (status == code) & np.isfinite(run.intercept)
        axes.scatter(run.factor[rows], run.intercept[rows], s=14, c=colour, marker=marker, label=label, alpha=0.6)
    axes.legend()


def _convergence(axes: Any, curve: Sequence[tuple[str, int, float]]) -> None:
    axes.set(xlabel="sweep", ylabel="objective above its lowest value", title="Convergence of the fits")
    phases: dict[str, list[float]] = {}
    for phase, _, objective in curve:
        if np.isfinite(objective):
            phases.setdefault(phase, []).append(objective)
    curves = [(phase, objectives) for phase, objectives in phases.items() if len(objectives) > 1]
    for phase, objectives in curves[:8]:
        above = np.array(objectives) - min(objectives)
        above[above == 0] = np.nan  # has no place on a logarithmic axis
        axes.semilogy(np.arange(1, len(above) + 1), above, label=phase, linewidth=1, marker=".")
    if curves:
        axes.legend(fontsize=7)
