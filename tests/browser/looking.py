"""A page as it is looked at: by axe, on every screen that a test names, and in pictures for a person."""

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

NARROW, WIDE = (320, "dark"), (1280, "light")
#: Where pictures go; `PICTURES=1 make test T=tests/browser` takes them.
_PICTURES = Path(__file__).parents[2] / "artifacts" / "screenshots" if os.environ.get("PICTURES") else None
_UNFOLD = "document.querySelectorAll('details:not([open])').forEach(each => { each.open = true })"


def look(page, *screens, picture=None):
    """Nothing for axe to find and nothing beside the screen, all folds open, on each (width, colour scheme).

    The page is loaded once: what the server sends does not depend on the screen. Its context has to bypass our policy,
    which forbids the script that axe is.
    """
    page.evaluate(_UNFOLD)
    for width, scheme in screens:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url} at {width}, {scheme}: {found.generate_report()}"
        assert len(found.response["passes"]) > 10
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{page.url} at {width}"
        if picture:
            take_picture(page, f"{picture}-{width}-{scheme}")
    _look_at_large_letters(page)


def _look_at_large_letters(page):
    """Letters of twice the size stay on a phone (WCAG 2.2, 1.4.4)."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, f"{page.url} in large letters"
    page.evaluate("document.documentElement.style.fontSize = ''")


def take_picture(page, name):
    """The whole page, where pictures were asked for."""
    if _PICTURES:
        _PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=_PICTURES / f"{name}.png", full_page=True)
