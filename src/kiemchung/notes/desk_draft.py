"""What a desk's own check needs before it can be published."""

from datetime import date

from kiemchung.model import DeskDraft, NoteDraft
from kiemchung.notes.draft import Problem, plain_problems, source_problems

#: Longest claim and explanation, in characters. Google asks for a claim of about 75.
MAX_CLAIM, MAX_EXPLANATION = 500, 8_000
MIN_CLAIM, MIN_EXPLANATION = 10, 40


def check_problems(draft: DeskDraft, *, codename: str = "", today: date | None = None) -> list[Problem]:
    """What keeps a draft from being published; empty where nothing does. Codes as `notes.draft.problems`, no_verdict.

    Args:
        codename: the writer's own; it is never accepted in text (G16).
    """
    found = text_problems(draft.claim, "claim", MIN_CLAIM, MAX_CLAIM, codename)
    found += text_problems(draft.explanation, "text", MIN_EXPLANATION, MAX_EXPLANATION, codename)
    if not draft.verdict:
        found.append(Problem("no_verdict", "verdict"))
    for i, source in enumerate(draft.sources):
        found += plain_problems(source.quote, f"sources.{i}", codename)
    return [*found, *source_problems(NoteDraft(True, (), "", draft.language, draft.sources), today)]


def text_problems(text: str, where: str, least: int, most: int, codename: str) -> list[Problem]:
    """What is wrong with one text: its length, characters that are not plain, contact data, the own codename."""
    found = []
    if len(text.strip()) < least:
        found.append(Problem("text_too_short", where, (str(least),)))
    if len(text) > most:
        found.append(Problem("text_too_long", where, (str(most), str(len(text)))))
    return [*found, *plain_problems(text, where, codename)]
