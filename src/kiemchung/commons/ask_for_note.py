"""Asking for a note on a claim for which nothing was found: redacted, joined with equal claims, never an opinion."""

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiemchung.commons.opening import Commons, today
from kiemchung.commons.sessions import Session
from kiemchung.commons.settings import REQUESTS_FOLDER
from kiemchung.commons.site import require_open
from kiemchung.commons.taking_part import TakingPart, spend
from kiemchung.errors import InputError, NotAllowedError
from kiemchung.formats import log_events
from kiemchung.model import Claim, ClaimLabel, Decision, Request
from kiemchung.notes.codename import appears_in
from kiemchung.notes.eligibility import Action
from kiemchung.notes.redact import redact

if TYPE_CHECKING:
    from kiemchung.lookup.index import Document

#: Longest claim that a request takes, in characters; longer ones are not a single claim.
MAX_CLAIM = 500
#: In the meta data of the index: how many cuts it knows.
_N_CUTS = "n_cuts"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be stored, to be shown before it is sent.

    Attributes:
        claim: with contact data cut out.
        cut: kinds of contact data that were cut (notes.redact).
        joins: the open request that asks about the same claim, or None.
    """

    claim: str
    language: str
    cut: tuple[str, ...]
    joins: Request | None


def propose(commons: Commons, text: str) -> Proposal:
    """What a request about this claim would hold.

    Raises:
        InputError: empty, too long, or more than one statement.
        NotAllowedError: no claim of fact (reason `opinion`): opinions, questions and predictions get no note (G20).
    """
    if not text.strip():
        raise InputError("there is no claim; choose one of the message", reason="no_claim")
    if len(text) > MAX_CLAIM:
        raise InputError(
            f"the claim has {len(text)} characters; at most {MAX_CLAIM} make a single claim", reason="long_claim"
        )
    redacted = redact(" ".join(text.split()))
    claim = claim_of(commons, redacted.text)
    return Proposal(
        redacted.text, claim.language, redacted.kinds, _equal_request(commons, redacted.text, claim.language)
    )


def ask(
    commons: Commons,
    taking_part: TakingPart,
    text: str,
    *,
    session: Session | None = None,
    proof: str = "",
    ticket: str = "",
) -> str:
    """Open a request, or join the one about the same claim; its public id.

    With a codename the wish counts in the queue and spends its budget; without one a little effort stands for it.

    Raises:
        InputError, NotAllowedError: as `propose`; the site is closed, or effort or budget is missing.
    """
    require_open(commons)
    refuse_own_codename(session, text)
    proposal = propose(commons, text)
    if session is None:
        taking_part.effort.accept(proof, ticket, commons.clock.now_ms())
    else:
        spend(commons, taking_part, session, Action.REQUEST)
    with taking_part.asking:
        forget_cut_claims(commons)
        request = _equal_request(commons, proposal.claim, proposal.language) or _open_request(commons, proposal)
    if session is not None:
        commons.contributions.ask(request.request_id, session.keys.ask_key(request.request_id))
    return request.request_id


def refuse_own_codename(session: Session | None, text: str) -> None:
    """Whoever asks must not give away the words that open their account (G16).

    Raises:
        InputError: they stand in the text (reason `own_codename`).
    """
    if session is not None and appears_in(session.codename, text):
        raise InputError("the codename stands in the claim; take it out", reason="own_codename")


def forget_cut_claims(commons: Commons) -> None:
    """Index what is left of claims that were cut since; the old texts are not found any more.

    Raises:
        LookupIndexError: another process writes to the index.
    """
    cut = commons.contributions.request_redactions()
    if not cut:
        return
    index = commons.requests_index
    index.refresh()
    if index.meta.get(_N_CUTS, 0) != len(cut):
        held = commons.contributions.get_requests(sorted({each.request_id for each in cut}))
        index.upsert(map(_document, held.values()))
        index.meta[_N_CUTS] = len(cut)
        index.commit()


def index_requests(commons: Commons) -> int:
    """Bring the index of requests up to the store when a server starts; how many were missing.

    An index in whose files texts lie that are not in it any more is made anew.
    """
    forget_cut_claims(commons)
    if commons.requests_index.n_buried:
        commons.requests_index.close()
        del vars(commons)["requests_index"]
        shutil.rmtree(commons.settings.data_dir / REQUESTS_FOLDER)
        commons.requests_index.meta[_N_CUTS] = len(commons.contributions.request_redactions())
    index = commons.requests_index
    known = set(index.doc_ids())
    missing = [request for request in commons.contributions.iter_requests() if request.request_id not in known]
    if missing:
        _index(commons, missing)
    return len(missing)


def claim_of(commons: Commons, text: str) -> Claim:
    """The one claim of fact that a text makes.

    Raises:
        NotAllowedError: it makes none (reason `opinion`).
        InputError: it makes several.
    """
    from kiemchung.claims import find_claims, may_open_request  # numpy loads here

    claims = find_claims(text, commons.embedder)
    rated = [claim for claim in claims if may_open_request(claim)]
    if not rated:
        raise NotAllowedError("opinion", "this is no claim of fact that sources could settle; such get no note")
    if sum(claim.label is ClaimLabel.CHECKABLE for claim in claims) > 1:
        raise InputError("these are several claims; ask about one at a time", reason="several_claims")
    return rated[0]


def _equal_request(commons: Commons, text: str, language: str) -> Request | None:
    from kiemchung.lookup.lookup import Query, look_up  # tantivy and NumPy load here

    index = commons.requests_index
    if not len(index):
        return None
    (matches,) = look_up(index, [Query(text, language)], limit=1)
    same = [match.doc_id for match in matches if match.decision is Decision.MATCH]
    return commons.contributions.get_requests(same).get(same[0]) if same else None


def _open_request(commons: Commons, proposal: Proposal) -> Request:
    request = Request(secrets.token_hex(8), proposal.claim, proposal.language, today(commons.clock), 0)
    commons.contributions.put_request(request, [log_events.request_opened(request)])
    _index(commons, [request])
    return request


def _index(commons: Commons, requests: Sequence[Request]) -> None:
    index = commons.requests_index
    index.upsert(map(_document, requests))
    index.commit()


def _document(request: Request) -> "Document":
    from kiemchung.lookup.index import Document  # tantivy and NumPy load here

    return Document(request.request_id, request.claim, "", request.language)
