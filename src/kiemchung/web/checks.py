"""The site's own checks for readers."""

from starlette.requests import Request
from starlette.responses import Response

from kiemchung.commons.published_checks import newest_checks, published_check
from kiemchung.formats.desk_check import check_address, modified
from kiemchung.i18n import Words
from kiemchung.model import DeskCheck
from kiemchung.web.address import site_address
from kiemchung.web.render import render
from kiemchung.web.routing import Routes
from kiemchung.web.structured import check_head


async def _check(request: Request, words: Words) -> Response:
    state = request.app.state
    found: DeskCheck = await state.counter.run(
        published_check, state.commons.contributions, request.path_params["check_id"]
    )
    return render(
        request, "check.html", words, check=found, newest=found.versions[-1], modified=modified(found),
        head=check_head(request, words, found), canonical=check_address(site_address(request), found),
    )  # fmt: skip


async def _list(request: Request, words: Words) -> Response:
    state = request.app.state
    found = await state.counter.run(newest_checks, state.commons.contributions)
    return render(request, "checks.html", words, checks=found)


ROUTES: Routes = (("GET", "/checks", _list), ("GET", "/checks/{check_id}", _check))
