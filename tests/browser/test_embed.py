"""A note on a forum of another origin: the reader's browser asks us once and nobody else."""

import functools
import http.server
import json
import threading
import urllib.parse
import urllib.request
from contextlib import contextmanager

import pytest

from kiemchung.web.app import create_app
from tests.browser.serving import serving
from tests.web.fakes import find
from tests.web.publishing import CLAIM, DRAFT, REASON, VERDICT, site, with_desk

pytestmark = pytest.mark.browser
#: The page of a forum, up to the note in it; it names an icon, or the browser would ask the forum for one.
POST = '<!doctype html><html lang="vi"><link rel="icon" href="data:,"><title>Forum</title><p>Xem này:</p>'


class Forum(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_):
        """No log."""


@contextmanager
def forum(folder):
    """Where a folder is served, as another origin."""
    handler = functools.partial(Forum, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def frame_of(ours, path):
    """What a forum's software puts into its page: the `html` of our oEmbed reply, got without the reader's browser."""
    asked = f"{ours}/oembed?{urllib.parse.urlencode({'url': f'{ours}{path}', 'format': 'json'})}"
    with urllib.request.urlopen(asked) as reply:
        return json.load(reply)["html"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/vi/notes/n1", (CLAIM.claim, DRAFT.text)),
        ("/en/requests/r1", (CLAIM.claim, DRAFT.text)),
        ("/vi/checks/c1", (VERDICT.claim, VERDICT.explanation, REASON)),
    ],
)
def test_g08_no_third_party_forum_page_makes_one_request_to_us_and_none_to_others(
    browser, tmp_path, path, says, scheme
):
    commons, pages = with_desk(site(tmp_path / "data")), tmp_path / "forum"
    pages.mkdir()
    with serving(create_app(commons, find=find)) as ours, forum(pages) as theirs:
        (pages / "post.html").write_text(POST + frame_of(ours, path), "utf-8")
        context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
        page, asked, complaints = context.new_page(), [], []
        context.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{theirs}/post.html")
        page.frame_locator("iframe").locator("h1").wait_for()
        (card,) = [frame for frame in page.frames if frame.url.startswith(ours)]
        said = card.locator("main").inner_text()
        width = card.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        paper = card.evaluate("getComputedStyle(document.body).backgroundColor")
        page.wait_for_load_state("networkidle")
        context.close()
    commons.close()
    assert asked == [f"{theirs}/post.html", f"{ours}/embed{path}"]
    assert complaints == []
    assert all(part in said for part in says)
    assert width[0] <= width[1]
    assert (paper == "rgb(255, 255, 255)") is (scheme == "light")


def test_pages_that_are_no_cards_stay_out_of_frames(browser, tmp_path):
    commons, pages = site(tmp_path / "data"), tmp_path / "forum"
    pages.mkdir()
    with serving(create_app(commons, find=find)) as ours, forum(pages) as theirs:
        (pages / "post.html").write_text(f'<!doctype html><iframe src="{ours}/vi/notes/n1"></iframe>', "utf-8")
        page = browser.new_page()
        page.goto(f"{theirs}/post.html")
        shown = [frame for frame in page.frames if frame.url.startswith(ours) and frame.locator("h1").count()]
        page.close()
    commons.close()
    assert shown == []
