"""The browser code, in a browser: the sample pages served from memory."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    FilePayload,
    Page,
    Request,
    Route,
    ViewportSize,
    expect,
)

import hatch_build
from tests.unit.packaging.sample_pages import ERRORS, NAMES, SAMPLES, render

ROOT = Path(__file__).parents[3]
AXE = ROOT / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
WITH_DIAGRAM = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

Open = Callable[..., Page]

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.skipif(not hatch_build.is_bundled(ROOT), reason="the browser code is not built"),
]


class Pages(SimpleHTTPRequestHandler):
    """Serves the pages it was given, the sample diagram and the static files."""

    given: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path not in self.given:
            return super().do_GET()
        policy = WITH_DIAGRAM if b"<bpmn-viewer" in self.given[path] else POLICY
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(self.given[path])
        return None

    def translate_path(self, path: str) -> str:
        name = path.partition("?")[0].lstrip("/")
        return str(SAMPLES / name if name.endswith(".bpmn") else ROOT / "webapp" / name)

    def log_message(self, format: str, *facts: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """One page for all: a new one costs a second, the next page in it little."""
    with opened(browser) as page:
        page.on("dialog", lambda asked: asked.accept())
        yield page


@contextmanager
def opened(browser: Browser, *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=scripts)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(window: Page, browser: Browser, home: str) -> Iterator[Open]:
    """Opens a sample page; a fault of a script or of the content policy fails the test."""
    faults: list[str] = []

    def broke(fault: Error) -> None:
        faults.append(str(fault))

    def heard(said: ConsoleMessage) -> None:
        faults.extend(complaints(said))

    with ExitStack() as others:

        def visit(
            name: str, size: ViewportSize = DESKTOP, scripts: bool = True, **changes: object
        ) -> Page:
            Pages.given = {f"/{name}.html": render(name, **changes).encode()}
            page = window if scripts else others.enter_context(opened(browser, scripts=False))
            page.set_viewport_size(size)
            page.mouse.move(0, 0)
            page.goto(f"{home}/{name}.html")
            return page

        window.on("pageerror", broke)
        window.on("console", heard)
        yield visit
        window.remove_listener("pageerror", broke)
        window.remove_listener("console", heard)
        window.unroute_all(behavior="ignoreErrors")
    assert faults == []


def complaints(said: ConsoleMessage) -> list[str]:
    """What a script or the browser complains of; an answer that is an error is not a fault."""
    is_fault = said.type == "error" and not said.text.startswith("Failed to load resource")
    return [said.text] if is_fault else []


def answer(page: Page, address: str, body: str, status: int = 200) -> list[Request]:
    """Lets the server answer posts to the address; returns the requests as they come."""
    asked: list[Request] = []

    def fulfil(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(status=status, body=body, content_type="text/plain; charset=utf-8")

    page.route(f"**{address}", fulfil)
    return asked


@pytest.mark.skipif(not AXE.is_file(), reason="axe is not installed")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    visit: Open, name: str, size: ViewportSize
) -> None:
    page = visit(name, size, **({"errors": ERRORS} if name == "task" else {}))
    if name == "task":
        page.wait_for_selector(".bpmn-tools")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_without_scripts_a_phone_shows_the_navigation_and_the_account_menu(visit: Open) -> None:
    page = visit("worklist", PHONE, scripts=False)
    expect(page.get_by_role("link", name="已办")).to_be_visible()
    page.locator(".site-tools .dropdown > a").focus()
    expect(page.get_by_role("button", name="退出")).to_be_visible()


def test_with_scripts_a_phone_unfolds_the_navigation(visit: Open) -> None:
    page = visit("worklist", PHONE)
    expect(page.get_by_role("link", name="已办")).to_be_hidden()
    page.get_by_role("button", name="导航").click()
    expect(page.get_by_role("link", name="已办")).to_be_visible()


def test_the_error_summary_takes_the_focus(visit: Open) -> None:
    expect(visit("task", errors=ERRORS).locator(".error-summary")).to_be_focused()


def test_a_draft_is_saved_while_somebody_types_without_the_chosen_files(visit: Open) -> None:
    page = visit("task")
    asked = answer(page, "/work-items/1/draft", "草稿已保存 14:40")
    page.locator("auto-save").evaluate("element => element.setAttribute('delay', '1')")
    page.set_input_files("#f-files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x"})
    page.get_by_label("理由").press_sequentially("齐")
    expect(page.locator("auto-save")).to_have_text("草稿已保存 14:40")
    sent = asked[-1].post_data or ""
    assert "csrf_token" in sent
    assert "a.jpg" not in sent


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(409, "本环节已由他人办结", "本环节已由他人办结"), (413, "", "草稿没有保存成功")],
)
def test_a_draft_that_was_not_saved_says_so(visit: Open, status: int, body: str, said: str) -> None:
    page = visit("task")
    page.route(
        "**/work-items/1/draft",
        lambda route: route.fulfill(status=status, body=body, content_type="text/plain"),
    )
    page.locator("auto-save").evaluate("element => element.setAttribute('delay', '1')")
    page.get_by_label("理由").press_sequentially("齐")
    expect(page.locator("auto-save.is-failed")).to_contain_text(said)


def test_the_server_counts_after_every_change_of_a_score_sheet(visit: Open) -> None:
    page = visit("score")
    asked = answer(page, "/score", "<span class='score-total'>91.00</span>")
    page.get_by_label("得分：边坡治理").fill("9.5")
    expect(page.locator("#totals .score-total")).to_have_text("91.00")
    assert "9.5" in (asked[-1].post_data or "")


def test_an_item_that_does_not_apply_is_greyed(visit: Open) -> None:
    page = visit("score")
    answer(page, "/score", "")
    row = page.locator(".score-row", has_text="边坡治理")
    row.get_by_label("不涉及").check()
    expect(row).to_have_class("score-row is-na")


def pdf(name: str, size: int) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"0" * size}


def test_chosen_files_are_listed_and_one_too_large_is_named(visit: Open) -> None:
    page = visit("task")
    page.locator("upload-zone").evaluate("element => element.setAttribute('max-bytes', '2000')")
    page.set_input_files("#f-files", [pdf("小.pdf", 60), pdf("大.pdf", 3000)])
    listed = page.locator("upload-zone .file-list li")
    expect(listed).to_have_text(["小.pdf60 B", "大.pdf2.9 KB超过大小限制"])


def test_a_dropped_file_joins_the_chosen_ones(visit: Open) -> None:
    page = visit("task")
    page.set_input_files("#f-files", pdf("a.pdf", 1))
    page.locator("upload-zone").evaluate(
        """zone => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(['2'], 'b.pdf'));
          zone.dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
        }"""
    )
    names = page.locator("#f-files").evaluate("input => [...input.files].map(file => file.name)")
    assert names == ["a.pdf", "b.pdf"]


def test_a_diagram_marks_what_is_done_taken_and_waiting(visit: Open) -> None:
    page = visit("task")
    expect(page.locator("[data-element-id=Visit].is-active")).to_have_count(1)
    assert marked(page, "is-done") == {"Submit", "Accept", "Check"}
    assert marked(page, "is-taken") == {"f1", "f2", "f3"}
    expect(page.locator("span.token-badge")).to_have_text('2 人 · "今天"到期')


def marked(page: Page, marker: str) -> set[str]:
    found = page.locator(f"g.{marker}[data-element-id]")
    return set(found.evaluate_all("all => all.map(one => one.dataset.elementId)"))


def test_a_new_state_is_shown_on_the_same_diagram(visit: Open) -> None:
    page = visit("task")
    expect(page.locator("span.token-badge")).to_be_visible()
    state = json.dumps({"done": ["Visit"], "stuck": {"Decide": "异常"}, "active": {"gone": ""}})
    page.locator("bpmn-viewer").evaluate(
        "(viewer, state) => viewer.setAttribute('state', state)", state
    )
    expect(page.locator("span.token-badge")).to_have_text("异常")
    assert marked(page, "is-done") == {"Visit"}
    assert marked(page, "is-stuck") == {"Decide"}


def test_a_phone_shows_the_current_step_at_a_readable_size(visit: Open) -> None:
    page = visit("task", PHONE)
    token = page.locator("[data-element-id=Visit]")
    expect(token).to_be_attached()
    page.locator("bpmn-viewer").scroll_into_view_if_needed()
    expect(token).to_be_in_viewport(ratio=1)
    box = token.bounding_box()
    assert box is not None
    assert box["width"] >= 60


def test_the_mark_of_bpmn_io_lies_on_top_in_the_page_and_full_screen(visit: Open) -> None:
    page = visit("task")
    for act in (None, "全屏"):
        if act:
            page.get_by_role("button", name=act).click()
        page.locator("bpmn-viewer").scroll_into_view_if_needed()
        mark = page.locator(".bjs-powered-by")
        expect(mark).to_be_in_viewport(ratio=1)
        mark.click(trial=True)


def test_the_keys_move_the_diagram_and_escape_leaves_full_screen(visit: Open) -> None:
    page = visit("task")
    page.get_by_role("button", name="全屏").click()
    expect(page.locator("bpmn-viewer.is-full")).to_be_visible()
    page.locator("bpmn-viewer svg[tabindex]").focus()
    before = page.locator(".viewport").get_attribute("transform")
    page.keyboard.press("ArrowRight")
    assert page.locator(".viewport").get_attribute("transform") != before
    page.keyboard.press("Escape")
    expect(page.locator("bpmn-viewer.is-full")).to_have_count(0)


def test_a_wheel_over_the_diagram_scrolls_the_page(visit: Open) -> None:
    page = visit("task")
    expect(page.locator("span.token-badge")).to_be_visible()
    page.locator("bpmn-viewer").scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator("bpmn-viewer").hover()
    page.mouse.wheel(0, -200)
    page.wait_for_function("before => scrollY < before", arg=before)
