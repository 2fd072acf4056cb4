from kiemchung.formats.records import Link
from tests.formats.documents import outcomes, read

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>
<item><title>a</title><link>https://a.example/1</link></item><item><link>https://a.example/1</link></item>
<item><title>no link</title></item><item><link>https://a.example/2</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://a.example/1"/></entry></feed>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://a.example/1</loc></url><url><loc>nothing</loc></url></urlset>"""
BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY file SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.example/&file;&b;</loc></url></urlset>"""


def links(content: str) -> list[str]:
    return [record.url for record in read(content) if isinstance(record, Link)]


def test_feed_gives_the_addresses_of_its_items_once() -> None:
    assert links(RSS) == ["https://a.example/1", "https://a.example/2"]
    assert "bad_url" in outcomes(RSS)
    assert links(ATOM) == ["https://a.example/1"]


def test_feed_without_items_says_so() -> None:
    assert outcomes("<rss><channel></channel></rss>") == ["empty_item"]


def test_sitemap_gives_its_addresses() -> None:
    assert links(SITEMAP) == ["https://a.example/1"]
    assert "bad_url" in outcomes(SITEMAP)


def test_sitemap_entities_are_not_followed() -> None:
    assert all("root:" not in link and "aaaa" not in link for link in links(BOMB))


def test_feed_that_its_parser_trips_over_is_reported() -> None:
    for cut in range(len(RSS)):
        outcomes(RSS[:cut] + RSS[cut + 5 :])
