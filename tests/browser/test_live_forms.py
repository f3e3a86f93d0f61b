"""Forms whose questions depend on answers show themselves anew while they are filled in."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.browser.filling import choose, document, press, question
from tests.browser.serving import Running
from tests.browser.visiting import Visitors


@pytest.fixture
def page(visitors: Visitors, running: Running) -> Page:
    """The acceptance of a clerk."""
    case = running.drive.at("Accept")
    opened = visitors.come("wulan")
    opened.goto(f"/work/{running.item('wulan', case, 'Accept')}")
    return opened


def is_refresh(asked: Request) -> bool:
    """Whether the form asks how it is to be shown now."""
    return asked.method == "POST" and "hx-request" in asked.headers


def test_a_reason_is_asked_for_as_soon_as_it_is_needed(page: Page) -> None:
    expect(page.get_by_label("不予受理的理由")).to_have_count(0)
    choose(page, "受理意见", "不予受理")
    expect(page.get_by_label("不予受理的理由")).to_be_visible()
    choose(page, "受理意见", "需要补正")
    expect(page.get_by_label("不予受理的理由")).to_have_count(0)


def test_an_answer_is_offered_once_it_is_possible(page: Page) -> None:
    expect(question(page, "受理意见").get_by_label("受理", exact=True)).to_have_count(0)
    for group in "一二四五六七":
        choose(page, f"（{group}）", "齐全")
    expect(question(page, "受理意见").get_by_label("受理", exact=True)).to_be_visible()


def test_what_is_typed_meanwhile_stays(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if is_refresh(route.request) and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/work/*", hold)
    with page.expect_request(is_refresh):
        choose(page, "受理意见", "不予受理")
    note = page.get_by_label("备注")
    note.press_sequentially("正在写")
    held[0].continue_()
    expect(page.get_by_label("不予受理的理由")).to_be_visible()
    expect(note).to_have_value("正在写")
    expect(note).to_be_focused()


def test_a_chosen_file_is_stored_once(visitors: Visitors, running: Running) -> None:
    case = running.drive.at("SubmitApplication")
    page = visitors.come("zhaolei")
    page.goto(f"/work/{running.item('zhaolei', case, 'SubmitApplication')}")
    page.get_by_label("缴费票据").set_input_files(document("缴费票据.pdf"))
    choose(page, "是否受到行政处罚", "是")
    expect(page.get_by_label("已执行到位的佐证材料")).to_be_visible()
    expect(page.get_by_text("缴费票据.pdf")).to_have_count(1)
    press(page, "暂存")
    expect(page.get_by_role("link", name="缴费票据.pdf", exact=True)).to_have_count(1)
