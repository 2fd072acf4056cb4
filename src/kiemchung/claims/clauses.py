"""A sentence to single claims: parted only where each side stands on its own. Over-splitting is worse than a long claim."""

import re

from kiemchung.claims.split import Span, trimmed
from kiemchung.text import fold

_JOINT = re.compile(
    r"\s*;\s*(?!\))|,\s+(?=(?:và|va|còn|con|nhưng|nhung|đồng thời|dong thoi|trong khi|ngoài ra|ngoai ra|tuy nhiên|tuy nhien|and|but|while|whereas)\s)"
    r"|\s+(?=(?:còn|nhưng|nhưng mà|while|whereas)\s)",
    re.IGNORECASE,
)
#: What the writer makes of it, behind the claim: ", mà mình thấy xạo quá". It is parted off whatever its subject.
_REACTION = re.compile(
    r",\s+(?=(?:mà |ma |nhưng mà |nhung ma |nhưng |nhung |nma |chứ |chu |but |though |and )?"
    r"(?:(?:mình|minh|mk|tôi|toi|tui|em|e|t|tớ|con|cháu) (?:thì )?(?:thấy|thay|nghĩ|nghi|ko tin|k tin|không tin|khong tin|chẳng tin|chả tin|sợ|lo|đoán)"
    r"|nghe (?:ghê|sợ|xạo|vô lý|lạ|khó tin|ảo)|(?:sợ|ghê|kinh|khiếp) (?:quá|thật|thiệt|ghê)|i (?:really )?(?:think|doubt|guess|don.?t believe|can.?t believe)|sounds (?:fake|crazy|weird))\b)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:va|con|nhung ma|nhung|dong thoi|trong khi do|trong khi|ngoai ra|tuy nhien|and|but|while|whereas)\s+(?:thi\s+)?",
    re.IGNORECASE,
)
#: Words that carry a predicate. Left of the first one there must be a subject.
_PREDICATES = frozenset(
    [
        "là",
        "có",
        "bị",
        "được",
        "không",
        "chưa",
        "chữa",
        "đã",
        "sẽ",
        "đang",
        "gây",
        "giúp",
        "làm",
        "khiến",
        "tăng",
        "giảm",
        "chết",
        "phải",
        "cần",
        "nên",
        "chiếm",
        "đạt",
        "gồm",
        "is",
        "are",
        "was",
        "were",
        "has",
        "have",
        "had",
        "will",
        "would",
        "can",
        "could",
        "does",
        "did",
        "do",
        "causes",
        "cause",
        "cures",
        "cure",
        "contains",
        "contain",
        "kills",
        "kill",
        "helps",
        "help",
        "makes",
        "make",
        "made",
        "needs",
        "need",
        "takes",
        "took",
        "gives",
        "gave",
        "loses",
        "lost",
        "gained",
        "rose",
        "fell",
        "grew",
        "reached",
        "increased",
        "decreased",
    ]
)
#: Subjects that mean nothing without the clause before them.
_PRONOUNS = frozenset(
    [
        "nó",
        "họ",
        "chúng",
        "điều",
        "việc",
        "thế",
        "it",
        "they",
        "he",
        "she",
        "this",
        "that",
        "these",
        "those",
        "we",
        "i",
        "you",
        "who",
        "which",
        "mình",
        "tôi",
        "ta",
    ]
)
_FOLDED_PREDICATES = frozenset(map(fold, _PREDICATES))
_FOLDED_PRONOUNS = frozenset(map(fold, _PRONOUNS)) - {"the", "to"}
_DEPENDENT = re.compile(
    r"(?:neu|khi|vi|do|mac du|du|tuy|de|nho|boi|khong nhung|khong chi|truoc khi|sau khi|if|when|because|although|though|since|unless|"
    r"after|before|whether|either|both|not only)\b"
)
_LEAST_WORDS = 4


def split_claims(text: str, sentence: Span) -> list[Span]:
    """The single claims of a sentence of plain text, in order.

    A joint (";", ", và", "còn", "nhưng", ", and", "while" ...) parts two claims where either side has at least four words and
    a subject before its predicate, the right one is no pronoun that would be left alone, and the left one is no condition.
    What the writer makes of a claim ("..., but I doubt it") is parted off too: together they would pass for an opinion.
    """
    reaction = _REACTION.search(text, sentence.start, sentence.end)
    if reaction and _stands_alone(text[sentence.start : reaction.start()], left=True):
        claimed = split_claims(text, Span(sentence.start, reaction.start()))
        remark = trimmed(text, reaction.end(), sentence.end)
        return [*claimed, remark] if remark else claimed
    claims, start = [], sentence.start
    for joint in _JOINT.finditer(text, sentence.start, sentence.end):
        if joint.start() <= start or not _stands_alone(text[start : joint.start()], left=True):
            continue
        right = _after_link(text, joint.end(), sentence.end)
        listed = ";" in joint.group()
        if not _stands_alone(text[right : sentence.end], left=listed):
            continue
        if span := trimmed(text, start, joint.start()):
            claims.append(span)
            start = right
    if span := trimmed(text, start, sentence.end):
        claims.append(span)
    return claims


def _after_link(text: str, start: int, end: int) -> int:
    """Where the right side begins, its linking word left out."""
    words = re.compile(r"\S+\s*")
    place, folded = start, ""
    for _ in range(4):
        word = words.match(text, place, end)
        if word is None:
            break
        folded += fold(word.group())
        place = word.end()
        link = _LINK.fullmatch(folded if folded.endswith(" ") else folded + " ")
        following = words.match(text, place, end)
        longer = _LINK.fullmatch(folded + fold(following.group())) if following else None
        if link and not longer:
            return place
    return start


def _stands_alone(clause: str, *, left: bool) -> bool:
    """Whether a clause has a subject and then a predicate, and does not hang on another."""
    if clause.count('"') % 2 or clause.count("(") != clause.count(")") or clause.count("“") != clause.count("”"):
        return False
    words = re.findall(r"\w+", clause.lower())
    marked = not clause.isascii()
    if len(words) < _LEAST_WORDS or _DEPENDENT.match(fold(" ".join(words))):
        return False
    if not left and words[0] in (_PRONOUNS if marked else _FOLDED_PRONOUNS):
        return False
    predicates = _PREDICATES if marked else _FOLDED_PREDICATES
    reach = words if left else words[: _LEAST_WORDS + 3]
    verb = next((place for place, word in enumerate(reach) if word in predicates), None)
    if left:
        return verb is not None or len(words) > _LEAST_WORDS
    return verb is not None and verb > 0
