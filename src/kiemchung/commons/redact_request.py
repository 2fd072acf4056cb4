"""Cutting a third person's private data out of the claim of a request; what else it says, and its notes, stay."""

import unicodedata

from kiemchung.commons.ask_for_note import forget_cut_claims
from kiemchung.commons.opening import Commons, today
from kiemchung.commons.settings import REQUESTS_FOLDER
from kiemchung.commons.site import checked_reason
from kiemchung.errors import InputError, LookupIndexError
from kiemchung.formats.log_events import CUT, request_redacted


def redact_request(commons: Commons, request_id: str, cut: str, rule: str, reason: str) -> bool:
    """Cut every occurrence of a text out of a claim; rule and reason stay for all to see, and are counted.

    Returns:
        Whether the lookup index has forgotten the text; a running server that writes to it does so when somebody asks
        next, and when it starts.

    Raises:
        InputError: no such request, the text is not in its claim or is all of it, or as `site.checked_reason`.
    """
    reason, cut = checked_reason(rule, reason), unicodedata.normalize("NFC", cut.strip())
    request = commons.contributions.get_requests([request_id]).get(request_id)
    if request is None:
        raise InputError(f"there is no request {request_id!r}; its id is the last part of its address")
    claim = unicodedata.normalize("NFC", request.claim)
    if not cut or cut not in claim:
        raise InputError("this text is not in the claim; give it as it stands there, capital letters and marks too")
    if cut.casefold() in unicodedata.normalize("NFC", reason).casefold():
        raise InputError("the reason itself holds what is to be cut; say what kind of data it was, not the data")
    left = claim.replace(cut, CUT)
    if not any(character.isalnum() for character in left):
        raise InputError("nothing of the claim would be left; cut only the data of the third person")
    day = today(commons.clock)
    log = [request_redacted(request_id, rule, reason, day)]
    if not commons.contributions.redact_request(request, left, rule, reason, day, log):
        raise InputError("the claim has just been changed by somebody else; look at it and try again")
    if not (commons.settings.data_dir / REQUESTS_FOLDER).exists():
        return True
    try:
        forget_cut_claims(commons)
    except LookupIndexError:  # a server writes to it
        return False
    return True
