"""G4: rater factors live in the scoring process only, which dumps no core and is gone afterwards."""

import io
import subprocess
import sys

import numpy as np
import pytest

from kiemchung.commons import score_notes as module
from kiemchung.commons import score_worker
from kiemchung.commons.score_notes import score_notes
from kiemchung.scoring import community
from tests.guarantees.conftest import two_camps


@pytest.fixture
def scored(commons, monkeypatch):
    """A scored site, what went to the worker and came from it, and the factors, computed a second time here."""
    two_camps(commons.contributions)
    seen, real = {}, subprocess.run

    def watch(command, **options):
        done = real(command, **options)
        seen.update(sent=options["input"], out=done.stdout, err=done.stderr)
        return done

    monkeypatch.setattr(module.subprocess, "run", watch)
    score_notes(commons)
    fits, fit = [], community.fit_ordinal
    monkeypatch.setattr(community, "fit_ordinal", lambda *a, **k: fits.append(fit(*a, **k)) or fits[-1])
    with np.load(io.BytesIO(seen["sent"])) as stored:
        arrays = dict(stored.items())
    said = score_worker.score(arrays, int(arrays.pop("now_ms")), int(arrays.pop("threads")))
    return commons, seen, said, fits[-1].raters


def forms(raters):
    """The bytes and the decimal form of every parameter of a rater that says anything."""
    found = []
    for value in raters.ravel().tolist():
        if abs(value) > 1e-3:
            found += [np.float64(value).tobytes(), np.float32(value).tobytes(), f"{value:.6f}"[:-1].encode()]
    return found


def test_g04_factors_nowhere_in_any_file_or_output(scored):
    commons, seen, said, raters = scored
    assert len(said) == 30
    needles = forms(raters)
    assert len(needles) > 100
    content = b"".join(path.read_bytes() for path in commons.settings.data_dir.rglob("*") if path.is_file())
    for place in (content, seen["out"], seen["err"], seen["sent"]):
        assert [needle for needle in needles if needle in place] == []


def test_g04_factors_nowhere_the_second_computation_gives_what_the_site_stored(scored):
    """Else the search above would be for other numbers than the process had."""
    commons, _, said, _ = scored
    kept = commons.contributions.get_notes([f"n{i:02d}" for i in range(30)])
    stored = [dict(kept[f"n{i:02d}"].score.numbers) for i in range(30)]
    assert all(numbers.pop("n_counted") >= 5 for numbers in stored)
    assert stored == [words["numbers"] for words in said]


def test_g04_factors_nowhere_core_dumps_are_off_in_both_processes():
    for name in ("score_worker", "score_process"):
        script = (
            f"import resource, io, sys, os\nfrom kiemchung.commons import {name} as m\n"
            "sys.stdin = io.TextIOWrapper(io.BytesIO(b''))\nos.environ['KIEMCHUNG_PORT'] = 'none'\n"
            "try: m.main()\nexcept BaseException: pass\nprint(resource.getrlimit(resource.RLIMIT_CORE))"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
        assert done.stdout.strip().endswith("(0, 0)")
