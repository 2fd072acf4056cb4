import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.errors import InputError
from kiemchung.formats.signed_note import (
    Checkpoint,
    SignedCheckpoint,
    Signer,
    VerifierKey,
    known_signatures,
    parse_checkpoint,
    witness,
)

LOG = Signer("log.example/notes", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = witness("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))
CHECKPOINT = Checkpoint("log.example/notes", 17, bytes(range(32)))


def signed():
    return SignedCheckpoint(CHECKPOINT, (LOG.line(CHECKPOINT), WITNESS.line(CHECKPOINT, time=1_800_000_000)))


@pytest.mark.parametrize("signer", [LOG, WITNESS])
def test_verifier_key_reads_back(signer):
    assert VerifierKey.parse(str(signer.verifier)) == signer.verifier


def test_verifier_key_of_a_published_example_has_its_id():
    """The key of Go's sumdb, which its client carries: `sum.golang.org+033de0ae+Ac4z...`."""
    key = VerifierKey.parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")
    assert key.key_id.hex() == "033de0ae"


def test_signed_checkpoint_reads_back_and_names_who_signed():
    read = parse_checkpoint(signed().render())
    assert read == signed()
    keys = {"log": LOG.verifier, "witness": WITNESS.verifier}
    assert known_signatures(read, keys) == {"log": 0, "witness": 1_800_000_000}


def test_a_signature_of_another_checkpoint_does_not_count():
    other = SignedCheckpoint(Checkpoint("log.example/notes", 18, bytes(32)), signed().lines)
    assert other.signed_by(LOG.verifier) is None
    assert other.signed_by(WITNESS.verifier) is None


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_flipped_byte_leaves_the_checkpoint_valid(position, flip):
    raw = bytearray(signed().render().encode())
    raw[position % len(raw)] ^= flip
    try:
        read = parse_checkpoint(raw.decode())
    except (InputError, UnicodeDecodeError):
        return
    both = {"log": LOG.verifier, "witness": WITNESS.verifier}
    assert read == signed() or len(known_signatures(read, both)) < 2


def test_private_key_is_not_in_the_repr():
    assert bytes(range(32)).hex() not in repr(LOG)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "needs origin"),
        ("log\n1\n", "needs origin"),
        ("log\n01\nAAAA\n\n— a AAAAAAA=\n", "is not one"),
        ("log\n1\nAAAA\n\n— a AAAAAAA=\n", "not 32 bytes"),
    ],
)
def test_a_broken_checkpoint_says_what_is_wrong(text, problem):
    with pytest.raises(InputError, match=problem):
        parse_checkpoint(text)
