"""Whole pipelines as values: which preprocessing, which scorers, which delay."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiemchung.scoring.history import DelayConfig
from kiemchung.scoring.preprocess import PreprocessConfig
from kiemchung.scoring.scorers import (
    GAUSSIAN,
    GAUSSIAN_CORE_WITH_TOPICS,
    GROUPS,
    INDIAN_TOPIC,
    MULTI_GROUP_1,
    WIDE,
    ScorerConfig,
    topic_gaussian,
    topic_scorer,
)
from kiemchung.scoring.topics import TOPICS


@dataclass(frozen=True, slots=True)
class PipelineConfig:
    """One way to turn ratings into statuses.

    Attributes:
        name: of the preset.
        scorers: in the order in which the meta-scorer hears them.
        delay: how long newly helpful notes wait; None to show them at once.
        explanation: whether a status needs two reasons that raters gave.
        not_included: parts of the public pipeline that this one leaves out on purpose, with the reason.
    """

    name: str
    scorers: tuple[ScorerConfig, ...]
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    delay: DelayConfig | None = field(default_factory=DelayConfig)
    explanation: bool = True
    not_included: tuple[tuple[str, str], ...] = ()


COMMUNITYNOTES = PipelineConfig(
    name="communitynotes",
    scorers=(
        *WIDE,
        MULTI_GROUP_1,
        *GROUPS,
        GAUSSIAN,
        GAUSSIAN_CORE_WITH_TOPICS,
        *(topic_scorer(k, topic.name) for k, topic in enumerate(TOPICS)),
        *(topic_gaussian(k, topic.name) for k, topic in enumerate(TOPICS) if topic.name == INDIAN_TOPIC),
    ),
    not_included=(
        ("pflip and pcrh", "learnt from past statuses; they change when a note is shown, not whether"),
        ("reputation scorer", "it has no vote in any note's status, and its loss and penalties are not described"),
    ),
)
