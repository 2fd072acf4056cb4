"""Static tiles of a log (C2SP tlog-tiles): paths, bytes, and a tree read through them.

A tile of level L holds up to 256 hashes, each the root of 256**L leaves; `tile/entries/` holds the leaves' data, 256 to
a bundle. A tile that is not full yet carries its width in its name (`.p/W`); full tiles never change.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from kiemchung.errors import InputError
from kiemchung.formats.merkle import EMPTY_ROOT, HASH_SIZE, Node, leaf_hash, node_hash

#: Hashes in a full tile, entries in a full bundle.
TILE_WIDTH = 256
_TILE_BITS = 8

#: bytes of the file at a path; raises FileNotFoundError where there is none
Read = Callable[[str], bytes]


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/0/x001/x234/067` or, for a partial tile, `tile/0/000.p/17`; level "entries" names the bundles."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    path = f"tile/{level}/" + "/".join(reversed(groups))
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of `size` leaves, partial ones last in their level."""
    level = 0
    while size:
        for index in range(-(-size // TILE_WIDTH)):
            yield level, index, min(TILE_WIDTH, size - index * TILE_WIDTH)
        size >>= _TILE_BITS
        level += 1


def with_full_tiles(read: Read) -> Read:
    """A reader that takes the beginning of the full tile where a partial one is gone: the log may have grown since."""

    def tolerant(path: str) -> bytes:
        try:
            return read(path)
        except FileNotFoundError:
            full, partial, width = path.partition(".p/")
            if not partial or not path.startswith("tile/"):
                raise
            tile = read(full)
            if path.startswith("tile/entries/"):
                return encode_bundle(decode_bundle(tile)[: int(width)])
            return tile[: HASH_SIZE * int(width)]

    return tolerant


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries of one bundle, each with its length as two bytes, most significant first.

    Raises:
        InputError: an entry is longer than 65,535 bytes, or there are more than 256.
    """
    if len(entries) > TILE_WIDTH or any(len(entry) > 0xFFFF for entry in entries):
        raise InputError("a bundle takes at most 256 entries of at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        InputError: the bundle ends within an entry.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data):
        length = int.from_bytes(data[position : position + 2], "big")
        entry = data[position + 2 : position + 2 + length]
        if position + 2 > len(data) or len(entry) != length:
            raise InputError(f"entry bundle: entry {len(entries)} is cut off")
        entries.append(entry)
        position += 2 + length
    return entries


class TreeBuilder:
    """Takes leaves one after the other and gives the tiles that have changed; holds the unfinished tiles only.

    Attributes:
        size: leaves taken so far.
    """

    def __init__(self) -> None:
        self.size = 0
        self._hashes: list[list[bytes]] = [[]]
        self._entries: list[bytes] = []
        self._done: dict[str, bytes] = {}
        self._dirty = False

    @classmethod
    def resume(cls, size: int, read: Read) -> "TreeBuilder":
        """The builder as it was after `size` leaves, from the tiles that it wrote."""
        builder = cls()
        builder.size = size
        if partial := size % TILE_WIDTH:
            builder._entries = decode_bundle(read(tile_path("entries", size // TILE_WIDTH, partial)))
        builder._hashes = []
        level_size = size
        while level_size or not builder._hashes:
            partial = level_size % TILE_WIDTH
            tile = read(tile_path(len(builder._hashes), level_size // TILE_WIDTH, partial)) if partial else b""
            builder._hashes.append(split_tile(tile))
            level_size >>= _TILE_BITS
        return builder

    def append(self, entry: bytes) -> int:
        """Take one leaf; its index."""
        self._entries.append(entry)
        self._push(0, leaf_hash(entry))
        self.size += 1
        self._dirty = True
        if len(self._entries) == TILE_WIDTH:
            self._done[tile_path("entries", self.size // TILE_WIDTH - 1)] = encode_bundle(self._entries)
            self._entries = []
        return self.size - 1

    def flush(self) -> dict[str, bytes]:
        """Files to write for the present size, by path: tiles finished since the last flush, and the partial ones."""
        files, self._done = self._done, {}
        if self._dirty:
            if self._entries:
                path = tile_path("entries", self.size // TILE_WIDTH, len(self._entries))
                files[path] = encode_bundle(self._entries)
            for level, hashes in enumerate(self._hashes):
                if hashes:
                    index = self.size >> (_TILE_BITS * (level + 1))
                    files[tile_path(level, index, len(hashes))] = b"".join(hashes)
        self._dirty = False
        return files

    def root(self) -> bytes:
        """The root of all leaves taken."""
        result: bytes | None = None
        for hashes in self._hashes:
            peaks = _peaks(hashes)
            for peak in reversed(peaks):
                result = peak if result is None else node_hash(peak, result)
        return EMPTY_ROOT if result is None else result

    def _push(self, level: int, value: bytes) -> None:
        if level == len(self._hashes):
            self._hashes.append([])
        tile = self._hashes[level]
        tile.append(value)
        if len(tile) == TILE_WIDTH:
            index = (self.size + 1 >> (_TILE_BITS * (level + 1))) - 1
            self._done[tile_path(level, index)] = b"".join(tile)
            self._hashes[level] = []
            self._push(level + 1, fold(tile))


def split_tile(tile: bytes) -> list[bytes]:
    """The hashes of a tile.

    Raises:
        InputError: its length is no multiple of 32.
    """
    if len(tile) % HASH_SIZE:
        raise InputError(f"tile of {len(tile)} bytes: not a whole number of hashes")
    return [tile[i : i + HASH_SIZE] for i in range(0, len(tile), HASH_SIZE)]


def nodes_in_tiles(size: int, read: Read, *, cached_tiles: int = 64) -> Node:
    """The nodes of the tree of `size` leaves, read from tiles as they are needed."""

    @lru_cache(cached_tiles)
    def hashes(level: int, index: int) -> list[bytes]:
        width = min(TILE_WIDTH, (size >> (_TILE_BITS * level)) - index * TILE_WIDTH)
        tile = split_tile(read(tile_path(level, index, width)))
        if len(tile) != width:
            raise InputError(f"{tile_path(level, index, width)} holds {len(tile)} hashes")
        return tile

    def node(level: int, index: int) -> bytes:
        tile_level, within = divmod(level, _TILE_BITS)
        first = index << within
        tile = hashes(tile_level, first // TILE_WIDTH)
        start = first % TILE_WIDTH
        return fold(tile[start : start + (1 << within)])

    return node


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root of a power-of-two number of neighbouring hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """Roots of the complete subtrees that an unfinished tile is made of, largest first."""
    peaks, position = [], 0
    for bit in reversed(range(_TILE_BITS)):
        if len(hashes) & 1 << bit:
            peaks.append(fold(hashes[position : position + (1 << bit)]))
            position += 1 << bit
    return peaks
