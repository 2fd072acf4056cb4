"""Witnesses that the operator lists hand their cosignatures in; nobody else can, and nothing of the asking is kept."""

from kiemchung.commons.publish_log import open_log
from kiemchung.commons.recent_log import checkpoint_of
from kiemchung.commons.settings import Settings
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats.signed_note import VerifierKey, parse_checkpoint

#: The path below the log's address where they are handed in.
COSIGN = "cosign"
#: A checkpoint with dozens of signatures has less.
MAX_BYTES = 16_000


def listed_witnesses(settings: Settings) -> list[VerifierKey]:
    """The keys of the setting `log_witnesses`.

    Raises:
        InputError: one of them is no key.
    """
    return [VerifierKey.parse(each) for each in settings.log_witnesses.split()]


def take_in(settings: Settings, content: bytes) -> list[str]:
    """Publish the cosignatures of listed witnesses with the present checkpoint; the witnesses' names.

    Raises:
        InputError: not a signed checkpoint.
        NotAllowedError: of another checkpoint (reason `outgrown`), or no listed witness signed it (`unlisted`).
        StoreError: the log is being written; handed in again, it is taken.
    """
    if len(content) > MAX_BYTES:
        raise InputError(f"a cosigned checkpoint has no more than {MAX_BYTES:,} bytes")
    try:
        cosigned = parse_checkpoint(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError("a cosigned checkpoint is text") from error
    held = checkpoint_of(settings)
    signers = [key for key in listed_witnesses(settings) if cosigned.signed_by(key) is not None]
    if not signers:
        raise NotAllowedError("unlisted", "no witness that the operator lists has cosigned this")
    if held is None or held.checkpoint != cosigned.checkpoint:
        raise NotAllowedError("outgrown", "the log has grown since, or this is of another log; cosign its checkpoint")
    with open_log(settings) as log:
        for key in signers:
            log.accept(cosigned, key)
    return [key.name for key in signers]
