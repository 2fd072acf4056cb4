"""Check a public log as a stranger: signatures, hashes, openings, and that every status follows from a scoring run."""

import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiemchung.commons.log_folder import opening_path
from kiemchung.errors import InputError, KiemchungError
from kiemchung.formats.log_entry import Opening, parse_opening
from kiemchung.formats.log_events import result_leaf
from kiemchung.formats.merkle import HASH_SIZE, consistency_proof, leaf_hash, verify_consistency, verify_inclusion
from kiemchung.formats.signed_note import Checkpoint, SignedCheckpoint, VerifierKey, known_signatures, parse_checkpoint
from kiemchung.formats.tiles import (
    TILE_WIDTH,
    Read,
    TreeBuilder,
    decode_bundle,
    nodes_in_tiles,
    tile_path,
    with_full_tiles,
)

#: Troubles listed at most; a damaged log has one for every entry.
_MOST_PROBLEMS = 200
#: Readings of a log that grows meanwhile.
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class LogProblem:
    """Something that is wrong with a log; `where` names the entry or file."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass
class LogReport:
    """What a verification found.

    Attributes:
        statuses: by note, the status that the log leads to.
        contents: by note, the SHA-256 of its newest text; withdrawn and emptied ones are left out.
        changes: with `compare`, the entry of each change of a status, by `change_digest`.
        runs: with `compare`, each scoring run's entry by its id.
        requests: with `compare`, by request its day, language and the SHA-256 of its claim; cut ones are left out.
        cut: with `compare`, requests of whose claim something was cut out.
        checks: with `compare`, by desk check its newest version and the SHA-256 of its content.
        desk_changes: with `compare`, the entry of each correction and reply, by `change_digest`.
        kinds: how many entries of each kind; redacted ones count as `redacted`.
        since: entries after the older checkpoint, without their numbers; empty without one.
    """

    checkpoint: Checkpoint | None = None
    signatures: dict[str, int] = field(default_factory=dict)
    problems: list[LogProblem] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    changes: dict[bytes, int] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    checks: dict[str, tuple[int, str]] = field(default_factory=dict)
    desk_changes: dict[bytes, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    since: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Nothing was found wrong."""
        return not self.problems

    def add(self, where: str, message: str) -> None:
        """Note a problem; beyond a few hundred they are dropped."""
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(LogProblem(where, message))


def change_digest(*said: Any) -> bytes:
    """Stands for a change that log and export both tell, in 16 bytes: there may be millions."""
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).digest()[:16]


def verify_log(
    read: Read, keys: dict[str, VerifierKey], *, older: SignedCheckpoint | None = None, compare: bool = False
) -> LogReport:
    """Everything that can be checked from the files alone.

    Args:
        read: gives the bytes of a file of the log by its path; FileNotFoundError where there is none.
        keys: by name; the one under "log" must have signed the checkpoint, the others are witnesses.
        older: a checkpoint seen before; the log must be its continuation.
        compare: also gather what an export is held to.
    """
    for _ in range(_ATTEMPTS):
        report, checkpoint = _verify_once(with_full_tiles(read), keys, older, compare=compare)
        if report.is_sound or _bytes(read, "checkpoint") == checkpoint:
            break  # else the log grew while it was read, and what was read belongs to two moments
    return report


def _verify_once(
    read: Read, keys: dict[str, VerifierKey], older: SignedCheckpoint | None, *, compare: bool
) -> tuple[LogReport, bytes | None]:
    """What was found, and the bytes of the checkpoint that it was found for."""
    report, content = LogReport(), _bytes(read, "checkpoint")
    try:
        if content is None:
            raise InputError("it is missing")
        signed = parse_checkpoint(content.decode("utf-8"))
    except (KiemchungError, UnicodeDecodeError) as error:
        report.add("checkpoint", str(error))
        return report, content
    report.checkpoint = signed.checkpoint
    report.signatures = known_signatures(signed, keys)
    if "log" not in report.signatures:
        report.add("checkpoint", "the log's key did not sign it")
    _check_older(read, signed.checkpoint, older, keys, report)
    replay = _Replay(report, older.checkpoint.size if older else signed.checkpoint.size, compare=compare)
    for first, leaves in _bundles(read, signed.checkpoint, report):
        replay.follow(first, leaves, _openings(read, first, len(leaves), report))
    replay.finish()
    return report, content


