"""What the log says of a change, and what it does not say."""

import json
from dataclasses import replace

from kiemchung.formats.log_events import content_sha256, note_written, result_leaf, result_root, scored
from kiemchung.formats.merkle import leaf_hash, verify_inclusion
from kiemchung.model import NoteDraft, NoteScore, NoteStatus, ScoringRun, Source, StatusChange

DRAFT = NoteDraft(
    True, ("factual_error",), "Chưa có bằng chứng nào.", "vi", (Source("https://a.example", "Không chữa được."),)
)
RESULTS = {
    f"n{i}": NoteScore(NoteStatus.SHOWN, "a_rule", {"note_intercept": 0.4 + i / 100}, "2026-01-02") for i in range(7)
}
RUN = ScoringRun("s1", "2026-01-02T03:04:05Z", "0.1", "c" * 64, "d" * 64, result_root(RESULTS), len(RESULTS), 90)


def test_the_text_of_a_note_is_not_in_its_entry_but_its_hash():
    event = note_written("n1", "r1", DRAFT, "2026-01-01")
    assert "bằng chứng" not in json.dumps(event.body, ensure_ascii=False)
    assert event.body["content_sha256"] == content_sha256(DRAFT)


def test_any_change_of_a_note_changes_its_hash():
    source = DRAFT.sources[0]
    changed = [
        replace(DRAFT, text=DRAFT.text + " "),
        replace(DRAFT, misleading=False),
        replace(DRAFT, reasons=("other",)),
        replace(DRAFT, sources=(replace(source, quote="Chữa được."),)),
        replace(DRAFT, sources=(source, source)),
    ]
    assert len({content_sha256(draft) for draft in [DRAFT, *changed]}) == 6


def test_a_status_comes_with_the_proof_that_it_is_among_the_results_of_its_run():
    changes = [StatusChange(n, "s1", None, NoteStatus.SHOWN, "a_rule", "2026-01-02") for n in ("n2", "n6")]
    run, *statuses = scored(RUN, RESULTS, changes)
    assert (run.kind, run.body["result_root"]) == ("run", RUN.result_root)
    for status, note_id in zip(statuses, ("n2", "n6"), strict=True):
        body = status.body
        leaf = leaf_hash(result_leaf(note_id, "shown", "a_rule", body["numbers"]))
        proof = [bytes.fromhex(part) for part in body["proof"]]
        assert verify_inclusion(leaf, body["place"], 7, proof, bytes.fromhex(RUN.result_root))
