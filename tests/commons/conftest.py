"""A site on a real store, open for notes."""

from functools import cache

import pytest

from kiemchung.commons.settings import Settings
from kiemchung.commons.taking_part import TakingPart
from kiemchung.embed import open_embedder
from kiemchung.lookup import index
from tests.commons.people import open_site


@pytest.fixture(scope="session")
def embedder(model_data_dir):
    """The real model; loaded once."""
    return open_embedder("ct2", model_data_dir)


@pytest.fixture(scope="session", autouse=True)
def space_measured_once():
    """A new index asks the model for more than a second; every site of a test makes one, of the same model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "measure_space", cache(index.measure_space))
        yield


@pytest.fixture
def commons(tmp_path, embedder):
    opened = open_site(Settings(data_dir=tmp_path))
    vars(opened)["embedder"] = embedder
    yield opened
    opened.close()


@pytest.fixture
def part():
    return TakingPart()
