import json
from dataclasses import replace

import pytest

from kiemchung.formats.note_jsonld import Site, claim_with_notes, review_of_note, script_text
from kiemchung.formats.pages import read_page
from kiemchung.model import Note, NoteDraft, NoteState, Request, Source

SITE = Site("Ghi chú Mẫu", "https://notes.example")
URL = "https://notes.example/vi/note/n1"
REQUEST = Request("r1", "Nước chanh chữa ung thư </script><script>alert(1)", "vi", "2026-01-01", 3)
DRAFT = NoteDraft(
    True,
    ("factual_error",),
    "Chưa có nghiên cứu nào trên người.",
    "vi",
    (Source("https://a.example/x", "Không có bằng chứng.", "2025-01-01", "Chanh"), Source("https://b.example", "No.")),
)
NOTE = Note("n1", "r1", "2026-01-02", NoteState.OPEN, DRAFT, None, 7)


def test_note_is_a_claim_with_a_cited_comment():
    value = claim_with_notes(SITE, REQUEST, [(NOTE, "2026-01-05")], URL)
    assert (value["@type"], value["text"], value["comment"]["@type"]) == ("Claim", REQUEST.claim, "Comment")
    assert value["comment"]["citation"][0] == {
        "@type": "CreativeWork",
        "url": "https://a.example/x",
        "name": "Chanh",
        "text": "Không có bằng chứng.",
        "datePublished": "2025-01-01",
    }
    assert "ClaimReview" not in json.dumps(value)


def test_script_cannot_be_left():
    text = script_text(claim_with_notes(SITE, REQUEST, [(NOTE, "2026-01-05")], URL))
    assert "</" not in text
    assert json.loads(text)["text"] == REQUEST.claim


def test_note_without_text_is_not_published():
    with pytest.raises(ValueError, match="no text to publish"):
        claim_with_notes(SITE, REQUEST, [(replace(NOTE, draft=None), "2026-01-05")], URL)


def test_nobody_is_named():
    for value in (
        claim_with_notes(SITE, REQUEST, [(NOTE, "2026-01-05")], URL),
        review_of_note(SITE, REQUEST, NOTE, URL, "2026-01-05", "Misleading"),
    ):
        assert "Person" not in json.dumps(value)


def test_review_has_googles_fields_and_our_importer_reads_it_back():
    request = replace(REQUEST, claim="Nước chanh chữa ung thư & cảm cúm.")
    value = review_of_note(SITE, request, NOTE, URL, "2026-01-05", "Gây hiểu lầm: sai sự thật")
    assert value["reviewRating"]["alternateName"] == "Gây hiểu lầm: sai sự thật"
    assert {"claimReviewed", "reviewRating", "url", "author", "itemReviewed"} <= set(value)
    page = f'<script type="application/ld+json">{script_text(value)}</script>'.encode()
    (record,) = read_page(page, url=URL)
    review = record.review
    assert (review.claim, review.verdict, review.url) == (request.claim, "Gây hiểu lầm: sai sự thật", URL)
    assert (review.publisher, review.publisher_site, review.published) == ("Ghi chú Mẫu", "notes.example", "2026-01-02")
    assert (review.language, review.explanation) == ("vi", DRAFT.text)
