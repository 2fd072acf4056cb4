"""What an operator's site has done, in counts: the transparency report, and what is missing before notes open."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from kiemchung.commons import site
from kiemchung.commons.opening import Commons


@dataclass(frozen=True, slots=True)
class Transparency:
    """Counts of a site; none of them is of a person.

    Attributes:
        decided: notes that ever had a status other than needing ratings.
        requests_redacted: requests out of whose claims something was cut.
        redactions: privacy redactions of notes and requests by rule, every rule listed.
        last_scored: when the newest scoring run ended, ISO 8601 UTC; None before the first.
    """

    codenames: int
    requests: int
    requests_redacted: int
    notes_open: int
    notes_withdrawn: int
    notes_redacted: int
    ratings: int
    shown: int
    not_shown: int
    needs_ratings: int
    decided: int
    redactions: dict[str, int]
    last_scored: str | None

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """Whether a site takes contributions, and if not, why.

    Attributes:
        missing_pages: operator's pages to fill in, as `name.language`.
    """

    open: bool
    paused: bool
    missing_pages: list[str]


def site_status(commons: Commons) -> SiteStatus:
    """Whether notes are open."""
    missing, paused = site.missing_pages(commons.contributions), site.is_paused(commons.contributions)
    return SiteStatus(not missing and not paused, paused, missing)


def transparency_report(commons: Commons) -> Transparency:
    """The counts as of now."""
    counts, census = commons.contributions.counts(), commons.contributions.census()
    cut = commons.contributions.request_redactions()
    by_rule = Counter([each.rule for each in commons.contributions.redactions()] + [each.rule for each in cut])
    runs = commons.contributions.runs(limit=1)
    return Transparency(
        **census,
        requests=counts["requests"],
        requests_redacted=len({each.request_id for each in cut}),
        ratings=counts["ratings"],
        decided=counts["decided"],
        redactions={rule: by_rule[rule] for rule in site.REDACTION_RULES},
        last_scored=runs[0].finished_at if runs else None,
    )
