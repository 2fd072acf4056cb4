from dataclasses import replace
from datetime import date

import pytest

from kiemchung.model import NoteDraft, Source
from kiemchung.notes.codename import new_codename
from kiemchung.notes.draft import MAX_QUOTE, MAX_SOURCES, MAX_TEXT, hints, problems

SOURCE = Source("https://nutrition.example/lemon", "Lemon water does not treat cancer.", "2025-03-01")
DRAFT = NoteDraft(
    True, ("factual_error",), "Nước chanh không chữa được ung thư; chưa có nghiên cứu nào trên người.", "vi", (SOURCE,)
)


def codes(draft, **context):
    return [(p.code, p.where) for p in problems(draft, **context)]


def test_a_sound_draft_has_no_problem():
    assert problems(DRAFT, codename=new_codename("vi"), today=date(2026, 1, 1)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"text": "Sai."}, ("text_too_short", "text")),
        ({"text": "x" * (MAX_TEXT + 1)}, ("text_too_long", "text")),
        ({"text": "Nước chanh không chữa\x00 được ung thư"}, ("not_plain_text", "text")),
        ({"text": "Nước chanh không chữa được, gọi 0912 345 678"}, ("contact_data", "text")),
        ({"reasons": ()}, ("no_reason", "reasons")),
        ({"reasons": ("factually_correct",)}, ("unknown_reason", "reasons")),
        ({"sources": ()}, ("no_source", "sources")),
        ({"sources": (SOURCE,) * (MAX_SOURCES + 1)}, ("too_many_sources", "sources")),
        ({"sources": (replace(SOURCE, url="javascript:alert(1)"),)}, ("bad_link", "sources.0")),
        ({"sources": (replace(SOURCE, url="https://me:secret@a.example/"),)}, ("bad_link", "sources.0")),
        ({"sources": (replace(SOURCE, url="http://[::1"),)}, ("bad_link", "sources.0")),
        ({"sources": (SOURCE, replace(SOURCE, quote=" "))}, ("no_quote", "sources.1")),
        ({"sources": (replace(SOURCE, quote="q" * (MAX_QUOTE + 1)),)}, ("quote_too_long", "sources.0")),
        ({"sources": (replace(SOURCE, published="hôm qua"),)}, ("bad_date", "sources.0")),
        ({"sources": (replace(SOURCE, published="2030-01-01"),)}, ("date_ahead", "sources.0")),
    ],
)
def test_problems_name_what_is_wrong_and_where(change, expected):
    assert codes(replace(DRAFT, **change), today=date(2026, 1, 1)) == [expected]


def test_g16_own_codename_is_never_accepted_in_text():
    codename = new_codename("en")
    said = replace(DRAFT, text=f"I am {codename.upper()}, believe me: lemon water is no cure.")
    quoted = replace(DRAFT, sources=(replace(SOURCE, quote=codename),))
    assert codes(said, codename=codename) == [("own_codename", "text")]
    assert codes(quoted, codename=codename) == [("own_codename", "sources.0")]


def test_hints_speak_of_what_could_be_clearer():
    draft = replace(
        DRAFT,
        text="NƯỚC CHANH KHÔNG CHỮA ĐƯỢC UNG THƯ, 30 NGHIÊN CỨU NÓI VẬY: www.a.example",
        sources=(replace(SOURCE, published=None),),
    )
    assert [h.code for h in hints(draft)] == ["shouting", "link_in_text", "one_source", "no_number_quoted", "no_date"]
