"""What every Store does, run on each backend."""

from dataclasses import replace
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiemchung.model import ClaimReview, Origin, ReviewRating
from kiemchung.ports import Store
from kiemchung.store import open_store
from kiemchung.store.identity import review_id

FEED = Origin("feed.json", "CC0-1.0", "2026-01-01T00:00:00Z")
OTHER = Origin("other.json", "CC-BY-NC-4.0", "2026-02-01T00:00:00Z")
CHECK = ClaimReview(
    claim="Uống nước chanh muối chữa được cúm.",
    verdict="Sai",
    url="https://desk.example/chanh-muoi",
    publisher="Bàn kiểm chứng Mẫu",
    publisher_site="desk.example",
    published="2026-01-01",
    language="vi",
    title="Nước chanh muối không chữa được cúm",
    rating=ReviewRating(alternate_name="Sai", rating_value="1"),
    appearances=("https://social.example/1",),
)


def put(store: Store, review: ClaimReview, origin: Origin = FEED) -> str:
    (change,) = store.put_reviews([(review, origin)])
    return change.kind


def rated(verdict: str, review: ClaimReview = CHECK) -> ClaimReview:
    return replace(review, verdict=verdict, rating=ReviewRating(alternate_name=verdict))


def only(store: Store) -> ClaimReview:
    ((_, stored),) = store.iter_reviews()
    return stored.review


def test_store_gives_back_what_was_put(store: Store) -> None:
    (change,) = store.put_reviews([(CHECK, FEED)])

    stored = store.get_reviews([change.review_id, "unknown"])[change.review_id]
    assert (stored.review, stored.version, stored.origins, stored.twins) == (CHECK, 1, (FEED,), ())


def test_store_put_again_changes_nothing(store: Store) -> None:
    put(store, CHECK)
    before = (store.summary(), list(store.iter_reviews()))

    assert put(store, CHECK, replace(FEED, imported_at="2026-03-01T00:00:00Z")) == "same"
    assert (store.summary(), list(store.iter_reviews())) == before


def test_store_puts_of_two_crawls_in_turn_settle(store: Store) -> None:
    other = replace(CHECK, explanation="Bản của trang khác.")
    put(store, CHECK)
    put(store, other, OTHER)
    before = (store.summary(), list(store.iter_reviews()))

    assert [put(store, CHECK), put(store, other, OTHER)] == ["same", "same"]
    assert (store.summary(), list(store.iter_reviews())) == before


def test_store_changed_check_becomes_a_new_version_and_the_old_one_stays(store: Store) -> None:
    (first,) = store.put_reviews([(CHECK, FEED)])
    changed = rated("Thiếu ngữ cảnh")

    assert put(store, changed) == "changed"

    stored = store.get_reviews([first.review_id])[first.review_id]
    assert (stored.review, stored.version) == (changed, 2)
    assert store.get_versions(first.review_id) == [CHECK, changed]


def test_store_verdict_that_is_taken_back_is_a_third_version(store: Store) -> None:
    for verdict in ("Sai", "Đúng", "Sai"):
        put(store, rated(verdict))

    ((_, stored),) = store.iter_reviews()
    assert (stored.version, stored.review.verdict) == (3, "Sai")


def test_store_new_verdict_from_another_file_is_a_change(store: Store) -> None:
    put(store, CHECK)
    assert put(store, rated("Đúng"), OTHER) == "changed"
    assert only(store).verdict == "Đúng"


def test_store_older_verdict_from_another_file_is_kept_but_not_shown(store: Store) -> None:
    (change,) = store.put_reviews([(CHECK, FEED)])
    older = replace(rated("Chưa rõ"), published="2025-01-01")

    put(store, older, OTHER)

    assert only(store) == CHECK
    assert store.get_versions(change.review_id) == [CHECK, older]


def test_store_same_check_of_another_crawl_keeps_both_origins(store: Store) -> None:
    put(store, CHECK)
    same_page = replace(CHECK, url="http://www.desk.example/chanh-muoi/?utm_source=x#top")

    assert put(store, same_page, OTHER) == "twin"

    ((_, stored),) = store.iter_reviews()
    assert stored.origins == (FEED, OTHER)
    assert store.summary()["n_reviews"] == 1


