"""The wiring: settings, store, clock, and the embedder and lookup index once they are asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from kiemchung.commons.clock import SystemClock
from kiemchung.commons.settings import REQUESTS_FOLDER, Settings
from kiemchung.ports import Clock, Contributions, Embedder, Fetcher, Store

if TYPE_CHECKING:
    from kiemchung.commons.rating_queue import RatingQueue
    from kiemchung.lookup.index import LookupIndex


#: A title stands near the beginning of a page; who writes a note waits for it.
_FOR_TITLES = {"fetch_max_bytes": 1_000_000, "fetch_timeout_seconds": 5.0, "fetch_delay_seconds": 0.0}


@dataclass(frozen=True)
class Commons:
    """What the use cases are handed. It holds the parts and does no work; heavy parts open when first asked for."""

    settings: Settings
    store: Store
    clock: Clock

    @cached_property
    def embedder(self) -> Embedder:
        """The embedder that the settings name."""
        from kiemchung.embed import open_embedder  # the model takes a while to load

        return open_embedder(self.settings.embedder, self.settings.data_dir, self.settings.n_threads)

    @cached_property
    def index(self) -> "LookupIndex":
        """The lookup index, made empty where there is none."""
        from kiemchung.lookup.index import LookupIndex  # tantivy and NumPy load here

        return LookupIndex.open(self.settings.index_dir, self.embedder, create=True)

    @cached_property
    def fetcher(self) -> Fetcher:
        """Reads public addresses, within the bounds of the settings."""
        return open_fetcher(self.settings)

    @cached_property
    def title_fetcher(self) -> Fetcher:
        """Reads the pages that sources point at, for their titles: small and soon, since a writer waits."""
        return open_fetcher(self.settings.model_copy(update=_FOR_TITLES))

    @cached_property
    def contributions(self) -> Contributions:
        """Requests, notes and ratings, in the store's database."""
        from kiemchung.store import open_contributions  # SQLAlchemy takes 0.3 s to load

        return open_contributions(self.settings.database, lambda: today(self.clock))

    @cached_property
    def rating_queue(self) -> "RatingQueue":
        """What could be rated next."""
        from kiemchung.commons.rating_queue import RatingQueue  # only a server has raters

        return RatingQueue(self.contributions, self.clock)

    @cached_property
    def requests_index(self) -> "LookupIndex":
        """The lookup index of claims for which a note was asked; made empty where there is none."""
        from kiemchung.lookup.index import LookupIndex  # tantivy and NumPy load here

        return LookupIndex.open(self.settings.data_dir / REQUESTS_FOLDER, self.embedder, create=True)

    def close(self) -> None:
        """Give back whatever was opened."""
        for part in ("index", "requests_index", "contributions"):
            if part in vars(self):
                getattr(self, part).close()
        self.store.close()


def today(clock: Clock) -> str:
    """The day in UTC, ISO 8601; all that is kept of the time of a contribution."""
    return datetime.fromtimestamp(clock.now_ms() / 1000, tz=UTC).date().isoformat()


def open_fetcher(settings: Settings) -> Fetcher:
    """A fetcher within the bounds of the settings."""
    from kiemchung.fetch import SafeFetcher  # the HTTP client loads here

    return SafeFetcher(
        max_bytes=settings.fetch_max_bytes,
        timeout_seconds=settings.fetch_timeout_seconds,
        delay_seconds=settings.fetch_delay_seconds,
    )


@contextmanager
def open_commons(settings: Settings, *, quick: bool = False) -> Iterator[Commons]:
    """The parts for these settings, given back at the end.

    Args:
        quick: for a short process that looks a few checks up, in one thread.

    Raises:
        StoreError: the database cannot be opened.
    """
    from kiemchung.store import open_store  # SQLAlchemy takes 0.3 s to load

    store = open_store(settings.database, quick=quick)
    commons = Commons(settings, store, SystemClock())
    try:
        yield commons
    finally:
        commons.close()
