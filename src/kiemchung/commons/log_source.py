"""Reading a public log from where it is served: a folder, or an address that gives the same files."""

from pathlib import Path

from kiemchung.errors import FetchError, InputError
from kiemchung.formats.signed_note import VerifierKey
from kiemchung.formats.tiles import Read
from kiemchung.ports import Fetcher


def read_from(source: str, fetcher: Fetcher) -> Read:
    """What gives the bytes of the log's files by their paths.

    Args:
        source: a folder, or the http(s) address under which `checkpoint` lies.

    Raises:
        InputError: source is neither. What `Read` raises: FileNotFoundError for a file that is not there, FetchError.
    """
    if source.startswith(("http://", "https://")):
        base = source.rstrip("/")

        def read(path: str) -> bytes:
            try:
                return fetcher.get(f"{base}/{path}").content
            except FetchError as error:
                if error.reason == "status" and error.status == 404:
                    raise FileNotFoundError(path) from error
                raise

        return read
    folder = Path(source)
    if not (folder / "checkpoint").is_file():
        raise InputError(f"{source}: no log there; give a folder that holds `checkpoint`, or its http(s) address")
    return lambda path: (folder / path).read_bytes()


def key_of(read: Read) -> VerifierKey:
    """The key that the log itself gives; whoever can forge a log can forge this too.

    Raises:
        InputError: there is none.
    """
    try:
        return VerifierKey.parse(read("key").decode("utf-8"))
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise InputError("the log gives no key; name it with --key") from error