def test_store_check_typed_differently_at_another_address_is_a_twin(store: Store) -> None:
    put(store, CHECK)
    typed = replace(CHECK, url="https://desk.example/?p=17", claim="“Uống nước chanh, muối chữa được cúm”!")

    assert put(store, typed, OTHER) == "twin"

    ((_, stored),) = store.iter_reviews()
    assert (len(stored.twins), stored.origins) == (1, (FEED, OTHER))
    twin = store.get_reviews(stored.twins)[stored.twins[0]]
    assert (twin.review, twin.twins) == (typed, (stored.review_id,))


LONG = replace(CHECK, claim="Uống 2 cốc nước chanh muối mỗi ngày chữa được bệnh cúm trong một tuần.")
RATED = replace(CHECK, verdict="1 (1–5)", rating=ReviewRating(rating_value="1"))


@pytest.mark.parametrize(
    "other",
    [
        replace(LONG, claim=LONG.claim.replace("2", "3")),
        replace(LONG, claim=LONG.claim.replace("chữa", "không chữa")),
        replace(LONG, claim=LONG.claim.replace("chanh", "gừng")),
        replace(LONG, claim=LONG.claim + " Nhé", verdict="Đúng", rating=ReviewRating(alternate_name="Đúng")),
        replace(LONG, url="https://desk-two.example/chanh-muoi", publisher_site="desk-two.example"),
    ],
)
def test_store_checks_of_other_numbers_words_verdicts_or_publishers_are_no_twins(
    store: Store, other: ClaimReview
) -> None:
    put(store, LONG)
    assert put(store, other, OTHER) == "new"
    assert store.summary()["n_reviews"] == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(LONG, claim="Theo tin đồn, " + LONG.claim[0].lower() + LONG.claim[1:]),
        replace(LONG, claim=LONG.claim.replace("trong", "trông")[:-1], url="https://desk.example/?p=1"),
        replace(LONG, claim="“" + LONG.claim.upper() + "”", url="https://desk.example/?p=1", title=""),
    ],
)
def test_store_check_with_more_words_or_another_spelling_is_a_twin(store: Store, other: ClaimReview) -> None:
    put(store, LONG)
    assert put(store, other, OTHER) == "twin"


def test_store_checks_that_one_source_tells_apart_stay_apart(store: Store) -> None:
    put(store, LONG)
    assert put(store, replace(LONG, claim=LONG.claim + " Nhé!")) == "new"


def test_store_crawl_that_has_only_the_number_takes_no_words_away(store: Store) -> None:
    put(store, CHECK)
    assert put(store, RATED, OTHER) == "twin"
    assert only(store) == CHECK


def test_store_crawl_with_words_improves_on_a_number(store: Store) -> None:
    put(store, RATED)
    assert put(store, CHECK, OTHER) == "changed"
    assert only(store) == CHECK


def test_store_twin_that_changes_its_verdict_is_shown_by_itself(store: Store) -> None:
    typed = replace(CHECK, url="https://desk.example/?p=17")
    put(store, CHECK)
    put(store, typed, OTHER)

    put(store, rated("Đúng", typed), OTHER)

    assert [stored.review.verdict for _, stored in store.iter_reviews()] == ["Sai", "Đúng"]
    assert store.summary()["n_reviews"] == 2


def test_store_licence_stays_with_each_origin(store: Store) -> None:
    put(store, CHECK)
    put(store, CHECK, OTHER)
    put(store, CHECK, Origin("third.json", None, "2026-03-01T00:00:00Z"))

    ((_, stored),) = store.iter_reviews()
    assert [origin.licence for origin in stored.origins] == ["CC0-1.0", "CC-BY-NC-4.0", None]


def test_store_counts_checks_and_publishers(store: Store) -> None:
    assert store.summary() == {"n_reviews": 0, "n_publishers": 0, "as_of": None, "last_change": 0}

    pages = [replace(CHECK, claim=f"Tin đồn số {i}", url=f"https://d{i % 2}.example/{i}") for i in range(5)]
    store.put_reviews((replace(p, publisher_site=p.url.split("/")[2]), FEED) for p in pages)

    assert store.summary() == {"n_reviews": 5, "n_publishers": 2, "as_of": FEED.imported_at, "last_change": 5}


