"""Words for notes: statuses and why, classifications, reasons of ratings, problems and hints of drafts, refusals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kiemchung.commons.explain_note import Evidence, Explanation, Lack
from kiemchung.errors import InputError, KiemchungError, NotAllowedError
from kiemchung.i18n import Words
from kiemchung.i18n.phrases import error_phrase
from kiemchung.model import Level, Note, NoteState, NoteStatus

if TYPE_CHECKING:
    from kiemchung.notes.draft import Problem


def say(sentence: str) -> str:
    """Marks a sentence of a table for the catalogues."""
    return sentence


STATUS: Mapping[NoteStatus | None, str] = {
    NoteStatus.SHOWN: say("Shown: both sides found it helpful"),
    NoteStatus.NEEDS_RATINGS: say("Needs more ratings"),
    NoteStatus.NOT_SHOWN: say("Not shown: both sides found it not helpful"),
    None: say("Needs more ratings"),
}
SHORT_STATUS: Mapping[NoteStatus | None, str] = {
    NoteStatus.SHOWN: say("Shown"),
    NoteStatus.NEEDS_RATINGS: say("Needs ratings"),
    NoteStatus.NOT_SHOWN: say("Not shown"),
    None: say("Not scored yet"),
}
STATE: Mapping[NoteState, str] = {
    NoteState.WITHDRAWN: say("Withdrawn by its writer"),
    NoteState.REDACTED: say("Removed: it held somebody's private data"),
}
LEVEL: Mapping[Level, str] = {
    Level.HELPFUL: say("Helpful"),
    Level.SOMEWHAT: say("Somewhat helpful"),
    Level.NOT: say("Not helpful"),
}
MISLEADING: Mapping[str, str] = {
    "factual_error": say("It says something that is not so"),
    "manipulated_media": say("Its picture, sound or video was altered"),
    "outdated": say("It was so once, and is not any more"),
    "missing_context": say("It leaves out something important"),
    "unverified_as_fact": say("It states as certain what nobody has verified"),
    "satire_taken_as_fact": say("It is satire that some take for fact"),
    "other": say("Something else"),
}
NOT_MISLEADING: Mapping[str, str] = {
    "factually_correct": say("It is right"),
    "outdated_but_not_when_written": say("It was right when it was written"),
    "clearly_satire": say("It is clearly satire"),
    "other": say("Something else"),
}
HELPFUL: Mapping[str, str] = {
    "clear": say("Clear and easy to understand"),
    "good_sources": say("Good sources"),
    "addresses_claim": say("Speaks to the claim itself"),
    "important_context": say("Gives important context"),
    "unbiased_language": say("Neutral words"),
    "informative": say("I learnt something from it"),
    "unique_context": say("Says what I found nowhere else"),
    "empathetic": say("Written with respect"),
    "other": say("Another reason"),
}
NOT_HELPFUL: Mapping[str, str] = {
    "incorrect": say("Something in it is wrong"),
    "sources_missing_or_unreliable": say("Sources are missing or not reliable"),
    "irrelevant_sources": say("The sources do not support it"),
    "missing_key_points": say("Leaves out key points"),
    "opinion_speculation": say("Opinion or speculation"),
    "opinion_speculation_or_bias": say("Speculation or bias"),
    "argumentative_or_biased": say("Picks a fight, or takes sides"),
    "hard_to_understand": say("Hard to understand"),
    "off_topic": say("Not about this claim"),
    "outdated": say("Out of date"),
    "note_not_needed": say("No note is needed here"),
    "spam_harassment_or_abuse": say("Spam or abuse"),
    "other": say("Another reason"),
}
CUT: Mapping[str, str] = {
    "email": say("e-mail address"),
    "profile": say("link to a profile"),
    "handle": say("user name"),
    "id_number": say("ID number"),
    "bank_account": say("account number"),
    "plate": say("number plate"),
    "phone": say("phone number"),
    "address": say("street address"),
}
RULES: Mapping[str, str] = {
    "contact": say("contact data"),
    "address": say("a street address"),
    "id_number": say("an ID number"),
    "health": say("somebody's health"),
}
_PROBLEMS: Mapping[str, str] = {
    "text_too_short": say("Write a little more: at least %(a)s characters."),
    "text_too_long": say("It has %(b)s characters; %(a)s fit. Shorter is easier to read."),
    "no_verdict": say("Choose a verdict of the desk's scale."),
    "not_plain_text": say("There are characters here that cannot be shown. Type the text again."),
    "contact_data": say(
        "This looks like private data (%(kinds)s). Please take it out; nobody's data belongs in a note."
    ),
    "own_codename": say("Words of your codename stand here. Take them out, or anybody could log in as you."),
    "no_reason": say("Choose at least one of these."),
    "unknown_reason": say("Choose from these."),
    "no_source": say("Add at least one source, so that readers can see for themselves."),
    "too_many_sources": say("At most %(a)s sources fit; keep the strongest."),
    "bad_link": say("The link should begin with https:// and lead to a page."),
    "link_too_long": say("The link is longer than %(a)s characters; find a shorter one."),
    "no_quote": say("Quote the sentence of that page that the note rests on."),
    "quote_too_long": say("The quote is longer than %(a)s characters; one or two sentences are enough."),
    "bad_date": say("The date could not be read; write it as 2025-12-31."),
    "date_ahead": say("This date has not come yet."),
}
_HINTS: Mapping[str, str] = {
    "shouting": say("Capital letters are read as shouting; small ones convince more."),
    "link_in_text": say("The link can go below, among the sources; there it is shown with its title and date."),
    "no_number_quoted": say("Numbers (%(kinds)s) convince when the quoted sentence holds them too."),
    "one_source": say("A second, independent source makes a note much stronger."),
    "no_date": say("If the page has a date, add it: readers want to know how old it is."),
}
_REFUSALS: Mapping[str, str] = {
    "budget": say("One codename can do this %(a)s times a day. Come back tomorrow."),
    "effort_wait": say("Please wait %(a)s more seconds, then press the button again."),
    "effort_expired": say("This form has expired. Here is a fresh one."),
    "effort_sent": say("This form was sent already. Here is a fresh one."),
    "effort_many": say("Many forms are being sent just now. Try again in a minute."),
    "closed": say("Notes are not open yet: the operator still has to say who runs this site and how."),
    "paused": say("The operator has paused this site. Reading goes on; requests, notes and ratings will be back."),
    "not_earned": say(
        "Writing is earned by rating: your ratings have an impact of %(a)s, and writing opens at %(b)s."
        " Each rating that a decided note bears out adds one."
    ),
    "opinion": say(
        "This reads like an opinion, a prediction, a question or a joke. No source can settle those, so nobody rates"
        " them here. If there is a claim of fact in it, write just that."
    ),
    "own_note": say("This note is yours; others rate it."),
    "locked": say("This note takes no ratings any more: it is locked, withdrawn or gone."),
    "not_yours": say("Only the writer of a note can do this."),
    "rated": say("Somebody has rated this note already, so it stays as it is. You can withdraw it and write another."),
    "bad_form": say("This form does not belong to your session. Open the page anew and send it again."),
    "no_session": say("Log in with your codename first."),
}
_BAD_CLAIMS: Mapping[str, str] = {
    "no_claim": say("There is no claim here yet. Write the one sentence that should be looked into."),
    "long_claim": say("This is too long for one claim. Keep the one sentence that should be looked into."),
    "several_claims": say("There are several claims here. Ask about one at a time."),
    "own_codename": say("Words of your codename stand here. Take them out, or anybody could log in as you."),
    "bad_days": say("A pause lasts from 1 to 365 days."),
}


def status_phrase(words: Words, note: Note) -> str:
    """What a note is, in a few words: its status, or what became of it."""
    if note.state is not NoteState.OPEN:
        return words.say(STATE[note.state])
    return words.say(STATUS[note.score.status if note.score else None])


def lost_phrase(words: Words, note: Note) -> str:
    """What became of a note that was shown once."""
    score = note.score.status if note.score else None
    now = words.say(SHORT_STATUS[score]) if note.state is NoteState.OPEN else status_phrase(words, note)
    return words.say("This note was shown. Now: %(status)s.", status=now)


def short_status(words: Words, status: NoteStatus | None) -> str:
    """A status in one or two words, for lists."""
    return words.say(SHORT_STATUS[status])


def why_phrases(words: Words, told: Explanation) -> list[str]:
    """Why a note has its status, in sentences."""
    match told.status:
        case NoteStatus.SHOWN:
            return [
                words.say("People who usually disagree with each other both found this note helpful."),
                words.say("It is shown with every answer about this claim."),
            ]
        case NoteStatus.NOT_SHOWN:
            return [
                words.say("People who usually disagree with each other both found this note not helpful."),
                words.say("It is not shown with answers; here it stays readable."),
            ]
        case None:
            return [words.say("The next scoring run will look at it. Until then it needs ratings, from anybody.")]
        case _:
            return [
                words.say(
                    "A note is shown once people who usually disagree with each other both find it helpful."
                    " That is not so yet, which says nothing against it."
                )
            ]


def lack_phrase(words: Words, lack: Lack, sides: int) -> str:
    """One thing that a note lacks; `sides` says on how many of the two sides."""
    match lack.code:
        case "two_sides":
            return words.say(
                "The raters of this site do not stand on two sides yet. Without two sides nobody can agree across them,"
                " so no note is shown."
            )
        case "first_ratings":
            return words.say("at least %(n)s ratings in all", n=lack.count)
        case "ratings":
            return words.count("%(n)s more rating", "%(n)s more ratings", lack.count)
        case "ratings_one_side":
            return (
                words.count(
                    "up to %(n)s more rating from either side", "up to %(n)s more ratings from either side", lack.count
                )
                if sides > 1
                else words.count(
                    "%(n)s more rating from one of the two sides",
                    "%(n)s more ratings from one of the two sides",
                    lack.count,
                )
            )
        case "helpful_one_side":
            return (
                words.count(
                    "up to %(n)s more rater of either side who finds it helpful",
                    "up to %(n)s more raters of either side who find it helpful",
                    lack.count,
                )
                if sides > 1
                else words.count(
                    "%(n)s more rater of one of the two sides who finds it helpful",
                    "%(n)s more raters of one of the two sides who find it helpful",
                    lack.count,
                )
            )
        case "sure_one_side":
            return (
                words.say("more agreement on both sides: so far it could still be chance")
                if sides > 1
                else words.say("more agreement on one of the two sides: so far it could still be chance")
            )
        case _:
            return words.say(
                "Notes that agree with a claim stand on this page only; answers show notes that correct it."
            )


def evidence_phrase(words: Words, evidence: Evidence, percent: int) -> str:
    """What one bar of the picture says."""
    if evidence.helpful:
        return words.say("%(percent)s%% sure that most find it helpful", percent=percent)
    return words.say("%(percent)s%% sure that most find it not helpful", percent=percent)


def ratings_phrase(words: Words, told: Explanation) -> str:
    """How many ratings there are, rounded."""
    if told.n_ratings_at_least == 0:
        return words.say("fewer than 5 ratings")
    return words.say("at least %(n)s ratings", n=words.number(told.n_ratings_at_least))


def classification_phrase(words: Words, *, misleading: bool) -> str:
    """What a note says of its claim, above it."""
    return words.say("Says what is wrong or missing") if misleading else words.say("Says that the claim is right")


def claim_reason(words: Words, code: str, *, misleading: bool) -> str:
    """A reason of a note's classification."""
    return words.say((MISLEADING if misleading else NOT_MISLEADING).get(code, code))


