import pytest

from kiemchung.claims.chain import banner_length, is_boilerplate, tags_start


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
        "From: Cô Ba",
        "Date: Mon, 3 Aug",
        "#giamcan #suckhoe",
    ],
)
def test_is_boilerplate(text):
    assert is_boilerplate(text)


@pytest.mark.parametrize(
    "text",
    ["Cảnh báo bão số 3 đổ bộ", "Share of solar rose to 10%", "Gửi tiền vào số này sẽ mất", "Send money to this number and win", "St. Helena", "#tỏi chữa ung thư", "From 8 to 10: road shut"],
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
        ("RT @thoitiet: Bão mạnh lên", "Bão mạnh lên"),
        ("[10:32, 3/8/2025] Mẹ Bống: Trường có dịch", "Trường có dịch"),
        ("[3/8/25, 10:32:11 AM] Bob Lee: The dam broke", "The dam broke"),
        ("3/8/25, 10:32 - Bob: The dam broke", "The dam broke"),
        ("10:32 3/8/2025: cầu sập", "10:32 3/8/2025: cầu sập"),
        ("Subject: Fwd: Nước nhiễm độc", "Nước nhiễm độc"),
    ],
)
def test_banner_is_told_from_the_sentence(text, left):
    assert text[banner_length(text) :] == left


def test_is_boilerplate_of_hostile_repetition_ends():
    assert not is_boilerplate("gui ngay " * 17 + "x")
    assert not is_boilerplate("share this with all " * 7 + "zz")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Lá sen giảm 5kg/tuần #giamcan #suckhoe #fyp", "Lá sen giảm 5kg/tuần"),
        ("Garlic cures flu. #health", "Garlic cures flu."),
        ("They found a cure for #cancer", "They found a cure for #cancer"),
        ("#tỏi #gừng trị cảm", "#tỏi #gừng trị cảm"),
    ],
)
def test_tags_behind_the_words_are_told(text, left):
    assert text[: tags_start(text)] == left


def test_tags_start_of_hostile_repetition_ends():
    assert tags_start(" #a" * 20_000 + " b") == 60_002
