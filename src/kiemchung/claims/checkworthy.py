"""Check-worthiness: what a sentence is, how sure that is, and how much it wants checking."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kiemchung.claims.chain import is_boilerplate
from kiemchung.claims.clean import plain_text
from kiemchung.claims.features import CUE_NAMES, cues, hashed_ngrams, spelled
from kiemchung.claims.second_reading import read_again
from kiemchung.model import Claim, ClaimLabel
from kiemchung.ports import Embedder, SecondReader

#: The order of the rows of the model's weights.
LABELS = (ClaimLabel.CHECKABLE, ClaimLabel.OPINION, ClaimLabel.QUESTION, ClaimLabel.OTHER)

#: Embedders that the model's embedding weights fit: any engine of this model.
EMBEDDING = "multilingual-e5-small-claims"

#: Blocks of features are scaled so that one penalty suits all; chosen by 5-fold cross-validation on the training half.
SCALE = {"embedding": 4.0, "ngrams": 1.0, "cues": 0.5}

#: A claim opens a request only from this confidence on: see docs/decisions/0030 and 0034.
REQUEST_CONFIDENCE = 0.8

#: What is set aside with less confidence than this is looked up after all. From `DOUBTFUL` on it takes a sure answer to
#: make a claim of it (docs/decisions/0062).
SURELY_NO_CLAIM, DOUBTFUL = 0.97, 0.85

#: What makes a checkable sentence worth a checker's time: an ordering, no probability; `make bench-claims` measures it.
_WORTH = {"causes": 0.2, "reports": 0.1, "quantity": 0.1, "unit": 0.1, "universal": 0.05, "past": 0.05}
_WORTH_OF_ALL = 0.45

#: Who says "I think", speaks of fate or mocks makes no claim of fact, however sure the model is.
_VETO = ("first_person_view", "first_person_view_en", "question_mark", "belief", "fate", "satire", "irony")

#: What will be is a prediction, unless it has its date or somebody who announced it.
_FORETELLS = re.compile(r"\b(?:sẽ|sắp|năm sau|sang năm|will|going to|gonna|next year|by 20\d\d)\b")
_ANNOUNCES = ("schedule", "reports", "hearsay")


class SentenceLabel(NamedTuple):
    """What a sentence is.

    Attributes:
        confidence: probability of `label`, 0 to 1.
        checkworthiness: 0 to 1, to order long answers by.
    """

    label: ClaimLabel
    confidence: float
    checkworthiness: float


class Weights(NamedTuple):
    """One logistic regression over blocks of features; rows as LABELS. `embedding` is empty in the lexical model."""

    embedding: NDArray[np.float32]
    ngrams: NDArray[np.float32]
    cues: NDArray[np.float32]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CheckworthyModel:
    """The packaged model: with embeddings, and without for other embedders.

    Attributes:
        mean: float32[384], the mean embedding of the training sentences, taken off first.
    """

    mean: NDArray[np.float32]
    full: Weights
    lexical: Weights


@cache
def packaged_model() -> CheckworthyModel:
    """The model in the package; `checkworthy.json` beside it says where it comes from and what it reached."""
    with files("kiemchung.claims").joinpath("data/checkworthy.npz").open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    parts = {kind: Weights(*(arrays[f"{kind}_{block}"] for block in Weights._fields)) for kind in ("full", "lexical")}
    return CheckworthyModel(mean=arrays["mean"], **parts)


def label_sentences(
    texts: Sequence[str], embedder: Embedder | None = None, *, most_embedded: int | None = None
) -> list[SentenceLabel]:
    """The label of each sentence.

    Args:
        embedder: the default one; with another, or none, words and cues alone decide, less well.
        most_embedded: of more sentences, words and cues pick this many that seem most worth checking; only for these is
            the embedding, nearly all of the work, computed. None for all.
    """
    plain = [plain_text(text) for text in texts]
    empty = [not any(map(str.isalnum, text)) or is_boilerplate(text) for text in plain]
    asked = [text for text, skip in zip(plain, empty, strict=True) if not skip]
    labelled = iter(_label_most(asked, embedder, len(asked) if most_embedded is None else most_embedded))
    return [SentenceLabel(ClaimLabel.OTHER, 1.0, 0.0) if skip else next(labelled) for skip in empty]


def may_be_claim(claim: Claim) -> bool:
    """Whether a statement that was set aside is doubtful enough to be looked up all the same.

    Orders and advertising always are; questions that say so with their mark never. Being looked up rates nothing.
    """
    if claim.label is ClaimLabel.OTHER:
        return True
    return claim.label is not ClaimLabel.CHECKABLE and claim.confidence < SURELY_NO_CLAIM and "?" not in claim.text[-4:]


def may_open_request(claim: Claim) -> bool:
    """Whether nobody's opinion is rated if a note is asked for on this claim (G20): stricter than being looked up."""
    if claim.label is not ClaimLabel.CHECKABLE or claim.confidence < REQUEST_CONFIDENCE:
        return False
    spelt = spelled(plain_text(claim.text))
    found = dict(zip(CUE_NAMES, cues(claim.text, spelt), strict=True))
    foretold = _FORETELLS.search(spelt.lower()) and not any(found[name] for name in _ANNOUNCES)
    return len(claim.text.split()) > 2 and not foretold and not any(found[name] for name in _VETO)


