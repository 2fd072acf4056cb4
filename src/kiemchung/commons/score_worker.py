"""The scoring process: arrays in on standard input, what is said of each note out on standard output, then it is gone.

Rater parameters live in this process only (G4): it opens no file and no database, dumps no core, and knows raters as
numbers. Started by `score_notes`, as `python -m kiemchung.commons.score_worker`.
"""

import io
import json
import resource
import sys
from dataclasses import replace
from typing import Any

import numpy as np

from kiemchung.scoring.community import COMMUNITY, CommunityResult, run_community
from kiemchung.scoring.table import STATUS_NAMES, Dataset, History, Notes, Participants, Ratings, Status

#: Counts of one side are told only where every count is at least this, and the note is decided (G5).
FLOOR = 5
_COUNTS = ("ratings_negative", "ratings_positive", "helpful_negative", "helpful_positive")
_SCORE = ("n_ratings", "note_intercept", "note_intercept_deviation")
_VIEWS = ("above_negative", "above_positive", "below_negative", "below_positive")


def score(arrays: dict[str, Any], now_ms: int, threads: int) -> list[dict[str, Any]]:
    """What the community preset says of each note, in the order of the arrays.

    Args:
        arrays: note, rater int32[k]; value float32[k]; created_at_ms int64[k]; helpful_tags,
            not_helpful_tags uint16[k]; note_created_at_ms int64[n]; misleading int8[n]; current_status int8[n].
    """
    dataset = _dataset(arrays)
    result = run_community(dataset, replace(COMMUNITY, delay=None), now_ms=now_ms, threads=threads)
    return [_say(result, note) for note in range(len(dataset.notes))]


def _dataset(arrays: dict[str, Any]) -> Dataset:
    n, k = len(arrays["misleading"]), len(arrays["note"])
    n_raters = int(arrays["rater"].max()) + 1 if k else 0
    nobody = np.full(n, -1, np.int32)
    notes = Notes(
        np.arange(n, dtype=np.int64),
        nobody,
        arrays["note_created_at_ms"],
        np.arange(n, dtype=np.int64),
        arrays["misleading"],
    )
    columns = ("note", "rater", "value", "created_at_ms", "helpful_tags", "not_helpful_tags")
    ratings = Ratings(**{name: arrays[name] for name in columns}, population_sampled=np.zeros(k, np.bool_))
    history = replace(History.fresh(n), current_status=arrays["current_status"])
    names = np.array([f"{i:09d}" for i in range(n_raters)], np.dtypes.StringDType())
    return Dataset(notes=notes, ratings=ratings, history=history, participants=Participants.without_enrollment(names))


def _say(result: CommunityResult, note: int) -> dict[str, Any]:
    status = Status(int(result.status[note]))
    lacks = {lack.code: lack.count for lack in result.missing(note)}
    sure = [count for code, count in lacks.items() if code.startswith("sure_")]
    return {
        "status": STATUS_NAMES[status],
        "rule": result.rules[int(result.decided_by[note])],
        "may_lock": bool(result.may_lock[note]),
        "numbers": _numbers(result, note, decided=status is not Status.NMR)
        | _lacking(lacks)
        | {"margin": max(sure, default=0.0)},
    }


def _numbers(result: CommunityResult, note: int, *, decided: bool) -> dict[str, float]:
    """The note's numbers, rounded; counts of one side only above the floor."""
    found = {key: value for key, value in result.numbers(note).items() if np.isfinite(value)}
    told = {key: found[key] for key in (*_SCORE, *_VIEWS) if key in found}
    if decided and all(found.get(key, 0.0) >= FLOOR for key in _COUNTS):
        told |= {key: found[key] for key in _COUNTS}
    return {key: round(float(value), 3) for key, value in told.items()}


def _lacking(lacks: dict[str, float]) -> dict[str, float]:
    """What is missing, without telling which side it is missing on."""
    told: dict[str, float] = {}
    for code, count in lacks.items():
        name = code.replace("_negative_side", "_one_side").replace("_positive_side", "_one_side")
        told[f"missing_{name}"] = max(told.get(f"missing_{name}", 0.0), round(float(count), 3))
    sides = {code.rpartition("_side")[0].rpartition("_")[2] for code in lacks if code.endswith("_side")}
    return told | {"missing_sides": float(len(sides))}


def main() -> None:
    """Read the arrays, score, answer."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False) as stored:
        arrays = dict(stored.items())
    said = score(arrays, int(arrays.pop("now_ms")), int(arrays.pop("threads")))
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
