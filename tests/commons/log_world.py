"""A small public log with every kind of entry, made through the real code."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiemchung.commons.log_folder import LogFolder
from kiemchung.formats.log_events import result_leaf
from kiemchung.formats.merkle import inclusion_proof, leaf_hash, nodes_of, root
from kiemchung.formats.signed_note import Signer, witness

LOG = Signer("log.example/notes", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = witness("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
KEYS = {"log": LOG.verifier}


def run_entries(number: int, results: dict[str, tuple[str, str]]) -> list[dict]:
    """A scoring run and its status entries; results: note -> (before, after)."""
    numbers = {"note_intercept": 0.41 + number / 100, "n_ratings": 12}
    notes = sorted(results)
    leaves = [leaf_hash(result_leaf(note, results[note][1], "test_rule", numbers)) for note in notes]
    node = nodes_of(leaves)
    run = {
        "kind": "run",
        "run_id": f"run{number}",
        "at": f"2026-01-{number + 1:02d}T00:00:00Z",
        "version": "0.1",
        "config": "c" * 64,
        "input_root": "d" * 64,
        "result_root": root(len(leaves), node).hex(),
        "n_notes": len(leaves),
        "n_ratings": 120,
    }
    return [run] + [
        {
            "kind": "status",
            "run_id": f"run{number}",
            "note_id": note,
            "before": results[note][0],
            "after": results[note][1],
            "rule": "test_rule",
            "numbers": numbers,
            "place": place,
            "proof": [part.hex() for part in inclusion_proof(place, len(leaves), node)],
        }
        for place, note in enumerate(notes)
    ]


def make_log(folder: Path, *, n_notes: int = 300) -> LogFolder:
    """A log of 2 * n_notes + 4 entries: notes, two runs, a redaction."""
    log = LogFolder(folder, LOG)
    notes = [f"n{i:04d}" for i in range(n_notes)]
    log.append({"kind": "note", "note_id": note, "text": f"Ghi chú {note}"} for note in notes)
    log.checkpoint()
    log.append(run_entries(1, dict.fromkeys(notes, (None, "needs_ratings"))))
    log.checkpoint()
    log.append(run_entries(2, dict.fromkeys(notes[:5], ("needs_ratings", "shown"))))
    log.checkpoint()
    log.redact(1, {"rule": "contact_data", "reason": "a phone number of a third person"})
    return log


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file that a reader of the newest checkpoint uses, by its path."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def reader(files: dict[str, bytes]):
    """Reads from a dict as from a folder."""

    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read
