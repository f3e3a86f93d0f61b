"""People at their browsers: who is signed in, on which screen, what the browser complains of."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Cookie,
    Error,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from tests.browser.serving import Running, password
from tests.web.a1.drive import SLUG

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PATIENCE = 30_000
"""Milliseconds a browser waits for what must come."""

expect.set_options(timeout=PATIENCE)

AXE = Path(__file__).parents[2] / "webapp/frontend/node_modules/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
RUN_AXE = """tags => axe.run({
  runOnly: tags, resultTypes: ['violations'], selectors: false, iframes: false, preload: false
}).then(found => found.violations)"""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ANSWERED_WITH_AN_ERROR = "Failed to load resource"


@dataclass
class Window:
    """The one page for all who only look: a new one costs a second, the next page in it little."""

    browser: Browser
    running: Running
    _page: Page | None = None

    def of(self, who: str, size: ViewportSize) -> Page:
        """The page, with the person's cookies and nobody else's."""
        if self._page is None:
            self._page = new_context(self.browser, self.running).new_page()
            self._page.on("dialog", lambda asked: asked.accept())
        context, known = self._page.context, self.running.signed_in
        context.clear_cookies()
        if who in known:
            context.add_cookies([_given_back(cookie) for cookie in known[who]])
        elif who:
            sign_in(context, who)
            known[who] = context.cookies()
        self._page.set_viewport_size(size)
        return self._page


def _given_back(cookie: Cookie) -> SetCookieParam:
    return {
        "name": cookie["name"],
        "value": cookie["value"],
        "domain": cookie["domain"],
        "path": cookie["path"],
    }


def new_context(
    browser: Browser, running: Running, size: ViewportSize = DESKTOP, *, scripts: bool = True
) -> BrowserContext:
    """A browser that nobody has used yet."""
    context = browser.new_context(
        base_url=running.url,
        viewport=size,
        java_script_enabled=scripts,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    return context


@dataclass
class Visitors:
    """Opens browsers for people and gathers what these complain of."""

    window: Window
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _looked: list[Page] = field(default_factory=list)

    def come(self, who: str = "", size: ViewportSize = DESKTOP, *, scripts: bool = True) -> Page:
        """A page of a browser of its own, signed in as ``who`` if that is said."""
        context = new_context(self.window.browser, self.window.running, size, scripts=scripts)
        self._contexts.append(context)
        if who:
            sign_in(context, who)
        return self.open(context)

    def look(self, who: str = "", size: ViewportSize = DESKTOP) -> Page:
        """The page that is shared, for whoever leaves nothing behind in the browser."""
        page = self.window.of(who, size)
        if page not in self._looked:
            self._looked.append(page)
            self._listen(page)
        return page

    def open(self, context: BrowserContext) -> Page:
        """A further page of a browser."""
        page = context.new_page()
        self._listen(page)
        return page

    def _listen(self, page: Page) -> None:
        page.on("pageerror", self._broke)
        page.on("console", self._heard)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _broke(self, fault: Error) -> None:
        self.faults.append(str(fault))

    def _heard(self, said: ConsoleMessage) -> None:
        # A refused form is answered with 4xx, which is no fault; the answers are looked at below.
        if said.type in ("error", "warning") and not said.text.startswith(_ANSWERED_WITH_AN_ERROR):
            self.faults.append(f"{said.location.get('url')}: {said.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        is_part = response.request.resource_type not in ("document", "fetch")
        if response.status >= 500 or (is_part and response.status >= 400):
            self.faults.append(f"{response.url}: {response.status}")

    def leave(self) -> None:
        """Close all browsers; in the shared one nobody listens any more."""
        for context in self._contexts:
            context.close()
        for page in self._looked:
            page.remove_listener("pageerror", self._broke)
            page.remove_listener("console", self._heard)
            page.remove_listener("requestfailed", self._failed)
            page.remove_listener("response", self._answered)
            page.unroute_all(behavior="ignoreErrors")


def sign_in(context: BrowserContext, who: str) -> None:
    """Sign the browser in without looking at the page."""
    form = context.request.get("/sign-in").text()
    token = _TOKEN.search(form)
    assert token is not None
    answer = context.request.post(
        "/sign-in",
        form={
            "csrf_token": token[1],
            "tenant": SLUG,
            "username": who,
            "password": password(who),
        },
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()


def is_wider_than_the_screen(page: Page) -> bool:
    """Whether one would have to scroll sideways."""
    found: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return found


def barriers(page: Page) -> list[tuple[str, str]]:
    """What axe finds by WCAG 2.1 A and AA: rule and element."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(RUN_AXE, WCAG)
    return [(one["id"], node["html"]) for one in found for node in one["nodes"]]
