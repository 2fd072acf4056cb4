"""Everything that kiemchung raises on purpose.

    KiemchungError
    ├── InputError            what was handed in cannot be used; the message says where, what was found, what would do
    ├── SettingsError         a setting is unknown or has a value that it cannot have
    ├── FetchError            an address could not be read, or must not be
    ├── StoreError            the database cannot be opened, read or written
    ├── LookupIndexError           the lookup index is missing, damaged or of another version
    ├── NotAllowedError       what was asked for is not open to this contributor now; the reason is a code
    └── MissingPartError      a package, model or program that this step needs is not installed

Each class has a stable `code`; the doors (CLI, web) map codes to exit codes and HTTP statuses.
"""

from typing import ClassVar


class KiemchungError(Exception):
    """The base of all errors that are meant for a user: one line, with how to mend it."""

    code: ClassVar[str] = "error"


class InputError(KiemchungError):
    """Input that cannot be used.

    Attributes:
        where: file, line, field or record that the message speaks of; empty where there is only one thing.
        reason: a short stable word that doors put into words: empty, too_long, not_text, bad_encoding.
    """

    code = "bad_input"

    def __init__(self, message: str, *, where: str = "", reason: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where
        self.reason = reason


class SettingsError(KiemchungError):
    """A setting that is unknown or out of its range."""

    code = "bad_setting"


class FetchError(KiemchungError):
    """An address that could not be read, or that is refused.

    Attributes:
        url: the address asked for.
        reason: a short stable word: refused, timeout, too_large, status, redirects, network.
        status: HTTP status of the answer, where the reason is one.
    """

    code = "fetch_failed"

    def __init__(self, url: str, reason: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{url}: {message}")
        self.url = url
        self.reason = reason
        self.status = status


class StoreError(KiemchungError):
    """The database cannot be opened, read or written."""

    code = "store_failed"


class LookupIndexError(KiemchungError):
    """The lookup index is missing, damaged or made by another version; `kiemchung index` rebuilds it."""

    code = "index_failed"


class NotAllowedError(KiemchungError):
    """Something that a contributor may not do now.

    Attributes:
        reason: budget, effort_wait, effort_expired, effort_sent, effort_many, closed, paused, not_earned, opinion,
            own_note, locked, not_yours, rated, no_session, bad_form, unlisted, outgrown, unknown.
        values: what the sentence speaks of: a number of seconds, a budget.
    """

    code = "not_allowed"

    def __init__(self, reason: str, message: str, values: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reason = reason
        self.values = values


class MissingPartError(KiemchungError):
    """Something optional is not installed; the message says how to get it."""

    code = "missing_part"
