"""`claims:search` in Google's shape: Google's own client reads it; nobody is found by name."""

import json
from dataclasses import replace

import httplib2
import pytest
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
from starlette.testclient import TestClient

from kiemchung.web.app import create_app
from kiemchung.web.claims_search import rfc3339
from tests.web.fakes import LEMON, LEMON_EN, PARKING, commons_of, find


@pytest.fixture(scope="module")
def client():
    many = [
        replace(PARKING, claim=f"Cầu số {i} đóng cửa sửa chữa", url=f"https://cau.example/{i}",
                publisher_site="cau.example", published=f"2026-0{1 + i % 9}-01")
        for i in range(25)
    ]  # fmt: skip
    app = create_app(commons_of(LEMON, LEMON_EN, PARKING, *many), find=find)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


class ToTestClient(httplib2.Http):
    """Google's client speaks httplib2; this hands its requests to the application."""

    def __init__(self, client):
        super().__init__()
        self.client = client

    def request(self, uri, method="GET", body=None, headers=None, **_options):
        reply = self.client.request(method, uri, content=body, headers=headers)
        return httplib2.Response({"status": str(reply.status_code), **reply.headers}), reply.content


@pytest.fixture
def google(client):
    document = json.loads(get_static_doc("factchecktools", "v1alpha1"))
    document["rootUrl"] = document["baseUrl"] = "http://testserver/"
    document.pop("mtlsRootUrl", None)
    return build_from_document(document, http=ToTestClient(client), developerKey="ignored")


def search(client, **wanted):
    reply = client.get("/v1alpha1/claims:search", params=wanted)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_googles_own_client_reads_our_reply(google):
    found = google.claims().search(query=LEMON.claim, languageCode="vi", pageSize=5).execute()
    assert found["claims"][0] == {
        "text": LEMON.claim,
        "claimReview": [
            {
                "publisher": {"name": "Bàn Sức khoẻ", "site": "suckhoe.example"},
                "url": LEMON.url,
                "title": LEMON.title,
                "reviewDate": "2025-05-03T00:00:00Z",
                "textualRating": "Sai",
                "languageCode": "vi",
            }
        ],
    }


def test_googles_own_client_pages_through_all(google):
    request = google.claims().search(reviewPublisherSiteFilter="cau.example", pageSize=10)
    pages = []
    while request is not None:
        reply = request.execute()
        pages.append([claim["claimReview"][0]["url"] for claim in reply["claims"]])
        request = google.claims().search_next(request, reply)
    assert [len(page) for page in pages] == [10, 10, 5]
    assert len({url for page in pages for url in page}) == 25


def test_googles_own_client_reads_our_errors(google):
    with pytest.raises(HttpError) as caught:
        google.claims().search().execute()
    assert caught.value.status_code == 400
    assert json.loads(caught.value.content)["error"]["status"] == "INVALID_ARGUMENT"


def test_publishers_checks_come_newest_first(client):
    claims = search(client, reviewPublisherSiteFilter="www.cau.example", pageSize=100)["claims"]
    dates = [claim["claimReview"][0]["reviewDate"] for claim in claims]
    assert dates == sorted(dates, reverse=True)


def test_filters_narrow_the_search(client):
    sites = lambda reply: {c["claimReview"][0]["publisher"]["site"] for c in reply.get("claims", [])}  # noqa: E731
    assert sites(search(client, query="cures cancer lemon water", languageCode="en-GB")) == {"factdesk.example"}
    assert sites(search(client, query=LEMON.claim, reviewPublisherSiteFilter="suckhoe.example")) == {"suckhoe.example"}
    assert sites(search(client, query=LEMON.claim, maxAgeDays=30)) <= {"cau.example"}
    assert search(client, reviewPublisherSiteFilter="nobody.example") == {}


def test_offset_skips_and_nothing_found_is_an_empty_object(client):
    first = search(client, reviewPublisherSiteFilter="cau.example", pageSize=2)["claims"]
    assert search(client, reviewPublisherSiteFilter="cau.example", pageSize=1, offset=1)["claims"] == first[1:]
    assert search(client, reviewPublisherSiteFilter="cau.example", offset=1000) == {}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"query": "  "},
        {"query": "x", "pageToken": "abc"},
        {"query": "x", "pageToken": "²"},
        {"query": "x", "maxAgeDays": "-1"},
        {"query": "x", "pageSize": "many"},
        {"query": "x" * 2_001},
    ],
)
def test_wrong_requests_get_400_in_googles_shape(client, wanted):
    reply = client.get("/v1alpha1/claims:search", params=wanted)
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert set(error) == {"code", "message", "status"}


def test_g21_no_person_index_a_claimants_name_finds_nothing(client):
    assert LEMON_EN.claimant == "Trần Văn Mẫu"
    assert search(client, query="Trần Văn Mẫu") == {}
    reply = search(client, query=LEMON_EN.claim, languageCode="en")
    assert reply["claims"][0]["claimant"] == "Trần Văn Mẫu"  # quoted as published, and no more


@pytest.mark.parametrize(
    ("published", "written"),
    [
        ("2025-05-03", "2025-05-03T00:00:00Z"),
        ("2024-11-30T09:30:00+00:00", "2024-11-30T09:30:00Z"),
        ("2024-11-30T09:30:00+07:00", "2024-11-30T09:30:00+07:00"),
        ("2024-11-30T09:30:00Z", "2024-11-30T09:30:00Z"),
        ("2024-11-30T09:30:00", "2024-11-30T09:30:00Z"),
        (None, None),
        ("", None),
    ],
)
def test_dates_are_rfc_3339(published, written):
    assert rfc3339(published) == written
