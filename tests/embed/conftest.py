"""The converted model, made once per test run: it takes some seconds."""

from pathlib import Path

import pytest

from kiemchung.embed.ct2 import prepare


@pytest.fixture(scope="session")
def model_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the converted model in it."""
    data_dir = tmp_path_factory.mktemp("data")
    prepare(data_dir)
    return data_dir
