"""Who takes part right now: in memory only, gone with the process."""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field

from kiemchung.notes.eligibility import Action
from kiemchung.notes.keys import Keys

#: A session ends when it has not been used for so long, or after a day.
_IDLE_MS, _LONGEST_MS = 2 * 3_600_000, 24 * 3_600_000
#: Sessions held at once; the longest unused goes first.
_MOST_SESSIONS = 20_000


@dataclass(repr=False)
class Session:
    """A codename that is logged in.

    Attributes:
        codename: canonical; needed to refuse it in text (G16).
        form_token: stands in every form, so that no other site can send one.
    """

    keys: Keys
    codename: str
    opened_at_ms: int
    seen_at_ms: int
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))


class Sessions:
    """Sessions by a random token. Thread-safe."""

    def __init__(self) -> None:
        self._held: dict[str, Session] = {}
        self._lock = threading.Lock()

    def open(self, keys: Keys, codename: str, now_ms: int) -> str:
        """A new session; its token, 32 random bytes."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._drop_old(now_ms)
            if len(self._held) >= _MOST_SESSIONS:
                del self._held[min(self._held, key=lambda t: self._held[t].seen_at_ms)]
            self._held[token] = Session(keys, codename, now_ms, now_ms)
        return token

    def get(self, token: str, now_ms: int) -> Session | None:
        """The session of a token, if it has not ended."""
        with self._lock:
            session = self._held.get(token)
            if session is None or _ended(session, now_ms):
                self._held.pop(token, None)
                return None
            session.seen_at_ms = now_ms
            return session

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._held.pop(token, None)

    def close_all_of(self, verifier: bytes) -> None:
        """End every session of a codename."""
        with self._lock:
            for token in [t for t, s in self._held.items() if hmac.compare_digest(s.keys.verifier, verifier)]:
                del self._held[token]

    def _drop_old(self, now_ms: int) -> None:
        for token in [t for t, s in self._held.items() if _ended(s, now_ms)]:
            del self._held[token]


def _ended(session: Session, now_ms: int) -> bool:
    return now_ms - session.seen_at_ms > _IDLE_MS or now_ms - session.opened_at_ms > _LONGEST_MS


class Budgets:
    """How often each key did what today; hashed with a key that lives in memory for a day (G17). Thread-safe."""

    def __init__(self) -> None:
        self._day = ""
        self._secret = b""
        self._done: dict[tuple[bytes, Action], int] = {}
        self._lock = threading.Lock()

    def take(self, key: bytes, action: Action, limit: int, day: str) -> bool:
        """Count one more, if the limit allows it."""
        with self._lock:
            if day != self._day:
                self._day, self._secret, self._done = day, secrets.token_bytes(32), {}
            hidden = (hmac.digest(self._secret, key, hashlib.sha256), action)
            if self._done.get(hidden, 0) >= limit:
                return False
            self._done[hidden] = self._done.get(hidden, 0) + 1
            return True
