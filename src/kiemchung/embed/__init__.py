"""The Embedder port: the default model in two engines, other models by plug-in, and a hashing one for tests."""

from pathlib import Path

from kiemchung.embed.choose import ENGINES, open_embedder
from kiemchung.embed.convert import Progress

__all__ = ["ENGINES", "open_embedder", "prepare"]


def prepare(data_dir: Path, progress: Progress | None = None, *, verify: bool = False) -> Path:
    """Convert the default model into the data folder where that is still to be done: `kiemchung.embed.ct2.prepare`."""
    from kiemchung.embed.ct2 import prepare  # most commands need no model

    return prepare(data_dir, progress, verify=verify)
