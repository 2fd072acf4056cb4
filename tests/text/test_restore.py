import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.text import fold, normalise
from kiemchung.text.restore import is_unmarked, packaged_restorer
from kiemchung.text.teencode import write_out


@given(st.text(alphabet="aăâdđeêioôơuưyxnghct ,.?15", max_size=60))
def test_restore_changes_marks_alone(text):
    assert fold(packaged_restorer().restore(text)) == fold(normalise(text))


def test_restore_puts_marks_on_common_words():
    assert packaged_restorer().restore("Uong nuoc am co tot khong") == "Uống nước ấm có tốt không"


@pytest.mark.parametrize(("text", "expected"), [("uong nuoc", True), ("uống nước", False), ("", False)])
def test_is_unmarked(text, expected):
    assert is_unmarked(text) is expected


def test_write_out_spells_chat_words():
    assert write_out("uống nc này đc ko mn") == "uống nước này được không mọi người"
