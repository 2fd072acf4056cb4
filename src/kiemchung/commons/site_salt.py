"""The site's salt: makes the same codename another key on another site. Lies beside the database, not in it."""

import os
import secrets
from pathlib import Path

from kiemchung.errors import StoreError

FILE_NAME = "site.salt"
_SIZE = 32


def site_salt(data_dir: Path) -> bytes:
    """The salt, made at the first call.

    Without it no codename opens its account any more, so backups hold it and its loss is an error, not a new salt.

    Raises:
        StoreError: unreadable, or of another length.
    """
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SIZE))
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            pass
        salt = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read ({error.strerror}); check the folder's permissions") from error
    if len(salt) != _SIZE:
        raise StoreError(f"{path}: {len(salt)} bytes in place of {_SIZE}; put the file of a backup in its place")
    return salt
