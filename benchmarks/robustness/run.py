"""How the community preset holds against coordinated raters, on simulated communities with a known truth.

Prints, per attack and seed: notes shown, precision, recall, promoted notes shown (and how many of these the honest
community showed as well), and how many of the attacked deserving notes that the honest community showed are still
shown; for the community preset and for the public pipeline's Core scorer (`plain`: no clusters, no topics, and all
reasons alike, so that its filters by reasons do nothing). Counted are notes without a topic that have five ratings.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.robustness.attacks import VARIATIONS, Community, attacked, honest_habits
from kiemchung.scoring.community import COMMUNITY, run_community
from kiemchung.scoring.config import COMMUNITYNOTES
from kiemchung.scoring.engine import run as run_pipeline
from kiemchung.scoring.preprocess import PreprocessConfig
from kiemchung.scoring.scorers import CORE
from kiemchung.scoring.table import Dataset, History, Notes, Participants, Ratings, Status

LEVELS = {"NOT_HELPFUL": 0, "SOMEWHAT_HELPFUL": 1, "HELPFUL": 2}
SIZE = ("--raters", "3000", "--notes", "4000", "--ratings", "100000")
SIMULATED = {
    "5% brigade": ("--brigade", "0.05"),
    "10% brigade": ("--brigade", "0.1"),
    "20% brigade": ("--brigade", "0.2"),
    "30% brigade": ("--brigade", "0.3"),
    "5% sleepers": ("--brigade", "0.05", "--sleeper"),
    "10% sleepers": ("--brigade", "0.1", "--sleeper"),
    "20% sleepers": ("--brigade", "0.2", "--sleeper"),
}


def simulated(simulator: Path, seed: int, options: tuple[str, ...]) -> Community:
    """What the simulator writes, with its truth."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(simulator), *SIZE, "--seed", str(seed), *options, "--out", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        truth = pl.read_csv(f"{folder}/truth.tsv", separator="\t")
        raters = pl.read_csv(f"{folder}/truth_raters.tsv", separator="\t").with_row_index("rater")
        notes = pl.read_csv(f"{folder}/notes-00000.tsv", separator="\t").select("noteId", "createdAtMillis")
        ratings = pl.read_csv(f"{folder}/ratings-00000.tsv", separator="\t")
    notes = notes.with_row_index("note")
    ratings = ratings.join(notes.select("noteId", "note"), on="noteId").join(
        raters.select(raterParticipantId="participantId", rater="rater"), on="raterParticipantId"
    )
    action = truth["brigadeAction"].replace_strict({"none": 0, "promote": 1, "suppress": -1})
    return Community(
        note=ratings["note"].to_numpy().astype(np.int64),
        rater=ratings["rater"].to_numpy().astype(np.int64),
        level=ratings["helpfulnessLevel"].replace_strict(LEVELS).to_numpy(),
        at_ms=ratings["createdAtMillis"].to_numpy(),
        created_ms=notes["createdAtMillis"].to_numpy(),
        good=truth["trueHelpfulness"].to_numpy(),
        side=truth["partisanship"].to_numpy(),
        deserving=truth["deserving"].to_numpy() == 1,
        counted=truth["isTopic"].to_numpy() == 0,
        not_misleading=truth["isNotMisleading"].to_numpy() == 1,
        place=raters["polarity"].to_numpy(),
        strict=raters["strictness"].to_numpy(),
        attacker=raters["isBrigade"].to_numpy() == 1,
        role=action.to_numpy(),
    )


def dataset(made: Community) -> Dataset:
    """The ratings as scoring takes them; every rating gives two reasons, so that none fails for want of them."""
    order = np.lexsort((made.rater, made.note))
    level = made.level[order].astype(np.int8)
    n = len(made.good)
    notes = Notes(
        np.arange(n, dtype=np.int64),
        np.full(n, -1, np.int32),
        made.created_ms,
        np.arange(n, dtype=np.int64),
        np.where(made.not_misleading, 0, 1).astype(np.int8),
    )
    ratings = Ratings(
        note=made.note[order].astype(np.int32),
        rater=made.rater[order].astype(np.int32),
        value=(level / 2).astype(np.float32),
        created_at_ms=made.at_ms[order].astype(np.int64),
        helpful_tags=np.where(level > 0, 0b110, 0).astype(np.uint16),
        not_helpful_tags=np.where(level < 2, 1 << 12, 0).astype(np.uint16),
        population_sampled=np.zeros(len(order), np.bool_),
    )
    names = np.array([f"p{k:07d}" for k in range(len(made.place))], np.dtypes.StringDType())
    return Dataset(notes, ratings, History.fresh(n), Participants.without_enrollment(names))


