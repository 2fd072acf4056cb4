import random
import re
from collections import Counter

import pytest

from kiemchung.commons.log_copy import compare_logs
from kiemchung.commons.log_folder import LogFolder, load_signer
from kiemchung.commons.verify_log import verify_log
from kiemchung.errors import StoreError
from kiemchung.formats.log_entry import new_opening, parse_opening
from kiemchung.formats.signed_note import Checkpoint, SignedCheckpoint, parse_checkpoint
from kiemchung.formats.tiles import TreeBuilder, decode_bundle
from tests.commons.log_world import KEYS, LOG, WITNESS, files_of, make_log, reader, run_entries


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    make_log(folder, n_notes=280).close()
    return files_of(folder)


def used(files):
    """Files that the newest checkpoint stands on; parts of older ones are nobody's promise."""
    seen = set()

    def read(path):
        seen.add(path)
        return reader(files)(path)

    verify_log(read, KEYS)
    return sorted(seen)


def messages(report):
    return [str(problem) for problem in report.problems]


def test_sound_log_leads_to_the_statuses_and_counts_its_kinds(files):
    report = verify_log(reader(files), KEYS)
    assert messages(report) == []
    assert report.kinds == {"note": 279, "redacted": 1, "run": 2, "status": 285, "redaction": 1}
    assert [note for note, status in report.statuses.items() if status == "shown"] == [f"n{i:04d}" for i in range(5)]


def test_log_goes_on_after_a_restart_and_after_a_torn_write(tmp_path):
    log = make_log(tmp_path, n_notes=3)
    log.append([{"kind": "note", "note_id": "lost", "text": "never checkpointed"}])
    log.close()
    with (tmp_path / "opening" / "000.ndjson").open("a") as file:
        file.write('{"index":9')
    (tmp_path / "tile" / "0" / "000.p" / "99").write_bytes(b"torn")
    again = LogFolder(tmp_path, LOG)
    again.append([{"kind": "note", "note_id": "n9", "text": "kept"}])
    again.checkpoint()
    again.close()
    report = verify_log(reader(files_of(tmp_path)), KEYS)
    assert messages(report) == []
    assert report.checkpoint.size == again.size


def test_log_of_a_backup_with_a_checkpoint_older_than_its_tiles_goes_on(tmp_path):
    """Files are copied one after the other while the site runs."""
    log = LogFolder(tmp_path, LOG)
    log.append({"kind": "note", "note_id": f"n{i}"} for i in range(200))
    log.checkpoint()
    old = (tmp_path / "checkpoint").read_bytes()
    log.append({"kind": "note", "note_id": f"m{i}"} for i in range(100))
    log.checkpoint()
    log.close()
    (tmp_path / "checkpoint").write_bytes(old)
    again = LogFolder(tmp_path, LOG)
    again.append([{"kind": "note", "note_id": "o"}])
    again.checkpoint()
    again.close()
    report = verify_log(reader(files_of(tmp_path)), KEYS)
    assert (messages(report), report.checkpoint.size) == ([], 201)


def test_two_writers_are_refused(tmp_path):
    log = LogFolder(tmp_path, LOG)
    with pytest.raises(StoreError, match="another process is writing this log"):
        LogFolder(tmp_path, LOG)
    log.close()


def test_a_damaged_log_is_not_continued(tmp_path):
    make_log(tmp_path, n_notes=3).close()
    tile = next((tmp_path / "tile" / "0" / "000.p").iterdir())
    for part in (tmp_path / "tile" / "0" / "000.p").iterdir():
        part.write_bytes(bytes(len(part.read_bytes())))
    assert tile.exists()
    with pytest.raises(StoreError, match="do not give the root of its checkpoint"):
        LogFolder(tmp_path, LOG)


def test_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = load_signer(tmp_path / "log.key", "log.example")
    assert load_signer(tmp_path / "log.key", "log.example").verifier == first.verifier
    assert (tmp_path / "log.key").stat().st_mode & 0o077 == 0


class Growing:
    """Files of a log that another process continues after so many reads."""

    def __init__(self, log, folder, after):
        self.log, self.folder, self.left = log, folder, after

    def __call__(self, path):
        self.left -= 1
        if self.left == 0:
            self.log.append({"kind": "note", "note_id": f"m{i}"} for i in range(300))
            self.log.redact(3, {"rule": "contact_data", "reason": "an address"})
        return (self.folder / path).read_bytes()


@pytest.mark.parametrize("after", [2, 5, 9])
def test_log_that_grows_while_it_is_read_is_no_damaged_one(tmp_path, after):
    log = make_log(tmp_path, n_notes=200)
    report = verify_log(Growing(log, tmp_path, after), KEYS)
    log.close()
    assert messages(report) == []


