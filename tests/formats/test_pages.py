from pathlib import Path

import pytest

from kiemchung.formats.pages import decode, read_page
from kiemchung.formats.records import Accepted
from tests.formats.documents import NODE, accepted, dumps, node, outcomes, page

BLOCK = dumps(NODE)


def test_pages_of_real_desks_are_read_without_loss(shared_data: Path) -> None:
    folder = shared_data / "claimreview"
    lines = (folder / "expected.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for name, n_reviews, _, claim in (line.split("\t") for line in lines):
        records = list(read_page((folder / "pages" / name).read_bytes()))
        claims = [record.review.claim for record in records if isinstance(record, Accepted)]
        assert len(records) == len(claims) == int(n_reviews), name
        # one page gives its claim as a list; the expectation shows it as written, we give its words
        assert claims == [claim.removeprefix("['").removesuffix("']")], name


def test_page_may_hold_several_blocks_and_checks() -> None:
    content = page(BLOCK, '{"@type": "WebSite"}', dumps([NODE, node(claimReviewed="Hai")]))
    assert [review.claim for review in accepted(content)] == [NODE["claimReviewed"]] * 2 + ["Hai"]


@pytest.mark.parametrize(
    "block",
    [
        f"<!-- {BLOCK} -->",
        f"//<![CDATA[\n{BLOCK}\n//]]>",
        f"/*<![CDATA[*/{BLOCK}/*]]>*/",
        f"<![CDATA[{BLOCK}]]>",
        f"\ufeff{BLOCK};",
        BLOCK.replace("nước", "nước\n\t"),
    ],
)
def test_block_in_wrappers_is_read_as_it_is(block: str) -> None:
    (review,) = accepted(page(block))
    assert review.verdict == "Sai"


@pytest.mark.parametrize(
    "block",
    [
        BLOCK.replace("}", ",}"),
        BLOCK.replace('", "', '" "'),
        BLOCK.replace('"Sai"', "'Sai'"),
        BLOCK + BLOCK.replace("chanh-muoi", "hai"),
        BLOCK[:-1],
        BLOCK.replace('"@type": "ClaimReview"', '/* x */ "@type": "ClaimReview", // y\n'),
        BLOCK.replace('{"@context"', '{"x": undefined, "@context"'),
        BLOCK.replace("cúm", 'cúm" và \\"bệnh khác'),
        BLOCK.replace(", ", ",<br />\n"),
        f"<p>{BLOCK}</p>",
        BLOCK.replace('"', "&quot;"),
        BLOCK.replace('"', "”").replace("”https", "“https"),
        BLOCK.replace("Uống nước", 'Ông nói "A", "B" và "C" thì uống nước'),
        "[" + BLOCK + "," + BLOCK[:60],
        f"var data = {BLOCK};",
        f"<br /><b>Warning</b>: Undefined index [x] on line 3<br />{BLOCK}",
    ],
)
def test_broken_block_is_mended(block: str) -> None:
    assert set(outcomes(page(block))) <= {"mended", "no_claim"}
    assert "mended" in outcomes(page(block))


def test_unescaped_quotes_stay_in_the_claim() -> None:
    block = BLOCK.replace("Uống nước chanh muối chữa được cúm", 'Bác sĩ nói "chanh muối", chữa được cúm')
    (record,) = list(read_page(page(block).encode()))
    assert isinstance(record, Accepted)
    assert record.review.claim == 'Bác sĩ nói "chanh muối", chữa được cúm'


def test_block_broken_off_inside_a_claim_is_reported_and_not_cut() -> None:
    block = '{"@type":"ClaimReview","url":"https://a.example/1","reviewRating":"Sai","claimReviewed":"Uống nước'
    assert outcomes(page(block)) == ["no_claim"]


def test_block_that_cannot_be_read_is_reported() -> None:
    assert outcomes(page("ClaimReview: none", BLOCK)) == ["broken_block", "ok"]


def test_page_without_claim_review_says_so() -> None:
    assert outcomes(page('{"@type": "NewsArticle"}')) == ["no_claim_review"]


def test_page_lends_its_address_language_title_name_and_date() -> None:
    head = (
        '<link rel="canonical" href="https://www.ban-mau.example/a/b">'
        '<meta property="og:site_name" content="Bàn Mẫu"><meta property="og:title" content="Tiêu đề">'
        '<meta property="article:published_time" content="2026-01-02T03:04:05Z">'
    )
    bare = node(url="/a/b", author={"@type": "Person", "name": "Ví Dụ"}, datePublished=None)
    (review,) = accepted(page(dumps(bare), head=head))
    assert (review.url, review.publisher_site) == ("https://www.ban-mau.example/a/b", "ban-mau.example")
    assert (review.language, review.title, review.publisher) == ("vi", "Tiêu đề", "Bàn Mẫu")
    assert review.published == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize("url", [None, "", "htps:/broken", "/a/b"])
def test_page_whose_check_has_no_good_address_gives_its_own(url: str | None) -> None:
    article = {"@type": "NewsArticle", "mainEntityOfPage": {"@id": "https://ban-mau.example/a/b"}}
    (review,) = accepted(page(dumps({"@graph": [article]}), dumps(node(url=url))))
    assert review.url == "https://ban-mau.example/a/b"


def test_page_with_an_empty_rating_lends_its_headline_as_verdict() -> None:
    empty = node(reviewRating={"alternateName": "", "ratingValue": ""}, headline="Không, chanh muối không chữa cúm")
    (review,) = accepted(page(dumps(empty)))
    assert review.verdict == "Không, chanh muối không chữa cúm"


def test_microdata_beside_json_ld_is_not_read_twice() -> None:
    content = (
        page(BLOCK) + '<p itemscope itemtype="https://schema.org/ClaimReview"><b itemprop="claimReviewed">x</b></p>'
    )
    assert outcomes(content) == ["ok"]


def test_microdata_is_read() -> None:
    content = """<html lang=vi><div itemscope itemtype="https://schema.org/ClaimReview">
    <a itemprop="url" href="https://ban-mau.example/1">x</a><span itemprop="claimReviewed">Tin đồn</span>
    <div itemprop="author" itemscope itemtype="https://schema.org/Organization"><b itemprop="name">Bàn Mẫu</b></div>
    <div itemprop="reviewRating" itemscope itemtype="https://schema.org/Rating">
    <meta itemprop="alternateName" content="Sai">
    </div></div>"""
    (review,) = accepted(content)
    assert (review.claim, review.verdict, review.publisher) == ("Tin đồn", "Sai", "Bàn Mẫu")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1258"])
def test_page_is_decoded_by_mark_or_declaration(encoding: str) -> None:
    block = dumps(node(claimReviewed="Cà phê, đêm", author="x", reviewRating="False"))
    (review,) = accepted(page(block, head=f'<meta charset="{encoding}">').encode(encoding))
    assert review.claim == "Cà phê, đêm"


def test_page_with_a_few_broken_bytes_stays_utf8() -> None:
    assert decode("Uống nước".encode() + b"\xff" + " đường".encode()) == "Uống nước\ufffd đường"


@pytest.mark.parametrize("content", [b"<", b"<html>", b"<script type='application/ld+json'>", b"<!--", b"<a" * 5000])
def test_page_of_nothing_says_so(content: bytes) -> None:
    assert outcomes(content) in (["no_claim_review"], ["not_known"])
