"""A third person's data are cut out of a claim: everywhere, by rule, with a reason for everybody."""

import json

import pytest

from kiemchung.commons.ask_for_note import ask, index_requests
from kiemchung.commons.asked_about import asked_about
from kiemchung.commons.compare_export import compare_export
from kiemchung.commons.export_tables import export_tables
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.publish_log import open_log, publish
from kiemchung.commons.redact_request import redact_request
from kiemchung.commons.transparency import transparency_report
from kiemchung.commons.verify_log import verify_log
from kiemchung.errors import InputError
from kiemchung.formats.signed_note import VerifierKey
from kiemchung.lookup.index import LookupIndex
from kiemchung.model import Claim, ClaimLabel
from tests.commons.people import enter

SECRET = "Trần Văn Mẫu"
CLAIM = f"Cả thôn Mẫu phải cách ly 14 ngày từ hôm qua vì ông {SECRET} và con ông {SECRET} đã nhiễm cúm."
REASON = "tên và bệnh của một người dân"


@pytest.fixture
def asked(commons, part):
    """A site with a request that names somebody, logged and indexed."""
    request_id = ask(commons, part, CLAIM, session=enter(commons, part))
    publish(commons)
    return commons, request_id


def entries(commons):
    with open_log(commons.settings) as log:
        return [opening.entry for opening in log.openings()]


def claim_of(commons, request_id):
    return commons.contributions.get_requests([request_id])[request_id].claim


def test_every_occurrence_is_cut_and_no_file_holds_it_once_a_server_starts(asked):
    commons, request_id = asked
    assert redact_request(commons, request_id, SECRET, "health", REASON)
    left = CLAIM.replace(SECRET, "[…]")
    assert claim_of(commons, request_id) == left
    (found,) = asked_about(commons, [Claim(left, 0, len(left), "vi", ClaimLabel.CHECKABLE, 0.9, 0.5)])
    assert found.request.claim == left
    publish(commons)
    index_requests(commons)
    assert {request_id, "r1"} == set(commons.requests_index.doc_ids())
    files = [path.read_bytes() for path in commons.settings.data_dir.rglob("*") if path.is_file()]
    assert [SECRET.encode() in content for content in files].count(True) == 0
    assert [b"14 ng" in content for content in files].count(True) >= 2  # the rest is in the database and the index


def test_rule_and_reason_are_logged_and_counted_and_the_export_agrees(asked, tmp_path):
    commons, request_id = asked
    redact_request(commons, request_id, SECRET, "health", REASON)
    publish(commons)
    redact_request(commons, request_id, "thôn Mẫu", "address", "nơi ở của một người dân")
    publish(commons)
    emptied, first, second = entries(commons)
    assert emptied is None
    assert [(e["kind"], e["of"], e["request_id"], e["rule"]) for e in (first, second)] == [
        ("redaction", 0, request_id, "health"),
        ("redaction", 0, request_id, "address"),
    ]
    folder = log_folder(commons.settings)
    key = VerifierKey.parse((folder / "key").read_text().strip())
    report = verify_log(lambda path: (folder / path).read_bytes(), {"log": key}, compare=True)
    assert report.is_sound
    export_tables(commons, tmp_path / "export", "ndjson")
    rows = [json.loads(line) for line in (tmp_path / "export" / "requests.ndjson").read_text("utf-8").splitlines()]
    assert claim_of(commons, request_id) in [row["claim"] for row in rows]
    assert SECRET not in str(rows)
    compare_export(tmp_path / "export", report)
    assert [problem.where for problem in report.problems] == ["export, request r1"]  # never logged, by the fixture
    counted = transparency_report(commons)
    assert (counted.requests_redacted, counted.redactions["health"], counted.redactions["address"]) == (1, 1, 1)


def test_two_cuts_before_a_publication_and_a_request_not_logged_yet(commons, part):
    request_id = ask(commons, part, CLAIM, session=enter(commons, part))
    redact_request(commons, request_id, SECRET, "health", REASON)
    redact_request(commons, request_id, "thôn Mẫu", "address", "nơi ở của một người dân")
    publish(commons)
    held = entries(commons)
    assert [entry and (entry["kind"], entry["of"]) for entry in held] == [None, ("redaction", 0), ("redaction", 0)]


def test_while_another_process_writes_to_the_index_the_next_who_asks_takes_it_out(asked, part):
    commons, request_id = asked
    serving = commons.requests_index
    other = LookupIndex.open(serving.folder, commons.embedder)
    vars(commons)["requests_index"] = other
    assert not redact_request(commons, request_id, SECRET, "health", REASON)
    vars(commons)["requests_index"] = serving
    session = enter(commons, part)
    assert ask(commons, part, CLAIM.replace(SECRET, "[…]"), session=session) == request_id
    claims = [document.claim for _, document in serving.documents_by_id()]
    assert [claim for claim in claims if SECRET in claim] == []
    other.close()


@pytest.mark.parametrize(
    ("cut", "rule", "reason", "trouble"),
    [
        ("Nguyễn", "health", REASON, "is not in the claim"),
        ("  ", "health", REASON, "is not in the claim"),
        (SECRET, "untrue", REASON, "only these allow"),
        (SECRET, "health", f"bệnh của {SECRET.upper()}", "the reason itself holds"),
        (CLAIM, "health", REASON, "nothing of the claim would be left"),
    ],
)
def test_what_cannot_be_cut_stays(asked, cut, rule, reason, trouble):
    commons, request_id = asked
    with pytest.raises(InputError, match=trouble):
        redact_request(commons, request_id, cut, rule, reason)
    with pytest.raises(InputError, match="there is no request 'none'"):
        redact_request(commons, "none", SECRET, "health", REASON)
    assert claim_of(commons, request_id) == CLAIM
    assert commons.contributions.request_redactions() == []
