"""Every state of every page as pictures, to be looked at.

`python -m tests.browser.pictures FOLDER [NAME…]` takes them, at a desk and on a phone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.serving import serving
from tests.browser.states import STATES
from tests.browser.town import Town, build
from tests.browser.visiting import CHROMIUM, DESKTOP, FLAGS, PHONE, Visitors, Window

SIZES = {"desktop": DESKTOP, "phone": PHONE}


def take(folder: Path, names: Collection[str] = ()) -> None:
    """Take the pictures; of all states when none is named."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as place,
        serving(Path(place)) as running,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        _take_all(folder, names or STATES, browser, build(running))
        browser.close()


def _take_all(folder: Path, names: Collection[str], browser: Browser, town: Town) -> None:
    for name in names:
        for size, screen in SIZES.items():
            visitors = Visitors(Window(browser, town.running))
            page = visitors.come(STATES[name].who, screen)
            STATES[name].reach(page, town)
            page.screenshot(path=folder / f"{name}-{size}.png", full_page=True)
            visitors.leave()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
