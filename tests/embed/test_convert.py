"""Converting: whole or not at all, and again when damaged."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kiemchung.embed import convert as module
from kiemchung.embed.convert import MANIFEST, convert, model_folder, read_manifest
from tests.embed.tiny import LAYERS, write_tiny_weights


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_tiny_weights(tmp_path / "w.bin")
    monkeypatch.setattr(module, "source_file", lambda: (path, "0.3.0"))
    return tmp_path / "data"


def _agrees(folder: Path) -> float:
    return 1.0


def _left_over(data_dir: Path) -> list[str]:
    return [path.name for path in (data_dir / "models").iterdir() if path != model_folder(data_dir)]


def test_convert_leaves_one_whole_folder(data_dir: Path) -> None:
    assert read_manifest(model_folder(data_dir)) is None
    folder = convert(data_dir, _agrees)
    manifest = read_manifest(folder, verify=True)
    assert manifest is not None
    assert manifest["cosine"] == 1.0
    assert _left_over(data_dir) == []


def test_convert_tells_its_progress_to_the_end(data_dir: Path) -> None:
    steps: list[tuple[int, int]] = []
    convert(data_dir, _agrees, lambda done, total: steps.append((done, total)))
    total = 2 * (LAYERS + 2)  # two models
    assert steps == [(done, total) for done in range(1, total + 1)]


def test_convert_twice_gives_the_same_bytes(data_dir: Path) -> None:
    first, again = _contents(convert(data_dir, _agrees)), _contents(convert(data_dir, _agrees))
    assert first == again
    assert "second/model.bin" in first


def _contents(folder: Path) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name != MANIFEST}


def _cut(folder: Path) -> None:
    path = folder / "model.bin"
    path.write_bytes(path.read_bytes()[:-1])


def _cut_second(folder: Path) -> None:
    _cut(folder / "second")


def _flip(folder: Path) -> None:
    path = folder / "model.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _remove(folder: Path) -> None:
    (folder / "pieces.txt").unlink()


def _age(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["made_with"]["ctranslate2"] = "3.0.0"
    (folder / MANIFEST).write_text(json.dumps(manifest))


def _garble(folder: Path) -> None:
    (folder / MANIFEST).write_text("[1")


@pytest.mark.parametrize("damage", [_cut, _cut_second, _flip, _remove, _age, _garble])
def test_a_damaged_or_outdated_folder_is_noticed_and_replaced(data_dir: Path, damage: Callable[[Path], None]) -> None:
    folder = convert(data_dir, _agrees)
    damage(folder)
    assert read_manifest(folder) is None
    assert read_manifest(convert(data_dir, _agrees), verify=True) is not None
    assert _left_over(data_dir) == []


def test_damage_behind_an_unchanged_time_is_noticed_on_verify(data_dir: Path) -> None:
    folder = convert(data_dir, _agrees)
    before = (folder / "model.bin").stat()
    _flip(folder)
    os.utime(folder / "model.bin", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_manifest(folder, verify=True) is None


def test_a_copied_folder_with_new_times_is_still_whole(data_dir: Path) -> None:
    folder = convert(data_dir, _agrees)
    os.utime(folder / "model.bin", (1, 1))
    assert read_manifest(folder) is not None


def test_a_conversion_that_fails_leaves_what_stood_there(data_dir: Path) -> None:
    convert(data_dir, _agrees)

    def fail(folder: Path) -> float:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        convert(data_dir, fail)
    assert read_manifest(model_folder(data_dir), verify=True) is not None
    assert _left_over(data_dir) == []


def test_what_a_killed_conversion_left_is_swept_away_when_old(data_dir: Path) -> None:
    left, young = data_dir / "models" / ".converting-old", data_dir / "models" / ".converting-young"
    for folder in (left, young):
        folder.mkdir(parents=True)
    os.utime(left, (1, 1))
    convert(data_dir, _agrees)
    assert _left_over(data_dir) == [young.name]
