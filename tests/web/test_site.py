"""The operator's pages, the method as it is set, privacy and help."""

import pytest

from kiemchung.commons import site as operator
from tests.web.people import shown


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", operator.OPERATOR_PAGES)
def test_operators_text_is_shown_as_text(client, commons, language, name):
    text = "<b>Bàn ví dụ</b>\n\nhttps://desk.example/page, viết tới ban@desk.example\n\n<script>alert(1)</script>"
    assert operator.page(commons.contributions, name, language) == ""
    assert client.get(f"/{language}/site/{name}").status_code == 200
    operator.write_page(commons.contributions, name, language, text)
    page = client.get(f"/{language}/site/{name}").text
    assert "&lt;b&gt;Bàn ví dụ" in page
    assert "<script>alert" not in page
    assert 'href="https://desk.example/page"' in page


def test_page_that_is_not_written_says_that_notes_are_closed(client):
    assert "Until then notes are closed" in shown(client.get("/en/site/who"))
    assert client.get("/en/site/nope").status_code == 404


def test_method_says_the_rules_and_the_version(client, site, app):
    from kiemchung import __version__

    page = shown(client.get("/en/site/method"))
    for part in (__version__, "92% sure", "at least 5 independent ratings", "at least 2 from either side",
                 "14 days", "20 notes", "no scoring run yet", "200 ratings"):  # fmt: skip
        assert part in page, part


@pytest.mark.parametrize("language", ["vi", "en"])
def test_privacy_says_what_nobody_can_promise(client, language):
    page = shown(client.get(f"/{language}/privacy"))
    wanted = {
        "vi": ("Nhà mạng", "Công ty cho thuê", "Giọng văn", "bị thu giữ", "không trung thực"),
        "en": ("network", "hosting company", "style of writing", "seized", "dishonest operator"),
    }[language]
    for part in wanted:
        assert part in page, part


def test_every_page_leads_to_the_operators_pages(client):
    page = client.get("/vi/").text
    for name in operator.OPERATOR_PAGES:
        assert f'href="/vi/site/{name}"' in page


def test_name_of_the_site_stands_on_its_pages(client, commons):
    object.__setattr__(commons, "settings", commons.settings.model_copy(update={"site_name": "Bàn <Ví dụ>"}))
    page = client.get("/en/").text
    assert "<span>Bàn &lt;Ví dụ&gt;</span>" in page
    assert client.get("/en/manifest.webmanifest").json()["short_name"] == "Bàn <Ví dụ>"
