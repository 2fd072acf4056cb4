import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.store.identity import claim_key, normalise_url, site_of

SAME = [
    "https://desk.example/a/b?id=7&x=1",
    "http://www.desk.example/a/b?x=1&id=7",
    "HTTPS://DESK.example:443/a/b/?id=7&x=1&utm_source=feed&fbclid=abc#top",
    "https://m.desk.example//a/b/amp?id=7&x=1",
    "https://desk.example/%61/b?id=7&x=1",
]


def test_addresses_of_one_page_are_the_same() -> None:
    assert {normalise_url(url) for url in SAME} == {"desk.example/a/b?id=7&x=1"}


@pytest.mark.parametrize(
    "other",
    ["https://desk.example/a/b?id=8&x=1", "https://desk.example/a/B?id=7&x=1", "https://x.desk.example/a/b?id=7&x=1"],
)
def test_addresses_of_other_pages_differ(other: str) -> None:
    assert normalise_url(other) != normalise_url(SAME[0])


@given(st.text())
def test_address_of_any_kind_normalises_once_and_for_all(url: str) -> None:
    once = normalise_url(url)
    assert normalise_url(f"http://{once}") in {once, normalise_url(once), normalise_url(f"http://{once}")}
    assert isinstance(site_of(url), str)


def test_claims_typed_differently_have_one_key() -> None:
    assert claim_key("“Cà phê — CHỮA được cúm”!") == claim_key("cà phê chữa được cúm")
    assert claim_key("ma") != claim_key("má")
    assert claim_key("😀") == "😀"
