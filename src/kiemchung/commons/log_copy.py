"""A stranger's copy of a log's hashes, 33 bytes an entry: with it a fork is told to the entry, not only found."""

import shutil
from pathlib import Path

from kiemchung.commons.log_folder import write_files
from kiemchung.commons.verify_log import LogReport
from kiemchung.errors import InputError
from kiemchung.formats.merkle import Node, root
from kiemchung.formats.signed_note import Checkpoint, SignedCheckpoint, VerifierKey, parse_checkpoint
from kiemchung.formats.tiles import (
    TILE_WIDTH,
    Read,
    fold,
    nodes_in_tiles,
    split_tile,
    tile_path,
    tiles_of,
    with_full_tiles,
)


def keep_copy(read: Read, signed: SignedCheckpoint, folder: Path) -> None:
    """Bring the copy in a folder up to a checkpoint of the log; full tiles, which never change, are not read again.

    Raises:
        InputError: the tiles are not there or do not give the checkpoint's root; the copy stays as it was.
    """
    tolerant, size, fresh = with_full_tiles(read), signed.checkpoint.size, dict[str, bytes]()
    for level, index, width in tiles_of(size):
        path = tile_path(level, index, width)
        if width < TILE_WIDTH or not (folder / path).exists():
            try:
                fresh[path] = tolerant(path)
            except FileNotFoundError as error:
                raise InputError(f"the log lacks {error}") from error
    _check_whole(lambda path: fresh[path] if path in fresh else (folder / path).read_bytes(), signed.checkpoint)
    write_files(folder, fresh)
    write_files(folder, {"checkpoint": signed.render().encode()})
    for path in fresh:
        if ".p/" not in path:  # no checkpoint of ours needs its parts any more
            shutil.rmtree(folder / f"{path}.p", ignore_errors=True)


def first_difference(ours: Read, theirs: Read) -> int | None:
    """The first entry at which two logs are not the same; None where the shorter one is the beginning of the other.

    Each needs a checkpoint and its tiles of hashes only.

    Raises:
        InputError: one of them is damaged.
    """
    sizes, nodes = [], []
    for read in (ours, theirs):
        try:
            checkpoint = parse_checkpoint(read("checkpoint").decode("utf-8")).checkpoint
            node = nodes_in_tiles(checkpoint.size, with_full_tiles(read))
            if root(checkpoint.size, node) != checkpoint.root:
                raise InputError(f"the tiles of {checkpoint.origin} do not give the root of its checkpoint")
        except (FileNotFoundError, UnicodeDecodeError, IndexError) as error:
            raise InputError(f"a log to compare lacks {error}") from error
        sizes.append(checkpoint.size)
        nodes.append(node)
    common, first = min(sizes), 0
    while first < common:  # the complete subtrees that the common part is made of, the largest first
        level = (common - first).bit_length() - 1
        if nodes[0](level, first >> level) != nodes[1](level, first >> level):
            return _descend(nodes[0], nodes[1], level, first >> level)
        first += 1 << level
    return None


def compare_logs(read: Read, other: Read, key: VerifierKey, report: LogReport) -> None:
    """Add to the report the first entry that a copy of the same log, or another place that gives it, has otherwise.

    Args:
        key: the log's; where it signed both, whoever holds it has told two stories.
    """
    try:
        signed = parse_checkpoint(other("checkpoint").decode("utf-8"))
        entry = first_difference(read, other)
    except (InputError, FileNotFoundError, UnicodeDecodeError) as error:
        report.add("the other log", f"it cannot be compared ({error})")
        return
    theirs, ours = signed.checkpoint.size, report.checkpoint.size if report.checkpoint else 0
    if entry is not None:
        both = "did" if signed.signed_by(key) is not None else "did not"
        report.add(
            f"entry {entry}",
            f"the other log, of {theirs} entries, holds another one in its place; the log's key {both} sign that too",
        )
    elif theirs > ours:
        report.add(
            "checkpoint", f"the other log has {theirs} entries, this one {ours}: entries were removed, or it is behind"
        )


def _descend(ours: Node, theirs: Node, level: int, index: int) -> int:
    """The first leaf that differs below a node that does."""
    while level:
        level, index = level - 1, index * 2
        if ours(level, index) == theirs(level, index):
            index += 1
    return index


def _check_whole(read: Read, checkpoint: Checkpoint) -> None:
    """Every tile follows from the ones below it, and the top gives the root."""
    try:
        node = nodes_in_tiles(checkpoint.size, read)
        if root(checkpoint.size, node) != checkpoint.root:
            raise InputError("the log's tiles do not give the root of its checkpoint")
        for level, index, width in tiles_of(checkpoint.size):
            if width == TILE_WIDTH and fold(split_tile(read(tile_path(level, index)))) != node(8 * level + 8, index):
                raise InputError(f"{tile_path(level, index)} is not what the tile above it says")
    except IndexError as error:
        raise InputError("a tile of the log is cut off") from error