def _check_older(
    read: Read, new: Checkpoint, older: SignedCheckpoint | None, keys: dict[str, VerifierKey], report: LogReport
) -> None:
    if older is None:
        return
    old = older.checkpoint
    if "log" not in known_signatures(older, keys):
        report.add("older checkpoint", "the log's key did not sign it")
    if old.origin != new.origin:
        report.add("older checkpoint", f"it is of another log, {old.origin}")
    elif old.size > new.size:
        report.add("checkpoint", f"the log had {old.size} entries and now has {new.size}: entries were removed")
    else:
        try:
            proof = consistency_proof(old.size, new.size, nodes_in_tiles(new.size, read))
            holds = verify_consistency(old.size, new.size, old.root, new.root, proof)
        except (KiemchungError, FileNotFoundError, IndexError) as error:
            report.add("checkpoint", f"consistency with the older one cannot be shown ({error})")
            return
        if not holds:
            report.add("checkpoint", f"it is no continuation of the one at {old.size} entries: the past was changed")


def _bundles(read: Read, checkpoint: Checkpoint, report: LogReport) -> Iterator[tuple[int, list[bytes | None]]]:
    """The leaves' data by bundle, each with the index of its first; every tile is made anew from them and compared."""
    tree = TreeBuilder()
    for first in range(0, checkpoint.size, TILE_WIDTH):
        width = min(TILE_WIDTH, checkpoint.size - first)
        leaves = _bundle(read, first, width, report)
        for leaf in leaves:
            tree.append(leaf or b"")
        made = tree.flush()
        if tree.size < checkpoint.size:  # the partial tiles of a moment in the middle are not kept by a log
            made = {path: content for path, content in made.items() if ".p/" not in path}
        _compare_tiles(read, made, tree.size, report)
        yield first, leaves
    if tree.root() != checkpoint.root:
        report.add("checkpoint", "the entries do not give its root")


