"""Taking part: a codename is made, typed back, paused, left. The server knows nobody."""

from datetime import date, timedelta

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Session, Sessions
from kiemchung.commons.site_salt import site_salt
from kiemchung.errors import InputError
from kiemchung.formats import log_events
from kiemchung.notes import codename as codenames
from kiemchung.notes.keys import Argon2Cost, Keys, derive_keys

#: Longest pause that a contributor can set.
MAX_PAUSE_DAYS = 365


def make_codename(commons: Commons, language: str, cost: Argon2Cost | None = None) -> str:
    """A new codename to show once; its verifier is kept, the codename is not."""
    codename = codenames.new_codename(language)
    keys = keys_of(commons, codenames.canonical(codename), cost)
    commons.contributions.add_account(keys.verifier)
    return codename


def log_in(commons: Commons, sessions: Sessions, typed: str, cost: Argon2Cost | None = None) -> str | None:
    """The token of a new session; None where the codename cannot be used: mistyped, unknown or paused.

    All three take the same work, so that neither the answer nor its time tells which it was (G18).
    """
    try:
        canonical = codenames.canonical(typed)
    except InputError:
        canonical = ""
    keys = keys_of(commons, canonical, cost)
    known = commons.contributions.has_account(keys.verifier)
    if not known or not canonical:
        return None
    return sessions.open(keys, canonical, commons.clock.now_ms())


def pause(commons: Commons, sessions: Sessions, session: Session, days: int) -> None:
    """Let nobody in with this codename for some days, not even its owner; ends its sessions.

    Raises:
        InputError: not 1 to 365 days.
    """
    if not 1 <= days <= MAX_PAUSE_DAYS:
        raise InputError(f"a pause lasts 1 to {MAX_PAUSE_DAYS} days, not {days}")
    until = date.fromisoformat(today(commons.clock)) + timedelta(days=days)
    commons.contributions.pause_account(session.keys.verifier, until.isoformat())
    sessions.close_all_of(session.keys.verifier)


def leave(commons: Commons, sessions: Sessions, session: Session, *, take_along: bool) -> None:
    """Forget this codename at once; with `take_along` its ratings go and its notes become tombstones (G15)."""
    if take_along:
        day = today(commons.clock)
        commons.contributions.delete_contributions(
            session.keys.rater,
            session.keys.author,
            lambda note_ids: [log_events.note_withdrawn(note_id, day) for note_id in note_ids],
        )
    commons.contributions.delete_account(session.keys.verifier)
    sessions.close_all_of(session.keys.verifier)


def keys_of(commons: Commons, canonical: str, cost: Argon2Cost | None) -> Keys:
    """The keys of a canonical codename on this site."""
    return derive_keys(canonical, site_salt(commons.settings.data_dir), cost)