def by_community(made: Community, threads: int) -> tuple[np.ndarray, float, float]:
    """Notes shown, and what is left of an attacker's and of an honest rater's vote (mean weight by note)."""
    result = run_community(dataset(made), COMMUNITY, now_ms=int(made.at_ms.max()), threads=threads)
    return result.pre_stabilisation == Status.CRH, _left(result, made, True), _left(result, made, False)


def _left(result, made: Community, attackers: bool) -> float:
    """Independent ratings over ratings, on notes rated by attackers alone or by honest raters alone."""
    mine = np.bincount(made.note[made.attacker[made.rater] == attackers], minlength=len(made.good))
    everybody = np.bincount(made.note, minlength=len(made.good))
    alone = (mine == everybody) & (mine > 0)
    if not alone.any():
        return float("nan")
    return float(result.evidence.n_ratings[result.row[alone]].sum() / everybody[alone].sum())


def by_plain(made: Community, threads: int) -> np.ndarray:
    """Notes shown by the public pipeline with its Core scorer alone, no clusters."""
    config = replace(
        COMMUNITYNOTES, scorers=(CORE,), preprocess=PreprocessConfig(similarity=None, cliques=None, topics=())
    )
    result = run_pipeline(dataset(made), config, now_ms=int(made.at_ms.max()), threads=threads)
    return result.pre_stabilisation == Status.CRH


def measured(made: Community, shown: np.ndarray, base: np.ndarray | None) -> dict[str, float | int | str]:
    counted = made.counted & (np.bincount(made.note, minlength=len(made.good)) >= 5)
    right = shown & counted & made.deserving
    told: dict[str, float | int | str] = {
        "shown": int((shown & counted).sum()),
        "precision": round(float(right.sum() / max((shown & counted).sum(), 1)), 3),
        "recall": round(float(right.sum() / max((counted & made.deserving).sum(), 1)), 3),
        "promoted": int((shown & counted & (made.role > 0)).sum()),
    }
    if base is not None and (made.role < 0).any():
        of = base & (made.role < 0) & made.deserving & made.counted
        told["promoted, honest"] = int((base & counted & (made.role > 0)).sum())
        told["kept"] = f"{int((shown & of).sum())}/{int(of.sum())}"
    return told


def line(name: str, seed: int, method: str, told: dict) -> None:
    print(f"| {name} | {seed} | {method} | " + " | ".join(str(told.get(k, "–")) for k in COLUMNS) + " |", flush=True)
    ROWS.append({"attack": name, "seed": seed, "method": method, **told})


COLUMNS = ("shown", "precision", "recall", "promoted", "promoted, honest", "kept")
ROWS: list[dict] = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--simulator", type=Path, required=True, help="path of simulate_ratings.py")
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.05, 0.1, 0.2], help="of the variations")
    parser.add_argument("--variation-seeds", type=int, nargs="+", default=[11])
    parser.add_argument("--plain", action="store_true", help="also run the public pipeline's Core scorer")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, help="also write the rows here")
    args = parser.parse_args()
    print("| attack | seed | method | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 3) + "|")
    for seed in args.seeds:
        honest = simulated(args.simulator, seed, ())
        base, _, _ = by_community(honest, args.threads)
        line("none", seed, "community", measured(honest, base, None))
        plain = by_plain(honest, args.threads) if args.plain else None
        if plain is not None:
            line("none", seed, "plain", measured(honest, plain, None))
        for name, options in SIMULATED.items():
            made = simulated(args.simulator, seed, options)
            line(name, seed, "community", measured(made, by_community(made, args.threads)[0], base))
            if plain is not None:
                line(name, seed, "plain", measured(made, by_plain(made, args.threads), plain))
        if seed not in args.variation_seeds:
            continue
        for name, attack in VARIATIONS.items():
            for share in args.shares:
                made = attacked(honest, replace(attack, share=share), seed)
                shown, _, _ = by_community(made, args.threads)
                line(f"{share:.0%}, {name}", seed, "community", measured(made, shown, base))
        for name, made in honest_habits(honest, seed).items():
            shown, _, left = by_community(made, args.threads)
            line(f"honest: {name}", seed, "community", measured(made, shown, None) | {"kept": f"weight {left:.4f}"})
            hidden = attacked(made, replace(VARIATIONS["half camouflage"], share=0.1), seed)
            line(f"honest: {name}, and 10% half camouflage", seed, "community",
                 measured(hidden, by_community(hidden, args.threads)[0], shown))  # fmt: skip
    if args.json:
        args.json.write_text(json.dumps(ROWS, indent=1) + "\n")


if __name__ == "__main__":
    main()
