"""Text to claims: sentences with spans, language, check-worthiness. Opinions are set aside here."""

from kiemchung.claims.article import article_text, decode_text
from kiemchung.claims.checkworthy import DOUBTFUL, SentenceLabel, label_sentences, may_be_claim, may_open_request
from kiemchung.claims.clean import plain_text
from kiemchung.claims.extract import find_claims
from kiemchung.claims.language import language
from kiemchung.claims.split import Span, split_sentences

__all__ = [
    "DOUBTFUL",
    "SentenceLabel",
    "Span",
    "article_text",
    "decode_text",
    "find_claims",
    "label_sentences",
    "language",
    "may_be_claim",
    "may_open_request",
    "plain_text",
    "split_sentences",
]
