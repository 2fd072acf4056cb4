"""Made-up pages with what real desks' pages have: each peculiarity alone, so that a failure names it."""

import json
import unicodedata
from typing import Any

import pytest

from kiemchung.formats.records import Rejected
from tests.formats.documents import NODE, accepted, node, outcomes, page, read

URL = "https://www.ban-mau.example/bai/1"
CLAIM = str(NODE["claimReviewed"])


def ld(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def renamed(value: Any, prefix: str) -> Any:
    """The value with every member's name behind a prefix of the vocabulary."""
    if isinstance(value, dict):
        return {name if name[0] == "@" else prefix + name: renamed(part, prefix) for name, part in value.items()}
    return value


@pytest.mark.parametrize("prefix", ["schema:", "http://schema.org/", "https://schema.org/"])
def test_names_may_carry_their_vocabulary(prefix: str) -> None:
    (review,) = accepted(page(ld({**renamed(NODE, prefix), "@type": [prefix + "ClaimReview"]})))
    assert (review.claim, review.verdict, review.publisher) == (CLAIM, "Sai", "Bàn kiểm chứng Mẫu")


def test_references_in_a_graph_are_followed() -> None:
    graph = [
        {"@type": "Organization", "@id": "#ban", "name": "Báo Mẫu"},
        {"@type": "Rating", "@id": "#muc", "alternateName": "Sai"},
        {"@type": "Claim", "@id": "#loi", "author": {"@id": "#ai"}, "appearance": {"@id": "#noi"}},
        {"@type": "Person", "@id": "#ai", "name": "Ông Xê"},
        {"@type": "CreativeWork", "@id": "#noi", "url": "https://noi-dang.example/1"},
        node(author={"@id": "#ban"}, reviewRating={"@id": "#muc"}, itemReviewed={"@id": "#loi"}),
    ]
    (review,) = accepted(page(ld({"@graph": graph})))
    assert (review.publisher, review.verdict, review.claimant) == ("Báo Mẫu", "Sai", "Ông Xê")
    assert review.appearances == ("https://noi-dang.example/1",)


def test_every_member_may_be_a_list() -> None:
    assert accepted(page(ld([[{name: [part] for name, part in NODE.items()}]]))) == accepted(page(ld(NODE)))


@pytest.mark.parametrize(
    ("rating", "verdict"),
    [
        ({"ratingValue": "2", "bestRating": "5", "worstRating": "1"}, "2 (1–5)"),
        ([{"ratingValue": 1}, {"alternateName": "Sai"}], "Sai"),
        ({"ratingValue": -1, "bestRating": -1, "worstRating": -1, "ratingExplanation": "Ảnh ghép"}, "Ảnh ghép"),
        ("Sai", "Sai"),
        ({"alternateName": "", "ratingExplanation": "Không có nghiên cứu"}, "Không có nghiên cứu"),
        ({"ratingValue": "Sai", "bestRating": "5", "worstRating": "1"}, "Sai"),
        ({"ratingValue": 1, "bestRating": 5, "worstRating": 1, "name": "Sai"}, "Sai"),
        ({"ratingValue": 1, "bestRating": 5, "worstRating": 1, "name": "Rating"}, "1 (1–5)"),
        ({"alternateName": ["Sai", "Ảnh ghép"]}, "Sai, Ảnh ghép"),
    ],
)
def test_verdict_of_a_rating(rating: Any, verdict: str) -> None:
    (review,) = accepted(page(ld(node(reviewRating=rating))))
    assert review.verdict == verdict


@pytest.mark.parametrize("member", ["name", "text"])
def test_claim_may_stand_in_what_is_reviewed(member: str) -> None:
    (review,) = accepted(page(ld(node(claimReviewed=None, itemReviewed={"@type": "Claim", member: "Lời đồn"}))))
    assert review.claim == "Lời đồn"


def test_desk_and_day_come_from_the_article_around() -> None:
    article = {"@type": "NewsArticle", "publisher": {"@id": "#b"}, "datePublished": "2026-02-01"}
    graph = [{**article, "hasPart": node(author=None, datePublished=None)}, {"@id": "#b", "name": "Báo Mẫu"}]
    (review,) = accepted(page(ld({"@graph": graph})))
    assert (review.publisher, review.published) == ("Báo Mẫu", "2026-02-01")


def test_claim_may_stand_in_a_work_that_is_about_it() -> None:
    work = {"@type": "CreativeWork", "about": {"@type": "Claim", "name": "Lời đồn"}}
    (review,) = accepted(page(ld(node(claimReviewed=None, itemReviewed=work))))
    assert review.claim == "Lời đồn"


def test_everything_reviewed_is_read() -> None:
    items = [
        {
            "@type": "CreativeWork",
            "url": "https://noi.example/1",
            "sameAs": "https://noi.example/4",
            "author": "Ông Xê",
        },
        {
            "@type": "Claim",
            "datePublished": "2026-02-01",
            "firstAppearance": {"url": "https://noi.example/2"},
            "appearance": [{"url": "https://noi.example/3"}],
            "author": {"@type": "Person", "name": ["Bà Dê", "thợ may"], "sameAs": "https://noi.example/ba-de"},
        },
    ]
    (review,) = accepted(page(ld(node(itemReviewed=items))))
    assert review.appearances == tuple(f"https://noi.example/{n}" for n in (2, 3, 1, 4))
    assert (review.claimant, review.claim_date) == ("Bà Dê, thợ may, Ông Xê", "2026-02-01")


def test_address_of_a_person_is_no_place_where_a_claim_appeared() -> None:
    person = {"@type": "Person", "name": "Ông Xê", "url": "https://noi.example/xe", "sameAs": "https://noi.example/x"}
    (review,) = accepted(page(ld(node(itemReviewed={**person, "datePublished": "2026-02-01"}))))
    assert (review.claimant, review.appearances, review.claim_date) == ("Ông Xê", (), "2026-02-01")


def test_member_that_comes_twice_keeps_what_it_said() -> None:
    twice = ld(NODE)[:-1] + ', "claimReviewed": "", "itemReviewed": {"author": "Ông Xê"}, "itemReviewed": {"@type": '
    twice += '"Claim", "datePublished": "2026-02-01"}}'
    for content in (twice, twice.replace("}}", "},}")):
        (review,) = accepted(page(content))
        assert (review.claim, review.claimant, review.claim_date) == (CLAIM, "Ông Xê", "2026-02-01")


def test_site_of_a_page_is_its_desk_where_none_is_named_and_its_head_tells_the_language() -> None:
    site = {"@type": "WebSite", "name": "Trang", "publisher": {"@id": "#b"}}
    content = page(ld({"@graph": [site, {"@id": "#b", "name": "Báo Mẫu"}, node(author={"name": ""})]}), attributes="")
    content = content.replace("<head>", '<head><meta http-equiv="Content-Language" content="vi">')
    assert [(review.publisher, review.language) for review in accepted(content)] == [("Báo Mẫu", "vi")]


def test_address_alone_is_where_the_claim_appeared() -> None:
    (review,) = accepted(page(ld(node(itemReviewed="https://noi.example/1"))))
    assert review.appearances == ("https://noi.example/1",)


def test_name_of_a_record_in_a_dump_may_be_its_address() -> None:
    assert accepted(ld(node(url=None) | {"@id": URL}))[0].url == URL


def test_number_is_no_explanation() -> None:
    (review,) = accepted(page(ld(node(reviewRating={"alternateName": "Sai", "ratingExplanation": 5}))))
    assert (review.explanation, review.rating.explanation) == ("", "5")


def test_language_of_a_text_with_a_tag() -> None:
    content = page(ld(node(claimReviewed={"@value": "Lời đồn", "@language": "vi"}))).replace('lang="vi"', 'lang="en"')
    assert accepted(content)[0].language == "vi"


@pytest.mark.parametrize(
    "script",
    [
        f'<script type="application/json">{ld({"page": ld(NODE)})}</script>',
        f"<script>{ld(NODE)}</script>",
    ],
)
def test_claim_review_in_a_string_of_a_programs_state_and_in_a_script_of_no_type(script: str) -> None:
    assert [review.claim for review in accepted(f'<html lang="vi">{script}</html>')] == [CLAIM]


@pytest.mark.parametrize("wrap", [lambda r: [r, r], lambda r: {"data": {"pages": [{"reply": r}, r]}}])
def test_replies_of_google_may_be_packed(wrap: Any) -> None:
    check = {"publisher": {"site": "ban-mau.example"}, "url": URL, "textualRating": "Sai", "languageCode": "vi"}
    reply = {"claims": [{"text": "Lời đồn", "claimReview": [check]}], "nextPageToken": "x"}
    assert [review.claim for review in accepted(ld(wrap(reply)))] == ["Lời đồn", "Lời đồn"]


def test_block_may_be_a_string_that_holds_it() -> None:
    assert accepted(page(json.dumps(ld(NODE)))) == accepted(page(ld(NODE)))


def test_program_state_is_read_where_it_holds_a_claim_review() -> None:
    state = ld({"props": {"review": NODE}})
    content = f'<html lang="vi"><script id="__STATE__" type="application/json">{state}</script></html>'
    assert [review.claim for review in accepted(content)] == [CLAIM]


MICRODATA = """<html lang="vi"><div itemscope itemtype="http://schema.org/ClaimReview" itemref="muc">
<h1 itemprop="claimReviewed">Chanh  chữa cúm</h1><link itemprop="url" href="/bai/2">
<span itemprop="author" itemscope itemtype="http://schema.org/Organization"><b itemprop="name">Báo Mẫu</b></span>
<time itemprop="datePublished" datetime="2026-03-02">2/3</time></div>
<p id="muc" itemprop="reviewRating" itemscope itemtype="http://schema.org/Rating">
<i itemprop="alternateName">Sai</i></p></html>"""
RDFA = """<html lang="vi" prefix="schema: http://schema.org/"><div typeof="schema:ClaimReview">
<h1 property="schema:claimReviewed">Chanh chữa cúm</h1><a property="schema:url" href="/bai/2">x</a>
<span property="schema:author" typeof="schema:Organization"><b property="schema:name">Báo Mẫu</b></span>
<time property="schema:datePublished" datetime="2026-03-02">2/3</time>
<p rel="schema:reviewRating"><span typeof="schema:Rating"><i property="schema:alternateName">Sai</i></span></p>
</div></html>"""


@pytest.mark.parametrize(
    "content", [MICRODATA, RDFA, RDFA.replace("schema:", "").replace(' prefix="http', ' vocab="http')]
)
def test_markup_in_elements(content: str) -> None:
    (review,) = accepted(content, url=URL)
    assert (review.claim, review.verdict, review.publisher) == ("Chanh chữa cúm", "Sai", "Báo Mẫu")
    assert (review.url, review.published, review.language) == ("https://www.ban-mau.example/bai/2", "2026-03-02", "vi")


def windows_1258(text: str) -> bytes:
    """Vietnamese in its old encoding: letters with hat, breve or horn are one byte, tones follow."""
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", letter)
            tones = [mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323"]
            hats = [mark for mark in marks if mark not in tones]
            out += unicodedata.normalize("NFC", "".join([base, *hats])).encode("cp1258") + "".join(tones).encode(
                "cp1258"
            )
    return out


def with_meta(charset: str) -> str:
    return page(ld(NODE)).replace("<head>", f'<head><meta charset="{charset}">')


@pytest.mark.parametrize(
    "content",
    [
        windows_1258(with_meta("windows-1258")),
        with_meta("iso-8859-1").encode(),
        page(ld(NODE)).encode("utf-16"),
        page(ld(NODE)).encode("utf-16-le"),
        page(ld(NODE)).encode("utf-16-be"),
        page(ld(NODE)).encode("utf-8-sig"),
    ],
)
def test_encodings_and_wrong_declarations(content: bytes) -> None:
    (review,) = accepted(content)
    assert unicodedata.normalize("NFC", review.claim) == CLAIM


def test_servers_word_does_not_break_utf_8() -> None:
    (review,) = accepted(page(ld(NODE)).encode(), charset="iso-8859-1")
    assert review.claim == CLAIM


@pytest.mark.parametrize("charset", ["zlib", "idna", "unicode_escape", "undefined", "x", "utf-7", "a\x00b"])
def test_charset_that_is_none_is_passed_over(charset: str) -> None:
    for content in (page(ld(NODE)), ld(NODE)):
        assert accepted(content.encode(), charset=charset)[0].claim == CLAIM
        assert read(content.encode("cp1258", "replace"), charset=charset)


def test_western_page_that_says_it_is_utf_8() -> None:
    content = with_meta("utf-8").replace(CLAIM, "Le café énerve").encode("cp1252", "replace")
    assert accepted(content)[0].claim == "Le café énerve"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Thứ Bảy, 02/03/2024, 10:30 (GMT+7)", "2024-03-02"),
        ("10:30 02/03/2024", "2024-03-02"),
        ("Chủ nhật, 3/3/2024", "2024-03-03"),
        ("ngày 2 tháng 3 năm 2024", "2024-03-02"),
        ("2 tháng 3, 2024", "2024-03-02"),
        ("2024-02-31", None),
        ("0000-00-00", None),
    ],
)
def test_vietnamese_dates(written: str, day: str | None) -> None:
    (review,) = accepted(page(ld(node(datePublished=written, inLanguage="vi"))))
    assert review.published == day


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("/bai/2", "https://www.ban-mau.example/bai/2"),
        ("//ban-mau.example/2", "https://ban-mau.example/2"),
        ("www.ban-mau.example/2", "https://www.ban-mau.example/2"),
        (" https://ban-mau.example/a b\n/c ", "https://ban-mau.example/a%20b/c"),
        ("https://ban-mau.example /2", "https://ban-mau.example/2"),
        ("", URL),
    ],
)
def test_addresses_are_made_whole(written: str, url: str) -> None:
    (review,) = accepted(page(ld(node(url=written))), url=URL)
    assert review.url == url


