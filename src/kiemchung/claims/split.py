"""Text to sentences: where one ends, in prose, chats and lists, Vietnamese and English."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kiemchung.claims.clean import clean


class Span(NamedTuple):
    """A place in a text: `text[start:end]`, code points."""

    start: int
    end: int


#: Short forms whose full stop ends no sentence, lower case, without the stop.
_ABBREVIATIONS = frozenset(
    [
        "tp",
        "ts",
        "ths",
        "pgs",
        "gs",
        "bs",
        "ths.bs",
        "ks",
        "ls",
        "cn",
        "kts",
        "tt",
        "ubnd",
        "đc",
        "q",
        "p",
        "x",
        "tx",
        "tt",
        "kp",
        "h",
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "jr",
        "sr",
        "vs",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "cf",
        "approx",
        "ca",
        "no",
        "nos",
        "vol",
        "fig",
        "al",
        "inc",
        "ltd",
        "co",
        "corp",
        "dept",
        "est",
        "gen",
        "rep",
        "sen",
        "gov",
        "capt",
        "lt",
        "col",
        "sgt",
        "rev",
        "hon",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mt",
        "ft",
        "tel",
        "ext",
        "đt",
        "sđt",
        "đ/c",
        "bs.ck",
        "ck",
        "ckii",
        "cki",
        "nxb",
        "vd",
        "tr",
        "đh",
        "thpt",
        "thcs",
        "a.m",
        "p.m",
        "hr",
        "hrs",
        "min",
        "mins",
        "sec",
        "dr.med",
        "u.s",
        "u.k",
        "d.c",
        "ph.d",
        "m.d",
        "mon",
        "tue",
        "tues",
        "wed",
        "thurs",
        "fri",
    ]
)
#: These stop a sentence when a capital follows, as people end lists with them.
_ENDS_LISTS = frozenset(
    [
        "v.v", "vv", "etc", "a.m", "p.m", "u.s", "u.k", "d.c", "ph.d", "m.d", "inc", "ltd", "corp",
        "mon", "tue", "tues", "wed", "thurs", "fri",
    ]
)  # fmt: skip
#: What a single capital tells kinds of; after other words it is an initial ("cháu B.", "by J. Smith").
_OF_KINDS = frozenset(
    [
        "vitamin", "vitamins", "hepatitis", "influenza", "type", "plan", "group", "class", "grade", "option", "section",
        "gan", "vi", "cúm", "máu", "hoạch", "loại", "nhóm", "hạng", "điểm", "khối",
    ]
)  # fmt: skip
_CLOSERS = "\"'”’»)]}›*_"
_OPENERS = "\"'“‘«([{‹*_"
_EMOJI = "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u203c\u2049\u3030\u303d\u20e3]"
_END = re.compile(
    rf"(?P<line>\n+)|(?P<bullet>(?<=\s)[•●▪◦‣](?=\s))|(?P<number>(?<=\s)\(?\d{{1,2}}[)/](?=\s))|(?P<dots>\.{{2,}}|…+)"
    rf"|(?P<stop>[.!?‼⁉]+(?:(?<=!!)1+(?![^\W_])!*)?)(?P<close>[{re.escape(_CLOSERS)}]*)|(?P<wide>[。！？｡؟۔।]+[」』”]*)"
    rf"|(?P<emoji>{_EMOJI}(?:\s*{_EMOJI})*)"
)
_TOKEN_BEFORE = re.compile(r"[^\s\"'“‘«(\[{/,;:]+$")
_LEAD = re.compile(
    rf"(?:\s+|[-–—•·●▪◦‣+*](?=\s)|[>=~_|,;:.…!?。]+(?![\w])|>+|{_EMOJI}|\(?\d{{1,2}}(?:[.)/](?=\s+\S)|[.)](?=[^\W\d_]{{2}}))|\(?[a-zđ]\)(?=\s))+",
    re.IGNORECASE,
)
_TRAIL = re.compile(rf"[\s\-–—•·●▪◦‣+*>=~_|,;:]|{_EMOJI}")
_LIST_MARK = re.compile(r"(?:^|\n|[.!?;:][ \t])[ \t]*\(?(?:\d{1,2}|[a-zđA-ZĐ])$")
#: How far around a mark is looked; keeps the work linear in the text.
_REACH = 60
#: How far before the number of an item the list may begin.
_ITEM_REACH = 600
_WRAPPED_LINE = 50
#: Lines with nothing between them. It begins only where a line does: tried at every letter, a long line would cost its square.
_PARAGRAPH = re.compile(r"(?<![^\n])[^\n]+(?:\n[^\n]+)+")
#: Of a paragraph that a page, a picture or a mail program wrapped: so many lines at least, the inner ones this long beside the longest.
_WRAPPED_LINES = 3
_WRAPPED_FILL = 0.6
_STOPS = (".", "!", "?", "…")


def split_sentences(text: str) -> list[Span]:
    """The sentences of a text, in order, as places in the text as handed in.

    Line breaks, list items and runs of emojis part sentences too; what lies between the spans has no letter and no digit
    beyond the marks of a list.
    """
    cleaned = clean(text)
    return [Span(*cleaned.span(start, end)) for start, end in plain_sentences(cleaned.text)]


def plain_sentences(text: str) -> list[Span]:
    """As `split_sentences`, for text that `clean` has made plain."""
    spans, start = [], 0
    for end, resume in _boundaries(text):
        if span := trimmed(text, start, end):
            spans.append(span)
        start = resume
    if span := trimmed(text, start, len(text)):
        spans.append(span)
    return spans


def trimmed(text: str, start: int, end: int) -> Span | None:
    """A place without the white space, bullets and emojis at its edges; None where no letter or digit is left."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    while end > start and _TRAIL.match(text[end - 1]):
        end -= 1
    return Span(start, end) if any(map(str.isalnum, text[start:end])) else None


