"""How well labels are told: F1 of each, their mean, the confusion table."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kiemchung.model import ClaimLabel


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Figures over labelled sentences.

    Attributes:
        f1: by label, 0 to 1; labels that neither the data nor the answers have are left out.
        macro_f1: the plain mean of `f1`.
        confusion: how many sentences of the first label were called the second.
        opinions_called_checkable: share of the opinions; None without any.
    """

    n_sentences: int
    f1: dict[ClaimLabel, float]
    macro_f1: float
    confusion: dict[tuple[ClaimLabel, ClaimLabel], int]
    opinions_called_checkable: float | None


def measure_labels(true: Sequence[ClaimLabel], told: Sequence[ClaimLabel]) -> LabelFigures:
    """Compare the labels told with the true ones, pair by pair."""
    confusion = Counter(zip(true, told, strict=True))
    n_true, n_told = Counter(true), Counter(told)
    f1 = {
        label: 2 * confusion[label, label] / (n_true[label] + n_told[label])
        for label in ClaimLabel
        if n_true[label] + n_told[label]
    }
    opinions = n_true[ClaimLabel.OPINION]
    return LabelFigures(
        n_sentences=len(true),
        f1=f1,
        macro_f1=sum(f1.values()) / len(f1) if f1 else 0.0,
        confusion=dict(confusion),
        opinions_called_checkable=confusion[ClaimLabel.OPINION, ClaimLabel.CHECKABLE] / opinions if opinions else None,
    )
