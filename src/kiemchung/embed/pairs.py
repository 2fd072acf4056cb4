"""A message and a claim in one sequence, as the second model reads them (`PairReader`)."""

from collections.abc import Sequence

#: Tokens of either text that are read, marks among them; what a message goes on with is seldom of the claim.
MESSAGE_TOKENS, CLAIM_TOKENS = 40, 28


def pair_ids(message: Sequence[int], claim: Sequence[int]) -> list[int]:
    """`<s> message </s> </s> claim </s>`, each cut to its length.

    Args:
        message, claim: token ids with start and end marks.
    """
    end = message[-1]
    return [*message[:-1][: MESSAGE_TOKENS - 1], end, end, *claim[1:-1][: CLAIM_TOKENS - 1], end]
