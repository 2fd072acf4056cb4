import pytest

from kiemchung.commons.witness_log import ForkError, cosign
from kiemchung.errors import InputError, StoreError
from tests.commons.log_world import LOG, WITNESS, files_of, make_log, reader


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
    with pytest.raises(ForkError, match="are no continuation of the"):
        cosign(reader(files_of(tmp_path / "fork")), LOG.verifier, WITNESS, memory, 1_800_000_120)
    assert (tmp_path / "memory.fork").exists()
    assert memory.read_text() == second.render()


def test_witness_refuses_a_checkpoint_of_another_key(tmp_path):
    make_log(tmp_path / "log", n_notes=4).close()
    with pytest.raises(InputError, match="did not sign"):
        cosign(reader(files_of(tmp_path / "log")), WITNESS.verifier, WITNESS, tmp_path / "memory", 1)


def test_witness_with_a_damaged_memory_does_not_start_anew(tmp_path):
    make_log(tmp_path / "log", n_notes=4).close()
    (tmp_path / "memory").write_text("broken")
    with pytest.raises(StoreError, match="must not start anew"):
        cosign(reader(files_of(tmp_path / "log")), LOG.verifier, WITNESS, tmp_path / "memory", 1)
