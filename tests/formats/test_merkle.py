"""Vectors: the eight-leaf tree of the Certificate Transparency reference tests (the trees of RFC 6962 and 9162)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats import merkle

LEAVES = [
    bytes.fromhex(h)
    for h in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def tree(size):
    return merkle.nodes_of([merkle.leaf_hash(bytes([i % 256, i // 256])) for i in range(size)])


@pytest.mark.parametrize("size", range(1, 9))
def test_root_equals_the_published_vectors(size):
    assert merkle.root(size, merkle.nodes_of(HASHES[:size])).hex() == ROOTS[size - 1]


def test_root_of_nothing_is_the_hash_of_nothing():
    assert (
        merkle.root(0, merkle.nodes_of([])).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


@given(size=st.integers(1, 300), data=st.data())
def test_inclusion_proofs_verify_and_only_for_their_leaf(size, data):
    index = data.draw(st.integers(0, size - 1))
    node = tree(size)
    proof, root = merkle.inclusion_proof(index, size, node), merkle.root(size, node)
    assert merkle.verify_inclusion(node(0, index), index, size, proof, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, proof, root)
    assert not merkle.verify_inclusion(node(0, index), index, size, [*proof, root], root)
    if size > 1:
        assert not merkle.verify_inclusion(node(0, index), (index + 1) % size, size, proof, root)


@given(size=st.integers(0, 300), data=st.data())
def test_consistency_proofs_verify_and_not_for_another_past(size, data):
    old = data.draw(st.integers(0, size))
    node = tree(size)
    proof = merkle.consistency_proof(old, size, node)
    old_root, new_root = merkle.root(old, node), merkle.root(size, node)
    assert merkle.verify_consistency(old, size, old_root, new_root, proof)
    assert not merkle.verify_consistency(old, size, merkle.leaf_hash(b"fork"), new_root, proof)
    if proof:
        assert not merkle.verify_consistency(old, size, old_root, merkle.leaf_hash(b"fork"), proof)
        assert not merkle.verify_consistency(old, size, old_root, new_root, proof[:-1])


def test_proofs_of_what_is_not_there_are_refused():
    with pytest.raises(InputError, match="no leaf 3 in a tree of 3"):
        merkle.inclusion_proof(3, 3, tree(3))
    with pytest.raises(InputError, match="cannot be the beginning"):
        merkle.consistency_proof(4, 3, tree(3))
