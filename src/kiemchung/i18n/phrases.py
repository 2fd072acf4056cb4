"""The sentences that the command line, the page and the API share: labels, decisions, reasons, what was searched."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from kiemchung.commons.check import MAX_CHARACTERS, has_match
from kiemchung.errors import FetchError, InputError, KiemchungError
from kiemchung.i18n import Words
from kiemchung.model import Answer, ClaimLabel, Decision, Reason

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def label_phrase(words: Words, label: ClaimLabel) -> str:
    """What a statement is, and what that means for the lookup."""
    match label:
        case ClaimLabel.OPINION:
            return words.say("Opinion: not rated")
        case ClaimLabel.QUESTION:
            return words.say("Question: not rated")
        case ClaimLabel.OTHER:
            return words.say("Not a claim of fact")
        case _:
            return words.say("Claim of fact")


def decision_phrase(words: Words, decision: Decision) -> str:
    """`match` and `related` in words."""
    if decision is Decision.MATCH:
        return words.say("Same claim")
    return words.say("Related, but another claim")


def reason_phrase(words: Words, reason: Reason) -> str:
    """Why a check was matched or is only related; the code itself for one that is not known here."""
    listed = ", ".join(reason.values)
    match reason.code:
        case "same_words":
            return words.say("nearly the same words")
        case "same_meaning":
            return words.say("same meaning")
        case "same_numbers":
            return words.say("same numbers: %(listed)s", listed=listed) if listed else words.say("same numbers")
        case "same_names":
            return words.say("same names: %(listed)s", listed=listed) if listed else words.say("same names")
        case "other_language":
            return _other_language(words, reason.values)
        case "number_differs":
            return _differing(words, words.say("the numbers differ"), reason.values)
        case "name_differs":
            return _differing(words, words.say("the names differ"), reason.values)
        case "negation_differs":
            return words.say("one says the opposite of the other")
        case "more_specific":
            return words.say("one of the two says more than the other")
        case "less_certain":
            return words.say("not alike enough to count as the same claim")
        case _:
            return reason.code


def _other_language(words: Words, tags: tuple[str, ...]) -> str:
    """The check's language is the last of the tags: (message, check) or (check,)."""
    name = words.language_name(tags[-1]) if tags else ""
    return words.say("written in %(name)s", name=name) if name else words.say("written in another language")


def _differing(words: Words, sentence: str, values: tuple[str, ...]) -> str:
    shown = [value for value in values if value]
    if len(shown) == 2:
        return words.say(
            "%(differing)s: %(ours)s here, %(theirs)s in the check", differing=sentence, ours=shown[0], theirs=shown[1]
        )
    return f"{sentence} ({', '.join(shown)})" if shown else sentence


def searched_phrase(words: Words, answer: Answer) -> str:
    """How many checks of how many publishers were searched, and how new they are."""
    checks = words.count("%(n)s published check", "%(n)s published checks", answer.n_reviews)
    publishers = words.count("%(n)s publisher", "%(n)s publishers", answer.n_publishers)
    if not answer.as_of:
        return words.say("Searched: %(checks)s from %(publishers)s", checks=checks, publishers=publishers)
    return words.say(
        "Searched: %(checks)s from %(publishers)s, as of %(day)s",
        checks=checks, publishers=publishers, day=words.date(answer.as_of),
    )  # fmt: skip


def nothing_phrase(words: Words, answer: Answer) -> str:
    """What it means that nothing was found."""
    if answer.n_reviews == 0:
        return words.say("No published checks have been imported yet, so nothing could be looked up.")
    checks = words.count("%(n)s check", "%(n)s checks", answer.n_reviews)
    publishers = words.count("%(n)s publisher", "%(n)s publishers", answer.n_publishers)
    return words.say(
        "Nothing found in %(checks)s from %(publishers)s as of %(day)s; that does not mean it is true.",
        checks=checks, publishers=publishers, day=words.date(answer.as_of) or "?",
    )  # fmt: skip


def disagreement_phrase(words: Words) -> str:
    """Said above checks whose verdicts are not the same."""
    return words.say("The checkers disagree. Read them side by side.")


