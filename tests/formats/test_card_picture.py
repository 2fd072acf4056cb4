"""Cards: every Vietnamese letter is there, and no text leaves its place."""

import io

from PIL import Image

from kiemchung.formats import card_picture
from kiemchung.formats.card_picture import SIZE, draw_card

LETTERS = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def test_font_has_every_vietnamese_letter():
    font = card_picture._font(40)
    missing = bytes(font.getmask("\uffff"))
    assert [letter for letter in LETTERS + LETTERS.upper() if bytes(font.getmask(letter)) == missing] == []


def test_card_is_a_small_picture_of_the_size_that_previews_show():
    content = draw_card("Uống nước chanh nóng chữa khỏi ung thư.", "Ghi chú", "Chưa có bằng chứng nào.", "Kiểm chứng")
    assert Image.open(io.BytesIO(content)).size == SIZE
    assert len(content) < 60_000


def test_no_text_leaves_its_place_however_long():
    long = "Mộtchữrấtdàikhôngcókhoảngtrắng" * 20 + " và nhiều chữ nữa" * 60
    picture = Image.open(io.BytesIO(draw_card(long, long, long, long))).convert("RGB")
    page = picture.getpixel((SIZE[0] - 5, 5))
    right = {picture.getpixel((x, y)) for x in range(SIZE[0] - 60, SIZE[0]) for y in range(0, SIZE[1], 3)}
    bottom = {picture.getpixel((x, y)) for x in range(20, SIZE[0], 3) for y in range(SIZE[1] - 18, SIZE[1])}
    assert right == bottom == {page}
