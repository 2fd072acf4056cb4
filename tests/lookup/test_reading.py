"""Texts taken apart: what is kept with the index is what would be read anew."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.reading import names_as_written, pack, read, read_document, unpack

TEXTS = st.text(max_size=80) | st.sampled_from(
    [
        "",
        "Uống 2,5 lít nước/ngày chữa khỏi 90% bệnh.",
        "It’s NOT true: 5G doesn't kill 3.000 birds",
        "喝热水能治百分之五十的病",
    ]
)


@given(TEXTS, TEXTS, st.sampled_from(["vi", "en", "zh", "und"]))
def test_a_packed_reading_comes_back(claim, context, language):
    reading = read_document(claim, context, language)
    assert unpack(json.loads(json.dumps(pack(reading)))) == reading


@pytest.mark.parametrize("version", ["of today", "another"])
def test_the_index_gives_readings_kept_or_made_anew(tmp_path, monkeypatch, version):
    documents = [
        Document("a", "Nước chanh chữa 3 bệnh", "Không có chuyện đó", "vi"),
        Document("b", "Bats are not blind", "", "en"),
    ]
    with LookupIndex.open(tmp_path / "index", HashingEmbedder(), create=True) as index:
        index.upsert(documents)
        index.commit()
        index.upsert([Document("c", "Loài dơi không mù", "Bài số 7", "vi")])
        index.delete(["a"])
        index.commit()
    if version == "another":
        monkeypatch.setattr("kiemchung.lookup.index.VERSION", -1)
    with LookupIndex.open(tmp_path / "index", HashingEmbedder()) as index:
        assert index.reading(1) == read_document("Bats are not blind", "", "en")
        assert index.reading(2) == read_document("Loài dơi không mù", "Bài số 7", "vi")


@pytest.mark.parametrize(
    ("claim", "asked", "names"),
    [
        ("Cầu treo xã Mẫu dài 120 mét mới sơn màu xanh", "cau xa mau dai 120 met mau do", ["Mẫu"]),
        ("Rùa ở Hồ Gươm, Hà Nội nặng 5 tấn", "ho guom ha noi", ["Hồ Gươm", "Hà Nội"]),
        ("Rùa ở Hồ Gươm, Hà Nội nặng 5 tấn", "guom noi", ["Gươm", "Nội"]),
        ("Typing your PIN backwards calls 113", "your pin 113", ["PIN"]),
        ("Sóng 5G làm chết chim, và 5G làm chết ong", "5g", ["5G"]),
        ("Uống nước chanh", "uong nuoc chanh", []),
    ],
)
def test_shared_names_are_told_as_the_claim_writes_them(claim, asked, names):
    assert names_as_written(claim, read(claim, "vi").names & set(asked.split())) == names
