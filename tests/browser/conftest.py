"""One server and one browser for all stories; every story has browsers of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import hatch_build
from tests.browser.serving import Running, serving
from tests.browser.town import Town, build
from tests.browser.visiting import CHROMIUM, Visitors, Window


@pytest.fixture(scope="session")
def browser(request: pytest.FixtureRequest) -> Browser:
    """The system's Chromium."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    if not hatch_build.is_bundled(Path(__file__).parents[2]):
        pytest.skip("the browser code is not built")
    started: Browser = request.getfixturevalue("chromium")
    return started


@pytest.fixture(scope="session")
def running(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The served product; it needs no start when nobody can look at it."""
    with serving(tmp_path_factory.mktemp("browser")) as served:
        yield served


@pytest.fixture(scope="session")
def window(browser: Browser, running: Running) -> Window:
    """The page of all who only look."""
    return Window(browser, running)


@pytest.fixture
def visitors(window: Window) -> Iterator[Visitors]:
    """Browsers for people; a fault of a script, a style or a policy fails the test."""
    people = Visitors(window)
    yield people
    people.leave()
    assert people.faults == []


@pytest.fixture(scope="session")
def town(running: Running) -> Town:
    """Cases at the steps whose pages are looked at."""
    return build(running)
