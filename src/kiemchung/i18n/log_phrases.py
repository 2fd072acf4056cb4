"""Why a status changed, as the page of the public log says it."""

from collections.abc import Mapping

from kiemchung.i18n import Words


def say(sentence: str) -> str:
    """Marks a sentence for the catalogues; it is looked up when a page is made."""
    return sentence


#: By the id of the rule, without its version.
_WHY: Mapping[str, str] = {
    "CommunityHelpfulToBothSides": say(
        "Raters of both sides found it helpful, and most raters of either side very likely would."
    ),
    "CommunityNotHelpfulToBothSides": say(
        "Raters of both sides found it not helpful, and most raters of either side very likely would not."
    ),
    "CommunityStaysHelpful": say(
        "It is a little less certain than at first that both sides find it helpful, but not by enough to take it away."
    ),
    "CommunityInitialNMR": say(
        "It is not clear, or no longer clear, what both sides think of it; more ratings would tell."
    ),
}


def why_changed(words: Words, rule: str) -> str:
    """The sentence of a rule as it stands in log entries, `Id (v1.0)`; empty where we know none."""
    sentence = _WHY.get(rule.partition(" (")[0])
    return words.say(sentence) if sentence else ""
