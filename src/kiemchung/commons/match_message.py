"""A message to its statements and the published checks found for each: claims and lookup together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kiemchung.claims import DOUBTFUL, find_claims, may_be_claim
from kiemchung.claims.language import language
from kiemchung.commons.one_message import message_embedder
from kiemchung.lookup.index import LookupIndex
from kiemchung.lookup.lookup import Query, Scored, look_up, look_up_with_candidates
from kiemchung.lookup.prepare import prepare
from kiemchung.model import Claim, ClaimLabel, Decision, Match
from kiemchung.ports import Embedder

#: Different claims of one text that are looked up: what bounds the work that a pasted text can cause. An article of
#: 3,000 words makes some 100 to 200; whoever reads one looks at a dozen.
MAX_LOOKED_UP = 60
#: Score of a match that makes a claim of what looks like an opinion or a question with more confidence than `DOUBTFUL`
#: (docs/decisions/0062).
_SURE_ANSWER = 0.8

#: A statement with what was found for it; None for a claim that was left out of a long text.
Found = tuple[Claim, list[Match] | None]


def match_message(
    message: str, index: LookupIndex, embedder: Embedder, *, limit: int = 5, most: int | None = MAX_LOOKED_UP
) -> list[Found]:
    """The statements of a message in order, the checkable ones with their matches, best first.

    Of a long text the `most` claims that are most worth checking are looked up, each wording once.

    The message as a whole is looked up too, because a claim may be spread over sentences; what only it finds is given
    to the claim that comes closest, unless some were left out. Opinions that are not quite sure, and where a message
    has no claim also orders and advertising ("fill this in and get two tickets"), count as checkable if a published
    check answers them. Others get nothing.
    """
    ahead = [prepare(message, language(message)).whole]  # a guess: the sentences may have another language together
    once = message_embedder(embedder, ahead)
    claims = find_claims(message, once)
    rated = [i for i, claim in enumerate(claims) if claim.label is ClaimLabel.CHECKABLE]
    if not rated:
        return _match_doubtful(claims, index, once, limit, most)
    doubtful = [i for i, claim in enumerate(claims) if claim.label is not ClaimLabel.OTHER and may_be_claim(claim)]
    asked = _most_worth_checking(claims, rated, doubtful, most)
    queries = [Query(claims[same[0]].text, claims[same[0]].language, message) for same in asked]
    queries.append(Query(message, _common_language(claims), message))
    *found, (whole, of_whole) = look_up_with_candidates(index, queries, once, limit=4 * limit)
    answers = {i: answer for same, answer in zip(asked, found, strict=True) for i in same}
    by_claim = {i: {match.doc_id: match for match in matches} for i, (matches, _) in answers.items()}
    left_out = set(rated) - by_claim.keys()
    claims = _without_the_unanswered(claims, by_claim)
    candidates = {i: answers[i][1] for i in by_claim}
    for match in whole:
        # what only the whole of a text finds of which a part was not looked up, that part may say
        if not left_out or any(match.doc_id in matches for matches in by_claim.values()):
            _give(match, of_whole.row_of(match.doc_id), claims, by_claim, candidates)
    return [
        (claim, None if i in left_out else _best(by_claim.get(i, {}).values(), limit)) for i, claim in enumerate(claims)
    ]


def _most_worth_checking(
    claims: Sequence[Claim], rated: Sequence[int], doubtful: Sequence[int], most: int | None
) -> list[list[int]]:
    """Which claims are looked up, as indices, claims of one wording together; doubtful ones after all others."""
    ranked = sorted(rated, key=lambda i: (-claims[i].checkworthiness, i))
    ranked += sorted(doubtful, key=lambda i: (claims[i].confidence, i))
    wordings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i in ranked:
        wordings[claims[i].text, claims[i].language].append(i)
    return sorted(sorted(same) for same in list(wordings.values())[:most])


def _without_the_unanswered(claims: list[Claim], by_claim: dict[int, dict[str, Match]]) -> list[Claim]:
    """The claims, doubtful ones that a published check answers among them; others lose what was found for them."""
    told = list(claims)
    for i, claim in enumerate(claims):
        if i not in by_claim or claim.label is ClaimLabel.CHECKABLE:
            continue
        if any(_answers(match, claim) for match in by_claim[i].values()):
            told[i] = replace(claim, label=ClaimLabel.CHECKABLE)
        else:
            del by_claim[i]
    return told


def _match_doubtful(
    claims: list[Claim], index: LookupIndex, embedder: Embedder, limit: int, most: int | None
) -> list[Found]:
    """Only what a published check says as well makes an order, an advertisement or a doubtful opinion a claim."""
    asked = _most_worth_checking(claims, [], [i for i, claim in enumerate(claims) if may_be_claim(claim)], most)
    queries = [Query(claims[same[0]].text, claims[same[0]].language) for same in asked]
    found = look_up(index, queries, embedder, limit=limit)
    matched = {
        i: [match for match in matches if _answers(match, claims[i])]
        for same, matches in zip(asked, found, strict=True)
        for i in same
    }
    return [
        (replace(claim, label=ClaimLabel.CHECKABLE) if matched.get(i) else claim, matched.get(i, []))
        for i, claim in enumerate(claims)
    ]


def _answers(match: Match, claim: Claim) -> bool:
    """Whether a check says so surely what a statement says that the statement is a claim, whatever its label."""
    set_aside = claim.label in (ClaimLabel.OPINION, ClaimLabel.QUESTION) and claim.confidence >= DOUBTFUL
    return match.decision is Decision.MATCH and match.match_score >= (_SURE_ANSWER if set_aside else 0)


def message_matches(message: str, index: LookupIndex, embedder: Embedder, *, limit: int = 10) -> list[Match]:
    """Every check that some claim of a message matches or is near, each once with its best decision."""
    best: dict[str, Match] = {}
    for _, matches in match_message(message, index, embedder, limit=limit):
        for match in matches or ():
            known = best.get(match.doc_id)
            if known is None or _order(match) < _order(known):
                best[match.doc_id] = match
    return sorted(best.values(), key=_order)


def _give(
    match: Match,
    row: int,
    claims: Sequence[Claim],
    by_claim: dict[int, dict[str, Match]],
    candidates: Mapping[int, Scored],
) -> None:
    """Put what the whole message finds to the claim that has this check highest, be it below what is shown.

    A claim that has it already knows the reasons better; only a match is more than the claim alone can tell.
    """
    holders = [i for i, matches in by_claim.items() if match.doc_id in matches]
    if holders:
        holder = max(holders, key=lambda i: by_claim[i][match.doc_id].match_score)
        known = by_claim[holder][match.doc_id]
        if match.decision is Decision.MATCH and known.decision is not Decision.MATCH and _may_lift(known):
            by_claim[holder][match.doc_id] = match
        return
    holder = max(by_claim, key=lambda i: (candidates[i].score_of(row), claims[i].checkworthiness))
    by_claim[holder][match.doc_id] = match


def _may_lift(known: Match) -> bool:
    """A claim that denies or gives another number stays related, however well the message fits."""
    return not {reason.code for reason in known.reasons} & {"negation_differs", "number_differs"}


def _best(matches: Iterable[Match], limit: int) -> list[Match]:
    return sorted(matches, key=_order)[:limit]


def _order(match: Match) -> tuple[bool, float, str]:
    return match.decision is not Decision.MATCH, -match.match_score, match.doc_id


def _common_language(claims: Sequence[Claim]) -> str:
    letters: dict[str, int] = {}
    for claim in claims:
        if claim.language != "und":
            letters[claim.language] = letters.get(claim.language, 0) + len(claim.text)
    return max(letters, key=lambda language: letters[language]) if letters else "und"
