"""Our own training pairs (training/pairs/*.txt): topics, the records that speak of them and the messages around them.

A topic is a line `= name` and lines `tag: text` below it. Tags: `vi`, `en`, ... a record in that language, its claim,
explanation or title, and verdict parted by ` | `; `x.vi`, `x.en` a sibling record (a claim of its own, near the topic; its title);
messages `m` (match), `h` (match, a post with hashtags), `t` (match, teencode), `n` (denies or turns the claim round),
`d` (another number or detail), `s` (same topic), each with its language.
"""

from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "pairs"
RELATIONS = {"m": "match", "h": "match", "t": "match", "n": "negation", "d": "number_or_detail", "s": "same_topic"}


@dataclass(frozen=True)
class Record:
    record_id: str
    language: str
    claim: str
    explanation: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Message:
    message_id: str
    language: str
    text: str
    relation: str
    style: str


@dataclass
class Topic:
    name: str
    file: str = ""
    records: list[Record] = field(default_factory=list)
    siblings: list[Record] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def read_pairs(folder: Path = FOLDER, *, held_out: bool = False) -> list[Topic]:
    """All topics to train on, files and lines in order; or those of `test_*.txt`, which are only measured."""
    topics: list[Topic] = []
    for path in sorted(folder.glob("*.txt")):
        if path.name.startswith("test_") is not held_out:
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("= "):
                name = line[2:].strip()
                if any(topic.name == name for topic in topics):
                    raise SystemExit(f"{path.name}:{number}: there is a topic {name!r} already; choose another name")
                topics.append(Topic(name, path.name))
            elif line.strip():
                tag, _, text = line.partition(":")
                if not text.strip():
                    raise SystemExit(f"{path.name}:{number}: no text after the tag: {line!r}")
                _add(topics[-1], tag.strip(), text.strip())
    return topics


def _add(topic: Topic, tag: str, text: str) -> None:
    kind, _, language = tag.partition(".")
    if not language:
        claim, explanation, verdict = (*(part.strip() for part in text.split(" | ")), "", "")[:3]
        topic.records.append(Record(f"{topic.name}/{tag}", tag, claim, explanation, verdict))
    elif kind == "x":
        claim, _, explanation = (part.strip() for part in text.partition(" | "))
        topic.siblings.append(Record(f"{topic.name}/{tag}{len(topic.siblings)}", language, claim, explanation))
    else:
        style = {"h": "post", "t": "teencode"}.get(kind, "plain")
        topic.messages.append(Message(f"{topic.name}#{len(topic.messages)}", language, text, RELATIONS[kind], style))
