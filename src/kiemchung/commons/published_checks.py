"""The desk's published checks as everybody may read them: one, the newest, all, and what changed about them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiemchung.errors import NotAllowedError
from kiemchung.formats.desk_check import modified
from kiemchung.model import DeskCheck
from kiemchung.ports import Contributions, Desk
from kiemchung.text import page_language


@dataclass(frozen=True, slots=True)
class DeskChange:
    """A correction of a published check, or a reply beside it.

    Attributes:
        position: tells the check's changes apart, for good.
        by: who replies; empty for a correction, whose reason is the text.
    """

    check: DeskCheck
    position: str
    text: str
    by: str
    day: str


def published_checks(desk: Desk) -> Iterator[DeskCheck]:
    """Every published check of the desk, by id, a page at a time."""
    after = ""
    while page := desk.published(after=after):
        yield from page
        after = page[-1].check_id


def published_check(contributions: Contributions, check_id: str) -> DeskCheck:
    """A check that everybody may see, without what is worked on.

    Raises:
        NotAllowedError: there is none (reason `unknown`).
    """
    found = contributions.desk.get_check(check_id)
    if found is None or not found.versions:
        raise NotAllowedError("unknown", "there is no such check")
    return replace(found, in_work=None, reason=None, handed_in=False)


def newest_checks(contributions: Contributions, language: str | None = None) -> list[DeskCheck]:
    """Published checks, the latest published first; those on the pages of one language, or all (None)."""
    found = [
        check
        for check in published_checks(contributions.desk)
        if language in (None, page_language(check.versions[-1].draft.language))
    ]
    return sorted(found, key=lambda check: (check.versions[0].day, modified(check), check.check_id), reverse=True)


def changes_of_desk(contributions: Contributions, language: str) -> Iterator[DeskChange]:
    """Every correction of, and reply to, the published checks on the pages of one language."""
    for check in newest_checks(contributions, language):
        for version, each in enumerate(check.versions[1:], start=2):
            yield DeskChange(check, f"v{version}", each.reason or "", "", each.day)
        for position, said in enumerate(check.replies):
            yield DeskChange(check, f"r{position}", said.text, said.by, said.day)
