"""A site on a real store, open for notes."""

from functools import cache

import pytest

from kiemchung.commons import site
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.commons.taking_part import TakingPart
from kiemchung.embed import open_embedder
from kiemchung.lookup import index
from kiemchung.model import Request
from kiemchung.store import open_store
from tests.commons.people import SetClock


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
    settings = Settings(data_dir=tmp_path)
    store = open_store(settings.database)
    opened = Commons(settings, store, SetClock())
    vars(opened)["embedder"] = embedder
    for name in site.OPERATOR_PAGES:
        for language in site.LANGUAGES:
            site.write_page(opened.contributions, name, language, "Example desk")
    opened.contributions.put_request(Request("r1", "Nước chanh chữa ung thư.", "vi", "2026-09-21", 0))
    yield opened
    opened.close()


@pytest.fixture
def part():
    return TakingPart()
