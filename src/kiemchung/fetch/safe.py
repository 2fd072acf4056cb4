"""GET of public documents, and POST to one: no cookies, no state, bounded in size, time and redirects."""

import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from urllib.robotparser import RobotFileParser

import httpcore2
import httpx2

from kiemchung import __version__
from kiemchung.errors import FetchError
from kiemchung.fetch.guard import Guard, Resolve, check_url, resolve
from kiemchung.ports import Fetched

USER_AGENT = f"kiemchung/{__version__} (self-hosted fact-check importer)"
MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_STEP_SECONDS = 15.0
_ROBOTS_BYTES = 500_000


class SafeFetcher:
    """Reads public http(s) addresses. One may be shared by threads."""

    def __init__(
        self,
        *,
        max_bytes: int = 20_000_000,
        timeout_seconds: float = 30.0,
        delay_seconds: float = 1.0,
        resolve: Resolve = resolve,
        allow_loopback: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Set the bounds.

        Args:
            max_bytes: of a document, unpacked.
            timeout_seconds: for a document with all its redirects.
            delay_seconds: between two requests to one host.
            resolve, allow_loopback, sleep: for tests with a server of their own; no setting reaches them.
        """
        self._max_bytes = max_bytes
        self._timeout = timeout_seconds
        self._delay = delay_seconds
        self._resolve = resolve
        self._allow_loopback = allow_loopback
        self._sleep = sleep
        self._tls: ssl.SSLContext | None = None
        self._next_at: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> Fetched:
        """The document at url.

        Raises:
            FetchError: refused, unreachable, too slow, too large, or answered with an error status.
        """
        return self._get(url, self._max_bytes)

    def post(self, url: str, content: bytes, content_type: str) -> Fetched:
        """Hand content in at an address of the operator's choice; what was answered. Redirects are not followed.

        Raises:
            FetchError: as `get`.
        """
        checked = check_url(url, allow_loopback=self._allow_loopback)
        deadline = time.monotonic() + self._timeout + self._be_polite(checked.host)
        answer = self._ask(checked, deadline, self._max_bytes, (content, content_type))
        if isinstance(answer, Fetched):
            return answer
        raise FetchError(url, "redirects", "redirects; give the address that it leads to")

    def may_crawl(self, url: str) -> bool:
        """Whether the site's robots.txt lets us read an address that we found ourselves, in a feed or sitemap.

        Addresses that the operator names are read without asking; that is a person's visit.
        """
        checked = check_url(url, allow_loopback=self._allow_loopback)
        site = f"{checked.scheme}://{checked.netloc.decode('ascii')}"
        if site not in self._robots:
            self._robots[site] = self._read_robots(site)
        return self._robots[site].can_fetch(USER_AGENT, url)

    def _read_robots(self, site: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            text = self._get(f"{site}/robots.txt", _ROBOTS_BYTES).content.decode("utf-8", "replace")
        except FetchError as error:
            # RFC 9309: no such file is leave; a site that cannot say is left alone
            text = "" if error.reason == "status" and " 4" in str(error) else "User-agent: *\nDisallow: /"
        rules.parse(text.splitlines())
        return rules

    def _get(self, url: str, max_bytes: int) -> Fetched:
        deadline = time.monotonic() + self._timeout
        at = url
        for _ in range(MAX_REDIRECTS + 1):
            checked = check_url(at, allow_loopback=self._allow_loopback)
            deadline += self._be_polite(checked.host)
            answer = self._ask(checked, deadline, max_bytes)
            if isinstance(answer, Fetched):
                return answer
            at = answer
        raise FetchError(url, "redirects", f"more than {MAX_REDIRECTS} redirects")

    def _be_polite(self, host: str) -> float:
        """Wait for the host's turn; how long it took."""
        with self._lock:
            now = time.monotonic()
            wait = max(0.0, self._next_at.get(host, 0.0) - now)
            self._next_at[host] = now + wait + self._delay
        if wait > 0:
            self._sleep(wait)
        return wait

    def _ask(
        self, url: httpx2.URL, deadline: float, max_bytes: int, handed_in: tuple[bytes, str] | None = None
    ) -> Fetched | str:
        """The document, or the address that the answer sends us to; posts what is handed in, with its type."""
        text = str(url)
        guard = Guard(text, deadline, resolve=self._resolve, allow_loopback=self._allow_loopback)
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), min(_STEP_SECONDS, self._timeout))
        headers: dict[bytes | str, bytes | str] = {"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT}
        headers |= {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "Connection": "close"}
        content, kind = handed_in or (None, "")
        if content is not None:
            headers |= {"Content-Type": kind, "Content-Length": str(len(content))}
        method = "GET" if content is None else "POST"
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with (
                httpcore2.ConnectionPool(ssl_context=self._context(), network_backend=guard) as pool,
                pool.stream(
                    method, target, headers=headers, content=content, extensions={"timeout": timeout}
                ) as response,
            ):
                return _take(response, url, max_bytes)
        except httpcore2.TimeoutException as error:
            raise FetchError(text, "timeout", f"no answer within {self._timeout:g} seconds") from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.UnsupportedProtocol, OSError) as error:
            raise FetchError(text, "network", f"cannot be reached ({error})") from error

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context()
        return self._tls


def _take(response: httpcore2.Response, url: httpx2.URL, max_bytes: int) -> Fetched | str:
    text = str(url)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in _REDIRECTS and "location" in headers:
        try:
            return str(url.join(headers["location"]))
        except (httpx2.InvalidURL, ValueError) as error:
            raise FetchError(text, "refused", "redirects to something that is no address") from error
    if response.status != 200:
        raise FetchError(text, "status", f"answered with status {response.status}", response.status)
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise FetchError(text, "too_large", f"{int(length):,} bytes are more than {max_bytes:,}")
    pieces, total = [], 0
    for piece in _unpacked(response.iter_stream(), headers.get("content-encoding", ""), text):
        total += len(piece)
        if total > max_bytes:
            raise FetchError(text, "too_large", f"more than {max_bytes:,} bytes")
        pieces.append(piece)
    kind, charset = _content_type(headers.get("content-type", ""))
    return Fetched(text, b"".join(pieces), kind, charset)


def _unpacked(chunks: Iterable[bytes], encoding: str, url: str) -> Iterator[bytes]:
    """The bytes of an answer without its packing, never more than 64 KiB at a time."""
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not names:
        yield from chunks
        return
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise FetchError(url, "refused", f"packed as {encoding}, which was not asked for")
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32 if names[0] != "deflate" else zlib.MAX_WBITS)
    first = True
    for chunk in chunks:
        packed = chunk
        if first and names[0] == "deflate" and chunk and chunk[0] & 0x0F != 8:
            unpacker = zlib.decompressobj(wbits=-zlib.MAX_WBITS)  # some servers leave the zlib header out
        first = False
        while packed:
            try:
                piece = unpacker.decompress(packed, 1 << 16)
            except zlib.error as error:
                raise FetchError(url, "network", f"the packed answer is damaged ({error})") from error
            packed = unpacker.unconsumed_tail
            if piece:
                yield piece
    yield unpacker.flush()


def _content_type(value: str) -> tuple[str, str | None]:
    kind, _, parameters = value.partition(";")
    charset = next((p.split("=", 1)[1] for p in parameters.split(";") if p.strip().lower().startswith("charset=")), "")
    return kind.strip().lower(), charset.strip().strip("\"'").lower() or None
