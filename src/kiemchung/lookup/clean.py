"""Messages as people send them to text that reads like a claim."""

import re
import unicodedata
from dataclasses import dataclass

# A post that was copied with its author at the end: "... — Jane Doe (@jane_doe) June 1, 2020".
_SIGNATURE = re.compile(r"\s*[—–-]\s*([^—–]{0,80}?)\s*\(@(\w+)\)\s*(?:[^\W\d_]+ \d{1,2}, \d{4})?\s*$")
_GLUED_ADDRESS = re.compile(r"(?<=\S)(?=https?://|pic\.twitter\.com/)")
# The last form begins its run of characters; tried inside of a long run it would cost the square of its length.
_ADDRESS = re.compile(
    r"https?://\S*|\bwww\.\S+|\bpic\.twitter\.com/\S*|(?<![\w.-])[\w.-]+\.(?:com|org|net|gov|edu|info|vn|ly|co|gl|me|be)(?:/\S*)?(?=\s|$)",
    re.IGNORECASE,
)
_TAG = re.compile(r"[#@](\w+)")
_FORWARDED = re.compile(r"^\s*(?:\[?(?:fwd?|forwarded|chuyển tiếp|chuyen tiep)\]?\s*:?\s*)+", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class CleanText:
    """A message without what no check speaks of.

    Attributes:
        text: the words.
        author: display name of the post's signature, "" where there is none.
    """

    text: str
    author: str = ""

    @property
    def whole(self) -> str:
        """Words and author name: the name often stands in the check ("Jane Doe said ...")."""
        return f"{self.text} {self.author}".strip()


def split_camel(word: str) -> str:
    """The words of a hashtag or handle: `#HotWater2go` -> `Hot Water 2 go`."""
    word = re.sub(r"([^\W\d_A-Z])([A-Z0-9])", r"\1 \2", word)
    word = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", word)
    return re.sub(r"([0-9])([^\W\d_])", r"\1 \2", word).replace("_", " ")


def clean(message: str) -> CleanText:
    """The message in NFC without addresses, emoji, forwarding marks and signature; hashtags and handles as words."""
    text = unicodedata.normalize("NFC", message)
    text = _FORWARDED.sub("", text)
    author = ""
    if found := _SIGNATURE.search(text):
        author, text = found.group(1).strip(), text[: found.start()]
    text = _ADDRESS.sub(" ", _GLUED_ADDRESS.sub(" ", text))
    text = _TAG.sub(lambda tag: split_camel(tag.group(1)), text)
    text = _STRETCHED.sub(r"\1", text)
    return CleanText(_without_symbols(text), _without_symbols(author))


def _without_symbols(text: str) -> str:
    kept = (" " if unicodedata.category(c) in ("So", "Sk", "Cs", "Cn", "Co", "Cf") else c for c in text)
    return " ".join("".join(kept).split())
