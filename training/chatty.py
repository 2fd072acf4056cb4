"""Vietnamese sentences as they are typed in a chat: short forms, no capitals, a particle at the end. Deterministic."""

import re
import zlib

from kiemchung.model import ClaimLabel

#: Particles that close a sentence of each kind. Claims take those of opinions as well: "nha" and "á" rate nothing.
_PARTICLES = {
    ClaimLabel.CHECKABLE: ("nha", "á", "đó", "luôn", "nha mn", "đó nha", "luôn á", "r", "nhé"),
    ClaimLabel.OPINION: ("á", "ghê", "luôn", "thiệt", "đó", "nha", "haha", "luôn á"),
    ClaimLabel.QUESTION: ("v", "ạ", "v mn", "ta", "z", "mn ơi", "á", "shop"),
    ClaimLabel.OTHER: ("nha", "nhé", "ạ", "nha mn", "nè", "đi"),
}
_SHORT = {
    "không": "ko", "được": "dc", "nước": "nc", "người": "ng", "với": "vs", "rồi": "r", "mọi người": "mn", "vậy": "v",
    "gì": "j", "bao nhiêu": "bn", "trước": "trc", "cũng": "cx", "biết": "bt", "điện thoại": "đt", "bác sĩ": "bs",
}  # fmt: skip
_LONG = re.compile(rf"\b(?:{'|'.join(sorted(_SHORT, key=len, reverse=True))})\b")


def chatty(text: str, label: ClaimLabel) -> str:
    """The sentence in chat style; which words are cut short and how it ends hangs on its bytes alone."""
    chance = zlib.crc32(text.encode())
    particles = _PARTICLES[label]
    typed = _LONG.sub(
        lambda found: _SHORT[found.group()] if chance >> (found.start() % 16) & 1 else found.group(),
        text.lower().rstrip(".!?… "),
    )
    return f"{typed} {particles[chance % len(particles)]}"


def is_written_out(text: str) -> bool:
    """Whether a sentence is typed with care, so that its chat form says something new."""
    return text[:1].isupper() and not text.isascii()