def test_media_review_beside_a_claim_review_is_counted() -> None:
    media = {"@type": "MediaReview", "mediaAuthenticityCategory": "DecontextualizedContent", "url": URL}
    assert outcomes(page(ld([media, NODE]))) == ["media_review", "ok"]
    assert outcomes(ld([media, NODE])) == ["media_review", "ok"]


def test_broken_lines_are_counted_and_cost_no_other() -> None:
    lines = [ld(NODE), '{"@type": "ClaimReview", "claimReviewed": ', ld(node(claimReviewed="Hai")), "xx", ld(NODE)]
    assert outcomes("\n".join(lines)) == ["ok", "no_claim", "ok", "not_json", "ok"]


@pytest.mark.parametrize(
    "table",
    [
        'sep=;\nclaim;verdict;url\n"Chanh ""chua""\nchữa cúm";Sai;https://d.example/1\n',
        '\ufeffTin đồn,Kết luận,Link bài\n"Chanh ""chua""\nchữa cúm",Sai,https://d.example/1\n',
        'Statement text;Our verdict;Article link;Foo\n"Chanh ""chua""\nchữa cúm";Sai;https://d.example/1;x\n',
        'claim\tverdict\turl\n"Chanh ""chua"" chữa cúm"\tSai\thttps://d.example/1\n',
    ],
)
def test_tables_of_other_makes(table: str) -> None:
    records = read(table)
    assert not [record for record in records if isinstance(record, Rejected)]
    (review,) = [record.review for record in records if hasattr(record, "review")]
    assert (review.claim, review.verdict, review.url) == ('Chanh "chua" chữa cúm', "Sai", "https://d.example/1")


def test_guessed_columns_are_named() -> None:
    first = read("Statement text;Our verdict;Article link\nA;Sai;https://d.example/1\n")[0]
    assert getattr(first, "detail", "").startswith("column Statement text is read as claim")


def test_prose_with_commas_is_no_table() -> None:
    assert outcomes("The claim, the link, the rest: nothing\nof it") == ["not_known"]
