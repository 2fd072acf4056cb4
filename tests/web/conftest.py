"""A client of the application over the foretold commons."""

import pytest
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import demo_commons, find, open_site
from tests.web.people import CHEAP, visitor


@pytest.fixture
def commons():
    commons = demo_commons()
    yield commons
    commons.close()


@pytest.fixture
def app(commons):
    return create_app(commons, find=find, cost=CHEAP)


@pytest.fixture
def client(app):
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def site(commons):
    """The commons, open for notes."""
    open_site(commons)
    return commons


@pytest.fixture
def writer(site, app):
    return visitor(app)


@pytest.fixture
def rater(site, app):
    return visitor(app)
