"""Every code that notes, ratings, drafts and refusals can carry has words in both languages."""

import ast
import re
from pathlib import Path

import pytest

from kiemchung.commons.explain_note import Lack
from kiemchung.commons.site import REDACTION_RULES
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import LANGUAGES, note_phrases, open_words
from kiemchung.model import HELPFUL_TAGS, MISLEADING_REASONS, NOT_HELPFUL_TAGS, NOT_MISLEADING_REASONS
from kiemchung.notes.draft import Problem

SOURCE = Path(note_phrases.__file__).parents[1]


def test_every_public_reason_and_tag_has_words():
    assert set(note_phrases.MISLEADING) == set(MISLEADING_REASONS)
    assert set(note_phrases.NOT_MISLEADING) == set(NOT_MISLEADING_REASONS)
    assert set(note_phrases.HELPFUL) == set(HELPFUL_TAGS)
    assert set(note_phrases.NOT_HELPFUL) == set(NOT_HELPFUL_TAGS)
    assert set(note_phrases.RULES) == set(REDACTION_RULES)


def first_arguments(name, file):
    """The literal first arguments with which a file calls something."""
    calls = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if getattr(call.func, "id", "") == name and call.args)
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_and_hint_of_a_draft_has_words(language):
    words = open_words(language)
    codes = first_arguments("Problem", SOURCE / "notes" / "draft.py")
    assert len(codes) >= 18
    for code in codes:
        problem = Problem(code, "text", ("phone", "7"))
        said = {note_phrases.problem_phrase(words, problem), note_phrases.hint_phrase(words, problem)}
        assert said - {code}, code
        assert not re.search(r"%\(|%s", " ".join(said))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_words(language):
    words = open_words(language)
    reasons = set()
    for room in ("commons", "web"):
        for file in (SOURCE / room).glob("*.py"):
            reasons |= first_arguments("NotAllowedError", file)
    reasons -= {"unknown"}  # a page that is not there, for which there is a page
    reasons -= {"unlisted", "outgrown"}  # said to programs of witnesses alone
    assert {"budget", "closed", "paused", "not_earned", "effort_wait"} <= reasons
    for reason in reasons:
        error = NotAllowedError(reason, "THE ENGLISH LINE", ("1", "2"))
        assert "THE ENGLISH LINE" not in note_phrases.refusal_phrase(words, error), reason


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sides", [0, 1, 2])
def test_every_lack_has_words(language, sides):
    words = open_words(language)
    codes = ("two_sides", "ratings", "ratings_one_side", "helpful_one_side", "sure_one_side", "not_misleading")
    said = {note_phrases.lack_phrase(words, Lack(code, 3), sides) for code in codes}
    assert len(said) == len(codes)
