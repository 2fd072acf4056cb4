"""Cut private persons' contact data out of a text before anything is stored (G6)."""

import re
from dataclasses import dataclass

#: What is cut, in the order in which it is looked for: an address holds a handle, an id holds a phone number. A local
#: part has 64 characters at most (RFC 5321): without that bound a long word would be read again from each letter.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "email",
        re.compile(
            r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)|\[dot\])\s?[\w-]+)+", re.IGNORECASE
        ),
    ),
    (
        "profile",
        re.compile(
            r"(?:https?://)?(?:www\.|m\.)?(?:facebook|fb|zalo|instagram|tiktok|t|telegram|x|twitter|threads|youtube)"
            r"\.(?:com|me|vn|net)/@?[\w./?=&%-]+",
            re.IGNORECASE,
        ),
    ),
    ("handle", re.compile(r"(?<![\w@/.])@[\w.]{2,30}\b")),
    (
        "id_number",
        re.compile(
            r"(?:(?:cccd|cmnd|căn cước(?: công dân)?|can cuoc(?: cong dan)?|chứng minh(?: nhân dân| thư)?"
            r"|passport|hộ chiếu|ho chieu|id card|identity card|national id)"
            r"\W{0,3}(?:số|so|no\.?|number)?\W{0,3})[A-Z]?\d[\d .]{6,14}\d",
            re.IGNORECASE,
        ),
    ),
    (
        "bank_account",
        re.compile(
            r"(?:(?:stk|số tài khoản|so tai khoan|tài khoản số|tai khoan so|account (?:no\.?|number)|iban)\W{0,3})"
            r"[A-Z]{0,2}\d[\d .-]{6,30}\d",
            re.IGNORECASE,
        ),
    ),
    ("plate", re.compile(r"(?<![\w.])\d{2}[A-ZĐ]{1,2}\d?\s?[-–. ]\s?\d{3}[. ]?\d{1,2}(?![\w])")),
    (
        "phone",  # with a trunk 0 or a country code, or written 555-010-9999: a bare figure of a claim stays
        re.compile(
            r"(?<![\w.,])(?:(?:\+|00)\d{1,3}[\s.\-]?\(?\d{1,4}\)?(?:[\s.\-]?\d){5,9}|\(?0\d{1,4}\)?(?:[\s.\-]?\d){6,10}"
            r"|\(?\d{3}\)?[\s.\-]\d{3}[.\-]\d{4})(?![\w]|[.,]\d)"
        ),
    ),
    ("id_number", re.compile(r"(?<![\w.,])0\d{2}[0-3]\d{2}\d{6}(?!\w)")),
    (
        "address",
        re.compile(
            r"(?:(?:số|so)\s(?:nhà\s|nha\s)?\d+[\w/]*|\b\d+(?:/\d+)*[A-Za-z]?)[,]?\s(?:(?:ngõ|ngách|hẻm|kiệt|ngo|ngach|hem|kiet)\s\d+[\w/]*[,]?\s)*"
            r"(?:đường|phố|duong|pho|đ\.|quốc lộ|tổ dân phố)\s[\w\s]{2,40}?(?=[,.;\n]|$)",
            re.IGNORECASE,
        ),
    ),
    (
        "address",
        re.compile(
            r"\b\d{1,5}\s(?:[A-Z][\w']+\s){1,3}(?:Street|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|Ln\.?|Drive|Dr\.?|Boulevard|Blvd\.?)(?!\w)"
        ),
    ),
)

#: What stands in the place of what was cut.
MARK = "[…]"


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text with contact data cut out.

    Attributes:
        text: safe to store.
        kinds: what was cut, in the order of the text: email, profile, handle, id_number, bank_account, plate, phone,
            address.
    """

    text: str
    kinds: tuple[str, ...]


def redact(text: str) -> Redaction:
    """Cut e-mail addresses, profiles, handles, ID, account and phone numbers, plates and street addresses.

    Vietnamese forms included. It errs towards cutting: a harmless number may go. Names of persons stay, since no
    rule can tell a private person from a public one; the writer is shown the text and asked.
    """
    found: list[tuple[int, int, str]] = []
    for kind, pattern in _PATTERNS:
        for hit in pattern.finditer(text):
            if all(hit.end() <= start or hit.start() >= end for start, end, _ in found):
                found.append((hit.start(), hit.end(), kind))
    found.sort()
    pieces, position = [], 0
    for start, end, _ in found:
        pieces += [text[position:start], MARK]
        position = end
    pieces.append(text[position:])
    return Redaction("".join(pieces), tuple(kind for _, _, kind in found))
