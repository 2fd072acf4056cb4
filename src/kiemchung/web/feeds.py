"""Feeds in RSS, Atom and JSON Feed, one of each a language, and cheap to ask for again."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from threading import Lock

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kiemchung.errors import NotAllowedError
from kiemchung.formats.syndication import Feed, render_atom, render_json_feed, render_rss
from kiemchung.i18n import LANGUAGES, Words, open_words
from kiemchung.ports import Clock
from kiemchung.web import feed_items
from kiemchung.web.address import site_address
from kiemchung.web.feed_items import Items

_FORMATS = {
    "rss": (render_rss, "application/rss+xml; charset=utf-8"),
    "atom": (render_atom, "application/atom+xml; charset=utf-8"),
    "json": (render_json_feed, "application/feed+json"),
}
#: By name: the title, the page that a feed is about, and its items.
_FEEDS: dict[str, tuple[Callable[[Words, str], str], str, Items]] = {
    "notes": (lambda words, site: words.say("%(site)s: notes", site=site), "requests", feed_items.notes),
    "checks": (
        lambda words, site: words.say("%(site)s: checks by the desk", site=site), "checks", feed_items.checks,
    ),
    "requests": (
        lambda words, site: words.say("%(site)s: open questions", site=site), "requests", feed_items.requests,
    ),
    "corrections": (
        lambda words, site: words.say("%(site)s: corrections", site=site), "site/corrections", feed_items.corrections,
    ),
}  # fmt: skip
#: Of a feed in which nothing stands yet, so that it too has equal bytes at every call.
_NEVER = "2026-01-01T00:00:00Z"


class LastChanges:
    """When each feed was first seen with its present content, by this process.

    No date within a feed can tell: a note that leaves it changes it without leaving a date behind.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, tuple[str, int]] = {}
        self._lock = Lock()

    def of(self, path: str, tag: str) -> datetime:
        """Since when, to the second; two contents never share a second."""
        with self._lock:
            held, since = self._seen.get(path, ("", 0))
            if held != tag:
                since = max(since + 1, self._clock.now_ms() // 1000)
                self._seen[path] = tag, since
            return datetime.fromtimestamp(since, UTC)


async def feed(request: Request) -> Response:
    """One feed; 304 for a reader that has it already."""
    language, name, form = (request.path_params[key] for key in ("language", "name", "form"))
    if language not in LANGUAGES or name not in _FEEDS or form not in _FORMATS:
        raise NotAllowedError("unknown", "there is no such feed")
    state, words, site = request.app.state, open_words(language), site_address(request)
    title, page, find = _FEEDS[name]
    items = await state.counter.run(find, state.commons, words, site)
    updated = max((item.updated for item in items), default=_NEVER)
    whole = Feed(
        title(words, state.commons.settings.site_name),
        f"{site}/{language}/{page}",
        f"{site}{request.url.path}",
        language,
        updated,
        tuple(items),
    )
    render, kind = _FORMATS[form]
    return _cached(request, render(whole), kind)


def _cached(request: Request, content: bytes, kind: str) -> Response:
    """The content with its tag, or only the tag where the reader has it (RFC 9110 13.1)."""
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    changed = request.app.state.feed_changes.of(request.url.path, tag)
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(changed, usegmt=True),
        "Cache-Control": "public, max-age=300",
    }
    if _has_it(request, tag, changed):
        return Response(None, 304, headers)
    return Response(content, 200, {**headers, "Content-Type": kind})


def _has_it(request: Request, tag: str, changed: datetime) -> bool:
    """By the tag where the reader sends one, else by the date."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = {each.strip().removeprefix("W/") for each in tags.split(",")}
        return tag in known or "*" in known
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))


ROUTES = [Route("/feeds/{language}/{name}.{form}", feed)]
