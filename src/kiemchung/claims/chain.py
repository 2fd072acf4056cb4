"""What forwarding adds to a message: banners, calls to share, signatures. It claims nothing and is left out of claims."""

import re
import unicodedata

#: Each matches folded text (lower case, no marks), so that typing without marks is caught too.
_BANNER = (
    r"(?:(?:fwd?|fw|re|tb|tt)(?=\s*:)|forwarded(?: many times| as received| message)*|(?:chuyen tiep|tin nhan chuyen tiep|duoc chuyen tiep)(?: nhieu lan)?"
    r"|(?:da )?chuyen tiep tu[^:\n]{0,30}:|tin (?:cuc |sieu |rat )?(?:nong|khan|hot|gap|quan trong|dac biet)|(?:cuc |sieu )?(?:nong|hot|khan|gap)(?=\s*[!:])"
    r"|khan cap|(?:khan|gap) lam|canh bao(?: khan(?: cap)?| moi(?: nhat)?| do)?(?=\s*[!:])|thong bao(?: khan| quan trong)?(?=\s*[!:])"
    r"|nong hoi|moi nhan(?: duoc)?(?=\s*[!:])|copy tu[^:\n]{0,20}:|sao chep(?=\s*[!:])"
    r"|breaking(?: news)?|urgent|important(?: notice| message)?(?=\s*[!:])|warning(?=\s*[!:])|alert(?=\s*[!:])|attention(?=\s*[!:])|must read|please read|just in(?=\s*[!:]))"
)
#: Who wrote a passed-on message, as programs put it before the words: "RT @name:", "[10:32, 3/8/2025] Name:". Nobody's name
#: belongs in a claim.
_TIME, _DAY, _NAME = (
    r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?",
    r"\d{1,2}/\d{1,2}(?:/\d{2,4})?",
    r"[^\s:]+(?: [^\s:]+){0,3}",
)
_AUTHOR = (
    rf"(?:rt @\w{{1,30}}(?=\s*:)|(?:{_TIME}(?:,? {_DAY})?|{_DAY},? {_TIME})\] {_NAME}(?=:)|{_DAY}, {_TIME} - {_NAME}(?=:)"
    r"|(?:subject|tieu de|chu de)(?=\s*:))"
)
#: The head of a mail, line by line; tags alone.
_HEAD = r"(?:(?:from|sent|cc|bcc|date|nguoi gui|ngay gui)\s*:[^.!?\n]{0,80}|#\w+(?:\s+#\w+)*)"
_SHARE = (
    r"(?:(?:hay |vui long |xin |xin hay |lam on |mn |moi nguoi |cac ban |ai doc duoc |doc xong |nho |mong (?:moi nguoi|ca nha|mn) )*"
    r"(?:chia se|share|sharing|lan toa|chuyen tiep|phat tan|gui (?:cho|toi|den|ngay|di))(?: (?:ngay|gap|manh|lien|di|giup|rong rai|nhanh|dum|cho|toi|den|moi|tat ca|ca|nguoi|nha|ban|be|"
    r"ban be|nguoi than|gia dinh|biet|cung|cac|thong tin|tin|nay|bai|viet|hoi|nhom|nhung|minh|de|nhe|nha|nhen|a|voi|ma|tranh|phong|it nhat|10|20|15|5|ban oi|luon|yeu|thuong|quy|than|dong|"
    r"huong|hang xom|con chau|cha me|bo me))*"
    r"|(?:please |pls |plz |kindly |do )*(?:share|forward|fwd|pass|send|spread|copy and paste|repost|retweet)(?: (?:this|it|to|with|on|the|word|message|post|all|your|everyone|everybody|family|families|"
    r"friends|and|loved|ones|as|many|people|you|can|possible|groups?|contacts|know|at|least|10|now|widely|immediately|care|about|please|before|they|delete|in))*)"
)
_COURTESY = (
    r"(?:(?:em |con |chau )?(?:xin )?(?:chao|kinh chao|alo|a lo)(?: (?:ca nha|moi nguoi|mn|cac ban|buoi sang|anh chi|em|ban|cac bac|ca nhom|cac chi em))*"
    r"|(?:em |minh )?(?:xin )?(?:cam on|cam on|thanks|thank you|tks|many thanks)(?: (?:moi nguoi|ca nha|mn|ban|cac ban|nhieu|da doc|nhe|a|so much|for reading|everyone|all))*"
    r"|(?:hi|hello|hey|dear|good morning|good evening)(?: (?:all|everyone|everybody|guys|friends|folks|team))*|(?:tran trong|than men|best regards|kind regards|regards|amen|nguon\s*:?\s*(?:suu tam|tong hop|internet)|st|suu tam))"
)
#: A banner or call to share is short; the bound also keeps the pattern from long work on hostile text.
_LONGEST = 160
_EDGE = r"[\s!.:,;*\-–—>~|_#\[\]()\"'“”/]*"
_PREFIX = re.compile(rf"{_EDGE}(?:{_BANNER}|{_AUTHOR})(?![^\W_])[\s]*[!:\]\-–—|.*>]+[\s!:\]\-–—|.*>]*")
_WHOLE = re.compile(rf"{_HEAD}|{_EDGE}(?:(?:{_BANNER}|{_SHARE}|{_COURTESY})(?![^\W_]){_EDGE})+")
_TAGS = re.compile(r"(?:(?<=[.!?…])\s*#\w+|\s+#\w+(?=\s+#))(?:\s+#\w+)*\s*")
#: "Did you know that ...?" tells, it does not ask; followed by a question word, or ending in "không?", it asks.
_TELLING = re.compile(
    r"(?:(?:omg|oh|wow|hey|so|and|but|fun fact|oi|alo|nay|e|u)[\s,:!]+)*"
    r"(?:did (?:you|u|ya)(?: guys| all)? know|do (?:you|u|ya)(?: guys| all)? know that"
    r"|(?:(?:cac |moi )?(?:ban|nguoi|me|anh chi|bac)|mn|ca nha)(?: da| co)* biet)[,:\s]+(?:that |rang |la )*"
    r"(?!(?:wh(?:o|y|at|ere|en|ich|ose|ether)|how|if|any\w*|some\w*|vi sao|tai sao|sao|ai|gi|cai gi|dieu gi|chuyen gi|dau|o dau|bao|khi nao|cach"
    r"|lam|the nao|may|nguoi nao|noi nao|cho nao|cau|bai|nguyen nhan|ly do)\b)(?=\S+\s+\S+\s+\S)"
)
_ASKING = re.compile(
    r"\b(?:không|khong|chưa|chua|ko|k|kh|hông|hok|hk|hem|đúng|dung|phải|phai|right|correct|true)[\s?!.]*$",
    re.IGNORECASE,
)