def problem_phrase(words: Words, problem: "Problem") -> str:
    """What a draft still needs, beside its field."""
    return _filled(words, _PROBLEMS, problem)


def hint_phrase(words: Words, problem: "Problem") -> str:
    """What may make a draft clearer."""
    return _filled(words, _HINTS, problem)


def _filled(words: Words, table: Mapping[str, str], problem: "Problem") -> str:
    if problem.code not in table:
        return problem.code
    values = (*problem.values, "", "")
    kinds = ", ".join(words.say(CUT[value]) if value in CUT else value for value in problem.values)
    return words.say(table[problem.code], a=values[0], b=values[1], kinds=kinds)


def refusal_phrase(words: Words, error: KiemchungError) -> str:
    """Why something is not possible now, and what would do."""
    if isinstance(error, NotAllowedError) and error.reason in _REFUSALS:
        values = (*error.values, "", "")
        return words.say(_REFUSALS[error.reason], a=values[0], b=values[1])
    if isinstance(error, InputError) and error.reason in _BAD_CLAIMS:
        return words.say(_BAD_CLAIMS[error.reason])
    return error_phrase(words, error)


def closed_phrase(words: Words, why: str) -> str:
    """Why the site takes no contributions; `closed` or `paused`."""
    return words.say(_REFUSALS[why])
