"""What a note needs before it can be handed in, and hints while it is written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from kiemchung.model import MISLEADING_REASONS, NOT_MISLEADING_REASONS, NoteDraft, Source
from kiemchung.notes.codename import appears_in
from kiemchung.notes.redact import redact

#: Longest note and quote, in characters. A note is read on a phone beside the claim; links stand in the sources.
MAX_TEXT, MAX_QUOTE, MAX_SOURCES, MAX_LINK = 600, 400, 8, 2000
#: Shorter texts say nothing that a reader could check.
MIN_TEXT = 20

_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a draft; doors turn `code` into words.

    Attributes:
        code: see `problems` and `hints`.
        where: the field: text, reasons, sources, or sources.0 and so on.
        values: what the sentence speaks of.
    """

    code: str
    where: str
    values: tuple[str, ...] = ()


def problems(draft: NoteDraft, *, codename: str = "", today: date | None = None) -> list[Problem]:
    """What keeps a draft from being a note; empty where nothing does.

    Codes: text_too_short, text_too_long, not_plain_text, contact_data, own_codename, no_reason, unknown_reason,
    no_source, too_many_sources, bad_link, link_too_long, no_quote, quote_too_long, bad_date, date_ahead.

    Args:
        codename: the writer's own, as held in the session; it is never accepted in text (G16).
        today: to find dates that have not come yet; None leaves that out.
    """
    return [*_text_problems(draft, codename), *_reason_problems(draft), *source_problems(draft, today)]


def hints(draft: NoteDraft) -> list[Problem]:
    """What may make a note clearer; none of it is required.

    Codes: shouting, link_in_text, no_number_quoted, one_source, no_date.
    """
    found = []
    letters = [c for c in draft.text if c.isalpha()]
    if len(letters) > 20 and sum(c.isupper() for c in letters) > 0.5 * len(letters):
        found.append(Problem("shouting", "text"))
    if _LINK.search(draft.text):
        found.append(Problem("link_in_text", "text"))
    if len(draft.sources) == 1:
        found.append(Problem("one_source", "sources"))
    numbers = set(re.findall(r"\d[\d.,]*", draft.text))
    if numbers and not any(number in source.quote for source in draft.sources for number in numbers):
        found.append(Problem("no_number_quoted", "sources", tuple(sorted(numbers))))
    found += [Problem("no_date", f"sources.{i}") for i, source in enumerate(draft.sources) if source.published is None]
    return found


def _text_problems(draft: NoteDraft, codename: str) -> Iterator[Problem]:
    text = draft.text.strip()
    if len(text) < MIN_TEXT:
        yield Problem("text_too_short", "text", (str(MIN_TEXT),))
    if len(text) > MAX_TEXT:
        yield Problem("text_too_long", "text", (str(MAX_TEXT), str(len(text))))
    everything = [("text", text), *((f"sources.{i}", source.quote) for i, source in enumerate(draft.sources))]
    for where, part in everything:
        yield from plain_problems(part, where, codename)


def plain_problems(text: str, where: str, codename: str) -> Iterator[Problem]:
    """What must stand in no text that is published: not_plain_text, contact_data, own_codename."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") and c not in "\n\r\t" for c in text):
        yield Problem("not_plain_text", where)
    if kinds := redact(text).kinds:
        yield Problem("contact_data", where, tuple(dict.fromkeys(kinds)))
    if codename and appears_in(codename, text):
        yield Problem("own_codename", where)


def _reason_problems(draft: NoteDraft) -> Iterator[Problem]:
    known = MISLEADING_REASONS if draft.misleading else NOT_MISLEADING_REASONS
    if not draft.reasons:
        yield Problem("no_reason", "reasons")
    for reason in draft.reasons:
        if reason not in known:
            yield Problem("unknown_reason", "reasons", (reason,))


def source_problems(draft: NoteDraft, today: date | None) -> Iterator[Problem]:
    """What is wrong with a draft's sources."""
    if not draft.sources:
        yield Problem("no_source", "sources")
    if len(draft.sources) > MAX_SOURCES:
        yield Problem("too_many_sources", "sources", (str(MAX_SOURCES),))
    for i, source in enumerate(draft.sources):
        where = f"sources.{i}"
        links = [source.url, *([source.archive_url] if source.archive_url else [])]
        if not all(map(_is_link, links)):
            yield Problem("bad_link", where)
        if any(len(link) > MAX_LINK for link in links):
            yield Problem("link_too_long", where, (str(MAX_LINK),))
        if not source.quote.strip():
            yield Problem("no_quote", where)
        if len(source.quote) > MAX_QUOTE:
            yield Problem("quote_too_long", where, (str(MAX_QUOTE),))
        yield from _date_problems(source, where, today)


def _date_problems(source: Source, where: str, today: date | None) -> Iterator[Problem]:
    if source.published is None:
        return
    try:
        published = date.fromisoformat(source.published)
    except ValueError:
        yield Problem("bad_date", where, (source.published[:40],))
        return
    if today and published > today:
        yield Problem("date_ahead", where, (source.published,))


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in host and not parts.username and not re.search(r"\s", url)
