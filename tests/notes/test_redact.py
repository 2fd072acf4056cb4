import pytest

from kiemchung.notes.redact import MARK, redact


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Gọi 0912 345 678 để nhận quà", "phone"),
        ("Gọi 0912.345.678 ngay", "phone"),
        ("call +84 912 345 678 now", "phone"),
        ("call (555) 010-3456 today", "phone"),
        ("ring (024) 3825 1234", "phone"),
        ("liên hệ mai.nguyen@thu.example nhé", "email"),
        ("viết cho mai (at) thu.example", "email"),
        ("xem facebook.com/me.bim.123", "profile"),
        ("zalo.me/0912345678", "profile"),
        ("theo dõi @me_bim nhé", "handle"),
        ("CCCD: 079123456789", "id_number"),
        ("căn cước số 001 099 123 456", "id_number"),
        ("số 079123456789 của bà ấy", "phone"),
        ("chuyển vào STK 19001234567890", "bank_account"),
        ("xe biển số 51F-123.45", "plate"),
        ("xe 29X1-234.56 chạy ẩu", "plate"),
        ("nhà ở số 12 ngõ 34 phố Hoa Sữa, gần chợ", "address"),
        ("số 12/3 đường Hàng Dừa, quận", "address"),
        ("lives at 12 Old Mill Road, near", "address"),
    ],
)
def test_redact_cuts_contact_data(text, kind):
    done = redact(text)
    assert kind in done.kinds
    assert MARK in done.text
    assert not any(
        run in done.text
        for run in ("345", "thu.example", "me_bim", "me.bim", "123.45", "234.56", "Hoa Sữa", "Hàng Dừa", "Mill")
    )


@pytest.mark.parametrize(
    "text",
    [
        "Có 1.234.567 người nhiễm trong năm 2024.",
        "Giá vàng 74.500.000 đồng một lượng",
        "Bão giật 300 km/giờ, ngày 27/8/2026 lúc 13:45",
        "Uống 8 cốc nước, khoảng 2.000 ml mỗi ngày",
        "In 2019, 12,345,678 people were counted.",
        "Có 12345678 con gà",
        "Trái đất cách Mặt Trời 149600000 km",
    ],
)
def test_redact_leaves_figures_of_a_claim(text):
    assert redact(text).text == text


def test_redact_cuts_nothing_twice():
    done = redact("a@b.example và 0912345678 và a@b.example")
    assert done.text == f"{MARK} và {MARK} và {MARK}"
    assert done.kinds == ("email", "phone", "email")


def test_long_word_is_read_in_time_that_grows_with_its_length():
    """A word of 100,000 letters once took minutes; this ends at all."""
    assert redact("a" * 100_000 + " x").kinds == ()
    assert redact("a" * 100 + "@mau.example").text.endswith("[…]")
