"""Words as the lexical index counts them: folded, stemmed, with syllable pairs where syllables are written apart."""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from kiemchung.text import fold, normalise, words

# English words that carry no claim, our own list: articles, pronouns, prepositions, auxiliaries.
_ENGLISH_STOP_WORDS = """
a an the and or of to in on at for from by with as is are was were be been being it its this that
these those he she they we you i his her hers their theirs our ours your yours my mine me him them
us not no nor do does did done has have had having will would can could should shall may might must
who whom whose what when where which why how if then than so but about into over after before up
down out off again further just also more most very here there all any both each few other some such
only own same too s t re ve ll d m don
"""
ENGLISH_STOP_WORDS = frozenset(_ENGLISH_STOP_WORDS.split())

_STEMMED = {
    "en": "english", "es": "spanish", "fr": "french", "de": "german", "pt": "portuguese", "it": "italian",
    "nl": "dutch", "ru": "russian", "sv": "swedish", "da": "danish", "no": "norwegian", "fi": "finnish",
    "hu": "hungarian", "ro": "romanian", "tr": "turkish",
}  # fmt: skip

# Scripts written without spaces: overlapping pairs of characters stand in for words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_POSSESSIVE = re.compile(r"[’']s\b")
_APOSTROPHE = re.compile(r"(?<=\w)[’'](?=\w)")
_GROUPED_DIGITS = re.compile(r"(?<=\d)[.,](?=\d{3}\b)")


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Any:
    if language not in _STEMMED:
        return None
    import tantivy  # heavy: waits for the first stem

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    return builder.filter(tantivy.Filter.stemmer(_STEMMED[language])).build()


def terms(text: str, language: str) -> list[str]:
    """The content words of a text, folded and, where the language has a stemmer, stemmed; in order, with repeats.

    `language` is a primary subtag ("vi", "en", ...); unknown ones are only folded.
    """
    text = _GROUPED_DIGITS.sub("", _APOSTROPHE.sub("", _POSSESSIVE.sub("", normalise(text))))
    found: list[str] = []
    for word in words(fold(text)):
        if _UNSPACED.search(word):
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        else:
            found.append(word)
    if language == "en":
        found = [word for word in found if word not in ENGLISH_STOP_WORDS]
    stemmer = _stemmer(language)
    if stemmer is None or not found:
        return found
    stems: list[str] = stemmer.analyze(" ".join(found))
    return stems


def index_terms(text: str, language: str) -> list[str]:
    """`terms` and, for Vietnamese, pairs of syllables and the syllables with their marks, each kind told apart.

    Both forms stand side by side, so that an unmarked message still finds its words and a marked one finds them better.
    """
    single = terms(text, language)
    if language != "vi":
        return single
    pairs = [f"{a}_{b}" for a, b in pairwise(single)]
    marked = [f"={word}" for word in words(normalise(text).casefold()) if fold(word) != word]
    return single + pairs + marked
