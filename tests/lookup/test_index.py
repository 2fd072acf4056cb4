import json

import pytest

from kiemchung.embed import open_embedder
from kiemchung.errors import LookupIndexError
from kiemchung.lookup.index import Document, LookupIndex
from kiemchung.lookup.lookup import Query, look_up, rank

DOCUMENTS = [
    Document("a", "Drinking hot water with lemon cures the flu.", "No trial has shown this.", "en"),
    Document("b", "A snake of forty metres was found in a well.", "", "en"),
    Document("c", "Uống nước đá làm hỏng men răng.", "Men răng chịu được lạnh.", "vi"),
    Document("d", "Ăn cà rốt sống giúp sáng mắt.", "", "vi-VN"),
]


@pytest.fixture
def embedder():
    return open_embedder("hashing")


@pytest.fixture
def index(tmp_path, embedder):
    with LookupIndex.open(tmp_path / "index", embedder, create=True) as index:
        index.upsert(DOCUMENTS)
        index.commit()
        yield index


def test_open_missing_folder_says_how_to_build_it(tmp_path, embedder):
    with pytest.raises(LookupIndexError, match="kiemchung index"):
        LookupIndex.open(tmp_path / "none", embedder)


def test_open_other_embedder_is_refused(index, embedder):
    path = index.folder / "meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"embedder": "other"}))
    with pytest.raises(LookupIndexError, match="embedder other"):
        LookupIndex.open(index.folder, embedder)


@pytest.mark.parametrize("damage", ["meta.json", "rows-1.npy", "claim.i8", "documents.jsonl", "readings.jsonl"])
def test_open_damaged_folder_is_refused(index, embedder, damage):
    (index.folder / damage).write_bytes(b"")
    with pytest.raises(LookupIndexError, match="kiemchung index"):
        LookupIndex.open(index.folder, embedder)


def test_rank_finds_the_words(index):
    assert rank(index, "they found a 40 metres long snake in the well", "en")[0][0] == "b"
    assert rank(index, "uong nuoc da hong men rang", "vi")[0][0] == "c"


def test_upsert_known_id_replaces_the_document(index, embedder):
    index.upsert([Document("b", "A whale was seen in the river.", "", "en")])
    index.commit()
    assert len(index) == 4
    reopened = LookupIndex.open(index.folder, embedder)
    assert sorted(reopened.doc_ids()) == ["a", "b", "c", "d"]
    assert rank(reopened, "whale in the river", "en")[0][0] == "b"
    assert reopened.words.search(["snake"], "en", 5) == []


def test_delete_takes_the_document_out(index, embedder):
    index.delete(["c", "unknown"])
    index.commit()
    reopened = LookupIndex.open(index.folder, embedder)
    assert sorted(reopened.doc_ids()) == ["a", "b", "d"]
    assert "c" not in [doc_id for doc_id, _ in rank(reopened, "uống nước đá làm hỏng men răng", "vi")]


def test_meta_is_kept_with_the_commit(index, embedder):
    index.meta["last_change"] = 17
    index.commit()
    assert LookupIndex.open(index.folder, embedder).meta == {"last_change": 17}


def test_what_was_not_committed_is_gone_and_can_be_added_again(index, embedder):
    extra = Document("e", "Bees sleep in winter.", "", "en")
    index.upsert([extra])
    index.close()
    with LookupIndex.open(index.folder, embedder) as again:
        assert len(again) == 4
        again.upsert([extra])
        again.commit()
        assert rank(again, "bees sleep", "en")[0][0] == "e"
        assert len(again) == 5


def test_second_writer_is_refused(index, embedder):
    with pytest.raises(LookupIndexError, match="another process"):
        LookupIndex.open(index.folder, embedder).upsert(DOCUMENTS)


def test_refresh_shows_what_another_process_committed(index, embedder):
    reader = LookupIndex.open(index.folder, embedder)
    index.upsert([Document("e", "Bees sleep in winter.", "", "en")])
    index.commit()
    reader.refresh()
    assert len(reader) == 5
    assert rank(reader, "bees sleep", "en")[0][0] == "e"


def test_look_up_empty_index_and_no_queries(tmp_path, embedder, index):
    assert look_up(index, []) == []
    with LookupIndex.open(tmp_path / "empty", embedder, create=True) as empty:
        assert look_up(empty, [Query("anything", "en")]) == [[]]
