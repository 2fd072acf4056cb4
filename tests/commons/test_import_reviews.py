"""Importing, and G25: it loses nothing silently."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard

from kiemchung.commons.import_reviews import BATCH, Options, Tally, Watcher, import_reviews
from kiemchung.commons.index_reviews import CHANGE, rebuild_index, update_index
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.errors import FetchError, InputError, LookupIndexError
from kiemchung.formats.records import Rejected
from kiemchung.ports import Fetched
from kiemchung.store import open_store


class FakeClock:
    """Some time in 2026."""

    def now_ms(self) -> int:
        return 1_780_000_000_000


class FakeFetcher:
    """Documents by address; some addresses are closed to programs."""

    def __init__(self, documents: dict[str, bytes], closed: tuple[str, ...] = ()) -> None:
        self.documents, self.closed = documents, closed
        self.asked: list[str] = []

    def get(self, url: str) -> Fetched:
        self.asked.append(url)
        if url not in self.documents:
            raise FetchError(url, "status", "answered with status 404")
        return Fetched(url, self.documents[url], "text/html", None)

    def may_crawl(self, url: str) -> bool:
        return url not in self.closed


@pytest.fixture
def commons(tmp_path: Path) -> Iterator[Commons]:
    settings = Settings(data_dir=tmp_path / "data", embedder="hashing")
    store = open_store(settings.database)
    commons = Commons(settings, store, FakeClock())
    yield commons
    if "index" in vars(commons):
        commons.index.close()
    store.close()


def check(number: int = 1, **changes: Any) -> dict[str, Any]:
    node = {
        "@type": "ClaimReview",
        "claimReviewed": f"Tin đồn về món ăn thứ {number}",
        "url": f"https://ban-mau.example/{number}",
        "author": {"@type": "Organization", "name": "Bàn Mẫu"},
        "reviewRating": {"alternateName": "Sai"},
        "inLanguage": "vi",
    }
    return {key: value for key, value in {**node, **changes}.items() if value is not None}


def ndjson(*nodes: Any) -> bytes:
    return "".join(f"{node if isinstance(node, str) else json.dumps(node)}\n" for node in nodes).encode()


class Listener(Watcher):
    def __init__(self) -> None:
        self.heard: list[tuple[str, str, str]] = []

    def rejected(self, document: str, record: Rejected) -> None:
        self.heard.append((document, record.where, record.reason))


def state(commons: Commons) -> tuple[Any, ...]:
    return commons.store.summary(), list(commons.store.iter_reviews()), commons.store.rejected()


def test_import_again_changes_nothing(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(ndjson(check(1), check(2), "{bad", check(2), check(3, url=None)))

    first = import_reviews([str(path)], commons)
    before = state(commons)
    second = import_reviews([str(path)], commons)

    assert first.as_dict() == {
        "documents": 1, "new": 2, "changed": 0, "same": 1, "twin": 0, "repaired": 0, "taken_in_before": 0,
        "rejected": {"no_url": 1, "not_json": 1},
    }  # fmt: skip
    assert (second.stored["same"], second.stored["new"]) == (3, 0)
    assert state(commons) == before


def test_import_of_a_changed_check_keeps_the_old_version(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(check()))
    import_reviews([str(path)], commons)
    path.write_text(json.dumps(check(reviewRating={"alternateName": "Thiếu ngữ cảnh"})))

    assert import_reviews([str(path)], commons).stored["changed"] == 1

    ((_, stored),) = commons.store.iter_reviews()
    assert [r.verdict for r in commons.store.get_versions(stored.review_id)] == ["Sai", "Thiếu ngữ cảnh"]
    assert (stored.version, stored.review.verdict) == (2, "Thiếu ngữ cảnh")


def test_g25_every_record_is_stored_or_rejected_with_its_reason_and_place(commons: Commons, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    bad = [
        check(10, claimReviewed=None), check(11, reviewRating=None), check(12, url=None), check(13, url="javascript:x"),
        check(14, claimReviewed="x" * 6_000), "{broken", "[]", '"text"', {"a": 1},
    ]  # fmt: skip
    (folder / "a.ndjson").write_bytes(ndjson(check(1), *bad, check(2)))
    (folder / "b.csv").write_text(
        "claim,verdict,url\nTin đồn,Sai,https://c.example/1\n,Sai,https://c.example/2\na,b,c,d\n"
    )
    (folder / "c.html").write_text('<script type="application/ld+json">{"@type": "ClaimReview" nonsense</script>')
    (folder / "d.bin").write_bytes(bytes(range(256)) * 4)
    (folder / "e.json.gz").write_bytes(gzip.compress(json.dumps([check(3)] * 50).encode())[:-12])
    (folder / "f.zip").write_bytes(b"PK\x03\x04 nothing")
    (folder / "g.json").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"x")
    listener = Listener()

    tally = import_reviews([str(folder)], commons, watcher=listener)

    told = [(name, reason) for name, _, reason in listener.heard]
    assert [reason for name, reason in told if name == "broken/a.ndjson"] == [
        "no_claim", "no_verdict", "no_url", "bad_url", "too_long", "not_json",
        "not_known", "not_known", "no_claim_review",
    ]  # fmt: skip
    assert [(name, reason) for name, reason in told if name != "broken/a.ndjson"] == [
        ("broken/b.csv", "no_claim"),
        ("broken/b.csv", "bad_row"),
        ("broken/c.html", "broken_block"),
        ("broken/d.bin", "not_known"),
        ("broken/e.json", "unreadable"),
        ("broken/f.zip", "unreadable"),
        ("broken/g.json", "empty_item"),
    ]
    assert sum(tally.rejected.values()) == len(told)
    assert commons.store.rejected() == dict(sorted(tally.rejected.items()))


def test_g25_licence_and_origin_stay_with_each_record(commons: Commons, tmp_path: Path) -> None:
    for name, licence in (("a.json", "CC0-1.0"), ("b.json", "CC-BY-NC-SA-4.0"), ("c.json", None)):
        (tmp_path / name).write_text(json.dumps(check()))
        import_reviews([str(tmp_path / name)], commons, Options(licence=licence))

    ((_, stored),) = commons.store.iter_reviews()
    assert {(o.source, o.licence) for o in stored.origins} == {
        ("a.json", "CC0-1.0"), ("b.json", "CC-BY-NC-SA-4.0"), ("c.json", None),
    }  # fmt: skip


def test_origins_hold_no_path_of_this_machine(commons: Commons, tmp_path: Path) -> None:
    folder = tmp_path / "someone" / "checks"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text(json.dumps(check()))
    import_reviews([str(folder)], commons)
    import_reviews([str(folder / "a.json")], commons, Options(source_name="Bàn Mẫu"))

    ((_, stored),) = commons.store.iter_reviews()
    assert {origin.source for origin in stored.origins} == {"checks/a.json", "Bàn Mẫu"}


def test_import_reads_folders_and_archives(commons: Commons, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("in/a.json", json.dumps(check(1)))
        archive.writestr("b.csv", "claim,verdict,url\nTin khác,Sai,https://ban-mau.example/9\n")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.zip").write_bytes(packed.getvalue())
    (tmp_path / "x" / "b.ndjson.gz").write_bytes(gzip.compress(ndjson(check(2))))
    (tmp_path / "x" / "c.json.zst").write_bytes(zstandard.compress(json.dumps(check(3)).encode()))

    tally = import_reviews([str(tmp_path / "x")], commons)

    assert (tally.n_documents, tally.stored["new"], sum(tally.rejected.values())) == (4, 4, 0)


def test_import_of_a_feed_reads_its_pages_and_reports_what_it_may_not_or_cannot(
    tmp_path: Path, commons: Commons
) -> None:
    page = f'<html lang="vi"><script type="application/ld+json">{json.dumps(check(1))}</script></html>'
    items = "".join(f"<item><link>https://ban-mau.example/{name}</link></item>" for name in ("1", "closed", "gone"))
    feed = "https://ban-mau.example/feed.xml"
    documents = {feed: f"<rss><channel>{items}</channel></rss>".encode(), "https://ban-mau.example/1": page.encode()}
    fetcher = FakeFetcher(documents, closed=("https://ban-mau.example/closed",))
    vars(commons)["fetcher"] = fetcher
    listener = Listener()

    tally = import_reviews([feed], commons, Options(licence="CC0-1.0"), watcher=listener)

    ((_, stored),) = commons.store.iter_reviews()
    assert (stored.origins[0].source, tally.stored["new"]) == (feed, 1)
    assert [reason for _, _, reason in listener.heard] == ["not_fetched", "not_fetched"]
    assert fetcher.asked == [feed, "https://ban-mau.example/1", "https://ban-mau.example/gone"]


def test_feeds_that_point_at_feeds_without_end_are_left(commons: Commons) -> None:
    feed = "https://ban-mau.example/feed.xml"
    vars(commons)["fetcher"] = FakeFetcher(
        {feed: f"<rss><channel><item><link>{feed}</link></item></channel></rss>".encode()}
    )
    assert import_reviews([feed], commons).rejected == {"not_fetched": 1}


def test_source_that_is_not_there_is_an_error_before_anything_is_read(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(check()))
    with pytest.raises(InputError, match="no such file or folder"):
        import_reviews([str(path), str(tmp_path / "none.json")], commons)
    assert commons.store.summary()["n_reviews"] == 0


def test_interrupted_import_goes_on_where_it_stopped(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(ndjson(check(0, url=None), *(check(i) for i in range(BATCH + 500))))

    class Impatient(Watcher):
        def read(self, document: str, tally: Tally, position: tuple[int, int]) -> None:
            if tally.stored["new"]:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_reviews([str(path)], commons, watcher=Impatient())
    assert commons.store.summary()["n_reviews"] == BATCH

    tally = import_reviews([str(path)], commons)

    assert (tally.n_skipped, tally.stored["new"], tally.stored["same"]) == (BATCH, 500, 0)
    assert commons.store.summary()["n_reviews"] == BATCH + 500
    assert commons.store.rejected() == {"no_url": 1}


def test_appearances_on_the_desks_own_site_are_dropped(commons: Commons, tmp_path: Path) -> None:
    item = {"appearance": ["https://www.ban-mau.example/1", "https://other.example/x"]}
    (tmp_path / "a.json").write_text(json.dumps(check(itemReviewed=item)))
    import_reviews([str(tmp_path / "a.json")], commons)
    ((_, stored),) = commons.store.iter_reviews()
    assert stored.review.appearances == ("https://other.example/x",)


@pytest.mark.parametrize(
    ("claim", "language"),
    [("Uống nước chanh chữa được bệnh cúm", "vi"), ("Drinking lemon water cures the common flu within a day", "en")],
)
def test_language_is_told_where_a_publisher_leaves_it_out(
    commons: Commons, tmp_path: Path, claim: str, language: str
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(check(claimReviewed=claim, inLanguage=None)))
    import_reviews([str(tmp_path / "a.json")], commons)
    ((_, stored),) = commons.store.iter_reviews()
    assert stored.review.language == language


def test_imported_checks_are_indexed_as_they_come(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(ndjson(check(1), check(2)))
    import_reviews([str(path)], commons, index=lambda: void(update_index(commons)))
    path.write_bytes(ndjson(check(1, claimReviewed="Tin đồn về món ăn thứ 1!"), check(2), check(3)))
    import_reviews([str(path)], commons, index=lambda: void(update_index(commons)))

    assert sorted(commons.index.doc_ids()) == sorted(stored.review_id for _, stored in commons.store.iter_reviews())
    assert commons.index.meta[CHANGE] == commons.store.summary()["last_change"]
    assert update_index(commons) == 0


def test_index_is_rebuilt_beside_the_old_one(commons: Commons, tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(ndjson(*(check(i) for i in range(300))))
    import_reviews([str(path)], commons)

    assert rebuild_index(commons) == 300

    assert [p.name for p in commons.settings.data_dir.iterdir() if p.is_dir()] == ["index"]
    assert len(commons.index) == 300
    assert update_index(commons) == 0


def test_index_of_another_database_is_not_filled_up(commons: Commons, tmp_path: Path) -> None:
    commons.index.meta[CHANGE] = 99
    with pytest.raises(LookupIndexError, match="belongs to another database; run `kiemchung index --rebuild`"):
        update_index(commons)


def void(_: object) -> None:
    """Throw a value away."""


@pytest.mark.parametrize(
    ("claim", "title", "language"),
    [
        ("Uống nước chanh nóng chữa khỏi ung thư", "Nước chanh không chữa được ung thư", "vi"),
        ("चाय पीने से बुखार ठीक होता है", "चाय से बुखार ठीक नहीं होता", "hi"),
        ("Uống nước chanh nóng chữa khỏi ung thư", "Lemon water does not cure cancer", "en-US"),
        ("Le café guérit la grippe à Orléans", "Le café ne guérit pas la grippe", "en-US"),
    ],
)
def test_page_that_calls_itself_english_in_another_script_is_not(
    commons: Commons, tmp_path: Path, claim: str, title: str, language: str
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(check(claimReviewed=claim, headline=title, inLanguage="en-US")))
    import_reviews([str(tmp_path / "a.json")], commons)
    ((_, stored),) = commons.store.iter_reviews()
    assert stored.review.language == language
