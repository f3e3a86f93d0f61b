"""Nothing that was typed is lost without a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.filling import choose, press, sign_in_by_hand
from tests.browser.serving import Running
from tests.browser.visiting import Visitors


@pytest.fixture
def address(running: Running) -> str:
    """A task of a clerk's."""
    return f"/work/{running.item('wulan', running.drive.at('Accept'), 'Accept')}"


def write(page: Page, text: str) -> None:
    """Write into a form that saves itself a moment later instead of seconds later."""
    page.locator("auto-save").evaluate("element => element.setAttribute('delay', '1')")
    with page.expect_response("**/draft"):
        page.get_by_label("备注").fill(text)


def test_a_draft_is_kept_while_somebody_types(visitors: Visitors, address: str) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    write(page, "写到一半")
    expect(page.locator("auto-save")).to_contain_text("草稿已保存")
    page.goto("/work")
    page.goto(address)
    expect(page.get_by_label("备注")).to_have_value("写到一半")


def test_a_second_window_does_not_overwrite_the_draft_of_the_first(
    visitors: Visitors, address: str
) -> None:
    first = visitors.come("wulan")
    first.goto(address)
    second = visitors.open(first.context)
    second.goto(address)
    first.get_by_label("备注").fill("第一个窗口")
    press(first, "暂存")
    second.get_by_label("备注").fill("第二个窗口")
    assert press(second, "暂存").status == 409
    expect(second.get_by_role("alert")).to_contain_text("草稿已在另一窗口更新")
    expect(second.get_by_label("备注")).to_have_value("第二个窗口")


def end_session_while_typing(page: Page, running: Running) -> None:
    """Save a draft, be signed out, and go on typing."""
    write(page, "退出之前")
    expect(page.locator("auto-save")).to_contain_text("草稿已保存")
    running.end_sessions()
    write(page, "退出之前，退出之后")
    expect(page.locator("auto-save.is-failed")).to_contain_text("登录已失效", timeout=5_000)


def sign_in_beside(page: Page, who: str) -> None:
    """Sign in in another tab, by the link that says so."""
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="在新标签页登录").click()
    sign_in_by_hand(opened.value, who)
    expect(opened.value.get_by_role("heading", name="已登录")).to_be_attached()
    opened.value.close()


def test_who_is_signed_out_while_typing_is_told_so(
    visitors: Visitors, running: Running, address: str
) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    end_session_while_typing(page, running)
    expect(page.locator("auto-save")).not_to_contain_text("<")
    expect(page.get_by_label("备注")).to_have_value("退出之前，退出之后")


def test_who_signs_in_beside_goes_on_where_the_typing_stopped(
    visitors: Visitors, running: Running, address: str
) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    end_session_while_typing(page, running)
    sign_in_beside(page, "wulan")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("auto-save:not(.is-failed)")).to_contain_text("草稿已保存")
    page.goto("/work")
    page.goto(address)
    expect(page.get_by_label("备注")).to_have_value("退出之前，退出之后")


def test_nobody_saves_what_another_person_typed(
    visitors: Visitors, running: Running, address: str
) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    end_session_while_typing(page, running)
    sign_in_beside(page, "liqiang")
    write(page, "仍是乌兰写的")
    expect(page.locator("auto-save.is-failed")).to_contain_text("没有保存")
    expect(page.get_by_label("备注")).to_have_value("仍是乌兰写的")


def test_a_form_that_shows_itself_anew_stays_when_its_owner_was_signed_out(
    visitors: Visitors, running: Running, address: str
) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    page.get_by_label("备注").fill("还没有保存")
    running.end_sessions()
    with page.expect_response(lambda answer: answer.status == 401):
        choose(page, "受理意见", "不予受理")
    expect(page.locator("auto-save.is-failed")).to_contain_text("登录已失效", timeout=5_000)
    expect(page.get_by_label("备注")).to_have_value("还没有保存", timeout=5_000)
    sign_in_beside(page, "wulan")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_label("不予受理的理由")).to_be_visible()
    expect(page.get_by_label("备注")).to_have_value("还没有保存")


def test_who_signs_in_again_finds_the_draft(
    visitors: Visitors, running: Running, address: str
) -> None:
    page = visitors.come("wulan")
    page.goto(address)
    write(page, "退出之前")
    expect(page.locator("auto-save")).to_contain_text("草稿已保存")
    running.end_sessions()
    press(page, "提交")
    sign_in_by_hand(page, "wulan")
    press(page, "继续")
    expect(page.get_by_label("备注")).to_have_value("退出之前")
