import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats.log_entry import Opening, canonical, new_opening, parse_opening

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-(2.0**53), 2.0**53)  # larger ones are read back as integers of other digits
    | st.sampled_from([0.0, -0.0, 1e-4, 9e-5, 1e15, 1e16, 1e21, 5e-324, 123456789012345.6, 0.1 + 0.2, 2.0**53])
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
    read = parse_opening(opening.render()[:-1])
    assert (read, read.entry, read.commitment()) == (opening, entry, opening.commitment())


@given(ENTRIES)
def test_canonical_is_what_the_reference_writes(entry):
    assert canonical(entry) == rfc8785.dumps(entry)


def test_canonical_orders_keys_and_writes_no_space():
    assert canonical({"b": 1, "a": "đ"}) == '{"a":"đ","b":1}'.encode()


def test_canonical_refuses_what_json_cannot_say():
    with pytest.raises(InputError, match="cannot be written canonically"):
        canonical({"a": float("nan")})


def test_equal_entries_have_different_commitments():
    assert new_opening(0, {"kind": "x"}).commitment() != new_opening(0, {"kind": "x"}).commitment()


def test_redacted_opening_keeps_its_place_and_nothing_else():
    read = parse_opening(Opening(5, None).render()[:-1])
    assert (read, read.entry) == (Opening(5, None), None)
    with pytest.raises(InputError, match="log entry 5: its opening was redacted"):
        read.commitment()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b'{"index":"x"}',
        b'{"index":01,"redacted":true}',
        b'{"index":1, "redacted":true}',
        b'{"index":1,"salt":"zz","entry":{}}',
        b'{"index":1,"salt":"' + b"A" * 32 + b'","entry":{}}',
        b'{"index":1,"salt":"' + b"0" * 32 + b'","entry":{"a":}}',
    ],
)
def test_openings_written_in_another_way_are_refused(line):
    with pytest.raises(InputError):
        parse_opening(line)
