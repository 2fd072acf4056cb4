"""What a note's past does to its status: the delay before it is shown, the lock, the history that the next run reads.

Source: SCORING 12, rules 9 and 10 (NmrDueToMinStableCrhTime, ScoringDriftGuard), and 13.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kiemchung.scoring.table import (
    DELAY_LEFT,
    DELAY_NEVER,
    MISSING_MS,
    Bools,
    History,
    Int8s,
    Int16s,
    Int64s,
    Notes,
    Ratings,
    Status,
    Strings,
)

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class DelayConfig:
    """How long a newly helpful note waits before it is shown (SCORING 17, delay).

    Attributes:
        earliest_minutes: no note is shown sooner.
        minutes: after this every note that is still helpful is shown.
        needs_help_minutes: a note that only needs help waits this long for its chance.
    """

    earliest_minutes: int = 30
    minutes: int = 60
    needs_help_minutes: int = 360


@dataclass(frozen=True, slots=True)
class Delayed:
    """Statuses after the delay rule.

    Attributes:
        status: int8[n].
        matched: bool[n], the rule changed or held the status.
        delay_start_ms: int64[n], for the next run: DELAY_NEVER, DELAY_LEFT or when the delay began.
    """

    status: Int8s
    matched: Bools
    delay_start_ms: Int64s


def delay(
    status: Int8s,
    history: History,
    now_ms: int,
    *,
    may_leave_early: Bools | None = None,
    config: DelayConfig | None = None,
) -> Delayed:
    """Hold newly helpful notes back until their status has been stable for a while.

    Args:
        status: int8[n] after the rules before; CRH and NEEDS_YOUR_HELP are held back.
        may_leave_early: bool[n], a model predicts that the note keeps the status and its topic model, if it has one, is
            confident; None where there is no prediction, which counts as "will lose it".
    """
    config = config or DelayConfig()
    start = history.delay_start_ms
    shown = history.current_status == Status.CRH
    helpful, needs_help = status == Status.CRH, status == Status.NEEDS_YOUR_HELP
    waited_ms = now_ms - start
    inside = ~shown & (start > 0)
    outside = ~shown & ~inside
    early = np.zeros(len(status), np.bool_) if may_leave_early is None else may_leave_early
    early = early & (waited_ms >= config.earliest_minutes * MINUTE_MS)
    early &= history.first_non_nmr_status != Status.CRH
    leaves_shown = inside & helpful & (early | (waited_ms > config.minutes * MINUTE_MS))
    gives_up = inside & needs_help & (waited_ms > config.needs_help_minutes * MINUTE_MS)
    enters = outside & (helpful | (needs_help & (start == DELAY_NEVER)))
    stays_shown = shown & needs_help
    held = (~shown & (helpful | needs_help)) & ~leaves_shown
    after = np.where(held, Status.NMR, np.where(stays_shown, Status.CRH, status)).astype(np.int8)
    next_start = np.where(enters, now_ms, start)
    next_start = np.where(leaves_shown | gives_up | (inside & ~helpful & ~needs_help), DELAY_LEFT, next_start)
    return Delayed(after, held | stays_shown, next_start)


def drift_guard(status: Int8s, history: History) -> tuple[Int8s, Bools]:
    """Locked notes keep the locked status; which of them would have changed is the second value, bool[n]."""
    locked = history.locked_status != Status.NONE
    after = np.where(locked, history.locked_status, status).astype(np.int8)
    return after, after != status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run decided, aligned to `Notes`.

    Attributes:
        status: int8[n], the final status: NMR, CRH or CRNH.
        decided_by: StringDType[n], the deciding rule.
        may_lock: bool[n], that rule is allowed to lock.
        delay_start_ms: int64[n], from `delay`.
        core_status, expansion_status, group_status, multi_group_status: int8[n], NONE where a scorer has no say.
        modeling_group, modeling_multi_group: int16[n], the group whose scorer spoke, -1 none.
        scored: bool[n], notes that this run scored; the others' history stays as it is. None for all.
    """

    status: Int8s
    decided_by: Strings
    may_lock: Bools
    delay_start_ms: Int64s
    core_status: Int8s
    expansion_status: Int8s
    group_status: Int8s
    multi_group_status: Int8s
    modeling_group: Int16s
    modeling_multi_group: Int16s
    scored: Bools | None = None


