import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats import merkle
from kiemchung.formats.tiles import TreeBuilder, decode_bundle, encode_bundle, nodes_in_tiles, tile_path, tiles_of


def build(size, *, stops=()):
    builder, files = TreeBuilder(), {}
    for i in range(size):
        builder.append(f"entry {i}".encode())
        if i + 1 in stops:
            files |= builder.flush()
            builder = TreeBuilder.resume(i + 1, files.__getitem__)
    files |= builder.flush()
    return builder, files


def leaves(size):
    return merkle.nodes_of([merkle.leaf_hash(f"entry {i}".encode()) for i in range(size)])


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        ((1, 5, 17), "tile/1/005.p/17"),
        (("entries", 1000), "tile/entries/x001/000"),
    ],
)
def test_tile_path_follows_the_specification(arguments, path):
    assert tile_path(*arguments) == path


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65535, 65536, 66000])
def test_tree_of_tiles_has_the_root_of_its_leaves(size):
    builder, files = build(size)
    node = nodes_in_tiles(size, files.__getitem__)
    assert builder.root() == merkle.root(size, leaves(size))
    assert merkle.root(size, node) == builder.root()
    assert {tile_path(*t) for t in tiles_of(size)} <= set(files)


@settings(max_examples=20)
@given(size=st.integers(1, 1500), data=st.data())
def test_a_resumed_builder_goes_on_as_if_it_had_never_stopped(size, data):
    stops = data.draw(st.sets(st.integers(1, size), max_size=4))
    assert build(size, stops=stops)[0].root() == build(size)[0].root()


def test_proofs_from_tiles_equal_proofs_from_leaves():
    size = 66000
    _, files = build(size)
    node, plain = nodes_in_tiles(size, files.__getitem__), leaves(size)
    draw = random.Random(3)
    for _ in range(50):
        index, old = draw.randrange(size), draw.randrange(1, size)
        assert merkle.inclusion_proof(index, size, node) == merkle.inclusion_proof(index, size, plain)
        assert merkle.consistency_proof(old, size, node) == merkle.consistency_proof(old, size, plain)


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_bundles_read_back(entries):
    assert decode_bundle(encode_bundle(entries)) == entries


def test_a_cut_off_bundle_is_named():
    with pytest.raises(InputError, match="entry 1 is cut off"):
        decode_bundle(encode_bundle([b"one", b"two"])[:-1])
