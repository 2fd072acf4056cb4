from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from kiemchung.claims.measure import measure_labels
from kiemchung.model import ClaimLabel

LABELS = st.sampled_from(list(ClaimLabel))


@given(st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=40))
def test_measure_labels_agrees_with_scikit_learn(pairs):
    true, told = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    measured = measure_labels(true, told)
    assert abs(measured.macro_f1 - f1_score(true, told, average="macro")) < 1e-9
    assert sum(measured.confusion.values()) == len(pairs)


def test_measure_labels_counts_opinions_called_checkable():
    true = [ClaimLabel.OPINION] * 4
    told = [ClaimLabel.OPINION] * 3 + [ClaimLabel.CHECKABLE]
    assert measure_labels(true, told).opinions_called_checkable == 0.25
    assert measure_labels([ClaimLabel.OTHER], [ClaimLabel.OTHER]).opinions_called_checkable is None
