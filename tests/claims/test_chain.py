import pytest

from kiemchung.claims.chain import banner_length, is_boilerplate


@pytest.mark.parametrize(
    "text",
    [
        "TIN NÓNG!!!",
        "Chia sẻ ngay cho mọi người biết nhé!",
        "chia se ngay cho moi nguoi",
        "Forwarded as received",
        "Share with your family and friends!!",
        "please forward this to everyone you know",
        "Xin chào cả nhà",
        "Cảm ơn mọi người",
        "(Nguồn: sưu tầm.)",
    ],
)
def test_is_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    "text",
    ["Cảnh báo bão số 3 đổ bộ", "Share of solar rose to 10%", "Gửi tiền vào số này sẽ mất", "Send money to this number and win", "St. Helena"],
)  # fmt: skip
def test_is_boilerplate_leaves_statements(text):
    assert not is_boilerplate(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("TIN NÓNG: uống nước", "uống nước"),
        ("Fwd: Fwd: giá vàng tăng", "giá vàng tăng"),
        ("URGENT!!! BREAKING NEWS: water is wet", "water is wet"),
        ("Cảnh báo: kẻ gian giả danh", "kẻ gian giả danh"),
        ("Cảnh báo bão số 3", "Cảnh báo bão số 3"),
    ],
)
def test_banner_is_told_from_the_sentence(text, left):
    assert text[banner_length(text) :] == left


def test_is_boilerplate_of_hostile_repetition_ends():
    assert not is_boilerplate("gui ngay " * 17 + "x")
    assert not is_boilerplate("share this with all " * 7 + "zz")
