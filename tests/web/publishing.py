"""A site with notes of every fate, over a real store, for tests of what others read."""

import secrets
from dataclasses import replace

from kiemchung.commons.opening import Commons
from kiemchung.commons.publish_log import publish
from kiemchung.commons.settings import Settings
from kiemchung.formats.log_events import (
    desk_published,
    desk_replied,
    note_redacted,
    note_withdrawn,
    note_written,
    request_opened,
    result_root,
    scored,
)
from kiemchung.model import DeskDraft, DeskReply, NoteDraft, NoteScore, NoteStatus, Request, ScoringRun, Source
from kiemchung.store import open_store
from tests.web.fakes import FixedClock

CLAIM = Request("r1", "Uống nước chanh nóng chữa ung thư & cúm.", "vi", "2026-09-20", 3)
DRAFT = NoteDraft(
    True,
    ("factual_error",),
    'Chưa có bằng chứng nào; "bài thuốc" <i>không</i> thay được điều trị.',
    "vi",
    (Source("https://a.example/chanh?x=1&y=2", "Chưa có bằng chứng.", "2026-01-02", "Chanh & ung thư"),),
)
ENGLISH = NoteDraft(
    True, ("missing_context",), "No trial has shown this.", "en", (Source("https://b.example/", "No."),)
)
AUTHOR = bytes(range(32))
SHOWN_FIRST = ("n1", "n2", "n3", "n4", "n5")


def site(tmp_path, **settings) -> Commons:
    """Shown: n1 (vi) and n2 (en). Shown once: n3. Withdrawn after it was shown: n4. Redacted after: n5. All logged."""
    chosen = Settings(data_dir=tmp_path, **{"embedder": "hashing", **settings})
    commons = Commons(chosen, open_store(chosen.database), FixedClock())
    contributions = commons.contributions
    contributions.put_request(CLAIM, [request_opened(CLAIM)])
    for name in SHOWN_FIRST:
        draft = ENGLISH if name == "n2" else DRAFT
        event = note_written(name, "r1", draft, "2026-09-20")
        contributions.put_note(name, "r1", AUTHOR, draft, "2026-09-20", [event])
    score(commons, "2026-09-21T08:00:00Z", dict.fromkeys(SHOWN_FIRST, NoteStatus.SHOWN))
    contributions.withdraw_note("n4", AUTHOR, [note_withdrawn("n4", "2026-09-22")])
    gone = ("n5", "contact", "số điện thoại", "2026-09-22")
    contributions.redact_note(*gone, [note_redacted(*gone)])
    later = {"n1": NoteStatus.SHOWN, "n2": NoteStatus.SHOWN, "n3": NoteStatus.NEEDS_RATINGS}
    score(commons, "2026-09-23T08:00:00Z", later)
    publish(commons)
    return commons


def score(commons: Commons, moment: str, statuses: dict[str, NoteStatus]) -> None:
    """A scoring run with these results."""
    results = {name: NoteScore(status, "both_sides", {"n": 9}, moment[:10]) for name, status in statuses.items()}
    root, number = result_root(results), len(results)
    run = ScoringRun(secrets.token_hex(8), moment, "0.1", "c" * 64, "d" * 64, root, number, 45)
    commons.contributions.put_scores(run, results, lambda changes: scored(run, results, changes))


VERDICT = DeskDraft(
    "Theo báo cáo năm 2019, cầu Mẫu dài 900 mét.",
    "Sai",
    "Số đo cho thấy cầu dài 870 mét & <b>không</b> hơn.",
    "vi",
    (Source("https://so-lieu.example/cau?a=1&b=2", "Chiều dài là 870 mét.", "2026-01-02", "Số liệu cầu"),),
    "1",
    "5",
    "1",
)
VERDICT_EN = DeskDraft("The Sample tower is 90 metres high.", "True", "It was measured.", "en", VERDICT.sources)
REASON, REPLY = "Đo lại chiều dài.", DeskReply("Chúng tôi đã đo.", "Ban quản lý cầu", "2026-09-25")


def with_desk(commons: Commons) -> Commons:
    """The same site with a desk: c1 (vi) was corrected and replied to, c2 (en) is as it was published."""
    desk = commons.contributions.desk
    older = replace(VERDICT, explanation="Số đo cho thấy cầu dài 869 mét.")
    for check_id, draft, reason, day in (
        ("c1", older, None, "2026-09-22"),
        ("c2", VERDICT_EN, None, "2026-09-23"),
        ("c1", VERDICT, REASON, "2026-09-24"),
    ):
        desk.put_draft(check_id, AUTHOR, draft, reason)
        desk.hand_in(check_id)
        version = 2 if reason else 1
        assert desk.publish(check_id, draft, day, [desk_published(check_id, version, draft, reason, day)])
    desk.add_reply("c1", REPLY, [desk_replied("c1", REPLY)])
    publish(commons)
    return commons


def nothing_found(_commons, _text):
    """A lookup without published checks."""
    return []
