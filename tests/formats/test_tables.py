import unicodedata

import pytest

from kiemchung.formats.records import Notice, Rejected
from tests.formats.documents import accepted, outcomes, read

ROW = "Tin đồn,Sai,https://ban-mau.example/1"


@pytest.mark.parametrize(
    "header",
    [
        "claim,verdict,url",
        "Claim Reviewed,Textual Rating,Link",
        "CLAIM,Label,review_url",
        "Tin đồn,Kết luận,Đường dẫn",
        "\ufeffclaim,verdict,url",
        '"claim","verdict","url"',
    ],
)
def test_table_is_read_by_the_names_of_its_columns(header: str) -> None:
    (review,) = accepted(f"{header}\n{ROW}\n")
    assert (review.claim, review.verdict, review.publisher) == ("Tin đồn", "Sai", "ban-mau.example")


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_table_may_have_other_delimiters(delimiter: str) -> None:
    content = f"claim,verdict,url\n{ROW}".replace(",", delimiter)
    assert len(accepted(content)) == 1


def test_table_cells_may_hold_lines_and_quotes() -> None:
    content = 'claim,verdict,url,explanation\r\n"Hai\ndòng, ""trích""",Sai,https://a.example/1,"dài"\r\n'
    (review,) = accepted(content)
    assert (review.claim, review.explanation) == ('Hai dòng, "trích"', "dài")


def test_tab_separated_quotes_are_characters() -> None:
    content = 'claim\tverdict\turl\n"Mở mà không đóng\tSai\thttps://a.example/1\n"a ""b"""\tSai\thttps://a.example/2\n'
    assert [review.claim for review in accepted(content)] == ['"Mở mà không đóng', 'a "b"']


def test_better_named_columns_come_first() -> None:
    (review,) = accepted(f"author,publisher,claim,verdict,url\nVí Dụ,Bàn Mẫu,{ROW}\n")
    assert review.publisher == "Bàn Mẫu"


def test_table_of_vietnamese_checks_has_the_day_first() -> None:
    (review,) = accepted(f"language,date,claim,verdict,url\nvi,03/04/2026,{ROW}\n")
    (unsaid,) = accepted(f"date,claim,verdict,url\n03/04/2026,{ROW}\n")
    (english,) = accepted(f"date,claim,verdict,url\n03/04/2026,{ROW.replace('Tin đồn', 'Rumour')}\n")
    assert (review.published, unsaid.published, english.published) == ("2026-04-03", "2026-04-03", None)


def test_rows_that_cannot_be_used_are_reported_with_their_line() -> None:
    content = (
        f"claim,verdict,url\n{ROW}\n,Sai,https://a.example/1\nx,,https://a.example/1\nx,Sai,\nx,Sai,y\n{ROW},7\n\n"
    )
    found = [(r.reason, r.where) for r in read(content) if isinstance(r, Rejected)]
    assert found == [
        ("no_claim", "line 3"),
        ("no_verdict", "line 4"),
        ("no_url", "line 5"),
        ("bad_url", "line 6"),
        ("bad_row", "line 7"),
    ]


def test_columns_that_are_not_read_are_named_once() -> None:
    content = f"claim,verdict,url,mood,colour\n{ROW},a,b\n{ROW},a,b\n"
    notices = [record for record in read(content) if isinstance(record, Notice)]
    assert [notice.detail for notice in notices] == ["columns that are not read: mood, colour"]


def test_table_without_a_claim_column_is_not_known() -> None:
    assert outcomes("a,b\n1,2\n") == ["not_known"]
    assert outcomes("a,b\n1,2\n", content_type="text/csv") == ["not_known"]


def test_insights_table_is_read_with_its_appearances_and_media_reviews() -> None:
    content = (
        "id,claimReviewed,url,author.name,reviewRating.alternateName,itemReviewed.appearance.1.url,"
        "itemReviewed.appearance.2.url,mediaAuthenticityCategory\n"
        "1,Tin đồn,https://ban-mau.example/1,Bàn Mẫu,Sai,https://a.example/1,https://a.example/2,\n"
        "2,,https://ban-mau.example/2,Bàn Mẫu,,,,TransformedContent\n"
    )
    first, second = read(content)
    assert first.review.appearances == ("https://a.example/1", "https://a.example/2")  # type: ignore[union-attr]
    assert (second.reason, second.where) == ("media_review", "line 3")  # type: ignore[union-attr]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1258", "cp1252"])
def test_table_may_be_in_an_old_encoding(encoding: str) -> None:
    claim = "Le café guérit" if encoding == "cp1252" else "\u01af\u01a1\u0300ng n\u01b0\u01a1\u0301c \u0111un"
    (review,) = accepted(f"claim,verdict,url\n{claim},x,https://a.example/1\n".encode(encoding))
    assert review.claim == (unicodedata.normalize("NFC", claim) if encoding == "cp1258" else claim)


def test_titles_may_stand_above_the_header() -> None:
    records = read(f"Xuất ra, tháng 3\n\nclaim,verdict,url\n{ROW}\nx,,\n")
    assert [record.where for record in records] == ["line 4", "line 5"]


def test_open_quotation_mark_costs_its_own_line_alone() -> None:
    content = f'claim,verdict,url\n{ROW}\n"mở,Sai,https://a.example/2\n{ROW}\n"mở,Sai,https://a.example/3\n{ROW}\n'
    records = read(content)
    assert [(record.where, getattr(record, "reason", "ok")) for record in records] == [
        ("line 2", "ok"),
        ("line 3", "bad_row"),
        ("line 4", "ok"),
        ("line 5", "bad_row"),
        ("line 6", "ok"),
    ]


def test_inches_beside_a_cell_of_two_lines_are_no_open_quotation_mark() -> None:
    content = 'claim,verdict,url,title\nTV 5",Sai,https://a.example/1,"hai\ndòng"\nx,y,https://a.example/2,z\n'
    assert [(review.claim, review.title) for review in accepted(content)] == [('TV 5"', "hai dòng"), ("x", "z")]


@pytest.mark.parametrize(
    "header",
    [
        "claimReview_claimReviewed,rating_alternateName,claimReview_url",
        "claimReviewed,textualRating,claimReview_url",
        "claimReviewed,reviewRating.alternateName,url",
    ],
)
def test_table_of_flattened_objects(header: str) -> None:
    (review,) = accepted(f"{header}\n{ROW}\n")
    assert (review.claim, review.verdict) == ("Tin đồn", "Sai")
