"""What the server holds while it runs, for those who take part: sessions, budgets, challenges."""

import threading
from dataclasses import dataclass, field

from kiemchung.commons.effort import Effort
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Budgets, Session, Sessions
from kiemchung.errors import NotAllowedError
from kiemchung.notes.eligibility import Action, EligibilityConfig, Impact, rating_impact


@dataclass(frozen=True)
class TakingPart:
    """Memory of a running site; none of it is ever stored.

    Attributes:
        desk_sessions: of the desk's members; apart, so that a role codename can neither note nor rate.
        asking: held while a request is joined or opened, so that equal claims sent at once become one.
        writing: held while a note is kept, so that a form that was sent twice is one note.
    """

    sessions: Sessions = field(default_factory=Sessions)
    desk_sessions: Sessions = field(default_factory=Sessions)
    budgets: Budgets = field(default_factory=Budgets)
    effort: Effort = field(default_factory=Effort)
    eligibility: EligibilityConfig = field(default_factory=EligibilityConfig)
    asking: threading.Lock = field(default_factory=threading.Lock)
    writing: threading.Lock = field(default_factory=threading.Lock)


def spend(commons: Commons, taking_part: TakingPart, session: Session, action: Action) -> None:
    """Count one action of this codename today.

    Raises:
        NotAllowedError: its budget is used up (reason `budget`).
    """
    limit = taking_part.eligibility.budget(action)
    key = session.keys.author if action is Action.NOTE else session.keys.rater
    if not taking_part.budgets.take(key, action, limit, today(commons.clock)):
        raise NotAllowedError(
            "budget", f"{limit} a day are possible for one codename; come back tomorrow", (str(limit),)
        )


def impact_of(commons: Commons, rater: bytes) -> Impact:
    """How a rater's ratings fared so far (SCORING 14)."""
    ratings = commons.contributions.ratings_of(rater)
    notes = commons.contributions.get_notes([rating.note_id for rating in ratings])
    decided = ((r.level, n.score.status) for r in ratings if (n := notes.get(r.note_id)) and n.score)
    return rating_impact(decided)
