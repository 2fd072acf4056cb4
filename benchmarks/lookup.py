"""A message of three claims against 300,000 published checks, warm. `python -m benchmarks.lookup [--documents N]`.

The checks are made up from templates (health, food, weather, science, scams), half Vietnamese and half English.
Embedding them would take most of an hour, so **the vectors of the documents are not the model's own**: each is the
real vector of its template's sentence (900 a language) with noise of a quarter of its length, fixed by the text.
Everything else is the product's: the neutral means, the index, the engine for the messages, labels, word search,
reranking, decision.

The alternative, measured in turns with ours over the same texts, vectors and embedded queries: SQLite FTS5 over the
folded texts and products with the float32 matrices by NumPy. It finds candidates and neither reranks nor decides.
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kiemchung.commons.match_message as matching
import kiemchung.lookup.lookup as looking
from kiemchung.embed import open_embedder
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.space import neutral_texts
from kiemchung.model import ClaimLabel
from kiemchung.ports import Embedder
from kiemchung.text import fold, words

Floats = NDArray[np.float32]
NOISE = 0.25  # length of what is added to a template's vector of length 1
SUBJECTS = {
    "vi": """nước chanh nóng|nước dừa non|trà gừng mật ong|lá đu đủ|củ tỏi đen|hạt chia|sữa đậu nành|cà phê đen|
    rau muống|quả bơ|mướp đắng|nấm linh chi|tinh bột nghệ|giấm táo|nước muối loãng|trứng gà sống|dầu dừa|
    lá ổi non|gạo lứt rang|khoai lang tím|lò vi sóng|nồi nhôm cũ|chai nhựa để trong ô tô|sóng wifi|
    trạm phát sóng 5G|tin nhắn trúng thưởng|cuộc gọi lạ|mã QR dán ở quán|đường dẫn nhận quà|
    cơn bão số mười""",
    "en": """hot lemon water|green coconut water|ginger tea|papaya leaf juice|black garlic|chia seed|soy milk|
    black coffee|water spinach|avocado|bitter melon|lingzhi mushroom|turmeric powder|apple vinegar|
    salt water|raw egg|coconut oil|guava leaf tea|roasted brown rice|purple sweet potato|
    the microwave oven|old aluminium cookware|bottled water left in a car|home wifi|a 5G mast|
    a prize message|a missed call from abroad|a QR code sticker|a gift link|the coming storm""",
}
PREDICATES = {
    "vi": """chữa khỏi ung thư|làm giảm đường huyết|gây sỏi thận|diệt vi rút cúm|gây vô sinh|làm tan mỡ bụng|
    gây đột quỵ|chữa được đau khớp|làm hỏng gan|giúp ngủ sâu|gây ngộ độc|làm rụng tóc|giảm huyết áp|
    làm sáng mắt|làm chậm lão hóa|lấy hết tiền trong tài khoản|đánh cắp danh bạ|làm nổ điện thoại|
    gây mất trí nhớ|tăng sức đề kháng|chứa kim loại nặng|làm trẻ cao thêm|phá hủy men răng|
    chữa khỏi hen suyễn|gây dị ứng nặng|làm máu loãng|thải độc phổi|gây nhiễm ký sinh trùng|
    làm nhiệt độ tăng vọt|làm mất điện diện rộng""",
    "en": """cures cancer|lowers blood sugar|causes kidney stones|kills the flu virus|causes infertility|
    melts belly fat|causes strokes|heals joint pain|damages the liver|brings deep sleep|causes poisoning|
    makes hair fall out|lowers blood pressure|sharpens eyesight|slows ageing|empties bank accounts|
    steals the phone's contacts|makes phones explode|causes memory loss|strengthens immunity|
    contains heavy metals|makes children taller|destroys tooth enamel|cures asthma|
    causes severe allergies|thins the blood|detoxifies the lungs|spreads parasites|
    makes temperatures soar|cuts power in whole provinces""",
}
TAILS = {
    "vi": "sau {n} ngày ở {place}, theo {who}|cho {n} người tại {place} trong tháng {month}|"
    "ở {n} phần trăm người {place}",
    "en": "within {n} days in {place}, says {who}|for {n} people in {place} in month {month}|"
    "in {n} percent of adults in {place}",
}
PLACES = {
    "vi": "Hà Nội|Huế|Đà Nẵng|Cần Thơ|Nghệ An|Đắk Lắk|Cà Mau|Lào Cai|Hải Phòng|Kon Tum|Bến Tre|Sơn La|Phú Yên|Nam Định",
    "en": "Hanoi|Leeds|Nairobi|Perth|Oslo|Manila|Toronto|Dublin|Lagos|Mumbai|Auckland|Boston|Cape Town|Glasgow",
}
WHO = {
    "vi": "một bác sĩ giấu tên|một bài đăng|một nghiên cứu|đoạn phim lan truyền|tin nhắn trong nhóm",
    "en": "an unnamed doctor|a post|a new study|a viral video|a group message",
}
CONTEXTS = {
    "vi": "Kiểm chứng: thông tin {subject} {predicate} lan truyền ở {place} thiếu bằng chứng, "
    "các bác sĩ và cơ quan y tế đã trả lời người đọc trong bài số {number}",
    "en": "Fact check: the story that {subject} {predicate}, shared in {place}, has no evidence behind it; "
    "doctors and agencies answered our readers in article {number}",
}


def parts(kind: dict[str, str], language: str) -> list[str]:
    return [part.strip() for part in kind[language].replace("\n", " ").split("|")]


def make_claim(rng: random.Random, language: str) -> tuple[str, str, str, str]:
    """Subject, predicate, claim, place."""
    subject, predicate = rng.choice(parts(SUBJECTS, language)), rng.choice(parts(PREDICATES, language))
    place = rng.choice(parts(PLACES, language))
    tail = rng.choice(parts(TAILS, language)).format(
        n=rng.randint(2, 99), place=place, who=rng.choice(parts(WHO, language)), month=rng.randint(1, 12)
    )
    return subject, predicate, f"{subject} {predicate} {tail}", place


def make_documents(n: int) -> Iterator[Document]:
    rng = random.Random(11)
    for i in range(n):
        language = ("vi", "en")[i % 2]
        subject, predicate, claim, place = make_claim(rng, language)
        context = CONTEXTS[language].format(subject=subject, predicate=predicate, place=place, number=i)
        yield Document(f"d{i}", claim[:1].upper() + claim[1:], context, language)


def make_messages(n: int, embedder: Embedder) -> list[str]:
    """Messages in which exactly three sentences count as checkable."""
    rng, found = random.Random(12), []
    while len(found) < n:
        language = ("vi", "en")[len(found) % 2]
        claims = [make_claim(rng, language)[2] for _ in range(3)]
        message = " ".join(claim[:1].upper() + claim[1:] + "." for claim in claims)
        labels = [claim.label for claim in matching.find_claims(message, embedder)]
        if labels.count(ClaimLabel.CHECKABLE) == 3:
            found.append(message)
    return found


class StandIn:
    """The engine for messages and neutral sentences; for documents the vector of their template with noise."""

    def __init__(self, engine: Embedder) -> None:
        self.name, self.dimensions = engine.name, engine.dimensions
        self._engine = engine
        self._real = {text for texts in neutral_texts().values() for text in texts}
        self._stems: dict[str, dict[str, Floats]] = {}  # subject -> sentence -> vector
        for language in SUBJECTS:
            for subject in parts(SUBJECTS, language):
                stems = [f"{subject} {predicate}" for predicate in parts(PREDICATES, language)]
                lowered = (stem.lower() for stem in stems)
                self._stems[subject.lower()] = dict(zip(lowered, engine.passages(stems), strict=True))

    def queries(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._engine.queries(list(texts)))

    def passages(self, texts: Sequence[str]) -> Floats:
        if set(texts) <= self._real:
            return np.asarray(self._engine.passages(list(texts)))
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Floats:
        lowered = text.lower()
        stems = next(stems for subject, stems in self._stems.items() if subject in lowered)
        template = next(vector for stem, vector in stems.items() if stem in lowered)
        noise = np.random.Generator(np.random.PCG64(zlib.crc32(text.encode()))).standard_normal(self.dimensions)
        vector = template + NOISE * noise / np.linalg.norm(noise)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


class Stopwatch:
    """Milliseconds by stage within one message."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def around(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                self.spent[stage] = self.spent.get(stage, 0) + 1e3 * (time.perf_counter() - start)

        return timed


