"""What the public log says of each change: entries without anybody in them.

A note's text is not logged but its hash: whoever holds the text can show that it is what was written, and a note that
its writer withdraws, or whose text has to go for a third person's sake, leaves no copy behind.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from kiemchung.formats.log_entry import canonical
from kiemchung.formats.merkle import inclusion_proof, leaf_hash, nodes_of, root
from kiemchung.model import DeskDraft, DeskReply, LogEvent, NoteDraft, NoteScore, Request, ScoringRun, StatusChange

#: Stands in a claim where a third person's data were cut out.
CUT = "[…]"


def request_opened(request: Request) -> LogEvent:
    """Somebody asked for a note on a claim."""
    return LogEvent(
        "request",
        {
            "request_id": request.request_id,
            "day": request.day,
            "language": request.language,
            "content_sha256": sha256_of({"claim": request.claim}),
        },
    )


def note_written(note_id: str, request_id: str, draft: NoteDraft, day: str) -> LogEvent:
    """A note was handed in."""
    return LogEvent("note", {"note_id": note_id, "request_id": request_id, "day": day, **_content(draft)})


def note_edited(note_id: str, draft: NoteDraft, day: str) -> LogEvent:
    """A note that nobody had rated was changed."""
    return LogEvent("note_edited", {"note_id": note_id, "day": day, **_content(draft)})


def note_withdrawn(note_id: str, day: str) -> LogEvent:
    """A note was taken back by its writer."""
    return LogEvent("note_withdrawn", {"note_id": note_id, "day": day})


def note_redacted(note_id: str, rule: str, reason: str, day: str) -> LogEvent:
    """A note was emptied for a third person's sake; its entries in the log are emptied too."""
    return LogEvent("redaction", {"note_id": note_id, "rule": rule, "reason": reason, "day": day})


def request_redacted(request_id: str, rule: str, reason: str, day: str) -> LogEvent:
    """Something was cut out of a claim for a third person's sake; the entry with the claim's hash is emptied."""
    return LogEvent("redaction", {"request_id": request_id, "rule": rule, "reason": reason, "day": day})


def scored(run: ScoringRun, results: dict[str, NoteScore], changes: Sequence[StatusChange]) -> list[LogEvent]:
    """A scoring run, and each change of a status with the proof that it is among the run's results."""
    order = sorted(results)
    place = {note_id: i for i, note_id in enumerate(order)}
    node = nodes_of([leaf_hash(_result_leaf_of(note_id, results[note_id])) for note_id in order])
    events = [LogEvent("run", asdict(run))]
    for change in changes:
        score, i = results[change.note_id], place[change.note_id]
        events.append(
            LogEvent(
                "status",
                {
                    "note_id": change.note_id,
                    "run_id": run.run_id,
                    "before": change.before.value if change.before else None,
                    "after": change.after.value,
                    "rule": change.rule,
                    "numbers": dict(score.numbers),
                    "place": i,
                    "proof": [part.hex() for part in inclusion_proof(i, len(order), node)],
                },
            )
        )
    return events


def desk_published(check_id: str, version: int, draft: DeskDraft, reason: str | None, day: str) -> LogEvent:
    """A check of the desk's own was published, or corrected where it has a reason."""
    body = {"check_id": check_id, "version": version, "day": day, "language": draft.language}
    more = {"content_sha256": sha256_of(asdict_of_check(draft))} | ({"reason": reason} if reason else {})
    return LogEvent("desk_correction" if reason else "desk_check", body | more)


def desk_replied(check_id: str, reply: DeskReply) -> LogEvent:
    """A reply was put beside a check of the desk's own."""
    return LogEvent("desk_reply", {"check_id": check_id, "day": reply.day, "content_sha256": sha256_of(asdict(reply))})


def asdict_of_check(draft: DeskDraft) -> dict[str, Any]:
    """A check's content as its hash in the log is made of it."""
    return {**asdict(draft), "sources": [asdict(source) for source in draft.sources]}


def result_leaf(note_id: str, status: str, rule: str, numbers: dict[str, Any]) -> bytes:
    """What a scoring run commits to for one note: the leaf under its `result_root`."""
    return canonical({"note_id": note_id, "status": status, "rule": rule, "numbers": numbers})


def result_root(results: dict[str, NoteScore]) -> str:
    """What a run commits to: the Merkle root over its results by note id, hexadecimal."""
    leaves = [leaf_hash(_result_leaf_of(note_id, score)) for note_id, score in sorted(results.items())]
    return root(len(leaves), nodes_of(leaves)).hex()


def content_sha256(draft: NoteDraft) -> str:
    """The hash of a note's content, as the log holds it: SHA-256 of its canonical JSON (RFC 8785), hexadecimal."""
    return sha256_of(
        {
            "misleading": draft.misleading,
            "reasons": list(draft.reasons),
            "text": draft.text,
            "language": draft.language,
            "sources": [asdict(source) for source in draft.sources],
        }
    )


def sha256_of(content: dict[str, Any]) -> str:
    """SHA-256 of canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _content(draft: NoteDraft) -> dict[str, Any]:
    return {"language": draft.language, "n_sources": len(draft.sources), "content_sha256": content_sha256(draft)}


def _result_leaf_of(note_id: str, score: NoteScore) -> bytes:
    return result_leaf(note_id, score.status.value, score.rule, dict(score.numbers))
