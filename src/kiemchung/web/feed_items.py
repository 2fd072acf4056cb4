"""What the feeds hold, as items: shown notes, the desk's checks, open requests, and corrections of all kinds."""

from collections.abc import Callable

from kiemchung.commons.opening import Commons
from kiemchung.commons.public_notes import PublicNote, corrected, newly_shown
from kiemchung.commons.published_checks import DeskChange, changes_of_desk, newest_checks
from kiemchung.formats.desk_check import check_address, modified
from kiemchung.formats.syndication import Item
from kiemchung.i18n import Words, note_phrases
from kiemchung.model import DeskCheck, NoteDraft, Source
from kiemchung.model import Request as NoteRequest

#: Items of a feed at most.
MOST = 50
#: Gives a feed's items, the newest first; the site's address has no slash at its end.
Items = Callable[[Commons, Words, str], list[Item]]


def notes(commons: Commons, words: Words, site: str) -> list[Item]:
    """Notes that are shown, the latest first."""
    found = newly_shown(commons.contributions, words.language, MOST)
    return [_note(words, site, each) for each in found]


def checks(commons: Commons, words: Words, site: str) -> list[Item]:
    """The desk's own checks, the latest published first."""
    return [_check(words, site, each) for each in newest_checks(commons.contributions, words.language)[:MOST]]


def requests(commons: Commons, words: Words, site: str) -> list[Item]:
    """Claims for which a note is asked and none is shown yet, the latest first."""
    found = commons.contributions.newest_requests(words.language, limit=MOST)
    return [_request(words, site, each) for each in found]


def corrections(commons: Commons, words: Words, site: str) -> list[Item]:
    """Notes that were shown and are so no more; corrections of, and replies to, the desk's checks."""
    of_notes = [_lost(words, site, each) for each in corrected(commons.contributions, words.language, MOST)]
    of_desk = [_change(words, site, each) for each in changes_of_desk(commons.contributions, words.language)]
    by_id = sorted([*of_notes, *of_desk], key=lambda item: item.item_id)
    return sorted(by_id, key=lambda item: item.updated, reverse=True)[:MOST]


def _note(words: Words, site: str, each: PublicNote) -> Item:
    assert each.note.draft is not None
    return Item(
        item_id=f"urn:kiemchung:note:{each.note.note_id}",
        url=f"{site}/{words.language}/notes/{each.note.note_id}",
        title=each.request.claim,
        text="\n".join(_draft_lines(words, each.note.draft)),
        language=each.note.draft.language,
        published=each.change.at,
        updated=each.change.at,
    )


def _lost(words: Words, site: str, each: PublicNote) -> Item:
    """A note that was shown once."""
    note, change = each.note, each.change
    text = [note_phrases.lost_phrase(words, note)]
    return Item(
        item_id=f"urn:kiemchung:correction:{note.note_id}:{change.run_id}",
        url=f"{site}/{words.language}/notes/{note.note_id}",
        title=each.request.claim,
        text="\n".join(text + (_draft_lines(words, note.draft) if note.draft else [])),
        language=note.draft.language if note.draft else each.request.language,
        published=change.at,
        updated=change.at,
    )


def _draft_lines(words: Words, draft: NoteDraft) -> list[str]:
    said = note_phrases.classification_phrase(words, misleading=draft.misleading)
    return [f"{said}: {draft.text}", *map(_source_line, draft.sources)]


def _check(words: Words, site: str, check: DeskCheck) -> Item:
    draft = check.versions[-1].draft
    text = [f"{draft.verdict}. {draft.explanation}", *map(_source_line, draft.sources)]
    text += [words.say("Correction: %(reason)s", reason=each.reason or "") for each in check.versions[1:]]
    text += [words.say("Reply by %(by)s: %(text)s", by=each.by, text=each.text) for each in check.replies]
    return Item(
        item_id=f"urn:kiemchung:check:{check.check_id}",
        url=check_address(site, check),
        title=draft.claim,
        text="\n".join(text),
        language=draft.language,
        published=_midnight(check.versions[0].day),
        updated=_midnight(modified(check)),
    )


def _change(words: Words, site: str, change: DeskChange) -> Item:
    """A correction of, or a reply to, a check of the desk's own."""
    told = (
        words.say("Reply by %(by)s: %(text)s", by=change.by, text=change.text)
        if change.by
        else words.say("Correction: %(reason)s", reason=change.text)
    )
    draft, moment = change.check.versions[-1].draft, _midnight(change.day)
    return Item(
        item_id=f"urn:kiemchung:check:{change.check.check_id}:{change.position}",
        url=check_address(site, change.check),
        title=draft.claim,
        text=told,
        language=draft.language,
        published=moment,
        updated=moment,
    )


def _request(words: Words, site: str, asked: NoteRequest) -> Item:
    moment = _midnight(asked.day)
    return Item(
        item_id=f"urn:kiemchung:request:{asked.request_id}",
        url=f"{site}/{words.language}/requests/{asked.request_id}",
        title=asked.claim,
        text=words.say("People ask about this claim. No note on it is shown yet; write one if you know more."),
        language=asked.language,
        published=moment,
        updated=moment,
    )


def _source_line(source: Source) -> str:
    return f"{source.title or source.url}: {source.url}"


def _midnight(day: str) -> str:
    """The moment that stands for a day: no more of the time of an act is kept."""
    return f"{day}T00:00:00Z"
