"""The Desk port, once per database."""

from dataclasses import replace

import pytest

from kiemchung.model import DeskDraft, DeskReply, LogEvent, Source
from kiemchung.store import open_contributions, open_store

DRAFT = DeskDraft(
    "Cầu Mẫu dài 900 mét", "Sai", "Số đo mới là 870 mét.", "vi", (Source("https://a.example/", "Dài 870 mét."),)
)
EVENT = LogEvent("desk_check", {"check_id": "c1"})


@pytest.fixture
def desk(backend, database):
    if backend == "quick":
        pytest.skip("short processes have no desk")
    open_store(database).close()
    contributions = open_contributions(database, lambda: "2026-11-28")
    yield contributions.desk, contributions
    contributions.close()


def test_a_member_is_known_until_the_role_is_taken_back(desk):
    desk, _ = desk
    assert not desk.has_member(b"v" * 32)
    desk.add_member(b"v" * 32)
    assert (desk.has_member(b"v" * 32), desk.count_members()) == (True, 1)
    assert desk.drop_member(b"v" * 32)
    assert not desk.drop_member(b"v" * 32)
    assert not desk.has_member(b"v" * 32)


def test_a_text_is_published_once_handed_in_and_as_it_was_seen(desk):
    desk, contributions = desk
    desk.put_draft("c1", b"w" * 32, DRAFT, None)
    assert desk.writer_of("c1") == b"w" * 32
    assert not desk.publish("c1", DRAFT, "2026-11-28", [EVENT]), "not handed in"
    assert desk.hand_in("c1")
    assert not desk.publish("c1", replace(DRAFT, verdict="Đúng"), "2026-11-28", [EVENT]), "changed meanwhile"
    assert contributions.pending_events() == []
    assert desk.publish("c1", DRAFT, "2026-11-28", [EVENT])
    assert not desk.publish("c1", DRAFT, "2026-11-28", [EVENT])
    assert [each.event for each in contributions.pending_events()] == [EVENT]
    check = desk.get_check("c1")
    assert [(each.draft, each.day, each.reason) for each in check.versions] == [(DRAFT, "2026-11-28", None)]
    assert (check.in_work, desk.writer_of("c1"), desk.in_work()) == (None, None, [])
    assert desk.published() == [check]


def test_a_correction_keeps_the_old_version_and_a_changed_text_is_not_handed_in(desk):
    desk, _ = desk
    desk.put_draft("c1", b"w" * 32, DRAFT, None)
    desk.hand_in("c1")
    desk.publish("c1", DRAFT, "2026-11-28", [])
    better = replace(DRAFT, explanation="Số đo mới là 871 mét.")
    desk.put_draft("c1", b"x" * 32, better, "Đo lại.")
    desk.hand_in("c1")
    desk.put_draft("c1", b"y" * 32, better, "Đo lại lần nữa.")
    assert not desk.publish("c1", better, "2026-11-29", [])
    desk.hand_in("c1")
    assert desk.publish("c1", better, "2026-11-29", [])
    versions = desk.get_check("c1").versions
    assert [(each.draft.explanation, each.reason) for each in versions] == [
        (DRAFT.explanation, None),
        (better.explanation, "Đo lại lần nữa."),
    ]


def test_dropping_a_draft_forgets_a_new_check_and_keeps_a_published_one(desk):
    desk, _ = desk
    desk.put_draft("c1", b"w" * 32, DRAFT, None)
    assert desk.drop_draft("c1")
    assert desk.get_check("c1") is None
    desk.put_draft("c2", b"w" * 32, DRAFT, None)
    desk.hand_in("c2")
    desk.publish("c2", DRAFT, "2026-11-28", [])
    assert not desk.drop_draft("c2")
    desk.put_draft("c2", b"w" * 32, DRAFT, "Sửa.")
    assert desk.drop_draft("c2")
    assert len(desk.get_check("c2").versions) == 1


def test_replies_stand_beside_published_checks_only(desk):
    desk, contributions = desk
    reply = DeskReply("Chúng tôi đã sửa biển báo.", "Ban quản lý cầu Mẫu", "2026-11-29")
    desk.put_draft("c1", b"w" * 32, DRAFT, None)
    assert not desk.add_reply("c1", reply, [EVENT])
    assert not desk.add_reply("none", reply, [EVENT])
    assert contributions.pending_events() == []
    desk.hand_in("c1")
    desk.publish("c1", DRAFT, "2026-11-28", [])
    assert desk.add_reply("c1", reply, [EVENT])
    assert desk.get_check("c1").replies == (reply,)
