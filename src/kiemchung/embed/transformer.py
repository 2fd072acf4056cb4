"""Any model of the package sentence-transformers, which the operator installs (it brings PyTorch)."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from kiemchung.embed.prefixes import prefixes
from kiemchung.embed.rows import unit_rows
from kiemchung.embed.texts import clean
from kiemchung.errors import MissingPartError
from kiemchung.ports import Vectors


class TransformerModel(Protocol):
    """What is used of `sentence_transformers.SentenceTransformer`."""

    def get_sentence_embedding_dimension(self) -> int | None: ...

    def encode(self, sentences: list[str], **options: Any) -> Any: ...


class SentenceTransformersEmbedder:
    """A sentence-transformers model; same text, same bytes as far as that model keeps it.

    Each text is a batch of its own: in a larger one it is padded to its longest neighbour, and its bytes would depend
    on that.

    Args:
        model: its name on the hub, or a folder.
        loaded: the model; see `load`.
    """

    def __init__(self, model: str, loaded: TransformerModel) -> None:
        dimensions = loaded.get_sentence_embedding_dimension()
        if not dimensions:
            raise MissingPartError(f"{model}: the model does not tell its number of dimensions")
        self.name = f"{model.replace('/', '--')}/sentence-transformers"
        self.dimensions = dimensions
        self._model = loaded
        self._before_query, self._before_passage = prefixes(model)

    @classmethod
    def load(cls, model: str) -> "SentenceTransformersEmbedder":
        """Load the model by name; the package fetches it from its hub where it is not there yet.

        Raises:
            MissingPartError: the package is not installed, or the model cannot be had.
        """
        try:
            # Heavy: PyTorch. The operator's choice, so it is not among our dependencies.
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise MissingPartError(
                "the package sentence-transformers is not installed; pip install sentence-transformers"
            ) from error
        try:
            return cls(model, SentenceTransformer(model, device="cpu"))
        except (OSError, ValueError, RuntimeError) as error:
            raise MissingPartError(f"{model}: sentence-transformers cannot load it ({error})") from error

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), dimensions], rows of length 1; with the prefix that the model's family knows."""
        return self._embed(self._before_passage, texts, "document")

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`, with the prefix for queries."""
        return self._embed(self._before_query, texts, "query")

    def _embed(self, prefix: str, texts: Sequence[str], prompt: str) -> Vectors:
        prompts = {} if prefix or prompt not in getattr(self._model, "prompts", {}) else {"prompt_name": prompt}
        prepared = [prefix + clean(text) for text in texts]
        if not prepared:
            return np.empty((0, self.dimensions), dtype=np.float32)
        values = self._model.encode(prepared, batch_size=1, convert_to_numpy=True, show_progress_bar=False, **prompts)
        return unit_rows(values, len(prepared), self.dimensions)
