"""People at their browsers: who is signed in, on which screen, what the browser complains of."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from tests.browser.serving import Running, password
from tests.web.a1.drive import SLUG

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
class Visitors:
    """Opens browsers for people and gathers what these complain of."""

    browser: Browser
    running: Running
    faults: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def come(self, who: str = "", size: ViewportSize = DESKTOP, *, scripts: bool = True) -> Page:
        """A page of a browser of its own, signed in as ``who`` if that is said."""
        context = self.browser.new_context(
            base_url=self.running.url,
            viewport=size,
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        if who:
            sign_in(context, who)
        return self.open(context)

    def open(self, context: BrowserContext) -> Page:
        """A further page of a browser."""
        page = context.new_page()
        page.on("pageerror", lambda fault: self.faults.append(f"{page.url}: {fault}"))
        page.on("console", self._heard)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        return page

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
        """Close all browsers."""
        for context in self._contexts:
            context.close()


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
