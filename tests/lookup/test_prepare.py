import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.lookup.clean import clean, split_camel
from kiemchung.lookup.denial import count_denials
from kiemchung.lookup.prepare import prepare
from kiemchung.text import fold, normalise
from kiemchung.text.restore import is_unmarked, packaged_restorer
from kiemchung.text.teencode import write_out


def test_clean_takes_out_what_no_check_speaks_of():
    post = "WOW #HotWater heals!! https://t.co/abc123pic.twitter.com/xyz 🔥 — Lena Marsh (@lena_m) June 1, 2020"
    assert clean(post).whole == "WOW Hot Water heals!! Lena Marsh"
    assert clean(post).author == "Lena Marsh"


def test_split_camel_parts_words_and_numbers():
    assert split_camel("SavePlanet2020now_please") == "Save Planet 2020 now please"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Uong nuoc da lam vo mach mau", "Uống nước đá làm vỡ mạch máu"),
        ("Khong nen bo dien thoai vao tu lanh", "Không nên bỏ điện thoại vào tủ lạnh"),
    ],
)
def test_missing_marks_are_put_in(typed, meant):
    assert is_unmarked(typed)
    assert prepare(typed, "vi").text == meant


def test_marked_and_other_languages_are_left_alone():
    assert prepare("Uống nước đá", "vi").restored is False
    assert prepare("Drinking ice water", "en").text == "Drinking ice water"


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạ ,.!0129", max_size=60))
def test_restoring_changes_nothing_but_marks(text):
    restored = packaged_restorer().restore(text)
    assert fold(restored) == fold(normalise(text))


def test_chat_spelling_is_written_out_but_not_in_amounts():
    assert write_out("k đc uống nc đá, kiếm 500k") == "không được uống nước đá, kiếm 500k"


@pytest.mark.parametrize(
    ("text", "language"),
    [("Tỏi không chữa được cúm.", "vi"), ("Garlic does not cure the flu.", "en"), ("El ajo no cura la gripe.", "es")],
)
def test_denials_are_counted(text, language):
    assert count_denials(text, language) > 0


@pytest.mark.parametrize(
    ("text", "language"),
    [("Đừng uống nước lạnh.", "vi"), ("Please don't drink cold water.", "en"), ("Tỏi chữa cúm.", "vi")],
)
def test_advice_is_no_denial(text, language):
    assert count_denials(text, language) == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Gấu Bắc Cực con nào cũng thuận tay trái, lạ không.", "vi"),
        ("Thật không mọi người?", "vi"),
        ("Ăn no phải chờ hai tiếng mới được xuống nước, không là chuột rút.", "vi"),
        ("Ngồi nhà chấm sao khách sạn mỗi ngày 90 đô, chẳng cần biết gì.", "vi"),
        ("Quạt thổi thẳng vào mặt là chết lúc nào không hay.", "vi"),
        ("Sóng làm yếu phổi, bệnh từ đó ra chứ đâu.", "vi"),
        ("Not only colds: it cures the flu, can't wait to try.", "en"),
    ],
)
def test_questions_and_idioms_are_no_denials(text, language):
    assert count_denials(text, language) == 0


@pytest.mark.parametrize(
    "text", ["Nước chanh có chữa ung thư không? Không.", "Chuyện đó hoàn toàn không.", "Không hay gì đâu, hỏng da đó."]
)
def test_denials_beside_idioms_are_counted(text):
    assert count_denials(text, "vi") > 0
