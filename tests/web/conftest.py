"""A client of the application over the foretold commons."""

import pytest
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from tests.web.fakes import demo_commons, find


@pytest.fixture
def commons():
    return demo_commons()


@pytest.fixture
def app(commons):
    return create_app(commons, find=find)


@pytest.fixture
def client(app):
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client
