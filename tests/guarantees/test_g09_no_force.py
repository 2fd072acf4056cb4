"""G9: no code sets a status except the scorer's results."""

import ast
import re
from pathlib import Path

import kiemchung
from kiemchung.commons.score_notes import score_notes
from tests.guarantees.conftest import two_camps

SOURCE = Path(kiemchung.__file__).parent
#: What writes the tables of statuses: the store's one method, and the migrations that make them.
WRITERS = {"store/contributions.py"}
_WRITES = re.compile(r"(INSERT INTO|UPDATE|DELETE FROM)\s+(scores|status_changes)\b", re.IGNORECASE)
CALLERS = {"commons/score_notes.py"}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def test_g09_no_force_only_scoring_calls_what_stores_statuses():
    calls = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "put_scores"
    }
    assert calls == CALLERS


def test_g09_no_force_only_the_store_touches_the_tables_of_statuses():
    touching = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("insert", "update", "delete"):
                tables = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
                if tables & {"scores", "status_changes"}:
                    touching.add(name)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _WRITES.search(node.value):
                touching.add(name)
    assert touching == WRITERS


def test_g09_no_force_statuses_are_those_of_the_changes_replayed(commons):
    two_camps(commons.contributions)
    score_notes(commons)
    commons.clock.ms += 86_400_000
    score_notes(commons)
    replayed = {}
    for change in reversed(commons.contributions.status_changes(limit=10_000)):
        assert replayed.get(change.note_id) == change.before
        replayed[change.note_id] = change.after
    kept = commons.contributions.get_notes(list(replayed))
    assert {note_id: note.score.status for note_id, note in kept.items()} == replayed
    assert {replayed[f"n{i:02d}"].value for i in range(5)} == {"shown"}
