"""Which licences let a record flow into an open export."""

import re

_OPEN = re.compile(
    r"(?i)(cc0([ -]1\.0)?( universal)?|(cc|creative commons)[ -](by|by-sa)([ -]\d\.\d)?( [a-z]{2,13})?"
    r"|pddl(-1\.0)?|odc-by(-1\.0)?|odbl(-1\.0)?|public domain|cdla-permissive-\d\.\d|ogl-uk-\d\.\d|mit|apache-2\.0"
    r"|https?://creativecommons\.org/(licenses/by(-sa)?/|publicdomain/)[\w./-]*"
    r"|https?://opendatacommons\.org/licenses/(by|odbl|pddl)/[\w./-]*)"
)


def is_open(licence: str | None) -> bool:
    """Whether a licence lets anybody pass a record on, for any purpose.

    Only known ones do: "non-commercial", "no derivatives", words that no rule knows and silence all say no.
    """
    return licence is not None and _OPEN.fullmatch(licence.strip()) is not None
