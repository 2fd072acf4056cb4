import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.formats import json_stream
from kiemchung.formats.json_stream import read_values
from tests.formats.documents import NODE, dumps, node, outcomes, read

ONE = dumps(NODE)
ELEMENT = dumps({"item": [NODE], "url": "x"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (ONE, ["ok"]),
        (f"[{ONE},\n{ONE}]", ["ok", "ok"]),
        (f"{ONE}\n{ONE}\n", ["ok", "ok"]),
        (f"{ONE}\n", ["ok"]),
        (f"{ONE}{ONE}", ["ok", "ok"]),
        (f"\ufeff{ONE}\r\n\r\n{ONE}", ["ok", "ok"]),
        (f"{ONE}\n{{bad\n{ONE}\n", ["ok", "not_json", "ok"]),
        (f"{{bad}}\n{ONE}\n", ["not_json", "ok"]),
        (f"[{ONE},{ONE[:-1]},}},{ONE}]", ["ok", "mended", "ok"]),
        (f"[{ONE},{ONE}", ["ok", "ok"]),
        (f"[{ONE},5,null,{ONE}]", ["ok", "not_known", "not_known", "ok"]),
        ("[]", []),
        ("{}", []),
        ('{"a": 1}', ["no_claim_review"]),
        ("[1, 2", ["not_known", "not_known"]),
        ("{{{{", ["not_json"]),
    ],
)
def test_json_is_read_in_every_arrangement_and_past_broken_parts(content: str, expected: list[str]) -> None:
    assert outcomes(content) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ([ELEMENT, '{"item": null}', dumps({"item": NODE})], ["ok", "empty_item", "ok"]),
        ([ELEMENT, "null", dumps({"item": [NODE, node(claimReviewed=None)]})], ["ok", "empty_item", "ok", "no_claim"]),
        ([ELEMENT, ELEMENT[:-40], ELEMENT], ["ok", "no_verdict", "ok"]),
        ([ELEMENT, ELEMENT.replace("]", ",]"), ELEMENT], ["ok", "mended", "ok"]),
        ([NODE and dumps(NODE)], ["ok"]),
    ],
)
def test_data_commons_feed_with_broken_elements_loses_no_other(elements: list[str], expected: list[str]) -> None:
    content = '{"@context": "https://schema.org", "dataFeedElement": [' + ",\n".join(elements) + '], "x": 1}'
    assert outcomes(content) == expected


def test_data_commons_element_of_a_real_feed_is_read(shared_data: object) -> None:
    from pathlib import Path

    assert isinstance(shared_data, Path)
    element = (shared_data / "claimreview" / "data-commons-item.json").read_text(encoding="utf-8")
    assert outcomes(f'{{"dataFeedElement":[{element}]}}') == outcomes(element) == ["ok"]


def test_insights_json_counts_media_reviews() -> None:
    content = dumps(
        {"meta": {"claimReviewCount": 1}, "mediaReviews": [{"@type": "MediaReview"}], "claimReviews": [NODE]}
    )
    assert outcomes(content) == ["media_review", "ok"]


def test_google_replies_and_markup_pages_are_read() -> None:
    check = {"publisher": {"name": "Bàn Mẫu", "site": "ban-mau.example"}, "url": "https://ban-mau.example/1"}
    check |= {"textualRating": "Sai", "languageCode": "vi", "reviewDate": "2026-01-01T00:00:00Z"}
    reply = {"claims": [{"text": "Tin đồn", "claimReview": [check, check]}, {"text": "x"}], "nextPageToken": "a"}
    markup = {
        "claimReviewed": "Tin đồn",
        "rating": {"textualRating": "Sai"},
        "claimAppearances": ["https://a.example/1"],
    }
    pages = {"claimReviewMarkupPages": [{"pageUrl": "https://b.example/1", "claimReviewMarkups": [markup]}]}
    assert outcomes(dumps(reply)) == ["ok", "ok", "no_claim_review"]
    assert outcomes(dumps({"results": [{"claim": reply["claims"][0]}]})) == ["ok", "ok"]
    assert outcomes(dumps(pages)) == ["ok"]


def test_where_says_the_line_or_the_number() -> None:
    assert [r.where for r in read(f"{ONE}\n\n{ONE}\n")] == ["record 1", "record 3"]
    assert [r.where for r in read(f"[{ONE},{ONE}]")] == ["record 1", "record 2"]


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none()), max_size=6))
def test_values_come_out_as_they_are_whatever_the_window(values: list[dict[str, object]]) -> None:
    class Drip(io.StringIO):
        """Gives a few characters at a time, as a slow download does."""

        def read(self, size: int | None = -1) -> str:
            return super().read(7)

    listed = [found.value for found in read_values(Drip(json.dumps(values)))]
    assert listed == values
    lines = [found.value for found in read_values(Drip("".join(json.dumps(v) + "\n" for v in values)))]
    assert lines == values


@given(st.text(alphabet='{}[]",:\\ \nab1', max_size=60))
def test_nonsense_ends_and_raises_nothing(content: str) -> None:
    for prefix in ("", "[", '{"claims":[', ONE + "\n"):
        outcomes(prefix + content)


def test_value_without_end_is_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "MAX_VALUE", 5_000)
    found = list(read_values(io.StringIO('[{"a": "' + "x" * 3_000_000)))
    assert [(f.value, bool(f.error)) for f in found] == [(None, True)]
