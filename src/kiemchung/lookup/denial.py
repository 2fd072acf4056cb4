"""Words that turn a statement round or mark it as a rumour that is denied."""

import re

from kiemchung.lookup.remembered import remembered
from kiemchung.text import normalise

#: Our own lists, by language; marked forms, because folded ones would meet other words ("dau" is also "đau").
_CUES = {
    "vi": (
        r"không(?! chỉ| những| khí| gian| quân)|chẳng|chả|đâu có|làm gì có|chưa(?! biết| kể| đọc)|chứ đâu|\bđâu\b(?=[,.!]|$| nha| nhé| mà)"
        r"|sai sự thật|tin đồn|tin giả|bịa|lời đồn|hiểu lầm|thật ra|thực ra|vô hại|bác bỏ|đính chính|vẫn (?:sống|thật|còn)|không hề"
    ),
    "en": (
        r"\bnot\b|n[’']t\b|\bnever\b|\bno\b(?! wonder| more| need)|\bnobody\b|\bno one\b|\bnone\b|\bmyth\b|\bfalse\b|\bfake\b|\bhoax\b"
        r"|\bdebunk\w*|\buntrue\b|\bwithout (?:any )?(?:evidence|proof)|\binvented\b|\bharmless\b|\brumou?r\b|\bneither\b|\bnothing to\b|\binstead of\b"
    ),
    "es": r"\bno\b|\bnunca\b|\bfalso\b|\bbulo\b|\bningun\w*|\bmito\b",
    "fr": r"\bne\b|\bn['’]|\bpas\b|\bjamais\b|\bfaux\b|\baucun\w*|\bmythe\b",
    "de": r"\bnicht\b|\bkein\w*|\bnie\b|\bniemals\b|\bfalsch\b|\bmythos\b",
    "pt": r"\bnão\b|\bnunca\b|\bfalso\b|\bboato\b|\bmito\b|\bnenhum\w*",
    "id": r"\btidak\b|\bbukan\b|\bbelum\b|\bhoaks?\b|\bmitos\b|\bjangan\b",
    "zh": r"不(?!同|断|少)|没有|并非|谣言|从未",
}
#: Advice ("do not eat ...") repeats a warning; it does not deny it.
_ADVICE = {
    "vi": r"đừng|chớ|không nên|không được|tuyệt đối không|nên tránh",
    "en": r"\b(?:do not|don[’']t|never) (?=[a-z]+\b)(?!(?:cause|make|kill|have|cure|let|work|help|get|do|catch|follow|copy|hide|turn)\b)|\bplease don[’']t|\bmust not\b",
    "id": r"\bjangan\b",
}
#: Idioms that hold such a word and deny nothing: questions, "or else", "no need", "before one knows it", "not only".
_IDIOMS = {
    "vi": (
        r"(?<=\w )(?<!hoàn toàn )(?<!tuyệt đối )(?<!chắc chắn )(?:không|chưa)(?=\s*(?:[?.!…]|$)|\s+(?:mọi người|cả nhà|mấy|các|bà con|anh|chị|bạn|mn|ạ|ta|nhỉ|vậy)\b[^.!?,]*\?)"
        r"|\bhay (?:không|chưa)\b|(?:[,;.]\s*|\b(?:nếu|còn|kẻo)\s+)không (?:thì|là|coi chừng)\b"
        r"|(?:không|chẳng|chả) cần\b|\b(?:không|chẳng|chả|chưa) (?:hay biết|hay|biết|ngờ|kịp|ít|riêng|lâu|xa|tin nổi|thể tin)\b"
        r"|\bkhông (?:tiếp xúc|dây|đồng)\b|\bchứ đâu(?=\s*(?:[.,!?]|$))"
    ),
    "en": (
        r"\bnot only\b|\b(?:or|if|why) not\b|\bnot (?:to mention|sure)\b|\bno (?:idea|kidding|joke|doubt|matter|later|time|longer)\b"
        r"|n[’']t (?:believe|wait|know|forget|you|we|they)\b|\bwon[’']t let\b|\bnever again\b"
    ),
}
_PATTERNS = {language: re.compile(pattern) for language, pattern in _CUES.items()}
#: What is cut out before cues are counted.
_PATTERNS_LEFT_OUT = {
    language: re.compile("|".join(each[language] for each in (_ADVICE, _IDIOMS) if language in each))
    for language in _ADVICE
}


@remembered(4096)
def count_denials(text: str, language: str) -> int:
    """How many times a text denies something, advice and idioms left out; 0 for languages without a list."""
    pattern = _PATTERNS.get(language)
    if pattern is None:
        return 0
    text = normalise(text).casefold()
    left_out = _PATTERNS_LEFT_OUT.get(language)
    if left_out is not None:
        text = left_out.sub(" ", text)
    return len(pattern.findall(text))
