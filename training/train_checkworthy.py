"""Train the check-worthiness model on our own sentences: `make models` runs this; equal input gives equal bytes.

Reads training/sentences/train.tsv, fresh_1.tsv to fresh_3.tsv and statements.txt, fits two logistic regressions (with
embeddings, and with words and cues alone), rounds the weights to 16 bits and writes
src/kiemchung/claims/data/checkworthy.npz with checkworthy.json (origin,
figures, licence). The test half and the newest fresh sentences are only measured, together with the second reading.
"""

from pathlib import Path

import numpy as np
from card import SECOND_READING, SECOND_UPDATES, SENTENCES, SYLLABLES, UPDATES, write_card
from chatty import chatty, is_written_out
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from kiemchung.claims import checkworthy
from kiemchung.claims.clean import plain_text
from kiemchung.claims.features import cues, hashed_ngrams, spelled
from kiemchung.claims.labelled import Sentence, read_sentences
from kiemchung.claims.measure import measure_labels
from kiemchung.embed import open_embedder
from kiemchung.model import ClaimLabel
from kiemchung.text import fold

ROOT = Path(__file__).parent
MODELS = ROOT.parent / ".models"  # where the converted embedder is kept
DATA = ROOT.parent / "src/kiemchung/claims/data"
#: What both readings learn from. The fresh ones measured earlier models, until newer ones were written.
LEARNED = [SENTENCES, *(ROOT / f"sentences/fresh_{number}.tsv" for number in (1, 2, 3))]
MEASURED = {"test half": ROOT / "sentences/test.tsv", "fresh_4": ROOT / "sentences/fresh_4.tsv"}
#: Inverse penalty; chosen, with checkworthy.SCALE, by 5-fold cross-validation on the training half.
INVERSE_PENALTY = 2.0
#: Each sentence is learnt a second time as typed in haste (no marks, no capitals, no full stop), at this weight.
HASTY_WEIGHT = 0.5
#: And those in Vietnamese a third time as typed in a chat: else short forms and particles alone speak for an opinion.
CHATTY_WEIGHT = 0.3
#: Claims and one-sentence messages taken from training/pairs: statements in all styles. There are many of them, so each
#: weighs little.
STATEMENTS = ROOT / "sentences/statements.txt"
STATEMENT_WEIGHT = 0.2
#: Taken off the log odds of "checkable": it evens out the many statements, and of equal doubt an opinion stays unrated.
#: By the same cross-validation.
CHECKABLE_HANDICAP = 0.8

Array = NDArray[np.float32]


def read_rows(path: Path) -> list[Sentence]:
    return read_sentences(path.read_text(encoding="utf-8").splitlines(), path.name)


def hasty(text: str) -> str:
    """The text without marks, capitals and final stop."""
    return fold(text).rstrip(".!?")


def features(texts: list[str]) -> tuple[Array, Array, Array]:
    """The blocks of features of each text: embedding (rounded, so that builds agree), n-grams, cues."""
    plain = [plain_text(text) for text in texts]
    spelt = [spelled(text) for text in plain]
    embedder = open_embedder("ct2", MODELS)
    return (
        embedder.queries(spelt).round(4).astype(np.float32),
        np.array([hashed_ngrams(*pair) for pair in zip(plain, spelt, strict=True)]),
        np.array([cues(*pair) for pair in zip(plain, spelt, strict=True)]),
    )


def fit(blocks: dict[str, Array], labels: list[int], weight: Array) -> dict[str, Array]:
    """Weights of each block and the bias, rows as checkworthy.LABELS."""
    # sparse: nearly all n-grams are absent, and the fit takes seconds instead of minutes
    scaled = csr_matrix(
        np.hstack([checkworthy.SCALE[name] * block for name, block in blocks.items()]).astype(np.float64)
    )
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=5000, tol=1e-6).fit(scaled, labels, sample_weight=weight)
    ends = np.cumsum([block.shape[1] for block in blocks.values()])
    parts = np.split(model.coef_, ends[:-1], axis=1)
    handicap = CHECKABLE_HANDICAP * np.eye(len(checkworthy.LABELS))[0]
    return {**dict(zip(blocks, parts, strict=True)), "bias": model.intercept_ - handicap}


def train(rows: list[Sentence]) -> dict[str, Array]:
    """The arrays of the packaged model, float16."""
    texts = [row.text for row in rows]
    claimed = STATEMENTS.read_text(encoding="utf-8").splitlines()
    chats = [
        (chatty(row.text, row.label), row.label)
        for row in rows
        if row.label and row.sentence_id.startswith("vi") and is_written_out(row.text)
    ]
    told = [row.label for row in rows if row.label] * 2 + [label for _, label in chats]
    labels = [checkworthy.LABELS.index(label) for label in told] + [0] * len(claimed)
    embedding, ngrams, found_cues = features(
        texts + [hasty(text) for text in texts] + [text for text, _ in chats] + claimed
    )
    mean = embedding[: len(rows)].mean(axis=0)
    weights = (
        (len(rows), 1.0),
        (len(rows), HASTY_WEIGHT),
        (len(chats), CHATTY_WEIGHT),
        (len(claimed), STATEMENT_WEIGHT),
    )
    weight = np.concatenate([np.full(n, value) for n, value in weights])
    lexical = {"ngrams": ngrams, "cues": found_cues}
    full = fit({"embedding": embedding - mean, **lexical}, labels, weight)
    without = {"embedding": np.zeros((len(checkworthy.LABELS), 0)), **fit(lexical, labels, weight)}
    named = {
        f"{kind}_{name}": part for kind, parts in (("full", full), ("lexical", without)) for name, part in parts.items()
    }
    return {name: part.astype(np.float16) for name, part in {"mean": mean, **named}.items()}


def figures(rows: list[Sentence]) -> dict[str, object]:
    """What the packaged model reaches on labelled rows, over all and by language, and without embeddings."""
    embedder = open_embedder("ct2", MODELS)
    result: dict[str, object] = {}
    for name, part in {
        "all": rows,
        **{tag: [row for row in rows if row.sentence_id.startswith(tag)] for tag in ("vi", "en")},
    }.items():
        for engine, chosen in (("", embedder), (" without embeddings", None)):
            told = [found.label for found in checkworthy.label_sentences([row.text for row in part], chosen)]
            measured = measure_labels([row.label for row in part if row.label], told)
            result[name + engine] = {
                "n_sentences": measured.n_sentences,
                "checkable_f1": round(measured.f1[ClaimLabel.CHECKABLE], 3),
                "macro_f1": round(measured.macro_f1, 3),
                "opinions_called_checkable": round(measured.opinions_called_checkable or 0.0, 3),
            }
    return result


def main() -> None:
    DATA.mkdir(exist_ok=True)
    np.savez(DATA / "checkworthy.npz", **train([row for table in LEARNED for row in read_rows(table)]))
    checkworthy.packaged_model.cache_clear()
    write_card(
        DATA / "checkworthy.npz",
        [*LEARNED, STATEMENTS, SYLLABLES, UPDATES, SECOND_UPDATES, SECOND_READING],
        what="logistic regressions over embeddings, hashed n-grams and cues: " + ", ".join(checkworthy.LABELS),
        trained_on="training/sentences, written for this project, CC0-1.0; nothing else",
        embedding="multilingual-e5-small (MIT) with our updates; no part of it is in this file",
        script="training/train_checkworthy.py",
        test={name: figures(read_rows(table)) for name, table in MEASURED.items()},
    )


if __name__ == "__main__":
    main()
