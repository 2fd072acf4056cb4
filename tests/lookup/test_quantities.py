import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.lookup.quantities import quantities, same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2tr", "hai triệu"),
        ("two million", "hai triệu"),
        ("500k", "500 nghìn"),
        ("40 độ", "forty degrees"),
        ("30m", "thirty metres"),
        ("ba mươi phần trăm", "30%"),
        ("tres mil células", "3.000 tế bào"),
        ("24h", "one day"),
        ("ba nghìn", "三千个"),
        ("gấp đôi", "twice"),
        ("năm ký", "5 kg"),
        ("hai mươi năm", "twenty years"),
    ],
)
def test_quantities_written_differently_are_the_same(one, other):
    (a,), (b,) = quantities(one), quantities(other)
    assert same(a, b)


@pytest.mark.parametrize(
    ("one", "other"), [("3 ngày", "3 tuần"), ("40%", "30%"), ("một mét", "một cây số"), ("5 kg", "5 km")]
)
def test_quantities_that_differ_are_told_apart(one, other):
    (a,), (b,) = quantities(one), quantities(other)
    assert not same(a, b)


def test_year_and_five_are_told_apart():
    assert [q.value for q in quantities("năm nghìn người")] == [5000]
    assert quantities("mỗi năm có bão") == ()


@given(st.text(max_size=80))
def test_quantities_read_any_text(text):
    assert all(q.value >= 0 for q in quantities(text))
