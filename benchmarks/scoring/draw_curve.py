"""A picture of processor time and memory by the number of ratings, on logarithmic axes, beside a line of proportion."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 420, 300
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 34, 44
#: Colours that also differ in brightness, and a mark each.
LOOKS = {"community": ("#1b6ca8", "circle"), "communitynotes": ("#b3541e", "square")}
_NAMES = {1e4: "10k", 1e5: "100k", 1e6: "1M", 1e7: "10M", 1e8: "100M"}


@dataclass(frozen=True)
class Point:
    """One run."""

    preset: str
    ratings: int
    seconds: float
    peak_bytes: int


def picture(points: Sequence[Point]) -> str:
    """Two panels side by side, as SVG."""
    points = sorted(points, key=lambda point: (point.preset, point.ratings))
    seconds = _panel(points, "Processor time of the whole process, seconds", lambda p: p.seconds, 0)
    memory = _panel(points, "Peak memory, GB", lambda p: p.peak_bytes / 1e9, WIDTH)
    title = "Time and memory of kiemchung score by the number of ratings"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="11"><title>{title}</title>\n'
        f'<rect width="{2 * WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{seconds}{memory}</svg>\n'
    )


def _panel(points: Sequence[Point], title: str, cost: Callable[[Point], float], left: float) -> str:
    lowest = math.floor(math.log10(min(map(cost, points))))
    highest = math.ceil(math.log10(max(map(cost, points))))
    most = max(7, math.ceil(math.log10(max(p.ratings for p in points))))

    def x(ratings: float) -> float:
        return left + LEFT + (math.log10(ratings) - 3.9) / (most + 0.1 - 3.9) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - lowest) / (highest - lowest) * (HEIGHT - TOP - BOTTOM)

    parts = [f'<text x="{left + LEFT}" y="20" font-weight="bold">{title}</text>']
    for power in range(lowest, highest + 1):
        at = y(10.0**power)
        parts.append(f'<path d="M{x(10**3.9):.1f} {at:.1f}H{x(10 ** (most + 0.1)):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left + LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for power in range(4, most + 1):
        where = f'x="{x(10.0**power):.1f}" y="{HEIGHT - BOTTOM + 16}"'
        parts.append(f'<text {where} text-anchor="middle">{_NAMES[10.0**power]}</text>')
    parts.append(f'<text x="{left + WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">ratings</text>')
    for number, (preset, (colour, mark)) in enumerate(LOOKS.items()):
        own = [(x(p.ratings), y(cost(p))) for p in points if p.preset == preset]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in own)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(a, b, colour, mark) for a, b in own]
        key_y = TOP + 10 + 16 * number
        parts.append(_mark(left + LEFT + 12, key_y, colour, mark))
        parts.append(f'<text x="{left + LEFT + 22}" y="{key_y + 4}">{preset}</text>')
    base = next((p for p in points if p.preset == "community" and p.ratings > 500_000), points[0])
    ends = [(r, cost(base) * r / base.ratings) for r in (base.ratings, 10.0**most)]
    path = "L".join(f"{x(r):.1f} {y(min(c, 10.0**highest)):.1f}" for r, c in ends)
    parts.append(f'<path d="M{path}" stroke="#666" stroke-dasharray="4 3" fill="none"/>')
    parts.append(f'<text x="{left + LEFT + 22}" y="{TOP + 46}" fill="#666">dashed: in proportion to the ratings</text>')
    return "\n".join(parts) + "\n"


def _mark(x: float, y: float, colour: str, mark: str) -> str:
    if mark == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
