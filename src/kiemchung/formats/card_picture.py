"""The picture of an answer card, for links that are passed on: a claim, what stands about it, and who says so."""

import io
from functools import cache, lru_cache
from importlib.resources import files

from PIL import Image, ImageDraw, ImageFont

#: Pixels, as link previews show them.
SIZE = (1200, 630)
_MARGIN = 72
_PAGE, _INK, _SOFT, _ACCENT = "#f7f5f0", "#1d2426", "#566064", "#0f5c55"
_ELLIPSIS = "…"
#: Cards kept in memory, some 40 kB each.
_KEPT = 64


@lru_cache(_KEPT)
def draw_card(claim: str, heading: str, text: str, foot: str) -> bytes:
    """A PNG of `SIZE`; what does not fit is cut at a word, with an ellipsis.

    Args:
        heading: the status of a note, or what is missing, in a few words.
        text: of the note; empty where there is none.
        foot: the site's name.
    """
    picture = Image.new("RGB", SIZE, _PAGE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 16, SIZE[1]), fill=_ACCENT)
    y = _write(draw, f"\u201c{claim}\u201d", _font(52, bold=True), _INK, _MARGIN, lines=3 if text else 5)
    y = _write(draw, heading, _font(34, bold=True), _ACCENT, y + 22, lines=2)
    if text:
        _write(draw, text, _font(38), _INK, y + 12, lines=max(1, int((SIZE[1] - _MARGIN - 60 - y) / 50)))
    _write(draw, foot, _font(30), _SOFT, SIZE[1] - _MARGIN - 12, lines=1)
    buffer = io.BytesIO()
    picture.quantize(32).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _write(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, colour: str, y: float, *, lines: int
) -> float:
    """Write text from y on, on so many lines at most; where it ended."""
    height = font.size * 1.28
    for line in _wrapped(text, font, SIZE[0] - 2 * _MARGIN, lines):
        draw.text((_MARGIN, y), line, font=font, fill=colour)
        y += height
    return y


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    lines, line = list[str](), ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if font.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = _cut(word, font, width)
        if len(lines) == most:
            return [*lines[:-1], _cut(lines[-1] + " " + _ELLIPSIS, font, width)]
    lines.append(line)
    return lines if len(lines) <= most else [*lines[: most - 1], _cut(lines[most - 1] + " " + _ELLIPSIS, font, width)]


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, its end given up for an ellipsis where it is too wide."""
    if font.getlength(text) <= width:
        return text
    kept = text.removesuffix(_ELLIPSIS)
    while kept and font.getlength(kept.rstrip() + _ELLIPSIS) > width:
        kept = kept[:-1]
    return kept.rstrip() + _ELLIPSIS


@cache
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Source Sans (SIL Open Font License), which has every Vietnamese letter."""
    name = "Semibold" if bold else "Regular"
    with files("font_source_sans_pro").joinpath(f"files/SourceSansPro-{name}.ttf").open("rb") as file:
        return ImageFont.truetype(io.BytesIO(file.read()), size)
