"""Learn the map of `kiemchung.lookup.space` from our own pairs: directions in which texts of one claim differ shrink.

    python training/train_space.py OUT PIECES

Linear discriminant analysis without its reduction: W = (S + ridge * mean variance * I) ^ (-1/2), S the covariance of
records (claim alone, claim with explanation) and matching messages (as written and dressed up) around the mean of
their topic. The space of single pieces (`kiemchung.lookup.pieces`) is learned from the same texts: their means, the directions
in which they vary most, evened out a little, and a linear guess of how rare a piece is. Texts: training/pairs only. Equal vectors give equal bytes.
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from augment import dress
from card import NEUTRAL, PAIRS, SYLLABLES, UPDATES, write_card
from numpy.typing import NDArray
from read_pairs import Topic, read_pairs

from kiemchung.embed import open_embedder
from kiemchung.embed.convert import model_folder
from kiemchung.embed.ct2 import MODEL
from kiemchung.embed.texts import clean
from kiemchung.embed.tokens import Tokenizer
from kiemchung.lookup.pieces import SIZE
from kiemchung.lookup.prepare import prepare
from kiemchung.lookup.space import measure_space
from kiemchung.ports import Embedder, PieceEmbedder

RIDGES = {"claim": 3.0, "whole": 1.0}
#: Power of their variance by which directions of pieces are evened out; .5 would make all count alike.
EVENNESS = 0.25
RARITY_RIDGE = 0.01
#: Share of the messages that are also taken dressed up, and one of how many topics pieces are learned from: enough.
DRESSED, PIECES_FROM = 0.4, 3


def texts_by_topic(topics: list[Topic]) -> list[tuple[int, str, str, bool]]:
    """(topic, text, language, is_query) of everything that says the claim of its topic."""
    number = {message.message_id: i for i, topic in enumerate(topics) for message in topic.messages}
    found = []
    for i, topic in enumerate(topics):
        for record in topic.records:
            found.append((i, record.claim, record.language, False))
            found.append((i, f"{record.explanation} {record.claim}".strip(), record.language, False))
    for dressed in dress(topics, seed=1, n_multi=0, share=DRESSED):
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


def learn_pieces(embedder: PieceEmbedder, tokenizer: Tokenizer, topics: list[Topic]) -> dict[str, NDArray[np.float32]]:
    """Means, directions and rarity of pieces, from claims and matching messages."""
    found = sorted({(text, is_query) for _, text, _, is_query in texts_by_topic(topics[::PIECES_FROM])})
    queries = [text for text, is_query in found if is_query]
    claims = [text for text, is_query in found if not is_query]
    sides = [embedder.passages_in_pieces(claims)[1], embedder.queries_in_pieces(queries)[1]]
    means = [np.concatenate(side).mean(axis=0) for side in sides]
    centred = np.concatenate([np.concatenate(side) - mean for side, mean in zip(sides, means, strict=True)]).astype(
        float
    )
    around = centred.T @ centred / len(centred)
    values, directions = np.linalg.eigh(around)
    turn = directions[:, ::-1][:, :SIZE] * values[::-1][:SIZE] ** -EVENNESS
    rarity = rarities(tokenizer, claims, queries)
    ridge = RARITY_RIDGE * np.trace(around) * np.eye(len(around)) / len(around)
    weights = np.linalg.solve(around + ridge, centred.T @ (rarity - rarity.mean()) / len(centred))
    return {
        "passage_mean": means[0],
        "query_mean": means[1],
        "turn": (turn / np.abs(turn).max()).astype(np.float32),
        "rarity": np.append(weights, rarity.mean()).astype(np.float32),
    }


def rarities(tokenizer: Tokenizer, claims: list[str], queries: list[str]) -> NDArray[np.float64]:
    """For each piece of all texts in order, the logarithm of how many times fewer than all hold it."""
    prefixed = [f"passage: {clean(text)}" for text in claims] + [f"query: {clean(text)}" for text in queries]
    ids = [pieces[3:-1] for pieces in tokenizer.encode(prefixed)]
    held = Counter(piece for pieces in ids for piece in set(pieces))
    return np.array([np.log(len(ids) / (1 + held[piece])) for pieces in ids for piece in pieces])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("pieces", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path(".models"), help="where the converted model is kept")
    options = parser.parse_args()
    embedder = open_embedder("ct2", options.data_dir)
    assert isinstance(embedder, PieceEmbedder), embedder
    topics, model = read_pairs(), np.array(MODEL)
    turns = {part: turn.astype(np.float16) for part, turn in learn_turns(embedder, topics).items()}
    pieces = learn_pieces(embedder, Tokenizer(model_folder(options.data_dir)), topics)
    for out, learned, what in (
        (options.out, turns, "linear maps that shrink the directions in which texts of one claim differ: "),
        (
            options.pieces,
            pieces,
            "where pieces of texts lie, the directions in which they vary, and how rare they are: ",
        ),
    ):
        np.savez(out, model=model, **learned)
        write_card(
            out,
            [*PAIRS, NEUTRAL, SYLLABLES, UPDATES],
            what=what + ", ".join(learned),
            trained_on="training/pairs, written for this project, CC0-1.0; nothing else",
            embedding=f"multilingual-e5-small (MIT), as {embedder.name}; no part of it is in this file",
            script="training/train_space.py",
        )


if __name__ == "__main__":
    main()
