"""The answer as one JSON document, the same from `kiemchung check --json` and `POST /api/v1/check`."""

from typing import Any

from kiemchung.commons.check import has_match
from kiemchung.i18n import Words
from kiemchung.i18n.note_documents import note_text
from kiemchung.i18n.phrases import left_out_phrase, nothing_phrase, reason_phrase
from kiemchung.model import Answer, Asked, ClaimAnswer, ClaimLabel, FoundReview


def answer_document(answer: Answer, words: Words) -> dict[str, Any]:
    """The answer with its reasons in words, as plain values; docs/api.md describes the fields."""
    claims = [_claim(each, words) for each in answer.claims]
    results = [each["result"] for each in claims]
    rated = [each for each in answer.claims if each.claim.label is ClaimLabel.CHECKABLE]
    return {
        "language": words.language,
        "claims": claims,
        "summary": {
            "n_statements": len(claims),
            "n_claims": len(rated),
            "n_matched": results.count("match"),
            "n_related": results.count("related"),
            "n_nothing_found": results.count("nothing_found"),
            "n_left_out": sum(not each.looked_up for each in rated),
            "n_opinions": sum(each.claim.label is ClaimLabel.OPINION for each in answer.claims),
            "n_questions": sum(each.claim.label is ClaimLabel.QUESTION for each in answer.claims),
        },
        "searched": {"n_reviews": answer.n_reviews, "n_publishers": answer.n_publishers, "as_of": answer.as_of},
        "notice": nothing_phrase(words, answer) if "nothing_found" in results else None,
        "left_out": left_out_phrase(words, answer) or None,
    }


def claim_result(each: ClaimAnswer) -> str:
    """`match`, `related`, `nothing_found`; `not_looked_up` for no claim of fact, or one left out of a long text."""
    if each.claim.label is not ClaimLabel.CHECKABLE or not each.looked_up:
        return "not_looked_up"
    if not each.found:
        return "nothing_found"
    return "match" if has_match(each) else "related"


def _claim(each: ClaimAnswer, words: Words) -> dict[str, Any]:
    claim = each.claim
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "language": claim.language,
        "label": claim.label.value,
        "label_confidence": round(claim.confidence, 4),
        "checkworthiness": round(claim.checkworthiness, 4),
        "result": claim_result(each),
        "checkers_disagree": each.disagree,
        "reviews": [_review(found, words) for found in each.found],
        "asked": _asked(each.asked, words) if each.asked else None,
    }


def _asked(asked: Asked, words: Words) -> dict[str, Any]:
    return {
        "request_id": asked.request.request_id,
        "claim": asked.request.claim,
        "language": asked.request.language,
        "day": asked.request.day,
        "n_asked": asked.request.n_asked,
        "n_waiting": asked.n_waiting,
        "shown": [note_text(note, words) for note in asked.shown],
    }


def _review(found: FoundReview, words: Words) -> dict[str, Any]:
    review = found.stored.review
    return {
        "review_id": found.stored.review_id,
        "decision": found.match.decision.value,
        "match_score": round(found.match.match_score, 4),
        "reasons": [
            {"code": reason.code, "values": list(reason.values), "sentence": reason_phrase(words, reason)}
            for reason in found.match.reasons
        ],
        "claim": review.claim,
        "verdict": review.verdict,
        "title": review.title,
        "url": review.url,
        "publisher": review.publisher,
        "publisher_site": review.publisher_site,
        "published": review.published,
        "language": review.language,
        "licences": sorted({origin.licence for origin in found.stored.origins if origin.licence}),
    }
