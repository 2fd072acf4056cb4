"""Draw the PNG icons from static/icon.svg with Chromium (run from the checkout: `.venv/bin/python tools/icons.py`).

The maskable one fills its square and keeps the sign inside the safe zone, a circle of 80 % of the width.
"""

from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parent.parent / "src" / "kiemchung" / "web" / "static"
ICONS = {
    "icon-192.png": (192, "none", 100),
    "icon-512.png": (512, "none", 100),
    "icon-maskable-512.png": (512, "#f7f5f0", 62),
}


def main() -> None:
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (size, ground, width) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                f"<style>body{{margin:0;height:100vh;display:grid;place-items:center;background:{ground}}}svg{{width:{width}%}}</style>{svg}"
            )
            page.screenshot(path=STATIC / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