def test_store_iterates_only_what_changed_since(store: Store) -> None:
    many = [replace(CHECK, claim=f"Tin đồn số {i}", url=f"https://desk.example/{i}") for i in range(2_500)]
    store.put_reviews((review, FEED) for review in many)
    seen = [change for change, _ in store.iter_reviews()]
    put(store, rated("Đúng", many[7]))

    assert seen == list(range(1, 2_501))
    assert [(c, s.review.verdict) for c, s in store.iter_reviews(changed_since=2_500)] == [(2_501, "Đúng")]


def test_store_can_be_written_while_it_is_read(store: Store) -> None:
    many = [replace(CHECK, claim=f"Tin đồn số {i}", url=f"https://desk.example/{i}") for i in range(2_500)]
    store.put_reviews((review, FEED) for review in many)
    reading = store.iter_reviews()
    next(reading)

    writer = Thread(target=put, args=(store, replace(CHECK, claim="Tin mới")))
    writer.start()
    writer.join(timeout=20)

    assert not writer.is_alive()
    assert sum(1 for _ in reading) == 2_500


def test_store_is_there_after_reopening(database: str) -> None:
    first = open_store(database)
    put(first, CHECK)
    first.close()

    second = open_store(database)
    assert only(second) == CHECK
    second.close()


def test_store_remembers_how_far_an_import_came_until_it_is_finished(store: Store) -> None:
    note = {"imported_at": "2026-01-01T00:00:00Z", "rejects": {"no_claim": 2, "not_json": 1}}
    store.note_import("feed.json", "abc", position=500, finished=False, **note)
    assert store.import_position("feed.json", "abc") == 500
    assert store.import_position("feed.json", "other") == 0

    store.note_import("feed.json", "abc", position=900, finished=True, **note)
    assert store.import_position("feed.json", "abc") == 0
    assert store.rejected() == {"no_claim": 2, "not_json": 1}


texts = st.text(max_size=30)
some_reviews = st.builds(
    lambda verdict, **fields: ClaimReview(verdict=verdict, rating=ReviewRating(alternate_name=verdict), **fields),
    claim=st.sampled_from(["a b c d e f g h i", "A b c d e f g h i!", "khác hẳn", "1 con", "2 con"]),
    verdict=st.sampled_from(["Sai", "Đúng"]),
    url=st.sampled_from(["https://desk.example/1", "http://www.desk.example/1", "https://desk.example/2"]),
    publisher=texts,
    publisher_site=st.just("desk.example"),
    published=st.sampled_from([None, "2026-01-01"]),
    title=texts,
    explanation=texts,
    appearances=st.lists(texts, max_size=2).map(tuple),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(some_reviews, st.sampled_from([FEED, OTHER])), max_size=8))
def test_store_shows_each_check_once_and_repeats_add_nothing(
    store: Store, batch: list[tuple[ClaimReview, Origin]]
) -> None:
    store.put_reviews(batch)
    shown = [i for _, stored in store.iter_reviews() for i in (stored.review_id, *stored.twins)]
    assert len(shown) == len(set(shown))
    assert store.summary()["n_reviews"] == sum(1 for _ in store.iter_reviews())

    last = {(review_id(review), origin.source): (review, origin) for review, origin in batch}
    before = (store.summary(), list(store.iter_reviews()))
    assert {change.kind for change in store.put_reviews(last.values())} <= {"same"}
    assert (store.summary(), list(store.iter_reviews())) == before


def test_store_lists_a_publishers_checks_newest_first_without_twins(store: Store) -> None:
    days = ("2026-01-02", None, "2026-03-01", "2025-12-31T10:00:00Z")
    for number, day in enumerate(days):
        put(
            store, replace(CHECK, claim=f"Cầu số {number} đã sập.", url=f"https://desk.example/{number}", published=day)
        )
    put(store, replace(CHECK, claim="Của bàn khác.", url="https://other.example/1", publisher_site="other.example"))

    found = store.get_reviews(store.ids_of_publisher("desk.example"))
    assert [each.review.published for each in found.values()] == [days[2], days[0], days[3], None]
    assert store.ids_of_publisher("nobody.example") == []
