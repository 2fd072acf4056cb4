"""What every engine does to a text before its model sees it."""

import unicodedata

#: The model's limit, with its start and end marks and the prefix; what comes after is cut off.
MAX_TOKENS = 512

#: No more than this can matter: 510 pieces of at most 16 letters, with room for white space between them.
_MAX_LETTERS = 16_384


def clean(text: str) -> str:
    """The text as the engines can take it: its beginning, composed (NFC), lone surrogates as `?`, NUL as a space.

    Composed, because the tokenizer looks at one code point at a time and its vocabulary holds composed letters.
    """
    text = text[:_MAX_LETTERS].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return unicodedata.normalize("NFC", text)
