"""The Merkle tree of RFC 9162 section 2.1: leaf and node hashes, roots, inclusion and consistency proofs.

A tree is spoken of through `Node`: a function that gives the hash of the complete subtree of 2**level leaves that
starts at leaf index * 2**level. So the same code serves a list in memory, tiles on disk and tiles read from another
site.
"""

import hashlib
from collections.abc import Callable, Sequence

from kiemchung.errors import InputError

#: Length of every hash here (SHA-256), bytes.
HASH_SIZE = 32

#: hash of the complete subtree at (level, index)
Node = Callable[[int, int], bytes]

#: The root of a tree without leaves (RFC 9162 2.1.1).
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf's data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes_of(leaf_hashes: Sequence[bytes]) -> Node:
    """The nodes of a tree whose leaf hashes are all in memory; every level is made once."""
    levels: list[list[bytes]] = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return lambda level, index: levels[level][index]


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 9162 2.1.3.1).

    Raises:
        InputError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise InputError(f"there is no leaf {index} in a tree of {size}")
    return _path(index, 0, size, node)


def consistency_proof(old: int, size: int, node: Node) -> list[bytes]:
    """Shows that the tree of `old` leaves is the beginning of the tree of `size` leaves (RFC 9162 2.1.4.1).

    Raises:
        InputError: old is larger than size, or negative.
    """
    if not 0 <= old <= size:
        raise InputError(f"a tree of {old} leaves cannot be the beginning of one of {size}")
    return _subproof(old, 0, size, node, whole=True) if 0 < old < size else []


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether proof shows that the leaf hash stands at index in the tree with this root (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, result = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            result = node_hash(sibling, result)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            result = node_hash(result, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and result == root_hash


def verify_consistency(old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether proof shows that the older tree is the beginning of the newer one (RFC 9162 2.1.4.2)."""
    if old == size:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    if not 0 < old < size or not proof:
        return False
    hashes = list(proof) if old & (old - 1) else [old_root, *proof]
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


def _split(width: int) -> int:
    """The largest power of two below width."""
    return 1 << ((width - 1).bit_length() - 1)


def _range(low: int, high: int, node: Node) -> bytes:
    width = high - low
    if width & (width - 1) == 0 and low % width == 0:
        return node(width.bit_length() - 1, low // width)
    middle = low + _split(width)
    return node_hash(_range(low, middle, node), _range(middle, high, node))


def _path(index: int, low: int, high: int, node: Node) -> list[bytes]:
    if high - low == 1:
        return []
    middle = low + _split(high - low)
    if index < middle:
        return [*_path(index, low, middle, node), _range(middle, high, node)]
    return [*_path(index, middle, high, node), _range(low, middle, node)]


def _subproof(old: int, low: int, high: int, node: Node, *, whole: bool) -> list[bytes]:
    """`old` counts leaves from `low` on; `whole`: the old root is known to the verifier and left out."""
    if old == high - low:
        return [] if whole else [_range(low, high, node)]
    split = _split(high - low)
    if old <= split:
        return [*_subproof(old, low, low + split, node, whole=whole), _range(low + split, high, node)]
    return [*_subproof(old - split, low + split, high, node, whole=False), _range(low, low + split, node)]