def _boundaries(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences end, and where the next may begin."""
    wrapped = _wrapped_breaks(text)
    for mark in _END.finditer(text):
        if mark.start() in wrapped:
            continue
        kind = mark.lastgroup if mark.lastgroup != "close" else "stop"
        start, end = mark.span()
        ends = {
            "line": _line_ends,
            "bullet": lambda *_: True,
            "number": _number_ends,
            "dots": _dots_end,
            "stop": _stop_ends,
            "wide": lambda *_: True,
            "emoji": _emoji_ends,
        }[kind or "stop"](text, start, end)
        if ends:
            yield (start if kind in ("line", "bullet", "number", "emoji") else end), end


def _line_ends(text: str, start: int, end: int) -> bool:
    """A line break parts sentences unless a long line was wrapped in the middle of one, or a comma says that it goes on."""
    if end - start > 1:
        return True
    following = text[end : end + 1]
    line = text[text.rfind("\n", 0, start) + 1 : start].rstrip()
    if line.endswith(",") and following.islower():
        return False
    wrapped = len(line) >= _WRAPPED_LINE and line[-1:] not in ".!?…:;" and (following.islower() or following.isdigit())
    return not wrapped


def _number_ends(text: str, start: int, end: int) -> bool:
    """A number parts the items of a list ("1) Drink water 2) Rest") that began with 1, where a line or a sentence begins."""
    mark = text[start:end]
    number = int(mark.strip("()/"))
    line = " " + text[max(text.rfind("\n", 0, start) + 1, start - _ITEM_REACH) : start]
    first, last = (mark.replace(str(number), str(n)) for n in (1, number - 1))
    place = line.find(f" {first} ")
    return number > 1 and place >= 0 and line[:place].rstrip()[-1:] in ("", *":.;!?") and f" {last} " in line[place:]


def _wrapped_breaks(text: str) -> set[int]:
    """The line breaks that only fit text into a column, as picture readers and mail programs hand it on.

    Told by the paragraph: lines of about one length, most breaks within a sentence, no list, and capitals where
    sentences begin. Who types line by line in small letters means each line.
    """
    breaks: set[int] = set()
    for paragraph in _PARAGRAPH.finditer(text):
        lines = paragraph.group().split("\n")
        if len(lines) >= _WRAPPED_LINES and _is_column(lines):
            place = paragraph.start()
            for line in lines[:-1]:
                place += len(line)
                if not line.rstrip().endswith(_STOPS):
                    breaks.add(place)
                place += 1
    return breaks


def _is_column(lines: list[str]) -> bool:
    """Whether lines are one text cut to a width. A list under a heading looks alike, but has no full stop at its end."""
    bare = [line.strip() for line in lines]
    if not (bare[0][:1].isupper() and bare[-1].endswith(_STOPS)) or any(_starts_item(line) for line in bare):
        return False
    least = _WRAPPED_FILL * max(map(len, bare))
    filled = sum(len(line) >= least for line in bare[:-1])
    within = sum(
        following[:1].islower() and not line.endswith((*_STOPS, ":", ";")) for line, following in pairwise(bare)
    )
    return filled == len(bare) - 1 and 2 * within >= len(bare) - 1


def _starts_item(line: str) -> bool:
    lead = _LEAD.match(line)
    return lead is not None and not lead.group().isspace()


def _dots_end(text: str, start: int, end: int) -> bool:
    """An ellipsis parts sentences before a capital or a digit, or at the end of a line."""
    following = text[end : end + _REACH].lstrip(" \t" + _CLOSERS)[:1]
    return following == "" or not (following.islower() or following in ",;:)\n") or following.isdigit()


def _stop_ends(text: str, start: int, end: int) -> bool:
    mark = text[start:end].rstrip(_CLOSERS)
    following = text[end : end + 1]
    after = text[end : end + _REACH].lstrip(" \t")
    if following and not following.isspace():
        return _glued(text, start, end, mark)
    if end > start + len(mark) and after[:1].islower():
        return False  # "…?" she asked: the quotation is part of the sentence
    if mark != ".":
        return not (after[:1] in ",;)" and after != "")
    return _full_stop_ends(text, start, after)


def _full_stop_ends(text: str, start: int, after: str) -> bool:
    """Whether the single full stop at start, with white space or nothing after it, ends a sentence."""
    token = _TOKEN_BEFORE.search(text, max(0, start - 30), start)
    word = token.group() if token else ""
    first = after.lstrip(_OPENERS)[:1]
    if after[:1] == "\n" or not first:
        return not _LIST_MARK.search(text[max(0, start - 8) : start])
    if _LIST_MARK.search(text[max(0, start - 8) : start]):
        return False  # "1. Boil the water"
    if word.lower() in _ENDS_LISTS:
        return first.isupper()
    if word.lower() in _ABBREVIATIONS:
        return False
    if len(word) == 1 and word.isupper():
        return first.isupper() and _names_a_kind(text, start - 1)
    if re.fullmatch(r"(?:[A-ZĐ]\.)+[A-ZĐ]", word):
        return first.isupper()
    return after[:1] not in ",;:)"


def _names_a_kind(text: str, start: int) -> bool:
    """Whether the single capital at start tells one kind from others ("vitamin C", "kế hoạch B"), and is no initial."""
    before = _TOKEN_BEFORE.search(text, max(0, start - 30), max(0, start - 1))
    return before is not None and before.group().lower() in _OF_KINDS


def _glued(text: str, start: int, end: int, mark: str) -> bool:
    """Whether a mark with no white space after it ends a sentence: "xong.Hôm nay", but not "3.5", "v.v", "a.com" or "Node.Js"."""
    before, following = text[start - 1 : start], text[end : end + 1]
    if re.match(_EMOJI, following):
        return not (mark == "." and before.isdigit() and following.isdigit())
    if before in _CLOSERS and before:
        return mark == "." and following.isupper()  # "… cancer".Scary
    if mark != ".":
        return following.isalnum() and before.isalnum() and not _in_address(text, start)
    word = _TOKEN_BEFORE.search(text, max(0, start - 30), start)
    known = word is not None and (word.group().lower() in _ABBREVIATIONS or "." in word.group() or "@" in word.group())
    rest = re.match(r"\w+", text[end : end + _REACH])
    return (
        before.islower()
        and word is not None
        and len(word.group()) > 1
        and following.isupper()
        and not known
        and rest is not None
        and text[end + rest.end() : end + rest.end() + 1] in ("", " ", ",", "\n")
        and (" " in text[end : end + _REACH] or not rest.group().isascii())
        and not _in_address(text, start)
    )


def _in_address(text: str, place: int) -> bool:
    """Whether a place is inside a link or an e-mail address."""
    token_start = max(text.rfind(space, max(0, place - 500), place) for space in " \n\t") + 1
    token = text[token_start:place]
    return "://" in token or "www." in token or "@" in token or "/" in token


def _emoji_ends(text: str, start: int, end: int) -> bool:
    """Emojis part sentences when something that can begin one follows; a single one may also stand inside."""
    before, after = text[max(0, start - _REACH) : start].rstrip(), text[end : end + _REACH].lstrip()
    if not before or not after or not any(map(str.isalnum, before[-3:])):
        return True
    several = len(re.findall(_EMOJI, text[start:end])) > 1
    return several or after[:1].isupper() or text[end : end + 1] == "\n"
