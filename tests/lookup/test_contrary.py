"""Opposites: what one text says the other turns round, without a word that denies."""

import pytest

from kiemchung.lookup.contrary import contrary, sides


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Vết bỏng mau lành.", "vi"), ("Bôi vào thì vết thương lâu lành hơn đó.", "vi")),
        (("A burn heals faster.", "en"), ("Vết thương lâu lành hơn đó.", "vi")),
        (("Sô-cô-la có thể gây hại cho chó.", "vi"), ("Chocolate is safe for dogs.", "en")),
        (("This honey is fake.", "en"), ("Mật ong này là mật ong thật.", "vi")),
    ],
)
def test_opposites_are_told_within_and_across_languages(one, other):
    assert contrary(sides(*one), sides(*other))
    assert contrary(sides(*other), sides(*one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Vết bỏng mau lành.", "vi"), ("Burns heal quickly.", "en")),
        (("Hàng thật và hàng giả khác nhau.", "vi"), ("Đây là hàng giả.", "vi")),
        (("Thật ra không phải vậy.", "vi"), ("Tin này là giả.", "vi")),
        (("Cá này độc.", "vi"), ("Este pez es seguro.", "es")),
    ],
)
def test_like_sides_both_sides_and_unknown_languages_are_no_opposites(one, other):
    assert contrary(sides(*one), sides(*other)) == []
