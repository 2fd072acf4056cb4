"""Do published verdicts say the same? Their words go into coarse families, for this comparison only.

A family is never shown and never stored: readers see the checkers' own words. Verdicts that no rule knows are compared
by their words where they are short labels, and are not compared at all where they are sentences.
"""

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

from kiemchung.model import ClaimReview
from kiemchung.text import fold, normalise

#: Longest verdict in words that counts as a label; longer ones are sentences, which differ without disagreeing.
_LABEL_WORDS = 4
_MARKS = r"[\s:\-–—\"'“”‘’«»()\[\]!.#*]*"
_LEAD = re.compile(rf"{_MARKS}(?:(?:verdict|rating|fact ?check|ket luan|danh gia|muc do|conclusion|fazit)\b{_MARKS})?")
_STOP = re.compile(r"\s*(?:[.,:;!–—-]|$)")


class Family(StrEnum):
    """What a verdict roughly says of its claim; tried in this order."""

    SATIRE = "satire"
    UNPROVEN = "unproven"
    MIXED = "mixed"
    FALSE = "false"
    TRUE = "true"


def verdict_family(verdict: str) -> Family | None:
    """The family that a verdict's first words belong to, in any of the languages listed; None for unknown words."""
    folded = _LEAD.sub("", fold(normalise(verdict)), count=1)
    for family, rule in _rules():
        found = rule.match(folded)
        # "Real photo of another flood" is no verdict of "true": in a sentence the word must stand alone.
        is_label = family is not Family.TRUE or len(folded.split()) <= _LABEL_WORDS
        if found and (is_label or _STOP.match(folded, found.end())):
            return family
    return None


def verdicts_disagree(reviews: Sequence[ClaimReview]) -> bool:
    """True where published checks of one claim do not say the same.

    Two known families that differ disagree. Verdicts without a family disagree where both are short labels with
    different words. A sentence that no rule knows says nothing either way: crying wolf would be inventing a verdict.
    """
    said = set[str]()
    for review in reviews:
        family = verdict_family(review.verdict)
        words = fold(normalise(review.verdict)).strip(" .!\"'“”")
        if family is not None:
            said.add(f"family {family}")
        elif words and len(words.split()) <= _LABEL_WORDS:
            said.add(words)
    return len(said) > 1


@cache
def _rules() -> tuple[tuple[Family, re.Pattern[str]], ...]:
    listed = tomllib.loads(files("kiemchung.commons").joinpath("verdict_words.toml").read_text("utf-8"))
    rules = []
    for family in Family:
        beginnings = [fold(each) for words in listed[family.value].values() for each in words]
        rules.append((family, re.compile(rf"(?:{'|'.join(beginnings)})(?!\w)")))
    return tuple(rules)
