"""Draw the picture of how-notes-are-shown, once a language. Run it by hand; the SVG files are committed beside it.

Three notes about food and weather, with the same number of helpful ratings. What differs is from where these come.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

HELPFUL, NOT_HELPFUL, INK, PALE, SHOWN = "#1a7f5a", "#b3541e", "#1d2733", "#d7dde4", "#dff3ea"
WIDTH, ROW, TOP = 760, 108, 64


@dataclass(frozen=True)
class Example:
    """A note: ratings from the left and right of the axis (True = helpful), and whether it is shown."""

    left: tuple[bool, ...]
    right: tuple[bool, ...]
    shown: bool


EXAMPLES = (
    Example((True,) * 6 + (False,), (True,) * 6 + (False,), True),
    Example((True,) * 12, (False,) * 6, False),
    Example((True, True), (True,), False),
)
WORDS = {
    "en": {
        "title": "Three notes, and who found them helpful",
        "left": "raters who often agree with each other",
        "right": "raters who often disagree with them",
        "notes": (
            ("Old flood picture", "helpful to both sides", "shown"),
            ("Vinegar cures flu", "helpful to one side only", "not shown"),
            ("Date of a storm", "too few ratings so far", "needs more ratings"),
        ),
        "helpful": "helpful",
        "not": "not helpful",
    },
    "vi": {
        "title": "Ba ghi chú, và ai thấy chúng hữu ích",
        "left": "những người thường chấm giống nhau",
        "right": "những người thường chấm khác họ",
        "notes": (
            ("Ảnh lũ cũ", "cả hai phía thấy hữu ích", "được hiển thị"),
            ("Giấm chữa cúm", "chỉ một phía thấy hữu ích", "không hiển thị"),
            ("Ngày có bão", "chưa đủ lượt đánh giá", "cần thêm đánh giá"),
        ),
        "helpful": "hữu ích",
        "not": "không hữu ích",
    },
}


def text(x: float, y: float, words: str, *, size: int = 14, weight: str = "normal", anchor: str = "start") -> str:
    """One line of text."""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{INK}">{escape(words)}</text>'
    )


def mark(x: float, y: float, helpful: bool) -> str:
    """A rating: a filled circle with a tick, or an open one with a bar, so that colour is not needed to read it."""
    if helpful:
        tick = f'<path d="M{x - 4} {y} l3 4 l6 -8" fill="none" stroke="#fff" stroke-width="2"/>'
        return f'<circle cx="{x}" cy="{y}" r="9" fill="{HELPFUL}"/>{tick}'
    bar = f'<path d="M{x - 4} {y} h8" stroke="{NOT_HELPFUL}" stroke-width="2.5"/>'
    return f'<circle cx="{x}" cy="{y}" r="8" fill="#fff" stroke="{NOT_HELPFUL}" stroke-width="2"/>{bar}'


def row(example: Example, names: tuple[str, str, str], y: float) -> list[str]:
    """A note, the ratings on either side of the axis, and what becomes of it."""
    fill = SHOWN if example.shown else "#fff"
    parts = [
        f'<rect x="12" y="{y}" width="{WIDTH - 24}" height="{ROW - 12}" rx="8" fill="{fill}" stroke="{PALE}"/>',
        text(28, y + 26, names[0], size=16, weight="bold"),
        text(28, y + 48, names[1], size=13),
        text(28, y + 76, "→ " + names[2], weight="bold"),
        f'<path d="M500 {y + 10} v{ROW - 32}" stroke="{PALE}" stroke-width="2"/>',
    ]
    for ratings, begin, step in ((example.left, 480, -26), (example.right, 520, 26)):
        for place, helpful in enumerate(ratings):
            column, line = place % 7, place // 7
            parts.append(mark(begin + step * column, y + 34 + 30 * line, helpful))
    return parts


def picture(words: dict) -> str:
    """The whole picture."""
    height = TOP + ROW * len(EXAMPLES) + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(words["title"])}" font-family="system-ui, sans-serif">',
        f"<title>{escape(words['title'])}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        text(20, 28, words["title"], size=18, weight="bold"),
        text(490, 54, words["left"], size=12, anchor="end"),
        text(510, 54, words["right"], size=12),
    ]
    for place, (example, names) in enumerate(zip(EXAMPLES, words["notes"], strict=True)):
        parts += row(example, names, TOP + ROW * place)
    foot = TOP + ROW * len(EXAMPLES) + 20
    parts += [mark(32, foot, True), text(48, foot + 5, words["helpful"], size=13)]
    parts += [mark(150, foot, False), text(166, foot + 5, words["not"], size=13), "</svg>"]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    for language, words in WORDS.items():
        target = Path(__file__).with_name(f"how-notes-are-shown.{language}.svg")
        target.write_text(picture(words), encoding="utf-8")
