"""Text of old files that name no character set: Vietnamese (windows-1258) told from western (windows-1252)."""

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONED = re.compile(rf"[aeiouyăâêôơư][{_TONES}]", re.IGNORECASE)
_STRAY_TONE = re.compile(rf"(?<![aeiouyăâêôơư])[{_TONES}]", re.IGNORECASE)
_ONLY_VIETNAMESE = re.compile("[đơư]", re.IGNORECASE)


def one_byte_set(content: bytes) -> str:
    """`cp1258` where the bytes read as Vietnamese in it, else `cp1252`.

    Its tones are characters of their own, which as western text would be an `ì`, `ò` or `Þ` behind vowels; western
    text read so has them behind consonants ("così", "però"), or few of them and no `đ`, `ơ`, `ư`.
    """
    text = content.decode("cp1258", "replace")
    n_toned, n_own = len(_TONED.findall(text)), len(_ONLY_VIETNAMESE.findall(text))
    enough = n_toned >= 4 or (n_toned and n_own and n_toned + n_own >= 2)
    return "cp1258" if enough and n_toned > 2 * len(_STRAY_TONE.findall(text)) else "cp1252"


def decode_one_byte(content: bytes) -> str:
    """The text of bytes that are no UTF-8 and name no character set, with Vietnamese letters composed."""
    encoding = one_byte_set(content)
    text = content.decode(encoding, "replace")
    return unicodedata.normalize("NFC", text) if encoding == "cp1258" else text
