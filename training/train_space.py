"""Learn the map of `kiemchung.lookup.space` from our own pairs: directions in which texts of one claim differ shrink.

    python training/train_space.py OUT

Linear discriminant analysis without its reduction: W = (S + ridge * mean variance * I) ^ (-1/2), S the covariance of
records (claim alone, claim with explanation) and matching messages (as written and dressed up) around the mean of
their topic. Texts: training/pairs only. Equal vectors give equal bytes.
"""

import argparse
from pathlib import Path

import numpy as np
from augment import dress
from card import NEUTRAL, PAIRS, SYLLABLES, UPDATES, write_card
from numpy.typing import NDArray
from read_pairs import Topic, read_pairs

from kiemchung.embed import open_embedder
from kiemchung.embed.ct2 import MODEL
from kiemchung.lookup.prepare import prepare
from kiemchung.lookup.space import measure_space
from kiemchung.ports import Embedder

RIDGES = {"claim": 30.0, "whole": 3.0}


def texts_by_topic(topics: list[Topic]) -> list[tuple[int, str, str, bool]]:
    """(topic, text, language, is_query) of everything that says the claim of its topic."""
    number = {message.message_id: i for i, topic in enumerate(topics) for message in topic.messages}
    found = []
    for i, topic in enumerate(topics):
        for record in topic.records:
            found.append((i, record.claim, record.language, False))
            found.append((i, f"{record.explanation} {record.claim}".strip(), record.language, False))
    for dressed in dress(topics, seed=1, n_multi=0):
        if dressed.parts[0].relation == "match":
            text = prepare(dressed.text, dressed.language).whole
            found.append((number[dressed.parts[0].message_id], text, dressed.language, True))
    return found


def learn_turns(embedder: Embedder, topics: list[Topic]) -> dict[str, NDArray[np.float32]]:
    space = measure_space(embedder)
    found = texts_by_topic(topics)
    vectors = np.zeros((len(found), embedder.dimensions))
    for is_query, embed, means in (
        (False, embedder.passages, space.passage_means),
        (True, embedder.queries, space.query_means),
    ):
        members = [i for i, row in enumerate(found) if row[3] is is_query]
        offsets = np.stack([means[found[i][2]] for i in members])
        vectors[members] = embed([found[i][1] for i in members]) - offsets
    owners = np.array([row[0] for row in found])
    around = np.zeros((embedder.dimensions, embedder.dimensions))
    for owner in range(len(topics)):
        rest = vectors[owners == owner] - vectors[owners == owner].mean(axis=0)
        around += rest.T @ rest
    around /= len(found) - len(topics)
    return {part: _shrink(around, ridge) for part, ridge in RIDGES.items()}


def _shrink(around: NDArray[np.float64], ridge: float) -> NDArray[np.float32]:
    values, directions = np.linalg.eigh(around + ridge * np.trace(around) / len(around) * np.eye(len(around)))
    turn = (directions * values**-0.5) @ directions.T
    return (turn / np.abs(turn).max()).astype(np.float32)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path(".models"), help="where the converted model is kept")
    options = parser.parse_args()
    embedder = open_embedder("ct2", options.data_dir)
    turns = {part: turn.astype(np.float16) for part, turn in learn_turns(embedder, read_pairs()).items()}
    np.savez(options.out, model=np.array(MODEL), **turns)
    write_card(
        options.out,
        [*PAIRS, NEUTRAL, SYLLABLES, UPDATES],
        what="linear maps that shrink the directions in which texts of one claim differ: " + ", ".join(turns),
        trained_on="training/pairs, written for this project, CC0-1.0; nothing else",
        embedding=f"multilingual-e5-small (MIT), as {embedder.name}; no part of it is in this file",
        script="training/train_space.py",
    )


if __name__ == "__main__":
    main()
