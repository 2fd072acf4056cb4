"""The card beside a packaged model: what it is, what it was made from, its licence, and the hashes of both."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAIRS = sorted(path for path in (ROOT / "training/pairs").glob("*.txt") if not path.name.startswith("test_"))
SENTENCES = ROOT / "training/sentences/train.tsv"
CHATTER = ROOT / "training/chatter.tsv"
VI_SET = sorted((ROOT / "training/vi_set").glob("*.tsv"))
NEUTRAL = ROOT / "src/kiemchung/lookup/data/neutral.json"
SYLLABLES = ROOT / "src/kiemchung/text/data/vi_syllables.json.gz"
UPDATES = ROOT / "src/kiemchung/embed/data/updates.npz"
SECOND_UPDATES = ROOT / "src/kiemchung/embed/data/second.npz"
SECOND_READING = ROOT / "src/kiemchung/claims/data/second_reading.npz"
PAIR_READING = ROOT / "src/kiemchung/lookup/data/second_reading.npz"
TURNS = ROOT / "src/kiemchung/lookup/data/turns.npz"
PIECES = ROOT / "src/kiemchung/lookup/data/pieces.npz"


def write_card(model: Path, sources: Iterable[Path], **told: object) -> None:
    """Write MODEL.json beside the model: `told`, then the SHA-256 of the model and of each file that it was made from."""
    card = {
        **told,
        "licence": "CC0-1.0",
        "sha256": _sha256(model),
        "made_from": {str(path.resolve().relative_to(ROOT)): _sha256(path) for path in sources},
    }
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    model.with_name(model.name.split(".")[0] + ".json").write_text(text, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
