"""Bring the lookup index up to the store; it is derived data and can be built anew at any time."""

import shutil
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from kiemchung.errors import LookupIndexError
from kiemchung.model import StoredReview

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons
    from kiemchung.lookup.index import Document, LookupIndex

#: Where in `meta` the index says up to which change it holds the store's checks.
CHANGE = "change"
#: Checks handed to the index at once: enough that embedding them seldom waits for what comes before and after.
_BATCH = 2_048
#: An interruption loses no more embedding than this and one batch.
_COMMIT_SECONDS = 60.0

#: Hears the number of checks indexed so far and of all that are to be.
Progress = Callable[[int, int], None]


def update_index(commons: "Commons", progress: Progress | None = None) -> int:
    """Index what was imported since the last time; how many checks that were.

    Interrupted, it keeps what it has, and the next call goes on from there.

    Raises:
        LookupIndexError: the index is damaged or of another embedder; `rebuild_index` helps.
    """
    if int(commons.index.meta.get(CHANGE, 0)) > commons.store.summary()["last_change"]:
        raise LookupIndexError(
            f"{commons.settings.index_dir}: belongs to another database; run `kiemchung index --rebuild`"
        )
    return _fill(commons.index, commons, progress)


def rebuild_index(commons: "Commons", progress: Progress | None = None) -> int:
    """Build the index anew beside the old one, then put it in its place; how many checks it holds.

    Interrupted, the next call goes on with the new one; the old one stays in use until then.
    """
    from kiemchung.lookup.index import LookupIndex  # tantivy and NumPy load here

    folder = commons.settings.index_dir
    fresh = folder.with_name(f"{folder.name}.new")
    try:
        index = LookupIndex.open(fresh, commons.embedder, create=True)
    except LookupIndexError:
        shutil.rmtree(fresh)
        index = LookupIndex.open(fresh, commons.embedder, create=True)
    if int(index.meta.get(CHANGE, 0)) > commons.store.summary()["last_change"]:
        index.close()
        shutil.rmtree(fresh)
        index = LookupIndex.open(fresh, commons.embedder, create=True)
    try:
        _fill(index, commons, progress)
        n_documents = len(index)
    finally:
        index.close()
    _replace(folder, fresh)
    return n_documents


def _replace(folder: Path, fresh: Path) -> None:
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _fill(index: "LookupIndex", commons: "Commons", progress: Progress | None) -> int:
    since = int(index.meta.get(CHANGE, 0))
    total = commons.store.summary()["last_change"] - since
    n_done, committed_at = 0, time.monotonic()
    changed = commons.store.iter_reviews(changed_since=since)
    try:
        while batch := list(islice(changed, _BATCH)):
            index.upsert((_document(stored) for _, stored in batch), _onwards(progress, n_done, total))
            index.meta[CHANGE] = batch[-1][0]
            n_done += len(batch)
            if time.monotonic() - committed_at > _COMMIT_SECONDS:
                index.commit()
                committed_at = time.monotonic()
    finally:
        if n_done:
            index.commit()
    return n_done


def _onwards(progress: Progress | None, n_before: int, total: int) -> Callable[[int], None] | None:
    """Tells `progress` of a batch that begins after so many checks."""
    if progress is None:
        return None
    return lambda n_done: progress(n_before + n_done, max(total, n_before + n_done))


def _document(stored: StoredReview) -> "Document":
    from kiemchung.lookup.index import Document  # tantivy and NumPy load here

    review = stored.review
    return Document(stored.review_id, review.claim, review.title or review.explanation, review.language)
