"""Headers of every reply: nothing from other origins, nothing framed, nothing referred, nothing kept (G8)."""

from functools import cache

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

#: For the few pages that our own script makes more comfortable; none of them needs it.
SCRIPT_POLICY = f"{CONTENT_SECURITY_POLICY}; script-src 'self'"

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
}
#: Routes that other sites may read: no cookie and no login exist, so there is nothing to ride on.
OPEN_PREFIXES = ("/api/", "/v1alpha1/", "/log/", "/data/", "/feeds/", "/oembed", "/activitypub/", "/.well-known/")
#: What other sites may put into a frame.
FRAME_PREFIX = "/embed/"


def safe_headers(path: str) -> dict[str, str]:
    """The headers of a reply at this path, which is not to be stored unless its route says otherwise."""
    return _headers_of(*_kind(path))


def _kind(path: str) -> tuple[bool, bool]:
    """Whether a path is open to other sites, and whether they may frame it."""
    framed = path.startswith(FRAME_PREFIX)
    return framed or path.startswith(OPEN_PREFIXES), framed


@cache
def _headers_of(open_to_all: bool, framed: bool) -> dict[str, str]:
    return {
        **{name: value for name, value in ALWAYS.items() if not (framed and name == "X-Frame-Options")},
        "Cross-Origin-Resource-Policy": "cross-origin" if open_to_all else "same-origin",
        "Cache-Control": "no-store",
    }


@cache
def _encoded(open_to_all: bool, framed: bool) -> tuple[tuple[bytes, bytes], ...]:
    headers = _headers_of(open_to_all, framed)
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


class SafeHeaders:
    """Adds the headers; a route may set its own Cache-Control."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(pair for pair in _encoded(*_kind(scope["path"])) if pair[0] not in given),
                ]
            await send(message)

        await self._app(scope, receive, send_safely)
