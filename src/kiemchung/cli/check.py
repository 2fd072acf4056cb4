"""`kiemchung check`: look the claims of a message up, and print what was found."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from kiemchung.cli.context import door
from kiemchung.errors import InputError

if TYPE_CHECKING:
    from kiemchung.commons.opening import Commons
    from kiemchung.i18n import Words
    from kiemchung.model import Answer, Asked, ClaimAnswer, FoundReview

_STDIN = "-"
#: A single word with one of these endings is meant as a file, so a missing one is an error and not a message.
_FILE_ENDINGS = (".txt", ".html", ".htm", ".xhtml", ".md")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph of the printed answer.

    Attributes:
        style: a rich style, for terminals only.
        is_address: never broken, so that it can be followed and copied from a narrow terminal.
    """

    text: str = ""
    indent: int = 0
    style: str = ""
    is_address: bool = False


def check_command(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            metavar="[TEXT | FILE | URL | -]",
            help="A message, a text or HTML file, an address; - or nothing reads standard input.",
        ),
    ] = _STDIN,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document, as POST /api/v1/check gives it.")
    ] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Print every statement of a long text.")] = False,
    language: Annotated[
        str | None, typer.Option("--language", help="Language of the words: vi or en; by default the terminal's.")
    ] = None,
) -> None:
    """Look every claim of fact in a message up among the published checks.

    Opinions and questions are marked and left alone. What you check is not kept and not logged.

    Exit codes: 0 answered, whatever was found; 2 the input cannot be checked; 3 the address cannot be read;
    4 the database or index cannot be read; 5 something is not installed.

    Example: kiemchung check "Uống nước chanh nóng chữa khỏi ung thư."
    """
    from kiemchung.commons.check import (  # these load pydantic and the rooms, which --help can do without
        check,
        find_all,
    )
    from kiemchung.i18n import open_words, terminal_language
    from kiemchung.i18n.documents import answer_document

    with door(context).commons(quick=True, language=language) as commons:
        words = open_words(commons.settings.language or terminal_language())
        answer = check(commons, read_source(commons, source), find_all)
    if as_json:
        typer.echo(json.dumps(answer_document(answer, words), ensure_ascii=False, indent=2))
    else:
        show(list(answer_lines(answer, words, show_all=show_all)))


def read_source(commons: "Commons", source: str) -> str:
    """The text that an argument means: standard input, the article at an address, a file's text, or itself.

    Raises:
        InputError: no such file, a folder, or not text.
        FetchError: the address is refused or cannot be read.
    """
    from kiemchung.commons.check import read_document, read_page, web_address  # see check_command

    if source == _STDIN:
        return read_document(_bounded(sys.stdin.buffer, "standard input", commons.settings.fetch_max_bytes))
    address = web_address(source)
    if address:
        return read_page(commons, address)
    path = _meant_file(source)
    if path is None:
        return source
    try:
        with path.open("rb") as file:
            return read_document(_bounded(file, str(path), commons.settings.fetch_max_bytes))
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror}); give a text or HTML file, or the text itself", where=str(path)
        ) from error


def _bounded(file: IO[bytes], name: str, max_bytes: int) -> bytes:
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise InputError(f"more than {max_bytes:,} bytes (fetch_max_bytes); give a part of it", where=name)
    return content


def _meant_file(source: str) -> Path | None:
    if len(source) > 1_000 or "\n" in source or "\0" in source:
        return None
    if not source.strip():
        return None  # an empty name means this folder
    path = Path(source)
    try:
        is_there = path.exists()
    except OSError:  # a message longer than a file name may be
        return None
    is_name = len(source.split()) == 1 and source.lower().endswith(_FILE_ENDINGS)
    return path if is_there or is_name else None


def answer_lines(answer: "Answer", words: "Words", *, show_all: bool = False) -> Iterator[Line]:
    """The answer as paragraphs; of a long one the claims most worth checking, the rest counted."""
    from kiemchung.commons.check import fold_long
    from kiemchung.i18n.phrases import searched_phrase, summary_phrase

    folding = fold_long(answer)
    yield Line(summary_phrase(words, answer), style="bold")
    yield Line()
    in_order = sorted((*folding.shown, *folding.rest, *folding.aside))
    shown = in_order if show_all or not folding.rest else folding.shown
    for number, i in enumerate(shown, 1):
        yield from _claim_lines(answer, answer.claims[i], words, number)
        yield Line()
    if len(shown) < len(in_order):
        yield from _folded_lines(words, len(folding.rest), len(folding.aside))
        yield Line()
    yield Line(searched_phrase(words, answer), style="dim")


