"""The export that the operator wrote, as files for everybody."""

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from kiemchung.commons.export_tables import export_folder
from kiemchung.errors import NotAllowedError
from kiemchung.formats.data_package import FORMATS, PACKAGE_FILE, SUMS_FILE
from kiemchung.formats.dataset_jsonld import dataset_jsonld
from kiemchung.formats.note_jsonld import Site, script_text
from kiemchung.i18n import LANGUAGES, Words, desk_phrases, wished_language
from kiemchung.web.address import site_address
from kiemchung.web.render import render
from kiemchung.web.routing import Routes

_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".ndjson": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
}


async def _page(request: Request, words: Words) -> Response:
    state = request.app.state
    packages = await state.counter.run(_packages, export_folder(state.commons))
    data = ""
    if packages:
        site = Site(state.commons.settings.site_name, site_address(request))
        data = script_text(dataset_jsonld(site, packages, f"{site.url}/{words.language}/data"))
    return render(request, "data.html", words, packages=packages, tables=desk_phrases.TABLES, data=data)


def _packages(folder: Path) -> dict[str, dict[str, Any]]:
    """What is offered, one package a form, by the folder below /data that it lies in."""
    found = {below: _package(folder / below) for below in ("", *(f"{form}/" for form in FORMATS))}
    return {below: package for below, package in found.items() if package}


def _package(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / PACKAGE_FILE).read_text("utf-8"))
    except (OSError, ValueError):  # nothing was exported yet
        return None
    return found


async def to_page(request: Request) -> Response:
    """The bare address leads to the page in the language that the browser wishes."""
    language = wished_language(request.headers.get("accept-language", ""))
    return RedirectResponse(f"/{language if language in LANGUAGES else 'en'}/data", 302, {"Vary": "Accept-Language"})


async def file(request: Request) -> Response:
    """One file of the export."""
    state, name, form = request.app.state, request.path_params["name"], request.path_params.get("form", "")
    if form not in ("", *FORMATS):
        raise NotAllowedError("unknown", "there is no such file")
    folder = export_folder(state.commons) / form
    package = await state.counter.run(_package, folder)
    listed = package["resources"] if package else []
    known = {PACKAGE_FILE, SUMS_FILE, *(each[key] for each in listed for key in ("path", "jsonSchema"))}
    if package is None or name not in known or not (folder / name).is_file():
        raise NotAllowedError("unknown", "there is no such file")
    kind = _TYPES.get(Path(name).suffix, "text/plain; charset=utf-8")
    return FileResponse(folder / name, media_type=kind, headers={"Cache-Control": "public, max-age=300"})


PAGE_ROUTES: Routes = (("GET", "/data", _page),)
ROUTES = (
    Route("/data", to_page, include_in_schema=False),
    Route("/data/{name}", file, include_in_schema=False),
    Route("/data/{form}/{name}", file, include_in_schema=False),
)
