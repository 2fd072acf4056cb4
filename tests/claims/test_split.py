import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.claims.split import split_sentences
from tests.claims.test_clean import MESSAGES

PIECES = st.sampled_from(
    [
        "Uống nước.",
        " ",
        "\n",
        "1. ",
        "- ",
        "v.v. ",
        "TP. ",
        "3.5",
        "...",
        "?",
        "!",
        '"',
        "”",
        "🔥🔥",
        "https://a.vn/x.y?z=1",
        "Dr. ",
        "abc",
        "Hay",
        "。",
        " • ",
        "!!1!",
        "Một dòng chữ\n",
    ]
)


def sentences(text):
    return [text[start:end] for start, end in split_sentences(text)]


@given(MESSAGES | st.lists(PIECES, max_size=30).map("".join))
def test_split_sentences_leaves_out_no_letter(text):
    last = 0
    for start, end in split_sentences(text):
        assert last <= start < end <= len(text)
        assert not any(map(str.isalpha, text[last:start])) or len(text[last:start].strip()) <= 3
        last = end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Uống chanh. Ăn tỏi! Thật không?", ["Uống chanh.", "Ăn tỏi!", "Thật không?"]),
        ("TP. Hồ Chí Minh có 3.5 triệu xe, v.v. Đường hẹp.", ["TP. Hồ Chí Minh có 3.5 triệu xe, v.v.", "Đường hẹp."]),
        ("Giá 1.000.000đ. Còn hàng", ["Giá 1.000.000đ.", "Còn hàng"]),
        ("Dr. Lee met J. R. Moss at 5 p.m. in the U.S. office.", ["Dr. Lee met J. R. Moss at 5 p.m. in the U.S. office."]),
        ("Use tools, e.g. pliers. Then rest.", ["Use tools, e.g. pliers.", "Then rest."]),
        ("Cam giàu vitamin C. Nên ăn mỗi ngày.", ["Cam giàu vitamin C.", "Nên ăn mỗi ngày."]),
        ("Bị viêm gan B. Ai cũng có thể mắc.", ["Bị viêm gan B.", "Ai cũng có thể mắc."]),
        ("Lemons hold vitamin C. That is known.", ["Lemons hold vitamin C.", "That is known."]),
        ("Vụ cháu B. Trần xảy ra hôm qua, theo J. Moss.", ["Vụ cháu B. Trần xảy ra hôm qua, theo J. Moss."]),
        ("Xem https://a.vn/x.html?a=1.b rồi nói", ["Xem https://a.vn/x.html?a=1.b rồi nói"]),
        ("xong rồi.Mai mình đi", ["xong rồi.", "Mai mình đi"]),
        ("tin này thật k? mình thấy lạ", ["tin này thật k?", "mình thấy lạ"]),
        ("Ăn tỏi... chữa bệnh… Thật đấy", ["Ăn tỏi... chữa bệnh…", "Thật đấy"]),
        ("- rửa tay\n- đeo khẩu trang", ["rửa tay", "đeo khẩu trang"]),
        ("1.Rửa tay\n2.Đeo khẩu trang", ["Rửa tay", "Đeo khẩu trang"]),
        ("3/tháng rồi vẫn vậy\n24/24 giờ", ["3/tháng rồi vẫn vậy", "24/24 giờ"]),
        ("1. Rửa tay. 2. Đeo khẩu trang", ["Rửa tay.", "Đeo khẩu trang"]),
        ("chanh chữa ung thư 🔥🔥 chia sẻ ngay", ["chanh chữa ung thư", "chia sẻ ngay"]),
        ("mình ❤ mẹ", ["mình ❤ mẹ"]),
        ('"Is it true?" she asked. He left.', ['"Is it true?" she asked.', "He left."]),
        ("Một câu dài bị ngắt dòng ở giữa vì thư điện tử làm\nthế đấy. Hết", ["Một câu dài bị ngắt dòng ở giữa vì thư điện tử làm\nthế đấy.", "Hết"]),
        ("Theo các bác sĩ Bệnh viện\nTrung ương, ăn nhiều\nmuối làm tăng nguy cơ\ntai biến mạch máu não.\nMỗi ngày chỉ nên ăn\ndưới 5 gam muối.",
            ["Theo các bác sĩ Bệnh viện\nTrung ương, ăn nhiều\nmuối làm tăng nguy cơ\ntai biến mạch máu não.", "Mỗi ngày chỉ nên ăn\ndưới 5 gam muối."]),
        ("mai cúp điện nha\nsáng mốt có lại\nai cần thì sạc trước", ["mai cúp điện nha", "sáng mốt có lại", "ai cần thì sạc trước"]),
        ("Giá hôm nay\nxăng 21.430đ\ndầu 18.900đ", ["Giá hôm nay", "xăng 21.430đ", "dầu 18.900đ"]),
        ("• Ngủ đủ 8 tiếng • Không hút thuốc • Uống 2 lít nước", ["Ngủ đủ 8 tiếng", "Không hút thuốc", "Uống 2 lít nước"]),
        ("Có độc đó mn ơi!!!!!1! e coi tivi", ["Có độc đó mn ơi!!!!!1!", "e coi tivi"]),
        ("Ông A ngụ x. Hòa Bình, h. Cư Jút bị rắn cắn.", ["Ông A ngụ x. Hòa Bình, h. Cư Jút bị rắn cắn."]),
        ("Nhanh tay!!! 1 ngày nữa hết", ["Nhanh tay!!!", "1 ngày nữa hết"]),
        ("水能治病。真的吗？", ["水能治病。", "真的吗？"]),
        ("Mẹo: 1) Uống nước ấm 2) Ngậm gừng 3) Ngủ sớm", ["Mẹo: 1) Uống nước ấm", "Ngậm gừng", "Ngủ sớm"]),
        ("1/ Chanh diệt virus 2/ Tỏi hạ đường", ["Chanh diệt virus", "Tỏi hạ đường"]),
        ("Tips: (1) Rest (2) Drink (3) Sleep", ["Tips: (1) Rest", "Drink", "Sleep"]),
        ("See figures (1) and (2) below.", ["See figures (1) and (2) below."]),
        ("Phát hiện 2) ca bệnh ở bản (3) tháng này", ["Phát hiện 2) ca bệnh ở bản (3) tháng này"]),
        ("Nghe mẹ nói là nước giếng,\nnước mưa đều nhiễm phèn.", ["Nghe mẹ nói là nước giếng,\nnước mưa đều nhiễm phèn."]),
        ('Báo viết "mì gây ung thư".Sợ quá', ['Báo viết "mì gây ung thư".', "Sợ quá"]),
        ("It broke the record set on Mon. by 1.7C.", ["It broke the record set on Mon. by 1.7C."]),
        ("The shop opens on Mon. The bar is shut.", ["The shop opens on Mon.", "The bar is shut."]),
        (">>> Fwd: tin\r\n\r\nhai", ["Fwd: tin", "hai"]),
        ("🔥🔥\n...\n", []),
        ("", []),
    ],
)  # fmt: skip
def test_split_sentences(text, expected):
    assert sentences(text) == expected


def test_split_sentences_of_one_long_line_stays_linear():
    """It took half a minute for what a message may hold at most."""
    assert len(list(split_sentences("một hai " * 5_000))) == 1


def test_split_sentences_of_a_long_run_of_marks_stays_linear():
    assert len(split_sentences("a🔥 " * 20_000 + "." * 20_000 + " " * 20_000 + "b")) > 0
