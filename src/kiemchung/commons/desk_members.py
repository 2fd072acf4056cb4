"""A desk's members: role codenames that the operator makes, apart from the codenames that note and rate.

A member logs in on the desk's own page and into a session of its own: a role codename can neither note nor rate, and
nothing joins the two (G3).
"""

from kiemchung.commons.opening import Commons
from kiemchung.commons.sessions import Session, Sessions
from kiemchung.commons.take_part import keys_of
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.notes import codename as codenames
from kiemchung.notes.keys import Argon2Cost

#: Without a second member nothing can be published.
LEAST_MEMBERS = 2


def add_member(commons: Commons, language: str, cost: Argon2Cost | None = None) -> str:
    """A new role codename to show once; its verifier is kept, the codename is not."""
    codename = codenames.new_codename(language)
    commons.contributions.desk.add_member(keys_of(commons, codenames.canonical(codename), cost).verifier)
    return codename


def drop_member(commons: Commons, typed: str, cost: Argon2Cost | None = None) -> None:
    """Take a role back; what was published stays. Sessions of a running server end with its next request.

    Raises:
        InputError: no member has this codename.
    """
    verifier = keys_of(commons, codenames.canonical(typed), cost).verifier
    if not commons.contributions.desk.drop_member(verifier):
        raise InputError("no member of the desk has this codename; check each word")


def log_in(commons: Commons, sessions: Sessions, typed: str, cost: Argon2Cost | None = None) -> str | None:
    """The token of a desk session; None where the codename is mistyped or not a member's, after the same work (G18)."""
    try:
        canonical = codenames.canonical(typed)
    except InputError:
        canonical = ""
    keys = keys_of(commons, canonical, cost)
    known = commons.contributions.desk.has_member(keys.verifier)
    if not known or not canonical:
        return None
    return sessions.open(keys, canonical, commons.clock.now_ms())


def need_member(commons: Commons, session: Session | None) -> Session:
    """The session, if it is one of a member who is still one.

    Raises:
        NotAllowedError: it is not (reason `no_session`).
    """
    if session is None or not commons.contributions.desk.has_member(session.keys.verifier):
        raise NotAllowedError("no_session", "log in to the desk first")
    return session