@dataclass(frozen=True, slots=True)
class LockConfig:
    """A note older than this is locked (SCORING 17, noteLockMillis)."""

    age_days: int = 14


def next_history(
    history: History, notes: Notes, outcome: Outcome, now_ms: int, config: LockConfig | None = None
) -> History:
    """The status history after a run: current, first and latest statuses, locks."""
    config = config or LockConfig()
    status = outcome.status
    spoken = status != Status.NMR
    changed = status != history.current_status
    first = spoken & (history.first_non_nmr_status == Status.NONE)
    turned = spoken & (status != history.most_recent_non_nmr_status)
    unlocked = history.locked_status == Status.NONE
    locks = unlocked & outcome.may_lock & (now_ms - notes.created_at_ms > config.age_days * DAY_MS)
    delay_start = np.where(locks | ~unlocked, DELAY_LEFT, outcome.delay_start_ms)
    enters_first = unlocked & (outcome.delay_start_ms == now_ms) & (history.first_delay_start_ms == MISSING_MS)
    updated = replace(
        history,
        current_status=status,
        current_ms=np.full(len(status), now_ms, np.int64),
        first_non_nmr_status=np.where(first, status, history.first_non_nmr_status).astype(np.int8),
        first_non_nmr_ms=np.where(first, now_ms, history.first_non_nmr_ms),
        most_recent_non_nmr_status=np.where(turned, status, history.most_recent_non_nmr_status).astype(np.int8),
        latest_non_nmr_ms=np.where(turned, now_ms, history.latest_non_nmr_ms),
        most_recent_change_ms=np.where(changed, now_ms, history.most_recent_change_ms),
        locked_status=np.where(locks, status, history.locked_status).astype(np.int8),
        lock_ms=np.where(locks, now_ms, history.lock_ms),
        delay_start_ms=delay_start,
        first_delay_start_ms=np.where(enters_first, now_ms, history.first_delay_start_ms),
        core_status=outcome.core_status,
        expansion_status=outcome.expansion_status,
        group_status=outcome.group_status,
        multi_group_status=outcome.multi_group_status,
        modeling_group=outcome.modeling_group,
        modeling_multi_group=outcome.modeling_multi_group,
        decided_by=outcome.decided_by,
        final_scoring_minute=np.full(len(status), now_ms // MINUTE_MS, np.int64),
    )
    if outcome.scored is None:
        return updated
    kept = {name: _where(outcome.scored, getattr(updated, name), getattr(history, name)) for name in History.__slots__}
    return History(**kept)


def _where(rows: Bools, yes: Strings, no: Strings) -> Strings:
    """numpy.where that keeps the type, also of strings."""
    result = no.copy()
    result[rows] = yes[rows]
    return result


@dataclass(frozen=True, slots=True)
class RescoreConfig:
    """Which notes a run after another one scores again (SCORING 13)."""

    young_days: int = 14
    young_every_hours: int = 24
    changed_within_hours: int = 24
    changed_every_hours: int = 1
    lockable_until_days: int = 21


def to_rescore(
    history: History, notes: Notes, ratings: Ratings, may_lock: Bools, now_ms: int, config: RescoreConfig | None = None
) -> Bools:
    """The notes that a new run scores, bool[n]; the others keep what the last run gave them.

    Args:
        history: after the last run.
        may_lock: bool[n], the rule that decided last time is allowed to lock.
    """
    config = config or RescoreConfig()
    last_ms = history.current_ms
    never = last_ms == MISSING_MS
    newest = np.full(len(notes), MISSING_MS, np.int64)
    np.maximum.at(newest, ratings.note, ratings.created_at_ms)
    age_ms = now_ms - notes.created_at_ms
    since_ms = now_ms - last_ms
    young = (age_ms < config.young_days * DAY_MS) & (since_ms > config.young_every_hours * HOUR_MS)
    changed_ms = history.most_recent_change_ms
    just_changed = ~never & (changed_ms == last_ms)
    changed = (now_ms - changed_ms < config.changed_within_hours * HOUR_MS) & (
        since_ms > config.changed_every_hours * HOUR_MS
    )
    in_delay = history.delay_start_ms > 0
    lockable = (history.locked_status == Status.NONE) & may_lock
    lockable &= (age_ms >= config.young_days * DAY_MS) & (age_ms <= config.lockable_until_days * DAY_MS)
    rescored: Bools = never | (newest > last_ms) | young | just_changed | changed | in_delay | lockable
    return rescored
