"""Messages in the dress they travel in: posts with a signature, forwarded chains, typing without marks. Deterministic."""

import random
from dataclasses import dataclass

from read_pairs import Message, Topic

from kiemchung.text import fold

FIRST = "Lena Omar Tuva Rico Amma Jonas Priya Wendel Hana Idris Marta Felix Noor Silas Greta Kofi Yara Anton Bela Mina".split()
LAST = "Marsh Okoro Lindqvist Duarte Vance Petrov Amari Holt Sato Reyes Brandt Mensah Koval Ashby Nguyen Ferro".split()
MONTHS = "January February March April May June July August September October November December".split()
OPENINGS = [
    "", "", "", "WOW.", "Wait, what?", "So this is going around:", "Please read!", "Can anyone confirm?", "I can't even.",
    "Just in:", "My mom sent me this.", "This is insane", "BREAKING:", "Everyone needs to see this.", "Ok so apparently",
    "Interesting...", "Unbelievable!", "Not sure what to think.", "RT if you agree!", "Hmm.",
]  # fmt: skip
CLOSINGS = [
    "", "", "", "Share before they delete it!", "pic.twitter.com/{id}", "https://t.co/{id}", "#news", "#viral #mustread",
    "Thoughts?", "pic.twitter.com/{id}", "smh", "What a world.", "#FYI https://t.co/{id}", "Pass it on.", "Let that sink in.",
    "Good morning to everyone by the way", "No words.", "Stay safe friends!", "I will never look at it the same way again",
]  # fmt: skip
VI_OPENINGS = [
    "", "[Chuyển tiếp]", "🔴 KHẨN CẤP!!!", "Mọi người ơi đọc kỹ nhé!!!", "CẢNH BÁO:", "Nghe bạn mình làm ở bệnh viện nói:",
    "Tin nóng ‼️", "Bà con chú ý 📢", "Vừa nhận được tin này,", "Ai chưa biết thì đọc nha:", "Cả nhà ơi,", "Nóng!!!",
    "Chia sẻ gấp:", "Mẹo hay cho mọi nhà 👇", "Đọc mà giật mình 😱", "Hôm nay mới biết:", "Không biết thật không nữa,",
]  # fmt: skip
VI_CLOSINGS = [
    "", "Chia sẻ cho người thân để cùng biết 🙏", "Gửi ngay cho bạn bè!!!", "Ai đọc được thì chuyển liền giùm.",
    "Share mạnh lên cả nhà 👍👍", "Mình thử rồi, đúng thật 100%.", "Đừng giữ cho riêng mình nha.", "Xem clip: https://bit.ly/{id}",
    "Tích phước cho con cháu 🙏🙏🙏", "Nhớ lưu lại nhé 💪", "Nguồn: nhóm cư dân", "Thật không mọi người?", "Sợ quá 😢",
]  # fmt: skip


@dataclass(frozen=True)
class Dressed:
    """A message as sent: its text, the messages it is made of, its style."""

    text: str
    language: str
    style: str
    parts: tuple[Message, ...]


def dress(topics: list[Topic], seed: int, n_multi: int, share: float = 1.0) -> list[Dressed]:
    """Every message as it stands and once or twice dressed up, and n_multi messages made of two or three.

    Of those that are dressed up only a share is kept, drawn by itself: the rest is the same for every share.
    """
    kept = random.Random(seed)
    rng = random.Random(seed)
    found: list[Dressed] = []
    for topic in topics:
        for message in topic.messages:
            found.append(Dressed(message.text, message.language, message.style, (message,)))
            if message.language == "en":
                found.append(Dressed(_post(_with_filler(message, topics, rng), rng), "en", "post", (message,)))
            elif message.language == "vi":
                found.append(Dressed(_unmarked(message.text, rng), "vi", "no_diacritics", (message,)))
                if message.relation == "match" and rng.random() < 0.6:
                    found.append(Dressed(_chain(_with_filler(message, topics, rng), rng), "vi", "chain", (message,)))
    found = [each for each in found if each.text == each.parts[0].text or share == 1 or kept.random() < share]
    return found + [_multi(topics, rng) for _ in range(n_multi)]


def _multi(topics: list[Topic], rng: random.Random) -> Dressed:
    language = rng.choice(["vi", "vi", "en"])
    spoken = [topic for topic in topics if any(m.language == language for m in topic.messages)]
    parts = []
    for topic in rng.sample(spoken, rng.choice([2, 2, 3])):
        relation = rng.choice(["match", "match", "match", "negation", "same_topic", "number_or_detail"])
        known = [m for m in topic.messages if m.language == language]
        parts.append(rng.choice([m for m in known if m.relation == relation] or known))
    glue = rng.choice([" ", " ", "\n", " Với lại " if language == "vi" else " Also, "])
    text = glue.join(part.text for part in parts)
    if language == "vi" and rng.random() < 0.25:
        return Dressed(_unmarked(text, rng), language, "no_diacritics", tuple(parts))
    if rng.random() < 0.4:
        return Dressed(_chain(text, rng) if language == "vi" else _post(text, rng), language, "chain", tuple(parts))
    return Dressed(text, language, "multi", tuple(parts))


def _with_filler(message: Message, topics: list[Topic], rng: random.Random) -> str:
    """The message, half of the time beside an unrelated remark: real posts speak of more than the claim."""
    if rng.random() < 0.5:
        return message.text
    others = [
        m.text for m in rng.choice(topics).messages if m.language == message.language and m.relation == "same_topic"
    ]
    parts = [message.text, rng.choice(others)] if others else [message.text]
    rng.shuffle(parts)
    return " ".join(part if part[-1:] in ".!?" else f"{part}." for part in parts)


def _post(text: str, rng: random.Random) -> str:
    opening, closing = rng.choice(OPENINGS), rng.choice(CLOSINGS).format(id=_identifier(rng))
    text = f"{opening} {text} {closing}".strip()
    first, last = rng.choice(FIRST), rng.choice(LAST)
    handle = rng.choice([f"{first}{last}", f"{first.lower()}_{last.lower()}", f"{last}{rng.randint(1, 99)}"])
    day = f"{rng.choice(MONTHS)} {rng.randint(1, 28)}, {rng.randint(2009, 2025)}"
    return f"{text} — {first} {last} (@{handle}) {day}" if rng.random() < 0.7 else text


def _chain(text: str, rng: random.Random) -> str:
    return f"{rng.choice(VI_OPENINGS)} {text} {rng.choice(VI_CLOSINGS).format(id=_identifier(rng))}".strip()


def _unmarked(text: str, rng: random.Random) -> str:
    """Typed without marks; capitals mostly survive at the start only."""
    folded = "".join(fold(c) if c.islower() else fold(c).upper() for c in text)
    return folded if rng.random() < 0.5 else folded.lower()


def _identifier(rng: random.Random) -> str:
    return "".join(rng.choice("abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789") for _ in range(10))