class Alternative:
    """FTS5 over folded texts, float32 products over all rows."""

    def __init__(self, index: LookupIndex, path: Path) -> None:
        self._matrices = {part: decoded(index, part) for part in ("claim", "whole")}
        fresh = not path.exists()
        self._database = sqlite3.connect(path)
        if fresh:
            self._database.execute("CREATE VIRTUAL TABLE checks USING fts5(body, content='', tokenize='unicode61')")
            rows = ((row + 1, fold(f"{d.claim} {d.context}")) for row, (_, d) in enumerate(index.documents_by_id()))
            self._database.executemany("INSERT INTO checks (rowid, body) VALUES (?, ?)", rows)
            self._database.commit()

    def search(self, texts: Sequence[str], vectors: dict[str, Floats]) -> list[set[int]]:
        """Rows of the best 20 of each list for each text."""
        found: list[set[int]] = [set() for _ in texts]
        for part, matrix in self._matrices.items():
            for i, scores in enumerate(vectors[part] @ matrix.T):
                found[i].update(np.argpartition(-scores, 20)[:20].tolist())
        for i, text in enumerate(texts):
            query = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(fold(text))))
            rows = self._database.execute(
                "SELECT rowid FROM checks WHERE checks MATCH ? ORDER BY rank LIMIT 20", (query,)
            )
            found[i].update(row - 1 for (row,) in rows)
        return found


