"""What can be swapped, as Protocols. Each has one contract test that every implementation passes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kiemchung.model import ClaimReview, Origin, StoredReview

Vectors = NDArray[np.float32]


class Clock(Protocol):
    """The time, handed in so that equal input gives equal output."""

    def now_ms(self) -> int:
        """Unix milliseconds, UTC."""


class Embedder(Protocol):
    """Text to vectors of one multilingual space.

    Attributes:
        name: model and engine, e.g. `multilingual-e5-small/ct2-int8`; vectors of another name do not compare.
        dimensions: length of a vector.
    """

    name: str
    dimensions: int

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of stored texts: float32[len(texts), dimensions], rows of length 1; same text, same bytes."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of asked texts; shape and norm as `passages`."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document read from an address.

    Attributes:
        url: the final address, after redirects.
        content_type: as served, lower case, without parameters.
        charset: as served, or None.
    """

    url: str
    content: bytes
    content_type: str
    charset: str | None


class Fetcher(Protocol):
    """Reads public http(s) addresses, politely, within bounds of size and time (G19)."""

    def get(self, url: str) -> Fetched:
        """The document at url.

        Raises:
            FetchError: refused, unreachable, too slow, too large, or answered with an error status.
        """


class Ocr(Protocol):
    """Pictures to text. Comes with the issue on screenshots."""

    def read(self, picture: bytes) -> str:
        """The text in a PNG, JPEG or WebP picture; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Change:
    """What storing one check did: `new`, `changed` (a new version), `same` or `twin`."""

    kind: str
    review_id: str


class Store(Protocol):
    """Published checks, kept with every version and origin."""

    def put_reviews(self, reviews: Iterable[tuple[ClaimReview, Origin]]) -> list[Change]:
        """Store checks in one transaction; repeating it changes nothing."""

    def get_reviews(self, review_ids: Sequence[str]) -> dict[str, StoredReview]:
        """The current versions, by id; unknown ids are left out."""

    def iter_reviews(self, *, changed_since: int = 0) -> Iterator[tuple[int, StoredReview]]:
        """All current checks in a stable order, each with its change number (rises with every change)."""

    def summary(self) -> dict[str, Any]:
        """`n_reviews`, `n_publishers`, `as_of` (ISO 8601 or None), `last_change`."""

    def get_versions(self, review_id: str) -> list[ClaimReview]:
        """Every text that a check ever had, the first one first; empty for an unknown id."""

    def import_position(self, source: str, content_hash: str) -> int:
        """How many records of an interrupted import were taken in; 0 for an unknown or a finished one."""

    def note_import(
        self,
        source: str,
        content_hash: str,
        *,
        position: int,
        finished: bool,
        imported_at: str,
        rejects: Mapping[str, int],
    ) -> None:
        """Write down how far an import came and what it rejected so far, by reason."""

    def rejected(self) -> dict[str, int]:
        """Records rejected over all imports, by reason."""

    def close(self) -> None:
        """Give the files back; what was stored stays."""
