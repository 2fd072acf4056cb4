"""A site on a real store, open for notes."""

import pytest

from kiemchung.commons import site
from kiemchung.commons.opening import Commons
from kiemchung.commons.settings import Settings
from kiemchung.commons.taking_part import TakingPart
from kiemchung.embed import open_embedder
from kiemchung.model import Request
from kiemchung.store import open_store
from tests.commons.people import SetClock


@pytest.fixture(scope="session")
def embedder():
    """The real model; loaded once."""
    return open_embedder()


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
