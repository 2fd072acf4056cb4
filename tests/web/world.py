"""A small commons with everything in it: requests, notes of every status, tombstones, a history."""

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from kiemchung.commons.ask_for_note import index_requests
from kiemchung.commons.score_notes import score_notes
from kiemchung.model import Level, NoteDraft, Rating, Request, Source
from tests.copies import copy_database
from tests.ratings import put_rating
from tests.web.fakes import FakeCommons, demo_commons, open_site

CLAIM = "Cầu Rồng Xanh dài 12 km đã bị đóng từ hôm qua vì nứt trụ"
CLAIM_EN = "The Blue Dragon bridge of 12 km was closed yesterday because a pier cracked"
REQUEST, REQUEST_EN = "aaaa0000bbbb1111", "aaaa0000bbbb2222"
SHOWN, NEEDS, REFUSED, FRESH, WITHDRAWN, REDACTED = (f"{i:02d}ee0000ffff0000" for i in range(6))


def draft(text: str, *, misleading: bool = True, language: str = "vi") -> NoteDraft:
    """A note with two sources."""
    sources = (
        Source("https://giaothong.example/cau-rong-xanh", "Cầu vẫn lưu thông bình thường trong ngày 20/9.",
               "2026-09-20", "Sở Giao thông: cầu Rồng Xanh không đóng", "https://archive.example/1"),
        Source("https://baodia.example/cau", "Không có vết nứt nào được ghi nhận ở các trụ.", None, "Báo Địa phương"),
    )  # fmt: skip
    reasons = ("factual_error", "missing_context") if misleading else ("factually_correct",)
    return NoteDraft(misleading, reasons, text, language, sources)


TEXTS = {
    SHOWN: "Cầu không đóng. Sở Giao thông cho biết xe vẫn qua lại bình thường; trụ được kiểm tra định kỳ tháng trước và"
    " không có vết nứt. Ảnh trong tin là của một cây cầu khác, chụp năm 2019.",
    NEEDS: "Ảnh trong tin chụp ở nơi khác: biển báo trong ảnh không phải biển báo trong tỉnh này.",
    REFUSED: "Ai mà tin chuyện này thì thật buồn cười, cầu nào chả có lúc phải sửa.",
    FRESH: "Độ dài đúng của cầu là 1,2 km, không phải 12 km, theo hồ sơ công bố khi khánh thành.",
    WITHDRAWN: "Ghi chú này sẽ được rút lại bởi người viết.",
    REDACTED: "Ghi chú này có dữ liệu riêng của người khác.",
}


def rater(number: int) -> bytes:
    """The key of a made-up rater."""
    return random.Random(number).randbytes(32)


@contextmanager
def furnished_site(clock: Any = None) -> Iterator[FakeCommons]:
    """The demo site with all of this world in it; its own time unless a clock is given."""
    commons = demo_commons()
    if clock is not None:
        object.__setattr__(commons, "clock", clock)
        _fill(commons)
    else:
        furnish(commons)
    yield commons
    commons.close()


def furnish(commons) -> None:
    """Put this world into a demo site: a copy of one that was filled and scored once."""
    copy_database(_filled_site().settings, commons.settings)
    index_requests(commons)


@cache
def _filled_site() -> FakeCommons:
    commons = demo_commons()
    _fill(commons)
    commons.close()
    return commons


def _fill(commons) -> None:
    """Forty raters of two camps, thirty notes, one scoring run."""
    open_site(commons)
    contributions, draw = commons.contributions, random.Random(5)
    for request_id, claim, language in ((REQUEST, CLAIM, "vi"), (REQUEST_EN, CLAIM_EN, "en")):
        contributions.put_request(Request(request_id, claim, language, "2026-09-18", 0))
        contributions.ask(request_id, secrets.token_bytes(32))
    for note, text in TEXTS.items():
        contributions.put_note(note, REQUEST, bytes(32), draft(text), "2026-09-20")
    background = [f"{i:02d}dd0000ffff0000" for i in range(26)]
    for i, note in enumerate(background):
        request = f"bbbb0000cccc{i // 5:04d}"
        if i % 5 == 0:
            claim = f"Từ tháng {i // 5 + 1} giá vé xe buýt tuyến {i + 3} tăng thêm {i + 2}.000 đồng"
            contributions.put_request(Request(request, claim, "vi", "2026-09-19", 0))
        contributions.put_note(note, request, bytes(32), draft(f"Ghi chú số {i} về giá vé xe buýt trong thành phố."),
                               "2026-09-20")  # fmt: skip
    for number in range(40):
        for i, note in enumerate([SHOWN, REFUSED, *background]):
            if draw.random() < 0.2 and i > 1:
                continue
            camp = number % 2 == i % 2
            likes = i == 0 or 2 <= i < 6 or (i >= 10 and camp)
            _rate(contributions, note, number, likes != (draw.random() < 0.04))
    for number in range(0, 12, 2):
        _rate(contributions, NEEDS, number, likes=True)
    for number in range(4):
        _rate(contributions, FRESH, number, likes=True)
    contributions.withdraw_note(WITHDRAWN, bytes(32))
    contributions.redact_note(REDACTED, "contact", "Số điện thoại của một người dân", "2026-09-21")
    score_notes(commons)
    index_requests(commons)


def _rate(contributions, note: str, number: int, likes: bool) -> None:
    tags = (("clear", "good_sources"), ()) if likes else ((), ("incorrect", "off_topic"))
    level = Level.HELPFUL if likes else Level.NOT
    put_rating(contributions, rater(number), Rating(note, level, *tags, "2026-09-21"))
