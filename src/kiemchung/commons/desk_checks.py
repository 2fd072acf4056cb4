"""A desk's own checks: written, looked at by a second member, published, corrected, replied to.

A published one enters the store of published checks as any other, with this site as its publisher: it is found by
`check` and by claims:search. Community scores never see it: scoring reads ratings of notes, and a desk gives none.
"""

import hmac
import secrets
from datetime import date

from kiemchung.commons.ask_for_note import claim_of
from kiemchung.commons.index_reviews import update_index
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.published_checks import published_check, published_checks
from kiemchung.commons.sessions import Session
from kiemchung.commons.write_notes import DraftError
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats import log_events
from kiemchung.formats.desk_check import check_address, review_of_check
from kiemchung.model import DeskCheck, DeskDraft, DeskReply, Origin
from kiemchung.notes.desk_draft import check_problems, text_problems

#: Longest reason of a correction and longest name of who replies, in characters.
MAX_REASON, MAX_REPLY, MAX_BY = 500, 2_000, 120
LICENCE = "CC0-1.0"


def new_id() -> str:
    """A random id for a check."""
    return secrets.token_hex(8)


def get_check(commons: Commons, check_id: str) -> DeskCheck:
    """A check with its versions and replies.

    Raises:
        NotAllowedError: there is none (reason `unknown`).
    """
    found = commons.contributions.desk.get_check(check_id)
    if found is None:
        raise NotAllowedError("unknown", "there is no such check")
    return found


def save(commons: Commons, session: Session, check_id: str, draft: DeskDraft, reason: str = "") -> None:
    """Keep a text that is worked on; the one who saves it becomes its writer.

    Args:
        reason: of a correction; needed where the check is published.

    Raises:
        DraftError: something is missing or must not stand in a check; problems by field.
        NotAllowedError: the claim is no claim of fact (reason `opinion`, G20).
        InputError: several claims, or a correction without a reason or of the claim itself.
    """
    held = commons.contributions.desk.get_check(check_id)
    found = check_problems(draft, codename=session.codename, today=date.fromisoformat(today(commons.clock)))
    published = held is not None and bool(held.versions)
    reason = " ".join(reason.split())
    if published:
        found += text_problems(reason, "reason", 1, MAX_REASON, session.codename)
    if found:
        raise DraftError(found)
    if published and held is not None and draft.claim != held.versions[-1].draft.claim:
        raise InputError("a correction keeps the claim; for another claim write another check", reason="other_claim")
    claim_of(commons, draft.claim)
    key = _writer_key(session, check_id)
    commons.contributions.desk.put_draft(check_id, key, draft, reason if published else None)


def hand_in(commons: Commons, check_id: str) -> None:
    """Ask for the second pair of eyes.

    Raises:
        NotAllowedError: nothing is worked on (reason `unknown`).
    """
    if not commons.contributions.desk.hand_in(check_id):
        raise NotAllowedError("unknown", "there is no text to hand in")


def drop(commons: Commons, check_id: str) -> None:
    """Throw away what is worked on; a published check stays as it is.

    Raises:
        NotAllowedError: nothing is worked on (reason `unknown`).
    """
    if not commons.contributions.desk.drop_draft(check_id):
        raise NotAllowedError("unknown", "there is no text to throw away")


def may_publish(commons: Commons, session: Session, check: DeskCheck) -> bool:
    """Whether this member is the second pair of eyes for this text."""
    writer = commons.contributions.desk.writer_of(check.check_id)
    return check.handed_in and writer is not None and not hmac.compare_digest(
        writer, _writer_key(session, check.check_id)
    )  # fmt: skip


def publish(commons: Commons, session: Session, check_id: str, seen: DeskDraft) -> None:
    """Publish the text that this member has seen: a first version or a correction.

    Raises:
        NotAllowedError: the member wrote it (reason `own_note`), or it changed or was not handed in (`locked`).
        InputError: the site has no public address yet, which a published check needs.
    """
    if not commons.settings.site_url:
        raise InputError("set site_url first: a published check needs a lasting address", reason="no_site_url")
    check, day = get_check(commons, check_id), today(commons.clock)
    if check.handed_in and not may_publish(commons, session, check):
        raise NotAllowedError("own_note", "another member must look at a text before it is published")
    event = log_events.desk_published(check_id, len(check.versions) + 1, seen, check.reason, day)
    if check.in_work != seen or not commons.contributions.desk.publish(check_id, seen, day, [event]):
        raise NotAllowedError("locked", "the text has changed or is not handed in; look at it again")
    share(commons, published_check(commons.contributions, check_id))


def reply(commons: Commons, check_id: str, text: str, by: str) -> None:
    """Show what the one concerned says beside a published check.

    Raises:
        DraftError: empty, too long, or with contact data.
        NotAllowedError: no such published check (reason `unknown`).
    """
    text, by = text.strip(), " ".join(by.split())
    found = [*text_problems(text, "reply", 1, MAX_REPLY, ""), *text_problems(by, "by", 1, MAX_BY, "")]
    if found:
        raise DraftError(found)
    said = DeskReply(text, by, today(commons.clock))
    event = log_events.desk_replied(check_id, said)
    if not commons.contributions.desk.add_reply(check_id, said, [event]):
        raise NotAllowedError("unknown", "there is no such published check")


def share(commons: Commons, check: DeskCheck) -> None:
    """Put a published check among the published checks and make it findable; repeating it changes nothing."""
    _store(commons, check)
    update_index(commons)


def share_all(commons: Commons) -> int:
    """Put every published check among the published checks again, after a crash or a restore; how many there are."""
    n_checks = 0
    for check in published_checks(commons.contributions.desk):
        _store(commons, check)
        n_checks += 1
    if n_checks:
        update_index(commons)
    return n_checks


def _store(commons: Commons, check: DeskCheck) -> None:
    settings = commons.settings
    review = review_of_check(settings.site_name, settings.site_url, check)
    moment = f"{check.versions[-1].day}T00:00:00Z"
    commons.store.put_reviews([(review, Origin(check_address(settings.site_url, check), LICENCE, moment))])


def _writer_key(session: Session, check_id: str) -> bytes:
    """Another key for every check, so that a member's checks cannot be told to be of one."""
    return session.keys.ask_key(f"desk {check_id}")
