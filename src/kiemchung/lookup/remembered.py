"""What lookup remembers of texts that it took apart, and how that is forgotten.

Within an answer the same text is read several times. After it nothing of what a reader pasted may be left (G6), so the
server empties these caches whenever a piece of work ends.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_EMPTY: list[Callable[[], None]] = []


def remembered(most: int) -> Callable[[Function], Function]:
    """A decorator: remember the last `most` results of a function of texts, until `forget`."""

    def remember(function: Function) -> Function:
        cached = lru_cache(maxsize=most)(function)
        _EMPTY.append(cached.cache_clear)
        return cached  # type: ignore[return-value]  # called as the function is

    return remember


def forget() -> None:
    """Forget every text; work that another thread is at only takes its texts apart once more."""
    for empty in _EMPTY:
        empty()