def _label_most(texts: list[str], embedder: Embedder | None, most: int) -> list[SentenceLabel]:
    """As `_label`, the embedding for at most `most` wordings; a wording that comes again counts once."""
    wordings = list(dict.fromkeys(texts))
    if len(wordings) <= most:
        told = dict(zip(wordings, _label(wordings, embedder), strict=True))
    else:
        told = dict(zip(wordings, _label(wordings, None), strict=True))
        chosen = sorted(wordings, key=lambda text: -told[text].checkworthiness)[:most]
        told |= zip(chosen, _label(chosen, embedder), strict=True)
    return [told[text] for text in texts]


def _label(texts: list[str], embedder: Embedder | None) -> list[SentenceLabel]:
    if not texts:
        return []
    spelt = [spelled(text) for text in texts]
    found_cues = np.array([cues(*pair) for pair in zip(texts, spelt, strict=True)])
    probabilities = _probabilities(texts, spelt, found_cues, embedder)
    worth = _WORTH_OF_ALL + found_cues @ np.array([_WORTH.get(name, 0.0) for name in CUE_NAMES], dtype=np.float32)
    labels = []
    for row, sentence_worth in zip(probabilities, worth, strict=True):
        best = int(row.argmax())
        checkworthiness = float(row[0] * min(1.0, sentence_worth))
        labels.append(SentenceLabel(LABELS[best], round(float(row[best]), 4), round(checkworthiness, 4)))
    return labels


def _probabilities(
    texts: list[str], spelt: list[str], found_cues: NDArray[np.float32], embedder: Embedder | None
) -> NDArray[np.float32]:
    """float32[len(texts), len(LABELS)]; rows sum to 1."""
    model = packaged_model()
    fits = embedder is not None and embedder.name.startswith(EMBEDDING)
    weights = model.full if fits else model.lexical
    ngrams = np.array([hashed_ngrams(*pair) for pair in zip(texts, spelt, strict=True)])
    scores = weights.bias + SCALE["cues"] * found_cues @ weights.cues.T
    scores += SCALE["ngrams"] * ngrams @ weights.ngrams.T
    if embedder is not None and fits:
        centred = embedder.queries(spelt) - model.mean
        scores += SCALE["embedding"] * centred @ weights.embedding.T
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: NDArray[np.float32] = scores / scores.sum(axis=1, keepdims=True)
    return read_again(result, spelt, embedder) if fits and isinstance(embedder, SecondReader) else result
