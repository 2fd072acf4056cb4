"""What an operator can do: pages, the pause, privacy redaction. Nothing here touches a note's status (G9)."""

from kiemchung.commons.opening import Commons, today
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats.log_events import note_redacted
from kiemchung.notes.redact import redact
from kiemchung.ports import Contributions

#: Pages that must be filled in before notes are open, each in Vietnamese and English.
OPERATOR_PAGES = ("who", "method", "corrections", "contact")
LANGUAGES = ("vi", "en")
#: What of a third person's may be redacted (DESIGN 3), and nothing else: neither spam nor a view is removed by hand.
REDACTION_RULES = ("contact", "address", "id_number", "health")
_MAX_PAGE = 20_000
_MAX_REASON = 500
_PAUSED = "paused"


def page(contributions: Contributions, name: str, language: str) -> str:
    """An operator's page as plain text; "" where it is not filled in.

    Raises:
        InputError: there is no such page.
    """
    _check(name, language)
    return contributions.get_site(f"page.{name}.{language}") or ""


def write_page(contributions: Contributions, name: str, language: str, text: str) -> None:
    """Fill in an operator's page.

    Raises:
        InputError: no such page, or too long.
    """
    _check(name, language)
    if len(text) > _MAX_PAGE:
        raise InputError(f"page {name}: {len(text)} characters; at most {_MAX_PAGE} fit")
    contributions.put_site(f"page.{name}.{language}", text.strip())


def missing_pages(contributions: Contributions) -> list[str]:
    """Pages that nobody has filled in yet, as `name.language`."""
    return _missing(contributions.site_keys())


def pause_site(contributions: Contributions, *, paused: bool) -> None:
    """Stop or start taking contributions; reading goes on."""
    contributions.put_site(_PAUSED, "yes" if paused else "")


def is_paused(contributions: Contributions) -> bool:
    """Whether the operator has paused the site."""
    return contributions.get_site(_PAUSED) == "yes"


def redact_note(commons: Commons, note_id: str, rule: str, reason: str) -> None:
    """Empty a note that holds a third person's private data; a tombstone with rule and reason stays, and is counted.

    Raises:
        InputError: no such open note, a rule that is none, or a reason that is missing or itself holds private data.
    """
    reason = checked_reason(rule, reason)
    day = today(commons.clock)
    if not commons.contributions.redact_note(note_id, rule, reason, day, [note_redacted(note_id, rule, reason, day)]):
        raise InputError(f"there is no open note {note_id!r}; its id is the last part of its address")


def checked_reason(rule: str, reason: str) -> str:
    """The reason of a redaction as everybody reads it.

    Raises:
        InputError: a rule that is none, or a reason that is missing or itself holds private data.
    """
    reason = " ".join(reason.split())
    if rule not in REDACTION_RULES:
        raise InputError(f"there is no rule {rule!r}; only these allow a redaction: {', '.join(REDACTION_RULES)}")
    if not reason or len(reason) > _MAX_REASON:
        raise InputError(f"the reason has {len(reason)} characters; 1 to {_MAX_REASON} are read by everybody")
    if redact(reason).text != reason:
        raise InputError("the reason itself holds contact data; say what kind of data it was, not the data")
    return reason


def require_open(commons: Commons) -> None:
    """Whether notes are open.

    Raises:
        NotAllowedError: paused (reason `paused`), or the operator's pages are not filled in (reason `closed`).
    """
    require_open_keys(commons.contributions.site_keys())


def require_open_keys(kept: set[str]) -> None:
    """As `require_open`, from the site's keys."""
    closed = _why_closed(kept)
    if closed == "paused":
        raise NotAllowedError("paused", "the site is paused and takes no requests, notes or ratings; reading goes on")
    if closed:
        raise NotAllowedError("closed", "notes open once the operator has said who runs this site and how")


def why_closed(contributions: Contributions) -> str:
    """`paused`, `closed` (pages are missing), or "" where notes are open; one look into the database."""
    return _why_closed(contributions.site_keys())


def _why_closed(kept: set[str]) -> str:
    if _PAUSED in kept:
        return "paused"
    return "closed" if _missing(kept) else ""


def _missing(kept: set[str]) -> list[str]:
    pages = [f"{name}.{language}" for name in OPERATOR_PAGES for language in LANGUAGES]
    return [page for page in pages if f"page.{page}" not in kept]


def _check(name: str, language: str) -> None:
    if name not in OPERATOR_PAGES or language not in LANGUAGES:
        raise InputError(f"there is no page {name!r} in {language!r}; pages are {', '.join(OPERATOR_PAGES)}")
