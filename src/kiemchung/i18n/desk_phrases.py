"""What the desk's pages say where something is refused."""

from kiemchung.errors import InputError, KiemchungError, NotAllowedError
from kiemchung.i18n import Words


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
