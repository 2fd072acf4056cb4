import pytest

from kiemchung.commons.log_copy import first_difference, keep_copy
from kiemchung.commons.log_folder import LogFolder
from kiemchung.commons.witness_log import ForkError, cosign
from kiemchung.errors import InputError, StoreError
from kiemchung.formats.signed_note import Signer, parse_checkpoint
from tests.commons.log_world import LOG, WITNESS, files_of, make_log, reader


def grown(folder, texts, *, checkpoints=1):
    """The files of a log with an entry a text, written in so many parts."""
    log, size = LogFolder(folder, LOG), -(-len(texts) // checkpoints)
    for first in range(0, len(texts), size):
        log.append({"kind": "note", "note_id": text} for text in texts[first : first + size])
        log.checkpoint()
    log.close()
    return files_of(folder)


def test_witness_cosigns_what_continues_and_nothing_else(tmp_path):
    memory = tmp_path / "memory"
    log = make_log(tmp_path / "log", n_notes=4)
    first = cosign(reader(files_of(tmp_path / "log")), LOG.verifier, WITNESS, memory, 1_800_000_000)
    assert first.signed_by(WITNESS.verifier) == 1_800_000_000

    log.append([{"kind": "note", "note_id": "new", "text": "mới"}])
    log.checkpoint()
    log.close()
    second = cosign(reader(files_of(tmp_path / "log")), LOG.verifier, WITNESS, memory, 1_800_000_060)
    assert second.checkpoint.size == first.checkpoint.size + 1

    make_log(tmp_path / "fork", n_notes=9).close()
    with pytest.raises(ForkError, match=r"are no continuation of the 16 seen before: entry 0 is another one"):
        cosign(reader(files_of(tmp_path / "fork")), LOG.verifier, WITNESS, memory, 1_800_000_120)
    assert [path.name[:5] for path in memory.glob("fork-*")] == ["fork-"]
    assert (memory / "checkpoint").read_text() == second.render()


@pytest.mark.parametrize("place", [0, 255, 256, 300, 519])
def test_witness_names_the_entry_of_a_fork(tmp_path, place):
    """The second branch begins with the same leaves: it is made from a copy of the first one's files."""
    names = [f"n{i}" for i in range(520)]
    log = LogFolder(tmp_path / "log", LOG)
    log.append({"kind": "note", "note_id": name} for name in names[:place])
    log.checkpoint()
    log.close()
    files = files_of(tmp_path / "log")
    for name, content in files.items():
        path = tmp_path / "fork" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    cosign(reader(grown(tmp_path / "log", names[place:])), LOG.verifier, WITNESS, tmp_path / "memory", 1)
    other = grown(tmp_path / "fork", [*names[place:], "one more"])
    with pytest.raises(ForkError, match=rf"entry {place} is another one"):
        cosign(reader(other), LOG.verifier, WITNESS, tmp_path / "memory", 2)


def test_fork_whose_tiles_are_not_given_is_a_fork_still(tmp_path):
    memory = tmp_path / "memory"
    cosign(reader(grown(tmp_path / "log", ["a", "b", "c"])), LOG.verifier, WITNESS, memory, 1)
    shorter = {"checkpoint": grown(tmp_path / "fork", ["d", "e"])["checkpoint"]}
    with pytest.raises(ForkError, match=r"which entry cannot be told \(the log lacks tile/0/000\)"):
        cosign(reader(shorter), LOG.verifier, WITNESS, memory, 2)


def test_copy_grows_with_the_log_and_is_not_spoiled_by_wrong_tiles(tmp_path):
    files = grown(tmp_path / "log", [f"n{i}" for i in range(300)])
    signed = parse_checkpoint(files["checkpoint"].decode())
    wrong = dict(files)
    wrong["tile/0/000"] = bytes(32) + files["tile/0/000"][32:]
    with pytest.raises(InputError, match="tile/0/000 is not what the tile above it says"):
        keep_copy(reader(wrong), signed, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    keep_copy(reader(files), signed, tmp_path / "copy")
    more = grown(tmp_path / "log", [f"m{i}" for i in range(400)], checkpoints=3)
    asked = []

    def read(path):
        asked.append(path)
        return reader(more)(path)

    keep_copy(read, parse_checkpoint(more["checkpoint"].decode()), tmp_path / "copy")
    assert "tile/0/000" not in asked
    copy = files_of(tmp_path / "copy")
    assert copy["checkpoint"] == more["checkpoint"]
    assert not any(path.startswith(("opening/", "tile/entries", "tile/0/001.p")) for path in copy)
    assert first_difference(reader(copy), reader(more)) is None


def test_memory_of_one_log_is_not_used_for_another(tmp_path):
    cosign(reader(grown(tmp_path / "log", ["a"])), LOG.verifier, WITNESS, tmp_path / "memory", 1)
    signer = Signer("other.example/log", LOG.private)
    other = LogFolder(tmp_path / "other", signer)
    other.append([{"kind": "note", "note_id": "a"}])
    other.checkpoint()
    other.close()
    with pytest.raises(InputError, match="give each a memory of its own"):
        cosign(reader(files_of(tmp_path / "other")), signer.verifier, WITNESS, tmp_path / "memory", 2)


def test_witness_refuses_a_checkpoint_of_another_key(tmp_path):
    make_log(tmp_path / "log", n_notes=4).close()
    with pytest.raises(InputError, match="did not sign"):
        cosign(reader(files_of(tmp_path / "log")), WITNESS.verifier, WITNESS, tmp_path / "memory", 1)


def test_witness_with_a_damaged_memory_does_not_start_anew(tmp_path):
    make_log(tmp_path / "log", n_notes=4).close()
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "checkpoint").write_text("broken")
    with pytest.raises(StoreError, match="must not start anew"):
        cosign(reader(files_of(tmp_path / "log")), LOG.verifier, WITNESS, tmp_path / "memory", 1)
