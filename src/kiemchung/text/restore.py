"""Marks for Vietnamese text that was typed without them: the likeliest path through pairs of syllables."""

import gzip
import json
import math
import re
from functools import cache
from importlib import resources

from kiemchung.text import fold, normalise

_SYLLABLE = re.compile(r"[^\W\d_]+")
#: Vietnamese prose has marks on about three syllables of four; below this share a text counts as typed without.
UNMARKED_SHARE = 0.15


class Restorer:
    """Counts of syllables and of pairs of neighbours, from texts with marks.

    Attributes:
        singles: marked syllable to count.
        pairs: "first second" to count.
    """

    def __init__(self, singles: dict[str, int], pairs: dict[str, int]) -> None:
        self.singles = singles
        self.pairs = pairs
        self._total = sum(singles.values())
        self._forms: dict[str, list[str]] = {}
        for syllable in sorted(singles, key=lambda s: (-singles[s], s)):
            self._forms.setdefault(fold(syllable), []).append(syllable)
        self._followers: dict[str, int] = {}
        for pair, count in pairs.items():
            first = pair.split(" ")[0]
            self._followers[first] = self._followers.get(first, 0) + count

    def restore(self, text: str) -> str:
        """The text with marks on its known syllables; syllables that carry marks are kept and help their neighbours."""
        text = normalise(text)
        spots = list(_SYLLABLE.finditer(text))
        best = self._likeliest([spot.group(0).casefold() for spot in spots])
        parts, end = [], 0
        for spot, syllable in zip(spots, best, strict=True):
            parts += [text[end : spot.start()], _with_case_of(spot.group(0), syllable)]
            end = spot.end()
        return "".join([*parts, text[end:]])

    def _likeliest(self, syllables: list[str]) -> list[str]:
        """Viterbi: the most probable marked forms under an interpolated bigram model."""
        paths: list[dict[str, tuple[float, str]]] = []
        before: dict[str, tuple[float, str]] = {"": (0.0, "")}
        for syllable in syllables:
            forms = self._forms.get(syllable, [syllable]) if fold(syllable) == syllable else [syllable]
            here = {}
            for form in forms:
                scored = [(score + self._log_probability(last, form), last) for last, (score, _) in before.items()]
                here[form] = max(scored)
            paths.append(here)
            before = here
        chosen: list[str] = []
        for here in reversed(paths):
            form = paths[len(paths) - len(chosen)][chosen[-1]][1] if chosen else max(here, key=lambda f: here[f][0])
            chosen.append(form)
        return chosen[::-1]

    def _log_probability(self, last: str, form: str) -> float:
        alone = (self.singles.get(form, 0) + 0.1) / (self._total + 1)
        followed = self._followers.get(last, 0)
        together = self.pairs.get(f"{last} {form}", 0)
        # Witten-Bell-like: the more often `last` was seen, the more its pairs count
        trust = followed / (followed + 5.0)
        return math.log(trust * together / max(followed, 1) + (1 - trust) * alone)


@cache
def packaged_restorer() -> Restorer:
    """The restorer with the counts of the package (training/train_restore.py)."""
    raw = resources.files("kiemchung.text").joinpath("data/vi_syllables.json.gz").read_bytes()
    counts = json.loads(gzip.decompress(raw))
    return Restorer(counts["singles"], counts["pairs"])


def is_unmarked(text: str) -> bool:
    """Whether a Vietnamese text was typed without its marks."""
    syllables = _SYLLABLE.findall(normalise(text).casefold())
    marked = sum(fold(syllable) != syllable for syllable in syllables)
    return bool(syllables) and marked / len(syllables) < UNMARKED_SHARE


def _with_case_of(model: str, syllable: str) -> str:
    if model.isupper() and len(model) > 1:
        return syllable.upper()
    return syllable[:1].upper() + syllable[1:] if model[:1].isupper() else syllable