def is_boilerplate(text: str) -> bool:
    """Whether a sentence says nothing but "forwarded", "urgent", "share now", a greeting, thanks, a signature, a mail's head."""
    return len(text) <= _LONGEST and bool(_WHOLE.fullmatch(_folded(text)))


def banner_length(text: str) -> int:
    """How many characters of banner ("TIN NÓNG:", "Fwd:", "URGENT!!!") stand before the words of a sentence; 0 for none."""
    folded = _folded(text)
    place = 0
    while banner := _PREFIX.match(folded, place):
        place = banner.end()
    return place


def tags_start(text: str) -> int:
    """Where the tags behind the words of a sentence begin ("... #health #fyp"); its length where there are none.

    A single tag may be a word of the sentence ("a cure for #cancer") and stays.
    """
    place = next((found.start() for found in _TAGS.finditer(text) if found.end() == len(text)), len(text))
    return place or len(text)


def telling_length(text: str) -> int:
    """How many characters of "Did you know that" or "Bạn có biết" make a question of a statement; 0 where it does ask."""
    telling = _TELLING.match(_folded(text))
    return telling.end() if telling and not _ASKING.search(text, max(0, len(text) - 20)) else 0


def _folded(text: str) -> str:
    """Lower case without marks, one character for each of the text."""
    return "".join("d" if c in "đĐ" else unicodedata.normalize("NFD", c)[0].lower()[:1] for c in text)
