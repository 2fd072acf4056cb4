"""The packaged models are those of the training files that stand beside them; `make models` mends a failure here."""

import gzip
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src/kiemchung"
UPDATES = "embed/data/updates.json"
SECOND = "embed/data/second.json"
SECOND_READINGS = ("claims/data/second_reading.json", "lookup/data/second_reading.json")
CARDS = (
    "claims/data/checkworthy.json",
    "lookup/data/turns.json",
    "lookup/data/pieces.json",
    "lookup/data/reranker.json",
)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_packaged_model_has_a_card():
    assert sorted(PACKAGE.rglob("*.npz")) == sorted(
        (PACKAGE / card).with_suffix(".npz") for card in (UPDATES, SECOND, *SECOND_READINGS, *CARDS)
    )


@pytest.mark.parametrize("name", CARDS)
def test_card_names_the_packaged_model_and_what_it_was_made_from(name):
    card = json.loads((PACKAGE / name).read_text(encoding="utf-8"))
    assert sha256((PACKAGE / name).with_suffix(".npz")) == card["sha256"]
    assert {path: sha256(ROOT / path) for path in card["made_from"]} == card["made_from"]


@pytest.mark.parametrize("name", [UPDATES, SECOND, *SECOND_READINGS])
def test_card_names_the_packaged_updates(name):
    """Texts that came after them are no failure: `make model-updates` and `make model-second` are longer steps."""
    card = json.loads((PACKAGE / name).read_text(encoding="utf-8"))
    assert sha256((PACKAGE / name).with_suffix(".npz")) == card["sha256"]


@pytest.mark.parametrize("name", SECOND_READINGS)
def test_regression_of_a_second_reading_belongs_to_the_packaged_weights(name):
    card = json.loads((PACKAGE / name).read_text(encoding="utf-8"))
    assert card["made_from"]["src/kiemchung/embed/data/second.npz"] == sha256(PACKAGE / "embed/data/second.npz")


@pytest.mark.parametrize("name", CARDS)
def test_every_model_over_vectors_was_made_with_the_packaged_updates(name):
    card = json.loads((PACKAGE / name).read_text(encoding="utf-8"))
    assert "src/kiemchung/embed/data/updates.npz" in card["made_from"]


@pytest.mark.parametrize("name", CARDS[1:])
def test_card_knows_every_file_of_pairs(name):
    card = json.loads((PACKAGE / name).read_text(encoding="utf-8"))
    pairs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "training/pairs").glob("*.txt")}
    pairs = {path for path in pairs if "/test_" not in path}
    assert pairs <= card["made_from"].keys()


def test_counts_of_the_restorer_are_those_of_the_training_texts(tmp_path):
    out = tmp_path / "counts.json.gz"
    subprocess.run(
        [sys.executable, ROOT / "training/train_restore.py", out], check=True, timeout=300
    )  # seconds of work; minutes on a busy machine
    packaged = PACKAGE / "text/data/vi_syllables.json.gz"
    assert gzip.decompress(out.read_bytes()) == gzip.decompress(packaged.read_bytes())


def test_no_sentence_that_only_measures_is_learned():
    def texts(path):
        rows = path.read_text(encoding="utf-8").splitlines()
        return {row.split("\t")[rows[0].split("\t").index("text")].lower() for row in rows[1:]}

    sentences = ROOT / "training/sentences"
    learned = set().union(*(texts(sentences / f"{name}.tsv") for name in ("train", "fresh_1", "fresh_2", "fresh_3")))
    for name in ("test", "fresh_4", "fresh_5", "contrasts", "test_contrasts"):
        assert not learned & texts(sentences / f"{name}.tsv"), name
