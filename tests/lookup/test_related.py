"""Related checks are few and near, fewer and nearer beside a match."""

from kiemchung.lookup.lookup import _with_few_related
from kiemchung.model import Decision, Match


def found(decision, score, cosine):
    return Match(f"{decision.value} {score}", decision, score, ()), cosine


RELATED = [
    found(Decision.RELATED, score, cosine) for score, cosine in ((0.1, 0.5), (0.2, 0.1), (0.3, 0.39), (0.4, 0.6))
]
FURTHER = [found(Decision.RELATED, score, 0.45) for score in (0.31, 0.05)]


def test_without_a_match_the_three_best_near_ones_are_related():
    kept = [match.match_score for match in _with_few_related(RELATED + FURTHER)]
    assert kept == [0.4, 0.31, 0.3]


def test_beside_a_match_two_that_are_nearer():
    kept = [match.match_score for match in _with_few_related([*RELATED, *FURTHER, found(Decision.MATCH, 0.9, 0.7)])]
    assert kept == [0.9, 0.4, 0.31]


def test_all_matches_are_kept():
    matches = [found(Decision.MATCH, score, 0.3) for score in (0.6, 0.9, 0.7, 0.8)]
    assert [match.match_score for match in _with_few_related(matches)] == [0.9, 0.8, 0.7, 0.6]
