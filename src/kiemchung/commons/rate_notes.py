"""Ratings: what to rate next, rate, change, withdraw, and how it fared."""

from concurrent.futures import Future
from dataclasses import dataclass
from random import Random

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Session
from kiemchung.commons.site import require_open_keys
from kiemchung.commons.taking_part import TakingPart, impact_of, spend
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.model import HELPFUL_TAGS, NOT_HELPFUL_TAGS, Level, Note, Rating
from kiemchung.notes.eligibility import Action, Impact
from kiemchung.notes.queue import next_to_rate


@dataclass(frozen=True, slots=True)
class Fared:
    """An own rating and what became of its note.

    Attributes:
        note: with its status, if it has one by now.
    """

    rating: Rating
    note: Note | None


def next_note(commons: Commons, session: Session, random: Random, *, skip: str = "") -> Note | None:
    """The note from whose rating most is learnt; None where this codename has rated all, or wrote them.

    Args:
        skip: a note that the rater wants to pass over for now.
    """
    contributions = commons.contributions
    done = {rating.note_id for rating in contributions.ratings_of(session.keys.rater)}
    done |= {note.note_id for note in contributions.notes_of_author(session.keys.author)}
    chosen = next_to_rate(commons.rating_queue.best(done | {skip}), random)
    return contributions.get_notes([chosen]).get(chosen) if chosen else None


def begin_to_rate(
    commons: Commons,
    taking_part: TakingPart,
    session: Session,
    note_id: str,
    level: Level,
    tags: tuple[str, ...],
    not_tags: tuple[str, ...],
) -> Future[bool]:
    """Rate a note, or change an own rating, until the note is locked; without waiting for the disk.

    The future says whether the rating is kept; where it is not, `refusal` says why. It raises NotAllowedError where
    the site is closed or the budget used up.

    Raises:
        InputError: an unknown reason, or one that does not go with the level.
    """
    _check_tags(level, tags, not_tags)

    def allow(site_keys: set[str]) -> None:
        require_open_keys(site_keys)
        spend(commons, taking_part, session, Action.RATE)

    rating = Rating(note_id, level, tags, not_tags, today(commons.clock))
    return commons.contributions.begin_rating(session.keys.rater, rating, session.keys.author, allow)


def refusal(commons: Commons, session: Session, note_id: str) -> NotAllowedError:
    """Why a note takes no rating of this session."""
    if commons.contributions.wrote(session.keys.author, note_id):
        return NotAllowedError("own_note", "an own note is rated by others")
    return NotAllowedError("locked", "this note takes no ratings any more")


def withdraw(commons: Commons, session: Session, note_id: str) -> None:
    """Take an own rating back.

    Raises:
        NotAllowedError: there is none, or the note is locked.
    """
    if not commons.contributions.delete_rating(session.keys.rater, note_id):
        raise NotAllowedError("locked", "there is no rating of yours on this note that can still be taken back")


def own_ratings(commons: Commons, session: Session) -> tuple[list[Fared], Impact]:
    """A contributor's ratings with what became of the notes, and the rating impact; for nobody else's eyes."""
    ratings = commons.contributions.ratings_of(session.keys.rater)
    notes = commons.contributions.get_notes([rating.note_id for rating in ratings])
    fared = [Fared(rating, notes.get(rating.note_id)) for rating in ratings]
    return fared, impact_of(commons, session.keys.rater)


def _check_tags(level: Level, tags: tuple[str, ...], not_tags: tuple[str, ...]) -> None:
    for found, known in ((tags, HELPFUL_TAGS), (not_tags, NOT_HELPFUL_TAGS)):
        for tag in found:
            if tag not in known:
                raise InputError(f"there is no reason {tag!r}; known are {', '.join(known)}")
    if (level is Level.HELPFUL and not_tags) or (level is Level.NOT and tags):
        raise InputError(
            "the reasons do not go with the answer: helpful ones with helpful, the others with not helpful"
        )
