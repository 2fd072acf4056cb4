"""A message to its claims, each with its place in the message as it was handed in."""

import re

from kiemchung.claims.chain import banner_length, is_boilerplate, tags_start, telling_length
from kiemchung.claims.checkworthy import SentenceLabel, label_sentences
from kiemchung.claims.clauses import split_claims
from kiemchung.claims.clean import clean
from kiemchung.claims.language import UNSURE, language
from kiemchung.claims.split import Span, plain_sentences, trimmed
from kiemchung.model import Claim, ClaimLabel
from kiemchung.ports import Embedder

#: Statements of one message that the embedding helps to label: an article of 3,000 words has some 200. Beyond, words
#: and cues choose which; see `label_sentences`.
MAX_EMBEDDED = 240
#: Quotations of one message that are labelled apart from what they stand in.
_MAX_QUOTED = 20
#: What is handed on in quotation marks behind a colon, to the end of the sentence.
_QUOTED = re.compile(r":\s*[\"“«„](?P<said>[^\"“”«»„]{20,})[\"”»“][.!]*$")

_QUESTION_MARKS = ("?", "؟", "？")

#: Where a statement stands in the plain text, and its language as its sentence has it.
_Piece = tuple[Span, str]


def find_claims(message: str, embedder: Embedder | None = None) -> list[Claim]:
    """Every statement of a message in order, labelled; only the checkable ones are to be looked up.

    Banners and authors before a sentence ("TIN NÓNG:", "RT @name:") and tags behind it are left out of its span;
    calls to share stay, as `other`.

    Args:
        message: as received; spans count its code points.
        embedder: see `label_sentences`.
    """
    cleaned = clean(message)
    pieces: list[_Piece] = []
    for sentence in plain_sentences(cleaned.text):
        tag = language(cleaned.text[sentence.start : sentence.end])
        pieces += [(claim, tag) for claim in _single_claims(cleaned.text, sentence)]
    claims = []
    for (span, tag), labelled in _with_quotations(cleaned.text, _labelled(cleaned.text, pieces, embedder), embedder):
        start, end = cleaned.span(span.start, span.end)
        own = language(cleaned.text[span.start : span.end])
        claims.append(Claim(message[start:end], start, end, tag if own == UNSURE else own, *labelled))
    return claims


def _labelled(text: str, pieces: list[_Piece], embedder: Embedder | None) -> list[tuple[_Piece, SentenceLabel]]:
    texts = [text[span.start : span.end] for span, _ in pieces]
    return list(zip(pieces, label_sentences(texts, embedder, most_embedded=MAX_EMBEDDED), strict=True))


def _with_quotations(
    text: str, told: list[tuple[_Piece, SentenceLabel]], embedder: Embedder | None
) -> list[tuple[_Piece, SentenceLabel]]:
    """The statements, those set aside parted where they hand on a claim: 'What made me laugh: "Lemons cure cancer"'."""
    quoted: dict[int, _Piece] = {}
    for i, ((span, tag), labelled) in enumerate(told):
        found = None if labelled.label is ClaimLabel.CHECKABLE else _QUOTED.search(text, span.start, span.end)
        if found and len(quoted) < _MAX_QUOTED and (said := trimmed(text, *found.span("said"))):
            quoted[i] = said, tag
    apart = dict(zip(quoted, _labelled(text, list(quoted.values()), embedder), strict=True))
    result = []
    for i, (piece, labelled) in enumerate(told):
        if i in apart and apart[i][1].label is ClaimLabel.CHECKABLE:
            frame = trimmed(text, piece[0].start, apart[i][0][0].start - 1)
            result += [((frame, piece[1]), labelled)] if frame else []
            result.append(apart[i])
        else:
            result.append((piece, labelled))
    return result


def _single_claims(text: str, sentence: Span) -> list[Span]:
    words = text[sentence.start : sentence.end]
    if is_boilerplate(words):
        return [sentence]
    start, end = sentence.start + banner_length(words), sentence.start + tags_start(words)
    sentence = trimmed(text, start, end) or sentence
    words = text[sentence.start : sentence.end]
    if not words.rstrip("!").endswith(_QUESTION_MARKS):
        return split_claims(text, sentence)
    told = telling_length(words)
    bare = sentence.start + len(words.rstrip("".join(_QUESTION_MARKS) + "!"))
    return split_claims(text, Span(sentence.start + told, bare)) if told else [sentence]