def test_log_put_back_to_an_older_state_is_found_by_who_saw_the_newer_one(tmp_path):
    """Every older state verifies by itself: only a checkpoint kept outside tells."""
    log, states = LogFolder(tmp_path, LOG), []
    for i in range(40):
        log.append([{"kind": "note", "note_id": f"n{i}", "text": "x"}])
        log.checkpoint()
        states.append(files_of(tmp_path))
    log.close()
    newest = parse_checkpoint(states[-1]["checkpoint"].decode())
    for size, state in enumerate(states[:-1], 1):
        assert messages(verify_log(reader(state), KEYS)) == []
        assert messages(verify_log(reader(state), KEYS, older=newest)) == [
            f"checkpoint: the log had 40 entries and now has {size}: entries were removed"
        ]


def test_fork_at_any_entry_is_found_by_who_saw_the_other_branch(tmp_path):
    """The operator holds the key and signs both branches; the second one is sound in itself."""
    seen = {}
    for fork in (None, *range(0, 300, 13)):
        log = LogFolder(tmp_path / str(fork), LOG)
        log.append({"kind": "note", "note_id": f"n{i}", "text": "y" if i == fork else "x"} for i in range(300))
        log.checkpoint()
        if fork is not None:
            log.append([{"kind": "note", "note_id": "later"}])
            log.checkpoint()
        log.close()
        files = files_of(tmp_path / str(fork))
        if fork is None:
            seen = files
            continue
        assert messages(verify_log(reader(files), KEYS)) == []
        report = verify_log(reader(files), KEYS, older=parse_checkpoint(seen["checkpoint"].decode()))
        assert messages(report) == ["checkpoint: it is no continuation of the one at 300 entries: the past was changed"]


