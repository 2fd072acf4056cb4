"""Notes: handed in, edited until first rated, withdrawn."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Session
from kiemchung.commons.site import require_open
from kiemchung.commons.taking_part import TakingPart, impact_of, spend
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats import log_events
from kiemchung.model import NoteDraft
from kiemchung.notes.draft import Problem, problems
from kiemchung.notes.eligibility import Action, may_write

#: Gives the titles of pages by their addresses (`page_titles`).
Titles = Callable[[Sequence[str]], list[str]]


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
    titles: Titles | None,
) -> str:
    """Keep a note on a request; its public id. The same note again, as of a button pressed twice, is the first one.

    Args:
        titles: reads the titles of the sources' pages; None leaves them as they are.

    Raises:
        DraftError: something is missing or must not stand in a note.
        NotAllowedError: the site is closed, writing is not earned yet, the budget is used up, or no such request.
    """
    require_open(commons)
    _check(commons, session, draft)
    require_earned(commons, taking_part, session)
    if request_id not in commons.contributions.get_requests([request_id]):
        raise NotAllowedError("unknown", "there is no such request")
    ready = _with_titles(draft, titles)
    with taking_part.writing:
        for note in commons.contributions.notes_of_author(session.keys.author):
            if note.request_id == request_id and note.draft and _untitled(note.draft) == _untitled(draft):
                return note.note_id
        spend(commons, taking_part, session, Action.NOTE)
        note_id = secrets.token_hex(8)
        day = today(commons.clock)
        event = log_events.note_written(note_id, request_id, ready, day)
        commons.contributions.put_note(note_id, request_id, session.keys.author, ready, day, [event])
    return note_id


def require_earned(commons: Commons, taking_part: TakingPart, session: Session) -> None:
    """Whether this codename may write now.

    Raises:
        NotAllowedError: not yet (reason `not_earned`); values are the impact so far and the one that opens writing.
    """
    decided, rules = commons.contributions.counts()["decided"], taking_part.eligibility
    impact = impact_of(commons, session.keys.rater)
    if not may_write(impact, decided, rules):
        raise NotAllowedError(
            "not_earned",
            "writing opens once your ratings have been borne out a few times",
            (str(impact.value), str(rules.impact_to_write)),
        )


def text_language(text: str) -> str:
    """The language of a note's text; empty where it is too short to tell."""
    from kiemchung.claims import language, plain_text  # numpy loads here

    found = language(plain_text(text))
    return "" if found == "und" else found


def edit(commons: Commons, session: Session, note_id: str, draft: NoteDraft, titles: Titles | None) -> None:
    """Change an own note that nobody has rated yet.

    Raises:
        DraftError: as `hand_in`.
        NotAllowedError: rated already, withdrawn, or somebody else's (reason `rated`: which one is not told).
    """
    require_open(commons)
    _check(commons, session, draft)
    ready = _with_titles(draft, titles)
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


def _untitled(draft: NoteDraft) -> NoteDraft:
    return replace(draft, sources=tuple(replace(source, title="") for source in draft.sources))


def _with_titles(draft: NoteDraft, titles: Titles | None) -> NoteDraft:
    if titles is None:
        return draft
    found = titles([source.url for source in draft.sources])
    return replace(draft, sources=tuple(replace(s, title=t) for s, t in zip(draft.sources, found, strict=True)))
