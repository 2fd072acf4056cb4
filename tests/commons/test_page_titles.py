import pytest

from kiemchung.commons.page_titles import PageTitles
from kiemchung.errors import FetchError
from kiemchung.ports import Fetched


class Pages:
    """A fetcher that counts."""

    def __init__(self, **pages):
        self.pages, self.asked = pages, []

    def get(self, url):
        self.asked.append(url)
        name = url.rpartition("/")[2]
        if name not in self.pages:
            raise FetchError(url, "refused", "not a public address")
        kind, content = self.pages[name]
        return Fetched(url, content, kind, "utf-8")


@pytest.mark.parametrize(
    ("kind", "content", "title"),
    [("text/html", "<title>Chanh  và\nung thư</title>".encode(), "Chanh và ung thư"),
     ("text/html", b"<title></title>", "a.example"), ("text/html", b"", "a.example"),
     ("text/html", b"\x00\xff", "a.example"),
     ("application/pdf", b"<title>no</title>", "a.example"),
     ("text/html", b"<title>" + b"long " * 500 + b"</title>", ("long " * 40)[:200]),
     ("text/html", "<title>\u202egnol\u200b</title>".encode(), "gnol")],
)  # fmt: skip
def test_title_is_the_pages_own_in_plain_text(kind, content, title):
    assert PageTitles(Pages(x=(kind, content)))(["https://a.example/x"]) == [title]


def test_each_page_is_read_once_and_order_is_kept():
    pages = Pages(x=("text/html", b"<title>X</title>"), y=("text/html", b"<title>Y</title>"))
    titles = PageTitles(pages)
    urls = ["https://a.example/y", "https://a.example/x", "https://a.example/y"]
    assert titles(urls) == titles(urls) == ["Y", "X", "Y"]
    assert sorted(pages.asked) == ["https://a.example/x", "https://a.example/y"]


def test_page_that_cannot_be_read_is_named_by_its_host():
    assert PageTitles(Pages())(["https://b.example/none"]) == ["b.example"]
    assert PageTitles(Pages())([]) == []
