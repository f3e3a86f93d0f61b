"""流程绘制 in the browser: what is drawn is saved, judged where it stands, and never lost."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.visiting import (
    AXE,
    DESKTOP,
    PHONE,
    Visitors,
    barriers,
    is_wider_than_the_screen,
)

PROCEDURE = "/admin/procedures/green-mine-listing"
READY = "bpmn-modeler[ready]"


def draw(visitors: Visitors) -> Page:
    """The administrator with the procedure open in the editor."""
    page = visitors.come("guanli", DESKTOP)
    page.goto(PROCEDURE)
    page.click("button[name=side][value=v1]")
    page.wait_for_selector(READY)
    return page


def ask(page: Page, script: str) -> Any:
    """What a script answers that knows the editor as ``m``."""
    return page.evaluate(f"m => {{ {script} }}", page.evaluate_handle(EDITOR))


EDITOR = "document.querySelector('bpmn-modeler').modeler"
SELECT_EACH = """
const kinds = new Map();
m.get('elementRegistry').forEach(e => e.labelTarget || kinds.set(e.type, e));
const wait = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
return (async () => {
  for (const element of kinds.values()) {
    m.get('selection').select(element);
    await wait();
    for (const part of document.querySelectorAll('.bio-properties-panel-group-header-title')) {
      part.click();
    }
    await wait();
    m.get('popupMenu').open(element, 'bpmn-append', { x: 0, y: 0 });
    m.get('popupMenu').close();
  }
  return document.querySelector('bpmn-modeler').untranslated;
})();
"""
RENAME = """
const step = m.get('elementRegistry').get('Accept');
m.get('modeling').updateProperties(step, { name: '受理并审查' });
"""


def test_the_editor_speaks_chinese_saves_and_brings_back_what_was_not_saved(
    visitors: Visitors,
) -> None:
    page = draw(visitors)
    assert ask(page, SELECT_EACH) == []
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    with page.expect_response(lambda answer: "drawing.json?revision=1" in answer.url):
        ask(page, RENAME)
    expect(page.locator(".modeller-saved")).to_contain_text("保存")
    page.route("**/drawing.json?revision=*", lambda route: route.abort("aborted"))
    ask(page, RENAME.replace("受理并审查", "断网时所改"))
    expect(page.locator(".modeller-notice")).to_contain_text("保留在本机浏览器")
    page.unroute_all()
    page.evaluate(
        "window.addEventListener('beforeunload', e => e.stopImmediatePropagation(), true)"
    )
    page.reload()
    page.click("text=恢复这些改动")
    page.wait_for_selector(READY)
    name = "return m.get('elementRegistry').get('Accept').businessObject.name"
    assert ask(page, name) == "断网时所改"


SIGNING = """
const template = m.get('elementTemplates').getLatest('lucheng.endorse')[0];
const step = m.get('elementTemplates').createElement(template);
const flow = m.get('elementRegistry').get('Begin_to_Finish');
const added = m.get('modeling').createShape(step, { x: 420, y: 200 }, flow);
m.get('selection').select(added);
"""
ROLE = "[data-entry-id='custom-entry-lucheng.endorse-who-0'] input"


def test_a_step_is_added_its_missing_role_is_told_and_mended(visitors: Visitors) -> None:
    page = visitors.come("guanli", DESKTOP)
    page.goto("/admin/procedures")
    page.get_by_label("名称").fill("试画流程")
    page.get_by_label("编号").fill("trial")
    page.click("text=建立草稿并绘制")
    page.wait_for_selector(READY)
    expect(page.get_by_role("button", name="签字背书")).to_be_visible()
    ask(page, SIGNING)
    told = page.locator(".modeller-findings .finding").filter(has_text="签字背书")
    expect(told.first).to_be_visible()
    expect(page.locator(".finding-badge.is-bad")).to_be_visible()
    told.first.click()
    page.get_by_text("办理人和期限").click()
    page.locator(ROLE).fill("region-clerk")
    page.locator(ROLE).blur()
    expect(page.get_by_text("没有须改正的问题")).to_be_visible()
    if AXE.is_file():
        assert barriers(page) == []
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert not is_wider_than_the_screen(page)


def test_a_form_is_drawn_and_shown_as_the_server_shows_it(visitors: Visitors) -> None:
    page = draw(visitors)
    page.click("a[href$='/forms/acceptance']")
    page.wait_for_selector("form-editor[ready]")
    page.get_by_role("button", name="预览", exact=True).click()
    expect(page.locator(".form-preview")).to_contain_text("申报材料清单")
    label = page.locator(".fjs-palette-field").filter(has_text="单行文本")
    expect(label).to_be_visible()
    expect(page.locator(".fjs-powered-by").first).to_be_visible()
