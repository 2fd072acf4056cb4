"""How fast published checks are read and stored, and in how much memory. `python benchmarks/importing.py [N]`.

Processor seconds, for the machine may be shared. The alternative for reading is the standard library's `json.load` of
the whole feed (without making checks of it); for storing, importing the same file a second time.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

READ = """
import sys, time
from kiemchung.formats.reading import read_document
with open(sys.argv[1], "rb") as file:
    print(sum(1 for _ in read_document(file)))
"""
WHOLE = "import json, sys; print(len(json.load(open(sys.argv[1]))['dataFeedElement']))"
STORE = """
import sys
from pathlib import Path
from kiemchung.commons.import_reviews import import_reviews
from kiemchung.commons.opening import open_commons
from kiemchung.commons.settings import load_settings
with open_commons(load_settings({"data_dir": Path(sys.argv[2])}, environ={})) as commons:
    tally = import_reviews([sys.argv[1]], commons)
print(dict(tally.stored))
"""


def main() -> None:
    """Print every figure."""
    n_checks = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder:
        lines, feed = Path(folder, "checks.ndjson"), Path(folder, "feed.json")
        _write(n_checks, lines, feed)
        print(f"{n_checks:,} checks, {feed.stat().st_size / 1e6:.0f} MB")
        for name, code, arguments in (
            ("read a Data Commons feed", READ, [feed]),
            ("the same by json.load, whole", WHOLE, [feed]),
            ("import NDJSON without indexing", STORE, [lines, Path(folder, "data")]),
            ("import it again", STORE, [lines, Path(folder, "data")]),
        ):
            seconds, megabytes = _measure(code, [str(argument) for argument in arguments])
            print(f"{name:34} {seconds:7.1f} s {n_checks / seconds:9,.0f} checks/s {megabytes:6.0f} MB")


def _write(n_checks: int, lines: Path, feed: Path) -> None:
    chance = random.Random(7)
    vocabulary = [f"tu{i}" for i in range(8_000)]
    with lines.open("w", encoding="utf-8") as out, feed.open("w", encoding="utf-8") as whole:
        whole.write('{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[')
        for i in range(n_checks):
            line = json.dumps(_check(i, chance, vocabulary), ensure_ascii=False)
            out.write(line + "\n")
            whole.write(f'{"," if i else ""}{{"@type":"DataFeedItem","item":[{line}]}}')
        whole.write("]}")


def _check(i: int, chance: random.Random, vocabulary: list[str]) -> dict[str, object]:
    def words(n_words: int) -> str:
        return " ".join(chance.choices(vocabulary, k=n_words))

    return {
        "@context": "https://schema.org",
        "@type": "ClaimReview",
        "claimReviewed": words(14),
        "url": f"https://desk{i % 400}.example/{2015 + i % 11}/{i}-check",
        "author": {"@type": "Organization", "name": f"Desk {i % 400}"},
        "datePublished": f"{2015 + i % 11}-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
        "inLanguage": "vi" if i % 3 else "en",
        "headline": f"Fact check {words(9)}",
        "description": words(40),
        "itemReviewed": {"@type": "Claim", "appearance": [{"url": f"https://social.example/{i}"}]},
        "reviewRating": {"@type": "Rating", "ratingValue": "1", "alternateName": "Sai" if i % 2 else "False"},
    }


def _measure(code: str, arguments: list[str]) -> tuple[float, float]:
    """Processor seconds of a fresh process without its start, and its largest memory in MB."""
    report = "import resource as _r, time as _t; _s = _t.process_time()\n" + code
    report += "\nprint(_t.process_time() - _s, _r.getrusage(_r.RUSAGE_SELF).ru_maxrss / 1e3)"
    done = subprocess.run([sys.executable, "-c", report, *arguments], capture_output=True, text=True, check=True)
    seconds, megabytes = done.stdout.split("\n")[-2].split()
    return float(seconds), float(megabytes)


if __name__ == "__main__":
    main()
