"""Published checks related to a request, found once and held in memory until the checks change."""

import threading
from collections import OrderedDict

from kiemchung.commons.check import Find, check
from kiemchung.commons.opening import Commons
from kiemchung.model import FoundReview, Request

#: Requests whose checks are held.
_MOST_HELD = 1_000


class KnownChecks:
    """What is published on a request's claim and near it. Thread-safe; a page that is read often is looked up once."""

    def __init__(self, find: Find | None = None) -> None:
        """Find by `find`; by default as `check` does."""
        self._find = find
        self._held: OrderedDict[str, tuple[int, tuple[FoundReview, ...]]] = OrderedDict()
        self._lock = threading.Lock()

    def held(self, request_id: str, state: int) -> tuple[FoundReview, ...] | None:
        """The checks as they were found in this state of the store (`last_change`), if they are held."""
        with self._lock:
            held = self._held.get(request_id)
        return held[1] if held is not None and held[0] == state else None

    def __call__(self, commons: Commons, request: Request) -> tuple[FoundReview, ...]:
        """The checks, best first."""
        state = int(commons.store.summary()["last_change"])
        if (held := self.held(request.request_id, state)) is not None:
            return held
        found = tuple(each for claim in check(commons, request.claim, self._find).claims for each in claim.found)
        with self._lock:
            self._held[request.request_id] = state, found
            while len(self._held) > _MOST_HELD:
                self._held.popitem(last=False)
        return found
