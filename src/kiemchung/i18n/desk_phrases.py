"""What the desk's pages say where something is refused."""

from kiemchung.errors import InputError, KiemchungError, NotAllowedError
from kiemchung.i18n import Words


def say(sentence: str) -> str:
    """Marks a sentence for the catalogues; it is looked up when a page is made."""
    return sentence


#: The tables of an export, by name.
TABLES = {
    "checks": say("Published fact-checks, each in its newest version"),
    "check_versions": say("Older versions of the checks"),
    "requests": say("Claims for which a note was asked"),
    "notes": say("Community notes with their status"),
    "sources": say("What notes and the desk's own checks rest on"),
    "statuses": say("Every change of a note's status"),
    "aggregates": say("Ratings as counts with a floor"),
    "scoring_runs": say("Scoring runs with the roots of what went in and what came out"),
    "corrections": say("Corrections of, and replies to, the desk's own checks"),
}


def refusal(words: Words, error: KiemchungError) -> str:
    """A refusal in words, with what would do."""
    match error.reason if isinstance(error, InputError | NotAllowedError) else "":
        case "opinion":
            return words.say(
                "This is no claim of fact that sources could settle. Opinions and predictions get no check."
            )
        case "own_note":
            return words.say("You wrote this text, so another member must look at it before it is published.")
        case "locked":
            return words.say("The text has changed, or is not handed in. Look at it again.")
        case "no_site_url":
            return words.say("The operator has to set the site's public address (site_url) first.")
        case "other_claim":
            return words.say("A correction keeps the claim. For another claim write another check.")
        case _:
            return words.say("These are several claims, or none. Write one claim of fact in one sentence.")
