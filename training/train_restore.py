"""Count syllables and pairs for `kiemchung.text.restore` in our own Vietnamese texts; equal texts give equal bytes.

    python training/train_restore.py [--without-vi-set] OUT

Sources: training/vi_words.txt (words written for this, weight 1), training/pairs (Vietnamese texts),
data/neutral.json, training/vi_set (CC0-1.0, ours).
"""

import argparse
import csv
import gzip
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

from read_pairs import read_pairs

from kiemchung.lookup.space import neutral_texts
from kiemchung.text import normalise
from kiemchung.text.restore import is_unmarked
from kiemchung.text.teencode import write_out

HERE = Path(__file__).parent
SYLLABLE = re.compile(r"[^\W\d_]+")
SENTENCE_WEIGHT = 3  # a pair in a sentence tells more than one in the list of words
#: Words of grammar, which the list holds once each: what they count as besides.
COMMON = {
    "là không có thì và được của cho": 150,
    "một bị này đó người con cái làm đi ra vào rồi ăn uống nước khi để mà cũng với trong": 60,
    "các những như nó mình hết lại còn chỉ đến tới nên phải sẽ đã đang ở từ trên thấy nói biết gì nhà ngày năm": 30,
    "ai sao vì nếu hay hoặc nhưng đừng đâu nào nữa luôn ngay liền cả mọi mỗi đều vẫn thôi nha nhé tôi em anh chị bạn": 20,
    "hai ba bốn sáu bảy tám chín mười lần giờ tiền máy xe đường đêm sáng tối bỏ lấy mua bán gửi gọi chết sống": 15,
}


def texts(with_vi_set: bool) -> list[str]:
    found = [phrase for line in (HERE / "vi_words.txt").read_text("utf-8").splitlines() for phrase in line.split(",")]
    found += neutral_texts()["vi"]
    for topic in read_pairs():
        for record in topic.records + topic.siblings:
            if record.language == "vi":
                found += [record.claim, record.explanation]
        found += [write_out(message.text) for message in topic.messages if message.language == "vi"]
    if with_vi_set:
        for name, columns in (("records", ("claim", "explanation")), ("messages", ("text",))):
            with (HERE / "vi_set" / f"{name}.tsv").open(encoding="utf-8") as file:
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                    if row["lang"] == "vi":
                        found += [write_out(row[column]) for column in columns if not is_unmarked(row[column])]
    return found


def count(lines: list[str]) -> dict[str, dict[str, int]]:
    singles: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for words, weight in COMMON.items():
        singles.update(dict.fromkeys(words.split(), weight))
    for line in lines:
        weight = SENTENCE_WEIGHT if line.rstrip()[-1:] in ".!?…" or len(line.split()) > 4 else 1
        for part in re.split(r"[.,;:!?()\"“”]", normalise(line).casefold()):
            syllables = SYLLABLE.findall(part)
            for syllable in syllables:
                singles[syllable] += weight
            for a, b in pairwise(syllables):
                pairs[f"{a} {b}"] += weight
    return {"singles": dict(sorted(singles.items())), "pairs": dict(sorted(pairs.items()))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--without-vi-set", action="store_true")
    options = parser.parse_args()
    counts = count(texts(not options.without_vi_set))
    raw = json.dumps(counts, ensure_ascii=False, separators=(",", ":")).encode()
    options.out.write_bytes(gzip.compress(raw, mtime=0))


if __name__ == "__main__":
    main()