def decoded(index: LookupIndex, part: str) -> Floats:
    """float32[n_rows, dimensions]."""
    codes = np.fromfile(index.folder / f"{part}.i8", dtype=np.int8).reshape(-1, index.embedder.dimensions)
    vectors = codes.astype(np.float32)
    vectors *= np.load(max(index.folder.glob("rows-*.npy"), key=lambda path: int(path.stem[5:])))[f"{part}_scale"][
        :, None
    ]
    return vectors


def build(folder: Path, data_dir: Path, n_documents: int) -> dict[str, float]:
    """Make the index; seconds without embedding, the processor's, and the memory of it."""
    import resource

    embedder = StandIn(open_embedder("ct2", data_dir))
    watch = Stopwatch()
    embedder.passages = watch.around("embed", embedder.passages)
    clock, cpu = time.perf_counter(), time.process_time()
    with LookupIndex.open(folder, embedder, create=True) as index:
        index.upsert(make_documents(n_documents))
        index.commit()
    embedding = watch.spent["embed"] / 1e3
    return {
        "seconds": time.perf_counter() - clock - embedding,
        "stand_in_seconds": embedding,
        "cpu_seconds_with_stand_in": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def measure(folder: Path, data_dir: Path, n_messages: int) -> dict[str, Any]:
    """Ours and the alternative in turns over the same messages."""
    embedder = open_embedder("ct2", data_dir)
    start = time.perf_counter()
    index = LookupIndex.open(folder, embedder)
    open_ms = 1e3 * (time.perf_counter() - start)
    messages = make_messages(n_messages + 10, embedder)
    last: dict[str, Any] = {}
    watch = watched(index, last)
    for message in messages[:10]:
        matching.match_message(message, index, embedder)
    memory = memory_mb()
    rival = Alternative(index, folder / "alternative.sqlite")
    ours, stages, others, agreed = [], [], [], []
    for message in messages[10:]:
        watch.spent.clear()
        start = time.perf_counter()
        matching.match_message(message, index, embedder)
        ours.append(1e3 * (time.perf_counter() - start))
        stages.append(split(watch.spent, ours[-1]))
        start = time.perf_counter()
        candidates = rival.search(last["texts"], last["vectors"])
        others.append(1e3 * (time.perf_counter() - start))
        agreed += [best in rows for best, rows in zip(last["best"], candidates, strict=True)]
    figures: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        "documents": len(index),
        "messages": n_messages,
        "open_ms": open_ms,
        "message_ms": spread(ours),
        "stages_ms": {name: spread([stage[name] for stage in stages]) for name in stages[0]},
        "search_ms": spread([s["vectors"] + s["words"] + s["candidates"] for s in stages]),
        "memory_mb": memory,
        "alternative_search_ms": spread(others),
        "alternative_memory_mb": memory_mb()["resident"] - memory["resident"],
        "our_first_among_its_candidates": float(np.mean(agreed)),
    }
    figures["times_faster_p50"] = figures["alternative_search_ms"]["p50"] / figures["search_ms"]["p50"]
    return figures


