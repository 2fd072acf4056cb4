"""People who take part, for tests: a site on a real store, codenames with a cheap derivation."""

from kiemchung.commons import rate_notes, site
from kiemchung.commons.opening import Commons
from kiemchung.commons.sessions import Session
from kiemchung.commons.settings import Settings
from kiemchung.commons.take_part import log_in, make_codename
from kiemchung.commons.taking_part import TakingPart
from kiemchung.model import Request
from kiemchung.notes.keys import Argon2Cost
from kiemchung.store import open_store

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)
DAY_MS = 86_400_000


class SetClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.ms = 1_790_000_000_000

    def now_ms(self) -> int:
        return self.ms


def open_site(settings: Settings) -> Commons:
    """A site with its pages filled in and one request."""
    opened = Commons(settings, open_store(settings.database), SetClock())
    for name in site.OPERATOR_PAGES:
        for language in site.LANGUAGES:
            site.write_page(opened.contributions, name, language, "Example desk")
    opened.contributions.put_request(Request("r1", "Nước chanh chữa ung thư.", "vi", "2026-09-21", 0))
    return opened


def rate(commons, part, session, note_id, level, tags, not_tags) -> None:
    """Rate a note and wait for it, as the page does."""
    if not rate_notes.begin_to_rate(commons, part, session, note_id, level, tags, not_tags).result():
        raise rate_notes.refusal(commons, session, note_id)


def enter(commons, part: TakingPart) -> Session:
    """Make a codename and log in with it."""
    token = log_in(commons, part.sessions, make_codename(commons, "vi", CHEAP), CHEAP)
    assert token
    session = part.sessions.get(token, commons.clock.now_ms())
    assert session
    return session
