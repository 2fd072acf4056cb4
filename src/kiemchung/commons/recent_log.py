"""The newest entries of the site's log, read as anybody reads it: without its lock."""

from collections.abc import Iterator
from itertools import islice

from kiemchung.commons.log_folder import log_folder, opening_path
from kiemchung.commons.settings import Settings
from kiemchung.formats.log_entry import Opening, parse_opening
from kiemchung.formats.signed_note import SignedCheckpoint, parse_checkpoint
from kiemchung.formats.tiles import TILE_WIDTH


def checkpoint_of(settings: Settings) -> SignedCheckpoint | None:
    """The log's newest checkpoint; None for a site whose log has not begun."""
    path = log_folder(settings) / "checkpoint"
    return parse_checkpoint(path.read_text("utf-8")) if path.exists() else None


def newest(settings: Settings, count: int) -> list[Opening]:
    """The newest entries, at most `count`, the newest last."""
    return list(islice(entries_backwards(settings), count))[::-1]


def entries_backwards(settings: Settings) -> Iterator[Opening]:
    """Every entry, the newest first."""
    signed = checkpoint_of(settings)
    size = signed.checkpoint.size if signed else 0
    for bundle in reversed(range(-(-size // TILE_WIDTH))):
        lines = (log_folder(settings) / opening_path(bundle)).read_bytes().split(b"\n")
        yield from map(parse_opening, reversed(lines[: min(TILE_WIDTH, size - bundle * TILE_WIDTH)]))