def watched(index: LookupIndex, last: dict[str, Any]) -> Stopwatch:
    """Put a stopwatch around every stage; `last` gets the texts, vectors and best rows of the last message."""
    watch = Stopwatch()
    embed, find = index.query_vectors, looking.retrieve

    def query_vectors(texts: Sequence[str], languages: Sequence[str]) -> dict[str, Floats]:
        last["texts"], last["vectors"] = list(texts), embed(texts, languages)
        return last["vectors"]

    def retrieve(*arguments: Any, **named: Any) -> Any:
        found = find(*arguments, **named)
        last["best"] = [int(candidates.rows[0]) for candidates in found]
        return found

    index.query_vectors = watch.around("embedding", query_vectors)
    index.cosines = watch.around("vectors", index.cosines)
    index.words.search = watch.around("words", index.words.search)
    looking.retrieve = watch.around("retrieve", retrieve)
    matching.find_claims = watch.around("sentences", matching.find_claims)
    return watch


def split(spent: dict[str, float], total: float) -> dict[str, float]:
    """Stages that add up to the total."""
    stages = {name: spent[name] for name in ("sentences", "embedding", "vectors", "words")}
    stages["candidates"] = spent["retrieve"] - spent["embedding"] - spent["vectors"] - spent["words"]
    stages["rerank, decide"] = total - spent["sentences"] - spent["retrieve"]
    return stages


def spread(values: list[float]) -> dict[str, float]:
    return {"p50": statistics.median(values), "p95": float(np.percentile(values, 95))}


def memory_mb() -> dict[str, float]:
    """Resident memory of this process, and what of it is not the page cache's (Linux)."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("utf-8").splitlines())
    return {name: int(lines[key].split()[0]) / 1e3 for name, key in (("resident", "VmRSS"), ("own", "RssAnon"))}


def show(figures: dict[str, Any]) -> None:
    print(
        f"{figures['machine']}; {figures['documents']:,} checks, {figures['messages']} messages of three claims, warm"
    )
    print("vectors of the checks: a stand-in (templates' real vectors with noise); of the messages: the engine's")
    if "build" in figures:
        print("build without embedding: {seconds:.0f} s, {peak_mb:.0f} MB at most".format(**figures["build"]))
    print(f"index opened in {figures['open_ms']:.0f} ms")
    for name, ms in {"message": figures["message_ms"], **figures["stages_ms"]}.items():
        print(f"  {name:16} p50 {ms['p50']:7.1f} ms   p95 {ms['p95']:7.1f} ms")
    print("memory: {resident:.0f} MB resident, {own:.0f} MB without mapped files".format(**figures["memory_mb"]))
    search, other = figures["search_ms"], figures["alternative_search_ms"]
    print(f"search (vectors, words, candidates): p50 {search['p50']:.1f} ms, p95 {search['p95']:.1f} ms")
    print(
        f"FTS5 and float32 NumPy: p50 {other['p50']:.1f} ms, p95 {other['p95']:.1f} ms, "
        f"{figures['alternative_memory_mb']:.0f} MB more; {figures['times_faster_p50']:.2f} times our time; "
        f"{figures['our_first_among_its_candidates']:.0%} of our first candidates among its own"
    )


def main() -> None:
    """Build where needed, measure in a fresh process, print."""
    parser = argparse.ArgumentParser(description="Lookup among many checks, against FTS5 and NumPy.")
    parser.add_argument("--documents", type=int, default=300_000)
    parser.add_argument("--messages", type=int, default=60)
    parser.add_argument("--keep", type=Path, help="folder to keep the index in, and to use again")
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = options.keep or Path(temporary)
        folder = root / f"index-{options.documents}"
        built = fresh(build, folder, root, options.documents) if not (folder / "meta.json").exists() else None
        figures = fresh(measure, folder, root, options.messages)
    if built:
        figures["build"] = built
    show(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def fresh(work: Callable[..., Any], *arguments: Any) -> Any:
    """The result of a function in a process of its own, so that memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


if __name__ == "__main__":
    main()
