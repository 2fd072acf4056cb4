import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats.log_entry import Opening, canonical, new_opening, parse_opening

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
ENTRIES = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), VALUES, max_size=5)


@given(ENTRIES, st.integers(0, 10**9))
def test_opening_reads_back_with_the_same_commitment(entry, index):
    opening = new_opening(index, entry)
    read = parse_opening(opening.render())
    assert read == opening
    assert read.commitment() == opening.commitment()


def test_canonical_orders_keys_and_writes_no_space():
    assert canonical({"b": 1, "a": "đ"}) == '{"a":"đ","b":1}'.encode()


def test_equal_entries_have_different_commitments():
    assert new_opening(0, {"kind": "x"}).commitment() != new_opening(0, {"kind": "x"}).commitment()


def test_redacted_opening_keeps_its_place_and_nothing_else():
    read = parse_opening(Opening(5, None).render())
    assert read == Opening(5, None)
    with pytest.raises(InputError, match="log entry 5: its opening was redacted"):
        read.commitment()


@pytest.mark.parametrize(
    "line", ["", "[]", '{"index":"x"}', '{"index":1,"salt":"zz","entry":{}}', '{"index":1,"salt":"00","entry":{}}']
)
def test_broken_openings_are_refused(line):
    with pytest.raises(InputError):
        parse_opening(line)
