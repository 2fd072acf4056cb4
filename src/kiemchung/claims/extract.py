"""A message to its claims, each with its place in the message as it was handed in."""

from kiemchung.claims.chain import banner_length, is_boilerplate
from kiemchung.claims.checkworthy import label_sentences
from kiemchung.claims.clauses import split_claims
from kiemchung.claims.clean import clean
from kiemchung.claims.language import UNSURE, language
from kiemchung.claims.split import Span, plain_sentences, trimmed
from kiemchung.model import Claim
from kiemchung.ports import Embedder

#: Statements of one message that the embedding helps to label: an article of 3,000 words has some 200. Beyond, words
#: and cues choose which; see `label_sentences`.
MAX_EMBEDDED = 240


def find_claims(message: str, embedder: Embedder | None = None) -> list[Claim]:
    """Every statement of a message in order, labelled; only the checkable ones are to be looked up.

    Banners before a sentence ("TIN NÓNG:") are left out of its span; calls to share stay, as `other`.

    Args:
        message: as received; spans count its code points.
        embedder: see `label_sentences`.
    """
    cleaned = clean(message)
    pieces: list[tuple[Span, str]] = []
    for sentence in plain_sentences(cleaned.text):
        tag = language(cleaned.text[sentence.start : sentence.end])
        pieces += [(claim, tag) for claim in _single_claims(cleaned.text, sentence)]
    texts = [cleaned.text[span.start : span.end] for span, _ in pieces]
    labels = label_sentences(texts, embedder, most_embedded=MAX_EMBEDDED)
    claims = []
    for (span, tag), text, labelled in zip(pieces, texts, labels, strict=True):
        start, end = cleaned.span(span.start, span.end)
        own = language(text)
        claims.append(Claim(message[start:end], start, end, tag if own == UNSURE else own, *labelled))
    return claims


def _single_claims(text: str, sentence: Span) -> list[Span]:
    words = text[sentence.start : sentence.end]
    if is_boilerplate(words):
        return [sentence]
    sentence = trimmed(text, sentence.start + banner_length(words), sentence.end) or sentence
    return [sentence] if words.endswith(("?", "؟", "？")) else split_claims(text, sentence)
