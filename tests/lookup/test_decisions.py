"""What the packaged model decides with real vectors, in collections where some languages have one or two checks."""

import pytest

from kiemchung.embed import open_embedder
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import Query, look_up
from kiemchung.model import Decision

pytestmark = pytest.mark.slow

DOCUMENTS = [
    Document("lemon", "Uống nước chanh nóng mỗi sáng chữa khỏi bệnh ung thư.", "", "vi"),
    Document("lemon-en", "Drinking hot lemon water every morning cures cancer.", "No study shows this.", "en"),
    Document("gout", "Beber agua alcalina cura la gota.", "El agua alcalina no cura la gota.", "es"),
    Document("onion", "Dormir con una cebolla en el calcetín baja la fiebre.", "", "es"),
    Document("mars", "Mars will look as big as the full Moon on 27 August.", "", "en"),
    Document("microwave", "Dùng lò vi sóng hâm thức ăn sinh ra chất gây ung thư.", "Lò vi sóng chỉ làm nóng.", "vi"),
    Document("storm", "Bão số 9 mạnh cấp 20 sẽ đổ bộ vào thứ Bảy này.", "Không có bản tin nào như vậy.", "vi"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory, model_data_dir):
    embedder = open_embedder("ct2", model_data_dir)
    with LookupIndex.open(tmp_path_factory.mktemp("i") / "index", embedder, create=True) as index:
        index.upsert(DOCUMENTS)
        index.commit()
        yield index


def matched(index, text, language):
    (found,) = look_up(index, [Query(text, language)])
    return {match.doc_id for match in found if match.decision is Decision.MATCH}


def test_rumour_finds_its_check_and_not_the_one_of_a_tiny_partition(index):
    found = matched(index, "Bác sĩ nói uống nước chanh nóng mỗi sáng là khỏi ung thư", "vi")
    assert "lemon" in found
    assert found <= {"lemon", "lemon-en"}


def test_typing_without_marks_finds_the_same(index):
    assert "lemon" in matched(index, "uong nuoc chanh nong moi sang chua khoi benh ung thu", "vi")


@pytest.mark.parametrize("text", ["Giá chanh ở chợ tăng gấp ba.", "Cửa hàng bán nước lọc mở cửa lúc 7 giờ."])
def test_other_topics_match_nothing(index, text):
    assert matched(index, text, "vi") == set()


def test_denial_is_no_match(index):
    assert matched(index, "Nước chanh nóng hoàn toàn không chữa được ung thư đâu, đừng tin.", "vi") == set()


def test_a_month_in_words_is_no_other_number(index):
    assert matched(index, "À, tháng tám này sao Hỏa sẽ to bằng Mặt Trăng.", "vi") == {"mars"}


def test_an_opposite_is_no_match_without_a_word_that_denies(index):
    (found,) = look_up(index, [Query("Mùng 27 tháng 8 sao Hỏa sẽ nhỏ hơn Mặt Trăng.", "vi")])
    mars = [match for match in found if match.doc_id == "mars"]
    assert all(match.decision is not Decision.MATCH for match in mars)
    assert [reason.code for match in mars for reason in match.reasons][:1] == ["negation_differs"]


def test_numbers_are_called_the_same_only_where_none_is_missing(index):
    def codes(text):
        (found,) = look_up(index, [Query(text, "vi")])
        return [reason.code for match in found if match.doc_id == "mars" for reason in match.reasons]

    assert "same_numbers" not in codes("À, tháng tám này sao Hỏa sẽ to bằng Mặt Trăng.")
    assert "same_numbers" in codes("Ngày 27 tháng 8 sao Hỏa sẽ to bằng Mặt Trăng.")
