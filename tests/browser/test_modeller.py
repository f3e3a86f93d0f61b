"""流程绘制 in the browser: what is drawn is saved, judged where it stands, and never lost."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import AXE, DESKTOP, Visitors, barriers

PROCEDURE = "/admin/procedures/green-mine-listing"
CANVAS = "bpmn-modeler .djs-container"


def draw(visitors: Visitors) -> Page:
    """The administrator with the procedure open in the editor."""
    page = visitors.come("admin", DESKTOP)
    page.goto(PROCEDURE)
    with page.expect_event("domcontentloaded"):
        page.click("button[name=side][value=v1]")
    page.wait_for_function("document.querySelector('bpmn-modeler')?.isReady")
    return page


def ask(page: Page, script: str) -> Any:
    """What a script answers that knows the editor as ``m``."""
    return page.evaluate(f"(() => {{ const m = document.querySelector('bpmn-modeler').modeler; {script} }})()")