def _folded_lines(words: "Words", n_rest: int, n_aside: int) -> Iterator[Line]:
    rest = words.count("%(n)s further claim, less worth checking", "%(n)s further claims, less worth checking", n_rest)
    aside = words.count(
        "%(n)s statement set aside: opinions, questions and the like are not rated",
        "%(n)s statements set aside: opinions, questions and the like are not rated",
        n_aside,
    )
    yield Line(words.say("Not printed here: %(rest)s; %(aside)s. --all prints them.", rest=rest, aside=aside))


def _claim_lines(answer: "Answer", each: "ClaimAnswer", words: "Words", number: int) -> Iterator[Line]:
    from kiemchung.i18n.documents import claim_result
    from kiemchung.i18n.phrases import disagreement_phrase, label_phrase, nothing_phrase, result_phrase
    from kiemchung.model import ClaimLabel

    result = claim_result(each)
    quoted = f"{number}. “{quiet(each.claim.text)}”"
    if result == "not_looked_up":
        yield Line(quoted, style="dim")
        is_claim = each.claim.label is ClaimLabel.CHECKABLE  # left out of a long text
        yield Line(result_phrase(words, result) if is_claim else label_phrase(words, each.claim.label), 3, "dim")
        return
    yield Line(quoted, style="bold")
    yield Line(nothing_phrase(words, answer) if result == "nothing_found" else result_phrase(words, result), 3)
    if each.disagree:
        yield Line(disagreement_phrase(words), 3, "bold")
        yield Line("   |   ".join(_verdict(found, words) for found in each.found if found.match.decision == "match"), 3)
    for found in each.found:
        yield from _review_lines(found, words)
    if each.asked:
        yield from _asked_lines(each.asked, words)


def _asked_lines(asked: "Asked", words: "Words") -> Iterator[Line]:
    """Notes of the community, told apart from published checks: they give no verdict."""
    for note in asked.shown:
        draft = note.draft
        if draft is None:
            continue
        yield Line(f"◦ {words.say('Note from the community · both sides found it helpful')}", 3, "bold")
        yield Line(f"“{quiet(draft.text)}”", 5)
        for source in draft.sources:
            yield Line(f"{words.say('Source:')} {quiet(source.title)} {quiet(source.url)}".replace("  ", " "), 5, "dim")
    if asked.shown:
        yield Line(words.say("Written and rated by people with codenames; it is no verdict."), 5)
    else:
        yield Line(words.say("People ask about this claim; no note is shown yet."), 3)
    if asked.n_waiting:
        yield Line(words.count("%(n)s note waits for ratings.", "%(n)s notes wait for ratings.", asked.n_waiting), 3)


def _verdict(found: "FoundReview", words: "Words") -> str:
    review = found.stored.review
    publisher = quiet(review.publisher) or review.publisher_site
    if not review.verdict:
        return words.say("%(publisher)s gives no verdict in a word.", publisher=publisher)
    return f"{words.say('%(publisher)s says:', publisher=publisher)} “{quiet(review.verdict)}”"


def _review_lines(found: "FoundReview", words: "Words") -> Iterator[Line]:
    from kiemchung.i18n.phrases import decision_phrase, reasons_phrase

    review = found.stored.review
    yield Line(f"• {_verdict(found, words)}", 3, "bold" if found.match.decision == "match" else "")
    yield Line(f"{words.say('on the claim')} “{quiet(review.claim)}”", 5)
    facts = (
        review.publisher_site,
        words.date(review.published) or words.say("no date given"),
        words.language_name(review.language),
    )
    yield Line(" · ".join(quiet(fact) for fact in facts if fact), 5, "dim")
    yield Line(quiet(review.url), 5, "dim", is_address=True)
    why = reasons_phrase(words, found.match.reasons)
    decision = decision_phrase(words, found.match.decision)
    yield Line(f"{decision}: {quiet(why)}" if why else decision, 5)


def quiet(text: str) -> str:
    """A quote without line breaks and without characters that move a terminal's cursor or turn its direction."""
    kept = "".join(" " if unicodedata.category(c) == "Cc" else c for c in text if c not in _BIDI)
    return re.sub(r"\s+", " ", kept).strip()


def show(lines: list[Line]) -> None:
    """Print to standard output: wrapped and emphasised on a terminal, one paragraph a line elsewhere."""
    if not sys.stdout.isatty():
        typer.echo("\n".join(" " * line.indent + line.text for line in lines))
        return
    from rich.console import Console  # only terminals need it
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        if line.is_address:
            console.print(" " * line.indent, Text(line.text, line.style), sep="", soft_wrap=True)
        else:
            indented = Padding(Text(line.text, line.style), (0, 0, 0, line.indent), expand=False)
            console.print(indented if line.text else "")
