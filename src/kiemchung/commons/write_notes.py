"""Notes: handed in, edited until first rated, withdrawn."""

import secrets
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Session
from kiemchung.commons.site import require_open
from kiemchung.commons.taking_part import TakingPart, impact_of, spend
from kiemchung.errors import FetchError, InputError, NotAllowedError
from kiemchung.formats import log_events
from kiemchung.model import NoteDraft, Source
from kiemchung.notes.draft import Problem, problems
from kiemchung.notes.eligibility import Action, may_write
from kiemchung.ports import Fetcher


class DraftError(InputError):
    """A draft that cannot be handed in yet.

    Attributes:
        problems: all of them, for the form to show beside its fields.
    """

    code = "bad_draft"

    def __init__(self, found: list[Problem]) -> None:
        super().__init__("the note is not ready: " + ", ".join(f"{p.where} ({p.code})" for p in found))
        self.problems = found


def hand_in(
    commons: Commons,
    taking_part: TakingPart,
    session: Session,
    request_id: str,
    draft: NoteDraft,
    fetcher: Fetcher | None,
) -> str:
    """Keep a note on a request; its public id.

    Args:
        fetcher: reads the sources' titles; None leaves them as they are.

    Raises:
        DraftError: something is missing or must not stand in a note.
        NotAllowedError: the site is closed, writing is not earned yet, the budget is used up, or no such request.
    """
    require_open(commons)
    _check(commons, session, draft)
    decided = commons.contributions.counts()["decided"]
    if not may_write(impact_of(commons, session.keys.rater), decided, taking_part.eligibility):
        raise NotAllowedError("not_earned", "writing opens once your ratings have been borne out a few times")
    if request_id not in commons.contributions.get_requests([request_id]):
        raise NotAllowedError("unknown", "there is no such request")
    spend(commons, taking_part, session, Action.NOTE)
    note_id = secrets.token_hex(8)
    ready = _with_titles(draft, fetcher)
    day = today(commons.clock)
    event = log_events.note_written(note_id, request_id, ready, day)
    commons.contributions.put_note(note_id, request_id, session.keys.author, ready, day, [event])
    return note_id


def edit(commons: Commons, session: Session, note_id: str, draft: NoteDraft, fetcher: Fetcher | None) -> None:
    """Change an own note that nobody has rated yet.

    Raises:
        DraftError: as `hand_in`.
        NotAllowedError: rated already, withdrawn, or somebody else's (reason `rated`: which one is not told).
    """
    require_open(commons)
    _check(commons, session, draft)
    ready = _with_titles(draft, fetcher)
    event = log_events.note_edited(note_id, ready, today(commons.clock))
    if not commons.contributions.edit_note(note_id, session.keys.author, ready, [event]):
        raise NotAllowedError("rated", "only an own note that nobody has rated yet can be changed; withdraw it instead")


def withdraw(commons: Commons, session: Session, note_id: str) -> None:
    """Empty an own note; a tombstone stays.

    Raises:
        NotAllowedError: not an own, open note (reason `not_yours`).
    """
    event = log_events.note_withdrawn(note_id, today(commons.clock))
    if not commons.contributions.withdraw_note(note_id, session.keys.author, [event]):
        raise NotAllowedError("not_yours", "only an own note that is still there can be withdrawn")


def _check(commons: Commons, session: Session, draft: NoteDraft) -> None:
    found = problems(draft, codename=session.codename, today=date.fromisoformat(today(commons.clock)))
    if found:
        raise DraftError(found)


def _with_titles(draft: NoteDraft, fetcher: Fetcher | None) -> NoteDraft:
    if fetcher is None:
        return draft
    return replace(draft, sources=tuple(replace(s, title=s.title or _title(s, fetcher)) for s in draft.sources))


def _title(source: Source, fetcher: Fetcher) -> str:
    """The page's own title; its host where it cannot be read."""
    from lxml import html  # needed when a note is handed in

    title = None
    try:
        page = fetcher.get(source.url)
        if page.content_type.startswith("text/html"):
            parser = html.HTMLParser(encoding=page.charset or "utf-8")
            title = html.fromstring(page.content, parser=parser).findtext(".//title")
    except (FetchError, LookupError, ValueError, AssertionError, html.etree.ParserError):
        title = None  # a page without a title, or none that can be read: its host will do
    return " ".join(str(title).split())[:200] if title else (urlsplit(source.url).hostname or "")
