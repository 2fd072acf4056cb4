"""Train the reranker and its thresholds on our own pairs and data/vi (CC0-1.0, ours); equal vectors give equal bytes.

    python training/train_reranker.py OUT.npz [--report OUT.md]

First the probes (denial on the query's vector, pairing on both vectors, differing on what differs piece by piece), whose
values for a pair come from probes that did not see its topic; then twelve small networks over all features. Folds are cut
by topic and by record. The threshold comes from data/vi, whose messages are nearer to real ones than our near misses,
which were written to be hard: from its folds by record and, since those know its writer, from a model that learned nothing
from it.
"""

import argparse
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from card import CHATTER, NEUTRAL, PAIRS, PIECES, SYLLABLES, TURNS, UPDATES, VI_SET, write_card
from examples import Examples, own_examples, vi_set_examples
from joblib import Parallel, delayed
from numpy.typing import NDArray
from read_pairs import read_pairs
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from kiemchung.embed import open_embedder
from kiemchung.embed.ct2 import MODEL, CTranslate2Embedder
from kiemchung.lookup.features import FEATURES
from kiemchung.lookup.rerank import N_PROBES, WITHOUT, network_inputs, pair_inputs, without
from kiemchung.lookup.veto import ruled_out

N_FOLDS, N_NETWORKS, HIDDEN, EPOCHS = 5, 12, 24, 10
N_JOBS = 4  # processes; the bytes do not depend on it
#: data/vi is learned from alone and among so many claims that no message speaks of, each time with this weight: in our own
#: topics words in common tell a near miss as often as a match, in messages that people send they tell a match.
VI_BACKGROUNDS, VI_WEIGHT = (0, 700), 20
#: Hidden units and rounds of the probe on differences, the penalty of its weights, and how often it sees data/vi.
DIFFERING_HIDDEN, DIFFERING_EPOCHS, DIFFERING_PENALTY, DIFFERING_VI_WEIGHT = 32, 15, 10.0, 5
#: Standard deviations of the noise on what the networks learn from: fewer habits of one writer are learned by heart.
NOISE = 0.3
#: Share of the messages without a match that may get one in data/vi: of all, of denials, of those with another number.
MOST_FALSE_ALARMS = {"all": 0.1, "negation": 0.05, "number_or_detail": 0.05}
#: Caution of the model for unknown embedders above the threshold of its best F1.
CAUTION = 0.1
Mask = NDArray[np.bool_]


