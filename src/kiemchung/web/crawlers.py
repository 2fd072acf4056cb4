"""For crawlers: which pages there are, which to leave alone, and the pictures of links."""

from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kiemchung.commons.opening import Commons
from kiemchung.commons.public_notes import PublicNote, is_shown, newly_shown, public_note
from kiemchung.commons.published_checks import newest_checks, published_check
from kiemchung.errors import NotAllowedError
from kiemchung.formats.card_picture import draw_card
from kiemchung.formats.desk_check import modified
from kiemchung.i18n import LANGUAGES, note_phrases, open_words
from kiemchung.model import Note
from kiemchung.model import Request as NoteRequest
from kiemchung.web.address import site_address

#: Newest that a sitemap names (sitemaps.org: 50,000 addresses). Of a note its claim too, and all in two languages.
_MOST, _MOST_CHECKS = 10_000, 4_900
_PAGES = (
    "",
    "about",
    "requests",
    "help",
    "privacy",
    "log",
    "checks",
    "data",
    "site/who",
    "site/method",
    "site/corrections",
    "site/contact",
)
#: Pages that are one person's own, or forms.
_PRIVATE = ("me", "log-in", "take-part", "ask", "write/", "edit/", "rate", "result", "desk")


async def sitemap(request: Request) -> Response:
    """Every page that is for all, in both languages, with the other one named."""
    site, state = site_address(request), request.app.state
    shown: list[PublicNote] = await state.counter.run(newly_shown, state.commons.contributions, None, _MOST)
    paths = [*_PAGES]
    changed = {f"notes/{each.note.note_id}": each.change.at[:10] for each in shown}
    changed |= {f"requests/{each.request.request_id}": each.change.at[:10] for each in reversed(shown)}
    checks = await state.counter.run(newest_checks, state.commons.contributions)
    changed |= {f"checks/{each.check_id}": modified(each) for each in checks[:_MOST_CHECKS]}
    entries = "".join(_entry(site, path, changed.get(path, "")) for path in [*paths, *changed])
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return Response(head + entries + "</urlset>\n", media_type="application/xml")


async def robots(request: Request) -> Response:
    """Crawlers may read what is for all."""
    hidden = "".join(f"Disallow: /{language}/{page}\n" for language in LANGUAGES for page in _PRIVATE)
    return PlainTextResponse(f"User-agent: *\n{hidden}Sitemap: {site_address(request)}/sitemap.xml\n")


async def card(request: Request) -> Response:
    """The picture of a link to a note, a request or a check of the desk's own."""
    language, kind, found_id = (request.path_params[key] for key in ("language", "kind", "id"))
    if language not in LANGUAGES or kind not in ("notes", "requests", "checks"):
        raise NotAllowedError("unknown", "there is no such picture")
    state, words = request.app.state, open_words(language)
    if kind == "checks":
        check = (await state.counter.run(published_check, state.commons.contributions, found_id)).versions[-1].draft
        said = (check.claim, check.verdict, check.explanation, state.commons.settings.site_name)
        content = await state.workshop.run(draw_card, *said)
        return Response(content, media_type="image/png", headers={"Cache-Control": "public, max-age=300"})
    asked, note = await state.counter.run(_on_card, state.commons, kind, found_id)
    heading = note_phrases.status_phrase(words, note) if note else words.say("People ask about this claim")
    text = note.draft.text if note and note.draft else ""
    content = await state.workshop.run(draw_card, asked.claim, heading, text, state.commons.settings.site_name)
    return Response(content, media_type="image/png", headers={"Cache-Control": "public, max-age=300"})


def _on_card(commons: Commons, kind: str, found_id: str) -> tuple[NoteRequest, Note | None]:
    """The claim, and the note that the card tells of."""
    contributions = commons.contributions
    if kind == "notes":
        found = public_note(contributions, found_id)
        if found is None:
            raise NotAllowedError("unknown", "there is no such note")
        return found[1], found[0]
    asked = contributions.get_requests([found_id]).get(found_id)
    if asked is None:
        raise NotAllowedError("unknown", "there is no such request")
    notes = contributions.notes_of_request(found_id)
    return asked, next(filter(is_shown, notes), None)


def _entry(site: str, path: str, changed: str) -> str:
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(f"{site}/{language}/{path}")}"/>'
        for language in LANGUAGES
    )
    modified = f"<lastmod>{changed}</lastmod>" if changed else ""
    return "".join(
        f"<url><loc>{escape(f'{site}/{language}/{path}')}</loc>{modified}{others}</url>\n" for language in LANGUAGES
    )


ROUTES = [
    Route("/sitemap.xml", sitemap),
    Route("/robots.txt", robots),
    Route("/card/{language}/{kind}/{id}.png", card),
]
