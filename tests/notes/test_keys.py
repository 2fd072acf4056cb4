import os

from kiemchung.notes.keys import Argon2Cost, derive_keys

CHEAP = Argon2Cost(memory_kib=64, passes=1, lanes=1)


def test_derive_keys_is_repeatable_and_its_keys_differ():
    salt = os.urandom(16)
    keys = derive_keys("meo xanh", salt, CHEAP)
    assert keys == derive_keys("meo xanh", salt, CHEAP)
    every = {keys.verifier, keys.rater, keys.author, keys.asker, keys.ask_key("r1"), keys.ask_key("r2")}
    assert (len(every), {len(key) for key in every}) == (6, {32})


def test_derive_keys_differ_by_site_and_codename():
    salt = b"0123456789abcdef"
    assert derive_keys("meo xanh", salt, CHEAP) != derive_keys("meo xanh", salt[::-1], CHEAP)
    assert derive_keys("meo xanh", salt, CHEAP) != derive_keys("meo do", salt, CHEAP)


def test_keys_are_not_in_their_repr():
    keys = derive_keys("meo xanh", b"0123456789abcdef", CHEAP)
    assert keys.rater.hex() not in repr(keys)
    assert str(keys.rater) not in repr(keys)
