"""A day of a leader, and of an assessor at a mine without a signal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.filling import choose, photo, press
from tests.browser.serving import Running
from tests.browser.visiting import AXE, PHONE, Visitors, barriers

SITE = "AssessOnSite"


def test_a_leader_decides_with_everything_before_him(visitors: Visitors, running: Running) -> None:
    drive = running.drive
    case = drive.at("DecidePreliminary")
    page = visitors.come("tumen")
    page.goto("/work")
    page.get_by_role("searchbox").fill(running.number(case))
    page.get_by_role("button", name="查找").click()
    page.locator("#work-rows tbody").get_by_role("link").first.click()
    card = page.get_by_role("region", name="审签要点")
    expect(card).to_contain_text("得分")
    expect(card).to_contain_text("意见并排")
    expect(page.locator(".next-steps")).to_contain_text("提交后下一步")
    if AXE.is_file():
        assert barriers(page) == []
    page.get_by_role("link", name="评分并排对照").first.click()
    expect(page.get_by_role("columnheader", name="自评估")).to_be_visible()
    page.go_back()
    choose(page, "初审决定", "通过，报自治区自然资源厅")
    page.get_by_label("初审意见").fill("材料齐全，现场与申报一致，同意上报。")
    page.get_by_label("对本初审结果负责").check()
    assert press(page, "提交").status == 303
    assert drive.open_steps(case) == ["ReportUp"]
    page.goto(f"/cases/{case}")
    page.get_by_role("button", name="制作意见书").last.click()
    expect(page.get_by_text("文书已制作")).to_be_visible()


def kept(page: Page) -> str:
    """What the page says of what the device keeps."""
    return page.locator("keep-form").inner_text()


def test_an_assessor_without_a_signal_loses_nothing(visitors: Visitors, running: Running) -> None:
    case = running.drive.at(SITE)
    item = f"/work/{running.item('fanzhi', case, SITE)}"
    page = visitors.come("fanzhi", PHONE)
    page.on("dialog", lambda asked: asked.accept())
    page.goto(item)
    words = page.locator("textarea").first
    page.context.set_offline(True)
    words.fill("排土场西侧已复垦。")
    page.locator("input[type=file]").first.set_input_files(photo("现场.png"))
    expect(page.locator("keep-form")).to_contain_text("已保存在本机")
    page.context.set_offline(False)
    page.close()

    again = visitors.open(page.context)
    again.on("dialog", lambda asked: asked.accept())
    again.goto(item)
    expect(again.locator("keep-form")).to_contain_text("已恢复本机保留的")
    expect(again.locator("textarea").first).to_have_value("排土场西侧已复垦。")
    files = again.locator("input[type=file]").first.evaluate("field => field.files.length")
    assert files == 1
    again.context.set_offline(True)
    again.get_by_role("button", name="提交", exact=True).first.click()
    expect(again.locator("keep-form")).to_contain_text("网络恢复后自动提交")
    again.context.set_offline(False)
    expect(again.get_by_role("alert").first).to_contain_text("需要修改")
    expect(again.locator("textarea").first).to_have_value("排土场西侧已复垦。")
    visitors.faults[:] = [f for f in visitors.faults if "ERR_INTERNET_DISCONNECTED" not in f]
