"""A little effort before something that costs the site: a proof of work, or, without JavaScript, a short wait.

No puzzle, nothing about the visitor: both are signed with a key that lives in memory, and each counts once.
"""

import base64
import hmac
import json
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from kiemchung.errors import NotAllowedError

#: Hashes that a browser tries at most; about a second on a phone of 2020.
_MAX_NUMBER = 60_000
#: The wait that stands for a proof, and how long either may be used.
WAIT_MS, _LIFE_MS = 15_000, 20 * 60_000
#: Waits accepted in a minute over all visitors: without a proof, nothing else limits a machine that can wait.
_WAITS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a form carries.

    Attributes:
        puzzle: the proof's challenge as JSON (altcha's form), for the script.
        ticket: signed time, for those who wait.
    """

    puzzle: str
    ticket: str


class Effort:
    """Makes challenges and accepts each once. Thread-safe; a restart makes all older ones void."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._used: dict[str, int] = {}
        self._waits: list[int] = []
        self._lock = threading.Lock()

    def challenge(self, now_ms: int) -> Challenge:
        """A fresh challenge."""
        from altcha import v1  # needed by forms only

        expires = datetime.fromtimestamp((now_ms + _LIFE_MS) / 1000, tz=UTC)
        options = v1.ChallengeOptions(max_number=_MAX_NUMBER, hmac_key=self._secret.hex(), expires=expires)
        made = v1.create_challenge(options)
        puzzle = {
            "algorithm": made.algorithm,
            "challenge": made.challenge,
            "maxnumber": _MAX_NUMBER,
            "salt": made.salt,
            "signature": made.signature,
        }
        body = f"{now_ms}.{secrets.token_urlsafe(9)}"
        return Challenge(json.dumps(puzzle), f"{body}.{self._sign(body)}")

    def accept(self, proof: str, ticket: str, now_ms: int) -> None:
        """Take a proof, or a ticket that has waited.

        Raises:
            NotAllowedError: neither will do (reasons `effort_...`); says what would.
        """
        if proof and (signature := self._signature_of(proof)):
            self._use(signature, now_ms)
            return
        self._use(self._waited(ticket, now_ms), now_ms)

    def _signature_of(self, proof: str) -> str:
        """The signature of the challenge that a proof solves; "" where it solves none of ours."""
        from altcha import v1  # needed by forms only

        try:
            payload = json.loads(base64.b64decode(proof))
            held, _ = v1.verify_solution(payload, self._secret.hex())
            return str(payload["signature"]) if held else ""
        except Exception:  # the library raises many kinds on hostile input; all mean "no"
            return ""

    def _waited(self, ticket: str, now_ms: int) -> str:
        body, _, signature = ticket.rpartition(".")
        if not body or not hmac.compare_digest(signature, self._sign(body)):
            raise NotAllowedError("effort_expired", "this form has expired; open it anew")
        age = now_ms - int(body.partition(".")[0])
        if age > _LIFE_MS:
            raise NotAllowedError("effort_expired", "this form has expired; open it anew")
        if age < WAIT_MS:
            left = -(-(WAIT_MS - age) // 1000)
            raise NotAllowedError(
                "effort_wait", f"without JavaScript a form waits {WAIT_MS // 1000} s; send it in {left} s", (str(left),)
            )
        with self._lock:
            self._waits = [when for when in self._waits if now_ms - when < 60_000]
            if len(self._waits) >= _WAITS_A_MINUTE:
                raise NotAllowedError("effort_many", "many forms are being sent just now; try again in a minute")
            self._waits.append(now_ms)
        return body

    def _use(self, what: str, now_ms: int) -> None:
        with self._lock:
            self._used = {key: until for key, until in self._used.items() if until > now_ms}
            if what in self._used:
                raise NotAllowedError("effort_sent", "this form was already sent; open it anew to send another")
            self._used[what] = now_ms + _LIFE_MS

    def _sign(self, body: str) -> str:
        return hmac.new(self._secret, body.encode(), "sha256").hexdigest()