def error_phrase(words: Words, error: KiemchungError) -> str:
    """An error in words, with what would do; the error's own English line for one that is not known here."""
    reason = error.reason if isinstance(error, InputError | FetchError) else ""
    match error.code, reason:
        case "bad_input", "empty":
            return words.say("There is no text. Paste the message that you want to check.")
        case "bad_input", "too_long":
            return words.say(
                "The text is too long: at most %(limit)s characters are checked at once. Paste a part of it.",
                limit=words.number(MAX_CHARACTERS),
            )
        case "bad_input", "not_text":
            return words.say("This looks like a binary file, not a text. Paste the text itself.")
        case "bad_input", "bad_encoding":
            return words.say("The text is not readable as UTF-8. Copy it again, or send it as UTF-8.")
        case "bad_input", _:
            return words.say("No readable text was found. Paste the text itself.")
        case "fetch_failed", "refused":
            return words.say("This address is not read: only public http and https pages are.")
        case "fetch_failed", _:
            return words.say("The page at this address could not be read. Paste its text instead.")
        case (("store_failed" | "index_failed" | "missing_part"), _):
            return words.say(
                "The published checks cannot be searched just now. The operator can see why with kiemchung doctor."
            )
        case "busy", _:
            return f"{status_phrase(words, 503)} {status_advice(words, 503)}"
        case _:
            return str(error)


def reasons_phrase(words: Words, reasons: Sequence[Reason]) -> str:
    """All reasons in one line."""
    return "; ".join(reason_phrase(words, reason) for reason in reasons)


def result_phrase(words: Words, result: str) -> str:
    """What was found for a claim, above it; `result` as in the JSON document."""
    match result:
        case "match":
            return words.say("Checked")
        case "related":
            return words.say("Only something similar was checked")
        case "nothing_found":
            return words.say("No check found")
        case _:
            return words.say("Not looked up")


def summary_phrase(words: Words, answer: Answer) -> str:
    """How many claims the message makes, and for how many a check of the same claim was found."""
    rated = [each for each in answer.claims if each.claim.label is ClaimLabel.CHECKABLE]
    if not answer.claims:
        return words.say("No sentence was found in this text.")
    if not rated:
        nothing = words.say("No claim of fact was found in this text, so there was nothing to look up.")
        return f"{nothing} {_advice_to_who_asks(words)}" if _asks(answer) else nothing
    claims = words.count("%(n)s claim of fact", "%(n)s claims of fact", len(rated))
    matched = sum(has_match(each) for each in rated)
    if len(rated) == 1:
        found = words.say("it has been checked") if matched else words.say("no check of it was found")
    elif matched == len(rated):
        found = words.say("all of them have been checked")
    elif matched:
        found = words.count("%(n)s of them has been checked", "%(n)s of them have been checked", matched)
    else:
        found = words.say("no check of any of them was found")
    return words.say("%(claims)s; %(found)s.", claims=claims, found=found)


def _asks(answer: Answer) -> bool:
    return any(each.claim.label is ClaimLabel.QUESTION for each in answer.claims)


def _advice_to_who_asks(words: Words) -> str:
    return words.say(
        "To look up what a question asks, write it as a statement: “honey never spoils”, not “does honey spoil?”."
    )


def left_out_phrase(words: Words, answer: Answer) -> str:
    """That claims of a long text were not looked up, and what to do; empty where none was left out."""
    left_out = sum(each.claim.label is ClaimLabel.CHECKABLE and not each.looked_up for each in answer.claims)
    if not left_out:
        return ""
    claims = words.count("%(n)s claim, less worth checking, was", "%(n)s claims, less worth checking, were", left_out)
    return words.say(
        "The text is long: %(claims)s not looked up. Check one by itself to have it looked up.", claims=claims
    )


def searched_line(words: Words, searched: Mapping[str, Any]) -> str:
    """The foot of each page, from the store's summary."""
    return searched_phrase(words, Answer((), searched["n_reviews"], searched["n_publishers"], searched["as_of"]))


def status_phrase(words: Words, status: int) -> str:
    """The heading of an error page."""
    match status:
        case 404:
            return words.say("There is no such page.")
        case 413:
            return words.say("That was too much at once.")
        case 503:
            return words.say("Too many people are asking right now.")
        case _ if status >= 500:
            return words.say("Something went wrong here.")
        case _:
            return words.say("This request could not be read.")


def status_advice(words: Words, status: int) -> str:
    """What would do, on an error page."""
    match status:
        case 413:
            return words.say("Paste a part of the text.")
        case 503:
            return words.say("Try again in a few seconds.")
        case _ if status >= 500:
            return words.say("What you sent has not been kept. Try again, or paste another part of the text.")
        case _:
            return words.say("Start again from the start page.")


def html_language(tag: str) -> str:
    """The `lang` attribute of a quote; empty, which means unknown, for "und"."""
    return tag if _LANGUAGE_TAG.fullmatch(tag) and tag != "und" else ""


def is_web_address(url: str) -> bool:
    """May this stand in a link? Imported checks could say `javascript:`."""
    return url.startswith(("https://", "http://"))


def site_of(url: str) -> str:
    """The host of an address, without `www.`; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
