"""The packaged labels against TF-IDF with logistic regression, learnt from the same sentences.

python -m benchmarks.claims.sentences [more.tsv ...]: also measures on other tables of sentences (sentence_id, label, text).
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.claims.rivals import fit_tfidf
from kiemchung.claims import label_sentences
from kiemchung.claims.labelled import Sentence, read_sentences
from kiemchung.claims.measure import measure_labels
from kiemchung.embed import open_embedder
from kiemchung.model import ClaimLabel
from kiemchung.ports import Embedder

HALVES = Path(__file__).parents[2] / "training/sentences"

#: Tables that no model learned from, beside the test half.
UNLEARNED = ("fresh_4", "fresh_5", "contrasts", "test_contrasts")


def rows_of(path: Path) -> list[Sentence]:
    return read_sentences(path.read_text(encoding="utf-8").splitlines(), path.name)


def show(name: str, rows: Sequence[Sentence], told: Sequence[ClaimLabel], seconds: float) -> None:
    measured = measure_labels([row.label for row in rows if row.label], told)
    print(
        f"{name:<34} checkable F1 {measured.f1[ClaimLabel.CHECKABLE]:.3f}  macro-F1 {measured.macro_f1:.3f}  "
        f"opinions called checkable {measured.opinions_called_checkable:.3f}  {1000 * seconds / len(rows):.2f} ms each"
    )


def main() -> None:
    learned = ("train.tsv", "fresh_1.tsv", "fresh_2.tsv", "fresh_3.tsv")
    train, test = [row for name in learned for row in rows_of(HALVES / name)], rows_of(HALVES / "test.tsv")
    rival = fit_tfidf([row.text for row in train], [row.label for row in train])
    tables = {
        "test half": test,
        "test half, vi": [row for row in test if row.sentence_id.startswith("vi")],
        "test half, en": [row for row in test if row.sentence_id.startswith("en")],
        **{name: rows_of(HALVES / f"{name}.tsv") for name in UNLEARNED},
        **{Path(name).stem: rows_of(Path(name)) for name in sys.argv[1:]},
    }
    with tempfile.TemporaryDirectory() as data:
        measure(tables, open_embedder("ct2", Path(data)), rival)


def measure(tables: dict[str, list[Sentence]], embedder: Embedder, rival: Any) -> None:
    embedder.queries(["warm up"])
    for name, rows in tables.items():
        texts = [row.text for row in rows]
        start = time.process_time()
        told = [found.label for found in label_sentences(texts, embedder)]
        show(f"{name}: packaged", rows, told, time.process_time() - start)
        start = time.process_time()
        show(
            f"{name}: TF-IDF + LR",
            rows,
            [ClaimLabel(label) for label in rival.predict(texts)],
            time.process_time() - start,
        )


if __name__ == "__main__":
    main()
