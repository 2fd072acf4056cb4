"""The desk's own scale: the words of its verdicts in both languages, and numbers only with a documented direction."""

import json
from dataclasses import asdict, dataclass

from kiemchung.errors import InputError
from kiemchung.ports import Contributions

_KEY = "desk.scale"
_MAX_STEPS, _MAX_WORDS = 12, 60


@dataclass(frozen=True, slots=True)
class Step:
    """One verdict of the scale.

    Attributes:
        number: as its text, rising from the worst verdict to the best; empty where the scale has no numbers.
    """

    vi: str
    en: str
    number: str = ""

    def words(self, language: str) -> str:
        """The verdict in a language: Vietnamese or else English."""
        return self.vi if language == "vi" else self.en


#: What a desk starts with; it has no numbers, for most readers of numbers guess their direction.
DEFAULT = (
    Step("Sai", "False"),
    Step("Gây hiểu lầm", "Misleading"),
    Step("Thiếu ngữ cảnh", "Missing context"),
    Step("Chưa có bằng chứng", "Unproven"),
    Step("Đúng một phần", "Partly true"),
    Step("Đúng", "True"),
)


def scale(contributions: Contributions) -> tuple[Step, ...]:
    """The steps, from the worst verdict to the best."""
    kept = contributions.get_site(_KEY)
    return tuple(Step(**step) for step in json.loads(kept)) if kept else DEFAULT


def as_lines(steps: tuple[Step, ...]) -> str:
    """The scale as it is edited: a line a step, `Sai | False | 1`."""
    return "\n".join(" | ".join(part for part in (step.vi, step.en, step.number) if part) for step in steps)


def write_scale(contributions: Contributions, lines: str) -> tuple[Step, ...]:
    """Keep a new scale. Published checks keep their words.

    Raises:
        InputError: a line that is no step, or numbers that are missing in part or do not rise.
    """
    steps = tuple(_step(line, number) for number, line in enumerate(lines.strip().splitlines(), 1) if line.strip())
    if not 2 <= len(steps) <= _MAX_STEPS:
        raise InputError(f"a scale has 2 to {_MAX_STEPS} verdicts, not {len(steps)}", reason="scale")
    if len({step.vi for step in steps}) < len(steps) or len({step.en for step in steps}) < len(steps):
        raise InputError("two verdicts have the same words", reason="scale")
    numbers = [int(step.number) for step in steps if step.number]
    if numbers and (len(numbers) < len(steps) or numbers != sorted(set(numbers))):
        raise InputError("give every verdict a number, rising from the worst to the best, or none", reason="scale")
    contributions.put_site(_KEY, json.dumps([asdict(step) for step in steps], ensure_ascii=False))
    return steps


def bounds(steps: tuple[Step, ...]) -> tuple[str, str]:
    """The worst and the best number; both empty where the scale has none."""
    return steps[0].number, steps[-1].number


def _step(line: str, number: int) -> Step:
    parts = [part.strip() for part in line.split("|")]
    if not 2 <= len(parts) <= 3 or not parts[0] or not parts[1] or max(map(len, parts)) > _MAX_WORDS:
        raise InputError("write Vietnamese | English, and a number after another | if you like", where=f"line {number}",
                         reason="scale")  # fmt: skip
    figure = parts[2] if len(parts) == 3 else ""
    if figure and not (figure.isascii() and figure.isdigit() and len(figure) <= 4):
        raise InputError(f"{figure!r} is no whole number", where=f"line {number}", reason="scale")
    return Step(parts[0], parts[1], figure)