def _bundle(read: Read, first: int, width: int, report: LogReport) -> list[bytes | None]:
    path = tile_path("entries", first // TILE_WIDTH, width)
    try:
        entries: list[bytes | None] = [*decode_bundle(read(path))]
    except (InputError, FileNotFoundError) as error:
        report.add(f"entries {first} to {first + width - 1}", f"{path}: {error}")
        return [None] * width
    if len(entries) != width:
        report.add(f"entries from {first}", f"{path} holds {len(entries)} and not {width}")
    return (entries + [None] * width)[:width]


def _compare_tiles(read: Read, made: dict[str, bytes], n_leaves: int, report: LogReport) -> None:
    for path, content in made.items():
        if path.startswith("tile/entries/"):
            continue
        try:
            held = read(path)
        except FileNotFoundError:
            report.add(_entries_below(path, 0, n_leaves, -(-len(content) // HASH_SIZE)), f"{path}: the tile is missing")
            continue
        if held != content:
            pairs = enumerate(zip(held, content, strict=False))
            place = next((i for i, (a, b) in pairs if a != b), min(len(held), len(content))) // HASH_SIZE
            report.add(_entries_below(path, place, n_leaves), f"{path} is not what the entries give")


def _entries_below(path: str, place: int, n_leaves: int, count: int = 1) -> str:
    """The entries below `count` hashes of a tile from `place` on."""
    level = int(path.split("/")[1])
    index = int("".join(part.lstrip("x") for part in path.split(".p/")[0].split("/")[2:]))
    first = (index * TILE_WIDTH + place) << (8 * level)
    last = min(first + (count << (8 * level)), n_leaves) - 1
    return f"entry {first}" if first >= last else f"entries {first} to {last}"


def _openings(read: Read, first: int, width: int, report: LogReport) -> Iterator[Opening]:
    path = opening_path(first // TILE_WIDTH)
    try:
        lines = read(path).split(b"\n")[:-1]
    except FileNotFoundError as error:
        report.add(f"entries from {first}", f"{path}: cannot be read ({error})")
        return
    if len(lines) < width:
        report.add(f"entries from {first + len(lines)}", f"{path}: their openings are missing")
    for offset, line in enumerate(lines[:width]):
        try:
            opening = parse_opening(line)
        except KiemchungError as error:
            report.add(f"entry {first + offset}", str(error))
            continue
        if opening.index != first + offset:
            report.add(f"entry {first + offset}", f"in its place stands the opening of {opening.index}")
            continue
        yield opening


class _Replay:
    """Reads the openings in order and follows what they say."""

    def __init__(self, report: LogReport, since: int, *, compare: bool) -> None:
        self._report = report
        self._compare = compare
        self._since = since
        self._runs: dict[str, dict[str, Any]] = {}
        self._redacted: set[int] = set()
        self._reasons: set[int] = set()

    def follow(self, first: int, leaves: Sequence[bytes | None], openings: Iterator[Opening]) -> None:
        """Check a bundle's openings against its leaves, and what they say against what came before."""
        for opening in openings:
            if opening.text is None:
                self._redacted.add(opening.index)
                self._count("redacted")
            elif opening.commitment() != leaves[opening.index - first]:
                self._report.add(f"entry {opening.index}", "its text is not what was logged")
            else:
                self._follow(opening.index, opening.entry or {})

    def finish(self) -> None:
        """Once every entry was seen: whatever was emptied has a reason."""
        for index in sorted(self._redacted - self._reasons):
            self._report.add(f"entry {index}", "it was emptied, and no later entry gives a reason")

    def _follow(self, index: int, entry: dict[str, Any]) -> None:
        kind = str(entry.get("kind", ""))
        self._count(kind)
        if index >= self._since:
            self._report.since.append({key: value for key, value in entry.items() if key not in ("numbers", "proof")})
        try:
            if kind == "run":
                self._runs[entry["run_id"]] = entry
                if self._compare:
                    self._report.runs[entry["run_id"]] = entry
            elif kind in ("note", "note_edited") and "content_sha256" in entry:
                self._report.contents[entry["note_id"]] = bytes.fromhex(entry["content_sha256"])
            elif kind == "note_withdrawn":
                self._gone(entry["note_id"])
            elif kind == "status":
                self._follow_status(index, entry)
            elif kind == "redaction":
                self._follow_redaction(index, entry)
            elif kind == "request" and self._compare:
                self._report.requests[entry["request_id"]] = entry["day"], entry["language"], entry["content_sha256"]
            elif kind.startswith("desk_") and self._compare:
                self._follow_desk(index, kind, entry)
        except (KeyError, TypeError, ValueError) as error:
            self._report.add(f"entry {index}", f"a {kind} entry without what it needs ({error!r})")

    def _follow_status(self, index: int, entry: dict[str, Any]) -> None:
        note, run = entry["note_id"], self._runs.get(entry["run_id"])
        if run is None:
            self._report.add(f"entry {index}", f"note {note}: its status comes from no logged scoring run")
            return
        if self._report.statuses.get(note) != entry["before"]:
            self._report.add(f"entry {index}", f"note {note}: it was not {entry['before']} before")
        leaf = leaf_hash(result_leaf(note, entry["after"], entry["rule"], entry["numbers"]))
        proof = [bytes.fromhex(part) for part in entry["proof"]]
        result_root = bytes.fromhex(run["result_root"])
        if not verify_inclusion(leaf, int(entry["place"]), int(run["n_notes"]), proof, result_root):
            self._report.add(f"entry {index}", f"note {note}: this status is not among the results of its scoring run")
        self._report.statuses[note] = sys.intern(entry["after"])
        if self._compare:
            digest = change_digest(note, entry["run_id"], entry["before"], entry["after"], entry["rule"])
            self._report.changes[digest] = index

    def _follow_desk(self, index: int, kind: str, entry: dict[str, Any]) -> None:
        check = entry["check_id"]
        if kind == "desk_reply":
            self._report.desk_changes[change_digest(check, "reply", entry["content_sha256"])] = index
            return
        if entry["version"] > self._report.checks.get(check, (0, ""))[0]:  # one batch has no order
            self._report.checks[check] = entry["version"], entry["content_sha256"]
        if kind == "desk_correction":
            said = (entry["version"], entry["reason"], entry["day"])
            self._report.desk_changes[change_digest(check, "correction", *said)] = index

    def _follow_redaction(self, index: int, entry: dict[str, Any]) -> None:
        of = int(entry["of"])
        if not 0 <= of < index or not entry.get("rule") or not entry.get("reason"):
            self._report.add(f"entry {index}", "a redaction without rule, reason, or an earlier entry")
        self._reasons.add(of)
        self._gone(str(entry.get("note_id", "")))
        if self._compare and (request_id := entry.get("request_id")):
            self._report.cut.add(request_id)
            self._report.requests.pop(request_id, None)

    def _gone(self, note_id: str) -> None:
        self._report.statuses.pop(note_id, None)
        self._report.contents.pop(note_id, None)

    def _count(self, kind: str) -> None:
        self._report.kinds[kind] = self._report.kinds.get(kind, 0) + 1


def _bytes(read: Read, path: str) -> bytes | None:
    try:
        return read(path)
    except FileNotFoundError:
        return None
