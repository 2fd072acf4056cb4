"""Text to the token ids of multilingual-e5-small: the unigram segmentation of XLM-RoBERTa.

Written here because what exists loads too slowly for a command of one second or brings a network client along (decision
0003), and because the vectors must be those of the engine in C: token for token, but for runs of one letter that can be
cut in several equally likely ways.

Source: Kudo 2018, arXiv:1804.10959, section 3.2.
"""

import json
import re
from array import array
from collections.abc import Sequence
from itertools import accumulate, groupby
from pathlib import Path

from kiemchung.embed.texts import MAX_TOKENS
from kiemchung.embed.weights import Vocabulary

_SPACES = re.compile("  +")
_WORD_START = "\u2581"
#: A letter that is in no piece costs this much more than the least likely piece.
_UNKNOWN_PENALTY = 10.0
#: Pieces are kept in shelves by their first letters, and a shelf is unpacked when a text first reaches for it: all
#: 250,000 at once take 0.17 s, those of one message 0.02 s.
_KEY_LETTERS = 2

_NONE = -1


def write_vocabulary(vocabulary: Vocabulary, folder: Path) -> None:
    """Write the vocabulary as `Tokenizer` reads it: sorted pieces, a piece a line, and where each shelf begins."""
    pieces = vocabulary.pieces
    order = sorted((i for i in range(len(pieces)) if i != vocabulary.unknown), key=pieces.__getitem__)
    shelves = [(key, list(ids)) for key, ids in groupby(order, key=lambda i: pieces[i][:_KEY_LETTERS])]
    blocks = ["".join(f"{pieces[i]}\n" for i in ids).encode() for _, ids in shelves]
    (folder / "pieces.txt").write_bytes(b"".join(blocks))
    (folder / "ids.u4").write_bytes(array("I", order).tobytes())
    (folder / "scores.f4").write_bytes(array("f", (vocabulary.scores[i] for i in order)).tobytes())
    (folder / "shelves.txt").write_text("\n".join(key for key, _ in shelves), encoding="utf-8", newline="\n")
    (folder / "bytes.u4").write_bytes(array("I", accumulate(map(len, blocks), initial=0)).tobytes())
    (folder / "lines.u4").write_bytes(array("I", accumulate((len(i) for _, i in shelves), initial=0)).tobytes())
    rest = {
        "replacements": {str(code): text for code, text in vocabulary.replacements.items()},
        "marks": [vocabulary.start, vocabulary.end, vocabulary.unknown],
        "longest": max(map(len, pieces)),
        "unknown_score": float(vocabulary.scores.min()) - _UNKNOWN_PENALTY,
    }
    (folder / "tokens.json").write_text(json.dumps(rest), encoding="utf-8")


class Tokenizer:
    """The most likely pieces of a text, as ids with start and end marks, at most 512."""

    def __init__(self, folder: Path) -> None:
        rest = json.loads((folder / "tokens.json").read_text(encoding="utf-8"))
        self._replacements = {int(code): text for code, text in rest["replacements"].items()}
        self._start, self._end, self._unknown = rest["marks"]
        self._unknown_score, self._longest = rest["unknown_score"], rest["longest"]
        self._pieces = (folder / "pieces.txt").read_bytes()
        self._ids, self._scores = array("I"), array("f")
        self._ids.frombytes((folder / "ids.u4").read_bytes())
        self._scores.frombytes((folder / "scores.f4").read_bytes())
        self._bytes, self._lines = array("I"), array("I")
        self._bytes.frombytes((folder / "bytes.u4").read_bytes())
        self._lines.frombytes((folder / "lines.u4").read_bytes())
        keys = (folder / "shelves.txt").read_text(encoding="utf-8").split("\n")
        self._packed = dict(zip(keys, range(len(keys)), strict=True))
        self._unpacked: dict[str, dict[str, int]] = {}

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text. No piece spans two words, so words are segmented alone, and once per call."""
        # The words live for this call only: they may be a reader's (G6).
        known: dict[str, list[int]] = {}
        return [self._encode(text, known) for text in texts]

    def _encode(self, text: str, known: dict[str, list[int]]) -> list[int]:
        ids = [self._start]
        for word in _SPACES.sub(" ", text.translate(self._replacements)).split(" "):
            if word not in known:
                known[word] = self._segment(_WORD_START + word)
            ids += known[word]
            if len(ids) >= MAX_TOKENS:
                break
        return [*ids[: MAX_TOKENS - 1], self._end]

    def _segment(self, word: str) -> list[int]:
        """Viterbi: best[end] is the score of the best pieces up to there, `last` and `begin` the last of them."""
        n = len(word)
        best, last, begin = [0.0] + [-1e30] * n, [_NONE] * (n + 1), [0] * (n + 1)
        for start in range(n):
            for end, line in self._pieces_from(word, start):
                score = best[start] + (self._scores[line] if line != _NONE else self._unknown_score)
                if score > best[end]:
                    best[end], last[end], begin[end] = score, line, start
        ids, end = [], n
        while end:
            ids.append(self._ids[last[end]] if last[end] != _NONE else self._unknown)
            end = begin[end]
        return ids[::-1]

    def _pieces_from(self, word: str, start: int) -> list[tuple[int, int]]:
        """Where each piece that begins at start ends, and its line; the first letter alone may be unknown."""
        letter = word[start]
        found = [(start + 1, self._shelf(letter).get(letter, _NONE))]
        shelf = self._shelf(word[start : start + _KEY_LETTERS])
        if shelf:
            for end in range(start + _KEY_LETTERS, min(len(word), start + self._longest) + 1):
                line = shelf.get(word[start:end])
                if line is not None:
                    found.append((end, line))
        return found

    def _shelf(self, key: str) -> dict[str, int]:
        """The pieces that begin with key (one letter: that letter alone), each with its line."""
        shelf = self._unpacked.get(key)
        if shelf is not None:
            return shelf
        at = self._packed.get(key)
        if at is None:
            return {}
        pieces = self._pieces[self._bytes[at] : self._bytes[at + 1]].decode().split("\n")[:-1]
        lines = range(self._lines[at], self._lines[at + 1])
        return self._unpacked.setdefault(key, dict(zip(pieces, lines, strict=True)))