@dataclass
class Probes:
    denial: LogisticRegression
    pairing: LogisticRegression
    differing: "Networks"

    def values(self, examples: Examples, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        denial = self.denial.decision_function(examples.query_vectors)[examples.query[rows]]
        pairing, differing = np.zeros(len(rows)), np.zeros(len(rows))
        for start in range(0, len(rows), 20_000):
            part = rows[start : start + 20_000]
            queries = examples.query_vectors[examples.query[part]]
            inputs = pair_inputs(queries, examples.document_vectors[examples.row[part]])
            pairing[start : start + 20_000] = self.pairing.decision_function(inputs)
            differing[start : start + 20_000] = self.differing.logits(examples.differences[part].astype(np.float32))
        return np.stack([denial, pairing, differing], axis=1).astype(np.float32)


def fit_probes(sets: list[tuple[Examples, Mask]]) -> Probes:
    """Denial: queries that deny against all others. Pairing, differing: matches against the near misses of their topic."""
    asked, denies, pairs, labels, apart, apart_labels = [], [], [], [], [], []
    for number, (examples, mask) in enumerate(sets):  # the first are our own pairs, the others data/vi
        near = np.flatnonzero(mask & (examples.kind != "none"))
        kinds: dict[int, set[str]] = {}
        for i in near:
            kinds.setdefault(int(examples.query[i]), set()).add(str(examples.kind[i]))
        single = [query for query, known in kinds.items() if len(known) == 1]
        asked.append(examples.query_vectors[single])
        denies.append(np.array([kinds[query] == {"negation"} for query in single]))
        pairs.append(
            pair_inputs(examples.query_vectors[examples.query[near]], examples.document_vectors[examples.row[near]])
        )
        labels.append(examples.label[near])
        weighed = np.repeat(near, DIFFERING_VI_WEIGHT if number else 1)
        apart.append(examples.differences[weighed].astype(np.float32))
        apart_labels.append(examples.label[weighed])
    denial = LogisticRegression(C=3, class_weight="balanced", max_iter=3000)
    pairing = LogisticRegression(C=0.003, max_iter=3000)
    differing = MLPClassifier(
        (DIFFERING_HIDDEN,), alpha=DIFFERING_PENALTY, max_iter=DIFFERING_EPOCHS, random_state=0, batch_size=256
    )
    return Probes(
        denial.fit(np.vstack(asked), np.concatenate(denies)),
        pairing.fit(np.vstack(pairs), np.concatenate(labels)),
        fit_standard(np.vstack(apart), np.concatenate(apart_labels), [differing]),
    )


def folds(examples: Examples) -> NDArray[np.int64]:
    names = sorted(set(examples.group.tolist()))
    order = np.random.default_rng(0).permutation(len(names))
    fold = {name: int(order[i]) % N_FOLDS for i, name in enumerate(names)}
    return np.array([fold[name] for name in examples.group.tolist()])


def out_of_fold(sets: list[Examples], cuts: list[NDArray[np.int64]]) -> list[NDArray[np.float32]]:
    """Probe values of every pair from probes that did not see its fold."""
    found = [np.zeros((len(examples.label), N_PROBES), dtype=np.float32) for examples in sets]
    parts = [[(examples, cut != fold) for examples, cut in zip(sets, cuts, strict=True)] for fold in range(N_FOLDS)]
    for fold, probes in enumerate(Parallel(n_jobs=N_JOBS)(delayed(fit_probes)(part) for part in parts)):
        for values, examples, cut in zip(found, sets, cuts, strict=True):
            held = np.flatnonzero(cut == fold)
            values[held] = probes.values(examples, held)
    return found


def training_rows(examples: Examples, *, weight: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rows to learn from: all near ones, the front ranks, an eighth of the rest; each `weight` times."""
    front = examples.features[:, FEATURES.index("rank")] >= 1 / 6.5
    chosen = (examples.kind != "none") | front | (rng.random(len(examples.label)) < 0.125)
    return np.repeat(np.flatnonzero(chosen), weight)


@dataclass
class Networks:
    scaler: StandardScaler
    networks: list[MLPClassifier]

    def logits(self, inputs: NDArray[np.float32]) -> NDArray[np.float64]:
        standard = np.clip(self.scaler.transform(inputs), -6, 6)
        each = [np.clip(network.predict_proba(standard)[:, 1], 1e-7, 1 - 1e-7) for network in self.networks]
        return np.mean([np.log(p / (1 - p)) for p in each], axis=0)


def fit_networks(inputs: NDArray[np.float32], labels: NDArray[np.int8]) -> Networks:
    networks = [
        MLPClassifier((HIDDEN,), alpha=1.0, max_iter=EPOCHS, random_state=seed, batch_size=512, learning_rate_init=2e-3)
        for seed in range(N_NETWORKS)
    ]
    return fit_standard(inputs, labels, networks, noise=NOISE)


def fit_standard(
    inputs: NDArray[np.float32], labels: NDArray[np.int8], networks: list[MLPClassifier], noise: float = 0
) -> Networks:
    scaler = StandardScaler().fit(inputs)
    standard = np.clip(scaler.transform(inputs), -6, 6)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # they are stopped early on purpose
        for seed, network in enumerate(networks):
            drawn = np.random.default_rng(seed).standard_normal(standard.shape, np.float32)
            network.fit(standard + np.float32(noise) * drawn, labels)
    return Networks(scaler, networks)


def inputs_of(examples: Examples, probes: NDArray[np.float32], kind: str) -> NDArray[np.float32]:
    features = without(examples.features, WITHOUT[kind])
    return network_inputs(features, probes * 0 if kind == "words" else probes, examples.same_language)


def fit_all(
    sets: list[Examples],
    values: list[NDArray[np.float32]],
    cuts: list[NDArray[np.int64]],
    weights: list[int],
    kind: str,
) -> tuple[Networks, list[NDArray[np.float64]]]:
    """Networks that saw everything, and the score of every pair from networks that did not see its fold."""
    found = [np.zeros(len(examples.label)) for examples in sets]
    inputs = [inputs_of(examples, v, kind) for examples, v in zip(sets, values, strict=True)]
    tables = [_training_table(sets, inputs, [cut != fold for cut in cuts], weights) for fold in (*range(N_FOLDS), None)]
    *by_fold, whole = Parallel(n_jobs=N_JOBS)(delayed(fit_networks)(*table) for table in tables)
    for fold, networks in enumerate(by_fold):
        for scores, each, cut in zip(found, inputs, cuts, strict=True):
            held = cut == fold
            scores[held] = 1 / (1 + np.exp(-networks.logits(each[held])))
    return whole, found


def _training_table(
    sets: list[Examples], inputs: list[NDArray[np.float32]], masks: list[Mask], weights: list[int]
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    rng = np.random.default_rng(0)
    chosen = [training_rows(e, weight=w, rng=rng) for e, w in zip(sets, weights, strict=True)]
    chosen = [rows[mask[rows]] for rows, mask in zip(chosen, masks, strict=True)]
    return (
        np.vstack([each[rows] for each, rows in zip(inputs, chosen, strict=True)]),
        np.concatenate([examples.label[rows] for examples, rows in zip(sets, chosen, strict=True)]),
    )


def transferred(own: Examples, cut: NDArray[np.int64], others: list[Examples]) -> list[NDArray[np.float64]]:
    """Scores of the other sets by a model that learned from our own pairs alone; 0 for what the product rules out."""
    everything = np.ones(len(own.label), dtype=bool)
    values = out_of_fold([own], [cut])
    probes = fit_probes([(own, everything)])
    networks = fit_networks(*_training_table([own], [inputs_of(own, values[0], "full")], [everything], [1]))
    found = []
    for examples in others:
        each = probes.values(examples, np.arange(len(examples.label)))
        scores = 1 / (1 + np.exp(-networks.logits(inputs_of(examples, each, "full"))))
        found.append(np.where(ruled_out_of(examples, each), 0, scores))
    return found


def best_threshold(scores: NDArray[np.float64], labels: NDArray[np.int8]) -> float:
    """The threshold of the highest F-measure, to two digits."""

    def measure(threshold: float) -> float:
        said = scores >= threshold
        hits = float((said & (labels == 1)).sum())
        precision, recall = hits / max(1, said.sum()), hits / max(1, (labels == 1).sum())
        return 2 * precision * recall / max(1e-9, precision + recall)

    grid = np.round(np.arange(0.1, 0.91, 0.01), 2)
    values = np.array([measure(t) for t in grid])
    return float(grid[values >= values.max() - 0.003].mean().round(2))  # the middle of the plateau


def ruled_out_of(examples: Examples, values: NDArray[np.float32]) -> Mask:
    """Pairs that the product never calls a match, by the probes of their folds."""
    return ruled_out(examples.features, values[:, 0], examples.opposite, examples.same_language, uses_vectors=True)


def cautious_threshold(scores: list[NDArray[np.float64]], sets: list[Examples], known: float) -> float:
    """The threshold of the best F1 from `known` on among those with few enough false alarms in the mean of the sets."""
    grid = np.round(np.arange(known, 0.81, 0.01), 2)
    figures = [[measured(e, s, (t, t)) for s, e in zip(scores, sets, strict=True)] for t in grid]
    f1 = np.array([np.mean([each.f1 for each in row]) for row in figures])
    most_over = np.array([_most_over(row) for row in figures])
    allowed = most_over <= max(0, most_over.min())
    best = f1[allowed].max()
    return float(grid[allowed & (f1 >= best - 0.003)].mean().round(2))  # the middle of the plateau


def _most_over(figures: "list[Figures]") -> float:
    """How far the mean of the sets lies over the false alarms that are allowed, for the kind where it is most."""
    return max(float(np.mean([np.mean(f.alarms[kind]) for f in figures])) - m for kind, m in MOST_FALSE_ALARMS.items())


def thresholds(
    scores: list[NDArray[np.float64]], sets: list[Examples]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """(match, related), each for another and for the same language, from all sets: 55 pairs of data/vi are too few."""
    match, related = [], []
    for same in (False, True):
        p = np.concatenate([s[e.same_language == same] for s, e in zip(scores, sets, strict=True)])
        label = np.concatenate([e.label[e.same_language == same] for e in sets])
        kind = np.concatenate([e.kind[e.same_language == same] for e in sets])
        match.append(round(best_threshold(p, label) + CAUTION, 2))
        related.append(best_threshold(p, (kind != "none").astype(np.int8)))
    return (match[0], match[1]), (min(related[0], match[0]), min(related[1], match[1]))


def train(data_dir: Path) -> tuple[dict[str, NDArray], str]:  # type: ignore[type-arg]
    own = own_examples(data_dir, read_pairs(), seed=1, n_multi=300)
    embedder = open_embedder("ct2", data_dir)
    sets = [own, *(vi_set_examples(embedder, n) for n in VI_BACKGROUNDS)]
    names = ["own pairs", *(f"data/vi among {n} other claims" for n in VI_BACKGROUNDS)]
    cuts, weights = [folds(examples) for examples in sets], [1, *(VI_WEIGHT for _ in VI_BACKGROUNDS)]
    values = out_of_fold(sets, cuts)
    probes = fit_probes([(examples, np.ones(len(examples.label), dtype=bool)) for examples in sets])
    unknown = transferred(own, cuts[0], sets[1:])
    stored: dict[str, NDArray] = {  # type: ignore[type-arg]
        "model": np.array(MODEL),
        "n_networks": np.array(N_NETWORKS),
        "denial": np.append(probes.denial.coef_[0], probes.denial.intercept_).astype(np.float32),
        "pairing": np.append(probes.pairing.coef_[0], probes.pairing.intercept_).astype(np.float32),
        **_packed("differing", probes.differing),
    }
    never = [ruled_out_of(examples, v) for examples, v in zip(sets, values, strict=True)]
    report = [
        "Written by `make models`. Figures of folds cut by topic or record, at the packaged thresholds, without pairs that the",
        "product rules out (`kiemchung.lookup.veto`). Folds of data/vi (`training/vi_set`) by record leave other records of the",
        "same writer in training, and the embedder learned from our own pairs.",
        "",
    ]
    for kind in WITHOUT:
        networks, scores = fit_all(sets, values, cuts, weights, kind)
        match_at, related_at = thresholds(scores, sets)
        if kind == "full":
            scores = [np.where(mask, 0, s) for mask, s in zip(never, scores, strict=True)]
            at = cautious_threshold([*scores[1:], *unknown], [*sets[1:], *sets[1:]], 0.3)
            # near misses of our own pairs are all on one topic: too easily related
            match_at, related_at = (at, at), thresholds(scores[1:2], sets[1:2])[1]
        stored |= _packed(kind, networks) | {
            f"{kind}_match_at": np.array(match_at),
            f"{kind}_related_at": np.array(related_at),
        }
        report += [
            f"## {kind}",
            "",
            f"match at {match_at}, related at {related_at} (other language, same language)",
            "",
        ]
        for name, examples, p in zip(names, sets, scores, strict=True):
            report += [f"{name}, folds by topic or record: {describe(examples, p, match_at)}", ""]
        if kind == "full":
            for name, examples, p in zip(names[1:], sets[1:], unknown, strict=True):
                report += [f"{name}, nothing learned from data/vi: {describe(examples, p, match_at)}", ""]
    return stored, "\n".join(report)


def _packed(name: str, networks: Networks) -> dict[str, NDArray]:  # type: ignore[type-arg]
    """One network under its name, several numbered."""
    packed = {
        f"{name}_mean": networks.scaler.mean_.astype(np.float32),
        f"{name}_scale": networks.scaler.scale_.astype(np.float32),
    }
    for i, network in enumerate(networks.networks):
        prefix = f"{name}_{i}" if len(networks.networks) > 1 else name
        for layer in (0, 1):
            packed[f"{prefix}_w{layer + 1}"] = network.coefs_[layer].astype(np.float32)
            packed[f"{prefix}_b{layer + 1}"] = network.intercepts_[layer].astype(np.float32)
    return packed


class Figures(NamedTuple):
    f1: float
    precision: float
    recall: float
    alarms: dict[str, list[bool]]


def measured(examples: Examples, scores: NDArray[np.float64], match_at: tuple[float, float]) -> Figures:
    """Over pairs, and for each message without a match, by its kind and under "all", whether it got one."""
    said = scores >= np.where(examples.same_language, match_at[1], match_at[0])
    hits = (said & (examples.label == 1)).sum()
    precision, recall = hits / max(1, said.sum()), hits / examples.label.sum()
    alarmed = set(examples.query[said].tolist())
    kinds: dict[int, set[str]] = {}
    for i in np.flatnonzero(examples.kind != "none"):
        kinds.setdefault(int(examples.query[i]), set()).add(str(examples.kind[i]))
    alarms: dict[str, list[bool]] = {}
    for query, known in kinds.items():
        if "match" not in known:
            for kind in (min(known), "all"):
                alarms.setdefault(kind, []).append(query in alarmed)
    strange = np.unique(examples.query[np.char.startswith(examples.group, "stranger")]).tolist()
    alarms |= {"nothing near": [query in alarmed for query in strange]} if strange else {}
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    return Figures(float(f1), float(precision), float(recall), alarms)


def describe(examples: Examples, scores: NDArray[np.float64], match_at: tuple[float, float]) -> str:
    found = measured(examples, scores, match_at)
    rates = ", ".join(f"{kind} {np.mean(each):.2f} of {len(each)}" for kind, each in sorted(found.alarms.items()))
    figures = f"pairs F1 {found.f1:.3f} (precision {found.precision:.3f}, recall {found.recall:.3f})"
    return f"{figures}; messages without a match that got one: {rates}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path(".models"), help="where the converted model is kept")
    options = parser.parse_args()
    stored, report = train(options.data_dir)
    np.savez(options.out, **stored)
    write_card(
        options.out,
        [*PAIRS, *VI_SET, CHATTER, NEUTRAL, SYLLABLES, TURNS, PIECES, UPDATES],
        what=f"three probes and {N_NETWORKS} small networks that score a pair of message and claim, and their thresholds",
        trained_on="training/pairs, training/vi_set and training/chatter.tsv, written for this project, CC0-1.0; nothing else",
        embedding=f"multilingual-e5-small (MIT), as {CTranslate2Embedder.name}; no part of it is in this file",
        script="training/train_reranker.py",
    )
    print(report)
    if options.report:
        options.report.write_text(report + "\n", "utf-8")


if __name__ == "__main__":
    main()
