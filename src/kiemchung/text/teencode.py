"""Vietnamese chat spelling -> the words it stands for."""

import re

#: What is unambiguous enough to be replaced wherever it stands as a word of its own; our own list.
_WRITTEN_OUT = {
    "k": "không", "ko": "không", "kh": "không", "hok": "không", "hong": "không", "hông": "không", "khum": "không",
    "kg": "không", "hem": "không", "kp": "không phải", "kbh": "không bao giờ", "dc": "được", "đc": "được",
    "đk": "được", "dk": "được", "nc": "nước", "mn": "mọi người", "mng": "mọi người", "ng": "người", "ngta": "người ta",
    "vs": "với", "j": "gì", "r": "rồi", "cx": "cũng", "cg": "cũng", "bt": "biết", "bs": "bác sĩ", "bv": "bệnh viện",
    "đt": "điện thoại", "dt": "điện thoại", "đth": "điện thoại", "tk": "tài khoản", "ck": "chuyển khoản",
    "tb": "tế bào", "ib": "nhắn tin", "lm": "làm", "ms": "mới", "trc": "trước", "ntn": "như thế này", "wa": "quá",
    "zô": "vô", "zo": "vô", "zậy": "vậy", "zay": "vậy", "dậy": "vậy", "nhìu": "nhiều", "nhiu": "nhiều",
    "lun": "luôn", "lum": "luôn", "iu": "yêu", "bít": "biết", "bit": "biết", "thik": "thích", "bh": "bao giờ",
    "h": "giờ", "hn": "hôm nay", "hnay": "hôm nay", "hqua": "hôm qua", "ny": "người yêu", "sn": "sinh nhật",
    "cty": "công ty", "nv": "nhân viên", "kq": "kết quả", "tg": "thế giới", "vn": "việt nam", "sg": "sài gòn",
    "fb": "facebook", "ad": "quản trị", "gđ": "gia đình", "sk": "sức khỏe", "ut": "ung thư", "tv": "ti vi",
    "t2": "thứ hai", "t3": "thứ ba", "t4": "thứ tư", "t5": "thứ năm", "t6": "thứ sáu", "t7": "thứ bảy",
    "cn": "chủ nhật", "kđ": "không đồng", "hk": "không", "mk": "mật khẩu", "sđt": "số điện thoại",
    "sdt": "số điện thoại", "atm": "atm", "ks": "khách sạn", "ah": "à", "uh": "ừ", "xog": "xong", "thui": "thôi",
    "rùi": "rồi", "rui": "rồi", "òi": "rồi", "nhoa": "nha", "đg": "đường", "đag": "đang", "dag": "đang",
    "mún": "muốn", "hum": "hôm", "bik": "biết", "pải": "phải", "fải": "phải", "lai": "lai", "vk": "vợ",
    "ae": "anh em", "ce": "chị em", "ace": "anh chị em", "cm": "chúng mình", "nhma": "nhưng mà", "nma": "nhưng mà",
    "thg": "thường", "thoy": "thôi", "bjo": "bây giờ", "bgio": "bây giờ", "gh": "giới hạn", "chs": "chơi",
    "kt": "kiểm tra", "sp": "sản phẩm", "gt": "giao thông", "csgt": "cảnh sát giao thông", "ca": "công an",
    "pcr": "pcr", "bhyt": "bảo hiểm y tế", "ytb": "youtube", "socola": "sô cô la", "sôcôla": "sô cô la",
}  # fmt: skip

# "ca" is also a word (ca sĩ, ca nước) and a syllable without marks (ca tre = cá trê): only beside other chat spelling.
_ONLY_AMONG_CHAT = frozenset(
    {"ca", "cm", "kt", "gh", "lai", "ms", "hum", "h", "bit", "dậy", "ad", "v", "r", "ng", "hong"}
)
_WORD = re.compile(r"(?<![\d.,])[^\W\d_]+\d?")  # not the k of 500k


def write_out(text: str) -> str:
    """The text with chat spelling written out; other words stay as they are."""
    found = _WORD.findall(text.casefold())
    n_chat = sum(word in _WRITTEN_OUT and word not in _ONLY_AMONG_CHAT for word in found)

    def replace(match: re.Match[str]) -> str:
        word = match.group(0).casefold()
        if word in _ONLY_AMONG_CHAT and n_chat == 0:
            return match.group(0)
        return _WRITTEN_OUT.get(word, match.group(0))

    return _WORD.sub(replace, text)
