"""The language of a sentence: rules where they are sure, py3langid for the rest."""

import re
import unicodedata
from functools import cache
from typing import Any

from kiemchung.text import fold

#: What py3langid chooses from; among all its languages it takes Vietnamese without marks for Tagalog.
LANGUAGES = ("vi", "en", "es", "fr", "de", "pt", "id", "zh", "ru", "ar", "th")
UNSURE = "und"
_LEAST_CONFIDENCE = 0.35
_SURE_BY_SYLLABLES = 6

_WORD = re.compile(r"[^\W\d_]+")
# An address begins its run of characters; tried at each letter of a long run it would cost the square of its length.
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S+@\S+|[#@]\w+")
_ONLY_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
#: A Vietnamese syllable without marks: onset and rime. Many English words have this form too, so words are counted on both sides.
_SYLLABLE = re.compile(
    r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|qu|q|r|s|th|tr|t|v|x)?"
    r"(?:uyen|uyet|uynh|uych|uya|uyu|uyt|uy|uong|uoc|uon|uot|uom|uou|uop|uoi|uo|uan|uat|uang|uay|uai|uac|uan|uenh|uech|ue|uan|uat|ua|u[cimnptu]|ung|"
    r"u|iech|ieng|iec|iem|ien|iep|iet|ieu|ie|ia|inh|ich|i[mnptu]|i|yeng|yem|yen|yet|yeu|y|oang|oanh|oach|oac|oai|oan|oat|oay|oam|oap|oao|oa|oeo|"
    r"oen|oet|oe|oong|ooc|ong|oc|oi|om|on|op|ot|o|ang|anh|ach|ac|ai|am|an|ao|ap|at|au|ay|a|eng|enh|ech|ec|em|en|eo|ep|et|eu|e)"
)
_VIETNAMESE_WORDS = frozenset(
    [
        "la",
        "va",
        "cua",
        "co",
        "cac",
        "khong",
        "duoc",
        "cho",
        "nguoi",
        "trong",
        "mot",
        "nhung",
        "voi",
        "nay",
        "da",
        "den",
        "tu",
        "khi",
        "ra",
        "o",
        "nhu",
        "de",
        "tai",
        "ve",
        "sau",
        "nhieu",
        "cung",
        "con",
        "bi",
        "vao",
        "hon",
        "phai",
        "nam",
        "roi",
        "dang",
        "se",
        "thi",
        "ma",
        "nen",
        "vi",
        "lai",
        "chi",
        "neu",
        "ho",
        "minh",
        "ngay",
        "nuoc",
        "uong",
        "benh",
        "thuoc",
        "tre",
        "moi",
        "rat",
        "lam",
        "biet",
        "noi",
        "day",
        "gi",
        "nao",
        "dau",
        "sao",
        "qua",
        "lon",
        "nha",
        "theo",
        "gay",
        "giup",
        "thang",
        "tien",
        "cau",
        "hay",
        "dung",
        "xin",
        "ban",
        "tin",
        "ko",
        "k",
        "hok",
        "hong",
        "hem",
        "dc",
        "dk",
        "vs",
        "mn",
        "mng",
        "ntn",
        "bt",
        "j",
        "z",
        "zay",
        "zay",
        "nhe",
        "nha",
        "nhen",
        "ae",
        "ace",
        "ck",
        "vk",
        "cx",
        "cg",
        "ng",
        "lm",
        "r",
        "rui",
        "thik",
        "hix",
        "hihi",
        "kb",
        "ib",
        "gd",
        "tgian",
        "thui",
    ]
)
_ENGLISH_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "that",
        "it",
        "was",
        "for",
        "on",
        "are",
        "as",
        "with",
        "his",
        "they",
        "at",
        "be",
        "this",
        "from",
        "have",
        "or",
        "by",
        "one",
        "had",
        "not",
        "but",
        "what",
        "all",
        "were",
        "when",
        "we",
        "there",
        "can",
        "an",
        "your",
        "which",
        "their",
        "said",
        "if",
        "do",
        "will",
        "each",
        "about",
        "how",
        "up",
        "out",
        "them",
        "then",
        "she",
        "many",
        "some",
        "so",
        "these",
        "would",
        "other",
        "into",
        "has",
        "more",
        "her",
        "two",
        "like",
        "him",
        "see",
        "time",
        "could",
        "no",
        "make",
        "than",
        "been",
        "its",
        "who",
        "now",
        "people",
        "my",
        "made",
        "over",
        "did",
        "down",
        "only",
        "way",
        "find",
        "use",
        "may",
        "water",
        "long",
        "little",
        "very",
        "after",
        "words",
        "called",
        "just",
        "where",
        "most",
        "know",
        "get",
        "through",
        "back",
        "much",
        "before",
        "go",
        "good",
        "new",
        "write",
        "our",
        "used",
        "me",
        "any",
        "same",
        "i",
        "you",
        "he",
        "don't",
        "does",
        "because",
        "should",
        "drinking",
        "eating",
        "causes",
        "cures",
        "never",
        "every",
        "first",
        "also",
        "people",
        "says",
    ]
)


def language(text: str) -> str:
    """The language of a sentence: "vi", "en", another ISO 639-1 tag, or "und" (two words or fewer, or no clear one).

    Vietnamese without marks and in teencode counts as "vi".
    """
    text = unicodedata.normalize("NFC", _ADDRESS.sub(" ", text))
    words = _WORD.findall(text.lower())
    letters = "".join(words)
    if tag := _by_script(letters):
        return tag
    if len(words) <= 2:
        return UNSURE
    return _by_words(text, words) or _by_model(" ".join(words))


def _by_script(letters: str) -> str | None:
    """The language that writes most of the letters in a script of its own."""
    for tag, pattern in _SCRIPTS:
        found = len(pattern.findall(letters))
        if found >= 2 and found * 2 > len(letters) - (found if tag == "ja" else 0):
            return tag
    return None


def _by_words(text: str, words: list[str]) -> str | None:
    """Vietnamese or English where letters or common words leave no doubt."""
    marked = sum(1 for word in words if _ONLY_VIETNAMESE.search(word))
    if marked and marked * 5 >= len(words):
        return "vi"
    folded = [fold(word) for word in words]
    english = sum(1 for word in words if word in _ENGLISH_WORDS)
    vietnamese = sum(1 for word in folded if word in _VIETNAMESE_WORDS)
    syllables = sum(1 for word in folded if word in _VIETNAMESE_WORDS or _SYLLABLE.fullmatch(word))
    n_words = len(words)
    if syllables == n_words >= _SURE_BY_SYLLABLES and vietnamese and english * 3 <= n_words:
        return "vi"
    plain = text.isascii()
    if syllables >= 0.85 * n_words and vietnamese * 5 >= n_words and vietnamese > english * 1.5:
        return "vi"
    if plain and english * 5 >= n_words and syllables <= 0.6 * n_words and english > vietnamese:
        return "en"
    return None


def _by_model(text: str) -> str:
    tag, confidence = _identifier().classify(text)
    return str(tag) if confidence >= _LEAST_CONFIDENCE else UNSURE


@cache
def _identifier() -> Any:
    from py3langid import langid  # half a second to load; the rules above answer most sentences

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
