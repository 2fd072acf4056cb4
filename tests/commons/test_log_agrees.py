"""Database and log that are not of one time: told at once, with what mends it, and nothing is appended."""

import shutil
from dataclasses import replace

import pytest

from kiemchung.commons.backup import back_up, restore
from kiemchung.commons.log_agrees import check_log_agrees
from kiemchung.commons.log_folder import log_folder
from kiemchung.commons.opening import Commons
from kiemchung.commons.publish_log import open_log, publish
from kiemchung.commons.settings import Settings
from kiemchung.errors import StoreError
from kiemchung.formats.log_events import note_written, request_opened
from kiemchung.model import NoteStatus
from kiemchung.store import open_store
from tests.web.fakes import FixedClock
from tests.web.publishing import AUTHOR, CLAIM, DRAFT, VERDICT, score, site, with_desk


def reopened(folder):
    settings = Settings(data_dir=folder)
    return Commons(settings, open_store(settings.database), FixedClock())


def one_more_note(commons, number=0):
    event = note_written(f"later{number}", "r1", DRAFT, "2026-09-26")
    commons.contributions.put_note(f"later{number}", "r1", AUTHOR, DRAFT, "2026-09-26", [event])


def one_more_request(commons):
    asked = replace(CLAIM, request_id="later")
    commons.contributions.put_request(asked, [request_opened(asked)])


def one_more_run(commons):
    score(commons, "2026-09-30T08:00:00Z", {"n1": NoteStatus.SHOWN})


def one_more_version(commons):
    from kiemchung.formats.log_events import desk_published

    desk = commons.contributions.desk
    desk.put_draft("c2", AUTHOR, VERDICT, "Đo lại.")
    desk.hand_in("c2")
    desk.publish("c2", VERDICT, "2026-09-26", [desk_published("c2", 2, VERDICT, "Đo lại.", "2026-09-26")])


CHANGES = [one_more_note, one_more_request, one_more_run, one_more_version]


@pytest.mark.parametrize("change", CHANGES)
def test_a_database_older_than_its_log_is_told(tmp_path, change):
    commons = with_desk(site(tmp_path / "site"))
    commons.close()
    shutil.copytree(tmp_path / "site", tmp_path / "older")
    commons = reopened(tmp_path / "site")
    change(commons)
    publish(commons)
    check_log_agrees(commons)
    commons.close()
    shutil.rmtree(tmp_path / "older" / "log")
    shutil.copytree(tmp_path / "site" / "log", tmp_path / "older" / "log")
    older = reopened(tmp_path / "older")
    with pytest.raises(StoreError, match="the database is older than the log; put the newer database back"):
        check_log_agrees(older)
    one_more_note(older, 7)
    with open_log(older.settings) as log:
        before = log.size
    with pytest.raises(StoreError, match="older than the log"):
        publish(older)
    with open_log(older.settings) as log:
        assert log.size == before
    older.close()


def test_a_log_older_than_its_database_is_told(tmp_path):
    commons = site(tmp_path / "site")
    shutil.copytree(log_folder(commons.settings), tmp_path / "log")
    one_more_run(commons)
    check_log_agrees(commons)  # the run waits in the outbox
    publish(commons)
    shutil.rmtree(log_folder(commons.settings))
    shutil.copytree(tmp_path / "log", log_folder(commons.settings))
    with pytest.raises(StoreError, match=r"a scoring run of 2026-09-30T08:00:00Z, which the public log does not"):
        check_log_agrees(commons)
    commons.close()


def test_a_lost_log_is_told_and_a_site_without_any_is_none(tmp_path):
    commons = reopened(tmp_path / "new")
    check_log_agrees(commons)
    commons.close()
    commons = site(tmp_path / "site")
    shutil.rmtree(log_folder(commons.settings))
    with pytest.raises(StoreError, match="the log is older"):
        check_log_agrees(commons)
    commons.close()


def test_backup_holds_database_and_log_of_one_moment(tmp_path):
    """What is not logged yet waits in the outbox of the database that is kept, and is logged after the restore."""
    commons = site(tmp_path / "site")
    one_more_note(commons)
    one_more_run(commons)
    back_up(commons.settings, tmp_path / "backup.tar.gz")
    publish(commons)
    commons.close()
    restore(Settings(data_dir=tmp_path / "new"), tmp_path / "backup.tar.gz")
    again = reopened(tmp_path / "new")
    check_log_agrees(again)
    assert publish(again) == 2
    again.close()


def test_backup_waits_for_the_log_and_says_so(tmp_path):
    commons = site(tmp_path / "site")
    with open_log(commons.settings), pytest.raises(StoreError, match="another process is writing this log"):
        back_up(commons.settings, tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()
    commons.close()
