"""A query as the parts of lookup read it: cleaned, written out, with its marks."""

from dataclasses import dataclass

from kiemchung.lookup.clean import clean
from kiemchung.lookup.remembered import remembered
from kiemchung.lookup.words_index import primary
from kiemchung.text.restore import is_unmarked, packaged_restorer
from kiemchung.text.teencode import write_out


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is searched for.

    Attributes:
        text: the words for embedding and comparing, marks restored.
        author: display name of a post's author, "" where there is none.
        language: primary subtag.
        restored: whether marks were put in.
    """

    text: str
    author: str
    language: str
    restored: bool

    @property
    def whole(self) -> str:
        """Words and author: the name often stands in the check."""
        return f"{self.text} {self.author}".strip()


@remembered(1024)
def prepare(text: str, language: str) -> Prepared:
    """Clean a message or claim; Vietnamese chat spelling is written out and missing marks are put in."""
    cleaned = clean(text)
    language = primary(language)
    words, restored = cleaned.text, False
    if language == "vi":
        words = write_out(words)
        if is_unmarked(words):
            words, restored = packaged_restorer().restore(words), True
    return Prepared(words, cleaned.author, language, restored)
