"""The titles of the pages that sources point at, read once and held for a while in memory."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from kiemchung.errors import FetchError
from kiemchung.ports import Fetcher

#: Titles held; a note is looked at a few times before it is handed in, and each page is asked once.
_MOST_HELD = 500
#: Longest title, in characters.
_MAX_TITLE = 200


class PageTitles:
    """Titles by address. Thread-safe."""

    def __init__(self, fetcher: Fetcher) -> None:
        """Read pages by a fetcher that keeps to public addresses and gives up soon (G19)."""
        self._fetcher = fetcher
        self._held: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, urls: Sequence[str]) -> list[str]:
        """The title of each page, in order; its host where it has none or cannot be read."""
        with self._lock:
            missing = [url for url in dict.fromkeys(urls) if url not in self._held]
        if missing:
            with ThreadPoolExecutor(len(missing)) as pool:
                read = dict(zip(missing, pool.map(self._read, missing), strict=True))
            with self._lock:
                self._held.update(read)
                while len(self._held) > _MOST_HELD:
                    self._held.popitem(last=False)
        else:
            read = {}
        with self._lock:
            return [read.get(url) or self._held.get(url, "") or _host(url) for url in urls]

    def _read(self, url: str) -> str:
        from lxml import html  # needed when a note is written

        try:
            page = self._fetcher.get(url)
            if not page.content_type.startswith("text/html"):
                return _host(url)
            parser = html.HTMLParser(encoding=page.charset or "utf-8")
            title = html.fromstring(page.content, parser=parser).findtext(".//title")
        except (FetchError, LookupError, ValueError, AssertionError, html.etree.ParserError):
            return _host(url)  # a page that cannot be read: its host will do
        return _plain(str(title or ""))[:_MAX_TITLE] or _host(url)


def _plain(title: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in title).split())


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