def branch(files, place):
    """The log with another entry at `place` and none of the old ones after it, signed by the same key."""
    lines = [line for n in range(3) for line in files[f"opening/00{n}.ndjson"].splitlines()]
    openings = [parse_opening(line) for line in lines[:place]]
    openings += [new_opening(i, {"kind": "note", "note_id": f"fork{i}"}) for i in range(place, len(lines) + 3)]
    tree, leaves = TreeBuilder(), decode_bundle(files["tile/entries/000"])
    for opening in openings:  # entry 1 is emptied, and only its leaf says what it was
        tree.append(opening.commitment() if opening.text else leaves[opening.index])
    forked = tree.flush()
    for n in range(-(-len(openings) // 256)):
        forked[f"opening/00{n}.ndjson"] = b"".join(each.render() for each in openings[n * 256 : n * 256 + 256])
    checkpoint = Checkpoint(LOG.name, tree.size, tree.root())
    return forked | {"checkpoint": SignedCheckpoint(checkpoint, (LOG.line(checkpoint),)).render().encode()}


def entries_of(name, content, place):
    """The first and last entry that a byte of a file is about."""
    bundle = int(re.search(r"/(\d{3})", name)[1]) * 256
    if name.startswith("opening/"):
        line = content.count(b"\n", 0, place)
        return bundle + line, bundle + line
    if name.startswith("tile/entries"):
        return bundle + place // 34, bundle + place // 34
    level = int(name.split("/")[1])
    first = (bundle + place // 32) << (8 * level)
    return first, first + (1 << (8 * level)) - 1


def names(message, first, last):
    """Whether a message names an entry between these, or a range that meets theirs; next to it is near enough."""
    for found in re.finditer(r"entr(?:y|ies)(?: from)? (\d+)(?: to (\d+))?", message):
        low = int(found[1])
        high = int(found[2] or (10**9 if " from " in found[0] else low))
        if low - 1 <= last and first <= high + 1:
            return True
    return False


KINDS = ("flip", "delete_byte", "insert", "truncate", "delete_file", "swap_lines", "replay", "move", "fork")


@pytest.mark.slow
def test_g10_one_thousand_mutations_are_all_detected_and_name_their_entry(files, tmp_path):
    """Files changed, gone, out of order, of an earlier state, of another log of the same key, or of a fork.

    A fork may be sound in itself: it is told against a copy of the hashes, as a witness keeps it.
    """
    draw = random.Random(7)
    make_log(tmp_path / "another", n_notes=280).close()
    make_log(tmp_path / "earlier", n_notes=130).close()
    others = [files_of(tmp_path / "earlier"), files_of(tmp_path / "another")]
    used_files = [name for name in used(files) if name in files]
    copy = {name: content for name, content in files.items() if name == "checkpoint" or name.startswith("tile/")}
    n_entries = parse_checkpoint(files["checkpoint"].decode()).checkpoint.size
    missed, counted = [], Counter()
    for number in range(1000):
        mutated, kind, name = dict(files), draw.choice(KINDS), draw.choice(used_files)
        content = bytearray(files[name])
        place = draw.randrange(len(content))
        if kind == "fork":
            entry = draw.randrange(n_entries)
            mutated, expected = branch(files, entry), (entry, entry)
        elif kind == "flip":
            content[place] ^= 1 << draw.randrange(8)
        elif kind == "delete_byte":
            del content[place]
        elif kind == "insert":
            content.insert(place, draw.randrange(256))
        elif kind == "truncate":
            del content[place:]
        elif kind == "swap_lines" and name.startswith("opening/"):
            lines = bytes(content).splitlines(keepends=True)
            a, b = draw.sample(range(len(lines)), 2)
            lines[a], lines[b] = lines[b], lines[a]
            place = sum(map(len, lines[: min(a, b)]))
            content = bytearray(b"".join(lines))
        elif kind == "replay":
            content = bytearray(draw.choice([state for state in others if name in state] or [files])[name])
        elif kind == "move":
            content = bytearray(files[draw.choice(used_files)])
        if kind != "fork":
            expected = (0, n_entries) if name == "checkpoint" else entries_of(name, bytes(files[name]), place)
            if kind in ("delete_file", "replay", "move") and name != "checkpoint":
                expected = expected[0] // 256 * 256, expected[1] // 256 * 256 + 255
            mutated[name] = bytes(content)
            if kind == "delete_file":
                del mutated[name]
        if mutated == files:
            continue
        counted[kind] += 1
        report = verify_log(reader(mutated), KEYS)
        if kind == "fork":
            compare_logs(reader(mutated), reader(copy), LOG.verifier, report)
        found = messages(report)
        named = any(each.startswith("checkpoint: ") for each in found) if name == "checkpoint" else False
        if not found or not (named or any(names(each, *expected) for each in found)):
            missed.append((number, kind, name, place, expected, found[:3]))
    assert missed == []
    assert min(counted[kind] for kind in KINDS) >= 20, counted


def test_mutated_text_names_its_entry(files):
    mutated = dict(files)
    lines = mutated["opening/001.ndjson"].decode().replace("Ghi chú n0260", "Ghi chú khác").encode()
    mutated["opening/001.ndjson"] = lines
    assert messages(verify_log(reader(mutated), KEYS)) == ["entry 260: its text is not what was logged"]


def test_removed_opening_without_a_reason_names_its_entry(files):
    mutated = dict(files)
    lines = mutated["opening/000.ndjson"].decode().splitlines(keepends=True)
    lines[17] = '{"index":17,"redacted":true}\n'
    mutated["opening/000.ndjson"] = "".join(lines).encode()
    assert messages(verify_log(reader(mutated), KEYS)) == [
        "entry 17: it was emptied, and no later entry gives a reason"
    ]


def test_forged_status_is_found_even_when_signed(tmp_path):
    """A hostile operator logs a status that no scoring run gave."""
    log = make_log(tmp_path, n_notes=3)
    run, status = run_entries(3, {"n0001": ("shown", "needs_ratings")})
    log.append([run, {**status, "after": "not_shown"}, {**status, "run_id": "nowhere"}])
    log.checkpoint()
    log.close()
    found = messages(verify_log(reader(files_of(tmp_path)), KEYS))
    assert [message.split(": ", 1)[1].split(": ")[-1] for message in found] == [
        "this status is not among the results of its scoring run",
        "its status comes from no logged scoring run",
    ]


def test_rewritten_past_is_found_by_who_saw_the_old_checkpoint(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    make_log(one, n_notes=10).close()
    old = parse_checkpoint((one / "checkpoint").read_text())
    make_log(two, n_notes=11).close()
    report = verify_log(reader(files_of(two)), KEYS, older=old)
    assert messages(report) == ["checkpoint: it is no continuation of the one at 28 entries: the past was changed"]
    shorter = verify_log(reader(files_of(one)), KEYS, older=parse_checkpoint((two / "checkpoint").read_text()))
    assert messages(shorter) == ["checkpoint: the log had 30 entries and now has 28: entries were removed"]


def test_since_lists_what_came_after_an_older_checkpoint(tmp_path):
    log = make_log(tmp_path, n_notes=4)
    old = parse_checkpoint((tmp_path / "checkpoint").read_text())
    log.append([{"kind": "note", "note_id": "new", "text": "mới"}])
    log.checkpoint()
    log.close()
    report = verify_log(reader(files_of(tmp_path)), KEYS, older=old)
    assert report.since == [{"kind": "note", "note_id": "new", "text": "mới"}]


def test_cosignatures_of_witnesses_are_named(files):
    signed = parse_checkpoint(files["checkpoint"].decode())
    both = SignedCheckpoint(signed.checkpoint, (*signed.lines, WITNESS.line(signed.checkpoint, time=1_800_000_000)))
    report = verify_log(reader({**files, "checkpoint": both.render().encode()}), {**KEYS, "witness": WITNESS.verifier})
    assert (report.is_sound, report.signatures) == (True, {"log": 0, "witness": 1_800_000_000})


def test_log_signed_by_another_is_refused(files):
    report = verify_log(reader(files), {"log": WITNESS.verifier})
    assert messages(report) == ["checkpoint: the log's key did not sign it"]
