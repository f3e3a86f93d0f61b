"""A clerk (经办人) at work."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.filling import choose, press, question, sign_in_by_hand
from tests.browser.serving import Running
from tests.browser.visiting import Visitors

MATERIAL = "一二四五六七"
"""The groups of material; the third is asked for after a penalty only."""


def in_list(page: Page, number: str) -> Locator:
    """The rows of a case in the list that is shown, searched by its number."""
    page.get_by_role("searchbox").fill(number)
    page.get_by_role("button", name="查找").click()
    return page.get_by_role("row").filter(has_text=number)


def test_a_clerk_does_a_whole_review(visitors: Visitors, running: Running) -> None:
    case = running.drive.at("Accept")
    number = running.number(case)

    page = visitors.come()
    page.goto("/")
    sign_in_by_hand(page, "wulan")
    expect(page.get_by_role("heading", name="待办", exact=True)).to_be_visible()
    row = in_list(page, number)
    expect(row).to_contain_text("受理审查")
    row.get_by_role("button", name="认领").click()
    expect(page.get_by_text("已认领，请办理")).to_be_visible()

    page.get_by_label("备注").fill("执照已与原件核对。")
    assert press(page, "提交").status == 422
    summary = page.get_by_role("alert")
    expect(summary.get_by_role("heading")).to_have_text("有 7 处需要修改")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("备注")).to_have_value("执照已与原件核对。")
    summary.get_by_role("link", name="《营业执照》").click()
    expect(question(page, "（一）").get_by_label("齐全")).to_be_focused()

    for group in MATERIAL:
        choose(page, f"（{group}）", "齐全")
    choose(page, "受理意见", "受理")
    press(page, "暂存")
    expect(page.get_by_text("草稿已保存").first).to_be_visible()
    expect(question(page, "受理意见").get_by_label("受理", exact=True)).to_be_checked()
    assert press(page, "提交").status == 303
    expect(page.get_by_text("已办理：受理审查")).to_be_visible()
    expect(in_list(page, number)).to_have_count(0)

    page.locator("#site-nav").get_by_role("link", name="已办", exact=True).click()
    done = in_list(page, number)
    expect(done).to_contain_text("受理审查")
    done.get_by_role("link").click()
    entry = page.get_by_role("listitem").filter(has_text="受理审查 受理")
    expect(entry).to_contain_text("乌兰")
    diagram = page.locator("bpmn-viewer")
    expect(diagram.locator("[data-element-id=ReviewDocuments].is-active")).to_be_attached()
    expect(diagram.locator("[data-element-id=Accept].is-done")).to_be_attached()


def test_the_mark_of_bpmn_io_is_seen_and_nothing_covers_it(
    visitors: Visitors, running: Running
) -> None:
    page = visitors.look("wulan")
    page.goto(f"/cases/{running.drive.at('Accept')}")
    mark = page.locator("bpmn-viewer .bjs-powered-by")
    mark.scroll_into_view_if_needed()
    expect(mark).to_be_in_viewport(ratio=1)
    mark.click(trial=True)


def test_an_item_somebody_else_took_says_so_and_loses_nothing(
    visitors: Visitors, running: Running
) -> None:
    case = running.drive.at("Accept")
    address = f"/work/{running.item('wulan', case, 'Accept')}"
    slow, quick = visitors.come("wulan"), visitors.look("liqiang")
    slow.goto(address)
    slow.get_by_label("备注").fill("第一位经办人的意见。")
    quick.goto(address)
    press(quick, "认领")
    assert press(slow, "提交").status == 409
    expect(slow.get_by_role("alert")).to_be_visible()
    expect(slow.get_by_label("备注")).to_have_value("第一位经办人的意见。")
