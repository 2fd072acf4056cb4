"""Pairs of message and claim, as the second model learns to read them: the same claim, one near it, or another.

A match is a message with a record of its topic; near it is a message that denies the record, differs from it or speaks of the
same thing; another are the siblings of its topic and the claims of other topics that share most of its words.
"""

import math
import zlib
from collections import Counter
from dataclasses import dataclass

from augment import dress
from read_pairs import Record, Topic

from kiemchung.embed.pairs import pair_ids
from kiemchung.embed.tokens import Tokenizer
from kiemchung.lookup.prepare import prepare
from kiemchung.text import fold

#: One topic of so many is kept away, to choose by how much the second reading counts.
HELD_OUT = 6
#: Share of the messages that are also taken dressed up, and claims of other topics for each message.
DRESSED, OTHERS = 0.25, 2


@dataclass(frozen=True)
class Pair:
    """Token ids of both texts, and which of `kiemchung.lookup.second_reading.RELATIONS` they stand in."""

    ids: tuple[int, ...]
    label: int


def is_held_out(topic_name: str) -> bool:
    return zlib.crc32(topic_name.encode()) % HELD_OUT == 1


def learned_pairs(topics: list[Topic], tokenizer: Tokenizer) -> list[Pair]:
    """All pairs of the topics that are not held out; topics and messages in their order."""
    topics = [topic for topic in topics if not is_held_out(topic.name)]
    owner = {message.message_id: topic for topic in topics for message in topic.messages}
    crowd = _Crowd([(topic.name, record) for topic in topics for record in topic.records + topic.siblings])
    found = []
    for dressed in dress(topics, seed=1, n_multi=0, share=DRESSED):
        (part,) = dressed.parts
        topic = owner[part.message_id]
        asked = prepare(dressed.text, dressed.language).text
        label = 0 if part.relation == "match" else 1
        claims = [(record.claim, label) for record in topic.records]
        claims += [(record.claim, 2) for record in topic.siblings + crowd.nearest(asked, topic.name, OTHERS)]
        message, *others = tokenizer.encode([f"query: {asked}", *(claim for claim, _ in claims)])
        found += [Pair(tuple(pair_ids(message, ids)), kind) for ids, (_, kind) in zip(others, claims, strict=True)]
    return found


class _Crowd:
    """Claims by their words, rare ones first."""

    def __init__(self, claims: list[tuple[str, Record]]) -> None:
        self._claims = claims
        self._places: dict[str, list[int]] = {}
        for place, (_, record) in enumerate(claims):
            for word in _words(record.claim):
                self._places.setdefault(word, []).append(place)

    def nearest(self, text: str, topic_name: str, n: int) -> list[Record]:
        """The n claims of other topics whose words in common with the text weigh most."""
        weights: Counter[int] = Counter()
        for word in _words(text):
            places = self._places.get(word, [])
            for place in places:
                weights[place] += math.log(len(self._claims) / len(places))  # type: ignore[assignment]
        ranked = sorted(weights, key=lambda place: (-weights[place], place))
        return [self._claims[place][1] for place in ranked if self._claims[place][0] != topic_name][:n]


def _words(text: str) -> list[str]:
    return sorted(set(fold(text).split()))
