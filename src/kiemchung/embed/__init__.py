"""The Embedder port: the default model in two engines, other models by plug-in, and a hashing one for tests."""

from kiemchung.embed.choose import ENGINES, open_embedder

__all__ = ["ENGINES", "open_embedder"]
