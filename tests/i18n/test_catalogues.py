"""Every sentence of the doors is in both catalogues, nothing else is, and the compiled files are theirs."""

import importlib.util
import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo

from kiemchung.i18n import LANGUAGES, open_words, phrases
from kiemchung.model import ClaimLabel, Decision, Reason

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
messages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(messages)

_PLACE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def said():
    return {message.id for message in messages.collect() if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_in_the_catalogue_and_nothing_else(language, said):
    written = {message.id for message in messages.read(language) if message.id}
    assert written == said, "run `make messages`, then write the Vietnamese sentences"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_the_same_places(language):
    for message in messages.read(language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for string in strings:
            assert string, f"{language}: no sentence for {message.id!r}"
            assert sorted(_PLACE.findall(string)) == sorted(_PLACE.findall(ids[-1])), message.id
        assert not message.fuzzy


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_written_one(language):
    compiled = io.BytesIO()
    write_mo(compiled, messages.read(language))
    path = messages.LOCALES / language / "LC_MESSAGES" / "kiemchung.mo"
    assert path.read_bytes() == compiled.getvalue(), "run `make messages`"


def test_vietnamese_is_not_left_in_english():
    same = [m.id for m in messages.read("vi") if m.id and m.string == m.id and _PLACE.sub("", m.id).strip(" ;.")]
    assert same == []


REASONS = [
    "same_words", "same_meaning", "same_numbers", "same_names", "other_language",
    "number_differs", "name_differs", "negation_differs", "more_specific", "less_certain",
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", REASONS)
@pytest.mark.parametrize("values", [(), ("2.000.000",), ("vi", "en"), ("a", "b", "c")])
def test_every_reason_has_words(language, code, values):
    sentence = phrases.reason_phrase(open_words(language), Reason(code, values))
    assert sentence
    assert code not in sentence
    assert "%" not in sentence


def test_reasons_say_their_values():
    words = open_words("vi")
    assert phrases.reason_phrase(words, Reason("same_numbers", ("2.000.000",))) == "cùng con số: 2.000.000"
    assert "tiếng Anh" in phrases.reason_phrase(words, Reason("other_language", ("en",)))
    differing = phrases.reason_phrase(words, Reason("number_differs", ("500.000", "2.000.000")))
    assert differing == "con số khác nhau: ở đây là 500.000, trong bài kiểm chứng là 2.000.000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_label_and_decision_has_words(language):
    words = open_words(language)
    assert all(phrases.label_phrase(words, label) for label in ClaimLabel)
    assert len({phrases.decision_phrase(words, decision) for decision in Decision}) == 2
