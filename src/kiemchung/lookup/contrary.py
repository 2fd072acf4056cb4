"""Words on opposite sides: faster and slower, real and fake. A denial often needs no other word. Our own lists."""

import re

from kiemchung.lookup.remembered import remembered
from kiemchung.text import normalise

#: What is told apart -> language -> one side, the other.
_SIDES: dict[str, dict[str, tuple[str, str]]] = {
    "speed": {
        "vi": ("nhanh|mau(?! chóng qua)|chóng(?! mặt)", "chậm|lâu (?:hơn|lành|khỏi|khô|hết|tan|chín)"),
        "en": ("fast(?:er|est)?|quick(?:ly|er|est)?|speeds? up|rapid(?:ly)?", "slow(?:er|ly|s|est)?|takes? longer"),
    },
    "harm": {
        "vi": ("an toàn|vô hại|vô tư|thoải mái|chẳng sao|không sao|bổ dưỡng|tốt cho", "nguy hiểm|có hại|gây hại|độc|hại"),
        "en": ("safe|safely|harmless|good for|healthy|beneficial", "dangerous|harmful|harms?|toxic|poison(?:ous|s|ing|ed)?|bad for|unsafe|deadly"),
    },
    "real": {
        "vi": ("thật(?! sự| ra| là| không| hả| nhé| đấy| vậy| chứ)|chính hãng", "giả(?! sử| vờ)|rởm|dởm|nhái|fake"),
        "en": ("real|genuine|authentic", "fake|counterfeit|bogus|imitation"),
    },
    "life": {
        "vi": ("còn sống|sống sót|khỏe mạnh", "chết|qua đời|tử vong|thiệt mạng"),
        "en": ("alive|surviv(?:e|es|ed)", "dead|died|dies|deaths?|kills?|killed"),
    },
    "open": {
        "vi": ("mở cửa|mở lại|hoạt động lại|mở", "đóng cửa|đóng|ngừng hoạt động"),
        "en": ("opens?|opened|reopen(?:s|ed)?", "clos(?:e|es|ed|ing)|shuts?|shut down"),
    },
    "allowed": {
        "vi": ("cho phép|được phép|thoải mái", "cấm|không được phép|phạt"),
        "en": ("allow(?:s|ed)?|permit(?:s|ted)?|legal|may keep", "bans?|banned|forbid(?:s|den)?|prohibit(?:s|ed)?|illegal"),
    },
    "price": {
        "vi": ("miễn phí|không mất tiền|không tốn đồng nào", "có phí|thu phí|trả phí|mất phí|tính tiền"),
        "en": ("free|free of charge", "paid|fees?|charged?|charges|for money"),
    },
    "heat": {
        "vi": ("nóng|ấm", "lạnh|mát|nguội|đá lạnh|nước đá"),
        "en": ("hot|hotter|warm|warmer|warms|heats?|heated", "cold|colder|cool|cooler|cools|ice|iced|icy|freez(?:e|es|ing)|frozen"),
    },
    "height": {"vi": ("cao", "thấp"), "en": ("high|higher|highest|tall|taller", "low|lower|lowest|short|shorter")},
    "size": {
        "vi": ("to(?: hơn)?|lớn", "nhỏ|bé"),
        "en": ("big|bigger|large|larger|huge|giant|grows?", "small|smaller|tiny|shrinks?|shrank"),
    },
    "thickness": {"vi": ("dày|rậm", "mỏng|thưa"), "en": ("thick|thicker", "thin|thinner")},
    "weight": {"vi": ("nặng", "nhẹ"), "en": ("heavy|heavier", "lighter|lightweight")},
    "water": {"vi": ("ướt|ẩm", "khô"), "en": ("wet|damp|moist|soaked", "dry|drier|dries|dried")},
    "time": {"vi": ("sớm", "muộn|trễ"), "en": ("early|earlier|sooner", "late|later|delay(?:s|ed)?|postponed")},
    "length": {"vi": ("dài", "ngắn"), "en": ("long|longer|lengthens?", "short|shorter|shortens?")},
    "must": {
        "vi": ("bắt buộc|phải", "tự nguyện|tùy ý|không bắt buộc|khỏi cần"),
        "en": ("must|mandatory|compulsory|required|obliged", "optional|voluntary|no need"),
    },
    "sex": {"vi": ("đàn ông|nam giới|con trai", "phụ nữ|nữ giới|đàn bà|con gái"), "en": ("men|man|male|boys?", "women|woman|female|girls?")},
    "day": {"vi": ("ban ngày|buổi sáng|mỗi sáng", "ban đêm|buổi tối|mỗi tối|qua đêm"), "en": ("daytime|by day|mornings?", "nights?|evenings?|overnight")},
    "health": {
        "vi": ("chữa|trị|khỏi bệnh|mau lành|hết bệnh", "nặng thêm|nặng hơn|lâu lành|gây bệnh|nhiễm trùng"),
        "en": ("cur(?:e|es|ed)|heals?|healed|soothes?|treats?", "worsens?|worsened|aggravates?|infect(?:s|ed|ion)?|makes? (?:it|them) worse"),
    },
    "quality": {
        "vi": ("cải thiện|tốt hơn|bền hơn|khỏe hơn|tốt", "làm hỏng|kém|tệ hơn|hư|hỏng|xấu"),
        "en": ("improv(?:e|es|ed|ing)|better|strengthens?|stronger", "damag(?:e|es|ed|ing)|worse|ruins?|ruined|weakens?|weaker|spoils?|spoiled"),
    },
    "likeness": {"vi": ("như nhau|giống nhau|bằng nhau|y như|ngang nhau", "khác nhau|hơn hẳn|hơn"), "en": ("the same|equally|equal|identical|no more than", "different|differs?|more than")},
    "place": {"vi": ("trong nhà", "ngoài trời"), "en": ("indoors?|inside", "outdoors?|outside")},
    "start": {"vi": ("bắt đầu|khởi công", "kết thúc|chấm dứt|ngừng|dừng"), "en": ("begins?|began|starts?|started", "ends?|ended|stops?|stopped|halted")},
    "fullness": {"vi": ("đầy|no", "cạn|trống|đói|rỗng"), "en": ("full", "empty|emptied|on an empty")},
    "direction": {"vi": ("miền bắc|phía bắc", "miền nam|phía nam"), "en": ("north|northern", "south|southern")},
    "taste": {"vi": ("ngọt", "mặn|đắng|chua"), "en": ("sweet", "salty|bitter|sour")},
    "colour": {"vi": ("trắng", "đen|nâu"), "en": ("white", "black|brown")},
    "cooking": {"vi": ("nấu chín|chín tới|luộc", "ăn sống|tươi sống"), "en": ("cooked|boiled", "raw|uncooked")},
}  # fmt: skip
_PATTERNS = {
    language: [
        (name, tuple(re.compile(rf"\b(?:{side})\b") for side in sides[language])) for name, sides in _SIDES.items()
    ]
    for language in ("vi", "en")
}


@remembered(4096)
def sides(text: str, language: str) -> frozenset[str]:
    """Where a text takes one side only: "+speed" or "-speed"; nothing for languages without a list."""
    text = normalise(text).casefold()
    found = set()
    for name, (one, other) in _PATTERNS.get(language, ()):
        first, second = bool(one.search(text)), bool(other.search(text))
        if first is not second:
            found.add(f"{'+' if first else '-'}{name}")
    return frozenset(found)


def contrary(a: frozenset[str], b: frozenset[str]) -> list[str]:
    """What two texts stand on opposite sides of."""
    opposite = {f"{'-' if side[0] == '+' else '+'}{side[1:]}" for side in b}
    return sorted(side[1:] for side in a & opposite)
