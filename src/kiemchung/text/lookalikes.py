"""Letters that are drawn like Latin ones: what somebody reads, whatever the letters are."""

import re
import unicodedata
from functools import cache

#: Cyrillic and Greek letters that nobody tells from Latin ones in print.
LOOKALIKES = dict(
    zip(
        "аеорсухкітѕјһԁԛԝвмнАВЕКМНОРСТУХІЅЈαονικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxkitsjhdqwbmhABEKMHOPCTYXISJaovikptuxABEZHIKMNOPTYX",
        strict=True,
    )
)
#: Letters that pass for Latin ones to who looks for them: more Cyrillic and Greek, Armenian, Cherokee, Lisu.
_PASSING = dict(
    zip(
        "ьпгӏѵшщцЬԌӀԚԜѴҮүԍғβγεημπσωϲϳɑɩոսօհցզյքՕՍՏԼᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᏒᏚᎢᏙᏔᏃᎩᏧꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ",
        "bnrlvwwubGlQWVYygfbyenunowcjainuohgqjpOUSLABCDEGHiJKLMPRSTVWZYdBPDTGKJCZFMNLSRVHWXYAEIOU",
        strict=True,
    )
)
_LATIN_NAME = re.compile(
    r"(?:REGIONAL INDICATOR SYMBOL|.*\bLATIN\b.*)"
    r" LETTER (?:SMALL CAPITAL |DOTLESS |SCRIPT )?([A-Z])(?: WITH .*| BAR)?"
)


def read_as_latin(text: str) -> str:
    """What text looks like in Latin letters: without marks and hidden characters, every look-alike as the letter it
    passes for. For finding what was disguised; words of other scripts come out as nonsense."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(_letter(c) for c in plain if unicodedata.category(c) not in ("Cf", "Mn", "Mc", "Me"))


@cache
def _letter(character: str) -> str:
    if character.isascii():
        return character
    for one in (character, character.lower()):
        if known := LOOKALIKES.get(one) or _PASSING.get(one):
            return known
    named = _LATIN_NAME.fullmatch(unicodedata.name(character, ""))
    return named[1].lower() if named else character
