"""The newest entries of the site's log, read as anybody reads it: without its lock."""

from kiemchung.commons.log_folder import opening_path
from kiemchung.commons.publish_log import log_folder
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
    signed = checkpoint_of(settings)
    if signed is None:
        return []
    size, found = signed.checkpoint.size, list[Opening]()
    for bundle in range(max(0, size - count) // TILE_WIDTH, -(-size // TILE_WIDTH)):
        lines = (log_folder(settings) / opening_path(bundle)).read_bytes().split(b"\n")
        found += [parse_opening(line) for line in lines[: min(TILE_WIDTH, size - bundle * TILE_WIDTH)]]
    return found[-count:]
