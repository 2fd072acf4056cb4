"""Loose values, as publishers write them, to plain text, addresses and language tags."""

import codecs
import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

_CHARSET = re.compile(r"(?:utf-(?:8|16|32)|iso|cp|koi8|mac|gb|big5|euc|shift|tis|johab|hz|kz|ptcp)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|<!--.*?-->", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_LANGUAGE = re.compile(r"^[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*$")
#: Names of languages as publishers write them; tags are the rule.
_LANGUAGE_NAMES = {
    "vietnamese": "vi", "tiếng việt": "vi", "english": "en", "spanish": "es", "español": "es", "portuguese": "pt",
    "português": "pt", "french": "fr", "français": "fr", "german": "de", "deutsch": "de", "hindi": "hi",
    "arabic": "ar", "indonesian": "id", "thai": "th", "chinese": "zh", "bengali": "bn", "bangla": "bn",
}  # fmt: skip


def text_of(value: Any) -> str:
    """The words in a value: entities resolved, markup and control characters dropped, white space single.

    Lists give their parts joined by a space; objects their `@value`, `name`, `text` or `headline`.
    """
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and abs(value) < 1e15 else str(value)
    if isinstance(value, list):
        return " ".join(part for part in map(text_of, value) if part)
    if isinstance(value, dict):
        return next((found for key in ("@value", "name", "text", "headline") if (found := text_of(value.get(key)))), "")
    return ""


def _clean(text: str) -> str:
    if "&" in text:
        text = html.unescape(html.unescape(text))  # some publishers escape twice
    if "<" in text:
        text = _TAG.sub(" ", text)
    return " ".join(_CONTROL.sub(" ", text).split())


def known_charset(name: str | None) -> str | None:
    """A declared encoding by the name Python reads it under; None for one that is unknown or encodes no text.

    Python knows more (`zlib`, `idna`, `unicode_escape`), which a server may name and which fail in their own ways.
    """
    try:
        found = codecs.lookup(name).name if name else ""
    except (LookupError, ValueError):
        return None
    if found in ("iso8859-1", "ascii"):
        return "cp1252"  # as browsers read it
    return found if _CHARSET.match(found) else None


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a value that may be one, a list of them, or neither."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from objects_in(part)


def addresses_in(value: Any) -> Iterator[str]:
    """Every http(s) address in a value: a text, an object's `url` or `@id`, or a list of such."""
    if isinstance(value, str):
        for part in value.split():
            if part.lower().startswith(("http://", "https://")):
                yield part.rstrip(",;")
    elif isinstance(value, dict):
        found = list(addresses_in(value.get("url")))
        yield from found or addresses_in(value.get("@id"))
    elif isinstance(value, list):
        for part in value:
            yield from addresses_in(part)


def first_address(value: Any, base: str = "") -> str:
    """The first address in a value, resolved against the page's own; empty where there is none."""
    if isinstance(value, list):
        return next((found for part in value if (found := first_address(part, base))), "")
    if isinstance(value, dict):
        return first_address(value.get("url"), base) or first_address(value.get("@id"), base)
    if not isinstance(value, str) or not (address := _address(value)):
        return ""
    if address.lower().startswith("www."):
        return f"https://{address}"
    if base:
        try:
            return urljoin(base, address)
        except ValueError:
            return address
    return f"https:{address}" if address.startswith("//") else address


def _address(text: str) -> str:
    """The address in a text: line breaks are its page's, blanks inside belong to it unless they stand in the host."""
    address = _clean(re.sub(r"\s*[\r\n\t]\s*", "", text.strip()))
    host, slash, path = address.partition("://")[2].partition("/")
    return address if slash and not host.endswith(" ") and " " in path else "".join(address.split())


def is_web_address(address: str) -> bool:
    """Whether it is an http(s) address with a host that can be one."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return (
        parts.scheme.lower() in ("http", "https")
        and ("." in host.strip(".") or ":" in host)
        and not re.search(r"[\s<>\"'{}|\\^`]", host)
        and len(address) <= 4_000
    )


def tidy_address(address: str) -> str:
    """The address with white space and other characters that addresses cannot hold percent-encoded."""
    return (
        quote(address, safe="%/:=&?~#+!$,;'@()*[]-._", encoding="utf-8")
        if not address.isascii() or " " in address
        else address
    )


def host_of(address: str) -> str:
    """The host without `www.`; empty where there is none."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.").rstrip(".")


def language_tag(value: Any) -> str:
    """A BCP 47 tag: `pt_br` -> `pt-BR`, `Vietnamese` -> `vi`; "und" where there is none."""
    if isinstance(value, list):
        return next((tag for part in value if (tag := language_tag(part)) != "und"), "und")
    if isinstance(value, dict):
        value = value.get("alternateName") or value.get("name") or value.get("@value")
    text = text_of(value)
    if text.casefold() in _LANGUAGE_NAMES:
        return _LANGUAGE_NAMES[text.casefold()]
    if not _LANGUAGE.match(text):
        return "und"
    language, *rest = text.replace("_", "-").split("-")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 else part.lower()
