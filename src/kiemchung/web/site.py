"""What the operator says of the site, the method as it is set just now, privacy, and help for first-time users."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kiemchung.commons import site
from kiemchung.commons.explain_note import certainty_percent
from kiemchung.commons.opening import Commons
from kiemchung.commons.score_notes import LOCK_DAYS, TOLD_AFTER
from kiemchung.commons.taking_part import TakingPart
from kiemchung.errors import NotAllowedError
from kiemchung.i18n import Words
from kiemchung.model import ScoringRun
from kiemchung.notes.eligibility import EligibilityConfig, is_founding
from kiemchung.web.render import render
from kiemchung.web.routing import Routes


@dataclass(frozen=True, slots=True)
class Method:
    """The rules as they are set, and the newest run."""

    min_ratings: int
    min_side_ratings: int
    min_side_helpful: int
    helpful_value: float
    certainty_percent: int
    min_side_raters: int
    lock_days: int
    told_after: int
    eligibility: EligibilityConfig
    decided: int
    founding: bool
    run: ScoringRun | None


async def _operator_page(request: Request, words: Words) -> Response:
    state, name = request.app.state, request.path_params["name"]
    if name not in site.OPERATOR_PAGES:
        raise NotAllowedError("unknown", "there is no such page")
    text = await state.counter.run(site.page, state.commons.contributions, name, words.language)
    paragraphs = [part.strip() for part in text.replace("\r", "").split("\n\n") if part.strip()]
    method = await state.workshop.run(_method, state.commons, state.taking_part) if name == "method" else None
    return render(request, "site.html", words, name=name, paragraphs=paragraphs, method=method, path=f"site/{name}")


def _method(commons: Commons, part: TakingPart) -> Method:
    show, decided = _show_rule(), commons.contributions.counts()["decided"]
    runs = commons.contributions.runs(limit=1)
    return Method(
        **show,
        lock_days=LOCK_DAYS,
        told_after=TOLD_AFTER,
        eligibility=part.eligibility,
        decided=decided,
        founding=is_founding(decided, part.eligibility),
        run=runs[0] if runs else None,
    )


@cache
def _show_rule() -> dict[str, Any]:
    from kiemchung.scoring.both_sides import ShowConfig  # numba loads here

    config = ShowConfig()
    return {
        "min_ratings": round(config.min_ratings),
        "min_side_ratings": round(config.min_side_ratings),
        "min_side_helpful": round(config.min_side_helpful),
        "helpful_value": config.helpful_value,
        "certainty_percent": certainty_percent(),
        "min_side_raters": round(config.min_side_raters),
    }


async def _privacy(request: Request, words: Words) -> Response:
    return render(request, "privacy.html", words)


async def _help(request: Request, words: Words) -> Response:
    return render(request, "help.html", words)


ROUTES: Routes = (
    ("GET", "/site/{name}", _operator_page),
    ("GET", "/privacy", _privacy),
    ("GET", "/help", _help),
)
