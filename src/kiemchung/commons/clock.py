"""The clock of the wiring, apart from it: a command that only needs the time loads no database for it."""

import time


class SystemClock:
    """The time of this machine."""

    def now_ms(self) -> int:
        """Unix milliseconds, UTC."""
        return time.time_ns() // 1_000_000
