"""Verdicts are compared by coarse families; nothing is said of words that no rule knows."""

import unicodedata
from dataclasses import replace

import pytest

from kiemchung.commons.verdicts import Family, verdict_family, verdicts_disagree
from kiemchung.text import fold
from tests.web.fakes import LEMON


@pytest.mark.parametrize(
    ("verdict", "family"),
    [
        ("Sai", Family.FALSE),
        ("SAI SỰ THẬT", Family.FALSE),
        ("không đúng", Family.FALSE),
        ("Tin giả", Family.FALSE),
        ("Lừa đảo", Family.FALSE),
        ("False: the picture is from 2012.", Family.FALSE),
        ("Not true", Family.FALSE),
        ("Mostly false", Family.FALSE),
        ("Falso", Family.FALSE),
        ("गलत", Family.FALSE),
        ("Đúng", Family.TRUE),
        ("Mostly true", Family.TRUE),
        ("Richtig", Family.TRUE),
        ("True. It happened in 2019 and again a year later.", Family.TRUE),
        ("Đúng một phần", Family.MIXED),
        ("Half true", Family.MIXED),
        ("True, but old", Family.MIXED),
        ("Misleading", Family.MIXED),
        ("Gây hiểu lầm", Family.MIXED),
        ("Nửa sự thật", Family.MIXED),
        ("Chưa có căn cứ", Family.UNPROVEN),
        ("No evidence", Family.UNPROVEN),
        ("Satire", Family.SATIRE),
        ("“Rating: FALSE”", Family.FALSE),
        ("Two hats", None),
        ("That is a legend of the sea", None),
        ("Real photo of another flood in another year", None),
        ("", None),
    ],
)
def test_verdict_belongs_to_its_family(verdict, family):
    assert verdict_family(verdict) == family


@pytest.mark.parametrize("verdict", ["Sai sự thật", "Đúng một phần", "Chưa kiểm chứng", "Không chính xác"])
def test_vietnamese_verdict_keeps_its_family_without_marks_and_decomposed(verdict):
    assert verdict_family(fold(verdict)) == verdict_family(verdict) is not None
    assert verdict_family(unicodedata.normalize("NFD", verdict)) == verdict_family(verdict)


@pytest.mark.parametrize(
    ("verdicts", "disagree"),
    [
        (["Sai", "False", "Faux"], False),
        (["Sai", "Đúng một phần"], True),
        (["Sai", "Đúng"], True),
        (["Four hats", "Four hats."], False),
        (["Four hats", "One hat"], True),
        (["Sai", "Bức ảnh được chụp ở một nơi khác vào năm 2011"], False),
        (["Sai", ""], False),
        (["Sai"], False),
        ([], False),
    ],
)
def test_verdicts_disagree_only_where_their_words_do(verdicts, disagree):
    assert verdicts_disagree([replace(LEMON, verdict=verdict) for verdict in verdicts]) == disagree
