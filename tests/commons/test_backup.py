import tarfile
import threading

import pytest

from kiemchung.commons.backup import back_up, restore
from kiemchung.commons.settings import Settings
from kiemchung.commons.site_salt import site_salt
from kiemchung.errors import InputError, StoreError
from kiemchung.model import ClaimReview, Origin, Request
from kiemchung.store import open_contributions, open_store
from tests.postgres import new_database

CHECK = ClaimReview("Trăng làm bằng phô mai.", "Sai", "https://desk.example/trang", "Bàn Mẫu", "desk.example")
ORIGIN = Origin("test", "CC0-1.0", "2026-01-01T00:00:00Z")


def fill(settings):
    store = open_store(settings.database)
    store.put_reviews([(CHECK, ORIGIN)])
    store.close()
    people = open_contributions(settings.database, lambda: "2026-01-01")
    people.put_request(Request("r1", "Trăng làm bằng phô mai.", "vi", "2026-01-01", 0))
    people.close()
    return site_salt(settings.data_dir)


def content(settings):
    store = open_store(settings.database)
    reviews = [stored.review for _, stored in store.iter_reviews()]
    store.close()
    people = open_contributions(settings.database, lambda: "2026-01-01")
    requests = [request.request_id for request in people.iter_requests()]
    people.close()
    return reviews, requests


def test_backup_restores_the_same_site(tmp_path, postgres_server):
    old, new = Settings(data_dir=tmp_path / "old"), Settings(data_dir=tmp_path / "new")
    salt = fill(old)
    (old.data_dir / "index").mkdir()
    back_up(old, tmp_path / "backup.tar.gz")
    restore(new, tmp_path / "backup.tar.gz")
    assert content(new) == ([CHECK], ["r1"])
    assert site_salt(new.data_dir) == salt
    assert not (new.data_dir / "index").exists()


def test_backup_of_a_site_that_is_being_written_to_is_of_one_moment(tmp_path):
    settings = Settings(data_dir=tmp_path / "live")
    fill(settings)
    people = open_contributions(settings.database, lambda: "2026-01-01")
    stop = threading.Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            people.put_request(Request(f"w{number}", "x", "vi", "2026-01-01", 0))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(settings, tmp_path / "backup.tar.gz")
    finally:
        stop.set()
        writer.join()
        people.close()
    restore(Settings(data_dir=tmp_path / "new"), tmp_path / "backup.tar.gz")
    _, requests = content(Settings(data_dir=tmp_path / "new"))
    written = sorted(int(name[1:]) for name in requests if name.startswith("w"))
    assert written == list(range(1, len(written) + 1))


def test_g01_backup_names_nobody_and_only_its_owner_reads_it(tmp_path):
    settings = Settings(data_dir=tmp_path / "old")
    fill(settings)
    target = tmp_path / "backup.tar.gz"
    back_up(settings, target)
    assert target.stat().st_mode & 0o077 == 0
    with tarfile.open(target) as archive:
        assert {(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in archive} == {(0, 0, "", "", 0)}


def test_backup_is_never_written_over(tmp_path):
    settings = Settings(data_dir=tmp_path / "old")
    fill(settings)
    (tmp_path / "backup.tar.gz").write_text("precious")
    with pytest.raises(InputError, match="never written over"):
        back_up(settings, tmp_path / "backup.tar.gz")


def test_restore_does_not_touch_a_site(tmp_path):
    settings = Settings(data_dir=tmp_path / "old")
    fill(settings)
    back_up(settings, tmp_path / "backup.tar.gz")
    with pytest.raises(StoreError, match="holds a site already"):
        restore(settings, tmp_path / "backup.tar.gz")


@pytest.mark.parametrize("damage", [b"no archive", None])
def test_restore_names_what_is_no_backup(tmp_path, damage):
    source = tmp_path / "other.tar.gz"
    if damage:
        source.write_bytes(damage)
    else:
        with tarfile.open(source, "w:gz") as archive:
            archive.add(__file__, "something")
    with pytest.raises(InputError, match=r"other\.tar\.gz: "):
        restore(Settings(data_dir=tmp_path / "new"), source)
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.postgres
def test_backup_of_postgres_restores_the_same_site(tmp_path, postgres_server):
    old = Settings(data_dir=tmp_path / "old", database_url=new_database(postgres_server))
    new = Settings(data_dir=tmp_path / "new", database_url=new_database(postgres_server))
    fill(old)
    back_up(old, tmp_path / "backup.tar.gz")
    restore(new, tmp_path / "backup.tar.gz")
    assert content(new) == ([CHECK], ["r1"])
